BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    # The build for Windows PowerShell has one load context, which holds only one version of a library.
    $sharesAll = -not (Test-OwnLoadContext)
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $manifest = Get-TestManifest
    $base = Split-Path $manifest
    $types = @((Get-Command -Module TroveSchedules).OutputType.Name | Sort-Object -Unique)

    # Keystone as the fresh processes see it, so that their logins can be counted.
    $keystone = New-TestServer (Get-TestAccount).auth_url
    $account = (Get-TestAccount) | ConvertTo-Json | ConvertFrom-Json -AsHashtable
    $account.auth_url = "$($keystone.Url)/v3"
    # And Mistral, for retries, which need another library.
    $mistral = New-TestServer (Get-TestEndpoint workflowv2)
    $mistral.Answer('^GET .*-000000000503', 503, '{}', @{})
    @{ clouds = @{ demo = @{ auth = $account; region_name = 'RegionOne'; workflow_endpoint_override = "$($mistral.Url)/v2" } } } | ConvertTo-Json -Depth 5 | Set-Content "$TestDrive/clouds.yaml"

    function Invoke-Fresh([string] $Script, [hashtable] $Variables = @{ OS_CLOUD = 'demo'; OS_CLIENT_CONFIG_FILE = "$TestDrive/clouds.yaml" }, [switch] $WithoutModule) {
        $keystone.Requests.Clear()
        $known = "`$manifest = '$manifest'; `$ErrorActionPreference = 'Stop'; "
        (Invoke-FreshPwsh ($known + $Script) $Variables -WithoutModule:$WithoutModule) -split '\r?\n'
    }

    function Get-LoginCount { @($keystone.Requests -like 'POST /v3/auth/tokens*').Count }
}

AfterAll {
    Clear-TestCloud
    ${keystone}?.Dispose()
    ${mistral}?.Dispose()
    Close-TestCloud
}

Describe 'Another module that brings <Age> versions of the same libraries' -ForEach @{ Age = 'older' }, @{ Age = 'newer' } {
    BeforeAll {
        $project = "$PSScriptRoot/../other-versions"
        # The suite runs several times side by side, and publishes once.
        $turn = [Threading.Mutex]::new($false, "TroveSchedules-other-versions-$Age")
        $null = $turn.WaitOne()
        try { $output = dotnet publish $project -p:Age=$Age --nologo -v quiet --artifacts-path "$project/bin/$Age" 2>&1 }
        finally { $turn.ReleaseMutex() }
        if ($LASTEXITCODE) { throw "The other versions, which NuGet brings, cannot be had: $output" }
        $other = (Resolve-Path "$project/bin/$Age/publish/OtherVersions/release").Path
        $load = "Add-Type -Path '$other/OtherVersions.dll'"
        $useOther = '[OtherVersions.Libraries]::Yaml(); [OtherVersions.Libraries]::Polly(); [OtherVersions.Libraries]::Http(); [OtherVersions.Libraries]::Logging(); [OtherVersions.Libraries]::Cron()'
        $name = New-TestName
        $useOurs = "
            if (-not (Get-TroveSession)) { `$null = Connect-TroveSession -Cloud demo -MaxRetry 1 }
            try { Get-TroveBackupSchedule -Id 00000000-0000-4000-8000-000000000503 } catch { if (`$_.FullyQualifiedErrorId -notlike 'Unavailable,*') { throw } }
            `$made = New-TroveBackupSchedule m '0 3 * * *' $name
            (Get-TroveBackupSchedule -Id `$made.Id).Name
            `$made | Remove-TroveBackupSchedule -Confirm:`$false"
        $libraries = 'Cronos', 'Microsoft.Extensions.Http', 'Microsoft.Extensions.Logging.Abstractions', 'Polly.Core', 'YamlDotNet'
        $tellOurs = "
            ([Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ TroveSchedules).Assemblies | Sort-Object { `$_.GetName().Name } |
                Where-Object { `$_.GetName().Name -in '$($libraries -join "', '")' } | ForEach-Object Location"
        $theirs = 'YamlDotNet', 'Polly.Core', 'Microsoft.Extensions.Http', 'Microsoft.Extensions.Logging.Abstractions', 'Cronos' | ForEach-Object { Join-Path $other "$_.dll" }
        $ours = $libraries | ForEach-Object { Join-Path $base "net8.0/dependencies/$_.dll" }
    }

    It 'has other versions indeed' {
        # Of Cronos, Polly.Core and YamlDotNet there are none newer.
        foreach ($library in $libraries | Where-Object { $Age -eq 'older' -or $_ -like 'Microsoft.*' }) {
            $version, $otherVersion = $base, $other | ForEach-Object { [version] (Get-ChildItem $_ -Recurse -Filter "$library.dll")[0].VersionInfo.FileVersion }
            $otherVersion -gt $version | Should -Be ($Age -eq 'newer') -Because "$library has $otherVersion there, and $version here"
            $otherVersion | Should -Not -Be $version
        }
    }

    It 'works with its own, as does the module, where it comes first' -Skip:$sharesAll -Tag 'Needs a load context of its own' {
        Invoke-Fresh -WithoutModule "$load; $useOther; Import-Module `$manifest; $useOurs; $useOther; $tellOurs" | Should -Be ($theirs + $name + $theirs + $ours)
    }

    It 'works with its own, as does the module, where it comes second' -Skip:$sharesAll -Tag 'Needs a load context of its own' {
        Invoke-Fresh "$useOurs; $load; $useOther; $useOurs; $tellOurs" | Should -Be (@($name) + $theirs + $name + $ours)
    }

    It 'is not given the module''s where its own is missing' {
        $null = New-Item "$TestDrive/bare" -ItemType Directory -Force
        Copy-Item "$other/OtherVersions.dll" "$TestDrive/bare"
        Invoke-Fresh "Add-Type -Path '$TestDrive/bare/OtherVersions.dll'; try { [OtherVersions.Libraries]::Yaml() } catch { `$_.Exception.GetBaseException().GetType().Name }" |
            Should -Be FileNotFoundException
    }
}

Describe 'The module' {
    It 'leaves nothing of its folder in the default load context but what cmdlets emit, and themselves' -Skip:$sharesAll -Tag 'Needs a load context of its own' {
        Invoke-Fresh '
            $null = Get-TroveBackupSchedule
            Connect-TroveSession -Sandbox | Disconnect-TroveSession
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | Where-Object { $_.Location.StartsWith((Split-Path $manifest)) } | ForEach-Object { $_.GetName().Name } | Sort-Object' |
            Should -Be TroveSchedules, TroveSchedules.Core
    }

    It 'uses no second copy of what the framework has' {
        # The framework exchanges types of these assemblies, and accepts only its own.
        Invoke-Fresh '
            $null = Get-TroveBackupSchedule
            [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { -not $_.IsDynamic -and $_.GetName().Name -like "System.*" } | Where-Object { $_.Location -and $_.Location -notlike "$PSHOME*" } |
                Where-Object { (Split-Path $_.Location) -ne (Split-Path ([object].Assembly.Location)) } | ForEach-Object Location' | Should -BeNullOrEmpty
    }

    It 'has nothing to say about an assembly that only sounds like its own' {
        # XmlSerializer, for one, asks for TroveSchedules.Core.XmlSerializers.
        Invoke-Fresh 'try { [Reflection.Assembly]::Load("TroveSchedules.Nothing") } catch { $_.Exception.GetBaseException().GetType().Name }' | Should -Be FileNotFoundException
    }

    It 'lets a script name what its cmdlets emit once it is imported' {
        $types.Count | Should -BeGreaterThan 5
        Invoke-Fresh "'$($types -join "', '")' | Where-Object { -not (`$_ -as [type]) }" | Should -BeNullOrEmpty
    }
}

Describe 'What the module depends on' {
    BeforeAll {
        $flavour = $env:TROVE_TEST_FLAVOUR ? $env:TROVE_TEST_FLAVOUR : 'net8.0'
        $variables = @{}
        foreach ($setting in $account.GetEnumerator()) { $variables["OS_$($setting.Key.ToUpperInvariant())"] = $setting.Value }
        $tellLoaded = "
            [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { -not `$_.IsDynamic -and (Split-Path `$_.Location) -eq '$base/$flavour/dependencies' } |
                ForEach-Object { `$_.GetName().Name }"
    }

    It 'is not loaded with it' {
        Invoke-Fresh $tellLoaded | Should -BeNullOrEmpty
    }

    It 'is loaded when it is needed: for a login from OS_* and a listing no YAML and no sandbox' {
        $loaded = Invoke-Fresh "`$null = Get-TroveBackupSchedule; $tellLoaded" -Variables $variables
        $loaded | Should -Contain TroveSchedules.OpenStack
        $loaded | Should -Contain Microsoft.Extensions.Http
        $loaded | Where-Object { $_ -in 'Cronos', 'YamlDotNet', 'TroveSchedules.Sandbox' } | Should -BeNullOrEmpty
    }

    It 'reads and writes JSON with reflection turned off' {
        $name = New-TestName
        Invoke-Fresh -WithoutModule "
            [AppContext]::SetSwitch('System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault', `$false); Import-Module `$manifest
            `$made = New-TroveBackupSchedule m '0 3 * * *' $name
            (Get-TroveBackupSchedule -Id `$made.Id).Name
            `$null = Get-TroveScheduleExecution `$made.Id; `$null = Get-TroveInstance m; `$null = Get-TroveBackup; `$null = Get-TroveWorkbook
            `$made | Remove-TroveBackupSchedule -Confirm:`$false" | Should -Be $name
    }
}

Describe 'The module on the module path' {
    BeforeAll { $onPath = "`$env:PSModulePath = '$(Split-Path $base)' + [IO.Path]::PathSeparator + `$env:PSModulePath" }

    It 'is loaded by the first of its cmdlets, and then its types have names' {
        Invoke-Fresh -WithoutModule "
            $onPath; [bool] (Get-Module TroveSchedules)
            (Get-TroveScheduleOccurrence '0 3 * * *' -First 1).GetType().FullName
            (Get-Module TroveSchedules).ModuleBase
            '$($types -join "', '")' | Where-Object { -not (`$_ -as [type]) }" | Should -Be 'False', 'TroveSchedules.ScheduleOccurrence', $base
    }

    It 'has its cmdlets completed before it is loaded, and their parameters by being loaded' {
        Invoke-Fresh -WithoutModule "
            $onPath; (TabExpansion2 Get-TroveBackupS).CompletionMatches.CompletionText; [bool] (Get-Module TroveSchedules)
            (TabExpansion2 'Get-TroveBackupSchedule -Inst').CompletionMatches.CompletionText" | Should -Be 'Get-TroveBackupSchedule', 'False', '-Instance'
    }
}

Describe 'The session' {
    It 'sends requests one after another through one connection' {
        $mistral.Connections.Clear()
        $mistral.Requests.Clear()
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($mistral.Url)/v2" }
        1..5 | ForEach-Object { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Session $session } |
            Get-TroveBackupSchedule -Session $session | Remove-TroveBackupSchedule -Confirm:$false -Session $session -ThrottleLimit 1
        $mistral.Requests.Count | Should -BeGreaterOrEqual 15
        $mistral.Connections.Count | Should -Be 1
        Disconnect-TroveSession
    }

    It 'outlives Remove-Module, as it is the process''s' {
        Invoke-Fresh '
            $before = Connect-TroveSession demo
            Remove-Module TroveSchedules; [bool] (Get-Module TroveSchedules)
            Import-Module $manifest; [object]::ReferenceEquals($before, (Get-TroveSession)); (Get-TroveInstance m).Name' | Should -Be 'False', 'True', 'm'
        Get-LoginCount | Should -Be 1
    }

    It 'outlives Import-Module -Force, after which all works and looks as before' {
        Invoke-Fresh '
            $before = Connect-TroveSession demo
            $view = Get-TroveInstance m | Out-String
            1..2 | ForEach-Object { Import-Module $manifest -Force }
            [object]::ReferenceEquals($before, (Get-TroveSession)); (Get-TroveInstance m | Out-String) -ceq $view; (Get-Module TroveSchedules).Count' | Should -Be 'True', 'True', '1'
        Get-LoginCount | Should -Be 1
    }

    It 'is not ended by a runspace that removes the module, or that ends' {
        Invoke-Fresh '
            $null = Connect-TroveSession demo
            1..2 | ForEach-Object -Parallel { Import-Module $using:manifest; $null = Get-TroveInstance m; if ($_ -eq 1) { Remove-Module TroveSchedules } }
            (Get-TroveInstance m).Name' | Should -Be m
        Get-LoginCount | Should -Be 1
    }

    It 'is one for all runspaces, which import the module and connect at the same time' {
        $prefix = New-TestName
        $output = Invoke-Fresh "
            `$start = [Threading.Barrier]::new(8)
            `$done = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                `$null = (`$using:start).SignalAndWait()
                Import-Module `$using:manifest
                1..3 | ForEach-Object { `$null = Get-TroveInstance m }
                `$null = New-TroveBackupSchedule m '0 3 * * *' ""$prefix-`$_""
                Get-TroveSession
            }
            @(`$done | Where-Object { [object]::ReferenceEquals(`$_, `$done[0]) }).Count
            (Get-TroveBackupSchedule -Name '$prefix-*').Name | Sort-Object"
        $output | Should -Be (@('8') + (1..8 | ForEach-Object { "$prefix-$_" }))
        Get-LoginCount | Should -Be 1
    }

    It 'is a thread job''s too' {
        Invoke-Fresh '
            $null = Connect-TroveSession demo
            (Start-ThreadJob { Import-Module $using:manifest; Get-TroveInstance m } | Receive-Job -Wait -AutoRemoveJob).GetType().FullName' | Should -Be TroveSchedules.Instance
        Get-LoginCount | Should -Be 1
    }

    It 'is not shared with other processes: a background job connects by itself, and does not disconnect others' {
        Invoke-Fresh '
            $null = Connect-TroveSession demo
            (Start-Job { Import-Module $using:manifest; Get-TroveInstance m; Disconnect-TroveSession } | Receive-Job -Wait -AutoRemoveJob).Name
            (Get-TroveInstance m).Name' | Should -Be m, m
        Get-LoginCount | Should -Be 2
    }
}

# Surprises that must not happen: -Confirm or -WhatIf changes something, unfinished work is deleted without -Force, an empty value selects everything, other projects'
# objects are changed, or an execution fails because its schedule was deleted.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    $asking = (Get-Command -Module TroveSchedules | Where-Object { $_.Parameters.ContainsKey('WhatIf') }).Name
    $deleting = (Get-Command -Module TroveSchedules -Verb Remove, Set, Suspend, Resume).Name
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud demo, other, admin
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $project = (Get-TroveSession).ProjectId
    $keystone, $mistral, $trove = (Get-TestAccount).auth_url, (Get-TestEndpoint workflowv2), (Get-TestEndpoint database) | ForEach-Object { New-TestServer $_ }
    $all = $keystone, $mistral, $trove

    function Connect-Watched([string] $As = 'demo') {
        <# A session whose requests are recorded. #>
        $account = Get-TestAccount $As
        $credential = [pscredential]::new($account.username, (ConvertTo-SecureString $account.password -AsPlainText -Force))
        Connect-TroveSession -AuthUrl "$($keystone.Url)/v3" -Credential $credential -UserDomainName Default -ProjectName $account.project_name -ProjectDomainName Default `
            -WorkflowEndpoint "$($mistral.Url)/v2" -DatabaseEndpoint ($trove.Url + ([uri] (Get-TestEndpoint database (Get-TestToken $As))).AbsolutePath)
    }

    function Clear-Wire { foreach ($server in $all) { $server.Requests.Clear() } }

    function Get-Change { @($all | ForEach-Object { @($_.Requests) }) -notmatch '^GET ' -notmatch '^POST /v3/auth/tokens$' -notmatch '^POST /v2/workbooks/validate$' } # It stores nothing.

    function New-Run([string] $Schedule) {
        <# An execution of a schedule. #>
        Add-TestExecution 1 $Schedule -ErrorPercent 0
        @(Get-TroveScheduleExecution $Schedule)[0]
    }

    $null = Connect-Watched
}

AfterAll {
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    Clear-TestCloud demo, other, admin
    $all | ForEach-Object Dispose
    Close-TestCloud
}

Describe '<_>' -ForEach $asking {
    BeforeAll {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $run = New-Run $schedule.Id
        $paused = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) | Suspend-TroveBackupSchedule -PassThru
        $oldest = New-TestBackup m
        $null = New-TestBackup m
        $things = @{
            'Remove-TroveBackup' = 'Get-TroveBackup -Id $oldest | Remove-TroveBackup', 'Remove-TroveBackup $oldest', 'Get-TroveBackup m | Remove-TroveBackup -Force -ThrottleLimit 1', 'Get-TroveBackupRetention m -KeepLast 1 | Remove-TroveBackup -PassThru'
            'Install-TroveWorkbook' = "'$PSScriptRoot/data/spec-workbook.yaml' | Install-TroveWorkbook", 'Install-TroveWorkbook -Scope Public', "Install-TroveWorkbook '$PSScriptRoot/data/client-workbook.yaml'"
            'New-TroveBackupSchedule' = "New-TroveBackupSchedule m '@daily' pester-new", '$plan | New-TroveBackupSchedule', "'m' | New-TroveBackupSchedule -Name pester-new -FirstExecutionTime 2037-05-05T18:30Z",
                "New-TroveBackupSchedule m '@daily' pester-new -Suspended -Reason pause -Until 2037-05-05T18:30Z", '$paused | New-TroveBackupSchedule -Instance broken -Suspended'
            'Remove-TroveBackupSchedule' = '$schedule | Remove-TroveBackupSchedule', 'Remove-TroveBackupSchedule $schedule.Id', 'Remove-TroveBackupSchedule $schedule.TriggerId', 'Get-TroveBackupSchedule | Remove-TroveBackupSchedule -AllProjects -ThrottleLimit 1'
            'Start-TroveBackupSchedule' = '$schedule | Start-TroveBackupSchedule', 'Start-TroveBackupSchedule $schedule.Id -Wait', 'Get-TroveBackupSchedule | Start-TroveBackupSchedule -AllProjects -ThrottleLimit 1'
            'Set-TroveBackupSchedule' = '$schedule | Set-TroveBackupSchedule -Pattern "@daily"', 'Set-TroveBackupSchedule $schedule.Id -Name pester-other -Incremental', 'Get-TroveBackupSchedule | Set-TroveBackupSchedule -RemainingExecutions 9 -PassThru -ThrottleLimit 1'
            'Suspend-TroveBackupSchedule' = '$schedule | Suspend-TroveBackupSchedule', 'Suspend-TroveBackupSchedule $schedule.Id -Until 2037-05-05T18:30Z', 'Get-TroveBackupSchedule | Suspend-TroveBackupSchedule -Reason pause -ThrottleLimit 1'
            'Resume-TroveBackupSchedule' = '$paused | Resume-TroveBackupSchedule', 'Resume-TroveBackupSchedule $paused.Id', 'Get-TroveBackupSchedule -State Suspended | Resume-TroveBackupSchedule -PassThru'
            'Sync-TroveBackupSchedule' = "Sync-TroveBackupSchedule '$TestDrive/plan.yaml'", "Sync-TroveBackupSchedule '$TestDrive/plan.yaml' -Adopt -ThrottleLimit 1"
            'Import-TroveBackupSchedule' = "Import-TroveBackupSchedule '$TestDrive/plan.yaml'"
            'Export-TroveBackupSchedule' = "Export-TroveBackupSchedule '$TestDrive/exported.yaml' -Owner pester", "`$schedule | Export-TroveBackupSchedule '$TestDrive/exported.json' -Owner pester -PassThru"
            'Export-TroveScheduleMetric' = "Export-TroveScheduleMetric '$TestDrive/x.prom'", "`$schedule | Get-TroveScheduleHealth | Export-TroveScheduleMetric '$TestDrive/x.prom' -PassThru"
            'Export-TroveScheduleReport' = "Export-TroveScheduleReport '$TestDrive/x.html'", "`$schedule | Get-TroveScheduleHealth | Export-TroveScheduleReport '$TestDrive/x.html' -PassThru"
            'Remove-TroveScheduleExecution' = '$run | Remove-TroveScheduleExecution', 'Remove-TroveScheduleExecution $run.Id -Force', '$schedule | Get-TroveScheduleExecution | Remove-TroveScheduleExecution -PassThru',
                '$schedule | Remove-TroveScheduleExecution -OlderThan 2037-05-05T18:30Z', 'Remove-TroveScheduleExecution -Schedule $schedule.Id -OlderThan 2037-05-05T18:30Z -Force -ThrottleLimit 1'
        }
        'version: 1', 'owner: pester', 'schedules:', "- { instance: m, name: pester-plan, pattern: '0 3 1 1 *' }", "- { instance: 'brok*', name: pester-plan, pattern: '0 3 1 1 *' }" | Set-Content $TestDrive/plan.yaml
        $with = @{ oldest = $oldest; schedule = $schedule; paused = $paused; run = $run; plan = @([pscustomobject] @{ Instance = 'm'; Pattern = '@daily'; Name = 'pester-new' }) * 3 }
    }

    BeforeEach {
        $null = Connect-Watched # A new session has an empty cache, so its first requests are recorded too.
        Clear-Wire
    }

    AfterAll { Clear-TestCloud }

    It 'is tried here' { $things[$_] | Should -Not -BeNullOrEmpty -Because 'it asks before it changes something' }

    It 'changes nothing with -WhatIf, whatever it is given' {
        foreach ($call in $things[$_]) {
            $screen = Invoke-AtScreen "$call -WhatIf" -Variables $with
            "$($screen.Screen)" | Should -BeLike '*What if: *' -Because $call
            $screen.Output | Should -BeNullOrEmpty
            Get-Change | Should -BeNullOrEmpty -Because $call
        }
    }

    It 'changes nothing after No to all' {
        foreach ($call in $things[$_]) {
            $screen = Invoke-AtScreen "$call -Confirm" -Variables $with -Answers 'No to All'
            $screen.Prompts.Count | Should -Be 1 -Because $call
            $screen.Output | Should -BeNullOrEmpty
            Get-Change | Should -BeNullOrEmpty -Because $call
        }
    }
}

Describe 'Without -Force' {
    BeforeAll {
        $null = Remove-TestWorkbook
        $null = Install-TroveWorkbook "$PSScriptRoot/data/waiting-workbook.yaml"

        function Start-Waiting([string] $State = 'RUNNING') {
            $id = Start-TestExecution broken
            if ($State -ne 'RUNNING') { $null = Invoke-TestApi workflowv2 "/executions/$id" Put @{ state = $State } }
            $null = Wait-Until { (Invoke-TestApi workflowv2 "/executions/$id").state -eq $State }
            $id
        }
    }

    BeforeEach { Clear-Wire }

    AfterAll {
        $null = Remove-TestWorkbook
        $null = Install-TroveWorkbook
    }

    It 'a run that is <_> stays, named by its id or as it was read' -ForEach 'RUNNING', 'PAUSED' {
        $id = Start-Waiting $_
        foreach ($run in $id, (Get-TroveScheduleExecution -Id $id)) {
            Get-ErrorOf { $run | Remove-TroveScheduleExecution } | Assert-Error ExecutionNotFinished Remove-TroveScheduleExecution PermissionDenied -Says $id -Advises '-Force'
            Get-ErrorOf { $run | Remove-TroveScheduleExecution -Force:$null } | Assert-Error ExecutionNotFinished Remove-TroveScheduleExecution PermissionDenied -Says $id -Advises '-Force'
            (Get-TroveScheduleExecution -Id $id).State | Should -BeExactly $_
        }
        @($mistral.Requests) | Should -Not -BeLike '*force=*'
        Remove-TroveScheduleExecution $id -Force
    }

    It 'a run that has begun again since it was listed stays' {
        $id = Start-Waiting PAUSED
        $read = Get-TroveScheduleExecution -Id $id
        $null = Invoke-TestApi workflowv2 "/executions/$id" Put @{ state = 'RUNNING' }
        # The object claims SUCCESS; the current state in Mistral is decisive.
        foreach ($state in 'SUCCESS', 'ERROR', 'CANCELLED', $read.State) {
            $old = [TroveSchedules.ScheduleExecution] @{ Id = $id; State = $state; ProjectId = $project }
            Get-ErrorOf { $old | Remove-TroveScheduleExecution } | Assert-Error ExecutionNotFinished Remove-TroveScheduleExecution PermissionDenied -Says $id
        }
        (Get-TroveScheduleExecution -Id $id).State | Should -BeExactly RUNNING
        Remove-TroveScheduleExecution $id -Force
    }

    It 'a run that has ended since it was listed goes' {
        $id = Start-Waiting
        $old = Get-TroveScheduleExecution -Id $id
        $null = Invoke-TestApi workflowv2 "/executions/$id" Put @{ state = 'CANCELLED' }
        $old.State | Should -BeExactly RUNNING
        $old | Remove-TroveScheduleExecution
        Get-ErrorOf { Get-TroveScheduleExecution -Id $id } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound
    }

    It 'no run is deleted by force, whatever state it is in, even one that nobody knows: <_>' -ForEach 'IDLE', 'RUNNING', 'PAUSED', 'DELAYED', 'WAITING', 'NEVER_HEARD_OF', '', 'SUCCESS', 'ERROR', 'CANCELLED' {
        $run = [TroveSchedules.ScheduleExecution] @{ Id = "$([guid]::NewGuid())"; State = $_; ProjectId = $project }
        $null = Get-ErrorOf { $run | Remove-TroveScheduleExecution -Confirm:$false }
        Get-Change | Should -BeExactly "DELETE /v2/executions/$($run.Id)" -Because 'Mistral itself refuses what has not ended'
    }
}

Describe '<_>, where there is something to delete or to change' -ForEach $deleting {
    BeforeAll {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $run = New-Run $schedule.Id
        $parameters = (Get-Command $_).Parameters.Values | Where-Object { $_.Attributes.ValueFromPipeline -contains $true -or $_.Attributes.Where({ $_ -is [Management.Automation.ParameterAttribute] }).Position -ge 0 }
        $nothings = @{
            '$null' = $null; 'empty' = ''; 'an empty list' = @(); 'a list of null' = @(, $null); 'a list of empty' = @(, ''); 'a blank' = ' '; 'all' = '*'; 'any' = '?*'; 'a set' = '[0-9a-f]*'
            'LIKE' = '%'; 'an operator' = 'neq:x'; 'a negation' = 'nin:x'; 'a slash' = '/'; 'a dot' = '.'; 'false' = $false; 'an empty row' = [pscustomobject] @{}; 'a row with an empty id' = [pscustomobject] @{ Id = '' }
            'a row with a star' = [pscustomobject] @{ Id = '*' }; 'a table' = @{ Id = '*' }; 'a block' = { $true }; 'the empty UUID' = [guid]::Empty
        }
    }

    BeforeEach { Clear-Wire }

    AfterEach {
        @(@($mistral.Requests) + @($trove.Requests) -like 'DELETE *' -notlike "*$([guid]::Empty)") | Should -BeNullOrEmpty
        (Get-TroveBackupSchedule).Id | Should -Contain $schedule.Id
        (Get-TroveScheduleExecution $schedule).Id | Should -Contain $run.Id
    }

    AfterAll { Clear-TestCloud }

    It 'empty values, and texts that mean everything elsewhere, delete and change nothing: by name, by position and by pipeline' {
        $cmdlet = $_
        $parameters.Name | Should -Not -BeNullOrEmpty
        foreach ($what in $nothings.Keys) {
            $value = $nothings[$what]
            foreach ($parameter in $parameters.Name) {
                $named = @{ $parameter = $value }
                try { & $cmdlet @named -Confirm:$false -ErrorAction SilentlyContinue | Should -BeNullOrEmpty -Because $what } catch { "$_" | Should -Not -BeNullOrEmpty }
            }
            foreach ($use in { & $cmdlet $value -Confirm:$false -ErrorAction SilentlyContinue }, { $value | & $cmdlet -Confirm:$false -ErrorAction SilentlyContinue }, { , $value | & $cmdlet -Confirm:$false -ErrorAction SilentlyContinue }) {
                try { & $use | Should -BeNullOrEmpty -Because $what } catch { "$_" | Should -Not -BeNullOrEmpty }
            }
        }
    }

    It 'a listing that finds nothing deletes and changes nothing' {
        $cmdlet = $_
        Get-TroveBackupSchedule -Name nothing* | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        Get-TroveBackupSchedule nothing* | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        Get-TroveBackupSchedule -Name nothing* | Get-TroveScheduleExecution | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        $schedule | Get-TroveScheduleExecution -State PAUSED | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        $schedule | Get-TroveScheduleExecution -First 0 | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }

    It 'a listing that fails deletes and changes nothing' {
        $cmdlet = $_
        Get-TroveBackupSchedule -Id nowhere -ErrorAction SilentlyContinue | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        Get-TroveScheduleExecution nowhere -ErrorAction SilentlyContinue | & $cmdlet -Confirm:$false | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }

    It 'is not called without anything' {
        $output = Invoke-FreshPwsh "try { $_ -Confirm:`$false -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }" @{ OS_CLOUD = 'demo'; OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" }
        $output | Should -BeLike 'MissingMandatoryParameter,*'
    }
}

Describe 'An administrator who does not say -AllProjects' {
    BeforeAll {
        $other = Connect-TestCloud other
        $null = Install-TroveWorkbook -Session $other
        $theirs = New-TroveBackupSchedule o '0 3 1 1 *' (New-TestName) -Session $other
        Add-TestExecution 1 $theirs.Id
        $theirRun = Get-TroveScheduleExecution $theirs -Session $other
        $theirInstance = Get-TroveInstance o -Session $other
        $theirBackup = Invoke-TestApi database /backups Post @{ backup = @{ instance = $theirInstance.Id; name = (New-TestName) } } -As other
        $null = Connect-Watched admin
        $null = Install-TroveWorkbook
    }

    BeforeEach { Clear-Wire }

    AfterEach { @($all | ForEach-Object { @($_.Requests) }) | Should -Not -BeLike '*all_projects*' }

    AfterAll {
        Clear-TestCloud demo, other, admin
        $null = Remove-TestWorkbook other
        $null = Remove-TestWorkbook admin
        $null = Connect-Watched
    }

    It 'is shown nothing of other projects: <_>' -ForEach @(
        'Get-TroveBackupSchedule', 'Get-TroveBackupSchedule -Name *', 'Get-TroveInstance', 'Get-TroveInstance *', 'Get-TroveBackup', 'Get-TroveBackupSchedule | Get-TroveScheduleExecution'
        'Get-TroveBackupSchedule -Id $theirs.Id', 'Get-TroveBackupSchedule -Id $theirs.TriggerId', '$theirs | Get-TroveBackupSchedule', 'Get-TroveBackupSchedule o', 'Get-TroveScheduleExecution $theirs.Id'
        'Get-TroveScheduleExecution $theirs', '$theirs | Get-TroveScheduleExecution -MatchInput', 'Get-TroveScheduleExecution -Id $theirRun.Id', '$theirRun | Get-TroveScheduleExecution'
        'Get-TroveBackupSchedule -AllProjects:$null', '$theirs | Get-TroveBackupSchedule -AllProjects:$null', 'Get-TroveScheduleExecution $theirs -AllProjects:$null'
        'Get-TroveBackup -Id $theirBackup.backup.id', 'Get-TroveBackup o', 'Get-TroveBackupRetention -KeepLast 1', 'Get-TroveBackupRetention $theirInstance -KeepLast 1', 'Get-TroveBackupRetention -Schedule $theirs -KeepLast 1', 'Get-TroveBackup $theirInstance', 'Get-TroveBackupSchedule $theirInstance', 'Get-TroveInstance -Id $theirInstance.Id', 'Get-TroveInstance -Id o'
    ) {
        $shown = & ([scriptblock]::Create("$_ -ErrorAction SilentlyContinue"))
        $shown | Should -BeNullOrEmpty
    }

    It 'deletes and changes nothing of theirs, and makes nothing there: <_>' -ForEach @(
        '$theirs | Set-TroveBackupSchedule -Pattern "@daily"', 'Set-TroveBackupSchedule $theirs.Id -Pattern "@daily"', 'Set-TroveBackupSchedule $theirs.TriggerId -Name pester-x'
        '$theirs | Suspend-TroveBackupSchedule', 'Suspend-TroveBackupSchedule $theirs.Id', '$theirs | Resume-TroveBackupSchedule', 'Resume-TroveBackupSchedule $theirs.Id', 'Get-TroveBackupSchedule | Suspend-TroveBackupSchedule'
        '$theirs | Remove-TroveBackupSchedule -Confirm:$false', 'Remove-TroveBackupSchedule $theirs.Id -Confirm:$false', 'Remove-TroveBackupSchedule $theirs.TriggerId -Confirm:$false'
        '$theirs | Remove-TroveScheduleExecution -OlderThan 2037-05-05T18:30Z', 'Remove-TroveScheduleExecution -Schedule $theirs.Id -OlderThan 2037-05-05T18:30Z', 'Remove-TroveBackup $theirBackup.backup.id -Force -Confirm:$false'
        '$theirRun | Remove-TroveScheduleExecution', 'Remove-TroveScheduleExecution $theirRun.Id', '$theirRun | Remove-TroveScheduleExecution -Force'
        '$theirs | Remove-TroveBackupSchedule -AllProjects:$null -Confirm:$false', '$theirRun | Remove-TroveScheduleExecution -AllProjects:$null'
        'New-TroveBackupSchedule $theirInstance "@daily" pester-x', 'New-TroveBackupSchedule $theirInstance.Id "@daily" pester-x', 'New-TroveBackupSchedule o "@daily" pester-x'
        'Get-TroveBackupSchedule | Remove-TroveBackupSchedule -Confirm:$false', 'Get-TroveBackupSchedule | Get-TroveScheduleExecution | Remove-TroveScheduleExecution'
    ) {
        & ([scriptblock]::Create($_)) 2>$null | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
        (Get-TroveBackupSchedule -Id $theirs.Id -Session $other).Id | Should -Be $theirs.Id
        (Get-TroveScheduleExecution -Id $theirRun.Id -Session $other).Id | Should -Be $theirRun.Id
    }
}

Describe 'A schedule with a run in flight' {
    BeforeAll {
        $null = Remove-TestWorkbook
        $null = Install-TroveWorkbook "$PSScriptRoot/data/waiting-workbook.yaml"
        $name = New-TestName busy
        $busy = New-TroveBackupSchedule broken '* * * * * */20' $name -AllowSeconds
        $idle = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName idle)
        # A sandbox's run is over within a third of a second, whatever its workbook says.
        for ($i = 0; $i -lt 300 -and -not ($run = Get-TroveScheduleExecution $busy -State RUNNING -First 1); $i++) { Step-TestCloud -Seconds ((Test-TestStack) ? 0.5 : 0.1) }
        $run | Should -Not -BeNullOrEmpty -Because 'the schedule has fired'
        $listing = '^GET /v2/executions\?.*state=in%3ARUNNING%2CPAUSED%2CIDLE'
    }

    BeforeEach { Clear-Wire }

    AfterAll {
        $null = Remove-TestWorkbook
        $null = Install-TroveWorkbook
    }

    It 'is warned of before the prompt, with the execution and the remedy, each execution once' {
        $runs = @(Get-TroveScheduleExecution $busy -State RUNNING) # Another one may start in the meantime.
        $screen = Invoke-AtScreen '$busy, $idle | Remove-TroveBackupSchedule' -Variables @{ busy = $busy; idle = $idle } -Answers 'No', 'No'
        $warnings = @("$($screen.Screen)" -split '\r?\n' -like 'WARNING:*')
        $warnings.Count | Should -BeIn $runs.Count, ($runs.Count + 1)
        foreach ($one in $runs) {
            @($warnings -like "*'$name' ($busy)*running: $one (RUNNING)*trust*Get-TroveScheduleExecution -Id $one *").Count | Should -Be 1
        }
        Get-Change | Should -BeNullOrEmpty
    }

    It 'is warned of with -WhatIf, too' {
        $null = $busy | Remove-TroveBackupSchedule -WhatIf -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike "*$($run.Id)*"
        Get-Change | Should -BeNullOrEmpty
    }

    It 'is warned of by <_>, whose old trigger goes with its trust' -ForEach 'Set-TroveBackupSchedule -Description new', 'Suspend-TroveBackupSchedule' {
        $null = [scriptblock]::Create("`$busy | $_ -WhatIf -WarningVariable warnings 3>`$null; `$idle | $_ -WhatIf -WarningVariable +warnings 3>`$null") | ForEach-Object { . $_ }
        "$warnings" | Should -BeLike "*$($run.Id)*old cron trigger*Get-TroveScheduleExecution -Id $($run.Id)*"
        Get-Change | Should -BeNullOrEmpty
    }

    It 'stays where a warning is to end the pipeline' {
        { $busy | Remove-TroveBackupSchedule -WarningAction Stop -Confirm:$false } | Should -Throw
        Get-Change | Should -BeNullOrEmpty
    }

    It 'costs one more request a pipeline, however many schedules are deleted' {
        $many = 1..9 | ForEach-Object { New-TroveBackupSchedule broken "$_ 3 1 1 *" (New-TestName many) }
        Clear-Wire
        $many | Remove-TroveBackupSchedule -Confirm:$false -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty -Because 'the runs are another''s'
        @(@($mistral.Requests) -match $listing).Count | Should -Be 1
        @($mistral.Requests).Count | Should -Be 10
        @($mistral.Requests)[0] | Should -Match $listing -Because 'what is in flight is asked for before the first goes'
        @($trove.Requests).Count | Should -Be 0
    }

    It 'costs none where nothing is deleted' {
        @() | Remove-TroveBackupSchedule -Confirm:$false
        Get-ErrorOf { Remove-TroveBackupSchedule "$([guid]::NewGuid())" -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound
        @($mistral.Requests) -match $listing | Should -BeNullOrEmpty
    }

    It 'is not looked for in other projects without -AllProjects' {
        $null = $idle | Remove-TroveBackupSchedule -WhatIf
        @($mistral.Requests) -match $listing | Should -Not -BeLike '*all_projects*'
        Clear-Wire
        $admin = Connect-Watched admin
        try {
            $null = $busy | Remove-TroveBackupSchedule -WhatIf -AllProjects -Session $admin -WarningVariable warnings 3>$null
            @($mistral.Requests) -match $listing | Should -BeLike '*all_projects=true*'
            "$warnings" | Should -BeLike "*$($run.Id)*"
        }
        finally { $null = Connect-Watched }
    }

    It 'is deleted even if Mistral does not list its executions: <_>' -ForEach 400, 403, 404 {
        $deaf = New-TestServer (Get-TestEndpoint workflowv2)
        $deaf.Answer('^GET /v2/executions\?', $_, '{"faultstring": "Not for you."}', $null)
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($deaf.Url)/v2" }
        $null = Connect-Watched
        $several = 1..3 | ForEach-Object { New-TroveBackupSchedule broken "$_ 3 1 1 *" (New-TestName deaf) }
        try {
            $lines = @($several | Remove-TroveBackupSchedule -Session $session -Confirm:$false -Verbose -ErrorVariable errors 4>&1)
            $errors | Should -BeNullOrEmpty
            "$lines" | Should -BeLike '*It is not known whether executions are running.*Not for you.*'
            @(@($deaf.Requests) -like 'GET /v2/executions*').Count | Should -Be 1
            @(@($deaf.Requests) -like 'DELETE *').Count | Should -Be 3
        }
        finally { $deaf.Dispose() }
    }
}

Describe 'A run in flight' {
    It 'is one that its schedule caused and that has not ended' {
        $null = Remove-TestWorkbook
        $null = Install-TroveWorkbook "$PSScriptRoot/data/waiting-workbook.yaml"
        try {
            $schedule = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName)
            Add-TestExecution 3 $schedule.Id # They have ended.
            # Started by hand, with the schedule's input, and with a description that mentions it: none of them uses its trust.
            $null = Start-TestExecution broken -Name $schedule.Name
            $null = Start-TestExecution broken -Name $schedule.Name -Description "see $($schedule.TriggerId)"
            $schedule | Remove-TroveBackupSchedule -Confirm:$false -WarningVariable warnings
            $warnings | Should -BeNullOrEmpty
        }
        finally {
            $null = Remove-TestWorkbook
            $null = Install-TroveWorkbook
        }
    }
}

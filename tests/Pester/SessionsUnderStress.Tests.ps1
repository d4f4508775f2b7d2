# TROVE_TEST_RESTARTS=1 also runs the tests that restart the services of a stack.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    $mayNotRestart = -not ((Test-TestStack) -and $env:TROVE_TEST_RESTARTS)
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook -Confirm:$false
    $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
    $account = Get-TestAccount
    $userId = (Get-TestToken).UserId

    function Get-Run([int] $Count) {
        Add-TestExecution $Count $schedule.Id
        , @(Get-TroveScheduleExecution $schedule -First $Count)
    }

    function Get-Left($Runs) {
        $there = @(Get-TroveScheduleExecution $schedule).Id
        $Runs.Id | Where-Object { $_ -in $there }
    }

    function Connect-Fronts([hashtable] $With = @{}) {
        <# A session that reaches Keystone and Mistral through servers which count. #>
        $credential = [pscredential]::new($account.username, (ConvertTo-SecureString $account.password -AsPlainText -Force))
        if (-not $With.WorkflowEndpoint) { $With.WorkflowEndpoint = "$($mistral.Url)/v2" }
        Connect-TroveSession -AuthUrl "$($keystone.Url)/v3" -Credential $credential -UserDomainName Default -ProjectName demo -ProjectDomainName Default @With
    }

    function Get-FrontEnvironment {
        @{
            OS_AUTH_URL = "$($keystone.Url)/v3"; OS_USERNAME = $account.username; OS_PASSWORD = $account.password; OS_PROJECT_NAME = 'demo'
            OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default'
        }
    }

    function Get-Login { @($keystone.Requests -like 'POST /v3/auth/tokens').Count }

    function Revoke-Token([string] $Id) {
        $null = Invoke-RestMethod "$($account.auth_url)/auth/tokens" -Method Delete -Headers @{ 'X-Auth-Token' = (Get-TestToken).Id; 'X-Subject-Token' = $Id }
    }

    function Set-UserPassword([string] $Password) {
        $admin = Get-TestToken admin
        $null = Invoke-RestMethod "$($account.auth_url)/users/$userId" -Method Patch -ContentType application/json -Headers @{ 'X-Auth-Token' = $admin.Id } `
            -Body (@{ user = @{ password = $Password } } | ConvertTo-Json)
    }

    function Start-Shell([string] $Script, [object[]] $Arguments = @(), $Pool) {
        <# Runs a script in another runspace, and does not wait for it. #>
        $shell = [powershell]::Create()
        if ($Pool) { $shell.RunspacePool = $Pool }
        $null = $shell.AddScript("param(`$manifest) Import-Module `$manifest; & { $Script } @args").AddArgument((Get-TestManifest))
        $Arguments | ForEach-Object { $null = $shell.AddArgument($_) }
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        [pscustomobject] @{ Shell = $shell; Errors = $null; Output = $output; Running = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output) }
    }

    function Wait-Shell($Started) {
        try { $Started.Shell.EndInvoke($Started.Running) }
        finally {
            $Started.Errors = @($Started.Shell.Streams.Error) # Copied, because the stream is disposed with the shell.
            $Started.Shell.Dispose()
        }
    }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'A session' {
    BeforeEach {
        $keystone = New-TestServer $account.auth_url
        $mistral = New-TestServer (Get-TestEndpoint workflowv2)
        $null = Connect-TestCloud
    }

    AfterEach {
        Disconnect-TroveSession
        $keystone.Dispose()
        $mistral.Dispose()
    }

    It 'whose token is revoked in the midst of a listing and of its deletion goes on, and does nothing twice' {
        $runs = Get-Run 450
        $session = Connect-Fronts
        $count = 0
        $deleted = Get-TroveScheduleExecution $schedule -Session $session | ForEach-Object {
            if (++$count -eq 120) { Revoke-Token @($mistral.Tokens)[-1] }
            $_
        } | Remove-TroveScheduleExecution -Session $session -PassThru -ErrorVariable errors
        $errors | Should -BeNullOrEmpty
        $deleted.Count | Should -Be 450
        Compare-Object $deleted.Id $runs.Id | Should -BeNullOrEmpty
        Get-Left $runs | Should -BeNullOrEmpty
        # A real Mistral accepts a token for up to five minutes after it was revoked.
        Get-Login | Should -Be ((Test-TestStack) ? 1 : 2)
    }

    It 'whose password is changed ends the pipeline with one error, shows what was done, and does not lock its user out' {
        $runs = Get-Run 60
        $session = Connect-Fronts
        $null = 1..4 | ForEach-Object { Get-TroveBackupSchedule -Session $session } # From now on a real Mistral accepts the token for some time, and in a cluster each process of it.
        $mistral.Answer("^DELETE .*($($runs[20..59].Id -join '|'))", 401, 'No', $null)
        if (Test-TestStack) { Set-UserPassword 'another' }
        else { $keystone.Answer('^POST /v3/auth/tokens', 401, '{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}', $null) }
        try {
            $deleted = [Collections.ArrayList]::new()
            $record = try { $runs | Remove-TroveScheduleExecution -Session $session -PassThru -WarningVariable warnings -WarningAction SilentlyContinue | ForEach-Object { $null = $deleted.Add($_) } } catch { $_ }
            $record | Assert-Error Unauthorized Remove-TroveScheduleExecution AuthenticationError -Says 'Keystone', 'demo', 'password' -Advises 'Connect-TroveSession'
            $logins, $sent = (Get-Login), $mistral.Requests.Count
            Get-ErrorOf { Get-TroveBackupSchedule -Session $session } | Assert-Error Unauthorized Get-TroveBackupSchedule AuthenticationError -Advises 'Connect-TroveSession'
            $mistral.Requests.Count | Should -Be $sent -Because 'a session that ended asks nobody'
            Get-Login | Should -Be $logins
        }
        finally { if (Test-TestStack) { Set-UserPassword $account.password } }
        $logins | Should -Be 2
        $deleted.Id | Should -Be $runs[0..19].Id
        "$warnings" | Should -BeLike '20 changes were made before*'
        # Keystone rejects tokens that were issued in the second of the password change.
        $null = Wait-Until -For 'tokens that are newer than the change' -Seconds 30 -Every 1 {
            $null = Connect-TestCloud
            try { $null = Get-TroveBackupSchedule -ErrorAction Stop; $true } catch { $false }
        }
        @(Get-Left $runs) | Should -Be $runs[20..59].Id
        $runs[20..59] | Remove-TroveScheduleExecution
    }

    It 'whose catalog leads to <Where> reports which service and address, and the way out' -ForEach @(
        @{ Where = 'a port where nobody listens'; Url = { "http://127.0.0.1:$(Get-ClosedPort)" } }
        @{ Where = 'an unknown host'; Url = { 'http://mistral.invalid:8989' } }
    ) {
        $dead = & $Url
        $session = Connect-Fronts @{ WorkflowEndpoint = $dead; DatabaseEndpoint = $dead; MaxRetry = 0 } 3>$null
        Get-ErrorOf { Get-TroveBackupSchedule -Session $session } |
            Assert-Error Unavailable Get-TroveBackupSchedule ResourceUnavailable -Says 'Mistral', "$dead/v2/cron_triggers" -Advises '-WorkflowEndpoint', '-Interface', '-Region'
        Get-ErrorOf { Get-TroveInstance -Session $session } |
            Assert-Error Unavailable Get-TroveInstance ResourceUnavailable -Says 'Trove', "$dead/v1.0/" -Advises '-DatabaseEndpoint', '-Interface', '-Region'
    }

    Context 'for many at once' {
        It 'serves <How>, which list and delete, each its own' -ForEach @(
            @{ How = 'ForEach-Object -Parallel' }, @{ How = 'thread jobs' }, @{ How = 'a pool of runspaces' }, @{ How = 'a pool of runspaces by -Session' }
        ) {
            $runs = Get-Run 80
            $session = Connect-Fronts
            $shares = 0..7 | ForEach-Object { , $runs[($_ * 10)..($_ * 10 + 9)] }
            $work = 'param($share, $schedule, $with) Get-TroveScheduleExecution $schedule @with -First 5 | Out-Null; $share | Remove-TroveScheduleExecution @with -PassThru; Get-TroveScheduleExecution 5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42 @with -ErrorAction Ignore'
            $with = @{}
            $deleted = switch ($How) {
                'ForEach-Object -Parallel' {
                    $manifest = Get-TestManifest
                    $shares | ForEach-Object -ThrottleLimit 8 -Parallel { Import-Module $using:manifest; & ([scriptblock]::Create($using:work)) $_ $using:schedule $using:with }
                }
                'thread jobs' {
                    $jobs = $shares | ForEach-Object { Start-ThreadJob ([scriptblock]::Create("param(`$manifest, `$share, `$schedule) Import-Module `$manifest; & { $work } `$share `$schedule @{}")) -ArgumentList (Get-TestManifest), $_, $schedule -ThrottleLimit 8 }
                    $jobs | Receive-Job -Wait -AutoRemoveJob
                }
                default {
                    if ($How -like '*-Session') { $null = Connect-TestCloud; $with.Session = $session }
                    $pool = [runspacefactory]::CreateRunspacePool(1, 8)
                    $pool.Open()
                    try {
                        $started = $shares | ForEach-Object { Start-Shell $work $_, $schedule, $with $pool }
                        $started | ForEach-Object { Wait-Shell $_; $_.Output; $_.Errors | Should -BeNullOrEmpty }
                    }
                    finally { $pool.Dispose() }
                }
            }
            Compare-Object @($deleted.Id) $runs.Id | Should -BeNullOrEmpty
            Get-Left $runs | Should -BeNullOrEmpty
            Get-Login | Should -Be 1
            @($mistral.Requests -like 'DELETE *').Count | Should -Be 80
        }

        It 'is begun by one of them where there is none, and the others share it' {
            Disconnect-TroveSession
            $gate = $keystone.Hold('^POST ')
            Use-Environment (Get-FrontEnvironment) {
                $script:started = 1..6 | ForEach-Object { Start-Shell 'Get-TroveInstance m' }
                $keystone.WaitFor('^POST ', 1)
                $gate.Open()
                $script:started | ForEach-Object { Wait-Shell $_ }
            }
            $script:started.Output.Name | Should -Be (, 'm' * 6)
            Get-Login | Should -Be 1
        }

        It 'is the one that was made on purpose, where another is still being made from the environment' {
            Disconnect-TroveSession
            $gate = $keystone.Hold('^POST ')
            Use-Environment (Get-FrontEnvironment) {
                $script:started = Start-Shell 'Get-TroveInstance | Select-Object -First 1'
                $keystone.WaitFor('^POST ', 1)
            }
            $meant = Connect-TestCloud other
            $gate.Open()
            Wait-Shell $script:started
            Get-TroveSession | Should -Be $meant
            $script:started.Output.Name | Should -Be o
        }

        It 'is lost to none of them when the one that began its login is stopped' {
            $runs = Get-Run 2
            $session = Connect-Fronts
            $mistral.Answer("^DELETE .*$($runs[0].Id)", 401, 'No', $null)
            $gate = $keystone.Hold('^POST ')
            $first = Start-Shell 'param($session, $run) $run | Remove-TroveScheduleExecution -Session $session' $session, $runs[0]
            $keystone.WaitFor('^POST ', 2)
            $second = Start-Shell 'param($session, $run) $run | Remove-TroveScheduleExecution -Session $session -PassThru' $session, $runs[1]
            $first.Shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue -Because 'the login has no answer yet'
            $gate.Open()
            Wait-Shell $second
            $second.Output.Id | Should -Be $runs[1].Id
            Get-TroveBackupSchedule -Session $session -ErrorAction Stop | Should -Not -BeNullOrEmpty
        }

        It 'that is disconnected by one of them ends the work of another with one error, and a new one serves' {
            $runs = Get-Run 12
            $session = Connect-Fronts
            $gate = $mistral.Hold('^DELETE ')
            $started = Start-Shell 'param($runs) $runs | Remove-TroveScheduleExecution -PassThru' (, $runs)
            $mistral.WaitFor('^DELETE ', 4)
            Disconnect-TroveSession
            $null = Connect-TestCloud
            $gate.Open()
            Wait-Shell $started
            $started.Errors.Count | Should -Be 1
            $started.Errors[0] | Assert-Error NotConnected Remove-TroveScheduleExecution InvalidArgument -Says 'disconnected' -Advises 'Connect-TroveSession'
            $left = @(Get-Left $runs)
            $left | Should -Be @($runs.Id | Where-Object { $_ -notin $started.Output.Id })
            $left.Count | Should -Be 8
            $runs | Where-Object Id -In $left | Remove-TroveScheduleExecution
        }
    }
}

Describe 'While a service is down' -Skip:$mayNotRestart -Tag Slow, 'Needs a stack, and TROVE_TEST_RESTARTS=1' {
    BeforeAll {
        $null = Connect-TestCloud

        function Invoke-Service { & "$PSScriptRoot/../stack/bin/service" --state (Get-TestCloud) @args; if ($LASTEXITCODE) { throw "service $args ended with $LASTEXITCODE" } }

        function Remove-WhileMistralRestarts([hashtable] $With, [string[]] $How) {
            $runs = Get-Run 200
            $session = Connect-TestCloud -With $With
            $count = 0
            $restart = $null
            $deleted = $runs | ForEach-Object {
                if (++$count -eq 60) { $script:restart = Start-Process "$PSScriptRoot/../stack/bin/service" -PassThru -ArgumentList (@('--state', (Get-TestCloud)) + $How + 'restart', 'mistral') }
                $_
            } | Remove-TroveScheduleExecution -Session $session -ThrottleLimit 4 -PassThru -ErrorVariable errors -ErrorAction SilentlyContinue
            $script:restart.WaitForExit()
            [pscustomobject] @{ Runs = $runs; Deleted = @($deleted.Id); Errors = @($errors); Left = @(Get-Left $runs) }
        }
    }

    It 'Mistral is restarted (<How>) in the middle of many deletions, and none is lost or reported as failed' -ForEach @{ How = @() }, @{ How = @('--kill') } {
        # As many retries as may be: how long a restart takes depends on the machine.
        $end = Remove-WhileMistralRestarts @{ MaxRetry = 20 } $How
        $end.Errors | Should -BeNullOrEmpty
        $end.Deleted | Should -Be $end.Runs.Id
        $end.Left | Should -BeNullOrEmpty
    }

    It 'each deletion is reported as it is, where nothing is repeated' {
        $end = Remove-WhileMistralRestarts @{ MaxRetry = 0 } '--kill'
        $reported = $end.Errors.TargetObject.Id
        Compare-Object (@($end.Deleted) + @($reported)) $end.Runs.Id | Should -BeNullOrEmpty -Because 'each is one or the other'
        $end.Deleted | Where-Object { $_ -in $end.Left } | Should -BeNullOrEmpty
        $end.Errors | Where-Object { $_.TargetObject.Id -notin $end.Left } | ForEach-Object { "$_" | Should -BeLike '*not known whether*' }
        $end.Errors | Should -Not -BeNullOrEmpty
        Get-TroveScheduleExecution $schedule | Remove-TroveScheduleExecution
    }

    It 'Keystone, a token is good all the same, and the same session goes on when it is back' {
        $runs = Get-Run 8
        # Without retries, so that the renewal of a token that lives a minute does not outlast it.
        $session, $fresh = 1..2 | ForEach-Object { Connect-TestCloud -With @{ MaxRetry = 0 } }
        1..4 | ForEach-Object { Get-TroveBackupSchedule -Session $session | Should -Not -BeNullOrEmpty } # Each process of a cluster's Mistral then knows the token.
        Invoke-Service stop keystone
        try {
            ($runs | Remove-TroveScheduleExecution -Session $session -PassThru).Count | Should -Be 8
            Get-ErrorOf { Connect-TestCloud -With @{ MaxRetry = 0 } } | Assert-Error Unavailable Connect-TroveSession ResourceUnavailable -Says 'Keystone'
        }
        finally { Invoke-Service start keystone }
        (Get-TroveBackupSchedule -Session $fresh).Id | Should -Contain $schedule.Id
    }
}

# The sandbox as users of the module see it. The other test files use it by URL, like a stack.
BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule

    function Connect-Sandbox {
        <# A sandbox whose clock stands still, well before the end of a minute: a run begins up to two seconds early. #>
        param([hashtable] $With = @{})
        $session = Connect-TroveSession -Sandbox -SandboxSpeed 0 @With
        Step-TroveSandbox ([timespan]::FromSeconds(70 - $session.CloudTime.Second)) -PassThru
    }

    function Connect-Guest {
        <# Another session with the same sandbox. #>
        param($Session, [string] $As = 'demo')
        $credential = [pscredential]::new($As, (ConvertTo-SecureString "secret-$As" -AsPlainText -Force))
        Connect-TroveSession -AuthUrl $Session.AuthUrl -Credential $credential -UserDomainName Default -ProjectName $As -ProjectDomainName Default
    }
}

AfterAll { Disconnect-TroveSession }

Describe 'Connect-TroveSession -Sandbox' {
    AfterEach { Disconnect-TroveSession }

    It 'gives the reason of a failed execution as Mistral does, with the quotes that it holds' {
        $null = Connect-Sandbox
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '*/2 * * * *' (New-TestName)
        Step-TroveSandbox 03:00:00
        ($schedule | Get-TroveScheduleExecution -First 1).Reason | Should -BeExactly "TroveAction.backups.create failed: Quota exceeded for resources: ['backups']. (HTTP 413)"
    }

    It 'makes a cloud, and a session of demo''s with it' {
        $session = Connect-TroveSession -Sandbox
        $session | Should -BeOfType TroveSchedules.TroveSession
        $session.UserName, $session.ProjectName | Should -Be demo, demo
        $session.AuthUrl.Host | Should -BeLike '*.invalid' -Because 'nobody listens there'
        Get-TroveSession | Should -Be $session
        (Get-TroveInstance).Name | Sort-Object | Should -Be broken, dup, dup, m
        Get-TroveBackupSchedule -ErrorAction Stop | Should -BeNullOrEmpty
        (Get-TroveWorkbook).IsInstalled | Should -BeFalse
    }

    It 'with -SandboxInstances has as many more' {
        $null = Connect-Sandbox @{ SandboxInstances = 45 }
        $names = (Get-TroveInstance).Name
        $names.Count | Should -Be 49
        @($names -like 'db-*' | Sort-Object)[0, -1] | Should -Be db-00001, db-00045
    }

    It 'refuses -<Parameter> <Value>' -ForEach @(
        @{ Parameter = 'SandboxSpeed'; Value = -1 }, @{ Parameter = 'SandboxSpeed'; Value = 3601 }
        @{ Parameter = 'SandboxInstances'; Value = -1 }, @{ Parameter = 'SandboxInstances'; Value = 100001 }
    ) {
        $with = @{ $Parameter = $Value }
        Get-ErrorOf { Connect-TroveSession -Sandbox @with } | Select-Object -ExpandProperty FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
        Get-TroveSession | Should -BeNullOrEmpty
    }

    It 'takes nothing that is another cloud''s: -<_>' -ForEach 'Region', 'Cloud', 'ProjectName', 'WorkflowEndpoint' {
        $with = @{ $_ = 'http://x' }
        (Get-ErrorOf { Connect-TroveSession -Sandbox @with }).FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
    }

    It 'at speed 0 has a stopped clock, which Step-TroveSandbox moves' {
        $null = Connect-Sandbox
        $null = Install-TroveWorkbook
        $begin = (Get-TroveWorkbook).CreatedAt
        $schedule = New-TroveBackupSchedule m '* * * * * *' (New-TestName) -AllowSeconds
        $runs = @(Get-TroveScheduleExecution $schedule).Count
        Start-Sleep -Milliseconds 1500
        @(Get-TroveScheduleExecution $schedule).Count | Should -Be $runs
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName)).CreatedAt | Should -Be $begin
        Step-TroveSandbox -By 00:00:10 | Should -BeNullOrEmpty
        @(Get-TroveScheduleExecution $schedule).Count | Should -Be ($runs + 10)
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName)).CreatedAt | Should -Be $begin.AddSeconds(10)
    }

    It 'with -SandboxSpeed has a clock that runs so many times faster' {
        $null = Connect-TroveSession -Sandbox -SandboxSpeed 1200
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '* * * * *' (New-TestName)
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $null = Wait-Until -Every 0.05 -For 'three minutes to pass' { @(Get-TroveScheduleExecution $schedule).Count -ge 3 }
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
    }
}

Describe 'Step-TroveSandbox' {
    BeforeAll {
        $session = Connect-Sandbox
        $null = Install-TroveWorkbook
    }

    AfterAll { Disconnect-TroveSession }

    It 'refuses <Value> as a length of time, and sends the clock nowhere' -ForEach @(
        @{ Value = '24:00:00' }, @{ Value = '99:00' }, @{ Value = '10' }, @{ Value = 10 }, @{ Value = 1.5 }, @{ Value = 'soon' }, @{ Value = '00:60:00' }, @{ Value = @{} }, @{ Value = '1:2:3:4:5' }
    ) {
        $before = $session.CloudTime
        { Step-TroveSandbox $Value } | Should -Throw '*takes a length of time such as 00:10:00, or 1.00:00:00 for a day*'
        $session.CloudTime | Should -Be $before
    }

    It 'reads <Value> as <Seconds> seconds' -ForEach @(
        @{ Value = '00:10'; Seconds = 600 }, @{ Value = '1:00:00'; Seconds = 3600 }, @{ Value = '00:00:01.5'; Seconds = 1.5 }, @{ Value = '1.00:00:00'; Seconds = 86400 }
        @{ Value = [timespan]::FromHours(30); Seconds = 108000 }
    ) {
        $before = $session.CloudTime
        Step-TroveSandbox $Value
        ($session.CloudTime - $before).TotalSeconds | Should -Be $Seconds
    }

    It 'lets a schedule run and its backup be made, and one that fails fail' {
        $good = New-TroveBackupSchedule m '*/10 * * * *' (New-TestName)
        $bad = New-TroveBackupSchedule broken '*/10 * * * *' (New-TestName)
        Step-TroveSandbox 00:30:00
        $runs = @(Get-TroveScheduleExecution $good -IncludeBackupStatus)
        $runs.Count | Should -Be 3
        $runs.State | Should -Be SUCCESS, SUCCESS, SUCCESS
        $runs.BackupStatus | Should -Be COMPLETED, COMPLETED, COMPLETED
        $runs.ExecutionTime | ForEach-Object { $_.AddSeconds(2).Minute % 10 } | Should -Be 0, 0, 0 -Because 'Mistral runs what is due within two seconds'
        (Get-TroveBackup m).Count | Should -Be 3
        $failed = @(Get-TroveScheduleExecution $bad)
        $failed.State | Should -Be ERROR, ERROR, ERROR
        $failed.Reason | Should -BeLike '*not ready*'
        (Get-TroveBackupSchedule -Id $good.Id).NextExecutionTime | Should -Be $good.NextExecutionTime.AddMinutes(30)
    }

    It 'leaves a session good, however many lives of a token it passes over' {
        $before = $session.TokenExpiresAt
        Step-TroveSandbox 1.00:00:00
        (Get-TroveInstance).Name | Should -Contain m
        $session.TokenExpiresAt | Should -BeGreaterThan $before.AddHours(22)
    }

    It 'by nothing is no error' {
        Step-TroveSandbox 0 -ErrorAction Stop
    }

    It 'goes back in no case' {
        Get-ErrorOf { Step-TroveSandbox -By -00:00:01 } | Assert-Error InvalidTime Step-TroveSandbox InvalidArgument -Says '-00:00:01'
    }

    It 'moves a sandbox through any of its sessions' {
        $guest = Connect-Guest $session other
        $first = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Session $session
        Step-TroveSandbox 00:00:05 -Session $guest
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Session $session).CreatedAt | Should -Be $first.CreatedAt.AddSeconds(5)
    }

    It 'moves no real cloud''s clock' {
        $server = New-TestKeystone
        try {
            $real = Connect-TestKeystone $server.Url
            $asked = $server.Requests.Count
            Get-ErrorOf { Step-TroveSandbox 00:01:00 } | Assert-Error InvalidSession Step-TroveSandbox InvalidArgument -Says $server.Url -Advises 'Connect-TroveSession -Sandbox'
            Get-ErrorOf { Step-TroveSandbox 00:01:00 -Session $real } | Assert-Error InvalidSession Step-TroveSandbox InvalidArgument -Says $server.Url
            $server.Requests.Count | Should -Be $asked
        }
        finally { $server.Dispose() }
    }
}

Describe 'Two sandboxes' {
    BeforeAll {
        $one = Connect-Sandbox
        $null = Install-TroveWorkbook
        $two = Connect-Sandbox @{ SandboxInstances = 1 }
    }

    AfterAll { $one, $two | Disconnect-TroveSession }

    It 'share nothing' {
        (Get-TroveWorkbook -Session $two).IsInstalled | Should -BeFalse
        $null = Install-TroveWorkbook -Session $two
        $schedule = New-TroveBackupSchedule m '* * * * *' (New-TestName) -Session $one
        Get-TroveBackupSchedule -Session $two -ErrorAction Stop | Should -BeNullOrEmpty
        Step-TroveSandbox 01:00:00 -Session $two
        Get-TroveScheduleExecution $schedule -Session $one | Should -BeNullOrEmpty -Because 'its clock stands still'
        (Get-TroveInstance -Session $one).Name | Should -Not -Contain db-00001
        (Get-TroveInstance -Session $two).Name | Should -Contain db-00001
    }

    It 'end one by one' {
        $three = Connect-Sandbox
        $three | Disconnect-TroveSession
        (Get-TroveInstance -Session $one).Name | Should -Contain m
        (Get-TroveInstance -Session $two).Name | Should -Contain m
    }
}

Describe 'A sandbox has other accounts' {
    BeforeAll { $session = Connect-Sandbox }

    AfterAll { $session | Disconnect-TroveSession }

    It 'reached by its address: <_>' -ForEach 'demo', 'other', 'admin' {
        $guest = Connect-Guest $session $_
        $guest.UserName, $guest.ProjectName | Should -Be $_, $_
        (Get-TroveInstance -Session $guest).Name | Sort-Object -Unique | Should -Be @{ demo = 'broken', 'dup', 'm'; other = 'o'; admin = $null }[$_]
        $guest | Disconnect-TroveSession
        (Get-TroveInstance -Session $session).Name | Should -Contain m -Because 'the sandbox ends with the session that made it, not with another'
    }

    It 'with passwords that are looked at' {
        $wrong = [pscredential]::new('demo', (ConvertTo-SecureString secret-other -AsPlainText -Force))
        Get-ErrorOf { Connect-TroveSession -AuthUrl $session.AuthUrl -Credential $wrong -UserDomainName Default -ProjectName demo -ProjectDomainName Default } |
            Assert-Error Unauthorized Connect-TroveSession AuthenticationError
    }
}

Describe 'A sandbox that has ended' {
    BeforeAll {
        function Start-AndEndSandbox {
            <# Uses a sandbox, ends it, and returns weak references that show whether it is still in memory. #>
            $session = Connect-TroveSession -Sandbox -SandboxSpeed 60
            $null = Install-TroveWorkbook
            $schedule = New-TroveBackupSchedule m '* * * * *' (New-TestName)
            Step-TroveSandbox 00:05:00
            if (@(Get-TroveScheduleExecution $schedule).Count -lt 5) { throw 'It has not run.' }
            $sandboxes = [TroveSchedules.Commands.ConnectTroveSessionCommand].Assembly.GetType('TroveSchedules.Commands.Sandboxes')
            $cloud = $sandboxes.GetMethod('At').Invoke($null, @($session.AuthUrl))
            if (-not $cloud) { throw 'It is not found.' }
            $session | Disconnect-TroveSession
            [WeakReference]::new($cloud), [WeakReference]::new($session)
        }
    }

    It 'leaves no timer and no thread of its own' {
        $null = Start-AndEndSandbox # Initializes everything that is created once.
        $timers = [Threading.Timer]::ActiveCount
        $threads = (Get-Process -Id $PID).Threads.Count
        1..10 | ForEach-Object { $null = Start-AndEndSandbox }
        [Threading.Timer]::ActiveCount | Should -BeLessThan ($timers + 10) -Because 'those of connections come and go'
        (Get-Process -Id $PID).Threads.Count | Should -BeLessThan ($threads + 10) -Because 'only the pool''s come and go'
    }

    It 'is not held by anything' {
        $held = @(1..10 | ForEach-Object { Start-AndEndSandbox })
        $null = Wait-Until -Every 0.05 -For 'all but the last to be collected' {
            [GC]::Collect()
            [GC]::WaitForPendingFinalizers()
            @($held | Where-Object IsAlive).Count -le 2 # PowerShell keeps a reference to the last value of a function.
        }
    }

    It 'answers its own session with an error that it has ended' {
        $session = Connect-Sandbox
        Disconnect-TroveSession
        Get-ErrorOf { Get-TroveInstance -Session $session } | Assert-Error NotConnected Get-TroveInstance InvalidArgument -Says 'disconnected' -Advises Connect-TroveSession
        Get-ErrorOf { Step-TroveSandbox 00:00:01 -Session $session } | Assert-Error InvalidSession Step-TroveSandbox InvalidArgument -Says 'ended' -Advises 'Connect-TroveSession -Sandbox'
    }

    It 'answers another session at once with one error that it has ended' {
        $session = Connect-Sandbox
        $null = Install-TroveWorkbook
        $guest = Connect-Guest $session
        $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
        $session | Disconnect-TroveSession
        foreach ($use in { Get-TroveInstance }, { Get-TroveBackupSchedule }, { New-TroveBackupSchedule m '0 3 * * *' x }, { Get-TroveScheduleExecution $schedule },
            { Remove-TroveBackupSchedule $schedule.Id -Confirm:$false }, { Get-TroveWorkbook }) {
            $record = Get-ErrorOf $use
            $record.Exception | Should -BeOfType TroveSchedules.TroveScheduleException
            $record | Assert-Error Unavailable ("$use" -replace '^\s*(\S+).*', '$1').Trim() ResourceUnavailable -Says "$($session.AuthUrl)", 'has ended' -Advises 'Connect-TroveSession -Sandbox'
            # A retry would wait. A request that fails at once may leave no line where the cmdlet changes something.
            $attempts = @(& { $VerbosePreference = 'Continue'; try { & $use } catch { } } 4>&1 2>$null | Where-Object { $_ -is [Management.Automation.VerboseRecord] })
            $attempts.Count | Should -BeIn @("$use" -match 'Get-' ? 1 : 0, 1)
        }
        Get-ErrorOf { Step-TroveSandbox 00:01:00 } | Assert-Error InvalidSession Step-TroveSandbox InvalidArgument -Says 'ended'
        $guest | Disconnect-TroveSession
    }

    It 'shows the request that failed at once with -Verbose, whichever cmdlet sent it' {
        $session = Connect-Sandbox
        $guest = Connect-Guest $session
        $session | Disconnect-TroveSession
        foreach ($use in { Get-TroveInstance -Verbose }, { New-TroveBackupSchedule m '0 3 * * *' x -Verbose }, { Remove-TroveBackupSchedule ([guid]::NewGuid()) -Confirm:$false -Verbose }) {
            $lines = & $use 2>$null 4>&1
            "$lines" | Should -BeLike 'GET http*failed after*has ended*'
        }
        $guest | Disconnect-TroveSession
    }

    It 'warns of plain http when its address is used after it has ended' {
        $session = Connect-Sandbox
        Disconnect-TroveSession
        $credential = [pscredential]::new('demo', (ConvertTo-SecureString secret-demo -AsPlainText -Force))
        $null = Connect-TroveSession -AuthUrl $session.AuthUrl -Credential $credential -UserDomainName Default -MaxRetry 0 -WarningVariable warned -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
        "$warned" | Should -BeLike '*plain http*'
    }

    It 'is nowhere to be connected to' {
        $session = Connect-Sandbox
        Disconnect-TroveSession
        Get-ErrorOf { Connect-Guest $session } | Assert-Error Unavailable Connect-TroveSession ResourceUnavailable -Says $session.AuthUrl.Authority
    }
}

# Progress does not depend on the cloud, so these tests always use the module's sandbox. The bars use its clock, which is stopped until a test moves it.
BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $manifest = Join-Path (Get-Module TroveSchedules).ModuleBase TroveSchedules.psd1
    $session = Connect-TroveSession -Sandbox -SandboxSpeed 0
    $null = Install-TroveWorkbook
    $schedule = New-TroveBackupSchedule m '* * * * *' nightly
    Step-TroveSandbox 01:00:00
    $all = @(Get-TroveScheduleExecution $schedule)
    $plan = "$TestDrive/plan.yaml"
    'version: 1', 'owner: pester', 'schedules:', (1..3 | ForEach-Object { "- { instance: m, name: planned-$_, pattern: '0 3 1 1 *' }" }) | Set-Content $plan

    $module = (Get-Command Get-TroveSession).ImplementingType.Assembly
    $flags = [Reflection.BindingFlags] 'Static, Public, NonPublic'
    $sandbox = $module.GetType('TroveSchedules.Commands.Sandboxes').GetMethod('At', $flags).Invoke($null, @($session.AuthUrl))
    $clock = $module.GetType('TroveSchedules.Commands.Progress').GetProperty('Clock', $flags)
    $realClock = $clock.GetValue($null)
    $clock.SetValue($null, $sandbox.Clock)

    function New-Shell {
        <# A separate PowerShell with the module, which collects its progress records. #>
        param([string] $Script, [hashtable] $With = @{})
        $shell = [powershell]::Create()
        $null = $shell.AddScript("param(`$manifest, `$with) Import-Module `$manifest; `$ConfirmPreference = 'None'; `$with.GetEnumerator() | ForEach-Object { Set-Variable `$_.Key `$_.Value }; $Script").
            AddArgument($manifest).AddArgument($With)
        $shell
    }

    function Get-Progress {
        <# The progress records of a script, in their order. #>
        param([string] $Script, [hashtable] $With = @{ all = $all; session = $session; schedule = $schedule; plan = $plan })
        $shell = New-Shell $Script $With
        try {
            try { $null = $shell.Invoke() } catch { $null = $_ }
            , @($shell.Streams.Progress)
        }
        finally { $shell.Dispose() }
    }
}

AfterAll {
    $clock.SetValue($null, $realClock)
    Disconnect-TroveSession
}

Describe 'Progress' {
    It 'is not shown of work shorter than a second' {
        (Get-Progress '$all[0..4] | Remove-TroveScheduleExecution -WhatIf').Count | Should -Be 0
        (Get-Progress '$all[0..8] | ForEach-Object { Step-TroveSandbox 00:00:00.1; $_ } | Remove-TroveScheduleExecution -WhatIf').Count | Should -Be 0
    }

    It 'of a pipeline is a count and a rate, and ends with the work' {
        $records = Get-Progress '$all[0..4] | ForEach-Object { Step-TroveSandbox 00:00:02; $_ } | Remove-TroveScheduleExecution -WhatIf'
        $records.StatusDescription | Should -Be '1, 30/min', '2, 30/min', '3, 30/min', '4, 30/min', '5, 30/min', '5, 30/min'
        $records.RecordType | Should -Be Processing, Processing, Processing, Processing, Processing, Completed
        $records.Activity | Sort-Object -Unique | Should -Be Remove-TroveScheduleExecution
        $records.PercentComplete | Sort-Object -Unique | Should -Be -1
        $records.SecondsRemaining | Sort-Object -Unique | Should -Be -1 -Because 'nobody knows how many will come'
    }

    It 'of a list has the total and the time left' {
        $records = Get-Progress 'Get-TroveScheduleExecution -Id $all[0..3].Id | ForEach-Object { Step-TroveSandbox 00:00:00.5 }'
        $records.StatusDescription | Should -Be '2 of 4, 2/s', '3 of 4, 2/s', '3 of 4, 2/s'
        $records[0, 1].PercentComplete | Should -Be 50, 75
        $records[0, 1].SecondsRemaining | Should -Be 1, 1
    }

    It 'of a wait is there before the first has ended, and counts those that have' {
        $records = Get-Progress 'Start-TroveBackupSchedule $schedule -Wait; $all[0..3] | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue | ForEach-Object { Step-TroveSandbox 00:00:01 }'
        $records.StatusDescription | Should -Contain '2 of 4 ended, 2/s'
        $records.Activity | Sort-Object -Unique | Should -Contain Wait-TroveScheduleExecution
        $records[-1].RecordType | Should -Be Completed
    }

    It 'of a listing counts its rows; -First gives the total' {
        $records = Get-Progress 'Get-TroveScheduleExecution $schedule -First 10 -Skip 2 | ForEach-Object { Step-TroveSandbox 00:00:01 }'
        $records[0].StatusDescription, $records[4].StatusDescription | Should -Be '1 of 10, 1/s', '5 of 10, 1/s'
        $records[4].PercentComplete, $records[4].SecondsRemaining | Should -Be 50, 5
        (Get-Progress 'Get-TroveScheduleExecution $schedule | Select-Object -First 3 | ForEach-Object { Step-TroveSandbox 00:00:01 }')[0].StatusDescription | Should -Be '1, 1/s'
        (Get-Progress 'Get-TroveScheduleExecution $schedule, $schedule -First 10 | ForEach-Object { Step-TroveSandbox 00:00:01 }')[14].StatusDescription | Should -Be '15 of 20, 1/s'
        (Get-Progress '$schedule | Get-TroveScheduleExecution -First 10 | ForEach-Object { Step-TroveSandbox 00:00:01 }')[0].StatusDescription | Should -Be '1, 1/s'
    }

    It 'of <Cmdlet> is shown too' -ForEach @(
        @{ Cmdlet = 'New-TroveBackupSchedule'; Script = '1..3 | ForEach-Object { Step-TroveSandbox 00:00:01; "m" } | New-TroveBackupSchedule -Pattern "0 3 * * *" -Name x -WhatIf' }
        @{ Cmdlet = 'Remove-TroveBackupSchedule'; Script = '1..3 | ForEach-Object { Step-TroveSandbox 00:00:01; $schedule } | Remove-TroveBackupSchedule -WhatIf' }
        @{ Cmdlet = 'Get-TroveInstance'; Script = 'Get-TroveInstance | ForEach-Object { Step-TroveSandbox 00:00:01 }' }
        @{ Cmdlet = 'Get-TroveBackup'; Script = 'Get-TroveBackup | Select-Object -First 3 | ForEach-Object { Step-TroveSandbox 00:00:01 }' }
    ) {
        $records = Get-Progress $Script
        $records.StatusDescription | Select-Object -First 2 | Should -Be '1, 1/s', '2, 1/s'
        $records.Activity | Sort-Object -Unique | Should -Be $Cmdlet
        $records[-1].RecordType | Should -Be Completed
    }

    It 'of what is known before the first change has the total: <Cmdlet>' -ForEach @(
        @{ Cmdlet = 'Remove-TroveBackup'; Script = 'Get-TroveBackup | Select-Object -Last 3 | Remove-TroveBackup -Confirm:$false -PassThru | ForEach-Object { Step-TroveSandbox 00:00:01 }' }
        @{ Cmdlet = 'Sync-TroveBackupSchedule'; Script = 'Sync-TroveBackupSchedule $plan | ForEach-Object { Step-TroveSandbox 00:00:01 }' }
    ) {
        $records = Get-Progress $Script
        ($records | Where-Object Activity -EQ $Cmdlet).StatusDescription | Select-Object -First 2 | Should -Be '1 of 3, 1/s', '2 of 3, 1/s'
        $records[-1].RecordType | Should -Be Completed
    }

    It 'is renewed at most four times a second' {
        $records = Get-Progress '$all[0..39] | ForEach-Object { Step-TroveSandbox 00:00:00.1; $_ } | Remove-TroveScheduleExecution -WhatIf'
        $records.Count | Should -Be 12 -Because 'the first comes after 1 s, one each 0.3 s until 4 s, then the end'
    }

    It 'of a pipeline of ours is one bar for each cmdlet, one below the other' {
        $records = Get-Progress 'Get-TroveScheduleExecution $schedule -First 4 | ForEach-Object { Step-TroveSandbox 00:00:01; $_ } | Remove-TroveScheduleExecution -WhatIf'
        $get, $remove = 'Get-TroveScheduleExecution', 'Remove-TroveScheduleExecution' | ForEach-Object { , @($records | Where-Object Activity -EQ $_) }
        $get.ActivityId | Sort-Object -Unique | Should -HaveCount 1
        $remove.ParentActivityId | Sort-Object -Unique | Should -Be $get[0].ActivityId
        $get.ParentActivityId | Sort-Object -Unique | Should -Be -1
        $get[-1].RecordType, $remove[-1].RecordType | Should -Be Completed, Completed
    }

    It 'ends with <What>' -ForEach @(
        @{ What = 'an error that ends the pipeline'; Script = '$n = 0; $all | ForEach-Object { Step-TroveSandbox 00:00:01; if ($n++ -eq 3) { throw "It ends" }; $_ } | Remove-TroveScheduleExecution -WhatIf' }
        @{ What = '-ErrorAction Stop'; Script = '$all[0], $all[1], "x" | ForEach-Object { Step-TroveSandbox 00:00:01; $_ } | Remove-TroveScheduleExecution -WhatIf -ErrorAction Stop' }
        @{ What = 'a cmdlet that wants no more'; Script = 'Get-TroveScheduleExecution $schedule | ForEach-Object { Step-TroveSandbox 00:00:01; $_ } | Select-Object -First 3' }
    ) {
        $records = Get-Progress $Script
        $records.Count | Should -BeGreaterThan 1
        $records.RecordType | Select-Object -SkipLast 1 | Sort-Object -Unique | Should -Be Processing
        $records[-1].RecordType | Should -Be Completed
    }

    It 'is as $ProgressPreference says, and -ProgressAction' {
        $slow = 'Get-TroveInstance {0} | ForEach-Object {{ Step-TroveSandbox 00:00:02 }}'
        (Get-Progress ('$ProgressPreference = "SilentlyContinue"; ' + ($slow -f ''))).Count | Should -Be 0
        (Get-Progress ($slow -f '-ProgressAction Ignore')).Count | Should -Be 0
        (Get-Progress ('$ProgressPreference = "SilentlyContinue"; ' + ($slow -f '-ProgressAction Continue'))).Count | Should -BeGreaterThan 1
    }
}

Describe 'While a service takes its time' {
    BeforeAll {
        $server = New-TestKeystone
        $slow = Connect-TestKeystone $server.Url
    }

    AfterAll {
        $slow.Dispose()
        $server.Dispose()
    }

    It '<Cmdlet> reports what it waits for, and since when; Ctrl-C takes the bar away' -ForEach @(
        @{ Cmdlet = 'Get-TroveBackupSchedule'; Script = 'Get-TroveBackupSchedule -Session $slow'; Says = 'Mistral: GET /v2/cron_triggers, 3 s' }
        @{ Cmdlet = 'Get-TroveBackup'; Script = 'Get-TroveBackup -Session $slow'; Says = 'Trove: GET /v1.0/0123456789abcdef0123456789abcdef/backups, 3 s' }
        @{ Cmdlet = 'Install-TroveWorkbook'; Script = 'Install-TroveWorkbook -Session $slow'; Says = 'Mistral: GET /v2/workbooks, 3 s' }
        @{ Cmdlet = 'Connect-TroveSession'; Script = 'Connect-TroveSession -AuthUrl $url -Token (ConvertTo-SecureString x -AsPlainText -Force)'; Says = 'Keystone: POST /v3/auth/tokens, 3 s' }
    ) {
        $asked = $server.Requests.Count
        $server.Delay = [TimeSpan]::FromMinutes(1)
        $shell = New-Shell $Script @{ slow = $slow; url = $server.Url }
        try {
            $null = $shell.BeginInvoke()
            [Threading.SpinWait]::SpinUntil({ $server.Requests.Count -gt $asked }, 30000) | Should -BeTrue
            $shell.Streams.Progress.Count | Should -Be 0
            $sandbox.Step([TimeSpan]::FromSeconds(3))
            [Threading.SpinWait]::SpinUntil({ $shell.Streams.Progress.Count -gt 0 }, 30000) | Should -BeTrue
            $shell.Streams.Progress[0].Activity | Should -Be $Cmdlet
            $shell.Streams.Progress[0].StatusDescription | Should -Be $Says
            $shell.Stop()
            $shell.Streams.Progress[-1].RecordType | Should -Be Completed
        }
        finally {
            $server.Delay = [TimeSpan]::Zero
            $shell.Dispose()
        }
    }
}

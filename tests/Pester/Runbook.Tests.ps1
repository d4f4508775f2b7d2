BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $runbook = (Resolve-Path "$PSScriptRoot/../../samples/Runbook.Tests.ps1").Path

    function Connect-Sandbox {
        <# A sandbox of its own with the workbook, whose clock moves only when it is stepped; gives what can be done to it behind the cmdlets' backs. #>
        $session = Connect-TroveSession -Sandbox -SandboxSpeed 0 -SandboxInstances 2
        $null = Install-TroveWorkbook
        [TroveSchedules.Commands.ConnectTroveSessionCommand].Assembly.GetType('TroveSchedules.Commands.Sandboxes').GetMethod('At').Invoke($null, @($session.AuthUrl))
    }

    function Invoke-Runbook {
        <# Runs the runbook; returns the number of passed tests and the message of each failure. #>
        param([hashtable] $With)
        $container = New-PesterContainer -Path $runbook -Data $With
        $result = Invoke-Pester -Container $container -PassThru -Output None
        [pscustomobject]@{
            Result = $result.Result
            Passed = $result.PassedCount
            Failed = @($result.Failed | ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord[0].Exception.Message)" })
            Broken = @($result.FailedContainers + $result.FailedBlocks | ForEach-Object { "$($_.ErrorRecord)" })
        }
    }
}

AfterAll {
    Disconnect-TroveSession
}

Describe 'The runbook' {
    AfterEach {
        Disconnect-TroveSession
    }

    It 'passes where every instance has a schedule that does its work' {
        $null = Connect-Sandbox
        $null = Get-TroveInstance m, db-* | New-TroveBackupSchedule -Pattern '0 */6 * * *' -Name regular
        Step-TroveSandbox 2.00:00:00
        $outcome = Invoke-Runbook @{ Instance = 'm', 'db-*' }
        $outcome.Failed | Should -BeNullOrEmpty
        $outcome.Broken | Should -BeNullOrEmpty
        $outcome.Result | Should -Be Passed
        $outcome.Passed | Should -Be 13 -Because 'there are three instances with a schedule each'
    }

    It 'fails where an instance has no schedule, and shows how to make one' {
        $null = Connect-Sandbox
        $null = New-TroveBackupSchedule m '0 */6 * * *' regular
        Step-TroveSandbox 1.00:00:00
        $bare = Get-TroveInstance db-00001
        $outcome = Invoke-Runbook @{ Instance = 'm', 'db-00001' }
        $outcome.Failed | Should -Be @(
            "Instance db-00001 ($bare).has a schedule: Nothing backs up the instance db-00001. Make a schedule: New-TroveBackupSchedule $bare '0 3 * * *' nightly"
            "Instance db-00001 ($bare).has a good backup not older than 1.00:00:00: The instance db-00001 has no good backup."
        )
    }

    It 'checks all instances by default' {
        $null = Connect-Sandbox
        $null = New-TroveBackupSchedule m '0 */6 * * *' regular
        Step-TroveSandbox 1.00:00:00
        $missing = (Invoke-Runbook @{}).Failed -like '*has a schedule:*'
        foreach ($other in Get-TroveInstance broken, dup, db-*) { @($missing -like "*New-TroveBackupSchedule $other *").Count | Should -Be 1 }
        $missing.Count | Should -Be 5
    }

    It 'fails where the last good backup is too old, and shows which and how old it is' {
        $null = Connect-Sandbox
        $schedule = New-TroveBackupSchedule m '0 3 * * mon' weekly
        Step-TroveSandbox ($schedule.NextExecutionTime.AddHours(31) - (Get-TroveSession).CloudTime)
        $outcome = Invoke-Runbook @{ Instance = 'm' }
        $outcome.Failed.Count | Should -Be 1
        $outcome.Failed | Should -BeLike "Instance m (*has a good backup*The last good backup of the instance m, $(Get-TroveBackup m), is of *Z, 1.07:00 ago. See what its schedules did: Get-TroveBackupSchedule *"
        (Invoke-Runbook @{ Instance = 'm'; MaxAge = [TimeSpan] '1.08:00' }).Result | Should -Be Passed
    }

    It 'takes no run that succeeded for a backup that is good' {
        $sandbox = Connect-Sandbox
        $sandbox.FailBackups((Get-TroveInstance m).Id)
        $schedule = New-TroveBackupSchedule m '0 * * * *' hourly
        Step-TroveSandbox ($schedule.NextExecutionTime.AddMinutes(121) - (Get-TroveSession).CloudTime)
        ($schedule | Get-TroveScheduleExecution).State | Select-Object -Unique | Should -Be SUCCESS
        $outcome = Invoke-Runbook @{ Instance = 'm' }
        $outcome.Failed.Count | Should -Be 2
        $outcome.Failed[0] | Should -BeLike '*The instance m has no good backup. See what*'
        $outcome.Failed[1] | Should -BeLike "Schedule hourly ($schedule) of instance m.*The last 3 runs of the schedule hourly of instance m failed*: Trove accepted the backup *, which then failed.*"
    }

    It 'fails where the last runs of a schedule all failed, and shows why and what to do' {
        $null = Connect-Sandbox
        $schedule = New-TroveBackupSchedule broken '*/5 * * * *' doomed
        Step-TroveSandbox ($schedule.NextExecutionTime.AddMinutes(6) - (Get-TroveSession).CloudTime)
        (Invoke-Runbook @{ Instance = 'broken' }).Failed -like 'Schedule*' | Should -BeNullOrEmpty -Because 'two runs are no streak of three'
        Step-TroveSandbox 00:05:00
        $failed = @((Invoke-Runbook @{ Instance = 'broken' }).Failed -like 'Schedule*')
        $failed.Count | Should -Be 1
        $failed | Should -BeLike "*The last 3 runs of the schedule doomed of instance broken failed, the latest at *Z: *is not ready*Mend the cause, or delete the schedule: Remove-TroveBackupSchedule $schedule"
        (Invoke-Runbook @{ Instance = 'broken'; Streak = 4 }).Failed -like 'Schedule*' | Should -BeNullOrEmpty
    }

    It 'forgives failures after which a run was good' {
        $sandbox = Connect-Sandbox
        $m = (Get-TroveInstance m).Id
        $schedule = New-TroveBackupSchedule m '*/5 * * * *' shaky
        $null = $sandbox.FailBackups($m)
        Step-TroveSandbox ($schedule.NextExecutionTime.AddMinutes(11) - (Get-TroveSession).CloudTime)
        $null = $sandbox.FailBackups($m, $false)
        Step-TroveSandbox 00:05:00
        (Get-TroveBackup m).Status | Group-Object -NoElement | ForEach-Object { "$($_.Count) $($_.Name)" } | Sort-Object | Should -Be '1 COMPLETED', '3 FAILED'
        (Invoke-Runbook @{ Instance = 'm' }).Result | Should -Be Passed
    }

    It 'fails where a schedule is stuck, and shows since when and what to do' {
        $sandbox = Connect-Sandbox
        $schedule = New-TroveBackupSchedule m '*/30 * * * *' regular
        Step-TroveSandbox 01:00:00
        $sandbox.RunsTriggers = $false
        Step-TroveSandbox 01:00:00
        $outcome = Invoke-Runbook @{ Instance = 'm' }
        $outcome.Failed.Count | Should -Be 1
        $due = '{0:u}' -f (Get-TroveBackupSchedule -Id $schedule.Id -WarningAction Ignore).NextExecutionTime
        $outcome.Failed | Should -BeLike "Schedule regular ($schedule) of instance m.is not stuck: The schedule regular of instance m was due at $due and did not run.*Remove-TroveBackupSchedule $schedule"
    }

    It 'fails where no instance has the name, so that a slip of the pen does not pass' {
        $null = Connect-Sandbox
        $outcome = Invoke-Runbook @{ Instance = 'n' }
        $outcome.Failed | Should -BeLike 'The project.has instances called n: No instance is called n. Get-TroveInstance lists*'
    }

    It 'fails if the cloud does not respond' {
        $sandbox = Connect-Sandbox
        $sandbox.Dispose()
        $outcome = Invoke-Runbook @{}
        $outcome.Result | Should -Be Failed
        $outcome.Broken | Should -Not -BeNullOrEmpty
    }
}

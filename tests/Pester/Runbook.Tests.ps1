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
        $outcome.Passed | Should -Be 4 -Because 'there are three instances with a schedule each'
    }

    It 'fails where an instance has no schedule' {
        $null = Connect-Sandbox
        $null = New-TroveBackupSchedule m '0 */6 * * *' regular
        Step-TroveSandbox 1.00:00:00
        $bare = Get-TroveInstance db-00001
        $outcome = Invoke-Runbook @{ Instance = 'm', 'db-00001' }
        $outcome.Failed | Should -HaveCount 1
        $outcome.Failed | Should -BeLike "Instance db-00001, schedule *The instance db-00001 ($bare) is Critical:*no completed backup that is younger than 1 day*The instance has no schedule. Create one*"
    }

    It 'checks all instances by default' {
        $null = Connect-Sandbox
        $null = New-TroveBackupSchedule m '0 */6 * * *' regular
        Step-TroveSandbox 1.00:00:00
        (Invoke-Runbook @{}).Failed | Should -HaveCount 5
    }

    It 'fails where the last completed backup is too old' {
        $null = Connect-Sandbox
        $schedule = New-TroveBackupSchedule m '0 3 * * mon' weekly
        Step-TroveSandbox ($schedule.NextExecutionTime.AddHours(31) - (Get-TroveSession).CloudTime)
        (Invoke-Runbook @{ Instance = 'm' }).Failed | Should -BeLike "*The schedule 'weekly' ($schedule) of the instance m (*) is Critical:*The last completed backup of the instance was started at *, more than 1 day ago. Start a schedule*"
        (Invoke-Runbook @{ Instance = 'm'; MaxAge = [TimeSpan] '1.08:00' }).Result | Should -Be Passed
    }

    It 'does not take an execution that succeeded for a backup that is completed' {
        $sandbox = Connect-Sandbox
        $sandbox.FailBackups((Get-TroveInstance m).Id)
        $schedule = New-TroveBackupSchedule m '0 * * * *' hourly
        Step-TroveSandbox ($schedule.NextExecutionTime.AddMinutes(121) - (Get-TroveSession).CloudTime)
        ($schedule | Get-TroveScheduleExecution).State | Select-Object -Unique | Should -Be SUCCESS
        (Invoke-Runbook @{ Instance = 'm' }).Failed | Should -BeLike '*The last backup, *, failed in Trove.*'
    }

    It 'passes schedules with warnings only with -AllowWarning' {
        $null = Connect-Sandbox
        $null = New-TroveBackupSchedule m '0 */6 * * *' regular
        Step-TroveSandbox 1.00:00:00
        $null = New-TroveBackupSchedule m '0 * * * *' paused -Suspended
        (Invoke-Runbook @{ Instance = 'm' }).Failed | Should -BeLike "*'paused'*is Warning:*is suspended*"
        (Invoke-Runbook @{ Instance = 'm'; AllowWarning = $true }).Result | Should -Be Passed
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

Describe 'Should -BeHealthyTroveSchedule' {
    BeforeAll {
        Import-Module "$((Get-Module TroveSchedules).ModuleBase)/Pester/HealthyTroveSchedule.psm1" -Force
        $null = Connect-Sandbox
        $null = New-TroveBackupSchedule m '0 * * * *' good
        $bad = New-TroveBackupSchedule broken '0 * * * *' "bad`e[31m"
        Step-TroveSandbox 03:00:00
        $health = Get-TroveScheduleHealth
    }

    AfterAll { Disconnect-TroveSession }

    It 'passes for healthy schedules, one or many' {
        $good = $health | Where-Object State -EQ Healthy
        $good | Should -HaveCount 1
        $good | Should -BeHealthyTroveSchedule
        $good, $good | Should -BeHealthyTroveSchedule
    }

    It 'names the schedule, the reason and what to do' {
        { $health | Should -BeHealthyTroveSchedule -Because 'it is needed' } | Should -Throw @"
Expected healthy schedules, because it is needed, but 1 of 2 is not:
The schedule 'bad*' ($bad) of the instance broken (*) is Critical:
  - The last * executions failed: *is not ready*Remove the cause, and start the schedule.*
"@
        try { $health | Should -BeHealthyTroveSchedule } catch { "$_" | Should -Not -Match "`e" -Because 'a name must not reach the terminal as it is' }
    }

    It 'takes them through a file or a job as well' {
        $copies = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($health, 3))
        { $copies | Should -BeHealthyTroveSchedule } | Should -Throw '*executions failed*'
        $copies | Where-Object { "$($_.State)" -eq 'Healthy' } | Should -BeHealthyTroveSchedule
    }

    It 'can be negated' {
        $health | Should -Not -BeHealthyTroveSchedule
        { $health | Where-Object State -EQ Healthy | Should -Not -BeHealthyTroveSchedule } | Should -Throw '*but all 1 are.'
    }

    It 'fails for nothing, and for other objects' {
        { @() | Should -BeHealthyTroveSchedule } | Should -Throw '*but got none*'
        { Get-TroveBackupSchedule | Should -BeHealthyTroveSchedule } | Should -Throw "*Expected objects of Get-TroveScheduleHealth, but got '*"
    }
}

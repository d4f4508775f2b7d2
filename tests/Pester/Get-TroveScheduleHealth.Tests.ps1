BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $mistral = New-TestServer (Get-TestEndpoint workflowv2)
    $null = Connect-TestCloud -With @{ WorkflowEndpoint = "$($mistral.Url)/v2" }
    $null = Install-TroveWorkbook

    function New-TestSchedule {
        <# A schedule that is due on the first of January. #>
        param([string] $Instance = 'm', [hashtable] $With = @{})
        New-TroveBackupSchedule $Instance '0 3 1 1 *' (New-TestName) @With
    }

    function Invoke-Schedule($Schedule) {
        Start-TestClock
        try { $Schedule | Start-TroveBackupSchedule -Wait -ErrorAction SilentlyContinue } finally { Stop-TestClock }
    }
}

AfterAll {
    Clear-TestCloud
    $mistral.Dispose()
    Close-TestCloud
}

Describe 'Get-TroveScheduleHealth' {
    AfterEach { Clear-TestCloud }

    It 'finds a schedule with a completed backup healthy' {
        $schedule = New-TestSchedule
        $run = Invoke-Schedule $schedule
        $null = Wait-Until { (Get-TroveBackup m | Where-Object Name -CEQ $schedule.Name).Status -eq 'COMPLETED' }
        $health = $schedule | Get-TroveScheduleHealth
        $health | Should -BeOfType TroveSchedules.ScheduleHealth
        $health.Problems | Should -BeNullOrEmpty
        $health.State, $health.InstanceName, $health.Expected, $health.Succeeded, $health.FailureStreak | Should -Be Healthy, m, 0, 1, 0
        $health.LastExecutionTime, $health.LastSuccessTime | Should -Be $run.ExecutionTime, $run.ExecutionTime
        $health.LastBackupId | Should -Be (Get-TroveBackup m | Where-Object Name -CEQ $schedule.Name).Id
        $health.LastBackupSize, $health.LastBackupTime, $health.InstanceBackupTime, $health.LastBackupDuration | Should -Not -Contain $null
        ($schedule | Get-TroveScheduleHealth -MaxAge 01:00:00).State | Should -Be Healthy
    }

    It 'names the reason of an execution that failed' {
        $schedule = New-TestSchedule broken
        $null = Invoke-Schedule $schedule
        $health = Get-TroveScheduleHealth $schedule.Id
        $health.State, $health.Failed, $health.FailureStreak, $health.InstanceStatus | Should -Be Critical, 1, 1, SHUTDOWN
        $health.Problems.Kind | Should -Be Failed, InstanceNotActive
        $health.Problems[0].Reason | Should -BeLike 'The last execution failed: *is not ready*'
    }

    It 'finds a backup that failed after its execution had succeeded' {
        $schedule = New-TestSchedule
        Use-TestBehaviour @{ failing = @('m') } {
            $null = Invoke-Schedule $schedule
            $null = Wait-Until { (Get-TroveBackup m | Where-Object Name -CEQ $schedule.Name).Status -eq 'FAILED' }
        }
        $health = $schedule | Get-TroveScheduleHealth
        $health.State, $health.Succeeded, $health.LastBackupTime | Should -Be Critical, 1, $null
        $health.Problems.Kind | Should -Be BackupFailed
    }

    It 'warns of a suspended schedule only if no time was given for its resumption' {
        $forgotten = New-TestSchedule -With @{ Suspended = $true }
        $planned = New-TestSchedule -With @{ Suspended = $true; Until = '2036-01-01T00:00Z' }
        $health = $planned, $forgotten | Get-TroveScheduleHealth
        $health.ScheduleId | Should -Be $forgotten.Id, $planned.Id
        $health.State | Should -Be Warning, Healthy
        $health[0].Problems.Kind | Should -Be Suspended
    }

    It 'checks all schedules by default, and the given ones once' {
        $one, $two = (New-TestSchedule), (New-TestSchedule broken)
        (Get-TroveScheduleHealth).ScheduleId | Sort-Object | Should -Be ($one.Id, $two.Id | Sort-Object)
        ($one, $one.Id, $one | Get-TroveScheduleHealth).ScheduleId | Should -Be $one.Id
        @() | Get-TroveScheduleHealth | Should -BeNullOrEmpty
    }

    It 'includes instances without a schedule on request' {
        $schedule = New-TestSchedule
        $bare = Get-TroveScheduleHealth -IncludeUnscheduled | Where-Object { -not $_.ScheduleId }
        $bare.InstanceId | Sort-Object | Should -Be ((Get-TroveInstance).Id -ne $schedule.InstanceId | Sort-Object)
        $bare.State | Select-Object -Unique | Should -Be Warning
        $bare = Get-TroveScheduleHealth -IncludeUnscheduled -MaxAge 00:00:01 | Where-Object InstanceName -EQ broken
        $bare.State | Should -Be Critical
        $bare.Problems.Kind | Should -Be BackupTooOld, NotScheduled
    }

    It 'needs no more requests for many schedules than for one' {
        1..12 | ForEach-Object { $null = New-TestSchedule }
        $mistral.Requests.Clear()
        Get-TroveScheduleHealth | Should -HaveCount 12
        @($mistral.Requests) -replace '\?.*' | Sort-Object | Should -Be 'GET /v2/cron_triggers', 'GET /v2/executions'
    }

    It 'writes an error for a schedule that does not exist, and checks the others' {
        $schedule = New-TestSchedule
        $none = (New-Guid).Guid
        $record, $health = $none, $schedule.Id | Get-TroveScheduleHealth 2>&1
        $record | Assert-Error ScheduleNotFound Get-TroveScheduleHealth ObjectNotFound -Says $none
        $health.ScheduleId | Should -Be $schedule.Id
        $schedule | Remove-TroveBackupSchedule -Confirm:$false
        $schedule | Get-TroveScheduleHealth -WarningVariable warnings 3>$null | Should -BeNullOrEmpty
        $warnings | Should -BeExactly "The schedule '$($schedule.Id)' does not exist any more."
    }

    It 'refuses -<Parameter> <Value> before it sends anything' -ForEach @(
        @{ Parameter = 'Since'; Value = '2036-01-01T00:00Z'; Id = 'InvalidSince'; Says = '2036-01-01 00:00:00Z' }
        @{ Parameter = 'MaxAge'; Value = '00:00:00'; Id = 'InvalidMaxAge'; Says = '00:00:00 is not more than zero' }
        @{ Parameter = 'MaxAge'; Value = '-1.00:00:00'; Id = 'InvalidMaxAge'; Says = '-1.00:00:00 is not more than zero' }
        @{ Parameter = 'MaxAge'; Value = '1000000.00:00:00'; Id = 'InvalidMaxAge'; Says = 'longer than the time since the year 1' }
    ) {
        $with = @{ $Parameter = $Value }
        $mistral.Requests.Clear()
        $record = Get-ErrorOf { (New-Guid).Guid | Get-TroveScheduleHealth @with }
        $record | Assert-Error $Id Get-TroveScheduleHealth InvalidArgument -Says $Says
        $mistral.Requests | Should -BeNullOrEmpty
    }
}

Describe 'What was due' -Tag 'Needs the sandbox' -Skip:(Test-TestStack) {
    BeforeAll { $sandbox = InModuleScope TestCloud { $Sandbox } }

    It 'is missed while Mistral runs no triggers, and late when it does so again' {
        # Each step below ends five minutes after a due time, whatever the time of the test is.
        Step-TestCloud -Seconds (60 * (15 - (Get-TestTime).Minute % 10))
        $schedule = New-TroveBackupSchedule m '*/10 * * * *' (New-TestName)
        Step-TestCloud -Seconds 7200
        ($schedule | Get-TroveScheduleHealth).State | Should -Be Healthy
        $sandbox.RunsTriggers = $false
        Step-TestCloud -Seconds 3600
        $health = $schedule | Get-TroveScheduleHealth
        $health.State | Should -Be Critical
        $health.Problems.Kind | Should -Be Overdue, Missed
        $health.Missed | Should -Be 6
        $sandbox.RunsTriggers = $true
        Step-TestCloud -Seconds 3600
        $health = $schedule | Get-TroveScheduleHealth
        $health.State, $health.Late | Should -Be Warning, 1
        $health.Missed | Should -Be 5
        $health.MissedTimes | Should -HaveCount 5
        $health.Problems.Kind | Should -Be Missed, Late
    }
}

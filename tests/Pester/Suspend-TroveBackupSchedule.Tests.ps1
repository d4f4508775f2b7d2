# Suspend-TroveBackupSchedule, Resume-TroveBackupSchedule, and what Get-TroveBackupSchedule shows in between.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud demo, other
    $other = Connect-TestCloud other
    $null = Install-TroveWorkbook -Session $other
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
}

AfterAll {
    Clear-TestCloud demo, other
    Close-TestCloud
}

Describe 'A suspended schedule' {
    AfterEach { Clear-TestCloud }

    It 'keeps everything but its next time, and gets it back' {
        $before = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description kept -RemainingExecutions 7 -FirstExecutionTime '2037-05-05T18:30Z'
        $passed = $before | Suspend-TroveBackupSchedule -Reason 'new disk' -Until '2037-01-01T00:00Z' -PassThru
        $kept = 'Id', 'InstanceId', 'Pattern', 'Name', 'Description', 'ParentId', 'Incremental', 'RemainingExecutions', 'FirstExecutionTime', 'CreatedAt', 'ProjectId', 'Origin'
        foreach ($suspended in $passed, (Get-TroveBackupSchedule -Id $before.Id)) {
            foreach ($property in $kept) { $suspended.$property | Should -Be $before.$property -Because $property }
            $suspended.State | Should -Be Suspended
            $suspended.NextExecutionTime | Should -BeNullOrEmpty
            $suspended.SuspendedReason | Should -BeExactly 'new disk'
            $suspended.SuspendedUntil | Should -Be ([DateTimeOffset] '2037-01-01T00:00Z')
            [Math]::Abs(($suspended.SuspendedAt - (Get-TestTime)).TotalSeconds) | Should -BeLessThan 60
            $suspended.IsResumeOverdue, $suspended.IsStuck | Should -Be $false, $false
            $suspended.EarlierTriggerIds | Should -Be $before.TriggerId
        }
        $resumed = $passed | Resume-TroveBackupSchedule -PassThru
        foreach ($property in $kept + 'NextExecutionTime') { $resumed.$property | Should -Be $before.$property -Because $property }
        $resumed.State | Should -Be Active
        foreach ($property in 'SuspendedAt', 'SuspendedReason', 'SuspendedUntil') { $resumed.$property | Should -BeNullOrEmpty -Because $property }
        @(Get-TestTrigger).name | Should -Be $before.Id -Because 'nothing is left over'
    }

    It 'does not run, and runs after it is resumed at the next time, without the times that it missed' {
        $schedule = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName) -AllowSeconds
        $null = Wait-Until -For 'it to run' { Get-TroveScheduleExecution $schedule -State ERROR }
        $schedule | Suspend-TroveBackupSchedule
        Step-TestCloud -Seconds 2 # An execution may just have started.
        $before = @(Get-TroveScheduleExecution $schedule.Id)
        Step-TestCloud -Seconds 20
        (Get-TroveScheduleExecution $schedule.Id).Id | Should -Be $before.Id
        $start = Get-TestTime
        $resumed = Resume-TroveBackupSchedule $schedule.Id -PassThru
        $resumed.NextExecutionTime | Should -BeGreaterThan $start
        $resumed.NextExecutionTime | Should -BeLessOrEqual (Get-TestTime).AddSeconds(6)
        $null = Wait-Until -For 'it to run again' { Get-TroveScheduleExecution $resumed | Where-Object TriggerId -EQ $resumed.TriggerId }
        $seconds = ((Get-TestTime) - $start).TotalSeconds
        $after = @(Get-TroveScheduleExecution $resumed | Where-Object Id -NotIn $before.Id)
        $after.Count | Should -BeLessOrEqual ([Math]::Ceiling($seconds / 5) + 1) -Because 'four times were missed, and no run makes up for one'
        $after.TriggerId | Sort-Object -Unique | Should -Be $resumed.TriggerId
        foreach ($run in $after) { $run.ExecutionTime | Should -BeGreaterThan $start.AddSeconds(-2) }
    }

    It 'of one execution is resumed until its time has passed' {
        $once = New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime '2037-05-05T18:30Z'
        $once | Suspend-TroveBackupSchedule
        $resumed = Resume-TroveBackupSchedule $once.Id -PassThru
        $resumed.Pattern | Should -BeNullOrEmpty
        $resumed.NextExecutionTime | Should -Be $once.NextExecutionTime
    }

    It 'is overdue once -Until has passed, and stays suspended' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $schedule | Suspend-TroveBackupSchedule -Until (Get-TestTime).AddSeconds(20)
        (Get-TroveBackupSchedule -Id $schedule.Id).IsResumeOverdue | Should -BeFalse
        Step-TestCloud -Seconds 21
        $null = Connect-TestCloud # A session reads the cloud's clock when it logs in, and the clock of a sandbox jumps.
        $overdue = Wait-Until -For 'the time to pass' { Get-TroveBackupSchedule -Id $schedule.Id | Where-Object IsResumeOverdue }
        $overdue.State | Should -Be Suspended
        $overdue | Format-Table | Out-String -Width 200 | Should -BeLike '*suspended (resume overdue)*'
        (Get-TroveBackupSchedule m).IsResumeOverdue | Should -BeTrue
        ($overdue | Resume-TroveBackupSchedule -PassThru).IsResumeOverdue | Should -BeFalse
    }

    It 'that is suspended again keeps its first reason, unless it gets another one' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) | Suspend-TroveBackupSchedule -Reason first -PassThru
        Get-SentMethod { $schedule | Suspend-TroveBackupSchedule -Verbose } | Should -BeNullOrEmpty
        $again = $schedule | Suspend-TroveBackupSchedule -PassThru -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike "*'$schedule' is already suspended: first.*"
        $again.SuspendedReason, $again.TriggerId | Should -Be first, $schedule.TriggerId
        $second = $schedule | Suspend-TroveBackupSchedule -Reason second -PassThru
        $second.SuspendedReason | Should -BeExactly second
        $later = $schedule | Suspend-TroveBackupSchedule -Until '2037-01-01T00:00Z' -PassThru
        $later.SuspendedReason, $later.SuspendedUntil | Should -Be second, ([DateTimeOffset] '2037-01-01T00:00Z')
        $later.SuspendedAt | Should -Be $schedule.SuspendedAt
    }

    It 'with -WhatIf of another reason shows old and new' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) | Suspend-TroveBackupSchedule -Reason first -PassThru
        $screen = Invoke-AtScreen '$schedule | Suspend-TroveBackupSchedule -Reason second -Until 2037-01-01T00:00Z -WhatIf' @{ schedule = $schedule }
        "$($screen.Screen)" | Should -BeLike "*Change SuspendedReason 'first' to 'second', SuspendedUntil none to 2037-01-01 00:00:00Z*"
        (Get-TroveBackupSchedule -Id $schedule.Id).SuspendedReason | Should -BeExactly first
    }

    It 'has no occurrences, and says why' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) | Suspend-TroveBackupSchedule -PassThru
        $forms = $schedule, ($schedule | ConvertTo-Json | ConvertFrom-Json), ($schedule | Select-Object Id, Pattern, NextExecutionTime, State | ConvertTo-Csv | ConvertFrom-Csv)
        foreach ($form in $forms) {
            $form | Get-TroveScheduleOccurrence -First 3 -WarningVariable warnings 3>$null | Should -BeNullOrEmpty
            "$warnings" | Should -BeExactly '1 schedule is suspended and has no occurrences.'
        }
        $active = New-TroveBackupSchedule m '0 4 1 1 *' (New-TestName)
        $found = $forms + $active | Get-TroveScheduleOccurrence -First 1 -WarningVariable warnings 3>$null
        $found.ScheduleId | Should -Be $active.Id
        "$warnings" | Should -BeExactly '3 schedules are suspended and have no occurrences.'
        $active | Get-TroveScheduleOccurrence -WarningVariable warnings | Should -HaveCount 5
        $warnings | Should -BeNullOrEmpty
    }

    It 'can be listed by its instance and name, and deleted' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) | Suspend-TroveBackupSchedule -PassThru
        (Get-TroveBackupSchedule m -Name $schedule.Name).Id | Should -Be $schedule.Id
        $schedule | Remove-TroveBackupSchedule -Confirm:$false
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'keeps a reason as it is: <_>' -ForEach 'Größe 数据', '"quoted'' back\slash', '{{x}} <% $.name %>', "two`nlines" {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) | Suspend-TroveBackupSchedule -Reason $_ -PassThru
        (Get-TroveBackupSchedule -Id $schedule.Id).SuspendedReason | Should -BeExactly $_
    }
}

Describe 'Many schedules' {
    BeforeAll {
        $schedules = 1..6 | ForEach-Object { New-TroveBackupSchedule m "$_ 3 1 1 *" (New-TestName) }
        $suspended = $schedules[0..3] | Suspend-TroveBackupSchedule -Reason many -PassThru
    }

    AfterAll { Clear-TestCloud }

    It 'are suspended in the order of the pipeline' {
        $suspended.Id | Should -Be $schedules[0..3].Id
        $suspended.State | Sort-Object -Unique | Should -Be Suspended
    }

    It 'are filtered by -State' {
        (Get-TroveBackupSchedule -State Suspended).Id | Sort-Object | Should -Be ($schedules[0..3].Id | Sort-Object)
        (Get-TroveBackupSchedule -State Active).Id | Should -Be $schedules[4, 5].Id
        @(Get-TroveBackupSchedule m -State Active, Suspended).Count | Should -Be 6
        (Get-TroveBackupSchedule m -State Suspended -Name $schedules[1].Name).Id | Should -Be $schedules[1].Id
        Get-TroveBackupSchedule -State Stuck, Interrupted | Should -BeNullOrEmpty
        @(Get-TroveBackupSchedule -State Suspended -First 2).Count | Should -Be 2
    }

    It 'are listed after those that run' {
        (Get-TroveBackupSchedule).State | Should -Be Active, Active, Suspended, Suspended, Suspended, Suspended
    }

    It 'are resumed in one pipeline' {
        $resumed = Get-TroveBackupSchedule -State Suspended | Resume-TroveBackupSchedule -PassThru
        $resumed.Id | Sort-Object | Should -Be ($schedules[0..3].Id | Sort-Object)
        Get-TroveBackupSchedule -State Suspended | Should -BeNullOrEmpty
    }
}

Describe 'Resume-TroveBackupSchedule' {
    AfterEach { Clear-TestCloud }

    It 'warns of a schedule that is not suspended, and sends nothing that changes anything' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        Get-SentMethod { $schedule | Resume-TroveBackupSchedule -Verbose } | Should -BeNullOrEmpty
        $passed = $schedule | Resume-TroveBackupSchedule -PassThru -WarningVariable warnings 3>$null
        "$warnings" | Should -BeExactly "The schedule '$schedule' is not suspended."
        $passed.TriggerId | Should -Be $schedule.TriggerId
    }

    It 'refuses a schedule whose only time has passed, until it gets another one' {
        $once = New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime (Get-TestTime).AddSeconds(90)
        $once | Suspend-TroveBackupSchedule
        Step-TestCloud -Seconds (($once.NextExecutionTime - (Get-TestTime)).TotalSeconds + 1)
        $null = Connect-TestCloud
        Get-ErrorOf { $once | Resume-TroveBackupSchedule } | Assert-Error InvalidFirstExecutionTime Resume-TroveBackupSchedule InvalidArgument -Says $once.Id -Advises 'first execution time'
        $once | Set-TroveBackupSchedule -FirstExecutionTime '2037-05-05T18:30Z'
        ($once | Resume-TroveBackupSchedule -PassThru).NextExecutionTime | Should -Be ([DateTimeOffset] '2037-05-05T18:30Z')
    }

    It 'refuses a schedule of an instance that is gone, which can be suspended' {
        $id, $instance = 1..2 | ForEach-Object { "$([guid]::NewGuid())" }
        $null = Invoke-TestApi workflowv2 /cron_triggers Post @{ name = $id; workflow_name = 'trove.backup_create'; pattern = '0 3 1 1 *'; workflow_input = @{ instance = $instance; name = New-TestName } }
        (Suspend-TroveBackupSchedule $id -PassThru).State | Should -Be Suspended
        Get-ErrorOf { Resume-TroveBackupSchedule $id } | Assert-Error InstanceNotFound Resume-TroveBackupSchedule ObjectNotFound -Says $instance
        (Get-TroveBackupSchedule -Id $id).State | Should -Be Suspended
    }
}

Describe '<_> refuses' -ForEach 'Suspend-TroveBackupSchedule', 'Resume-TroveBackupSchedule' {
    BeforeAll {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $theirs = New-TroveBackupSchedule o '0 3 1 1 *' (New-TestName) -Session $other
        if ($_ -eq 'Resume-TroveBackupSchedule') {
            $schedule = $schedule | Suspend-TroveBackupSchedule -PassThru
            $theirs = $theirs | Suspend-TroveBackupSchedule -PassThru -Session $other
        }
    }

    AfterEach {
        (Get-TroveBackupSchedule -Id $schedule.Id).TriggerId | Should -Be $schedule.TriggerId -Because 'nothing is changed'
        (Get-TroveBackupSchedule -Id $theirs.Id -Session $other).TriggerId | Should -Be $theirs.TriggerId
    }

    AfterAll { Clear-TestCloud demo, other }

    It 'a schedule that is gone' {
        $cmdlet = $_
        $gone = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $gone | Remove-TroveBackupSchedule -Confirm:$false
        foreach ($use in { $gone | & $cmdlet }, { & $cmdlet $gone.Id }) { Get-ErrorOf $use | Assert-Error ScheduleNotFound $cmdlet ObjectNotFound -Says $gone.Id -Advises Get-TroveBackupSchedule }
        @(Get-TestTrigger).name | Should -Be $schedule.Id
    }

    It 'a schedule of another project or cloud' {
        $cmdlet = $_
        Get-ErrorOf { $theirs | & $cmdlet } | Assert-Error OtherProject $cmdlet PermissionDenied -Says $theirs.ProjectId
        Get-ErrorOf { & $cmdlet $theirs.Id } | Assert-Error ScheduleNotFound $cmdlet ObjectNotFound -Says $theirs.Id
        $far = $schedule | Select-Object *
        $far.Origin = 'https://keystone.example/v3 RegionOne'
        Get-ErrorOf { $far | & $cmdlet } | Assert-Error OtherCloud $cmdlet PermissionDenied -Says keystone.example
    }

    It 'an application credential, before anything is changed' {
        $cmdlet = $_
        $session = Connect-TestCloud demo-appcred
        $null = Connect-TestCloud
        Get-ErrorOf { $schedule | & $cmdlet -Session $session } | Assert-Error ApplicationCredential $cmdlet PermissionDenied -Says 'application credential' -Advises "user's name and password"
    }

    It 'a schedule whose data a newer version wrote' {
        $cmdlet = $_
        $id = "$([guid]::NewGuid())"
        $null = Invoke-TestApi workflowv2 /cron_triggers Post @{
            name = $id; workflow_name = 'trove.backup_create'; pattern = '0 3 1 1 *'; workflow_input = @{ instance = Get-TestInstanceId; name = New-TestName }
            workflow_params = @{ env = @{ trove_schedules = @{ version = 2 } } }
        }
        Get-ErrorOf { & $cmdlet $id } | Assert-Error UnknownMetadata $cmdlet InvalidArgument -Says $id, 'version 2'
        Remove-TroveBackupSchedule $id -Confirm:$false
    }
}

Describe 'Suspend-TroveBackupSchedule refuses' {
    BeforeAll {
        $null = Connect-TestCloud
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
    }

    AfterAll { Clear-TestCloud }

    It 'a time that is not in the future' {
        # The session's idea of the cloud's time is not exact: it is as late as the answer that it was read from.
        foreach ($time in (Get-TestTime).AddMinutes(-5), (Get-TestTime).AddDays(-1)) {
            Get-ErrorOf { $schedule | Suspend-TroveBackupSchedule -Until $time } | Assert-Error InvalidUntil Suspend-TroveBackupSchedule InvalidArgument -Says $time.ToString('u') -Advises 'later'
        }
        Get-ErrorOf { $schedule | Suspend-TroveBackupSchedule -Until '2020-01-01T00:00Z' } | Assert-Error InvalidUntil Suspend-TroveBackupSchedule InvalidArgument -Says '2020-01-01 00:00:00Z'
        (Get-TroveBackupSchedule -Id $schedule.Id).State | Should -Be Active
    }

    It 'a reason that is empty' {
        foreach ($nothing in '', $null) { { $schedule | Suspend-TroveBackupSchedule -Reason $nothing } | Should -Throw "*'Reason'*" }
        (Get-TroveBackupSchedule -Id $schedule.Id).State | Should -Be Active
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
}

AfterAll { Close-TestCloud }

Describe 'The main job, from the workbook to the last clean-up' {
    BeforeAll {
        Clear-TestCloud demo, other, admin
        $other = Connect-TestCloud other
        $null = Install-TroveWorkbook
        $demo = Connect-TestCloud demo
        $workbook = Install-TroveWorkbook

        # Everything that has to fire is created here, so that all tests wait for one minute only. If a minute begins while they are created, the later ones fire a minute after the first.
        $name = New-TestName nightly
        $good = New-TroveBackupSchedule m '* * * * *' $name
        $bad = New-TroveBackupSchedule broken '* * * * *' (New-TestName bad)
        $foreign = New-TroveBackupSchedule o '* * * * *' (New-TestName foreign) -Session $other
        $quick = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName quick) -AllowSeconds
        $once = New-TroveBackupSchedule (Get-TestInstanceId dup) '* * * * * */5' (New-TestName once) -AllowSeconds -RemainingExecutions 1

        $goodRun = Wait-Until -Seconds 90 -For 'the schedule on m to fire' { Get-TroveScheduleExecution $good -State SUCCESS }
        $badRun = Wait-Until -Seconds 90 -For 'the schedule on broken to fire' { Get-TroveScheduleExecution $bad -State ERROR }
        $foreignRun = Wait-Until -Seconds 90 -For 'the schedule of the other project to fire' { Get-TroveScheduleExecution $foreign -Session $other -State SUCCESS }
        $null = Wait-Until -Seconds 90 -For 'some runs that fail' { @(Get-TroveScheduleExecution $quick).Count -ge 4 }
        # Nothing more is to happen from here on.
        Invoke-TestApi workflowv2 "/cron_triggers/$($quick.TriggerId)" Delete
    }

    AfterAll {
        Clear-TestCloud demo, other, admin
        Disconnect-TroveSession
    }

    It 'loads the workbook' {
        $workbook.IsInstalled | Should -BeTrue
        $workbook.IsCurrent | Should -BeTrue
        $workbook.HasTroveActions | Should -BeTrue
        $workbook.Inputs | Should -Be 'instance', 'name', 'description', 'parent_id', 'incremental'
    }

    It 'makes a schedule that shows its id, instance, name, pattern and next time' {
        $good | Should -BeOfType TroveSchedules.BackupSchedule
        { [guid]::Parse($good.Id) } | Should -Not -Throw
        { [guid]::Parse($good.TriggerId) } | Should -Not -Throw
        $good.Id | Should -Not -Be $good.TriggerId
        $good.InstanceId | Should -Be (Get-TestInstanceId m)
        $good.Name | Should -BeExactly $name
        $good.Pattern | Should -BeExactly '* * * * *'
        $good.NextExecutionTime.Offset | Should -Be ([TimeSpan]::Zero)
        $good.NextExecutionTime - $good.CreatedAt | Should -BeLessOrEqual ([TimeSpan]::FromSeconds(61))
        foreach ($property in 'ParentId', 'Description', 'RemainingExecutions', 'FirstExecutionTime') { $good.$property | Should -BeNullOrEmpty }
        $good.IsStuck | Should -BeFalse
        $good.ProjectId | Should -Be $demo.ProjectId
    }

    It 'lists it for its instance by name, by id and by object, and for no other' {
        (Get-TroveBackupSchedule m).Id | Should -Contain $good.Id
        (Get-TroveBackupSchedule (Get-TestInstanceId m)).Id | Should -Contain $good.Id
        (Get-TroveInstance m | Get-TroveBackupSchedule).Id | Should -Contain $good.Id
        (Get-TroveBackupSchedule broken).Id | Should -Not -Contain $good.Id
        (Get-TroveBackupSchedule broken).Id | Should -Contain $bad.Id
        (Get-TroveBackupSchedule).Id | Should -Contain $good.Id
    }

    It 'moves the next time on when Mistral has fired it' {
        $now = Get-TroveBackupSchedule -Id $good.Id
        $now.NextExecutionTime | Should -BeGreaterThan $good.NextExecutionTime
        $now.UpdatedAt | Should -Not -BeNullOrEmpty
    }

    It 'lists the run with its state, time, output and backup' {
        $run = $goodRun | Select-Object -Last 1
        $run | Should -BeOfType TroveSchedules.ScheduleExecution
        $run.State | Should -BeExactly SUCCESS
        [Math]::Abs(($run.ExecutionTime - $good.NextExecutionTime).TotalSeconds) | Should -BeLessOrEqual 15
        $run.ExecutionTime.Offset | Should -Be ([TimeSpan]::Zero)
        $run.Output | ConvertFrom-Json | Select-Object -ExpandProperty status | Should -BeExactly 'Backup complete'
        ($run.Output | ConvertFrom-Json).backup_id | Should -Be $run.BackupId
        $run.Reason | Should -BeNullOrEmpty
        $run.ScheduleId | Should -Be $good.Id
        $run.TriggerId | Should -Be $good.TriggerId
        $run.InstanceId | Should -Be $good.InstanceId
        $run.BackupStatus | Should -BeNullOrEmpty -Because 'nobody asked for it'
    }

    It 'gets the backup of that run, which is COMPLETED' {
        $run = $goodRun | Select-Object -Last 1
        Wait-Until { ($run | Get-TroveBackup).Status -eq 'COMPLETED' } | Should -BeTrue
        $backup = $run | Get-TroveBackup
        $backup | Should -BeOfType TroveSchedules.Backup
        $backup.Id | Should -Be $run.BackupId
        $backup.Name | Should -BeExactly $name
        $backup.InstanceId | Should -Be $good.InstanceId
        (Get-TroveBackup m).Id | Should -Contain $run.BackupId
        (Get-TroveBackup broken).Id | Should -Not -Contain $run.BackupId
    }

    It 'shows the status of the backup with the execution, if requested' {
        $run = Get-TroveScheduleExecution $good -IncludeBackupStatus | Select-Object -Last 1
        $run.BackupStatus | Should -BeExactly COMPLETED
        (Get-TroveScheduleExecution -Id $run.Id -IncludeBackupStatus).BackupStatus | Should -BeExactly COMPLETED
    }

    It 'shows NOT_FOUND if the backup is gone' {
        $run = $goodRun | Select-Object -Last 1
        $null = Invoke-TestApi database "/backups/$($run.BackupId)" Delete
        Wait-Until { (Get-TroveScheduleExecution -Id $run.Id -IncludeBackupStatus).BackupStatus -eq 'NOT_FOUND' } | Should -BeTrue
        Get-ErrorOf { $run | Get-TroveBackup } | Assert-Error BackupNotFound Get-TroveBackup ObjectNotFound -Says $run.BackupId
    }

    It 'shows why a run failed, in words that a person can read' {
        $run = $badRun | Select-Object -Last 1
        $run.State | Should -BeExactly ERROR
        $run.Reason | Should -Match '(?-i)422|not ready|not currently available|Cannot' -Because 'that is what Trove said'
        $run.Reason | Should -Not -Match 'task_ex_id|action_ex_id|0x[0-9a-f]{6}'
        $run.Reason | Should -Not -Match "`n"
        $run.StateInfo | Should -BeLike '*task_ex_id*'
        $run.BackupId | Should -BeNullOrEmpty
        Get-ErrorOf { $run | Get-TroveBackup } | Select-Object -ExpandProperty Exception | Should -BeLike "*$($run.Id)*names no backup*ERROR*"
    }

    It 'lists no run of another schedule' {
        Get-TroveScheduleExecution $good | ForEach-Object ScheduleId | Sort-Object -Unique | Should -Be $good.Id
        Get-TroveScheduleExecution $bad | ForEach-Object ScheduleId | Sort-Object -Unique | Should -Be $bad.Id
    }

    It 'lists runs newest first' {
        $times = (Get-TroveScheduleExecution $quick.Id).ExecutionTime
        $times | Should -Be ($times | Sort-Object -Descending)
    }

    It 'shows nothing of another project' {
        (Get-TroveBackupSchedule).Id | Should -Not -Contain $foreign.Id
        (Get-TroveInstance).Name | Should -Not -Contain o
        Get-ErrorOf { Get-TroveBackupSchedule -Id $foreign.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound -Says $foreign.Id
        Get-ErrorOf { Get-TroveBackupSchedule o } | Assert-Error InstanceNotFound Get-TroveBackupSchedule ObjectNotFound -Says "'o'"
        Get-ErrorOf { Get-TroveScheduleExecution $foreign.Id } | Assert-Error ScheduleNotFound Get-TroveScheduleExecution ObjectNotFound -Says $foreign.Id
        Get-ErrorOf { Get-TroveScheduleExecution $foreign } | Assert-Error OtherProject Get-TroveScheduleExecution PermissionDenied
        Get-ErrorOf { Get-TroveScheduleExecution -Id $foreignRun[0].Id } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound -Says $foreignRun[0].Id
        Get-ErrorOf { Get-TroveBackup -Id $foreignRun[0].BackupId } | Assert-Error BackupNotFound Get-TroveBackup ObjectNotFound
    }

    It 'removes nothing of another project' {
        Get-ErrorOf { Remove-TroveBackupSchedule $foreign.Id -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { $foreign | Remove-TroveBackupSchedule -Confirm:$false } | Assert-Error OtherProject Remove-TroveBackupSchedule PermissionDenied
        Get-ErrorOf { Remove-TroveScheduleExecution $foreignRun[0].Id } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound
        Get-ErrorOf { $foreignRun[0] | Remove-TroveScheduleExecution -Force } | Assert-Error OtherProject Remove-TroveScheduleExecution PermissionDenied
        (Get-TroveBackupSchedule -Id $foreign.Id -Session $other).Id | Should -Be $foreign.Id
        (Get-TroveScheduleExecution $foreign -Session $other).Id | Should -Contain $foreignRun[0].Id
    }

    Context 'as an administrator' {
        BeforeAll { $admin = Connect-TestCloud admin }
        AfterAll { $demo = Connect-TestCloud demo }

        It 'shows other projects only if requested' {
            @((Get-TroveBackupSchedule).Id) -eq $foreign.Id | Should -BeNullOrEmpty
            (Get-TroveBackupSchedule -AllProjects).Id | Should -Contain $foreign.Id
            (Get-TroveBackupSchedule -AllProjects).Id | Should -Contain $good.Id
            Get-ErrorOf { Get-TroveBackupSchedule -Id $foreign.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound
            (Get-TroveBackupSchedule -Id $foreign.Id -AllProjects).ProjectId | Should -Be $other.ProjectId
            Get-ErrorOf { Get-TroveScheduleExecution $foreign.Id } | Assert-Error ScheduleNotFound Get-TroveScheduleExecution ObjectNotFound
            Get-ErrorOf { Get-TroveScheduleExecution $foreign } | Assert-Error OtherProject Get-TroveScheduleExecution PermissionDenied -Advises '-AllProjects'
            (Get-TroveScheduleExecution $foreign -AllProjects).Id | Should -Contain $foreignRun[0].Id
            (Get-TroveScheduleExecution $foreign.Id -AllProjects).Id | Should -Contain $foreignRun[0].Id
            Get-ErrorOf { Get-TroveScheduleExecution -Id $foreignRun[0].Id } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound
            (Get-TroveScheduleExecution -Id $foreignRun[0].Id -AllProjects).ProjectId | Should -Be $other.ProjectId
        }

        It 'deletes in other projects only if requested' {
            Get-ErrorOf { $foreignRun[0] | Remove-TroveScheduleExecution } | Assert-Error OtherProject Remove-TroveScheduleExecution PermissionDenied -Advises '-AllProjects'
            Get-ErrorOf { Remove-TroveScheduleExecution $foreignRun[0].Id } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound
            Get-ErrorOf { $foreign | Remove-TroveBackupSchedule -Confirm:$false } | Assert-Error OtherProject Remove-TroveBackupSchedule PermissionDenied -Advises '-AllProjects'
            Get-ErrorOf { Remove-TroveBackupSchedule $foreign.Id -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound
            (Get-TestTrigger other).name | Should -Contain $foreign.Id

            Remove-TroveScheduleExecution $foreignRun[0].Id -AllProjects
            (Get-TroveScheduleExecution $foreign -Session $other).Id | Should -Not -Contain $foreignRun[0].Id
            $foreign | Remove-TroveBackupSchedule -AllProjects -Confirm:$false
            @(Get-TestTrigger other).name | Should -Not -Contain $foreign.Id
        }
    }

    It 'gives a member no other projects, whatever it asks for' {
        (Get-ErrorOf { Get-TroveBackupSchedule -AllProjects }).FullyQualifiedErrorId | Should -BeLike 'Forbidden,*'
    }

    It 'has nothing left of a schedule whose last run is done, but its runs' {
        $run = Wait-Until -For 'the one run of it' { Get-TroveScheduleExecution $once -State SUCCESS }
        @($run).Count | Should -Be 1
        Get-ErrorOf { Get-TroveBackupSchedule -Id $once.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound -Advises Get-TroveBackupSchedule
        (Get-TroveScheduleExecution $once.Id).ScheduleId | Should -Be $once.Id
    }

    It 'deletes one run, and leaves the others' {
        $runs = @(Get-TroveScheduleExecution $quick.Id)
        Remove-TroveScheduleExecution $runs[1].Id | Should -BeNullOrEmpty
        $left = @(Get-TroveScheduleExecution $quick.Id)
        $left.Id | Should -Be ($runs | Where-Object Id -NE $runs[1].Id).Id
        Get-ErrorOf { Remove-TroveScheduleExecution $runs[1].Id } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound -Says $runs[1].Id
        Get-ErrorOf { $runs[1] | Remove-TroveScheduleExecution } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound -Says $runs[1].Id
    }

    It 'deletes all runs of a schedule by pipeline, also after the schedule is gone' {
        @(Get-TroveScheduleExecution $quick.Id).Count | Should -BeGreaterThan 2
        Get-TroveScheduleExecution $quick.Id | Remove-TroveScheduleExecution
        Get-ErrorOf { Get-TroveScheduleExecution $quick.Id } | Assert-Error ScheduleNotFound Get-TroveScheduleExecution ObjectNotFound
        Get-TroveScheduleExecution $bad | Should -Not -BeNullOrEmpty
    }

    It 'deletes schedules, and their trusts with them' {
        $trusts = @(Get-TestTrust).Count
        $schedules = @(Get-TestTrigger)
        $trusts | Should -BeGreaterOrEqual $schedules.Count
        Remove-TroveBackupSchedule $good.Id -Confirm:$false | Should -BeNullOrEmpty
        $bad | Remove-TroveBackupSchedule -Confirm:$false
        @(Get-TestTrigger).Count | Should -Be ($schedules.Count - 2)
        @(Get-TestTrust).Count | Should -Be ($trusts - 2)
        Get-ErrorOf { Get-TroveBackupSchedule -Id $good.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { $good | Remove-TroveBackupSchedule -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound -Says $good.Id
        Get-TroveScheduleExecution $good.Id | Should -Not -BeNullOrEmpty -Because 'the history outlives the schedule'
    }
}

Describe 'A run that succeeds, and a backup that does not' {
    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'are distinguished' {
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        Use-TestBehaviour @{ failing = @('m') } {
            $schedule = New-TroveBackupSchedule m '* * * * * */5' (New-TestName) -AllowSeconds -RemainingExecutions 1
            $run = Wait-Until -For 'the backup to fail' { Get-TroveScheduleExecution $schedule.Id -IncludeBackupStatus -ErrorAction Ignore | Where-Object BackupStatus -EQ FAILED }
            $run.State | Should -BeExactly SUCCESS
            $run.Reason | Should -BeNullOrEmpty
            ($run | Get-TroveBackup).Status | Should -BeExactly FAILED
        }
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud demo, other, admin
    $null = Connect-TestCloud other
    $null = Install-TroveWorkbook
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    Start-TestClock
    $ConfirmPreference = 'High'
    $from = 'Start-TroveBackupSchedule'

    function New-Schedule([string] $Instance = 'm', [string] $Pattern = '0 3 1 1 *') { New-TroveBackupSchedule $Instance $Pattern (New-TestName) }
}

AfterAll {
    $null = Connect-TestCloud
    Clear-TestCloud demo, other, admin
    Close-TestCloud
}

Describe 'Start-TroveBackupSchedule' {
    BeforeAll { $schedule = New-Schedule broken }

    It 'runs a schedule now, and gives the execution, which has just begun' {
        $run = Start-TroveBackupSchedule $schedule
        $run | Should -BeOfType TroveSchedules.ScheduleExecution
        $run.State | Should -BeExactly RUNNING
        $run.IsManual | Should -BeTrue
        $run.ScheduleId, $run.TriggerId, $run.InstanceId | Should -Be $schedule.Id, $schedule.TriggerId, $schedule.InstanceId
        $run.ProjectId, $run.Origin | Should -Be $schedule.ProjectId, $schedule.Origin
        ($run.ExecutionTime - (Get-TestTime)).Duration() | Should -BeLessThan ([TimeSpan] '00:01:00')
    }

    It 'leaves the schedule as it is' {
        $before = Get-TroveBackupSchedule -Id $schedule.Id
        $null = $schedule | Start-TroveBackupSchedule
        $after = Get-TroveBackupSchedule -Id $schedule.Id
        foreach ($property in 'TriggerId', 'NextExecutionTime', 'RemainingExecutions', 'Pattern', 'Input') { $after.$property | Should -Be $before.$property -Because $property }
    }

    It 'adds to the history of the schedule, with the schedule''s own input' {
        $new = New-Schedule broken
        $run = Start-TroveBackupSchedule $new.Id
        $listed = @(Get-TroveScheduleExecution $new)
        $listed.Id | Should -Be $run.Id
        $listed.IsManual | Should -BeTrue
        @(Get-TroveScheduleExecution $new.Id).Id | Should -Be $run.Id
        $sent, $stored = $new.Input, $listed.Input | ConvertFrom-Json
        foreach ($name in $sent.PSObject.Properties.Name) { $stored.$name | Should -Be $sent.$name -Because $name }
    }

    It 'is told from what the schedule itself ran' {
        $new = New-Schedule broken
        Add-TestExecution 2 $new.Id
        $run = $new | Start-TroveBackupSchedule
        @(Get-TroveScheduleExecution $new | Where-Object IsManual).Id | Should -Be $run.Id
        @(Get-TroveScheduleExecution $new | Where-Object { -not $_.IsManual }).Count | Should -Be 2
        (Get-TroveScheduleExecution -Id $run.Id | Format-List | Out-String) | Should -Match 'IsManual\s*: True'
    }

    It 'takes ids, trigger ids, objects, rows and many, in the order of the pipeline' {
        $two = 1..2 | ForEach-Object { New-Schedule broken }
        (Start-TroveBackupSchedule $two[0].Id, $two[1].TriggerId).ScheduleId | Should -Be $two.Id
        ($two | Start-TroveBackupSchedule -ThrottleLimit 8).ScheduleId | Should -Be $two.Id
        ([pscustomobject] @{ Id = $two[1].Id } | Start-TroveBackupSchedule).ScheduleId | Should -Be $two[1].Id
        $file = "$TestDrive/two.xml"
        $two | Export-Clixml $file
        (Import-Clixml $file | Start-TroveBackupSchedule).ScheduleId | Should -Be $two.Id
        @(Get-TroveScheduleExecution $two[1]).Count | Should -Be 4
    }

    It 'starts each time anew' {
        $runs = @($schedule, $schedule | Start-TroveBackupSchedule)
        @($runs.Id | Sort-Object -Unique).Count | Should -Be 2
    }

    It 'can be piped to what takes executions' {
        $null = $schedule | Start-TroveBackupSchedule -Wait -ErrorAction SilentlyContinue | Remove-TroveScheduleExecution -PassThru
    }
}

Describe 'Start-TroveBackupSchedule -Wait' {
    It 'gives the execution when it has ended' {
        $schedule = New-Schedule
        $run = Use-TestBehaviour @{ backup_seconds = 0 } { $schedule | Start-TroveBackupSchedule -Wait -TimeoutSec 60 }
        $run.State, $run.ScheduleId, $run.IsManual | Should -Be SUCCESS, $schedule.Id, $true
        $run.BackupId | Should -Not -BeNullOrEmpty
        $run.BackupStatus | Should -BeNullOrEmpty
    }

    It 'gives one that failed, and an error with the service''s reason' {
        $schedule = New-Schedule broken
        $runs = @($schedule | Start-TroveBackupSchedule -Wait -TimeoutSec 60 -ErrorVariable errors -ErrorAction SilentlyContinue)
        $runs.State | Should -BeExactly ERROR
        $errors | Assert-Error ExecutionFailed $from InvalidResult -Says $runs[0].Id, 'TroveAction.backups.create failed: Instance', 'is not ready'
        $errors[0].TargetObject.Id | Should -Be $runs[0].Id
        $errors[0].Exception.ServerMessage | Should -Be $runs[0].Reason
    }

    It 'waits for many together' {
        $schedules = 1..4 | ForEach-Object { New-Schedule broken }
        $runs = @($schedules | Start-TroveBackupSchedule -Wait -TimeoutSec 60 -ErrorVariable errors -ErrorAction SilentlyContinue)
        $runs.ScheduleId | Sort-Object | Should -Be ($schedules.Id | Sort-Object)
        @($errors).Count | Should -Be 4
    }

    It 'starts nothing and waits for nothing with -WhatIf' {
        $schedule = New-Schedule broken
        $schedule | Start-TroveBackupSchedule -Wait -WhatIf | Should -BeNullOrEmpty
        Get-TroveScheduleExecution $schedule | Should -BeNullOrEmpty
    }

    It 'takes no negative time' {
        { Start-TroveBackupSchedule x -Wait -TimeoutSec -1 } | Should -Throw '*TimeoutSec*'
    }
}

Describe 'What Start-TroveBackupSchedule refuses' {
    It 'is an unknown schedule, and the others are started' {
        $schedule = New-Schedule broken
        $nobody = "$([guid]::NewGuid())"
        $runs = @($nobody, $schedule.Id | Start-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue)
        $errors | Assert-Error ScheduleNotFound $from ObjectNotFound -Says $nobody -Advises 'Get-TroveBackupSchedule'
        $runs.ScheduleId | Should -Be $schedule.Id
    }

    It 'is a schedule of another project, by object or by id' {
        $other = Connect-TestCloud other
        $theirs = New-TroveBackupSchedule o '0 3 1 1 *' (New-TestName) -Session $other
        $null = Connect-TestCloud
        Get-ErrorOf { $theirs | Start-TroveBackupSchedule } | Assert-Error OtherProject $from PermissionDenied
        Get-ErrorOf { Start-TroveBackupSchedule $theirs.Id } | Assert-Error ScheduleNotFound $from ObjectNotFound
        Get-TroveScheduleExecution $theirs -Session $other | Should -BeNullOrEmpty
    }

    It 'is a schedule of another cloud' {
        $schedule = New-Schedule broken
        $foreign = [TroveSchedules.BackupSchedule] @{ Id = $schedule.Id; TriggerId = $schedule.TriggerId; Input = $schedule.Input; ProjectId = $schedule.ProjectId; Origin = 'https://elsewhere.example' }
        Get-ErrorOf { $foreign | Start-TroveBackupSchedule } | Assert-Error OtherCloud $from PermissionDenied
        Get-TroveScheduleExecution $schedule | Should -BeNullOrEmpty
    }

    It 'is a schedule that the installed workbook does not take, with Mistral''s own words' {
        $schedule = New-Schedule broken
        $changed = [TroveSchedules.BackupSchedule] @{ Id = $schedule.Id; TriggerId = $schedule.TriggerId; Input = '{"instance": "x", "name": "y", "bogus": 1}' }
        Get-ErrorOf { $changed | Start-TroveBackupSchedule } | Assert-Error InvalidForWorkbook $from InvalidArgument -Says "unexpected=['bogus']" -Advises 'Install-TroveWorkbook'
        Get-TroveScheduleExecution $schedule | Should -BeNullOrEmpty
    }

    It 'is any schedule where the workflow is gone' {
        $gone = [TroveSchedules.BackupSchedule] @{ Id = "$([guid]::NewGuid())"; TriggerId = "$([guid]::NewGuid())"; Input = '{"instance": "x", "name": "y"}' }
        $null = Remove-TestWorkbook
        try { Get-ErrorOf { $gone | Start-TroveBackupSchedule } | Assert-Error WorkbookNotInstalled $from ObjectNotFound -Advises 'Install-TroveWorkbook' }
        finally { $null = Install-TroveWorkbook }
    }
}

Describe 'Who may start' {
    It 'is an application credential too' {
        $schedule = New-Schedule broken
        $appcred = Connect-TestCloud demo-appcred
        (Start-TroveBackupSchedule $schedule.Id -Session $appcred).ScheduleId | Should -Be $schedule.Id
        $null = Connect-TestCloud
        @(Get-TroveScheduleExecution $schedule).Count | Should -Be 1
    }

    It 'is an administrator with -AllProjects, who is warned that the backup belongs to the session''s project' {
        $schedule = New-Schedule broken
        $admin = Connect-TestCloud admin
        $null = Install-TroveWorkbook
        try {
            Get-ErrorOf { $schedule | Start-TroveBackupSchedule -Session $admin } | Assert-Error OtherProject $from PermissionDenied -Advises '-AllProjects'
            $run = $schedule | Start-TroveBackupSchedule -AllProjects -Session $admin -WarningVariable warnings -WarningAction SilentlyContinue
            $run.ProjectId | Should -Be $admin.ProjectId
            "$warnings" | Should -BeLike "*$($schedule.ProjectId)*$($run.Id)*$($admin.ProjectId)*"
        }
        finally {
            $null = Remove-TestWorkbook admin
            $null = Connect-TestCloud
        }
    }
}

Describe 'The requests of a start' {
    It 'are one for an object and three for an id, and carry an id of ours' {
        $mistral = New-TestServer (Get-TestEndpoint workflowv2)
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($mistral.Url)/v2" }
        try {
            $schedule = New-Schedule broken
            $mistral.Requests.Clear()
            $run = $schedule | Start-TroveBackupSchedule
            @($mistral.Requests) | Should -Be 'POST /v2/executions'
            $run.Id -as [guid] | Should -Not -BeNullOrEmpty
            $mistral.Requests.Clear()
            $null = Start-TroveBackupSchedule $schedule.Id
            # The second GET looks for the rest of a change that was cut off.
            @($mistral.Requests).Count | Should -Be 3
            @($mistral.Requests)[0, 1] | Should -Contain "GET /v2/cron_triggers/$($schedule.Id)"
            @($mistral.Requests)[2] | Should -Be 'POST /v2/executions'
        }
        finally {
            $null = Connect-TestCloud
            $mistral.Dispose()
        }
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud demo, other
    $null = Connect-TestCloud other
    $null = Install-TroveWorkbook
    $null = Connect-TestCloud

    function Suspend-Execution([string[]] $Id, [string] $State = 'PAUSED') {
        foreach ($one in $Id) { $null = Invoke-TestApi workflowv2 "/executions/$one" Put @{ state = $State } }
    }

    # On a stack their workbook keeps them running until they are paused, on a sandbox its clock. Mistral caches a workflow by its id, so the next workbook gets another.
    $null = Remove-TestWorkbook
    $null = Install-TroveWorkbook "$PSScriptRoot/data/held-workbook.yaml" -WarningAction SilentlyContinue
    $holder = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName)
    $script:pool = @(@($holder) * 17 | Start-TroveBackupSchedule)
    Suspend-Execution $script:pool.Id
    $holder | Remove-TroveBackupSchedule -Confirm:$false -WarningAction SilentlyContinue
    $null = Invoke-TestApi workflowv2 /workbooks/trove Delete
    $project = (Get-TroveSession).ProjectId
    (Invoke-TestApi workflowv2 '/workflows?name=eq:trove.backup_create').workflows | Where-Object project_id -EQ $project | ForEach-Object { $null = Invoke-TestApi workflowv2 "/workflows/$($_.id)" Delete }
    $null = Install-TroveWorkbook
    Start-TestClock
    $from = 'Wait-TroveScheduleExecution'
    $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
    $bad = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName)

    function Start-Held([int] $Count = 1) {
        <# Executions that end only when a test says so. #>
        $script:pool, $runs = @($script:pool | Select-Object -Skip $Count), @($script:pool | Select-Object -First $Count)
        if ($runs.Count -ne $Count) { throw 'BeforeAll has started too few.' }
        $runs
    }
}

AfterAll {
    Clear-TestCloud demo, other
    Close-TestCloud
}

Describe 'Wait-TroveScheduleExecution' {
    It 'gives an execution when it has ended' {
        $run = $bad | Start-TroveBackupSchedule
        $ended = $run | Wait-TroveScheduleExecution -TimeoutSec 60 -ErrorVariable errors -ErrorAction SilentlyContinue
        $ended | Should -BeOfType TroveSchedules.ScheduleExecution
        $ended.Id, $ended.State, $ended.ScheduleId, $ended.IsManual | Should -Be $run.Id, ERROR, $bad.Id, $true
        $errors | Assert-Error ExecutionFailed $from InvalidResult -Says $run.Id, 'is not ready. (HTTP 422)'
        $errors[0].TargetObject | Should -Be $ended
    }

    It 'takes ids, rows, objects from a file, and the history of a schedule' {
        $runs = @($bad, $bad, $bad | Start-TroveBackupSchedule)
        $null = $runs | Wait-TroveScheduleExecution -TimeoutSec 60 -ErrorAction SilentlyContinue
        @(Wait-TroveScheduleExecution $runs.Id -ErrorAction SilentlyContinue).Id | Sort-Object | Should -Be ($runs.Id | Sort-Object)
        @($runs.Id | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue).Count | Should -Be 3
        ([pscustomobject] @{ Id = $runs[0].Id } | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue).Id | Should -Be $runs[0].Id
        $runs | Export-Clixml "$TestDrive/runs.xml"
        @(Import-Clixml "$TestDrive/runs.xml" | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue).Count | Should -Be 3
        $history = @(Get-TroveScheduleExecution $bad)
        @($history | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue).Id | Sort-Object | Should -Be ($history.Id | Sort-Object)
    }

    It 'gives one that is named twice once' {
        $run = $bad | Start-TroveBackupSchedule -Wait -TimeoutSec 60 -ErrorAction SilentlyContinue
        @($run, $run.Id, $run | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue).Count | Should -Be 1
    }

    It 'asks nothing where nothing is piped in' {
        Get-TroveScheduleExecution $bad -State PAUSED | Wait-TroveScheduleExecution -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'gives each as it ends' {
        $held = Start-Held 2
        $run = $bad | Start-TroveBackupSchedule
        # The first that has ended releases the others.
        $ended = @($held + $run | Wait-TroveScheduleExecution -TimeoutSec 60 -ErrorAction SilentlyContinue | ForEach-Object {
                if ($_.Id -eq $run.Id) { Suspend-Execution $held.Id CANCELLED }
                $_
            })
        $ended.Id[0] | Should -Be $run.Id
        $ended.Id | Sort-Object | Should -Be (@($held.Id) + $run.Id | Sort-Object)
        $ended[1, 2].State | Should -Be CANCELLED, CANCELLED
    }

    It 'names the state and the words of one that was cancelled' {
        $held = Start-Held
        $null = Invoke-TestApi workflowv2 "/executions/$held" Put @{ state = 'CANCELLED'; state_info = 'by hand' }
        Get-ErrorOf { $held | Wait-TroveScheduleExecution | Out-Null } | Assert-Error ExecutionFailed $from InvalidResult -Says 'CANCELLED: by hand'
    }

    It 'ends at the first failure with -ErrorAction Stop' {
        $runs = @($bad, $bad | Start-TroveBackupSchedule -Wait -TimeoutSec 60 -ErrorAction SilentlyContinue)
        { $runs | Wait-TroveScheduleExecution -ErrorAction Stop } | Should -Throw -ErrorId 'ExecutionFailed,*'
    }

    It 'warns of nothing, and leaves the executions' {
        $run = $bad | Start-TroveBackupSchedule
        $null = $run | Wait-TroveScheduleExecution -ErrorAction SilentlyContinue -WarningAction Stop
        (Get-TroveScheduleExecution -Id $run.Id).Id | Should -Be $run.Id
    }
}

Describe 'Wait-TroveScheduleExecution -TimeoutSec' {
    BeforeAll { $held = Start-Held 4 }

    AfterAll { Suspend-Execution $held.Id CANCELLED }

    It 'is one error for each that has not ended, with its state, and they are not given' {
        $run = $bad | Start-TroveBackupSchedule -Wait -TimeoutSec 60 -ErrorAction SilentlyContinue
        $ended = @($held + $run | Wait-TroveScheduleExecution -TimeoutSec 0 -ErrorVariable errors -ErrorAction SilentlyContinue)
        $ended.Id | Should -Be $run.Id
        $late = @($errors | Where-Object FullyQualifiedErrorId -Like 'WaitTimeout,*')
        $late.TargetObject.Id | Sort-Object | Should -Be ($held.Id | Sort-Object)
        foreach ($one in $late) { $one | Assert-Error WaitTimeout $from OperationTimeout -Says $one.TargetObject.Id, 'within 0 s', PAUSED -Advises 'Wait-TroveScheduleExecution' }
    }

    It 'names an id as it was given' {
        $record = Get-ErrorOf { Wait-TroveScheduleExecution $held[0].Id -TimeoutSec 0 }
        "$($record.TargetObject)" | Should -Be $held[0].Id
    }

    It 'lets time pass first' {
        Get-ErrorOf { $held[0] | Wait-TroveScheduleExecution -TimeoutSec 1 } | Assert-Error WaitTimeout $from OperationTimeout -Says 'within 1 s'
    }

    It 'takes no negative time' {
        { $held | Wait-TroveScheduleExecution -TimeoutSec -1 } | Should -Throw '*TimeoutSec*'
    }
}

Describe 'Wait-TroveScheduleExecution -ForBackup' {
    It 'waits until the backup is COMPLETED' {
        $run = $schedule | Start-TroveBackupSchedule | Wait-TroveScheduleExecution -ForBackup -TimeoutSec 60
        $run.State, $run.BackupStatus | Should -Be SUCCESS, COMPLETED
        (Get-TroveBackup -Id $run.BackupId).Status | Should -BeExactly COMPLETED
        ($run.Id | Wait-TroveScheduleExecution).BackupStatus | Should -BeNullOrEmpty -Because 'Trove was not asked'
    }

    It 'gives an execution whose backup failed, and an error' {
        $run = Use-TestBehaviour @{ failing = @('m') } {
            $schedule | Start-TroveBackupSchedule | Wait-TroveScheduleExecution -ForBackup -TimeoutSec 60 -ErrorVariable errors -ErrorAction SilentlyContinue
            $script:errors = $errors
        }
        $run.State, $run.BackupStatus | Should -Be SUCCESS, FAILED
        $script:errors | Assert-Error BackupFailed $from InvalidResult -Says $run.BackupId, $run.Id, FAILED
        $script:errors[0].TargetObject.Id | Should -Be $run.Id
    }

    It 'does not look for the backup of an execution that failed' {
        Get-ErrorOf { $bad | Start-TroveBackupSchedule | Wait-TroveScheduleExecution -ForBackup -TimeoutSec 60 | Out-Null } | Assert-Error ExecutionFailed $from InvalidResult
    }

    It 'says that a backup is gone' {
        $run = $schedule | Start-TroveBackupSchedule | Wait-TroveScheduleExecution -ForBackup -TimeoutSec 60
        $null = Invoke-TestApi database "/backups/$($run.BackupId)" Delete
        $null = Wait-Until -For 'the backup to be deleted' { -not (Invoke-TestApi database "/backups/$($run.BackupId)" -AllowError).backup }
        $again = $run | Wait-TroveScheduleExecution -ForBackup -ErrorVariable errors -ErrorAction SilentlyContinue
        $again.BackupStatus | Should -BeExactly NOT_FOUND
        $errors | Assert-Error BackupNotFound $from ObjectNotFound -Says $run.BackupId
    }
}

Describe 'What Wait-TroveScheduleExecution does not find' {
    It 'is an unknown id, and the others are waited for' {
        $run = $bad | Start-TroveBackupSchedule
        $nobody = "$([guid]::NewGuid())"
        $ended = $nobody, 'x', $run.Id | Wait-TroveScheduleExecution -TimeoutSec 60 -ErrorVariable errors -ErrorAction SilentlyContinue
        $ended.Id | Should -Be $run.Id
        $missing = @($errors | Where-Object FullyQualifiedErrorId -Like 'ExecutionNotFound,*')
        $missing.TargetObject | Sort-Object | Should -Be ($nobody, 'x' | Sort-Object)
        $missing[0] | Assert-Error ExecutionNotFound $from ObjectNotFound -Advises 'Get-TroveScheduleExecution'
    }

    It 'is one that was deleted meanwhile: <_> in all' -ForEach 1, 4 {
        $held = Start-Held $_
        Remove-TroveScheduleExecution $held[0].Id -Force
        if ($_ -gt 1) { Suspend-Execution $held[1..3].Id CANCELLED }
        $ended = @($held | Wait-TroveScheduleExecution -ErrorVariable errors -ErrorAction SilentlyContinue)
        $ended.Count | Should -Be ($_ - 1)
        @($errors | Where-Object FullyQualifiedErrorId -Like 'ExecutionNotFound,*') | Assert-Error ExecutionNotFound $from ObjectNotFound -Says $held[0].Id
    }

    It 'is one of another project, by object or by id' {
        $other = Connect-TestCloud other
        $theirs = New-TroveBackupSchedule o '0 3 1 1 *' (New-TestName) -Session $other
        $run = $theirs | Start-TroveBackupSchedule -Session $other -Wait -TimeoutSec 60
        $null = Connect-TestCloud
        Get-ErrorOf { $run | Wait-TroveScheduleExecution } | Assert-Error OtherProject $from PermissionDenied
        Get-ErrorOf { $run.Id | Wait-TroveScheduleExecution } | Assert-Error ExecutionNotFound $from ObjectNotFound
        $admin = Connect-TestCloud admin
        Get-ErrorOf { $run | Wait-TroveScheduleExecution -Session $admin } | Assert-Error OtherProject $from PermissionDenied -Advises '-AllProjects'
        ($run | Wait-TroveScheduleExecution -AllProjects -Session $admin -WarningAction SilentlyContinue).Id | Should -Be $run.Id
        $null = Connect-TestCloud
    }

    It 'is one of another cloud' {
        $foreign = [TroveSchedules.ScheduleExecution] @{ Id = "$([guid]::NewGuid())"; State = 'RUNNING'; Origin = 'https://elsewhere.example' }
        Get-ErrorOf { $foreign | Wait-TroveScheduleExecution } | Assert-Error OtherCloud $from PermissionDenied
    }
}

Describe 'The requests of a wait' {
    It 'are one listing a round while many run, and one more for those that have ended' {
        $held = Start-Held 5
        $mistral = New-TestServer (Get-TestEndpoint workflowv2)
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($mistral.Url)/v2" }
        $null = Connect-TestCloud
        try {
            $null = $held | Wait-TroveScheduleExecution -TimeoutSec 0 -Session $session -ErrorAction SilentlyContinue
            @($mistral.Requests).Count | Should -Be 1
            $mistral.Requests | Should -BeLike 'GET /v2/executions`?*state=in%3AIDLE%2CRUNNING%2CPAUSED*created_at=gte%3A*'
            Suspend-Execution $held.Id CANCELLED
            $mistral.Requests.Clear()
            @($held | Wait-TroveScheduleExecution -Session $session -ErrorAction SilentlyContinue).Count | Should -Be 5
            @($mistral.Requests).Count | Should -Be 2
            @($mistral.Requests) -notlike 'GET *' | Should -BeNullOrEmpty
        }
        finally { $mistral.Dispose() }
    }
}

Describe 'On a sandbox whose clock stands still' {
    It 'waiting moves the clock, and the time limit counts by it' {
        $session = Connect-TroveSession -Sandbox -SandboxSpeed 0
        try {
            $null = Install-TroveWorkbook
            $at = $session.CloudTime
            $run = New-TroveBackupSchedule m '0 3 1 1 *' x | Start-TroveBackupSchedule | Wait-TroveScheduleExecution -ForBackup
            $run.State, $run.BackupStatus | Should -Be SUCCESS, COMPLETED
            $session.CloudTime | Should -BeGreaterThan $at
            $session.CloudTime | Should -BeLessThan $at.AddMinutes(1)

            # The execution ends after 0.3 s, and its backup a second later.
            $late = New-TroveBackupSchedule m '0 4 1 1 *' x | Start-TroveBackupSchedule
            $at = $session.CloudTime
            $record = Get-ErrorOf { $late | Wait-TroveScheduleExecution -ForBackup -TimeoutSec 1 }
            $record | Assert-Error WaitTimeout $from OperationTimeout -Says 'The backup', $late.Id, 'within 1 s', BUILDING
            $record.TargetObject.State | Should -BeExactly SUCCESS
            $session.CloudTime | Should -Be $at.AddSeconds(1)
        }
        finally {
            $session | Disconnect-TroveSession
            $null = Connect-TestCloud
        }
    }
}

# Last, because it clears the project.
Describe 'Wait-TroveScheduleExecution -ForBackup with an older workbook' {
    It 'says which workbook returns the backup, where this one does not' {
        $null = Remove-TestWorkbook
        $null = Install-TroveWorkbook "$PSScriptRoot/data/spec-workbook.yaml"
        try {
            $silent = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
            $run = $silent | Start-TroveBackupSchedule -Wait -TimeoutSec 60
            $run.State, $run.BackupId | Should -Be SUCCESS, $null
            $again = $run | Wait-TroveScheduleExecution -ForBackup -ErrorVariable errors -ErrorAction SilentlyContinue
            $again.Id | Should -Be $run.Id
            $errors | Assert-Error BackupUnknown $from ObjectNotFound -Says $run.Id, 'workbook' -Advises 'Install-TroveWorkbook'
        }
        finally {
            $null = Remove-TestWorkbook
            $null = Install-TroveWorkbook
        }
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    # Debian's python3-troveclient is part of a stack.
    $noPeer = -not (Test-TestStack)
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    function Get-ExecutionInput { param($Execution) $Execution.Input | ConvertFrom-Json -AsHashtable }
}

AfterAll { Close-TestCloud }

Describe 'python-troveclient and this module, on the workbook that is <Kind>' -Skip:$noPeer -Tag 'Needs a stack' -ForEach @(
    @{ Kind = 'ours'; Path = $null }
    @{ Kind = "python-troveclient's"; Path = "$PSScriptRoot/data/client-workbook.yaml" }
) {
    BeforeAll {
        Remove-TestWorkbook
        $null = Connect-TestCloud
        $with = $Path ? @{ Path = $Path } : @{}
        $null = Install-TroveWorkbook @with
        # Both fire every five seconds; broken gives an ERROR at once, and leaves no backups behind.
        $ours = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName ours) -AllowSeconds
        $theirName = New-TestName theirs
        $made = Invoke-TroveClient schedule-create broken '* * * * * */5' $theirName --description 'made by the client'
        $theirs = Get-TroveBackupSchedule broken -Name $theirName
        $null = Wait-Until -For 'both to fire twice' { @(Get-TroveScheduleExecution $ours -State ERROR).Count -ge 2 -and @(Get-TroveScheduleExecution $theirs -State ERROR).Count -ge 2 }
        # They keep firing, so the tests use the oldest executions, which do not change.
    }

    AfterAll {
        Clear-TestCloud
        $null = Install-TroveWorkbook
        Disconnect-TroveSession
    }

    It 'a schedule made here is listed there' {
        Invoke-TroveClient schedule-list broken | Should -Match "(?s)$($ours.Id).*$($ours.Name)|$($ours.Name).*$($ours.Id)"
    }

    It 'a schedule made here is shown there, with the same properties' {
        $shown = Invoke-TroveClient schedule-show $ours.Id
        $shown | Should -Match "id +\| (b')?$($ours.Id)"
        $shown | Should -Match "instance +\| (b')?$($ours.InstanceId)"
        $shown | Should -Match "name +\| (b')?$([regex]::Escape($ours.Name))"
        $shown | Should -Match "pattern +\| (b')?$([regex]::Escape($ours.Pattern))"
    }

    It 'a schedule made there has the id there that it has here' {
        $made | Should -BeLike "*$($theirs.Id)*"
        $theirs.Name | Should -BeExactly $theirName
        $theirs.Description | Should -BeExactly 'made by the client'
        $theirs.InstanceId | Should -Be (Get-TestInstanceId broken)
        $theirs.Pattern | Should -BeExactly '* * * * * */5'
        $theirs.Incremental | Should -BeFalse
        $theirs.ParentId | Should -BeNullOrEmpty
        (Get-TroveBackupSchedule -Id $theirs.Id).TriggerId | Should -Be $theirs.TriggerId
    }

    It 'executions of both are listed here' {
        foreach ($schedule in $ours, $theirs) {
            $runs = @(Get-TroveScheduleExecution $schedule.Id)
            $runs.Count | Should -BeGreaterOrEqual 2
            $runs.ScheduleId | Sort-Object -Unique | Should -Be $schedule.Id
            (Get-ExecutionInput $runs[0]).name | Should -BeExactly $schedule.Name
        }
    }

    It 'executions are listed there where the workbook has no defaults, for the client compares inputs, to which Mistral adds the defaults' {
        $ids = (Get-TroveScheduleExecution $theirs).Id
        $listed = Invoke-TroveClient execution-list $theirs.Id
        if ($Path) { $listed | Should -BeLike "*$($ids[-1])*" }
        else { $ids | ForEach-Object { $listed | Should -Not -BeLike "*$_*" } }
        # The module sets every input, so Mistral adds no defaults.
        Invoke-TroveClient execution-list $ours.Id | Should -BeLike "*$((Get-TroveScheduleExecution $ours).Id[-1])*"
    }

    It 'an execution of either is deleted by the other' {
        $there = (Get-TroveScheduleExecution $ours).Id[-1]
        $null = Invoke-TroveClient execution-delete $there
        Get-ErrorOf { Get-TroveScheduleExecution -Id $there } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound
        $here = (Get-TroveScheduleExecution $theirs).Id[-1]
        Remove-TroveScheduleExecution $here
        (Get-TroveScheduleExecution $theirs).Id | Should -Not -Contain $here
    }

    It 'a schedule that is changed here has the same id there, and the new values' {
        $schedule = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName before)
        $name = New-TestName after
        $schedule | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' -Name $name
        $listed = Invoke-TroveClient schedule-list broken
        $listed | Should -Match "$($schedule.Id).*$name|$name.*$($schedule.Id)"
        $listed | Should -Not -BeLike "*$($schedule.Name)*"
        $shown = Invoke-TroveClient schedule-show $schedule.Id
        $shown | Should -Match "id +\| (b')?$($schedule.Id)"
        $shown | Should -Match "instance +\| (b')?$($schedule.InstanceId)"
        $shown | Should -Match "name +\| (b')?$name"
        $shown | Should -Match "pattern +\| (b')?0 5 1 1 \*"
    }

    It 'a schedule that is suspended here is listed and shown there, with its next time in the year 9999' {
        $schedule = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName suspended)
        $schedule | Suspend-TroveBackupSchedule -Reason pause
        Invoke-TroveClient schedule-list broken | Should -Match "$($schedule.Id).*9999-12-31 23:59:00|9999-12-31 23:59:00.*$($schedule.Id)"
        $shown = Invoke-TroveClient schedule-show $schedule.Id
        $shown | Should -Match "name +\| (b')?$($schedule.Name)"
        $shown | Should -Match "pattern +\| (b')?0 3 1 1 \*"
        $shown | Should -BeLike '*9999-12-31 23:59:00*'
        $schedule | Resume-TroveBackupSchedule
        $shown = Invoke-TroveClient schedule-show $schedule.Id
        $shown | Should -BeLike "*$($schedule.NextExecutionTime.ToString('yyyy-MM-dd HH:mm:ss'))*"
        $shown | Should -Not -BeLike '*9999*'
    }

    It 'a schedule made there is changed, suspended and resumed here, and deleted there' {
        $name = New-TestName theirs
        $null = Invoke-TroveClient schedule-create broken '0 3 1 1 *' $name --description 'made by the client'
        $schedule = Get-TroveBackupSchedule broken -Name $name
        $changed = $schedule | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' -PassThru
        $changed.Id, $changed.Name, $changed.Description, $changed.Pattern | Should -Be $schedule.Id, $name, 'made by the client', '0 5 1 1 *'
        Invoke-TroveClient schedule-show $schedule.Id | Should -Match "pattern +\| (b')?0 5 1 1 \*"
        ($changed | Suspend-TroveBackupSchedule -PassThru).State | Should -Be Suspended
        ($changed | Resume-TroveBackupSchedule -PassThru).NextExecutionTime | Should -Be $changed.NextExecutionTime
        $null = Invoke-TroveClient schedule-delete $schedule.Id
        Get-ErrorOf { Get-TroveBackupSchedule -Id $schedule.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound
    }

    It 'a schedule of either is deleted by the other, and its executions here' {
        $theirs | Remove-TroveBackupSchedule -Confirm:$false
        Invoke-TroveClient schedule-list broken | Should -Not -BeLike "*$($theirs.Id)*"
        Get-TroveScheduleExecution $theirs.Id | Remove-TroveScheduleExecution -Force
        Get-ErrorOf { Get-TroveScheduleExecution $theirs.Id } | Assert-Error ScheduleNotFound Get-TroveScheduleExecution ObjectNotFound
        $null = Invoke-TroveClient schedule-delete $ours.Id
        Get-ErrorOf { Get-TroveBackupSchedule -Id $ours.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound
    }

    It 'an incremental schedule made there is one here' {
        $name = New-TestName incremental
        $null = Invoke-TroveClient schedule-create m '0 3 1 1 *' $name --incremental
        (Get-TroveBackupSchedule -Name $name).Incremental | Should -BeTrue
    }
}

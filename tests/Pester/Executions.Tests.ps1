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

Describe 'Get-TroveScheduleExecution over many executions' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $another = New-TroveBackupSchedule m '0 4 1 1 *' (New-TestName)
        # Two pages, of 200 and what is left, and others' between them. A tenth of them failed.
        Add-TestExecution 450 $schedule.Id
        Add-TestExecution 100 $another.Id
        $all = @(Get-TroveScheduleExecution $schedule)
    }

    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'gives every one, once' {
        $all.Count | Should -Be 450
        @($all.Id | Sort-Object -Unique).Count | Should -Be 450
        $all.ScheduleId | Sort-Object -Unique | Should -Be $schedule.Id
    }

    It 'refuses an empty list of states, which would mean all: <_>' -ForEach '@()', '[Collections.Generic.List[string]] @()' {
        $states = Invoke-Expression "Write-Output -NoEnumerate ($_)"
        { Get-TroveScheduleExecution $schedule -State $states } | Should -Throw '*State*'
    }

    It 'gives the newest first' {
        $times = $all.ExecutionTime
        for ($i = 1; $i -lt $times.Count; $i++) { if ($times[$i] -gt $times[$i - 1]) { throw "$i is newer than the one before it" } }
    }

    It 'takes schedules by id, by object, from the pipeline and several' {
        @(Get-TroveScheduleExecution $schedule.Id).Count | Should -Be 450
        @(Get-TroveScheduleExecution -Schedule $schedule.Id, $another.Id).Count | Should -Be 550
        @($schedule, $another | Get-TroveScheduleExecution).Count | Should -Be 550
        @($schedule.Id, $another.Id | Get-TroveScheduleExecution).Count | Should -Be 550
        @(Get-TroveBackupSchedule m | Get-TroveScheduleExecution).Count | Should -Be 550
    }

    It 'gives the first <First> of those after the first <Skip>' -ForEach @(
        @{ First = 1; Skip = 0 }, @{ First = 0; Skip = 0 }, @{ First = 10; Skip = 5 }, @{ First = 200; Skip = 0 }, @{ First = 201; Skip = 0 }, @{ First = 5; Skip = 198 }
        @{ First = 400; Skip = 40 }, @{ First = 10; Skip = 445 }, @{ First = 10; Skip = 450 }, @{ First = [uint64]::MaxValue; Skip = 448 }
    ) {
        $wanted = $all.Id | Select-Object -Skip $Skip -First ([int] [Math]::Min($First, 1000))
        @(Get-TroveScheduleExecution $schedule -First $First -Skip $Skip).Id | Should -Be $wanted
    }

    It 'counts -First for each schedule' {
        (Get-TroveScheduleExecution $schedule, $another -First 3).ScheduleId | Should -Be (@($schedule.Id) * 3 + @($another.Id) * 3)
    }

    It 'reports that it cannot tell the total' {
        $output = @(Get-TroveScheduleExecution $schedule -First 1 -IncludeTotalCount)
        $output[0].ToString() | Should -Match 'Unknown'
        $output[0].Accuracy | Should -Be 0
        $output[1].Id | Should -Be $all[0].Id
    }

    It 'goes on after a marker' {
        @(Get-TroveScheduleExecution $schedule -Marker $all[9].Id -First 5).Id | Should -Be $all[10..14].Id
        @(Get-TroveScheduleExecution $schedule -Marker $all[199].Id).Id | Should -Be $all[200..449].Id
        @(Get-TroveScheduleExecution $schedule -Marker $all[-1].Id) | Should -BeNullOrEmpty
        $marker = "$([guid]::NewGuid())"
        (Get-ErrorOf { Get-TroveScheduleExecution $schedule -Marker $marker }).CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'gives those in a state' {
        $failed = @(Get-TroveScheduleExecution $schedule -State ERROR)
        $failed.Count | Should -Be 45
        $failed.Id | Should -Be ($all | Where-Object State -EQ ERROR).Id
        $failed.Reason | Sort-Object -Unique | Should -BeLike 'TroveAction.backups.create failed: Instance * is not ready. (HTTP 422)'
        @(Get-TroveScheduleExecution $schedule -State ERROR, SUCCESS).Count | Should -Be 450
        @(Get-TroveScheduleExecution $schedule -State ERROR -First 3 -Skip 2).Id | Should -Be $failed[2..4].Id
        Get-TroveScheduleExecution $schedule -State RUNNING -ErrorAction Stop | Should -BeNullOrEmpty
        { Get-TroveScheduleExecution $schedule -State DONE -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'gives those from a time, up to a time, and between two' {
        $late, $early = $all[100].ExecutionTime, $all[300].ExecutionTime
        @(Get-TroveScheduleExecution $schedule -After $late).Id | Should -Be ($all | Where-Object ExecutionTime -GE $late).Id
        @(Get-TroveScheduleExecution $schedule -Before $early).Id | Should -Be ($all | Where-Object ExecutionTime -LE $early).Id
        @(Get-TroveScheduleExecution $schedule -After $early -Before $late).Id | Should -Be ($all | Where-Object { $_.ExecutionTime -GE $early -and $_.ExecutionTime -le $late }).Id
        @(Get-TroveScheduleExecution $schedule -After $late.ToLocalTime().DateTime).Id | Should -Be ($all | Where-Object ExecutionTime -GE $late).Id -Because 'a time without a zone is local'
        Get-TroveScheduleExecution $schedule -After $late -Before $early -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'asks for no more pages than are wanted' {
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
        $null = Connect-TestCloud
        try {
            (Get-TroveScheduleExecution $schedule -Session $session | Select-Object -First 1).Id | Should -Be $all[0].Id
            @($proxy.Requests).Count | Should -Be 1
            $proxy.Requests.Clear()
            @(Get-TroveScheduleExecution $schedule -Session $session -First 3).Count | Should -Be 3
            @($proxy.Requests).Count | Should -Be 1
            $proxy.Requests | Should -BeLike '*limit=3*'
            $proxy.Requests.Clear()
            @(Get-TroveScheduleExecution $schedule -Session $session).Count | Should -Be 450
            @($proxy.Requests).Count | Should -Be 2
            $proxy.Requests.Clear()
            $time = $all[20].ExecutionTime
            $wanted = @($all | Where-Object ExecutionTime -GE $time)
            @(Get-TroveScheduleExecution $schedule -Session $session -After $time).Id | Should -Be $wanted.Id
            $proxy.Requests | Should -BeLike "*created_at=gte%3A$($time.UtcDateTime.ToString('yyyy-MM-dd'))%20*limit=200*" -Because 'the server leaves out the others'
            @($proxy.Requests).Count | Should -Be 1
        }
        finally { $proxy.Dispose() }
    }

    It 'shows one of them by its id' {
        $one = Get-TroveScheduleExecution -Id $all[7].Id
        foreach ($property in $all[7].PSObject.Properties.Name) { $one.$property | Should -Be $all[7].$property -Because $property }
        @(Get-TroveScheduleExecution -Id $all[7].Id, $all[8].Id).Id | Should -Be $all[7..8].Id
    }

    It 'gives nothing for a schedule that has not run' {
        $new = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        Get-TroveScheduleExecution $new -ErrorAction Stop | Should -BeNullOrEmpty
        Get-TroveScheduleExecution $new.Id -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'counts no run that a user started by hand, but with -MatchInput' {
        $byHand = Start-TestExecution broken -Name (New-TestName) -Description 'by hand'
        $input = (Invoke-TestApi workflowv2 "/executions/$byHand").input
        $same = New-TroveBackupSchedule broken '0 3 1 1 *' ($input | ConvertFrom-Json).name
        Get-TroveScheduleExecution $same | Should -BeNullOrEmpty
        (Get-TroveScheduleExecution $same -MatchInput).Id | Should -Be $byHand
        Get-TroveScheduleExecution $another -MatchInput | Where-Object Id -EQ $byHand | Should -BeNullOrEmpty
    }

    It 'is not taken in by a description that only mentions the schedule' {
        $forged = Start-TestExecution broken -Description "{""note"": ""see $($another.TriggerId)""}"
        (Get-TroveScheduleExecution $another).Id | Should -Not -Contain $forged
    }

    It 'still shows the history of a deleted schedule by its id' {
        $another | Remove-TroveBackupSchedule -Confirm:$false
        $left = @(Get-TroveScheduleExecution $another.Id)
        $left.Count | Should -Be 100
        $left.ScheduleId | Sort-Object -Unique | Should -Be $another.Id
    }

    It 'and Remove-TroveScheduleExecution with -WhatIf delete nothing' {
        Get-TroveScheduleExecution $schedule -First 2 | Remove-TroveScheduleExecution -WhatIf
        @(Get-TroveScheduleExecution $schedule).Count | Should -Be 450
    }

    It 'and Remove-TroveScheduleExecution in one pipeline, page after page, delete those in a state, and then every one' {
        Get-TroveScheduleExecution $schedule -State ERROR | Remove-TroveScheduleExecution
        (Get-TroveScheduleExecution $schedule).Id | Should -Be ($all | Where-Object State -NE ERROR).Id
        Get-TroveScheduleExecution $schedule | Remove-TroveScheduleExecution -ErrorVariable errors
        $errors | Should -BeNullOrEmpty
        Get-TroveScheduleExecution $schedule | Should -BeNullOrEmpty
        @(Get-TroveScheduleExecution $another.Id).Count | Should -Be 100 -Because 'they are another''s'
    }
}

Describe 'Remove-TroveScheduleExecution' {
    BeforeAll {
        Remove-TestWorkbook
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook "$PSScriptRoot/data/waiting-workbook.yaml"
        $running = Start-TestExecution broken
    }

    AfterAll {
        Clear-TestCloud
        $null = Install-TroveWorkbook
        Disconnect-TroveSession
    }

    It 'leaves a run that has not ended, without -Force' {
        Get-ErrorOf { Remove-TroveScheduleExecution $running } |
            Assert-Error ExecutionNotFinished Remove-TroveScheduleExecution PermissionDenied -Says $running -Advises '-Force'
        (Get-TroveScheduleExecution -Id $running).State | Should -BeExactly RUNNING
    }

    It 'goes on after it in a pipeline' {
        $done = Start-TestExecution broken
        $null = Invoke-TestApi workflowv2 "/executions/$done" Put @{ state = 'CANCELLED' }
        $record = Get-ErrorOf { $running, $done | Remove-TroveScheduleExecution }
        $record.TargetObject.Id | Should -Be $running
        Get-ErrorOf { Get-TroveScheduleExecution -Id $done } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound
    }

    It 'deletes it with -Force' {
        Remove-TroveScheduleExecution $running -Force
        Get-ErrorOf { Get-TroveScheduleExecution -Id $running } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound
    }

    It 'deletes no run of another workflow' {
        $null = Invoke-TestApi workflowv2 '/workflows' Post "version: '2.0'`npester_other:`n  tasks:`n    a:`n      action: std.noop`n" -ContentType text/plain
        $foreign = (Invoke-TestApi workflowv2 /executions Post @{ workflow_name = 'pester_other' }).id
        try {
            Get-ErrorOf { Remove-TroveScheduleExecution $foreign } | Assert-Error InvalidExecution Remove-TroveScheduleExecution InvalidArgument -Says 'pester_other', $foreign
            (Invoke-TestApi workflowv2 "/executions/$foreign").id | Should -Be $foreign
        }
        finally {
            $null = Invoke-TestApi workflowv2 "/executions/${foreign}?force=true" Delete
            $null = Invoke-TestApi workflowv2 /workflows/pester_other Delete
        }
    }

    It 'reports which id it does not find: <_>' -ForEach 'nonsense', '../cron_triggers', '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42', 'in:a,b', '*' {
        Get-ErrorOf { Remove-TroveScheduleExecution $_ } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound -Says $_
        Get-ErrorOf { Get-TroveScheduleExecution -Id $_ } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound -Says $_
        Get-ErrorOf { Get-TroveScheduleExecution $_ } | Assert-Error ScheduleNotFound Get-TroveScheduleExecution ObjectNotFound -Says $_
    }
}

Describe 'Remove-TroveScheduleExecution of schedules' {
    BeforeAll {
        Clear-TestCloud
        $mistral = New-TestServer (Get-TestEndpoint workflowv2)
        $null = Connect-TestCloud -With @{ WorkflowEndpoint = "$($mistral.Url)/v2" }
        $null = Install-TroveWorkbook
    }

    BeforeEach {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $another = New-TroveBackupSchedule m '0 4 1 1 *' (New-TestName)
        Add-TestExecution 250 $schedule.Id
        Add-TestExecution 12 $another.Id
        $all = @(Get-TroveScheduleExecution $schedule)
        $mistral.Requests.Clear()
    }

    AfterEach { Clear-TestCloud }

    AfterAll {
        $mistral.Dispose()
        Disconnect-TroveSession
    }

    It 'keeps the newest of each, and deletes the others page after page' {
        $passed = $schedule, $another, $schedule | Remove-TroveScheduleExecution -KeepLast 10 -PassThru
        $passed.Count | Should -Be 242
        $passed.Id | Select-Object -First 240 | Should -Be $all.Id[10..249]
        (Get-TroveScheduleExecution $schedule).Id | Should -Be $all.Id[0..9]
        @(Get-TroveScheduleExecution $another).Count | Should -Be 10
        @(@($mistral.Requests) -like 'DELETE *').Count | Should -Be 242
    }

    It 'deletes those before a time, but not the newest' {
        $time = $all[100].ExecutionTime
        $older = @($all | Where-Object ExecutionTime -LT $time)
        Remove-TroveScheduleExecution -Schedule $schedule.Id -KeepLast 200 -OlderThan $time
        $kept = @($all | Where-Object { $_.Id -notin $older.Id -or $_.Id -in $all.Id[0..199] })
        (Get-TroveScheduleExecution $schedule).Id | Should -Be $kept.Id
        $schedule | Remove-TroveScheduleExecution -OlderThan $time
        @(Get-TroveScheduleExecution $schedule | Where-Object ExecutionTime -LT $time) | Should -BeNullOrEmpty
        @(Get-TroveScheduleExecution $schedule).Count | Should -Be (250 - $older.Count)
    }

    It 'deletes nothing where there is no more, with -WhatIf, and without a rule' {
        $schedule | Remove-TroveScheduleExecution -KeepLast 250
        $schedule | Remove-TroveScheduleExecution -OlderThan 2001-01-01
        $null = Invoke-AtScreen '$schedule | Remove-TroveScheduleExecution -KeepLast 1 -WhatIf' -Variables @{ schedule = $schedule }
        "$(Get-ErrorOf { $schedule | Remove-TroveScheduleExecution })" | Should -BeLike "*This takes an execution*"
        Get-ErrorOf { Remove-TroveScheduleExecution -Schedule $schedule } | Assert-Error InvalidRetention Remove-TroveScheduleExecution InvalidArgument -Advises '-KeepLast', '-OlderThan'
        foreach ($number in 0, -1) { Get-ErrorOf { $schedule | Remove-TroveScheduleExecution -KeepLast $number } | Assert-Error InvalidRetention Remove-TroveScheduleExecution InvalidArgument -Says "KeepLast is $number" }
        $null = Get-ErrorOf { $schedule | Remove-TroveScheduleExecution -OlderThan $null }
        "$(Get-ErrorOf { $all[0] | Remove-TroveScheduleExecution -KeepLast 1 })" | Should -BeLike '*This takes a schedule*'
        @($mistral.Requests) -like 'DELETE *' | Should -BeNullOrEmpty
    }

    It 'reports a schedule that does not exist, and goes on with the others' {
        $unknown = "$([guid]::NewGuid())"
        Get-ErrorOf { $unknown, $another | Remove-TroveScheduleExecution -KeepLast 3 } | Assert-Error ScheduleNotFound Remove-TroveScheduleExecution ObjectNotFound -Says $unknown
        @(Get-TroveScheduleExecution $another).Count | Should -Be 3
    }

    It 'works for a schedule that was deleted, and stops early where the pipeline does' {
        $another | Remove-TroveBackupSchedule -Confirm:$false
        Remove-TroveScheduleExecution -Schedule $another.Id -KeepLast 11
        @(Get-TroveScheduleExecution $another.Id).Count | Should -Be 11
        $mistral.Requests.Clear()
        ($schedule | Remove-TroveScheduleExecution -KeepLast 10 -PassThru -ThrottleLimit 1 | Select-Object -First 2).Id | Should -Be $all.Id[10, 11]
        @(@($mistral.Requests) -like 'DELETE *').Count | Should -Be 2
    }
}

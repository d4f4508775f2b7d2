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
    $from = 'Set-TroveBackupSchedule'

    function Start-Change($Schedule, $Session) {
        <# Starts to change the pattern of a schedule in another runspace, with a host that records what is on the screen. #>
        $screen = [TroveSchedules.PesterTests.ScriptedHost]::new(120, $false)
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule((Get-TestManifest))
        $runspace = [runspacefactory]::CreateRunspace($screen, $state)
        $runspace.Open()
        $shell = [powershell]::Create($runspace).AddScript('param($schedule, $session) $schedule | Set-TroveBackupSchedule -Pattern "0 5 1 1 *" -Session $session').AddArgument($Schedule).AddArgument($Session)
        $null = $shell.BeginInvoke()
        @{ Shell = $shell; Screen = $screen }
    }
}

AfterAll {
    Clear-TestCloud demo, other
    Close-TestCloud
}

Describe 'Set-TroveBackupSchedule' {
    AfterEach { Clear-TestCloud }

    It 'changes <Property>, and nothing that is not named' -ForEach @(
        @{ Property = 'Pattern'; Value = '0 5 1 1 *' }
        @{ Property = 'Name'; Value = 'pester-renamed "Größe"' }
        @{ Property = 'Description'; Value = 'after' }
        @{ Property = 'RemainingExecutions'; Value = 3 }
        @{ Property = 'FirstExecutionTime'; Value = [DateTimeOffset] '2037-06-01T00:00Z' }
        @{ Property = 'Incremental'; Value = $true }
    ) {
        $before = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description before -RemainingExecutions 7 -FirstExecutionTime '2037-05-05T18:30Z'
        $named = @{ $Property = $Value }
        $passed = $before | Set-TroveBackupSchedule @named -PassThru
        foreach ($after in $passed, (Get-TroveBackupSchedule -Id $before.Id)) {
            $after.$Property | Should -Be $Value
            foreach ($kept in 'Id', 'InstanceId', 'Pattern', 'Name', 'Description', 'ParentId', 'Incremental', 'RemainingExecutions', 'FirstExecutionTime', 'CreatedAt', 'ProjectId', 'State', 'Origin') {
                if ($kept -ne $Property) { $after.$kept | Should -Be $before.$kept -Because $kept }
            }
            $after.EarlierTriggerIds | Should -Be $before.TriggerId
            $after.ReplacementTriggerId | Should -BeNullOrEmpty
        }
        @(Get-TestTrigger).name | Should -Be $before.Id -Because 'nothing is left over'
    }

    It 'removes a description, a limit and a first time with $null' {
        $before = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description before -RemainingExecutions 7 -FirstExecutionTime '2037-05-05T18:30Z'
        $after = $before | Set-TroveBackupSchedule -Description $null -RemainingExecutions $null -FirstExecutionTime $null -PassThru
        foreach ($property in 'Description', 'RemainingExecutions', 'FirstExecutionTime') { $after.$property | Should -BeNullOrEmpty }
        $after.Pattern | Should -BeExactly '0 3 1 1 *'
        $after.NextExecutionTime | Should -BeLessThan ([DateTimeOffset] '2037-01-02Z')
    }

    It 'sets a parent, removes it, and makes incremental backups and full ones' {
        $backup = New-TestBackup
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        ($schedule | Set-TroveBackupSchedule -ParentId $backup -PassThru).ParentId | Should -Be $backup
        ($schedule | Set-TroveBackupSchedule -ParentId $null -PassThru).ParentId | Should -BeNullOrEmpty
        ($schedule | Set-TroveBackupSchedule -Incremental -PassThru).Incremental | Should -BeTrue
        Get-ErrorOf { $schedule | Set-TroveBackupSchedule -ParentId $backup } | Assert-Error InvalidParent $from InvalidArgument -Says '(ParentId)', '(Incremental)'
        $changed = $schedule | Set-TroveBackupSchedule -ParentId $backup -Incremental:$false -PassThru
        $changed.ParentId, $changed.Incremental | Should -Be $backup, $false
        @($changed.EarlierTriggerIds -split ' ').Count | Should -Be 4
    }

    It 'makes a schedule of one execution, and a repeated one again' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $once = $schedule | Set-TroveBackupSchedule -Pattern $null -FirstExecutionTime '2037-05-05T18:30Z' -PassThru
        $once.Pattern | Should -BeNullOrEmpty
        $once.NextExecutionTime | Should -Be ([DateTimeOffset] '2037-05-05T18:30Z')
        $once.RemainingExecutions | Should -Be 1
        $often = $schedule | Set-TroveBackupSchedule -Pattern '@yearly' -FirstExecutionTime $null -RemainingExecutions $null -PassThru
        $often.Pattern | Should -BeExactly '@yearly'
        $often.FirstExecutionTime | Should -BeNullOrEmpty
        $often.RemainingExecutions | Should -BeNullOrEmpty
    }

    It 'takes the schedule as <_>' -ForEach 'an object', 'an id', 'a trigger id', 'a row of a CSV file', 'an array' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        switch ($_) {
            'an object' { $schedule | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' }
            'an id' { Set-TroveBackupSchedule $schedule.Id -Pattern '0 5 1 1 *' }
            'a trigger id' { Set-TroveBackupSchedule -Id $schedule.TriggerId -Pattern '0 5 1 1 *' }
            'a row of a CSV file' { $schedule | ConvertTo-Csv | ConvertFrom-Csv | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' }
            'an array' { Set-TroveBackupSchedule $schedule, $schedule.Id -Pattern '0 5 1 1 *' -ThrottleLimit 1 }
        }
        (Get-TroveBackupSchedule -Id $schedule.Id).Pattern | Should -BeExactly '0 5 1 1 *'
    }

    It 'sends nothing that changes anything if there is nothing to change' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description same -RemainingExecutions 7
        Get-SentMethod { $schedule | Set-TroveBackupSchedule -Verbose } | Should -BeNullOrEmpty
        Get-SentMethod { $schedule | Set-TroveBackupSchedule -Name $schedule.Name -Pattern $schedule.Pattern -Description same -RemainingExecutions 7 -Incremental:$false -ParentId $null -Verbose } | Should -BeNullOrEmpty
        ($schedule | Set-TroveBackupSchedule -PassThru).TriggerId | Should -Be $schedule.TriggerId
        Get-SentMethod { $schedule | Set-TroveBackupSchedule -Description other -Verbose } | Should -Be POST, DELETE, POST, DELETE
    }

    It 'with -WhatIf shows old and new, and changes nothing' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description before
        $screen = Invoke-AtScreen '$schedule | Set-TroveBackupSchedule -Pattern "0 5 1 1 *" -Description $null -FirstExecutionTime 2037-05-05T18:30Z -PassThru -WhatIf' @{ schedule = $schedule }
        "$($screen.Screen)" | Should -BeLike "What if: *""Change Pattern '0 3 1 1 ``*' to '0 5 1 1 ``*', Description 'before' to none, FirstExecutionTime none to 2037-05-05 18:30:00Z"" on target ""schedule '$($schedule.Name)' ($schedule)*"
        $screen.Output | Should -BeNullOrEmpty
        (Get-TroveBackupSchedule -Id $schedule.Id).TriggerId | Should -Be $schedule.TriggerId
    }

    It 'changes many in the order of the pipeline, and goes on after one that fails' {
        $schedules = 1..6 | ForEach-Object { New-TroveBackupSchedule m "$_ 3 1 1 *" (New-TestName) }
        $schedules[2] | Remove-TroveBackupSchedule -Confirm:$false
        $changed = $schedules | Set-TroveBackupSchedule -Description many -PassThru -ErrorVariable errors -ErrorAction SilentlyContinue
        $changed.Id | Should -Be $schedules[0, 1, 3, 4, 5].Id
        $changed.Description | Sort-Object -Unique | Should -BeExactly many
        $errors | Assert-Error ScheduleNotFound $from ObjectNotFound -Says $schedules[2].Id
    }

    It 'leaves a suspended schedule suspended' {
        $schedule = New-TroveBackupSchedule m '* * * * *' (New-TestName) | Suspend-TroveBackupSchedule -Reason pause -PassThru
        $changed = $schedule | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' -PassThru
        $changed.State, $changed.SuspendedReason, $changed.Pattern | Should -Be Suspended, pause, '0 5 1 1 *'
        $changed.NextExecutionTime | Should -BeNullOrEmpty
        $changed.SuspendedAt | Should -Be $schedule.SuspendedAt
    }
}

Describe 'The history of a changed schedule' {
    BeforeAll {
        $old = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName) -AllowSeconds
        $null = Wait-Until -For 'it to run twice' { @(Get-TroveScheduleExecution $old -State ERROR).Count -ge 2 }
        $middle = $old | Set-TroveBackupSchedule -Name (New-TestName) -PassThru
        $null = Wait-Until -For 'it to run twice more' { @(Get-TroveScheduleExecution $middle -State ERROR | Where-Object TriggerId -EQ $middle.TriggerId).Count -ge 2 }
        $new = $middle | Set-TroveBackupSchedule -Pattern '0 3 1 1 *' -PassThru
        Step-TestCloud -Seconds 2 # An execution may just have started.
        $runs = @(Get-TroveScheduleExecution $new)
    }

    AfterAll { Clear-TestCloud }

    It 'has the executions of all its triggers, newest first' {
        $new.EarlierTriggerIds | Should -Be "$($middle.TriggerId) $($old.TriggerId)"
        @($runs.TriggerId | Select-Object -Unique) | Should -Be $middle.TriggerId, $old.TriggerId
        $runs.ScheduleId | Sort-Object -Unique | Should -Be $old.Id
        $runs.Id | Should -Be ($runs | Sort-Object ExecutionTime -Descending).Id
        @($runs.Id | Sort-Object -Unique).Count | Should -Be $runs.Count
        @($runs | Where-Object TriggerId -EQ $old.TriggerId).Count | Should -BeGreaterOrEqual 2
        @($runs | Where-Object TriggerId -EQ $middle.TriggerId).Count | Should -BeGreaterOrEqual 2
    }

    It 'is found by the id, too, and with -State' {
        (Get-TroveScheduleExecution $new.Id).Id | Should -Be $runs.Id
        (Get-TroveScheduleExecution $new.Id -State ERROR).Id | Should -Be $runs.Id
        Get-TroveScheduleExecution $new -State SUCCESS | Should -BeNullOrEmpty
    }

    It 'is paged across the border of two triggers: -First, -Skip and -Marker' {
        $border = @($runs | Where-Object TriggerId -EQ $middle.TriggerId).Count
        foreach ($first in 1, $border, ($border + 1), $runs.Count, ($runs.Count + 5)) {
            (Get-TroveScheduleExecution $new -First $first).Id | Should -Be @($runs | Select-Object -First $first).Id
        }
        (Get-TroveScheduleExecution $new -Skip $border).Id | Should -Be $runs[$border..($runs.Count - 1)].Id
        (Get-TroveScheduleExecution $new -Skip ($border - 1) -First 2).Id | Should -Be $runs[($border - 1)..$border].Id
        foreach ($i in 0..($runs.Count - 2)) { (Get-TroveScheduleExecution $new -Marker $runs[$i].Id).Id | Should -Be $runs[($i + 1)..($runs.Count - 1)].Id -Because "the marker is $i of $($runs.Count), with the border at $border" }
        Get-TroveScheduleExecution $new -Marker $runs[-1].Id | Should -BeNullOrEmpty
    }

    It 'sends no request for a trigger that a page does not reach' {
        $requests = Get-TroveScheduleExecution $new -First 1 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] -and "$_" -match '/executions\?' }
        $requests | Should -Not -BeNullOrEmpty
        "$requests" | Should -Not -BeLike "*$($old.TriggerId)*"
    }

    It 'can be deleted' {
        Get-TroveScheduleExecution $new | Select-Object -Last 1 | Remove-TroveScheduleExecution
        (Get-TroveScheduleExecution $new).Id | Should -Be @($runs | Select-Object -SkipLast 1).Id
    }
}

Describe 'Set-TroveBackupSchedule refuses' {
    BeforeAll {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description before
        $theirs = New-TroveBackupSchedule o '0 3 1 1 *' (New-TestName) -Session $other
        $trusts = @(Get-TestTrust).Count
    }

    AfterEach {
        (Get-TroveBackupSchedule -Id $schedule.Id).TriggerId | Should -Be $schedule.TriggerId -Because 'nothing is changed'
        (Get-TroveBackupSchedule -Id $theirs.Id -Session $other).TriggerId | Should -Be $theirs.TriggerId
    }

    AfterAll { Clear-TestCloud demo, other }

    It 'a wrong <Parameter>: <Value>' -ForEach @(
        @{ Parameter = 'Pattern'; Value = '61 3 * * *'; ErrorId = 'InvalidCronPattern' }
        @{ Parameter = 'Pattern'; Value = '* * * * * */5'; ErrorId = 'InvalidCronPattern' }
        @{ Parameter = 'Pattern'; Value = $null; ErrorId = 'InvalidCronPattern' }
        @{ Parameter = 'Name'; Value = ''; ErrorId = 'InvalidName' }
        @{ Parameter = 'Name'; Value = '数据'; ErrorId = 'InvalidName' }
        @{ Parameter = 'Name'; Value = 'x' * 256; ErrorId = 'InvalidName' }
        @{ Parameter = 'Description'; Value = "two`nlines"; ErrorId = 'InvalidDescription' }
        @{ Parameter = 'ParentId'; Value = 'lastnight'; ErrorId = 'InvalidParent' }
        @{ Parameter = 'ParentId'; Value = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'; ErrorId = 'BackupNotFound' }
        @{ Parameter = 'RemainingExecutions'; Value = 0; ErrorId = 'InvalidRemainingExecutions' }
        @{ Parameter = 'FirstExecutionTime'; Value = '2020-01-01T00:00Z'; ErrorId = 'InvalidFirstExecutionTime' }
    ) {
        $named = @{ $Parameter = $Value }
        $category = $ErrorId -eq 'BackupNotFound' ? 'ObjectNotFound' : 'InvalidArgument'
        Get-ErrorOf { $schedule | Set-TroveBackupSchedule @named } | Assert-Error $ErrorId $from $category
    }

    It 'a first time that Mistral might refuse after the old trigger is deleted' {
        Step-TestCloud -Seconds ((100 - (Get-TestTime).Second) % 60) # The next minute but one then begins in about 80 seconds.
        $null = Connect-TestCloud
        $soon = (Get-TestTime).AddSeconds(75)
        Get-ErrorOf { $schedule | Set-TroveBackupSchedule -FirstExecutionTime $soon } | Assert-Error InvalidFirstExecutionTime $from InvalidArgument -Says $schedule.Id, '90 seconds' -Advises later
    }

    It 'a pattern that lacks its quotes, and says how to write it' {
        "$((Get-ErrorOf { Set-TroveBackupSchedule $schedule.Id -Pattern 0 5 1 1 1 }).ErrorDetails.RecommendedAction)" | Should -BeLike '*Write the pattern in single quotes*'
    }

    It 'a schedule that is gone, or that there never was' {
        $gone = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $gone | Remove-TroveBackupSchedule -Confirm:$false
        foreach ($use in { $gone | Set-TroveBackupSchedule -Name pester-x }, { Set-TroveBackupSchedule $gone.Id -Name pester-x }, { $gone | Set-TroveBackupSchedule }) {
            Get-ErrorOf $use | Assert-Error ScheduleNotFound $from ObjectNotFound -Says $gone.Id -Advises Get-TroveBackupSchedule
        }
        @(Get-TestTrigger).name | Should -Not -Contain $gone.Id
    }

    It 'a schedule that has ended since it was read' {
        $short = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName) -AllowSeconds -RemainingExecutions 1
        $null = Wait-Until -For 'it to end' { $short.Id -notin (Get-TroveBackupSchedule).Id }
        Get-ErrorOf { $short | Set-TroveBackupSchedule -RemainingExecutions 5 } | Assert-Error ScheduleNotFound $from ObjectNotFound -Says $short.Id
        @(Get-TestTrigger).name | Should -Not -Contain $short.Id
    }

    It 'a schedule of an instance that is gone' {
        $id, $instance = 1..2 | ForEach-Object { "$([guid]::NewGuid())" }
        $null = Invoke-TestApi workflowv2 /cron_triggers Post @{ name = $id; workflow_name = 'trove.backup_create'; pattern = '0 3 1 1 *'; workflow_input = @{ instance = $instance; name = New-TestName } }
        Get-ErrorOf { Set-TroveBackupSchedule $id -Pattern '0 5 1 1 *' } | Assert-Error InstanceNotFound $from ObjectNotFound -Says $instance
    }

    It 'a schedule of another project' {
        Get-ErrorOf { $theirs | Set-TroveBackupSchedule -Name pester-x } | Assert-Error OtherProject $from PermissionDenied -Says $theirs.ProjectId
        Get-ErrorOf { Set-TroveBackupSchedule $theirs.Id -Name pester-x } | Assert-Error ScheduleNotFound $from ObjectNotFound -Says $theirs.Id
        Get-ErrorOf { $schedule | Set-TroveBackupSchedule -Name pester-x -Session $other } | Assert-Error OtherProject $from PermissionDenied -Says $schedule.ProjectId
    }

    It 'a schedule of another cloud' {
        $far = $schedule | Select-Object *
        $far.Origin = 'https://keystone.example/v3 RegionOne'
        Get-ErrorOf { $far | Set-TroveBackupSchedule -Name pester-x } | Assert-Error OtherCloud $from PermissionDenied -Says keystone.example
    }

    It 'an application credential, before anything is changed' {
        $session = Connect-TestCloud demo-appcred
        $null = Connect-TestCloud
        Get-ErrorOf { $schedule | Set-TroveBackupSchedule -Name pester-x -Session $session } | Assert-Error ApplicationCredential $from PermissionDenied -Says 'application credential' -Advises "user's name and password"
    }

    It 'a schedule whose data a newer version or another client wrote' {
        $id = "$([guid]::NewGuid())"
        $null = Invoke-TestApi workflowv2 /cron_triggers Post @{
            name = $id; workflow_name = 'trove.backup_create'; pattern = '0 3 1 1 *'; workflow_input = @{ instance = Get-TestInstanceId; name = New-TestName }
            workflow_params = @{ env = @{ trove_schedules = @{ version = 2 } } }
        }
        (Get-TroveBackupSchedule -Id $id).State | Should -Be Active
        Get-ErrorOf { Set-TroveBackupSchedule $id -Pattern '0 5 1 1 *' } | Assert-Error UnknownMetadata $from InvalidArgument -Says $id, 'version 2' -Advises 'new schedule'
        Remove-TroveBackupSchedule $id -Confirm:$false
    }
}

Describe 'A change that was cut off' {
    BeforeEach { $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) }

    AfterEach { Clear-TestCloud }

    It 'before the old trigger was deleted is undone by the next one' {
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        try {
            $broken = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2"; MaxRetry = 0 }
            $null = Connect-TestCloud
            $proxy.Answer('^DELETE /v2/cron_triggers/', 503, '{}', $null)
            Get-ErrorOf { $schedule | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' -Session $broken } | Assert-Error Unavailable $from ResourceUnavailable
        }
        finally { $proxy.Dispose() }
        $left = Get-TroveBackupSchedule -Id $schedule.Id
        $left.State, $left.Pattern | Should -Be Active, '0 3 1 1 *'
        (Get-TroveBackupSchedule m).ReplacementTriggerId | Should -Not -BeNullOrEmpty
        $after = $left | Set-TroveBackupSchedule -Description after -PassThru -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike "*'$schedule' was cut off*undone*"
        $after.Pattern, $after.Description | Should -Be '0 3 1 1 *', 'after'
        @(Get-TestTrigger).name | Should -Be $schedule.Id
    }

    It 'by Ctrl-C <When> reports that no schedule is half changed' -ForEach @(
        @{ When = 'before the old trigger is deleted'; Held = '^POST '; Pattern = '0 3 1 1 *' }
        @{ When = 'later, finishes the change and'; Held = '^DELETE '; Pattern = '0 5 1 1 *' }
    ) {
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        try {
            $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
            $null = Connect-TestCloud
            $gate = $proxy.Hold($Held)
            $stopping = Start-Change $schedule $session
            $proxy.WaitFor($Held, 1)
            $stop = $stopping.Shell.BeginStop($null, $null)
            $null = Wait-Until -Every 0.05 -For 'the stop to begin' { $stopping.Shell.InvocationStateInfo.State -ne 'Running' }
            if ($Held -eq '^DELETE ') { $gate.Open() }
            $stop.AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue
            $stopping.Shell.InvocationStateInfo.State | Should -Be Stopped
            $stopping.Shell.Dispose()
        }
        finally { $proxy.Dispose() }
        "$($stopping.Screen.Screen)".Trim() | Should -BeExactly 'WARNING: The command was stopped. No schedule is left half changed.'
        $left = Get-TroveBackupSchedule -Id $schedule.Id
        $left.State, $left.Pattern | Should -Be Active, $Pattern
    }

    It 'by Ctrl-C names each schedule whose change cannot be finished' {
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        try {
            $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2"; MaxRetry = 0 }
            $null = Connect-TestCloud
            $deletion = $proxy.Hold('^DELETE ')
            $stopping = Start-Change $schedule $session
            $proxy.WaitFor('^DELETE ', 1)
            $creation = $proxy.Hold('^POST ')
            $proxy.Answer('^POST /v2/cron_triggers', 503, '{}', $null)
            $deletion.Open()
            $proxy.WaitFor('^POST ', 2)
            $stop = $stopping.Shell.BeginStop($null, $null)
            $null = Wait-Until -Every 0.05 -For 'the stop to begin' { $stopping.Shell.InvocationStateInfo.State -ne 'Running' }
            $creation.Open()
            $stop.AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue
            $stopping.Shell.Dispose()
        }
        finally { $proxy.Dispose() }
        "$($stopping.Screen.Screen)".Trim() | Should -BeLike "WARNING: The change of the schedule '$schedule' was cut off*Resume-TroveBackupSchedule -Id $schedule*"
        ($schedule | Resume-TroveBackupSchedule -PassThru -WarningAction SilentlyContinue).Pattern | Should -BeExactly '0 5 1 1 *'
    }

    It 'by a later cmdlet that stops the pipeline finishes the change first' {
        $more = New-TroveBackupSchedule m '0 4 1 1 *' (New-TestName)
        $first = $schedule, $more | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' -PassThru | Select-Object -First 1
        $first.Pattern | Should -BeExactly '0 5 1 1 *'
        Get-TroveBackupSchedule -State Interrupted | Should -BeNullOrEmpty
        # The second change may have been stopped before its old trigger was deleted. Then its replacement is left, which never runs.
        @(Get-TestTrigger | Where-Object { "$($_.next_execution_time)" -notlike '*9999*' }).Count | Should -Be 2
    }

    It 'after that is shown as Interrupted, and is finished by <_>' -ForEach 'Set-TroveBackupSchedule', 'Suspend-TroveBackupSchedule', 'Resume-TroveBackupSchedule' {
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        try {
            $broken = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2"; MaxRetry = 0 }
            $null = Connect-TestCloud
            # The service accepts the replacement and the deletion, and nothing after that.
            $gate = $proxy.Hold('^DELETE /v2/cron_triggers/')
            $pipeline = [powershell]::Create().AddScript('param($manifest, $schedule, $session) Import-Module $manifest; $schedule | Set-TroveBackupSchedule -Pattern "0 5 1 1 *" -Session $session').AddArgument((Get-TestManifest)).AddArgument($schedule).AddArgument($broken)
            $running = $pipeline.BeginInvoke()
            $proxy.WaitFor('^DELETE ', 1)
            $proxy.Answer('^POST /v2/cron_triggers', 503, '{}', $null)
            $gate.Open()
            $null = $pipeline.EndInvoke($running)
            $record = $pipeline.Streams.Error[0]
            $pipeline.Dispose()
        }
        finally { $proxy.Dispose() }
        $record | Assert-Error ScheduleChangeInterrupted Set-TroveBackupSchedule ResourceUnavailable -Says $schedule.Id -Advises "Resume-TroveBackupSchedule -Id $schedule"
        $seen = Get-TroveBackupSchedule -State Interrupted -WarningVariable warnings 3>$null
        $seen.Id, $seen.State, $seen.NextExecutionTime | Should -Be $schedule.Id, Interrupted, $null
        "$warnings" | Should -BeLike "*cut off*Resume-TroveBackupSchedule -Id $schedule*"
        $seen | Format-Table | Out-String -Width 200 | Should -BeLike '*none (interrupted)*'
        $after = $seen | & $_ -PassThru -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike "*cut off*finished*"
        $after.Id, $after.Pattern, $after.EarlierTriggerIds | Should -Be $schedule.Id, '0 5 1 1 *', $schedule.TriggerId
        $after.State | Should -Be ($_ -eq 'Suspend-TroveBackupSchedule' ? 'Suspended' : 'Active')
        @(Get-TestTrigger).name | Should -Be $schedule.Id
    }
}

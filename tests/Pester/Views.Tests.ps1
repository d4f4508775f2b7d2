BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    # All that any cmdlet emits.
    $types = (Get-Command -Module TroveSchedules).OutputType.Name | Where-Object { $_ -like 'TroveSchedules.*' } | Sort-Object -Unique | ForEach-Object { @{ Type = $_ } }
    $tables = @(
        @{ Type = 'BackupSchedule'; Columns = 'Id', 'Name', 'Pattern', 'NextExecutionTime' } # The specification's,
        @{ Type = 'ScheduleExecution'; Columns = 'Id', 'ExecutionTime', 'State', 'Output' } # and this.
        @{ Type = 'Instance'; Columns = 'Id', 'Name', 'Status', 'Datastore', 'DatastoreVersion' }
        @{ Type = 'Backup'; Columns = 'Id', 'Name', 'Status', 'CreatedAt' }
        @{ Type = 'BackupRetentionDecision'; Columns = 'Id', 'Action', 'Rule', 'CreatedAt' }
        @{ Type = 'ScheduleOccurrence'; Columns = 'Time', 'ScheduleId', 'Pattern' }
        @{ Type = 'ScheduleHour'; Columns = 'Hour', 'Count' }
        @{ Type = 'ScheduleOverlap'; Columns = 'Time', 'ScheduleId', 'Gap', 'Count' }
        @{ Type = 'ScheduleHealth'; Columns = 'State', 'Instance', 'Name', 'LastBackup', 'Problems' }
        @{ Type = 'ScheduleSyncStep'; Columns = 'Action', 'Instance', 'Name', 'Changes' }
        @{ Type = 'InstalledWorkbook'; Columns = 'Name', 'Workflow', 'IsInstalled', 'IsCurrent', 'Scope', 'CreatedAt' }
        @{ Type = 'TroveSession'; Columns = 'Cloud', 'UserName', 'ProjectName', 'Region', 'TokenExpiresAt' }
        @{ Type = 'Cron.CronPatternReport'; Columns = 'Pattern', 'IsValid', 'Explanation' }
    ) | ForEach-Object { @{ Type = "TroveSchedules.$($_.Type)"; Columns = $_.Columns } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $server = New-TestKeystone
    $session = Connect-TestKeystone $server.Url @{ Region = 'RegionOne' }
    $time = [DateTimeOffset] '2016-06-14T14:49:59+02:00'
    $uuid = 'fb149a29-be9b-49c1-a2f7-ca6c1213896f'
    $other = '5328f62a-d999-4be3-90bb-83cc6af4469c'
    $project = '0123456789abcdef0123456789abcdef'
    $long = 'customer-orders-of-the-eastern-region-every-half-hour'
    # One of each, with every property set, and with names and texts that are too long.
    $things = @{
        BackupSchedule = [TroveSchedules.BackupSchedule] @{
            Id = $uuid; TriggerId = $other; Name = $long; InstanceId = $other; Pattern = '*/30 * * * *'; IsStuck = $true; Incremental = $true; RemainingExecutions = 3
            NextExecutionTime = $time; FirstExecutionTime = $time; CreatedAt = $time; UpdatedAt = $time; Input = '{"name": "myback"}'; ProjectId = $project
            Description = $long; ParentId = $other; State = 'Stuck'; SuspendedAt = $time; SuspendedReason = $long; SuspendedUntil = $time; IsResumeOverdue = $true
            EarlierTriggerIds = $other; ReplacementTriggerId = $other; Owner = 'dba-team'; Origin = 'https://keystone.example'
        }
        ScheduleExecution = [TroveSchedules.ScheduleExecution] @{
            Id = $uuid; ExecutionTime = $time; UpdatedAt = $time; State = 'CANCELLED'; Output = "{`"status`": `"$long`"}"; Reason = $long; BackupId = $other
            BackupStatus = 'COMPLETED'; ScheduleId = $other; TriggerId = $other; InstanceId = $other; Input = '{}'; StateInfo = $long; ProjectId = $project
        }
        ScheduleOccurrence = [TroveSchedules.ScheduleOccurrence] @{ Time = $time.ToUniversalTime(); Pattern = '0,15,30,45 8-18 * * mon-fri'; ScheduleId = $uuid }
        ScheduleHour = [TroveSchedules.ScheduleHour] @{ Hour = $time.ToUniversalTime(); Count = 12345 }
        ScheduleOverlap = [TroveSchedules.ScheduleOverlap] @{
            InstanceId = $other; ScheduleId = $uuid; NextScheduleId = $other; Time = $time.ToUniversalTime(); NextTime = $time.ToUniversalTime(); Gap = '1.02:03:04'; Count = 12345
            BackupDuration = '1.02:03:05'; ProjectId = $project; Origin = 'https://keystone.example'
        }
        ScheduleHealth = [TroveSchedules.ScheduleHealth] @{
            State = 'Critical'; ScheduleId = $uuid; Name = $long; InstanceId = $other; InstanceName = $long; InstanceStatus = 'SHUTDOWN'; Pattern = '*/30 * * * *'; Since = $time; CheckedAt = $time
            Problems = [TroveSchedules.HealthProblem[]] ('Missed', 'InstanceNotActive' | ForEach-Object { [TroveSchedules.HealthProblem] @{ Kind = $_; State = 'Critical'; Reason = $long; RecommendedAction = $long } })
            CountedSince = $time; Expected = 12; Missed = 2; MissedTimes = [DateTimeOffset[]] ($time, $time); Days = [TroveSchedules.ScheduleDay[]] @([TroveSchedules.ScheduleDay] @{ Date = $time; Succeeded = 2; Failed = 1; Missed = 3 }); Late = 1; Succeeded = 7; Failed = 3; FailureStreak = 2; LastExecutionTime = $time
            LastSuccessTime = $time; LastBackupTime = $time; LastBackupId = $other; LastBackupSize = 0.25; LastBackupDuration = '01:02:03'; InstanceBackupTime = $time; NextExecutionTime = $time
            ProjectId = $project; Origin = 'https://keystone.example'
        }
        ScheduleSyncStep = [TroveSchedules.ScheduleSyncStep] @{
            Action = 'Suspend'; Name = $long; InstanceId = $other; InstanceName = $long; ScheduleId = $uuid; Changes = "Description none to '$long'"; Owner = 'dba-team'; ProjectId = $project
            Origin = 'https://keystone.example'
        }
        Instance = [TroveSchedules.Instance] @{
            Id = $uuid; Name = $long; Status = 'SHUTDOWN'; Datastore = 'postgresql'; DatastoreVersion = '16.4'; Region = 'RegionOne'; VolumeSize = 20
        }
        Backup = [TroveSchedules.Backup] @{
            Id = $uuid; Name = $long; Status = 'COMPLETED'; CreatedAt = $time; UpdatedAt = $time; InstanceId = $other; Size = 0.25; ParentId = $other; Description = $long
            Datastore = 'mysql'; DatastoreVersion = '8.0'
        }
        BackupRetentionDecision = [TroveSchedules.BackupRetentionDecision] @{
            Id = $uuid; Name = $long; Status = 'COMPLETED'; CreatedAt = $time; InstanceId = $other; Size = 0.25; ParentId = $other; Action = 'Remove'; Rule = 'KeptIncrement'; Reason = $long
            IncrementCount = 12345; ScheduleId = $other; ProjectId = $project; Origin = 'https://keystone.example'
        }
        InstalledWorkbook = [TroveSchedules.InstalledWorkbook] @{
            Name = 'trove'; Workflow = 'trove.backup_create'; IsInstalled = $true; CreatedAt = $time; UpdatedAt = $time; Inputs = [string[]] ('instance', 'name')
            Scope = 'private'; ProjectId = $project
        }
        TroveSession = $session
        'Cron.CronPatternReport' = Test-TroveCronPattern '0,15,30,45 8-18 * * mon-fri'
    }
    $things.Keys.Clone() | ForEach-Object { $things["TroveSchedules.$_"] = $things.$_ }
    # Times as they are in UTC.
    $shown = '2016-06-14 12:49:59Z'

    function Show-Thing {
        <# The lines that a view gives, without the empty ones. #>
        param($Thing, [int] $Width = 200, [string] $As = 'Format-Table')
        ($Thing | & $As | Out-String -Width $Width) -split '\r?\n' | ForEach-Object TrimEnd | Where-Object { $_ }
    }
}

AfterAll {
    Disconnect-TroveSession
    $server.Dispose()
}

Describe 'What cmdlets emit: <Type>' -ForEach $types {
    BeforeAll { $thing = $things[$Type] }

    It 'is tried here' {
        $thing | Should -Not -BeNullOrEmpty
    }

    It 'has a table, a list and a wide view' {
        $controls = (Get-FormatData -TypeName $Type).FormatViewDefinition.Control | ForEach-Object { $_.GetType().Name }
        $controls | Sort-Object | Should -Be ListControl, TableControl, WideControl
    }

    It 'has a table with the expected columns' -ForEach ($tables | Where-Object Type -EQ $Type) {
        (Show-Thing $thing)[0] -split '\s+' | Where-Object { $_ } | Should -Be $Columns
    }

    # A terminal leaves its last column empty.
    It 'has a table that can be read at <_> columns, in a terminal''s width and in a file' -ForEach 59, 60, 79, 80, 99, 100, 119, 120 {
        $width = $_
        $thing | Format-Table | Out-File $TestDrive/table.txt -Width $width
        $lines = Show-Thing $thing -Width $width
        (Get-Content $TestDrive/table.txt).TrimEnd() | Where-Object { $_ } | Should -Be $lines
        $line = [array]::FindIndex([string[]] $lines, [Predicate[string]] { $args[0] -match '^-+( |$)' })
        $line | Should -BeIn 1, 2 -Because 'no heading is spread over more than two lines'
        $lines.Count | Should -Be ($line + 2) -Because 'an object has one line'
        foreach ($one in $lines) { $one.Length | Should -BeLessOrEqual $width }
        $full = Show-Thing $thing
        # Where the columns begin, and how wide they are.
        $columns = @([regex]::Matches($lines[$line], '-+').Index)
        $columns.Count | Should -BeGreaterOrEqual 2
        for ($i = 0; $i -lt $columns.Count; $i++) {
            $end = $i + 1 -lt $columns.Count ? $columns[$i + 1] - 1 : $width
            $cell = $lines[-1].PadRight($width).Substring($columns[$i], $end - $columns[$i]).TrimEnd()
            $whole = ([regex]::Matches($full[1], '-+').Index)[$i], ([regex]::Matches($full[1], '-+').Index)[$i + 1]
            $text = $full[2].PadRight(200).Substring($whole[0], ($whole[1] ? $whole[1] - 1 : 200) - $whole[0]).TrimEnd()
            $heading = ($full[0] -split '\s+')[$i]
            if ($cell -cne $text) {
                $cell | Should -BeLike '*…' -Because 'an ellipsis shows a cut'
                $text.TrimEnd('…') | Should -BeLike "$([WildcardPattern]::Escape($cell.TrimEnd('…')))*"
            }
            $least = switch -Wildcard ($heading) { *Id { 36 } Name { 12 } *Time { 16 } *At { 16 } State { 4 } Status { 7 } Pattern { 9 } default { 3 } }
            if ($heading -ne 'Pattern' -or $width -ge 79) { $cell.Length | Should -BeGreaterOrEqual ([Math]::Min($least, $text.Length)) -Because "$heading at $width" }
        }
        if ($width -ge 79) { $columns.Count | Should -Be ($full[0].Trim() -split '\s+').Count -Because 'all columns are there' }
        if ($width -ge 99) {
            foreach ($moment in [regex]::Matches($full[2], '\d{4}-\S+ \S+Z( \(.*?\))?').Value) { $lines[-1] | Should -BeLike "*$moment*" }
        }
    }

    It 'has a table that shows a long name whole with -AutoSize' {
        if (-not $thing.PSObject.Properties['Name'] -or $Type -in 'TroveSchedules.InstalledWorkbook', 'TroveSchedules.BackupRetentionDecision') { return }
        ($thing | Format-Table -AutoSize | Out-String -Width 200) | Should -BeLike "* $long *"
    }

    It 'has a list with every property' {
        $labels = Show-Thing $thing -As Format-List | ForEach-Object { if ($_ -match '^(\w+)\s*:') { $Matches[1] } }
        foreach ($property in $thing.GetType().GetProperties([Reflection.BindingFlags] 'Public, Instance').Name) { $labels | Should -Contain $property }
    }

    It 'has a list with every time in UTC, with Z and the relative time' {
        $text = $thing | Format-List | Out-String -Width 200
        foreach ($property in $thing.GetType().GetProperties([Reflection.BindingFlags] 'Public, Instance') | Where-Object PropertyType -In ([DateTimeOffset]), ([Nullable[DateTimeOffset]])) {
            $distance = if ($property.Name -ne 'CloudTime') { ' \((now|in \d+ (s|min|h|d)|\d+ (s|min|h|d) ago)\)' } # That is now.
            $text | Should -Match "(?m)^$($property.Name) +: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$distance\r?$"
        }
        $text | Should -Not -Match '[+-]\d\d:\d\d\b(?!-)' -Because 'a time with an offset is none that ends in Z'
    }

    It 'has a wide view with one line' {
        $lines = @(Show-Thing $thing -As Format-Wide)
        $lines.Count | Should -Be 1
        $lines | Should -Match '\w'
    }

    It 'looks the same when it comes out of serialisation' {
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thing, 2))
        foreach ($view in 'Format-Table', 'Format-List', 'Format-Wide') {
            Show-Thing $copy -As $view | Where-Object { $_ -notlike 'CloudTime*' } | Should -Be (Show-Thing $thing -As $view | Where-Object { $_ -notlike 'CloudTime*' })
        }
    }
}

Describe 'What comes without being asked for' {
    It 'is the table of <_>' -ForEach 'BackupSchedule', 'ScheduleExecution', 'ScheduleOccurrence', 'ScheduleHour', 'ScheduleOverlap', 'ScheduleHealth', 'ScheduleSyncStep', 'Instance', 'Backup', 'BackupRetentionDecision' {
        $things.$_ | Out-String -Width 200 | Should -BeExactly ($things.$_ | Format-Table | Out-String -Width 200)
    }

    It 'is the list of <_>, of which one looks at one' -ForEach 'InstalledWorkbook', 'TroveSession', 'Cron.CronPatternReport' {
        $things.$_ | Out-String -Width 200 | Should -BeExactly ($things.$_ | Format-List | Out-String -Width 200)
    }
}

Describe 'The tables of the specification' {
    It 'show a schedule as schedule-list does' {
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $other; Name = 'myback'; Pattern = '*/2 * * * *'; NextExecutionTime = $time; Input = '{}' }
        Show-Thing $schedule | Select-Object -Last 1 | Should -Match "^$uuid +myback +\*/2 \* \* \* \* +$shown \(\d+ d ago\)$"
    }

    It 'show short names and patterns whole at <Width> columns' -ForEach @(
        @{ Width = 59; Pattern = '0 3 * * *' }, @{ Width = 79; Pattern = '0 */2 * * *' }, @{ Width = 80; Pattern = '0 */2 * * *' }, @{ Width = 99; Pattern = '0 */2 * * *' }, @{ Width = 119; Pattern = '0 */2 * * *' }
    ) {
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $other; Name = 'nightly-db12'; Pattern = $Pattern; NextExecutionTime = $time; Input = '{}' }
        Show-Thing $schedule -Width $Width | Select-Object -Last 1 | Should -Match "^$uuid nightly-db12 $([regex]::Escape($Pattern))( |$)"
    }

    It 'show a schedule without a pattern as one that runs once' {
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $other; Name = 'once'; NextExecutionTime = $time; Input = '{}' }
        Show-Thing $schedule | Select-Object -Last 1 | Should -Match "^$uuid +once +\(once\) +$shown "
    }

    It 'show in the place of the next time why a schedule does not run: <Shown>' -ForEach @(
        @{ With = @{ State = 'Suspended' }; Shown = 'suspended' }
        @{ With = @{ State = 'Suspended'; IsResumeOverdue = $true }; Shown = 'suspended (resume overdue)' }
        @{ With = @{ State = 'Interrupted' }; Shown = 'none (interrupted)' }
    ) {
        $schedule = [TroveSchedules.BackupSchedule] (@{ Id = $uuid; TriggerId = $other; Name = 'myback'; Pattern = '*/2 * * * *'; Input = '{}' } + $With)
        Show-Thing $schedule | Select-Object -Last 1 | Should -Match "^$uuid +myback +\*/2 \* \* \* \* +$([regex]::Escape($Shown))$"
        $schedule | Format-List | Out-String | Should -Match "(?m)^NextExecutionTime +: $([regex]::Escape($Shown))\r?$"
        $states = $schedule.State, [int] $schedule.State, "$($schedule.State)", [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($schedule)).State
        foreach ($state in $states) { [TroveSchedules.Formatting.Views]::NextTime($null, $state, $null, $schedule.IsResumeOverdue) | Should -BeExactly $Shown }
    }

    It 'show the next time of a schedule that runs or is stuck, whatever form its state has' {
        foreach ($state in [TroveSchedules.ScheduleState]::Stuck, 2, 'Stuck', 'Active', 0, 'unheard of', $null) {
            [TroveSchedules.Formatting.Views]::NextTime($time, $state) | Should -Match "^$shown \(\d+ d ago\)$"
        }
    }

    It 'show an execution as execution-list does' {
        $execution = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; ExecutionTime = $time; State = 'SUCCESS'; Output = '{"status": "Backup complete"}' }
        Show-Thing $execution | Select-Object -Last 1 | Should -BeExactly "$uuid 2016-06-14 12:50Z SUCCESS   {""status"": ""Backup complete""}"
    }

    It 'show when an execution was to the nearest minute: <Time>' -ForEach @(
        @{ Time = '2016-06-14T02:59:58Z'; Minute = '2016-06-14 03:00Z' }, @{ Time = '2016-06-14T03:00:29Z'; Minute = '2016-06-14 03:00Z' }
        @{ Time = '2016-12-31T23:59:58+00:00'; Minute = '2017-01-01 00:00Z' }, @{ Time = '9999-12-31T23:59:59Z'; Minute = '9999-12-31 23:59Z' }
        @{ Time = '0001-01-01T00:00:00Z'; Minute = '0001-01-01 00:00Z' }
    ) {
        [TroveSchedules.Formatting.Views]::UtcMinute([DateTimeOffset]::Parse($Time, [cultureinfo]::InvariantCulture)) | Should -BeExactly $Minute
    }

    It 'show why an execution failed in the place of its output, on one line' {
        $failed = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'ERROR'; ExecutionTime = $time; Output = '{"result": "Failure caused by"}'; Reason = 'Instance x is not ready. (HTTP 422)' }
        Show-Thing $failed | Select-Object -Last 1 | Should -Match 'ERROR +Instance x is not ready\. \(HTTP 422\)$'
    }

    It 'do not change with the culture' {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = 'ar-SA'
            $things.BackupSchedule | Out-String -Width 200 | Should -BeLike "*$shown (* d ago)*"
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }
}

Describe 'The wide view' {
    It 'shows the name, or the id of what has none: <_>' -ForEach 'BackupSchedule', 'Instance', 'Backup' {
        Show-Thing $things.$_ -As Format-Wide | Should -BeExactly $long
        Show-Thing (New-Object "TroveSchedules.$_" -Property @{ Id = $uuid }) -As Format-Wide | Should -BeExactly $uuid
    }

    It 'shows when an execution was, and what became of it' {
        Show-Thing $things.ScheduleExecution -As Format-Wide | Should -BeExactly "$shown CANCELLED"
    }

    It 'shows the address of a session that has no cloud''s name' {
        Show-Thing $session -As Format-Wide | Should -BeLike "$($server.Url)*"
    }
}

Describe 'How far a time is' {
    It 'is <Words> at <After>' -ForEach @(
        @{ After = '0:00:00'; Words = 'now' }, @{ After = '0:00:00.999'; Words = 'now' }, @{ After = '-0:00:00.999'; Words = 'now' }
        @{ After = '0:00:01'; Words = 'in 1 s' }, @{ After = '-0:00:01'; Words = '1 s ago' }, @{ After = '0:00:58.5'; Words = 'in 58 s' }, @{ After = '-0:00:12'; Words = '12 s ago' }
        @{ After = '0:00:59.999'; Words = 'in 59 s' }, @{ After = '-0:00:59.999'; Words = '59 s ago' }
        @{ After = '0:01:00'; Words = 'in 1 min' }, @{ After = '0:01:59.999'; Words = 'in 1 min' }, @{ After = '0:02:00'; Words = 'in 2 min' }
        @{ After = '-0:01:00'; Words = '1 min ago' }, @{ After = '-0:05:59'; Words = '5 min ago' }
        @{ After = '0:59:59.999'; Words = 'in 59 min' }, @{ After = '-0:59:59.999'; Words = '59 min ago' }
        @{ After = '1:00:00'; Words = 'in 1 h' }, @{ After = '-1:00:00'; Words = '1 h ago' }, @{ After = '1:59:59'; Words = 'in 1 h' }
        @{ After = '23:59:59.999'; Words = 'in 23 h' }, @{ After = '-23:59:59.999'; Words = '23 h ago' }
        @{ After = '1.00:00:00'; Words = 'in 1 d' }, @{ After = '-1.00:00:00'; Words = '1 d ago' }, @{ After = '1.23:59:59'; Words = 'in 1 d' }
        @{ After = '400.00:00:00'; Words = 'in 400 d' }
    ) {
        $now = [DateTimeOffset] '2026-11-22T20:04:00Z'
        [TroveSchedules.Formatting.Views]::Distance($now + [TimeSpan] $After, $now) | Should -BeExactly $Words
        [TroveSchedules.Formatting.Views]::Distance(($now + [TimeSpan] $After).ToOffset('05:30:00'), $now) | Should -BeExactly $Words
    }

    It 'can be told of all times' {
        [TroveSchedules.Formatting.Views]::Distance([DateTimeOffset]::MaxValue, [DateTimeOffset]::MinValue) | Should -BeExactly 'in 3652058 d'
    }

    Context 'with a sandbox that was stepped' {
        BeforeAll {
            $sandbox = Connect-TroveSession -Sandbox -SandboxSpeed 0
            $null = Install-TroveWorkbook
            $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
        }

        AfterAll { $sandbox | Disconnect-TroveSession }

        It 'is told by the sandbox''s clock' {
            Step-TroveSandbox ($schedule.NextExecutionTime.AddDays(10).AddMinutes(-4) - $sandbox.CloudTime)
            $sandbox.CloudTime | Should -Be $schedule.NextExecutionTime.AddDays(10).AddMinutes(-4)
            Get-TroveBackupSchedule | Out-String -Width 200 | Should -BeLike '*Z (in 4 min)*'
            Get-TroveScheduleExecution $schedule -First 1 | Format-List | Out-String -Width 200 | Should -BeLike '*ExecutionTime : *Z (23 h ago)*'
        }

        It 'is told by the clock of the object''s own cloud, whatever the default session is' {
            Step-TroveSandbox 00:00:30
            $other = Connect-TroveSession -Sandbox -SandboxSpeed 0
            try {
                $now = Get-TroveBackupSchedule -Session $sandbox
                foreach ($seen in $now, [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($now))) {
                    $seen | Out-String -Width 200 | Should -BeLike '*Z (in 3 min)*'
                    $seen | Format-List | Out-String -Width 200 | Should -BeLike '*NextExecutionTime*Z (in 3 min)*'
                }
                $sandbox | Format-List | Out-String -Width 200 | Should -Match 'TokenExpiresAt +: .*Z \((in [0-9]+ min|[0-9]+ d ago)\)'
                $real = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'SUCCESS'; Origin = 'https://keystone.example'; ExecutionTime = [DateTimeOffset]::UtcNow.AddHours(-3).AddMinutes(-1) }
                Step-TroveSandbox 1.00:00:00
                $real | Format-List | Out-String -Width 200 | Should -BeLike '*Z (3 h ago)*' -Because 'the sandbox''s clock is not that cloud''s'
            }
            finally {
                $other | Disconnect-TroveSession
            }
        }

        It 'of a pattern''s next times is told by the clock that they were reckoned by, which is ours' {
            Test-TroveCronPattern '* * * * *' | Format-List | Out-String -Width 200 | Should -Match 'NextExecutionTimes : .*\(in [0-9]+ s\)'
            Get-TroveScheduleOccurrence '* * * * *' -First 1 | Format-List | Out-String -Width 200 | Should -Match 'Time +: .*\((in [0-9]+ s|in 1 min)\)'
        }

        It 'is told by our own clock once the session has ended' {
            $sandbox | Disconnect-TroveSession
            [TroveSchedules.Formatting.Views]::Time([DateTimeOffset]::UtcNow) | Should -BeLike '*Z (now)'
            $sandbox.CloudTime | Should -BeNullOrEmpty -Because 'PowerShell makes nothing of a property that throws'
        }

        It 'is not told of a sandbox that has ended, or is another process''s' {
            $ended = Connect-TroveSession -Sandbox -SandboxSpeed 0
            $null = Install-TroveWorkbook
            $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
            $ended | Disconnect-TroveSession
            $others = $schedule | Select-Object *
            $others.Origin = 'http://sandbox-1-000000.invalid:5000 RegionOne'
            foreach ($seen in $schedule, $others) {
                $shown = [TroveSchedules.Formatting.Views]::Time($seen.NextExecutionTime, $seen.Origin)
                $shown | Should -Match '^[0-9-]{10} [0-9:]{8}Z$'
            }
            $schedule | Format-List | Out-String -Width 200 | Should -Match 'NextExecutionTime +: .*Z\r?\n'
        }
    }
}

Describe 'A time that is none' {
    It 'is shown as it is' {
        [TroveSchedules.Formatting.Views]::Time($null) | Should -BeNullOrEmpty
        [TroveSchedules.Formatting.Views]::Utc($null) | Should -BeNullOrEmpty
        [TroveSchedules.Formatting.Views]::UtcMinute($null) | Should -BeNullOrEmpty
        [TroveSchedules.Formatting.Views]::UtcMinute('soon') | Should -BeExactly soon
        [TroveSchedules.Formatting.Views]::Times($null) | Should -BeNullOrEmpty
        [TroveSchedules.Formatting.Views]::Times(@()) | Should -BeNullOrEmpty
        [TroveSchedules.Formatting.Views]::NextTime($null, 'Stuck') | Should -BeNullOrEmpty
        [TroveSchedules.Formatting.Views]::Time('soon') | Should -BeExactly soon
    }
}

Describe 'Colour' {
    BeforeAll {
        $before = $PSStyle.OutputRendering
        $escape = [string] [char] 27
        $failed = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'ERROR'; ExecutionTime = $time }
    }

    BeforeEach { $PSStyle.OutputRendering = 'Host' } # It is PlainText where NO_COLOR is set.

    AfterEach { $PSStyle.OutputRendering = $before }

    It 'of <State> is <Group>.<Name> of $PSStyle' -ForEach @(
        'SUCCESS', 'COMPLETED', 'ACTIVE' | ForEach-Object { @{ State = $_; Group = 'Foreground'; Name = 'Green' } }
        'ERROR', 'FAILED', 'DELETE_FAILED' | ForEach-Object { @{ State = $_; Group = 'Formatting'; Name = 'Error' } }
        'RUNNING', 'NEW', 'BUILDING', 'SAVING', 'BUILD', 'BACKUP', 'REBOOT', 'RESIZE', 'UPGRADE' | ForEach-Object { @{ State = $_; Group = 'Formatting'; Name = 'Warning' } }
    ) {
        [TroveSchedules.Formatting.Views]::State($State) | Should -BeExactly "$($PSStyle.$Group.$Name)$State$($PSStyle.Reset)"
    }

    It 'is none of <_>' -ForEach 'IDLE', 'PAUSED', 'CANCELLED', 'SHUTDOWN', 'NOT_FOUND', 'success', '' {
        [TroveSchedules.Formatting.Views]::State($_) | Should -BeExactly $_
    }

    It 'is what the user made it' {
        $mine = $PSStyle.Formatting.Error
        try {
            $PSStyle.Formatting.Error = $PSStyle.Foreground.BrightMagenta
            [TroveSchedules.Formatting.Views]::State('ERROR') | Should -BeExactly "$($PSStyle.Foreground.BrightMagenta)ERROR$($PSStyle.Reset)"
        }
        finally { $PSStyle.Formatting.Error = $mine }
    }

    It 'marks the next time of a schedule that is stuck, interrupted or overdue to be resumed, and of no other' {
        $warning, $reset = [WildcardPattern]::Escape($PSStyle.Formatting.Warning), [WildcardPattern]::Escape($PSStyle.Reset)
        [TroveSchedules.Formatting.Views]::NextTime($time, 'Stuck') | Should -BeLike "$warning$shown (*)$reset"
        [TroveSchedules.Formatting.Views]::NextTime($null, 'Interrupted') | Should -BeLike "${warning}none (interrupted)$reset"
        [TroveSchedules.Formatting.Views]::NextTime($null, 'Suspended', $null, $true) | Should -BeLike "${warning}suspended (resume overdue)$reset"
        [TroveSchedules.Formatting.Views]::NextTime($time, 'Active') | Should -BeLike "$shown (*)"
        [TroveSchedules.Formatting.Views]::NextTime($null, 'Suspended') | Should -BeExactly suspended
    }

    It 'takes no room in a table' {
        $PSStyle.OutputRendering = 'Ansi'
        foreach ($thing in $things.BackupSchedule, $things.Backup, $things.Instance, $failed) {
            foreach ($width in 79, 99) {
                $plain = [Management.Automation.Internal.StringDecorated]::new(($thing | Format-Table | Out-String -Width $width)).ToString('PlainText')
                $PSStyle.OutputRendering = 'PlainText'
                $plain | Should -BeExactly ($thing | Format-Table | Out-String -Width $width)
                $PSStyle.OutputRendering = 'Ansi'
            }
        }
    }

    It 'is at a screen that understands it, in the table, the list and the wide view' {
        foreach ($view in 'Format-Table', 'Format-List', 'Format-Wide') {
            $screen = Invoke-AtScreen "`$thing | $view | Out-Default" -Variables @{ thing = $failed } -Colour
            "$($screen.Screen)".Contains("$($PSStyle.Formatting.Error)ERROR$($PSStyle.Reset)") | Should -BeTrue -Because "$view has it"
        }
    }

    It 'is not where the user wants plain text, as NO_COLOR tells PowerShell' {
        $PSStyle.OutputRendering = 'PlainText'
        $screen = Invoke-AtScreen '$thing | Out-Default; $thing | Format-List | Out-Default' -Variables @{ thing = $failed } -Colour
        # In such a host PowerShell's own headings keep their colours. Only the console host removes them.
        "$($screen.Screen)" | Should -Match '(?m)2016-06-14 12:50Z ERROR *\r?$'
        "$($screen.Screen)" | Should -Match '(?m)^State +: ERROR\r?$|State.* : .*ERROR\r?$'
        "$($screen.Screen)".Contains("$($PSStyle.Formatting.Error)ERROR") | Should -BeFalse
    }

    It 'is not in what is redirected or captured, unless the user wants that' {
        $failed > $TestDrive/table.txt
        $failed | Format-List | Out-File $TestDrive/list.txt
        foreach ($text in ($failed | Out-String), (Get-Content $TestDrive/table.txt -Raw), (Get-Content $TestDrive/list.txt -Raw)) {
            $text | Should -BeLike '*ERROR*'
            $text.Contains($escape) | Should -BeFalse
        }
        $PSStyle.OutputRendering = 'Ansi'
        ($failed | Out-String).Contains("$($PSStyle.Formatting.Error)ERROR") | Should -BeTrue
    }
}

Describe 'An emitted object' {
    It 'is its id as text: <_>' -ForEach 'BackupSchedule', 'ScheduleExecution', 'Instance', 'Backup' {
        "$($things.$_)" | Should -BeExactly $things.$_.Id
    }
}

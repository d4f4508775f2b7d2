BeforeDiscovery {
    $refused = @(
        # Six or seven fields
        @{ Pattern = '0 0 2 * * *'; Says = 'six fields'; Advises = 'or allow them (AllowSeconds)' }
        @{ Pattern = '0 0 3 * * * 2027'; Says = '7 fields' }
        # Never
        @{ Pattern = '0 0 30 2 *'; Field = 'day-of-month'; Says = "'30' never comes in month '2'" }
        @{ Pattern = '0 0 31 4,6,9,11 *'; Field = 'day-of-month'; Says = "'31' never comes in month '4,6,9,11'" }
        @{ Pattern = '0 0 31 feb *'; Field = 'day-of-month'; Says = 'never' }
        @{ Pattern = '0 0 30 2 0'; Warns = $true }
        # Rejected by some or all versions
        @{ Pattern = '0 0 L-2 * *'; Field = 'day-of-month'; Says = 'L-2' }
        @{ Pattern = '0 0 LW * *'; Field = 'day-of-month'; Says = 'LW' }
        @{ Pattern = '0 0 15W * *'; Field = 'day-of-month'; Says = '15W' }
        @{ Pattern = '0 0 * * 5L'; Field = 'day-of-week'; Says = '5L'; Advises = 'L5' }
        @{ Pattern = 'H * * * *'; Field = 'minute'; Says = "'H'" }
        @{ Pattern = 'H/15 * * * *'; Field = 'minute'; Says = 'H/15' }
        @{ Pattern = 'R * * * *'; Field = 'minute'; Says = "'R'" }
        @{ Pattern = 'R(0-29) * * * *'; Field = 'minute'; Says = 'R(0-29)' }
        @{ Pattern = '0 0 ? * 5'; Field = 'day-of-month'; Says = "'?'"; Advises = "'*'" }
        @{ Pattern = '@reboot'; Says = '@reboot' }
        @{ Pattern = '@every 5m'; Says = '@every'; Advises = '*/5 * * * *' }
        @{ Pattern = 'TZ=Europe/Berlin 0 3 * * *'; Says = 'time zone'; Advises = 'UTC' }
        @{ Pattern = 'CRON_TZ=Europe/Berlin 0 3 * * *'; Says = 'time zone'; Advises = 'UTC' }
        # Day-of-month together with x#n
        @{ Pattern = '0 0 13 * 5#2'; Field = 'day-of-week'; Says = '5#2' }
        # Malformed
        @{ Pattern = ''; Says = 'empty' }
        @{ Pattern = '   '; Says = 'empty' }
        @{ Pattern = '0 3 * *'; Says = '4 of the five fields' }
        @{ Pattern = '61 * * * *'; Field = 'minute'; Position = 1; Says = '61' }
        @{ Pattern = '0 24 * * *'; Field = 'hour'; Position = 3; Says = '24' }
        @{ Pattern = '0 0 0 * *'; Field = 'day-of-month'; Position = 5; Says = '0' }
        @{ Pattern = '0 0 1 13 *'; Field = 'month'; Position = 7; Says = '13' }
        @{ Pattern = '0 0 * * 8'; Field = 'day-of-week'; Position = 9; Says = '8' }
        @{ Pattern = '-1 * * * *'; Field = 'minute'; Says = '-1' }
        @{ Pattern = '1,,2 * * * *'; Field = 'minute'; Says = '1,,2' }
        @{ Pattern = '*/0 * * * *'; Field = 'minute'; Says = '*/0' }
        @{ Pattern = '*/1.5 * * * *'; Field = 'minute'; Says = '*/1.5' }
        @{ Pattern = '5-1 * * * *'; Field = 'minute'; Warns = $true }
        @{ Pattern = '0 0 * * Sunday'; Field = 'day-of-week'; Says = 'Sunday'; Advises = 'sun' }
        @{ Pattern = '0 0 * * 1#6'; Field = 'day-of-week'; Says = '1#6' }
        @{ Pattern = 'every night'; Says = 'fields' }
        @{ Pattern = "$('0,' * 60)0 * * * *"; Says = '100' }
    )
    $refusedOnly = $refused | Where-Object { -not $_.Warns }
    $warned = @(
        @{ Pattern = '0 0 1-31 * 1' }
        @{ Pattern = '0 0 */1 * 1' }
        @{ Pattern = '0 0 13 * 0-6' }
        @{ Pattern = '0 0 * * fri-mon' }
        @{ Pattern = '0 22-2 * * *' }
        @{ Pattern = '0 0 1 nov-feb *' }
        @{ Pattern = '5-1 * * * *' }
        @{ Pattern = '0 0 * * 1/2' }
        @{ Pattern = '5-5 * * * *' }
        @{ Pattern = '59/15 * * * *' }
        @{ Pattern = '0 23/6 * * *' }
        @{ Pattern = '0 0 31/5 * *' }
        @{ Pattern = '0 0 1 12/3 *' }
        @{ Pattern = '0 0 * * 6/2' }
        @{ Pattern = '0 0 31 2 0' }
        @{ Pattern = '*/61 * * * *' }
    )
    $agreed = @(
        '* * * * *', '*/2 * * * *', '5/15 * * * *', '5-59/15 * * * *', '0 3 * * mon-fri', '0 3 * * MON', '0 3 * * 7', '0 3 1 jan *', '0 0 L * *', '0 0 15,L * *',
        '0 0 * * L5', '0 0 * * 5#3', '0 0 * * fri#1', '0 0 * * mon#2,tue#3', "0`t3 * * *", ' 0 3 * * * ', '0 0 29 2 *', '0 0 13 * 5', '0 0 */2 * 1',
        '@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'
    ) | ForEach-Object { @{ Pattern = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $server = New-TestKeystone
    $null = Connect-TestKeystone $server.Url
}

AfterAll {
    Disconnect-TroveSession
    $server.Dispose()
}

Describe "A pattern that Mistral's versions do not agree to take: '<Pattern>'" -ForEach $refusedOnly {
    It 'is no good to Test-TroveCronPattern, which names the field, the position and the reason' {
        $report = Test-TroveCronPattern $Pattern
        $report.IsValid | Should -BeFalse
        $report.Pattern | Should -BeExactly $Pattern
        $report.Field | Should -Be $Field
        if ($Position) { $report.Position | Should -Be $Position }
        if ($Field) { $report.Position | Should -BeGreaterThan 0 }
        $report.Reason | Should -BeLike "*$([WildcardPattern]::Escape($Says))*"
        $report.Explanation | Should -BeNullOrEmpty
        $report.NextExecutionTimes | Should -BeNullOrEmpty
        Test-TroveCronPattern $Pattern -Quiet | Should -BeFalse
    }

    It 'is refused by Get-TroveScheduleOccurrence' {
        Get-ErrorOf { Get-TroveScheduleOccurrence -Pattern $Pattern } |
            Assert-Error InvalidCronPattern Get-TroveScheduleOccurrence InvalidArgument -Says $Says -Advises @($Advises | Where-Object { $_ })
    }

    It 'is refused by New-TroveBackupSchedule before it sends a request' {
        $before = $server.Requests.Count
        $record = Get-ErrorOf { New-TroveBackupSchedule m $Pattern pester }
        $record | Assert-Error InvalidCronPattern New-TroveBackupSchedule InvalidArgument -Says $Says -Advises @($Advises | Where-Object { $_ })
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $record.TargetObject | Should -BeExactly $Pattern
        $server.Requests.Count | Should -Be $before
    }
}

Describe "A pattern that Mistral's versions read in different ways: '<Pattern>'" -ForEach $warned {
    It 'is good, with a warning' {
        $report = Test-TroveCronPattern $Pattern
        $report.IsValid | Should -BeTrue
        $report.Warnings | Should -Not -BeNullOrEmpty
    }
}

Describe "A pattern that all versions of Mistral agree on: '<Pattern>'" -ForEach $agreed {
    It 'is good, without a warning' {
        $report = Test-TroveCronPattern $Pattern
        $report.IsValid | Should -BeTrue -Because $report.Reason
        $report.Warnings | Should -BeNullOrEmpty
        $report.Explanation | Should -Not -BeNullOrEmpty
        $report.NextExecutionTimes.Count | Should -Be 3
        $report.NextExecutionTimes | ForEach-Object { $_.Offset | Should -Be ([TimeSpan]::Zero) }
        Test-TroveCronPattern $Pattern -Quiet | Should -BeTrue
    }
}

Describe 'Test-TroveCronPattern' {
    It 'looks at each pattern of a pipeline' {
        ('0 3 * * *', 'nonsense', '@daily' | Test-TroveCronPattern).IsValid | Should -Be $true, $false, $true
    }

    It 'reports that two restricted days are a union' {
        (Test-TroveCronPattern '0 0 13 * 5').Explanation | Should -Match '\b(13|13th)\b.*(and|or).*Friday'
    }

    It 'takes a sixth field with -AllowSeconds only, and then calls it seconds' {
        (Test-TroveCronPattern '0 3 * * * 30').IsValid | Should -BeFalse
        $report = Test-TroveCronPattern '0 3 * * * 30' -AllowSeconds
        $report.IsValid | Should -BeTrue
        $report.Explanation | Should -Match 'second|03:00:30'
    }

    It 'takes null and an empty pipeline for nothing' {
        @() | Test-TroveCronPattern | Should -BeNullOrEmpty
        { $null | Test-TroveCronPattern -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }
}

Describe 'Get-TroveScheduleOccurrence' {
    It 'gives the next times in UTC, five by default' {
        $times = Get-TroveScheduleOccurrence -Pattern '0 3 * * *' -From '2026-02-27T12:00:00Z'
        $times.Time | ForEach-Object ToString 'yyyy-MM-ddTHH:mm:sszzz' | Should -Be (
            '2026-02-28T03:00:00+00:00', '2026-03-01T03:00:00+00:00', '2026-03-02T03:00:00+00:00', '2026-03-03T03:00:00+00:00', '2026-03-04T03:00:00+00:00')
        $times[0].Pattern | Should -BeExactly '0 3 * * *'
        $times[0].ScheduleId | Should -BeNullOrEmpty
    }

    It 'joins day-of-month and day-of-week' {
        (Get-TroveScheduleOccurrence -Pattern '0 0 13 * 5' -From '2026-11-01Z' -First 4).Time.Day | Should -Be 6, 13, 20, 27
        (Get-TroveScheduleOccurrence -Pattern '0 0 13 * 5' -From '2026-12-01Z' -First 3).Time.Day | Should -Be 4, 11, 13
    }

    It 'begins after the moment, not at it' {
        (Get-TroveScheduleOccurrence -Pattern '0 3 * * *' -From '2026-02-28T03:00:00Z' -First 1).Time | Should -Be ([DateTimeOffset] '2026-03-01T03:00:00Z')
    }

    It 'reads a sixth field as seconds' {
        (Get-TroveScheduleOccurrence -Pattern '* * * * * */20' -AllowSeconds -From '2026-01-01Z' -First 3).Time.Second | Should -Be 20, 40, 0
    }

    It 'takes the times of schedules from the pipeline: first the one that Mistral names, then as many as remain' {
        $schedule = [TroveSchedules.BackupSchedule] @{
            Id = 'a'; TriggerId = 'b'; Input = '{}'; Pattern = '0 3 * * *'; NextExecutionTime = [DateTimeOffset] '2030-05-05T17:00Z'; RemainingExecutions = 3
        }
        $times = $schedule | Get-TroveScheduleOccurrence
        $times.Time | ForEach-Object ToString 'yyyy-MM-dd HH:mm' | Should -Be '2030-05-05 17:00', '2030-05-06 03:00', '2030-05-07 03:00'
        $times[0].ScheduleId | Should -Be a
    }

    It 'stops when a later cmdlet stops the pipeline' {
        (Get-TroveScheduleOccurrence -Pattern '* * * * *' -First 2147483647 | Select-Object -First 2).Count | Should -Be 2
    }

    It 'writes the times of several patterns in their order, and those of equal times in the order of the patterns' {
        $times = '0 */6 * * *', '@daily', '0 6 * * *' | Get-TroveScheduleOccurrence -From 2030-01-01Z -First 2
        $times | ForEach-Object { "$($_.Pattern) $($_.Time.ToString('dd HH'))" } | Should -Be '0 */6 * * * 01 06', '0 6 * * * 01 06', '0 */6 * * * 01 12', '@daily 02 00', '0 6 * * * 02 06', '@daily 03 00'
    }

    It 'writes all times up to and including -Until' {
        (Get-TroveScheduleOccurrence '0 * * * *' -From 2030-01-01Z -Until 2030-01-02Z).Count | Should -Be 24
        (Get-TroveScheduleOccurrence '0 * * * *', '30 * * * *' -From 2030-01-01Z -Until 2030-01-01T03:00Z).Time.Minute | Should -Be 30, 0, 30, 0, 30, 0
        (Get-TroveScheduleOccurrence '0 * * * *', '30 * * * *' -From 2030-01-01Z -Until 2030-01-02Z -First 2).Count | Should -Be 4
        Get-TroveScheduleOccurrence '0 0 1 1 *' -From 2030-01-01Z -Until 2030-06-01Z | Should -BeNullOrEmpty
    }

    It 'refuses an -Until that is not after -From or now, before anything else' {
        $record = Get-ErrorOf { '61 * * * *', '@daily' | Get-TroveScheduleOccurrence -From 2030-01-02Z -Until 2030-01-01Z }
        $record | Assert-Error InvalidUntil Get-TroveScheduleOccurrence InvalidArgument -Says '2030-01-01 00:00:00Z', '2030-01-02 00:00:00Z' -Advises 'later time'
        Get-ErrorOf { Get-TroveScheduleOccurrence '@daily' -Until 2020-01-01Z } | Assert-Error InvalidUntil Get-TroveScheduleOccurrence InvalidArgument -Says '2020-01-01 00:00:00Z', 'present time'
        { Get-TroveScheduleOccurrence '@daily' -Until 2020-01-01Z -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'InvalidUntil,*'
    }

    It 'writes the errors of bad patterns and schedules at once, and then the times of the others' {
        $bad = [TroveSchedules.BackupSchedule] @{ Id = 'bad'; TriggerId = 'b'; Input = '{}'; Pattern = 'R * * * *'; NextExecutionTime = '2030-01-01Z' }
        $good = [TroveSchedules.BackupSchedule] @{ Id = 'good'; TriggerId = 'b'; Input = '{}'; Pattern = '0 3 * * *'; NextExecutionTime = '2030-01-01T03:00Z' }
        $record, $times = $bad, $good | Get-TroveScheduleOccurrence -First 2 2>&1
        $record | Assert-Error InvalidCronPattern Get-TroveScheduleOccurrence InvalidArgument -Says 'R'
        "$($record.TargetObject)" | Should -Be 'R * * * *'
        $times.ScheduleId | Should -Be bad, good, good -Because 'the next time is Mistral''s own'
    }

    It 'merges ten thousand schedules, and computes only what is read' {
        $schedules = foreach ($i in 0..9999) {
            [TroveSchedules.BackupSchedule] @{ Id = "$i"; TriggerId = 'b'; Input = '{}'; Pattern = "$($i % 60) $([int] [Math]::Floor($i / 60) % 24) * * *"; NextExecutionTime = ([DateTimeOffset] '2030-01-01Z').AddMinutes($i % 1440) }
        }
        ($schedules | Get-TroveScheduleOccurrence -Until 9999-01-01Z | Select-Object -First 10).ScheduleId | Should -Be 0, 1440, 2880, 4320, 5760, 7200, 8640, 1, 1441, 2881
        $hours = $schedules | Get-TroveScheduleOccurrence -PerHour -From 2030-01-01Z
        $hours.Count | Should -Be 24
        ($hours | Measure-Object Count -Sum).Sum | Should -Be 10000
    }
}

Describe 'Get-TroveScheduleOccurrence -TimeZone' {
    BeforeDiscovery {
        $shifts = @(
            @{ Change = 'forward'; From = '2026-03-28T20:00Z'; Texts = '2026-03-29 01:30+01:00', '2026-03-29 03:30+02:00' }
            @{ Change = 'back'; From = '2026-10-24T20:00Z'; Texts = '2026-10-25 02:30+02:00', '2026-10-25 02:30+01:00' }
        )
    }

    It 'shows times with the offset of the zone, also when its clock goes <Change>' -ForEach $shifts {
        foreach ($zone in 'Europe/Berlin', [TimeZoneInfo]::FindSystemTimeZoneById('Europe/Berlin'), (Get-TimeZone -Id Europe/Berlin)) {
            $times = Get-TroveScheduleOccurrence '30 0,1 * * *' -From $From -First 2 -TimeZone $zone
            $times.Time | ForEach-Object { $_.ToString('yyyy-MM-dd HH:mmzzz') } | Should -Be $Texts
            ($times | Format-Table | Out-String) -split '\r?\n' | Select-String '^2026' | ForEach-Object { "$_".Substring(0, 22) } | Should -Be $Texts
            foreach ($text in $Texts) { $times | Format-List | Out-String | Should -BeLike "*$text (*" }
            $times.Time | Should -Be (Get-TroveScheduleOccurrence '30 0,1 * * *' -From $From -First 2).Time -Because 'only what is shown changes'
        }
    }

    It 'shows seconds where there are any, and Z in UTC' {
        $time = (Get-TroveScheduleOccurrence '0 3 * * * 5' -AllowSeconds -From 2030-01-01Z -First 1 -TimeZone Asia/Kolkata)
        [TroveSchedules.Formatting.Views]::InZone($time.Time) | Should -BeExactly '2030-01-01 08:30:05+05:30'
        [TroveSchedules.Formatting.Views]::InZone((Get-TroveScheduleOccurrence '0 3 * * *' -From 2030-01-01Z -First 1 -TimeZone UTC).Time) | Should -BeExactly '2030-01-01 03:00:00Z'
    }

    It 'keeps its offset through a file, and is UTC as text' {
        $time = Get-TroveScheduleOccurrence '0 3 * * *' -From 2030-07-01Z -First 1 -TimeZone Europe/Berlin
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($time))
        $copy.Time.Offset | Should -Be ([TimeSpan] '02:00')
        $time.Time.ToString(), ($time | ConvertTo-Csv | ConvertFrom-Csv).Time | Should -Be '2030-07-01T03:00:00Z', '2030-07-01T03:00:00Z'
        $time | ConvertTo-Json | Should -BeLike '*2030-07-01T05:00:00+02:00*'
    }

    It 'takes an empty cell for UTC' {
        (Get-TroveScheduleOccurrence '0 3 * * *' -From 2030-07-01Z -First 1 -TimeZone '').Time.Offset | Should -Be ([TimeSpan]::Zero)
    }

    It 'refuses what is no zone, and says what lists them: <_>' -ForEach 'Europe/Atlantis', '../../etc/passwd', ' ', 42 {
        $record = Get-ErrorOf { Get-TroveScheduleOccurrence '@daily' -TimeZone $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        "$record" | Should -BeLike "*'TimeZone'*a time zone or its id, not *'$_'. Get-TimeZone -ListAvailable lists the ids."
    }
}

Describe 'Get-TroveScheduleOccurrence -PerHour' {
    BeforeAll {
        $schedules = '0 * * * *', '*/30 1 * * *', '0 0 1 1 *' | ForEach-Object {
            [TroveSchedules.BackupSchedule] @{ Id = $_; TriggerId = 'b'; Input = '{}'; Pattern = $_; NextExecutionTime = (Get-TroveScheduleOccurrence $_ -From 2030-06-01T12:00Z -First 1).Time }
        }
    }

    It 'counts what starts in each hour, from the first to before the last' {
        $hours = $schedules | Get-TroveScheduleOccurrence -PerHour -From 2030-07-01Z -Until 2030-07-01T03:00Z
        $hours[0] | Should -BeOfType TroveSchedules.ScheduleHour
        $hours.Hour | Should -Be ([DateTimeOffset[]] ('2030-07-01T00:00Z', '2030-07-01T01:00Z', '2030-07-01T02:00Z'))
        $hours.Count | Should -Be 3
        $hours | ForEach-Object Count | Should -Be 1, 3, 1
    }

    It 'covers 24 hours unless told otherwise, empty ones included' {
        $hours = $schedules[2] | Get-TroveScheduleOccurrence -PerHour -From 2030-12-31T12:00Z
        $hours | ForEach-Object Count | Should -Be (@(0) * 12 + 1 + @(0) * 11)
        @($schedules | Get-TroveScheduleOccurrence -PerHour).Count | Should -BeIn 24, 25
    }

    It 'counts hours of the zone' {
        $hours = $schedules | Get-TroveScheduleOccurrence -PerHour -From 2030-10-27T00:00+02:00 -Until 2030-10-27T04:00+01:00 -TimeZone Europe/Berlin
        $hours | ForEach-Object { "$($_.Hour.ToString('HHzzz')) $($_.Count)" } | Should -Be '00+02:00 1', '01+02:00 1', '02+02:00 1', '02+01:00 3', '03+01:00 1'
        ($hours | Out-String) -split '\r?\n' | Where-Object { $_ } | Select-Object -Last 1 | Should -Match '^2030-10-27 03:00\+01:00 +1$'
    }

    It 'takes schedules only' {
        { '@daily' | Get-TroveScheduleOccurrence -PerHour -ErrorAction Stop } | Should -Throw '*This takes a schedule*'
        { Get-TroveScheduleOccurrence '@daily' -PerHour } | Should -Throw -ErrorId 'PositionalParameterNotFound,*'
        { $schedules | Get-TroveScheduleOccurrence -PerHour -First 3 } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    It 'sends no request' {
        $before = $server.Requests.Count
        $schedules | Get-TroveScheduleOccurrence -PerHour | Should -Not -BeNullOrEmpty
        $schedules | Get-TroveScheduleOccurrence -Until 2037-01-01Z | Select-Object -First 3 | Should -Not -BeNullOrEmpty
        $server.Requests.Count | Should -Be $before
    }
}

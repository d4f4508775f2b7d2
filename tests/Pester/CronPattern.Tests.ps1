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
}

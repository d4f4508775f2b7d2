<# Executions of one instance that are closer together than its last backups took, on a sandbox or a stack. #>
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $backup = Get-TroveBackup -Id (New-TestBackup m)
    # Both at once, and one an hour later.
    $first, $second, $later = '0 3 1 1 *', '0 3 * 1 *', '0 4 1 1 *' | ForEach-Object { New-TroveBackupSchedule m $_ (New-TestName) }
    $new = New-TroveBackupSchedule broken '0 3 1 1 *' (New-TestName)
    $of = @{ From = '2037-01-01T00:00Z' }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Get-TroveScheduleOccurrence -Overlap' {
    It 'finds two schedules of one instance that are due at the same time' {
        $overlap = $first, $second, $later | Get-TroveScheduleOccurrence -Overlap @of -WarningVariable warnings
        $overlap | Should -HaveCount 1
        $overlap | Should -BeOfType TroveSchedules.ScheduleOverlap
        $overlap.InstanceId, $overlap.ScheduleId, $overlap.NextScheduleId | Should -Be $first.InstanceId, $first.Id, $second.Id
        $overlap.Time, $overlap.NextTime | Should -Be ([DateTimeOffset[]] ('2037-01-01T03:00Z', '2037-01-01T03:00Z'))
        $overlap.Gap, $overlap.Count | Should -Be ([TimeSpan]::Zero), 1
        $overlap.BackupDuration | Should -BeGreaterOrEqual ($backup.UpdatedAt - $backup.CreatedAt)
        $overlap.BackupDuration | Should -BeLessThan 01:00:00
        $overlap.ProjectId, $overlap.Origin | Should -Be $first.ProjectId, $first.Origin
        $warnings | Should -BeNullOrEmpty
        Get-TroveBackupSchedule -Id $overlap.NextScheduleId | ForEach-Object Id | Should -Be $second.Id
    }

    It 'takes schedules that were kept in a file' {
        $rows = $first, $second | ConvertTo-Csv | ConvertFrom-Csv
        ($rows | Get-TroveScheduleOccurrence -Overlap @of).NextScheduleId | Should -Be $second.Id
    }

    It 'finds nothing where nothing is too close' {
        $first, $later | Get-TroveScheduleOccurrence -Overlap @of | Should -BeNullOrEmpty
        $first, $second | Get-TroveScheduleOccurrence -Overlap -From 2037-02-01T00:00Z | Should -BeNullOrEmpty -Because 'it looks at seven days'
    }

    It 'shows times in a zone' {
        ($first, $second | Get-TroveScheduleOccurrence -Overlap @of -TimeZone Europe/Berlin).Time.ToString('HH:mmzzz') | Should -Be '04:00+01:00'
    }

    It 'warns once of instances without a completed backup' {
        $first, $second, $new | Get-TroveScheduleOccurrence -Overlap @of -WarningVariable warnings 3>$null | Should -HaveCount 1
        "$warnings" | Should -BeExactly '1 instance has no completed backup, so its schedules could not be checked.'
    }

    It 'asks once for each instance, however many schedules it has' {
        $proxy = New-TestServer (Get-TestEndpoint database)
        $session = Connect-TestCloud -With @{ DatabaseEndpoint = $proxy.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
        $null = Connect-TestCloud
        try {
            $first, $second, $later, $new | Get-TroveScheduleOccurrence -Overlap @of -Session $session 3>$null | Should -HaveCount 1
            $proxy.Requests.Count | Should -Be 2
        }
        finally { $proxy.Dispose() }
    }

    It 'refuses an -Until that has passed, and a schedule without an instance' {
        Get-ErrorOf { $first | Get-TroveScheduleOccurrence -Overlap -Until (Get-TestTime).AddMinutes(-1) } | Assert-Error InvalidUntil Get-TroveScheduleOccurrence InvalidArgument -Advises 'later'
        $record = Get-ErrorOf { $first | Select-Object Id, Pattern, NextExecutionTime | Get-TroveScheduleOccurrence -Overlap }
        $record | Assert-Error InvalidInstance Get-TroveScheduleOccurrence InvalidArgument -Says $first.Id
    }

    It 'warns of suspended schedules' {
        $suspended = $later | Suspend-TroveBackupSchedule -PassThru
        try {
            $suspended | Get-TroveScheduleOccurrence -Overlap @of -WarningVariable warnings 3>$null | Should -BeNullOrEmpty
            "$warnings" | Should -BeExactly '1 schedule is suspended and has no occurrences.'
        }
        finally { $suspended | Resume-TroveBackupSchedule }
    }
}

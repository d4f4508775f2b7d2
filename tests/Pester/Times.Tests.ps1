# Text that is a time means the same wherever it is read: PowerShell on its own reads it by the calendar of the culture.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    $cultures = 'de-DE', 'en-US', 'tr-TR', 'fa-IR', 'th-TH', 'ar-SA', 'ja-JP' | ForEach-Object { @{ Culture = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook -Confirm:$false
    $ConfirmPreference = 'None'
    $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
    Add-TestExecution 9 $schedule.Id
    $local = [TimeZoneInfo]::Local.GetUtcOffset([datetime]::new(2030, 1, 7, 3, 0, 0))

    function Use-Culture([string] $Name, [scriptblock] $Block) {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = [cultureinfo]::new($Name, $false)
            & $Block
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'In <Culture>' -ForEach $cultures {
    It 'executions before an ISO date of the past are none, and none is deleted' {
        Use-Culture $Culture {
            $schedule | Get-TroveScheduleExecution -Before 2020-01-01 | Remove-TroveScheduleExecution
            @($schedule | Get-TroveScheduleExecution).Count | Should -Be 9
            @($schedule | Get-TroveScheduleExecution -After 2020-01-01).Count | Should -Be 9
            @($schedule | Get-TroveScheduleExecution -After '2999-12-31T23:59:59Z').Count | Should -Be 0
            @($schedule | Get-TroveScheduleExecution -Before '2999-12-31T23:59:59Z').Count | Should -Be 9
        }
    }

    It 'an ISO text is <Utc>: <Text>' -ForEach @(
        @{ Text = '2030-01-07T03:00:00Z'; Utc = '2030-01-07 03:00:00' }
        @{ Text = '2030-01-07t03:00z'; Utc = '2030-01-07 03:00:00' }
        @{ Text = '2030-01-07 03:00:00 +00:00'; Utc = '2030-01-07 03:00:00' }
        @{ Text = '2030-01-07 03:00+0530'; Utc = '2030-01-06 21:30:00' }
        @{ Text = '2030-01-07T03:00:00-08'; Utc = '2030-01-07 11:00:00' }
        @{ Text = '2030-01-07T03:00:59.1234567890Z'; Utc = '2030-01-07 03:00:59' }
        @{ Text = ' 2030-01-07T03:00:59,5Z '; Utc = '2030-01-07 03:00:59' }
        @{ Text = '2030-04-05 03:00Z'; Utc = '2030-04-05 03:00:00' }
        @{ Text = '2030-04-05Z'; Utc = '2030-04-05 00:00:00' }
    ) {
        Use-Culture $Culture {
            (Get-TroveScheduleOccurrence '* * * * * *' -AllowSeconds -From $Text -First 1).Time.AddSeconds(-1).UtcDateTime.ToString('yyyy-MM-dd HH:mm:ss', [cultureinfo]::InvariantCulture) | Should -Be $Utc
        }
    }

    It 'an ISO text without an offset is local' {
        Use-Culture $Culture {
            foreach ($text in '2030-01-07 03:00', '2030-01-07T03:00:00', '2030-01-07 03:00:00.000') {
                (Get-TroveScheduleOccurrence '* * * * *' -From $text -First 1).Time | Should -Be ([DateTimeOffset]::new(2030, 1, 7, 3, 1, 0, $local))
            }
        }
    }

    It 'a schedule begins at the ISO time that was given, from a parameter and from a row' {
        Use-Culture $Culture {
            $one = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -FirstExecutionTime '2030-03-31T02:30Z'
            $row = [pscustomobject] @{ Instance = 'm'; Pattern = '0 4 * * *'; Name = (New-TestName); FirstExecutionTime = '2030-04-05 03:00:00Z' } | New-TroveBackupSchedule
            $one.FirstExecutionTime | Should -Be ([DateTimeOffset]::new(2030, 3, 31, 2, 30, 0, 0))
            $row.FirstExecutionTime | Should -Be ([DateTimeOffset]::new(2030, 4, 5, 3, 0, 0, 0))
            $one, $row | Remove-TroveBackupSchedule
        }
    }

    It 'what begins like ISO 8601 and is something else is refused, and nothing is listed' {
        Use-Culture $Culture {
            foreach ($text in '2020-1-1', '2020-01', '2020-13-01', '2030-02-30', '2030-01-07 24:30', '2030-01-07 3:00', '2030-01-07T03:00+25:00', '2030-01-07 03:00 Z x') {
                { $schedule | Get-TroveScheduleExecution -Before $text -ErrorAction Stop } | Should -Throw "*'$text' is no time in ISO 8601*"
            }
        }
    }

    It 'DateTime and DateTimeOffset pass as they are' {
        Use-Culture $Culture {
            $time = [DateTimeOffset]::new(2030, 1, 7, 3, 0, 0, [TimeSpan]::FromHours(2))
            (Get-TroveScheduleOccurrence '* * * * *' -From $time -First 1).Time | Should -Be $time.AddMinutes(1)
            (Get-TroveScheduleOccurrence '* * * * *' -From $time.UtcDateTime -First 1).Time | Should -Be $time.AddMinutes(1)
        }
    }
}

Describe 'A limit that is nothing' {
    It 'is refused, for it would list everything: -<Name> <Text>' -ForEach @(
        @{ Name = 'Before'; Value = $null; Text = '$null' }, @{ Name = 'After'; Value = $null; Text = '$null' }, @{ Name = 'Before'; Value = ''; Text = "''" }, @{ Name = 'After'; Value = ''; Text = "''" }
    ) {
        $with = @{ $Name = $Value }
        { $schedule | Get-TroveScheduleExecution @with -ErrorAction Stop } | Should -Throw "*'$Name'*"
    }
}

Describe 'A local time of Europe/Berlin' {
    It '<What>' -ForEach @(
        @{ What = 'that the clock skips is refused'; Text = '2030-03-31 02:30'; Says = "There is no '2030-03-31 02:30' in the time zone Europe/Berlin, whose clock skips it. Add an offset, such as +01:00." }
        @{ What = 'that comes twice is refused with both'; Text = '2030-10-27 02:30'; Says = "'2030-10-27 02:30' comes twice in the time zone Europe/Berlin: with the offsets +02:00 and +01:00. Add the one that you mean." }
        @{ What = 'in winter is an hour ahead of UTC'; Text = '2030-01-07 03:00'; Says = '2030-01-07T02:01:00' }
        @{ What = 'in summer is two hours ahead of UTC'; Text = '2030-07-07 03:00'; Says = '2030-07-07T01:01:00' }
        @{ What = 'with an offset needs no clock'; Text = '2030-03-31 02:30+01:00'; Says = '2030-03-31T01:31:00' }
    ) {
        Invoke-FreshPwsh -Environment @{ TZ = 'Europe/Berlin' } "try { (Get-TroveScheduleOccurrence '* * * * *' -From '$Text' -First 1).Time.UtcDateTime.ToString('s') } catch { `"`$_`" }" |
            Should -BeLike "*$Says*"
    }
}

# A time as text has the same meaning in every culture. By default, PowerShell parses it with the calendar of the culture.
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

Describe 'A date that the culture''s own calendar wrote' {
    It 'is refused under <_>, for by ISO 8601 it is centuries away' -ForEach 'th-TH', 'fa-IR' {
        Use-Culture $_ {
            $meant = (Get-TestTime).UtcDateTime.Date.AddDays(-90)
            foreach ($text in $meant.ToString('yyyy-MM-dd'), $meant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'")) {
                $says = "*'$text' is a day of the year $($text.Substring(0, 4)) in ISO 8601. By this culture's calendar it can be read as $($meant.ToString('yyyy-MM-dd', [cultureinfo]::InvariantCulture)). Write that, or pass a DateTimeOffset.*"
                { $schedule | Get-TroveScheduleExecution -Before $text -ErrorAction Stop } | Should -Throw $says
                { New-TroveBackupSchedule m '0 3 * * *' never -FirstExecutionTime $text -ErrorAction Stop } | Should -Throw $says
            }
        }
    }
}

Describe 'Another runspace' {
    It 'that has not imported the module leaves the text of times here as it is' {
        $texts = Invoke-FreshPwsh "
            [cultureinfo]::CurrentCulture = 'de-DE'
            `$null = Connect-TroveSession -Sandbox -SandboxSpeed 0
            `$null = Install-TroveWorkbook
            `$s = New-TroveBackupSchedule m '0 3 * * *' nightly
            Step-TroveSandbox 2.00:00:00
            `$e = `$s | Get-TroveScheduleExecution
            `$null = `$e | ForEach-Object -Parallel { `$_ | Select-Object ExecutionTime | ConvertTo-Csv; `$_.ExecutionTime.ToString(); `$_ | Sort-Object ExecutionTime | Format-Table ExecutionTime | Out-String }
            (`$e + (`$s | Get-TroveScheduleExecution)) | ForEach-Object {
                (`$_ | Select-Object ExecutionTime | ConvertTo-Csv | ConvertFrom-Csv).ExecutionTime
                (`$_ | ConvertTo-Csv | ConvertFrom-Csv).ExecutionTime
                `$_.ExecutionTime.ToString()
                (`$_ | Group-Object ExecutionTime).Name
            }"
        $texts -split '\r?\n' | Should -HaveCount 16
        $texts -split '\r?\n' | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'
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

Describe 'Text that is not ISO 8601' {
    It '<Text> in <Culture> has two readings and is refused with both: <First>, <Second>' -ForEach @(
        @{ Culture = 'en-US'; Text = '04/05/2030 03:00:00 +00:00'; First = '2030-04-05 03:00'; Second = '2030-05-04 03:00' }
        @{ Culture = 'en-GB'; Text = '04/05/2030'; First = '2030-05-04'; Second = '2030-04-05' }
        @{ Culture = 'de-DE'; Text = '05.04.2030 03:00:00 +00:00'; First = '2030-04-05 03:00'; Second = '2030-05-04 03:00' }
        @{ Culture = 'de-DE'; Text = '5.4.30'; First = '2030-04-05'; Second = '2030-05-04' }
        @{ Culture = 'tr-TR'; Text = '5.04.2030 03:00'; First = '2030-04-05 03:00'; Second = '2030-05-04 03:00' }
        @{ Culture = 'fa-IR'; Text = '2020/01/01'; First = '2641-03-21'; Second = '2020-01-01'; Likely = '2020-01-01' }
        @{ Culture = 'th-TH'; Text = '04/05/2030'; First = '1487-05-04'; Second = '2030-04-05'; Likely = '2030-04-05' }
        @{ Culture = 'th-TH'; Text = '25/4/2573'; First = '2030-04-25'; Second = '2573-04-25' }
        @{ Culture = 'ar-SA'; Text = '20/4/1451'; First = '2029-08-30'; Second = '1451-04-20' }
        @{ Culture = 'ja-JP'; Text = '30/04/05'; First = '2030-04-05'; Second = '2005-04-30' }
        @{ Culture = 'de-DE'; Text = '30-01-07'; First = '2007-01-30'; Second = '2030-01-07'; Likely = '2030-01-07' }
        @{ Culture = 'en-GB'; Text = '29-12-31 03:00'; First = '2031-12-29 03:00'; Second = '2029-12-31 03:00'; Likely = '2029-12-31 03:00' }
    ) {
        Use-Culture $Culture {
            $says = "*'$Text' can be read as $First or as $Second. Write it in ISO 8601, like $($Likely ?? $First).*"
            { $schedule | Get-TroveScheduleExecution -Before $Text -ErrorAction Stop } | Should -Throw $says
            { $schedule | Get-TroveScheduleExecution -After $Text -ErrorAction Stop } | Should -Throw $says
            { Get-TroveScheduleOccurrence '* * * * *' -From $Text -First 1 -ErrorAction Stop } | Should -Throw $says
            { New-TroveBackupSchedule m '0 3 * * *' never -FirstExecutionTime $Text -ErrorAction Stop } | Should -Throw $says
        }
    }

    It '<Text> in <Culture> has one reading: <Utc>' -ForEach @(
        @{ Culture = 'en-US'; Text = '4/25/2030 3:00 AM +00:00'; Utc = '2030-04-25T03:00:00' }
        @{ Culture = 'de-DE'; Text = '25.04.2030 03:00 +02:00'; Utc = '2030-04-25T01:00:00' }
        @{ Culture = 'de-DE'; Text = '5.5.2030 03:00Z'; Utc = '2030-05-05T03:00:00' }
        @{ Culture = 'de-DE'; Text = '5 April 2030 03:00Z'; Utc = '2030-04-05T03:00:00' }
        @{ Culture = 'ja-JP'; Text = '2030/04/05 03:00Z'; Utc = '2030-04-05T03:00:00' }
        @{ Culture = 'fr-FR'; Text = 'Sat, 05 Jan 2030 03:00:00 GMT'; Utc = '2030-01-05T03:00:00' }
    ) {
        Use-Culture $Culture { (Get-TroveScheduleOccurrence '* * * * *' -From $Text -First 1).Time.AddMinutes(-1).UtcDateTime.ToString('s') | Should -BeExactly $Utc }
    }

    It 'what the culture does not read as a time is refused: <Text> in <Culture>' -ForEach @(
        @{ Culture = 'en-US'; Text = '25/04/2030' }, @{ Culture = 'en-GB'; Text = '04/25/2030' }, @{ Culture = 'de-DE'; Text = 'soon' }, @{ Culture = 'ja-JP'; Text = '20200101' }
    ) {
        Use-Culture $Culture { { $schedule | Get-TroveScheduleExecution -Before $Text -ErrorAction Stop } | Should -Throw "*takes a time*'$Text'*" }
    }

    It 'a DateTime at an end of the calendar is taken where it has a time in UTC: <Zone> <_>' -ForEach @(
        @{ Zone = 'UTC'; Time = [datetime]::MaxValue.Date; Fails = $false }, @{ Zone = 'UTC'; Time = [datetime]::MinValue; Fails = $false }
        @{ Zone = 'Asia/Tokyo'; Time = [datetime]::MinValue; Fails = $true }, @{ Zone = 'America/New_York'; Time = [datetime]::new([datetime]::MaxValue.Ticks, 'Local'); Fails = $true }
    ) {
        $attribute = [TroveSchedules.Binding.TimeCellAttribute]::new()
        $before = $env:TZ
        try {
            $env:TZ = $Zone
            [TimeZoneInfo]::ClearCachedData()
            if ($Fails) { { $attribute.Transform($null, $Time) } | Should -Throw "*time zone $Zone*" } else { $attribute.Transform($null, $Time) | Should -Be $Time }
        }
        finally {
            $env:TZ = $before
            [TimeZoneInfo]::ClearCachedData()
        }
    }

    It 'a value of another type is refused: <Value>' -ForEach @(
        @{ Value = 2020 }, @{ Value = 2020.01 }, @{ Value = [int64] 20200101 }, @{ Value = $true }, @{ Value = [TimeSpan]::FromDays(1) }, @{ Value = @{ Year = 2020 } }
        @{ Value = @('2020-01-01', '2021-01-01') }, @{ Value = [DateOnly]::new(2020, 1, 1) }, @{ Value = [pscustomobject] @{ Ticks = 5 } }
    ) {
        { $schedule | Get-TroveScheduleExecution -Before $Value -ErrorAction Stop } | Should -Throw '*takes a time, not *'
    }
}

Describe 'A time that went through serialisation' {
    It 'is the same time, from a level where PowerShell keeps its properties and from one where it keeps its text' {
        $time = $schedule.NextExecutionTime
        foreach ($depth in 1, 2) {
            $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize([pscustomobject] @{ Time = $time }, $depth)).Time
            (Get-TroveScheduleOccurrence '* * * * *' -From $copy -First 1).Time | Should -Be $time.AddMinutes(1)
        }
    }
}

Describe 'A time of JSON, which is a DateTime without a zone' {
    It '<What>' -ForEach @(
        @{ What = 'that the clock skips is refused'; Text = '2030-03-31T02:30:00'; Says = "There is no '2030-03-31 02:30:00' in the time zone Europe/Berlin" }
        @{ What = 'that comes twice is refused with both'; Text = '2030-10-27T02:30:00'; Says = "'2030-10-27 02:30:00' comes twice in the time zone Europe/Berlin" }
        @{ What = 'is local otherwise'; Text = '2030-07-27T03:00:00'; Says = '2030-07-27T01:01:00' }
        @{ What = 'with Z is UTC'; Text = '2030-03-31T02:30:00Z'; Says = '2030-03-31T02:31:00' }
    ) {
        Invoke-FreshPwsh -Environment @{ TZ = 'Europe/Berlin' } "`$from = ('{""From"": ""$Text""}' | ConvertFrom-Json).From; try { (Get-TroveScheduleOccurrence '* * * * *' -From `$from -First 1).Time.UtcDateTime.ToString('s') } catch { `"`$_`" }" |
            Should -BeLike "*$Says*"
    }
}

Describe 'Text with a time of day' {
    It '<Text> in <Culture> is refused with both readings whole: <First>, <Second>' -ForEach @(
        @{ Culture = 'en-US'; Text = '01/02/2030 3:30 PM'; First = '2030-01-02 15:30'; Second = '2030-02-01 15:30' }
        @{ Culture = 'de-DE'; Text = '05.04.2030 03:00:07'; First = '2030-04-05 03:00:07'; Second = '2030-05-04 03:00:07' }
    ) {
        Use-Culture $Culture { { Get-TroveScheduleOccurrence '* * * * *' -From $Text -First 1 } | Should -Throw "*can be read as $First or as $Second. Write it in ISO 8601, like $First.*" }
    }

    It 'that is of another calendar is advised with its time of day' {
        Use-Culture fa-IR { { Get-TroveScheduleOccurrence '* * * * *' -From '1409-09-07 20:27' -First 1 } | Should -Throw '*can be read as 2030-11-28 20:27. Write that,*' }
    }

    It 'that is no time is advised: <_>' -ForEach '20300107T030000Z', '2030-W02-1', 'soon' {
        { Get-TroveScheduleOccurrence '* * * * *' -From $_ -First 1 } | Should -Throw '*Write it *2030-01-07T03:00:00Z*'
    }
}

Describe 'A local time of Europe/Berlin that is not written as ISO 8601' {
    It '<What>' -ForEach @(
        @{ What = 'that the clock skips is refused'; Text = '31.03.2030 02:30'; Says = "There is no '31.03.2030 02:30' in the time zone Europe/Berlin*" }
        @{ What = 'that comes twice is refused with both'; Text = '27.10.2030 02:30'; Says = "'27.10.2030 02:30' comes twice in the time zone Europe/Berlin*" }
        @{ What = 'in summer is two hours ahead of UTC'; Text = '27.07.2030 03:00'; Says = '2030-07-27T01:01:00' }
        @{ What = 'with an offset needs no clock'; Text = '31.03.2030 02:30 +01:00'; Says = '2030-03-31T01:31:00' }
    ) {
        Invoke-FreshPwsh -Environment @{ TZ = 'Europe/Berlin' } "[cultureinfo]::CurrentCulture = 'de-DE'; try { (Get-TroveScheduleOccurrence '* * * * *' -From '$Text' -First 1).Time.UtcDateTime.ToString('s') } catch { `"`$_`" }" |
            Should -BeLike "*$Says*"
    }
}

Describe 'The text of a time of a <Name> in <Culture>' -ForEach @(
    foreach ($culture in $cultures.Culture) { foreach ($name in 'schedule', 'execution', 'occurrence', 'backup', 'workbook', 'session', 'report') { @{ Culture = $culture; Name = $name } } }
) {
    BeforeAll {
        $iso = '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z(; \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z)*$'
        $thing = switch ($Name) {
            schedule { $schedule }
            execution { $schedule | Get-TroveScheduleExecution -First 1 }
            occurrence { Get-TroveScheduleOccurrence '0 3 1 1 *' -From '2030-04-05T03:00:00.5+02:00' -First 1 }
            backup { [TroveSchedules.Backup] @{ Id = 'b'; CreatedAt = [DateTimeOffset]::new(2030, 4, 5, 3, 0, 0, [TimeSpan]::FromHours(2)) } }
            workbook { Get-TroveWorkbook }
            session { Get-TroveSession }
            report { Test-TroveCronPattern '0 3 * * *' }
        }
        # The properties that are times, and the value of each.
        $times = @{}
        foreach ($property in $thing.GetType().GetProperties()) {
            if ($property.PropertyType -in [DateTimeOffset], [Nullable[DateTimeOffset]], [Collections.Generic.IReadOnlyList[DateTimeOffset]] -and $null -ne $property.GetValue($thing)) {
                $times[$property.Name] = $property.GetValue($thing)
            }
        }
    }

    It 'is ISO 8601 in UTC, wherever PowerShell writes it' {
        $times.Count | Should -BeGreaterThan 0
        Use-Culture $Culture {
            $row = $thing | ConvertTo-Csv | ConvertFrom-Csv
            $thing | Export-Csv $TestDrive/thing.csv
            $file = Import-Csv $TestDrive/thing.csv
            foreach ($property in $times.Keys) {
                foreach ($text in $row.$property, $file.$property, $thing.$property.ToString(), ('{0}' -f $thing.$property), ($thing.$property -join '; '),
                    (($thing | Select-Object $property | Format-List | Out-String -Width 300).Trim() -replace '^\w+\s*: \{?|\}$' -replace ', ', '; '),
                    (($thing | Format-Table $property | Out-String -Width 300).Trim() -split '\r?\n')[-1].Trim(' {}').Replace(', ', '; '),
                    (($thing.$property | Out-String).Trim() -replace '\r?\n', '; ')) {
                    if ($property -ne 'CloudTime') { $text | Should -Match $iso -Because $property } else { $text | Should -Match '^\d{4}-\d\d-\d\dT' }
                }
                ($thing | ConvertTo-Html -Property $property -Fragment) -join '' | Should -Match '<td>\d{4}-\d\d-\d\dT[\d:.]+Z'
            }
        }
    }

    It 'is read by a parameter as the same time in every other culture' {
        Use-Culture $Culture { $row = $thing | ConvertTo-Csv | ConvertFrom-Csv }
        $property = @($times.Keys | Where-Object { $_ -notin 'CloudTime', 'NextExecutionTimes' })[0]
        foreach ($other in $property ? $cultures.Culture : @()) {
            Use-Culture $other {
                (Get-TroveScheduleOccurrence '* * * * *' -From $row.$property -First 1).Time | Should -Be (Get-TroveScheduleOccurrence '* * * * *' -From $times[$property] -First 1).Time
            }
        }
    }

    It 'leaves the value a DateTimeOffset: type, comparison, sorting, arithmetic, formats, JSON' {
        Use-Culture $Culture {
            foreach ($property in $times.Keys | Where-Object { $_ -ne 'CloudTime' }) {
                $was = @($times[$property])[0]
                $is = @($thing.$property)[0]
                $is | Should -BeOfType ([DateTimeOffset])
                $is -eq $was | Should -BeTrue
                $is -gt $was.AddTicks(-1) | Should -BeTrue
                $is -lt $was.AddTicks(1) | Should -BeTrue
                $was.AddTicks(1) -gt $is | Should -BeTrue
                ($is - $was) | Should -Be ([TimeSpan]::Zero)
                $is.AddDays(1) | Should -Be $was.AddDays(1)
                @($was.AddDays(1), $is, $was.AddDays(-1) | Sort-Object)[1] -eq $was | Should -BeTrue
                '{0:yyyy-MM-dd HH:mm}' -f $is | Should -BeExactly ('{0:yyyy-MM-dd HH:mm}' -f $was)
                '{0:d}' -f $is | Should -BeExactly ('{0:d}' -f $was)
                $is.ToString('HH:mm') | Should -BeExactly $was.ToString('HH:mm')
                $is.ToString('d', [cultureinfo]::InvariantCulture) | Should -BeExactly $was.ToString('d', [cultureinfo]::InvariantCulture)
                $is.ToString([cultureinfo] 'fr-FR') | Should -BeExactly $was.ToString([cultureinfo] 'fr-FR')
                ConvertTo-Json $is | Should -BeExactly (ConvertTo-Json $was)
                @{ Time = $is } | ConvertTo-Json -Compress | Should -BeExactly (@{ Time = $was } | ConvertTo-Json -Compress)
                @{ $was = 1 }[$is] | Should -Be 1
                & { param([DateTimeOffset] $Time) $Time } $is | Should -Be $was
                if (@($times[$property]).Count -eq 1) { $thing | Where-Object $property -EQ $thing.$property | Should -Not -BeNullOrEmpty }
            }
        }
    }
}

Describe 'A plan that crosses cultures' {
    It 'keeps its days and months: from <From> to <To>' -ForEach @(foreach ($from in $cultures.Culture) { foreach ($to in $cultures.Culture) { @{ From = $from; To = $to } } }) {
        $first = [DateTimeOffset]::new(2030, 4, 5, 3, 0, 0, 0)
        Use-Culture $From {
            $made = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -FirstExecutionTime $first
            $made | Select-Object InstanceId, Name, Pattern, FirstExecutionTime | Export-Csv $TestDrive/plan.csv
            $made | Remove-TroveBackupSchedule
        }
        Use-Culture $To {
            $again = Import-Csv $TestDrive/plan.csv | New-TroveBackupSchedule
            $again.FirstExecutionTime | Should -Be $first
            $again | Remove-TroveBackupSchedule
        }
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    # All types that cmdlets emit. A session cannot be used in another process.
    $types = (Get-Command -Module TroveSchedules).OutputType.Name | Where-Object { $_ -like 'TroveSchedules.*' -and $_ -ne 'TroveSchedules.TroveSession' } |
        Sort-Object -Unique | ForEach-Object { @{ Type = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $manifest = "$((Get-Module TroveSchedules).ModuleBase)/TroveSchedules.psd1"

    function Get-Property { param([string] $Type) ($Type -as [type]).GetProperties([Reflection.BindingFlags] 'Public, Instance') }

    function New-Thing {
        <# One with every property set, or with none. #>
        param([string] $Type, [switch] $Bare)
        $thing = [Activator]::CreateInstance(($Type -as [type]), $true)
        if ($Bare) { return $thing }
        $times = [DateTimeOffset[]] ('2016-06-14T14:49:59.25+02:00', '2030-01-07T00:00:00Z')
        foreach ($property in Get-Property $Type) {
            $value = switch ($property.PropertyType) {
                ([string]) { "the ""$($property.Name)"", so: ä" }
                { $_ -in [DateTimeOffset], [Nullable[DateTimeOffset]] } { $times[0] }
                { $_ -in [bool], [Nullable[bool]] } { $true }
                { $_ -in [int], [Nullable[int]] } { 42 }
                ([Nullable[double]]) { 0.25 }
{ $_ -in [TimeSpan], [Nullable[TimeSpan]] } { [TimeSpan] '1.02:03:04' }
                { $_.IsEnum } { [Enum]::GetValues($_)[-1] }
                ([Collections.Generic.IReadOnlyList[string]]) { , [string[]] ('instance', 'name') }
                ([Collections.Generic.IReadOnlyList[DateTimeOffset]]) { , $times }
                ([Collections.Generic.IReadOnlyList[TroveSchedules.ScheduleDay]]) { , [TroveSchedules.ScheduleDay[]] (1..2 | ForEach-Object { New-Thing TroveSchedules.ScheduleDay }) }
                ([Collections.Generic.IReadOnlyList[TroveSchedules.HealthProblem]]) { , [TroveSchedules.HealthProblem[]] (1..2 | ForEach-Object { New-Thing TroveSchedules.HealthProblem }) }
                default { throw "$Type.$($property.Name) is a ${_}: say what such a value is." }
            }
            $property.SetValue($thing, $value)
        }
        $thing
    }

    function Assert-Same {
        <# Every property is of the same type and value; a time has the same offset and fraction. #>
        param($Copy, $Thing)
        $Copy | Should -BeOfType $Thing.GetType()
        foreach ($property in Get-Property $Thing.GetType()) {
            $was = $property.GetValue($Thing)
            $is = $property.GetValue($Copy)
            if ($null -eq $was) { $is | Should -BeNullOrEmpty -Because $property.Name; continue }
            @($is).Count | Should -Be @($was).Count
            for ($i = 0; $i -lt @($was).Count; $i++) {
                @($is)[$i].GetType() | Should -Be @($was)[$i].GetType() -Because $property.Name
                if (@($was)[$i] -is [DateTimeOffset]) { @($is)[$i].EqualsExact(@($was)[$i]) | Should -BeTrue -Because $property.Name }
                elseif (@($was)[$i] -is [TroveSchedules.HealthProblem] -or @($was)[$i] -is [TroveSchedules.ScheduleDay]) { Assert-Same @($is)[$i] @($was)[$i] }
                else { @($is)[$i] | Should -BeExactly @($was)[$i] -Because $property.Name }
            }
        }
    }
}

Describe '<Type>' -ForEach $types {
    BeforeAll { $thing = New-Thing $Type }

    It 'comes out of Export-Clixml as it went in' {
        $thing | Export-Clixml $TestDrive/thing.xml
        Assert-Same (Import-Clixml $TestDrive/thing.xml) $thing
    }

    It 'keeps empty properties empty' {
        $bare = New-Thing $Type -Bare
        $bare | Export-Clixml $TestDrive/bare.xml
        Assert-Same (Import-Clixml $TestDrive/bare.xml) $bare
    }

    It 'comes out of it whatever the culture' {
        $before = [cultureinfo]::CurrentCulture
        try {
            foreach ($culture in 'de-DE', 'ar-SA') {
                [cultureinfo]::CurrentCulture = $culture
                $text = [Management.Automation.PSSerializer]::Serialize($thing)
                [cultureinfo]::CurrentCulture = 'en-US'
                Assert-Same ([Management.Automation.PSSerializer]::Deserialize($text)) $thing
            }
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }

    It 'comes out of a job as it went in, where one goes less deep' {
        Assert-Same ([Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thing, 1))) $thing
    }

    It 'has every property in JSON: times with their offset, lists as lists' {
        $json = $thing | ConvertTo-Json -Depth 2 -WarningAction Stop | ConvertFrom-Json -AsHashtable -DateKind String
        @($json.Keys) | Should -Be $thing.PSObject.Properties.Name
        foreach ($property in Get-Property $Type) {
            $value = @($property.GetValue($thing)) | ForEach-Object { $_ -is [DateTimeOffset] ? $_.ToString('yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz') : $_ }
            if ($value -is [TimeSpan]) { $json[$property.Name].Ticks | Should -BeExactly $value.Ticks -Because $property.Name; continue } # As PowerShell writes one.
            if (@($value)[0] -is [TroveSchedules.HealthProblem]) { $json[$property.Name].Reason | Should -BeExactly $value.Reason; continue }
            if (@($value)[0] -is [TroveSchedules.ScheduleDay]) { $json[$property.Name].Missed | Should -BeExactly $value.Missed; continue }
            $json[$property.Name] | Should -BeExactly $value -Because $property.Name
        }
        $bare = New-Thing $Type -Bare | ConvertTo-Json -Depth 2 -WarningAction Stop | ConvertFrom-Json -AsHashtable
        @($bare.Keys) | Should -Be $thing.PSObject.Properties.Name
    }

    It 'has every property in CSV, with lists as their items' {
        $row = $thing | ConvertTo-Csv | ConvertFrom-Csv
        $row.PSObject.Properties.Name | Should -Be $thing.PSObject.Properties.Name
        foreach ($property in Get-Property $Type) {
            $value = $property.GetValue($thing)
            $text = switch ($property.PropertyType) {
                { $_ -in [DateTimeOffset], [Nullable[DateTimeOffset]] } { '2016-06-14T12:49:59.25Z' }
                ([Collections.Generic.IReadOnlyList[string]]) { 'instance; name' }
                ([Collections.Generic.IReadOnlyList[DateTimeOffset]]) { '2016-06-14T12:49:59.25Z; 2030-01-07T00:00:00Z' }
                ([Collections.Generic.IReadOnlyList[TroveSchedules.HealthProblem]]) { $value -join '; ' }
                ([Collections.Generic.IReadOnlyList[TroveSchedules.ScheduleDay]]) { $value -join '; ' }
                default { "$value" }
            }
            $row.($property.Name) | Should -BeExactly $text -Because $property.Name
        }
        New-Thing $Type -Bare | ConvertTo-Csv | Should -Not -Match 'System\.|TroveSchedules\.'
    }
}

Describe 'Jobs' {
    AfterEach { Disconnect-TroveSession }

    It 'give what their cmdlets wrote: <_>' -ForEach 'Start-Job', 'Start-ThreadJob' {
        $job = & $_ -ArgumentList $manifest {
            Import-Module $args[0]
            $null = Connect-TroveSession -Sandbox -SandboxSpeed 0
            Install-TroveWorkbook
            New-TroveBackupSchedule m '0 3 * * *' nightly
            Step-TroveSandbox 1.00:00:00
            Get-TroveInstance m
            Get-TroveBackup m
            Get-TroveBackupSchedule | Get-TroveScheduleExecution
            Test-TroveCronPattern '0 3 * * *'
            Get-TroveSession
        }
        $workbook, $schedule, $instance, $backup, $execution, $report, $session = $job | Receive-Job -Wait -AutoRemoveJob
        $workbook.Inputs | Should -Contain instance
        $schedule.NextExecutionTime | Should -BeOfType ([DateTimeOffset])
        $execution.ExecutionTime | Should -BeGreaterThan $schedule.NextExecutionTime.AddMinutes(-1) -Because 'times can be compared'
        $execution.ScheduleId | Should -Be $schedule.Id
        $backup.InstanceId | Should -Be $instance.Id
        $report.NextExecutionTimes[0].Hour | Should -Be 3
        $session.UserName | Should -Be demo
        $session.ProjectId | Should -Not -BeNullOrEmpty
    }

    It 'give schedules that pipe on' {
        $null = Connect-TroveSession -Sandbox -SandboxSpeed 0
        $null = Install-TroveWorkbook
        New-TroveBackupSchedule m '0 3 * * *' nightly | Export-Clixml $TestDrive/schedule.xml
        Step-TroveSandbox 1.00:00:00
        $schedule = Import-Clixml $TestDrive/schedule.xml
        @($schedule | Get-TroveScheduleExecution).Count | Should -Be 1
        @($schedule | Get-TroveScheduleOccurrence -First 2).Count | Should -Be 2
        ($schedule | Remove-TroveBackupSchedule -Confirm:$false -PassThru).Id | Should -Be $schedule.Id
        Get-TroveBackupSchedule | Should -BeNullOrEmpty
    }

    It 'give them also after the module was imported again' {
        Invoke-FreshPwsh @"
Import-Module '$manifest' -Force
Remove-Module TroveSchedules
Import-Module '$manifest'
Test-TroveCronPattern '0 3 * * *' | Export-Clixml '$TestDrive/report.xml'
(Import-Clixml '$TestDrive/report.xml').GetType().FullName
"@ | Should -Be TroveSchedules.Cron.CronPatternReport
    }

    It 'give readable bags where the module is not imported' {
        New-Thing TroveSchedules.BackupSchedule | Export-Clixml $TestDrive/thing.xml
        $lines = Invoke-FreshPwsh -WithoutModule "`$x = Import-Clixml '$TestDrive/thing.xml'; `$x.PSObject.TypeNames[0]; `$x.Name"
        $lines -split '\r?\n' | Should -Be 'Deserialized.TroveSchedules.BackupSchedule', 'the "Name", so: ä'
    }
}

Describe 'A session' {
    BeforeAll {
        $server = New-TestKeystone
        $session = Connect-TestKeystone $server.Url @{ Region = 'RegionOne' }
    }

    AfterAll {
        $session | Disconnect-TroveSession
        $server.Dispose()
    }

    It 'comes out of serialisation as something to read, with every property, and no secret' {
        $text = [Management.Automation.PSSerializer]::Serialize($session, 1)
        $text | Should -Not -Match 'a-token|pass-of-tester'
        $copy = [Management.Automation.PSSerializer]::Deserialize($text)
        $copy | Should -Not -BeOfType TroveSchedules.TroveSession
        foreach ($property in Get-Property TroveSchedules.TroveSession | Where-Object Name -NE CloudTime) {
            @($copy.($property.Name)) -join '' | Should -BeExactly (@($session.($property.Name)) -join '') -Because $property.Name
        }
        $copy.TokenExpiresAt.UtcDateTime | Should -Be $session.TokenExpiresAt.UtcDateTime
        $copy.CloudTime.UtcDateTime | Should -BeLessOrEqual $session.CloudTime.UtcDateTime
    }

    It 'has every property in JSON, and no secret' {
        $json = $session | ConvertTo-Json -Depth 1 -WarningAction SilentlyContinue
        $json | Should -Not -Match 'a-token|pass-of-tester'
        ($json | ConvertFrom-Json).PSObject.Properties.Name | Sort-Object | Should -Be ((Get-Property TroveSchedules.TroveSession).Name | Sort-Object)
        ($json | ConvertFrom-Json).AuthUrl | Should -Be $session.AuthUrl
    }
}

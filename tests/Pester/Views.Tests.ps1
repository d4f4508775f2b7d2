BeforeDiscovery {
    $types = 'BackupSchedule', 'ScheduleExecution', 'ScheduleOccurrence', 'Instance', 'Backup', 'InstalledWorkbook', 'TroveSession', 'Cron.CronPatternReport' |
        ForEach-Object { @{ Type = $_ } }
    # The specification's tables: what stands in their heads, without blanks.
    $tables = @(
        @{ Type = 'BackupSchedule'; Columns = 'Id', 'Name', 'Pattern', 'NextExecutionTime' }
        @{ Type = 'ScheduleExecution'; Columns = 'Id', 'ExecutionTime', 'State', 'Output' }
        @{ Type = 'Instance'; Columns = 'Id', 'Name', 'Status', 'Datastore', 'DatastoreVersion' }
        @{ Type = 'Backup'; Columns = 'Id', 'Status', 'CreatedAt', 'InstanceId', 'Name' }
        @{ Type = 'ScheduleOccurrence'; Columns = 'Time', 'ScheduleId', 'Pattern' }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $server = New-TestKeystone
    $time = [DateTimeOffset] '2016-06-14T14:49:59+02:00'
    $uuid = 'fb149a29-be9b-49c1-a2f7-ca6c1213896f'
    $things = @{
        BackupSchedule = [TroveSchedules.BackupSchedule] @{
            Id = $uuid; TriggerId = '8d4fb899-0000-4000-8000-000000000000'; Name = 'myback'; InstanceId = '5328f62a-d999-4be3-90bb-83cc6af4469c'; Pattern = '*/2 * * * *'
            NextExecutionTime = $time; FirstExecutionTime = $time; CreatedAt = $time; UpdatedAt = $time; Input = '{"name": "myback"}'
        }
        ScheduleExecution = [TroveSchedules.ScheduleExecution] @{
            Id = '38ef2289-4330-4554-8574-4b5351f69713'; ExecutionTime = $time; UpdatedAt = $time; State = 'SUCCESS'; Output = '{"status": "Backup complete"}'
        }
        ScheduleOccurrence = [TroveSchedules.ScheduleOccurrence] @{ Time = $time; Pattern = '*/2 * * * *'; ScheduleId = $uuid }
        Instance = [TroveSchedules.Instance] @{ Id = $uuid; Name = 'm'; Status = 'ACTIVE'; Datastore = 'mysql'; DatastoreVersion = '5.7' }
        Backup = [TroveSchedules.Backup] @{ Id = $uuid; Name = 'myback'; Status = 'COMPLETED'; CreatedAt = $time; UpdatedAt = $time; InstanceId = $uuid }
        InstalledWorkbook = [TroveSchedules.InstalledWorkbook] @{ Name = 'trove'; Workflow = 'trove.backup_create'; CreatedAt = $time; UpdatedAt = $time }
        TroveSession = Connect-TestKeystone $server.Url
        'Cron.CronPatternReport' = Test-TroveCronPattern '*/2 * * * *'
    }
    # Times as they are in UTC.
    $shown = '2016-06-14 12:49:59Z'

    function Get-ListLabel {
        param($Thing)
        ($Thing | Format-List | Out-String -Width 200) -split '\r?\n' | ForEach-Object { if ($_ -match '^(\w+)\s*:') { $Matches[1] } }
    }
}

AfterAll {
    Disconnect-TroveSession
    $server.Dispose()
}

Describe 'The table of <Type>' -ForEach $tables {
    It 'has the columns <Columns>' {
        $lines = ($things.$Type | Format-Table | Out-String -Width 200).Trim() -split '\r?\n'
        $lines[0] -split '\s+' | Where-Object { $_ } | Should -Be $Columns
        $lines.Count | Should -Be 3 -Because 'an object has one line'
    }

    It 'comes without being asked for' {
        $things.$Type | Out-String -Width 200 | Should -BeExactly ($things.$Type | Format-Table | Out-String -Width 200)
    }

    It 'says that its times are UTC' {
        if ($Columns -like '*Time*' -or $Columns -contains 'CreatedAt') { $things.$Type | Format-Table | Out-String -Width 200 | Should -BeLike "*$shown*" }
    }
}

Describe 'The list of <Type>' -ForEach $types {
    It 'shows every property' {
        $labels = Get-ListLabel $things.$Type
        foreach ($property in $things.$Type.GetType().GetProperties([Reflection.BindingFlags] 'Public, Instance').Name) { $labels | Should -Contain $property }
    }

    It 'shows every time in UTC, and says so' {
        $text = $things.$Type | Format-List | Out-String -Width 200
        foreach ($property in $things.$Type.GetType().GetProperties([Reflection.BindingFlags] 'Public, Instance') | Where-Object PropertyType -In ([DateTimeOffset]), ([Nullable[DateTimeOffset]])) {
            if ($null -ne $things.$Type.($property.Name)) { $text | Should -Match "(?m)^$($property.Name) +: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\r?$" }
        }
        $text | Should -Not -Match '[+-]\d\d:\d\d\b(?!-)' -Because 'a time with an offset is none that ends in Z'
    }
}

Describe 'The tables of the specification' {
    It 'show a schedule as schedule-list does' {
        $things.BackupSchedule | Out-String -Width 200 | Should -Match "(?m)^$uuid +myback +\*/2 \* \* \* \* +$shown\s*$"
    }

    It 'show an execution as execution-list does' {
        $things.ScheduleExecution | Out-String -Width 200 | Should -Match "(?m)^38ef2289-4330-4554-8574-4b5351f69713 +$shown +SUCCESS +\{""status"": ""Backup complete""\}\s*$"
    }

    It 'show why an execution failed in the place of its output, on one line' {
        $failed = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'ERROR'; ExecutionTime = $time; Output = '{"result": "Failure caused by"}'; Reason = 'Instance x is not ready. (HTTP 422)' }
        $failed | Out-String -Width 200 | Should -Match '(?m)ERROR +Instance x is not ready\. \(HTTP 422\)\s*$'
    }

    It 'keep the columns apart and the id whole at a width of 120' {
        foreach ($thing in $things.BackupSchedule, $things.ScheduleExecution) {
            $lines = ($thing | Format-Table | Out-String -Width 120).Trim() -split '\r?\n'
            $lines[2] | Should -Match "^$($thing.Id) "
            $lines[2] | Should -BeLike "*$shown*"
        }
    }

    It 'do not change with the culture' {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = 'ar-SA'
            $things.BackupSchedule | Out-String -Width 200 | Should -BeLike "*$shown*"
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }
}

Describe 'An emitted object' {
    It 'is its id as text: <_>' -ForEach 'BackupSchedule', 'ScheduleExecution', 'Instance', 'Backup' {
        "$($things.$_)" | Should -BeExactly $things.$_.Id
    }

    It 'survives Export-Clixml and ConvertTo-Json: <_>' -ForEach 'BackupSchedule', 'ScheduleExecution', 'ScheduleOccurrence', 'Instance', 'Backup', 'InstalledWorkbook' {
        $thing = $things.$_
        $thing | Export-Clixml $TestDrive/thing.xml
        $copy = Import-Clixml $TestDrive/thing.xml
        foreach ($property in $thing.PSObject.Properties.Name) { "$($copy.$property)" | Should -Be "$($thing.$property)" -Because $property }
        ($thing | ConvertTo-Json | ConvertFrom-Json).PSObject.Properties.Name | Should -Be $thing.PSObject.Properties.Name
    }
}

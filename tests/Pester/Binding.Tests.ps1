BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    $byId = Get-Command -Module TroveSchedules -Verb Get | Where-Object { $_.Parameters.ContainsKey('Id') } | ForEach-Object { @{ Cmdlet = $_.Name } }
    # The column names that bind: the parameter's name and its aliases.
    $columns = foreach ($command in Get-Command -Module TroveSchedules) {
        foreach ($parameter in $command.Parameters.Values | Where-Object { $_.Attributes.ValueFromPipeline -contains $true -and $_.Name -ne 'Health' }) { # No column can hold what a check found.
            foreach ($column in @($parameter.Name) + $parameter.Aliases) { @{ Cmdlet = $command.Name; Parameter = $parameter.Name; Column = $column } }
        }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud demo, other
    $null = Connect-TestCloud other
    $null = Install-TroveWorkbook
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $m, $broken = Get-TroveInstance m, broken | Sort-Object Name -Descending

    function Get-Columns($Schedule) {
        <# The properties that make two schedules equivalent. #>
        $Schedule | Select-Object Name, InstanceId, Pattern, FirstExecutionTime, NextExecutionTime, RemainingExecutions, Description, ParentId, Incremental, Input | ConvertTo-Json
    }
    function ConvertTo-Remains($Thing, [int] $Depth = 2) {
        <# What remains of an object after a file (2) or a job (1). #>
        [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($Thing, $Depth))
    }
}

AfterAll {
    Clear-TestCloud demo, other
    Close-TestCloud
}

Describe 'A plan in a CSV file' {
    BeforeAll {
        $plan = "$TestDrive/plan.csv"
        $from = 'New-TroveBackupSchedule'
    }

    AfterEach { Clear-TestCloud demo, other }

    It 'may have a column for each parameter, and empty cells' {
        $backup = New-TestBackup
        @"
Instance,Pattern,Name,Description,ParentId,Incremental,FirstExecutionTime,RemainingExecutions,AllowSeconds,Suspended,Reason,Until
m,0 3 * * *,pester-all,of every day,$backup,,2037-01-01T00:00Z,7,False,True,new disk,2036-01-01T00:00Z
$($broken.Id),0 4 1 1 * 30,pester-seconds,,,True,,,true,false,,
m,,pester-once,,,false,2037-05-05T18:30Z,,,,,
m,0 3 * * *,pester-bare,,,,,,,,,
"@ | Set-Content $plan
        $all, $seconds, $once, $bare = Import-Csv $plan | New-TroveBackupSchedule
        $all.Description, $all.ParentId, $all.Incremental, $all.RemainingExecutions | Should -Be 'of every day', $backup, $false, 7
        $all.FirstExecutionTime | Should -Be ([DateTimeOffset] '2037-01-01T00:00Z')
        $all.State, $all.SuspendedReason, $all.SuspendedUntil | Should -Be Suspended, 'new disk', ([DateTimeOffset] '2036-01-01T00:00Z')
        $seconds, $once, $bare | ForEach-Object State | Should -Be Active, Active, Active
        $seconds.InstanceId, $seconds.Pattern, $seconds.Incremental | Should -Be $broken.Id, '0 4 1 1 * 30', $true
        $once.Pattern, $once.Incremental, $once.NextExecutionTime | Should -Be $null, $false, ([DateTimeOffset] '2037-05-05T18:30Z')
        foreach ($property in 'Description', 'ParentId', 'FirstExecutionTime', 'RemainingExecutions') { $bare.$property | Should -BeNullOrEmpty -Because $property }
        $bare.Incremental | Should -BeFalse
    }

    It 'gives one error for each bad row, and the others go on' {
        @"
Instance,Pattern,Name,Incremental,FirstExecutionTime,RemainingExecutions
m,0 3 * * *,pester-a,,,
m,0 3 * * *,pester-b,maybe,,
m,0 3 * * *,pester-c,,soon,
m,0 3 * * *,pester-d,,,ten
m,,pester-e,,2020-01-01T00:00Z,
m,0 3 * * *,,,,
,0 3 * * *,pester-g,,,
m*,0 3 * * *,pester-h,,,
m,0 3 * * *,pester-i,,,
"@ | Set-Content $plan
        (Import-Csv $plan | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue).Name | Should -Be pester-a, pester-i
        $errors.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } |
            Should -Be (@('ParameterArgumentTransformationError') * 3 + 'InvalidFirstExecutionTime', 'InvalidName', 'ParameterArgumentTransformationError', 'InstanceNotFound')
        "$($errors[0])" | Should -BeLike "*'Incremental'*True or False, not 'maybe'*"
        "$($errors[1])" | Should -BeLike "*'FirstExecutionTime'*a time*not 'soon'*"
        "$($errors[2])" | Should -BeLike "*'RemainingExecutions'*a whole number*not 'ten'*"
        "$($errors[5])" | Should -BeLike "*an instance*not a row whose Instance is ''*"
        "$($errors[6])" | Should -BeLike "*'m[*]'*" -Because 'a plan never means more than its lines'
        @(Get-TestTrigger).Count | Should -Be 2
    }

    It 'reports what a row lacks' {
        $record = Get-ErrorOf { [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *' } | New-TroveBackupSchedule }
        "$record" | Should -BeLike '*mandatory parameters:*Name*'
        $record = Get-ErrorOf { [pscustomobject] @{ Database = 'm'; When = '0 3 * * *' } | New-TroveBackupSchedule -Name pester }
        "$record" | Should -BeLike '*This takes an instance*a row that has one in a column Instance or InstanceId, not a row with Database, When.'
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'makes again what Get-TroveBackupSchedule gave <With>' -ForEach @(
        @{ With = 'through Export-Csv'; Way = { $args | Export-Csv $plan; Import-Csv $plan } }
        @{ With = 'through Export-Csv of Windows PowerShell, which adds the type'; Way = { $args | Export-Csv $plan -IncludeTypeInformation; Import-Csv $plan } }
        @{ With = 'through Export-Csv where a day comes before its month'; Culture = 'de-DE'; Way = { $args | Export-Csv $plan; Import-Csv $plan } }
        @{ With = 'through ConvertTo-Json'; Way = { $args | ConvertTo-Json -AsArray | ConvertFrom-Json } }
    ) {
        $made = @(
            New-TroveBackupSchedule m '0 3 * * *' pester-nightly -Description 'Größe, "quoted"'
            New-TroveBackupSchedule broken '@weekly' pester-weekly -Incremental -RemainingExecutions 7
            New-TroveBackupSchedule m '0 3 * * *' pester-later -FirstExecutionTime '2037-06-05T18:30Z'
            New-TroveBackupSchedule m -Name pester-once -FirstExecutionTime '2037-05-06T18:30Z'
        )
        $before = [cultureinfo]::CurrentCulture
        try {
            if ($Culture) { [cultureinfo]::CurrentCulture = $Culture }
            $there = @(Get-TroveBackupSchedule -Name pester-* | Remove-TroveBackupSchedule -PassThru -Confirm:$false)
            $again = @(& $Way @there | New-TroveBackupSchedule)
        }
        finally { [cultureinfo]::CurrentCulture = $before }
        $again.Count | Should -Be 4
        foreach ($one in $made) {
            $other = $again | Where-Object Name -CEQ $one.Name
            $other.Id | Should -Not -Be $one.Id
            Get-Columns $other | Should -BeExactly (Get-Columns $one)
        }
    }

    It 'makes them in another project, whose instances have names of their own' {
        $null = New-TroveBackupSchedule m '0 3 * * *' pester-nightly -Incremental
        $null = New-TroveBackupSchedule m -Name pester-once -FirstExecutionTime '2037-05-05T18:30Z'
        Get-TroveBackupSchedule -Name pester-* | Export-Csv $plan
        $session = Connect-TestCloud other
        $null = Connect-TestCloud
        $moved = Import-Csv $plan | Select-Object *, @{ Name = 'Instance'; Expression = { 'o' } } | New-TroveBackupSchedule -Session $session
        $moved.InstanceId | Sort-Object -Unique | Should -Be (Get-TestInstanceId o)
        $moved.ProjectId | Sort-Object -Unique | Should -Be $session.ProjectId
        $moved.Name | Sort-Object | Should -Be pester-nightly, pester-once
        Get-ErrorOf { Import-Csv $plan | Select-Object -First 1 | New-TroveBackupSchedule -Session $session } | Assert-Error InstanceNotFound $from ObjectNotFound -Says $m.Id
    }

    It 'leaves out the first time of a schedule that runs already, and reports it; one that was named is still refused' {
        $row = [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = 'pester-begun'; FirstExecutionTime = '2020-01-01T00:00Z' }
        $schedule = $row | New-TroveBackupSchedule -WarningVariable warnings 3>$null
        $schedule.FirstExecutionTime | Should -BeNullOrEmpty
        $schedule.NextExecutionTime | Should -BeGreaterThan (Get-TestTime)
        "$warnings" | Should -BeLike "*2020-01-01*'pester-begun'*has passed*0 3 * * **"
        Get-ErrorOf { $row | New-TroveBackupSchedule -FirstExecutionTime '2020-01-01T00:00Z' } | Assert-Error InvalidFirstExecutionTime $from InvalidArgument
        Get-ErrorOf { $row | Select-Object * -ExcludeProperty Pattern | New-TroveBackupSchedule } | Assert-Error InvalidFirstExecutionTime $from InvalidArgument
    }

    It 'may be made of instances, by Select-Object' {
        $plan = Get-TroveInstance m, broken | Select-Object @{ Name = 'Instance'; Expression = 'Id' }, @{ Name = 'Pattern'; Expression = { '@daily' } }, @{ Name = 'Name'; Expression = { "pester-of-$($_.Name)" } }
        $schedules = $plan | New-TroveBackupSchedule
        $schedules.Name | Sort-Object | Should -Be pester-of-broken, pester-of-m
        $schedules.InstanceId | Sort-Object | Should -Be ($m.Id, $broken.Id | Sort-Object)
    }

    It 'looks the names up once, not once per row' {
        $proxy = New-TestServer (Get-TestEndpoint database)
        $session = Connect-TestCloud -With @{ DatabaseEndpoint = $proxy.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
        $null = Connect-TestCloud
        try {
            $made = 1..5 | ForEach-Object { [pscustomobject] @{ Instance = 'm', 'broken' | Select-Object -Index ($_ % 2); Pattern = '0 3 * * *'; Name = "pester-$_" } } | New-TroveBackupSchedule -Session $session
            $made.Count | Should -Be 5
            $proxy.Requests.Count | Should -Be (Get-TestInstancePageCount)
        }
        finally { $proxy.Dispose() }
    }
}

Describe 'A row' {
    BeforeAll {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $other = New-TroveBackupSchedule broken '0 4 1 1 *' (New-TestName)
        Add-TestExecution 3 $schedule.Id -ErrorPercent 0
        $runs = @(Get-TroveScheduleExecution $schedule)
        $backup = New-TestBackup m
        $spec = (Get-Item "$PSScriptRoot/data/spec-workbook.yaml").FullName
    }

    AfterAll { Clear-TestCloud }

    It 'binds by the column <Column> for <Cmdlet>' -ForEach $columns {
        $value = switch -Wildcard ("$Cmdlet $Parameter") {
            '* Pattern' { '0 3 * * *'; break }
            '* Instance' { 'm'; break }
            '* Session' { Connect-TestCloud; $null = Connect-TestCloud; break }
            '* Path' { $spec; break }
            '* Schedule' { $schedule.Id; break }
            'Get-TroveInstance *' { $m.Id; break }
            'Get-TroveBackup *' { $backup; break }
            'Remove-TroveBackup *' { $null = New-TestBackup m; $backup; break }
            '*Schedule Id' { $schedule.Id; break }
            '*Execution Id' { $runs[0].Id; break }
        }
        $with = @{}
        if ($Cmdlet -eq 'New-TroveBackupSchedule') { $with = @{ Pattern = '0 3 * * *'; Name = 'pester-row' } }
        if ($Cmdlet -eq 'Get-TroveBackupRetention' -or ($Cmdlet -eq 'Remove-TroveScheduleExecution' -and $Parameter -eq 'Schedule')) { $with = @{ KeepLast = 1 } }
        if ($Cmdlet -eq 'Export-TroveBackupSchedule') { $with = @{ Path = "$TestDrive/plan.yaml"; Owner = 'pester' } }
        if ((Get-Command $Cmdlet).Parameters.ContainsKey('WhatIf')) { $with.WhatIf = $true }
        if ($Parameter -eq 'Schedule' -and $Cmdlet -eq 'Get-TroveScheduleOccurrence') {
            # Only a schedule object contains the times at which it runs.
            "$(Get-ErrorOf { [pscustomobject] @{ Schedule = $schedule.Id } | Get-TroveScheduleOccurrence })" | Should -BeLike '*column Pattern*'
            return
        }
        { [pscustomobject] @{ Other = 1; $Column = $value } | & $Cmdlet @with -ErrorAction Stop } | Should -Not -Throw
    }

    It 'names a thing by its own id rather than by its instance or schedule' {
        ([pscustomobject] @{ Instance = 'm'; Id = $other.Id } | Get-TroveBackupSchedule).Id | Should -Be $other.Id
        ([pscustomobject] @{ Instance = 'broken'; Id = $backup } | Get-TroveBackup).Id | Should -Be $backup
        ([pscustomobject] @{ Schedule = $schedule.Id; ScheduleId = $schedule.Id; Id = $runs[1].Id } | Get-TroveScheduleExecution).Id | Should -Be $runs[1].Id
        ([pscustomobject] @{ Schedule = $schedule.Id; Id = '' } | Get-TroveScheduleExecution).Id | Should -Be $runs.Id -Because 'an empty cell is none'
    }

    It 'names the backup of an execution, not the execution' {
        ([pscustomobject] @{ Id = $runs[0].Id; BackupId = $backup } | Get-TroveBackup).Id | Should -Be $backup
    }

    It 'may hold the thing itself' {
        ([pscustomobject] @{ Instance = $m } | Get-TroveBackupSchedule).Id | Should -Be $schedule.Id
    }

    It 'that names nothing is one error, which names the columns: <Cmdlet>' -ForEach ($columns | Group-Object { $_.Cmdlet } | ForEach-Object { @{ Cmdlet = $_.Name; Columns = $_.Group.Column } }) {
        $with = switch ($Cmdlet) { 'New-TroveBackupSchedule' { @{ Pattern = '0 3 * * *'; Name = 'pester-row' } } 'Get-TroveBackupRetention' { @{ KeepLast = 1 } } 'Export-TroveBackupSchedule' { @{ Path = "$TestDrive/plan.yaml"; WhatIf = $true } } default { @{} } }
        $record = Get-ErrorOf { [pscustomobject] @{ Colour = 'red' }, [pscustomobject] @{ Colour = 'blue' } | Select-Object -First 1 | & $Cmdlet @with }
        $record.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        "$record" | Should -BeLike '*not a row with Colour*'
        foreach ($column in $Columns | Where-Object { "$Cmdlet $_" -notin 'Get-TroveScheduleOccurrence Schedule', 'Remove-TroveScheduleExecution Schedule' }) { "$record" | Should -Match "\b$column\b" }
    }
}

Describe 'A row of a schedule whose times are wanted' {
    BeforeAll {
        $schedule = [TroveSchedules.BackupSchedule] @{
            Id = '11111111-2222-4333-8444-555555555555'; TriggerId = '11111111-2222-4333-8444-666666666666'; Input = '{}'; Name = 'far'; Pattern = '0 0 * * *'
            NextExecutionTime = [DateTimeOffset] '2030-06-20T05:17:00Z'; RemainingExecutions = 2
        }
    }

    It 'keeps its next time and its number of executions: <_>' -ForEach 'JSON', 'CSV', 'Clixml' {
        $row = switch ($_) {
            JSON { $schedule | ConvertTo-Json | ConvertFrom-Json }
            CSV { $schedule | ConvertTo-Csv | ConvertFrom-Csv }
            Clixml { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($schedule)) }
        }
        ($row | Get-TroveScheduleOccurrence).Time | Should -Be ([DateTimeOffset] '2030-06-20T05:17:00Z'), ([DateTimeOffset] '2030-06-21T00:00:00Z')
        ($row | Select-Object Id, Name, Pattern, NextExecutionTime | Get-TroveScheduleOccurrence -First 1).Time | Should -Be ([DateTimeOffset] '2030-06-20T05:17:00Z')
    }

    It 'is refused where one of them cannot be read, and its pattern alone does not count: <Column> <Value>' -ForEach @(
        @{ Column = 'NextExecutionTime'; Value = 'soon' }, @{ Column = 'NextExecutionTime'; Value = '06/05/2030 05:17:00' }, @{ Column = 'NextExecutionTime'; Value = '2030-13-01' }
        @{ Column = 'RemainingExecutions'; Value = '2,0' }, @{ Column = 'RemainingExecutions'; Value = 'many' }
    ) {
        $row = $schedule | ConvertTo-Csv | ConvertFrom-Csv
        $row.$Column = $Value
        { $row | Get-TroveScheduleOccurrence -ErrorAction Stop } | Should -Throw "*$($schedule.Id)*$Column*"
        { Get-TroveScheduleOccurrence -Schedule $row -ErrorAction Stop } | Should -Throw "*$($schedule.Id)*$Column*"
    }

    It 'is taken by -Schedule, and the error of -Pattern names that parameter' {
        { Get-TroveScheduleOccurrence $schedule -First 1 } | Should -Throw '*BackupSchedule with -Schedule, or through the pipeline*'
    }

    It 'takes AllowSeconds from the row of a plan' {
        $plan = "Instance,Pattern,Name,AllowSeconds`nm,0 0 2 * * 30,a,True`nm,0 0 2 * *,b," | ConvertFrom-Csv
        ($plan | Test-TroveCronPattern).IsValid | Should -Be $true, $true
        ($plan | Get-TroveScheduleOccurrence -First 1 -From 2030-01-01T00:00Z).Time.Second | Should -Be 0, 30
        ($plan | Select-Object Pattern | Test-TroveCronPattern).IsValid | Should -Be $false, $true
    }

    It 'without the backup of an execution, reports which column is missing' {
        $execution = [pscustomobject] @{ Id = $schedule.Id; State = 'SUCCESS'; ExecutionTime = '2030-06-20T05:17:00Z' }
        $execution | Get-TroveBackup -ErrorVariable errors -ErrorAction SilentlyContinue
        "$errors" | Should -BeLike '*no column BackupId*Get-TroveScheduleExecution*'
    }
}

Describe 'A thing that is no longer alive' {
    BeforeAll {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -RemainingExecutions 2
        $once = New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime '2037-05-05T18:30Z'
        Add-TestExecution 4 $schedule.Id -ErrorPercent 50
        $runs = @(Get-TroveScheduleExecution $schedule)
        $backup = Get-TroveBackup -Id (New-TestBackup m)
        $remains = @{
            'Import-Clixml' = { $args | Export-Clixml "$TestDrive/things.xml"; Import-Clixml "$TestDrive/things.xml" }
            'a job' = { ConvertTo-Remains @args -Depth 1 }
            'Select-Object' = { $args | Select-Object * }
            'Select-Object in a job' = { ConvertTo-Remains ($args | Select-Object *) -Depth 1 }
            'Import-Csv with its type' = { $args | Export-Csv "$TestDrive/things.csv" -IncludeTypeInformation; Import-Csv "$TestDrive/things.csv" }
        }
        # In these formats, only the columns identify the type.
        $rows = @{
            'Import-Csv' = { $args | Export-Csv "$TestDrive/rows.csv"; Import-Csv "$TestDrive/rows.csv" }
            'ConvertFrom-Json' = { $args | ConvertTo-Json | ConvertFrom-Json }
            'Select-Object and ConvertFrom-Json' = { $args | Select-Object * -ExcludeProperty Input, Output, Origin | ConvertTo-Json | ConvertFrom-Json }
            'ConvertFrom-Json with columns of one''s own' = { $args | Select-Object *, @{ Name = 'Team'; Expression = { 'ops' } }, @{ Name = 'Status2'; Expression = { 'x' } } | ConvertTo-Json | ConvertFrom-Json }
        }
    }

    AfterAll { Clear-TestCloud }

    It 'binds as it did: from <_>' -ForEach 'Import-Clixml', 'a job', 'Select-Object', 'Select-Object in a job', 'Import-Csv with its type', 'Import-Csv', 'ConvertFrom-Json',
    'Select-Object and ConvertFrom-Json', 'ConvertFrom-Json with columns of one''s own' {
        $of = $remains[$_] ?? $rows[$_]
        (& $of $schedule | Get-TroveScheduleExecution).Id | Should -Be $runs.Id
        (& $of $schedule | Get-TroveBackupSchedule).Id | Should -Be $schedule.Id
        (& $of $runs[1] | Get-TroveScheduleExecution).Id | Should -Be $runs[1].Id
        (& $of $m | Get-TroveBackupSchedule).Id | Should -Be @(Get-TroveBackupSchedule m).Id
        (& $of $m | Get-TroveInstance).Id | Should -Be $m.Id
        (& $of $backup | Get-TroveBackup).Id | Should -Be $backup.Id
        (& $of $m | Get-TroveBackup).Id | Should -Be @($m | Get-TroveBackup).Id
        (& $of $m | New-TroveBackupSchedule -Pattern '0 5 1 1 *' -Name (New-TestName) | Remove-TroveBackupSchedule -PassThru -Confirm:$false).InstanceId | Should -Be $m.Id
        (& $of (Test-TroveCronPattern '0 3 * * *') | Test-TroveCronPattern).Pattern | Should -Be '0 3 * * *'
        & $of $schedule | Remove-TroveBackupSchedule -WhatIf -ErrorAction Stop
        & $of $runs[0] | Remove-TroveScheduleExecution -WhatIf -ErrorAction Stop
        (Get-TroveScheduleOccurrence -Schedule (& $of $schedule)).Time | Should -Be @($schedule | Get-TroveScheduleOccurrence).Time
        (& $of $schedule | Get-TroveScheduleOccurrence).Count | Should -Be 2 -Because 'no more runs remain'
        (& $of $once | Get-TroveScheduleOccurrence).Time | Should -Be ([DateTimeOffset] '2037-05-05T18:30Z')
        (& $of $schedule | Test-TroveCronPattern).Pattern | Should -Be '0 3 1 1 *'
    }

    It 'is taken by all that take a schedule, if it is about one: the <Name>, <Way>' -ForEach $(
        foreach ($name in 'health of a schedule', 'step of a plan') {
            foreach ($way in 'as it is', 'Import-Clixml', 'a job', 'Select-Object', 'Select-Object in a job', 'Import-Csv with its type') { @{ Name = $name; Way = $way } }
        }) {
        'version: 1', 'owner: pester', 'schedules:', '- { instance: m, name: pester-about, pattern: "0 5 1 1 *" }' | Set-Content "$TestDrive/about.yaml"
        $thing = Sync-TroveBackupSchedule "$TestDrive/about.yaml" -Confirm:$false
        $id = $thing.ScheduleId
        Add-TestExecution 2 $id
        if ($Name -like 'health*') { $thing = Get-TroveScheduleHealth -Schedule $id }
        if ($remains[$Way]) { $thing = & $remains[$Way] $thing }
        ($thing | Get-TroveBackupSchedule).Id | Should -BeExactly $id
        (Get-TroveBackupSchedule -Id $thing).Id | Should -BeExactly $id
        ($thing | Get-TroveScheduleHealth).ScheduleId | Should -BeExactly $id
        ($thing | Get-TroveScheduleExecution).ScheduleId | Should -Be $id, $id
        ($thing | Suspend-TroveBackupSchedule -PassThru).State | Should -Be Suspended
        ($thing | Set-TroveBackupSchedule -Description about -PassThru).Description | Should -BeExactly about
        ($thing | Resume-TroveBackupSchedule -PassThru).Id | Should -BeExactly $id
        $thing | Start-TroveBackupSchedule -WhatIf -ErrorAction Stop
        $thing | Remove-TroveScheduleExecution -KeepLast 1 -Confirm:$false
        @($thing | Get-TroveScheduleExecution).Count | Should -Be 1
        ($thing | Remove-TroveBackupSchedule -PassThru -Confirm:$false).Id | Should -BeExactly $id
    }

    It 'is refused if it is the health of an instance without a schedule: <_>' -ForEach 'as it is', 'Import-Clixml', 'a job', 'Import-Csv with its type' {
        $health = Get-TroveScheduleHealth -IncludeUnscheduled | Where-Object { -not $_.ScheduleId } | Select-Object -First 1
        if ($remains[$_]) { $health = & $remains[$_] $health }
        "$(Get-ErrorOf { $health | Remove-TroveBackupSchedule -Confirm:$false })" | Should -BeLike "*The instance '$($health.InstanceId)' has no schedule. Use Where-Object ScheduleId*"
    }

    It 'stays of its kind: an execution never deletes a schedule, whatever file it comes from, nor does anything else with an Id' {
        foreach ($of in $remains.Values) {
            foreach ($use in { & $of $runs[0] | Remove-TroveBackupSchedule -Confirm:$false }, { & $of $schedule | Remove-TroveScheduleExecution },
                { & $of ([TimeZoneInfo]::Utc) | Remove-TroveBackupSchedule -Confirm:$false }) {
                (Get-ErrorOf $use).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
            }
        }
    }

    It 'is of the kind that its columns show, through <Way>: <Columns> is a <Noun> to <Cmdlet>' -ForEach $(
        foreach ($way in 'JSON', 'CSV') {
            @{ Way = $way; Noun = 'schedule'; Columns = 'Id', 'Name'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'schedule'; Columns = 'Id', 'Pattern'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'schedule'; Columns = 'Id', 'Name', 'InstanceId'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'schedule'; Columns = 'Id', 'Name', 'Pattern', 'NextExecutionTime'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'execution'; Columns = , 'Id'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'execution'; Columns = 'Id', 'State'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'execution'; Columns = 'Id', 'ExecutionTime', 'State', 'Output'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'execution'; Columns = 'Id', 'ScheduleId', 'Reason'; Cmdlet = 'Get-TroveScheduleExecution' }
            @{ Way = $way; Noun = 'schedule'; Columns = , 'Id'; Cmdlet = 'Get-TroveBackupSchedule' }
            @{ Way = $way; Noun = 'schedule'; Columns = 'Id', 'Name', 'Pattern'; Cmdlet = 'Get-TroveBackupSchedule' }
            @{ Way = $way; Noun = 'instance'; Columns = 'Id', 'Name', 'Status'; Cmdlet = 'Get-TroveBackupSchedule' }
            @{ Way = $way; Noun = 'instance'; Columns = 'Id', 'Name', 'Status', 'Datastore', 'VolumeSize'; Cmdlet = 'Get-TroveBackup' }
            @{ Way = $way; Noun = 'backup'; Columns = 'Id', 'Name', 'Status'; Cmdlet = 'Get-TroveBackup' }
            @{ Way = $way; Noun = 'backup'; Columns = 'Id', 'Name', 'Status', 'InstanceId', 'Size'; Cmdlet = 'Get-TroveBackup' }
        }) {
        $thing = @{ schedule = $schedule; execution = $runs[1]; backup = $backup; instance = $m }[$Noun]
        $row = $thing | Select-Object $Columns
        $row = if ($Way -eq 'JSON') { $row | ConvertTo-Json | ConvertFrom-Json } else { $row | ConvertTo-Csv | ConvertFrom-Csv }
        ($row | & $Cmdlet -ErrorAction Stop).Id | Should -Be @($thing | & $Cmdlet).Id
    }

    It 'is whatever its Id is of, where its columns are anybody''s: <_>' -ForEach 'Reason', 'State', 'Region', 'Size', 'Status', 'Owner' {
        [pscustomobject] @{ Id = $schedule.Id; $_ = 'x' } | Remove-TroveBackupSchedule -WhatIf -ErrorAction Stop
        [pscustomobject] @{ Id = $runs[1].Id; $_ = 'x' } | Remove-TroveScheduleExecution -WhatIf -ErrorAction Stop
    }

    It 'is refused by cmdlets that do not take it, with an error that names its kind: from <_>' -ForEach 'Import-Csv', 'ConvertFrom-Json', 'Select-Object and ConvertFrom-Json', 'ConvertFrom-Json with columns of one''s own' {
        $of = $rows[$_]
        $things = @{ BackupSchedule = $schedule; ScheduleExecution = $runs[0]; Backup = $backup; Instance = $m }
        $uses = @{
            BackupSchedule = { $row | Remove-TroveScheduleExecution }, { $row | Get-TroveInstance }, { $row | Get-TroveBackup }, { Get-TroveScheduleExecution -Id $row }
            ScheduleExecution = { $row | Remove-TroveBackupSchedule -Confirm:$false }, { $row | Get-TroveBackupSchedule }, { $row | Get-TroveInstance }
            Backup = { $row | Remove-TroveBackupSchedule -Confirm:$false }, { $row | Get-TroveScheduleExecution }, { $row | Remove-TroveScheduleExecution }, { $row | Get-TroveInstance }, { $row | Get-TroveBackupSchedule }
            Instance = { $row | Remove-TroveBackupSchedule -Confirm:$false }, { $row | Get-TroveScheduleExecution }, { $row | Remove-TroveScheduleExecution }
        }
        foreach ($kind in $things.Keys) {
            $row = & $of $things[$kind]
            foreach ($use in $uses[$kind]) {
                $record = Get-ErrorOf $use
                $record.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
                "$record" | Should -BeLike "*This takes *, not a row that looks like the $kind '$($things[$kind].Id)'.*"
            }
        }
    }

    It 'is due when it was due, in the culture <_>' -ForEach 'de-DE', 'fa-IR', 'th-TH' {
        $due = ($once | Get-TroveScheduleOccurrence).Time
        $text = $once | ConvertTo-Json
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = $_
            $time = ($text | ConvertFrom-Json -DateKind String | Get-TroveScheduleOccurrence).Time
        }
        finally { [cultureinfo]::CurrentCulture = $before }
        $time | Should -Be $due
    }

    It 'need not be whole' {
        (Get-TroveBackupSchedule -Id $schedule.Id | Select-Object Id, Name | Get-TroveScheduleExecution).Id | Should -Be $runs.Id
        ($runs[2] | Select-Object Id | Get-TroveScheduleExecution).Id | Should -Be $runs[2].Id
        ($schedule | Select-Object Id, Pattern | Get-TroveScheduleOccurrence).Count | Should -Be 5 -Because 'of the number of runs nothing is left, but the pattern is'
        "$(Get-ErrorOf { $schedule | Select-Object Name | Remove-TroveBackupSchedule -Confirm:$false })" | Should -BeLike '*not a BackupSchedule with no more than Name.'
        "$(Get-ErrorOf { $schedule | Select-Object Id | Get-TroveScheduleOccurrence })" | Should -BeLike "*not the BackupSchedule '$($schedule.Id)'*"
    }

    It 'without a backup is an error' {
        $failed = $runs | Where-Object State -EQ ERROR | Select-Object -First 1
        foreach ($thing in $failed, (ConvertTo-Remains $failed), ($failed | Select-Object *), ($failed | ConvertTo-Json | ConvertFrom-Json), ($failed | ConvertTo-Csv | ConvertFrom-Csv)) {
            "$(Get-ErrorOf { $thing | Get-TroveBackup })" | Should -BeLike "*'$($failed.Id)' names no backup; its state is ERROR."
        }
    }

    It 'still lists the executions of a deleted schedule, by its name in Mistral' {
        Get-TroveBackupSchedule -Id $schedule.Id | Export-Clixml "$TestDrive/deleted.xml"
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
        $null = Connect-TestCloud
        try {
            $schedule | Remove-TroveBackupSchedule -Confirm:$false
            (Import-Clixml "$TestDrive/deleted.xml" | Get-TroveScheduleExecution -Session $session).Id | Should -Be $runs.Id
            @($proxy.Requests).Count | Should -Be 1
            "$($proxy.Requests)" | Should -BeLike "*$($schedule.TriggerId)*" -Because 'new releases of Mistral name no other in an execution'
        }
        finally { $proxy.Dispose() }
    }
}

Describe '<Cmdlet> -Id of several, of which one is unknown' -ForEach $byId {
    BeforeAll {
        $schedules = 1..2 | ForEach-Object { New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) }
        Add-TestExecution 2 $schedules[0].Id
        $ids = @(switch ($Cmdlet) {
                Get-TroveBackup { New-TestBackup m; New-TestBackup m }
                Get-TroveBackupSchedule { $schedules.Id }
                Get-TroveInstance { $m.Id, $broken.Id }
                Get-TroveScheduleExecution { (Get-TroveScheduleExecution $schedules[0]).Id }
            })
        $unknown = "$([guid]::NewGuid())"
    }

    AfterAll { Clear-TestCloud }

    It 'gives the others and one error, by name and by pipeline' {
        $ids.Count | Should -Be 2
        $rows = $ids[0], $unknown, $ids[1] | ForEach-Object { [pscustomobject] @{ Id = $_ } }
        foreach ($use in { & $Cmdlet -Id $ids[0], $unknown, $ids[1] 2>&1 }, { $rows | & $Cmdlet 2>&1 }, { & $Cmdlet -Id $rows 2>&1 }) {
            $first, $record, $last = & $use
            $first.Id, $last.Id | Should -Be $ids
            $record | Should -BeOfType Management.Automation.ErrorRecord
            $record.CategoryInfo.Category | Should -Be ObjectNotFound
            "$record" | Should -BeLike "*$unknown*"
            $last | Should -Not -BeOfType Management.Automation.ErrorRecord
        }
    }
}

Describe 'Several at once' {
    BeforeAll {
        $schedules = @(New-TroveBackupSchedule $m, 'broken' '0 3 1 1 *' pester-several)
        Add-TestExecution 3 $schedules[0].Id
    }

    AfterAll { Clear-TestCloud }

    It 'are taken by New-TroveBackupSchedule, and one that is not there leaves the others' {
        $schedules.InstanceId | Should -Be $m.Id, $broken.Id
        $output = @(New-TroveBackupSchedule m, nowhere, broken '0 5 1 1 *' pester-several-more 2>&1)
        $output[0, 2].InstanceId | Should -Be $m.Id, $broken.Id
        $output[1] | Assert-Error InstanceNotFound New-TroveBackupSchedule ObjectNotFound -Says nowhere
    }

    It 'are taken by Get-TroveBackup -Instance' {
        $one, $two = (New-TestBackup m), (New-TestBackup (Get-TroveInstance dup)[0].Id)
        $found = (Get-TroveBackup m, (Get-TroveInstance dup)[0]).Id
        $found | Should -Contain $one
        $found | Should -Contain $two
        (Get-TroveInstance m | Get-TroveBackup).Id | Should -Contain $one
        ('m' | Get-TroveBackup).Id | Should -Contain $one
    }

    It 'are taken by Get-TroveScheduleOccurrence, as patterns and as schedules' {
        (Get-TroveScheduleOccurrence '0 3 * * *', '@daily' -First 1 -From 2030-01-01T01:00Z).Pattern | Should -Be '0 3 * * *', '@daily'
        ('0 3 * * *', '@daily' | Get-TroveScheduleOccurrence -First 1 -From 2030-01-01T01:00Z).Pattern | Should -Be '0 3 * * *', '@daily'
        (Test-TroveCronPattern '0 3 * * *', '@daily' | Get-TroveScheduleOccurrence -First 1 -From 2030-01-01T01:00Z).Pattern | Should -Be '0 3 * * *', '@daily'
        ($schedules | Get-TroveScheduleOccurrence -First 1).ScheduleId | Should -Be $schedules.Id
        $record, $good = Get-TroveScheduleOccurrence '0 3 * * *', '61 * * * *' -First 1 2>&1
        $good.Pattern | Should -Be '0 3 * * *'
        $record | Assert-Error InvalidCronPattern Get-TroveScheduleOccurrence InvalidArgument -Says '61'
    }

    It 'are taken by Test-TroveCronPattern, which asks a schedule for its pattern' {
        ($schedules | Test-TroveCronPattern).Pattern | Should -Be '0 3 1 1 *', '0 3 1 1 *'
        $once = New-TroveBackupSchedule m -Name pester-once -FirstExecutionTime '2037-05-05T18:30Z'
        "$(Get-ErrorOf { $once | Test-TroveCronPattern })" | Should -BeLike "*'$($once.Id)' has no pattern: it runs once."
    }

    It 'are taken by Disconnect-TroveSession' {
        $two = 1..2 | ForEach-Object { Connect-TestCloud }
        $null = Connect-TestCloud
        Disconnect-TroveSession $two
        foreach ($session in $two) { Get-ErrorOf { Get-TroveInstance -Session $session } | Assert-Error NotConnected Get-TroveInstance InvalidArgument }
        (Get-TroveInstance m).Name | Should -Be m
    }

    It 'are read again, and show what has changed' {
        $run = Start-TestExecution broken
        $old = Get-TroveScheduleExecution -Id $run
        $null = Wait-Until { ($old | Get-TroveScheduleExecution).State -eq 'ERROR' }
        ($old, @(Get-TroveScheduleExecution $schedules[0])[0] | Get-TroveScheduleExecution).Id[0] | Should -Be $run
        ($schedules | Get-TroveBackupSchedule).Id | Should -Be $schedules.Id
    }

    It 'are deleted from a file of ids' {
        Get-TroveBackupSchedule -Name pester-several* | Select-Object Id | Export-Csv "$TestDrive/ids.csv"
        Import-Csv "$TestDrive/ids.csv" | Remove-TroveBackupSchedule -Confirm:$false
        Get-TroveBackupSchedule -Name pester-several* | Should -BeNullOrEmpty
    }
}

Describe 'Install-TroveWorkbook' {
    It 'takes a file from the pipeline: <_>' -ForEach 'as Get-Item gives it', 'by its path', 'from a job', 'as a row' {
        $file = Get-Item "$PSScriptRoot/data/spec-workbook.yaml"
        $thing = switch ($_) { 'by its path' { $file.FullName } 'from a job' { ConvertTo-Remains $file -Depth 1 } 'as a row' { [pscustomobject] @{ LiteralPath = $file.FullName } } default { $file } }
        try { ($thing | Install-TroveWorkbook -WarningAction Ignore).Inputs | Should -Not -Contain incremental }
        finally { $null = Install-TroveWorkbook }
    }

    It 'loads nothing for an empty pipeline' {
        @() | Install-TroveWorkbook | Should -BeNullOrEmpty
    }
}

Describe 'A name with wildcards' {
    BeforeAll {
        $schedules = @(New-TroveBackupSchedule m, broken '0 3 1 1 *' pester-wild) + @((Get-TroveInstance dup).Id | New-TroveBackupSchedule -Pattern '0 4 1 1 *' -Name pester-wild)
        $proxies = @{}
        'workflowv2', 'database' | ForEach-Object { $proxies.$_ = New-TestServer (Get-TestEndpoint $_) }
        $with = @{ WorkflowEndpoint = "$($proxies.workflowv2.Url)/v2"; DatabaseEndpoint = $proxies.database.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
        $null = Connect-TestCloud -With $with
    }

    BeforeEach { $proxies.Values | ForEach-Object { $_.Requests.Clear() } }

    AfterAll {
        $proxies.Values | ForEach-Object Dispose
        Clear-TestCloud
        $null = Connect-TestCloud
    }

    It 'that is not valid is one clear error, and nothing is requested: <_>' -ForEach @(
        "Get-TroveBackupSchedule '[ab'", "Get-TroveBackupSchedule -Name '[ab'", "Get-TroveInstance '[ab'", "Get-TroveBackup '[ab'", "Get-TroveBackupRetention '[ab' -KeepLast 1"
    ) {
        $cmdlet = $_.Split(' ')[0]
        Get-ErrorOf ([scriptblock]::Create($_)) | Assert-Error InvalidWildcard $cmdlet InvalidArgument -Says '[ab' -Advises 'bracket'
        @($proxies.Values.Requests) | Should -BeNullOrEmpty
    }

    It 'means each instance that it fits, in any case, and lists the schedules once' {
        (Get-TroveBackupSchedule 'DU*' -Name pester-wild).Id | Sort-Object | Should -Be ($schedules[2, 3].Id | Sort-Object)
        @($proxies.workflowv2.Requests).Count | Should -Be 1
        @($proxies.database.Requests).Count | Should -Be (Get-TestInstancePageCount)
        (Get-TroveBackupSchedule 'm', '[bd]*' -Name pester-wild).Id | Should -Be (@($schedules[0].Id) + ($schedules[1..3] | Sort-Object NextExecutionTime, Id).Id)
        @($proxies.workflowv2.Requests).Count | Should -Be 2
        (Get-TroveInstance | Get-TroveBackupSchedule -Name pester-wild).Count | Should -Be 4
        @($proxies.workflowv2.Requests).Count | Should -Be 3 -Because 'the pipeline is one command'
    }

    It 'means their backups' {
        $id = New-TestBackup m
        (Get-TroveBackup '?').Id | Should -Contain $id
        (Get-TroveBackup 'b*').Id | Should -Not -Contain $id
    }

    It 'that fits nothing is silence' {
        Get-TroveBackupSchedule 'nothing*' -ErrorAction Stop | Should -BeNullOrEmpty
        Get-TroveBackup 'nothing*' -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'means the instance that is called so, where there is one' {
        $trove = New-TestServer (Get-TestEndpoint database)
        $rows = 'a[1]', 'a1', 'a2', 'a`b' | ForEach-Object -Begin { $n = 0 } { @{ id = "30000000-0000-4000-8000-00000000000$((++$n))"; name = $_; status = 'ACTIVE' } }
        $trove.Answer('^GET [^?]*/instances\?', 200, (@{ instances = $rows } | ConvertTo-Json -Depth 5), $null)
        $trove.Answer('^GET [^?]*/backups\?', 200, '{"backups": []}', $null)
        $session = Connect-TestCloud -With @{ DatabaseEndpoint = $trove.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
        $null = Connect-TestCloud -With $with
        function Get-AskedInstance($Name) {
            $trove.Requests.Clear()
            Get-TroveBackup $Name -Session $session
            $trove.Requests | Where-Object { $_ -match 'instance_id=3[-0]+4000-8000-0*(\d)' } | ForEach-Object { $Matches[1] }
        }
        try {
            Get-AskedInstance 'a[1]' | Should -Be 1
            Get-AskedInstance 'a[12]' | Should -Be 2, 3
            Get-AskedInstance 'a`[1`]' | Should -Be 1 -Because 'that is how one escapes in PowerShell'
            Get-AskedInstance 'a`b' | Should -Be 4
            Get-AskedInstance 'a*' | Should -Be 1, 2, 3, 4
        }
        finally { $trove.Dispose() }
    }

    It 'means nothing to what makes or deletes' {
        Get-ErrorOf { New-TroveBackupSchedule '*' '0 3 * * *' pester-wild } | Assert-Error InstanceNotFound New-TroveBackupSchedule ObjectNotFound -Says "'*'"
        Get-ErrorOf { '*' | Remove-TroveBackupSchedule -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound -Says "'*'"
        Get-ErrorOf { '*' | Remove-TroveBackup -Confirm:$false } | Assert-Error BackupNotFound Remove-TroveBackup ObjectNotFound -Says "'*'"
        Get-ErrorOf { '*' | Remove-TroveScheduleExecution } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound -Says "'*'"
        @(Get-TroveBackupSchedule -Name pester-wild).Count | Should -Be 4
    }

    It 'is announced by each parameter that takes it, and by no other' {
        $taking = Get-Command -Module TroveSchedules | ForEach-Object { $cmdlet = $_.Name; $_.Parameters.Values |
                Where-Object { $_.Attributes.TypeId.Name -contains 'SupportsWildcardsAttribute' } | ForEach-Object { "$cmdlet $($_.Name)" } }
        $taking | Sort-Object | Should -Be 'Get-TroveBackup Instance', 'Get-TroveBackupRetention Instance', 'Get-TroveBackupSchedule Instance', 'Get-TroveBackupSchedule Name', 'Get-TroveInstance Name'
    }
}

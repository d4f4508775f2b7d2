BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
}

AfterAll { Close-TestCloud }

Describe 'New-TroveBackupSchedule' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $m = Get-TestInstanceId m
    }

    AfterEach { Clear-TestCloud }

    AfterAll { Disconnect-TroveSession }

    It 'takes instance, pattern and name by position, as the specification does' {
        $schedule = New-TroveBackupSchedule m '*/2 * * * *' pester-myback
        $schedule.InstanceId, $schedule.Pattern, $schedule.Name | Should -Be $m, '*/2 * * * *', 'pester-myback'
        $schedule.NextExecutionTime.Minute % 2 | Should -Be 0
    }

    It 'gives back what Get-TroveBackupSchedule gives' {
        $backup = New-TestBackup
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Description 'Every New Year' -ParentId $backup -RemainingExecutions 7
        $schedule.Description | Should -BeExactly 'Every New Year'
        $schedule.ParentId | Should -Be $backup
        $schedule.RemainingExecutions | Should -Be 7
        $read = Get-TroveBackupSchedule -Id $schedule.Id
        foreach ($property in $schedule.PSObject.Properties.Name) { $read.$property | Should -Be $schedule.$property -Because $property }
    }

    It 'makes incremental schedules' {
        $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Incremental
        $schedule.Incremental | Should -BeTrue
        $schedule.ParentId | Should -BeNullOrEmpty
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName)).Incremental | Should -BeFalse
    }

    It 'begins at a first execution time, then keeps to the pattern' {
        $first = (Get-TestTime).AddDays(3)
        $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -FirstExecutionTime $first
        $schedule.Pattern | Should -BeExactly '0 3 * * *'
        $wanted = [DateTimeOffset]::new([long] [Math]::Ceiling($first.UtcTicks / [TimeSpan]::TicksPerMinute) * [TimeSpan]::TicksPerMinute, [TimeSpan]::Zero)
        $schedule.NextExecutionTime | Should -Be $wanted
        $schedule.FirstExecutionTime | Should -Be $wanted
        ($schedule | Get-TroveScheduleOccurrence -First 2).Time[1] | Should -Be ([DateTimeOffset]::new($wanted.UtcDateTime.Date.AddHours(3).AddDays($wanted.Hour -ge 3 ? 1 : 0), [TimeSpan]::Zero))
    }

    It 'runs once at a first execution time alone' {
        $first = [DateTimeOffset] '2037-05-05T20:30:00+02:00'
        $schedule = New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime $first
        $schedule.Pattern | Should -BeNullOrEmpty
        $schedule.FirstExecutionTime, $schedule.NextExecutionTime | Should -Be $first, $first
        $schedule.FirstExecutionTime.Offset | Should -Be ([TimeSpan]::Zero)
        $schedule.RemainingExecutions | Should -Be 1
        @($schedule | Get-TroveScheduleOccurrence).Time | Should -Be $first
        $schedule | Format-Table | Out-String -Width 200 | Should -Match '\(once\)'
        (Get-TroveBackupSchedule -Id $schedule.Id).Pattern | Should -BeNullOrEmpty
    }

    It 'takes a first execution time without a zone for local time' {
        $schedule = New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime ([DateTime] '2037-05-05T20:30')
        $schedule.FirstExecutionTime | Should -Be ([DateTimeOffset] [DateTime]::new(2037, 5, 5, 20, 30, 0, [DateTimeKind]::Local))
    }

    It 'finds the instance by <_>' -ForEach 'name', 'id', 'object', 'guid' {
        $instance = switch ($_) { name { 'm' } id { $m } object { Get-TroveInstance m } guid { [guid] $m } }
        (New-TroveBackupSchedule $instance '0 3 * * *' (New-TestName)).InstanceId | Should -Be $m
    }

    It 'makes one for each instance of a pipeline' {
        $name = New-TestName
        $schedules = Get-TroveInstance m, broken | New-TroveBackupSchedule -Pattern '0 3 * * *' -Name $name
        $schedules.InstanceId | Sort-Object | Should -Be ($m, (Get-TestInstanceId broken) | Sort-Object)
    }

    It 'makes what a CSV file plans' {
        @"
Instance,Pattern,Name,Description,ParentId
m,0 3 * * *,pester-daily,Of every day,
broken,0 4 * * sun,pester-weekly,,
"@ | Set-Content $TestDrive/plan.csv
        $schedules = Import-Csv $TestDrive/plan.csv | New-TroveBackupSchedule
        $schedules.Name | Should -Be pester-daily, pester-weekly
        $schedules[0].Description | Should -BeExactly 'Of every day'
        $schedules[1].Description | Should -BeNullOrEmpty
        $schedules.ParentId | Should -Be $null, $null
        $schedules.Pattern | Should -Be '0 3 * * *', '0 4 * * sun'
    }

    It 'goes on after a bad line of a CSV file' {
        @"
Instance,Pattern,Name
m,0 3 * * *,pester-a
nowhere,0 3 * * *,pester-b
m,61 * * * *,pester-c
m,0 4 * * *,pester-d
"@ | Set-Content $TestDrive/plan.csv
        $schedules = Import-Csv $TestDrive/plan.csv | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        $schedules.Name | Should -Be pester-a, pester-d
        $errors.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be InstanceNotFound, InvalidCronPattern
        @(Get-TestTrigger).Count | Should -Be 2
    }

    It 'leaves a name as it is, whatever is in it: <_>' -ForEach 'pester-in:prod', 'pester-*[a]?', 'pester-"quoted'' back\slash', 'pester-Größe 数据', 'pester-%2F/../x', 'pester-{{x}} <% $.name %>' {
        $schedule = New-TroveBackupSchedule m '0 3 * * *' $_ -Description $_
        $read = Get-TroveBackupSchedule -Id $schedule.Id
        $read.Name | Should -BeExactly $_
        $read.Description | Should -BeExactly $_
        (Get-TroveBackupSchedule -Name ([WildcardPattern]::Escape($_))).Id | Should -Contain $schedule.Id
    }

    It 'makes no second of a run that is planned already, and does not blame the name as Mistral does' {
        $once = @{ Instance = 'm'; Name = New-TestName; FirstExecutionTime = '2037-05-05T18:30Z' }
        $null = New-TroveBackupSchedule @once
        Get-ErrorOf { New-TroveBackupSchedule @once } | Assert-Error Conflict New-TroveBackupSchedule ResourceExists -Says $once.Name, 'first time' -Advises Get-TroveBackupSchedule
    }

    It 'with -WhatIf reports what it would do, and creates nothing' {
        New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -WhatIf | Should -BeNullOrEmpty
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'with -Verbose shows when it will run: the union, if both day fields are restricted' {
        $verbose = New-TroveBackupSchedule m '0 0 13 * 5' (New-TestName) -Verbose 4>&1 3>$null | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$verbose" | Should -Match '13.*(and|or).*Friday'
    }

    It 'warns of a pattern that versions read in different ways, and makes the schedule' {
        $schedule = New-TroveBackupSchedule m '0 0 1-31 * 1' (New-TestName) -WarningVariable warnings 3>$null
        $schedule.Pattern | Should -BeExactly '0 0 1-31 * 1'
        @($warnings).Count | Should -BeGreaterOrEqual 1
        "$warnings" | Should -BeLike '*1-31*'
    }

    It 'reports Mistral''s reason for a pattern that its version refuses' {
        $record = Get-ErrorOf { New-TroveBackupSchedule m '0 0 * * fri-mon' (New-TestName) }
        $record.CategoryInfo.Category | Should -Be InvalidArgument
        $record.ErrorDetails.Message | Should -BeLike '*fri-mon*'
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'takes six fields with -AllowSeconds only' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 1 1 * 30' (New-TestName) } | Assert-Error InvalidCronPattern New-TroveBackupSchedule InvalidArgument -Advises '(AllowSeconds)'
        Get-TestTrigger | Should -BeNullOrEmpty
        $schedule = New-TroveBackupSchedule m '0 3 1 1 * 30' (New-TestName) -AllowSeconds
        $schedule.NextExecutionTime.ToString('MM-dd HH:mm:ss') | Should -Be '01-01 03:00:30'
    }

    It 'agrees with Mistral on the first run of <_>' -ForEach '*/7 * * * *', '0 0 L * *', '0 0 13 * 5', '0 0 * * L5', '0 12 * * mon#2,tue#3', '5/15 * * * *', '@weekly', '0 0 29 2 *' {
        $schedule = New-TroveBackupSchedule m $_ (New-TestName) -WarningVariable warnings 3>$null
        @($warnings).Count | Should -Be ($_ -eq '0 0 13 * 5' ? 1 : 0) -Because 'only that one has a surprise: it joins the days'
        $expected = (Get-TroveScheduleOccurrence -Pattern $_ -From $schedule.CreatedAt.AddSeconds(-1) -First 2 -WarningAction Ignore).Time
        $schedule.NextExecutionTime | Should -BeIn $expected
    }
}

Describe 'New-TroveBackupSchedule -Suspended' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $until = [DateTimeOffset] '2037-01-01T00:00Z'
    }

    AfterEach { Clear-TestCloud }

    AfterAll { Disconnect-TroveSession }

    It 'makes what Suspend-TroveBackupSchedule makes of an active one' {
        $with = @{ Instance = 'm'; Pattern = '0 3 1 1 *'; Description = 'd'; RemainingExecutions = 7; FirstExecutionTime = '2037-05-05T18:30Z' }
        $suspended = New-TroveBackupSchedule @with -Name (New-TestName) | Suspend-TroveBackupSchedule -Reason 'new disk' -Until $until -PassThru
        $made = New-TroveBackupSchedule @with -Name (New-TestName) -Suspended -Reason 'new disk' -Until $until
        foreach ($property in $made.PSObject.Properties.Name | Where-Object { $_ -notin 'Id', 'TriggerId', 'Name', 'Input', 'SuspendedAt', 'CreatedAt', 'UpdatedAt', 'EarlierTriggerIds' }) {
            $made.$property | Should -Be $suspended.$property -Because $property
        }
        $made.State, $made.SuspendedReason, $made.SuspendedUntil | Should -Be Suspended, 'new disk', $until
        $made.FirstExecutionTime | Should -Be ([DateTimeOffset] '2037-05-05T18:30Z')
        $made.EarlierTriggerIds, $made.NextExecutionTime | Should -Be $null, $null
        [Math]::Abs(($made.SuspendedAt - (Get-TestTime)).TotalSeconds) | Should -BeLessThan 60
        $read = Get-TroveBackupSchedule -Id $made.Id
        foreach ($property in $made.PSObject.Properties.Name) { $read.$property | Should -Be $made.$property -Because $property }
        $one, $two = Get-TestTrigger
        foreach ($column in 'pattern', 'remaining_executions', 'first_execution_time', 'next_execution_time') { $one.$column | Should -Be $two.$column -Because $column }
    }

    It 'does not run, and runs after it is resumed' {
        $schedule = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName) -AllowSeconds -Suspended
        Step-TestCloud -Seconds 12
        Get-TroveScheduleExecution $schedule.Id | Should -BeNullOrEmpty
        $resumed = $schedule | Resume-TroveBackupSchedule -PassThru
        $resumed.State, $resumed.Id, $resumed.CreatedAt | Should -Be Active, $schedule.Id, $schedule.CreatedAt
        $null = Wait-Until -For 'it to run' { Get-TroveScheduleExecution $resumed -State ERROR }
    }

    It 'keeps the first time of a schedule <Of>' -ForEach @{ Of = 'with a pattern'; Pattern = '0 3 1 1 *' }, @{ Of = 'that runs once'; Pattern = $null } {
        $with = $Pattern ? @{ Pattern = $Pattern } : @{}
        $schedule = New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime '2037-05-05T18:30Z' -Suspended @with
        $schedule.Pattern, $schedule.FirstExecutionTime, $schedule.NextExecutionTime | Should -Be $Pattern, ([DateTimeOffset] '2037-05-05T18:30Z'), $null
        $resumed = Resume-TroveBackupSchedule $schedule.Id -PassThru
        $resumed.Pattern, $resumed.FirstExecutionTime, $resumed.NextExecutionTime | Should -Be $Pattern, ([DateTimeOffset] '2037-05-05T18:30Z'), ([DateTimeOffset] '2037-05-05T18:30Z')
    }

    It 'keeps a reason as it is: <_>' -ForEach 'Größe 数据', '"quoted'' back\slash', '{{x}} <% $.name %>', "two`nlines", '007' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName) -Suspended -Reason $_
        $schedule.SuspendedReason | Should -BeExactly $_
        (Get-TroveBackupSchedule -Id $schedule.Id).SuspendedReason | Should -BeExactly $_
    }

    It 'reports it in -WhatIf and -Verbose' {
        $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Suspended -Verbose 4>&1 | Where-Object { "$_" -like '*suspended until it is resumed*' }
        $schedule | Should -Not -BeNullOrEmpty
        Clear-TestCloud
        (Invoke-AtScreen 'New-TroveBackupSchedule m "0 3 * * *" pester -Suspended -WhatIf').Screen | Should -BeLike "*Schedule backup 'pester': At 03:00 UTC, every day; suspended until it is resumed*"
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'is needed for -<Name> on the command line, and the error ends the pipeline' -ForEach @{ Name = 'Reason'; Value = 'disk' }, @{ Name = 'Until'; Value = '2037-01-01T00:00Z' } {
        $with = @{ $Name = $Value }
        foreach ($use in { New-TroveBackupSchedule m '0 3 * * *' never @with }, { New-TroveBackupSchedule m '0 3 * * *' never @with -Suspended:$false }, { 'm', 'broken' | New-TroveBackupSchedule -Pattern '0 3 * * *' -Name never @with }) {
            Get-ErrorOf $use | Assert-Error "Invalid$Name" New-TroveBackupSchedule InvalidArgument -Says "-$Name", '-Suspended' -Advises 'Add -Suspended'
        }
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'refuses -Until in the past, and an empty -Reason or -Until' {
        $past = (Get-TestTime).AddDays(-1)
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' never -Suspended -Until $past } | Assert-Error InvalidUntil New-TroveBackupSchedule InvalidArgument -Says $past.ToString('u') -Advises later
        foreach ($value in $null, '') {
            Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' never -Suspended -Reason $value } | Assert-Error InvalidReason New-TroveBackupSchedule InvalidArgument -Says '-Reason is empty' -Advises 'leave -Reason out'
            Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' never -Suspended -Until $value } | Assert-Error InvalidUntil New-TroveBackupSchedule InvalidArgument -Says '-Until is empty' -Advises 'leave -Until out'
        }
        Get-TestTrigger | Should -BeNullOrEmpty
    }
}

Describe 'A copy' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $broken = Get-TestInstanceId broken
        $until = [DateTimeOffset] '2037-01-01T00:00Z'
        # Changed once more, so that it has earlier triggers.
        $of = New-TroveBackupSchedule m '0 3 1 1 *' pester-original -Description 'Größe, "quoted"' -RemainingExecutions 7 -FirstExecutionTime '2037-06-05T18:30Z' |
            Suspend-TroveBackupSchedule -Reason "new, ""disk""`nof 数据" -Until $until -PassThru | Set-TroveBackupSchedule -Pattern '0 4 1 1 *' -PassThru
    }

    AfterEach { Get-TroveBackupSchedule broken -ErrorAction Ignore | Remove-TroveBackupSchedule -Confirm:$false }

    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'of a suspended schedule is <Kind>, <With>' -ForEach @(
        foreach ($way in @(
                @{ With = 'live'; Way = { $args } }
                @{ With = 'by its id'; Way = { Get-TroveBackupSchedule -Id $args[0].Id } }
                @{ With = 'by its name'; Way = { Get-TroveBackupSchedule -Name $args[0].Name } }
                @{ With = 'through Select-Object'; Way = { $args | Select-Object * } }
                foreach ($culture in '', 'de-DE', 'tr-TR') {
                    @{ With = "through Export-Csv in '$culture'"; Culture = $culture; Way = { $args | Export-Csv "$TestDrive/plan.csv"; Import-Csv "$TestDrive/plan.csv" } }
                    @{ With = "through ConvertTo-Json in '$culture'"; Culture = $culture; Way = { $args | ConvertTo-Json -AsArray | ConvertFrom-Json } }
                    @{ With = "through Export-Clixml in '$culture'"; Culture = $culture; Way = { $args | Export-Clixml "$TestDrive/plan.xml"; Import-Clixml "$TestDrive/plan.xml" } }
                }
            )) {
            @{ Kind = 'active'; Switch = @{} } + $way
            @{ Kind = 'suspended on request'; Switch = @{ Suspended = $true } } + $way
        }
    ) {
        $before = [cultureinfo]::CurrentCulture
        try {
            if ($Culture) { [cultureinfo]::CurrentCulture = $Culture }
            $copy = & $Way $of | New-TroveBackupSchedule -Instance broken @Switch
        }
        finally { [cultureinfo]::CurrentCulture = $before }
        $copy.InstanceId, $copy.State | Should -Be $broken, ($Switch.Suspended ? 'Suspended' : 'Active')
        foreach ($property in 'Name', 'Pattern', 'Description', 'Incremental', 'ParentId', 'RemainingExecutions', 'FirstExecutionTime') { $copy.$property | Should -Be $of.$property -Because $property }
        foreach ($property in 'SuspendedReason', 'SuspendedUntil') { $copy.$property | Should -Be ($Switch.Suspended ? $of.$property : $null) -Because $property }
        $of.EarlierTriggerIds | Should -Not -BeNullOrEmpty
        foreach ($property in 'EarlierTriggerIds', 'ReplacementTriggerId') { $copy.$property | Should -BeNullOrEmpty -Because $property }
        $copy.TriggerId | Should -Not -Be $of.TriggerId
        $copy.CreatedAt | Should -BeGreaterOrEqual $of.CreatedAt
        if ($Switch.Suspended) {
            $copy.SuspendedAt | Should -BeGreaterOrEqual $of.SuspendedAt
            ($copy | Resume-TroveBackupSchedule -PassThru).NextExecutionTime | Should -Be ([DateTimeOffset] '2037-06-05T18:30Z')
        }
        else { $copy.NextExecutionTime | Should -Be ([DateTimeOffset] '2037-06-05T18:30Z') }
    }

    It 'of a row may be suspended by a column, with the reason and the time of the row' {
        @"
Instance,Pattern,Name,Suspended,Reason,Until,SuspendedReason,SuspendedUntil
broken,0 3 * * *,pester-yes,True,disk,2037-01-01T00:00Z,,
broken,0 3 * * *,pester-bare,true,,,,
broken,0 3 * * *,pester-no,False,unused,2020-01-01T00:00Z,,
broken,0 3 * * *,pester-empty,,,,,
"@ | Set-Content $TestDrive/plan.csv
        $yes, $bare, $no, $empty = Import-Csv $TestDrive/plan.csv | New-TroveBackupSchedule
        $yes.State, $yes.SuspendedReason, $yes.SuspendedUntil | Should -Be Suspended, disk, $until
        $bare.State, $bare.SuspendedReason, $bare.SuspendedUntil | Should -Be Suspended, $null, $null
        foreach ($active in $no, $empty) { $active.State, $active.SuspendedReason, $active.SuspendedUntil | Should -Be Active, $null, $null }
    }

    It 'of a row keeps a time to resume at that has passed, unless it was typed' {
        $row = [pscustomobject] @{ Instance = 'broken'; Pattern = '0 3 * * *'; Name = 'pester-late'; Suspended = 'True'; SuspendedUntil = '2020-01-01T00:00Z' }
        $late = $row | New-TroveBackupSchedule
        $late.SuspendedUntil, $late.IsResumeOverdue, $late.State | Should -Be ([DateTimeOffset] '2020-01-01T00:00Z'), $true, Suspended
        Get-ErrorOf { $row | New-TroveBackupSchedule -Suspended -Until '2020-01-01T00:00Z' } | Assert-Error InvalidUntil New-TroveBackupSchedule InvalidArgument
    }

    It 'of several schedules, of which some are suspended, carries only their reasons' {
        $active, $other = 'pester-active', 'pester-other' | ForEach-Object { New-TroveBackupSchedule broken '0 3 1 1 *' $_ }
        $copies = $active, $of, $other | Select-Object * -ExcludeProperty FirstExecutionTime | New-TroveBackupSchedule -Instance broken -Suspended -Pattern '0 9 1 1 *'
        $copies.State | Sort-Object -Unique | Should -Be Suspended
        $copies.SuspendedReason | Should -BeExactly @($null, $of.SuspendedReason, $null)
        $copies.SuspendedUntil | Should -Be @($null, $until, $null)
    }

    It 'of a row with a bad value is an error of its row: <Name> <Value>' -ForEach @{ Name = 'Suspended'; Value = 'maybe' }, @{ Name = 'Until'; Value = 'soon' }, @{ Name = 'SuspendedUntil'; Value = '03/04/2037' }, @{ Name = 'Reason'; Value = @(1, 2) } {
        $bad = @{ Instance = 'broken'; Pattern = '0 3 * * *'; Name = 'never'; Suspended = 'True' }
        $bad.$Name = $Value
        $made = [pscustomobject] $bad, [pscustomobject] @{ Instance = 'broken'; Pattern = '0 3 * * *'; Name = 'pester-good' } | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        $made.Name | Should -Be pester-good
        $errors.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError*'
    }
}

Describe 'New-TroveBackupSchedule refuses' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        $null = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
        $from = 'New-TroveBackupSchedule'
        $trusts = @(Get-TestTrust).Count
    }

    AfterEach {
        $proxy.Requests -like 'POST *' | Should -BeNullOrEmpty -Because 'nothing is sent that should not be'
        Get-TestTrigger | Should -BeNullOrEmpty -Because 'nothing is made'
        @(Get-TestTrust).Count | Should -Be $trusts
    }

    AfterAll {
        Disconnect-TroveSession
        $proxy.Dispose()
    }

    It 'an unknown instance' {
        Get-ErrorOf { New-TroveBackupSchedule nowhere '0 3 * * *' (New-TestName) } | Assert-Error InstanceNotFound $from ObjectNotFound -Says "'nowhere'", "'demo'" -Advises Get-TroveInstance
        $id = [guid]::NewGuid()
        Get-ErrorOf { New-TroveBackupSchedule $id '0 3 * * *' (New-TestName) } | Assert-Error InstanceNotFound $from ObjectNotFound -Says "$id" -Advises Get-TroveInstance
        Get-ErrorOf { New-TroveBackupSchedule M '0 3 * * *' (New-TestName) } | Assert-Error InstanceNotFound $from ObjectNotFound -Says "'M'"
    }

    It 'an instance of another project' {
        Get-ErrorOf { New-TroveBackupSchedule o '0 3 * * *' (New-TestName) } | Assert-Error InstanceNotFound $from ObjectNotFound -Says "'o'"
        Get-ErrorOf { New-TroveBackupSchedule (Get-TestInstanceId o) '0 3 * * *' (New-TestName) } | Assert-Error InstanceNotFound $from ObjectNotFound -Says (Get-TestInstanceId o)
    }

    It 'a name that two instances have, and lists their ids' {
        $ids = (Get-TroveInstance dup).Id
        $ids.Count | Should -Be 2
        Get-ErrorOf { New-TroveBackupSchedule dup '0 3 * * *' (New-TestName) } | Assert-Error InvalidInstance $from InvalidArgument -Says (@("'dup'") + $ids) -Advises 'id'
    }

    It 'an empty name' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' '' } | Assert-Error InvalidName $from InvalidArgument -Says 'empty' -Advises '1 to 255'
    }

    It 'an overlong name' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' ('x' * 256) } | Assert-Error InvalidName $from InvalidArgument -Says '256', '255' -Advises 'Shorten'
    }

    It 'a name without a letter or digit that Trove takes: <_>' -ForEach ' ', '---', '数据' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' $_ } | Assert-Error InvalidName $from InvalidArgument -Says $_
    }

    It 'an overlong description' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Description ('x' * 256) } | Assert-Error InvalidDescription $from InvalidArgument -Says '256', '255'
    }

    It 'both -ParentId and -Incremental' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -ParentId ([guid]::NewGuid()) -Incremental } |
            Assert-Error InvalidParent $from InvalidArgument -Says '(ParentId)', '(Incremental)' -Advises 'one of the two'
    }

    It 'a parent that is no backup' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -ParentId lastnight } | Assert-Error InvalidParent $from InvalidArgument -Says lastnight -Advises Get-TroveBackup
        $id = "$([guid]::NewGuid())"
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -ParentId $id } | Assert-Error BackupNotFound $from ObjectNotFound -Says $id -Advises Get-TroveBackup
    }

    It 'a first time in the past, and one less than a minute ahead' {
        $past = (Get-TestTime).AddHours(-1)
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -FirstExecutionTime $past } |
            Assert-Error InvalidFirstExecutionTime $from InvalidArgument -Says $past.ToString('u'), 'one minute' -Advises 'later'
        Get-ErrorOf { New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime '2020-01-01T00:00Z' } |
            Assert-Error InvalidFirstExecutionTime $from InvalidArgument -Says '2020-01-01 00:00:00Z'
        Get-ErrorOf { New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime (Get-TestTime) } |
            Assert-Error InvalidFirstExecutionTime $from InvalidArgument
    }

    It 'a number of runs below one, and more than one without a pattern' {
        foreach ($number in 0, -1) {
            Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -RemainingExecutions $number } |
                Assert-Error InvalidRemainingExecutions $from InvalidArgument -Says "$number"
        }
        Get-ErrorOf { New-TroveBackupSchedule m -Name (New-TestName) -FirstExecutionTime '2037-01-01Z' -RemainingExecutions 2 } |
            Assert-Error InvalidRemainingExecutions $from InvalidArgument -Says 'once'
    }

    It 'to be without a pattern and without a first time' {
        Get-ErrorOf { New-TroveBackupSchedule m -Name (New-TestName) } | Assert-Error InvalidCronPattern $from InvalidArgument -Says 'empty'
    }

    It 'an application credential, plainly' {
        $session = Connect-TestCloud demo-appcred -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Session $session } |
            Assert-Error ApplicationCredential $from PermissionDenied -Says 'application credential', 'trust' -Advises "user's name and password"
    }
}

Describe 'A cell or a value that is nothing' {
    BeforeAll {
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
    }

    AfterEach { Clear-TestCloud }

    AfterAll { Disconnect-TroveSession }

    It 'leaves a switch off in a row: <Form>' -ForEach @(
        @{ Form = 'the last cell of a file without a last line feed'; Row = { "Instance,Pattern,Name,Incremental`nm,0 3 * * *,{0}," -f (New-TestName) | ConvertFrom-Csv } }
        @{ Form = 'null in JSON'; Row = { '{{"Instance":"m","Pattern":"0 3 * * *","Name":"{0}","Incremental":null}}' -f (New-TestName) | ConvertFrom-Json } }
        @{ Form = 'a column that Select-Object adds'; Row = { [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = New-TestName } | Select-Object Instance, Pattern, Name, Incremental } }
        @{ Form = '$null'; Row = { [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = New-TestName; Incremental = $null } } }
    ) {
        (& $Row | New-TroveBackupSchedule).Incremental | Should -BeFalse
        ((Get-TestTrigger).workflow_input | ConvertFrom-Json).incremental | Should -BeFalse
    }

    It 'does not allow seconds in a row' {
        [pscustomobject] @{ Instance = 'm'; Pattern = '0 0 2 * * *'; Name = 'never'; AllowSeconds = $null } | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors.FullyQualifiedErrorId | Should -BeLike 'InvalidCronPattern,*'
    }

    It 'is refused on the command line: <Name> <Value>' -ForEach @(
        @{ Name = 'ParentId'; Value = $null; Id = 'InvalidParent' }, @{ Name = 'ParentId'; Value = ''; Id = 'InvalidParent' }
        @{ Name = 'FirstExecutionTime'; Value = $null; Id = 'InvalidFirstExecutionTime' }, @{ Name = 'FirstExecutionTime'; Value = ''; Id = 'InvalidFirstExecutionTime' }
        @{ Name = 'RemainingExecutions'; Value = $null; Id = 'InvalidRemainingExecutions' }, @{ Name = 'RemainingExecutions'; Value = ''; Id = 'InvalidRemainingExecutions' }
    ) {
        $with = @{ $Name = $Value }
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' never @with } | Assert-Error $Id New-TroveBackupSchedule InvalidArgument -Says "-$Name is empty" -Advises "leave -$Name out"
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'in a row means that there is none' {
        $schedule = [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = New-TestName; ParentId = $null; FirstExecutionTime = ''; RemainingExecutions = $null } | New-TroveBackupSchedule
        $schedule.ParentId, $schedule.RemainingExecutions | Should -Be $null, $null
    }

    It 'a number of runs that is none is refused: <Value>' -ForEach @(@{ Value = 1.5 }, @{ Value = [decimal] 0.6 }, @{ Value = [char] '5' }, @{ Value = $true }, @{ Value = 3gb }) {
        { New-TroveBackupSchedule m '0 3 * * *' never -RemainingExecutions $Value } | Should -Throw '*takes a whole number, not*'
        [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = 'never'; RemainingExecutions = $Value } | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        "$errors" | Should -BeLike '*takes a whole number, not*'
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'a number of runs may be a whole number of any type: <Value>' -ForEach @(@{ Value = [long] 3 }, @{ Value = 3.0 }, @{ Value = [decimal] 3 }, @{ Value = [byte] 3 }) {
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -RemainingExecutions $Value).RemainingExecutions | Should -Be 3
    }

    It 'a value that is no text or no flag is refused: <Name> given <Kind>' -ForEach @(
        foreach ($name in 'Name', 'Description', 'ParentId', 'Incremental', 'AllowSeconds') {
            @{ Name = $name; Kind = 'a list of one'; Value = @('True') }, @{ Name = $name; Kind = 'a list'; Value = 'a', 'b' }, @{ Name = $name; Kind = 'a hashtable'; Value = @{ a = 1 } }
            @{ Name = $name; Kind = 'an object'; Value = [pscustomobject] @{ a = 1 } }, @{ Name = $name; Kind = 'a process'; Value = Get-Process -Id $PID }
        }
    ) {
        $row = @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = 'never' }
        $row.$Name = $Value
        [pscustomobject] $row | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        "$errors" | Should -BeLike "*'$Name'. This takes *, not *"
        { New-TroveBackupSchedule @row -ErrorAction Stop } | Should -Throw '*This takes *, not *'
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'a number keeps the text that was typed: <_>' -ForEach '007', '5e3', '1.10', '0x10', '5GB' {
        $schedule = Invoke-Expression "New-TroveBackupSchedule m '0 3 * * *' -Name $_ -Description $_ -WarningAction SilentlyContinue"
        $schedule | Remove-TroveBackupSchedule -Confirm:$false
        $schedule.Name, $schedule.Description | Should -BeExactly $_, $_
    }

    It 'a version may be a description' {
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Description ([version] '7.6.9')).Description | Should -BeExactly '7.6.9'
    }

    It 'a parent may be the backup itself: <_>' -ForEach 'live', 'selected', 'back from a file' {
        $backup = New-TestBackup m
        $given = switch ($_) {
            live { Get-TroveBackup -Id $backup }
            selected { Get-TroveBackup -Id $backup | Select-Object Id, Name }
            default { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-TroveBackup -Id $backup))) }
        }
        (New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -ParentId $given).ParentId | Should -Be $backup
    }

    It 'a flag may be 0 or 1 and no other number: <Value>' -ForEach @(@{ Value = 1; Flag = $true }, @{ Value = [long] 0; Flag = $false }, @{ Value = 2; Flag = $null }, @{ Value = [datetime] '2030-01-01'; Flag = $null }) {
        $schedule = [pscustomobject] @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = New-TestName; Incremental = $Value } | New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        $schedule.Incremental | Should -Be $Flag
        $errors.Count | Should -Be ($null -eq $Flag)
    }

    It 'a first time at the end of the calendar is an error of its row, and the others go on: <_>' -ForEach '9999-12-31T23:59:59Z', '9999-12-31T23:59:00.001Z' {
        $made = "Instance,Pattern,Name,FirstExecutionTime`nm,0 3 * * *,$(New-TestName),`nm,@hourly,never,$_`nm,@weekly,$(New-TestName),9999-12-31T23:59:00Z" | ConvertFrom-Csv |
            New-TroveBackupSchedule -ErrorVariable errors -ErrorAction SilentlyContinue
        $made.Count | Should -Be 2
        $errors.FullyQualifiedErrorId | Should -BeLike 'InvalidFirstExecutionTime,*'
    }

    It 'a pattern may be the report or the schedule that has it' {
        $schedule = New-TroveBackupSchedule m (Test-TroveCronPattern '0 4 * * *') (New-TestName)
        $schedule.Pattern | Should -BeExactly '0 4 * * *'
        (New-TroveBackupSchedule m $schedule (New-TestName)).Pattern | Should -BeExactly '0 4 * * *'
        { New-TroveBackupSchedule m (Get-Process -Id $PID) never } | Should -Throw '*takes a cron pattern as text, not the Process *'
    }

    It 'a date and time without quotes is refused, for the time would become the name' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' -FirstExecutionTime 2030-01-07 03:00 } |
            Assert-Error InvalidFirstExecutionTime New-TroveBackupSchedule InvalidArgument -Says "'03:00'", 'quotes' -Advises "'2030-01-07 03:00'"
        Get-TestTrigger | Should -BeNullOrEmpty
    }
}

Describe 'An application credential' {
    BeforeAll {
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
        $null = Connect-TestCloud demo-appcred
    }

    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'lists and deletes schedules all the same' {
        (Get-TroveBackupSchedule).Id | Should -Contain $schedule.Id
        Get-TroveScheduleExecution $schedule | Should -BeNullOrEmpty
        Remove-TroveBackupSchedule $schedule.Id -Confirm:$false
        @(Get-TestTrigger).name | Should -Not -Contain $schedule.Id
    }
}

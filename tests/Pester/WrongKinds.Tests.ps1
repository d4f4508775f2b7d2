BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $nouns = 'schedule', 'execution', 'backup', 'decision', 'instance', 'workbook', 'occurrence', 'hour', 'overlap', 'health', 'step', 'report', 'session', 'file', 'date', 'number', 'hashtable', 'process'
    # The types that each parameter accepts. Everything else is a wrong type; from the pipeline, for all parameters of the cmdlet.
    $schedules = 'schedule', 'health', 'step'
    $takes = @{
        'Disconnect-TroveSession'        = @{ Session = @('session') }
        'Export-TroveBackupSchedule'     = @{ Id = $schedules }
        'Export-TroveScheduleMetric'     = @{ Health = @('health') }
        'Export-TroveScheduleReport'     = @{ Health = @('health') }
        'Get-TroveBackup'                = @{ Instance = @('instance'); Id = 'backup', 'execution' }
        'Get-TroveBackupRetention'       = @{ Instance = @('instance'); Schedule = $schedules }
        'Get-TroveBackupSchedule'        = @{ Instance = @('instance'); Id = $schedules }
        'Get-TroveInstance'              = @{ Id = @('instance') }
        'Get-TroveScheduleExecution'     = @{ Schedule = $schedules; Id = @('execution') }
        'Get-TroveScheduleHealth'        = @{ Schedule = $schedules }
        'Get-TroveScheduleOccurrence'    = @{ Schedule = @('schedule'); Pattern = @('report') }
        'Install-TroveWorkbook'          = @{ Path = @('file') }
        'New-TroveBackupSchedule'        = @{ Instance = @('instance') }
        'Remove-TroveBackup'             = @{ Id = 'backup', 'decision' }
        'Remove-TroveBackupSchedule'     = @{ Id = $schedules }
        'Remove-TroveScheduleExecution'  = @{ Id = @('execution'); Schedule = $schedules }
        'Start-TroveBackupSchedule'      = @{ Id = $schedules }
        'Wait-TroveScheduleExecution'    = @{ Id = @('execution') }
        'Resume-TroveBackupSchedule'     = @{ Id = $schedules }
        'Set-TroveBackupSchedule'        = @{ Id = $schedules }
        'Suspend-TroveBackupSchedule'    = @{ Id = $schedules }
        'Test-TroveCronPattern'          = @{ Pattern = 'schedule', 'report' }
    }
    # Live objects, objects from a file or a job, and results of Select-Object. A session works only as a live object.
    $forms = 'live', 'deserialised', 'selected'
    # Every cmdlet that takes something from the pipeline, whether the table has it or not.
    $cmdlets = Get-Command -Module TroveSchedules | Where-Object { $_.Parameters.Values.Attributes.ValueFromPipeline -contains $true } | ForEach-Object Name
    # JSON and CSV files keep no type, so an object is identified by its columns. For these five types they are sufficient.
    $rows = foreach ($noun in 'schedule', 'execution', 'backup', 'decision', 'instance') { foreach ($form in 'through JSON', 'through CSV', 'selected, through JSON') { @{ Noun = $noun; Form = $form } } }
    $known = $cmdlets | ForEach-Object { @{ Cmdlet = $_; Table = $takes } }
    $pairs = foreach ($cmdlet in $cmdlets) {
        foreach ($thing in @($nouns | ForEach-Object { foreach ($form in $forms) { @{ Noun = $_; Form = $form } } }) + $rows) {
            $isTaken = $thing.Noun -in @($takes[$cmdlet].Values | ForEach-Object { $_ })
            # A schedule's row, and an execution's or a backup's, is a plan, and one with a pattern is a row with a pattern.
            $isPlan = $thing.Form -like '*through*' -and $cmdlet -eq 'New-TroveBackupSchedule' -and $thing.Noun -ne 'instance'
            @{ Cmdlet = $cmdlet; IsTaken = ($isTaken -or $isPlan) -and -not ($thing.Noun -eq 'session' -and $thing.Form -ne 'live') } + $thing
        }
    }
    $right, $wrong = $pairs.Where({ $_.IsTaken }, 'Split')
    $named = foreach ($cmdlet in $takes.Keys | Sort-Object) {
        foreach ($parameter in $takes[$cmdlet].Keys | Sort-Object) {
            foreach ($noun in $nouns | Where-Object { $_ -notin $takes[$cmdlet][$parameter] }) { @{ Cmdlet = $cmdlet; Parameter = $parameter; Noun = $noun; Forms = $forms } }
        }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $server = New-TestKeystone
    $spare = Connect-TestKeystone $server.Url
    $session = Connect-TestKeystone $server.Url
    $uuid = '11111111-2222-4333-8444-555555555555'
    $pattern = '0 3 * * *'
    $live = @{
        schedule = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $uuid; Name = 'm'; InstanceId = $uuid; Pattern = $pattern; Input = '{}'; ProjectId = $session.ProjectId }
        execution = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'SUCCESS'; ScheduleId = $uuid; InstanceId = $uuid; BackupId = $uuid; ProjectId = $session.ProjectId }
        backup = [TroveSchedules.Backup] @{ Id = $uuid; Status = 'COMPLETED'; Name = 'm'; InstanceId = $uuid }
        decision = [TroveSchedules.BackupRetentionDecision] @{ Id = $uuid; Status = 'COMPLETED'; Name = 'm'; InstanceId = $uuid; Action = 'Remove'; Rule = 'None'; Reason = 'no rule keeps it' }
        instance = [TroveSchedules.Instance] @{ Id = $uuid; Name = 'm' }
        workbook = [TroveSchedules.InstalledWorkbook] @{ Name = 'trove'; Workflow = 'trove.backup_create' }
        occurrence = [TroveSchedules.ScheduleOccurrence] @{ Time = [DateTimeOffset]::UtcNow; ScheduleId = $uuid; Pattern = $pattern }
        hour = [TroveSchedules.ScheduleHour] @{ Hour = [DateTimeOffset]::UtcNow; Count = 2 }
        overlap = [TroveSchedules.ScheduleOverlap] @{ InstanceId = $uuid; ScheduleId = $uuid; NextScheduleId = $uuid; Time = [DateTimeOffset]::UtcNow; NextTime = [DateTimeOffset]::UtcNow; Count = 2 }
        health = [TroveSchedules.ScheduleHealth] @{ ScheduleId = $uuid; InstanceId = $uuid; Since = [DateTimeOffset]::UtcNow; CheckedAt = [DateTimeOffset]::UtcNow }
        step = [TroveSchedules.ScheduleSyncStep] @{ Action = 'Create'; Name = 'm'; InstanceId = $uuid; ScheduleId = $uuid; Owner = 'o' }
        report = Test-TroveCronPattern $pattern
        session = $spare
        file = Get-Item "$PSScriptRoot/data/spec-workbook.yaml"
        date = Get-Date
        number = 42
        hashtable = @{ Id = $uuid; Instance = 'm'; Schedule = $uuid; Pattern = $pattern; Path = $uuid }
        process = Get-Process -Id $PID
    }
    $things = @{ live = $live; deserialised = @{}; selected = @{} }
    foreach ($noun in $live.Keys) {
        $things.deserialised.$noun = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($live.$noun))
        $things.selected.$noun = $live.$noun | Select-Object *
    }
    foreach ($form in 'through JSON', 'through CSV', 'selected, through JSON') { $things.$form = @{} }
    foreach ($noun in 'schedule', 'execution', 'backup', 'decision', 'instance') {
        $things.'through JSON'.$noun = $live.$noun | ConvertTo-Json | ConvertFrom-Json
        $things.'through CSV'.$noun = $live.$noun | ConvertTo-Csv | ConvertFrom-Csv
        $things.'selected, through JSON'.$noun = $live.$noun | Select-Object * -ExcludeProperty Input, Output, ProjectId, Origin, CreatedAt, Reason | ConvertTo-Json | ConvertFrom-Json
    }
    $extra = @{ 'New-TroveBackupSchedule' = @{ Pattern = $pattern; Name = 'pester' }; 'Remove-TroveBackupSchedule' = @{ Confirm = $false }; 'Remove-TroveBackup' = @{ Confirm = $false }; 'Get-TroveBackupRetention' = @{ KeepLast = 1 }
        'Export-TroveBackupSchedule' = @{ Path = "$TestDrive/plan.yaml"; Owner = 'x'; WhatIf = $true }
        'Export-TroveScheduleMetric' = @{ Path = "$TestDrive/x.prom"; WhatIf = $true }; 'Export-TroveScheduleReport' = @{ Path = "$TestDrive/x.html"; WhatIf = $true } }
}

AfterAll {
    Disconnect-TroveSession
    $server.Dispose()
}

Describe 'The table of kinds' {
    It 'reports what <Cmdlet> takes from the pipeline' -ForEach $known {
        $Table.Keys | Should -Contain $Cmdlet -Because 'a cmdlet that takes anything by accident is one that deletes it by accident'
        $byValue = (Get-Command $Cmdlet).Parameters.Values | Where-Object { $_.Attributes.ValueFromPipeline -contains $true }
        $byValue.Name | Sort-Object | Should -Be ($Table[$Cmdlet].Keys | Sort-Object)
    }

    It 'has no cmdlet that is not there' -ForEach @{ Cmdlets = $cmdlets; Table = $takes } {
        $Table.Keys | Sort-Object | Should -Be ($Cmdlets | Sort-Object)
    }
}

Describe 'A thing of the wrong kind' {
    BeforeEach { $asked = $server.Requests.Count }

    AfterEach { $server.Requests.Count | Should -Be $asked -Because 'nothing is sent for what did not bind' }

    It 'does not bind from the pipeline: <Noun>, <Form>, for <Cmdlet>' -ForEach $wrong {
        $with = $extra.$Cmdlet ?? @{}
        $thing = $things.$Form.$Noun
        $record = Get-ErrorOf { , $thing | & $Cmdlet @with }
        $record.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*' -Because 'the generic InputObjectNotBound says nothing'
        $record.CategoryInfo.Category | Should -Be InvalidData
        "$record" | Should -BeLike '*This takes *, not *'
        if ($Form -like '*through*') { "$record" | Should -BeLike "*not a row that looks like the $($live.$Noun.GetType().Name) '$uuid'.*" }
    }

    It 'is a schedule for Remove-TroveScheduleExecution without a rule: <_>' -ForEach 'live', 'deserialised', 'selected', 'through JSON', 'through CSV' {
        $schedule = $things.$_.schedule
        foreach ($use in { $schedule | Remove-TroveScheduleExecution }, { $schedule | Remove-TroveScheduleExecution -Force }, { Remove-TroveScheduleExecution $schedule }) {
            "$(Get-ErrorOf $use)" | Should -BeLike '*This takes an execution, *'
        }
    }

    It 'says of a hashtable how to make a row of it: <Cmdlet>' -ForEach @(
        'Get-TroveScheduleExecution', 'Remove-TroveScheduleExecution', 'Remove-TroveBackup', 'Remove-TroveBackupSchedule', 'Set-TroveBackupSchedule', 'Suspend-TroveBackupSchedule', 'Resume-TroveBackupSchedule', 'Get-TroveBackup' | ForEach-Object { @{ Cmdlet = $_ } }
    ) {
        foreach ($row in [ordered] @{ Id = $uuid }, @{ Id = $uuid }, ("{""Id"": ""$uuid""}" | ConvertFrom-Json -AsHashtable)) {
            "$(Get-ErrorOf { $row | & $Cmdlet })" | Should -BeLike '*This takes *, not a hashtable. Convert it with [[]pscustomobject], or use ConvertFrom-Json without -AsHashtable.*'
        }
    }

    It 'does not bind by name: <Noun> for <Cmdlet> -<Parameter>' -ForEach $named {
        foreach ($form in $Forms) {
            $with = @{ $Parameter = $things.$form.$Noun } + ($extra.$Cmdlet ?? @{})
            if ($Cmdlet -eq 'New-TroveBackupSchedule') { $with.Pattern = $pattern }
            (Get-ErrorOf { & $Cmdlet @with }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*' -Because $form
        }
    }
}

Describe 'A thing of the right kind' {
    It 'binds: <Noun>, <Form>, for <Cmdlet>' -ForEach $right {
        $with = $Cmdlet -eq 'Remove-TroveScheduleExecution' -and $Noun -ne 'execution' ? @{ KeepLast = 1 } : ($extra.$Cmdlet ?? @{})
        $errors = @($things.$Form.$Noun | & $Cmdlet @with 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
        # The server is empty: no requested object exists, and its Mistral has no workbook.
        $errors.FullyQualifiedErrorId | Where-Object { $_ -notmatch '^(\w+NotFound|NotFound|WorkbookNotInstalled|\w*NoTroveActions|ProtocolError),TroveSchedules' } | Should -BeNullOrEmpty
    }
}

Describe '$null and nothing' {
    BeforeEach { $asked = $server.Requests.Count }

    AfterEach { $server.Requests.Count | Should -Be $asked -Because 'there was nothing to ask for' }

    It 'never mean everything to <_> by pipeline' -ForEach $cmdlets {
        $with = $extra.$_ ?? @{}
        $cmdlet = $_
        @() | & $cmdlet @with | Should -BeNullOrEmpty
        $null = Get-ErrorOf { $null | & $cmdlet @with }
        Get-TroveSession | Should -Not -BeNullOrEmpty
    }

    It 'never mean everything to <Cmdlet> -<Parameter>' -ForEach @(
        @{ Cmdlet = 'Remove-TroveBackup'; Parameter = 'Id' }
        @{ Cmdlet = 'Remove-TroveBackupSchedule'; Parameter = 'Id' }
        @{ Cmdlet = 'Remove-TroveScheduleExecution'; Parameter = 'Id' }
        @{ Cmdlet = 'Resume-TroveBackupSchedule'; Parameter = 'Id' }
        @{ Cmdlet = 'Set-TroveBackupSchedule'; Parameter = 'Id' }
        @{ Cmdlet = 'Suspend-TroveBackupSchedule'; Parameter = 'Id' }
        @{ Cmdlet = 'Get-TroveScheduleExecution'; Parameter = 'Schedule' }
        @{ Cmdlet = 'Get-TroveScheduleExecution'; Parameter = 'Id' }
        @{ Cmdlet = 'Get-TroveBackupSchedule'; Parameter = 'Instance' }
        @{ Cmdlet = 'Get-TroveBackupSchedule'; Parameter = 'Id' }
        @{ Cmdlet = 'Get-TroveBackupSchedule'; Parameter = 'Name' }
        @{ Cmdlet = 'Get-TroveInstance'; Parameter = 'Id' }
        @{ Cmdlet = 'Get-TroveInstance'; Parameter = 'Name' }
        @{ Cmdlet = 'Get-TroveBackup'; Parameter = 'Id' }
        @{ Cmdlet = 'Get-TroveBackup'; Parameter = 'Instance' }
        @{ Cmdlet = 'Disconnect-TroveSession'; Parameter = 'Session' }
    ) {
        foreach ($nothing in $null, @($null), '') {
            $named = @{ $Parameter = $nothing }
            $null = Get-ErrorOf { & $Cmdlet @named }
        }
        $named = @{ $Parameter = @() } # For a list parameter, an empty list is not an error and selects nothing.
        $(try { & $Cmdlet @named 2>&1 } catch { }) | Should -BeNullOrEmpty
        Get-TroveSession | Should -Not -BeNullOrEmpty
    }

    It 'never mean the name of an instance' {
        foreach ($empty in '', ' ') {
            Get-ErrorOf { New-TroveBackupSchedule $empty '0 3 * * *' pester } | Assert-Error InvalidInstance New-TroveBackupSchedule InvalidArgument -Advises Get-TroveInstance
            Get-ErrorOf { Get-TroveBackupSchedule $empty } | Assert-Error InvalidInstance Get-TroveBackupSchedule InvalidArgument
            Get-ErrorOf { Get-TroveBackup $empty } | Assert-Error InvalidInstance Get-TroveBackup InvalidArgument
        }
    }
}

BeforeDiscovery {
    $nouns = 'schedule', 'execution', 'backup', 'instance', 'workbook', 'occurrence', 'report', 'session', 'date', 'number', 'hashtable', 'process', 'line'
    # What each parameter takes; anything else is of the wrong kind.
    $takes = @(
        @{ Cmdlet = 'Remove-TroveBackupSchedule'; Parameter = 'Id'; Takes = @('schedule') }
        @{ Cmdlet = 'Remove-TroveScheduleExecution'; Parameter = 'Id'; Takes = @('execution') }
        @{ Cmdlet = 'Get-TroveScheduleExecution'; Parameter = 'Schedule'; Takes = @('schedule') }
        @{ Cmdlet = 'Get-TroveBackupSchedule'; Parameter = 'Instance'; Takes = @('instance') }
        @{ Cmdlet = 'Get-TroveInstance'; Parameter = 'Id'; Takes = @('instance') }
        @{ Cmdlet = 'Get-TroveBackup'; Parameter = 'Id'; Takes = @('backup', 'execution') }
        @{ Cmdlet = 'New-TroveBackupSchedule'; Parameter = 'Instance'; Takes = @('instance'); With = @{ Pattern = '0 3 * * *'; Name = 'pester' } }
        @{ Cmdlet = 'Get-TroveScheduleOccurrence'; Parameter = 'Schedule'; Takes = @('schedule') }
        @{ Cmdlet = 'Disconnect-TroveSession'; Parameter = 'Session'; Takes = @('session') }
    )
    $wrong = foreach ($one in $takes) {
        foreach ($noun in $nouns | Where-Object { $_ -notin $one.Takes }) { $one + @{ Noun = $noun } }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $server = New-TestKeystone
    $session = Connect-TestKeystone $server.Url
    $uuid = '11111111-2222-4333-8444-555555555555'
    $things = @{
        schedule = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $uuid; Name = 'm'; InstanceId = $uuid; Input = '{}'; ProjectId = $session.ProjectId }
        execution = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'SUCCESS'; ScheduleId = $uuid; InstanceId = $uuid; BackupId = $uuid; ProjectId = $session.ProjectId }
        backup = [TroveSchedules.Backup] @{ Id = $uuid; Status = 'COMPLETED'; Name = 'm'; InstanceId = $uuid }
        instance = [TroveSchedules.Instance] @{ Id = $uuid; Name = 'm' }
        workbook = [TroveSchedules.InstalledWorkbook] @{ Name = 'trove'; Workflow = 'trove.backup_create' }
        occurrence = [TroveSchedules.ScheduleOccurrence] @{ Time = [DateTimeOffset]::UtcNow; ScheduleId = $uuid }
        report = Test-TroveCronPattern '0 3 * * *'
        session = $session
        date = Get-Date
        number = 42
        hashtable = @{ Id = $uuid; Instance = 'm'; Schedule = $uuid }
        process = Get-Process -Id $PID
        line = [pscustomobject] @{ Id = $uuid; Schedule = $uuid; ScheduleId = $uuid }
    }
}

AfterAll {
    Disconnect-TroveSession
    $server.Dispose()
}

Describe 'A thing of the wrong kind: <Noun> for <Cmdlet>' -ForEach $wrong {
    BeforeAll {
        $with = $With ?? @{}
        $thing = $things.$Noun
    }

    BeforeEach { $asked = $server.Requests.Count }

    AfterEach { $server.Requests.Count | Should -Be $asked -Because 'nothing is sent for what did not bind' }

    It 'does not bind from the pipeline' {
        $record = Get-ErrorOf { $thing | & $Cmdlet @with }
        $record.CategoryInfo.Category | Should -BeIn InvalidArgument, InvalidData
        $record.FullyQualifiedErrorId | Should -Match '^(ParameterArgumentTransformationError|InputObjectNotBound|ParameterArgumentTransformationErrorNullNotAllowed)'
    }

    It 'does not bind by name' {
        $named = @{ $Parameter = $thing } + $with
        $record = Get-ErrorOf { & $Cmdlet @named }
        $record.FullyQualifiedErrorId | Should -Match '^(ParameterArgumentTransformationError|CannotConvertArgumentNoMessage)'
    }
}

Describe '$null and nothing' {
    BeforeEach { $asked = $server.Requests.Count }

    AfterEach { $server.Requests.Count | Should -Be $asked -Because 'there was nothing to ask for' }

    It 'never mean everything to <_> by pipeline' -ForEach 'Remove-TroveBackupSchedule', 'Remove-TroveScheduleExecution', 'Get-TroveScheduleExecution', 'Get-TroveBackupSchedule',
        'Get-TroveInstance', 'Get-TroveBackup', 'Get-TroveScheduleOccurrence', 'Disconnect-TroveSession' {
        @() | & $_ | Should -BeNullOrEmpty
        $null = Get-ErrorOf { $null | & $_ }
        Get-TroveSession | Should -Not -BeNullOrEmpty
    }

    It 'never mean everything to <Cmdlet> -<Parameter>' -ForEach @(
        @{ Cmdlet = 'Remove-TroveBackupSchedule'; Parameter = 'Id' }
        @{ Cmdlet = 'Remove-TroveScheduleExecution'; Parameter = 'Id' }
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
        $named = @{ $Parameter = @() } # Where a list is taken, an empty one is no error, but nothing either.
        $(try { & $Cmdlet @named 2>&1 } catch { }) | Should -BeNullOrEmpty
        Get-TroveSession | Should -Not -BeNullOrEmpty
    }

    It 'never mean the name of an instance' {
        (Get-ErrorOf { New-TroveBackupSchedule '' '0 3 * * *' pester }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationErrorEmptyStringNotAllowed,*'
        Get-ErrorOf { New-TroveBackupSchedule ' ' '0 3 * * *' pester } | Assert-Error InvalidInstance New-TroveBackupSchedule InvalidArgument -Advises Get-TroveInstance
        foreach ($empty in '', ' ') {
            Get-ErrorOf { Get-TroveBackupSchedule $empty } | Assert-Error InvalidInstance Get-TroveBackupSchedule InvalidArgument
            Get-ErrorOf { Get-TroveBackup $empty } | Assert-Error InvalidInstance Get-TroveBackup InvalidArgument
        }
    }
}

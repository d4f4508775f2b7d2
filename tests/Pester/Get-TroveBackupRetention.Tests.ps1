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
    $trove = New-TestServer (Get-TestEndpoint database)
    $null = Connect-TestCloud -With @{ DatabaseEndpoint = $trove.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
    $null = Install-TroveWorkbook

    function New-Increment {
        <# An increment of a backup of m, when it is complete. #>
        param([string] $Parent, [string] $Name = (New-TestName))
        $id = (Wait-Until -For 'Trove to take an increment' { (Invoke-TestApi database /backups Post @{ backup = @{ instance = (Get-TestInstanceId); name = $Name; parent_id = $Parent } } -AllowError).backup }).id
        $null = Wait-Until -For 'an increment to be COMPLETED' { (Invoke-TestApi database "/backups/$id").backup.status -eq 'COMPLETED' }
        $id
    }

    function Get-Action($Decisions, [string] $Id) { ($Decisions | Where-Object Id -EQ $Id).Action }
}

AfterAll {
    Clear-TestCloud
    $trove.Dispose()
    Close-TestCloud
}

Describe 'A plan' {
    BeforeAll {
        $name = New-TestName nightly
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' $name
        $full = New-TestBackup m $name
        $inc1 = New-Increment $full $name
        $inc2 = New-Increment $inc1 $name
        $other = New-TestBackup m
        $last = New-TestBackup m $name
        $mine = $full, $inc1, $inc2, $last
    }

    BeforeEach { $trove.Requests.Clear() }

    AfterAll { Clear-TestCloud }

    It 'of a schedule is about the backups of its instance with its name, newest first, and says why' {
        $plan = @($schedule | Get-TroveBackupRetention -KeepLast 1)
        $plan.Id | Should -Be $last, $inc2, $inc1, $full
        $plan.Action | Should -Be Keep, Remove, Remove, Remove
        $plan.Rule | Should -Be KeepLast, None, None, None
        $plan[3].Reason | Should -BeExactly 'no rule keeps it; its 2 increments are removed with it'
        $plan.IncrementCount | Should -Be 0, 0, 1, 2
        $plan[0] | Should -BeOfType TroveSchedules.BackupRetentionDecision
        $plan.ScheduleId | Sort-Object -Unique | Should -Be $schedule.Id
        (Get-TroveBackupRetention -Schedule $schedule.Id -KeepLast 1).Id | Should -Be $plan.Id
    }

    It 'keeps a chain whole if its last increment is kept' {
        $plan = $schedule | Get-TroveBackupRetention -KeepLast 2
        $plan.Action | Should -Be Keep, Keep, Keep, Keep
        $plan.Rule | Should -Be KeepLast, KeepLast, KeptIncrement, KeptIncrement
    }

    It 'of an instance is about all of its backups, and costs one listing of the backups, however many instances are given' {
        $plan = Get-TroveBackupRetention m -KeepLast 1
        foreach ($id in $mine + $other) { $plan.Id | Should -Contain $id }
        @($plan | Where-Object ScheduleId) | Should -BeNullOrEmpty
        @(@($trove.Requests) -match '/backups\?').Count | Should -Be 1
        $trove.Requests.Clear()
        ('m', 'broken' | Get-TroveBackupRetention -KeepLast 1 | Where-Object Id -In ($mine + $other)).Action | Should -Be Keep, Remove, Remove, Remove, Remove
        @(@($trove.Requests) -match '/backups\?').Count | Should -Be 1
        (Get-TroveInstance m | Get-TroveBackupRetention -KeepLast 1).Id | Should -Contain $last
        (Get-TroveBackupRetention 'm*' -KeepLast 1).Id | Should -Contain $last
        (Get-TroveBackupRetention -KeepLast 1).Id | Should -Contain $last
        Get-TroveBackupRetention 'nothing*' -KeepLast 1 | Should -BeNullOrEmpty
    }

    It 'keeps the newest of the year' {
        (Get-TroveBackupRetention m -KeepYearly 1 | Where-Object Action -EQ Keep)[0].Reason | Should -BeLike 'newest of 2??? (KeepYearly 1 of 1)'
    }

    It 'keeps everything that is recent' {
        ($schedule | Get-TroveBackupRetention -KeepWithin 1.00:00:00).Rule | Should -Be KeepWithin, KeepWithin, KeepWithin, KeepWithin
    }

    It 'takes a time zone by its id, or none' {
        ($schedule | Get-TroveBackupRetention -KeepDaily 1 -TimeZone Pacific/Kiritimati)[0].Rule | Should -Be KeepDaily
        "$(Get-ErrorOf { $schedule | Get-TroveBackupRetention -KeepDaily 1 -TimeZone nowhere })" | Should -BeLike '*a time zone or its id*'
    }

    It 'changes nothing' {
        $null = Get-TroveBackupRetention -KeepLast 1 -IncludeFailed
        @($trove.Requests) -notmatch '^GET ' | Should -BeNullOrEmpty
    }

    It 'removes failed backups only with -IncludeFailed' {
        $failed = New-TestName failed
        Use-TestBehaviour @{ failing = @('m') } {
            $script:id = New-TestBackup m $failed -NoWait
            $null = Wait-Until -For 'the backup to fail' { (Invoke-TestApi database "/backups/$id").backup.status -eq 'FAILED' }
        }
        $decision = Get-TroveBackupRetention m -KeepLast 1 | Where-Object Name -EQ $failed
        $decision.Action, $decision.Rule | Should -Be Keep, NotCompleted
        (Get-TroveBackupRetention m -KeepLast 1 -IncludeFailed | Where-Object Name -EQ $failed).Action | Should -Be Remove
    }
}

Describe 'Rules that are not valid' {
    BeforeEach { $trove.Requests.Clear() }

    AfterEach { $trove.Requests | Should -BeNullOrEmpty }

    It 'end the pipeline with one error before anything is sent: <Says>' -ForEach @(
        @{ Rules = @{}; Says = 'No rule says which backups are kept.' }, @{ Rules = @{ IncludeFailed = $true }; Says = 'No rule says which backups are kept.' }
        @{ Rules = @{ KeepLast = 0 }; Says = 'KeepLast is 0' }, @{ Rules = @{ KeepLast = 3; KeepYearly = -1 }; Says = 'KeepYearly is -1' }, @{ Rules = @{ KeepWithin = '-1.00:00:00' }; Says = 'KeepWithin is -1.00:00:00' }
    ) {
        Get-ErrorOf { 'm', 'broken' | Get-TroveBackupRetention @Rules } | Assert-Error InvalidRetention Get-TroveBackupRetention InvalidArgument -Says $Says -Advises '-KeepLast'
    }

    It 'are errors of the parameter if they are of another kind' {
        "$(Get-ErrorOf { Get-TroveBackupRetention -KeepDaily 1.5 })" | Should -BeLike '*a whole number*'
        "$(Get-ErrorOf { Get-TroveBackupRetention -KeepWithin 30 })" | Should -BeLike '*a length of time*'
    }
}

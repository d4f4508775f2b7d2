<# An object of one session never acts on another cloud's or project's objects, by whatever way it reaches the cmdlet. #>
BeforeDiscovery {
    $forms = @(
        @{ Form = 'live'; Pass = { $_ } }
        @{ Form = 'through Clixml'; Pass = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_, 3)) } }
        @{ Form = 'through JSON'; Pass = { $_ | ConvertTo-Json -Depth 3 | ConvertFrom-Json } }
        @{ Form = 'through CSV'; Pass = { $_ | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv } }
        @{ Form = 'selected'; Pass = { $_ | Select-Object * } }
        @{ Form = 'selected, through JSON'; Pass = { $_ | Select-Object * -ExcludeProperty Input, Output | ConvertTo-Json | ConvertFrom-Json } }
    )
    $uses = @(
        @{ What = 'schedule'; From = 'Remove-TroveBackupSchedule'; Use = { $_ | Remove-TroveBackupSchedule -Confirm:$false } }
        @{ What = 'schedule'; From = 'Remove-TroveBackupSchedule'; Use = { $_ | Remove-TroveBackupSchedule -AllProjects -PassThru -Confirm:$false } }
        @{ What = 'schedule'; From = 'Set-TroveBackupSchedule'; Use = { $_ | Set-TroveBackupSchedule -Pattern '0 4 * * *' } }
        @{ What = 'schedule'; From = 'Suspend-TroveBackupSchedule'; Use = { $_ | Suspend-TroveBackupSchedule } }
        @{ What = 'schedule'; From = 'Resume-TroveBackupSchedule'; Use = { $_ | Resume-TroveBackupSchedule } }
        @{ What = 'schedule'; From = 'Start-TroveBackupSchedule'; Use = { $_ | Start-TroveBackupSchedule } }
        @{ What = 'schedule'; From = 'Start-TroveBackupSchedule'; Use = { $_ | Start-TroveBackupSchedule -AllProjects } }
        @{ What = 'schedule'; From = 'Get-TroveBackupSchedule'; Use = { Get-TroveBackupSchedule -Id $_ } }
        @{ What = 'schedule'; From = 'Get-TroveScheduleHealth'; Use = { $_ | Get-TroveScheduleHealth } }
        @{ What = 'schedule'; From = 'Get-TroveScheduleOccurrence'; Use = { $_ | Get-TroveScheduleOccurrence -Overlap } }
        @{ What = 'execution'; From = 'Remove-TroveScheduleExecution'; Use = { $_ | Remove-TroveScheduleExecution -Force } }
        @{ What = 'execution'; From = 'Wait-TroveScheduleExecution'; Use = { $_ | Wait-TroveScheduleExecution } }
        @{ What = 'execution'; From = 'Get-TroveScheduleExecution'; Use = { Get-TroveScheduleExecution -Id $_ } }
        @{ What = 'execution'; From = 'Get-TroveBackup'; Use = { Get-TroveBackup -Id $_ } }
        @{ What = 'backup'; From = 'Get-TroveBackup'; Use = { Get-TroveBackup -Id $_ } }
        @{ What = 'backup'; From = 'Remove-TroveBackup'; Use = { $_ | Remove-TroveBackup -Force -Confirm:$false } }
        @{ What = 'decision'; From = 'Remove-TroveBackup'; Use = { $_ | Remove-TroveBackup -Force -Confirm:$false } }
        @{ What = 'instance'; From = 'Get-TroveBackupRetention'; Use = { $_ | Get-TroveBackupRetention -KeepLast 1 } }
        @{ What = 'schedule'; From = 'Get-TroveBackupRetention'; Use = { $_ | Get-TroveBackupRetention -KeepLast 1 } }
        @{ What = 'schedule'; From = 'Remove-TroveScheduleExecution'; Use = { $_ | Remove-TroveScheduleExecution -KeepLast 1 } }
        @{ What = 'instance'; From = 'Get-TroveInstance'; Use = { Get-TroveInstance -Id $_ } }
        @{ What = 'schedule'; From = 'Get-TroveScheduleExecution'; Use = { Get-TroveScheduleExecution -Schedule $_ -AllProjects } }
        @{ What = 'schedule'; From = 'Get-TroveScheduleExecution'; Use = { $_ | Get-TroveScheduleExecution } }
        @{ What = 'execution'; From = 'Get-TroveScheduleExecution'; Use = { $_ | Get-TroveScheduleExecution } }
        @{ What = 'schedule'; From = 'Get-TroveBackupSchedule'; Use = { $_ | Get-TroveBackupSchedule } }
        @{ What = 'backup'; From = 'Get-TroveBackup'; Use = { $_ | Get-TroveBackup } }
        @{ What = 'execution'; From = 'Get-TroveBackup'; Use = { $_ | Get-TroveBackup } }
        @{ What = 'instance'; From = 'Get-TroveBackup'; Use = { $_ | Get-TroveBackup } }
        @{ What = 'instance'; From = 'Get-TroveBackupSchedule'; Use = { $_ | Get-TroveBackupSchedule } }
        @{ What = 'instance'; From = 'New-TroveBackupSchedule'; Use = { $_ | New-TroveBackupSchedule -Pattern '0 3 * * *' -Name other } }
    )
    $cases = foreach ($form in $forms) {
        foreach ($use in $uses) { $use + $form }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1" -Force
    Import-TestModule
    function New-Furnished {
        $session = Connect-TroveSession -Sandbox
        $null = Install-TroveWorkbook -Session $session -Confirm:$false
        $schedule = New-TroveBackupSchedule m '0 3 * * *' night -Session $session
        Step-TroveSandbox -By 1.00:00:00 -Session $session
        @{
            session   = $session
            schedule  = Get-TroveBackupSchedule -Id $schedule.Id -Session $session
            execution = Get-TroveScheduleExecution $schedule -First 1 -Session $session
            backup    = Get-TroveBackup -First 1 -Session $session
            instance  = Get-TroveInstance m -Session $session
            decision  = Get-TroveBackupRetention m -KeepLast 1 -Session $session
        }
    }
    # The second one is the session of the process.
    $one = New-Furnished
    $two = New-Furnished
}

AfterAll { $one.session, $two.session | Disconnect-TroveSession }

Describe 'an object of another cloud' {
    It 'is refused by <From>, as the <What> <Form>: <Use>' -ForEach $cases {
        $object = $one[$What] | ForEach-Object $Pass
        $record = Get-ErrorOf { $object | ForEach-Object $Use }
        $record | Assert-Error OtherCloud $From PermissionDenied -Says "The $(if ($What -eq 'decision' -or ($What -eq 'execution' -and $From -eq 'Get-TroveBackup')) { 'backup' } else { $What }) '", $one.session.AuthUrl.Authority, $two.session.AuthUrl.Authority -Advises '-Session'
        @(Get-TroveBackupSchedule).Id | Should -Be $two.schedule.Id
        @(Get-TroveScheduleExecution $two.schedule).Id | Should -Be $two.execution.Id
    }

    It 'acts through its own session, as the <What> <Form>' -ForEach ($cases | Where-Object { $_.From -like 'Get-*' -and $_.Use -notlike '*AllProjects*' -and $_.Use -like '*-Id*' }) {
        $object = $one[$What] | ForEach-Object $Pass
        $PSDefaultParameterValues = @{ '*-Trove*:Session' = $one.session }
        $found = $object | ForEach-Object $Use
        $found.Origin | Should -Be $object.Origin
    }

    It 'is not deleted with -WhatIf, and is not reported as one that would be' {
        Get-ErrorOf { $one.schedule | Remove-TroveBackupSchedule -WhatIf } | Assert-Error OtherCloud Remove-TroveBackupSchedule PermissionDenied
    }

    It 'goes on with the others of the pipeline' {
        $written = $one.schedule, $two.schedule | Get-TroveBackupSchedule -ErrorAction SilentlyContinue -ErrorVariable failures
        $written.Id | Should -Be $two.schedule.Id
        $failures | Should -HaveCount 1
    }
}

Describe 'an object of another project' {
    It 'is refused by <From>, which advises only what it has: <Use>' -ForEach ($uses | Where-Object { $_.Use -notlike '*-AllProjects*' }) {
        $object = $two[$What] | Select-Object *
        $object.ProjectId = 'f' * 32
        $record = Get-ErrorOf { $object | ForEach-Object $Use }
        $record | Assert-Error OtherProject $From PermissionDenied -Says $object.ProjectId -Advises '-Session'
        "$($record.ErrorDetails.RecommendedAction)" -like '*-AllProjects*' | Should -Be (Get-Command $From).Parameters.ContainsKey('AllProjects')
    }
}

Describe 'an object without origin' {
    It 'works as its id does, <Form>' -ForEach @(
        @{ Form = 'a row'; Make = { [pscustomobject] @{ Id = $args[0] } } }
        @{ Form = 'a row with a column Origin of its own'; Make = { [pscustomobject] @{ Id = $args[0]; Origin = 'rack 7'; ProjectId = 'shop' } } }
    ) {
        (& $Make $two.schedule.Id | Get-TroveBackupSchedule -WarningAction SilentlyContinue).Id | Should -Be $two.schedule.Id
    }
}

Describe 'a plan' {
    It 'of one cloud is carried out on another' {
        $plan = $one.schedule | Select-Object @{ n = 'Instance'; e = { 'm' } }, Pattern, @{ n = 'Name'; e = { 'moved' } }, Origin, ProjectId | ConvertTo-Csv | ConvertFrom-Csv
        $made = $plan | New-TroveBackupSchedule
        $made.Origin | Should -Be $two.schedule.Origin
        $made | Remove-TroveBackupSchedule -Confirm:$false
    }
}

<# Cmdlets that read from several clouds at once. #>
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $east, $west = 1..2 | ForEach-Object { Connect-TroveSession -Sandbox -SandboxSpeed 0 }
    $both = $east, $west
    $schedules = foreach ($session in $both) {
        $null = Install-TroveWorkbook -Session $session -Confirm:$false
        New-TroveBackupSchedule m '0 3 * * *' night -Session $session
        Step-TroveSandbox -By 1.00:00:00 -Session $session
    }
    $only = New-TroveBackupSchedule broken '0 4 * * *' only-west -Session $west
    # A name that only the eastern cloud knows.
    $large = Connect-TroveSession -Sandbox -SandboxSpeed 0 -SandboxInstances 1
}

AfterAll { $east, $west, $large | Disconnect-TroveSession }

Describe 'several sessions' {
    It 'list everything of each, and every object says where it comes from: <_>' -ForEach 'Get-TroveBackupSchedule', 'Get-TroveInstance', 'Get-TroveBackup' {
        $alone = foreach ($session in $both) { & $_ -Session $session }
        $rows = & $_ -Session $both
        $rows.Id | Should -Be $alone.Id
        $rows.Origin | Should -Be $alone.Origin
        @($rows.Origin | Sort-Object -Unique).Count | Should -Be 2
    }

    It 'take each object in its own cloud' {
        $executions = $schedules[1], $schedules[0] | Get-TroveScheduleExecution -Session $both
        $executions.Origin | Should -Be $west.Origin, $east.Origin
        ($schedules | Get-TroveBackupSchedule -Session $both).Id | Should -Be $schedules.Id
        ($executions | Get-TroveBackup -Session $both).Origin | Should -Be $west.Origin, $east.Origin
        ($executions | Get-TroveScheduleExecution -Session $both).Id | Should -Be $executions.Id
    }

    It 'take -First and -Skip for each' {
        (Get-TroveInstance -Session $both -First 1).Origin | Should -Be $east.Origin, $west.Origin
    }

    It 'read each cloud once for many instances' {
        $calls = Get-TroveInstance -Session $both | Get-TroveBackupSchedule -Session $both -Debug 5>&1 | Where-Object { $_ -is [Management.Automation.DebugRecord] -and $_.Message -match 'GET .*/cron_triggers.* answers ' }
        @($calls).Count | Should -Be 2
    }

    It 'find an id in the cloud that has it' {
        (Get-TroveBackupSchedule -Id $only.Id -Session $both).Origin | Should -Be $west.Origin
        (Get-TroveScheduleExecution $schedules[0].Id -Session $both).Origin | Should -Be $east.Origin
    }

    It 'find a name in the cloud that has it' {
        (Get-TroveInstance -Id db-00001 -Session $east, $large, $west).Origin | Should -Be $large.Origin
        (Get-TroveBackupSchedule m -Session $large, $west).Origin | Should -Be $west.Origin
    }

    It 'give one error for what none of them has' {
        $id = [guid]::NewGuid().ToString()
        $rows = Get-TroveBackupSchedule -Id $id, $only.Id -Session $both -ErrorAction SilentlyContinue -ErrorVariable errors
        $rows.Id | Should -Be $only.Id
        $errors | Should -HaveCount 1
        $errors[0] | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound -Says $id
    }

    It 'check the health of each: all, given ones, and instances without a schedule' {
        (Get-TroveScheduleHealth -Session $both).ScheduleId | Should -Be (@($both | ForEach-Object { Get-TroveScheduleHealth -Session $_ }).ScheduleId)
        ($schedules | Get-TroveScheduleHealth -Session $both).Origin | Should -Be $east.Origin, $west.Origin
        ($only | Get-TroveScheduleHealth -Session $both).ScheduleId | Should -Be $only.Id
        @(Get-TroveScheduleHealth -IncludeUnscheduled -Session $both | Where-Object { -not $_.ScheduleId }).Origin | Sort-Object -Unique | Should -HaveCount 2
    }

    It 'refuse an object of a third cloud' {
        $schedule = Get-TroveBackupSchedule -First 1 -Session $east
        Get-ErrorOf { $schedule | Get-TroveScheduleExecution -Session $west, $large } | Assert-Error OtherCloud Get-TroveScheduleExecution PermissionDenied -Says $east.Origin
    }

    It 'are one if they are the same' {
        @(Get-TroveBackupSchedule -Session $east, $east).Count | Should -Be 1
    }

    It 'are refused by a cmdlet that changes something' {
        { New-TroveBackupSchedule m '0 3 * * *' never -Session $both } | Should -Throw '*Session*'
        { Remove-TroveBackupSchedule $only.Id -Session $both -Confirm:$false } | Should -Throw '*Session*'
        (Get-TroveBackupSchedule -Session $both).Id | Should -HaveCount 3
    }

    It 'go on when one of them has ended, with one error' {
        $ended = Connect-TroveSession -Sandbox
        $ended | Disconnect-TroveSession
        $rows = Get-TroveBackupSchedule m, broken -Session $ended, $east, $west -ErrorAction SilentlyContinue -ErrorVariable errors
        $rows | Should -HaveCount 3
        $errors | Should -HaveCount 1
        $errors[0] | Assert-Error NotConnected Get-TroveBackupSchedule InvalidArgument
    }
}

Describe 'a cloud whose services are elsewhere' {
    It 'is an error, and the others are listed' {
        $server = New-TestKeystone
        $server.Answer('^GET /nowhere/', 404, '{"itemNotFound": {"code": 404, "message": "The resource could not be found."}}', $null)
        $elsewhere = Connect-TestKeystone $server.Url -With @{ DatabaseEndpoint = "$($server.Url)/nowhere"; WarningAction = 'SilentlyContinue' }
        try {
            $names = (Get-TroveInstance -Session $elsewhere, $east -ErrorAction SilentlyContinue -ErrorVariable errors).Name
            $names | Should -Contain m
            $errors | Should -HaveCount 1
            $errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
        }
        finally {
            $elsewhere | Disconnect-TroveSession
            $server.Dispose()
        }
    }
}

Describe 'several clouds' {
    BeforeAll { Open-TestCloud }
    AfterAll { Close-TestCloud }

    It 'are connected by their names, and one that fails is one error' {
        Use-Environment @{ OS_CLIENT_CONFIG_FILE = Join-Path (Get-TestCloud) clouds.yaml } {
            $sessions = Connect-TroveSession demo, nowhere, other -ErrorAction SilentlyContinue -ErrorVariable errors 3>$null
            try {
                $sessions.Cloud | Should -Be demo, other
                $errors | Should -HaveCount 1
                $errors[0] | Assert-Error UnknownCloud Connect-TroveSession ObjectNotFound -Says nowhere
                (Get-TroveSession).Cloud | Should -Be other
                (Get-TroveInstance -Session $sessions).Name | Should -Contain m
                (Get-TroveInstance -Session $sessions).Name | Should -Contain o
            }
            finally {
                $sessions | Disconnect-TroveSession
            }
        }
    }

    It 'of one Keystone are all asked for an object that does not say its project' {
        $demo, $other = 'demo', 'other' | ForEach-Object { Connect-TestCloud -As $_ }
        try {
            $m = Get-TroveInstance m -Session $demo | Select-Object Id, Origin
            ($m | Get-TroveInstance -Session $other, $demo).Id | Should -Be $m.Id
        }
        finally {
            $demo, $other | Disconnect-TroveSession
        }
    }

    It 'go on without one that does not respond, after one error' {
        $dead = Connect-TestCloud -With @{ WorkflowEndpoint = "http://127.0.0.1:$(Get-ClosedPort)/v2"; MaxRetry = 0 }
        try {
            $rows = Get-TroveBackupSchedule -Id $schedules.Id -Session $dead, $east, $west -ErrorAction SilentlyContinue -ErrorVariable errors
            $rows.Id | Should -Be $schedules.Id
            $errors | Should -HaveCount 1
            $errors[0].CategoryInfo.Category | Should -Be ResourceUnavailable
            $rows = Get-TroveScheduleHealth -Session $dead, $east, $west -ErrorAction SilentlyContinue -ErrorVariable errors
            $rows | Should -HaveCount 3
            $errors | Should -HaveCount 1
        }
        finally {
            $dead | Disconnect-TroveSession
        }
    }
}

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

Describe 'Schedules' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $late = New-TroveBackupSchedule m '0 3 1 1 *' pester-late -FirstExecutionTime ([DateTimeOffset]::UtcNow.AddDays(20))
        $soon = New-TroveBackupSchedule m '*/5 * * * *' pester-soon
        $mid = New-TroveBackupSchedule broken '0 * * * *' pester-mid -FirstExecutionTime ([DateTimeOffset]::UtcNow.AddDays(10))
        $null = Invoke-TestApi workflowv2 '/workflows' Post "version: '2.0'`npester_other:`n  input: [name]`n  tasks:`n    a:`n      action: std.noop`n" -ContentType text/plain
        $foreign = Invoke-TestApi workflowv2 /cron_triggers Post @{ name = "$([guid]::NewGuid())"; pattern = '0 3 1 1 *'; workflow_name = 'pester_other'; workflow_input = @{ name = 'pester-x' } }
    }

    AfterAll {
        Clear-TestCloud
        $null = Invoke-TestApi workflowv2 "/cron_triggers/$($foreign.id)" Delete -AllowError
        $null = Invoke-TestApi workflowv2 /workflows/pester_other Delete
        Disconnect-TroveSession
    }

    It 'are listed in the order of their next times' {
        $listed = Get-TroveBackupSchedule -Name pester-*
        $listed.Name | Should -Be pester-soon, pester-mid, pester-late
        $listed.NextExecutionTime | Should -Be ($listed.NextExecutionTime | Sort-Object)
    }

    It 'are found by name, with wildcards, in any case, and only whole' {
        (Get-TroveBackupSchedule -Name pester-soon).Id | Should -Be $soon.Id
        (Get-TroveBackupSchedule -Name PESTER-S*).Id | Should -Be $soon.Id
        (Get-TroveBackupSchedule -Name pester-l*, pester-m*).Id | Should -Be $mid.Id, $late.Id
        (Get-TroveBackupSchedule m -Name pester-*).Id | Should -Be $soon.Id, $late.Id
        Get-TroveBackupSchedule -Name soon -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'are found by id, several too, by Mistral''s own as well' {
        (Get-TroveBackupSchedule -Id $late.Id, $soon.Id).Id | Should -Be $late.Id, $soon.Id
        (Get-TroveBackupSchedule -Id $late.TriggerId).Id | Should -Be $late.Id
    }

    It 'of several instances come instance by instance' {
        (Get-TroveBackupSchedule broken, m -Name pester-*).Id | Should -Be $mid.Id, $soon.Id, $late.Id
        (Get-TroveInstance broken, m | Sort-Object Name | Get-TroveBackupSchedule -Name pester-*).Id | Should -Be $mid.Id, $soon.Id, $late.Id
    }

    It 'that are none are not shown, and not deleted' {
        (Get-TroveBackupSchedule).TriggerId | Should -Not -Contain $foreign.id
        Get-ErrorOf { Get-TroveBackupSchedule -Id $foreign.name } | Assert-Error InvalidSchedule Get-TroveBackupSchedule InvalidArgument -Says 'pester_other', $foreign.name
        Get-ErrorOf { Remove-TroveBackupSchedule $foreign.name -Confirm:$false } | Assert-Error InvalidSchedule Remove-TroveBackupSchedule InvalidArgument -Says 'pester_other'
        (Get-TestTrigger).id | Should -Contain $foreign.id
    }

    It 'that are unknown are named: <_>' -ForEach 'nonsense', '../executions', '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42', 'in:a,b', '%', '*' {
        Get-ErrorOf { Get-TroveBackupSchedule -Id $_ } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound -Says "'$_'", "'demo'" -Advises Get-TroveBackupSchedule
        Get-ErrorOf { Remove-TroveBackupSchedule $_ -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound -Says "'$_'"
        @(Get-TroveBackupSchedule -Name pester-*).Count | Should -Be 3
    }

    It 'of an unknown instance, or of a name that two have, are an error' {
        Get-ErrorOf { Get-TroveBackupSchedule nowhere } | Assert-Error InstanceNotFound Get-TroveBackupSchedule ObjectNotFound -Says "'nowhere'" -Advises Get-TroveInstance
        Get-ErrorOf { Get-TroveBackupSchedule dup } | Assert-Error InvalidInstance Get-TroveBackupSchedule InvalidArgument -Says (Get-TroveInstance dup).Id
        (Get-ErrorOf { Get-TroveBackupSchedule nowhere, m -Name pester-none }).TargetObject | Should -Be nowhere
    }

    It 'of an instance that has none are nothing' {
        Get-TroveBackupSchedule (Get-TestInstanceId dup) -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'stay with -WhatIf' {
        Get-TroveBackupSchedule -Name pester-* | Remove-TroveBackupSchedule -WhatIf
        Remove-TroveBackupSchedule $late.Id -WhatIf
        @(Get-TroveBackupSchedule -Name pester-*).Count | Should -Be 3
    }

    It 'are deleted only after a question, for that cannot be undone' {
        $account = Get-TestAccount
        $output = Invoke-FreshPwsh "try { Remove-TroveBackupSchedule $($late.Id) -ErrorAction Stop } catch { `"`$_`" }" @{ OS_CLOUD = 'demo'; OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" }
        $output | Should -Match 'NonInteractive'
        (Get-TroveBackupSchedule -Id $late.Id).Id | Should -Be $late.Id
    }

    It 'of others go on being deleted after one that is not there' {
        $record = Get-ErrorOf { 'nonsense', $late.Id | Remove-TroveBackupSchedule -Confirm:$false }
        $record.TargetObject | Should -Be nonsense
        (Get-TroveBackupSchedule -Name pester-*).Id | Should -Be $soon.Id, $mid.Id
    }

    It 'are deleted by pipeline' {
        Get-TroveBackupSchedule -Name pester-* | Remove-TroveBackupSchedule -Confirm:$false
        Get-TroveBackupSchedule -Name pester-* | Should -BeNullOrEmpty
        Get-TestTrigger | Where-Object workflow_name -EQ trove.backup_create | Should -BeNullOrEmpty
    }
}

Describe 'A schedule that is stuck' {
    It 'causes a warning' {
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        $old = [DateTime]::UtcNow.AddHours(-2).ToString('yyyy-MM-dd HH:mm:ss')
        $id = "$([guid]::NewGuid())"
        $proxy.Answer('^GET /v2/cron_triggers', 200, (@{ cron_triggers = @(@{ id = $id; name = $id; workflow_name = 'trove.backup_create'; pattern = '* * * * *'
                        workflow_input = '{"instance": "x", "name": "pester-stuck"}'; next_execution_time = $old; project_id = (Get-TestToken).ProjectId }) } | ConvertTo-Json -Depth 5), $null)
        try {
            $null = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
            $schedule = Get-TroveBackupSchedule -WarningVariable warnings 3>$null
            $schedule.IsStuck | Should -BeTrue
            "$warnings" | Should -BeLike "*$id*stuck*"
        }
        finally {
            Disconnect-TroveSession
            $proxy.Dispose()
        }
    }
}

Describe 'Instances and backups' {
    BeforeAll {
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
    }

    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'Get-TroveInstance finds them by name, with wildcards, by id and by object' {
        $all = Get-TestInstance
        (Get-TroveInstance).Id | Should -Be $all.id
        $all.name | Sort-Object -Unique | Where-Object { $_ -notlike 'db-*' } | Should -Be broken, dup, m
        (Get-TroveInstance m, b*).Name | Sort-Object | Should -Be broken, m
        @(Get-TroveInstance dup).Count | Should -Be 2
        $m = Get-TroveInstance -Id (Get-TestInstanceId m)
        $m | Should -BeOfType TroveSchedules.Instance
        $m.Name, $m.Status | Should -Be m, ACTIVE
        ($m | Get-TroveInstance).Id | Should -Be $m.Id
        Get-TroveInstance nothing* -ErrorAction Stop | Should -BeNullOrEmpty
        Get-ErrorOf { Get-TroveInstance -Id nowhere } | Assert-Error InstanceNotFound Get-TroveInstance ObjectNotFound -Says nowhere
    }

    It 'Get-TroveBackup finds those of an instance, one by id, and all' {
        $id = New-TestBackup m
        (Get-TroveBackup).Id | Should -Contain $id
        (Get-TroveBackup m).Id | Should -Contain $id
        (Get-TroveBackup (Get-TroveInstance m)).Id | Should -Contain $id
        (Get-TroveBackup broken).Id | Should -Not -Contain $id
        $backup = Get-TroveBackup -Id $id
        $backup.Status, $backup.InstanceId | Should -Be COMPLETED, (Get-TestInstanceId m)
        $backup.CreatedAt.Offset | Should -Be ([TimeSpan]::Zero)
        [Math]::Abs(((Get-TestTime) - $backup.CreatedAt).TotalMinutes) | Should -BeLessThan 2
        ($backup | Get-TroveBackup).Id | Should -Be $id
        Get-ErrorOf { Get-TroveBackup -Id nothing } | Assert-Error BackupNotFound Get-TroveBackup ObjectNotFound -Says nothing
        Get-ErrorOf { Get-TroveBackup nowhere } | Assert-Error InstanceNotFound Get-TroveBackup ObjectNotFound -Says nowhere
    }

    It 'Get-TroveBackup goes through all pages, of which Trove makes one of every 20' {
        # Trove creates one backup of an instance at a time, so several instances take turns.
        $instances = (Get-TroveInstance m, dup).Id
        $ids = Use-TestBehaviour @{ backup_seconds = 0 } {
            $new = 1..23 | ForEach-Object { New-TestBackup $instances[$_ % 3] -NoWait }
            $null = Wait-Until -For 'the last backups' { -not (Get-TroveBackup | Where-Object { $_.Id -in $new -and $_.Status -ne 'COMPLETED' }) }
            $new
        }
        $found = (Get-TroveBackup).Id
        $ids | ForEach-Object { $found | Should -Contain $_ }
        @($found | Sort-Object -Unique).Count | Should -Be @($found).Count
    }
}

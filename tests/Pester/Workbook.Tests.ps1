BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    $ours = @{ Kind = 'ours'; Path = $null; Keys = 'instance', 'name', 'description', 'parent_id', 'incremental' }
    $spec = @{ Kind = "the spec's"; Path = "$PSScriptRoot/data/spec-workbook.yaml"; Keys = 'instance', 'name', 'description', 'parent_id' }
    $client = @{ Kind = "python-troveclient's"; Path = "$PSScriptRoot/data/client-workbook.yaml"; Keys = 'instance', 'name', 'description', 'incremental' }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
}

AfterAll { Close-TestCloud }

Describe 'Where no workbook is installed' {
    BeforeAll {
        Remove-TestWorkbook
        $session = Connect-TestCloud
        $trusts = @(Get-TestTrust).Count
    }

    It 'Get-TroveWorkbook shows that, and whether the cloud has the actions' {
        $workbook = Get-TroveWorkbook
        $workbook | Should -BeOfType TroveSchedules.InstalledWorkbook
        $workbook.IsInstalled | Should -BeFalse
        $workbook.IsCurrent | Should -BeFalse
        $workbook.HasTroveActions | Should -BeTrue
        $workbook.Inputs | Should -BeNullOrEmpty
        $workbook.ProjectId | Should -BeNullOrEmpty
    }

    It 'New-TroveBackupSchedule reports what to do, and makes nothing' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) } |
            Assert-Error WorkbookNotInstalled New-TroveBackupSchedule ObjectNotFound -Says 'trove.backup_create', 'demo' -Advises 'Install-TroveWorkbook'
        Get-TestTrigger | Should -BeNullOrEmpty
        @(Get-TestTrust).Count | Should -Be $trusts
    }

    It 'Get-TroveBackupSchedule finds nothing, which is no error' {
        Get-TroveBackupSchedule -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'Install-TroveWorkbook -WhatIf loads nothing' {
        Install-TroveWorkbook -WhatIf | Should -BeNullOrEmpty
        (Get-TroveWorkbook).IsInstalled | Should -BeFalse
    }

    It 'Install-TroveWorkbook -WhatIf says nothing where nothing would be done' {
        $null = Install-TroveWorkbook
        (Invoke-AtScreen 'Install-TroveWorkbook -WhatIf').Screen | Should -BeNullOrEmpty
        Remove-TestWorkbook
    }

    It 'Install-TroveWorkbook loads it, private to the project, and the same session can make schedules at once' {
        $workbook = Install-TroveWorkbook
        $workbook.IsInstalled | Should -BeTrue
        $workbook.IsCurrent | Should -BeTrue
        $workbook.Scope | Should -BeExactly private
        $workbook.ProjectId | Should -Be $session.ProjectId
        $workbook.AcceptsParentId, $workbook.AcceptsIncremental, $workbook.ReportsBackupId | Should -Be $true, $true, $true
        (Get-TroveWorkbook).IsCurrent | Should -BeTrue
        New-TroveBackupSchedule m '0 3 * * *' (New-TestName) | Remove-TroveBackupSchedule -Confirm:$false
    }

    AfterAll { Disconnect-TroveSession }
}

Describe 'Install-TroveWorkbook' {
    BeforeAll {
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        $recorded = Connect-TestCloud -With @{ WorkflowEndpoint = $proxy.Url }
        $null = Connect-TestCloud
    }

    AfterAll {
        $proxy.Dispose()
        $null = Install-TroveWorkbook
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'sends nothing where the workbook stands there to the letter' {
        (Install-TroveWorkbook -Session $recorded).IsCurrent | Should -BeTrue
        $proxy.Requests -notlike 'GET *' | Should -BeNullOrEmpty
    }

    It 'refuses <Why>, and leaves what is installed alone' -ForEach @(
        @{ Why = 'what is not YAML'; Text = "a: [1`nb: }"; Says = 'line' }
        @{ Why = 'a workbook of another name'; Text = "version: '2.0'`nname: other`nworkflows:`n  backup_create:`n    tasks:`n      a:`n        action: std.noop`n"; Says = "name must be 'trove'" }
        @{ Why = 'a workbook without backup_create'; Text = "version: '2.0'`nname: trove`nworkflows:`n  other:`n    tasks:`n      a:`n        action: std.noop`n"; Says = 'backup_create' }
        @{ Why = 'what Mistral does not take'; Text = "version: '2.0'`nname: trove`nworkflows:`n  backup_create:`n    tasks: 7`n"; Says = 'Mistral' }
        @{ Why = 'an empty file'; Text = ''; Says = 'name' }
    ) {
        Set-Content $TestDrive/workbook.yaml $Text
        Get-ErrorOf { Install-TroveWorkbook -Path $TestDrive/workbook.yaml } |
            Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument -Says $Says
        (Get-TroveWorkbook).IsCurrent | Should -BeTrue
    }

    It 'reports which file it cannot read' {
        Get-ErrorOf { Install-TroveWorkbook -Path $TestDrive/none.yaml } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument -Says 'none.yaml'
        Get-ErrorOf { Install-TroveWorkbook -Path $TestDrive } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument -Says "$TestDrive"
    }

    It 'takes a path relative to the current folder of PowerShell' {
        Copy-Item $PSScriptRoot/data/spec-workbook.yaml $TestDrive/mine.yaml
        Push-Location $TestDrive
        try { (Install-TroveWorkbook ./mine.yaml).IsCurrent | Should -BeFalse } finally { Pop-Location }
        (Install-TroveWorkbook).IsCurrent | Should -BeTrue
    }

    It 'lets only an administrator make it public' {
        (Get-ErrorOf { Install-TroveWorkbook -Scope Public }).CategoryInfo.Category | Should -Be PermissionDenied
        (Get-TroveWorkbook).Scope | Should -BeExactly private
    }

    It 'makes it public for an administrator, so that another project can use it' {
        Remove-TestWorkbook
        $admin = Connect-TestCloud admin
        $demo = Connect-TestCloud
        try {
            (Install-TroveWorkbook -Session $admin -Scope Public -WarningVariable warnings 3>$null).Scope | Should -BeExactly public
            "$warnings" | Should -BeLike '*other projects*not looked at*'
            $seen = Get-TroveWorkbook
            $seen.IsInstalled, $seen.IsCurrent | Should -Be $true, $true
            $seen.Scope | Should -BeExactly public
            $seen.ProjectId | Should -Be $admin.ProjectId
            $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
            $schedule.ProjectId | Should -Be $demo.ProjectId
        }
        finally {
            Clear-TestCloud
            Remove-TestWorkbook admin
            $null = Install-TroveWorkbook
        }
    }
}

Describe 'On the workbook that is <Kind>' -ForEach $ours, $spec, $client {
    BeforeAll {
        Remove-TestWorkbook
        $null = Connect-TestCloud
        $with = $Path ? @{ Path = $Path } : @{}
        $workbook = Install-TroveWorkbook @with
    }

    AfterAll {
        Clear-TestCloud
        $null = Install-TroveWorkbook
        Disconnect-TroveSession
    }

    AfterEach { Clear-TestCloud }

    It 'Get-TroveWorkbook shows what it takes' {
        $workbook.Inputs | Should -Be $Keys
        $workbook.AcceptsParentId | Should -Be ($Keys -contains 'parent_id')
        $workbook.AcceptsIncremental | Should -Be ($Keys -contains 'incremental')
        $workbook.ReportsBackupId | Should -Be (-not $Path)
        $workbook.IsCurrent | Should -Be (-not $Path)
    }

    It 'New-TroveBackupSchedule sends exactly the keys that it takes' {
        $schedule = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
        ($schedule.Input | ConvertFrom-Json -AsHashtable).Keys | Sort-Object | Should -Be ($Keys | Sort-Object)
    }

    It 'takes -ParentId where it knows parent_id, and else nothing is made' {
        $backup = New-TestBackup m
        $new = { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -ParentId $backup }
        if ($Keys -contains 'parent_id') { (& $new).ParentId | Should -Be $backup }
        else {
            Get-ErrorOf $new | Assert-Error InvalidForWorkbook New-TroveBackupSchedule InvalidArgument -Says 'parent_id' -Advises '-ParentId', Install-TroveWorkbook
            Get-TestTrigger | Should -BeNullOrEmpty
        }
    }

    It 'takes -Incremental where it knows incremental, and else nothing is made' {
        $new = { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Incremental }
        if ($Keys -contains 'incremental') { (& $new).Incremental | Should -BeTrue }
        else {
            Get-ErrorOf $new | Assert-Error InvalidForWorkbook New-TroveBackupSchedule InvalidArgument -Says 'incremental' -Advises '-Incremental', Install-TroveWorkbook
            Get-TestTrigger | Should -BeNullOrEmpty
        }
    }

    It 'runs' {
        $schedule = New-TroveBackupSchedule m '* * * * * */5' (New-TestName) -AllowSeconds -RemainingExecutions 1
        $run = Wait-Until -For 'it to fire' { Get-TroveScheduleExecution $schedule | Where-Object State -NotIn IDLE, RUNNING }
        $run.State | Should -BeExactly SUCCESS -Because $run.Reason
        ($run.Output | ConvertFrom-Json).status | Should -BeExactly 'Backup complete'
        if ($Path) { $run.BackupId | Should -BeNullOrEmpty } else { $run.BackupId | Should -Not -BeNullOrEmpty }
    }
}

Describe 'A change of the workbook under schedules' {
    BeforeAll {
        Remove-TestWorkbook
        $null = Connect-TestCloud
        $specText = "$PSScriptRoot/data/spec-workbook.yaml"
        $clientText = "$PSScriptRoot/data/client-workbook.yaml"
        $null = Install-TroveWorkbook $specText
        $fromSpec = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName) -AllowSeconds
    }

    AfterAll {
        Clear-TestCloud
        $null = Install-TroveWorkbook
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'to ours stops nothing, so it gives no warning' {
        $null = Install-TroveWorkbook -WarningVariable warnings 3>$null
        $warnings | Should -BeNullOrEmpty
        $runs = @(Get-TroveScheduleExecution $fromSpec).Count
        Wait-Until -For 'the schedule that was made on the old one to run on' { @(Get-TroveScheduleExecution $fromSpec).Count -gt $runs + 1 } | Should -BeTrue
    }

    It 'warns before it asks, so that -WhatIf warns, too' {
        Install-TroveWorkbook $clientText -WhatIf -WarningVariable warnings 3>$null | Should -BeNullOrEmpty
        "$warnings" | Should -BeLike "*$($fromSpec.Id)*reports no error*"
        (Get-TroveWorkbook).AcceptsIncremental | Should -BeTrue -Because 'nothing was loaded'
    }

    It 'to one that they do not fit warns of each, for they make no more backups though their next time goes on' {
        $changed = (Install-TroveWorkbook $clientText -WarningVariable warnings 3>$null).UpdatedAt
        $warnings.Count | Should -Be 1
        "$warnings" | Should -BeLike "*$($fromSpec.Id)*reports no error*"

        $next = (Get-TroveBackupSchedule -Id $fromSpec.Id).NextExecutionTime
        $null = Wait-Until -For 'the next time to go on twice' { (Get-TroveBackupSchedule -Id $fromSpec.Id).NextExecutionTime -ge $next.AddSeconds(10) }
        Get-TroveScheduleExecution $fromSpec -After $changed.AddSeconds(1) | Should -BeNullOrEmpty
    }

    It "from python-troveclient's to ours stops none, and warns once, with their number, of those whose runs its execution-list will not show" {
        Clear-TestCloud
        1..2 | ForEach-Object { $null = New-TroveBackupSchedule m '0 3 * * *' (New-TestName) }
        $null = Install-TroveWorkbook -WarningVariable warnings 3>$null
        $warnings.Count | Should -Be 1
        "$warnings" | Should -BeLike '2 schedules *trove execution-list*listing by cron trigger*made anew*'
    }

    It 'warns of no others' {
        $null = Install-TroveWorkbook -WarningVariable warnings 3>$null
        $warnings | Should -BeNullOrEmpty
        Clear-TestCloud
        $null = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
        $null = Install-TroveWorkbook $clientText 3>$null
        Clear-TestCloud
        $null = Install-TroveWorkbook -WarningVariable warnings 3>$null
        $warnings | Should -BeNullOrEmpty
    }

    It 'with -WhatIf changes nothing' {
        $null = Install-TroveWorkbook $specText -WhatIf
        (Get-TroveWorkbook).IsCurrent | Should -BeTrue
    }
}

Describe 'A cloud whose Mistral has no Trove actions' {
    BeforeAll {
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $proxy = New-TestServer (Get-TestEndpoint workflowv2)
        $proxy.Answer('^GET /v2/actions/trove.backups_create', 404, '{"faultcode": "Client", "faultstring": "Failed to find action [action_name=trove.backups_create]", "debuginfo": null}', $null)
        $null = Connect-TestCloud -With @{ WorkflowEndpoint = "$($proxy.Url)/v2" }
    }

    AfterAll {
        Disconnect-TroveSession
        $proxy.Dispose()
    }

    It 'can have no schedules: the error says whom to ask, and nothing is sent' {
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) } |
            Assert-Error NoTroveActions New-TroveBackupSchedule ObjectNotFound -Says 'trove.backups_create' -Advises 'administrator', 'mistral-extra'
        $proxy.Requests -like 'POST *' | Should -BeNullOrEmpty
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'is told of by Get-TroveWorkbook and by a warning of Install-TroveWorkbook' {
        (Get-TroveWorkbook).HasTroveActions | Should -BeFalse
        (Install-TroveWorkbook -WarningVariable warnings 3>$null).HasTroveActions | Should -BeFalse
        "$warnings" | Should -BeLike "*trove.backups_create*administrator*mistral-extra*"
    }
}

# Schedules as code: Export-, Import- and Sync-TroveBackupSchedule.
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
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $m, $broken = (Get-TestInstanceId m), (Get-TestInstanceId broken)
    $plan = "$TestDrive/plan.yaml"

    function Write-Plan {
        <# A plan of the owner pester, with a line for each schedule. #>
        param([string[]] $Schedules, [string] $Owner = 'pester')
        'version: 1', "owner: $Owner", $(if ($Schedules) { 'schedules:' } else { 'schedules: []' }), @($Schedules).Where({ $_ }).ForEach({ "- $_" }) | Set-Content $plan
    }

    filter Get-Text { "$_" }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Sync-TroveBackupSchedule' {
    AfterEach { Clear-TestCloud }

    It 'makes the schedules as the plan says, writes each step, and changes nothing the second time' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 4 1 1 *' }", "{ instance: broken, name: pester-c, pattern: '0 5 1 1 *' }"
        $steps = Sync-TroveBackupSchedule $plan
        $steps | Should -BeOfType TroveSchedules.ScheduleSyncStep
        $steps | Get-Text | Should -Be 'Create pester-a', 'Create pester-b', 'Create pester-c'
        $steps.InstanceName | Should -Be m, m, broken
        $steps.Owner | Sort-Object -Unique | Should -Be pester
        (Get-TroveBackupSchedule -Id $steps.ScheduleId).Name | Should -Be pester-a, pester-b, pester-c
        (Get-TroveBackupSchedule -Id $steps.ScheduleId).Owner | Sort-Object -Unique | Should -Be pester
        Sync-TroveBackupSchedule $plan | Get-Text | Should -Be 'Keep pester-a', 'Keep pester-b', 'Keep pester-c'

        Write-Plan "{ instance: m, name: pester-a, pattern: '0 6 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 4 1 1 *', suspended: { reason: disk } }"
        $steps = Sync-TroveBackupSchedule $plan
        $steps | Get-Text | Should -Be 'Change pester-a', 'Suspend pester-b', 'Remove pester-c'
        $steps.Changes | Should -Be "Pattern '0 3 1 1 *' to '0 6 1 1 *'", 'State Active to Suspended', $null
        (Get-TroveBackupSchedule -Name pester-*).Name | Sort-Object | Should -Be pester-a, pester-b
        (Get-TroveBackupSchedule -State Suspended).SuspendedReason | Should -Be disk
    }

    It 'shows the plan with -WhatIf, one line for each difference' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 4 1 1 *' }", "{ instance: m, name: pester-c, pattern: '0 5 1 1 *' }"
        $made = Sync-TroveBackupSchedule $plan
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 6 1 1 *' }", "{ instance: broken, name: pester-d, pattern: '0 7 1 1 *' }"
        $screen = Invoke-AtScreen "Sync-TroveBackupSchedule '$plan' -WhatIf"
        $screen.Output | Should -BeNullOrEmpty
        "$($screen.Screen)".Trim() -split '\r?\n' | Should -Be @(
            "What if: Performing the operation ""Change Pattern '0 4 1 1 *' to '0 6 1 1 *'"" on target ""schedule 'pester-b' ($($made[1].ScheduleId)) of instance $m""."
            "What if: Performing the operation ""Schedule backup 'pester-d': At 07:00 UTC on the 1st of January"" on target ""instance 'broken' ($broken)""."
            "What if: Performing the operation ""Delete"" on target ""schedule 'pester-c' ($($made[2].ScheduleId)) of instance $m""."
        )
        (Get-TroveBackupSchedule -Name pester-*).Name | Sort-Object | Should -Be pester-a, pester-b, pester-c
    }

    It 'does only what is confirmed' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 4 1 1 *' }"
        $screen = Invoke-AtScreen "Sync-TroveBackupSchedule '$plan' -Confirm" -Answers 'No', 'Yes'
        $screen.Output | Get-Text | Should -Be 'Create pester-b'
        (Get-TroveBackupSchedule -Name pester-*).Name | Should -Be pester-b
    }

    It 'leaves schedules of another owner or none, unless it adopts them' {
        $unowned = New-TroveBackupSchedule m '0 3 1 1 *' pester-a
        $other = New-TroveBackupSchedule m '0 9 1 1 *' pester-other
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 4 1 1 *' }"
        Sync-TroveBackupSchedule $plan -ErrorVariable errors -ErrorAction SilentlyContinue | Get-Text | Should -Be 'Create pester-b'
        $errors[0] | Assert-Error ScheduleNotOwned Sync-TroveBackupSchedule ResourceExists -Says $unowned.Id -Advises '-Adopt'
        "$($errors[0].TargetObject)" | Should -Be 'Keep pester-a'
        $steps = Sync-TroveBackupSchedule $plan -Adopt
        $steps | Get-Text | Should -Be 'Change pester-a', 'Keep pester-b'
        $steps[0].Changes | Should -Be "Owner none to 'pester'"
        (Get-TroveBackupSchedule -Id $unowned.Id).Owner | Should -Be pester
        Write-Plan
        Sync-TroveBackupSchedule $plan | Get-Text | Should -Be 'Remove pester-a', 'Remove pester-b'
        (Get-TroveBackupSchedule -Name pester-*).Id | Should -Be $other.Id
    }

    It 'plans a schedule for each instance that a wildcard matches, and warns if there is none' {
        Write-Plan "{ instance: 'BROK*', name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: 'nothing*', name: pester-b, pattern: '0 3 1 1 *' }"
        $steps = Sync-TroveBackupSchedule $plan -WarningVariable warnings 3>$null
        $steps.InstanceId | Should -Be $broken
        "$warnings" | Should -BeLike "No instance matches 'nothing[*]' (line 5 of the plan)."
    }

    It 'reports instances that are not there with their lines, before it changes anything' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: nowhere, name: pester-b, pattern: '0 3 1 1 *' }", "{ instance: dup, name: pester-c, pattern: '0 3 1 1 *' }"
        Get-ErrorOf { Sync-TroveBackupSchedule $plan } | Assert-Error InvalidSchedulePlan Sync-TroveBackupSchedule InvalidArgument -Says 'has 2 errors', "Line 5: No instance of project 'demo' has the name or id 'nowhere'", "Line 6: 2 instances have the name 'dup'"
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'reports every error of the file, with its line, before it sends anything' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 25 1 1 *' }", "{ instance: m, name: pester-b, patern: '0 3 1 1 *' }"
        Get-ErrorOf { Sync-TroveBackupSchedule $plan } | Assert-Error InvalidSchedulePlan Sync-TroveBackupSchedule InvalidArgument -Says 'plan.yaml', 'has 2 errors', 'Line 4: ', "Line 5: 'patern' is not a key of a schedule. Did you mean 'pattern'?"
        Get-ErrorOf { Sync-TroveBackupSchedule "$TestDrive/missing.yaml" } | Assert-Error InvalidSchedulePlan Sync-TroveBackupSchedule InvalidArgument -Says 'missing.yaml'
        Get-ErrorOf { Sync-TroveBackupSchedule $TestDrive } | Assert-Error InvalidSchedulePlan Sync-TroveBackupSchedule InvalidArgument -Says 'is a folder'
        Get-TestTrigger | Should -BeNullOrEmpty
    }

    It 'reads JSON, relative to the current location, and as a literal path' {
        $folder = New-Item "$TestDrive/[a]" -ItemType Directory
        @{ version = 1; owner = 'pester'; schedules = @(@{ instance = 'm'; name = 'pester-j'; pattern = '0 3 1 1 *'; suspended = @{ until = '2037-01-01T00:00:00Z' } }) } | ConvertTo-Json -Depth 5 |
            Set-Content -LiteralPath "$folder/plan.json"
        Push-Location -LiteralPath $folder
        try { Sync-TroveBackupSchedule plan.json | Get-Text | Should -Be 'Create pester-j' }
        finally { Pop-Location }
        Sync-TroveBackupSchedule -LiteralPath "$folder/plan.json" | Get-Text | Should -Be 'Keep pester-j'
        (Get-TroveBackupSchedule -Name pester-j).SuspendedUntil | Should -Be ([DateTimeOffset] '2037-01-01T00:00Z')
    }

    It 'gives one error for each step that fails, and the others go on' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }",
            "{ instance: m, name: pester-b, pattern: '0 4 1 1 *', parentId: 11111111-1111-4111-8111-111111111111 }", "{ instance: m, name: pester-c, pattern: '0 5 1 1 *' }"
        Sync-TroveBackupSchedule $plan -ErrorVariable errors -ErrorAction SilentlyContinue | Get-Text | Should -Be 'Create pester-a', 'Create pester-c'
        $errors.Count | Should -Be 1
        $errors[0] | Assert-Error BackupNotFound Sync-TroveBackupSchedule ObjectNotFound
    }

    It 'names the step that failed, and the line of an invalid wildcard' {
        Write-Plan "{ instance: m, name: pester-b, pattern: '0 4 1 1 *', parentId: 11111111-1111-4111-8111-111111111111 }"
        "$(Get-ErrorOf { Sync-TroveBackupSchedule $plan })" | Should -BeLike 'Create pester-b of m: No backup of project*'
        Write-Plan "{ instance: '[ab', name: pester-b, pattern: '0 4 1 1 *' }"
        Get-ErrorOf { Sync-TroveBackupSchedule $plan } | Assert-Error InvalidSchedulePlan Sync-TroveBackupSchedule InvalidArgument -Says 'line 4', '[ab'
        Get-ErrorOf { Sync-TroveBackupSchedule env:PATH } | Assert-Error InvalidPath Sync-TroveBackupSchedule InvalidArgument -Says 'env:PATH', 'Environment'
    }

    It 'removes nothing while another step fails, so that no instance loses its only schedule' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }"
        $null = Sync-TroveBackupSchedule $plan
        Write-Plan "{ instance: m, name: pester-b, pattern: '0 4 1 1 *', parentId: 11111111-1111-4111-8111-111111111111 }"
        Sync-TroveBackupSchedule $plan -ErrorAction SilentlyContinue -WarningVariable warnings 3>$null | Should -BeNullOrEmpty
        "$warnings" | Should -BeLike '1 schedule that the plan does not list was not removed, because another step failed.*'
        (Get-TroveBackupSchedule -Name pester-*).Name | Should -Be pester-a
        Write-Plan "{ instance: m, name: pester-b, pattern: '0 4 1 1 *' }"
        Sync-TroveBackupSchedule $plan | Get-Text | Should -Be 'Create pester-b', 'Remove pester-a'
    }

    It 'removes nothing if no instance matches any schedule of the plan, which is more likely a wrong project' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }"
        $null = Sync-TroveBackupSchedule $plan
        Write-Plan "{ instance: 'nothing*', name: pester-a, pattern: '0 3 1 1 *' }"
        Get-ErrorOf { Sync-TroveBackupSchedule $plan } | Assert-Error InvalidSchedulePlan Sync-TroveBackupSchedule InvalidArgument -Says 'no instance of the project matches any schedule of the plan'
        (Get-TroveBackupSchedule -Name pester-*).Name | Should -Be pester-a
    }

    It 'keeps the owner when a schedule is changed, suspended and resumed' {
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }"
        $step = Sync-TroveBackupSchedule $plan
        $id = $step.ScheduleId
        (Set-TroveBackupSchedule $id -Pattern '0 5 1 1 *' -PassThru).Owner | Should -Be pester
        (Suspend-TroveBackupSchedule $id -PassThru).Owner | Should -Be pester
        (Resume-TroveBackupSchedule $id -PassThru).Owner | Should -Be pester
        (Sync-TroveBackupSchedule $plan).Changes | Should -Be "Pattern '0 5 1 1 *' to '0 3 1 1 *'"
    }
}

Describe 'Import-TroveBackupSchedule' {
    AfterEach { Clear-TestCloud }

    It 'creates what is not there, and leaves the rest' {
        $unowned = New-TroveBackupSchedule m '0 9 1 1 *' pester-a
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }", "{ instance: m, name: pester-b, pattern: '0 4 1 1 *' }"
        Import-TroveBackupSchedule $plan | Get-Text | Should -Be 'Keep pester-a', 'Create pester-b'
        Write-Plan "{ instance: m, name: pester-a, pattern: '0 3 1 1 *' }"
        Import-TroveBackupSchedule $plan | Get-Text | Should -Be 'Keep pester-a'
        (Get-TroveBackupSchedule -Id $unowned.Id).Pattern | Should -Be '0 9 1 1 *'
        (Get-TroveBackupSchedule -Name pester-*).Name | Sort-Object | Should -Be pester-a, pester-b
    }
}

Describe 'Export-TroveBackupSchedule' {
    BeforeAll {
        $null = New-TroveBackupSchedule m '0 3 1 1 *' pester-a -Description 'Größe: "x" # 1' -RemainingExecutions 7
        $null = New-TroveBackupSchedule broken -Name pester-once -FirstExecutionTime 2037-05-05T18:30Z
        $null = New-TroveBackupSchedule m '0 4 1 1 * 30' pester-true -AllowSeconds -Suspended -Reason 'a: b' -Until 2037-01-01T00:00Z
    }

    AfterAll { Clear-TestCloud }

    It 'writes a plan that Sync finds fulfilled, but for the owner: <_>' -ForEach yaml, yml, json {
        $file = "$TestDrive/exported.$_"
        Export-TroveBackupSchedule $file -Owner "pester-$_" | Should -BeNullOrEmpty
        $steps = Sync-TroveBackupSchedule $file -Adopt
        $steps.Count | Should -Be 3
        foreach ($step in $steps) { $step.Changes | Should -Match "^Owner (none|'pester-[a-z]+') to 'pester-$_'`$" }
        if ($_ -eq 'json') { (Get-Content $file -Raw | ConvertFrom-Json).schedules.Count | Should -Be 3 }
        $bytes = [IO.File]::ReadAllBytes($file)
        $bytes[0] | Should -Not -Be 0xEF -Because 'a byte order mark is not needed'
        Export-TroveBackupSchedule "$TestDrive/again.$_"
        Get-Content "$TestDrive/again.$_" | Should -Be (Get-Content $file) -Because 'the owner of the schedules is the default'
        Sync-TroveBackupSchedule $file | Get-Text | ForEach-Object { $_.Split()[0] } | Sort-Object -Unique | Should -Be Keep
    }

    It 'orders by instance and name, and quotes what is not a plain word' {
        Export-TroveBackupSchedule "$TestDrive/order.yaml" -Owner 'a b'
        Get-Content "$TestDrive/order.yaml" | Should -Be @(
            'version: 1', 'owner: "a b"', 'schedules:'
            '  - instance: broken', '    name: pester-once', '    firstExecutionTime: "2037-05-05T18:30:00Z"'
            '  - instance: m', '    name: pester-a', '    pattern: "0 3 1 1 *"', '    remainingExecutions: 7', '    description: "Größe: \"x\" # 1"'
            '  - instance: m', '    name: pester-true', '    pattern: "0 4 1 1 * 30"', '    allowSeconds: true', '    suspended:', '      reason: "a: b"', '      until: "2037-01-01T00:00:00Z"'
        )
    }

    It 'writes the schedules of the pipeline, or those of the ids' {
        Get-TroveBackupSchedule broken | Export-TroveBackupSchedule "$TestDrive/piped.json" -Owner x
        (Get-Content "$TestDrive/piped.json" -Raw | ConvertFrom-Json).schedules.name | Should -Be pester-once
        Export-TroveBackupSchedule "$TestDrive/ids.json" -Id (Get-TroveBackupSchedule -Name pester-a).Id -Owner x
        (Get-Content "$TestDrive/ids.json" -Raw | ConvertFrom-Json).schedules.name | Should -Be pester-a
    }

    It 'writes no empty plan, which would remove every schedule of its owner' {
        Get-TroveBackupSchedule -Name nothing | Export-TroveBackupSchedule "$TestDrive/empty.json" -Owner x -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike "There was no schedule to write*empty.json*"
        Test-Path "$TestDrive/empty.json" | Should -BeFalse
    }

    It 'overwrites a file in one step, but not with -NoClobber' {
        $file = "$TestDrive/there.yaml"
        'old' | Set-Content $file
        Get-ErrorOf { Export-TroveBackupSchedule $file -Owner x -NoClobber } | Assert-Error FileNotWritten Export-TroveBackupSchedule InvalidArgument -Says 'there.yaml', '-NoClobber'
        Get-Content $file | Should -Be old
        Export-TroveBackupSchedule $file -Owner x -WhatIf
        Get-Content $file | Should -Be old
        (Export-TroveBackupSchedule $file -Owner x -PassThru).FullName | Should -Be (Get-Item $file).FullName
        Get-Content $file -TotalCount 1 | Should -Be 'version: 1'
        Get-ChildItem $TestDrive | Where-Object Name -Match '^there\.yaml.' | Should -BeNullOrEmpty
        'old' | Set-Content $file
        $unknown = '11111111-1111-4111-8111-111111111111'
        Export-TroveBackupSchedule $file -Id (Get-TroveBackupSchedule -Name pester-a).Id, $unknown -Owner x -ErrorAction SilentlyContinue -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike '*was not written.'
        Get-Content $file | Should -Be old -Because 'a part of a plan would remove the other schedules'
        Get-ErrorOf { Export-TroveBackupSchedule "$TestDrive/no/such/folder.yaml" -Owner x } | Assert-Error FileNotWritten Export-TroveBackupSchedule InvalidArgument -Says 'folder.yaml'
        Get-ErrorOf { Export-TroveBackupSchedule $TestDrive -Owner x } | Assert-Error FileNotWritten Export-TroveBackupSchedule InvalidArgument -Says 'is a folder'
    }

    It 'needs an owner where the schedules have none or several' {
        $none = New-TroveBackupSchedule m '0 9 1 1 *' pester-none
        Get-ErrorOf { $none | Export-TroveBackupSchedule "$TestDrive/x.yaml" } | Assert-Error InvalidOwner Export-TroveBackupSchedule InvalidArgument -Says 'have no owner' -Advises '-Owner'
        Get-ErrorOf { Export-TroveBackupSchedule "$TestDrive/x.yaml" } | Assert-Error InvalidOwner Export-TroveBackupSchedule InvalidArgument -Says 'several owners' -Advises '-Owner'
        Test-Path "$TestDrive/x.yaml" | Should -BeFalse
        $none | Remove-TroveBackupSchedule -Confirm:$false
    }
}

Describe 'The JSON schema' {
    It 'is in the folder of the module, and PowerShell validates plans with it' -Skip:($PSVersionTable.PSVersion -lt [version] '7.4') {
        $schema = Join-Path (Get-Module TroveSchedules).ModuleBase schema/SchedulePlan.schema.json
        '{ "version": 1, "owner": "o", "schedules": [ { "instance": "m", "name": "n", "pattern": "@daily" } ] }' | Test-Json -SchemaFile $schema | Should -BeTrue
        '{ "version": 1, "owner": "o", "schedules": [ { "instance": "m", "name": "n", "patern": "@daily" } ] }' | Test-Json -SchemaFile $schema -ErrorAction SilentlyContinue | Should -BeFalse
    }
}

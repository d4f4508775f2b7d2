BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    $cmdlets = Get-Command -Module TroveSchedules | ForEach-Object { @{ Cmdlet = $_.Name } }
    # Cmdlets that change what other users see. Sandboxes and sessions belong to one user only.
    $changing = (Get-Command -Module TroveSchedules | Where-Object Verb -NotIn 'Export', 'Get', 'Test', 'Find', 'Wait', 'Connect', 'Disconnect', 'Show', 'Step').Name
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $mistral = New-TestServer (Get-TestEndpoint workflowv2)
    $trove = New-TestServer (Get-TestEndpoint database)
    $watched = @{ WorkflowEndpoint = "$($mistral.Url)/v2"; DatabaseEndpoint = $trove.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
    $null = Connect-TestCloud -With $watched
    $null = Install-TroveWorkbook
    $definition = "$PSScriptRoot/data/spec-workbook.yaml"
    $uuid = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'

    # How each is used, and what it then calls the thing.
    $calls = @{
        'Install-TroveWorkbook' = @{ Script = "Install-TroveWorkbook '$definition' -WarningAction SilentlyContinue"; Operation = 'Load'; Target = "workbook 'trove' of project 'demo'" }
        'New-TroveBackupSchedule' = @{
            Script = "New-TroveBackupSchedule m '0 3 * * *' pester-new"; Operation = "Schedule backup 'pester-new': At 03:00 UTC, every day"
            Target = "instance 'm' ($(Get-TestInstanceId))"
        }
        'Remove-TroveBackup' = @{ Script = '$backup | Remove-TroveBackup'; Operation = 'Delete' }
        'Remove-TroveBackupSchedule' = @{ Script = '$one | Remove-TroveBackupSchedule'; Operation = 'Delete' }
        'Remove-TroveScheduleExecution' = @{ Script = '$run | Remove-TroveScheduleExecution'; Operation = 'Delete' }
        'Start-TroveBackupSchedule' = @{ Script = '$one | Start-TroveBackupSchedule'; Operation = 'Run now' }
        'Set-TroveBackupSchedule' = @{
            Script = '$one | Set-TroveBackupSchedule -Pattern ''0 4 1 1 *'' -RemainingExecutions 3'
            Operation = "Change Pattern '0 3 1 1 *' to '0 4 1 1 *', RemainingExecutions none to 3"
        }
        'Suspend-TroveBackupSchedule' = @{ Script = '$one | Suspend-TroveBackupSchedule -Reason pause'; Operation = 'Change State Active to Suspended' }
        'Sync-TroveBackupSchedule' = @{
            Script = "Sync-TroveBackupSchedule '$TestDrive/plan.yaml'"; Operation = "Schedule backup 'pester-plan': At 03:00 UTC on the 1st of January"
            Target = "instance 'm' ($(Get-TestInstanceId))"
        }
        'Import-TroveBackupSchedule' = @{
            Script = "Import-TroveBackupSchedule '$TestDrive/plan.yaml'"; Operation = "Schedule backup 'pester-plan': At 03:00 UTC on the 1st of January"
            Target = "instance 'm' ($(Get-TestInstanceId))"
        }
        'Resume-TroveBackupSchedule' = @{ Script = '$one | Resume-TroveBackupSchedule'; Operation = 'Change State Suspended to Active' }
    }

    function New-Things {
        <# A new schedule with a number of executions, for what the calls speak of; calls of their own must see them. #>
        param([int] $Executions = 1)
        $script:one = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        Add-TestExecution $Executions $one.Id -ErrorPercent 0
        $script:runs = @(Get-TroveScheduleExecution $one)
        $script:run = $runs[0]
        foreach ($cmdlet in 'Remove', 'Set', 'Start', 'Suspend', 'Resume') { $calls."$cmdlet-TroveBackupSchedule".Target = "schedule '$($one.Name)' ($one) of instance $(Get-TestInstanceId)" }
        $calls.'Remove-TroveScheduleExecution'.Target = "execution $run of $('{0:u}' -f $run.ExecutionTime) ($($run.State)), a backup of instance $($run.InstanceId)"
        $mistral.Requests.Clear()
        $trove.Requests.Clear()
    }

    function New-Backups {
        <# A new backup, and a newer one, without which it could not be deleted. #>
        $script:backup = Get-TroveBackup -Id (New-TestBackup m)
        $null = New-TestBackup m
        $size = ([double] $backup.Size).ToString([cultureinfo]::InvariantCulture)
        $calls.'Remove-TroveBackup'.Target = "backup '$($backup.Name)' ($backup) of $('{0:u}' -f $backup.CreatedAt) of instance $($backup.InstanceId), $size GiB"
        $trove.Requests.Clear()
    }

    function Invoke-Call {
        <# Runs a script in a host that answers prompts. #>
        param([string] $Script, [string[]] $Answers = @())
        Invoke-AtScreen $Script -Answers $Answers -Variables @{ one = $one; run = $run; runs = $runs; backup = $backup }
    }

    function Get-Change { @($mistral.Requests) + @($trove.Requests) -notmatch '^GET ' -notmatch '^POST /v2/workbooks/validate' }
}

AfterAll {
    $null = Install-TroveWorkbook -Confirm:$false
    Clear-TestCloud
    $mistral, $trove | ForEach-Object Dispose
    Close-TestCloud
}

Describe 'Whether <Cmdlet> asks' -ForEach $cmdlets {
    BeforeAll {
        $command = Get-Command $Cmdlet
        $attribute = $command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $true)
    }

    It 'depends on what the cmdlet changes' -ForEach @{ Changing = $changing } {
        $attribute.SupportsShouldProcess | Should -Be ($Cmdlet -in $Changing -or $Cmdlet -like 'Export-*') -Because 'a file can be overwritten'
        if ($Cmdlet -in $Changing) {
            $attribute.ConfirmImpact | Should -Be ($Cmdlet -in 'Remove-TroveBackup', 'Remove-TroveBackupSchedule' ? 'High' : 'Medium') -Because 'backups that are no longer made are missed too late'
        }
    }

    It 'is not a matter of -Force, which is for a rule that can be overridden' {
        $overrides = @{ 'Remove-TroveScheduleExecution' = 'a run that has not ended is kept'; 'Remove-TroveBackup' = 'the last good backup is kept' }
        $command.Parameters.ContainsKey('Force') | Should -Be $overrides.ContainsKey($Cmdlet)
    }
}

Describe '<_> -PassThru' -ForEach (Get-Command -Module TroveSchedules | Where-Object { $_.OutputType.Name -contains 'System.Void' -or $_.Parameters.ContainsKey('PassThru') }).Name {
    It 'is there where nothing would be written, but for a session, which is of no use once it has ended' {
        (Get-Command $_).OutputType.Name | Should -Contain System.Void
        (Get-Command $_).Parameters.ContainsKey('PassThru') | Should -Be ($_ -ne 'Disconnect-TroveSession')
    }

    It 'shows what it writes' {
        if ($_ -ne 'Disconnect-TroveSession') { (Get-Command $_).OutputType.Name | Should -Contain @{
                'Remove-TroveBackup' = 'TroveSchedules.Backup'; 'Remove-TroveBackupSchedule' = 'TroveSchedules.BackupSchedule'; 'Remove-TroveScheduleExecution' = 'TroveSchedules.ScheduleExecution'
                'Set-TroveBackupSchedule' = 'TroveSchedules.BackupSchedule'; 'Suspend-TroveBackupSchedule' = 'TroveSchedules.BackupSchedule'; 'Resume-TroveBackupSchedule' = 'TroveSchedules.BackupSchedule'
                'Export-TroveBackupSchedule' = 'System.IO.FileInfo'; 'Export-TroveScheduleMetric' = 'System.IO.FileInfo'; 'Export-TroveScheduleReport' = 'System.IO.FileInfo'; 'Step-TroveSandbox' = 'TroveSchedules.TroveSession' }[$_] }
    }
}

Describe '<_>' -ForEach $changing {
    BeforeAll { $call = $calls.$_ }

    BeforeEach {
        New-Things
        if ($_ -eq 'Remove-TroveBackup') { New-Backups }
        if ($_ -in 'Sync-TroveBackupSchedule', 'Import-TroveBackupSchedule') {
            Get-TroveBackupSchedule -Name pester-plan | Remove-TroveBackupSchedule -Confirm:$false
            'version: 1', 'owner: pester', 'schedules:', "- { instance: m, name: pester-plan, pattern: '0 3 1 1 *' }" | Set-Content $TestDrive/plan.yaml
            $mistral.Requests.Clear()
        }
        if ($_ -eq 'Install-TroveWorkbook') { $null = Install-TroveWorkbook; $mistral.Requests.Clear() }
        if ($_ -eq 'Resume-TroveBackupSchedule') { $script:one = $one | Suspend-TroveBackupSchedule -PassThru; $mistral.Requests.Clear() }
    }

    It 'is tried here' { $call | Should -Not -BeNullOrEmpty }

    It 'with -WhatIf reports what it would do, in one line, and does nothing' {
        $screen = Invoke-Call "$($call.Script) -WhatIf"
        "$($screen.Screen)".TrimEnd() | Should -BeExactly "What if: Performing the operation ""$($call.Operation)"" on target ""$($call.Target)""."
        $screen.Output | Should -BeNullOrEmpty
        $screen.Errors | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }

    It 'with $WhatIfPreference does the same' {
        $screen = Invoke-Call "`$WhatIfPreference = `$true; $($call.Script)"
        "$($screen.Screen)" | Should -BeLike "What if: *$($call.Target)*"
        $screen.Output | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }

    It 'with -WhatIf:$false acts all the same' {
        $screen = Invoke-Call "`$WhatIfPreference = `$true; $($call.Script) -WhatIf:`$false -Confirm:`$false"
        "$($screen.Screen)" | Should -Not -BeLike '*What if*'
        $screen.Errors | Should -BeNullOrEmpty
        Get-Change | Should -Not -BeNullOrEmpty
    }

    It 'asks with -Confirm, once, naming the thing, and takes No for an answer' {
        $screen = Invoke-Call "$($call.Script) -Confirm" -Answers 'No'
        $screen.Prompts.Count | Should -Be 1
        $screen.Prompts[0] | Should -BeLike "Confirm*Performing the operation ""$([WildcardPattern]::Escape($call.Operation))"" on target ""$([WildcardPattern]::Escape($call.Target))""."
        $screen.Output | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }

    It 'asks with -Confirm, and takes Yes for an answer' {
        $screen = Invoke-Call "$($call.Script) -Confirm" -Answers 'Yes'
        $screen.Prompts.Count | Should -Be 1
        $screen.Errors | Should -BeNullOrEmpty
        Get-Change | Should -Not -BeNullOrEmpty
    }

    It 'by itself asks only if that cannot be undone' {
        $asks = $_ -in 'Remove-TroveBackup', 'Remove-TroveBackupSchedule'
        $screen = Invoke-Call $call.Script -Answers @(if ($asks) { 'Yes' })
        $screen.Prompts.Count | Should -Be ([int] $asks)
        Get-Change | Should -Not -BeNullOrEmpty
    }

    It 'with $ConfirmPreference Medium asks, but not with -Confirm:$false' {
        $screen = Invoke-Call "`$ConfirmPreference = 'Medium'; $($call.Script)" -Answers 'No'
        $screen.Prompts.Count | Should -Be 1
        Get-Change | Should -BeNullOrEmpty
        $screen = Invoke-Call "`$ConfirmPreference = 'Medium'; $($call.Script) -Confirm:`$false"
        $screen.Prompts.Count | Should -Be 0
        Get-Change | Should -Not -BeNullOrEmpty
    }

    It 'with $ConfirmPreference None never asks' {
        $screen = Invoke-Call "`$ConfirmPreference = 'None'; $($call.Script)"
        $screen.Prompts.Count | Should -Be 0
        Get-Change | Should -Not -BeNullOrEmpty
    }
}

Describe 'Over a pipeline' {
    BeforeEach { New-Things -Executions 5 }

    It 'Yes to All is asked once' {
        $screen = Invoke-Call '$runs | Remove-TroveScheduleExecution -Confirm' -Answers 'Yes', 'Yes to All'
        $screen.Prompts.Count | Should -Be 2
        @(Get-Change).Count | Should -Be 5
        Get-TroveScheduleExecution $one | Should -BeNullOrEmpty
    }

    It 'No to All is asked once' {
        $screen = Invoke-Call '$runs | Remove-TroveScheduleExecution -Confirm -PassThru' -Answers 'Yes', 'No to All'
        $screen.Prompts.Count | Should -Be 2
        $screen.Output.Id | Should -Be $runs[0].Id
        (Get-TroveScheduleExecution $one).Id | Should -Be $runs[1..4].Id
    }

    It 'each item prompts until then, also those of one array' {
        $screen = Invoke-Call 'Remove-TroveScheduleExecution $runs -Confirm -PassThru' -Answers 'No', 'Yes', 'No', 'Yes to All'
        $screen.Prompts.Count | Should -Be 4
        $screen.Output.Id | Should -Be $runs[1, 3, 4].Id
        (Get-TroveScheduleExecution $one).Id | Should -Be $runs[0, 2].Id
    }

    It 'of schedules prompts by default, and Yes to All is asked once' {
        $two = New-TroveBackupSchedule m '0 4 1 1 *' $one.Name
        $screen = Invoke-Call "Get-TroveBackupSchedule -Name $($one.Name) | Remove-TroveBackupSchedule" -Answers 'Yes to All'
        $screen.Prompts.Count | Should -Be 1
        Get-TroveBackupSchedule -Name $one.Name | Should -BeNullOrEmpty
        $two | Should -Not -BeNullOrEmpty
    }
}

Describe '-Force' {
    It 'suppresses no question' {
        New-Things
        $screen = Invoke-Call '$run | Remove-TroveScheduleExecution -Force -Confirm' -Answers 'No'
        $screen.Prompts.Count | Should -Be 1
        Get-Change | Should -BeNullOrEmpty
        "$((Invoke-Call '$run | Remove-TroveScheduleExecution -Force -WhatIf').Screen)" | Should -BeLike "What if: *$run*"
    }
}

Describe 'The words for a thing' {
    It 'leave out the parameters that it does not have' {
        $bare = @{
            one = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $uuid; Input = '{}' }
            run = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'ERROR' }
        }
        $screen = Invoke-AtScreen '$one | Remove-TroveBackupSchedule -WhatIf; $run | Remove-TroveScheduleExecution -WhatIf' -Variables $bare
        "$($screen.Screen)".TrimEnd() -split '\r?\n' | Should -Be @(
            "What if: Performing the operation ""Delete"" on target ""schedule $uuid""."
            "What if: Performing the operation ""Delete"" on target ""execution $uuid (ERROR)""."
        )
    }

    It 'say that a workbook is for every project' {
        "$((Invoke-AtScreen 'Install-TroveWorkbook -Scope Public -WhatIf -WarningAction SilentlyContinue').Screen)" |
            Should -BeLike "What if: Performing the operation ""Load for every project"" on target ""workbook 'trove' of project 'demo'"".*"
    }
}

Describe 'With -WhatIf input is still checked' {
    BeforeEach { $mistral.Requests.Clear() }

    AfterEach { Get-Change | Should -BeNullOrEmpty }

    It 'by New-TroveBackupSchedule: pattern, name and instance' {
        Get-ErrorOf { New-TroveBackupSchedule m '61 3 * * *' pester-x -WhatIf } | Assert-Error InvalidCronPattern New-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' '' -WhatIf } | Assert-Error InvalidName New-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' pester-x -Suspended -Until (Get-TestTime).AddHours(-1) -WhatIf } | Assert-Error InvalidUntil New-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { New-TroveBackupSchedule m '0 3 * * *' pester-x -Reason x -WhatIf } | Assert-Error InvalidReason New-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { New-TroveBackupSchedule nowhere '0 3 * * *' pester-x -WhatIf } | Assert-Error InstanceNotFound New-TroveBackupSchedule ObjectNotFound
    }

    It 'by the cmdlets that delete or start: whether the thing is there, and whose it is' {
        Get-ErrorOf { Remove-TroveBackupSchedule $uuid -WhatIf } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { Remove-TroveBackup $uuid -WhatIf } | Assert-Error BackupNotFound Remove-TroveBackup ObjectNotFound
        Get-ErrorOf { Remove-TroveScheduleExecution -Schedule $uuid -KeepLast 1 -WhatIf } | Assert-Error ScheduleNotFound Remove-TroveScheduleExecution ObjectNotFound
        Get-ErrorOf { Remove-TroveScheduleExecution $uuid -WhatIf } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound
        $foreign = '0123456789abcdef0123456789abcdef'
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $uuid; Input = '{}'; ProjectId = $foreign }
        $execution = [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = 'ERROR'; ProjectId = $foreign }
        Get-ErrorOf { $schedule | Remove-TroveBackupSchedule -WhatIf } | Assert-Error OtherProject Remove-TroveBackupSchedule PermissionDenied -Says $foreign
        $theirs = [TroveSchedules.Backup] @{ Id = $uuid; Status = 'COMPLETED'; ProjectId = $foreign }
        Get-ErrorOf { $theirs | Remove-TroveBackup -WhatIf } | Assert-Error OtherProject Remove-TroveBackup PermissionDenied -Says $foreign
        Get-ErrorOf { $schedule | Remove-TroveScheduleExecution -KeepLast 1 -WhatIf } | Assert-Error OtherProject Remove-TroveScheduleExecution PermissionDenied -Says $foreign
        Get-ErrorOf { $execution | Remove-TroveScheduleExecution -WhatIf } | Assert-Error OtherProject Remove-TroveScheduleExecution PermissionDenied -Says $foreign
        Get-ErrorOf { Start-TroveBackupSchedule $uuid -WhatIf } | Assert-Error ScheduleNotFound Start-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { $schedule | Start-TroveBackupSchedule -WhatIf } | Assert-Error OtherProject Start-TroveBackupSchedule PermissionDenied -Says $foreign
    }

    It 'by Set-TroveBackupSchedule: every value that is named, and the schedule' {
        New-Things
        Get-ErrorOf { $one | Set-TroveBackupSchedule -Pattern '61 3 * * *' -WhatIf } | Assert-Error InvalidCronPattern Set-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { $one | Set-TroveBackupSchedule -Name '' -WhatIf } | Assert-Error InvalidName Set-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { $one | Set-TroveBackupSchedule -ParentId $uuid -WhatIf } | Assert-Error BackupNotFound Set-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { Set-TroveBackupSchedule $uuid -Name pester-x -WhatIf } | Assert-Error ScheduleNotFound Set-TroveBackupSchedule ObjectNotFound
    }

    It 'by Suspend- and Resume-TroveBackupSchedule: the time, and the schedule' {
        New-Things
        Get-ErrorOf { $one | Suspend-TroveBackupSchedule -Until (Get-TestTime).AddHours(-1) -WhatIf } | Assert-Error InvalidUntil Suspend-TroveBackupSchedule InvalidArgument
        Get-ErrorOf { Suspend-TroveBackupSchedule $uuid -WhatIf } | Assert-Error ScheduleNotFound Suspend-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { Resume-TroveBackupSchedule $uuid -WhatIf } | Assert-Error ScheduleNotFound Resume-TroveBackupSchedule ObjectNotFound
        $foreign = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $uuid; Input = '{}'; ProjectId = '0123456789abcdef0123456789abcdef' }
        foreach ($cmdlet in 'Set-TroveBackupSchedule', 'Suspend-TroveBackupSchedule', 'Resume-TroveBackupSchedule') {
            Get-ErrorOf { $foreign | & $cmdlet -WhatIf } | Assert-Error OtherProject $cmdlet PermissionDenied -Says $foreign.ProjectId
        }
    }

    It 'by Install-TroveWorkbook: whether the file is a workbook' {
        Set-Content $TestDrive/other.yaml "version: '2.0'`nname: other`n"
        Get-ErrorOf { Install-TroveWorkbook $TestDrive/other.yaml -WhatIf } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument
        Get-ErrorOf { Install-TroveWorkbook $TestDrive/none.yaml -WhatIf } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument
    }
}

Describe 'What is passed through' {
    BeforeEach { New-Things -Executions 2 }

    It 'is the schedule that was deleted' {
        $passed = Remove-TroveBackupSchedule $one.Id -PassThru -Confirm:$false
        $passed | Should -BeOfType TroveSchedules.BackupSchedule
        $passed.Id | Should -Be $one.Id
        Get-ErrorOf { Get-TroveBackupSchedule -Id $one.Id } | Assert-Error ScheduleNotFound Get-TroveBackupSchedule ObjectNotFound
    }

    It 'is the execution that was deleted' {
        $passed = $runs | Remove-TroveScheduleExecution -PassThru
        $passed.Id | Should -Be $runs.Id
        Get-TroveScheduleExecution $one | Should -BeNullOrEmpty
    }

    It 'gives the whole schedule even if the input was only a part of it' {
        $whole = New-TroveBackupSchedule m '0 3 * * *' (New-TestName)
        $passed = $whole | Select-Object Id, TriggerId, ProjectId, Input | Remove-TroveBackupSchedule -PassThru -Confirm:$false
        $passed.Pattern, $passed.NextExecutionTime | Should -Be $whole.Pattern, $whole.NextExecutionTime
    }

    It 'is the schedule as it was changed' {
        $passed = $one | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' -PassThru
        $passed.Id, $passed.Pattern | Should -Be $one.Id, '0 5 1 1 *'
        ($one | Suspend-TroveBackupSchedule -PassThru).State | Should -Be Suspended
        ($one | Resume-TroveBackupSchedule -PassThru).State | Should -Be Active
    }

    It 'is nothing without -PassThru' {
        $one | Set-TroveBackupSchedule -Pattern '0 5 1 1 *' | Should -BeNullOrEmpty
        $one | Suspend-TroveBackupSchedule | Should -BeNullOrEmpty
        $one | Resume-TroveBackupSchedule | Should -BeNullOrEmpty
        $runs[0] | Remove-TroveScheduleExecution | Should -BeNullOrEmpty
        $one | Remove-TroveBackupSchedule -Confirm:$false | Should -BeNullOrEmpty
    }

    It 'is nothing that was not deleted: with -WhatIf, after the answer No, or if it was gone already' {
        $one | Remove-TroveBackupSchedule -PassThru -WhatIf | Should -BeNullOrEmpty
        (Invoke-Call '$one | Remove-TroveBackupSchedule -PassThru' -Answers 'No').Output | Should -BeNullOrEmpty
        $runs[0] | Remove-TroveScheduleExecution
        $left = $runs | Remove-TroveScheduleExecution -PassThru -ErrorVariable errors -ErrorAction SilentlyContinue
        $left.Id | Should -Be $runs[1].Id
        $errors | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound -Says $runs[0].Id
    }

    It 'is the session of the sandbox that was stepped, if it was' {
        $sandbox = Connect-TroveSession -Sandbox -SandboxSpeed 0
        try {
            $before = $sandbox.CloudTime
            $passed = Step-TroveSandbox 00:10:00 -PassThru -Session $sandbox
            $passed | Should -Be $sandbox
            $passed.CloudTime | Should -Be $before.AddMinutes(10)
            Step-TroveSandbox -By -00:10:00 -PassThru -Session $sandbox -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            Step-TroveSandbox 0 -Session $sandbox | Should -BeNullOrEmpty
        }
        finally {
            $sandbox | Disconnect-TroveSession
            $null = Connect-TestCloud -With $watched
        }
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook -Confirm:$false
    $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)

    function Get-Run([int] $Count) {
        Add-TestExecution $Count $schedule.Id
        , @(Get-TroveScheduleExecution $schedule -First $Count)
    }

    function Start-Pipeline([string] $Script, $Items, [hashtable] $With = @{}) {
        <# Runs "$Items | <script>" in another runspace, and does not wait for it. #>
        $shell = [powershell]::Create()
        $null = $shell.AddScript("param(`$manifest, `$items, `$session, `$with, `$taken) Import-Module `$manifest; `$items | ForEach-Object { `$null = `$taken.Add(`$_); `$_ } | $Script -Session `$session @with")
        $taken = [Collections.ArrayList]::Synchronized([Collections.ArrayList]::new())
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        (Get-TestManifest), $Items, $session, $With, $taken | ForEach-Object { $null = $shell.AddArgument($_) }
        $running = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        [pscustomobject] @{ Shell = $shell; Errors = $null; Running = $running; Output = $output; Taken = $taken }
    }

    function Wait-Pipeline($Pipeline) {
        try { $Pipeline.Shell.EndInvoke($Pipeline.Running) }
        finally {
            $Pipeline.Errors = @($Pipeline.Shell.Streams.Error) # Copied, because the stream is disposed with the shell.
            $Pipeline.Shell.Dispose()
        }
    }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'In bulk' {
    BeforeEach {
        $server = New-TestServer (Get-TestEndpoint workflowv2)
        $session = Connect-TestCloud -With @{ WorkflowEndpoint = "$($server.Url)/v2" }
        $null = Connect-TestCloud
    }

    AfterEach {
        Disconnect-TroveSession $session
        $server.Dispose()
    }

    Context 'Many deletions' {
        It 'run <Limit> at a time<Why>' -ForEach @(
            @{ Limit = 4; With = @{}; Why = ', unless told otherwise' }
            @{ Limit = 2; With = @{ ThrottleLimit = 2 }; Why = '' }
            @{ Limit = 1; With = @{ ThrottleLimit = 1 }; Why = '' }
            @{ Limit = 7; With = @{ ThrottleLimit = 7 }; Why = '' }
        ) {
            $runs = Get-Run 12
            $gate = $server.Hold('^DELETE ')
            $pipeline = Start-Pipeline 'Remove-TroveScheduleExecution' $runs $With
            $server.WaitFor('^DELETE ', $Limit)
            $gate.Release(1)
            $server.WaitFor('^DELETE ', $Limit + 1) # The next request starts when the first has finished.
            $gate.Open()
            Wait-Pipeline $pipeline
            $pipeline.Errors | Should -BeNullOrEmpty
            $server.MostAtOnce | Should -Be $Limit
            @($server.Requests -like 'DELETE *').Count | Should -Be 12
            $runs | Get-TroveScheduleExecution -ErrorAction Ignore | Should -BeNullOrEmpty
        }

        It 'are written in the order of the pipeline, whichever is done first' {
            $runs = Get-Run 9
            $gate = $server.Hold("^DELETE .*$($runs[0].Id)")
            $pipeline = Start-Pipeline 'Remove-TroveScheduleExecution' $runs @{ PassThru = $true }
            $server.WaitFor('^DELETE ', 9)
            $pipeline.Output.Count | Should -Be 0
            $gate.Open()
            Wait-Pipeline $pipeline
            $pipeline.Output.Id | Should -Be $runs.Id
        }

        It 'go on while the next page of objects to delete is being read' {
            $long = New-TroveBackupSchedule m '0 4 1 1 *' (New-TestName)
            Add-TestExecution 205 $long.Id
            $gate = $server.Hold('^GET .*marker=')
            $pipeline = Start-Pipeline 'Get-TroveScheduleExecution -Session $session | Remove-TroveScheduleExecution' $long
            $server.WaitFor('^DELETE ', 199)
            $pipeline.Running.IsCompleted | Should -BeFalse
            $gate.Open()
            Wait-Pipeline $pipeline
            @($server.Requests -like 'DELETE *').Count | Should -Be 205
        }

        It 'wait when too many stand behind one that is slow, so that memory does not grow' {
            $runs = Get-Run 40
            $gate = $server.Hold("^DELETE .*$($runs[0].Id)")
            $pipeline = Start-Pipeline 'Remove-TroveScheduleExecution' $runs @{ ThrottleLimit = 2; PassThru = $true }
            $server.WaitFor('^DELETE ', 8)
            $pipeline.Taken.Count | Should -BeLessOrEqual 9
            $gate.Open()
            Wait-Pipeline $pipeline
            $pipeline.Output.Id | Should -Be $runs.Id
        }

        It 'report each failure with its object, and delete the rest' {
            $runs = Get-Run 10
            $gone = $runs[0, 4, 9]
            $gone | Remove-TroveScheduleExecution
            $deleted = $runs | Remove-TroveScheduleExecution -PassThru -Session $session -ErrorVariable errors -ErrorAction SilentlyContinue
            $errors.TargetObject.Id | Should -Be $gone.Id
            $errors.FullyQualifiedErrorId | Should -BeLike 'ExecutionNotFound*'
            $deleted.Id | Should -Be $runs[1, 2, 3, 5, 6, 7, 8].Id
            $runs | Get-TroveScheduleExecution -ErrorAction Ignore | Should -BeNullOrEmpty
        }

        It 'finish the changes in progress before an error ends the pipeline, and start no others' {
            $runs = Get-Run 12
            $runs[0] | Remove-TroveScheduleExecution
            $gate = $server.Hold("^DELETE .*$($runs[0].Id)")
            $pipeline = Start-Pipeline 'Remove-TroveScheduleExecution' $runs @{ ThrottleLimit = 2; PassThru = $true; ErrorAction = 'Stop' }
            $server.WaitFor('^DELETE ', 8)
            $gate.Open()
            { Wait-Pipeline $pipeline } | Should -Throw "*There is no execution '$($runs[0].Id)'*"
            $pipeline.Output.Id | Should -Be $runs[1..7].Id
            @($server.Requests -like 'DELETE *').Count | Should -Be 8
            ($runs | Get-TroveScheduleExecution -ErrorAction Ignore).Id | Should -Be $runs[8..11].Id
        }

        It 'are all reported when one of them ends the pipeline and another fails as well' {
            $runs = Get-Run 3
            $runs[0, 2] | Remove-TroveScheduleExecution
            $gate = $server.Hold('^DELETE ')
            $pipeline = Start-Pipeline 'Remove-TroveScheduleExecution' $runs @{ PassThru = $true; ErrorAction = 'Stop' }
            $server.WaitFor('^DELETE ', 3)
            $gate.Open()
            { Wait-Pipeline $pipeline } | Should -Throw "*$($runs[0].Id)*"
            "$($pipeline.Shell.Streams.Warning)" | Should -BeLike "*$($runs[2].Id)*"
            $pipeline.Output.Id | Should -Be $runs[1].Id
        }

        It 'end at once, all of them, when the pipeline is stopped' {
            $runs = Get-Run 8
            $gate = $server.Hold('^DELETE ')
            $pipeline = Start-Pipeline 'Remove-TroveScheduleExecution' $runs
            $server.WaitFor('^DELETE ', 4)
            $pipeline.Shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue -Because 'no request has an answer yet'
            $pipeline.Shell.InvocationStateInfo.State | Should -Be Stopped
            @($server.Requests -like 'DELETE *').Count | Should -Be 4
            $pipeline.Shell.Dispose()
        }

        It 'refuse a limit of <_>' -ForEach 0, -1, 65 {
            { Remove-TroveScheduleExecution 5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42 -ThrottleLimit $_ } | Should -Throw "*'ThrottleLimit'*"
        }
    }

    Context 'Many schedules' {
        AfterEach { Clear-TestCloud }

        It 'are made and deleted four at a time, and come in the order of the plan' {
            $plan = 1..10 | ForEach-Object { [pscustomobject] @{ Instance = 'm'; Pattern = "$_ 3 * * *"; Name = "pester-$_" } }
            $gate = $server.Hold('^POST ')
            $pipeline = Start-Pipeline 'New-TroveBackupSchedule' $plan
            $server.WaitFor('^POST ', 4)
            $gate.Open()
            Wait-Pipeline $pipeline
            $pipeline.Output.Name | Should -Be $plan.Name
            $server.MostAtOnce | Should -Be 4

            $gate = $server.Hold('^DELETE ')
            $pipeline = Start-Pipeline 'Remove-TroveBackupSchedule' $pipeline.Output @{ Confirm = $false; PassThru = $true }
            $server.WaitFor('^DELETE ', 4)
            $gate.Open()
            Wait-Pipeline $pipeline
            $pipeline.Output.Name | Should -Be $plan.Name
            $server.MostAtOnce | Should -Be 4
        }

        It 'are made one after another, each written before the next is sent, where the limit is 1' {
            $plan = 1..4 | ForEach-Object { [pscustomobject] @{ Instance = 'm'; Pattern = "$_ 3 * * *"; Name = "pester-$_" } }
            $made = $plan | New-TroveBackupSchedule -ThrottleLimit 1 -Session $session | Select-Object -First 1
            $made.Name | Should -Be 'pester-1'
            @($server.Requests -like 'POST *').Count | Should -Be 1
        }
    }
}

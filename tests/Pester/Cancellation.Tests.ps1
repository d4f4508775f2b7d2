BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $server = New-TestKeystone
    $session = Connect-TestKeystone $server.Url
}

AfterAll {
    Disconnect-TroveSession
    $server.Dispose()
}

Describe 'Ctrl-C' {
    It 'ends <Name> at once, while a service takes its time' -ForEach @(
        @{ Name = 'a listing'; Script = { param($session) Get-TroveBackupSchedule -Session $session } }
        @{ Name = 'a deletion'; Script = { param($session) Remove-TroveScheduleExecution 5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42 -Session $session } }
        @{ Name = 'a deletion of a backup'; Script = { param($session) Remove-TroveBackup 5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42 -Confirm:$false -Session $session } }
        @{ Name = 'a plan of retention'; Script = { param($session) Get-TroveBackupRetention -KeepLast 1 -Session $session } }
        @{ Name = 'a health check'; Script = { param($session) Get-TroveScheduleHealth -Session $session } }
        @{ Name = 'metrics'; Script = { param($session) Export-TroveScheduleMetric (Join-Path ([IO.Path]::GetTempPath()) trove-never.prom) -Session $session } }
        @{ Name = 'a start'; Script = { param($session) Start-TroveBackupSchedule 5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42 -Session $session } }
        @{ Name = 'a wait'; Script = { param($session) Wait-TroveScheduleExecution 5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42 -Session $session } }
        @{ Name = 'a creation'; Script = { param($session) New-TroveBackupSchedule m '0 3 * * *' pester -Session $session } }
        @{ Name = 'a plan'; Script = [scriptblock]::Create("param(`$session) Sync-TroveBackupSchedule '$PSScriptRoot/data/plan.yaml' -Session `$session") }
        @{ Name = 'an export'; Script = { param($session) Export-TroveBackupSchedule (Join-Path ([IO.Path]::GetTempPath()) trove-never.yaml) -Owner pester -Session $session } }
        @{ Name = 'a search for overlaps'; Script = { param($session)
                [TroveSchedules.BackupSchedule] @{ Id = 'a'; TriggerId = 'b'; Input = '{}'; InstanceId = 'm'; Pattern = '@daily'; NextExecutionTime = '2037-01-01Z' } | Get-TroveScheduleOccurrence -Overlap -Session $session } }
        @{ Name = 'a login'; Script = { param($session, $url) Connect-TroveSession -AuthUrl $url -Token (ConvertTo-SecureString x -AsPlainText -Force) -ProjectId x } }
    ) {
        $asked = $server.Requests.Count
        $server.Delay = [TimeSpan]::FromMinutes(1)
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("param(`$manifest, `$session, `$url) Import-Module `$manifest; & { $Script } `$session `$url").AddArgument(
                (Join-Path (Get-Module TroveSchedules).ModuleBase TroveSchedules.psd1)).AddArgument($session).AddArgument($server.Url)
            $running = $shell.BeginInvoke()
            $null = Wait-Until -Every 0.05 -For 'the request to be under way' { $server.Requests.Count -gt $asked }
            $running.IsCompleted | Should -BeFalse
            $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue -Because 'the service answers only after a minute'
            $shell.InvocationStateInfo.State | Should -Be Stopped
        }
        finally {
            $server.Delay = [TimeSpan]::Zero
            $shell.Dispose()
        }
    }

    It 'ends a wait at once between two requests, and nothing more is asked' {
        $id = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'
        $server.Answer("^GET /v2/executions/$id", 200, "{`"id`": `"$id`", `"workflow_name`": `"trove.backup_create`", `"state`": `"PAUSED`", `"project_id`": `"0123456789abcdef0123456789abcdef`"}", $null)
        $server.Requests.Clear()
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($manifest, $session, $id) Import-Module $manifest; Wait-TroveScheduleExecution $id -Session $session').AddArgument(
                (Join-Path (Get-Module TroveSchedules).ModuleBase TroveSchedules.psd1)).AddArgument($session).AddArgument($id)
            $running = $shell.BeginInvoke()
            $null = Wait-Until -Every 0.05 -For 'the second request, after which it waits for 1.5 s' { $server.Requests.Count -ge 2 }
            $running.IsCompleted | Should -BeFalse
            $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be Stopped
            $asked = $server.Requests.Count
        }
        finally { $shell.Dispose() }
        $server.Requests.Count | Should -Be $asked
        @($server.Requests) -notlike 'GET *' | Should -BeNullOrEmpty -Because 'the execution goes on'
    }

    It 'ends <Name> at once, which would take years' -ForEach @(
        @{ Name = 'the times of patterns'; Script = { Get-TroveScheduleOccurrence '* * * * *', '@hourly' -Until 9999-12-31Z | ForEach-Object { $null = $_ } } }
        @{ Name = 'the hours of schedules'; Script = { $schedule | Get-TroveScheduleOccurrence -PerHour -Until 9999-12-31Z | ForEach-Object { $null = $_ } } }
    ) {
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = 'a'; TriggerId = 'b'; Input = '{}'; Pattern = '* * * * *'; NextExecutionTime = '2027-01-01Z' }
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("param(`$manifest, `$schedule) Import-Module `$manifest; & { 'begun'; & { $Script } }").AddArgument((Join-Path (Get-Module TroveSchedules).ModuleBase TroveSchedules.psd1)).AddArgument($schedule)
            $output = [Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]] @(), $output)
            $null = Wait-Until -Every 0.05 -For 'the cmdlet to begin' { $output.Count -gt 0 }
            $running.IsCompleted | Should -BeFalse
            $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds(30)) | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be Stopped
        }
        finally { $shell.Dispose() }
    }

    It 'leaves the session good for what comes next' {
        Get-TroveBackupSchedule -Session $session -ErrorAction Stop | Should -BeNullOrEmpty
    }
}

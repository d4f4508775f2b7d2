# The cmdlet: how it begins and ends. What its pages do is tested in tests/TroveSchedules.Tests/Dashboard, and in a browser in tests/browser.
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
    # Another test run may use the home folder at the same time.
    $userHome = $env:HOME
    $env:HOME = (New-Item "$TestDrive/home" -ItemType Directory).FullName

    function Start-Dashboard([string] $Script, $Session) {
        <# Runs the cmdlet in another runspace, which shares the process and its sessions. #>
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule((Get-TestManifest))
        $runspace = [runspacefactory]::CreateRunspace($state)
        $runspace.Open()
        $shell = [powershell]::Create($runspace).AddScript("param(`$session) $Script").AddArgument($Session)
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        @{ Shell = $shell; Output = $output; Task = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output) }
    }

    function Wait-For([scriptblock] $Condition) {
        <# Waits in real time, because the cmdlet and the browser do not follow the clock of the sandbox. #>
        $limit = [Diagnostics.Stopwatch]::StartNew()
        while (-not ($result = & $Condition)) {
            if ($limit.Elapsed.TotalMinutes -gt 2) { throw "Waited in vain for: $Condition" }
            Start-Sleep -Milliseconds 50
        }
        $result
    }

    function Get-Address($Dashboard) {
        Wait-For { if ($Dashboard.Output.Count) { $Dashboard.Output[0] } }
    }

    function New-Opener([string] $Script) {
        <# A program that takes the place of xdg-open; returns the folder to put first on the path. #>
        $folder = (New-Item "$TestDrive/$(New-Guid)" -ItemType Directory).FullName
        "#!/bin/sh`n$Script" | Set-Content "$folder/xdg-open"
        chmod +x "$folder/xdg-open"
        $folder
    }

    function Stop-Dashboard($Dashboard) {
        $Dashboard.Shell.Stop()
        $Dashboard.Shell.Runspace.Dispose()
        $Dashboard.Shell.Dispose()
    }
}

AfterAll {
    $env:HOME = $userHome
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Show-TroveDashboard' {
    It 'writes an address on the loopback interface that works once, and ends with Ctrl-C' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $dashboard = Start-Dashboard 'Show-TroveDashboard -NoBrowser -Session $session' (Get-TroveSession)
        try {
            $text = Get-Address $dashboard
            $text | Should -BeOfType string -Because 'a console shows other types as lists or tables'
            $address = [uri] $text
            $address.Host | Should -BeExactly '127.0.0.1'
            (Invoke-WebRequest $address -SessionVariable browser).StatusCode | Should -Be 200
            $root = $address.GetLeftPart('Authority')
            (Invoke-WebRequest "$root/schedules/$($schedule.Id)" -WebSession $browser).Content | Should -BeLike "*$($schedule.Name)*"
            { Invoke-WebRequest $address -ErrorAction Stop } | Should -Throw '*403*'
            { Invoke-WebRequest "$root/" -ErrorAction Stop } | Should -Throw '*403*'
        }
        finally { Stop-Dashboard $dashboard }
        { Invoke-WebRequest "$root/" -WebSession $browser -ErrorAction Stop } | Should -Throw -ExceptionType ([Net.Http.HttpRequestException])
    }

    It 'ends when its session is disconnected, without an error' {
        $session = Connect-TestCloud
        $dashboard = Start-Dashboard 'Show-TroveDashboard -NoBrowser -Session $session' $session
        try {
            $null = Get-Address $dashboard
            $session | Disconnect-TroveSession
            Wait-For { $dashboard.Task.IsCompleted }
            $dashboard.Shell.Streams.Error.Count | Should -Be 0
            $dashboard.Output.Count | Should -Be 1
            "$($dashboard.Shell.Streams.Information)" | Should -BeLike '*has ended*session was disconnected*'
        }
        finally {
            Stop-Dashboard $dashboard
            $null = Connect-TestCloud
        }
    }

    It 'shows no key in the arguments of the browser, and deletes the file that has it' -Skip:($IsWindows -or $IsMacOS) -Tag 'Needs Linux' {
        $tools = New-Opener 'echo "$*" > "$0.part" && mv "$0.part" "$0.arguments"'
        $path = $env:PATH
        $env:PATH = "$tools`:$path"
        $dashboard = Start-Dashboard 'Show-TroveDashboard -Session $session' (Get-TroveSession)
        try {
            $file = Wait-For { Get-Content "$tools/xdg-open.arguments" -ErrorAction Ignore }
            $file | Should -BeLike "$env:HOME/trove-dashboard-*.html"
            stat -c %a $file | Should -Be 600
            $address = [regex]::Match((Get-Content $file -Raw), 'url=([^"]+)"').Groups[1].Value
            $address | Should -BeLike 'http://127.0.0.1:*/open?key=*'
            (Invoke-WebRequest $address).StatusCode | Should -Be 200
            Wait-For { -not (Test-Path $file) }
            $dashboard.Output.Count | Should -Be 0
        }
        finally {
            $env:PATH = $path
            Stop-Dashboard $dashboard
        }
        Test-Path $file | Should -BeFalse
    }

    It 'says what to do where <_>, and leaves nothing behind' -Skip:($IsWindows -or $IsMacOS) -Tag 'Needs Linux' -ForEach 'there is no program to open a browser', 'that program finds no browser' {
        $path = $env:PATH
        $env:PATH = $_ -like 'that*' ? "$(New-Opener 'exit 3')`:$path" : "$TestDrive/nothing"
        try { Get-ErrorOf { Show-TroveDashboard } | Assert-Error NoBrowser Show-TroveDashboard InvalidResult -Advises '-NoBrowser' }
        finally { $env:PATH = $path }
        Get-ChildItem "$env:HOME/trove-dashboard-*.html" | Should -BeNullOrEmpty
    }
}

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

    function Get-Address($Dashboard) {
        Wait-Until -For 'the address' { $Dashboard.Output | Select-Object -First 1 }
    }

    function Stop-Dashboard($Dashboard) {
        $Dashboard.Shell.Stop()
        $Dashboard.Shell.Runspace.Dispose()
        $Dashboard.Shell.Dispose()
    }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Show-TroveDashboard' {
    It 'writes an address on the loopback interface that works once, and ends with Ctrl-C' {
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        $dashboard = Start-Dashboard 'Show-TroveDashboard -NoBrowser -Session $session' (Get-TroveSession)
        try {
            $address = [uri] "$(Get-Address $dashboard)"
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
            Wait-Until -For 'the end' { $dashboard.Task.IsCompleted }
            $dashboard.Shell.Streams.Error | Should -BeNullOrEmpty
            $dashboard.Output.Count | Should -Be 1
        }
        finally {
            Stop-Dashboard $dashboard
            $null = Connect-TestCloud
        }
    }

    It 'shows no key in the arguments of the browser, and deletes the file that has it' -Skip:($IsWindows -or $IsMacOS) -Tag 'Needs Linux' {
        $tools = (New-Item "$TestDrive/bin" -ItemType Directory -Force).FullName
        "#!/bin/sh`nprintf '%s' `"`$*`" > '$tools/arguments.part' && mv '$tools/arguments.part' '$tools/arguments'" | Set-Content "$tools/xdg-open"
        chmod +x "$tools/xdg-open"
        $path = $env:PATH
        $env:PATH = "$tools`:$path"
        $dashboard = Start-Dashboard 'Show-TroveDashboard -Session $session' (Get-TroveSession)
        try {
            $file = Wait-Until -For 'the browser' { Get-Content "$tools/arguments" -ErrorAction Ignore }
            $file | Should -BeLike "$HOME/trove-dashboard-*.html"
            stat -c %a $file | Should -Be 600
            $address = [regex]::Match((Get-Content $file -Raw), 'url=([^"]+)"').Groups[1].Value
            $address | Should -BeLike 'http://127.0.0.1:*/open?key=*'
            (Invoke-WebRequest $address).StatusCode | Should -Be 200
            Wait-Until -For 'the file to go' { -not (Test-Path $file) }
            $dashboard.Output | Should -BeNullOrEmpty
        }
        finally {
            $env:PATH = $path
            Stop-Dashboard $dashboard
        }
        Test-Path $file | Should -BeFalse
    }

    It 'says what to do where there is no browser, and leaves nothing behind' -Skip:($IsWindows -or $IsMacOS) -Tag 'Needs Linux' {
        $path = $env:PATH
        $env:PATH = "$TestDrive/nothing"
        try { Get-ErrorOf { Show-TroveDashboard } | Assert-Error NoBrowser Show-TroveDashboard NotSpecified -Advises '-NoBrowser' }
        finally { $env:PATH = $path }
        Get-ChildItem "$HOME/trove-dashboard-*.html" | Should -BeNullOrEmpty
    }
}

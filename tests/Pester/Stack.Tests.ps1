<# If the tests cannot run on a stack, there is one failure at the start instead of one per test. #>
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    $isStack = Test-TestStack
    $troubles = @(
        @{ Trouble = 'has foreign schedules in demo'; Says = 'The project demo of the stack in * has 2 schedules that are not the tests*'; Make = { New-Foreign demo m } }
        @{ Trouble = 'has foreign schedules in other'; Says = 'The project other of the stack in * has 2 schedules that are not the tests*'; Make = { New-Foreign other o } }
        @{ Trouble = 'does not answer'; Says = '*does not answer*'; Make = {
                @{ clouds = @{ demo = @{ auth = @{ auth_url = "http://127.0.0.1:$(Get-ClosedPort)/v3" } } } } | ConvertTo-Json -Depth 5 | Set-Content "$state/clouds.yaml"
            }
        }
        @{ Trouble = 'is not there'; Says = 'No stack has its state in *'; Make = { Remove-Item "$state/clouds.yaml" } }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $pester = (Get-Module Pester).Path -replace 'psm1$', 'psd1'

    function New-Foreign([string] $As, [string] $Instance) {
        $null = Connect-TestCloud $As
        $null = Install-TroveWorkbook
        1..2 | ForEach-Object { $null = New-TroveBackupSchedule $Instance '0 3 1 1 *' "nightly-$_" }
    }
}

Describe 'Every file that opens a cloud' {
    It 'asks in BeforeDiscovery whether tests can run on the stack: <_>' -ForEach (Get-ChildItem "$PSScriptRoot/*.Tests.ps1" -Exclude Stack.Tests.ps1 | Where-Object { (Get-Content $_ -Raw) -match '\bOpen-TestCloud\b' }).Name {
        $blocks = [Management.Automation.Language.Parser]::ParseFile("$PSScriptRoot/$_", [ref] $null, [ref] $null).EndBlock.Statements
        "$($blocks -match '^BeforeDiscovery ')" | Should -Match '\bAssert-TestStack\b'
    }
}

Describe 'A stack that <Trouble>' -ForEach $troubles -Tag 'Needs a sandbox in the place of the stack' -Skip:$isStack {
    BeforeAll {
        Open-TestCloud
        $state = Get-TestCloud
        . $Make
    }

    AfterAll { Close-TestCloud }

    It 'is one failure of a file, of which no test is run' {
        $counts = Invoke-FreshPwsh -WithoutModule -Environment @{ TROVE_TEST_STACK = $state; TROVE_TEST_FLAVOUR = '' } "
            Import-Module '$pester'
            `$run = Invoke-Pester '$PSScriptRoot/Schedules.Tests.ps1' -PassThru -Output None
            `$run.FailedCount; `$run.PassedCount; `$run.FailedContainersCount; `$run.FailedContainers.ErrorRecord.Exception.Message"
        $failed, $passed, $containers, $message = $counts -split '\r?\n'
        $failed, $passed, $containers | Should -Be 0, 0, 1
        "$message" | Should -BeLike "*$Says*"
    }

    It 'ends the whole run before a lane begins' {
        # Uses a copy, so that it cannot start or remove anything.
        $copy = (New-Item "$TestDrive/copy/tests/Pester" -ItemType Directory -Force).FullName
        Copy-Item "$PSScriptRoot/../Run.ps1", "$PSScriptRoot/../Get-PwshCommand.ps1" (Split-Path $copy)
        Copy-Item "$PSScriptRoot/TestCloud.psm1", "$PSScriptRoot/*.cs" $copy
        Copy-Item "$PSScriptRoot/../Support", "$PSScriptRoot/../faults" (Split-Path $copy) -Recurse
        $output = Invoke-FreshPwsh -WithoutModule -Environment @{ TROVE_TEST_STACK = $state } "try { & '$(Split-Path $copy)/Run.ps1' -Configuration Release -Pester '$pester' 6>&1 } catch { `"ended: `$_`" }"
        $output | Should -BeLike "ended: $Says"
    }
}

<#
.SYNOPSIS
    Runs all tests of the build in several concurrent lanes, and counts them. ./build.ps1 Test starts it.
.DESCRIPTION
    A lane is a process with the tests of one kind on one cloud. Lanes on the sandbox always run. TROVE_TEST_STACK and
    TROVE_TEST_CONTRACT_STACK add lanes on real clouds (see ./build.ps1). The complete output of each lane is in out/tests.
    The last line is "<n> passed, <n> failed, <n> skipped". The lines above it list the skipped tests with the reason.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Configuration,

    # The manifest of Pester.
    [Parameter(Mandatory)] [string] $Pester,

    # The path of Chromium; empty if it is not installed.
    [string] $Browser,

    # Maximum number of concurrent lanes. They mostly wait.
    [int] $AtOnce = [Environment]::ProcessorCount * 2
)

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/Get-PwshCommand.ps1"
$stacks = @("$env:TROVE_TEST_STACK" -split [IO.Path]::PathSeparator | Where-Object { $_ })
$contract = $env:TROVE_TEST_CONTRACT_STACK
if ($stacks) {
    Import-Module "$PSScriptRoot/Pester/TestCloud.psm1"
    $stacks | ForEach-Object { Assert-TestStack $_ }
}
$out = Join-Path $PSScriptRoot ../out/tests
Remove-Item $out -Recurse -Force -ErrorAction Ignore
$out = (New-Item $out -ItemType Directory).FullName

function Quote([string] $Text) { "'$($Text.Replace("'", "''"))'" }

function New-PesterQueue([string] $Name) {
    # An empty file for each test file, in the order of their start. The longest are first, so that lanes with a shared queue end at about the same time.
    $longest = 'ShortTokens', 'HostileInput', 'ShouldProcess', 'Binding', 'SessionsUnderStress', 'TroveClient', 'LeastSurprise', 'Firing', 'Loading', 'Completion', 'Bulk', 'Faults', 'Workbook', 'Secrets'
    $queue = (New-Item "$out/$Name" -ItemType Directory).FullName
    foreach ($file in Get-ChildItem "$PSScriptRoot/Pester/*.Tests.ps1") {
        $place = $longest.IndexOf($file.Name -replace '\.Tests\.ps1$')
        $null = New-Item ('{0}/{1:00} {2}' -f $queue, ($place -lt 0 ? 99 : $place), $file.Name)
    }
    $queue
}

# A lane: its name, its environment variables (null removes one), its PowerShell command, the function that reads its result, and the lane that must end before it.
function New-PesterLane([string] $Name, [string] $Queue, [hashtable] $Environment) {
    $result = "$out/$($Name -replace '\W+', '-').json"
    @{
        Name    = $Name; Environment = $Environment
        Command = "& $(Quote "$PSScriptRoot/Pester/Run.ps1") -Pester $(Quote $Pester) -Queue $(Quote $Queue) -Result $(Quote $result)"
        Read    = { Get-Content $result -Raw | ConvertFrom-Json }.GetNewClosure()
    }
}

function New-DotnetLane([string] $Name, [string] $Filter, [hashtable] $Environment, [string] $Project = 'TroveSchedules.Tests', [string] $After) {
    $result = "$out/$($Name -replace '\W+', '-').trx"
    @{
        Name    = $Name; Environment = $Environment; After = $After
        Command = "dotnet test $(Quote "$PSScriptRoot/$Project") --no-build --nologo -c $Configuration --filter '$Filter' --logger $(Quote "trx;LogFileName=$result")"
        Read    = {
            $run = ([xml] (Get-Content $result -Raw)).TestRun
            $named = { param($outcome) $run.Results.UnitTestResult | Where-Object outcome -EQ $outcome }
            $failures = @(& $named Failed | ForEach-Object { @{ Name = $_.testName; Message = $_.Output.ErrorInfo.Message } })
            # The test process can end early.
            if ($run.ResultSummary.outcome -ne 'Completed' -and -not $failures) { throw "The run is '$($run.ResultSummary.outcome)', and no test failed." }
            @{
                Passed   = @(& $named Passed).Count; Failures = $failures
                Skipped  = @(& $named NotExecuted | ForEach-Object { @{ Name = $_.testName; Reason = $_.Output.ErrorInfo.Message } })
                Seconds  = [Math]::Round(([DateTimeOffset] $run.Times.finish - [DateTimeOffset] $run.Times.start).TotalSeconds)
            }
        }.GetNewClosure()
    }
}

function Start-Lane($Lane) {
    $Lane.Log = "$out/$($Lane.Name -replace '\W+', '-').log"
    $command, [string[]] $arguments = Get-PwshCommand
    # Encoded, because shells read quotes differently.
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("`$PSStyle.OutputRendering = 'PlainText'; $($Lane.Command) *>&1; exit 0"))
    $start = @{
        FilePath = $command; ArgumentList = @($arguments | Where-Object { $_ } | ForEach-Object { "`"$_`"" }) + '-NoProfile', '-NonInteractive', '-OutputFormat', 'Text', '-EncodedCommand', $encoded
        Environment = $Lane.Environment; RedirectStandardOutput = $Lane.Log; RedirectStandardError = "$($Lane.Log).errors"
    }
    $Lane.Process = Start-Process @start -PassThru
    Write-Host "$($Lane.Name): begun"
    $Lane
}

function Read-Lane($Lane) {
    try {
        $Lane.Result = & $Lane.Read
        if (-not ($Lane.Result.Passed + $Lane.Result.Failures.Count + $Lane.Result.Skipped.Count)) { throw 'It ran no test.' }
    }
    catch {
        $end = @(Get-Content $Lane.Log, "$($Lane.Log).errors" -ErrorAction Ignore | Select-Object -Last 30) -join "`n"
        $Lane.Result = @{ Passed = 0; Failures = @(@{ Name = 'the lane'; Message = "It has no good result: $_ The end of its output: $end" }); Skipped = @(); Seconds = 0 }
    }
    $result = $Lane.Result
    Write-Host "$($Lane.Name): $($result.Passed) passed, $(@($result.Failures).Count) failed, $(@($result.Skipped).Count) skipped in $($result.Seconds) s"
    foreach ($failure in $result.Failures) { Write-Host "FAILED $($failure.Name)`n$($failure.Message)`n" }
    $Lane
}

function Invoke-Lane($Lanes) {
    $waiting, $running = @($Lanes), @()
    try {
        while ($waiting -or $running) {
            while ($running.Count -lt $AtOnce -and ($next = $waiting | Where-Object { -not $_.After -or $_.After -notin @($waiting; $running).Name } | Select-Object -First 1)) {
                $waiting = @($waiting | Where-Object { $_ -ne $next })
                $running += Start-Lane $next
            }
            $ended = @($running | Where-Object { $_.Process.HasExited })
            $running = @($running | Where-Object { $_ -notin $ended })
            $ended | ForEach-Object { Read-Lane $_ }
            Start-Sleep -Milliseconds 200
        }
    }
    finally { $running | ForEach-Object { $_.Process.Kill($true) } }
}

$lanes = @(
    if ($stacks) {
        $queue = New-PesterQueue stack
        foreach ($stack in $stacks) { New-PesterLane "Pester on the stack $stack" $queue @{ TROVE_TEST_STACK = $stack; TROVE_TEST_FLAVOUR = $null } }
    }
    if ($contract) { New-DotnetLane 'The contract on a real cloud' 'FullyQualifiedName~OnRealCloud' @{ TROVE_TEST_STACK = $contract } }
    New-PesterLane 'Pester on the sandbox' (New-PesterQueue sandbox) @{ TROVE_TEST_STACK = $null; TROVE_TEST_FLAVOUR = $null }
    New-PesterLane 'Pester on the sandbox, netstandard2.0' (New-PesterQueue netstandard2.0) @{ TROVE_TEST_STACK = $null; TROVE_TEST_FLAVOUR = 'netstandard2.0' }
    if ($Browser) {
        New-DotnetLane 'The dashboard in a browser' 'FullyQualifiedName~TroveSchedules' @{ TROVE_TEST_STACK = $null; TROVE_TEST_BROWSER = $Browser } browser
        # Two test runs on one cloud disturb each other.
        if ($contract) { New-DotnetLane 'The dashboard in a browser on a real cloud' 'DisplayName~stack' @{ TROVE_TEST_STACK = $contract; TROVE_TEST_BROWSER = $Browser } browser -After 'The contract on a real cloud' }
    }
    else { Write-Host 'The dashboard in a browser: not run. It needs Chromium on the path.' }
    New-DotnetLane '.NET' ($contract ? 'FullyQualifiedName!~OnRealCloud' : 'FullyQualifiedName~TroveSchedules') @{ TROVE_TEST_STACK = $null }
)
$ended = @(Invoke-Lane $lanes)

foreach ($lane in $ended) {
    $lane.Result.Skipped | Group-Object { $_.Reason } | ForEach-Object { Write-Host "$($lane.Name): $($_.Count) skipped: $($_.Name ? $_.Name : 'no reason given')" }
}
$failed = @($ended | ForEach-Object { $_.Result.Failures }).Count
Write-Host ('{0} passed, {1} failed, {2} skipped' -f ($ended | ForEach-Object { $_.Result.Passed } | Measure-Object -Sum).Sum, $failed, @($ended | ForEach-Object { $_.Result.Skipped }).Count)
if ($failed) { throw "$failed tests failed." }

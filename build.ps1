#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests and tries out TroveSchedules.
.EXAMPLE
    ./build.ps1
    Builds the module into out/TroveSchedules.
.EXAMPLE
    ./build.ps1 Test
    Builds it, then runs the .NET tests and the Pester suite on a sandbox, with both flavours; on a real cloud as well where TROVE_TEST_STACK names one.
.EXAMPLE
    ./build.ps1 Test -Faults
    In place of the ordinary suites: 10,000 operations by seed through a network that goes wrong by seed, on the stack that TROVE_TEST_STACK names, else on one of
    its own (Debian, root) that ends with it; what becomes of the same faults by python-troveclient; and 1,000,000 hostile answers. Writes docs/Faults.md.
    -Seed N is another run; -With passes options on, such as -With '-Operations', 1000.
.EXAMPLE
    ./build.ps1 Package
    Builds it, and packs it for the PowerShell Gallery, with checksums: out/TroveSchedules.<version>.nupkg, out/SHA256SUMS.
.EXAMPLE
    ./build.ps1 Stack
    Starts a real Keystone, Mistral and Trove on this machine (Debian, root), and lets TROVE_TEST_STACK name them; ./build.ps1 Stack -Stop ends them.
.EXAMPLE
    ./build.ps1 Demo
    Builds the module, and walks through the main job in a sandbox, or on the cloud that OS_CLOUD or OS_AUTH_URL names.
.EXAMPLE
    ./build.ps1 Bench
    Builds the module and measures it, beside python-troveclient and curl, on the stack whose state directory TROVE_BENCH_STACK names, else on one of its own
    (Debian, root) that ends with it. Writes docs/Benchmarks.md and the summary in README.md. -With passes options on, such as -With '--cli-limit', 1200.
.EXAMPLE
    ./build.ps1 Docs
    Builds the module, and brings what the pages of docs/en-US repeat of it up to date: the syntax, the facts of each parameter, a heading for each new one.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Demo', 'Docs', 'Stack', 'Bench', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Stack: ends it in place of starting it.
    [switch] $Stop,

    # Test: the suite of faults, at length, in place of the others.
    [switch] $Faults,

    # Test -Faults: decides what is done and what goes wrong.
    [uint] $Seed = 6,

    # Bench: options for tests/bench. Test -Faults: for tests/faults/Run.ps1.
    [string[]] $With = @()
)

$ErrorActionPreference = 'Stop'
$out = Join-Path $PSScriptRoot 'out/TroveSchedules'

function Invoke-Native {
    $command, $arguments = $args
    & $command @arguments
    if ($LASTEXITCODE) { throw "$command $arguments ended with $LASTEXITCODE." }
}

function Build {
    Remove-Item $out -Recurse -Force -ErrorAction Ignore
    foreach ($framework in 'net8.0', 'netstandard2.0') {
        $target = Join-Path $out $framework
        Invoke-Native dotnet publish "$PSScriptRoot/src/TroveSchedules" --nologo -v quiet -c $Configuration -f $framework -o "$target/dependencies"
        # What cmdlets emit is found beside the module; all else is loaded apart, by Loading/ModuleLoader.cs.
        Move-Item "$target/dependencies/TroveSchedules.dll", "$target/dependencies/TroveSchedules.Core.dll" $target
        Remove-Item "$target/dependencies/*" -Include *.xml, *.deps.json, System.Management.Automation.dll
    }
    Copy-Item "$PSScriptRoot/TroveSchedules.psd1", "$PSScriptRoot/src/TroveSchedules/TroveSchedules.Format.ps1xml",
        "$PSScriptRoot/LICENSE", "$PSScriptRoot/THIRD-PARTY-NOTICES.txt", "$PSScriptRoot/CHANGELOG.md" $out
    # Get-Help looks below the manifest's folder, whichever assembly that names.
    Invoke-HelpBuilder build "$PSScriptRoot/docs/en-US" "$out/en-US"
    Write-Host "Built $out"
}

function Test {
    Build
    if ($Faults) { return Test-Fault }
    # The contract asks more of a real cloud than the module's tests do (MariaDB, many instances, tokens that last): tests/contract runs it on one.
    $stack, $env:TROVE_TEST_STACK = $env:TROVE_TEST_STACK, $null
    try { Invoke-Native dotnet test "$PSScriptRoot/TroveSchedules.sln" --nologo -c $Configuration }
    finally { $env:TROVE_TEST_STACK = $stack }
    if (-not (Get-Module Pester -ListAvailable | Where-Object { $_.Version -ge [version] '5.0' })) {
        throw 'The module''s own tests need Pester 5: Install-Module Pester -MinimumVersion 5.0 -Scope CurrentUser'
    }
    $counts = @(Test-Module sandbox)
    $counts += Test-Module 'sandbox, netstandard2.0' -Flavour netstandard2.0
    if ($env:TROVE_TEST_STACK) { $counts += Test-Module stack $env:TROVE_TEST_STACK }
    $counts | ForEach-Object { Write-Host $_ }
    if ($counts -notlike '*, 0 failed, *: Passed') { throw 'The module''s own tests failed.' }
}

function Test-Module($Cloud, $Stack, $Flavour) {
    # In a process of its own: it inherits no preference of this script, and the module's files are free for the next build.
    $before = $env:TROVE_TEST_STACK
    $counts = New-TemporaryFile
    try {
        $env:TROVE_TEST_STACK, $env:TROVE_TEST_FLAVOUR = $Stack, $Flavour
        & (Get-Process -Id $PID).Path -NoProfile -Command @"
            `$result = Invoke-Pester '$PSScriptRoot/tests/Pester' -PassThru -Output Detailed
            'Pester on the $Cloud`: {0} passed, {1} failed, {2} skipped in {3:0} s: {4}' -f `$result.PassedCount, `$result.FailedCount, `$result.SkippedCount,
                `$result.Duration.TotalSeconds, `$result.Result | Set-Content '$counts'
"@ | Out-Host
        (Get-Content $counts) ?? "Pester on the ${Cloud}: 0 passed, 0 failed, 0 skipped: it did not end"
    }
    finally {
        $env:TROVE_TEST_STACK, $env:TROVE_TEST_FLAVOUR = $before, $null
        Remove-Item $counts
    }
}

function Test-Fault {
    Write-Host "Seed $Seed"
    $options = '--db', 'mariadb', '--no-triggers', '--token-seconds', '60', '--port-offset', '6000'
    Use-Stack $env:TROVE_TEST_STACK $options {
        param($stack)
        if (-not $stack) { throw 'Faults are tried on a real cloud: let TROVE_TEST_STACK name one (tests/stack).' }
        Invoke-Native (Get-Process -Id $PID).Path -NoProfile -File "$PSScriptRoot/tests/faults/Run.ps1" -Stack $stack -Seed $Seed @With
    }
    $env:TROVE_FUZZ_ANSWERS, $env:TROVE_TEST_SEED = '1000000', "$Seed"
    try { Invoke-Native dotnet test "$PSScriptRoot/tests/TroveSchedules.Tests" --nologo -c $Configuration --filter 'FullyQualifiedName~Hostile' }
    finally { $env:TROVE_FUZZ_ANSWERS = $env:TROVE_TEST_SEED = $null }
}

function Use-Stack($State, [string[]] $Options, [scriptblock] $Block) {
    # Where no stack is named one is started, on Debian as root, and ends with the block; elsewhere the block gets none.
    $own = $null
    try {
        if (-not $State -and (Test-Path /etc/debian_version) -and (id -u) -eq 0) {
            $State = $own = Join-Path ([IO.Path]::GetTempPath()) "trove-stack-$PID"
            $null = Invoke-Native "$PSScriptRoot/tests/stack/up" --state $own @Options
        }
        & $Block $State
    }
    finally { if ($own) { Invoke-Native "$PSScriptRoot/tests/stack/down" --state $own --wipe } }
}

function Package {
    Build
    Write-Host "Packed $(& "$PSScriptRoot/package.ps1")"
}

function Demo {
    Build
    # In a process of its own, so that the module's files are free for the next build.
    Invoke-Native (Get-Process -Id $PID).Path -NoProfile -Command "Import-Module '$out'; & '$PSScriptRoot/samples/Walkthrough.ps1'"
}

function Docs {
    Build
    $commands = New-TemporaryFile
    try {
        Invoke-Native (Get-Process -Id $PID).Path -NoProfile -File "$PSScriptRoot/docs/commands.ps1" -Module $out | Set-Content $commands
        Invoke-HelpBuilder update "$PSScriptRoot/docs/en-US" $commands
        Invoke-HelpBuilder build "$PSScriptRoot/docs/en-US" "$out/en-US"
    }
    finally { Remove-Item $commands }
}

function Invoke-HelpBuilder {
    Invoke-Native dotnet run --project "$PSScriptRoot/docs/HelpBuilder" --verbosity quiet -c $Configuration -- @args
}

function Stack {
    if ($Stop) {
        $env:TROVE_TEST_STACK = $null
        return Invoke-Native "$PSScriptRoot/tests/stack/down"
    }
    $exports = Invoke-Native "$PSScriptRoot/tests/stack/up"
    $env:OS_CLIENT_CONFIG_FILE = ($exports -match '^export OS_CLIENT_CONFIG_FILE=') -replace '^.*?='
    $env:TROVE_TEST_STACK = Split-Path $env:OS_CLIENT_CONFIG_FILE
    Write-Host "Its clouds demo, other and admin are in $env:OS_CLIENT_CONFIG_FILE, which OS_CLIENT_CONFIG_FILE now names."
    Write-Host "TROVE_TEST_STACK is $env:TROVE_TEST_STACK, so ./build.ps1 Test tries the module on it as well, here and now. In another shell set it first."
}

function Bench {
    Build
    Use-Stack $env:TROVE_BENCH_STACK ('--db', 'mariadb', '--instances', '200', '--no-triggers', '--port-offset', '3000') {
        param($stack)
        $on = $stack ? @('--stack', $stack) : @()
        Invoke-Native dotnet run -c Release --project "$PSScriptRoot/tests/bench" -- all --write @on @With
    }
}

function Clean {
    Remove-Item "$PSScriptRoot/out" -Recurse -Force -ErrorAction Ignore
    Get-ChildItem "$PSScriptRoot/src", "$PSScriptRoot/tests", "$PSScriptRoot/samples", "$PSScriptRoot/docs" -Recurse -Directory -Include bin, obj |
        Where-Object FullName -NotLike '*/tests/stack/*' | Remove-Item -Recurse -Force
}

foreach ($name in $Task) { & $name }

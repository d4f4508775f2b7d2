#!/usr/bin/env pwsh
#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and tries out TroveSchedules.
.DESCRIPTION
    Where PowerShell is not installed, the .NET SDK brings the version that .config/dotnet-tools.json names:
    dotnet tool exec -y powershell -NoProfile -File build.ps1 Test
.EXAMPLE
    ./build.ps1
    Builds the module into out/TroveSchedules.
.EXAMPLE
    ./build.ps1 Test
    Builds it, then runs the .NET tests and, on a sandbox, the Pester suite of both flavours, several of these at a time. The last line counts the tests; their
    whole output is in out/tests. The Pester suite runs on a real cloud as well where TROVE_TEST_STACK names the state directory of a stack; of several, separated
    as in PATH, each takes a share of the files. Where TROVE_TEST_CONTRACT_STACK names one more, the real-cloud half of the contract runs there.
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
    (Debian, root) that ends with it; then beside curl on the cluster that TROVE_BENCH_CLUSTER names, or on one of its own. Writes docs/Benchmarks.md and the
    summary in README.md. -With passes options on, such as -With '--cli-limit', 1200.
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

    # Stack: stops the stack instead of starting it.
    [switch] $Stop,

    # Test: runs the long fault suite instead of the others.
    [switch] $Faults,

    # Test -Faults: the seed of the random work and the random faults.
    [uint] $Seed = 6,

    # Bench: options for tests/bench. Test -Faults: for tests/faults/Run.ps1.
    [string[]] $With = @()
)

$ErrorActionPreference = 'Stop'
$out = Join-Path $PSScriptRoot 'out/TroveSchedules'
. "$PSScriptRoot/tests/Get-PwshCommand.ps1"

function Invoke-Native {
    $command, [string[]] $arguments = $args
    & $command @arguments
    if ($LASTEXITCODE) { throw "$command $arguments ended with $LASTEXITCODE." }
}

function Build {
    Remove-Item $out -Recurse -Force -ErrorAction Ignore
    foreach ($framework in 'net8.0', 'netstandard2.0') {
        $target = Join-Path $out $framework
        Invoke-Native dotnet publish "$PSScriptRoot/src/TroveSchedules" --nologo -v quiet -c $Configuration -f $framework -o "$target/dependencies"
        # The assembly with the emitted types is next to the module. Loading/ModuleLoader.cs loads the others in a separate load context.
        Move-Item "$target/dependencies/TroveSchedules.dll", "$target/dependencies/TroveSchedules.Core.dll" $target
        Remove-Item "$target/dependencies/*" -Include *.xml, *.deps.json, System.Management.Automation.dll
    }
    Copy-Item "$PSScriptRoot/TroveSchedules.psd1", "$PSScriptRoot/src/TroveSchedules/TroveSchedules.Format.ps1xml",
        "$PSScriptRoot/LICENSE", "$PSScriptRoot/THIRD-PARTY-NOTICES.txt", "$PSScriptRoot/CHANGELOG.md" $out
    Copy-Item "$PSScriptRoot/src/TroveSchedules/Pester" $out -Recurse
    Copy-Item "$PSScriptRoot/schema" $out -Recurse
    # Get-Help looks below the manifest's folder, whichever assembly that names.
    Invoke-HelpBuilder build "$PSScriptRoot/docs/en-US" "$out/en-US"
    Write-Host "Built $out"
}

function Test {
    Build
    if ($Faults) { return Test-Fault }
    Invoke-Native dotnet build "$PSScriptRoot/tests/TroveSchedules.Tests" --nologo -v quiet -c $Configuration
    $browser = (Get-Command chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source
    if ($browser) { Invoke-Native dotnet build "$PSScriptRoot/tests/browser" --nologo -v quiet -c $Configuration }
    & "$PSScriptRoot/tests/Run.ps1" -Configuration $Configuration -Pester (Get-Pester) -Browser $browser
}

function Get-Pester {
    # From the registry into a separate folder, so that the user's own copy is neither used nor changed.
    $project = "$PSScriptRoot/tests/Pester/PesterPackage.csproj"
    Invoke-Native dotnet restore $project -v quiet
    Join-Path (Invoke-Native dotnet msbuild $project '-getProperty:PkgPester') tools/Pester.psd1
}

function Invoke-Pwsh {
    # In a separate process: it inherits no preference of this script, and does not lock the module's files for the next build.
    $command, $first = Get-PwshCommand
    $arguments = @($first | Where-Object { $_ }) + '-NoProfile' + $args # Splatting null would pass an empty argument.
    Invoke-Native $command @arguments
}

function Test-Fault {
    Write-Host "Seed $Seed"
    $options = '--db', 'mariadb', '--no-triggers', '--token-seconds', '60', '--port-offset', '6000'
    Use-Stack $env:TROVE_TEST_STACK $options {
        param($stack)
        if (-not $stack) { throw 'Faults are tried on a real cloud: let TROVE_TEST_STACK name one (tests/stack).' }
        Invoke-Pwsh -File "$PSScriptRoot/tests/faults/Run.ps1" -Stack $stack -Seed $Seed @With
    }
    $env:TROVE_FUZZ_ANSWERS, $env:TROVE_TEST_SEED = '1000000', "$Seed"
    try { Invoke-Native dotnet test "$PSScriptRoot/tests/TroveSchedules.Tests" --nologo -c $Configuration --filter 'FullyQualifiedName~Hostile' }
    finally { $env:TROVE_FUZZ_ANSWERS = $env:TROVE_TEST_SEED = $null }
}

function Use-Stack($State, [string[]] $Options, [scriptblock] $Block) {
    # If no stack is named, on Debian as root, one is started for the block and stopped after it. Otherwise the block gets none.
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
    Invoke-Pwsh -Command "Import-Module '$out'; & '$PSScriptRoot/samples/Walkthrough.ps1'"
}

function Docs {
    Build
    $commands = New-TemporaryFile
    try {
        Invoke-Pwsh -File "$PSScriptRoot/docs/commands.ps1" -Module $out | Set-Content $commands
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
    Invoke-Bench all $env:TROVE_BENCH_STACK '--port-offset', '3000'
    Invoke-Bench cluster $env:TROVE_BENCH_CLUSTER '--port-offset', '3500', '--cluster'
}

function Invoke-Bench([string] $What, [string] $State, [string[]] $Options) {
    Use-Stack $State (@('--db', 'mariadb', '--instances', '200', '--random-ids', '--no-triggers') + $Options) {
        param($stack)
        if (-not $stack -and $What -eq 'cluster') { return }
        $on = $stack ? @('--stack', $stack) : @()
        # Measures the executable of this PowerShell, because the launcher of a .NET tool would add its own start time.
        $path = $env:PATH
        try {
            $env:PATH = $PSHOME + [IO.Path]::PathSeparator + $path
            Invoke-Native dotnet run -c Release --project "$PSScriptRoot/tests/bench" '--' $What --write @on @With
        }
        finally { $env:PATH = $path }
    }
}

function Clean {
    Remove-Item "$PSScriptRoot/out" -Recurse -Force -ErrorAction Ignore
    Get-ChildItem "$PSScriptRoot/src", "$PSScriptRoot/tests", "$PSScriptRoot/samples", "$PSScriptRoot/docs" -Recurse -Directory -Include bin, obj |
        Where-Object FullName -NotLike '*/tests/stack/*' | Remove-Item -Recurse -Force
}

foreach ($name in $Task) { & $name }

#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests and tries out TroveSchedules.
.EXAMPLE
    ./build.ps1
    Builds the module into out/TroveSchedules.
.EXAMPLE
    ./build.ps1 Test
    Builds it, then runs the .NET tests and the Pester suite; that of the real cloud where one is up.
.EXAMPLE
    ./build.ps1 Stack
    Starts a real Keystone, Mistral and Trove on this machine (Debian, root); ./build.ps1 Stack -Stop ends it.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Stack', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Stack: ends it in place of starting it.
    [switch] $Stop
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
        "$PSScriptRoot/LICENSE", "$PSScriptRoot/CHANGELOG.md" $out
    Write-Host "Built $out"
}

function Test {
    Build
    Invoke-Native dotnet test "$PSScriptRoot/TroveSchedules.sln" --nologo -c $Configuration
    if (-not (Get-Module Pester -ListAvailable | Where-Object { $_.Version -ge [version] '5.0' })) {
        throw 'The module''s own tests need Pester 5: Install-Module Pester -MinimumVersion 5.0 -Scope CurrentUser'
    }
    # In a process of its own: it inherits no preference of this script, and the module's files are free for the next build.
    Invoke-Native (Get-Process -Id $PID).Path -NoProfile -Command @"
        `$result = Invoke-Pester '$PSScriptRoot/tests/Pester' -PassThru -Output Detailed
        'Pester: {0} passed, {1} failed, {2} skipped' -f `$result.PassedCount, `$result.FailedCount, `$result.SkippedCount
        exit [int](`$result.Result -ne 'Passed')
"@
}

function Stack {
    if ($Stop) { return Invoke-Native "$PSScriptRoot/tests/stack/down" }
    $exports = Invoke-Native "$PSScriptRoot/tests/stack/up"
    $env:OS_CLIENT_CONFIG_FILE = ($exports -match '^export OS_CLIENT_CONFIG_FILE=') -replace '^.*?='
    Write-Host "Its clouds demo, other and admin are in $env:OS_CLIENT_CONFIG_FILE, which OS_CLIENT_CONFIG_FILE now names."
}

function Clean {
    Remove-Item "$PSScriptRoot/out" -Recurse -Force -ErrorAction Ignore
    Get-ChildItem "$PSScriptRoot/src", "$PSScriptRoot/tests" -Recurse -Directory -Include bin, obj |
        Where-Object FullName -NotLike '*/tests/stack/*' | Remove-Item -Recurse -Force
}

foreach ($name in $Task) { & $name }

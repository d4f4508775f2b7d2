<#
.SYNOPSIS
    Runs the remaining Pester files of a queue, and writes their results as JSON. ./build.ps1 Test starts several of these processes.
.PARAMETER Pester
    The manifest of Pester.
.PARAMETER Queue
    A folder with an empty file of the same name for each test file. A process takes a file by renaming it, so that processes can share a queue.
.PARAMETER Result
    The file for the result.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Pester,
    [Parameter(Mandatory)] [string] $Queue,
    [Parameter(Mandatory)] [string] $Result
)

# Sets no preference variable, because the tests would inherit it.
Import-Module $Pester -ErrorAction Stop
$clock = [Diagnostics.Stopwatch]::StartNew()
$total = [ordered]@{ Passed = 0; Failures = @(); Skipped = @(); Files = @(); Seconds = 0 }

function Get-TestFile {
    foreach ($entry in Get-ChildItem $Queue -Filter *.Tests.ps1 | Sort-Object Name) {
        try { [IO.File]::Move($entry.FullName, "$($entry.FullName).taken") } catch [IO.FileNotFoundException] { continue }
        return $entry.Name -replace '^\d+ '
    }
}

function Get-SkipReason($Test) {
    # A test that may be skipped has a tag with what it needs, on the test or on a block around it.
    $tags = @($Test.Tag)
    for ($block = $Test.Block; $block; $block = $block.Parent) { $tags += $block.Tag }
    ($tags -like 'Needs *') -join ', '
}

while ($file = Get-TestFile) {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = Join-Path $PSScriptRoot $file
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Detailed'
    $configuration.Output.RenderMode = 'Plaintext'
    $run = Invoke-Pester -Configuration $configuration

    $total.Passed += $run.PassedCount
    # A block or file fails if its setup or teardown fails. Its tests were then not run.
    $total.Failures += @(@($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers) | Where-Object { $_ } | ForEach-Object {
            @{ Name = "$file`: $($_.ExpandedPath ?? $_.Item)"; Message = @($_.ErrorRecord | ForEach-Object { "$_" }) -join "`n" }
        })
    foreach ($test in @($run.Skipped) + @($run.NotRun) | Where-Object { $_ }) {
        $name, $reason = "$file`: $($test.ExpandedPath)", (Get-SkipReason $test)
        if ($reason) { $total.Skipped += @{ Name = $name; Reason = $reason } }
        else { $total.Failures += @{ Name = $name; Message = "It was skipped, and has no tag 'Needs …' that says why." } }
    }
    $total.Files += @{ Name = $file; Seconds = [Math]::Round($run.Duration.TotalSeconds, 1) }
}
$total.Seconds = [Math]::Round($clock.Elapsed.TotalSeconds)
$total | ConvertTo-Json -Depth 4 | Set-Content $Result

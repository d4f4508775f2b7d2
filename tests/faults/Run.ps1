<#
.SYNOPSIS
    The long form of the fault suite, on a stack. ./build.ps1 Test -Faults runs it. It writes docs/Faults.md, and fails if anything was lost, done twice or reported wrongly.
#>
param(
    # The state directory of tests/stack.
    [Parameter(Mandatory)] [string] $Stack,
    [uint] $Seed = 6,
    [int] $Operations = 10000,
    [int] $Workers = 8,
    # Number of attempts for each fault, operation and side.
    [int] $Times = 20
)

$ErrorActionPreference = 'Stop'
$env:TROVE_TEST_STACK = $Stack
Import-Module "$PSScriptRoot/../Pester/TestCloud.psm1"
Import-TestModule
Assert-TestStack
Import-Module "$PSScriptRoot/Faults.psm1", "$PSScriptRoot/Comparison.psm1"
$page = "$PSScriptRoot/../../docs/Faults.md"

function Write-Part([string] $Name, [string[]] $Lines) {
    $begin, $end = "<!-- ${Name}: ./build.ps1 Test -Faults writes this -->", "<!-- end of $Name -->"
    $text = Get-Content $page -Raw
    $from, $to = $text.IndexOf($begin), $text.IndexOf($end)
    if ($from -lt 0 -or $to -lt $from) { throw "$page lacks the comments $begin and $end." }
    Set-Content $page "$($text.Substring(0, $from))$begin`n$($Lines -join "`n")`n$($text.Substring($to))" -NoNewline
}

function Get-Version {
    $packages = dpkg-query -W -f '${Package} ${Version}\n' python3-troveclient python3-mistralclient python3-keystone python3-mistral python3-trove mariadb-server-core 2>$null
    "module $(git -C $PSScriptRoot describe --always --dirty)", "PowerShell $($PSVersionTable.PSVersion)", (/usr/bin/python3 --version) + $packages -join ', '
}

Open-TestCloud
try {
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook -Confirm:$false
    $heading = "Run on $([DateTime]::UtcNow.ToString('yyyy-MM-dd')) (UTC), $([Environment]::ProcessorCount) cores. Versions: $(Get-Version)."
    $runs = @(Invoke-FaultRun -Operations $Operations -Workers $Workers -Seed $Seed)
    $summary = @('', 'Every tenth request goes wrong, and the module retries three times (`-MaxRetry 3`):', '') + ($runs[0] | Format-FaultRun | ForEach-Object { "- $_" })
    # With so many faults, retries run out. This checks the errors.
    $runs += Invoke-FaultRun -Operations ($Operations / 10) -Workers $Workers -Percent 40 -MaxRetry 1 -Seed $Seed
    $summary += @('', 'Four of ten requests go wrong, and the module repeats one only once (`-MaxRetry 1`):', '') + ($runs[1] | Format-FaultRun | ForEach-Object { "- $_" })
    $summary | Out-Host
    $rows = @(Measure-Fault -Times $Times)
    $table = @(Format-Comparison $rows)
    $table | Out-Host
    Write-Part run (@($heading) + $summary)
    Write-Part comparison (@($heading, '') + $table)

    $violations = ($runs | ForEach-Object { $_.Lost.Count + $_.Duplicate.Count + $_.Phantom.Count + $_.Wrong.Count + [math]::Abs($_.Trusts) } | Measure-Object -Sum).Sum
    $module = @($rows | Where-Object Side -EQ module)
    foreach ($row in $module | Where-Object { $_.Leaks -or $_.Outcomes.Keys -match '^(lost|phantom|duplicate|hung)$' }) {
        $violations++
        "The module under $($row.Kind), $($row.What): $(@($row.Outcomes.GetEnumerator() | ForEach-Object { "$($_.Value) $($_.Key)" }) -join ', '), $($row.Leaks) leaks; $($row.Example)" | Out-Host
    }
}
finally {
    Clear-TestCloud
    Close-TestCloud
}
exit [int] ($violations -gt 0)

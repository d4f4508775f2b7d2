# A PowerShell that stays, with the module loaded, and does what it is asked: a line of JSON with a script, answered by a line of JSON.
param([string] $Module)

$ErrorActionPreference = 'Stop'
$WarningPreference = $ProgressPreference = 'SilentlyContinue'
Import-Module $Module

function Get-Memory([string] $Name) {
    foreach ($line in [IO.File]::ReadLines('/proc/self/status')) { if ($line.StartsWith($Name)) { return 1KB * [long] ($line -replace '\D') } }
}

function Measure-Run {
    <#
    Runs a block so many times, and counts what comes out of it, which is thrown away: how long each run took, when its first object came, and by how much the most
    memory that the process held while it ran is above what it held before.
    #>
    param([scriptblock] $Block, [int] $Times = 1)
    for ($i = 0; $i -lt $Times; $i++) {
        [GC]::Collect()
        $before = Get-Memory VmRSS
        [IO.File]::WriteAllText('/proc/self/clear_refs', '5') # VmHWM starts anew.
        $found = @{ Count = 0; First = 0.0 }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        & $Block | & { begin { $count = 0 } process { if (0 -eq $count++) { $found.First = $clock.Elapsed.TotalSeconds } } end { $found.Count = $count } }
        $seconds = $clock.Elapsed.TotalSeconds
        $peak = Get-Memory VmHWM
        @{ seconds = $seconds; first = $found.First; count = $found.Count; peak = $peak; growth = $peak - $before }
    }
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    try { $answer = @{ value = @(. ([scriptblock]::Create(($line | ConvertFrom-Json).script))) } }
    catch { $answer = @{ error = "$_`n$($_.ScriptStackTrace)" } }
    [Console]::Out.WriteLine(($answer | ConvertTo-Json -Compress -Depth 5))
}

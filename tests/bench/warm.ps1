# Runs scripts in one PowerShell process with the module loaded. Each request is a line of JSON with a script. The response is a line of JSON.
param([string] $Module)

$ErrorActionPreference = 'Stop'
$WarningPreference = $ProgressPreference = 'SilentlyContinue'
Import-Module $Module

function Get-Memory([string] $Name) {
    foreach ($line in [IO.File]::ReadLines('/proc/self/status')) { if ($line.StartsWith($Name)) { return 1KB * [long] ($line -replace '\D') } }
}

function Measure-Run {
    <#
    Runs a block several times, and discards its output. Returns for each run the time, the time until the first object, the number of objects, the peak memory,
    and the difference between the peak and the memory before the run.
    #>
    param([scriptblock] $Block, [int] $Times = 1)
    for ($i = 0; $i -lt $Times; $i++) {
        [GC]::Collect()
        $before = Get-Memory VmRSS
        [IO.File]::WriteAllText('/proc/self/clear_refs', '5') # Resets VmHWM.
        $found = @{ Count = 0; First = 0.0 }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        & $Block | & { begin { $count = 0 } process { if (0 -eq $count++) { $found.First = $clock.Elapsed.TotalSeconds } } end { $found.Count = $count } }
        $seconds = $clock.Elapsed.TotalSeconds
        $peak = Get-Memory VmHWM
        @{ seconds = $seconds; first = $found.First; count = $found.Count; peak = $peak; growth = $peak - $before }
    }
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    try { $response = @{ value = @(. ([scriptblock]::Create(($line | ConvertFrom-Json).script))) } }
    catch { $response = @{ error = "$_`n$($_.ScriptStackTrace)" } }
    [Console]::Out.WriteLine(($response | ConvertTo-Json -Compress -Depth 5))
}

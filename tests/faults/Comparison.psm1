# Compares the results of four operations, with the module and with the API of python-troveclient, if each fault affects their main request once.

$ErrorActionPreference = 'Stop'
$script:Operations = [ordered] @{
    'create' = '^POST /v2/cron_triggers'; 'list' = '^GET /v2/cron_triggers'; 'delete' = '^DELETE /v2/cron_triggers/'; 'delete execution' = '^DELETE /v2/executions/'
}
# In seconds: the time limit for a response of the peer, and -TimeoutSec of the module for the fault Timeout.
$script:PeerTimeout = @{ Timeout = 10; Else = 60 }
$script:TimeoutSec = 5

function Measure-Fault {
    <# Runs each operation several times with each fault. Returns a row for each fault, operation and side, with the number of each outcome. #>
    param(
        [int] $Times = 20, [TroveSchedules.FaultTests.FaultKind[]] $Kind = [enum]::GetValues([TroveSchedules.FaultTests.FaultKind]), [string[]] $Side = ('module', 'peer'),
        [int] $AtOnce = 5
    )
    $cloud = New-PlainCloud
    $account = Get-TestAccount
    $prefix = (New-TestName peer) + '-'
    $instance = Get-TestInstanceId m
    $session = Connect-TestCloud
    $history = New-TroveBackupSchedule $instance '0 3 1 1 *' "${prefix}history" -Session $session
    Add-TestExecution (2 * $Times * $Kind.Count) $history.Id
    $executions = $cloud.Executions($history.TriggerId)
    $jobs = foreach ($one in $Kind) {
        # Fewer times, because each one takes as long as the time limit.
        $count = $one -eq 'Timeout' ? [math]::Min(5, $Times) : $Times
        $own, $executions = $executions.Where({ $true }, 'Split', 2 * $count)
        $created = @(1..(2 * $count) | ForEach-Object { [pscustomobject] @{ Instance = $instance; Pattern = '0 4 1 1 *'; Name = "$prefix$one-made$_" } } | New-TroveBackupSchedule -Session $session)
        @{ Kind = $one; Sides = $Side; Times = $count; Prefix = "$prefix$one-"; Instance = $instance; Proxy = New-FaultProxy; Executions = $own; Created = $created.Id }
    }
    Disconnect-TroveSession $session
    $modules = (Get-TestManifest), "$PSScriptRoot/Faults.psm1", "$PSScriptRoot/Comparison.psm1"
    try {
        $jobs | ForEach-Object -ThrottleLimit $AtOnce -Parallel {
            $job = $_
            Import-Module $using:modules
            Measure-OneFault -Job $job -Cloud $using:cloud -Account $using:account
        }
    }
    finally { $jobs.Proxy | ForEach-Object Dispose }
}

function Measure-OneFault {
    param($Job, $Cloud, $Account)
    $with = $Job.Kind -eq 'Timeout' ? @{ TimeoutSec = $script:TimeoutSec } : @{}
    $session = Connect-ThroughProxy $Job.Proxy $Account $with
    # This lets the session cache its lookups, which are not part of the measured operations.
    $null = New-TroveBackupSchedule $Job.Instance '0 5 1 1 *' "$($Job.Prefix)first" -Session $session
    $peer = 'peer' -in $Job.Sides ? (Start-Peer $Job.Proxy $Account) : $null
    $executions = [Collections.Generic.Queue[string]] @($Job.Executions)
    $created = [Collections.Generic.Queue[string]] @($Job.Created)
    try {
        foreach ($side in $Job.Sides) {
            foreach ($what in $script:Operations.Keys) {
                $outcomes = [ordered] @{}
                $leaks = 0
                $example = ''
                for ($i = 1; $i -le $Job.Times; $i++) {
                    $request = @{ what = $what }
                    switch ($what) {
                        'create' { $request += @{ instance = $Job.Instance; pattern = '0 6 1 1 *'; name = "$($Job.Prefix)$side$i" } }
                        'list' { $request += @{ instance = $Job.Instance } }
                        'delete' { $request += @{ id = $created.Dequeue() } }
                        'delete execution' { $request += @{ id = $executions.Dequeue() } }
                    }
                    $before = $what -eq 'list' ? @($Cloud.Schedules($Job.Prefix) | ForEach-Object Id) : @()
                    $Job.Proxy.Inject($Job.Kind, $script:Operations[$what])
                    $result = if ($side -eq 'module') { Invoke-ModuleSide $request $session } else { Invoke-PeerSide $peer $request $Job.Kind }
                    if ($Job.Proxy.IsWaiting) { throw "$side, ${what}: no request matched the fault $($Job.Kind). The output: $($result.Text)" }
                    $outcome = switch ($what) {
                        'create' {
                            $found = $Cloud.Schedules($request.name)
                            if ($found.Count -gt 1) { 'duplicate' } else { Get-Outcome $result ($found.Count -eq 1 -and ($result.Text -or $found[0].Id -in $result.Ids)) ($found.Count -eq 0) }
                        }
                        'list' {
                            $rows = @($result.Ids | Where-Object { $_ -in $before })
                            Get-Outcome $result ($rows.Count -eq $before.Count) $true
                        }
                        'delete' { $exists = $Cloud.HasSchedule($request.id); Get-Outcome $result (-not $exists) $exists }
                        'delete execution' { $exists = $Cloud.HasExecution($request.id); Get-Outcome $result (-not $exists) $exists }
                    }
                    $outcomes[$outcome]++
                    foreach ($secret in @($Account.password) + @($Job.Proxy.Tokens)) { if ($result.Text.Contains($secret)) { $leaks++; break } }
                    if ($outcome -ne 'done' -and -not $example) { $example = $result.Text.Trim() -split "`n" | Select-Object -Last 1 }
                    if ($outcome -eq 'hung') { $peer = Start-Peer $Job.Proxy $Account }
                }
                [pscustomobject] @{ Kind = "$($Job.Kind)"; Side = $side; What = $what; Times = $Job.Times; Outcomes = $outcomes; Leaks = $leaks; Example = $example }
            }
        }
    }
    finally {
        Disconnect-TroveSession $session
        if ($peer) {
            if (-not $peer.HasExited) { $peer.Kill() }
            $peer.Dispose()
        }
    }
}

function Get-Outcome($Result, [bool] $IsDone, [bool] $IsNotDone) {
    if ($Result.IsHung) { 'hung' }
    elseif (-not $Result.Text) { $IsDone ? 'done' : 'phantom' }
    elseif ($Result.Text.Contains('It is not known whether ')) { 'unknown' }
    else { $IsNotDone ? 'failed' : 'lost' }
}

function Invoke-ModuleSide($Request, $Session) {
    try {
        $returned = @(switch ($Request.what) {
                'create' { New-TroveBackupSchedule $Request.instance $Request.pattern $Request.name -Session $Session }
                'list' { Get-TroveBackupSchedule $Request.instance -Session $Session }
                'delete' { Remove-TroveBackupSchedule $Request.id -Session $Session -Confirm:$false }
                'delete execution' { Remove-TroveScheduleExecution $Request.id -Session $Session }
            })
        @{ Ids = @($returned | ForEach-Object Id); Text = ''; IsHung = $false }
    }
    catch { @{ Ids = @(); Text = "$($_.Exception)`n$($_ | Format-List * -Force | Out-String)`n$_"; IsHung = $false } }
}

function Invoke-PeerSide($Peer, $Request, $Kind) {
    $Peer.StandardInput.WriteLine(($Request | ConvertTo-Json -Compress))
    $line = $Peer.StandardOutput.ReadLineAsync()
    if (-not $line.Wait([TimeSpan]::FromSeconds($script:PeerTimeout["$Kind"] ?? $script:PeerTimeout.Else))) {
        $Peer.Kill()
        return @{ Ids = @(); Text = ''; IsHung = $true }
    }
    $response = $line.Result | ConvertFrom-Json
    @{ Ids = @($response.ids); Text = "$($response.error)"; IsHung = $false }
}

function Start-Peer($Proxy, $Account) {
    $start = [Diagnostics.ProcessStartInfo] @{ FileName = '/usr/bin/python3'; RedirectStandardInput = $true; RedirectStandardOutput = $true }
    $start.ArgumentList.Add("$PSScriptRoot/peer.py")
    @($start.Environment.Keys) -like 'OS_*' | ForEach-Object { $null = $start.Environment.Remove($_) }
    $as = @{
        OS_AUTH_URL = "$($Proxy.Urls[0])/v3"; OS_USERNAME = $Account.username; OS_PASSWORD = $Account.password; OS_PROJECT_NAME = $Account.project_name
        OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default'
    }
    foreach ($name in $as.Keys) { $start.Environment[$name] = $as[$name] }
    $peer = [Diagnostics.Process]::Start($start)
    $result = Invoke-PeerSide $peer @{ what = 'connect' }
    if ($result.Text -or $result.IsHung) { throw "python-troveclient cannot log in: $($result.Text)" }
    $peer
}

function Format-Comparison {
    <# The rows as a Markdown table, with the sums of each side. #>
    param($Rows)
    $show = {
        param($of)
        @($of.Outcomes.GetEnumerator() | ForEach-Object { $_.Key -in 'done', 'failed', 'unknown' ? "$($_.Value) $($_.Key)" : "**$($_.Value) $($_.Key)**" }) +
        @($of.Leaks ? "**$($of.Leaks) leaked**" : @()) -join ', '
    }
    $names = $script:Operations.Keys
    "| fault | $(@($names | ForEach-Object { "${_}: module | ${_}: peer" }) -join ' | ') |"
    "| --- |$(' --- |' * 2 * $names.Count)"
    foreach ($kind in [enum]::GetNames([TroveSchedules.FaultTests.FaultKind])) {
        $cells = foreach ($what in $names) { foreach ($side in 'module', 'peer') { & $show ($Rows | Where-Object { $_.Kind -eq $kind -and $_.What -eq $what -and $_.Side -eq $side }) } }
        "| $kind | $($cells -join ' | ') |"
    }
    $sums = foreach ($what in $names) {
        foreach ($side in 'module', 'peer') {
            $all = [ordered] @{}
            $of = @($Rows | Where-Object { $_.What -eq $what -and $_.Side -eq $side })
            foreach ($name in 'done', 'failed', 'unknown', 'lost', 'phantom', 'duplicate', 'hung') {
                $count = ($of | ForEach-Object { $_.Outcomes[$name] } | Measure-Object -Sum).Sum
                if ($count) { $all[$name] = [int] $count }
            }
            & $show @{ Outcomes = $all; Leaks = [int] ($of.Leaks | Measure-Object -Sum).Sum }
        }
    }
    "| all | $($sums -join ' | ') |"
}

Export-ModuleMember -Function Measure-Fault, Measure-OneFault, Format-Comparison

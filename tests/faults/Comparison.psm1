# What becomes of four operations when each fault hits the request that does the thing, once: by the module and by python-troveclient's API.

$ErrorActionPreference = 'Stop'
$script:Operations = [ordered] @{
    'create' = '^POST /v2/cron_triggers'; 'list' = '^GET /v2/cron_triggers'; 'delete' = '^DELETE /v2/cron_triggers/'; 'delete execution' = '^DELETE /v2/executions/'
}
# In seconds: of whoever waits for the peer, and of the module where no answer ever comes.
$script:Patience = @{ Timeout = 10; Else = 60 }
$script:TimeoutSec = 5

function Measure-Fault {
    <# Tries each operation so many times under each fault; gives a row for each fault, operation and side, with the outcomes counted. #>
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
        # Each hangs for as long as somebody has patience.
        $count = $one -eq 'Timeout' ? [math]::Min(5, $Times) : $Times
        $own, $executions = $executions.Where({ $true }, 'Split', 2 * $count)
        $made = @(1..(2 * $count) | ForEach-Object { [pscustomobject] @{ Instance = $instance; Pattern = '0 4 1 1 *'; Name = "$prefix$one-made$_" } } | New-TroveBackupSchedule -Session $session)
        @{ Kind = $one; Sides = $Side; Times = $count; Prefix = "$prefix$one-"; Instance = $instance; Proxy = New-FaultProxy; Executions = $own; Made = $made.Id }
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
    # What a session looks up once is no part of an operation.
    $null = New-TroveBackupSchedule $Job.Instance '0 5 1 1 *' "$($Job.Prefix)first" -Session $session
    $peer = 'peer' -in $Job.Sides ? (Start-Peer $Job.Proxy $Account) : $null
    $executions = [Collections.Generic.Queue[string]] @($Job.Executions)
    $made = [Collections.Generic.Queue[string]] @($Job.Made)
    try {
        foreach ($side in $Job.Sides) {
            foreach ($what in $script:Operations.Keys) {
                $outcomes = [ordered] @{}
                $leaks = 0
                $example = ''
                for ($i = 1; $i -le $Job.Times; $i++) {
                    $ask = @{ what = $what }
                    switch ($what) {
                        'create' { $ask += @{ instance = $Job.Instance; pattern = '0 6 1 1 *'; name = "$($Job.Prefix)$side$i" } }
                        'list' { $ask += @{ instance = $Job.Instance } }
                        'delete' { $ask += @{ id = $made.Dequeue() } }
                        'delete execution' { $ask += @{ id = $executions.Dequeue() } }
                    }
                    $before = $what -eq 'list' ? @($Cloud.Schedules($Job.Prefix) | ForEach-Object Id) : @()
                    $Job.Proxy.Inject($Job.Kind, $script:Operations[$what])
                    $said = if ($side -eq 'module') { Invoke-ModuleSide $ask $session } else { Invoke-PeerSide $peer $ask $Job.Kind }
                    if ($Job.Proxy.IsWaiting) { throw "$side, ${what}: no request came that $($Job.Kind) could hit. It said: $($said.Text)" }
                    $outcome = switch ($what) {
                        'create' {
                            $there = $Cloud.Schedules($ask.name)
                            if ($there.Count -gt 1) { 'duplicate' } else { Get-Outcome $said ($there.Count -eq 1 -and ($said.Text -or $there[0].Id -in $said.Ids)) ($there.Count -eq 0) }
                        }
                        'list' {
                            $rows = @($said.Ids | Where-Object { $_ -in $before })
                            Get-Outcome $said ($rows.Count -eq $before.Count) $true
                        }
                        'delete' { $isThere = $Cloud.HasSchedule($ask.id); Get-Outcome $said (-not $isThere) $isThere }
                        'delete execution' { $isThere = $Cloud.HasExecution($ask.id); Get-Outcome $said (-not $isThere) $isThere }
                    }
                    $outcomes[$outcome]++
                    foreach ($secret in @($Account.password) + @($Job.Proxy.Tokens)) { if ($said.Text.Contains($secret)) { $leaks++; break } }
                    if ($outcome -ne 'done' -and -not $example) { $example = $said.Text.Trim() -split "`n" | Select-Object -Last 1 }
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

function Get-Outcome($SettingValue, [bool] $IsDone, [bool] $IsNotDone) {
    if ($SettingValue.IsHung) { 'hung' }
    elseif (-not $SettingValue.Text) { $IsDone ? 'done' : 'phantom' }
    elseif ($SettingValue.Text.Contains('It is not known whether ')) { 'unknown' }
    else { $IsNotDone ? 'failed' : 'lost' }
}

function Invoke-ModuleSide($Ask, $Session) {
    try {
        $given = @(switch ($Ask.what) {
                'create' { New-TroveBackupSchedule $Ask.instance $Ask.pattern $Ask.name -Session $Session }
                'list' { Get-TroveBackupSchedule $Ask.instance -Session $Session }
                'delete' { Remove-TroveBackupSchedule $Ask.id -Session $Session -Confirm:$false }
                'delete execution' { Remove-TroveScheduleExecution $Ask.id -Session $Session }
            })
        @{ Ids = @($given | ForEach-Object Id); Text = ''; IsHung = $false }
    }
    catch { @{ Ids = @(); Text = "$($_.Exception)`n$($_ | Format-List * -Force | Out-String)`n$_"; IsHung = $false } }
}

function Invoke-PeerSide($Peer, $Ask, $Kind) {
    $Peer.StandardInput.WriteLine(($Ask | ConvertTo-Json -Compress))
    $line = $Peer.StandardOutput.ReadLineAsync()
    if (-not $line.Wait([TimeSpan]::FromSeconds($script:Patience["$Kind"] ?? $script:Patience.Else))) {
        $Peer.Kill()
        return @{ Ids = @(); Text = ''; IsHung = $true }
    }
    $answer = $line.Result | ConvertFrom-Json
    @{ Ids = @($answer.ids); Text = "$($answer.error)"; IsHung = $false }
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
    $said = Invoke-PeerSide $peer @{ what = 'connect' }
    if ($said.Text -or $said.IsHung) { throw "python-troveclient cannot log in: $($said.Text)" }
    $peer
}

function Format-Comparison {
    <# The rows as a table of Markdown, and the sums of each side. #>
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

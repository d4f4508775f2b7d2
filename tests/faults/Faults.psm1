# Work by seed on a cloud, through a network that goes wrong by seed, beside a model of what must be true.
# It needs a cloud that tests/Pester/TestCloud.psm1 has opened.

$ErrorActionPreference = 'Stop'
$script:Root = (Resolve-Path "$PSScriptRoot/../..").Path
$script:Unknown = 'It is not known whether '

. "$PSScriptRoot/../Support/Add-TestTypes.ps1"

function New-FaultProxy {
    <# A proxy before the cloud of the tests. #>
    param([ulong] $Seed = 0, [int] $Percent = 0)
    $token = Get-TestToken
    $services = (Get-TestAccount).auth_url, (Get-TestEndpoint workflowv2 $token), (Get-TestEndpoint database $token)
    [TroveSchedules.FaultTests.FaultProxy]::new($services, $Seed, $Percent)
}

function New-PlainCloud {
    <# The same cloud, past every proxy and without the module. #>
    $account = Get-TestAccount
    [TroveSchedules.FaultTests.PlainCloud]::new($account.auth_url, $account.username, $account.password, $account.project_name)
}

function Connect-ThroughProxy {
    param($Proxy, $Account, [hashtable] $With = @{})
    $credential = [pscredential]::new($Account.username, (ConvertTo-SecureString $Account.password -AsPlainText -Force))
    Connect-TroveSession -AuthUrl "$($Proxy.Urls[0])/v3" -Credential $credential -ProjectName $Account.project_name `
        -UserDomainName Default -ProjectDomainName Default -Region RegionOne @With
}

function Invoke-FaultRun {
    <#
    Lets workers do so many operations by the module, each through a proxy of its own at which so many of a hundred requests go wrong, and compares with the
    cloud what each thinks is there. An operation is a schedule made or deleted, an execution deleted, a listing, or a login.
    #>
    param([int] $Operations, [int] $Workers = 4, [int] $Percent = 10, [int] $MaxRetry = 3, [ulong] $Seed = 6)
    $cloud = New-PlainCloud
    $account = Get-TestAccount
    $prefix = (New-TestName faults) + '-'
    $session = Connect-TestCloud
    $instances = 'm', 'broken' | ForEach-Object { [pscustomobject] @{ Name = $_; Id = Get-TestInstanceId $_ } }
    $trusts = $cloud.Trusts() - $cloud.Schedules('').Count
    $each = [math]::Ceiling($Operations / $Workers)
    $jobs = foreach ($number in 1..$Workers) {
        # What it deletes executions of; by design some three of ten operations do.
        $history = New-TroveBackupSchedule m "$number 3 1 1 *" "${prefix}history$number" -Session $session
        Add-TestExecution ([math]::Ceiling($each * 0.5)) $history.Id
        @{
            Number = $number; Operations = $each; MaxRetry = $MaxRetry; Seed = $Seed * 1000 + $number; Prefix = "$prefix$number-"; History = $history.Id
            Executions = $cloud.Executions($history.TriggerId); TriggerId = $history.TriggerId; Instances = $instances
            Proxy = New-FaultProxy -Seed ($Seed * 1000 + $number) -Percent $Percent
        }
    }
    Disconnect-TroveSession $session
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $modules = (Get-TestManifest), "$PSScriptRoot/Faults.psm1"
    $results = @($jobs | ForEach-Object -ThrottleLimit $Workers -Parallel {
            $job = $_
            Import-Module $using:modules
            Invoke-FaultWorker -Job $job -Cloud $using:cloud -Account $using:account
        })
    $seconds = $clock.Elapsed.TotalSeconds
    $there = $cloud.Schedules($prefix) | Where-Object Name -NotLike "${prefix}history*"
    $model = @{}
    $results | ForEach-Object { $model += $_.Schedules }
    $state = Compare-State $model $there
    foreach ($result in $results) {
        $job = $jobs | Where-Object Number -EQ $result.Number
        $runs = $cloud.Executions($job.TriggerId)
        # A run that should be there and is not was deleted though that was denied; one that is there was said to be deleted.
        $state.Lost += @($result.Executions | Where-Object { $_ -notin $runs } | ForEach-Object { "execution $_" })
        $state.Phantom += @($runs | Where-Object { $_ -notin $result.Executions } | ForEach-Object { "execution $_" })
    }
    $faults = [ordered] @{}
    foreach ($kind in [enum]::GetValues([TroveSchedules.FaultTests.FaultKind])) {
        $count = [int] ($jobs.Proxy | ForEach-Object { $_.Faults.ContainsKey($kind) ? $_.Faults[$kind] : 0 } | Measure-Object -Sum).Sum
        if ($count) { $faults["$kind"] = $count }
    }
    $sum = { param($of) [int] ($results.$of | Measure-Object -Sum).Sum }
    $broken = @($jobs.Proxy.Failures)
    if ($broken) { throw "The proxy broke: $($broken -join "`n")" }
    $requests = [int] ($jobs.Proxy.Requests | Measure-Object -Sum).Sum
    $retried = [int] ($jobs.Proxy.Retried | Measure-Object -Sum).Sum
    $logs = @{}
    foreach ($job in $jobs) { $logs[$job.Number] = @($job.Proxy.Log) }
    $jobs.Proxy | ForEach-Object Dispose
    [pscustomobject] @{
        Seed = $Seed; Percent = $Percent; Workers = $Workers
        Operations = & $sum Operations; By = Merge-Count $results.By; Requests = $requests; Faults = $faults; Injected = [int] ($faults.Values | Measure-Object -Sum).Sum
        Retried = $retried; Unknown = & $sum Unknown; Failed = & $sum Failed; FailedBy = Merge-Count $results.FailedBy
        Lost = $state.Lost; Duplicate = $state.Duplicate; Phantom = $state.Phantom; Wrong = @($results | ForEach-Object { $_.Wrong })
        Trusts = $cloud.Trusts() - $cloud.Schedules('').Count - $trusts; Seconds = $seconds; Log = $logs
    }
}

function Format-FaultRun {
    <# The figures of a run, a line each. #>
    param([Parameter(Mandatory, ValueFromPipeline)] $Run)
    $list = { param($of) @($of.GetEnumerator() | ForEach-Object { "$($_.Key) $($_.Value)" }) -join ', ' }
    '{0:N0} operations by {1} workers, seed {2}, {3} % faults, {4:0} s: {5}.' -f $Run.Operations, $Run.Workers, $Run.Seed, $Run.Percent, $Run.Seconds, (& $list $Run.By)
    '{0:N0} requests, {1:N0} faults: {2}.' -f $Run.Requests, $Run.Injected, (& $list $Run.Faults)
    '{0:N0} requests came once more after a fault. {1:N0} operations ended as unknown, {2:N0} as failed{3}.' -f $Run.Retried, $Run.Unknown, $Run.Failed,
        ($Run.Failed ? ': ' + (& $list $Run.FailedBy) : '')
    'Lost {0}, duplicate {1}, phantom {2}, untrue {3}, trusts left behind {4}.' -f $Run.Lost.Count, $Run.Duplicate.Count, $Run.Phantom.Count, $Run.Wrong.Count, $Run.Trusts
    $Run.Lost | ForEach-Object { "lost: $_" }
    $Run.Duplicate | ForEach-Object { "duplicate: $_" }
    $Run.Phantom | ForEach-Object { "phantom: $_" }
    $Run.Wrong | ForEach-Object { "untrue: $_" }
}

function Compare-State {
    <# What a model of schedules and the cloud disagree on: what is gone, what is there twice, what is there too much. #>
    param([Collections.IDictionary] $Model, $There)
    $names = @{}
    foreach ($entry in $Model.GetEnumerator()) { $names[$entry.Value.Name] = $entry.Key }
    $found = @{}
    $state = @{ Lost = @(); Duplicate = @(); Phantom = @() }
    foreach ($schedule in $There) {
        $wanted = $Model[$schedule.Id]
        if ($found[$schedule.Name] -or (-not $wanted -and $names[$schedule.Name])) { $state.Duplicate += "schedule $($schedule.Id) '$($schedule.Name)'" }
        elseif (-not $wanted -or $wanted.Pattern -cne $schedule.Pattern -or $wanted.InstanceId -ne $schedule.Instance) {
            $state.Phantom += "schedule $($schedule.Id) '$($schedule.Name)'"
        }
        if ($wanted) { $found[$schedule.Name] = $true }
    }
    $ids = @($There | ForEach-Object Id)
    $state.Lost += @($Model.Keys | Where-Object { $_ -notin $ids } | ForEach-Object { "schedule $_ '$($Model[$_].Name)'" })
    $state
}

function Merge-Count($Of) {
    $all = [ordered] @{}
    foreach ($one in $Of) { foreach ($entry in $one.GetEnumerator()) { $all[$entry.Key] += $entry.Value } }
    $all
}

function Invoke-FaultWorker {
    <# Does the operations of one worker, and says what must be there afterwards, and what was said that is not true. #>
    param($Job, $Cloud, $Account)
    $random = [Random]::new([int] ($Job.Seed % [int]::MaxValue))
    $proxy = $Job.Proxy
    # What must be there. Of schedules the value has Name, InstanceId, Pattern, and Known, the object that the module gave.
    $schedules = @{}
    $executions = [Collections.Generic.List[string]] @($Job.Executions)
    $gone = [Collections.Generic.List[string]]::new()
    $result = [pscustomobject] @{
        Number = $Job.Number; Operations = 0; Unknown = 0; Failed = 0; By = [ordered] @{}; FailedBy = [ordered] @{}; Wrong = [Collections.Generic.List[string]]::new()
        Schedules = $schedules; Executions = $executions
    }

    function Add-Done([string] $What, [int] $Count = 1) {
        $result.Operations += $Count
        $result.By[$What] += $Count
    }

    function Add-Wrong([string] $What, $Errors = @()) {
        $said = @($Errors | ForEach-Object { "$($_.FullyQualifiedErrorId): $(Get-Text $_)" }) -join ' | '
        $result.Wrong.Add("worker $($Job.Number), request $($proxy.Requests): $What$($said ? "; it said: $said" : '')")
    }

    function Get-Text($Of) { "$Of $($Of.Exception.Message) $($Of.ErrorDetails.RecommendedAction)" }

    function Test-Unknown($Of, [string] $What) {
        <# Whether an error says that it cannot tell; it is counted, and must be one of the module's. #>
        if ($Of.FullyQualifiedErrorId -notmatch ',TroveSchedules\.Commands\.') { Add-Wrong "$What ended in an error that is not the module's" $Of }
        if ((Get-Text $Of).Contains($script:Unknown)) {
            $result.Unknown++
            return $true
        }
        $result.Failed++
        $result.FailedBy["$What, $($Of.FullyQualifiedErrorId -replace ',.*')"]++
        $false
    }

    function Invoke-Module([scriptblock] $Block, [string] $ErrorAction = 'Continue') {
        <# What a pipeline gave, its warnings, and its errors, those that ended it too. #>
        $ended = @{ IsStopped = $false; Given = [Collections.Generic.List[object]]::new() }
        $ended.Errors, $ended.Warnings = 1..2 | ForEach-Object { , [Collections.Generic.List[object]]::new() }
        $ErrorActionPreference = $ErrorAction
        try {
            & $Block 2>&1 3>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.ErrorRecord]) { $ended.Errors.Add($_) }
                elseif ($_ -is [Management.Automation.WarningRecord]) { $ended.Warnings.Add($_) }
                else { $ended.Given.Add($_) }
            }
        }
        catch {
            $ended.Errors.Add($_)
            $ended.IsStopped = $ErrorAction -eq 'Stop'
        }
        $ended
    }

    # Some pipelines are to end at the first error.
    function Get-Action { $random.Next(5) ? 'Continue' : 'Stop' }

    function Get-Told($Ended) {
        <# What the warnings of a pipeline that was ended say not to be known; what had been begun when it ended is told of so. #>
        @($Ended.Warnings | ForEach-Object Message | Where-Object { $_.Contains($script:Unknown) } | ForEach-Object { $result.Unknown++; $_ })
    }

    function Connect-Worker {
        for ($i = 0; $i -lt 20; $i++) {
            Add-Done login
            $ended = Invoke-Module { Connect-ThroughProxy $proxy $Account @{ MaxRetry = $Job.MaxRetry } }
            if ($ended.Given) { return $ended.Given[0] }
            foreach ($one in $ended.Errors) { $null = Test-Unknown $one login }
        }
        throw "There is no way to log in: $($ended.Errors)"
    }

    function New-Schedule([int] $Count) {
        Add-Done create $Count
        $wanted = @(for ($i = 0; $i -lt $Count; $i++) {
                $instance = $Job.Instances[$random.Next($Job.Instances.Count)]
                $script:serial++
                [pscustomobject] @{
                    Instance = $random.Next(2) ? $instance.Name : $instance.Id; Pattern = "$($random.Next(60)) $($random.Next(24)) 1 $($random.Next(1, 13)) *"
                    Name = "$($Job.Prefix)$script:serial"; InstanceId = $instance.Id
                }
            })
        $ended = if ($Count -eq 1) { Invoke-Module { New-TroveBackupSchedule $wanted[0].Instance $wanted[0].Pattern $wanted[0].Name -Session $session } }
        else { Invoke-Module { $wanted | Select-Object Instance, Pattern, Name | New-TroveBackupSchedule -Session $session } (Get-Action) }
        $made = @{}
        foreach ($schedule in $ended.Given) {
            $of = $wanted | Where-Object Name -CEQ $schedule.Name
            if (-not $of -or $made[$schedule.Name] -or $of.InstanceId -ne $schedule.InstanceId -or $of.Pattern -cne $schedule.Pattern) {
                Add-Wrong "a schedule was made that nobody asked for: $($schedule | ConvertTo-Json -Compress -Depth 2)"
            }
            $made[$schedule.Name] = $true
            $schedules[$schedule.Id] = @{ Name = $schedule.Name; InstanceId = $schedule.InstanceId; Pattern = $schedule.Pattern; Known = $schedule }
        }
        $missing = @($wanted | Where-Object { -not $made[$_.Name] })
        if ($ended.IsStopped ? -not $missing : $missing.Count -ne $ended.Errors.Count) { Add-Wrong "of $Count schedules $($missing.Count) are missing, with $($ended.Errors.Count) errors" $ended.Errors }
        if (-not $missing) { return }
        $open = @(foreach ($one in $ended.Errors) {
                if (Test-Unknown $one create) {
                    $id = "$($one.TargetObject)"
                    if (-not ($id -as [guid]) -or -not (Get-Text $one).Contains($id)) { Add-Wrong 'what is not known has no id' $one }
                    $id
                }
            })
        $told = Get-Told $ended
        $true_ = $Cloud.Schedules($Job.Prefix)
        foreach ($of in $missing) {
            foreach ($there in $true_ | Where-Object Name -CEQ $of.Name) {
                if ($there.Id -notin $open -and -not ($told | Where-Object { $_.Contains($there.Id) })) { Add-Wrong "the schedule $($there.Id) '$($of.Name)' is there, which was said not to be" $ended.Errors }
                $schedules[$there.Id] = @{ Name = $of.Name; InstanceId = $of.InstanceId; Pattern = $of.Pattern; Known = $null }
            }
        }
    }

    function Remove-Thing([string] $What, [string[]] $Ids, $Ended, [scriptblock] $IsThere, [scriptblock] $Forget) {
        Add-Done $What $Ids.Count
        $by = @{}
        foreach ($one in $Ended.Errors) {
            $id = "$($one.TargetObject.Id ?? $one.TargetObject)"
            if ($id -notin $Ids -or $by[$id]) { Add-Wrong "$What has an error that is of none of those, or a second one" $one }
            $by[$id] = $one
        }
        $told = Get-Told $Ended
        foreach ($id in $Ids) {
            if (-not $by[$id] -and -not $Ended.IsStopped) { & $Forget $id }
            elseif (-not $by[$id]) {
                # It was deleted and given, or told of, or not begun.
                if (& $IsThere $id) { continue }
                if ($id -notin $Ended.Given.Id -and -not ($told | Where-Object { $_.Contains($id) })) { Add-Wrong "$What of ${id}: it is gone, which nothing said" $Ended.Errors }
                & $Forget $id
            }
            elseif ((Test-Unknown $by[$id] $What)) {
                if (-not (Get-Text $by[$id]).Contains($id)) { Add-Wrong 'what is not known has no id' $by[$id] }
                if (-not (& $IsThere $id)) { & $Forget $id }
            }
            elseif (-not (& $IsThere $id)) {
                Add-Wrong "$What of ${id}: it is gone, which was said to have failed" $by[$id]
                & $Forget $id
            }
        }
    }

    function Remove-Schedule([int] $Count) {
        $ids = @($schedules.Keys | Sort-Object { $schedules[$_].Name } | Select-Object -Skip $random.Next($schedules.Count) -First $Count)
        $ended = if ($ids.Count -eq 1) { Invoke-Module { Remove-TroveBackupSchedule $ids[0] -Confirm:$false -Session $session } }
        else { Invoke-Module { $ids | ForEach-Object { $schedules[$_].Known ?? $_ } | Remove-TroveBackupSchedule -Confirm:$false -PassThru -Session $session } (Get-Action) }
        Remove-Thing 'delete' $ids $ended { $Cloud.HasSchedule($args[0]) } { $schedules.Remove($args[0]); $gone.Add($args[0]) }
    }

    function Remove-Execution([int] $Count) {
        $ids = @($executions | Select-Object -Skip $random.Next($executions.Count) -First $Count)
        $ended = if ($ids.Count -eq 1) { Invoke-Module { Remove-TroveScheduleExecution $ids[0] -Session $session } }
        else {
            $rows = Invoke-Module { Get-TroveScheduleExecution $Job.History -Session $session | Where-Object Id -In $ids }
            Add-Done executions
            if ($rows.Errors) {
                foreach ($one in $rows.Errors) { $null = Test-Unknown $one executions }
                return
            }
            Test-Rows executions $ids $rows.Given
            Invoke-Module { $rows.Given | Remove-TroveScheduleExecution -PassThru -Session $session } (Get-Action)
        }
        Remove-Thing 'delete execution' $ids $ended { $Cloud.HasExecution($args[0]) } { $null = $executions.Remove($args[0]) }
    }

    function Test-Rows([string] $What, [string[]] $Ids, $Rows) {
        $difference = @(Compare-Object @($Ids) @($Rows | ForEach-Object Id))
        if ($difference) { Add-Wrong "$What gave $($difference.InputObject) too $($difference.SideIndicator -join ' ')" }
    }

    function Test-Listing([string] $What, [string[]] $Ids, $Ended) {
        Add-Done $What
        if ($Ended.Errors) {
            foreach ($one in $Ended.Errors) {
                $null = Test-Unknown $one $What
                if ($one.CategoryInfo.Category -eq 'ObjectNotFound') { Add-Wrong "$What did not find what is there" $one }
            }
            return
        }
        Test-Rows $What $Ids $Ended.Given
        foreach ($row in $Ended.Given | Where-Object { $_.PSObject.Properties['Pattern'] }) {
            $of = $schedules[$row.Id]
            if ($of -and ($of.Name -cne $row.Name -or $of.InstanceId -ne $row.InstanceId -or $of.Pattern -cne $row.Pattern)) { Add-Wrong "$What gave $($row.Id) with other values" }
            if ($of) { $of.Known = $row }
        }
    }

    function Get-Schedules {
        switch ($random.Next(5)) {
            0 { return Test-Listing 'list all' $schedules.Keys (Invoke-Module { Get-TroveBackupSchedule -Session $session | Where-Object Name -CLike "$($Job.Prefix)*" }) }
            1 { return Test-Listing 'list by name' $schedules.Keys (Invoke-Module { Get-TroveBackupSchedule -Name "$($Job.Prefix)*" -Session $session }) }
            2 {
                $of = $Job.Instances[$random.Next($Job.Instances.Count)]
                $ids = @($schedules.Keys | Where-Object { $schedules[$_].InstanceId -eq $of.Id })
                return Test-Listing 'list by instance' $ids (Invoke-Module { Get-TroveBackupSchedule $of.Name -Session $session | Where-Object Name -CLike "$($Job.Prefix)*" })
            }
        }
        if ($gone.Count -and $random.Next(4) -eq 0) {
            $id = $gone[$random.Next($gone.Count)]
            Add-Done 'show'
            $ended = Invoke-Module { Get-TroveBackupSchedule -Id $id -Session $session }
            if ($ended.Given -or $ended.Errors.Count -ne 1) { Add-Wrong "the schedule $id is deleted, and was given" $ended.Errors }
            elseif ($ended.Errors[0].CategoryInfo.Category -ne 'ObjectNotFound') { $null = Test-Unknown $ended.Errors[0] show }
            return
        }
        if (-not $schedules.Count) { return }
        $id = @($schedules.Keys | Sort-Object { $schedules[$_].Name })[$random.Next($schedules.Count)]
        Test-Listing 'show' $id (Invoke-Module { Get-TroveBackupSchedule -Id $id -Session $session })
    }

    function Get-Executions {
        if (-not $executions.Count) { return }
        $first = $random.Next(1, 40)
        Test-Listing 'executions' @($executions | Select-Object -First $first) (Invoke-Module { Get-TroveScheduleExecution $Job.History -First $first -Session $session })
    }

    $session = Connect-Worker
    while ($result.Operations -lt $Job.Operations) {
        $many = $random.Next(2, 9)
        # Some fifteen schedules are there as a rule.
        $isFull = $random.Next(30) -lt $schedules.Count
        switch ($random.Next(100)) {
            { $_ -lt 20 } { if ($isFull) { Remove-Schedule 1 } else { New-Schedule 1 }; break }
            { $_ -lt 32 } { if ($isFull) { Remove-Schedule $many } else { New-Schedule $many }; break }
            { $_ -lt 64 } { Get-Schedules; break }
            { $_ -lt 76 } { Get-Executions; break }
            { $_ -lt 90 } { if ($executions.Count) { Remove-Execution 1 }; break }
            { $_ -lt 98 } { if ($executions.Count -gt 1) { Remove-Execution $many }; break }
            default {
                Disconnect-TroveSession $session
                $session = Connect-Worker
            }
        }
    }
    Disconnect-TroveSession $session
    $result
}

Export-ModuleMember -Function *-Fault*, Compare-State, New-PlainCloud, Connect-ThroughProxy

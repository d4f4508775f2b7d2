# Random operations on a cloud through a network with random faults, and a model of the expected state. Seeds make both reproducible.
# A cloud must be open (tests/Pester/TestCloud.psm1).

$ErrorActionPreference = 'Stop'
$script:Root = (Resolve-Path "$PSScriptRoot/../..").Path
$script:Unknown = 'It is not known whether '

. "$PSScriptRoot/../Support/Add-TestTypes.ps1"

function New-FaultProxy {
    <# A proxy in front of the cloud of the tests. #>
    param([ulong] $Seed = 0, [int] $Percent = 0)
    $token = Get-TestToken
    $services = (Get-TestAccount).auth_url, (Get-TestEndpoint workflowv2 $token), (Get-TestEndpoint database $token)
    [TroveSchedules.FaultTests.FaultProxy]::new($services, $Seed, $Percent)
}

function New-PlainCloud {
    <# A client of the same cloud that uses neither a proxy nor the module. #>
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
    Runs operations with the module in several workers, and compares the state that they expect with the cloud. Each worker has its own proxy, which injects a
    fault into a percentage of the requests. An operation creates (some suspended), changes, suspends, resumes, starts or deletes a schedule, applies a plan, waits for
    executions, deletes an execution, lists, or logs in.
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
        # The worker deletes executions of this schedule. About three of ten operations delete one.
        $history = New-TroveBackupSchedule m "$number 3 1 1 *" "${prefix}history$number" -Session $session
        Add-TestExecution ([math]::Ceiling($each * 0.5)) $history.Id
        # The worker starts this schedule. Its backups fail at once.
        $started = New-TroveBackupSchedule broken "$number 3 1 1 *" "${prefix}started$number" -Session $session
        @{
            Number = $number; Operations = $each; MaxRetry = $MaxRetry; Seed = $Seed * 1000 + $number; Prefix = "$prefix$number-"; History = $history.Id
            Executions = $cloud.Executions($history.TriggerId); TriggerId = $history.TriggerId; Instances = $instances; StartedSchedule = $started
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
    $actual = $cloud.Schedules($prefix) | Where-Object { $_.Name -notlike "${prefix}history*" -and $_.Name -notlike "${prefix}started*" }
    $model = @{}
    $results | ForEach-Object { $model += $_.Schedules }
    $state = Compare-State $model $actual
    foreach ($result in $results) {
        $job = $jobs | Where-Object Number -EQ $result.Number
        $runs = $cloud.Executions($job.TriggerId)
        # A missing execution was deleted although its deletion was reported as failed. An additional one was reported as deleted.
        $state.Lost += @($result.Executions | Where-Object { $_ -notin $runs } | ForEach-Object { "execution $_" })
        $state.Phantom += @($runs | Where-Object { $_ -notin $result.Executions } | ForEach-Object { "execution $_" })
        $runs = $cloud.Executions($job.StartedSchedule.TriggerId)
        $state.Lost += @($result.Started | Where-Object { $_ -notin $runs } | ForEach-Object { "started execution $_" })
        $state.Duplicate += @($runs | Where-Object { $_ -notin $result.Started } | ForEach-Object { "started execution $_" })
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
    <# The figures of a run, one per line. #>
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
    <# The differences between the expected schedules and those of the cloud: missing, duplicate and unexpected ones. #>
    param([Collections.IDictionary] $Model, $Actual)
    $names = @{}
    foreach ($entry in $Model.GetEnumerator()) { $names[$entry.Value.Name] = $entry.Key }
    $found = @{}
    $state = @{ Lost = @(); Duplicate = @(); Phantom = @() }
    foreach ($schedule in $Actual) {
        $expected = $Model[$schedule.Id]
        if ($found[$schedule.Name] -or (-not $expected -and $names[$schedule.Name])) { $state.Duplicate += "schedule $($schedule.Id) '$($schedule.Name)'" }
        elseif (-not $expected -or $expected.Pattern -cne $schedule.Pattern -or $expected.InstanceId -ne $schedule.Instance -or [bool] $expected.IsSuspended -ne $schedule.IsSuspended) {
            $state.Phantom += "schedule $($schedule.Id) '$($schedule.Name)'"
        }
        if ($expected) { $found[$schedule.Name] = $true }
    }
    $ids = @($Actual | ForEach-Object Id)
    $state.Lost += @($Model.Keys | Where-Object { $_ -notin $ids } | ForEach-Object { "schedule $_ '$($Model[$_].Name)'" })
    $state
}

function Merge-Count($Of) {
    $all = [ordered] @{}
    foreach ($one in $Of) { foreach ($entry in $one.GetEnumerator()) { $all[$entry.Key] += $entry.Value } }
    $all
}

function Invoke-FaultWorker {
    <# Runs the operations of one worker. Returns the expected state and the wrong reports of the module. #>
    param($Job, $Cloud, $Account)
    $random = [Random]::new([int] ($Job.Seed % [int]::MaxValue))
    $proxy = $Job.Proxy
    # The expected state. The value for a schedule has Name, InstanceId, Pattern, IsSuspended, and Known, the object that the module returned.
    $schedules = @{}
    $executions = [Collections.Generic.List[string]] @($Job.Executions)
    $started = [Collections.Generic.List[string]]::new()
    $deletedIds = [Collections.Generic.List[string]]::new()
    $result = [pscustomobject] @{
        Number = $Job.Number; Operations = 0; Unknown = 0; Failed = 0; By = [ordered] @{}; FailedBy = [ordered] @{}; Wrong = [Collections.Generic.List[string]]::new()
        Schedules = $schedules; Executions = $executions; Started = $started
    }

    function Add-Operation([string] $What, [int] $Count = 1) {
        $result.Operations += $Count
        $result.By[$What] += $Count
    }

    function Add-Violation([string] $What, $Errors = @()) {
        $messages = @($Errors | ForEach-Object { "$($_.FullyQualifiedErrorId): $(Get-Text $_)" }) -join ' | '
        $result.Wrong.Add("worker $($Job.Number), request $($proxy.Requests): $What$($messages ? "; errors: $messages" : '')")
    }

    function Get-Text($Of) { "$Of $($Of.Exception.Message) $($Of.ErrorDetails.RecommendedAction)" }

    function Test-Unknown($Of, [string] $What) {
        <# Whether an error reports an unknown result. Counts the error, which must come from the module. #>
        if ($Of.FullyQualifiedErrorId -notmatch ',TroveSchedules\.Commands\.') { Add-Violation "$What ended with an error that is not from the module" $Of }
        if ((Get-Text $Of).Contains($script:Unknown)) {
            $result.Unknown++
            return $true
        }
        $result.Failed++
        $result.FailedBy["$What, $($Of.FullyQualifiedErrorId -replace ',.*')"]++
        $false
    }

    function Invoke-Module([scriptblock] $Block, [string] $ErrorAction = 'Continue') {
        <# Runs a pipeline. Returns its output, its warnings and its errors, including a terminating one. #>
        $outcome = @{ IsStopped = $false; Given = [Collections.Generic.List[object]]::new() }
        $outcome.Errors, $outcome.Warnings = 1..2 | ForEach-Object { , [Collections.Generic.List[object]]::new() }
        $ErrorActionPreference = $ErrorAction
        try {
            & $Block 2>&1 3>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.ErrorRecord]) { $outcome.Errors.Add($_) }
                elseif ($_ -is [Management.Automation.WarningRecord]) { $outcome.Warnings.Add($_) }
                else { $outcome.Given.Add($_) }
            }
        }
        catch {
            $outcome.Errors.Add($_)
            $outcome.IsStopped = $ErrorAction -eq 'Stop'
        }
        $outcome
    }

    # Some pipelines stop at the first error.
    function Get-RandomErrorAction { $random.Next(5) ? 'Continue' : 'Stop' }

    function Get-UnknownWarning($Outcome) {
        <# The warnings about unknown results. A stopped pipeline writes one for each operation that was running. #>
        @($Outcome.Warnings | ForEach-Object Message | Where-Object { $_.Contains($script:Unknown) } | ForEach-Object { $result.Unknown++; $_ })
    }

    function Connect-Worker {
        for ($i = 0; $i -lt 20; $i++) {
            Add-Operation login
            $outcome = Invoke-Module { Connect-ThroughProxy $proxy $Account @{ MaxRetry = $Job.MaxRetry } }
            if ($outcome.Given) { return $outcome.Given[0] }
            foreach ($one in $outcome.Errors) { $null = Test-Unknown $one login }
        }
        throw "The login fails: $($outcome.Errors)"
    }

    function New-Schedule([int] $Count) {
        Add-Operation create $Count
        $requested = @(for ($i = 0; $i -lt $Count; $i++) {
                $instance = $Job.Instances[$random.Next($Job.Instances.Count)]
                $script:serial++
                [pscustomobject] @{
                    Instance = $random.Next(2) ? $instance.Name : $instance.Id; Pattern = "$($random.Next(60)) $($random.Next(24)) 1 $($random.Next(1, 13)) *"
                    Name = "$($Job.Prefix)$script:serial"; InstanceId = $instance.Id; Suspended = $random.Next(4) -eq 0
                }
            })
        $outcome = if ($Count -eq 1) { Invoke-Module { New-TroveBackupSchedule $requested[0].Instance $requested[0].Pattern $requested[0].Name -Suspended:$requested[0].Suspended -Session $session } }
        else { Invoke-Module { $requested | Select-Object Instance, Pattern, Name, Suspended | New-TroveBackupSchedule -Session $session } (Get-RandomErrorAction) }
        $created = @{}
        foreach ($schedule in $outcome.Given) {
            $of = $requested | Where-Object Name -CEQ $schedule.Name
            if (-not $of -or $created[$schedule.Name] -or $of.InstanceId -ne $schedule.InstanceId -or $of.Pattern -cne $schedule.Pattern -or $of.Suspended -ne ("$($schedule.State)" -eq 'Suspended')) {
                Add-Violation "a schedule was created that was not requested: $($schedule | ConvertTo-Json -Compress -Depth 2)"
            }
            $created[$schedule.Name] = $true
            $schedules[$schedule.Id] = @{ Name = $schedule.Name; InstanceId = $schedule.InstanceId; Pattern = $schedule.Pattern; IsSuspended = $of.Suspended; Known = $schedule }
        }
        $missing = @($requested | Where-Object { -not $created[$_.Name] })
        if ($outcome.IsStopped ? -not $missing : $missing.Count -ne $outcome.Errors.Count) { Add-Violation "of $Count schedules $($missing.Count) are missing, with $($outcome.Errors.Count) errors" $outcome.Errors }
        if (-not $missing) { return }
        $unknownIds = @(foreach ($one in $outcome.Errors) {
                if (Test-Unknown $one create) {
                    $id = "$($one.TargetObject)"
                    if (-not ($id -as [guid]) -or -not (Get-Text $one).Contains($id)) { Add-Violation 'an unknown result has no id' $one }
                    $id
                }
            })
        $unknownWarnings = Get-UnknownWarning $outcome
        $cloudSchedules = $Cloud.Schedules($Job.Prefix)
        foreach ($of in $missing) {
            foreach ($actual in $cloudSchedules | Where-Object Name -CEQ $of.Name) {
                if ($actual.Id -notin $unknownIds -and -not ($unknownWarnings | Where-Object { $_.Contains($actual.Id) })) { Add-Violation "the schedule $($actual.Id) '$($of.Name)' exists, although it was reported as not created" $outcome.Errors }
                $schedules[$actual.Id] = @{ Name = $of.Name; InstanceId = $of.InstanceId; Pattern = $of.Pattern; IsSuspended = $of.Suspended; Known = $null }
            }
        }
    }

    function Test-Removal([string] $What, [string[]] $Ids, $Outcome, [scriptblock] $Exists, [scriptblock] $Remove) {
        Add-Operation $What $Ids.Count
        $by = @{}
        foreach ($one in $Outcome.Errors) {
            $id = "$($one.TargetObject.Id ?? $one.TargetObject)"
            if ($id -notin $Ids -or $by[$id]) { Add-Violation "$What has an error for another object, or a second one" $one }
            $by[$id] = $one
        }
        $unknownWarnings = Get-UnknownWarning $Outcome
        foreach ($id in $Ids) {
            if (-not $by[$id] -and -not $Outcome.IsStopped) { & $Remove $id }
            elseif (-not $by[$id]) {
                # The object was deleted and returned, or a warning names it, or its deletion was not started.
                if (& $Exists $id) { continue }
                if ($id -notin $Outcome.Given.Id -and -not ($unknownWarnings | Where-Object { $_.Contains($id) })) { Add-Violation "$What of ${id}: it was deleted without a report" $Outcome.Errors }
                & $Remove $id
            }
            elseif ((Test-Unknown $by[$id] $What)) {
                if (-not (Get-Text $by[$id]).Contains($id)) { Add-Violation 'an unknown result has no id' $by[$id] }
                if (-not (& $Exists $id)) { & $Remove $id }
            }
            elseif (-not (& $Exists $id)) {
                Add-Violation "$What of ${id}: it was deleted, although the deletion was reported as failed" $by[$id]
                & $Remove $id
            }
        }
    }

    function Remove-Schedule([int] $Count) {
        $ids = @($schedules.Keys | Sort-Object { $schedules[$_].Name } | Select-Object -Skip $random.Next($schedules.Count) -First $Count)
        $outcome = if ($ids.Count -eq 1) { Invoke-Module { Remove-TroveBackupSchedule $ids[0] -Confirm:$false -Session $session } }
        else { Invoke-Module { $ids | ForEach-Object { $schedules[$_].Known ?? $_ } | Remove-TroveBackupSchedule -Confirm:$false -PassThru -Session $session } (Get-RandomErrorAction) }
        Test-Removal 'delete' $ids $outcome { $Cloud.HasSchedule($args[0]) } { $schedules.Remove($args[0]); $deletedIds.Add($args[0]) }
    }

    function Edit-Schedule {
        <#
        Changes, suspends or resumes a schedule. After an error or a warning, changes that name nothing finish or undo the job. Then the schedule must have its old or its new state,
        and the old one if the change was reported as failed.
        #>
        $id = @($schedules.Keys | Sort-Object { $schedules[$_].Name })[$random.Next($schedules.Count)]
        $of = $schedules[$id]
        $new = @{ Pattern = $of.Pattern; IsSuspended = [bool] $of.IsSuspended }
        $subject = $of.Known ?? $id
        switch ($random.Next(4)) {
            { $_ -lt 2 } {
                $what = 'change'
                $new.Pattern = "$($random.Next(60)) $($random.Next(24)) 1 $($random.Next(1, 13)) *"
                $outcome = Invoke-Module { Set-TroveBackupSchedule $subject -Pattern $new.Pattern -PassThru -Session $session }
                break
            }
            2 { $what = 'suspend'; $new.IsSuspended = $true; $outcome = Invoke-Module { Suspend-TroveBackupSchedule $subject -Reason 'faults' -PassThru -Session $session } }
            3 { $what = 'resume'; $new.IsSuspended = $false; $outcome = Invoke-Module { Resume-TroveBackupSchedule $subject -PassThru -Session $session } }
        }
        Add-Operation $what
        $of.Known = $null
        $mayBeNew = -not $outcome.Errors
        foreach ($one in $outcome.Errors) {
            if ("$($one.TargetObject.Id ?? $one.TargetObject)" -ne $id) { Add-Violation "$what has an error for another object" $one }
            if ((Test-Unknown $one $what) -or $one.FullyQualifiedErrorId -like 'ScheduleChangeInterrupted,*') { $mayBeNew = $true }
        }
        $isInterrupted = $outcome.Errors -or $outcome.Warnings -match 'could not be deleted'
        if ($isInterrupted) {
            for ($i = 0; $i -lt 40; $i++) {
                Add-Operation 'finish a change'
                $repair = Invoke-Module { Set-TroveBackupSchedule $id -Session $session }
                foreach ($one in $repair.Errors) { $null = Test-Unknown $one 'finish a change' }
                if (-not $repair.Errors -and -not ($repair.Warnings -match 'could not be deleted')) { break }
            }
        }
        $actual = @($Cloud.Schedules($of.Name) | Where-Object Name -CEQ $of.Name)
        if ($actual.Count -ne 1 -or $actual[0].Id -ne $id) { Add-Violation "$what of $id left the triggers $($actual -join ', ')" $outcome.Errors; return }
        $isNew = $actual[0].Pattern -ceq $new.Pattern -and $actual[0].IsSuspended -eq $new.IsSuspended
        $isOld = $actual[0].Pattern -ceq $of.Pattern -and $actual[0].IsSuspended -eq [bool] $of.IsSuspended
        if (-not $outcome.Errors -and -not $isNew) { Add-Violation "$what of $id was reported as done, and is not" $outcome.Warnings }
        elseif (-not $isOld -and -not ($isNew -and $mayBeNew)) { Add-Violation "$what of $id was reported as failed, and left $($actual[0])" $outcome.Errors }
        $of.Pattern, $of.IsSuspended = $actual[0].Pattern, $actual[0].IsSuspended
    }

    function Sync-Plan {
        <# Applies a plan of a few schedules until a run reports no error. Then exactly the schedules of the plan exist. #>
        $file = Join-Path ([IO.Path]::GetTempPath()) "trove-plan-$PID-$($Job.Number).json"
        $planned = @(1..4 | Where-Object { $random.Next(4) } | ForEach-Object {
                @{
                    instance = $Job.Instances[$random.Next($Job.Instances.Count)].Name; name = "$($Job.Prefix)plan$_"; pattern = "$($random.Next(60)) $($random.Next(24)) 1 $($random.Next(1, 13)) *"
                    suspended = $random.Next(4) -eq 0
                }
            })
        @{ version = 1; owner = "$($Job.Prefix)plan"; schedules = $planned } | ConvertTo-Json -Depth 3 | Set-Content $file
        for ($i = 0; $i -lt 40; $i++) {
            Add-Operation ($i ? 'finish a sync' : 'sync')
            $outcome = Invoke-Module { Sync-TroveBackupSchedule $file -Session $session } (Get-RandomErrorAction)
            foreach ($one in $outcome.Errors) { $null = Test-Unknown $one sync }
            $null = Get-UnknownWarning $outcome
            if (-not $outcome.Errors -and -not $outcome.Warnings) { break }
        }
        Remove-Item $file
        if ($outcome.Errors) { Add-Violation 'sync does not finish' $outcome.Errors }
        $actual = @($Cloud.Schedules("$($Job.Prefix)plan"))
        $row = { "$($args[0]) on $($args[1]) at $($args[2])$($args[3] ? ', suspended' : '')" }
        $expectedRows = @($planned | ForEach-Object { $name = $_.instance; & $row $_.name ($Job.Instances | Where-Object Name -EQ $name).Id $_.pattern $_.suspended })
        $actualRows = @($actual | ForEach-Object { & $row $_.Name $_.Instance $_.Pattern $_.IsSuspended })
        $difference = @(Compare-Object $expectedRows $actualRows)
        if ($difference) { Add-Violation "sync was reported as done, and differs: $($difference | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" })" }
        $gone = @($schedules.Keys | Where-Object { $schedules[$_].Name -like "$($Job.Prefix)plan*" -and $_ -notin $actual.Id })
        $gone | ForEach-Object { $schedules.Remove($_); $deletedIds.Add($_) }
        $actual.Id | ForEach-Object { $null = $deletedIds.Remove($_) } # A plan gives the same schedule the same id again.
        foreach ($of in $actual) { $schedules[$of.Id] = @{ Name = $of.Name; InstanceId = $of.Instance; Pattern = $of.Pattern; IsSuspended = $of.IsSuspended; Known = $null } }
    }

    function Start-Schedule {
        Add-Operation start
        $outcome = Invoke-Module { Start-TroveBackupSchedule $Job.StartedSchedule.Id -Session $session }
        if ($outcome.Given.Count + $outcome.Errors.Count -ne 1) { Add-Violation "start returned $($outcome.Given.Count) executions and $($outcome.Errors.Count) errors" $outcome.Errors }
        foreach ($run in $outcome.Given) { $started.Add($run.Id) }
        foreach ($one in $outcome.Errors) {
            $isUnknown = Test-Unknown $one start
            foreach ($id in $Cloud.Executions($Job.StartedSchedule.TriggerId) | Where-Object { $_ -notin $started }) {
                if (-not $isUnknown -or -not (Get-Text $one).Contains($id)) { Add-Violation "start was reported as failed, and started the execution $id" $one }
                $started.Add($id)
            }
        }
    }

    function Wait-Executions {
        <# Executions of the history have ended. Each of those that were started has ended, or is reported as still running. #>
        $ids = @($executions) + @($started)
        if (-not $ids) { return }
        $ids = @($ids | Select-Object -Skip $random.Next($ids.Count) -First $random.Next(1, 9))
        Add-Operation wait
        $outcome = Invoke-Module { $ids | Wait-TroveScheduleExecution -TimeoutSec 0 -Session $session }
        $states, $others = $outcome.Errors.Where({ $_.FullyQualifiedErrorId -match '^(ExecutionFailed|WaitTimeout),' }, 'Split')
        foreach ($one in $others) {
            $null = Test-Unknown $one wait
            if ($one.CategoryInfo.Category -eq 'ObjectNotFound') { Add-Violation 'wait did not find an existing execution' $one }
        }
        if ($others) { return }
        $running = @($states | Where-Object FullyQualifiedErrorId -Like 'WaitTimeout,*' | ForEach-Object { "$($_.TargetObject.Id ?? $_.TargetObject)" })
        Test-Rows wait $ids (@($outcome.Given) + @($running | ForEach-Object { @{ Id = $_ } }))
        if ($running | Where-Object { $_ -notin $started }) { Add-Violation 'wait reported an execution as running that has ended' $states }
        if ($states.Count - $running.Count -ne @($outcome.Given | Where-Object State -NE SUCCESS).Count) { Add-Violation 'wait has not one error for each failed execution' $states }
    }

    function Remove-Execution([int] $Count) {
        $ids = @($executions | Select-Object -Skip $random.Next($executions.Count) -First $Count)
        $outcome = if ($ids.Count -eq 1) { Invoke-Module { Remove-TroveScheduleExecution $ids[0] -Session $session } }
        else {
            $rows = Invoke-Module { Get-TroveScheduleExecution $Job.History -Session $session | Where-Object Id -In $ids }
            Add-Operation executions
            if ($rows.Errors) {
                foreach ($one in $rows.Errors) { $null = Test-Unknown $one executions }
                return
            }
            Test-Rows executions $ids $rows.Given
            Invoke-Module { $rows.Given | Remove-TroveScheduleExecution -PassThru -Session $session } (Get-RandomErrorAction)
        }
        Test-Removal 'delete execution' $ids $outcome { $Cloud.HasExecution($args[0]) } { $null = $executions.Remove($args[0]) }
    }

    function Test-Rows([string] $What, [string[]] $Ids, $Rows) {
        $difference = @(Compare-Object @($Ids) @($Rows | ForEach-Object Id))
        if ($difference) { Add-Violation "$What returned the ids $($difference.InputObject) with the differences $($difference.SideIndicator -join ' ')" }
    }

    function Test-Listing([string] $What, [string[]] $Ids, $Outcome) {
        Add-Operation $What
        if ($Outcome.Errors) {
            foreach ($one in $Outcome.Errors) {
                $null = Test-Unknown $one $What
                if ($one.CategoryInfo.Category -eq 'ObjectNotFound') { Add-Violation "$What did not find an existing object" $one }
            }
            return
        }
        Test-Rows $What $Ids $Outcome.Given
        foreach ($row in $Outcome.Given | Where-Object { $_.PSObject.Properties['Pattern'] }) {
            $of = $schedules[$row.Id]
            if ($of -and ($of.Name -cne $row.Name -or $of.InstanceId -ne $row.InstanceId -or $of.Pattern -cne $row.Pattern)) { Add-Violation "$What returned $($row.Id) with other values" }
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
        if ($deletedIds.Count -and $random.Next(4) -eq 0) {
            $id = $deletedIds[$random.Next($deletedIds.Count)]
            Add-Operation 'show'
            $outcome = Invoke-Module { Get-TroveBackupSchedule -Id $id -Session $session }
            if ($outcome.Given -or $outcome.Errors.Count -ne 1) { Add-Violation "the deleted schedule $id was returned" $outcome.Errors }
            elseif ($outcome.Errors[0].CategoryInfo.Category -ne 'ObjectNotFound') { $null = Test-Unknown $outcome.Errors[0] show }
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
        # Usually, about fifteen schedules exist.
        $isFull = $random.Next(30) -lt $schedules.Count
        switch ($random.Next(100)) {
            { $_ -lt 20 } { if ($isFull) { Remove-Schedule 1 } else { New-Schedule 1 }; break }
            { $_ -lt 32 } { if ($isFull) { Remove-Schedule $many } else { New-Schedule $many }; break }
            { $_ -lt 36 } { Sync-Plan; break }
            { $_ -lt 64 } { Get-Schedules; break }
            { $_ -lt 69 } { Get-Executions; break }
            { $_ -lt 72 } { Start-Schedule; break }
            { $_ -lt 75 } { Wait-Executions; break }
            { $_ -lt 80 } { if ($schedules.Count) { Edit-Schedule }; break }
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

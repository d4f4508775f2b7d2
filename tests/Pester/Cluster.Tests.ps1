<#
Processes of a cluster are killed in the middle of bulk work. Nothing is lost, nothing exists twice, nothing exists that was not requested, and nothing fails that
a retry can mend. If TROVE_TEST_KILLS names a file, each test adds its result as a line of JSON.
#>
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1" -Force
    Assert-TestStack
    $noCluster = -not ($env:TROVE_TEST_STACK -and (Test-Path "$env:TROVE_TEST_STACK/etc/haproxy.cfg") -and $env:TROVE_TEST_RESTARTS)
    $cases = foreach ($work in 'create', 'list', 'change', 'sync', 'delete') {
        foreach ($fault in 'kill mistral-api-1', 'kill mistral-engine-1', 'kill rabbitmq', 'kill mariadb-1', 'drain mistral-api-1') {
            @{ Work = $work; Fault = $fault }
        }
    }
}

Describe 'While bulk work goes on' -Skip:$noCluster -Tag 'Needs a cluster, and TROVE_TEST_RESTARTS=1' {
    BeforeAll {
        Import-TestModule
        Open-TestCloud
        $tools = "$PSScriptRoot/../stack"
        $state = Get-TestCloud
        $count = 60
        # As many retries as may be: how long a failover takes depends on the machine.
        $session = Connect-TestCloud -With @{ MaxRetry = 20; TimeoutSec = 300 }
        $null = Install-TroveWorkbook -Confirm:$false
        $rows = 50000
        $listed = New-TroveBackupSchedule m '0 0 1 1 *' (New-TestName)
        Add-TestExecution $rows $listed.Id

        function Start-Fault([string] $Fault) {
            $what, $name = $Fault.Split(' ')
            $undo = $what -eq 'drain' ? "'$tools/bin/haproxy' --state '$state' ready $name" : "'$tools/start' --state '$state' $name"
            $do = $what -eq 'drain' ? "'$tools/bin/haproxy' --state '$state' drain $name" : "'$tools/kill' --state '$state' $name"
            Start-Process bash -PassThru -ArgumentList '-c', "`"$do && sleep 3 && $undo`"" -RedirectStandardOutput "$TestDrive/fault.log" -RedirectStandardError "$TestDrive/fault.errors"
        }

        # Starts the fault at the n-th object of a pipeline.
        function Add-Fault([string] $Fault, [int] $At) {
            begin { $n = 0 }
            process {
                if (++$n -eq $At) { $script:faultProcess = Start-Fault $Fault }
                $_
            }
        }

        # The schedules of a test in Mistral, and what they say.
        function Get-Actual([string] $Prefix) {
            Get-TestTrigger | ForEach-Object {
                $name = ($_.workflow_input | ConvertFrom-Json).name
                if ($name -like "$Prefix*") { [pscustomobject]@{ Id = $_.name; Name = $name; Pattern = $_.pattern } }
            }
        }

        function New-Many([string] $Prefix) {
            1..$count | ForEach-Object { [pscustomobject]@{ Instance = 'm'; Pattern = '0 3 1 1 *'; Name = '{0}-{1:00}' -f $Prefix, $_ } }
        }

        function New-Plan([string] $Owner, [object[]] $Schedules) {
            $plan = @{ version = 1; owner = $Owner; schedules = @($Schedules | ForEach-Object { @{ instance = $_.Instance; pattern = $_.Pattern; name = $_.Name } }) }
            $plan | ConvertTo-Json -Depth 4 | Set-Content "$TestDrive/plan.json"
            "$TestDrive/plan.json"
        }
    }

    AfterAll {
        Close-TestCloud
    }

    It '<Fault>: <Work>' -ForEach $cases {
        $prefix = New-TestName
        $script:faultProcess = $null
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $wanted = New-Many $prefix
        $common = @{ ErrorVariable = 'errors'; ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }
        $lost = $duplicate = $phantom = 0
        if ($Work -eq 'list') {
            $ids = [Collections.Generic.HashSet[string]]::new()
            $returned = 0
            Get-TroveScheduleExecution $listed @common | Add-Fault $Fault 5000 | ForEach-Object { $returned++; $null = $ids.Add($_.Id) }
            $watch.Stop()
            $lost, $duplicate = ($rows - $ids.Count), ($returned - $ids.Count)
        }
        else {
            switch ($Work) {
                { $_ -in 'change', 'delete' } { $before = $wanted | New-TroveBackupSchedule }
                sync { $null = Import-TroveBackupSchedule (New-Plan $prefix $wanted) -Confirm:$false }
            }
            $watch.Restart()
            $expected = @($wanted.ForEach{ "$($_.Name) $($_.Pattern)" })
            $done = @(switch ($Work) {
                create { $wanted | New-TroveBackupSchedule @common | Add-Fault $Fault 15 }
                change {
                    $before | Set-TroveBackupSchedule -Pattern '0 4 1 1 *' -PassThru @common | Add-Fault $Fault 15
                    $expected = @($wanted.ForEach{ "$($_.Name) 0 4 1 1 *" })
                }
                sync {
                    # A third is removed, a third is changed, and as many are created.
                    $third = $count / 3
                    $kept = @($wanted[$third..($count - 1)]) + @(1..$third | ForEach-Object { [pscustomobject]@{ Instance = 'm'; Pattern = '0 5 1 1 *'; Name = "$prefix-new-$_" } })
                    $kept[0..($third - 1)] | ForEach-Object { $_.Pattern = '0 4 1 1 *' }
                    Sync-TroveBackupSchedule (New-Plan $prefix $kept) -Confirm:$false @common | Add-Fault $Fault 15
                    $expected = @($kept.ForEach{ "$($_.Name) $($_.Pattern)" })
                }
                delete {
                    $before | Remove-TroveBackupSchedule -PassThru -Confirm:$false @common | Add-Fault $Fault 15
                    $expected = @()
                }
            })
            $watch.Stop()
        }
        $script:faultProcess | Should -Not -BeNullOrEmpty -Because 'otherwise there was no fault'
        $script:faultProcess.WaitForExit()
        Get-Content "$TestDrive/fault.errors" | Should -BeNullOrEmpty
        if ($Work -ne 'list') {
            $actual = @(Get-Actual $prefix)
            $texts = @($actual.ForEach{ "$($_.Name) $($_.Pattern)" })
            $duplicate = $texts.Count - @($texts | Sort-Object -Unique).Count
            $lost = @($expected | Where-Object { $_ -notin $texts }).Count
            $phantom = @($texts | Where-Object { $_ -notin $expected }).Count
            $actual | ForEach-Object { Remove-TroveBackupSchedule $_.Id -Confirm:$false -ErrorAction SilentlyContinue }
        }
        if ($env:TROVE_TEST_KILLS) {
            [ordered]@{ Fault = $Fault; Work = $Work; Seconds = [Math]::Round($watch.Elapsed.TotalSeconds, 1); Lost = $lost; Duplicate = $duplicate; Phantom = $phantom; Failed = @($errors).Count } |
                ConvertTo-Json -Compress | Add-Content $env:TROVE_TEST_KILLS
        }
        "lost $lost, duplicate $duplicate, phantom $phantom, failed $(@($errors).Count)" | Should -Be 'lost 0, duplicate 0, phantom 0, failed 0' -Because (@($errors | ForEach-Object { "$_" } | Sort-Object -Unique) -join ' | ')
    }
}

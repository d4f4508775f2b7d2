BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    # What lists page by page.
    $listings = @(
        @{ Noun = 'execution'; List = { Get-TroveScheduleExecution $schedule @args }; Service = 'workflowv2'; Path = 'executions' }
        @{ Noun = 'backup'; List = { Get-TroveBackup @args }; Service = 'database'; Path = 'backups' }
    )
    # Of a stack's instances, there may be one page.
    if (-not (Test-TestStack)) { $listings += @{ Noun = 'instance'; List = { Get-TroveInstance @args }; Service = 'database'; Path = 'instances' } }
    $long = $listings | Where-Object Noun -NE backup
    $all = $listings + @{ Noun = 'schedule'; List = { Get-TroveBackupSchedule @args }; Service = 'workflowv2'; Path = 'cron_triggers' }
    $paging = 'Get-TroveBackup', 'Get-TroveBackupSchedule', 'Get-TroveInstance', 'Get-TroveScheduleExecution'
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud @{ Instances = 45; MaxBackups = -1 }
    Clear-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
    $another = New-TroveBackupSchedule broken '0 4 1 1 *' (New-TestName)
    $third = New-TroveBackupSchedule m '0 5 1 1 *' (New-TestName)
    Add-TestExecution 450 $schedule.Id
    Add-TestExecution 50 $another.Id
    # Trove makes one backup at a time of an instance, and pages of 20.
    $instances = (Get-TroveInstance m, dup).Id
    $made = Use-TestBehaviour @{ backup_seconds = 0 } {
        $new = 1..23 | ForEach-Object { New-TestBackup $instances[$_ % 3] -NoWait }
        $null = Wait-Until -For 'the last backups' { -not (Get-TroveBackup | Where-Object { $_.Id -in $new -and $_.Status -ne 'COMPLETED' }) }
        $new
    }
    # Records the requests to each service.
    $proxies = @{}
    'workflowv2', 'database' | ForEach-Object { $proxies.$_ = New-TestServer (Get-TestEndpoint $_) }
    $null = Connect-TestCloud -With @{
        WorkflowEndpoint = $proxies.workflowv2.Url + ([uri] (Get-TestEndpoint workflowv2)).AbsolutePath
        DatabaseEndpoint = $proxies.database.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath
    }
    function Get-Asked { @($proxies.Values | ForEach-Object { $_.Requests } | Where-Object { $_ }) }
}

AfterAll {
    $proxies.Values | ForEach-Object Dispose
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Paging' {
    It 'is for every cmdlet that lists, and for no other' -ForEach @{ Paging = $paging } {
        (Get-Command -Module TroveSchedules | Where-Object { $_.Parameters.ContainsKey('IncludeTotalCount') }).Name | Sort-Object | Should -Be $Paging
    }
}

Describe 'A listing of <Noun>s' -ForEach $all {
    BeforeAll { $rows = @(& $List) }

    It 'gives the first <First> of those after the first <Skip>' -ForEach @(
        @{ First = 1; Skip = 0 }, @{ First = 0; Skip = 0 }, @{ First = 3; Skip = 1 }, @{ First = 20; Skip = 0 }, @{ First = 21; Skip = 0 }, @{ First = 2; Skip = 19 }, @{ First = 5; Skip = 20 }
        @{ First = 10; Skip = 10000 }, @{ First = [uint64]::MaxValue; Skip = 2 }, @{ First = [uint64]::MaxValue; Skip = [uint64]::MaxValue }
    ) {
        $wanted = @($rows.Id | Select-Object -Skip ([int] [Math]::Min($Skip, 10000)) -First ([int] [Math]::Min($First, 10000)))
        @(& $List -First $First -Skip $Skip).Id | Should -Be $wanted
    }

    It 'writes the total first, if requested' {
        $output = @(& $List -First 1 -Skip 1 -IncludeTotalCount)
        $output.Count | Should -Be 2
        $output[0] | Should -BeOfType uint64
        $output[1].Id | Should -Be $rows[1].Id
    }
}

Describe 'A listing of <Noun>s, page by page' -ForEach $listings {
    BeforeEach { $proxies.Values | ForEach-Object { $_.Requests.Clear() } }

    It 'gets a request for three rows with -First 3' {
        @(& $List -First 3).Count | Should -Be 3
        Get-Asked | Should -BeLike "GET *$Path*limit=3*"
        Get-Asked | Should -Not -BeLike '*limit=3[0-9]*'
    }

    It 'gets a request for the skipped rows, too, and for no more' {
        @(& $List -First 2 -Skip 4).Count | Should -Be 2
        Get-Asked | Should -BeLike "GET *$Path*limit=6*"
    }

    It 'has an unknown total, for which no request is sent' {
        $total = & $List -First 0 -IncludeTotalCount
        $total.Accuracy | Should -Be 0
        $total.ToString() | Should -BeLike 'Unknown*'
        Get-Asked | Should -BeNullOrEmpty
    }
}

Describe 'A listing of <Noun>s that has more than one page' -ForEach $long {
    It 'gets a request for one row with Select-Object -First 1' {
        $proxies.Values | ForEach-Object { $_.Requests.Clear() }
        $null = & $List
        (Get-Asked).Count | Should -BeGreaterThan 1
        $proxies.Values | ForEach-Object { $_.Requests.Clear() }
        @(& $List | Select-Object -First 1).Count | Should -Be 1
        (Get-Asked).Count | Should -Be 1
        Get-Asked | Should -BeLike "GET *$Path*"
    }
}

Describe 'A listing of schedules' {
    It 'has a total that is exact, for they are all collected before they are ordered' {
        $total, $first = Get-TroveBackupSchedule -First 1 -IncludeTotalCount
        $total | Should -Be @(Get-TroveBackupSchedule).Count
        $total.Accuracy | Should -Be 1
        $first.Id | Should -Be @(Get-TroveBackupSchedule)[0].Id
        Get-TroveBackupSchedule -First 0 -IncludeTotalCount | Should -Be $total
    }

    It 'counts only what is requested' {
        Get-TroveBackupSchedule -Name $another.Name -First 0 -IncludeTotalCount | Should -Be 1
        Get-TroveBackupSchedule m -First 0 -IncludeTotalCount | Should -Be 2
        (Get-TroveBackupSchedule m -First 0 -IncludeTotalCount).Accuracy | Should -Be 1
    }
}

Describe '-First, -Skip and the total hold for each thing that is named' {
    It 'as an instance, of schedules' {
        (Get-TroveBackupSchedule m, broken -First 1).Id | Should -Be $schedule.Id, $another.Id
        (Get-TroveInstance m, broken | Sort-Object Name -Descending | Get-TroveBackupSchedule -First 1).Id | Should -Be $schedule.Id, $another.Id
        (Get-TroveBackupSchedule m, broken -Skip 1).Id | Should -Be $third.Id
        $output = @(Get-TroveBackupSchedule m, broken -IncludeTotalCount)
        $output.Count | Should -Be 5
        $output[0], $output[3] | Should -Be 2, 1
    }

    It 'as an instance, of backups' {
        $found = Get-TroveBackup $instances[0], $instances[1] -First 2
        $found.InstanceId | Should -Be $instances[0], $instances[0], $instances[1], $instances[1]
        $found.Id | Should -Be (@(Get-TroveBackup $instances[0])[0, 1] + @(Get-TroveBackup $instances[1])[0, 1]).Id
    }

    It 'or of several that one name with wildcards means, together' {
        $both = @(Get-TroveBackup 'dup*')
        $both.InstanceId | Sort-Object -Unique | Should -Be ($instances[1, 2] | Sort-Object)
        @(Get-TroveBackup 'dup*' -First 3).Id | Should -Be $both[0..2].Id
        @(Get-TroveBackup 'dup*' -First 9 -Skip 2).Id | Should -Be ($both | Select-Object -Skip 2 -First 9).Id
        @(Get-TroveBackupSchedule '*' -First 1).Id | Should -Be @(Get-TroveBackupSchedule '*')[0].Id
    }

    It 'or of the ids, whose number is not that of the things that are there' {
        (Get-TroveBackup -Id $made[0..2] -First 1 -Skip 1).Id | Should -Be $made[1]
        (Get-TroveBackupSchedule -Id $schedule.Id, $another.Id -First 1).Id | Should -Be $schedule.Id
        (Get-TroveInstance -Id $instances -First 1 -Skip 2).Id | Should -Be $instances[2]
        $runs = @(Get-TroveScheduleExecution $schedule -First 3)
        (Get-TroveScheduleExecution -Id $runs.Id -Skip 2).Id | Should -Be $runs[2].Id
        $total, $backup = Get-TroveBackup -Id $made[0] -IncludeTotalCount
        $total.Accuracy | Should -Be 0
        $backup.Id | Should -Be $made[0]
    }
}

Describe 'A name with wildcards and -First' {
    It 'look through the pages until there are enough' {
        (Get-TroveInstance d* -First 2).Name | Should -BeLike 'd*'
        @(Get-TroveInstance d* -First 2).Count | Should -Be 2
        @(Get-TroveInstance d* -First 1 -Skip 1).Id | Should -Be @(Get-TroveInstance d*)[1].Id
        Get-TroveInstance nothing* -First 2 -ErrorAction Stop | Should -BeNullOrEmpty
    }
}

Describe 'Instances by pipeline' {
    It 'cost New-TroveBackupSchedule a request for each twenty, and one for the first' {
        $proxies.database.Requests.Clear()
        $all = @(Get-TroveInstance)
        $pages = Get-TestInstancePageCount
        $proxies.database.Requests | Should -HaveCount $pages
        $proxies.database.Requests.Clear()
        $all | New-TroveBackupSchedule -Pattern '0 3 1 1 *' -Name (New-TestName) -WhatIf
        $proxies.database.Requests | Should -HaveCount ($pages + 1)
        @($proxies.database.Requests)[0] | Should -BeLike "*/instances/$($all[0].Id)"
    }
}

Describe 'A listing of more than 200 backups' {
    BeforeAll {
        # In Trove's format. Creating that many would take minutes on a stack.
        $proxy = New-TestServer (Get-TestEndpoint database)
        $page = {
            param($from, $to, $links)
            @{ links = $links; backups = @($from..$to | ForEach-Object { @{ id = "30000000-0000-4000-8000-$("$_".PadLeft(12, '0'))"; name = 'pester'; status = 'COMPLETED' } }) } | ConvertTo-Json -Depth 5
        }
        $next = @(@{ rel = 'next'; href = 'http://elsewhere.invalid/' })
        $proxy.Answer('^GET [^?]*/backups\?limit=200$', 200, (& $page 1 200 $next), $null)
        $proxy.Answer('^GET [^?]*/backups\?limit=800&marker=200$', 200, (& $page 201 205 @()), $null)
        $session = Connect-TestCloud -With @{ DatabaseEndpoint = $proxy.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
    }

    AfterAll { $proxy.Dispose() }

    BeforeEach { $proxy.Requests.Clear() }

    It 'has two pages' {
        @(Get-TroveBackup -Session $session).Count | Should -Be 205
        $proxy.Requests.Count | Should -Be 2
    }

    It 'gets one request with Select-Object -First, if half a page is enough' {
        (Get-TroveBackup -Session $session | Select-Object -First 1).Id | Should -BeLike '*1'
        @(Get-TroveBackup -Session $session | Select-Object -First 100).Count | Should -Be 100
        $proxy.Requests | Should -HaveCount 2
        $proxy.Requests | Should -BeLike '*limit=200'
    }

    It 'gets the request for the second page before the first has been read' {
        $when = Get-TroveBackup -Session $session | ForEach-Object { if ($_.Id -like '*101') { $null = [Threading.SpinWait]::SpinUntil({ $proxy.Requests.Count -eq 2 }, 30000) }; $proxy.Requests.Count }
        $when[0, 99, 100, 204] | Should -Be 1, 1, 2, 2
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $trove = New-TestServer (Get-TestEndpoint database)
    $null = Connect-TestCloud -With @{ DatabaseEndpoint = $trove.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
    $null = Install-TroveWorkbook

    function New-Increment {
        <# An increment of a backup of m, when it is complete. #>
        param([string] $Parent)
        $id = (Wait-Until -For 'Trove to take an increment' { (Invoke-TestApi database /backups Post @{ backup = @{ instance = (Get-TestInstanceId); name = (New-TestName); parent_id = $Parent } } -AllowError).backup }).id
        $null = Wait-Until -For 'an increment to be COMPLETED' { (Invoke-TestApi database "/backups/$id").backup.status -eq 'COMPLETED' }
        $id
    }

    function Get-Left { (Get-TroveBackup m).Id }

    function Get-Deletion { @(@($trove.Requests) -like 'DELETE *' | ForEach-Object { ($_ -split '/')[-1] }) }

    function Wait-Gone([string[]] $Id) { $null = Wait-Until -For "$Id to be gone" { -not (@(Get-Left) | Where-Object { $_ -in $Id }) } }

    function New-Chain {
        <# A full backup, an increment of it, and an increment of that one. #>
        $script:full = New-TestBackup m
        $script:inc1 = New-Increment $full
        $script:inc2 = New-Increment $inc1
        $script:chain = $full, $inc1, $inc2
    }
}

AfterAll {
    Clear-TestCloud
    $trove.Dispose()
    Close-TestCloud
}

Describe 'A chain of a full backup and two increments' {
    BeforeEach {
        New-Chain
        $trove.Requests.Clear()
    }

    AfterEach { Clear-TestCloud }

    It 'survives whole while its last increment is the last good backup' {
        $errors = @($chain | Remove-TroveBackup -Confirm:$false 2>&1)
        $errors.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be LastBackup, LastBackup, LastBackup
        "$($errors[0])" | Should -BeLike "*because its increment '*' is the last completed backup of the instance*"
        Get-Deletion | Should -BeNullOrEmpty
        Get-TroveBackupRetention m -KeepLast 1 | Where-Object Id -In $chain | Remove-TroveBackup -Confirm:$false
        Get-Deletion | Should -BeNullOrEmpty
        foreach ($id in $chain) { Get-Left | Should -Contain $id }
    }

    It 'goes whole with one request, in whatever order it is given' -ForEach @(0, 1, 2), @(2, 1, 0) {
        $newer = New-TestBackup m
        $trove.Requests.Clear()
        $passed = @($chain[$_] | Remove-TroveBackup -Confirm:$false -PassThru)
        Get-Deletion | Should -Be $full -Because 'Trove deletes the increments with it'
        $passed.Id | Should -Be $inc2, $inc1, $full
        $passed[0] | Should -BeOfType TroveSchedules.Backup
        Wait-Gone $chain
        Get-Left | Should -Contain $newer
    }

    It 'goes whole by a plan' {
        $newer = New-TestBackup m
        $trove.Requests.Clear()
        Get-TroveBackupRetention m -KeepLast 1 | Where-Object Id -In ($chain + $newer) | Remove-TroveBackup -Confirm:$false
        Get-Deletion | Should -Be $full
        Wait-Gone $chain
        Get-Left | Should -Contain $newer
    }

    It 'survives whole if one of its increments stays, and loses its last increment alone' {
        $null = New-TestBackup m
        $trove.Requests.Clear()
        Get-ErrorOf { Remove-TroveBackup $full -Confirm:$false } | Assert-Error BackupHasIncrements Remove-TroveBackup ResourceExists -Says $full, '2 increments', $inc1 -Advises '-Force'
        Get-Deletion | Should -BeNullOrEmpty
        Remove-TroveBackup $inc2 -Confirm:$false
        Wait-Gone $inc2
        foreach ($id in $full, $inc1) { Get-Left | Should -Contain $id }
    }

    It 'goes whole with -Force, even if it has the last good backup' {
        Remove-TroveBackup $full -Force -Confirm:$false
        Wait-Gone $chain
    }

    It 'is named in the question with the number of its increments' {
        $null = New-TestBackup m
        $screen = Invoke-AtScreen '$chain | Remove-TroveBackup -WhatIf' -Variables @{ chain = $chain }
        "$($screen.Screen)" | Should -BeLike "What if: Performing the operation ""Delete"" on target ""backup '*' ($full) of * of instance *, and its 2 increments"".*"
        Get-Deletion | Should -BeNullOrEmpty
    }
}

Describe 'What is not deleted' {
    BeforeAll {
        $old = New-TestBackup m
        $last = New-TestBackup m
    }

    BeforeEach { $trove.Requests.Clear() }

    AfterEach { Get-Deletion | Should -BeNullOrEmpty }

    AfterAll { Clear-TestCloud }

    It 'is the last completed backup of an instance' {
        Get-ErrorOf { Remove-TroveBackup $last -Confirm:$false } | Assert-Error LastBackup Remove-TroveBackup ResourceExists -Says $last -Advises '-Force'
        Get-ErrorOf { Get-TroveBackup -Id $last | Remove-TroveBackup -Confirm:$false } | Assert-Error LastBackup Remove-TroveBackup ResourceExists
    }

    It 'is one that a plan keeps, in whatever form the plan comes: <_>' -ForEach 'live', 'deserialised', 'CSV', 'JSON', 'a part', 'a row of its own' {
        $plan = @(Get-TroveBackupRetention m -KeepLast 1 | Where-Object Id -In $old, $last)
        $plan.Action | Should -Be Keep, Remove
        # Without an error: it is not even looked at.
        $kept = switch ($_) {
            live { $plan[0] }
            deserialised { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($plan[0])) }
            CSV { $plan[0] | ConvertTo-Csv | ConvertFrom-Csv }
            JSON { $plan[0] | ConvertTo-Json | ConvertFrom-Json }
            'a part' { $plan[0] | Select-Object Id, Action }
            'a row of its own' { [pscustomobject] @{ Id = $last; Action = 'keep' } }
        }
        $kept | Remove-TroveBackup -Force -Confirm:$false -ErrorAction Stop
        $trove.Requests.Clear()
        $verbose = $kept | Remove-TroveBackup -Force -Confirm:$false -Verbose 4>&1
        "$verbose" | Should -BeLike "*The backup '$last' is kept*"
    }

    It 'is one of a row that does not say whether it is kept' {
        "$(Get-ErrorOf { [pscustomobject] @{ Id = $old; Action = 'perhaps' } | Remove-TroveBackup -Confirm:$false })" | Should -BeLike "*'perhaps', which is neither Keep nor Remove.*"
        $part = Get-TroveBackupRetention m -KeepLast 1 | Where-Object Id -EQ $old | Select-Object Id, Rule
        "$(Get-ErrorOf { $part | Remove-TroveBackup -Confirm:$false })" | Should -BeLike '*has no column Action*'
    }

    It 'is one whose id is not known, and an execution is no backup' {
        $unknown = "$([guid]::NewGuid())"
        Get-ErrorOf { Remove-TroveBackup $unknown -Confirm:$false } | Assert-Error BackupNotFound Remove-TroveBackup ObjectNotFound -Says $unknown
        $run = [TroveSchedules.ScheduleExecution] @{ Id = $unknown; State = 'SUCCESS'; BackupId = $old }
        "$(Get-ErrorOf { $run | Remove-TroveBackup -Confirm:$false })" | Should -BeLike '*This takes a backup or a decision about one*'
    }

    It 'is any if the backups cannot be listed' {
        $deaf = New-TestServer (Get-TestEndpoint database)
        $deaf.Answer('^GET [^?]*/backups\?', 403, '{"forbidden": {"code": 403, "message": "Not for you."}}', $null)
        $session = Connect-TestCloud -With @{ DatabaseEndpoint = $deaf.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
        $null = Connect-TestCloud -With @{ DatabaseEndpoint = $trove.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
        try {
            Get-ErrorOf { $old, $last | Remove-TroveBackup -Force -Confirm:$false -Session $session } | Assert-Error Forbidden Remove-TroveBackup PermissionDenied
            @($deaf.Requests) -like 'DELETE *' | Should -BeNullOrEmpty
        }
        finally { $deaf.Dispose() }
    }
}

Describe 'Many backups' {
    AfterAll { Clear-TestCloud }

    It 'cost one listing and one request each, and one bad one leaves the others' {
        $ids = 1..4 | ForEach-Object { New-TestBackup m }
        $trove.Requests.Clear()
        $unknown = "$([guid]::NewGuid())"
        $record = Get-ErrorOf { $ids[0], $unknown, $ids[1], $ids[2], $ids[0] | Remove-TroveBackup -Confirm:$false }
        $record | Assert-Error BackupNotFound Remove-TroveBackup ObjectNotFound -Says $unknown
        Get-Deletion | Sort-Object | Should -Be ($ids[0..2] | Sort-Object)
        @(@($trove.Requests) -like 'GET *').Count | Should -Be 1
        Wait-Gone $ids[0..2]
        Get-Left | Should -Contain $ids[3]
    }

    It 'that fail go at once' {
        Use-TestBehaviour @{ failing = @('m') } {
            $script:id = New-TestBackup m -NoWait
            $null = Wait-Until -For 'the backup to fail' { (Invoke-TestApi database "/backups/$id").backup.status -eq 'FAILED' }
        }
        Get-TroveBackup m | Where-Object Status -EQ FAILED | Remove-TroveBackup -Confirm:$false
        Wait-Gone $id
    }
}

# On a stack it needs tokens that live a minute or so: tests/stack/up --token-seconds 60. On another it is skipped.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    $noShortTokens = $false
    if (Test-TestStack) {
        Open-TestCloud
        $noShortTokens = (Get-TestToken).Life -gt [TimeSpan]::FromMinutes(2)
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud @{ TokenLife = [TimeSpan]::FromMinutes(1) }
}

AfterAll { Close-TestCloud }

Describe 'Where tokens live a minute' -Tag Slow, ShortTokens, 'Needs tokens that live a minute' -Skip:$noShortTokens {
    BeforeAll {
        Clear-TestCloud
        $life = (Get-TestToken).Life.TotalSeconds
        $idle = Connect-TestCloud
        $account = Get-TestAccount
        $token = ConvertTo-SecureString (Get-TestToken).Id -AsPlainText -Force
        $unrenewable = Connect-TroveSession -AuthUrl $account.auth_url -Token $token -ProjectName demo -ProjectDomainName Default
        $session = Connect-TestCloud
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        # Three pages, so that the listing itself goes on through the lives of several tokens.
        Add-TestExecution 450 $schedule.Id

        $expiries = [Collections.Generic.HashSet[DateTimeOffset]]::new()
        $pause = $life * 2.6 / 450
        $begin = Get-TestTime
        Get-TroveScheduleExecution $schedule | ForEach-Object {
            $null = $expiries.Add((Get-TroveSession).TokenExpiresAt)
            Step-TestCloud -Seconds $pause
            $_
        } | Remove-TroveScheduleExecution -ErrorVariable errors -ErrorAction SilentlyContinue
        $took = (Get-TestTime) - $begin
    }

    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'one pipeline goes on through the lives of several' {
        $took.TotalSeconds | Should -BeGreaterThan (2.5 * $life)
        $errors | Should -BeNullOrEmpty
        Get-TroveScheduleExecution $schedule | Should -BeNullOrEmpty
        $expiries.Count | Should -BeGreaterThan 2 -Because 'tokens were renewed'
    }

    It 'a session that was idle for longer than that works again' {
        $idle.TokenExpiresAt | Should -BeLessThan (Get-TestTime)
        (Get-TroveBackupSchedule -Id $schedule.Id -Session $idle).Id | Should -Be $schedule.Id
        $idle.TokenExpiresAt | Should -BeGreaterThan (Get-TestTime)
    }

    It 'a session that was given a token ends with it, and reports what to do' {
        Get-ErrorOf { Get-TroveBackupSchedule -Session $unrenewable } | Assert-Error Unauthorized Get-TroveBackupSchedule AuthenticationError -Says token -Advises Connect-TroveSession
    }

    It 'a schedule still fires, for its trust outlives them' {
        $quick = New-TroveBackupSchedule broken '* * * * * */5' (New-TestName) -AllowSeconds
        $runs = Wait-Until -For 'it to fire' { Get-TroveScheduleExecution $quick -State ERROR }
        $runs[0].Reason | Should -BeLike '*HTTP 422*' -Because 'Trove knew who asked'
    }
}

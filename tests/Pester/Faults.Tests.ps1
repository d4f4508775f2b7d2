# A short form of ./build.ps1 Test -Faults: random work through a random unreliable network. Seeds make both reproducible.
# The state must be equal. The number of faults depends on the order of the requests of one pipeline.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Import-Module "$PSScriptRoot/../faults/Faults.psm1", "$PSScriptRoot/../faults/Comparison.psm1"
    Open-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook -Confirm:$false

    function Get-DatabaseFault {
        <# How often its own database, an SQLite that several write to, has made Mistral begin a trigger anew, which may leave the trust of the first beginning behind. #>
        if (-not (Test-TestStack)) { return 0 }
        @(Select-String -Path "$env:TROVE_TEST_STACK/logs/mistral.log" -SimpleMatch 'operation will be retried: <function create_cron_trigger').Count
    }
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Through a network that goes wrong at every tenth request' {
    BeforeAll {
        $before = Get-DatabaseFault
        $run = Invoke-FaultRun -Operations ((Test-TestStack) ? 120 : 600) -Workers ((Test-TestStack) ? 3 : 6) -Percent 10 -Seed 6
        $databaseFaults = (Get-DatabaseFault) - $before
        Write-Host ($run | Format-FaultRun | Out-String)
    }

    It 'loses nothing, does nothing twice, and creates nothing that was not requested' {
        $run.Lost, $run.Duplicate, $run.Phantom | ForEach-Object { $_ | Should -BeNullOrEmpty }
    }

    It 'reports only what is true: a failed operation had no effect, or its outcome is reported as unknown with the id, and listings are complete' {
        $run.Wrong | Should -BeNullOrEmpty
    }

    It 'leaves no trust behind that Mistral itself did not' {
        $run.Trusts | Should -BeIn (0..$databaseFaults)
    }

    It 'meets faults of many kinds, and gets past them' {
        $run.Faults.Count | Should -BeGreaterThan 6
        $run.Retried | Should -BeGreaterThan 0
        ($run.Unknown + $run.Failed) | Should -BeLessThan ($run.Injected / 3)
    }
}

Describe 'A fault of any kind at the request that does the thing' {
    # On the stack the long form does so.
    It 'is survived, and no secret is shown, if it affects an operation once' -Skip:([bool] $env:TROVE_TEST_STACK) -Tag 'Needs the sandbox' {
        # All but the one that takes as long as the patience.
        $kinds = [enum]::GetValues([TroveSchedules.FaultTests.FaultKind]) -ne 'Timeout'
        $rows = Measure-Fault -Times 1 -Kind $kinds -Side module
        $rows.Count | Should -Be (4 * $kinds.Count)
        $rows | Where-Object { "$($_.Outcomes.Keys)" -ne 'done' -or $_.Leaks } | ForEach-Object { "$($_.Kind), $($_.What): $($_.Outcomes.Keys) $($_.Example)" } | Should -BeNullOrEmpty
    }
}

Describe 'A fault at the deletion of a backup' {
    It 'is survived, whatever its kind' -Skip:([bool] $env:TROVE_TEST_STACK) -Tag 'Needs the sandbox' {
        foreach ($kind in [enum]::GetValues([TroveSchedules.FaultTests.FaultKind]) -ne 'Timeout') {
            $old, $null = 1..2 | ForEach-Object { New-TestBackup m }
            $proxy = New-FaultProxy
            try {
                $session = Connect-ThroughProxy $proxy (Get-TestAccount)
                $proxy.Inject($kind, '^DELETE /v1.0/\w+/backups/')
                Remove-TroveBackup $old -Confirm:$false -Session $session -ErrorVariable errors
                $proxy.IsWaiting | Should -BeFalse -Because "$kind is injected"
                $errors | Should -BeNullOrEmpty -Because $kind
                $null = Wait-Until -For "a backup to be gone, $kind" { $old -notin (Invoke-TestApi database /backups).backups.id }
                Disconnect-TroveSession $session
            }
            finally { $proxy.Dispose() }
        }
    }
}

Describe 'Through a network so bad that retries run out' {
    BeforeAll {
        $before = Get-DatabaseFault
        $run = Invoke-FaultRun -Operations ((Test-TestStack) ? 60 : 150) -Workers ((Test-TestStack) ? 3 : 6) -Percent 40 -MaxRetry 1 -Seed 6
        $databaseFaults = (Get-DatabaseFault) - $before
        Write-Host ($run | Format-FaultRun | Out-String)
    }

    It 'loses nothing, does nothing twice, and creates nothing that was not requested' {
        $run.Lost, $run.Duplicate, $run.Phantom | ForEach-Object { $_ | Should -BeNullOrEmpty }
    }

    It 'reports of a failed operation that it had no effect, or that the outcome is unknown, with the id' {
        $run.Wrong | Should -BeNullOrEmpty
        ($run.Unknown + $run.Failed) | Should -BeGreaterThan 0
    }

    It 'leaves no trust behind that Mistral itself did not' {
        $run.Trusts | Should -BeIn (0..$databaseFaults)
    }
}

Describe 'The fault suite' {
    It 'decides by the seed and the number of the request' {
        $decide = { param($seed) 0..999 | ForEach-Object { [TroveSchedules.FaultTests.FaultProxy]::Decide($seed, $_, 10) } | Where-Object { $null -ne $_ } }
        $once = & $decide 6
        "$(& $decide 6)" | Should -BeExactly "$once"
        "$(& $decide 7)" | Should -Not -BeExactly "$once"
        $once.Count | Should -BeGreaterThan 70
        $once.Count | Should -BeLessThan 130
        @($once | Select-Object -Unique).Count | Should -Be 19
    }

    Context 'with <Kind>' -ForEach @(
        @{ Kind = 'ConnectionRefused'; IsAsked = $false; Says = 'refused' }
        @{ Kind = 'ResetBefore'; IsAsked = $false; Says = 'reset' }
        @{ Kind = 'ResetAfter'; IsAsked = $true; Says = 'reset' }
        @{ Kind = 'Delay'; IsAsked = $true; Says = '200 {"whole": true}' }
        @{ Kind = 'TruncatedBody'; IsAsked = $true; Says = 'ended prematurely' }
        @{ Kind = 'TooManyRequests'; IsAsked = $false; Says = '429 <html>' }
        @{ Kind = 'TooManyRequestsSeconds'; IsAsked = $false; Says = '429 <html>'; RetryAfter = '^1$' }
        @{ Kind = 'TooManyRequestsDate'; IsAsked = $false; Says = '429 <html>'; RetryAfter = ' GMT$' }
        @{ Kind = 'ServiceUnavailable'; IsAsked = $false; Says = '503 <html>' }
        @{ Kind = 'ServiceUnavailableSeconds'; IsAsked = $false; Says = '503 <html>'; RetryAfter = '^1$' }
        @{ Kind = 'ServiceUnavailableDate'; IsAsked = $false; Says = '503 <html>'; RetryAfter = ' GMT$' }
        @{ Kind = 'BadGatewayBefore'; IsAsked = $false; Says = '502 <html>' }
        @{ Kind = 'BadGatewayAfter'; IsAsked = $true; Says = '502 <html>' }
        @{ Kind = 'GatewayTimeoutBefore'; IsAsked = $false; Says = '504 <html>' }
        @{ Kind = 'GatewayTimeoutAfter'; IsAsked = $true; Says = '504 <html>' }
        @{ Kind = 'HtmlBefore'; IsAsked = $false; Says = '200 <html>' }
        @{ Kind = 'HtmlAfter'; IsAsked = $true; Says = '200 <html>' }
        @{ Kind = 'MalformedJsonBefore'; IsAsked = $false; Says = '200 {"cron_triggers": [{"na' }
        @{ Kind = 'MalformedJsonAfter'; IsAsked = $true; Says = '200 {"whole' }
        @{ Kind = 'Timeout'; IsAsked = $true; Says = 'canceled' }
    ) {
        It 'does so to one request, and the service <Is>' -ForEach @{ Is = $IsAsked ? 'is asked' : 'is not asked' } {
            $server = New-TestServer
            $server.Answer('^GET /x', 200, '{"whole": true}', $null)
            $proxy = [TroveSchedules.FaultTests.FaultProxy]::new(@($server.Url) * 3, 0, 0)
            $http = [Net.Http.HttpClient]::new()
            try {
                $proxy.Inject($Kind, '^GET /x')
                $ended = [Threading.CancellationTokenSource]::new()
                $answer = $http.GetAsync("$($proxy.Urls[1])/x", $ended.Token)
                if ($Kind -eq 'Timeout') {
                    $server.WaitFor('^GET /x', 1)
                    $ended.Cancel()
                }
                $said = try {
                    $given = $answer.GetAwaiter().GetResult()
                    "$([int] $given.StatusCode) $($given.Content.ReadAsStringAsync().GetAwaiter().GetResult())"
                }
                catch { $answer.IsCanceled ? 'canceled' : $_.Exception.GetBaseException().Message }
                $said | Should -BeLike "*$([WildcardPattern]::Escape($Says))*"
                if ($RetryAfter) { "$($given.Headers.GetValues('Retry-After'))" | Should -Match $RetryAfter }
                $server.Requests.Count | Should -Be ([int] $IsAsked)
                $proxy.Faults[[TroveSchedules.FaultTests.FaultKind] $Kind] | Should -Be 1
                $proxy.IsWaiting | Should -BeFalse
            }
            finally {
                $http.Dispose()
                $proxy.Dispose()
                $server.Dispose()
            }
        }
    }

    Context 'notices that' {
        BeforeAll {
            $model = @{ a = @{ Name = 'x'; InstanceId = 'm'; Pattern = '0 3 1 1 *' }; b = @{ Name = 'y'; InstanceId = 'm'; Pattern = '0 3 1 1 *' } }
            $schedule = { param($id, $name, $pattern = '0 3 1 1 *') [TroveSchedules.FaultTests.PlainSchedule]::new($id, $name, 'm', $pattern, "t$id", $false) }
            $a, $b = (& $schedule a x), (& $schedule b y)
        }

        It '<What>' -ForEach @(
            @{ What = 'all is as it should be'; Cloud = { $a, $b }; Lost = 0; Duplicate = 0; Phantom = 0 }
            @{ What = 'a schedule is gone'; Cloud = { $a }; Lost = 1; Duplicate = 0; Phantom = 0 }
            @{ What = 'a schedule was made twice'; Cloud = { $a, $b, (& $schedule c y) }; Lost = 0; Duplicate = 1; Phantom = 0 }
            @{ What = 'a schedule has another id'; Cloud = { $a, (& $schedule c y) }; Lost = 1; Duplicate = 1; Phantom = 0 }
            @{ What = 'a schedule was made that nobody asked for'; Cloud = { $a, $b, (& $schedule c z) }; Lost = 0; Duplicate = 0; Phantom = 1 }
            @{ What = 'a schedule has another pattern'; Cloud = { $a, (& $schedule b y '0 4 1 1 *') }; Lost = 0; Duplicate = 0; Phantom = 1 }
        ) {
            $state = Compare-State $model @(& $Cloud)
            $state.Lost.Count, $state.Duplicate.Count, $state.Phantom.Count | Should -Be @($Lost, $Duplicate, $Phantom)
        }
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud

    function Get-Stream {
        <# What a block writes to one stream, as text: Verbose, Debug or Warning. #>
        param([string] $Name, [scriptblock] $Block)
        & $Block *>&1 | Where-Object { $_ -is "Management.Automation.${Name}Record" } | ForEach-Object Message
    }
}

AfterAll { Close-TestCloud }

Describe '-Verbose' {
    BeforeAll {
        $server = New-TestKeystone
        $server.Answer('^GET /v2/cron_triggers/', 404, '{"faultstring": "No such thing"}', @{ 'x-openstack-request-id' = 'req-1' })
        $session = Connect-TestKeystone $server.Url
        $listing = "GET $($server.Url)/v2/cron_triggers?workflow_name=eq%3Atrove.backup_create&*limit=1000 200 in * ms"
    }

    AfterAll {
        Disconnect-TroveSession
        $server.Dispose()
    }

    It 'shows a request in one line: method, URL, status, milliseconds' {
        $lines = Get-Stream Verbose { Get-TroveBackupSchedule -Verbose }
        $lines | Should -HaveCount 1
        $lines | Should -Match "^GET $([regex]::Escape($server.Url))/v2/cron_triggers\?\S+ 200 in \d+ ms`$"
    }

    It 'shows the service''s request id' {
        $id = [guid]::NewGuid()
        # The second looks for a change that was cut off.
        $one, $two = Get-Stream Verbose { Get-TroveBackupSchedule -Id $id -Verbose -ErrorAction Ignore }
        $two | Should -Match "^GET $([regex]::Escape($server.Url))/v2/cron_triggers/[0-9a-f-]{36} 404 in \d+ ms \(req-1\)`$"
        $one | Should -Match "^GET $([regex]::Escape($server.Url))/v2/cron_triggers/$id 404 in \d+ ms \(req-1\)`$"
    }

    It 'shows the login' {
        Get-Stream Verbose { Connect-TestKeystone $server.Url @{ Verbose = $true } } | Should -Match "^POST $([regex]::Escape($server.Url))/v3/auth/tokens 201 in \d+ ms`$"
    }

    It 'shows the login that a cmdlet does by itself' {
        Disconnect-TroveSession
        try {
            $as = @{ OS_AUTH_URL = $server.Url; OS_USERNAME = 'tester'; OS_PASSWORD = 'x'; OS_PROJECT_NAME = 'tests'; OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default' }
            $lines = Use-Environment $as { Get-Stream Verbose { Get-TroveBackupSchedule -Verbose } }
            $lines | Should -HaveCount 2
            $lines[0] | Should -BeLike 'POST */v3/auth/tokens 201 in * ms'
            $lines[1] | Should -BeLike $listing
        }
        finally {
            Disconnect-TroveSession
            $session = Connect-TestKeystone $server.Url
        }
    }

    It 'shows each attempt, and the renewal of a token' {
        $mistral = New-TestServer
        $mistral.Answer('.', 401, 'No', $null)
        try {
            $refused = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $mistral.Url }
            $lines = Get-Stream Verbose { try { Get-TroveBackupSchedule -Session $refused -Verbose } catch { $_.Exception.Kind | Should -Be Unauthorized } }
            $lines -replace ' .*? (\d+) in .*', ' $1' | Should -Be 'GET 401', 'POST 201', 'GET 401'
        }
        finally {
            $refused.Dispose()
            $mistral.Dispose()
            $session = Connect-TestKeystone $server.Url
        }
    }

    It 'shows a request without a response' {
        $nowhere = "http://127.0.0.1:$(Get-ClosedPort)"
        Get-Stream Verbose { Connect-TroveSession -AuthUrl $nowhere -Token (ConvertTo-SecureString x -AsPlainText -Force) -MaxRetry 0 -Verbose -ErrorAction Ignore } |
            Should -BeLike "POST $nowhere/v3/auth/tokens failed after * ms: *refused*"
    }

    It 'follows $VerbosePreference by default' {
        Get-Stream Verbose { & { $VerbosePreference = 'Continue'; Get-TroveBackupSchedule } } | Should -BeLike $listing
        Get-Stream Verbose { & { $VerbosePreference = 'Continue'; Get-TroveBackupSchedule -Verbose:$false } } | Should -BeNullOrEmpty
        Get-Stream Verbose { Get-TroveBackupSchedule } | Should -BeNullOrEmpty
    }
}

Describe '-Verbose on a cloud' {
    BeforeAll {
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
    }

    AfterAll {
        Clear-TestCloud
        Disconnect-TroveSession
    }

    It 'shows when a new schedule will run, and its requests' {
        $lines = Get-Stream Verbose { New-TroveBackupSchedule m '0 3 * * *' (New-TestName) -Verbose }
        $lines | Should -Contain 'At 03:00 UTC, every day'
        $lines -match '^GET http\S+/instances\S* 200 in \d+ ms' | Should -Not -BeNullOrEmpty
        $lines[-1] | Should -Match '^POST http\S+/v2/cron_triggers 201 in \d+ ms'
    }

    It 'is of one cmdlet in a pipeline, not of its neighbours' {
        (Get-Stream Verbose { Get-TroveBackupSchedule m -Verbose | Get-TroveScheduleExecution }) -notmatch '/(instances|cron_triggers)' | Should -BeNullOrEmpty
        $lines = Get-Stream Verbose { Get-TroveBackupSchedule m | Get-TroveScheduleExecution -Verbose }
        $lines | Should -HaveCount 1
        $lines | Should -BeLike 'GET http*/v2/executions?*'
    }

    It 'shows each cmdlet of a pipeline' {
        $lines = Get-Stream Verbose { Get-TroveBackupSchedule m -Verbose | Remove-TroveBackupSchedule -Verbose -Confirm:$false }
        $lines -match '^GET ' | Should -Not -BeNullOrEmpty
        $lines[-1] | Should -Match '^DELETE http\S+/v2/cron_triggers/\S+ 204 in \d+ ms'
    }
}

Describe '-Debug' {
    BeforeAll {
        $server = New-TestKeystone
        $session = Connect-TestKeystone $server.Url
    }

    AfterAll {
        Disconnect-TroveSession
        $server.Dispose()
    }

    It 'shows requests and responses' {
        $lines = Get-Stream Debug { Get-TroveBackupSchedule -Debug }
        $lines | Should -HaveCount 2
        $lines[0] | Should -BeLike 'GET http*/v2/cron_triggers?* 200 in * ms'
        $lines[1] | Should -BeLike 'GET http*/v2/cron_triggers?* answers {"cron_triggers":`[`]}'
    }

    It 'leaves the lines to -Verbose if both are given' {
        $said = Get-TroveBackupSchedule -Debug -Verbose *>&1
        $said | ForEach-Object { $_.GetType().Name } | Should -Be VerboseRecord, DebugRecord
    }

    It 'shows request bodies without secrets' {
        $lines = Get-Stream Debug { Connect-TestKeystone $server.Url @{ Debug = $true } }
        $lines[0] | Should -BeLike 'POST */v3/auth/tokens sends {"auth":{"identity":{"methods":`["password"`],"password":{"user":{"name":"tester",*"password":"`*`*`*"}}}*'
        $lines[2] | Should -BeLike 'POST */v3/auth/tokens answers {"token":{*'
    }

    It 'asks nobody whether to go on, as PowerShell does at a verbose line under -Debug alone' {
        Invoke-FreshPwsh @'
            $null = Connect-TroveSession -Sandbox
            $null = Install-TroveWorkbook
            New-TroveBackupSchedule m '0 3 * * *' nightly -Debug 5>&1 | Where-Object { "$_" -eq 'At 03:00 UTC, every day' }
'@ | Should -Be 'DEBUG: At 03:00 UTC, every day'
    }

    It 'is what $DebugPreference says where it is not said' {
        Get-Stream Debug { & { $DebugPreference = 'Continue'; Get-TroveBackupSchedule } } | Should -HaveCount 2
        Get-Stream Debug { & { $DebugPreference = 'Continue'; Get-TroveBackupSchedule -Debug:$false } } | Should -BeNullOrEmpty
        Get-Stream Debug { Get-TroveBackupSchedule -Verbose } | Should -BeNullOrEmpty
    }
}

Describe 'A message' {
    It 'is written while its cmdlet still waits' {
        # The first attempt gets a 401, and the token is renewed. The second gets no response until the test has read the line of the first.
        $server = New-TestKeystone
        $mistral = New-TestServer
        $mistral.Answer('.', 401, 'No', $null)
        $session = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $mistral.Url }
        $shell = [powershell]::Create()
        try {
            $server.Delay = [TimeSpan]::FromMinutes(1)
            $null = $shell.AddScript('param($manifest, $session) Import-Module $manifest; Get-TroveBackupSchedule -Session $session -Verbose').AddArgument(
                (Join-Path (Get-Module TroveSchedules).ModuleBase TroveSchedules.psd1)).AddArgument($session)
            $running = $shell.BeginInvoke()
            [Threading.SpinWait]::SpinUntil({ [bool] ($shell.Streams.Verbose -like 'GET * 401 in * ms') }, 30000) | Should -BeTrue
            $running.IsCompleted | Should -BeFalse
        }
        finally {
            $shell.Dispose()
            $session.Dispose()
            $server.Dispose()
            $mistral.Dispose()
        }
    }
}

Describe 'A message that is to end its cmdlet' {
    It 'ends it, while it waits too' {
        $server = New-TestKeystone
        $mistral = New-TestServer
        $mistral.Answer('.', 401, 'No', $null)
        $session = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $mistral.Url }
        try {
            $server.Delay = [TimeSpan]::FromMinutes(1)
            # The second line would come after the delay.
            { & { $VerbosePreference = 'Stop'; Get-TroveScheduleExecution x -Session $session 4>$null } } | Should -Throw -ErrorId 'ActionPreferenceStop,*' -ExpectedMessage '*401 in*'
            $mistral.Requests | Should -HaveCount 1 -Because 'whether the renewal has been sent by then or not, nothing follows it'
        }
        finally {
            $session.Dispose()
            $server.Dispose()
            $mistral.Dispose()
        }
    }
}

Describe 'A warning' {
    It 'reports what a pattern does that many do not expect, where a schedule is made and where its times are shown' {
        $null = Connect-TestCloud
        try {
            $null = Install-TroveWorkbook
            $made = Get-Stream Warning { New-TroveBackupSchedule m '0 0 1-31 * 1' (New-TestName) }
            $made | Should -BeLike "'0 0 1-31 `* 1': *croniter*"
            Get-Stream Warning { Get-TroveScheduleOccurrence '0 0 1-31 * 1' } | Should -BeExactly $made
            $made = Get-Stream Warning { New-TroveBackupSchedule m '0 0 13 * 5' (New-TestName) }
            $made | Should -BeExactly "'0 0 13 * 5': Restricted in both day-of-month and day-of-week, it runs on the days of either: At 00:00 UTC on the 13th of the month and also on every Friday."
            Get-Stream Warning { Get-TroveScheduleOccurrence '0 0 13 * 5' } | Should -BeExactly $made
            Get-Stream Warning { New-TroveBackupSchedule m '0 3 * * *' (New-TestName); Get-TroveScheduleOccurrence '0 3 * * *' } | Should -BeNullOrEmpty
        }
        finally {
            Clear-TestCloud
            Disconnect-TroveSession
        }
    }

    It 'warns that others can read the traffic to <Url>' -ForEach @(
        @{ Url = 'http://cloud.test:5000/v3'; Says = 'http://cloud.test:5000/v3 is reached by plain http*password and the token*https*-AuthUrl*' }
        @{ Url = 'http://192.0.2.1/v3'; Says = 'http://192.0.2.1/v3 is reached by plain http*' }
    ) {
        # An invalid certificate prevents the request from being sent.
        Get-Stream Warning { Connect-TroveSession -AuthUrl $Url -Token (ConvertTo-SecureString x -AsPlainText -Force) -CACertificate "$TestDrive/none.pem" -ErrorAction Ignore } |
            Should -BeLike $Says
    }

    It 'does not say so of <Url>' -ForEach @{ Url = 'https://cloud.test:5000' }, @{ Url = 'http://localhost:1' }, @{ Url = 'http://127.1.2.3' }, @{ Url = 'http://[::1]' } {
        Get-Stream Warning { Connect-TroveSession -AuthUrl $Url -Token (ConvertTo-SecureString x -AsPlainText -Force) -CACertificate "$TestDrive/none.pem" -ErrorAction Ignore } | Should -BeNullOrEmpty
    }

    It 'warns that others can read the traffic to a service, even if that to Keystone is encrypted' {
        $server = New-TestKeystone
        try {
            Get-Stream Warning { Connect-TestKeystone $server.Url @{ WorkflowEndpoint = 'http://mistral.test:8989' } } | Should -BeLike 'http://mistral.test:8989/v2 is reached by plain http*token*https*-WorkflowEndpoint*'
            Get-Stream Warning { Connect-TestKeystone $server.Url @{ DatabaseEndpoint = 'http://trove.test' } } | Should -BeLike 'http://trove.test/v1.0/* is reached by plain http*'
            Get-Stream Warning { Connect-TestKeystone $server.Url @{ WorkflowEndpoint = 'http://mistral.test'; DatabaseEndpoint = 'http://trove.test' } } |
                Should -BeLike 'http://mistral.test/v2 and http://trove.test/v1.0/* are reached by plain http*'
            Get-Stream Warning { Connect-TestKeystone $server.Url } | Should -BeNullOrEmpty
        }
        finally {
            Disconnect-TroveSession
            $server.Dispose()
        }
    }

    It 'is given once by a cmdlet that connects by itself' {
        $as = @{ OS_AUTH_URL = 'http://cloud.test:5000'; OS_USERNAME = 'x'; OS_PASSWORD = 'x'; OS_PROJECT_NAME = 'x'; OS_USER_DOMAIN_NAME = 'x'; OS_PROJECT_DOMAIN_NAME = 'x'; OS_CACERT = "$TestDrive/none.pem" }
        Use-Environment $as { Get-Stream Warning { try { Get-TroveInstance } catch { } } } | Should -BeLike 'http://cloud.test:5000/ is reached by plain http*OS_AUTH_URL*'
    }

    It 'comes before the password is sent, so that who stops at it has sent nothing' {
        $server = New-TestKeystone
        try {
            $record = try { Connect-TestKeystone $server.Url @{ WorkflowEndpoint = 'http://mistral.test'; WarningAction = 'Stop' } } catch { $_ }
            $record.FullyQualifiedErrorId | Should -BeLike 'ActionPreferenceStop,*'
            Get-TroveSession | Should -BeNullOrEmpty -Because 'a session that was not wanted has ended'
            $front = New-TlsFront $server.Url
            $before = $server.Requests.Count
            $record = try { Connect-TestKeystone $front.Url @{ SkipCertificateCheck = $true; WarningAction = 'Stop' } } catch { $_ }
            $record.FullyQualifiedErrorId | Should -BeLike 'ActionPreferenceStop,*'
            $server.Requests.Count | Should -Be $before
            $front.Dispose()
        }
        finally {
            Disconnect-TroveSession
            $server.Dispose()
        }
    }

    It 'is not given of a sandbox' {
        Get-Stream Warning { Connect-TroveSession -Sandbox } | Should -BeNullOrEmpty
        Disconnect-TroveSession
    }
}

Describe 'To an administrator' {
    BeforeAll {
        Clear-TestCloud
        $demo = Connect-TestCloud demo
        $null = Connect-TestCloud admin
        $called = New-TestName
        $null = Install-TroveWorkbook -Session $demo
        $theirs = 1..2 | ForEach-Object { New-TroveBackupSchedule m '0 3 * * *' $called -Session $demo }
        Add-TestExecution 3 $theirs[0].Id
        $says = 'belong to other projects. A cmdlet that they are piped to refuses them, unless it has -AllProjects, too.'
    }

    AfterAll {
        Clear-TestCloud
        $demo.Dispose()
        Disconnect-TroveSession
    }

    It 'other projects'' schedules and executions are counted, once for each command' {
        Get-Stream Warning { Get-TroveBackupSchedule -Name $called -AllProjects } | Should -BeExactly "2 of the 2 shown $says"
        Get-Stream Warning { Get-TroveBackupSchedule -Id $theirs.Id -AllProjects } | Should -BeExactly "2 of the 2 shown $says"
        Get-Stream Warning { Get-TroveScheduleExecution $theirs -AllProjects } | Should -BeExactly "3 of the 3 shown $says"
        Get-Stream Warning { $theirs | Get-TroveScheduleExecution -AllProjects -First 1 | Get-TroveScheduleExecution -AllProjects } | Should -BeExactly "1 of the 1 shown $says", "1 of the 1 shown $says"
    }

    It 'nothing is said of what is not shown' {
        Get-Stream Warning { Get-TroveBackupSchedule } | Should -BeNullOrEmpty
        Get-Stream Warning { Get-TroveBackupSchedule -AllProjects -Name "$called-none" } | Should -BeNullOrEmpty
        Get-Stream Warning { Get-TroveBackupSchedule -AllProjects -Session $demo } | Should -BeNullOrEmpty -Because 'there all are its own, or it may not ask'
    }
}

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud

    function Show-Everything {
        <# All text that an object can show. #>
        param($Object)
        $Object | Format-List * -Force | Out-String -Width 4000
        $Object | Format-Table * | Out-String -Width 4000
        $Object | ConvertTo-Json -Depth 5 -WarningAction Ignore
        $Object | ConvertTo-Csv
        "$Object"
        if ($Object -is [Management.Automation.ErrorRecord]) {
            $Object | Get-Error | Out-String -Width 4000
            for ($e = $Object.Exception; $e; $e = $e.InnerException) { $e.ToString(); $e.Data | Out-String }
            $Object.TargetObject | Format-List * -Force | Out-String -Width 4000
        }
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).xml"
        $Object | Export-Clixml $file -Depth 5
        Get-Content $file -Raw
    }

    function Assert-NoSecret {
        param([string[]] $Text, [string[]] $Secrets)
        $all = $Text -join "`n"
        $all | Should -Not -BeNullOrEmpty
        foreach ($secret in $Secrets) { $all.Contains($secret) | Should -BeFalse -Because 'a secret is none that can be read' }
    }
}

AfterAll { Close-TestCloud }

Describe 'A session' {
    It 'shows neither its password nor its token, however it is looked at' {
        $server = New-TestKeystone
        try {
            $session = Connect-TestKeystone $server.Url
            Assert-NoSecret (Show-Everything $session) 'pass-of-tester', 'a-token'
            Assert-NoSecret (Show-Everything (Get-TroveSession)) 'pass-of-tester', 'a-token'
            $server.Bodies -join '' | Should -BeLike '*pass-of-tester*' -Because 'else this proves nothing'
        }
        finally {
            Disconnect-TroveSession
            $server.Dispose()
        }
    }

    It 'shows none in -Verbose, -Debug and the other streams, while it connects and works' {
        $server = New-TestKeystone
        try {
            $streams = & {
                $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
                $secret = ConvertTo-SecureString 'pass-of-tester' -AsPlainText -Force
                Connect-TroveSession -AuthUrl $server.Url -Credential ([pscredential]::new('tester', $secret)) -UserDomainName Default -ProjectName tests -ProjectDomainName Default -Verbose -Debug
                Get-TroveBackupSchedule -Verbose -Debug
                Get-TroveInstance -Verbose -Debug
            } *>&1 | Out-String -Width 4000
            Assert-NoSecret $streams 'pass-of-tester', 'a-token'
        }
        finally {
            Disconnect-TroveSession
            $server.Dispose()
        }
    }
}

Describe 'An error' {
    It 'of a 401 that repeats the token, as Mistral''s does, shows nothing of it' {
        $server = New-TestKeystone
        $mistral = New-TestServer
        $page = '<html>Failed to validate access token: Auth token is invalid: a-token</html>'
        $mistral.Answer('.', 401, $page, @{ 'Content-Type' = 'text/html'; 'Server-Error-Message' = 'Auth token is invalid: a-token'; 'WWW-Authenticate' = 'Failed: a-token' })
        try {
            $null = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $mistral.Url }
            $record = Get-ErrorOf { Get-TroveBackupSchedule }
            $record | Assert-Error Unauthorized Get-TroveBackupSchedule AuthenticationError -Says Mistral -Advises Connect-TroveSession
            Assert-NoSecret (Show-Everything $record) 'pass-of-tester', 'a-token'
        }
        finally {
            Disconnect-TroveSession
            $server.Dispose()
            $mistral.Dispose()
        }
    }

    It 'of a Keystone that quotes the request shows nothing of the password' {
        $server = New-TestServer
        $server.Answer('.', 400, '{"error": {"code": 400, "message": "Bad request: {password: pass-of-tester}", "title": "Bad Request"}}', $null)
        try { Assert-NoSecret (Show-Everything (Get-ErrorOf { Connect-TestKeystone $server.Url })) 'pass-of-tester' } finally { $server.Dispose() }
    }

    It 'of a wrong password shows nothing of it' {
        $url = (Get-TestAccount).auth_url
        $wrong = [pscredential]::new('demo', (ConvertTo-SecureString 'no-password-of-anyone' -AsPlainText -Force))
        $record = Get-ErrorOf { Connect-TroveSession -AuthUrl $url -Credential $wrong -UserDomainName Default -ProjectName demo -ProjectDomainName Default }
        Assert-NoSecret (Show-Everything $record) 'no-password-of-anyone'
        $record = Get-ErrorOf { Connect-TroveSession -AuthUrl $url -ApplicationCredentialId x -ApplicationCredentialSecret $wrong.Password }
        Assert-NoSecret (Show-Everything $record) 'no-password-of-anyone'
        $record = Get-ErrorOf { Connect-TroveSession -AuthUrl $url -Token $wrong.Password -ProjectName demo -ProjectDomainName Default }
        Assert-NoSecret (Show-Everything $record) 'no-password-of-anyone'
    }
}

Describe 'On a real cloud' {
    AfterAll { Disconnect-TroveSession }

    It 'a session by <_> shows no secret in any stream or view' -ForEach 'demo', 'demo-appcred', 'token' {
        $account = Get-TestAccount ($_ -eq 'token' ? 'demo' : $_)
        $secrets = @($account.password, $account.application_credential_secret) | Where-Object { $_ }
        if ($_ -eq 'token') {
            $token = (Get-TestToken).Id
            $secrets += $token
            $session = Connect-TroveSession -AuthUrl $account.auth_url -Token (ConvertTo-SecureString $token -AsPlainText -Force) -ProjectName demo -ProjectDomainName Default
        }
        else { $session = Connect-TestCloud $_ }
        Assert-NoSecret (Show-Everything $session) $secrets
        # Keystone's token in the session starts like every Fernet token.
        (Show-Everything $session) -join '' | Should -Not -MatchExactly 'gAAAAA'
        $streams = & { Get-TroveBackupSchedule -Verbose -Debug; Get-TroveWorkbook -Verbose -Debug; Get-TroveBackupSchedule -Id x } *>&1 | Out-String -Width 4000
        Assert-NoSecret $streams $secrets
        $streams | Should -Not -MatchExactly 'gAAAAA'
    }
}

Describe 'Every cmdlet' {
    BeforeAll {
        # What goes over the wire is recorded on the way, so that the tokens are known.
        $account, $application = (Get-TestAccount demo), (Get-TestAccount demo-appcred)
        $token = Get-TestToken
        $keystone, $mistral, $trove = $account.auth_url, (Get-TestEndpoint workflowv2 $token), (Get-TestEndpoint database $token) | ForEach-Object { New-TestServer $_ }
        $transcript = "$TestDrive/transcript.txt"
        $output = Invoke-FreshPwsh -Environment @{
            PASSWORD = $account.password; APPLICATION_ID = $application.application_credential_id; APPLICATION_SECRET = $application.application_credential_secret; TOKEN = $token.Id
        } -Script @"
            `$null = Start-Transcript '$transcript'
            Import-Module '$PSScriptRoot/TestCloud.psm1'
            `$ErrorActionPreference = 'SilentlyContinue'
            `$ConfirmPreference = 'None'
            `$PSDefaultParameterValues = @{ '*-Trove*:Verbose' = `$true; '*-Trove*:Debug' = `$true }
            function Get-Secret(`$Name) { ConvertTo-SecureString (Get-Item env:`$Name).Value -AsPlainText -Force }
            `$at = @{ AuthUrl = '$($keystone.Url)/v3'; WorkflowEndpoint = '$($mistral.Url)'; DatabaseEndpoint = '$($trove.Url)' }
            `$demo = @{ ProjectName = 'demo'; ProjectDomainName = 'Default' }
            `$sessions = @(
                Connect-TroveSession @at @demo -Credential ([pscredential]::new('demo', (Get-Secret PASSWORD))) -UserDomainName Default
                Connect-TroveSession @at -ApplicationCredentialId `$env:APPLICATION_ID -ApplicationCredentialSecret (Get-Secret APPLICATION_SECRET)
                Connect-TroveSession @at @demo -Token (Get-Secret TOKEN)
                Connect-TroveSession -Sandbox
            )
            Connect-TroveSession @at @demo -Credential ([pscredential]::new('nobody', (Get-Secret PASSWORD))) -UserDomainName Default
            Connect-TroveSession -AuthUrl "http://demo:`$env:PASSWORD@127.0.0.1/v3" -Token (Get-Secret TOKEN)
            foreach (`$session in `$sessions) {
                `$session | Format-List * -Force
                Install-TroveWorkbook -Session `$session
                foreach (`$call in Get-TestCall) {
                    `$with = `$call.With
                    & `$call.Cmdlet @with -Session `$session | Select-Object -First `$call.First
                }
                Get-TroveBackupSchedule -Session `$session -Name x | Remove-TroveBackupSchedule -Session `$session
            }
            Get-TroveSession
            Get-TroveScheduleOccurrence '0 0 13 * 5'
            Test-TroveCronPattern '0 0 13 * 5'
            `$sessions | Disconnect-TroveSession
            `$sessions | Format-List * -Force
            `$Error | Out-String -Width 4000
            `$Error | Format-List * -Force | Out-String -Width 4000
            Get-Error -Newest 1000 | Out-String -Width 4000
            `$null = Stop-Transcript
"@
        $shown = $output + (Get-Content $transcript -Raw)
        $tokens = @($mistral.Tokens) + @($trove.Tokens) | Sort-Object -Unique
    }

    AfterAll { $keystone, $mistral, $trove | ForEach-Object Dispose }

    It 'has been run with -Verbose and -Debug, and its requests were shown' {
        $every = (Get-Command -Module TroveSchedules).Name
        $run = [regex]::Matches((Get-Content $PSCommandPath -Raw), '[A-Z][a-z]+-Trove[A-Za-z]+').Value + (Get-TestCall).Cmdlet
        $every | Where-Object { $_ -notin $run } | Should -BeNullOrEmpty
        $shown | Should -Match 'VERBOSE: DELETE \S+/v2/cron_triggers/\S+ 204'
        $shown | Should -Match 'DEBUG: POST \S+/v3/auth/tokens sends \{"auth":.*"\*\*\*"'
        $shown | Should -Match 'ApplicationCredential,TroveSchedules'
        $tokens.Count | Should -BeGreaterOrEqual 3 -Because 'each session has a token'
        $keystone.Bodies -join '' | Should -Match ([regex]::Escape($account.password)) -Because 'else this proves nothing'
        $keystone.Bodies -join '' | Should -Match ([regex]::Escape($application.application_credential_secret))
        $keystone.Bodies -join '' | Should -Match ([regex]::Escape($token.Id))
    }

    It 'shows no password, secret or token in any stream, in $Error, in Get-Error or in a transcript' {
        Assert-NoSecret $shown (@($account.password, $application.application_credential_secret, $token.Id) + $tokens)
    }
}

Describe 'What SecretManagement keeps' {
    BeforeAll {
        # A vault's values as Get-Secret writes them: a PSCredential, and a SecureString for text.
        function Get-Secret {
            param([string] $Name)
            $account = Get-TestAccount demo
            switch ($Name) {
                'demo' { [pscredential]::new($account.username, (ConvertTo-SecureString $account.password -AsPlainText -Force)) }
                'token' { ConvertTo-SecureString (Get-TestToken).Id -AsPlainText -Force }
                'application' { ConvertTo-SecureString (Get-TestAccount demo-appcred).application_credential_secret -AsPlainText -Force }
            }
        }
        $at = @{ AuthUrl = (Get-TestAccount).auth_url }
        $demo = @{ ProjectName = 'demo'; ProjectDomainName = 'Default' }
    }

    AfterAll { Disconnect-TroveSession }

    It 'connects when passed on' {
        (Connect-TroveSession @at @demo -Credential (Get-Secret demo) -UserDomainName Default).UserName | Should -Be demo
        (Connect-TroveSession @at @demo -Token (Get-Secret token)).UserName | Should -Be demo
        $id = (Get-TestAccount demo-appcred).application_credential_id
        (Connect-TroveSession @at -ApplicationCredentialId $id -ApplicationCredentialSecret (Get-Secret application)).UserName | Should -Be demo
    }

    It 'is the only kind of secret that a parameter takes' {
        foreach ($command in Get-Command -Module TroveSchedules) {
            foreach ($parameter in $command.Parameters.Values | Where-Object Name -Match '(Password|Secret|Token|Credential)$') {
                $parameter.ParameterType | Should -BeIn ([pscredential], [securestring]) -Because "that is -$($parameter.Name) of $command"
            }
        }
    }
}

Describe 'A session that is looked at' {
    It 'shows cloud, user, project, region, endpoints and when its token expires, and nothing else' {
        $session = Connect-TestCloud
        try {
            $shown = Get-TroveSession | Format-List * -Force | Out-String -Width 200
            $names = [regex]::Matches($shown, '(?m)^\w+').Value | Sort-Object
            $names | Should -Be AuthUrl, Cloud, CloudTime, DatabaseEndpoint, Origin, ProjectId, ProjectName, Region, TokenExpiresAt, UserName, WorkflowEndpoint
            $session.Cloud, $session.UserName, $session.ProjectName, $session.Region | Should -Be demo, demo, demo, RegionOne
            $session.WorkflowEndpoint, $session.DatabaseEndpoint | Should -Not -BeNullOrEmpty
            $session.TokenExpiresAt | Should -BeGreaterThan (Get-TestTime)
        }
        finally { Disconnect-TroveSession }
    }

    It 'can be looked at when it has ended, too, and then shows where it led' {
        $server = New-TestKeystone
        $session = Connect-TestKeystone $server.Url
        Disconnect-TroveSession
        $server.Dispose()
        $shown = (Show-Everything $session) -join "`n"
        Assert-NoSecret $shown 'pass-of-tester', 'a-token'
        $shown | Should -Match ([regex]::Escape($server.Url))
    }
}

Describe 'Whatever servers repeat' {
    BeforeAll {
        # Every character that some encoding changes, and a token as long as Keystone's, whose beginning must be masked too.
        $password = 'Pass wörd"1/2+&<3''\4'
        $applicationSecret = 'App-secret/+="5<6&7'
        $given = 'gAAAAABogiven' + 'G1v-_' * 30 + '=='
        $issued = 'gAAAAABoissued' + 'I5s-_' * 30 + '=='
        $receipt = 'gAAAAABoreceipt' + 'R7c-_' * 30 + '==' # Of a first factor: Keystone gives it out with a 401.
        $secrets = $password, $applicationSecret, $given, $issued
        $hunt = [TroveSchedules.PesterTests.SecretHunt]::new(@($secrets) + $receipt)
        $keystone, $service = 1..2 | ForEach-Object { [TroveSchedules.PesterTests.EchoServer]@{ Secrets = $secrets } }
        $project = '0123456789abcdef0123456789abcdef'
        $endpoint = { param($path) , @(@{ interface = 'public'; region_id = 'RegionOne'; url = "$($service.Url)$path" }) }
        $login = @{
            token = @{
                methods = @('password'); user = @{ id = 'u'; name = 'tester' }; project = @{ id = $project; name = 'tests' }; roles = @()
                issued_at = [DateTime]::UtcNow.ToString('o'); expires_at = [DateTime]::UtcNow.AddHours(1).ToString('o')
                catalog = @(@{ type = 'workflowv2'; endpoints = & $endpoint '/v2' }, @{ type = 'database'; endpoints = & $endpoint "/v1.0/$project" })
            }
        } | ConvertTo-Json -Depth 9 -Compress
        $accepted = "HTTP/1.1 201 Created`r`nContent-Type: application/json`r`nX-Subject-Token: $issued`r`nx-openstack-request-id: <secret>`r`n`r`n$login"
        $keystone.Otherwise = $accepted

        # Limits the attempts, because this tests the text of errors.
        $once = (Get-Command Connect-TroveSession).Parameters.ContainsKey('MaxRetry') ? @{ MaxRetry = 0 } : @{}
        $at = @{ AuthUrl = "$($keystone.Url)/v3" } + $once
        $in = @{ ProjectName = 'tests'; ProjectDomainName = 'Default' }
        function Get-Safe($Text) { ConvertTo-SecureString $Text -AsPlainText -Force }
        @{
            clouds = @{ echo = @{ auth = @{ auth_url = "$($keystone.Url)/v3"; username = 'tester'; password = $password; user_domain_name = 'Default'; project_name = 'tests'; project_domain_name = 'Default' } } }
        } | ConvertTo-Json -Depth 5 | Set-Content "$TestDrive/echo.yaml"
        $variables = @{ OS_AUTH_URL = "$($keystone.Url)/v3"; OS_USERNAME = 'tester'; OS_PASSWORD = $password; OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_NAME = 'tests'; OS_PROJECT_DOMAIN_NAME = 'Default' }
        $ways = [ordered]@{
            password = { Connect-TroveSession @at @in -Credential ([pscredential]::new('tester', (Get-Safe $password))) -UserDomainName Default }
            application = { Connect-TroveSession @at -ApplicationCredentialId x -ApplicationCredentialSecret (Get-Safe $applicationSecret) }
            token = { Connect-TroveSession @at @in -Token (Get-Safe $given) }
            file = { Use-Environment @{ OS_CLIENT_CONFIG_FILE = "$TestDrive/echo.yaml" } { Connect-TroveSession -Cloud echo @once } }
            variables = { Use-Environment $variables { Connect-TroveSession @once } }
        }

        $calls = @(Get-TestCall)
        function Invoke-EveryCmdlet($Session, $Only = '*') {
            foreach ($call in $calls | Where-Object Cmdlet -Like $Only) {
                $with = $call.With
                try { & $call.Cmdlet @with -Session $Session | Select-Object -First $call.First } catch { $_ }
                $null = $ran.Add($call.Cmdlet)
            }
        }

        function Get-Everything([scriptblock] $Block) {
            $ConfirmPreference = 'None'
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $ErrorActionPreference = 'Continue'
            @(& $Block *>&1)
        }

        $ran = [Collections.Generic.HashSet[string]]::new()
        $found = [Collections.Generic.List[string]]::new()
        function Find-Secret($What, $Records) {
            $errors = @($Records | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
            $few = $errors | Select-Object -First 6 # To show all takes long; their properties are looked through below.
            $texts = @{
                streams = $Records | Where-Object { $_ -isnot [TroveSchedules.TroveSession] } | Out-String -Width 4000
                list = $few | Format-List * -Force | Out-String -Width 4000
                exceptions = @(foreach ($e in $errors.Exception) { for (; $e; $e = $e.InnerException) { $e.ToString(); $e.Data | Out-String } }) -join "`n"
                errors = $errors | Select-Object -First 2 | Get-Error | Out-String -Width 4000 # Which takes its time.
                details = $few | ForEach-Object { $_.ErrorDetails, $_.CategoryInfo, $_.TargetObject | Format-List * -Force } | Out-String -Width 4000
            }
            foreach ($text in $texts.GetEnumerator()) {
                $where = $hunt.In($text.Value)
                if ($where) { $found.Add("$What, $($text.Key): $where") }
            }
            foreach ($record in $errors) {
                $where = $hunt.InProperties($record, 5)
                if ($where) { $found.Add("$What, properties: $where") }
            }
            $Records | Select-Object -First 20 | Export-Clixml "$TestDrive/everything.xml"
            $where = $hunt.In((Get-Content "$TestDrive/everything.xml" -Raw))
            if ($where) { $found.Add("$What, clixml: $where") }
        }

        $ok = "HTTP/1.1 200 OK`r`nContent-Type: application/json`r`n"
        $kinds = [ordered]@{
            '401 that repeats it' = "HTTP/1.1 401 No <secret>`r`nWWW-Authenticate: Failed: <secret>`r`nServer-Error-Message: <secret>`r`nx-openstack-request-id: <secret>`r`n`r`n<html><secret>"
            '400 that quotes the request' = "HTTP/1.1 400 Bad <secret>`r`nContent-Type: application/json`r`nx-openstack-request-id: req-<secret>`r`n`r`n{`"badRequest`": {`"message`": `"In {X-Auth-Token: <secret>} of <secret>`"}}"
            '500 with a traceback' = "HTTP/1.1 500 Oops`r`nContent-Type: application/json`r`n`r`n{`"faultstring`": `"Traceback: token=<secret>, again <secret>`", `"debuginfo`": `"<secret>`"}"
            '403 with a page' = "HTTP/1.1 403 No <secret>`r`nContent-Type: text/html`r`n`r`n<html><secret>"
            '404 without words' = "HTTP/1.1 404 <secret>`r`nx-openstack-request-id: <secret>`r`n`r`n"
            'redirect' = "HTTP/1.1 302 Found`r`nLocation: http://127.0.0.1:9/?token=<secret>`r`n`r`n"
            'half an answer' = "$ok`r`n{`"<secret>`": {`"<secret>`": [`"<secret>"
            'another type' = "$ok`r`n{`"cron_triggers`": `"<secret>`", `"executions`": `"<secret>`", `"instances`": `"<secret>`", `"backups`": `"<secret>`", `"id`": {`"<secret>`": 1}, `"name`": [`"<secret>`"]}"
        }
        # Those that are repeated: of one cmdlet each.
        $broken = [ordered]@{
            'no status' = "HTTP/1.1 <secret>`r`n`r`n"
            'no HTTP' = "<secret>`r`n`r`n"
            'a header that is none' = "$ok<secret>`r`n`r`n{}"
            'a body that breaks off' = "${ok}Content-Length: 9999`r`n`r`n{`"executions`": [`"<secret>"
        }

        $environment = [Environment]::GetEnvironmentVariables()
        $variablesBefore = (Get-Variable -Scope Global).Name
        $Error.Clear()
        $log = [TroveSchedules.PesterTests.ProcessLog]::new()
        $null = Start-Transcript "$TestDrive/echo.txt"

        # Every kind of login, with working servers. Keystone has to repeat what it receives.
        $service.Otherwise = "${ok}x-openstack-request-id: <secret>`r`n`r`n{`"cron_triggers`": [], `"executions`": [], `"instances`": [], `"backups`": []}"
        $entered = foreach ($way in $ways.GetEnumerator()) {
            $records = Get-Everything { $script:session = & $way.Value; $script:session; Invoke-EveryCmdlet $script:session ($way.Key -eq 'password' ? '*' : 'Get-TroveWorkbook') }
            Find-Secret "a session by $($way.Key)" $records
            if ($way.Key -eq 'password') { Find-Secret 'its session' (Show-Everything $session) }
            $where = $hunt.InProperties($session, 4)
            if ($where) { $found.Add("$($way.Key), session: $where") }
            $session
        }
        # Cmdlets that need no session, and those that make and end one.
        $records = Get-Everything {
            Get-TroveSession
            Get-TroveScheduleOccurrence '0 0 13 * 5'
            Test-TroveCronPattern '0 0 13 * 5'
            try { Step-TroveSandbox -By 00:01:00 -Session $entered[0] } catch { $_ }
            $entered[1..4] | Disconnect-TroveSession
        }
        Find-Secret 'the other cmdlets' $records
        @('Connect-TroveSession', 'Get-TroveSession', 'Get-TroveScheduleOccurrence', 'Test-TroveCronPattern', 'Disconnect-TroveSession') | ForEach-Object { $null = $ran.Add($_) }

        # Each kind of error, of every cmdlet.
        $errorCounts = [ordered]@{}
        foreach ($kind in $kinds.GetEnumerator()) {
            $service.Otherwise = $kind.Value
            $records = Get-Everything { Invoke-EveryCmdlet $entered[0] }
            $errorCounts[$kind.Key] = @($records | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count
            Find-Secret $kind.Key $records
        }
        foreach ($kind in $broken.GetEnumerator()) {
            $service.Otherwise = $kind.Value
            $records = Get-Everything { Invoke-EveryCmdlet $entered[0] Get-TroveWorkbook }
            $errorCounts[$kind.Key] = @($records | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count
            Find-Secret $kind.Key $records
        }
        # Keystone's error responses, for every kind of login.
        $refusals = @{
            '400' = "HTTP/1.1 400 Bad`r`nContent-Type: application/json`r`n`r`n{`"error`": {`"message`": `"Invalid input: <secret>`", `"title`": `"<secret>`"}}"
            '401' = "HTTP/1.1 401 No`r`nContent-Type: application/json`r`n`r`n{`"error`": {`"message`": `"<secret>`"}}"
            '401 for an expired password' = "HTTP/1.1 401 No`r`nContent-Type: application/json`r`nx-openstack-request-id: <secret>`r`n`r`n{`"error`": {`"message`": `"The password <secret> is expired and needs to be changed for user: <secret>.`", `"title`": `"<secret>`"}}"
            '401 for a lock' = "HTTP/1.1 401 No <secret>`r`nContent-Type: application/json`r`nWWW-Authenticate: <secret>`r`n`r`n{`"error`": {`"message`": `"The account is locked: {'secret': '<secret>'}, token=<secret>, <secret>`"}}"
            '401 in the plain words' = "HTTP/1.1 401 No`r`nContent-Type: application/json`r`n`r`n{`"error`": {`"message`": `"The request you have made requires authentication.`", `"title`": `"<secret>`"}}"
            '401 with a page' = "HTTP/1.1 401 No`r`nContent-Type: text/html`r`n`r`n<html>The password is expired: <secret>"
            '401 for a second factor' = "HTTP/1.1 401 No`r`nContent-Type: application/json`r`nOpenstack-Auth-Receipt: $receipt`r`nx-openstack-request-id: req-$receipt`r`n`r`n{`"receipt`": {`"methods`": [`"password`"], `"id`": `"$receipt`"}, `"required_auth_methods`": [[`"totp`", `"<secret>`", `"$receipt`"]], `"error`": {`"message`": `"Receipt $receipt of <secret>`"}}"
            '400 with a receipt' = "HTTP/1.1 400 No`r`nContent-Type: application/json`r`nOpenstack-Auth-Receipt: $receipt`r`n`r`n{`"error`": {`"message`": `"Could not use auth receipt: $receipt`"}}"
            '404 that names it' = "HTTP/1.1 404 No`r`nContent-Type: application/json`r`n`r`n{`"error`": {`"code`": 404, `"message`": `"Could not find token <secret>.`"}}"
            'redirect that names it' = "HTTP/1.1 307 No`r`nLocation: https://tester@127.0.0.1:9/<secret>/login?token=<secret>#<secret>`r`n`r`n"
            'redirect with it as the password' = "HTTP/1.1 302 No`r`nLocation: https://tester:<secret>@127.0.0.1:9/`r`n`r`n"
            '500' = "HTTP/1.1 500 Oops`r`nContent-Type: application/json`r`n`r`n{`"error`": {`"message`": `"<secret>`"}}"
            'page' = "HTTP/1.1 200 OK`r`nContent-Type: text/html`r`n`r`n<html><secret>"
            'redirect' = "HTTP/1.1 301 Moved`r`nLocation: https://127.0.0.1:9/`r`n`r`n<secret>"
        }
        foreach ($refusal in $refusals.GetEnumerator()) {
            $keystone.Otherwise = $refusal.Value
            $records = foreach ($way in $ways.Values) { Get-Everything { try { & $way } catch { $_ } } }
            $errorCounts["Keystone's $($refusal.Key)"] = @($records | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count
            Find-Secret "Keystone's $($refusal.Key)" $records
        }
        # No TLS, an untrusted certificate, a refused connection, a user and password in the URL.
        $front = New-TlsFront $keystone.Url
        $addresses = @{
            'no TLS' = $keystone.Url -replace '^http', 'https'; untrusted = $front.Url; refused = "http://127.0.0.1:$(Get-ClosedPort)"; placed = 'http://tester:userinfo-password@127.0.0.1/v3'
        }
        foreach ($address in $addresses.GetEnumerator()) {
            $records = Get-Everything {
                try { Connect-TroveSession -AuthUrl $address.Value @once @in -Credential ([pscredential]::new('tester', (Get-Safe $password))) -UserDomainName Default } catch { $_ }
            }
            $errorCounts[$address.Key] = @($records | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count
            Find-Secret $address.Key $records
            if ("$($records | Out-String -Width 4000)" -match 'userinfo-password') { $found.Add("$($address.Key): the address's password") }
        }
        $front.Dispose()

        # In jobs: a thread's, and another process's, whose records have been serialised.
        $keystone.Otherwise = $accepted
        $service.Otherwise = $kinds['500 with a traceback']
        $manifest = Get-TestManifest
        $work = {
            param($manifest)
            $ErrorActionPreference = 'Continue'
            Import-Module $manifest
            $VerbosePreference = $DebugPreference = 'Continue'
            Get-TroveWorkbook -Session (Connect-TroveSession)
            Get-TroveSession
        }
        $jobs = Use-Environment $variables {
            $jobs = @((Start-ThreadJob $work -ArgumentList $manifest), (Start-Job $work -ArgumentList $manifest))
            $null = $jobs | Wait-Job
            $jobs
        }
        foreach ($job in $jobs) {
            # Received, they would be shown.
            $records = @(@($job) + @($job.ChildJobs) | ForEach-Object { $_.Output.ReadAll(); $_.Error.ReadAll(); $_.Verbose.ReadAll(); $_.Debug.ReadAll(); $_.Warning.ReadAll() })
            $errorCounts["a job ($($job.PSJobTypeName))"] = @($records | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count
            Find-Secret "a job ($($job.PSJobTypeName))" $records
        }
        $jobs | Remove-Job

        # A request that is given up.
        $silent = [TroveSchedules.PesterTests.TestServer]::new($null)
        $gate = $silent.Hold('.')
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
            param($manifest, $url, $secret)
            Import-Module $manifest
            $VerbosePreference = $DebugPreference = 'Continue'
            Connect-TroveSession -AuthUrl $url -Token $secret -ProjectId p
        }).AddArgument($manifest).AddArgument($silent.Url).AddArgument((Get-Safe $given))
        $running = $shell.BeginInvoke()
        $silent.WaitFor('^POST', 1)
        $shell.Stop()
        $gate.Open()
        Find-Secret 'a request given up' @($shell.Streams.Error.ReadAll(); $shell.Streams.Verbose.ReadAll(); $shell.Streams.Debug.ReadAll(); $shell.Streams.Warning.ReadAll())
        $shell.Dispose()
        $silent.Dispose()

        $null = Stop-Transcript
        $log.Dispose()
        Disconnect-TroveSession $entered[0]
        $remembered = @($Error)
    }

    AfterAll {
        Disconnect-TroveSession
        $keystone, $service | ForEach-Object Dispose
    }

    It 'was repeated to every cmdlet, by every kind of error and every way in' {
        (Get-Command -Module TroveSchedules).Name | Where-Object { $_ -notin $ran } | Should -BeNullOrEmpty
        $errorCounts.Keys | Where-Object { -not $errorCounts[$_] } | Should -BeNullOrEmpty -Because "errors are: $($errorCounts | ConvertTo-Json)"
        $all = $keystone.Received -join "`n"
        foreach ($sent in $password, $applicationSecret, $given) {
            $all.Contains([Text.Json.JsonEncodedText]::Encode($sent).ToString()) | Should -BeTrue -Because 'else this proves nothing'
        }
        $service.Received -join "`n" | Should -Match "X-Auth-Token: $([regex]::Escape($issued))"
    }

    It 'is in no stream, no property of an error, no view, no file of one and no job' { $found | Should -BeNullOrEmpty }

    It 'is not in $Error' {
        $remembered.Count | Should -BeGreaterThan 20
        foreach ($record in $remembered) { $hunt.InProperties($record, 4) | Should -BeNullOrEmpty }
    }

    It 'is not in a transcript' {
        $text = Get-Content "$TestDrive/echo.txt" -Raw
        $text | Should -Match 'Connect-TroveSession'
        $hunt.In($text) | Should -BeNullOrEmpty
    }

    It 'is not in the event sources and activities of .NET' {
        ($log.Heard -match '^System.Net.Http RequestStart').Count | Should -BeGreaterThan 50
        ($log.Heard -match '^activity ').Count | Should -BeGreaterThan 50
        $hunt.In($log.Heard -join "`n") | Should -BeNullOrEmpty
    }

    It 'is in no variable, of PowerShell or of the environment, and on no command line' {
        $now = [Environment]::GetEnvironmentVariables()
        $now.Keys | Where-Object { $environment[$_] -cne $now[$_] -and $_ -notlike 'OS_*' } | Should -BeNullOrEmpty
        (Get-Variable -Scope Global).Name | Where-Object { $_ -notin $variablesBefore -and $_ -match 'trove|token|session|secret' } | Should -BeNullOrEmpty
        $hunt.In([Environment]::CommandLine) | Should -BeNullOrEmpty
        $hunt.In(($PSDefaultParameterValues | Out-String)) | Should -BeNullOrEmpty
    }
}

Describe 'A key that stands in clouds.yaml or in the environment' {
    It 'is in no stream and no property of an error: <Name>' -ForEach @(
        @{ Name = 'a key beside the path of a certificate'; Lines = 'cert: /nowhere/cert.pem', 'key: |', '  KEY' }
        @{ Name = 'a key as the certificate'; Lines = 'cert: |', '  KEY' }
        @{ Name = 'a key as the authority'; Lines = 'cacert: |', '  KEY' }
        @{ Name = 'a key without its first and last line'; Lines = 'cert: /nowhere/cert.pem', 'key: hunted-key' }
    ) {
        $pem = "-----BEGIN PRIVATE KEY-----`nhunted-key`n-----END PRIVATE KEY-----"
        $text = ($Lines | ForEach-Object { $_ -replace 'KEY', ($pem -replace "`n", "`n      ") } | ForEach-Object { "    $_" }) -join "`n"
        Set-Content $TestDrive/clouds.yaml "clouds:`n  here:`n$text`n    auth: {auth_url: 'https://127.0.0.1:9', user_id: u, password: p, project_id: p}`n"
        Push-Location $TestDrive
        try {
            $shown = Use-Environment @{} {
                Connect-TroveSession here -MaxRetry 0 -ErrorAction SilentlyContinue -ErrorVariable failure -Verbose -Debug *>&1
                $failure | Format-List * -Force
                $failure | ForEach-Object { $_.TargetObject; for ($e = $_.Exception; $e; $e = $e.InnerException) { $e.ToString() } }
            } | Out-String -Width 4000
        } finally { Pop-Location }
        $shown | Should -Match InvalidConfiguration
        $shown | Should -Match "(cert|key|cacert|certificate)"
        $shown | Should -Not -Match hunted-key
    }
}

Describe 'A proxy that the environment names' {
    It 'is shown without its password where it <What>' -ForEach @(
        @{ What = 'wants another'; Answer = "HTTP/1.1 407 No`r`nProxy-Authenticate: Basic realm=`"x`"`r`n`r`n" }
        @{ What = 'fails'; Answer = "HTTP/1.1 500 No`r`n`r`n" }
    ) {
        $proxy = [TroveSchedules.PesterTests.EchoServer]@{ Otherwise = $Answer }
        try {
            # A process reads it once.
            $url = $proxy.Url -replace '//', '//ann:proxy-password@'
            $shown = Invoke-FreshPwsh -Environment @{ HTTPS_PROXY = $url; HTTP_PROXY = $url; NO_PROXY = '' } -Script @'
                $VerbosePreference = $DebugPreference = 'Continue'
                $once = (Get-Command Connect-TroveSession).Parameters.ContainsKey('MaxRetry') ? @{ MaxRetry = 0 } : @{}
                $secret = ConvertTo-SecureString x -AsPlainText -Force
                foreach ($url in 'https://cloud.test:5000', 'http://cloud.test:5000') {
                    Connect-TroveSession -AuthUrl $url -Token $secret -ProjectId p @once -ErrorAction SilentlyContinue -ErrorVariable failure *>&1
                    $failure | Format-List * -Force
                    $failure | ForEach-Object { for ($e = $_.Exception; $e; $e = $e.InnerException) { $e.ToString() } }
                    $failure | Get-Error | Out-String -Width 4000
                }
'@
            $proxy.Received -join "`n" | Should -Match 'CONNECT cloud.test'
            $proxy.Received -join "`n" | Should -Match 'POST http://cloud.test'
            $shown | Should -Match Unavailable
            $shown | Should -Not -Match 'proxy-password|YW5uOnByb3h5LXBhc3N3b3Jk'
        }
        finally { $proxy.Dispose() }
    }
}

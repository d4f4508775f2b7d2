BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud

    function Show-Everything {
        <# All that an object can be made to show. #>
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
        # The token of Keystone's that the session holds begins like each Fernet token.
        (Show-Everything $session) -join '' | Should -Not -MatchExactly 'gAAAAA'
        $streams = & { Get-TroveBackupSchedule -Verbose -Debug; Get-TroveWorkbook -Verbose -Debug; Get-TroveBackupSchedule -Id x -Verbose -Debug } *>&1 | Out-String -Width 4000
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
                    & `$call.Cmdlet @with -Session `$session
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

    It 'has been run, with -Verbose and -Debug, and its requests were told of' {
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
            $names | Should -Be AuthUrl, Cloud, CloudTime, DatabaseEndpoint, ProjectId, ProjectName, Region, TokenExpiresAt, UserName, WorkflowEndpoint
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

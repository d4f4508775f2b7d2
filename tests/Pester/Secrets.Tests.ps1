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

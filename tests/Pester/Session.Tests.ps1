BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    $noStack = -not (Test-TestStack)
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
}

AfterAll { Close-TestCloud }

Describe 'Without a session' {
    BeforeAll { Disconnect-TroveSession }

    It 'Get-TroveSession gives nothing' {
        Get-TroveSession | Should -BeNullOrEmpty
    }

    It 'Disconnect-TroveSession does nothing' {
        Disconnect-TroveSession -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It '<Cmdlet> reports how to connect, if there are no settings' -ForEach @(
        @{ Cmdlet = 'Get-TroveBackupSchedule' }
        @{ Cmdlet = 'Get-TroveInstance' }
        @{ Cmdlet = 'Get-TroveBackup' }
        @{ Cmdlet = 'Get-TroveWorkbook' }
        @{ Cmdlet = 'Install-TroveWorkbook' }
        @{ Cmdlet = 'Get-TroveScheduleExecution'; With = @{ Schedule = 'x' } }
        @{ Cmdlet = 'Remove-TroveScheduleExecution'; With = @{ Id = 'x' } }
        @{ Cmdlet = 'Remove-TroveBackupSchedule'; With = @{ Id = 'x' } }
        @{ Cmdlet = 'Set-TroveBackupSchedule'; With = @{ Id = 'x' } }
        @{ Cmdlet = 'Suspend-TroveBackupSchedule'; With = @{ Id = 'x' } }
        @{ Cmdlet = 'Resume-TroveBackupSchedule'; With = @{ Id = 'x' } }
        @{ Cmdlet = 'New-TroveBackupSchedule'; With = @{ Instance = 'm'; Pattern = '0 3 * * *'; Name = 'x' } }
    ) {
        $with = $With ?? @{}
        Use-Environment @{} {
            Push-Location $TestDrive
            try { Get-ErrorOf { & $Cmdlet @with } } finally { Pop-Location }
        } | Assert-Error NotConnected $Cmdlet InvalidArgument -Says 'OS_CLOUD', 'OS_AUTH_URL' -Advises 'Connect-TroveSession -Cloud'
    }

    It 'Connect-TroveSession reports the same' {
        Use-Environment @{} { Get-ErrorOf { Connect-TroveSession } } | Assert-Error NotConnected Connect-TroveSession InvalidArgument -Advises 'OS_CLOUD'
    }

    It 'the advice names the clouds that are known' {
        Set-Content $TestDrive/clouds.yaml "clouds:`n  here:`n    auth: {auth_url: 'http://127.0.0.1:9'}`n  there:`n    auth: {auth_url: 'http://127.0.0.1:9'}`n"
        Push-Location $TestDrive
        try { $record = Use-Environment @{} { Get-ErrorOf { Get-TroveBackupSchedule } } } finally { Pop-Location }
        $record | Assert-Error NotConnected Get-TroveBackupSchedule InvalidArgument -Advises 'here, there'
    }
}

Describe 'The limits of a session' {
    BeforeEach {
        $keystone = New-TestKeystone
        $mistral = New-TestServer
    }

    AfterEach {
        Disconnect-TroveSession
        $mistral, $keystone | ForEach-Object Dispose
    }

    It 'with -MaxRetry <_> a request that meets a fault which may pass is repeated so often' -ForEach 0, 1 {
        $mistral.Answer('.', 503, '{}', @{})
        $null = Connect-TestKeystone $keystone.Url @{ WorkflowEndpoint = $mistral.Url; MaxRetry = $_ }
        Get-ErrorOf { Get-TroveBackupSchedule } | Assert-Error Unavailable Get-TroveBackupSchedule ResourceUnavailable -Says Mistral
        $mistral.Requests.Count | Should -Be ($_ + 1)
    }

    It 'with -TimeoutSec no service is waited for that asks for more than is left' {
        $mistral.Answer('.', 503, '{"faultstring": "Down for maintenance."}', @{ 'Retry-After' = '50' })
        $null = Connect-TestKeystone $keystone.Url @{ WorkflowEndpoint = $mistral.Url; TimeoutSec = 40 }
        Get-ErrorOf { Get-TroveBackupSchedule } | Assert-Error Unavailable Get-TroveBackupSchedule ResourceUnavailable -Says 'Down for maintenance'
        $mistral.Requests.Count | Should -Be 1
    }

    It '-<Name> <Value> is refused before any request' -ForEach @(
        @{ Name = 'MaxRetry'; Value = -1 }
        @{ Name = 'MaxRetry'; Value = 21 }
        @{ Name = 'TimeoutSec'; Value = 0 }
        @{ Name = 'TimeoutSec'; Value = 86401 }
    ) {
        { Connect-TestKeystone $keystone.Url @{ $Name = $Value } } | Should -Throw "*'$Name'*"
        $keystone.Requests | Should -BeNullOrEmpty
    }
}

Describe 'Connect-TroveSession' {
    BeforeAll {
        $account = Get-TestAccount demo
        $credential = [pscredential]::new($account.username, (ConvertTo-SecureString $account.password -AsPlainText -Force))
        $projectId = (Get-TestToken).ProjectId
    }

    BeforeEach { Disconnect-TroveSession }

    AfterAll { Disconnect-TroveSession }

    It 'takes a cloud of clouds.yaml' {
        $session = Connect-TestCloud
        $session | Should -BeOfType TroveSchedules.TroveSession
        $session.Cloud, $session.UserName, $session.ProjectName, $session.Region | Should -Be demo, demo, demo, RegionOne
        $session.ProjectId | Should -Be $projectId
        $session.WorkflowEndpoint | Should -Be (Get-TestEndpoint workflowv2)
        $session.TokenExpiresAt | Should -BeGreaterThan (Get-TestTime)
        Get-TroveSession | Should -Be $session
        (Get-TroveInstance).Name | Should -Contain m
    }

    It 'takes a user, a password and a project' {
        $session = Connect-TroveSession -AuthUrl $account.auth_url -Credential $credential -UserDomainName Default -ProjectName demo -ProjectDomainName Default
        $session.Cloud | Should -BeNullOrEmpty
        $session.ProjectId | Should -Be $projectId
        (Get-TroveInstance).Name | Should -Contain m
    }

    It 'takes the project by id, a region, an interface, and an address without its version' {
        $session = Connect-TroveSession -AuthUrl ($account.auth_url -replace '/v3/?$') -Credential $credential -UserDomainName Default -ProjectId $projectId `
            -Region RegionOne -Interface Internal
        $session.ProjectName | Should -Be demo
        (Get-TroveInstance).Name | Should -Contain m
    }

    It 'takes an application credential' {
        $own = Get-TestAccount demo-appcred
        $session = Connect-TroveSession -AuthUrl $own.auth_url -ApplicationCredentialId $own.application_credential_id `
            -ApplicationCredentialSecret (ConvertTo-SecureString $own.application_credential_secret -AsPlainText -Force)
        $session.ProjectId | Should -Be $projectId
        (Get-TroveInstance).Name | Should -Contain m
    }

    It 'takes a token' {
        $token = ConvertTo-SecureString (Get-TestToken).Id -AsPlainText -Force
        $session = Connect-TroveSession -AuthUrl $account.auth_url -Token $token -ProjectName demo -ProjectDomainName Default
        $session.ProjectId | Should -Be $projectId
        (Get-TroveInstance).Name | Should -Contain m
    }

    It 'takes the environment: <_>' -ForEach 'OS_CLOUD', 'OS_*' {
        $variables = if ($_ -eq 'OS_CLOUD') { @{ OS_CLOUD = 'demo'; OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" } }
        else {
            @{ OS_AUTH_URL = $account.auth_url; OS_USERNAME = 'demo'; OS_PASSWORD = $account.password; OS_PROJECT_NAME = 'demo'
                OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default' }
        }
        (Use-Environment $variables { Connect-TroveSession }).ProjectId | Should -Be $projectId
        Disconnect-TroveSession
        Invoke-FreshPwsh '(Get-TroveInstance m).Id; (Get-TroveSession).ProjectName' $variables | Should -Be "$(Get-TestInstanceId m)$([Environment]::NewLine)demo"
    }

    It 'reads clouds.yaml in the current folder of PowerShell, which need not be the process''s' {
        Copy-Item "$(Get-TestCloud)/clouds.yaml" $TestDrive
        Push-Location $TestDrive
        try { Use-Environment @{} { (Connect-TroveSession other).ProjectName | Should -Be other } } finally { Pop-Location }
    }

    It 'takes the region of OS_REGION_NAME beside OS_CLOUD, and reports which other variables it does not take' {
        $variables = @{ OS_CLOUD = 'demo'; OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml"; OS_REGION_NAME = 'Elsewhere'; OS_PROJECT_NAME = 'other' }
        Use-Environment $variables { Get-ErrorOf { Connect-TroveSession -WarningAction SilentlyContinue } } | Assert-Error NoEndpoint Connect-TroveSession ObjectNotFound -Says "'Elsewhere'"
        $variables.OS_REGION_NAME = 'RegionOne'
        $session = Use-Environment $variables { Connect-TroveSession 3>&1 }
        "$($session[0])" | Should -Be 'OS_CLOUD is set, so OS_PROJECT_NAME is not used.'
        $session = $session[1]
        $session.Region, $session.ProjectName | Should -Be RegionOne, demo
    }

    It 'warns, before it connects, of each unused setting and of each unknown one' {
        $port = Get-ClosedPort
        Set-Content $TestDrive/clouds.yaml @"
clouds:
  here:
    profile: rackspace
    api_timeout: 5
    projct_name: x
    compute_api_version: 2
    auth: {auth_url: 'http://127.0.0.1:$port', user_id: u, password: p, project_id: p}
"@
        Push-Location $TestDrive
        try {
            $said = Use-Environment @{} { Connect-TroveSession here -MaxRetry 0 -ErrorAction SilentlyContinue 3>&1 }
            @($said).Count | Should -Be 3
            @($said | Where-Object { $_ -like "*'projct_name'*'project_name'*" }).Count | Should -Be 1
            @($said | Where-Object { $_ -like "api_timeout in the cloud 'here' in *clouds.yaml', line 4 is not used: *-TimeoutSec*" }).Count | Should -Be 1
            @($said | Where-Object { $_ -like "The profile 'rackspace'*" }).Count | Should -Be 1
        } finally { Pop-Location }
    }

    It 'names the parameter that takes the place of <Setting>, for Connect-TroveSession and for the first cmdlet' -ForEach @(
        @{ Setting = 'workflow_timeout'; Parameter = '-TimeoutSec of Connect-TroveSession' }
        @{ Setting = 'connect_retries'; Parameter = '-MaxRetry of Connect-TroveSession' }
        @{ Setting = 'rate_limit'; Parameter = '-ThrottleLimit' }
    ) {
        Set-Content $TestDrive/clouds.yaml "clouds:`n  here:`n    $($Setting): 5`n    auth: {auth_url: 'http://127.0.0.1:$(Get-ClosedPort)', user_id: u, password: p, project_id: p}`n"
        Push-Location $TestDrive
        try {
            $said = Use-Environment @{} { Connect-TroveSession here -MaxRetry 0 -ErrorAction SilentlyContinue 3>&1 }
            "$said" | Should -BeLike "$Setting in the cloud 'here' in *, line 3 is not used: $Parameter says how *."
            Disconnect-TroveSession
            { Use-Environment @{ OS_CLOUD = 'here' } { Get-TroveInstance -WarningAction Stop } } | Should -Throw "*is not used: $Parameter says how *"
        } finally { Pop-Location }
    }

    It 'names <Parameter> in the error about its value' -ForEach @(
        @{ Parameter = 'CACertificate'; Value = '/{x}'; Says = 'CACertificate in the arguments holds a brace' }
        @{ Parameter = 'ClientKey'; Value = '/k.pem'; Says = 'ClientCertificate is missing in the arguments: ClientKey is set.' }
    ) {
        $with = @{ $Parameter = $Value }
        Get-ErrorOf { Connect-TroveSession -AuthUrl http://127.0.0.1:9 -Token (ConvertTo-SecureString x -AsPlainText -Force) @with } |
            Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says $Says
    }

    It 'refuses a setting that it cannot use, by name: <_>' -ForEach 'system_scope', 'trust_id', 'domain_id' {
        Set-Content $TestDrive/clouds.yaml "clouds:`n  here:`n    auth: {auth_url: 'http://127.0.0.1:9', user_id: u, password: p, $($_): x}`n"
        Push-Location $TestDrive
        try { Use-Environment @{} { Get-ErrorOf { Connect-TroveSession here } } | Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says "$_ in the cloud 'here'" }
        finally { Pop-Location }
    }

    It 'replaces the shared session, and the old one stays good for who holds it' {
        $demo = Connect-TestCloud demo
        $other = Connect-TestCloud other
        Get-TroveSession | Should -Be $other
        (Get-TroveInstance -Session $demo).Name | Should -Contain m
    }

    It 'leaves the shared session as it was when it fails' {
        $demo = Connect-TestCloud demo
        $null = Use-Environment @{} { Get-ErrorOf { Connect-TroveSession -Cloud nowhere } }
        Get-TroveSession | Should -Be $demo
    }
}

Describe 'Two sessions side by side' {
    BeforeAll {
        Clear-TestCloud demo, other
        $demo = Connect-TestCloud demo
        $null = Install-TroveWorkbook
        $other = Connect-TestCloud other
        $null = Install-TroveWorkbook -Session $other
    }

    AfterAll {
        Clear-TestCloud demo, other
        Disconnect-TroveSession
    }

    It 'each see their own project' {
        (Get-TroveInstance).Name | Should -Be o
        (Get-TroveInstance -Session $demo).Name | Should -Contain m
        (Get-TroveInstance -Session $demo).Name | Should -Not -Contain o
    }

    It 'each act in their own project, whichever is the shared one' {
        $name = New-TestName
        $there = New-TroveBackupSchedule o '0 3 * * *' $name
        $here = New-TroveBackupSchedule m '0 3 * * *' $name -Session $demo
        $here.ProjectId, $there.ProjectId | Should -Be $demo.ProjectId, $other.ProjectId
        (Get-TroveBackupSchedule -Name $name).Id | Should -Be $there.Id
        (Get-TroveBackupSchedule -Name $name -Session $demo).Id | Should -Be $here.Id
        Get-TroveBackupSchedule -Name $name -Session $demo | Remove-TroveBackupSchedule -Session $demo -Confirm:$false
        Get-TroveBackupSchedule -Name $name -Session $demo | Should -BeNullOrEmpty
        (Get-TroveBackupSchedule -Name $name).Id | Should -Be $there.Id
        Get-TroveSession | Should -Be $other
    }

    It 'are ended one by one' {
        $extra = Connect-TestCloud demo
        $null = Connect-TestCloud other
        $extra | Disconnect-TroveSession
        Get-TroveSession | Should -Not -BeNullOrEmpty
        (Get-TroveInstance).Name | Should -Be o
        $record = Get-ErrorOf { Get-TroveInstance -Session $extra }
        "$record" | Should -BeLike '*disconnected*'
        Disconnect-TroveSession
        Get-TroveSession | Should -BeNullOrEmpty
    }
}

Describe 'Connect-TroveSession refuses' {
    BeforeAll {
        $account = Get-TestAccount demo
        $wrong = [pscredential]::new('demo', (ConvertTo-SecureString 'no-password-of-anyone' -AsPlainText -Force))
        $right = [pscredential]::new('demo', (ConvertTo-SecureString $account.password -AsPlainText -Force))
        Disconnect-TroveSession
    }

    AfterEach { Get-TroveSession | Should -BeNullOrEmpty }

    It 'a wrong password' {
        Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Credential $wrong -UserDomainName Default -ProjectName demo -ProjectDomainName Default } |
            Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says $account.auth_url, 'demo', 'password' -Advises 'Connect-TroveSession'
    }

    It 'a project that is not the user''s' {
        Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Credential $right -UserDomainName Default -ProjectName other -ProjectDomainName Default } |
            Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says 'other'
    }

    It 'a wrong secret of an application credential' {
        $own = Get-TestAccount demo-appcred
        Get-ErrorOf { Connect-TroveSession -AuthUrl $own.auth_url -ApplicationCredentialId $own.application_credential_id -ApplicationCredentialSecret $wrong.Password } |
            Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says $own.application_credential_id
    }

    It 'a token that is none' {
        Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Token $wrong.Password -ProjectName demo -ProjectDomainName Default } |
            Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says 'token'
    }

    It 'an unscoped token, which Mistral would show empty lists' {
        $token = ConvertTo-SecureString (Get-TestToken -Unscoped).Id -AsPlainText -Force
        Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Token $token } |
            Assert-Error UnscopedToken Connect-TroveSession InvalidArgument -Says 'no project' -Advises '-ProjectName'
        Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Credential $right -UserDomainName Default } |
            Assert-Error UnscopedToken Connect-TroveSession InvalidArgument -Says 'no project' -Advises '-ProjectName'
    }

    It 'a user by name without a domain' {
        Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Credential $right -ProjectName demo -ProjectDomainName Default } |
            Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says 'UserDomainName'
    }

    It 'an unknown cloud, and names those that are known' {
        $record = Use-Environment @{ OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" } { Get-ErrorOf { Connect-TroveSession -Cloud Demo } }
        $record | Assert-Error UnknownCloud Connect-TroveSession ObjectNotFound -Says "'Demo'", "'demo', 'other', 'admin', 'demo-appcred'", 'clouds.yaml' -Advises 'known'
    }

    It 'a region that the cloud does not have' {
        $record = Use-Environment @{ OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" } { Get-ErrorOf { Connect-TroveSession -Cloud demo -Region regionone } }
        $record.ErrorDetails.Message | Should -BeLike '*regionone*'
        $record.ErrorDetails.Message | Should -BeLike '*RegionOne*'
    }
}

Describe 'A parameter of Connect-TroveSession' {
    BeforeAll {
        Disconnect-TroveSession
        $secret = ConvertTo-SecureString x -AsPlainText -Force
        Set-Content $TestDrive/clouds.yaml "clouds: {here: {auth: {auth_url: 'http://127.0.0.1:9', user_id: u, password: p, project_id: configured}}}"
        Push-Location $TestDrive
    }

    AfterAll { Pop-Location }

    It '-<Name> is refused where it is empty' -ForEach @(
        'ProjectName', 'ProjectId', 'ProjectDomainName', 'Region', 'Interface', 'WorkflowEndpoint', 'DatabaseEndpoint', 'CACertificate', 'ClientCertificate', 'ClientKey' |
            ForEach-Object { @{ Name = $_; With = @{ Cloud = 'here' } } }
        @{ Name = 'Cloud'; With = @{} }
        @{ Name = 'UserDomainName'; With = @{ AuthUrl = 'http://127.0.0.1:9'; Credential = [pscredential]::new('u', (ConvertTo-SecureString x -AsPlainText -Force)) } }
        @{ Name = 'ApplicationCredentialId'; With = @{ AuthUrl = 'http://127.0.0.1:9'; ApplicationCredentialSecret = (ConvertTo-SecureString x -AsPlainText -Force) } }
    ) {
        foreach ($nothing in '', $null) {
            $all = $With + @{ $Name = $nothing }
            $record = Use-Environment @{} { Get-ErrorOf { Connect-TroveSession @all } }
            $record.FullyQualifiedErrorId | Should -BeExactly 'ParameterArgumentValidationError,TroveSchedules.Commands.ConnectTroveSessionCommand'
            "$record" | Should -BeLike "*'$Name'*"
        }
    }

    It 'that takes an address or a secret is refused where that is empty: -<_>' -ForEach 'AuthUrl', 'Token', 'ApplicationCredentialSecret' {
        $with = @{ AuthUrl = 'http://127.0.0.1:9' }
        if ($_ -eq 'ApplicationCredentialSecret') { $with.ApplicationCredentialId = 'a' } else { $with.Token = $secret }
        foreach ($nothing in $($_ -eq 'AuthUrl' ? '' : [securestring]::new()), $null) {
            $with[$_] = $nothing
            $record = Get-ErrorOf { Connect-TroveSession @with }
            $record.FullyQualifiedErrorId | Should -BeExactly 'ParameterArgumentValidationError,TroveSchedules.Commands.ConnectTroveSessionCommand'
            "$record" | Should -BeLike "*'$_'*"
        }
    }

    It 'that names a file refuses a path of another PowerShell provider: -<_>' -ForEach 'CACertificate', 'ClientCertificate', 'ClientKey' {
        Set-Content $TestDrive/HOME 'no certificate'
        foreach ($path in 'Env:HOME', 'Variable:HOME', 'Function:prompt', 'Microsoft.PowerShell.Core\Environment::HOME') {
            $with = @{ $_ = $path }
            Use-Environment @{} { Get-ErrorOf { Connect-TroveSession here @with } } |
                Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says "-$_ is a path of the PowerShell provider" -Advises 'path of a file'
        }
    }

    It 'is named where it is wrong beside clouds.yaml' {
        Use-Environment @{} { Get-ErrorOf { Connect-TroveSession here -ClientKey k.pem } } |
            Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says 'ClientCertificate is missing in the arguments: ClientKey is set.'
        Use-Environment @{} { Get-ErrorOf { Connect-TroveSession here -ClientCertificate $TestDrive } } |
            Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says "'$TestDrive' cannot be loaded: it is a folder."
    }
}

Describe 'A login that Keystone refuses' {
    # The bodies are what Keystone 22 answers (tests/stack/README.md); that of a lock is an older Keystone's.
    It 'shows the reason, and what helps: <What>' -ForEach @(
        @{
            What = 'an expired password'; Words = 'The password is expired and needs to be changed for user: 989b7134cbe94626951532992cb04479.'
            Advises = '/v3/users/USER_ID/password', 'dashboard'
        }
        @{ What = 'a lock'; Words = 'The account is locked for user: 989b7134cbe94626951532992cb04479.'; Advises = 'Wait', 'openstack user set --enable' }
        @{ What = 'a disabled project'; Words = 'Project is disabled: 0123456789abcdef'; Advises = 'administrator' }
        @{ What = 'something else'; Words = 'Could not find user: tester. (Disable insecure_debug mode to suppress these details.)'; Advises = 'Check the credential' }
    ) {
        $web = New-TestServer
        $web.Answer('.', 401, (@{ error = @{ code = 401; message = $Words; title = 'Unauthorized' } } | ConvertTo-Json), $null)
        try { $record = Get-ErrorOf { Connect-TestKeystone $web.Url } } finally { $web.Dispose() }
        $record | Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says $Words, 'tester' -Advises (@($Advises) + 'Connect-TroveSession')
        $record.ErrorDetails.Message | Should -Not -BeLike '*does not say*'
        $record.Exception.ServerMessage | Should -BeExactly $Words
        Get-TroveSession | Should -BeNullOrEmpty
    }

    It 'reports that Keystone gives no reason, if it gives none' {
        $account = Get-TestAccount demo
        $wrong = [pscredential]::new('demo', (ConvertTo-SecureString 'no-password-of-anyone' -AsPlainText -Force))
        $record = Get-ErrorOf { Connect-TroveSession -AuthUrl $account.auth_url -Credential $wrong -UserDomainName Default -ProjectName demo -ProjectDomainName Default }
        $record.ErrorDetails.Message | Should -BeLike '*The request you have made requires authentication. It does not say which is wrong: the user, its domain, the password, the project,*locked out*'
        $record.Exception.ServerMessage | Should -BeExactly 'The request you have made requires authentication.'
    }

    It 'does not deny Keystone where that does not know an application credential' {
        $url = (Get-TestAccount).auth_url
        $secret = ConvertTo-SecureString x -AsPlainText -Force
        Get-ErrorOf { Connect-TroveSession -AuthUrl $url -ApplicationCredentialId nope -ApplicationCredentialSecret $secret } |
            Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says 'Could not find Application Credential: nope.'
    }

    It 'names the factor that is still wanted, and the ways out' {
        $web = New-TestServer
        $web.Answer('.', 401, '{"receipt": {"methods": ["password"], "user": {"id": "u", "name": "tester"}}, "required_auth_methods": [["totp", "password"]]}', @{ 'Openstack-Auth-Receipt' = 'gAAAAABrCbRc-a-receipt' })
        try { $record = Get-ErrorOf { Connect-TestKeystone $web.Url } } finally { $web.Dispose() }
        $record | Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says 'as one factor of several, and still wants totp.' -Advises 'application credential', '-Token'
        ($record | Format-List * -Force | Out-String -Width 4000) | Should -Not -Match 'gAAAAABrCbRc'
    }
}

Describe 'A user who needs a second factor, or is disabled' -Skip:$noStack -Tag 'Needs a stack' {
    BeforeAll {
        $identity, $administrator, $demo = (Get-TestAccount).auth_url, (Get-TestToken admin), (Get-TestToken)
        function Invoke-Keystone($Method, $Path, $Body) {
            $json = $Body ? ($Body | ConvertTo-Json -Depth 9) : $null
            Invoke-RestMethod "$identity/$Path" -Method $Method -Headers @{ 'X-Auth-Token' = $administrator.Id } -ContentType application/json -Body $json
        }
        $name = "t-$(New-Guid)"
        $user = (Invoke-Keystone Post users @{ user = @{ name = $name; domain_id = 'default'; password = 'secret-of-somebody' } }).user.id
        $member = ((Invoke-Keystone Get roles).roles | Where-Object name -EQ member).id
        $null = Invoke-Keystone Put "projects/$($demo.ProjectId)/users/$user/roles/$member"
        function Connect-Somebody {
            Connect-TroveSession -AuthUrl $identity -UserDomainName Default -ProjectName demo -ProjectDomainName Default `
                -Credential ([pscredential]::new($name, (ConvertTo-SecureString 'secret-of-somebody' -AsPlainText -Force)))
        }
    }

    AfterAll {
        Disconnect-TroveSession
        $null = Invoke-Keystone Delete "users/$user"
    }

    It 'is let in as long as nothing more is wanted' { (Connect-Somebody).UserName | Should -Be $name }

    It 'gets the name of the missing factor' {
        # Keystone counts only the methods that it has loaded, and of these token is always one.
        $null = Invoke-Keystone Patch "users/$user" @{ user = @{ options = @{ multi_factor_auth_enabled = $true; multi_factor_auth_rules = @(, @('password', 'token')) } } }
        $record = Get-ErrorOf { Connect-Somebody }
        $record | Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says $name, 'as one factor of several, and still wants token.' -Advises 'application credential', '-Token'
        ($record | Format-List * -Force | Out-String -Width 4000) | Should -Not -Match 'gAAAAA|secret-of-somebody'
    }

    It 'gets the error that Keystone gives no reason, if the user is disabled' {
        $null = Invoke-Keystone Patch "users/$user" @{ user = @{ enabled = $false } }
        Get-ErrorOf { Connect-Somebody } | Assert-Error Unauthorized Connect-TroveSession AuthenticationError -Says 'It does not say which is wrong', 'disabled'
    }
}

Describe 'Connecting to something other than a cloud' {
    BeforeAll {
        Disconnect-TroveSession
        $server = New-TestKeystone
        $front = New-TlsFront $server.Url
    }

    AfterAll {
        Disconnect-TroveSession
        $front.Dispose()
        $server.Dispose()
    }

    BeforeEach { Disconnect-TroveSession }

    It 'reports that the address does not respond' {
        $url = "http://127.0.0.1:$(Get-ClosedPort)/v3"
        Get-ErrorOf { Connect-TestKeystone $url } | Assert-Error Unavailable Connect-TroveSession ResourceUnavailable -Says "127.0.0.1:$(([uri] $url).Port)"
    }

    It 'reports that the name of the host is not known' {
        Get-ErrorOf { Connect-TestKeystone 'http://keystone.invalid:5000/v3' } | Assert-Error Unavailable Connect-TroveSession ResourceUnavailable -Says 'keystone.invalid'
    }

    It 'reports that the certificate is not trusted, and what can be done; nothing is sent' {
        $before = $server.Requests.Count
        Get-ErrorOf { Connect-TestKeystone $front.Url } |
            Assert-Error UntrustedCertificate Connect-TroveSession ResourceUnavailable -Says ([uri] $front.Url).Authority -Advises '-CACertificate', '-SkipCertificateCheck'
        $server.Requests.Count | Should -Be $before
    }

    It 'trusts the authority that -CACertificate names' {
        Set-Content $TestDrive/ca.pem $front.Pem
        (Connect-TestKeystone $front.Url @{ CACertificate = "$TestDrive/ca.pem" }).UserName | Should -Be tester
        Push-Location $TestDrive
        try { (Connect-TestKeystone $front.Url @{ CACertificate = 'ca.pem' }).UserName | Should -Be tester } finally { Pop-Location }
    }

    It 'takes the text of the authority in the place of a file' {
        (Connect-TestKeystone $front.Url @{ CACertificate = $front.Pem }).UserName | Should -Be tester
    }

    It 'trusts no other authority then' {
        $another = New-TlsFront $server.Url
        Set-Content $TestDrive/another.pem $another.Pem
        $another.Dispose()
        Get-ErrorOf { Connect-TestKeystone $front.Url @{ CACertificate = "$TestDrive/another.pem" } } | Assert-Error UntrustedCertificate Connect-TroveSession ResourceUnavailable
    }

    It 'reports which file of authorities it cannot read' {
        $record = Get-ErrorOf { Connect-TestKeystone $front.Url @{ CACertificate = "$TestDrive/none.pem" } }
        $record.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $record.ErrorDetails.Message | Should -BeLike '*none.pem*'
    }

    It 'with -SkipCertificateCheck connects, and warns' {
        $warnings = & { Connect-TestKeystone $front.Url @{ SkipCertificateCheck = $true } } 3>&1 | Where-Object { $_ -is [Management.Automation.WarningRecord] }
        Get-TroveSession | Should -Not -BeNullOrEmpty
        "$warnings" | Should -BeLike '*not checked*password*'
    }

    It 'with -SkipCertificateCheck:$false checks, whatever the settings say: <_>' -ForEach 'insecure: true', 'verify: false', 'OS_INSECURE' {
        $variables = @{ OS_AUTH_URL = $front.Url; OS_USER_ID = 'u'; OS_PASSWORD = 'p'; OS_PROJECT_ID = 'p'; OS_INSECURE = '1' }
        if ($_ -ne 'OS_INSECURE') {
            Set-Content $TestDrive/insecure.yaml "clouds: {here: {$_, auth: {auth_url: '$($front.Url)', user_id: u, password: p, project_id: p}}}"
            $variables = @{ OS_CLOUD = 'here'; OS_CLIENT_CONFIG_FILE = "$TestDrive/insecure.yaml" }
        }
        # PowerShell on its own turns a switch on for null.
        foreach ($off in $false, $null) {
            Use-Environment $variables { Get-ErrorOf { Connect-TroveSession -SkipCertificateCheck:$off } } | Assert-Error UntrustedCertificate Connect-TroveSession ResourceUnavailable
        }
    }

    It 'reports that something other than Keystone responds' {
        $web = New-TestServer
        $web.Answer('.', 200, '<html>Welcome</html>', @{ 'Content-Type' = 'text/html' })
        try { Get-ErrorOf { Connect-TestKeystone $web.Url @{ MaxRetry = 0 } } | Assert-Error ProtocolError Connect-TroveSession InvalidData -Advises 'proxy' } finally { $web.Dispose() }
        $web = New-TestServer
        try { Get-ErrorOf { Connect-TestKeystone $web.Url } | Assert-Error InvalidConfiguration Connect-TroveSession InvalidArgument -Says 'no Keystone v3', $web.Url -Advises 'auth URL' } finally { $web.Dispose() }
    }

    It 'follows no redirection with the password' {
        $web = New-TestServer
        $web.Answer('.', 307, '', @{ Location = "$($server.Url)/v3/auth/tokens" })
        $before = $server.Requests.Count
        try { $record = Get-ErrorOf { Connect-TestKeystone $web.Url } } finally { $web.Dispose() }
        $record | Assert-Error ProtocolError Connect-TroveSession InvalidData -Says "redirects to $($server.Url)/v3/auth/tokens" -Advises '-AuthUrl'
        $server.Requests.Count | Should -Be $before
        Get-TroveSession | Should -BeNullOrEmpty
    }
}

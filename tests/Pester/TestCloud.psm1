# Shared by the tests: the built module, a cloud, and cleanup.
# The cloud is a sandbox, a new one for each file, whose clock is stopped until a test waits for something. If TROVE_TEST_STACK names the state directory
# of a stack (tests/stack), the cloud is that stack. Both have the same accounts and instances, and have URLs: the sandbox through servers on the
# loopback, so that other processes, recording proxies and clouds.yaml see no difference.
# If TROVE_TEST_FLAVOUR is netstandard2.0, the tests load the build for Windows PowerShell: the same folder, with a manifest that names that build.

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/../Get-PwshCommand.ps1"
. "$PSScriptRoot/../Support/Add-TestTypes.ps1"
$script:Root = (Resolve-Path "$PSScriptRoot/../..").Path
$script:Built = Join-Path $Root 'out/TroveSchedules'
$script:Manifest = Join-Path ($env:TROVE_TEST_FLAVOUR ? "$PSScriptRoot/bin/$env:TROVE_TEST_FLAVOUR/TroveSchedules" : $Built) 'TroveSchedules.psd1'
# The folder with clouds.yaml, and the sandbox, if it is the cloud, with the servers in front of it.
$script:Cloud = $null
$script:CheckedStack = $null
$script:Sandbox = $null
$script:Fronts = @()
# The tokens that Invoke-TestApi shares, by account.
$script:Tokens = @{}
# Prefix of the name of everything that the tests create.
$script:Prefix = 'pester-'
$script:Password = 'pass-of-tester'

function Import-TestModule {
    <# Loads the built module, without a session. #>
    if (-not (Test-Path $Built)) { throw 'The module is not built: run ./build.ps1' }
    if ($env:TROVE_TEST_FLAVOUR -and -not (Get-Module TroveSchedules)) { Copy-TestFlavour }
    Import-Module $Manifest -Global
    Disconnect-TroveSession
}

function Copy-TestFlavour {
    # Windows PowerShell finds formats, help and licence relative to the module's folder.
    $copy = Split-Path $Manifest
    Remove-Item $copy -Recurse -Force -ErrorAction Ignore
    $null = New-Item (Split-Path $copy) -ItemType Directory -Force
    Copy-Item $Built $copy -Recurse
    $text = Get-Content $Manifest -Raw
    $flavoured = $text -replace '(?m)(?<=^\s*RootModule\s*=\s*).*$', "'$env:TROVE_TEST_FLAVOUR/TroveSchedules.dll'"
    if ($flavoured -eq $text -or -not (Test-Path "$copy/$env:TROVE_TEST_FLAVOUR")) { throw "The module has no flavour '$env:TROVE_TEST_FLAVOUR' (TROVE_TEST_FLAVOUR)." }
    Set-Content $Manifest $flavoured -NoNewline
}

function Get-TestManifest {
    <# The manifest of the module that is tested. #>
    $script:Manifest
}

function Test-OwnLoadContext {
    <# Whether the module loads its dependencies in its own load context. The build for Windows PowerShell, which has no load contexts, does not. #>
    -not $env:TROVE_TEST_FLAVOUR
}

function Open-TestCloud {
    <# Creates the cloud of a test file: a sandbox with the given options, such as @{ TokenLife = [TimeSpan]::FromMinutes(1) }, or the stack without changes. #>
    param([hashtable] $SandboxOptions = @{})
    Close-TestCloud
    $script:InstanceIds, $script:Tokens = @{}, @{}
    if ($env:TROVE_TEST_STACK) { Open-TestStack } else { Open-TestSandbox $SandboxOptions }
}

function Close-TestCloud {
    <# Ends the session and the sandbox. A stack is not changed. #>
    if (Get-Command Disconnect-TroveSession -ErrorAction Ignore) { Disconnect-TroveSession }
    if ($script:Sandbox) { $script:Sandbox.Dispose() }
    $failures = @($script:Fronts.Failures)
    $script:Fronts | ForEach-Object Dispose
    $script:Cloud = $script:Sandbox = $null
    $script:Fronts = @()
    if ($failures) { throw "The servers of the sandbox failed: $($failures -join "`n")" }
}

function Assert-TestStack {
    <#
    Throws if tests cannot run on the stack that TROVE_TEST_STACK names. A file that opens a cloud calls it in BeforeDiscovery, where it causes one failure. In
    BeforeAll it would cause one failure for each test.
    #>
    param([string] $State = $env:TROVE_TEST_STACK)
    if (-not $State) { return }
    if (-not (Test-Path "$State/clouds.yaml")) { throw "No stack has its state in '$State' (TROVE_TEST_STACK)." }
    $script:Clouds = (Get-Content "$State/clouds.yaml" -Raw | ConvertFrom-Json).clouds
    try { $null = Invoke-RestMethod $Clouds.demo.auth.auth_url -TimeoutSec 10 }
    catch { throw "The stack that has its state in '$State' (TROVE_TEST_STACK) does not answer: $_" }
    foreach ($project in 'demo', 'other') {
        $foreignTriggers = @(Get-TestTrigger $project | Where-Object workflow_input -NotLike "*`"name`": `"$Prefix*")
        if ($foreignTriggers) {
            throw "The project $project of the stack in '$State' has $($foreignTriggers.Count) schedules that are not the tests', which replace its workbook. Delete them, or let TROVE_TEST_STACK name another stack."
        }
    }
    $script:CheckedStack = $State
}

function Open-TestStack {
    if ($script:CheckedStack -ne $env:TROVE_TEST_STACK) { throw 'The file did not call Assert-TestStack in BeforeDiscovery.' }
    $script:Cloud = $env:TROVE_TEST_STACK
    $script:Clouds = (Get-Content "$Cloud/clouds.yaml" -Raw | ConvertFrom-Json).clouds
}

function Open-TestSandbox {
    param([hashtable] $SandboxOptions)
    # The module has its own load context, in which PowerShell finds no type by name.
    $library = [Reflection.Assembly]::Load('TroveSchedules.Sandbox')
    $keystone, $mistral, $trove = $script:Fronts = 1..3 | ForEach-Object { New-TestServer }
    $options = $library.GetType('TroveSchedules.Sandbox.SandboxOptions')::new()
    foreach ($setting in (@{ Speed = 0; KeystoneUrl = $keystone.Url; MistralUrl = $mistral.Url; TroveUrl = $trove.Url } + $SandboxOptions).GetEnumerator()) {
        $options.($setting.Key) = $setting.Value
    }
    $script:Sandbox = $library.GetType('TroveSchedules.Sandbox.SandboxCloud')::new($options)
    $Fronts | ForEach-Object { $_.PassOnTo($Sandbox.CreateHandler()) }
    $clouds = [ordered]@{}
    foreach ($account in $Sandbox.Accounts) {
        $clouds[$account.UserName] = @{
            auth = @{ auth_url = "$($keystone.Url)/v3"; username = $account.UserName; password = $account.Password; user_domain_name = 'Default'
                project_name = $account.ProjectName; project_domain_name = 'Default' }
            region_name = 'RegionOne'
        }
    }
    $demo = $Sandbox.Accounts | Where-Object UserName -EQ demo
    $clouds['demo-appcred'] = @{
        auth_type = 'v3applicationcredential'; region_name = 'RegionOne'
        auth = @{ auth_url = "$($keystone.Url)/v3"; application_credential_id = $demo.ApplicationCredentialId; application_credential_secret = $demo.ApplicationCredentialSecret }
    }
    $script:Cloud = (New-Item "$TestDrive/cloud" -ItemType Directory -Force).FullName
    $script:Clouds = [pscustomobject] $clouds
    @{ clouds = $clouds } | ConvertTo-Json -Depth 5 | Set-Content "$Cloud/clouds.yaml"
}

function Test-TestStack {
    <# Whether the tests run on a stack. For tests that a sandbox cannot run, for example with python-troveclient. #>
    [bool] $env:TROVE_TEST_STACK
}

function Get-TestCloud {
    <# The folder with the cloud's clouds.yaml. #>
    $script:Cloud ?? $(throw 'The file has opened no cloud: Open-TestCloud.')
}

function Get-TestTime {
    <# The current time by the cloud's clock. #>
    $script:Sandbox ? $Sandbox.Clock.GetUtcNow() : [DateTimeOffset]::UtcNow
}

function Step-TestCloud {
    <# Lets time pass for the cloud. On a stack this is real time. #>
    param([double] $Seconds)
    if ($script:Sandbox) { $Sandbox.Step([TimeSpan]::FromSeconds($Seconds)) } else { Start-Sleep -Milliseconds ($Seconds * 1000) }
}

function Start-TestClock {
    <# From now on each GET moves the clock of the sandbox by a second, so that a cmdlet that polls waits for nothing. A stack has a running clock. #>
    if (-not $script:Sandbox) { return }
    $step = [Delegate]::CreateDelegate([Action[TimeSpan]], $Sandbox, 'Step')
    $Fronts | ForEach-Object { $_.PassOnTo([TroveSchedules.PesterTests.PollHandler]::new($Sandbox.CreateHandler(), $step)) }
}

function Stop-TestClock {
    <# Ends Start-TestClock. #>
    if ($script:Sandbox) { $Fronts | ForEach-Object { $_.PassOnTo($Sandbox.CreateHandler()) } }
}

function Get-TestAccount {
    <# The entry for demo, other, admin or demo-appcred in clouds.yaml. #>
    param([string] $As = 'demo')
    $Clouds.$As.auth
}

function Connect-TestCloud {
    <# Connects. The new session also becomes the shared session. #>
    param([ValidateSet('demo', 'other', 'admin', 'demo-appcred')] [string] $As = 'demo', [hashtable] $With = @{})
    Use-Environment @{ OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" } { Connect-TroveSession -Cloud $As @With }
}

function Use-Environment {
    <# Runs a block with only the given OS_* variables, and then restores the old ones. #>
    param([hashtable] $Variables, [scriptblock] $Block)
    $before = @(Get-ChildItem env: | Where-Object Name -Like 'OS_*')
    try {
        $before | ForEach-Object { Remove-Item "env:$($_.Name)" }
        foreach ($name in $Variables.Keys) { Set-Item "env:$name" $Variables[$name] }
        & $Block
    }
    finally {
        Get-ChildItem env: | Where-Object Name -Like 'OS_*' | ForEach-Object { Remove-Item "env:$($_.Name)" }
        $before | ForEach-Object { Set-Item "env:$($_.Name)" $_.Value }
    }
}

function Invoke-FreshPwsh {
    <# Runs a script in a new PowerShell process with only the given OS_* variables, by default with the module; returns its output as text. #>
    param([string] $Script, [hashtable] $Environment = @{}, [string] $WorkingDirectory = $TestDrive, [switch] $WithoutModule)
    $command, [string[]] $arguments = Get-PwshCommand
    $start = [Diagnostics.ProcessStartInfo]@{
        FileName = $command; WorkingDirectory = $WorkingDirectory; RedirectStandardOutput = $true; RedirectStandardError = $true
    }
    @($arguments) + '-NoProfile', '-NonInteractive', '-Command', "`$PSStyle.OutputRendering = 'PlainText'; $($WithoutModule ? '' : "Import-Module '$Manifest'"); $Script" | Where-Object { $_ } |
        ForEach-Object { $start.ArgumentList.Add($_) }
    @($start.Environment.Keys) -like 'OS_*' | ForEach-Object { $null = $start.Environment.Remove($_) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $process = [Diagnostics.Process]::Start($start)
    $errorText = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($errorText.Result) { throw "The new PowerShell wrote errors: $($errorText.Result)" }
    $output.Trim()
}

function Invoke-AtScreen {
    <#
    Runs a script in another runspace of this process, which shares the session, with a host that makes the scripted choices. Returns the host, with its prompts
    and its screen, and with Output and Errors of the script.
    #>
    param([string] $Script, [hashtable] $Variables = @{}, [string[]] $Answers = @(), [int] $Width = 120, [switch] $Colour)
    $screen = [TroveSchedules.PesterTests.ScriptedHost]::new($Width, $Colour)
    $Answers | ForEach-Object { $screen.Answers.Enqueue($_) }
    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule($Manifest)
    $Variables.GetEnumerator() | ForEach-Object { $state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new($_.Key, $_.Value, '')) }
    $runspace = [runspacefactory]::CreateRunspace($screen, $state)
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    try {
        $output = $shell.AddScript($Script).Invoke()
        if ($screen.Answers.Count) { throw "These choices were not used: $($screen.Answers)" }
        $screen | Add-Member -PassThru -NotePropertyMembers @{ Output = @($output); Errors = @($shell.Streams.Error) }
    }
    finally {
        $shell.Dispose()
        $runspace.Dispose()
    }
}

function New-TestName {
    <# A unique name for a test. #>
    param([string] $What = 'backup')
    "$Prefix$What-$([guid]::NewGuid().ToString().Substring(0, 8))"
}

function Wait-Until {
    <# Polls until the condition returns a value, and returns it; throws after the limit. On a sandbox, each poll advances the clock by a second without waiting. #>
    param([Parameter(Position = 0)] [scriptblock] $Condition, [string] $For = "$Condition".Trim(), [int] $Seconds = 30, [double] $Every = 0.5)
    $end = (Get-TestTime).AddSeconds($Seconds)
    while (-not ($result = & $Condition)) {
        if ((Get-TestTime) -gt $end) { throw "Waited $Seconds s in vain for: $For" }
        Step-TestCloud -Seconds ($script:Sandbox ? 1 : $Every)
    }
    $result
}

function Get-ErrorOf {
    <# The single error record that a block writes; throws if there is none or several. #>
    param([scriptblock] $Block)
    $errors = try { @(& $Block 2>&1 3>$null | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) } catch { @($_) }
    if ($errors.Count -ne 1) { throw "Expected one error of { $Block }, but there are $($errors.Count): $($errors -join ' | ')" }
    $errors[0]
}

function Assert-Error {
    <# Checks an error record: its id, its target and its recommended action. #>
    param(
        [Parameter(Mandatory, ValueFromPipeline)] [Management.Automation.ErrorRecord] $Record,
        [Parameter(Mandatory, Position = 0)] [string] $Id, [Parameter(Mandatory, Position = 1)] [string] $From,
        [Parameter(Mandatory, Position = 2)] [Management.Automation.ErrorCategory] $Category, [string[]] $Says = @(), [string[]] $Advises = @()
    )
    $Record.FullyQualifiedErrorId | Should -BeExactly "$Id,TroveSchedules.Commands.$($From -replace '-')Command" -Because "that is the kind of: $Record"
    $Record.CategoryInfo.Category | Should -Be $Category
    foreach ($text in $Says) { $Record.ErrorDetails.Message | Should -BeLike "*$([WildcardPattern]::Escape($text))*" }
    foreach ($text in $Advises) { $Record.ErrorDetails.RecommendedAction | Should -BeLike "*$([WildcardPattern]::Escape($text))*" }
}

function Get-TestToken {
    <# A separate token and the catalog, without the module. #>
    param([string] $As = 'demo', [switch] $Unscoped)
    $account = Get-TestAccount $As
    $auth = @{
        identity = @{ methods = @('password'); password = @{ user = @{ name = $account.username; password = $account.password; domain = @{ name = 'Default' } } } }
    }
    $auth.scope = $Unscoped ? 'unscoped' : @{ project = @{ name = $account.project_name; domain = @{ name = 'Default' } } }
    $response = Invoke-RestMethod "$($account.auth_url)/auth/tokens" -Method Post -ContentType application/json -ResponseHeadersVariable headers `
        -Body (@{ auth = $auth } | ConvertTo-Json -Depth 9)
    [pscustomobject]@{
        Id = $headers['X-Subject-Token'][0]; Life = [DateTime] $response.token.expires_at - [DateTime] $response.token.issued_at
        ProjectId = $response.token.project.id; UserId = $response.token.user.id; Catalog = $response.token.catalog
    }
}

function Get-TestEndpoint {
    <# The URL of a service: workflowv2, database or identity. #>
    param([string] $Service, $Token = (Get-TestToken))
    ($Token.Catalog | Where-Object type -EQ $Service).endpoints | Where-Object interface -EQ public | Select-Object -First 1 -ExpandProperty url
}

function Invoke-TestApi {
    <#
    Sends a request to a service directly, without the module. Requests that read or delete share a token until the service rejects it, because cleaning up can
    take longer than a token lives. What creates or changes gets a new token: the service may use it after the response.
    #>
    param([string] $Service, [string] $Path, [string] $Method = 'Get', $Body, [string] $As = 'demo', [string] $ContentType = 'application/json', [switch] $AllowError)
    $send = @{ Method = $Method; SkipHttpErrorCheck = $true; StatusCodeVariable = 'status' }
    if ($null -ne $Body) {
        $send.Body = $Body -is [string] ? $Body : ($Body | ConvertTo-Json -Depth 9)
        $send.ContentType = $ContentType
    }
    $token = $Method -in 'Get', 'Delete' ? $script:Tokens[$As] : $null
    do {
        $isShared = $null -ne $token
        $token ??= $script:Tokens[$As] = Get-TestToken $As
        $response = Invoke-RestMethod "$(Get-TestEndpoint $Service $token)$Path" -Headers @{ 'X-Auth-Token' = $token.Id } @send
        $token = $null
    } while ($status -eq 401 -and $isShared)
    if ($status -ge 400 -and -not $AllowError) { throw "$Method $Service $Path as ${As}: $status $($response | ConvertTo-Json -Depth 9 -Compress)" }
    $response
}

function New-TestBackup {
    <# Creates a backup, and waits until it is complete unless -NoWait is given. #>
    param([string] $Instance = 'm', [string] $Name = (New-TestName), [switch] $NoWait)
    $id = $Instance -as [guid] ? $Instance : (Get-TestInstanceId $Instance)
    $backup = Wait-Until -For "Trove to take a backup of $Instance" {
        $response = Invoke-TestApi database /backups Post @{ backup = @{ instance = $id; name = $Name } } -AllowError
        $response.backup
    }
    $null = $NoWait -or (Wait-Until -For 'a backup to be COMPLETED' { (Invoke-TestApi database "/backups/$($backup.id)").backup.status -eq 'COMPLETED' })
    $backup.id
}

function Use-TestBehaviour {
    <#
    Runs a block while Trove behaves differently. With @{ failing = @('m') }, backups of m fail. With @{ backup_seconds = 0 }, backups complete at once, which
    only saves real time, so the sandbox ignores it.
    #>
    param([hashtable] $Behaviour, [scriptblock] $Block)
    if ($script:Sandbox) {
        $failing = @($Behaviour.failing | Where-Object { $_ } | ForEach-Object { Get-TestInstanceId $_ })
        try {
            $failing | ForEach-Object { $null = $Sandbox.FailBackups($_, $true) }
            return & $Block
        }
        finally { $failing | ForEach-Object { $null = $Sandbox.FailBackups($_, $false) } }
    }
    $file = "$(Get-TestCloud)/behaviour.json"
    $before = Get-Content $file -Raw
    $now = $before | ConvertFrom-Json -AsHashtable
    foreach ($name in $Behaviour.Keys) { $now.$name = $Behaviour.$name }
    try {
        $now | ConvertTo-Json | Set-Content $file
        & $Block
    }
    finally { Set-Content $file $before -NoNewline }
}

function Get-TestInstance {
    <# The instances of a project. Trove returns at most 20 per page, whatever the limit of the request is. #>
    param([string] $As = 'demo')
    $page = $null
    do {
        $page = (Invoke-TestApi database "/instances$($page ? "?marker=$($page[-1].id)" : '')" -As $As).instances
        $page
    } while (@($page).Count -eq 20)
}

function Get-TestInstancePageCount {
    <# The number of requests for a list of demo's instances. #>
    [Math]::Max(1, [Math]::Ceiling(@(Get-TestInstance).Count / 20))
}

function Get-TestInstanceId {
    <# The id of an instance of demo, or of o, which belongs to other. If two have the name, that of the first. #>
    param([string] $Name = 'm')
    $script:InstanceIds[$Name] ??= Get-TestInstance ($Name -eq 'o' ? 'other' : 'demo') |
        Where-Object name -CEQ $Name | Sort-Object id | Select-Object -First 1 -ExpandProperty id
    $script:InstanceIds[$Name]
}

function Get-TestTrust {
    <# The trusts that a user created. #>
    param([string] $As = 'demo')
    $token = Get-TestToken $As
    $url = "$((Get-TestAccount $As).auth_url)/OS-TRUST/trusts?trustor_user_id=$($token.UserId)"
    (Invoke-RestMethod $url -Headers @{ 'X-Auth-Token' = $token.Id }).trusts
}

function Get-SentMethod {
    <# The methods of the requests other than GET that a block sends, by its verbose lines. A login is not one of them: tokens of a stack live for a minute. #>
    param([scriptblock] $Block)
    & $Block 4>&1 3>$null | Where-Object { $_ -is [Management.Automation.VerboseRecord] -and "$_" -match '^(POST|PUT|DELETE) ' -and "$_" -notlike '*/auth/tokens *' } |
        ForEach-Object { "$_".Split(' ')[0] }
}

function Get-TestTrigger {
    <# The cron triggers of a project in Mistral. #>
    param([string] $As = 'demo')
    (Invoke-TestApi workflowv2 /cron_triggers -As $As).cron_triggers
}

function Remove-TestWorkbook {
    <# Removes the workbook, its workflow, and the tests' triggers and executions that use it. #>
    param([string] $As = 'demo')
    Clear-TestCloud $As
    $null = Invoke-TestApi workflowv2 /workbooks/trove Delete -As $As -AllowError
    # By id, because for a name an administrator may get another project's workflow.
    $project = (Get-TestToken $As).ProjectId
    (Invoke-TestApi workflowv2 '/workflows?name=eq:trove.backup_create' -As $As).workflows | Where-Object project_id -EQ $project | ForEach-Object {
        $null = Invoke-TestApi workflowv2 "/workflows/$($_.id)" Delete -As $As -AllowError
    }
}

function Start-TestExecution {
    <# Starts an execution by hand, without a recorded trigger. #>
    param([string] $Instance = 'm', [string] $Name = (New-TestName), [string] $Description = '', [hashtable] $With = @{})
    $body = @{
        workflow_name = 'trove.backup_create'; description = $Description
        input = @{ instance = (Get-TestInstanceId $Instance); name = $Name; description = $null; parent_id = $null } + $With
    }
    (Invoke-TestApi workflowv2 /executions Post $body).id
}

function Clear-TestCloud {
    <# Deletes everything that tests created in a project: all objects whose input has a name with the tests' prefix. #>
    param([string[]] $As = 'demo')
    $isOwn = { (($_.workflow_input ?? $_.input) | ConvertFrom-Json).name -like "$Prefix*" }
    foreach ($project in $As) {
        (Invoke-TestApi workflowv2 '/cron_triggers?fields=id,workflow_input' -As $project).cron_triggers | Where-Object $isOwn |
            ForEach-Object { $null = Invoke-TestApi workflowv2 "/cron_triggers/$($_.id)" Delete -As $project -AllowError }
        (Invoke-TestApi workflowv2 '/executions?fields=id,input' -As $project).executions | Where-Object $isOwn |
            ForEach-Object { $null = Invoke-TestApi workflowv2 "/executions/$($_.id)?force=true" Delete -As $project -AllowError }
        do {
            $backups = @((Invoke-TestApi database /backups -As $project).backups | Where-Object { $_.name -like "$Prefix*" -and $_.status -in 'COMPLETED', 'FAILED' })
            $backups | ForEach-Object { $null = Invoke-TestApi database "/backups/$($_.id)" Delete -As $project -AllowError }
            if ($backups) { Step-TestCloud -Seconds 0.1 } # Trove deletes them asynchronously.
        } while ($backups.Count -ge 20)
    }
}

function New-TestKeystone {
    <#
    A server that accepts every login. Its catalog names the server itself as Mistral and Trove, and both return empty lists. For tests that need a session,
    but no cloud.
    #>
    param([string] $UserName = 'tester', [string] $ProjectName = 'tests')
    $server = [TroveSchedules.PesterTests.TestServer]::new($null)
    $project = '0123456789abcdef0123456789abcdef'
    $endpoints = {
        param($path)
        , @(@{ interface = 'public'; region = 'RegionOne'; region_id = 'RegionOne'; url = "$($server.Url)$path" })
    }
    $now = [DateTime]::UtcNow
    $token = @{
        methods = @('password'); user = @{ id = 'u'; name = $UserName; domain = @{ id = 'default'; name = 'Default' } }
        project = @{ id = $project; name = $ProjectName; domain = @{ id = 'default'; name = 'Default' } }
        roles = @(@{ id = 'r'; name = 'member' })
        issued_at = $now.ToString('yyyy-MM-ddTHH:mm:ss.000000Z'); expires_at = $now.AddHours(1).ToString('yyyy-MM-ddTHH:mm:ss.000000Z')
        catalog = @(@{ type = 'workflowv2'; name = 'mistral'; endpoints = & $endpoints '/v2' }, @{ type = 'database'; name = 'trove'; endpoints = & $endpoints "/v1.0/$project" })
    }
    $server.Answer('^POST /v3/auth/tokens', 201, (@{ token = $token } | ConvertTo-Json -Depth 9), @{ 'X-Subject-Token' = 'a-token' })
    $server.Answer('^GET /v2/cron_triggers\?', 200, '{"cron_triggers": []}', $null)
    $server.Answer('^GET /v2/executions\?', 200, '{"executions": []}', $null)
    $server.Answer('^GET /v1.0/[^/]+/instances(\?|$)', 200, '{"instances": []}', $null)
    $server.Answer('^GET /v1.0/[^/]+/backups(\?|$)', 200, '{"backups": []}', $null)
    $server
}

function Connect-TestKeystone {
    <# Connects to a server of New-TestKeystone. #>
    param([string] $Url, [hashtable] $With = @{})
    Connect-TroveSession -AuthUrl $Url -Credential ([pscredential]::new('tester', (ConvertTo-SecureString $Password -AsPlainText -Force))) `
        -UserDomainName Default -ProjectName tests -ProjectDomainName Default @With
}

function Get-TestCall {
    <# One call of each cmdlet with -Session in each of its parameter sets. The objects in its arguments need not exist. First is how many objects to take: a dashboard ends only when its pipeline does. #>
    $values = @{
        Id = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'; Schedule = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'; Instance = 'm'; Pattern = '0 3 * * *'; Name = 'x'; By = '00:01:00'; Overlap = $true; KeepLast = 1; Path = "$PSScriptRoot/data/plan.yaml"
        # Where an id is not enough.
        BackupSchedule = [TroveSchedules.BackupSchedule] @{ Id = 'x'; TriggerId = 'x'; Input = '{}'; InstanceId = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'; Pattern = '0 3 * * *'; NextExecutionTime = '2037-01-01T03:00Z' }
    }
    foreach ($command in Get-Command -Module TroveSchedules | Where-Object { $_.Parameters.ContainsKey('Session') -and $_.Name -ne 'Disconnect-TroveSession' }) {
        foreach ($set in $command.ParameterSets | Where-Object { $_.Parameters.Name -contains 'Session' }) {
            $with = @{}
            foreach ($parameter in $set.Parameters | Where-Object { $_.IsMandatory -or $_.Name -in 'Pattern', 'KeepLast' }) {
                $with[$parameter.Name] = $values[$parameter.ParameterType.Name -replace '\[\]$'] ?? $values[$parameter.Name] ?? $(throw "Get-TestCall has no value of $($parameter.Name), which $command needs.")
            }
            if ($command.Name -eq 'Show-TroveDashboard') { $with.NoBrowser = $true }
            if ($command.Verb -eq 'Export') { $with.Path = Join-Path ([IO.Path]::GetTempPath()) "trove-exported-$PID.yaml" }
            @{ Cmdlet = $command.Name; Set = $set.Name; With = $with; First = $command.Name -eq 'Show-TroveDashboard' ? 1 : [int]::MaxValue }
        }
    }
}

function New-TestServer {
    <# A proxy in front of a real server, or a server without one. #>
    param([string] $Behind)
    [TroveSchedules.PesterTests.TestServer]::new($Behind)
}

function New-TlsFront {
    param([string] $Behind)
    [TroveSchedules.PesterTests.TlsFront]::new($Behind)
}

function Get-ClosedPort { [TroveSchedules.TestSupport.LoopbackServer]::FreePort() }

function Invoke-TroveClient {
    <# Runs Debian's python3-troveclient through the stack's wrapper, as demo. On Python 3 it prints b'...' around values. #>
    param([Parameter(ValueFromRemainingArguments)] [string[]] $Arguments)
    $account = Get-TestAccount demo
    $as = @{
        OS_AUTH_URL = $account.auth_url; OS_USERNAME = $account.username; OS_PASSWORD = $account.password; OS_PROJECT_NAME = $account.project_name
        OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default'; OS_IDENTITY_API_VERSION = '3'; OS_REGION_NAME = 'RegionOne'
    }
    $output = Use-Environment $as { & "$Root/tests/stack/bin/trove" @Arguments 2>&1 | Out-String -Width 500 }
    if ($LASTEXITCODE) { throw "trove $Arguments ended with ${LASTEXITCODE}: $output" }
    $output
}

function Add-TestExecution {
    <# Writes executions of a schedule directly into Mistral's database. #>
    param([int] $Count, [string] $ScheduleId, [int] $Own = $Count, [int] $ErrorPercent = 10)
    if ($script:Sandbox) { return $Sandbox.SeedExecutions($ScheduleId, $Count, $Own, 30, $ErrorPercent) }
    $output = & "$Root/tests/stack/bin/seed-executions" --state (Get-TestCloud) --errors $ErrorPercent $Count $Own $ScheduleId 2>&1
    if ($LASTEXITCODE) { throw "seed-executions: $output" }
}

Export-ModuleMember -Function *-*

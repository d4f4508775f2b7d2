BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    $hard = 'a b', ' a', "it's", 'say "yes"', '$home', 'a$b', '$(exit)', 'a`b', '`', 'a,b', 'a;b', 'a|b', 'a&b', '(a)', '{a}', 'a{b', 'a}b', '@a', '@', '#a', 'a#b', '>a', '2>a', '<a', '-a', '--',
        '-', '--a', '-a:b', '--%', '--%a', '-1', '5', '1.5', '1e5', '0x1f', '10gb', '1d', '+5', '1..5', 'if', 'begin', 'true', '[int]', 'a[1]', '*', 'a?', '%', '~', '/a', '\a', 'a=b', 'a:', '::', '.', "$([char] 0x2019)a",
        "a$([char] 0x201C)b$([char] 0x201D)", "$([char] 0x2013)a", "$([char] 0xFC)n", "c$([char] 0xA0)d"
    $names = 0..($hard.Count - 1) | ForEach-Object { @{ Name = $hard[$_]; Number = $_ + 1 } }
    $lines = 'New-TroveBackupSchedule -Instance ', 'Get-TroveInstance ', 'Get-TroveInstance -Id ', 'Remove-TroveBackupSchedule ', 'Get-TroveBackupSchedule -Name '
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $project = '0123456789abcdef0123456789abcdef' # Of New-TestKeystone's users.
    $keystone = New-TestKeystone
    $servers = [Collections.Generic.List[object]]::new()

    # The clock of completion. It is stopped until a test moves it.
    $sandboxLibrary = [Reflection.Assembly]::Load('TroveSchedules.Sandbox')
    $options = $sandboxLibrary.GetType('TroveSchedules.Sandbox.SandboxOptions')::new()
    $options.Speed = 0
    $time = $sandboxLibrary.GetType('TroveSchedules.Sandbox.SandboxCloud')::new($options)
    $module = (Get-Command Get-TroveSession).ImplementingType.Assembly
    $clock = $module.GetType('TroveSchedules.Completion.Completer').GetProperty('Clock', [Reflection.BindingFlags] 'NonPublic, Static')
    $realClock = $clock.GetValue($null)
    $clock.SetValue($null, $time.Clock)
    # A busy machine must not make a test fail, so only tests of the time limit use the real one.
    $limit = $module.GetType('TroveSchedules.Completion.CloudObjectCompleter').GetProperty('TimeLimit', [Reflection.BindingFlags] 'NonPublic, Static')
    $realLimit = $limit.GetValue($null)
    $limit.SetValue($null, [TimeSpan]::FromMinutes(1))

    function Get-Completion {
        <# The completions at the end of a line. Also checks that completion writes nothing else. #>
        param([string] $Line)
        $error0 = $global:Error.Count ? $global:Error[0] : $null
        $all = @(TabExpansion2 $Line $Line.Length *>&1)
        $all.Count | Should -Be 1 -Because 'nothing comes on any stream'
        [object]::ReferenceEquals($error0, ($global:Error.Count ? $global:Error[0] : $null)) | Should -BeTrue -Because "it is no error: $($global:Error[0])"
        $all[0].CompletionMatches
    }

    function New-Instance {
        param([string] $Name, [int] $Number, [string] $Status = 'ACTIVE')
        @{ id = '20000000-0000-4000-8000-{0:d12}' -f $Number; name = $Name; status = $Status; datastore = @{ type = 'mysql'; version = '8.0' } }
    }

    function New-Trigger {
        param([string] $Name, [int] $Number, [string] $InstanceId, [string] $Next = '2030-01-01 03:00:00', [string] $Pattern = '0 3 * * *')
        @{
            id = '90000000-0000-4000-8000-{0:d12}' -f $Number; name = '10000000-0000-4000-8000-{0:d12}' -f $Number; workflow_name = 'trove.backup_create'
            workflow_input = @{ instance = $InstanceId; name = $Name } | ConvertTo-Json -Compress; project_id = $project; pattern = $Pattern; next_execution_time = $Next
        }
    }

    function Connect-Server {
        <# Makes a session whose Mistral and Trove are a server. #>
        param($Server)
        $servers.Add($Server)
        $null = Connect-TestKeystone $keystone.Url -With @{ DatabaseEndpoint = "$($Server.Url)/v1.0/$project"; WorkflowEndpoint = "$($Server.Url)/v2"; MaxRetry = 0 }
    }

    function Open-Server {
        <# Makes a session with these instances and cron triggers. #>
        param([object[]] $Instances = @(), [object[]] $Triggers = @())
        $server = New-TestServer
        $server.Answer('^GET /v1.0/[^/]+/instances', 200, (@{ instances = $Instances } | ConvertTo-Json -Depth 5), $null)
        $server.Answer('^GET /v2/cron_triggers', 200, (@{ cron_triggers = $Triggers } | ConvertTo-Json -Depth 5), $null)
        Connect-Server $server
        $server
    }

    function Get-CompleterOf {
        <# The parameters that a filter selects, of all cmdlets, each with its completer. #>
        param([scriptblock] $Filter)
        foreach ($command in Get-Command -Module TroveSchedules) {
            foreach ($parameter in $command.Parameters.Values | Where-Object $Filter) {
                [pscustomobject]@{
                    Name = "$command -$($parameter.Name)"; Parameter = $parameter
                    Completer = ($parameter.Attributes | Where-Object { $_ -is [ArgumentCompleter] }).Type.Name
                }
            }
        }
    }
}

AfterAll {
    $clock.SetValue($null, $realClock)
    $limit.SetValue($null, $realLimit)
    Disconnect-TroveSession
    $servers | ForEach-Object Dispose
    $keystone.Dispose()
    $time.Dispose()
}

Describe 'Of all cmdlets' {
    It 'every -Instance completes instances' {
        $all = Get-CompleterOf { $_.Name -eq 'Instance' }
        $all.Count | Should -BeGreaterThan 2
        foreach ($one in $all) { $one.Completer | Should -BeIn 'InstanceCompleter', 'InstanceNameCompleter' -Because $one.Name }
    }

    It 'every -Id and -Schedule that takes schedules by id completes ids' {
        $all = Get-CompleterOf { ($_.Name -eq 'Schedule' -or ($_.Name -eq 'Id' -and $command.Noun -eq 'TroveBackupSchedule')) -and $_.ParameterType -ne [TroveSchedules.BackupSchedule[]] }
        $all.Count | Should -BeGreaterThan 2
        foreach ($one in $all) { $one.Completer | Should -Be ScheduleIdCompleter -Because $one.Name }
    }

    It 'every <Name> completes: <Completer>' -ForEach @(
        @{ Name = '-Pattern'; Completer = 'PatternCompleter'; Filter = { $_.Name -eq 'Pattern' } }
        @{ Name = '-TimeZone'; Completer = 'TimeZoneCompleter'; Filter = { $_.Name -eq 'TimeZone' } }
        @{ Name = '-Cloud'; Completer = 'CloudCompleter'; Filter = { $_.Name -eq 'Cloud' } }
        @{ Name = '-Name of what gets instances'; Completer = 'InstanceNameCompleter'; Filter = { $_.Name -eq 'Name' -and "$command" -eq 'Get-TroveInstance' } }
        @{ Name = '-Id of instances'; Completer = 'InstanceIdCompleter'; Filter = { $_.Name -eq 'Id' -and $command.Noun -eq 'TroveInstance' } }
        @{ Name = '-Name of what gets schedules'; Completer = 'ScheduleNameCompleter'; Filter = { $_.Name -eq 'Name' -and "$command" -eq 'Get-TroveBackupSchedule' } }
    ) {
        $all = @(Get-CompleterOf $Filter)
        $all | Should -Not -BeNullOrEmpty
        foreach ($one in $all) { $one.Completer | Should -Be $Completer -Because $one.Name }
    }

    It 'every -State, -Interface and -Scope has a fixed set of values, which PowerShell completes' {
        $all = Get-CompleterOf { $_.Name -in 'State', 'Interface', 'Scope' }
        $all.Count | Should -BeGreaterThan 2
        foreach ($one in $all) { (Get-Completion "$($one.Name) ").Count | Should -BeGreaterThan 1 -Because $one.Name }
    }
}

Describe 'An instance' {
    BeforeAll {
        $server = Open-Server @(
            New-Instance Web-2 1
            New-Instance web-1 2 SHUTDOWN
            New-Instance dup 3
            New-Instance dup 4
            New-Instance "bell`a" 5
            New-Instance '' 6
            New-Instance 'a b' 7
        )
    }

    It 'is offered by its name, in the order of names: <_>' -ForEach 'New-TroveBackupSchedule -Instance ', 'New-TroveBackupSchedule ', 'Get-TroveBackupSchedule ', 'Get-TroveBackup ' {
        $names = (Get-Completion "${_}w").CompletionText
        $names | Should -BeExactly 'web-1', 'Web-2'
    }

    It 'shows its id, status, datastore and version' {
        $one = Get-Completion 'New-TroveBackupSchedule -Instance WEB-1'
        $one.ListItemText | Should -BeExactly web-1
        $one.ToolTip | Should -BeExactly '20000000-0000-4000-8000-000000000002: SHUTDOWN, mysql 8.0'
        $one.ResultType | Should -Be ParameterValue
    }

    It 'is offered by its id where another has its name, which would be an error' {
        foreach ($typed in 'dup', '20000000-0000-4000-8000-00000000000') {
            $two = Get-Completion "Get-TroveBackup -Instance $typed" | Where-Object ListItemText -EQ dup
            $two.CompletionText | Should -Be '20000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000004'
        }
    }

    It 'is offered by its id where it has no name, or one that no terminal should get' {
        $all = Get-Completion 'Get-TroveBackup -Instance '
        ($all | Where-Object ListItemText -EQ 'bell?').CompletionText | Should -Be '20000000-0000-4000-8000-000000000005'
        ($all | Where-Object CompletionText -EQ '20000000-0000-4000-8000-000000000006').ListItemText | Should -Be '20000000-0000-4000-8000-000000000006'
        $all.Count | Should -Be 7
    }

    It 'is offered once by its name, for parameters that take names' {
        (Get-Completion 'Get-TroveInstance d').CompletionText | Should -BeExactly dup
        (Get-Completion 'Get-TroveInstance -Name ').CompletionText | Should -BeExactly "'a b'", 'dup', 'web-1', 'Web-2'
    }

    It 'completes as its id for parameters that take ids, after its id or its name is typed' {
        (Get-Completion 'Get-TroveInstance -Id web').CompletionText | Should -Be '20000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001'
        (Get-Completion 'Get-TroveInstance -Id 20000000-0000-4000-8000-000000000002').ListItemText | Should -Be web-1
    }

    It 'is completed in a list, too' {
        (Get-Completion 'Get-TroveBackupSchedule -Instance dup, w').CompletionText | Should -BeExactly 'web-1', 'Web-2'
    }

    It 'is never a file' {
        $null = New-Item $TestDrive/zebra
        Push-Location $TestDrive
        try { Get-Completion 'New-TroveBackupSchedule -Instance z' | Should -BeNullOrEmpty } finally { Pop-Location }
    }
}

Describe 'A schedule' {
    BeforeAll {
        $server = Open-Server -Instances (New-Instance m 1), (New-Instance "web's" 2) -Triggers @(
            New-Trigger nightly 1 '20000000-0000-4000-8000-000000000001' '2030-01-02 03:00:00'
            New-Trigger "it's [1] weekly" 2 '20000000-0000-4000-8000-000000000002' '2030-01-01 00:00:00' '@weekly'
            New-Trigger nightly 3 '20000000-0000-4000-8000-000000000009' '2016-01-01 00:00:00'
            New-Trigger '' 4 '20000000-0000-4000-8000-000000000001' '2040-01-01 00:00:00'
        )
    }

    It 'is offered by its id, in the order of the next times: <_>' -ForEach 'Remove-TroveBackupSchedule -Id ', 'Remove-TroveBackupSchedule ', 'Get-TroveBackupSchedule -Id ',
        'Set-TroveBackupSchedule ', 'Suspend-TroveBackupSchedule -Id ', 'Resume-TroveBackupSchedule ',
        'Get-TroveScheduleExecution -Schedule ', 'Get-TroveScheduleExecution ' {
        (Get-Completion $_).CompletionText -replace '.*-0*' | Should -Be 3, 2, 1, 4
    }

    It 'completes after the beginning of <What> is typed' -ForEach @(
        @{ What = 'its id'; Typed = '10000000-0000-4000-8000-000000000002'; Number = 2 }
        @{ What = 'its name'; Typed = 'NIGHT'; Number = 3, 1 }
        @{ What = 'its name, in quotes'; Typed = "'it''s"; Number = 2 }
        @{ What = 'its instance''s name'; Typed = 'Web'; Number = 2 }
        @{ What = 'nothing that there is'; Typed = 'zebra'; Number = @() }
    ) {
        (Get-Completion "Remove-TroveBackupSchedule -Id $Typed").CompletionText -replace '.*-0*' -replace "'" | Where-Object { $_ } | Should -Be $Number
    }

    It 'shows its name, instance, pattern and next time' {
        $one = Get-Completion 'Remove-TroveBackupSchedule -Id it'
        $one.ListItemText | Should -BeExactly "it's [1] weekly (web's)"
        $one.ToolTip | Should -BeExactly "10000000-0000-4000-8000-000000000002: it's [1] weekly (web's), @weekly, next 2030-01-01 00:00:00Z"
    }

    It 'shows the id of an instance that is gone, and that the schedule is stuck' {
        (Get-Completion 'Remove-TroveBackupSchedule -Id n')[0].ToolTip |
            Should -BeExactly '10000000-0000-4000-8000-000000000003: nightly (20000000-0000-4000-8000-000000000009), 0 3 * * *, stuck since 2016-01-01 00:00:00Z'
    }

    It 'is offered by its name, for parameters that take names, each once' {
        (Get-Completion 'Get-TroveBackupSchedule -Name ').CompletionText | Should -BeExactly 'nightly', "'it''s ``[1``] weekly'"
        (Get-Completion 'Get-TroveBackupSchedule -Name n').ToolTip | Should -Be '2 schedules'
        (Get-Completion "Get-TroveBackupSchedule -Name 'it''s ``[").CompletionText | Should -BeExactly "'it''s ``[1``] weekly'" -Because 'a second Tab finds what the first has typed'
    }

    It 'of a cloud whose Trove fails has the id of its instance' {
        $triggers = @{ cron_triggers = @(New-Trigger nightly 1 '20000000-0000-4000-8000-000000000001') } | ConvertTo-Json -Depth 5
        $half = New-TestServer
        $half.Answer('^GET /v2/cron_triggers', 200, $triggers, $null)
        Connect-Server $half
        (Get-Completion 'Remove-TroveBackupSchedule -Id ').ListItemText | Should -BeExactly 'nightly (20000000-0000-4000-8000-000000000001)'
    }

    It 'shows that it is suspended, or that a change of it was cut off' {
        $suspended, $interrupted = 5, 6 | ForEach-Object { (New-Trigger nightly $_ '20000000-0000-4000-8000-000000000001' '9999-12-31 23:59:00') + @{ first_execution_time = '9999-12-31 23:59:00' } }
        $suspended.workflow_params = '{"env": {"trove_schedules": {"version": 1, "suspension": {"reason": "pause"}}}}'
        $interrupted.workflow_params = '{"env": {"trove_schedules": {"version": 1, "replacement": {"schedule_id": "10000000-0000-4000-8000-000000000007", "trigger_id": "x"}}}}'
        $null = Open-Server -Instances (New-Instance m 1) -Triggers $suspended, $interrupted
        (Get-Completion 'Resume-TroveBackupSchedule ').ToolTip | Should -Be @(
            '10000000-0000-4000-8000-000000000005: nightly (m), 0 3 * * *, suspended'
            '10000000-0000-4000-8000-000000000007: nightly (m), 0 3 * * *, interrupted'
        )
    }
}

Describe 'A name that is hard to type' -ForEach @{ Names = $names } {
    BeforeAll {
        $server = Open-Server @($Names | ForEach-Object { New-Instance $_.Name $_.Number })
        $server.Answer('^GET /v1.0/[^/]+/backups', 200, '{"backups": []}', $null)

        function Get-Argument { param($Argument) , $Argument }
    }

    It 'is quoted so that the cmdlet gets it: <Name>' -ForEach $names {
        $id = '20000000-0000-4000-8000-{0:d12}' -f $Number
        foreach ($begun in '', "'", '"') {
            $text = (Get-Completion "New-TroveBackupSchedule -Instance $begun" | Where-Object ToolTip -Like "${id}:*").CompletionText
            if ($begun) { "$($text[0])$($text[-1])" | Should -Be "$begun$begun" -Because 'the user began so' }
            $got = & ([scriptblock]::Create("Get-Argument $text"))
            $got | Should -BeOfType string
            $got | Should -BeExactly $Name
        }
    }

    It 'is the one in the request to the cloud: <Name>' -ForEach $names {
        $id = '20000000-0000-4000-8000-{0:d12}' -f $Number
        $text = (Get-Completion 'Get-TroveBackup -Instance ' | Where-Object ToolTip -Like "${id}:*").CompletionText
        & ([scriptblock]::Create("Get-TroveBackup -ErrorAction Stop -Instance $text")) | Should -BeNullOrEmpty
        $server.Requests.ToArray()[-1] | Should -BeLike "GET */backups*instance_id=$id*"
    }

    It 'is quoted and escaped, so that it matches no other name where wildcards are allowed: <Name>' -ForEach $names {
        $id = '20000000-0000-4000-8000-{0:d12}' -f $Number
        foreach ($begun in '', "'", '"') {
            $text = (Get-Completion "Get-TroveInstance -Name $begun" | Where-Object ToolTip -Like "${id}:*").CompletionText
            (& ([scriptblock]::Create("Get-TroveInstance -Name $text"))).Id | Should -Be $id
        }
    }

    It 'stays without quotes where it needs none: <_>' -ForEach 'db-00001', 'm', 'web_2.example', '20000000-0000-4000-8000-000000000001' {
        $null = Open-Server (New-Instance $_ 1)
        (Get-Completion 'New-TroveBackupSchedule -Instance ').CompletionText | Should -BeExactly $_
    }
}

Describe 'A pattern' {
    It 'is offered with its meaning and its next time: <_>' -ForEach 'New-TroveBackupSchedule -Pattern ', 'New-TroveBackupSchedule m ', 'Get-TroveScheduleOccurrence ', 'Test-TroveCronPattern ' {
        $all = Get-Completion $_
        $all.Count | Should -BeGreaterThan 11
        foreach ($one in $all) {
            $pattern = $one.ListItemText
            $one.CompletionText | Should -BeExactly "'$pattern'"
            $report = Test-TroveCronPattern $pattern
            $report.IsValid | Should -BeTrue -Because $pattern
            $report.Warnings | Should -BeNullOrEmpty -Because $pattern
            $next = (Get-TroveScheduleOccurrence $pattern -From $time.Clock.GetUtcNow() -First 1).Time
            $one.ToolTip | Should -BeExactly ('{0}; next {1:u}' -f $report.Explanation, $next)
        }
        $all.ListItemText | Sort-Object -Unique | Should -HaveCount $all.Count
        $all.ToolTip -replace ';.*' | Sort-Object -Unique | Should -HaveCount $all.Count -Because 'no two say the same'
    }

    It 'completes after its beginning is typed' {
        $all = Get-Completion "New-TroveBackupSchedule m '0 3"
        $all.Count | Should -BeGreaterThan 2
        $all.ListItemText | Should -BeLike '0 3*'
        (Get-Completion 'New-TroveBackupSchedule m "@Week').CompletionText | Should -BeExactly '"@weekly"'
    }

    It 'completes after a word of it or of its meaning is typed, if none begins with that word' {
        (Get-Completion 'Test-TroveCronPattern week').ListItemText | Should -Be '@weekly'
        $all = Get-Completion 'Test-TroveCronPattern sunday'
        $all.Count | Should -BeGreaterThan 1
        $all.ToolTip | Should -BeLike '*Sunday*'
    }

    It 'does not complete other text, and neither does a file' {
        $null = New-Item $TestDrive/zebra -Force
        Push-Location $TestDrive
        try { Get-Completion 'Test-TroveCronPattern z' | Should -BeNullOrEmpty } finally { Pop-Location }
    }
}

Describe 'A time zone' {
    It 'completes after the beginning of its id, or a part of it' {
        $found = Get-Completion "Get-TroveScheduleOccurrence '@daily' -TimeZone Europe/Be"
        $found.CompletionText | Should -Contain Europe/Berlin
        $found.CompletionText | Should -BeLike 'Europe/Be*'
        ($found | Where-Object CompletionText -EQ Europe/Berlin).ToolTip | Should -BeExactly ([TimeZoneInfo]::FindSystemTimeZoneById('Europe/Berlin').DisplayName)
        (Get-Completion "Get-TroveScheduleOccurrence '@daily' -TimeZone berlin").CompletionText | Should -Contain Europe/Berlin
        (Get-Completion "Get-TroveScheduleOccurrence '@daily' -TimeZone 'Europe/Berl").CompletionText | Should -BeExactly "'Europe/Berlin'"
        Get-Completion "Get-TroveScheduleOccurrence '@daily' -TimeZone nowhere" | Should -BeNullOrEmpty
    }
}

Describe 'A cloud' {
    BeforeAll {
        $folder = (New-Item $TestDrive/clouds -ItemType Directory).FullName
        @'
clouds:
  prod:
    auth: {auth_url: 'https://keystone.example.com/v3', username: jo, password: hunter2, project_name: web, user_domain_name: Default, project_domain_name: Default}
  my test:
    auth: {auth_url: 'https://test.example.com/v3', application_credential_id: abc, application_credential_secret: hunter2}
    auth_type: v3applicationcredential
  half:
    auth: {password: hunter2}
'@ | Set-Content $folder/clouds.yaml
        Push-Location $folder
    }

    AfterAll { Pop-Location }

    It 'is offered by its name in the clouds.yaml of PowerShell''s current folder, in the order of the file' {
        foreach ($line in 'Connect-TroveSession ', 'Connect-TroveSession -Cloud ') {
            (Use-Environment @{} { Get-Completion $line }).CompletionText | Should -BeExactly prod, "'my test'", half
        }
        (Use-Environment @{} { Get-Completion 'Connect-TroveSession "M' }).CompletionText | Should -BeExactly '"my test"'
    }

    It 'is offered where OS_CLIENT_CONFIG_FILE names the file' {
        Push-Location $TestDrive
        try { (Use-Environment @{ OS_CLIENT_CONFIG_FILE = "$folder/clouds.yaml" } { Get-Completion 'Connect-TroveSession p' }).CompletionText | Should -Be prod }
        finally { Pop-Location }
    }

    It 'shows its address and project, and no secret' {
        $all = Use-Environment @{} { Get-Completion 'Connect-TroveSession ' }
        $all[0].ToolTip | Should -BeLike '*https://keystone.example.com/v3*web*'
        "$($all.ToolTip)" | Should -Not -BeLike '*hunter2*'
    }

    It 'completes although a setting is missing, and reports it' {
        (Use-Environment @{} { Get-Completion 'Connect-TroveSession half' }).ToolTip | Should -BeLike '*auth_url*'
    }

    It 'shows only its name if there are very many' {
        $many = (New-Item "$TestDrive/many" -ItemType Directory).FullName
        'clouds:', (1..100 | ForEach-Object { "  c${_}: {auth: {auth_url: 'https://c$_.example.com/v3', username: jo, password: x, user_domain_name: Default}}" }) | Set-Content $many/clouds.yaml
        Push-Location $many
        try {
            $all = Use-Environment @{} { Get-Completion 'Connect-TroveSession ' }
            $all.Count | Should -Be 100
            $all.ToolTip | Should -BeExactly $all.CompletionText
            (Use-Environment @{} { Get-Completion 'Connect-TroveSession c77' }).ToolTip | Should -BeLike '*https://c77.example.com/v3*'
        }
        finally { Pop-Location }
    }

    It 'is not offered, nor is a file, where clouds.yaml <What>' -ForEach @(
        @{ What = 'is no YAML'; Text = "clouds: {a: 'hunter2" }
        @{ What = 'has no mapping'; Text = 'clouds: []' }
        @{ What = 'is no text'; Text = "`0" }
        @{ What = 'is not there' }
    ) {
        $other = (New-Item "$TestDrive/$What" -ItemType Directory).FullName
        $null = New-Item $other/zebra
        if ($Text) { Set-Content $other/clouds.yaml $Text }
        Push-Location $other
        try { Use-Environment @{} { Get-Completion 'Connect-TroveSession -Cloud ' } | Should -BeNullOrEmpty } finally { Pop-Location }
    }
}

Describe 'The session that completion uses' {
    BeforeEach {
        $server = Open-Server -Instances (New-Instance shared 1) -Triggers (New-Trigger shared 1 '20000000-0000-4000-8000-000000000001')
        $shared = Get-TroveSession
        $null = Open-Server -Instances (New-Instance own 1) -Triggers (New-Trigger own 1 '20000000-0000-4000-8000-000000000001')
        $own = Get-TroveSession
        $null = Connect-TestKeystone $keystone.Url
    }

    It 'is that of -Session where that is a variable: <_>' -ForEach $lines {
        $command, $rest = $_ -split ' ', 2
        (Get-Completion "$command -Session `$own $rest").ListItemText | Should -BeLike 'own*'
        (Get-Completion "$command -Session `$shared $rest").ListItemText | Should -BeLike 'shared*'
        Get-Completion "$command $rest" | Should -BeNullOrEmpty -Because 'the process''s own has nothing'
    }

    It 'is that of -Session if PowerShell can determine its value in another way' {
        $sessions = @{ own = $own }
        foreach ($session in '-Session $sessions.own', '-Session:$own', '-S $own') { (Get-Completion "Get-TroveInstance $session -Name ").CompletionText | Should -Be own -Because $session }
    }

    It 'is none where -Session is not known before the command runs' {
        $null = Open-Server (New-Instance wrong 1)
        foreach ($session in '-Session (Get-TroveSession)', '-Session:(Get-TroveSession)', '-Sess (Get-TroveSession)', '-Session $nothing', "-Session 'own'") {
            Get-Completion "Get-TroveInstance $session -Name " | Should -BeNullOrEmpty -Because $session
        }
        (Get-Completion 'Get-TroveInstance -Name ').CompletionText | Should -Be wrong
    }

    It 'is not created for completion, which then sends no request: <_>' -ForEach $lines {
        Disconnect-TroveSession
        $asked = $keystone.Requests.Count
        $environment = @{ OS_AUTH_URL = $keystone.Url; OS_USERNAME = 'tester'; OS_PASSWORD = 'x'; OS_PROJECT_NAME = 'tests'; OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default' }
        Use-Environment $environment { Get-Completion $_ } | Should -BeNullOrEmpty
        $keystone.Requests.Count | Should -Be $asked
        Get-TroveSession | Should -BeNullOrEmpty
    }

    It 'is none when it was disconnected' {
        $own | Disconnect-TroveSession
        Get-Completion 'Get-TroveInstance -Session $own -Name ' | Should -BeNullOrEmpty
    }
}

Describe 'A cloud that does not answer as it should' -ForEach @{ Lines = $lines } {
    AfterEach { $limit.SetValue($null, [TimeSpan]::FromMinutes(1)) }

    It 'offers nothing: <What>' -ForEach @(
        @{ What = '500'; Status = 500; Body = '{"faultstring": "Something broke."}' }
        @{ What = '401'; Status = 401; Body = 'Auth token is invalid' }
        @{ What = '403'; Status = 403; Body = '{"forbidden": {"message": "no", "code": 403}}' }
        @{ What = 'a page of HTML'; Status = 200; Body = '<html>Please log in</html>' }
        @{ What = 'half an answer'; Status = 200; Body = '{"instances": [{"id": "2' }
        @{ What = 'another answer'; Status = 200; Body = '{"instances": {"a": 1}, "cron_triggers": [null]}' }
        @{ What = 'nothing'; Status = 200; Body = '' }
    ) {
        $server = New-TestServer
        $server.Answer('^GET ', $Status, $Body, $null)
        Connect-Server $server
        foreach ($line in $Lines) {
            Get-Completion $line | Should -BeNullOrEmpty -Because $line
        }
        $server.Requests.Count | Should -BeGreaterThan 1 -Because 'both services were asked'
    }

    It 'offers nothing when the service cannot be reached' {
        $nobody = "http://127.0.0.1:$(Get-ClosedPort)"
        $null = Connect-TestKeystone $keystone.Url -With @{ DatabaseEndpoint = "$nobody/v1.0/$project"; WorkflowEndpoint = "$nobody/v2"; MaxRetry = 0 }
        Get-Completion 'New-TroveBackupSchedule -Instance ' | Should -BeNullOrEmpty
        Get-Completion 'Remove-TroveBackupSchedule ' | Should -BeNullOrEmpty
    }

    It 'is waited for a second' {
        $realLimit | Should -Be ([TimeSpan]::FromSeconds(1))
    }

    It 'offers what came in time when the rest does not come, and is not waited for again at the next Tab' {
        $never = New-TestServer
        $never.Delay = [TimeSpan]::FromHours(1)
        $servers.Add($never)
        $server = New-TestServer $never.Url
        $first = @{ instances = @((New-Instance web-1 1), (New-Instance web-2 2)); links = @(@{ rel = 'next'; href = 'x' }) } | ConvertTo-Json -Depth 5
        $server.Answer('^GET /v1.0/[^/]+/instances(?!.*marker=)', 200, $first, $null)
        Connect-Server $server
        $limit.SetValue($null, [TimeSpan]::FromSeconds(3))
        $names = (Get-Completion 'New-TroveBackupSchedule -Instance w').CompletionText
        $names | Should -Contain web-1
        $asked = $server.Requests.Count
        $asked | Should -Be 2
        (Get-Completion 'New-TroveBackupSchedule -Instance w').CompletionText | Should -Be $names
        Get-Completion 'New-TroveBackupSchedule -Instance z' | Should -BeNullOrEmpty
        $server.Requests.Count | Should -Be $asked
    }

    It 'offers nothing when there is no response: the request is cancelled, and abandoned if it does not stop' {
        if (-not ('TroveSchedules.PesterTests.DeafHandler' -as [type])) {
            Add-Type @'
namespace TroveSchedules.PesterTests
{
    /// <summary>Takes requests for instances and triggers, and lets nobody end them.</summary>
    public sealed class DeafHandler : System.Net.Http.DelegatingHandler
    {
        public DeafHandler(System.Net.Http.HttpMessageHandler inner) : base(inner) { }

        public System.Threading.CancellationToken Token { get; private set; }

        public System.Func<System.Net.Http.HttpMessageHandler> Transport => () => this;

        protected override System.Threading.Tasks.Task<System.Net.Http.HttpResponseMessage> SendAsync(System.Net.Http.HttpRequestMessage request, System.Threading.CancellationToken token)
        {
            if (request.Method != System.Net.Http.HttpMethod.Get)
                return base.SendAsync(request, token);
            Token = token;
            return new System.Threading.Tasks.TaskCompletionSource<System.Net.Http.HttpResponseMessage>().Task;
        }
    }
}
'@
        }
        $library = [Reflection.Assembly]::Load('TroveSchedules.OpenStack')
        $said = $library.GetType('TroveSchedules.OpenStack.Keystone.CloudOverrides')::new()
        $demo = $time.Accounts | Where-Object UserName -EQ demo
        $said.AuthUrl, $said.UserName, $said.Password, $said.UserDomainName = $time.AuthUrl.AbsoluteUri, $demo.UserName, $demo.Password, 'Default'
        $said.ProjectName, $said.ProjectDomainName = $demo.ProjectName, 'Default'
        $settings = $library.GetType('TroveSchedules.OpenStack.Keystone.CloudConfiguration')::FromArguments($said, $null)
        $deaf = [TroveSchedules.PesterTests.DeafHandler]::new($time.CreateHandler())
        $session = $library.GetType('TroveSchedules.OpenStack.CloudSession')::ConnectAsync($settings, $time.Clock, $deaf.Transport, [Threading.CancellationToken]::None).GetAwaiter().GetResult()
        $limit.SetValue($null, $realLimit)
        try {
            foreach ($line in 'New-TroveBackupSchedule -Session $session -Instance ', 'Remove-TroveBackupSchedule -Session $session -Id ') {
                Get-Completion $line | Should -BeNullOrEmpty
                $deaf.Token.CanBeCanceled, $deaf.Token.IsCancellationRequested | Should -Be $true, $true -Because $line
            }
        }
        finally { $session.Dispose() }
    }
}

Describe 'What was listed' {
    It 'is listed once for two completions in a row, and again three seconds later' {
        $server = Open-Server (New-Instance m 1)
        foreach ($line in 'New-TroveBackupSchedule -Instance ', 'Get-TroveInstance ', 'Get-TroveInstance -Id m', 'Get-TroveBackup z') { $null = Get-Completion $line }
        $server.Requests.Count | Should -Be 1
        $time.Step([TimeSpan]::FromSeconds(2.9))
        (Get-Completion 'Get-TroveInstance ').CompletionText | Should -Be m
        $server.Requests.Count | Should -Be 1
        $time.Step([TimeSpan]::FromSeconds(0.1))
        (Get-Completion 'Get-TroveInstance ').CompletionText | Should -Be m
        $server.Requests.Count | Should -Be 2
    }

    It 'serves the schedules with the names of their instances' {
        $server = Open-Server -Instances (New-Instance m 1) -Triggers (New-Trigger nightly 1 '20000000-0000-4000-8000-000000000001')
        foreach ($line in 'New-TroveBackupSchedule -Instance ', 'Remove-TroveBackupSchedule ', 'Get-TroveBackupSchedule -Name ') { (Get-Completion $line).Count | Should -Be 1 }
        $server.Requests | Should -HaveCount 2
    }

    It 'is another session''s no more' {
        $null = Open-Server (New-Instance old 1)
        (Get-Completion 'Get-TroveInstance ').CompletionText | Should -Be old
        $null = Open-Server (New-Instance new 1)
        (Get-Completion 'Get-TroveInstance ').CompletionText | Should -Be new
    }

    It 'is not all where two hundred will do, but is looked through further for who types more' {
        $fronts = 1..3 | ForEach-Object { New-TestServer }
        $fronts | ForEach-Object { $servers.Add($_) }
        $options = $sandboxLibrary.GetType('TroveSchedules.Sandbox.SandboxOptions')::new()
        $options.Instances = 1000 # 50 pages. A search that reads them all must end within the time limit on a busy machine.
        $options.KeystoneUrl, $options.MistralUrl, $options.TroveUrl = $fronts.Url
        $big = $sandboxLibrary.GetType('TroveSchedules.Sandbox.SandboxCloud')::new($options)
        try {
            $fronts | ForEach-Object { $_.PassOnTo($big.CreateHandler()) }
            $demo = $big.Accounts | Where-Object UserName -EQ demo
            $null = Connect-TroveSession -AuthUrl $fronts[0].Url -Credential ([pscredential]::new($demo.UserName, (ConvertTo-SecureString $demo.Password -AsPlainText -Force))) `
                -UserDomainName Default -ProjectName $demo.ProjectName -ProjectDomainName Default
            (Get-Completion 'New-TroveBackupSchedule -Instance ').Count | Should -Be 200
            $fronts[2].Requests.Count | Should -BeLessOrEqual 11 -Because 'Trove gives 20 at a time'
            (Get-Completion 'New-TroveBackupSchedule -Instance db-0023').CompletionText | Should -Contain db-00230
        }
        finally {
            Disconnect-TroveSession
            $big.Dispose()
        }
    }
}

Describe 'On a cloud' {
    BeforeAll {
        Open-TestCloud
        Clear-TestCloud
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
    }

    AfterAll {
        Clear-TestCloud
        Close-TestCloud
    }

    It 'a schedule that was just made is offered for removal, and none that was removed' {
        $name = New-TestName
        Get-Completion "Remove-TroveBackupSchedule -Id $name" | Should -BeNullOrEmpty
        $schedule = New-TroveBackupSchedule m '0 3 * * *' $name
        $time.Step([TimeSpan]::FromSeconds(3))
        $offer = Get-Completion "Remove-TroveBackupSchedule -Id $name"
        $offer.CompletionText | Should -Be $schedule.Id
        $offer.ListItemText | Should -Be "$name (m)"
        $schedule | Remove-TroveBackupSchedule -Confirm:$false
        $time.Step([TimeSpan]::FromSeconds(3))
        Get-Completion "Remove-TroveBackupSchedule -Id $name" | Should -BeNullOrEmpty
    }

    It 'instances are offered, two of one name by their ids' {
        $all = Get-Completion 'New-TroveBackupSchedule -Instance '
        $all.CompletionText | Should -Contain m
        $all.CompletionText | Should -Contain (Get-TestInstanceId dup)
        $all.CompletionText | Should -Not -Contain dup
    }
}

Describe 'In a fresh PowerShell' {
    It 'completion works before any cmdlet has run: <_>' -ForEach 'Test-TroveCronPattern ', 'New-TroveBackupSchedule -Pattern ' {
        Invoke-FreshPwsh "(TabExpansion2 '$_' $($_.Length)).CompletionMatches[0].CompletionText" | Should -Be "'0 3 * * *'"
    }

    It 'and loads the module where it is on the module path' {
        "clouds:`n  prod:`n    auth: {auth_url: 'http://127.0.0.1:9'}`n" | Set-Content $TestDrive/clouds.yaml
        $path = Split-Path (Get-Module TroveSchedules).ModuleBase
        $script = "`$env:PSModulePath = '$path'; (TabExpansion2 'Connect-TroveSession -Cloud p' 29).CompletionMatches.CompletionText; (Get-Module TroveSchedules).Name"
        Invoke-FreshPwsh $script -WithoutModule | Should -Be "prod$([Environment]::NewLine)TroveSchedules"
    }

    It 'offers nothing without a session, and does not connect' {
        $asked = $keystone.Requests.Count
        $environment = @{ OS_AUTH_URL = $keystone.Url; OS_USERNAME = 'tester'; OS_PASSWORD = 'x'; OS_PROJECT_NAME = 'tests'; OS_USER_DOMAIN_NAME = 'Default'; OS_PROJECT_DOMAIN_NAME = 'Default' }
        Invoke-FreshPwsh "(TabExpansion2 'New-TroveBackupSchedule -Instance ' 34).CompletionMatches.Count; `$Error.Count" $environment | Should -Be "0$([Environment]::NewLine)0"
        $keystone.Requests.Count | Should -Be $asked
    }
}

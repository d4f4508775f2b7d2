BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    $calls = Get-TestCall
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    $ConfirmPreference = 'None'

    function Show-Error {
        <# The text of an error in one of the console's views. #>
        param($Record, [string] $View)
        $ErrorView = $View
        $PSStyle.OutputRendering = 'PlainText'
        ($Record | Out-String -Width 200).Trim()
    }

    function Assert-Ours {
        <# Checks that there is one error record in the module's form. #>
        param($Record, [string] $Cmdlet)
        $Record.Exception | Should -BeOfType TroveSchedules.TroveScheduleException
        $Record.FullyQualifiedErrorId | Should -BeExactly "$($Record.Exception.ErrorId),TroveSchedules.Commands.$($Cmdlet -replace '-')Command"
        $Record.CategoryInfo.Reason | Should -BeExactly $Record.Exception.ErrorId
        $Record.CategoryInfo.Activity | Should -BeExactly $Cmdlet
        $Record.ErrorDetails.Message | Should -BeExactly $Record.Exception.Problem
        $Record.Exception.ErrorId -in 'Conflict', 'Invalid', 'NotFound' -or $Record.ErrorDetails.RecommendedAction | Should -BeTrue -Because 'a user wants to know what to do'
    }
}

AfterAll { Close-TestCloud }

Describe 'What a service refuses' {
    BeforeAll {
        $server = New-TestKeystone
        $id = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'
        $server.Answer("^GET /v2/executions/$id", 200, "{`"id`": `"$id`", `"workflow_name`": `"trove.backup_create`", `"state`": `"SUCCESS`", `"project_id`": `"0123456789abcdef0123456789abcdef`"}", $null)
        $session = Connect-TestKeystone $server.Url
    }

    AfterAll {
        Disconnect-TroveSession
        $server.Dispose()
    }

    It 'with <Status> is <Category>, <Id>' -ForEach @(
        @{ Status = 400; Category = 'InvalidArgument'; Id = 'Invalid' }
        @{ Status = 401; Category = 'AuthenticationError'; Id = 'Unauthorized'; Advises = 'Connect-TroveSession' }
        @{ Status = 403; Category = 'PermissionDenied'; Id = 'Forbidden'; Advises = 'role' }
        @{ Status = 404; Category = 'ObjectNotFound'; Id = 'ExecutionNotFound'; Advises = 'Get-TroveScheduleExecution' }
        @{ Status = 408; Category = 'OperationTimeout'; Id = 'Timeout'; Advises = 'Get-TroveScheduleExecution -Id' }
        @{ Status = 409; Category = 'ResourceExists'; Id = 'Conflict' }
        @{ Status = 413; Category = 'QuotaExceeded'; Id = 'QuotaExceeded'; Advises = 'quota' }
        @{ Status = 500; Category = 'ResourceUnavailable'; Id = 'Unavailable'; Advises = 'request id' }
        @{ Status = 302; Category = 'InvalidData'; Id = 'ProtocolError'; Advises = 'proxy' }
    ) {
        # Each response has its own server, because of several responses for a request the first one applies.
        $mistral = New-TestServer $server.Url
        $mistral.Answer('^DELETE ', $Status, '{"faultstring": "Mistral''s own words"}', @{ 'x-openstack-request-id' = 'req-1' })
        $refused = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $mistral.Url }
        try {
            $execution = Get-TroveScheduleExecution -Id '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42' -Session $refused
            $record = Get-ErrorOf { $execution | Remove-TroveScheduleExecution -Session $refused }
        }
        finally {
            $refused.Dispose()
            $mistral.Dispose()
        }
        $record | Assert-Error $Id Remove-TroveScheduleExecution $Category -Advises @($Advises | Where-Object { $_ })
        Assert-Ours $record Remove-TroveScheduleExecution
        $record.Exception.StatusCode | Should -Be $Status
        $record.Exception.RequestId | Should -Be 'req-1'
        $record.Exception.ServerMessage | Should -Be ($Status -eq 401 ? $null : 'Mistral''s own words')
        "$($record.TargetObject)" | Should -Be $execution.Id
        Show-Error $record CategoryView | Should -Match "^${Category}: \($($execution.Id):(ScheduleExecution|String)\) \[Remove-TroveScheduleExecution\], $Id`$"
    }

    It 'names the parameter of Connect-TroveSession where a connection setting can help' {
        $lost = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = "http://127.0.0.1:$(Get-ClosedPort)"; MaxRetry = 0 }
        try { $record = Get-ErrorOf { Get-TroveBackupSchedule -Session $lost } }
        finally { $lost.Dispose() }
        $record | Assert-Error Unavailable Get-TroveBackupSchedule ResourceUnavailable -Advises 'With Connect-TroveSession: -WorkflowEndpoint, -Interface, -Region.'
        $record.Exception.Settings | Should -Be workflow_endpoint_override, interface, region_name
        $record.Exception.Message | Should -Not -BeLike '*Connect-TroveSession*'
    }

    It 'is about the session where it is about nothing narrower' {
        $mistral = New-TestServer
        $mistral.Answer('.', 403, '{"faultstring": "No"}', $null)
        $refused = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $mistral.Url }
        try { $record = Get-ErrorOf { Get-TroveBackupSchedule -Session $refused } }
        finally {
            $refused.Dispose()
            $mistral.Dispose()
        }
        $record.TargetObject | Should -Be $refused
        Show-Error $record CategoryView | Should -BeExactly "PermissionDenied: ($($server.Url):TroveSession) [Get-TroveBackupSchedule], Forbidden"
    }
}

Describe 'An error' {
    BeforeAll { $session = Connect-TestCloud }

    AfterAll { Disconnect-TroveSession }

    It 'is about the value that breaks a rule' {
        $record = Get-ErrorOf { New-TroveBackupSchedule m '0 3 * *' x }
        $record | Assert-Error InvalidCronPattern New-TroveBackupSchedule InvalidArgument
        Assert-Ours $record New-TroveBackupSchedule
        $record.TargetObject | Should -BeExactly '0 3 * *'
        Show-Error $record CategoryView | Should -BeExactly 'InvalidArgument: (0 3 * *:String) [New-TroveBackupSchedule], InvalidCronPattern'
    }

    It 'of a server that is not there names its address' {
        $nowhere = "http://127.0.0.1:$(Get-ClosedPort)"
        $record = Get-ErrorOf { Connect-TroveSession -AuthUrl $nowhere -Token (ConvertTo-SecureString x -AsPlainText -Force) -MaxRetry 0 }
        $record | Assert-Error Unavailable Connect-TroveSession ResourceUnavailable -Says $nowhere.Substring(7) -Advises 'network'
        Assert-Ours $record Connect-TroveSession
        "$($record.TargetObject)" | Should -Be "$nowhere/"
    }

    It 'in ConciseView has what happened, and on a line of its own what to do' {
        $id = [guid]::NewGuid()
        $shown = Show-Error (Get-ErrorOf { Get-TroveBackupSchedule -Id $id }) ConciseView
        $shown -replace '\s+(\|\s+)?', ' ' | Should -BeLike "*No schedule of project 'demo' has the id '$id'.*"
        $shown -split "`n" | Should -Contain '  Recommendation: Get-TroveBackupSchedule lists the ids.'
    }

    It 'does not end what comes after, unless -ErrorAction Stop is given' {
        $ids = [guid]::NewGuid(), [guid]::NewGuid()
        $failed = $null
        Get-TroveBackupSchedule -Id $ids -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.TargetObject | Should -Be "$($ids[0])", "$($ids[1])"
        try { Get-TroveBackupSchedule -Id $ids -ErrorAction Stop; throw 'It goes on' } catch { $record = $_ }
        Assert-Ours $record Get-TroveBackupSchedule
        $record.TargetObject | Should -Be "$($ids[0])"
        try { Get-TroveBackupSchedule -Id $ids -ErrorAction Stop } catch [TroveSchedules.TroveScheduleException] { $typed = $_.Exception }
        $typed.Kind | Should -Be NotFound
    }

    It 'stays in $Error, typed' {
        $Error.Clear()
        Get-TroveBackupSchedule -Id x -ErrorAction SilentlyContinue
        $Error[0].Exception | Should -BeOfType TroveSchedules.TroveScheduleException
        $Error[0].Exception.ErrorId | Should -Be ScheduleNotFound
        $Error | Should -HaveCount 1
    }
}

Describe 'On a session that has been disconnected' {
    BeforeAll {
        $server = New-TestKeystone
        $session = Connect-TestKeystone $server.Url
        Disconnect-TroveSession
    }

    AfterAll { $server.Dispose() }

    It '<Cmdlet> (<Set>) writes one error with the reason' -ForEach $calls {
        $record = Get-ErrorOf { & $Cmdlet @With -Session $session }
        Assert-Ours $record $Cmdlet
        $record.Exception.ErrorId | Should -Be ($Cmdlet -eq 'Step-TroveSandbox' ? 'InvalidSession' : 'NotConnected')
        $record.TargetObject | Should -Not -BeNullOrEmpty
    }
}

Describe 'On a session whose cloud cannot be reached' {
    BeforeAll {
        $server = New-TestKeystone
        $nowhere = "http://127.0.0.1:$(Get-ClosedPort)"
        $session = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $nowhere; DatabaseEndpoint = $nowhere; MaxRetry = 0 }
    }

    AfterAll {
        Disconnect-TroveSession
        $server.Dispose()
    }

    # The pages of a dashboard show the errors.
    It '<Cmdlet> (<Set>) writes one error with the reason' -ForEach ($calls | Where-Object Cmdlet -NE Show-TroveDashboard) {
        $record = Get-ErrorOf { & $Cmdlet @With -Session $session }
        Assert-Ours $record $Cmdlet
        $record.Exception.ErrorId | Should -Be ($Cmdlet -eq 'Step-TroveSandbox' ? 'InvalidSession' : 'Unavailable')
    }
}

Describe 'On a session whose services answer <Body>' -ForEach @(
    @{ Body = '<html>Log in, please</html>' }, @{ Body = '{}' }, @{ Body = '[]' }, @{ Body = 'null' }, @{ Body = '{"id": 1' }, @{ Body = '' }
) {
    BeforeAll {
        $server = New-TestKeystone
        $services = New-TestServer
        $services.Answer('.', 200, $Body, $null)
        $session = Connect-TestKeystone $server.Url @{ WorkflowEndpoint = $services.Url; DatabaseEndpoint = $services.Url; MaxRetry = 0 }
    }

    AfterAll {
        Disconnect-TroveSession
        $server.Dispose()
        $services.Dispose()
    }

    It '<Cmdlet> (<Set>) writes one error with the reason' -ForEach ($calls | Where-Object Cmdlet -NotIn Show-TroveDashboard, Step-TroveSandbox) {
        $record = Get-ErrorOf { & $Cmdlet @With -Session $session }
        Assert-Ours $record $Cmdlet
        $record.Exception.ErrorId | Should -Be ProtocolError
    }
}

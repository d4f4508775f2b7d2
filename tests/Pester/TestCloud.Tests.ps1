# What the other test files rely on.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
}

AfterAll { Close-TestCloud }

Describe 'Clear-TestCloud' -Tag 'Needs the sandbox' -Skip:(Test-TestStack) {
    It 'outlives its token' {
        Open-TestCloud @{ TokenLife = [timespan]::FromSeconds(3) }
        $null = New-TestBackup
        $null = Connect-TestCloud
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '0 3 1 1 *' (New-TestName)
        Add-TestExecution 3 $schedule.Id
        Start-TestClock # Each GET takes a second now.
        Clear-TestCloud
        Stop-TestClock
        (Invoke-TestApi workflowv2 /cron_triggers).cron_triggers | Should -BeNullOrEmpty
        (Invoke-TestApi workflowv2 /executions).executions | Should -BeNullOrEmpty
        (Invoke-TestApi database /backups).backups | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-TestApi' {
    BeforeAll { Open-TestCloud }

    It 'gets a new token when the service rejects the shared one' {
        $null = Invoke-TestApi workflowv2 /cron_triggers
        $shared = (InModuleScope TestCloud { $Tokens }).demo.Id
        $null = Invoke-RestMethod "$((Get-TestAccount).auth_url)/auth/tokens" -Method Delete -Headers @{ 'X-Auth-Token' = (Get-TestToken).Id; 'X-Subject-Token' = $shared }
        Wait-Until { Invoke-TestApi database /instances } | Should -Not -BeNullOrEmpty
    }

    It 'names the request that failed' {
        { Invoke-TestApi workflowv2 /executions/none } | Should -Throw 'Get workflowv2 /executions/none as demo: 4*'
    }
}

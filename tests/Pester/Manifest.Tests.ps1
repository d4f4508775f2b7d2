BeforeDiscovery {
    $names = 'Connect-TroveSession', 'Disconnect-TroveSession', 'Export-TroveBackupSchedule', 'Export-TroveScheduleMetric', 'Export-TroveScheduleReport', 'Get-TroveBackup', 'Get-TroveBackupRetention', 'Get-TroveBackupSchedule', 'Get-TroveInstance',
        'Get-TroveScheduleExecution', 'Get-TroveScheduleHealth', 'Get-TroveScheduleOccurrence', 'Get-TroveSession', 'Get-TroveWorkbook', 'Import-TroveBackupSchedule', 'Install-TroveWorkbook',
        'New-TroveBackupSchedule', 'Remove-TroveBackup', 'Remove-TroveBackupSchedule', 'Remove-TroveScheduleExecution', 'Resume-TroveBackupSchedule', 'Set-TroveBackupSchedule', 'Show-TroveDashboard',
        'Start-TroveBackupSchedule', 'Step-TroveSandbox', 'Suspend-TroveBackupSchedule', 'Sync-TroveBackupSchedule',
        'Test-TroveCronPattern', 'Wait-TroveScheduleExecution'
    $cmdlets = $names | ForEach-Object { @{ Cmdlet = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $module = Get-Module TroveSchedules
}

Describe 'The module' -ForEach @{ Names = $names } {
    It 'exports its cmdlets, and nothing else' {
        $module.ExportedCommands.Keys | Sort-Object | Should -Be ($Names | Sort-Object)
        $module.ExportedCommands.Values.CommandType | Sort-Object -Unique | Should -Be 'Cmdlet'
    }

    It 'has a manifest that PowerShell finds no fault with' {
        $manifest = Test-ModuleManifest "$($module.ModuleBase)/TroveSchedules.psd1" -ErrorAction Stop
        $manifest.Description | Should -Not -BeNullOrEmpty
        $manifest.CompatiblePSEditions | Should -Be 'Core', 'Desktop'
    }

    It 'is found by its name where its folder lies on the module path' {
        $output = Invoke-FreshPwsh "Remove-Module TroveSchedules; `$env:PSModulePath = '$(Split-Path $module.ModuleBase)'; Import-Module TroveSchedules; (Get-Command Get-TroveSession).Source"
        $output | Should -Be 'TroveSchedules'
    }

    It 'is imported without its dependencies, which take long to load' {
        $loaded = Invoke-FreshPwsh "([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.Location -and `$_.Location.StartsWith('$($module.ModuleBase)') }).GetName().Name"
        $loaded -split '\r?\n' | Sort-Object | Should -Be TroveSchedules, TroveSchedules.Core
    }
}

Describe '<Cmdlet>' -ForEach $cmdlets {
    BeforeAll { $command = Get-Command $Cmdlet }

    It 'has an approved verb and a singular noun with the prefix' {
        Get-Verb $command.Verb | Should -Not -BeNullOrEmpty
        $command.Noun | Should -Match '^Trove.*[^s]$'
    }

    It 'declares its output types' {
        $command.OutputType.Name | Should -Not -BeNullOrEmpty
    }

    It 'takes -Session if it asks a cloud' {
        $asks = $Cmdlet -notin 'Connect-TroveSession', 'Get-TroveSession', 'Test-TroveCronPattern'
        $command.Parameters.ContainsKey('Session') | Should -Be $asks
    }
}

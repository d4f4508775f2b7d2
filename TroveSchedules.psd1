@{
    RootModule             = if ($PSEdition -eq 'Core') { 'net8.0/TroveSchedules.dll' } else { 'netstandard2.0/TroveSchedules.dll' }
    ModuleVersion          = '0.1.0'
    GUID                   = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'
    Author                 = 'TroveSchedules contributors'
    CompanyName            = 'TroveSchedules contributors'
    Copyright              = '(c) TroveSchedules contributors. MIT licence.'
    Description            = 'Schedules backups of OpenStack Trove databases through Mistral, shows what the schedules did, and cleans up in bulk.'
    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = 'Core', 'Desktop'
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess       = 'TroveSchedules.Format.ps1xml'
    CmdletsToExport        = @(
        'Connect-TroveSession'
        'Disconnect-TroveSession'
        'Get-TroveBackup'
        'Get-TroveBackupRetention'
        'Get-TroveBackupSchedule'
        'Get-TroveInstance'
        'Get-TroveScheduleExecution'
        'Get-TroveScheduleHealth'
        'Get-TroveScheduleOccurrence'
        'Get-TroveSession'
        'Get-TroveWorkbook'
        'Install-TroveWorkbook'
        'New-TroveBackupSchedule', 'Set-TroveBackupSchedule', 'Suspend-TroveBackupSchedule', 'Resume-TroveBackupSchedule'
        'Remove-TroveBackup'
        'Remove-TroveBackupSchedule'
        'Export-TroveBackupSchedule', 'Import-TroveBackupSchedule', 'Sync-TroveBackupSchedule'
        'Export-TroveScheduleMetric', 'Export-TroveScheduleReport', 'Show-TroveDashboard'
        'Remove-TroveScheduleExecution'
        'Start-TroveBackupSchedule'
        'Step-TroveSandbox'
        'Test-TroveCronPattern'
        'Wait-TroveScheduleExecution'
    )
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags         = 'OpenStack', 'Trove', 'Mistral', 'backup', 'schedule', 'database', 'cron', 'PSEdition_Core', 'PSEdition_Desktop'
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}

<#
.SYNOPSIS
    The CLI section of the specification, with the cmdlets.
.DESCRIPTION
    Shows each command as you would type it, and what it gives. It works in a sandbox in this process, or on a cloud where OS_CLOUD or OS_AUTH_URL
    names one. There a backup or two are made, and stay.
.EXAMPLE
    ./build.ps1 Demo
    Builds the module, and runs this.
.EXAMPLE
    Import-Module ./out/TroveSchedules; ./samples/Walkthrough.ps1
#>
[CmdletBinding()]
param(
    # The instance to back up.
    [string] $Instance = 'm'
)

$ErrorActionPreference = 'Stop'

if ($env:OS_CLOUD -or $env:OS_AUTH_URL) {
    $connect = { Connect-TroveSession }
    $wait = {
        # Wait for the minute, and for the run to end.
        do { Start-Sleep 2 } until ($schedule | Get-TroveScheduleExecution -State SUCCESS, ERROR)
    }
}
else {
    $connect = {
        # A cloud in this process: nothing to set up, and nothing that can be broken.
        Connect-TroveSession -Sandbox
    }
    $wait = {
        # Nobody waits in a sandbox: its clock can be moved.
        Step-TroveSandbox 00:04:00
    }
}

$walk = $connect, {
    # Load the workbook, which is what schedules run. Once per project will do.
    if (-not (Get-TroveWorkbook).IsInstalled) { Install-TroveWorkbook }
}, {
    # Create a schedule: every second minute, in UTC.
    $schedule = New-TroveBackupSchedule $Instance '*/2 * * * *' myback
    $schedule | Format-List
}, {
    # List the schedules of an instance.
    Get-TroveBackupSchedule $Instance
}, $wait, {
    # Show a schedule.
    Get-TroveBackupSchedule -Id $schedule.Id | Format-List
}, {
    # Delete it. What it did can still be read.
    $schedule | Remove-TroveBackupSchedule -Confirm:$false
}, {
    # List the executions, newest first.
    $schedule | Get-TroveScheduleExecution
}, {
    # SUCCESS says that Trove accepted a backup. Is the backup good?
    $schedule | Get-TroveScheduleExecution | Get-TroveBackup
}, {
    # Delete the executions. The backups stay.
    $schedule | Get-TroveScheduleExecution | Remove-TroveScheduleExecution -Confirm:$false
}, {
    Disconnect-TroveSession
}

$schedule = $null
$width = if ([Console]::IsOutputRedirected) { 160 } else { [Console]::WindowWidth }
try {
    foreach ($step in $walk) {
        "$step".Replace('$Instance', $Instance) -split '\r?\n' | ForEach-Object Trim | Where-Object { $_ } |
            ForEach-Object { Write-Host "PS> $_" -ForegroundColor Cyan }
        $output = . $step | Out-String -Width $width
        if ($output.Trim()) { Write-Host "`n$($output.Trim())" }
        Write-Host
    }
}
finally {
    # Where something went wrong, or Ctrl-C was pressed.
    if ($schedule -and (Get-TroveSession -ErrorAction Ignore)) { $schedule | Remove-TroveBackupSchedule -Confirm:$false -ErrorAction Ignore }
}

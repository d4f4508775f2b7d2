<#
.SYNOPSIS
    An operations runbook: is every database backed up, and does every schedule do its work?
.DESCRIPTION
    Looks at the project of the session that is connected, or else of the cloud that OS_CLOUD or OS_AUTH_URL names. It changes nothing. What fails says
    which instance or schedule is meant, and what to do.
.EXAMPLE
    Invoke-Pester samples/Runbook.Tests.ps1 -Output Detailed
.EXAMPLE
    Invoke-Pester -Container (New-PesterContainer -Path samples/Runbook.Tests.ps1 -Data @{ Instance = 'm', 'db-*'; MaxAge = '1.02:00' }) -Output Detailed
#>
param(
    # Names of the instances to look at, with wildcards. With * schedules are looked at too whose instance is gone.
    [string[]] $Instance = '*',

    # How long ago the last good backup may have been begun. Where a nightly one takes two hours, a day and two hours is never exceeded.
    [TimeSpan] $MaxAge = '1.00:00',

    # So many failures of a schedule in a row are too many.
    [ValidateRange(1, 1000)]
    [int] $Streak = 3
)

BeforeDiscovery {
    $ErrorActionPreference = 'Stop' # What cannot be read must not look like nothing.

    $schedules = @(Get-TroveBackupSchedule -WarningAction Ignore)
    $found = @(Get-TroveInstance $Instance)
    $names = @{}
    $found | ForEach-Object { $names[$_.Id] = $_.Name }

    $limits = @{ MaxAge = $MaxAge; Streak = $Streak; Now = (Get-TroveSession).CloudTime }
    $project = $limits + @{ Instance = $Instance; Found = $found.Count }
    $databases = foreach ($one in $found) {
        $limits + @{ Name = $one.Name; Id = $one.Id; Schedules = @($schedules | Where-Object InstanceId -EQ $one.Id) }
    }
    $jobs = foreach ($schedule in $schedules) {
        if ($names.ContainsKey($schedule.InstanceId) -or $Instance -contains '*') {
            $of = if ($names[$schedule.InstanceId]) { $names[$schedule.InstanceId] } else { "$($schedule.InstanceId), which is gone" }
            $limits + @{ Name = $schedule.Name; Id = $schedule.Id; Of = $of; Schedule = $schedule }
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Stop'
}

Describe 'The project' -ForEach $project {
    It 'has instances called <Instance>' {
        if (-not $Found) { throw "No instance is called $($Instance -join ' or '). Get-TroveInstance lists what this project has; Get-TroveSession says which project it is." }
    }
}

Describe 'Instance <Name> (<Id>)' -ForEach $databases {
    It 'has a schedule' {
        if (-not $Schedules) { throw "Nothing backs up the instance $Name. Make a schedule: New-TroveBackupSchedule $Id '0 3 * * *' nightly" }
    }

    It 'has a good backup not older than <MaxAge>' {
        # Not a run that is a SUCCESS: that says only that Trove accepted the backup.
        $last = Get-TroveBackup $Id | Where-Object Status -EQ COMPLETED | Sort-Object CreatedAt | Select-Object -Last 1
        if ($last -and $Now - $last.CreatedAt -le $MaxAge) { return }

        $what = if ($last) { 'The last good backup of the instance {0}, {1}, is of {2:u}, {3:d\.hh\:mm} ago.' -f $Name, $last.Id, $last.CreatedAt, ($Now - $last.CreatedAt) }
        else { "The instance $Name has no good backup." }
        if ($Schedules) { $what += " See what its schedules did: Get-TroveBackupSchedule $Id | Get-TroveScheduleExecution -First 5 -IncludeBackupStatus | Format-List" }
        throw $what
    }
}

Describe 'Schedule <Name> (<Id>) of instance <Of>' -ForEach $jobs {
    It 'is not stuck' {
        if ($Schedule.IsStuck) {
            throw "The schedule $Name of instance $Of was due at $('{0:u}' -f $Schedule.NextExecutionTime) and did not run. " +
                'Mistral runs no triggers, or the user who made the schedule has lost the role: ask the cloud''s administrator about the first; ' +
                "for the second, make the schedule anew and delete this one: Remove-TroveBackupSchedule $Id"
        }
    }

    It 'has not failed <Streak> times in a row' {
        $runs = @(Get-TroveScheduleExecution $Id -State SUCCESS, ERROR -First $Streak -IncludeBackupStatus)
        $good = @($runs | Where-Object { $_.State -eq 'SUCCESS' -and $_.BackupStatus -ne 'FAILED' })
        if ($runs.Count -lt $Streak -or $good) { return }

        $why = if ($runs[0].Reason) { $runs[0].Reason } else { "Trove accepted the backup $($runs[0].BackupId), which then failed" }
        throw "The last $Streak runs of the schedule $Name of instance $Of failed, the latest at $('{0:u}' -f $runs[0].ExecutionTime): $why. " +
            "Mend the cause, or delete the schedule: Remove-TroveBackupSchedule $Id"
    }
}

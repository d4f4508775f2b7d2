<#
.SYNOPSIS
    An operations runbook: is every database backed up, and does every schedule do its work?
.DESCRIPTION
    Checks the project of the session that is connected, or else of the cloud that OS_CLOUD or OS_AUTH_URL names. It changes nothing. A failure names the
    instance or the schedule, the reason, and what to do.
.EXAMPLE
    Invoke-Pester samples/Runbook.Tests.ps1 -Output Detailed
.EXAMPLE
    Invoke-Pester -Container (New-PesterContainer -Path samples/Runbook.Tests.ps1 -Data @{ Instance = 'm', 'db-*'; MaxAge = '1.02:00' }) -Output Detailed
#>
param(
    # Names of the instances to check, with wildcards. With * schedules whose instance is gone are checked as well.
    [string[]] $Instance = '*',

    # How old the last completed backup of an instance may be. If a nightly backup takes two hours, a day and two hours is enough.
    [TimeSpan] $MaxAge = '1.00:00',

    # Passes schedules that only have warnings.
    [switch] $AllowWarning
)

BeforeDiscovery {
    $ErrorActionPreference = 'Stop' # An error must not look like an empty list.

    $cases = Get-TroveScheduleHealth -MaxAge $MaxAge -IncludeUnscheduled | ForEach-Object {
        $health = $_
        if ($Instance | Where-Object { $health.InstanceName -like $_ }) {
            @{ Health = $health; Name = $health.Name; Of = $health.InstanceName, $health.InstanceId | Where-Object { $_ } | Select-Object -First 1; AllowWarning = $AllowWarning }
        }
    }
}

BeforeAll {
    Import-Module "$((Get-Module TroveSchedules).ModuleBase)/Pester/HealthyTroveSchedule.psm1"
}

Describe 'The project' -ForEach @{ Instance = $Instance; Count = @($cases).Count } {
    It 'has instances called <Instance>' {
        if (-not $Count) { throw "No instance is called $($Instance -join ' or '). Get-TroveInstance lists the instances of the project; Get-TroveSession shows the project." }
    }
}

Describe 'Instance <Of>, schedule <Name>' -ForEach $cases {
    It 'is healthy' {
        $Health | Should -BeHealthyTroveSchedule -AllowWarning:$AllowWarning
    }
}

# An assertion for Pester 5 and 6.
#
#   BeforeAll { Import-Module "$((Get-Module TroveSchedules).ModuleBase)/Pester/HealthyTroveSchedule.psm1" }
#   It 'is backed up' { Get-TroveScheduleHealth | Should -BeHealthyTroveSchedule }

function Test-HealthyTroveSchedule {
    <# Whether all schedules are healthy; with -AllowWarning, whether none is Critical or Unknown. The message names each schedule that is not, the reason and what to do. #>
    param($ActualValue, [switch] $Negate, [switch] $AllowWarning, [string] $Because, $CallerSessionState)

    $allowed = @('Healthy') + @(if ($AllowWarning) { 'Warning' })
    $health = @($ActualValue | Where-Object { $null -ne $_ })
    $other = @($health | Where-Object { $_.PSTypeNames[0] -notmatch '(^|\.)TroveSchedules\.ScheduleHealth$' })
    $bad = @($health | Where-Object { "$($_.State)" -notin $allowed })
    $message = if ($other) { "Expected objects of Get-TroveScheduleHealth, but got '$($other[0])'." }
    elseif (-not $health) { 'Expected schedules to check, but got none. Get-TroveBackupSchedule lists the schedules of the project.' }
    elseif ($Negate) { "Expected a schedule that is not healthy$(Format-Because $Because), but all $($health.Count) are." }
    else {
        @("Expected healthy schedules$(Format-Because $Because), but $($bad.Count) of $($health.Count) $(if ($bad.Count -eq 1) { 'is' } else { 'are' }) not:") +
            @($bad | ForEach-Object { "$(Format-Subject $_) is $($_.State):"; $_.Problems | ForEach-Object { "  - $($_.Reason) $($_.RecommendedAction)" } }) -join "`n"
    }
    $succeeded = -not $other -and $health -and [bool] $bad -eq [bool] $Negate
    [pscustomobject]@{ Succeeded = $succeeded; FailureMessage = if (-not $succeeded) { $message -replace '[\x00-\x08\x0b-\x1f\x7f-\x9f]' } }
}

function Format-Because([string] $Because) {
    if ($Because) { ", because $($Because -replace '^because\s+')" }
}

function Format-Subject($Health) {
    $instance = if ($Health.InstanceName) { "$($Health.InstanceName) ($($Health.InstanceId))" } else { $Health.InstanceId }
    if ($Health.ScheduleId) { "The schedule '$($Health.Name)' ($($Health.ScheduleId)) of the instance $instance" } else { "The instance $instance" }
}

Add-ShouldOperator -Name BeHealthyTroveSchedule -InternalName Test-HealthyTroveSchedule -Test ${function:Test-HealthyTroveSchedule} -SupportsArrayInput
Export-ModuleMember

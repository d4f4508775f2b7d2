# How PowerShell changes a pattern before it reaches -Pattern. Each text runs as a user types it.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Assert-TestStack
    $cut = '0 3 * * *'
    # Arguments after -Pattern, or in its place; what the error shows of what arrived; what it says to write.
    $typed = @(
        # Splatting of a variable that usually does not exist
        @{ Typed = '@daily'; Advises = "'@daily'" }
        @{ Typed = '@hourly'; Advises = "'@daily'" }
        @{ Typed = '@every 5m'; Advises = "'@daily'" }
        @{ Typed = '$daily'; Advises = "'@daily'" }
        @{ Typed = '$null'; Advises = "'@daily'" }
        @{ Typed = '"$unset"'; Advises = 'single quotes' }
        @{ Typed = "''"; Advises = "'@daily'" }
        # Fields that become arguments of their own
        @{ Typed = '0 3 * * *'; Advises = "'$cut'" }
        @{ Typed = '00 03 * * *'; Advises = "'$cut'" }
        @{ Typed = '0 3 * * mon-fri'; Advises = "'$cut'" }
        @{ Typed = '0 3 * * mon#1'; Advises = "'$cut'" }
        @{ Typed = '0 3 * * #1'; Advises = "'$cut'" }
        @{ Typed = '0 3 -1 * *'; Advises = "'$cut'" }
        @{ Typed = '*/5 * * * *'; Advises = "'$cut'" }
        @{ Typed = '* * * * *'; Advises = "'$cut'" }
        @{ Typed = '5-10 3 L * *'; Advises = "'$cut'" }
        @{ Typed = '0'; Advises = "'$cut'" }
        @{ Typed = '*/5'; Advises = "'$cut'" }
        @{ Typed = '1e3'; Advises = "'$cut'" }
        @{ Typed = '0x10 3 * * *'; Advises = "'$cut'" }
        @{ Typed = '1kb'; Advises = "'$cut'" }
        @{ Typed = '$true'; Advises = "'$cut'" }
        @{ Typed = '@{ a = 1 }'; Advises = "'$cut'" }
        # Lists
        @{ Typed = '0,30 * * * *'; Advises = 'single quotes' }
        @{ Typed = '0,30'; Advises = 'single quotes' }
        @{ Typed = '*/5,7 3 * * *'; Advises = 'single quotes' }
        @{ Typed = '0,3,*,*,*'; Advises = 'single quotes' }
        @{ Typed = "@(0, 3, '*', '*', '*')"; Advises = 'single quotes' }
        # Variables that are not set, and escapes, in double quotes
        @{ Typed = '"0 3 * * $unset"'; Advises = 'single quotes' }
        @{ Typed = '"$unset 3 * * *"'; Advises = 'single quotes' }
        @{ Typed = '"0 $unset * * *"'; Advises = 'single quotes' }
        @{ Typed = '"0,$unset 3 * * *"'; Advises = 'single quotes' }
        @{ Typed = '"*/$unset * * * *"'; Advises = 'single quotes' }
        @{ Typed = '"0 3 * * mon#$unset"'; Advises = 'single quotes' }
        @{ Typed = '"0 3 1-$unset * *"'; Advises = 'single quotes' }
        @{ Typed = '"`0 3 * * *"'; Advises = 'single quotes' }
    )
    # Arrives unchanged, or is wrong for another reason.
    $meant = @(
        @{ Typed = "'0 3 * *'" }
        @{ Typed = "'61 * * * *'" }
        @{ Typed = "'0 3 * * * * *'" }
        @{ Typed = "'@reboot'" }
        @{ Typed = "' 61 * * * * '" }
        @{ Typed = "'every night'" }
    )
    $good = @('"0 3 * * mon`#1"', '0` 3` *` *` *', "'@daily'", '"@daily"', "'0 3 * * mon#1' # first Mondays", '("0 3 * * " + "mon")', '$(@(0, 3, "*", "*", "*") -join " ")' |
        ForEach-Object { @{ Typed = $_ } })
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook

    function Get-ErrorOfText([string] $Text) { Get-ErrorOf ([scriptblock]::Create($Text)) }

    function Assert-Advice([Parameter(ValueFromPipeline)] [string] $SettingValue, [Parameter(Position = 0)] [string] $Advises) {
        $SettingValue | Should -BeLike "*PowerShell*"
        $SettingValue | Should -BeLike "*$([WildcardPattern]::Escape($Advises))*"
    }

    # What a user reads: the sentence, and the advice below it.
    function Get-Words([Management.Automation.ErrorRecord] $Record) { "$Record $($Record.ErrorDetails.RecommendedAction)" }
}

AfterAll { Close-TestCloud }

Describe 'A pattern that PowerShell changed: <Typed>' -ForEach $typed {
    AfterEach { Get-TroveBackupSchedule | Should -BeNullOrEmpty; Clear-TestCloud }

    It 'is refused by New-TroveBackupSchedule, which advises to quote it' {
        Get-Words (Get-ErrorOfText "New-TroveBackupSchedule m -Name pester-quoting -Pattern $Typed") | Assert-Advice $Advises
    }

    It 'is refused by position, too' {
        Get-Words (Get-ErrorOfText "New-TroveBackupSchedule -Name pester-quoting m $Typed") | Assert-Advice $Advises
    }

    It 'is refused where instances come from the pipeline' {
        Get-Words (Get-ErrorOfText "'m' | New-TroveBackupSchedule -Name pester-quoting -Pattern $Typed") | Assert-Advice $Advises
    }

    It 'does not make a schedule that runs once' {
        $words = Get-Words (Get-ErrorOfText "New-TroveBackupSchedule m -Name pester-quoting -FirstExecutionTime '2090-01-01Z' -Pattern $Typed")
        $words | Assert-Advice $Advises
    }

    It 'is refused by Get-TroveScheduleOccurrence, which advises to quote it' {
        Get-Words (Get-ErrorOfText "Get-TroveScheduleOccurrence -Pattern $Typed" | Select-Object -First 1) | Assert-Advice $Advises
        Get-Words (Get-ErrorOfText "Get-TroveScheduleOccurrence $Typed" | Select-Object -First 1) | Assert-Advice $Advises
    }

    It 'is invalid for Test-TroveCronPattern, which advises to quote it' {
        foreach ($text in "Test-TroveCronPattern -Pattern $Typed", "Test-TroveCronPattern $Typed") {
            $said = try { (& ([scriptblock]::Create($text))).Reason } catch { Get-Words $_ }
            $said | Assert-Advice $Advises
        }
    }
}

Describe 'A pattern that is wrong as it is written: <Typed>' -ForEach $meant {
    It 'gets no advice on PowerShell' {
        Get-Words (Get-ErrorOfText "New-TroveBackupSchedule m -Name pester-quoting -Pattern $Typed") | Should -Not -Match 'PowerShell'
        Get-Words (Get-ErrorOfText "Get-TroveScheduleOccurrence -Pattern $Typed") | Should -Not -Match 'PowerShell'
        (& ([scriptblock]::Create("Test-TroveCronPattern -Pattern $Typed"))).Reason | Should -Not -Match 'PowerShell'
    }
}

Describe 'A pattern that arrives as it is meant: <Typed>' -ForEach $good {
    It 'is taken' {
        $made = & ([scriptblock]::Create("New-TroveBackupSchedule m -Name pester-quoting -WhatIf -Pattern $Typed`n"))
        $made | Should -BeNullOrEmpty
        & ([scriptblock]::Create("Test-TroveCronPattern -Quiet -Pattern $Typed`n")) | Should -BeTrue
    }
}

Describe 'Cells and rows' {
    AfterEach { Clear-TestCloud }

    It 'an empty cell beside a first time is a schedule that runs once' {
        $made = @'
Instance,Pattern,Name,FirstExecutionTime
m,,pester-quoting,2090-01-01Z
'@ | ConvertFrom-Csv | New-TroveBackupSchedule
        $made.Pattern | Should -BeNullOrEmpty
        $made.RemainingExecutions | Should -Be 1
    }

    It 'a row without a pattern beside a first time is a schedule that runs once' {
        $made = [pscustomobject] @{ Instance = 'm'; Pattern = $null; Name = 'pester-quoting'; FirstExecutionTime = '2090-01-01Z' } | New-TroveBackupSchedule
        $made.RemainingExecutions | Should -Be 1
    }

    It 'a row with a list of patterns is refused, first time or not' {
        foreach ($more in @{}, @{ FirstExecutionTime = '2090-01-01Z' }) {
            $row = [pscustomobject] (@{ Instance = 'm'; Pattern = '0 3 * * *', '0 4 * * *'; Name = 'pester-quoting' } + $more)
            "$(Get-ErrorOf { $row | New-TroveBackupSchedule })" | Should -BeLike '*one cron pattern*a list of 2*'
        }
        Get-TroveBackupSchedule | Should -BeNullOrEmpty
    }

    It 'a cell with one field gets no advice on PowerShell, which did not read it' {
        Get-Words (Get-ErrorOf { '{"Instance":"m","Pattern":"0","Name":"pester-quoting"}' | ConvertFrom-Json | New-TroveBackupSchedule }) | Should -Not -Match 'PowerShell'
        ('0' | Test-TroveCronPattern).Reason | Should -Not -Match 'PowerShell'
        Get-Words (Get-ErrorOf { '0' | Get-TroveScheduleOccurrence }) | Should -Not -Match 'PowerShell'
    }

    It 'reports how to run once where a pattern is named and empty' {
        Get-Words (Get-ErrorOf { New-TroveBackupSchedule m -Pattern $null -Name pester-quoting -FirstExecutionTime 2090-01-01Z }) | Should -BeLike '*leave -Pattern out*'
    }
}

Describe 'Names that no parameter has' {
    It 'are told as by any cmdlet: <_>' -ForEach @(
        "New-TroveBackupSchedule m '0 3 * * *' pester-quoting -Nonsense 1", "New-TroveBackupSchedule m '0 3 * * *' pester-quoting more"
        "Test-TroveCronPattern '0 3 * * *' -Nonsense", "Get-TroveScheduleOccurrence '0 3 * * *' -Nonsense 1", "Test-TroveCronPattern '@daily' '@hourly'"
    ) {
        (Get-ErrorOfText $_).FullyQualifiedErrorId | Should -Match '^(Named|Positional)ParameterNotFound,'
    }
}

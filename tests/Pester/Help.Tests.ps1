# Help as Get-Help shows it: complete, at one with the code, and with examples that run. They are written for a sandbox and run on one in either mode; the
# clouds that they name, prod and test, are a sandbox too.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $cmdlets = Get-Command -Module TroveSchedules | Sort-Object Name | ForEach-Object { @{ Cmdlet = $_.Name } }
    $examples = @(
        foreach ($cmdlet in $cmdlets.Cmdlet) {
            $number = 0
            foreach ($example in (Get-Help $cmdlet).examples.example) { $number++; @{ Page = $cmdlet; Number = $number; Code = $example.code } }
        }
        $number = 0
        foreach ($block in (ConvertFrom-Markdown "$PSScriptRoot/../../docs/en-US/about_TroveSchedules.md").Tokens | Where-Object Info -EQ powershell) {
            $number++
            @{ Page = 'about_TroveSchedules'; Number = $number; Code = $block.Lines.ToString() }
        }
    )
    # Examples that show and change nothing here, each with the reason why that is correct.
    $idle = @{
        'Export-TroveBackupSchedule 1'    = 'it writes a file'
        'Export-TroveBackupSchedule 3'    = 'it writes a file'
        'Export-TroveScheduleMetric 1'    = 'it writes a file'
        'Export-TroveScheduleMetric 2'    = 'it writes a file'
        'Export-TroveScheduleReport 1'    = 'it writes a file'
        'Export-TroveScheduleReport 2'    = 'it writes a file'
        'Import-TroveBackupSchedule 2'    = '-WhatIf'
        'Get-TroveBackupSchedule 6'       = 'nothing is stuck'
        'Get-TroveScheduleHealth 5'       = 'the assertion passes'
        'Get-TroveScheduleHealth 6'       = 'no time was missed'
        'Get-TroveWorkbook 2'             = 'the workbook is there'
        'Remove-TroveBackup 2'            = '-WhatIf'
        'Remove-TroveBackup 4'            = 'no backup has failed'
        'Remove-TroveBackupSchedule 2'    = '-WhatIf'
        'Remove-TroveScheduleExecution 4' = '-WhatIf'
        'Remove-TroveScheduleExecution 5' = 'nothing hangs'
        'Start-TroveBackupSchedule 4'     = '-WhatIf'
        'Resume-TroveBackupSchedule 2'    = 'nothing is suspended'
        'Resume-TroveBackupSchedule 3'    = 'no change was cut off'
        'Set-TroveBackupSchedule 2'       = '-WhatIf'
        'Suspend-TroveBackupSchedule 3'   = 'nothing is suspended'
    }
    $examples | ForEach-Object { $_.IsIdle = $idle.ContainsKey("$($_.Page) $($_.Number)") }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $module = Get-Module TroveSchedules
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $pages = "$root/docs/en-US"
    $common = [Management.Automation.Cmdlet]::CommonParameters

    function Invoke-HelpBuilder {
        $output = dotnet run --project "$root/docs/HelpBuilder" --no-build -c Release -- @args 2>&1
        if ($LASTEXITCODE) { throw "HelpBuilder $args ended with ${LASTEXITCODE}: $output" }
    }

    function Get-ShortName([type] $Type) {
        $named = [Nullable]::GetUnderlyingType($Type) ?? $Type
        $named.Name
    }

    function Get-Text($Paragraphs) { (@($Paragraphs.Text) -join "`n").Trim() }

    function Assert-Text {
        <# A complete text, not a placeholder. #>
        param([Parameter(ValueFromPipeline)] [string] $Text, [Parameter(Position = 0)] [string] $Of)
        $Text | Should -Not -Match '^$|\{\{' -Because "$Of has no text yet: write it in docs/en-US"
        $Text | Should -Match '(?s)^\S.*\.$' -Because "$Of is told in sentences"
    }

    # The clouds that examples name, and what they ask people for.
    Open-TestSandbox @{ Instances = 3 }
    $clouds = "$(Get-TestCloud)/clouds.yaml"
    $known = (Get-Content $clouds -Raw | ConvertFrom-Json -AsHashtable).clouds
    @{ clouds = @{ prod = $known.demo; test = $known.other } } | ConvertTo-Json -Depth 5 | Set-Content $clouds
    $front = New-TlsFront (Get-TestAccount).auth_url
    $front.Pem | Set-Content "$(Get-TestCloud)/ca.pem"
    $front.Dispose()

    function Get-Credential { [pscredential]::new('demo', (ConvertTo-SecureString secret-demo -AsPlainText -Force)) }

    function Read-Host {
        param([string] $Prompt, [switch] $AsSecureString)
        $account = Get-TestAccount demo-appcred
        if ($AsSecureString) { ConvertTo-SecureString $account.application_credential_secret -AsPlainText -Force } else { $account.application_credential_id }
    }

    function Connect-ExampleSandbox {
        <# A sandbox with some history, old and new, in which m goes well and broken does not. #>
        $session = Connect-TroveSession -Sandbox -SandboxSpeed 0 -SandboxInstances 3
        $null = Install-TroveWorkbook
        $schedule = New-TroveBackupSchedule m '*/2 * * * *' nightly
        $null = New-TroveBackupSchedule m '@weekly' weekly
        $null = New-TroveBackupSchedule broken '*/2 * * * *' nightly
        $at = [TroveSchedules.Commands.ConnectTroveSessionCommand].Assembly.GetType('TroveSchedules.Commands.Sandboxes').GetMethod('At')
        $sandbox = $at.Invoke($null, @($session.AuthUrl))
        $sandbox.SeedExecutions($schedule.Id, 20, 20, 200, 10)
        # To the middle of a minute: just before a minute, m would be making a backup, and refuse that of an example.
        Step-TroveSandbox ([timespan]::FromSeconds(630 - $sandbox.Clock.GetUtcNow().Second))
        $session
    }

    function Get-State($Session) {
        $schedules = Get-TroveBackupSchedule -Session $Session
        "$($schedules.TriggerId) $(($schedules | Get-TroveScheduleExecution -Session $Session).Id)"
    }
}

AfterAll { Close-TestCloud }

Describe 'The pages of docs/en-US' {
    It 'are those of the cmdlets and of the module' {
        (Get-ChildItem $pages).BaseName | Sort-Object | Should -Be (@((Get-Command -Module TroveSchedules).Name) + 'about_TroveSchedules' | Sort-Object)
    }

    It 'are what the module ships' {
        Invoke-HelpBuilder build $pages "$TestDrive/built"
        (Get-ChildItem "$TestDrive/built").Name | Sort-Object | Should -Be about_TroveSchedules.help.txt, TroveSchedules.dll-Help.xml
        foreach ($file in Get-ChildItem "$TestDrive/built") {
            Get-Content "$($module.ModuleBase)/en-US/$($file.Name)" -Raw | Should -BeExactly (Get-Content $file -Raw) -Because 'the module was built before the page was changed: ./build.ps1'
        }
    }

    It 'states the same facts as the code' {
        Copy-Item $pages "$TestDrive/pages" -Recurse
        & "$root/docs/commands.ps1" -Module "$($module.ModuleBase)/TroveSchedules.psd1" | Set-Content "$TestDrive/commands.json"
        Invoke-HelpBuilder update "$TestDrive/pages" "$TestDrive/commands.json"
        foreach ($file in Get-ChildItem $pages) {
            Get-Content "$TestDrive/pages/$($file.Name)" -Raw | Should -BeExactly (Get-Content $file -Raw) -Because "./build.ps1 Docs brings $($file.Name) up to date"
        }
    }

    It 'say what they are, in PlatyPS''s words: <Cmdlet>' -ForEach $cmdlets {
        $null, $front, $body = (Get-Content "$pages/$Cmdlet.md" -Raw) -split '(?m)^---$', 3
        foreach ($line in 'document type: cmdlet', 'external help file: TroveSchedules.dll-Help.xml', 'Locale: en-US', 'Module Name: TroveSchedules',
            'PlatyPS schema version: 2024-05-01', "title: $Cmdlet") { $front | Should -Match "(?m)^$([regex]::Escape($line))$" }
        $headings = ($body | ConvertFrom-Markdown).Tokens | Where-Object Level -EQ 2 | ForEach-Object { "$($_.Inline.FirstChild)" }
        $headings | Should -Be SYNOPSIS, SYNTAX, ALIASES, DESCRIPTION, EXAMPLES, PARAMETERS, INPUTS, OUTPUTS, NOTES, 'RELATED LINKS'
    }
}

Describe 'Get-Help <Cmdlet>' -ForEach $cmdlets {
    BeforeAll {
        $command = Get-Command $Cmdlet
        $help = Get-Help $Cmdlet -Full
        $own = @($command.Parameters.Values | Where-Object Name -NotIn $common)
        $shown = @($help.parameters.parameter | Where-Object { $_ })
    }

    It 'describes the cmdlet' {
        $help.Synopsis | Assert-Text "the synopsis of $Cmdlet"
        $help.Synopsis.Length | Should -BeLessThan 96
        Get-Text $help.description | Assert-Text "the description of $Cmdlet"
        Get-Text $help.alertSet.alert | Assert-Text "the notes of $Cmdlet"
    }

    It 'describes each parameter, and no other' {
        $shown.name | Sort-Object | Should -Be ($own.Name | Sort-Object)
        foreach ($parameter in $shown) { Get-Text $parameter.description | Assert-Text "-$($parameter.name) of $Cmdlet" }
    }

    It 'describes each parameter correctly' {
        $fresh = [Activator]::CreateInstance($command.ImplementingType)
        foreach ($parameter in $own) {
            $of = "of -$($parameter.Name)"
            $text = $shown | Where-Object name -EQ $parameter.Name
            $sets = @($parameter.ParameterSets.Values)
            $text.required | Should -Be "$(@($sets.IsMandatory) -notcontains $false)" -Because $of
            $text.position | Should -Be ($sets[0].Position -eq [int]::MinValue ? 'named' : $sets[0].Position) -Because $of
            $ways = @(if (@($sets.ValueFromPipeline) -contains $true) { 'ByValue' }; if (@($sets.ValueFromPipelineByPropertyName) -contains $true) { 'ByPropertyName' })
            $text.pipelineInput | Should -Be ($ways ? "True ($($ways -join ', '))" : 'False') -Because $of
            $text.globbing | Should -Be "$(@($parameter.Attributes.TypeId.Name) -contains 'SupportsWildcardsAttribute')" -Because $of
            $text.aliases | Should -Be ($parameter.Aliases ? $parameter.Aliases -join ', ' : 'none') -Because $of
            $text.type.name | Should -BeExactly (Get-ShortName $parameter.ParameterType) -Because $of
            $property = $command.ImplementingType.GetProperty($parameter.Name)
            $default = $parameter.SwitchParameter ? 'False' : $property -and $text.required -ne 'true' ? "$(@($property.GetValue($fresh)) -join ', ')" : ''
            $text.defaultValue | Should -Be ($default ? $default : 'None') -Because $of
        }
    }

    It 'names the values that a parameter is limited to, and the range' {
        foreach ($parameter in $own) {
            $text = Get-Text ($shown | Where-Object name -EQ $parameter.Name).description
            $type = $parameter.ParameterType
            $limits = @($parameter.Attributes | Where-Object { $_ -is [ValidateSet] } | ForEach-Object ValidValues
                if ($type.IsEnum -or [Nullable]::GetUnderlyingType($type).IsEnum) { [Enum]::GetNames([Nullable]::GetUnderlyingType($type) ?? $type) }
                $parameter.Attributes | Where-Object { $_ -is [ValidateRange] } | ForEach-Object { $_.MinRange, $_.MaxRange } | Where-Object { $_ -ne [int]::MaxValue })
            foreach ($limit in $limits) { $text | Should -MatchExactly "\b$limit\b" -Because "-$($parameter.Name) of $Cmdlet takes it" }
        }
    }

    It 'shows the syntax of each parameter set' {
        $sets = @($command.ParameterSets | Sort-Object { -not $_.IsDefault } -Stable)
        $items = @($help.syntax.syntaxItem)
        $items.Count | Should -Be $sets.Count
        foreach ($i in 0..($sets.Count - 1)) {
            $items[$i].name | Should -BeExactly $Cmdlet
            $expected = $sets[$i].Parameters | Where-Object Name -NotIn $common | Sort-Object Name | ForEach-Object {
                $value = $_.ParameterType -eq [switch] ? '' : (Get-ShortName $_.ParameterType)
                "-$($_.Name) $($_.IsMandatory) $($_.Position -lt 0 ? 'named' : $_.Position) $value"
            }
            $items[$i].parameter | Where-Object { $_ } | Sort-Object name | ForEach-Object { "-$($_.name) $($_.required) $($_.position) $($_.parameterValue)" } | Should -Be $expected
            # What a position says must be the order, too.
            $positions = @($items[$i].parameter.position | Where-Object { $_ -match '^\d+$' })
            $positions | Should -Be ($positions | Sort-Object)
            @($items[$i].parameter.position)[0..($positions.Count - 1)] | Should -Be ($positions ? $positions : @($items[$i].parameter.position)[0, -1])
        }
    }

    It 'describes inputs and outputs' {
        $fromPipeline = @($own.ParameterSets.Values | Where-Object { $_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName })
        $inputs = @($help.inputTypes.inputType)
        @($inputs.type.name) -contains 'None' | Should -Be (-not $fromPipeline)
        foreach ($type in $inputs) { Get-Text $type.description | Assert-Text "an input of $Cmdlet" }
        foreach ($name in $inputs.type.name | Where-Object { $_ -ne 'None' }) { $name -as [type] | Should -Not -BeNullOrEmpty -Because "$name is an input" }
        $outputs = @($help.returnValues.returnValue)
        $outputs.type.name | Should -Be $command.OutputType.Name
        foreach ($type in $outputs) { Get-Text $type.description | Assert-Text "an output of $Cmdlet" }
    }

    It 'has three examples or more, which fit a terminal of 100 columns' {
        $list = @($help.examples.example)
        $list.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $list) {
            Get-Text $example.remarks | Assert-Text "'$($example.title)'"
        }
        $screen = (Get-Help $Cmdlet -Examples | Out-String -Width 100) -split '\r?\n' | ForEach-Object { $_.TrimEnd() }
        foreach ($line in $list.code -split '\r?\n') { $screen | Should -Contain "    $line".TrimEnd() -Because 'no line of code is wrapped' }
    }

    It 'leads on to what there is' {
        $links = @($help.relatedLinks.navigationLink)
        $links.linkText | Should -Contain about_TroveSchedules
        foreach ($link in $links) {
            if ($link.linkText -like '*: https://*') { continue }
            Get-Help $link.linkText -ErrorAction Stop | Should -Not -BeNullOrEmpty
        }
        # Get-Help -Online opens the first address, so there must be none before there is such a page.
        @($links.uri | Where-Object { $_ }) | Should -Be @($command.HelpUri | Where-Object { $_ })
    }
}

Describe 'Example <Number> of <Page>' -ForEach $examples {
    It 'is PowerShell, and uses what there is' {
        $tokens = $errors = $null
        $script = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $tokens, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        foreach ($use in $script.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
            $name = $use.GetCommandName()
            if ($name -notlike '*-Trove*') { continue }
            $command = Get-Command $name -Module TroveSchedules -ErrorAction Ignore
            $command.Name | Should -BeExactly $name
            foreach ($parameter in $use.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                @($command.Parameters.Keys) -ccontains $parameter.ParameterName | Should -BeTrue -Because "$name $parameter is written"
            }
        }
    }

    It 'runs' {
        function Show-TroveDashboard([switch] $NoBrowser, $Session) {
            <# The cmdlet until it has written its address: it serves until Ctrl-C. #>
            $PSBoundParameters.NoBrowser = $true
            TroveSchedules\Show-TroveDashboard @PSBoundParameters | Select-Object -First 1
        }

        $session = Connect-ExampleSandbox
        $before = Get-State $session
        $here = $Code.Replace('https://keystone.example.com/v3', (Get-TestAccount).auth_url)
        $output = Use-Environment @{ OS_CLIENT_CONFIG_FILE = "$(Get-TestCloud)/clouds.yaml" } {
            Push-Location (Get-TestCloud)
            try { . ([scriptblock]::Create($here)) 2>&1 3>$null 4>$null }
            finally { Pop-Location }
        }
        $output | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | Should -BeNullOrEmpty
        [bool] @($output).Count -or (Get-State $session) -ne $before | Should -Be (-not $IsIdle) -Because 'an example shows or changes something, unless it is listed above'
        $session | Disconnect-TroveSession
    }
}

Describe 'Get-Help about_TroveSchedules' {
    BeforeAll {
        $text = Get-Help about_TroveSchedules | Out-String
        $told = @{}
        foreach ($block in (ConvertFrom-Markdown "$pages/about_TroveSchedules.md").Tokens) {
            switch ($block.Level) {
                2 { $isError = "$($block.Inline.FirstChild)" -eq 'ERROR IDS' }
                3 { $id = $isError ? "$($block.Inline.FirstChild)" : $null; if ($id) { $told[$id] = @() } }
                default { if ($id -and $isError) { $told[$id] += "$($block.Inline.FirstChild)" } }
            }
        }
    }

    It 'is found where the module is loaded' {
        $text | Should -Match 'about_TroveSchedules'
        $text | Should -Match 'SHORT DESCRIPTION'
        (Get-Help about_TroveSchedules).Synopsis | Should -BeLike 'Schedules backups*.'
    }

    It 'fits 80 columns' {
        $text -split '\r?\n' | Where-Object { $_.Length -gt 80 -and $_ -notmatch '^\s+\S+$' } | Should -BeNullOrEmpty
    }

    It 'lists every ErrorId of the code, and no other' {
        $source = Get-ChildItem "$root/src" -Recurse -Filter *.cs | Where-Object FullName -NotMatch '[\\/](obj|bin)[\\/]' | Get-Content -Raw
        $given = @([regex]::Matches($source, '\bErrorId = "(\w+)"|"(Invalid[A-Z]\w+)"|new(?: ErrorRecord)?\([^"()]+, "(\w+)", ErrorCategory').Groups.Where({ $_.Name -ne '0' -and $_.Success }).Value
            [Enum]::GetNames([TroveSchedules.TroveErrorKind]))
        $told.Keys | Sort-Object | Should -Be ($given | Sort-Object -Unique)
    }

    It 'has a cause and a remedy for each' {
        foreach ($id in $told.Keys) {
            $told[$id].Count | Should -BeGreaterOrEqual 2 -Because $id
            $told[$id][-1] | Should -BeLike 'Cure: *' -Because $id
        }
    }
}

Describe 'The flavour for Windows PowerShell' {
    It 'finds the same help' {
        # What that would load, by a manifest that names it in any edition.
        Copy-Item $module.ModuleBase "$TestDrive/TroveSchedules" -Recurse
        $manifest = "$TestDrive/TroveSchedules/TroveSchedules.psd1"
        (Get-Content $manifest -Raw) -replace 'RootModule .*', "RootModule = 'netstandard2.0/TroveSchedules.dll'" | Set-Content $manifest
        $output = Invoke-FreshPwsh -WithoutModule "Import-Module '$manifest'; (Get-Command Get-TroveSession).DLL; (Get-Help Get-TroveSession).Synopsis; (Get-Help about_TroveSchedules).Name"
        $output -split '\r?\n' | Should -Be "$TestDrive/TroveSchedules/netstandard2.0/TroveSchedules.dll", (Get-Help Get-TroveSession).Synopsis, about_TroveSchedules
    }
}

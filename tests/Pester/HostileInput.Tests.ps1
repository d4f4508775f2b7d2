# Input from users, plans and files. Every text is stored unchanged to the last character, or leads to one error before a request is sent that
# creates something. Text from the cloud must not control the terminal. TROVE_TEST_INPUTS sets the number of random texts besides the listed ones, and
# TROVE_TEST_SEED their seed.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    $referring = @(
        @{ Use = 'Get-TroveBackupSchedule -Id'; Cmdlet = 'Get-TroveBackupSchedule'; Parameter = 'Id'; ErrorId = 'ScheduleNotFound' }
        @{ Use = 'Remove-TroveBackupSchedule -Id'; Cmdlet = 'Remove-TroveBackupSchedule'; Parameter = 'Id'; ErrorId = 'ScheduleNotFound'; With = @{ Confirm = $false } }
        @{ Use = 'Set-TroveBackupSchedule -Id'; Cmdlet = 'Set-TroveBackupSchedule'; Parameter = 'Id'; ErrorId = 'ScheduleNotFound'; With = @{ Pattern = '0 3 1 1 *' } }
        @{ Use = 'Suspend-TroveBackupSchedule -Id'; Cmdlet = 'Suspend-TroveBackupSchedule'; Parameter = 'Id'; ErrorId = 'ScheduleNotFound' }
        @{ Use = 'Resume-TroveBackupSchedule -Id'; Cmdlet = 'Resume-TroveBackupSchedule'; Parameter = 'Id'; ErrorId = 'ScheduleNotFound' }
        @{ Use = 'Start-TroveBackupSchedule -Id'; Cmdlet = 'Start-TroveBackupSchedule'; Parameter = 'Id'; ErrorId = 'ScheduleNotFound' }
        @{ Use = 'Wait-TroveScheduleExecution -Id'; Cmdlet = 'Wait-TroveScheduleExecution'; Parameter = 'Id'; ErrorId = 'ExecutionNotFound' }
        @{ Use = 'Get-TroveScheduleExecution -Schedule'; Cmdlet = 'Get-TroveScheduleExecution'; Parameter = 'Schedule'; ErrorId = 'ScheduleNotFound' }
        @{ Use = 'Get-TroveScheduleExecution -Id'; Cmdlet = 'Get-TroveScheduleExecution'; Parameter = 'Id'; ErrorId = 'ExecutionNotFound' }
        @{ Use = 'Remove-TroveScheduleExecution -Id'; Cmdlet = 'Remove-TroveScheduleExecution'; Parameter = 'Id'; ErrorId = 'ExecutionNotFound'; With = @{ Force = $true } }
        @{ Use = 'Get-TroveBackup -Id'; Cmdlet = 'Get-TroveBackup'; Parameter = 'Id'; ErrorId = 'BackupNotFound' }
        @{ Use = 'Get-TroveInstance -Id'; Cmdlet = 'Get-TroveInstance'; Parameter = 'Id'; ErrorId = 'InstanceNotFound' }
        @{ Use = 'New-TroveBackupSchedule -Instance'; Cmdlet = 'New-TroveBackupSchedule'; Parameter = 'Instance'; ErrorId = 'InstanceNotFound'; With = @{ Pattern = '0 3 1 1 *'; Name = 'pester-x' } }
    )
    $types = 'BackupSchedule', 'ScheduleExecution', 'ScheduleOccurrence', 'ScheduleOverlap', 'ScheduleHealth', 'ScheduleSyncStep', 'Instance', 'Backup', 'InstalledWorkbook', 'Cron.CronPatternReport', 'TroveSession'
    $completed = @(
        @{ Line = 'Get-TroveInstance -Name pester' }, @{ Line = 'Get-TroveInstance -Id pester' }, @{ Line = 'New-TroveBackupSchedule pester' }
        @{ Line = 'Get-TroveBackupSchedule -Name pester' }, @{ Line = 'Get-TroveBackupSchedule -Id pester' }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    $seed = [int] ($env:TROVE_TEST_SEED ?? 6)
    $made = [int] ($env:TROVE_TEST_INPUTS ?? ((Test-TestStack) ? 20 : 150))
    $emoji = [char]::ConvertFromUtf32(0x1F600)
    $high, $low = [string] [char] 0xD83D, [string] [char] 0xDE00
    $nul, $esc, $csi, $tab, $cr, $lf = [string[]] [char[]] (0, 27, 0x9B, 9, 13, 10)
    $override, $isolate, $mark, $popped = [string[]] [char[]] (0x202E, 0x2067, 0x200F, 0x202C)
    $family = "$emoji$([char] 0x200D)$emoji"
    $combined = 'e' + [string] [char] 0x301 * 20

    $listed = @(
        "it's", '"quoted"', "``back``", '{"name": "x"}', '}', '{}', '[]', 'a{b', '\', 'a\', '\\server\share', '\u0041', '\n', '$(throw 1)', '${x}', '`$x', "'; throw 1 #"
        "a${lf}b", "${lf}a", "a$lf", "a$cr${lf}b", "a${cr}b", "a${tab}b", "a${nul}b", "${nul}a", "a$nul", "a$([char] 0x7F)b", "a$([char] 0x85)b", "a$([char] 0xB)b"
        'a%b', '%', '%00', 'a%00b', '%2f', '%2F', '%2e%2e%2f', '%252f', '%0d%0aX-Auth-Token: a', '%n%s', 'a/b', '/', '//', '.', '..', '../', '..\', '../executions', '/../../x'
        '..;/x', 'x/../../workbooks/trove', 'a?b', '?limit=1', 'a#b', '#', 'a;b', ';', 'a&all_projects=true', 'a=b', 'a+b', 'a b', ' a', 'a ', ' ', "$tab"
        $emoji, "a$emoji", "a$family", "$combined", ([char] 0x301 + 'a'), "a$high", "a$low", "$high", "$low${high}a", "$high${high}a", "${low}a"
        "a${mark}b", "a$([char] 0x5D0)$mark", "a${override}b$popped", "a${isolate}b", "$([char] 0xFEFF)a", "a$([char] 0xFFFF)", "a$([char] 0x2028)b", "$([char] 0x661)$([char] 0x662)"
        ('a' * 254), ('a' * 255), ('a' * 256), ('a' * 10000), ($emoji * 254 + 'a'), ($emoji * 255 + 'a'), ("a$emoji" * 5000), ('%' * 10000), ('../' * 3333)
        'in:a,b', 'has:a', 'has:%', 'eq:a', 'neq:a', 'nin:a', 'gt:a', 'gte:a', 'lt:0', 'lte:a', 'in:', 'eq:eq:a', 'IN:a', 'null', 'true', '0', '-1', 'None', 'NaN', 'undefined'
        '<% env() %>a', '<% 1+1 %>', '<% $.x %>', '<% $.instance %>', '<% nonsense( %>', 'a<%b', '%>a<%', '{{ 1+1 }}', '{{ _.instance }}', '{% for i in [1] %}a{% endfor %}', '{% a', '{# a #}'
        '=1+1', '=HYPERLINK("http://x","a")', '+1', '-1+1', '@SUM(1)', "${tab}=1+1", "$cr=1+1", "=cmd|' /C calc'!A1", 'a,b', 'a;b,"c', '"', '""', "a',b"
        "$esc[31ma", "$esc[2Ja", "$esc]8;;http://x$esc\a$esc]8;;$esc\", "$esc]0;a$([char] 7)", "${csi}31ma", "$([char] 0x9D)0;a$([char] 0x9C)", "$esc", "a$([char] 8)b"
        "Robert'); DROP TABLE cron_triggers_v2;--", "a' OR '1'='1", '<script>a</script>', '&amp;a', '!!python/object:os.system a', '*a', 'a*', '*', '?', '[a-z]*', '[', 'a]', '`*'
        'https://elsewhere.invalid/a', '//elsewhere.invalid/a', 'a@elsewhere.invalid', 'file:///etc/passwd', 'C:\a', '~', '-a', '--', '-Confirm:$false'
    )

    $random = [Random]::new($seed)
    $pieces = @(
        'a', 'Z', '7', ' ', "'", '"', '{', '}', '[', ']', '\', '/', '.', '..', '%', '%2f', '%00', '?', '#', '&', '=', ';', ',', ':', 'in:', 'eq:', 'has:', '<%', '%>', '{{', '}}', '{%', '%}', '$'
        '`', '*', '|', '<', '>', '+', '-', '@', '!', '~', '^', "$nul", "$tab", "$cr", "$lf", "$esc", "$esc[", "$csi", "$emoji", "$high", "$low", "$mark", "$override", "$popped", "$isolate"
        [string] [char] 0x301, [string] [char] 0x5D0, [string] [char] 0x65E5, [string] [char] 0xFFFD, [string] [char] 0xFEFF, [string] [char] 0x2028, [string] [char] 0x85, [string] [char] 0xDF, [string] [char] 0x130
    )
    $texts = @($listed) + @(for ($i = 0; $i -lt $made; $i++) {
            $text = -join (1..$random.Next(1, 16) | ForEach-Object { $pieces[$random.Next($pieces.Count)] })
            $random.Next(12) ? $text : $text * $random.Next(2, 60)
        })

    function Test-TroveText([string] $Text) {
        # Trove's own rule, told in another way than the module's: what a run with this name would get.
        for ($i = 0; $i -lt $Text.Length; $i++) {
            if ([char]::IsHighSurrogate($Text[$i]) -and $i + 1 -lt $Text.Length -and [char]::IsLowSurrogate($Text[$i + 1])) { $i++ }
            elseif ([char]::IsSurrogate($Text[$i])) { return $false }
        }
        [Text.Encoding]::UTF32.GetByteCount($Text) / 4 -le 255 -and $Text -cmatch '\A[^\n]*[0-9a-zA-Z][^\n]*\z'
    }

    function Test-Same([string] $One, [string] $Other) { [string]::Equals($One, $Other, [StringComparison]::Ordinal) }

    # Characters that control a terminal, except line ends and the sequences of $PSStyle.
    function Get-Unsafe([string] $Shown) {
        $own = @($PSStyle.Formatting.PSObject.Properties.Value) + @($PSStyle.Foreground.PSObject.Properties.Value) + $PSStyle.Reset | Where-Object { $_ -is [string] -and $_ } | Sort-Object Length -Descending
        foreach ($sequence in $own) { $Shown = $Shown.Replace($sequence, '') }
        @([regex]::Matches($Shown, '[\x00-\x09\x0B\x0C\x0E-\x1F\x7F-\x9F\u2028\u2029\u202A-\u202E\u2066-\u2069]')) | ForEach-Object { 'U+{0:X4}' -f [int] [char] $_.Value } | Sort-Object -Unique
    }

    Open-TestCloud
    Clear-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $mistral = New-TestServer (Get-TestEndpoint workflowv2)
    $trove = New-TestServer (Get-TestEndpoint database)
    $through = @{ WorkflowEndpoint = "$($mistral.Url)/v2"; DatabaseEndpoint = $trove.Url + ([uri] (Get-TestEndpoint database)).AbsolutePath }
    $null = Connect-TestCloud -With $through
    $instance = Get-TestInstanceId
    # What people may have written that Trove's own listing is asked with.
    $harmless = '^GET /v2/(cron_triggers|executions|workflows)\?', '^GET /v2/workflows/trove\.backup_create$', '^GET /v2/actions/trove\.backups_create$', "^GET /v1\.0/[0-9a-f]+/(instances|backups)\?",
        "^GET /v1\.0/[0-9a-f]+/instances/$instance`$"

    function Clear-Wire { $mistral.Requests.Clear(); $trove.Requests.Clear(); $mistral.Bodies.Clear() }

    function Get-Elsewhere {
        <# The requests so far that are not for the objects of the tests. #>
        @(@($mistral.Requests) + @($trove.Requests) | Where-Object { $asked = $_; -not ($harmless | Where-Object { $asked -match $_ }) })
    }
}

AfterAll {
    $mistral, $trove | ForEach-Object Dispose
    Clear-TestCloud
    Close-TestCloud
}

Describe 'Names and descriptions' {
    BeforeAll {
        # On the stack all that tests make has a name that tells so; there it is the description that begins as it likes.
        $plan = foreach ($text in $texts) {
            [pscustomobject] @{ Instance = $instance; Pattern = '0 3 1 1 *'; Name = (Test-TestStack) ? "pester-$text" : $text; Description = $text }
        }
        $fit, $unfit = $plan.Where({ (Test-TroveText $_.Name) -and (Test-TroveText $_.Description) }, 'Split')
    }

    AfterAll { Get-TroveBackupSchedule | Remove-TroveBackupSchedule -Confirm:$false }

    It 'that Trove would take are many, and so are the others' {
        $fit.Count | Should -BeGreaterThan 100
        $unfit.Count | Should -BeGreaterThan 30
        Write-Host "    seed $seed, $($texts.Count) texts: $($fit.Count) that Trove takes as name and description, $($unfit.Count) that it does not"
    }

    It 'that Trove would refuse are one error each, before anything is sent that makes something' {
        foreach ($row in $unfit) {
            Clear-Wire
            $record = Get-ErrorOf { $row | New-TroveBackupSchedule }
            $record.FullyQualifiedErrorId | Should -Match '^Invalid(Name|Description),' -Because (ConvertTo-Json $row.Name)
            Get-Unsafe "$record" | Should -BeNullOrEmpty
            @($mistral.Requests) + @($trove.Requests) | Should -BeNullOrEmpty
        }
    }

    It 'come through to the last character: into the schedule, the list and the wire' {
        Clear-Wire
        $schedules = @($fit | New-TroveBackupSchedule -ErrorVariable errors)
        $errors | Should -BeNullOrEmpty
        @($mistral.Requests -like 'POST *').Count | Should -Be $fit.Count
        $read = Get-TroveBackupSchedule | Group-Object Id -AsHashTable -AsString
        $sent = @($mistral.Bodies | ForEach-Object { ($_ | ConvertFrom-Json).workflow_input | ConvertFrom-Json -AsHashtable } | ForEach-Object { $_.name })
        for ($i = 0; $i -lt $fit.Count; $i++) {
            foreach ($schedule in $schedules[$i], $read[$schedules[$i].Id][0]) {
                Test-Same $schedule.Name $fit[$i].Name | Should -BeTrue -Because (ConvertTo-Json $fit[$i].Name)
                Test-Same $schedule.Description $fit[$i].Description | Should -BeTrue -Because (ConvertTo-Json $fit[$i].Description)
            }
            $sent -ccontains $fit[$i].Name | Should -BeTrue
        }
    }

    It 'find their schedule again, by -Name with what would be a wildcard escaped, and by -Id' {
        $all = @(Get-TroveBackupSchedule)
        foreach ($schedule in $all) {
            $found = @(Get-TroveBackupSchedule -Name ($schedule.Name -replace '[*?\[\]`]', '`$0'))
            $found.Id | Should -Contain $schedule.Id -Because (ConvertTo-Json $schedule.Name)
            foreach ($other in $found) { $other.Name.Length | Should -Be $schedule.Name.Length -Because "no character of $(ConvertTo-Json $schedule.Name) is a wildcard, but $(ConvertTo-Json $other.Name)" }
        }
        (Get-TroveBackupSchedule -Id $all.Id).Id | Should -Be $all.Id
    }

    It 'survive a file of Export-Clixml, and a plan in a CSV file as far as that brings them' {
        $all = @(Get-TroveBackupSchedule | Where-Object Name -NotMatch '\uFFFF') # XML knows no such character, and Export-Clixml says so.
        $all | Export-Clixml "$TestDrive/all.xml"
        $back = Import-Clixml "$TestDrive/all.xml"
        for ($i = 0; $i -lt $all.Count; $i++) { Test-Same $back[$i].Name $all[$i].Name | Should -BeTrue -Because (ConvertTo-Json $all[$i].Name) }
        $all | Select-Object Name, Description, Pattern, InstanceId | Export-Csv "$TestDrive/plan.csv"
        $rows = @(Import-Csv "$TestDrive/plan.csv")
        $rows.Count | Should -Be $all.Count
        $again = @($rows | New-TroveBackupSchedule -ErrorVariable errors)
        $errors | Should -BeNullOrEmpty
        for ($i = 0; $i -lt $all.Count; $i++) { Test-Same $again[$i].Name $all[$i].Name | Should -BeTrue -Because (ConvertTo-Json $all[$i].Name) }
    }

    It 'are deleted with their schedules, each of these and nothing else' {
        $all = @(Get-TroveBackupSchedule)
        Clear-Wire
        $all | Remove-TroveBackupSchedule -Confirm:$false -ErrorVariable errors
        $errors | Should -BeNullOrEmpty
        @($mistral.Requests -like 'DELETE *') | Sort-Object | Should -Be ($all.Id | ForEach-Object { "DELETE /v2/cron_triggers/$_" } | Sort-Object)
        Get-TroveBackupSchedule | Should -BeNullOrEmpty
    }
}

Describe 'A pattern of names' {
    BeforeAll { $schedules = @("pester-night$([char] 0x200B)ly", 'pester-nightly', "pester-nightly$override$popped" | ForEach-Object { New-TroveBackupSchedule m '0 3 1 1 *' $_ }) }

    AfterAll { $schedules | Remove-TroveBackupSchedule -Confirm:$false }

    It 'means no name that only looks like it' {
        (Get-TroveBackupSchedule -Name pester-nightly).Id | Should -Be $schedules[1].Id
        (Get-TroveBackupSchedule -Name PESTER-NIGHTLY*).Id | Sort-Object | Should -Be ($schedules[1, 2].Id | Sort-Object)
        foreach ($invisible in "$nul", "$override", [string] [char] 0x200B, [string] [char] 0xAD) {
            Get-TroveBackupSchedule -Name $invisible, "$invisible*" | Should -BeNullOrEmpty -Because 'what cannot be seen is not nothing, and not everything'
            Get-TroveInstance "$invisible*" | Should -BeNullOrEmpty
        }
    }

    It 'means the same in every culture' {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = 'tr-TR'
            @(Get-TroveBackupSchedule -Name PESTER-NIGHTLY).Count | Should -Be 1
            @(Get-TroveBackupSchedule -Name PESTER-NIGHTLY*).Count | Should -Be 2
            @(Get-TroveBackupSchedule -Name P?STER-NIGHTLY*).Count | Should -Be 2
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }
}

Describe 'An id' {
    BeforeAll {
        $ids = @($texts)
        # Neither -Instance nor a UUID applies here, and text that is not a UUID is never an existing id.
        $ids += "$([guid]::NewGuid().ToString('B'))", "$([guid]::NewGuid().ToString('N'))", "$([guid]::NewGuid()) ", " $([guid]::NewGuid())", "$([guid]::NewGuid())/tasks", "$([guid]::NewGuid())%2ftasks", "$([guid]::NewGuid())?force=true"
    }

    It 'that is none is one error, and never part of a path: <Use>' -ForEach $referring {
        Clear-Wire
        $with = $With ?? @{}
        $rows = $ids | ForEach-Object { [pscustomobject] @{ $Parameter = $_ } }
        $rows | & $Cmdlet @with -ErrorVariable errors -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $errors = @($errors | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
        # An id that is given twice is awaited once.
        $expected = $Cmdlet -eq 'Wait-TroveScheduleExecution' ? [Collections.Generic.HashSet[string]]::new([string[]] $ids, [StringComparer]::OrdinalIgnoreCase).Count : $ids.Count
        $errors.Count | Should -Be $expected
        foreach ($record in $errors) {
            # No object has a blank name.
            $record.FullyQualifiedErrorId | Should -Match "^($ErrorId|InvalidInstance)," -Because "$record"
            Get-Unsafe "$record$($record.CategoryInfo)" | Should -BeNullOrEmpty
        }
        Get-Elsewhere | Should -BeNullOrEmpty
    }

    It 'that is too long for a URL or half a character is not sent' {
        Clear-Wire
        foreach ($id in ('a' * 256), ('%' * 10000), "a$high", ($low + 'a')) {
            $uses = { Get-TroveBackupSchedule -Id $id }, { Get-TroveScheduleExecution $id }, { Remove-TroveBackupSchedule $id -Confirm:$false }, { Set-TroveBackupSchedule $id -Name pester-x },
                { Suspend-TroveBackupSchedule $id }, { Resume-TroveBackupSchedule $id }, { Start-TroveBackupSchedule $id }, { Wait-TroveScheduleExecution $id }
            foreach ($use in $uses) {
                (Get-ErrorOf $use).CategoryInfo.Category | Should -Be ObjectNotFound
            }
        }
        $mistral.Requests | Should -BeNullOrEmpty
    }

    It 'of an execution to begin after is one error before anything is sent where it is none' {
        Clear-Wire
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = "$([guid]::NewGuid())"; TriggerId = "$([guid]::NewGuid())"; Input = '{}'; ProjectId = (Get-TroveSession).ProjectId }
        foreach ($marker in $ids) {
            foreach ($of in $schedule, $schedule.Id) { Get-ErrorOf { Get-TroveScheduleExecution $of -Marker $marker } | Assert-Error ExecutionNotFound Get-TroveScheduleExecution ObjectNotFound }
        }
        $mistral.Requests | Should -BeNullOrEmpty
    }

    It 'of a parent is one error before anything is sent where it is none' {
        Clear-Wire
        foreach ($parent in $ids) { Get-ErrorOf { New-TroveBackupSchedule m '0 3 1 1 *' pester-x -ParentId $parent } | Assert-Error InvalidParent New-TroveBackupSchedule InvalidArgument }
        @($mistral.Requests) + @($trove.Requests) | Should -BeNullOrEmpty
    }

    It 'of a project reaches Keystone unchanged, and the login is refused' {
        foreach ($id in $ids | Where-Object { $_.Length -lt 64 -and $_.Trim() } | Select-Object -First 60) {
            $record = Get-ErrorOf { Connect-TestCloud -With ($through + @{ ProjectId = $id }) }
            $record.FullyQualifiedErrorId | Should -Match '^(Unauthorized|Invalid\w*|NotFound|Unavailable),' -Because (ConvertTo-Json $id)
            Get-Unsafe "$record" | Should -BeNullOrEmpty
        }
        $null = Connect-TestCloud -With $through
    }

    It 'in an object that was made by hand leads nowhere: <_>' -ForEach '../workbooks/trove', '..', '.', '', 'x/../../workflows/trove.backup_create', '%2e%2e%2fworkbooks%2ftrove', '?all_projects=true',
    '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42/tasks', '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42?force=true', '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42#', '*' {
        Clear-Wire
        $project = (Get-TroveSession).ProjectId
        $schedule = [TroveSchedules.BackupSchedule] @{ Id = "$([guid]::NewGuid())"; TriggerId = $_; Input = '{}'; ProjectId = $project }
        $execution = [TroveSchedules.ScheduleExecution] @{ Id = $_; State = 'SUCCESS'; ProjectId = $project }
        Get-ErrorOf { $schedule | Remove-TroveBackupSchedule -Confirm:$false } | Assert-Error ScheduleNotFound Remove-TroveBackupSchedule ObjectNotFound
        Get-ErrorOf { $execution | Wait-TroveScheduleExecution } | Assert-Error ExecutionNotFound Wait-TroveScheduleExecution ObjectNotFound
        Get-ErrorOf { $execution | Remove-TroveScheduleExecution -Force } | Assert-Error ExecutionNotFound Remove-TroveScheduleExecution ObjectNotFound
        Get-Elsewhere | Should -BeNullOrEmpty
        (Get-TroveWorkbook).IsCurrent | Should -BeTrue
    }
}

Describe 'A cron pattern' {
    It 'that is none is one error before anything is sent' {
        Clear-Wire
        $reports = @($texts | Test-TroveCronPattern)
        $reports.Count | Should -Be $texts.Count
        foreach ($report in $reports) {
            $report.IsValid | Should -BeFalse -Because (ConvertTo-Json $report.Pattern)
            Get-Unsafe $report.Reason | Should -BeNullOrEmpty
        }
        foreach ($pattern in $texts) {
            Get-ErrorOf { New-TroveBackupSchedule m $pattern pester-x } | Assert-Error InvalidCronPattern New-TroveBackupSchedule InvalidArgument
        }
        @($mistral.Requests) + @($trove.Requests) | Should -BeNullOrEmpty
    }

    It 'with something hidden in it is one, too' {
        foreach ($text in "$nul", "$esc[A", "$csi", "$override", "$mark", "$([char] 0x200B)", "$([char] 0x661)", "$lf", "$emoji", "$high", '%2a', '/', '..', '<% 1 %>', '{{ 1 }}') {
            foreach ($pattern in "0 3 * * *$text", "0 3 *$text * *", "${text}0 3 * * *", "0$text 3 * * *") {
                $report = Test-TroveCronPattern $pattern
                if ($report.IsValid) { "$text".Trim() | Should -BeNullOrEmpty -Because (ConvertTo-Json $pattern) } # Blanks around and between are allowed.
            }
        }
    }
}

Describe 'The text of a workbook' {
    It 'that is none is one error before anything is sent' {
        Clear-Wire
        foreach ($text in $texts + "name: trove`nworkflows: &a [*a]", "&a [*b]", '{a: 1, a: 2}', "name: !!binary x`n", "? [a]`n: b", "%YAML 9.9`n---`nname: trove", "name: trove`nworkflows: {backup_create: [1]}x") {
            [IO.File]::WriteAllText("$TestDrive/hostile.yaml", $text, [Text.UTF8Encoding]::new($false))
            $record = Get-ErrorOf { Install-TroveWorkbook "$TestDrive/hostile.yaml" -Confirm:$false }
            $record | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument
            Get-Unsafe "$record" | Should -BeNullOrEmpty
        }
        @($mistral.Requests) + @($trove.Requests) | Should -BeNullOrEmpty
    }

    It 'that has hundreds of thousands of levels does not end the process' {
        foreach ($opening in '[', '{a: ', '- ', '? ', '&a [') {
            Set-Content "$TestDrive/deep.yaml" ($opening * 200000) -NoNewline
            Get-ErrorOf { Install-TroveWorkbook "$TestDrive/deep.yaml" -Confirm:$false } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument
        }
    }

    It 'that doubles in size with each line takes no memory' {
        $lines = @('a0: &a0 [x, x]') + @(1..60 | ForEach-Object { "a${_}: &a$_ [*a$($_ - 1), *a$($_ - 1)]" })
        Set-Content "$TestDrive/bomb.yaml" ($lines -join "`n")
        Get-ErrorOf { Install-TroveWorkbook "$TestDrive/bomb.yaml" -Confirm:$false } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument -Says "'trove'"
    }

    It 'that is not UTF-8 is not loaded with other characters in their place' {
        [IO.File]::WriteAllBytes("$TestDrive/latin.yaml", [Text.Encoding]::Latin1.GetBytes((Get-Content "$PSScriptRoot/data/spec-workbook.yaml" -Raw) + "# $([char] 0xE9)`n"))
        Clear-Wire
        Get-ErrorOf { Install-TroveWorkbook "$TestDrive/latin.yaml" -Confirm:$false } | Assert-Error InvalidWorkbook Install-TroveWorkbook InvalidArgument -Says UTF-8
        $mistral.Requests | Should -BeNullOrEmpty
    }
}

Describe 'YAQL and Jinja in a name' {
    It 'are data to Mistral: the run, the backup and the schedule have them to the letter' {
        $names = '<% 1+1 %>', '<% $.instance %>', '<% env() %>', '<% nonsense( %>', '{{ 1+1 }}', '{% for i in [1] %}a{% endfor %}' | ForEach-Object { "pester-$_" }
        Use-TestBehaviour @{ backup_seconds = 0 } {
            foreach ($name in $names) {
                $run = Wait-Until -For 'a run that Trove takes' -Seconds 60 -Every 1 {
                    $id = Start-TestExecution m $name -With @{ incremental = $false }
                    $ended = Wait-Until { Get-TroveScheduleExecution -Id $id | Where-Object State -NE RUNNING }
                    if ($ended.State -eq 'SUCCESS') { $ended }
                }
                ($run.Input | ConvertFrom-Json).name | Should -BeExactly $name
                (Get-TroveBackup -Id $run.BackupId).Name | Should -BeExactly $name
            }
        }
    }
}

Describe 'Text that would run as a formula in a spreadsheet' {
    It 'stays data in what cmdlets give, and is text after what about_TroveSchedules says' {
        foreach ($text in '=1+1', '+1', '-1+1', '@SUM(1)', "${tab}=1", "${cr}=1") {
            $schedule = [TroveSchedules.BackupSchedule] @{ Id = 'a'; TriggerId = 'a'; Input = '{}'; Name = $text }
            ($schedule | Select-Object Name | ConvertTo-Csv | ConvertFrom-Csv).Name | Should -BeExactly $text
            $safe = $schedule | Select-Object Id, @{ Name = 'Name'; Expression = { $_.Name -replace '^(?=[=+\-@\t\r])', "'" } }
            $safe.Name | Should -BeExactly "'$text"
        }
    }
}

Describe 'What a terminal would obey' {
    BeforeAll {
        $poison = "pester$esc[38;5;197mred$esc]8;;http://x$esc\link$esc]0;title$([char] 7)$esc[2J${csi}31m$([char] 0x9D)0;x$([char] 0x9C)$cr$tab$nul$([char] 8)$([char] 0x7F)${override}gpj$isolate$([char] 0x2028)$([char] 0x85)"
        $before = $PSStyle.OutputRendering
        $uuid = '5b1a3c1e-6f0d-4d0a-9a53-0f6c7d1b8e42'
        $keystone = New-TestKeystone -UserName $poison -ProjectName $poison
        $front = New-TestServer
        $project = '0123456789abcdef0123456789abcdef'
        $fault = { param($words) @{ faultcode = 'Client'; faultstring = $words; debuginfo = $null } | ConvertTo-Json }
        $front.Answer('^GET /v2/cron_triggers\?', 200, (@{ cron_triggers = @(@{ id = $uuid; name = $poison; workflow_name = 'trove.backup_create'; pattern = $poison; project_id = $project
                        workflow_input = (@{ instance = $poison; name = $poison; description = $poison } | ConvertTo-Json -Compress); next_execution_time = '2020-01-01 00:00:00' }) } | ConvertTo-Json -Depth 5), $null)
        $front.Answer('^GET /v2/executions\?.*state=in', 200, (@{ executions = @(@{ id = $uuid; state = 'RUNNING'; workflow_name = 'trove.backup_create'; project_id = $project; input = '{}'
                        description = (@{ triggered_by = @{ type = 'cron_trigger'; id = $uuid; name = $poison } } | ConvertTo-Json -Compress) }) } | ConvertTo-Json -Depth 5), $null)
        $front.Answer('^GET /v2/executions\?', 200, (@{ executions = @(@{ id = $uuid; state = 'ERROR'; state_info = $poison; workflow_name = 'trove.backup_create'; project_id = $project; input = '{}'; output = $poison
                        description = (@{ triggered_by = @{ type = 'cron_trigger'; id = $uuid; name = $poison } } | ConvertTo-Json -Compress) }) } | ConvertTo-Json -Depth 5), $null)
        $front.Answer('^DELETE ', 403, (& $fault $poison), @{ 'x-openstack-request-id' = 'req-1' })
        $front.Answer('^GET .*/instances(\?|$)', 200, (@{ instances = @(@{ id = $uuid; name = $poison; status = $poison; datastore = @{ type = $poison; version = $poison } }) } | ConvertTo-Json -Depth 5), $null)
        $front.Answer("^GET .*/instances/$uuid", 200, (@{ instance = @{ id = $uuid; name = $poison; status = $poison } } | ConvertTo-Json -Depth 5), $null)
        $front.Answer('^GET .*/backups\?', 400, (@{ badRequest = @{ code = 400; message = $poison } } | ConvertTo-Json), $null)
        $front.Answer('^GET /v2/workflows/', 200, (@{ name = 'trove.backup_create'; input = 'instance, name'; project_id = $project; scope = 'private' } | ConvertTo-Json), $null)
        $front.Answer('^GET /v2/workbooks', 200, '{"workbooks": []}', $null)
        $front.Answer('^POST /v2/workbooks/validate', 200, '{"valid": true}', $null)
        $front.Answer('^GET /v2/actions/', 200, '{"name": "trove.backups_create"}', $null)
        $session = Connect-TestKeystone $keystone.Url -With @{ WorkflowEndpoint = "$($front.Url)/v2"; DatabaseEndpoint = "$($front.Url)/v1.0/$project" }

        function New-Poisoned([string] $Name) {
            if ($Name -eq 'TroveSession') { return $session }
            if ($Name -eq 'Cron.CronPatternReport') { return Test-TroveCronPattern $poison }
            $type = "TroveSchedules.$Name" -as [type]
            $thing = [Activator]::CreateInstance($type)
            foreach ($property in $type.GetProperties() | Where-Object CanWrite) {
                if ($property.PropertyType -eq [string]) { $property.SetValue($thing, $poison) }
                elseif ($property.PropertyType.IsAssignableFrom([string[]])) { $property.SetValue($thing, [string[]] ($poison, $poison)) }
            }
            $thing
        }
    }

    BeforeEach { $PSStyle.OutputRendering = 'Ansi' } # Else PowerShell itself takes some of it away, though only where it writes to no terminal.

    AfterEach { $PSStyle.OutputRendering = $before }

    AfterAll {
        $keystone, $front | ForEach-Object Dispose
        $null = Connect-TestCloud -With $through
    }

    It 'does not come out of any view of <_>, alive or not, and its properties keep it' -ForEach $types {
        $thing = New-Poisoned $_
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thing, 2))
        foreach ($one in $thing, $copy) {
            foreach ($view in 'Out-String', 'Format-Table', 'Format-List', 'Format-Wide') {
                $shown = $view -eq 'Out-String' ? ($one | Out-String -Width 400) : ($one | & $view | Out-String -Width 400)
                if ($view -ne 'Format-Wide') { $shown | Should -BeLike '*pester*' -Because $view } # Some tell a time there, or an address.
                Get-Unsafe $shown | Should -BeNullOrEmpty -Because $view
            }
        }
        if ($_ -notin 'TroveSession', 'Cron.CronPatternReport') { $thing.PSObject.Properties.Value | Where-Object { $_ -is [string] } | ForEach-Object { Test-Same $_ $poison | Should -BeTrue } }
    }

    It 'keeps a name in a table to one line, so that it forges no row' {
        $thing = [TroveSchedules.BackupSchedule] @{ Id = $uuid; TriggerId = $uuid; Input = '{}'; Name = "pester`n$uuid forged"; Pattern = '@daily' }
        @(($thing | Format-Table | Out-String -Width 300) -split '\r?\n' | Where-Object { $_ -match $uuid }).Count | Should -Be 1
    }

    It 'does not appear in prompts, messages and warnings' {
        $screen = Invoke-AtScreen -Colour -Answers No, No, No -Script @'
            Get-TroveBackupSchedule | Remove-TroveBackupSchedule -WhatIf
            Get-TroveBackupSchedule | Remove-TroveBackupSchedule
            Get-TroveBackupSchedule | Start-TroveBackupSchedule -WhatIf
            Get-TroveBackupSchedule | Get-TroveScheduleExecution | Remove-TroveScheduleExecution -Confirm
            Get-TroveBackupSchedule | Get-TroveScheduleExecution | Remove-TroveScheduleExecution -WhatIf
            New-TroveBackupSchedule (Get-TroveInstance)[0].Id '@daily' (Get-TroveInstance)[0].Name -Confirm
            New-TroveBackupSchedule (Get-TroveInstance)[0].Id '@daily' (Get-TroveInstance)[0].Name -WhatIf
            Install-TroveWorkbook -WhatIf
'@
        $screen.Errors | Should -BeNullOrEmpty
        $screen.Prompts.Count | Should -Be 3
        @("$($screen.Screen)" -split '\n' | Where-Object { $_ -like '*WARNING:*stuck*pester*' -or $_ -like '*WARNING:*pester*stuck*' }).Count | Should -BeGreaterThan 0
        "$($screen.Screen)" | Should -BeLike '*WARNING:*pester*is running*'
        foreach ($shown in @($screen.Prompts) + "$($screen.Screen)") { Get-Unsafe $shown | Should -BeNullOrEmpty }
    }

    It 'does not come out of -Verbose and -Debug' {
        $lines = @(Get-TroveBackupSchedule -Verbose -Debug -WarningAction Ignore 4>&1 5>&1 | Where-Object { $_ -is [Management.Automation.InformationalRecord] })
        "$lines" | Should -BeLike '*pester*'
        Get-Unsafe ($lines -join "`n") | Should -BeNullOrEmpty
        $DebugPreference = 'SilentlyContinue'
        $screen = Invoke-AtScreen '$VerbosePreference = "Continue"; New-TroveBackupSchedule (Get-TroveInstance)[0].Id "@daily" $poison -WhatIf' -Variables @{ poison = $poison }
        "$($screen.Screen)" | Should -BeLike '*VERBOSE: At 00:00*pester*'
        Get-Unsafe "$($screen.Screen)" | Should -BeNullOrEmpty
    }

    It 'does not come out of an error, however it is shown: <_>' -ForEach 'ConciseView', 'NormalView', 'CategoryView' {
        $errors = @(
            Get-ErrorOf { [TroveSchedules.ScheduleExecution] @{ Id = $uuid; State = $poison; ProjectId = $project } | Remove-TroveScheduleExecution }
            Get-ErrorOf { Get-TroveBackup }
            Get-ErrorOf { Get-TroveBackupSchedule -Id "no$poison" }
            Get-ErrorOf { Get-TroveInstance -Id "no$poison" }
            Get-ErrorOf { New-TroveBackupSchedule $uuid "no$poison" x }
            Get-ErrorOf { New-TroveBackupSchedule $uuid '@daily' "no$poison$high" }
            Get-ErrorOf { Get-TroveBackupSchedule | Select-Object -First 1 | Set-TroveBackupSchedule -Name pester-x -WhatIf }
            Get-ErrorOf { Get-TroveBackupSchedule | Select-Object -First 1 | Suspend-TroveBackupSchedule -WhatIf }
        )
        # These records are PowerShell's own, with our words in them; besides, it names what did not bind.
        if ($_ -eq 'ConciseView') {
            $errors += Get-ErrorOf { [pscustomobject] @{ Colour = $poison } | Remove-TroveBackupSchedule }
            $errors += Get-ErrorOf { [pscustomobject] @{ Instance = $uuid; Pattern = '@daily'; Name = 'x'; RemainingExecutions = $poison } | New-TroveBackupSchedule }
        }
        $view = $global:ErrorView
        try {
            $global:ErrorView = $_
            foreach ($record in $errors) {
                # PowerShell quotes the line of the script itself, which has a variable in it.
                $shown = $record | Out-String -Width 400
                Get-Unsafe "$shown$record$($record.Exception.Message)$($record.ErrorDetails.RecommendedAction)" | Should -BeNullOrEmpty -Because $record.FullyQualifiedErrorId
            }
        }
        finally { $global:ErrorView = $view }
        $errors[2].TargetObject | Should -BeExactly "no$poison" -Because 'it is data'
    }

    It 'does not come out of completion, and is not put at the prompt: <Line>' -ForEach $completed {
        $offers = (TabExpansion2 $Line $Line.Length).CompletionMatches
        foreach ($offer in $offers) {
            Get-Unsafe $offer.CompletionText | Should -BeNullOrEmpty
            Get-Unsafe $offer.ListItemText | Should -BeNullOrEmpty
            Get-Unsafe $offer.ToolTip | Should -BeNullOrEmpty
        }
        if ($Line -match 'Instance -Id|New-') { $offers.CompletionText | Should -Contain $uuid -Because 'a name that cannot be typed goes by its id' }
    }
}

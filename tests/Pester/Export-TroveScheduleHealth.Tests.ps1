# The health of schedules in files: Export-TroveScheduleMetric and Export-TroveScheduleReport.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Assert-TestStack
    $exports = 'Export-TroveScheduleMetric', 'Export-TroveScheduleReport'
    $hasParser = (Test-Path /usr/bin/python3) -and $(/usr/bin/python3 -c 'import prometheus_client' 2>$null; $LASTEXITCODE -eq 0)
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    Import-TestModule
    Open-TestCloud
    Clear-TestCloud
    $null = Connect-TestCloud
    $null = Install-TroveWorkbook
    $one = New-TroveBackupSchedule m '0 3 1 1 *' 'pester-one & <two>'
    $two = New-TroveBackupSchedule broken '0 4 1 1 *' pester-two
}

AfterAll {
    Clear-TestCloud
    Close-TestCloud
}

Describe '<_>' -ForEach $exports {
    BeforeEach {
        $export = $_
        $file = "$TestDrive/health.txt"
        Remove-Item $file -ErrorAction Ignore
    }

    It 'writes all schedules by default, and nothing to the pipeline' {
        & $export $file | Should -BeNullOrEmpty
        $text = Get-Content $file -Raw
        $text | Should -Match pester-one
        $text | Should -Match pester-two
        (Get-Content $file -AsByteStream -TotalCount 1)[0] | Should -Not -Be 0xEF -Because 'there is no byte order mark'
        @((Get-ChildItem $TestDrive).Name) -like 'health.txt.*' | Should -BeNullOrEmpty -Because 'the unfinished file has become the file'
    }

    It 'writes the health that is piped to it' {
        $two | Get-TroveScheduleHealth | & $export $file
        $text = Get-Content $file -Raw
        $text | Should -Match pester-two
        $text | Should -Not -Match pester-one
        @() | & $export $file -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike '*was not written.'
        Get-Content $file -Raw | Should -BeExactly $text -Because 'an error may have emptied the pipeline'
    }

    It 'takes health from a file or a job' {
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-TroveScheduleHealth $two), 3))
        $copy | & $export $file
        Get-Content $file -Raw | Should -Match pester-two
    }

    It 'replaces the file, relative to the current location, and writes it with -PassThru' {
        Push-Location $TestDrive
        try {
            'old' | Set-Content health.txt
            (& $export health.txt -PassThru).FullName | Should -Be (Get-Item health.txt).FullName
            Get-Content health.txt -Raw | Should -Not -Match '^old'
        }
        finally { Pop-Location }
    }

    It 'with -WhatIf writes no file' {
        $screen = Invoke-AtScreen "$export '$file' -WhatIf"
        "$($screen.Screen)" | Should -BeLike 'What if: Performing the operation "Write the * of 2 schedules" on target "file ''*health.txt''".*'
        Test-Path $file | Should -BeFalse
    }

    It 'reports a file that cannot be written' {
        $null = New-Item "$TestDrive/folder" -ItemType Directory -Force
        Get-ErrorOf { & $export "$TestDrive/folder" } | Assert-Error FileNotWritten $export InvalidArgument -Says 'is a folder'
        Get-ErrorOf { & $export "$TestDrive/none/file.txt" } | Assert-Error FileNotWritten $export InvalidArgument -Says 'none', 'does not exist'
        Get-ErrorOf { & $export env:trove } | Assert-Error InvalidPath $export InvalidArgument -Says 'env:trove', 'Environment'
        Get-ErrorOf { & $export "a`0b" } | Assert-Error InvalidPath $export InvalidArgument
    }

    It 'replaces only a file that may be written' -Skip:$IsWindows -Tag 'Needs Unix' {
        mkfifo "$TestDrive/pipe"
        Get-ErrorOf { & $export "$TestDrive/pipe" } | Assert-Error FileNotWritten $export InvalidArgument -Says 'not a regular file'
        (Get-Item "$TestDrive/pipe").UnixStat.ItemType | Should -Be NamedPipe
        'old' | Set-Content $file
        chmod 440 $file
        Get-ErrorOf { & $export $file } | Assert-Error FileNotWritten $export InvalidArgument -Says 'read-only'
        Get-Content $file | Should -Be old
        Remove-Item "$TestDrive/pipe", $file -Force
    }

    # The build for Windows PowerShell does not follow links or keep permissions.
    It 'follows a link, and keeps the permissions' -Skip:($IsWindows -or $env:TROVE_TEST_FLAVOUR) -Tag 'Needs the build for PowerShell 7 on Unix' {
        'old' | Set-Content $file
        chmod 640 $file
        $null = New-Item -ItemType SymbolicLink "$TestDrive/link.txt" -Value $file -Force
        (& $export "$TestDrive/link.txt" -PassThru).FullName | Should -Be (Get-Item "$TestDrive/link.txt").FullName
        (Get-Item $file).UnixMode | Should -Be '-rw-r-----'
        (Get-Item "$TestDrive/link.txt").LinkType | Should -Be SymbolicLink
        Get-Content $file -Raw | Should -Not -Match '^old'
        Remove-Item $file
        & $export "$TestDrive/link.txt"
        Test-Path $file | Should -BeTrue -Because 'a link may be there before its target'
        $null = New-Item -ItemType SymbolicLink "$TestDrive/link.txt" -Value "$TestDrive/link.txt" -Force
        Get-ErrorOf { & $export "$TestDrive/link.txt" } | Assert-Error FileNotWritten $export InvalidArgument
        Remove-Item "$TestDrive/link.txt", $file -Force
    }
}

Describe 'The metrics' -Tag 'Needs python3-prometheus-client' -Skip:(-not $hasParser) {
    It 'are read by Prometheus'' own parser of <_>' -ForEach 'openmetrics', 'the text format' {
        Export-TroveScheduleMetric $TestDrive/x.prom
        $module = $_ -eq 'openmetrics' ? 'prometheus_client.openmetrics.parser' : 'prometheus_client.parser'
        $read = /usr/bin/python3 -c "
import sys
from $module import text_string_to_metric_families as read
for family in read(open(sys.argv[1]).read()):
    for sample in family.samples:
        print(sample.name, sample.labels['schedule_name'], sample.value)
" $TestDrive/x.prom 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$read"
        $read | Should -Contain 'trove_schedule_missed_executions pester-one & <two> 0.0'
    }
}

Describe 'The report' {
    It 'shows names as text' {
        Export-TroveScheduleReport $TestDrive/x.html
        Get-Content $TestDrive/x.html -Raw | Should -Match 'pester-one &amp; &lt;two&gt;'
    }
}

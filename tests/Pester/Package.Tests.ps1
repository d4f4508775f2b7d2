BeforeDiscovery {
    $noResourceGet = -not (Get-Module Microsoft.PowerShell.PSResourceGet -ListAvailable)
    $noAnalyzer = -not (Get-Module PSScriptAnalyzer -ListAvailable)
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestCloud.psm1"
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $built = "$root/out/TroveSchedules"
    $package = & "$root/package.ps1" -Destination "$TestDrive/package"
    $version = (Test-ModuleManifest "$built/TroveSchedules.psd1").Version
    $materials = "$TestDrive/package/TroveSchedules.$version.cdx.json"

    $archive = [IO.Compression.ZipFile]::OpenRead($package)
    try {
        $entries = $archive.Entries | Select-Object FullName, LastWriteTime
        $reader = [IO.StreamReader]::new($archive.GetEntry('TroveSchedules.nuspec').Open())
        $metadata = ([xml] $reader.ReadToEnd()).package.metadata
        $reader.Dispose()
    }
    finally { $archive.Dispose() }
    # NuGet's metadata of the package, which is not installed.
    $wrapping = '_rels/.rels', '[Content_Types].xml', 'package/services/metadata/core-properties/nuget.psmdcp', 'TroveSchedules.nuspec'
    $files = $entries.FullName | Where-Object { $_ -notin $wrapping } | Sort-Object

    function Find-File([string] $Folder) {
        Get-ChildItem $Folder -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($Folder, $_.FullName).Replace('\', '/') } | Sort-Object
    }

    # Returns how a module of that name is listed and works.
    $try = 'Import-Module TroveSchedules
        (Get-Module TroveSchedules).ModuleBase
        Get-Command -Module TroveSchedules | Sort-Object Name | ForEach-Object { Get-Help $_.Name -Full | Out-String }
        Get-TroveScheduleOccurrence "0 3 * * *" -From 2030-01-01 -First 3 | Out-String'
    function Invoke-Try([string] $Folder) {
        $base, $rest = (Invoke-FreshPwsh -WithoutModule "`$env:PSModulePath = '$Folder' + [IO.Path]::PathSeparator + `$env:PSModulePath; $try") -split '\r?\n', 2
        @{ Base = $base; Looks = $rest }
    }
}

Describe 'The package' {
    It 'has the module''s files at its root, and nothing else' {
        $files | Should -Be (Find-File $built)
        $entries.Count | Should -Be ($files.Count + $wrapping.Count)
    }

    It 'has files of the kinds that a user needs' {
        $files -match '/TroveSchedules\.dll$' | Should -Be 'net8.0/TroveSchedules.dll', 'netstandard2.0/TroveSchedules.dll'
        $files | Where-Object { $_ -notmatch '^(LICENSE|[^/]+\.(md|txt|psd1|ps1xml)|(net8\.0|netstandard2\.0)/(dependencies/)?[^/]+\.dll|schema/[^/]+\.schema\.json|Pester/[^/]+\.psm1|en-US/[^/]+(-Help\.xml|\.help\.txt))$' } |
            Should -BeNullOrEmpty -Because 'symbols are in the assemblies, and XML documentation is for compilers'
    }

    It 'has its checksum beside it' {
        Get-Content "$TestDrive/package/SHA256SUMS" | Should -BeExactly @($package, $materials | ForEach-Object { "$((Get-FileHash $_).Hash.ToLowerInvariant())  $(Split-Path $_ -Leaf)" })
    }

    It 'has a bill of materials that names each library of others in it, with its version and licence, and nothing else' {
        $components = (Get-Content $materials -Raw | ConvertFrom-Json).components
        $libraries = Get-ChildItem $built/*/dependencies/*.dll -Exclude TroveSchedules.* | ForEach-Object BaseName | Sort-Object -Unique
        $libraryOf = @{ 'Fluid.Core' = 'Fluid'; 'prometheus-net' = 'Prometheus.NetStandard' } # The others have the names of their packages.
        $components.name | ForEach-Object { $libraryOf[$_] ?? $_ } | Sort-Object | Should -Be $libraries
        foreach ($component in $components) {
            $component.licenses.license.id | Should -BeIn MIT, BSD-3-Clause -Because "THIRD-PARTY-NOTICES.txt has the licence of $($component.name)"
            # The first two parts; what else a file is called differs from its package in old libraries.
            $file = [version] (Get-ChildItem "$built/*/dependencies/$($libraryOf[$component.name] ?? $component.name).dll")[0].VersionInfo.FileVersion
            if ($component.name -notmatch '^(System\.|Microsoft\.CSharp$)' -or $component.version -like '10.*') { $component.version | Should -BeLike "$($file.ToString(2)).*" -Because "that is the version of $($component.name)" }
        }
    }

    It 'has a bill of materials that CycloneDX finds valid' {
        # The tool's own library. PowerShell has another version of what that depends on, so it gets a load context of its own.
        $root = (dotnet nuget locals global-packages --list) -replace '^global-packages: '
        $tool = (Get-Content "$PSScriptRoot/../../.config/dotnet-tools.json" | ConvertFrom-Json).tools.cyclonedx.version
        Add-Type -WarningAction Ignore -IgnoreWarnings 'public sealed class FolderContext : System.Runtime.Loader.AssemblyLoadContext
            {
                private readonly string _folder;
                public FolderContext(string folder) : base("CycloneDX") { _folder = folder; }
                protected override System.Reflection.Assembly Load(System.Reflection.AssemblyName name)
                {
                    string path = System.IO.Path.Combine(_folder, name.Name + ".dll");
                    return System.IO.File.Exists(path) ? LoadFromAssemblyPath(path) : null;
                }
            }'
        $folder = Join-Path $root "cyclonedx/$tool/tools/net$([Environment]::Version.Major).0/any"
        $validator = [FolderContext]::new($folder).LoadFromAssemblyPath("$folder/CycloneDX.Core.dll").GetType('CycloneDX.Json.Validator').GetMethod('Validate', [type[]] 'string')
        $text = [IO.File]::ReadAllText($materials)
        $verdict = $validator.Invoke($null, @($text))
        $verdict.Messages | Should -BeNullOrEmpty
        $verdict.Valid | Should -BeTrue
        $validator.Invoke($null, [object[]] @([string] ($text -replace '"type": "library"', '"type": "book"'))).Valid | Should -BeFalse -Because 'else this proves nothing'
    }

    It 'is the same when it is made again' {
        $again = & "$root/package.ps1" -Destination "$TestDrive/again"
        (Get-FileHash $again).Hash | Should -Be (Get-FileHash $package).Hash
        Get-Content "$TestDrive/again/SHA256SUMS" -Raw | Should -BeExactly (Get-Content "$TestDrive/package/SHA256SUMS" -Raw)
        @($entries.LastWriteTime | Sort-Object -Unique).Count | Should -Be 1 -Because 'it knows no time but the commit''s'
    }

    It 'has one version everywhere' {
        $metadata.version | Should -Be $version
        (Get-Content "$built/CHANGELOG.md") -match '^## ' | Select-Object -First 1 | Should -Match "^## $([regex]::Escape($version))\b"
        Get-ChildItem $built -Recurse -Filter TroveSchedules*.dll | ForEach-Object { [version] $_.VersionInfo.FileVersion } | Sort-Object -Unique | Should -Be ([version] "$version.0")
    }

    It 'has the metadata of the manifest and the change log for the Gallery' {
        $manifest = Test-ModuleManifest "$built/TroveSchedules.psd1"
        $metadata.id | Should -BeExactly TroveSchedules
        $metadata.authors | Should -Be $manifest.Author
        $metadata.description | Should -Be $manifest.Description
        $metadata.copyright | Should -Be $manifest.Copyright
        $metadata.licenseUrl | Should -Be 'https://opensource.org/license/mit'
        $tags = $metadata.tags -split ' '
        'PSModule', 'PSEdition_Core', 'PSEdition_Desktop', 'OpenStack' | ForEach-Object { $tags | Should -Contain $_ }
        $manifest.ExportedCmdlets.Keys | ForEach-Object { $tags | Should -Contain "PSCmdlet_$_"; $tags | Should -Contain "PSCommand_$_" }
        $notes = $metadata.releaseNotes -replace '\s+', ' '
        $notes.Length | Should -BeGreaterThan 20
        (Get-Content "$built/CHANGELOG.md" -Raw) -replace '\s+', ' ' | Should -BeLike "*## $version*$([WildcardPattern]::Escape($notes))*"
    }

    It 'names the licence of every library of others' {
        $named = (Get-Content "$built/THIRD-PARTY-NOTICES.txt") -match '^[\w.*]+(, [\w.*]+)*$' -split ', '
        $files -match '/dependencies/' | Split-Path -LeafBase | Where-Object { $_ -notlike 'TroveSchedules.*' } | Sort-Object -Unique |
            Where-Object { $library = $_; -not ($named | Where-Object { $library -like $_ }) } | Should -BeNullOrEmpty
    }

    It 'has a manifest that PSScriptAnalyzer finds no fault with' -Skip:$noAnalyzer -Tag 'Needs PSScriptAnalyzer' {
        Invoke-ScriptAnalyzer "$built/TroveSchedules.psd1" | Should -BeNullOrEmpty
    }
}

Describe 'The package, unpacked on the module path' {
    BeforeAll {
        $folder = "$TestDrive/unpacked/TroveSchedules/$version"
        [IO.Compression.ZipFile]::ExtractToDirectory($package, $folder)
    }

    It 'is found by its name, and looks and helps as the built module does' {
        $unpacked = Invoke-Try "$TestDrive/unpacked"
        $original = Invoke-Try (Split-Path $built)
        $unpacked.Base | Should -Be (Resolve-Path $folder).Path
        $original.Base | Should -Be $built
        $unpacked.Looks | Should -Be $original.Looks
        $unpacked.Looks | Should -BeLike '*Get-TroveBackupSchedule*2030-01-02 03:00*'
    }

    It 'has both flavours' {
        foreach ($flavour in 'net8.0', 'netstandard2.0') {
            Invoke-FreshPwsh -WithoutModule "Import-Module '$folder/$flavour/TroveSchedules.dll'; (Connect-TroveSession -Sandbox).ProjectName; (Get-TroveInstance m).GetType().Assembly.Location" |
                Should -BeLike "demo*$flavour?TroveSchedules.Core.dll"
        }
    }

    It 'has a manifest that PowerShell finds no fault with' {
        (Test-ModuleManifest "$folder/TroveSchedules.psd1" -ErrorAction Stop).Version | Should -Be $version
    }
}

Describe 'PSResourceGet' -Skip:$noResourceGet -Tag 'Needs PSResourceGet' {
    BeforeAll {
        # What it knows of repositories goes where the tests' other files are, where the system lets it.
        function Invoke-ResourceGet([string] $Repository, [string] $Script) {
            $null = New-Item $Repository -ItemType Directory -Force
            $name = New-TestName repository
            Invoke-FreshPwsh -WithoutModule -Environment @{ XDG_DATA_HOME = "$TestDrive/data" } "
                `$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'
                Register-PSResourceRepository '$name' -Uri '$Repository' -Trusted
                try { $($Script.Replace('REPOSITORY', $name)) } finally { Unregister-PSResourceRepository '$name' }"
        }
    }

    It 'installs the package from a folder' {
        $null = New-Item "$TestDrive/installed" -ItemType Directory
        Invoke-ResourceGet "$TestDrive/package" "(Find-PSResource TroveSchedules -Repository REPOSITORY).Version.ToString(); Save-PSResource TroveSchedules -Repository REPOSITORY -Path '$TestDrive/installed'" |
            Should -Be $version
        (Invoke-Try "$TestDrive/installed").Base | Should -Be (Resolve-Path "$TestDrive/installed/TroveSchedules/$version").Path
        Find-File "$TestDrive/installed/TroveSchedules/$version" | Where-Object { $_ -notlike '*PSGetModuleInfo.xml' } | Should -Be (Find-File $built)
    }

    It 'can publish the module as it is built, and the package' {
        Invoke-ResourceGet "$TestDrive/shop" "
            Publish-PSResource -Path '$built' -Repository REPOSITORY; (Find-PSResource TroveSchedules -Repository REPOSITORY).Version.ToString()
            Remove-Item '$TestDrive/shop/*'; Publish-PSResource -NupkgPath '$package' -Repository REPOSITORY" | Should -Be $version
        (Get-FileHash "$TestDrive/shop/TroveSchedules.$version.nupkg").Hash | Should -Be (Get-FileHash $package).Hash
    }
}

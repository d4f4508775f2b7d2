#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Packs the built module for the PowerShell Gallery; ./build.ps1 Package builds it first.
.DESCRIPTION
    Makes TroveSchedules.<version>.nupkg as Publish-PSResource would, a CycloneDX bill of materials TroveSchedules.<version>.cdx.json, and SHA256SUMS of both.
    The same files of the same commit give the same three.
.PARAMETER Destination
    The folder for all three.
#>
[CmdletBinding()]
param([string] $Destination = "$PSScriptRoot/out")

$ErrorActionPreference = 'Stop'
$module = "$PSScriptRoot/out/TroveSchedules"
$manifest = Test-ModuleManifest "$module/TroveSchedules.psd1"

# What came with this version, in the words of the change log.
$changes = [regex]::Match((Get-Content "$module/CHANGELOG.md" -Raw), "(?ms)^## $([regex]::Escape($manifest.Version))\b[^\n]*\n(?<notes>.*?)(?=^## |\z)")
if (-not $changes.Success) { throw "CHANGELOG.md has no section for $($manifest.Version)." }

# The Gallery finds modules by their cmdlets and editions through tags.
$cmdlets = @($manifest.ExportedCmdlets.Keys | Sort-Object)
$tags = @($manifest.PrivateData.PSData.Tags) + 'PSModule', 'PSIncludes_Cmdlet' + ($cmdlets -replace '^', 'PSCmdlet_') + ($cmdlets -replace '^', 'PSCommand_')

$metadata = [ordered]@{
    id = $manifest.Name; version = $manifest.Version; authors = $manifest.Author; owners = $manifest.CompanyName; requireLicenseAcceptance = 'false'
    licenseUrl = $manifest.LicenseUri; description = $manifest.Description; releaseNotes = $changes.Groups['notes'].Value.Trim()
    copyright = $manifest.Copyright; tags = $tags -join ' '
}
$elements = $metadata.GetEnumerator() | ForEach-Object { "    <$($_.Key)>$([Security.SecurityElement]::Escape($_.Value))</$($_.Key)>" }
$null = New-Item $Destination -ItemType Directory -Force
$Destination = (Resolve-Path $Destination).Path
$nuspec = New-Item "$Destination/TroveSchedules.nuspec" -Force -Value @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
$($elements -join "`n")
  </metadata>
  <files>
    <file src="$module/**" target="" />
  </files>
</package>
"@
try {
    # It warns of each assembly that is not in a folder lib: modules have none.
    $output = dotnet pack $nuspec --nologo -o $Destination 2>&1
    if ($LASTEXITCODE) { throw "The module cannot be packed: $($output -join "`n")" }
}
finally { Remove-Item $nuspec }

# An archive has times in it. Those of the commit will do; a constant would not, for PowerShell knows by the time whether a module has changed.
$commit = if (Get-Command git -ErrorAction Ignore) { git -C $PSScriptRoot log -1 --format=%cI 2>$null }
$time = $commit ? [DateTimeOffset] $commit : [DateTimeOffset] (Get-Item "$PSScriptRoot/CHANGELOG.md").LastWriteTime
$package = Get-Item "$Destination/$($manifest.Name).$($manifest.Version).nupkg"
$archive = [IO.Compression.ZipFile]::Open($package, 'Update')
try { $archive.Entries | ForEach-Object { $_.LastWriteTime = $time.ToUniversalTime() } }
finally { $archive.Dispose() }

# A bill of materials: the libraries of others that the package holds for either flavour. What is excluded is compiled against, and not shipped.
$sbom = "$Destination/$($manifest.Name).$($manifest.Version).cdx.json"
$output = dotnet tool exec -y cyclonedx -- "$PSScriptRoot/src/TroveSchedules/TroveSchedules.csproj" --recursive --disable-package-restore `
    --exclude-filter 'PolySharp,PowerShellStandard.Library,NETStandard.Library,Microsoft.NETCore.Platforms' --set-name $manifest.Name --set-version $manifest.Version --set-type Library --no-serial-number `
    --output-format Json --output $Destination --filename (Split-Path $sbom -Leaf) 2>&1
if ($LASTEXITCODE) { throw "The bill of materials cannot be made: $($output -join "`n")" }
(Get-Content $sbom -Raw) -replace '(?<="timestamp": ")[^"]+', $time.UtcDateTime.ToString('yyyy-MM-ddTHH:mm:ssZ') | Set-Content $sbom -NoNewline

$package, (Get-Item $sbom) | ForEach-Object { "$((Get-FileHash $_).Hash.ToLowerInvariant())  $($_.Name)`n" } | Set-Content "$Destination/SHA256SUMS" -NoNewline
$package

#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Packs the built module for the PowerShell Gallery; ./build.ps1 Package builds it first.
.DESCRIPTION
    Makes TroveSchedules.<version>.nupkg as Publish-PSResource would, and SHA256SUMS beside it. The same files of the same commit give the same package.
.PARAMETER Destination
    The folder for both.
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
$nuspec = New-Item "$PSScriptRoot/out/TroveSchedules.nuspec" -Force -Value @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
$($elements -join "`n")
  </metadata>
  <files>
    <file src="TroveSchedules/**" target="" />
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

"$((Get-FileHash $package).Hash.ToLowerInvariant())  $($package.Name)`n" | Set-Content "$Destination/SHA256SUMS" -NoNewline
$package

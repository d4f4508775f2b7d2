# Compiles the C# that Pester files and tests/faults share. In one call, because later source files could not reference types that PowerShell compiled earlier.
if (-not ('TroveSchedules.TestSupport.LoopbackServer' -as [type])) {
    $sources = "$PSScriptRoot/LoopbackServer.cs", "$PSScriptRoot/CloudClient.cs", "$PSScriptRoot/../Pester/*.cs", "$PSScriptRoot/../faults/*.cs"
    Add-Type -Path $sources -IgnoreWarnings -WarningAction Ignore
}

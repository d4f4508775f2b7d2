# Compiles the C# that Pester files and tests/faults share. All of it at once, because types that PowerShell compiled cannot be referenced from a file.
if (-not ('TroveSchedules.TestSupport.LoopbackServer' -as [type])) {
    $sources = "$PSScriptRoot/LoopbackServer.cs", "$PSScriptRoot/CloudClient.cs", "$PSScriptRoot/../Pester/*.cs", "$PSScriptRoot/../faults/*.cs"
    Add-Type -Path $sources -IgnoreWarnings -WarningAction Ignore
}

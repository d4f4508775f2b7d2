function Get-PwshCommand {
    <# The command line that starts this PowerShell once more: its path, or the SDK's dotnet and an assembly where that brought it. #>
    $path = [Environment]::ProcessPath
    if ((Split-Path $path -LeafBase) -ne 'dotnet') { return $path }
    $path
    Join-Path $PSHOME pwsh.dll
}

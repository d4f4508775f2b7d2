function Get-PwshCommand {
    <# The command line that starts this PowerShell again: its path, or dotnet and the path of pwsh.dll if dotnet started it. #>
    $path = [Environment]::ProcessPath
    if ((Split-Path $path -LeafBase) -ne 'dotnet') { return $path }
    $path
    Join-Path $PSHOME pwsh.dll
}

<#
.SYNOPSIS
    Tells what help says of each cmdlet besides prose, as JSON for docs/HelpBuilder.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Module)

$ErrorActionPreference = 'Stop'
$common = [Management.Automation.Cmdlet]::CommonParameters
$cmdlets = (Import-Module $Module -PassThru).ExportedCmdlets.Values | Sort-Object Name

function Get-Default($Cmdlet, $Parameter, $Fresh) {
    if ($Parameter.SwitchParameter) { return 'False' }
    # What PowerShell adds itself (-First, -Skip) is no property of the cmdlet; what must be given has no default.
    $isMandatory = @($Parameter.ParameterSets.Values.IsMandatory) -notcontains $false
    $property = $Cmdlet.ImplementingType.GetProperty($Parameter.Name)
    $value = if ($property -and -not $isMandatory) { @($property.GetValue($Fresh)) -join ', ' }
    $value ? $value : 'None'
}

$commands = foreach ($cmdlet in $cmdlets) {
    $fresh = [Activator]::CreateInstance($cmdlet.ImplementingType)
    $parameters = foreach ($parameter in $cmdlet.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object Name) {
        $type = $parameter.ParameterType
        $element = $type.IsArray ? $type.GetElementType() : ([Nullable]::GetUnderlyingType($type) ?? $type)
        @{
            Name              = $parameter.Name
            Type              = "$($type.ToString())"
            DefaultValue      = "$(Get-Default $cmdlet $parameter $fresh)"
            SupportsWildcards = @($parameter.Attributes.TypeId.Name) -contains 'SupportsWildcardsAttribute'
            Aliases           = @($parameter.Aliases)
            DontShow          = @($parameter.Attributes.DontShow) -contains $true
            AcceptedValues    = @(if ($element.IsEnum) { [Enum]::GetNames($element) } else { $parameter.Attributes | Where-Object { $_ -is [ValidateSet] } | ForEach-Object ValidValues })
            ParameterSets     = @(foreach ($set in $parameter.ParameterSets.GetEnumerator() | Sort-Object { $cmdlet.ParameterSets.Name.IndexOf($_.Key) }) {
                @{
                    Name                            = $set.Key -eq '__AllParameterSets' ? '(All)' : $set.Key
                    Position                        = $set.Value.Position -eq [int]::MinValue ? 'Named' : "$($set.Value.Position)"
                    IsRequired                      = $set.Value.IsMandatory
                    ValueFromPipeline               = $set.Value.ValueFromPipeline
                    ValueFromPipelineByPropertyName = $set.Value.ValueFromPipelineByPropertyName
                    ValueFromRemainingArguments     = $set.Value.ValueFromRemainingArguments
                }
            })
        }
    }
    @{
        Name       = $cmdlet.Name
        DefaultSet = "$($cmdlet.DefaultParameterSet)"
        Sets       = @($cmdlet.ParameterSets.Name)
        Parameters = @($parameters)
        Inputs     = @($cmdlet.Parameters.Values | Where-Object { @($_.ParameterSets.Values.ValueFromPipeline) -contains $true } | ForEach-Object { $_.ParameterType.ToString() })
        Outputs    = @($cmdlet.OutputType.Name)
    }
}
$commands | ConvertTo-Json -Depth 6

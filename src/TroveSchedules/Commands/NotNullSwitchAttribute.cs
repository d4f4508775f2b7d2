using System;
using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Refuses a null for a switch. PowerShell turns a binary cmdlet's switch on for -Switch:$null, which is what a variable gives that is not set.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotNullSwitchAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData ?? throw new ArgumentTransformationMetadataException("The argument is null. Give $true or $false, or leave the parameter out.");
}

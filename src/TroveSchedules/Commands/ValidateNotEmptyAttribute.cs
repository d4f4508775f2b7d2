using System;
using System.Management.Automation;
using System.Security;

namespace TroveSchedules.Commands;

/// <summary>Rejects null, and an empty URL or secret, for example from a variable that is not set. ValidateNotNullOrEmpty accepts an empty Uri or SecureString.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateNotEmptyAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is null or Uri { OriginalString.Length: 0 } or SecureString { Length: 0 })
            throw new ValidationMetadataException("The argument is null or empty. Give a value, or leave the parameter out.");
    }
}

using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Reads a cmdlet's common parameters and preference variables.</summary>
internal static class CommonParameters
{
    /// <summary>Whether a stream is on, through a switch such as -Verbose or its preference variable.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="parameter">The common parameter, without the dash.</param>
    /// <param name="variable">The preference variable, without the dollar sign.</param>
    public static bool IsOn(this PSCmdlet cmdlet, string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && value is SwitchParameter isOn
            ? isOn
            : cmdlet.Preference(parameter, variable) is { } preference and not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>Whether the cmdlet only shows what it would do.</summary>
    public static bool IsWhatIf(this PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? value) && value is SwitchParameter isOn ? isOn : LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));

    /// <summary>The preference from a common parameter or its variable; null if neither has a valid value.</summary>
    /// <inheritdoc cref="IsOn" path="/param"/>
    public static ActionPreference? Preference(this PSCmdlet cmdlet, string parameter, string variable)
    {
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value);
        return LanguagePrimitives.TryConvertTo(value ?? cmdlet.GetVariableValue(variable), out ActionPreference preference) ? preference : null;
    }
}

using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>Reads the common parameters and preference variables that a cmdlet goes by.</summary>
internal static class CommonParameters
{
    /// <summary>Whether the user wants a stream, by a switch such as -Verbose or by its preference variable.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="parameter">The common parameter, without the dash.</param>
    /// <param name="variable">The preference variable, without the dollar sign.</param>
    public static bool IsOn(this PSCmdlet cmdlet, string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && value is SwitchParameter isOn
            ? isOn
            : cmdlet.Preference(parameter, variable) is { } preference and not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>The preference that a common parameter or its variable sets; null where neither holds one.</summary>
    /// <inheritdoc cref="IsOn" path="/param"/>
    public static ActionPreference? Preference(this PSCmdlet cmdlet, string parameter, string variable)
    {
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value);
        return LanguagePrimitives.TryConvertTo(value ?? cmdlet.GetVariableValue(variable), out ActionPreference preference) ? preference : null;
    }
}

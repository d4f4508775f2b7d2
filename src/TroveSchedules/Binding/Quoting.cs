using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using TroveSchedules.Commands;
using TroveSchedules.Cron;

namespace TroveSchedules.Binding;

/// <summary>Advice to quote a cron pattern, for patterns that PowerShell seems to have changed before binding them.</summary>
internal static class Quoting
{
    public const string AliasAdvice = "Write an alias in single quotes, '@daily': without them PowerShell passes the variable $daily, and mostly there is none.";
    public const string FieldsAdvice = "Write the pattern in single quotes, '0 3 * * *': without them PowerShell takes each field for an argument of its own, and a comma for a list.";
    private const string VariableAdvice = "Write the pattern in single quotes, '0 3 * * *': in double ones PowerShell leaves out a variable that is not set, and a backtick changes what follows it.";

    private static readonly Regex Hole = new(@"(?<!\S)[,/#-]|[,/#-](?!\S)|,,");

    /// <summary>Advice for an invalid pattern from the command line; null if there is no sign that PowerShell changed it.</summary>
    public static string? Advise(string? pattern)
    {
        string text = pattern ?? "";
        string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool hasGap = fields.Length < 5 && (text != text.Trim() || Regex.IsMatch(text, @"\s\s"));
        return fields.Length == 0 ? $"{AliasAdvice} {VariableAdvice}"
            : IsCut(text) ? FieldsAdvice
            : hasGap || Hole.IsMatch(text) || text.Any(c => char.IsControl(c) && !char.IsWhiteSpace(c)) ? VariableAdvice
            : null;
    }

    /// <summary>
    /// Adds a parameter for the remaining arguments where the pattern on the command line is empty or a single field. Without it PowerShell refuses the second field with an
    /// error of its own, which does not mention quotes. Null where the pattern may be whole.
    /// </summary>
    public static RemainingArguments? Catch(InvocationInfo invocation, string? pattern) =>
        IsPatternNamed(invocation) && (string.IsNullOrWhiteSpace(pattern) || IsCut(pattern!)) ? new RemainingArguments() : null;

    /// <summary>Whether the command line, and not the pipeline, gives the pattern. Valid only before the pipeline runs.</summary>
    public static bool IsPatternNamed(InvocationInfo invocation) => invocation.BoundParameters.ContainsKey("Pattern");

    /// <summary>The error of a pattern whose fields became arguments; null where none did.</summary>
    public static ErrorRecord? Refusal(InvocationInfo invocation, RemainingArguments? remainingArguments, string? pattern) =>
        remainingArguments?.Arguments.Length > 0 && !CronPattern.TryParse(pattern, false, out _, out CronPatternException? refusal)
            ? ErrorRecords.From(refusal, pattern, invocation.MyCommand, Advise(pattern))
            : null;

    private static bool IsCut(string pattern) => pattern.Length > 0 && pattern[0] != '@' && !pattern.Any(char.IsWhiteSpace);

    /// <summary>The parameter for the remaining arguments.</summary>
    internal sealed class RemainingArguments
    {
        [Parameter(ValueFromRemainingArguments = true, DontShow = true)]
        public object[] Arguments { get; set; } = [];
    }
}

/// <summary>Accepts one cron pattern as text. Without it, PowerShell ignores a list in a row, and reports for a list on the command line that a method is not supported.</summary>
public sealed class PatternTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare switch
        {
            CronPatternReport report => report.Pattern ?? "",
            BackupSchedule schedule => schedule.Pattern ?? throw PatternReferenceAttribute.HasNoPattern(schedule.Id),
            IDictionary or ValueType or string or null => inputData!,
            ICollection list => throw new ArgumentTransformationMetadataException($"This takes one cron pattern as text, not a list of {list.Count}. {Quoting.FieldsAdvice}"),
            _ => throw new ArgumentTransformationMetadataException(TerminalText.SanitizeLine($"This takes a cron pattern as text, not the {bare.GetType().Name} '{bare}'.")),
        };
    }
}

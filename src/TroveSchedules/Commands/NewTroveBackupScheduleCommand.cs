using System;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Creates schedules of backups.</summary>
[Cmdlet(VerbsCommon.New, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(BackupSchedule))]
public sealed class NewTroveBackupScheduleCommand : BulkCmdlet, IDynamicParameters
{
    private static readonly Regex TimeOfDay = new("^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$", RegexOptions.CultureInvariant);

    private ResourceLookup? _lookup;
    private bool _firstIsNamed;
    private bool _untilIsNamed;
    private bool _patternIsNamed;
    private Quoting.RemainingArguments? _remainingArguments;

    /// <summary>The instances to back up: by object, id or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [Alias("InstanceId")]
    [InstanceReference("Instance", "InstanceId", IsBesidePattern = true)]
    public InstanceReference[] Instance { get; set; } = [];

    /// <summary>Five cron fields or an alias such as @daily, in UTC. Omit it for a single execution at the first execution time.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PatternCompleter))]
    [PatternText]
    public string? Pattern { get; set; }

    /// <summary>The name that each backup gets.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [TextCell]
    public string Name { get; set; } = "";

    /// <summary>The description that each backup gets.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell]
    public string? Description { get; set; }

    /// <summary>The parent of every backup, which makes them incremental.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BackupIdCell]
    public string? ParentId { get; set; }

    /// <summary>Makes each backup incremental, with the newest completed backup as its parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchCell]
    public SwitchParameter Incremental { get; set; }

    /// <summary>The first execution time, rounded up to a minute. Without a pattern it is the only one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TimeCell]
    public DateTimeOffset? FirstExecutionTime { get; set; }

    /// <summary>Number of executions, after which the schedule is deleted. Default: no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberCell]
    public int? RemainingExecutions { get; set; }

    /// <summary>Allows a sixth field in the pattern, which Mistral reads as seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchCell]
    public SwitchParameter AllowSeconds { get; set; }

    /// <summary>Creates the schedules suspended: they do not run until they are resumed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchCell]
    public SwitchParameter Suspended { get; set; }

    /// <summary>The reason for the suspension.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("SuspendedReason")]
    [TextCell]
    public string? Reason { get; set; }

    /// <summary>When the suspended schedules are to be resumed. Nothing resumes them by itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("SuspendedUntil")]
    [TimeCell]
    public DateTimeOffset? Until { get; set; }

    /// <inheritdoc/>
    public object? GetDynamicParameters() => _remainingArguments = Quoting.Catch(MyInvocation, Pattern);

    /// <summary>Checks the arguments that do not depend on the instance.</summary>
    protected override void BeginProcessing()
    {
        _patternIsNamed = Quoting.IsPatternNamed(MyInvocation);
        if (_remainingArguments is not null && !CronPattern.TryParse(Pattern, AllowSeconds, out _, out CronPatternException? refusal))
            ThrowTerminatingError(ErrorRecords.From(refusal, Pattern, MyInvocation.MyCommand, AdviceOn(refusal)));
        if (Refusal() is { } wrong)
            ThrowTerminatingError(ErrorRecords.From(wrong, null, MyInvocation.MyCommand));
        base.BeginProcessing();
        _lookup = Cloud.CreateLookup();
        _firstIsNamed = MyInvocation.BoundParameters.ContainsKey(nameof(FirstExecutionTime));
        _untilIsNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Until));
    }

    private TroveScheduleException? Refusal()
    {
        // In a CSV row, an empty cell means no value. On the command line, an empty value is an error.
        string? empty = new[] { nameof(ParentId), nameof(FirstExecutionTime), nameof(RemainingExecutions), nameof(Reason), nameof(Until) }
            .FirstOrDefault(name => MyInvocation.BoundParameters.TryGetValue(name, out object? value) && value is null or "");
        if (empty is not null)
        {
            return new TroveScheduleException(TroveErrorKind.Invalid, $"-{empty} is empty. Perhaps a variable is not set.")
            {
                ErrorId = empty == nameof(ParentId) ? "InvalidParent" : "Invalid" + empty,
                RecommendedAction = $"Give a value, or leave -{empty} out.",
            };
        }
        // A row may be the copy of a suspended schedule. On the command line, a reason without the switch is a switch that was forgotten.
        string? unused = Suspended ? null : new[] { nameof(Reason), nameof(Until) }.FirstOrDefault(MyInvocation.BoundParameters.ContainsKey);
        if (unused is not null)
        {
            return new TroveScheduleException(TroveErrorKind.Invalid, $"-{unused} is for schedules that are created suspended, and -Suspended is not given.")
            {
                ErrorId = unused == nameof(Reason) ? "InvalidReason" : "InvalidUntil",
                RecommendedAction = $"Add -Suspended, or leave -{unused} out.",
            };
        }
        // Without quotes, the time after the date is a separate argument and binds to -Name.
        return FirstExecutionTime is { TimeOfDay.Ticks: 0 } day && MyInvocation.BoundParameters.ContainsKey(nameof(FirstExecutionTime)) && TimeOfDay.IsMatch(Name)
            ? new TroveScheduleException(TroveErrorKind.Invalid, $"'{Name}' was taken for the name: a date and time for -FirstExecutionTime need quotes.")
            {
                ErrorId = "InvalidFirstExecutionTime",
                Target = Name,
                RecommendedAction = FormattableString.Invariant($"Write -FirstExecutionTime '{day:yyyy-MM-dd} {Name}', and a -Name."),
            }
            : null;
    }

    internal override string? AdviceOn(TroveScheduleException error) =>
        !_patternIsNamed || error is not CronPatternException ? null
        : string.IsNullOrEmpty(Pattern) && FirstExecutionTime is not null ? $"For one run at -FirstExecutionTime, leave -Pattern out. {Quoting.Advise(Pattern)}"
        : Quoting.Advise(Pattern);

    /// <summary>Creates the schedules.</summary>
    protected override void ProcessRecord() => ChangeEach(Instance, PrepareAsync, Confirm, CreateAsync);

    private Task<PreparedSchedule> PrepareAsync(InstanceReference reference)
    {
        var request = new ScheduleRequest
        {
            Instance = reference.IdFor(Cloud),
            Name = Name,
            Pattern = Pattern is "" && FirstExecutionTime is not null ? null : Pattern,
            AllowSeconds = AllowSeconds,
            Description = string.IsNullOrEmpty(Description) ? null : Description,
            ParentId = string.IsNullOrEmpty(ParentId) ? null : ParentId,
            Incremental = Incremental,
            FirstExecutionTime = FirstExecutionTime,
            MayHaveBegun = !_firstIsNamed,
            RemainingExecutions = RemainingExecutions,
            Suspension = Suspended ? new NewSuspension { Reason = string.IsNullOrEmpty(Reason) ? null : Reason, Until = Until, MayBeOverdue = !_untilIsNamed } : null,
        };
        return Cloud.Schedules.PrepareAsync(request, _lookup, Warn, Cancelled);
    }

    private bool Confirm(PreparedSchedule prepared)
    {
        WriteDetail(prepared.Explain());
        return ShouldProcess(prepared.InWords(), prepared.Operation());
    }

    private async Task<object?> CreateAsync(PreparedSchedule prepared) => await Cloud.Schedules.CreateAsync(prepared, Warn, Cancelled).ConfigureAwait(false);
}

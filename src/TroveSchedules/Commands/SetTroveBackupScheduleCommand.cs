using System;
using System.Management.Automation;
using System.Threading.Tasks;
using TroveSchedules.Binding;
using TroveSchedules.Completion;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Changes schedules. They keep their ids and their history.</summary>
[Cmdlet(VerbsCommon.Set, "TroveBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(BackupSchedule))]
public sealed class SetTroveBackupScheduleCommand : ScheduleChangeCmdlet, IDynamicParameters
{
    private Quoting.RemainingArguments? _remainingArguments;

    /// <summary>Five cron fields or an alias such as @daily, in UTC; $null for a single execution at the first execution time.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PatternCompleter))]
    [PatternText]
    public string? Pattern { get; set; }

    /// <summary>The name that each backup gets.</summary>
    [Parameter]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>The description that each backup gets; $null for none.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <summary>The parent of every backup; $null for none.</summary>
    [Parameter]
    [BackupIdCell]
    public string? ParentId { get; set; }

    /// <summary>Makes each backup incremental, with the newest completed backup as its parent. -Incremental:$false makes full backups.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter Incremental { get; set; }

    /// <summary>The first execution time, rounded up to a minute; $null for the pattern's next time.</summary>
    [Parameter]
    [TimeCell]
    public DateTimeOffset? FirstExecutionTime { get; set; }

    /// <summary>Number of executions that are left; $null for no limit.</summary>
    [Parameter]
    [NumberCell]
    public int? RemainingExecutions { get; set; }

    /// <summary>Allows a sixth field in the pattern, which Mistral reads as seconds.</summary>
    [Parameter]
    [SwitchCell]
    public SwitchParameter AllowSeconds { get; set; }

    /// <inheritdoc/>
    public object? GetDynamicParameters() => _remainingArguments = Quoting.Catch(MyInvocation, Pattern);

    /// <summary>Rejects a pattern that PowerShell split into several arguments.</summary>
    protected override void BeginProcessing()
    {
        if (Quoting.Refusal(MyInvocation, _remainingArguments, Pattern) is { } refusal)
            ThrowTerminatingError(refusal);
        base.BeginProcessing();
    }

    internal override string? AdviceOn(TroveScheduleException error) => error is CronPatternException && Quoting.IsPatternNamed(MyInvocation) ? Quoting.Advise(Pattern) : null;

    private protected override Task<PreparedScheduleChange> PrepareAsync(BackupSchedule schedule) => Cloud.ScheduleChanges.PrepareAsync(schedule, new ScheduleChange
    {
        Pattern = Named(nameof(Pattern), Pattern is "" ? null : Pattern),
        AllowSeconds = AllowSeconds,
        Name = Named(nameof(Name), Name),
        Description = Named(nameof(Description), Description is "" ? null : Description),
        ParentId = Named(nameof(ParentId), ParentId is "" ? null : ParentId),
        Incremental = Named(nameof(Incremental), (bool)Incremental),
        FirstExecutionTime = Named(nameof(FirstExecutionTime), FirstExecutionTime),
        RemainingExecutions = Named(nameof(RemainingExecutions), RemainingExecutions),
    }, Lookup, Cancelled);

    private NewValue<T>? Named<T>(string parameter, T value) => MyInvocation.BoundParameters.ContainsKey(parameter) ? new NewValue<T>(value) : null;
}

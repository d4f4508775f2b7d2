using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Mistral;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace TroveSchedules.OpenStack;

/// <summary>The operations on the workbook that schedules run (the spec's <c>mistral workbook-create trove.yaml</c>).</summary>
public sealed class Workbook
{
    /// <summary>The workbook's name.</summary>
    public const string Name = "trove";

    private const string Task = "backup_create";
    private const string ActionName = "trove.backups_create";
    private const string Private = "private";

    private readonly CloudSession _session;

    internal Workbook(CloudSession session) => _session = session;

    /// <summary>The workbook that comes with this library, as YAML text.</summary>
    public static string Bundled { get; } = ReadBundled();

    /// <summary>Gets the installed workbook and what it supports.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The workbook; <see cref="InstalledWorkbook.IsInstalled"/> is false if there is none.</returns>
    /// <exception cref="TroveScheduleException">Any kind, when Mistral fails.</exception>
    public async Task<InstalledWorkbook> GetAsync(CancellationToken cancellationToken = default)
    {
        Workflow? workflow = await FindWorkflowAsync(cancellationToken).ConfigureAwait(false);
        bool hasActions = await _session.Mistral.Workflows.HasActionAsync(ActionName, cancellationToken).ConfigureAwait(false);
        if (workflow is null)
            return new InstalledWorkbook { Name = Name, Workflow = BackupSchedules.WorkflowName, HasTroveActions = hasActions };

        WorkflowInputs inputs = WorkflowInputs.Of(workflow);
        WorkbookResponse? workbook = (await _session.Mistral.Workbooks.ListAsync(Name, cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(w => w.ProjectId == workflow.ProjectId);
        return new InstalledWorkbook
        {
            Name = Name,
            Workflow = workflow.Name,
            IsInstalled = true,
            IsCurrent = workbook?.Definition == Bundled,
            HasTroveActions = hasActions,
            Inputs = inputs.Names,
            AcceptsParentId = inputs.Accepts("parent_id"),
            AcceptsIncremental = inputs.Accepts("incremental"),
            ReportsBackupId = workflow.Definition?.Contains("backup_id:") == true,
            Scope = workflow.Scope,
            ProjectId = workflow.ProjectId,
            CreatedAt = workflow.CreatedAt,
            UpdatedAt = workflow.UpdatedAt,
        };
    }

    /// <summary>Checks a workbook without sending a request. Mistral may still reject a text that passes.</summary>
    /// <param name="definition">The workbook as YAML text.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidWorkbook</c>) if it is not YAML, has another name than <c>trove</c> or has no <c>backup_create</c>.</exception>
    public static void Check(string definition) => ReadInputs(definition);

    /// <summary>Installs or updates the workbook. If the installed text is identical, no change is sent.</summary>
    /// <param name="definition">The workbook as YAML text, whose name must be <c>trove</c> and which must hold <c>backup_create</c>; null for <see cref="Bundled"/>.</param>
    /// <param name="isPublic">Whether every project sees it, which only an administrator can set; null to keep the current value, or private for a new workbook.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The installed workbook after the change.</returns>
    /// <exception cref="TroveScheduleException">
    /// Invalid (<c>InvalidWorkbook</c>) for an invalid workbook; Forbidden if another project's public workbook prevents the change, or
    /// if the user may not make a workbook public. If it is unknown whether the workbook was installed, the message says so.
    /// </exception>
    public async Task<InstalledWorkbook> InstallAsync(
        string? definition = null, bool? isPublic = null, Action<string>? warn = null, CancellationToken cancellationToken = default) =>
        await InstallAsync(await PrepareAsync(definition, isPublic, warn, cancellationToken).ConfigureAwait(false), warn, cancellationToken).ConfigureAwait(false);

    /// <summary>The first step of an installation: reads the installed workbook, lets Mistral validate the new text, and warns of schedules that the new workbook would stop or hide. Changes nothing.</summary>
    /// <inheritdoc cref="InstallAsync(string?, bool?, Action{string}, CancellationToken)" path="/param | /exception"/>
    /// <returns>The change, for <see cref="InstallAsync(WorkbookChange, Action{string}, CancellationToken)"/>.</returns>
    public async Task<WorkbookChange> PrepareAsync(
        string? definition = null, bool? isPublic = null, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        definition ??= Bundled;
        WorkflowInputs inputs = ReadInputs(definition);
        WorkbookResponse? own = await OwnAsync(cancellationToken).ConfigureAwait(false);
        var change = new WorkbookChange(definition, isPublic switch { true => "public", false => Private, null => own?.Scope ?? Private }, own);
        if (change.IsNeeded)
        {
            ValidationResponse verdict = await _session.Mistral.Workbooks.ValidateAsync(definition, cancellationToken).ConfigureAwait(false);
            if (!verdict.Valid)
                throw MistralErrors.NotAWorkbook($"Mistral refuses it: {Http.ServiceError.Printable(verdict.Error ?? "it gives no reason")}");
            await WarnOfAffectedSchedulesAsync(inputs, change.Scope, warn, cancellationToken).ConfigureAwait(false);
        }
        return change;
    }

    /// <summary>The second step of an installation: creates or updates the workbook.</summary>
    /// <param name="change">The result of <see cref="PrepareAsync"/>.</param>
    /// <param name="warn">Gets warnings, on any thread; null for none.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The installed workbook after the change.</returns>
    /// <exception cref="TroveScheduleException">As for <see cref="InstallAsync(string?, bool?, Action{string}, CancellationToken)"/>.</exception>
    public async Task<InstalledWorkbook> InstallAsync(WorkbookChange change, Action<string>? warn = null, CancellationToken cancellationToken = default)
    {
        if (change.IsNeeded)
        {
            try
            {
                await (change.Own is null
                    ? _session.Mistral.Workbooks.CreateAsync(change.Definition, change.Scope, cancellationToken)
                    : _session.Mistral.Workbooks.UpdateAsync(change.Definition, change.Scope, cancellationToken)).ConfigureAwait(false);
            }
            catch (TroveScheduleException e) when (e.MayHaveHappened)
            {
                var outcome = new OutcomeCheck(e, Name, "the workbook");
                if (await outcome.CheckAsync(() => OwnAsync(cancellationToken), "the workbook was loaded").ConfigureAwait(false) is not { } now || !change.IsDone(now))
                    throw outcome.NotDone("The workbook is not loaded yet.", "loading it", "The workbook was not loaded.");
            }
            finally
            {
                _session.Inputs.Forget();
            }
        }

        InstalledWorkbook installed = await GetAsync(cancellationToken).ConfigureAwait(false);
        if (!installed.HasTroveActions)
            warn?.Invoke($"This cloud's Mistral has no action '{ActionName}', so every run will fail; its administrator has to install mistral-extra.");
        return installed;
    }

    private async Task<WorkbookResponse?> OwnAsync(CancellationToken cancellationToken) =>
        (await _session.Mistral.Workbooks.ListAsync(Name, cancellationToken).ConfigureAwait(false)).FirstOrDefault(w => w.ProjectId == _session.ProjectId);

    /// <summary>Gets the inputs of the installed workflow, once per session.</summary>
    internal Task<WorkflowInputs> InputsAsync(CancellationToken cancellationToken) => _session.Inputs.RunAsync(LookAtInputsAsync, cancellationToken);

    private async Task<WorkflowInputs> LookAtInputsAsync(CancellationToken cancellationToken)
    {
        Workflow? workflow = await FindWorkflowAsync(cancellationToken).ConfigureAwait(false);
        if (!await _session.Mistral.Workflows.HasActionAsync(ActionName, cancellationToken).ConfigureAwait(false))
            throw MistralErrors.NoTroveActions(ActionName);
        return workflow is null ? throw MistralErrors.WorkbookNotInstalled(_session.ProjectName) : WorkflowInputs.Of(workflow);
    }

    // For an administrator, Mistral may return another project's private workflow of this name, although the project has its own or a public one.
    private async Task<Workflow?> FindWorkflowAsync(CancellationToken cancellationToken)
    {
        Workflow? workflow = await _session.Mistral.Workflows.FindAsync(BackupSchedules.WorkflowName, cancellationToken).ConfigureAwait(false);
        if (workflow is null || workflow.ProjectId is null || workflow.ProjectId == _session.ProjectId || workflow.Scope == "public")
            return workflow;
        return (await _session.Mistral.Workflows.ListAsync(BackupSchedules.WorkflowName, cancellationToken).ConfigureAwait(false))
            .OrderByDescending(own => own.ProjectId == _session.ProjectId)
            .FirstOrDefault(seen => seen.ProjectId == _session.ProjectId || seen.Scope == "public");
    }

    // A trigger whose input no longer matches the workflow fails silently: its next time advances, but Mistral creates no execution.
    // python-troveclient finds the executions of a trigger by equal input, and Mistral adds default values that the trigger's own input does not have.
    private async Task WarnOfAffectedSchedulesAsync(WorkflowInputs inputs, string scope, Action<string>? warn, CancellationToken cancellationToken)
    {
        int hidden = 0;
        await foreach (CronTrigger trigger in _session.Mistral.CronTriggers
            .ListAsync(BackupSchedules.WorkflowName, null, false, cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyCollection<string> keys = ScheduleInput.KeysOf(trigger.WorkflowInput);
            if (!inputs.AreSatisfiedBy(keys))
                warn?.Invoke($"The schedule '{trigger.Name}' was made for another workbook ({trigger.WorkflowInput}): with this one it makes no more backups, and Mistral reports no error. Create it again.");
            else if (keys.Contains("incremental") && inputs.Names.Except(keys).Any())
                hidden++;
        }
        if (hidden > 0)
        {
            warn?.Invoke($"{hidden} {(hidden == 1 ? "schedule of this project was" : "schedules of this project were")} made for python-troveclient's workbook: "
                + "with this one `trove execution-list` will not show their new executions. A listing by cron trigger does. Schedules that are made anew are shown by both.");
        }
        if (scope != Private)
            warn?.Invoke("Schedules of other projects that use this public workbook were not looked at.");
    }

    private static WorkflowInputs ReadInputs(string definition)
    {
        try
        {
            object? root = new DeserializerBuilder().Build().Deserialize<object?>(new DepthLimitedParser(new StringReader(definition)));
            if (Member(root, "name") as string != Name)
                throw MistralErrors.NotAWorkbook($"its name must be '{Name}'");
            object workflow = Member(Member(root, "workflows"), Task) ?? throw MistralErrors.NotAWorkbook($"it has no workflow '{Task}'");
            return WorkflowInputs.FromYaml(Member(workflow, "input") as IEnumerable<object?> ?? []);
        }
        catch (YamlException e)
        {
            throw MistralErrors.NotAWorkbook($"line {e.Start.Line}, column {e.Start.Column}: {e.Message.TrimEnd('.')}");
        }
    }

    private static object? Member(object? node, string key) =>
        node is IDictionary<object, object?> map && map.TryGetValue(key, out object? value) ? value : null;

    private static string ReadBundled()
    {
        using Stream stream = typeof(Workbook).Assembly.GetManifestResourceStream("trove.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A prepared installation of the workbook.</summary>
public sealed class WorkbookChange
{
    internal WorkbookChange(string definition, string scope, WorkbookResponse? own)
    {
        Definition = definition;
        Scope = scope;
        Own = own;
    }

    /// <summary>Whether there is anything to change.</summary>
    public bool IsNeeded => Own is null || !IsDone(Own);

    internal string Definition { get; }

    internal string Scope { get; }

    internal WorkbookResponse? Own { get; }

    internal bool IsDone(WorkbookResponse workbook) => workbook.Definition == Definition && workbook.Scope == Scope;
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Hostile;

/// <summary>A public operation, the request whose response is mutated, and the checks of the operation's result.</summary>
/// <param name="Name">Its name in test failures.</param>
/// <param name="MutatedRoute">The route of the request whose response is mutated.</param>
/// <param name="CorrectResponses">The correct response.</param>
/// <param name="Read">Runs the operation and checks the result.</param>
/// <param name="Arrange">Sets further responses of the cloud; null for none.</param>
internal sealed record Reader(string Name, string MutatedRoute, IReadOnlyList<WireAnswer> CorrectResponses, Func<CloudSession, Action<string>, CancellationToken, Task> Read, Action<HostileCloud>? Arrange = null)
{
    private static readonly BackupSchedule Schedule = new() { Id = Rows.Id(1), TriggerId = Rows.TriggerId(1), ProjectId = ScriptedCloud.Project, Input = "{\"instance\": \"x\"}" };
    private static readonly ScheduleExecution Run = new() { Id = Rows.Id(11), State = "SUCCESS", ProjectId = ScriptedCloud.Project };
    private static readonly ScheduleRequest Request = new() { Instance = Rows.Id(900), Name = "b", Pattern = "*/2 * * * *" };
    private static readonly ScheduleRequest WithParent = Request with { ParentId = Rows.Id(31) };

    public static IReadOnlyList<Reader> All { get; } =
    [
        new("connect", HostileCloud.Login, [Corpus.Login], async (session, _, token) => AssertValid(await session.Schedules.ListAsync(cancellationToken: token))),
        new("log in and find nothing", HostileCloud.Login, [Corpus.Login], async (session, _, token) => await session.Backups.GetAsync("nothing", cancellationToken: token)),
        new("list schedules", "GET /v2/cron_triggers", [Corpus.Triggers], async (session, _, token) => AssertValid(await session.Schedules.ListAsync(cancellationToken: token))),
        new("list the next schedules", "GET /v2/cron_triggers?marker", [Corpus.Triggers, Corpus.NoTriggers], async (session, _, token) => AssertValid(await session.Schedules.ListAsync(cancellationToken: token))),
        new("list schedules of an instance", "GET /v1.0/p/instances", [Corpus.Instances], async (session, _, token) => AssertValid(await session.Schedules.ListAsync("m", cancellationToken: token))),
        new("get a schedule", "GET /v2/cron_triggers/{id}", [Corpus.Trigger, Corpus.OneOff], async (session, _, token) =>
        {
            BackupSchedule found = await session.Schedules.GetAsync(Rows.Id(1), cancellationToken: token);
            AssertValid([found]);
            Assert.Contains(Rows.Id(1), new[] { found.Id, found.TriggerId }, StringComparer.OrdinalIgnoreCase);
        }),
        new("get a schedule by name", "GET /v2/cron_triggers", [Corpus.Triggers], async (session, _, token) =>
        {
            BackupSchedule found = await session.Schedules.GetAsync("nightly", cancellationToken: token);
            AssertValid([found]);
            Assert.Equal("nightly", found.Id);
        }),
        Create("create a schedule", "POST /v2/cron_triggers", [Corpus.CreatedTrigger]),
        Create("look for a schedule that may have been made", "GET /v2/cron_triggers/{asked}", [Corpus.FoundTrigger], cloud => cloud.With("POST /v2/cron_triggers", WireAnswer.Html(502, "Bad Gateway"))),
        Create("look at the instance", "GET /v1.0/p/instances/{id}", [Corpus.Instance]),
        Create("look at the workflow", "GET /v2/workflows/trove.backup_create", [Corpus.OurWorkflow, Corpus.SpecWorkflow, Corpus.OldWorkflow, Corpus.ForeignWorkflow]),
        Create("look at the workflows", "GET /v2/workflows", [Corpus.Workflows], cloud => cloud.With("GET /v2/workflows/trove.backup_create", Corpus.ForeignWorkflow)),
        Create("look at the action", "GET /v2/actions/trove.backups_create", [Corpus.Action]),
        Create("look at the parent", "GET /v1.0/p/backups/{id}", [Corpus.Backup], request: WithParent),
        Create("log in to create", HostileCloud.Login, [Corpus.Login]),
        new("delete a schedule", "DELETE /v2/cron_triggers/{id}", [Corpus.Deleted], (session, _, token) => session.Schedules.DeleteAsync(Schedule, cancellationToken: token)),
        History("list executions", "GET /v2/executions", [Corpus.Executions], null),
        History("list the next executions", "GET /v2/executions?marker", [Corpus.Executions, Corpus.NoExecutions], null),
        History("list some executions", "GET /v2/executions", [Corpus.Executions], new ExecutionQuery { Limit = 2, States = ["SUCCESS"], After = ScriptedCloud.Start.AddYears(-1), Before = ScriptedCloud.Start }),
        History("list executions by input", "GET /v2/executions", [Corpus.Executions], new ExecutionQuery { MatchInput = true }),
        History("list executions with their backups", "GET /v1.0/p/backups/{id}", [Corpus.Backup], new ExecutionQuery { IncludeBackupStatus = true }),
        History("list executions of a schedule", "GET /v2/cron_triggers/{id}", [Corpus.Trigger], null),
        new("get an execution", "GET /v2/executions/{id}", [Corpus.Execution], async (session, _, token) =>
        {
            ScheduleExecution found = await session.Executions.GetAsync(Rows.Id(11), includeBackupStatus: true, cancellationToken: token);
            AssertValid(found);
            Assert.Equal(Rows.Id(11), found.Id, ignoreCase: true);
        }),
        new("delete an execution", "DELETE /v2/executions/{id}", [Corpus.Deleted], (session, _, token) => session.Executions.DeleteAsync(Run, force: true, cancellationToken: token)),
        WorkbookReader("get the workbook", "GET /v2/workbooks", [Corpus.Workbooks, Corpus.OldWorkbooks], false),
        WorkbookReader("get the workbook's workflow", "GET /v2/workflows/trove.backup_create", [Corpus.OurWorkflow, Corpus.OldWorkflow], false),
        WorkbookReader("get the workbook's action", "GET /v2/actions/trove.backups_create", [Corpus.Action], false),
        WorkbookReader("install the workbook", "GET /v2/workbooks", [Corpus.OldWorkbooks, Corpus.Workbooks], true),
        WorkbookReader("install a valid workbook", "POST /v2/workbooks/validate", [Corpus.Valid, Corpus.NotValid], true),
        WorkbookReader("install over schedules", "GET /v2/cron_triggers", [Corpus.Triggers], true),
        WorkbookReader("update the workbook", "PUT /v2/workbooks", [Corpus.LoadedWorkbook], true),
        WorkbookReader("load the workbook", "POST /v2/workbooks", [Corpus.LoadedWorkbook with { Status = 201 }], true, cloud => cloud.With("GET /v2/workbooks", WireAnswer.Json(200, """{"workbooks": []}"""))),
        new("list instances", "GET /v1.0/p/instances", [Corpus.Instances], async (session, _, token) =>
        {
            await foreach (Instance instance in session.Instances.ListAsync(token))
                AssertValid(instance);
        }),
        new("get an instance", "GET /v1.0/p/instances/{id}", [Corpus.Instance], async (session, _, token) =>
        {
            Instance found = await session.Instances.GetAsync(Rows.Id(900), token);
            AssertValid(found);
            Assert.Equal(Rows.Id(900), found.Id, ignoreCase: true);
        }),
        new("list backups", "GET /v1.0/p/backups", [Corpus.Backups], async (session, _, token) =>
        {
            await foreach (Backup backup in session.Backups.ListAsync(null, token))
                AssertValid(backup);
        }),
        new("get a backup", "GET /v1.0/p/backups/{id}", [Corpus.Backup], async (session, _, token) =>
        {
            Backup found = await session.Backups.GetAsync(Rows.Id(31), cancellationToken: token);
            AssertValid(found);
            Assert.Equal(Rows.Id(31), found.Id, ignoreCase: true);
        }),
    ];

    private static Reader Create(string name, string mutatedRoute, IReadOnlyList<WireAnswer> correctResponses, Action<HostileCloud>? arrange = null, ScheduleRequest? request = null) =>
        new(name, mutatedRoute, correctResponses, async (session, warn, token) =>
        {
            PreparedSchedule prepared = await session.Schedules.PrepareAsync(request ?? Request, null, warn, token);
            _ = prepared.Explain();
            BackupSchedule created = await session.Schedules.CreateAsync(prepared, warn, token);
            AssertValid([created]);
            Assert.Equal(prepared.Id, created.Id);
        }, arrange);

    private static Reader History(string name, string mutatedRoute, IReadOnlyList<WireAnswer> correctResponses, ExecutionQuery? query) => new(name, mutatedRoute, correctResponses, async (session, _, token) =>
    {
        await foreach (ScheduleExecution execution in session.Executions.ListAsync(Rows.Id(1), query, token))
        {
            AssertValid(execution);
            Assert.True(query?.MatchInput == true || execution.ScheduleId == Rows.Id(1) || execution.TriggerId is not null, "It is nobody's run.");
            Assert.True(query is not { States.Count: > 0 } || query.States.Contains(execution.State, StringComparer.OrdinalIgnoreCase), $"It is in the state {execution.State}.");
            Assert.True(query?.After is null || !(execution.ExecutionTime < query.After || execution.ExecutionTime > query.Before), $"It was at {execution.ExecutionTime}.");
        }
    });

    private static Reader WorkbookReader(string name, string mutatedRoute, IReadOnlyList<WireAnswer> correctResponses, bool installs, Action<HostileCloud>? arrange = null) =>
        new(name, mutatedRoute, correctResponses, async (session, warn, token) =>
        {
            InstalledWorkbook found = await (installs ? session.Workbook.InstallAsync(warn: warn, cancellationToken: token) : session.Workbook.GetAsync(token));
            Assert.All([found.Name, found.Workflow], AssertText);
            Assert.All(found.Inputs, Assert.NotNull);
            _ = found.Inputs.ToString();
        }, installs ? cloud =>
        {
            cloud.With("GET /v2/workbooks", Corpus.OldWorkbooks);
            arrange?.Invoke(cloud);
        } : arrange);

    private static void AssertValid(IReadOnlyList<BackupSchedule> schedules)
    {
        foreach (BackupSchedule schedule in schedules)
        {
            Assert.All([schedule.Id, schedule.TriggerId], AssertText);
            Assert.Equal(schedule.Id, schedule.ToString());
            Assert.All([schedule.NextExecutionTime, schedule.FirstExecutionTime, schedule.CreatedAt, schedule.UpdatedAt], AssertUtc);
            try
            {
                _ = ScheduleOccurrences.Of(schedule).Take(3).ToList();
            }
            catch (CronPatternException)
            {
                // The pattern may be unknown.
            }
        }
        Assert.Equal(schedules.OrderBy(schedule => schedule.NextExecutionTime ?? DateTimeOffset.MaxValue).Select(schedule => schedule.NextExecutionTime), schedules.Select(schedule => schedule.NextExecutionTime));
    }

    private static void AssertValid(ScheduleExecution execution)
    {
        Assert.All([execution.Id, execution.State], AssertText);
        Assert.Equal(execution.Id, execution.ToString());
        Assert.All([execution.ExecutionTime, execution.UpdatedAt], AssertUtc);
        Assert.DoesNotContain(execution.Reason ?? "", c => char.IsControl(c) && c != '\n');
        Assert.True(execution.BackupStatus is null || execution.BackupStatus.Length > 0);
    }

    private static void AssertValid(Instance instance)
    {
        AssertText(instance.Id);
        Assert.Equal(instance.Id, instance.ToString());
    }

    private static void AssertValid(Backup backup)
    {
        Assert.All([backup.Id, backup.Status], AssertText);
        Assert.Equal(backup.Id, backup.ToString());
        Assert.All([backup.CreatedAt, backup.UpdatedAt], AssertUtc);
        Assert.True(backup.Size is null || double.IsFinite(backup.Size.Value), $"Its size is {backup.Size}.");
    }

    private static void AssertText(string text) => Assert.NotEqual("", text);

    private static void AssertUtc(DateTimeOffset? time)
    {
        Assert.True(time is null || time.Value.Offset == TimeSpan.Zero);
        _ = time?.ToString("u", CultureInfo.InvariantCulture);
        _ = time?.LocalDateTime;
    }
}

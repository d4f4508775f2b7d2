using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace TroveSchedules.Benchmarks;

/// <summary>The cases on a real Keystone, Mistral and Trove, in the order in which they run.</summary>
internal sealed partial class StackCases(Options options, Stack stack)
{
    public const string Warm = "module, warm";
    public const string Fresh = "module, fresh process";
    public const string EndToEnd = "module, listed and deleted in one pipeline";
    public const string Cli = "CLI";
    public const string Api = "Python API";
    public const string Same = "curl, the same requests";
    public const string OnePage = "curl, one GET";
    public const string Empty = "empty pwsh";
    public const string Import = "pwsh, Import-Module";
    public const string First = "first cmdlet";

    private const int Few = 100, Many = 10_000, Small = 5_000, Large = 50_000;
    private const int Deleted = 1_000, Created = 200, Schedules = 1_000;
    private const int CliDeletes = 30, CliCreates = 10, ApiCounted = 10;
    private const int WarmTimes = 5;
    private const int Starts = 15;
    private const int CreateRounds = 9; // The times of creating and deleting vary by a factor of two.
    private const int PeerPage = 50;
    private static readonly int[] Connections = [1, 4, 8, 16];

    // For schedules, which take long to create. The other numbers are measured once, to show whether the result changes.
    private const int UsualBest = 4;

    // The ids of the executions to delete next.
    private IReadOnlyList<string> _ids = [];

    /// <summary>Number of pages that python-troveclient requests for 50,000 executions. It stops at an empty page.</summary>
    public const int PeerPages = Large / PeerPage + 1;

    public static string CurlOf(int connections) => $"curl, {connections} connection{(connections == 1 ? "" : "s")}";

    /// <summary>The cases with their numbers for <c>--only</c>. Each case is created when its preconditions exist.</summary>
    public IEnumerable<(int Number, Func<Task<Case>> Make)> All() =>
    [
        (7, () => Task.FromResult(Start())),
        (7, () => Task.FromResult(FirstAnswer())),
        (1, async () =>
        {
            await stack.SeedToAsync(Small, Few, stack.Few);
            return ListFew("few-small", $"List {Few} of {Small:N0} executions", PeersInTurns());
        }),
        (4, () => Task.FromResult(Delete())),
        (5, () => Task.FromResult(Create())),
        (6, async () =>
        {
            await stack.SeedSchedulesAsync(Schedules);
            return OfInstance("instance-id", "by the instance's id", stack.InstanceId(1));
        }),
        (6, () => Task.FromResult(OfInstance("instance-name", "by the instance's name", Stack.NameOf(1)))),
        (2, async () =>
        {
            await stack.SeedToAsync(Large, Many, stack.Many);
            return ListFew("few-large", $"List {Few} of {Large:N0} executions", PeersOnce());
        }),
        (3, async () =>
        {
            await stack.SeedToAsync(Large, Many, stack.Many);
            return ListMany();
        }),
    ];

    private Case ListFew(string key, string title, IEnumerable<Side> peers) => new(key, title,
    [
        new Side(Warm, options.Rounds, run => MeasureAsync(run, $"Get-TroveScheduleExecution {stack.Few.Id}", Few)) { PrepareAsync = Warmed(), Times = WarmTimes },
        new Side(Fresh, options.Rounds, run => PwshAsync(run, $"Import-Module '{Options.Module}'; $null = Connect-TroveSession; Get-TroveScheduleExecution {stack.Few.Id}", Few)),
        Replay(Same, Warm, options.Rounds),
        new Side(OnePage, options.Rounds, async run => [await Curl.ReplayAsync(run.Place.Cloud, [OnePageOf(run.Recorded(Warm))])])
        {
            Counting = Counting.Itself, Note = "the rows alone, limit=1000",
        },
        .. peers,
    ])
    {
        Note = "The schedule goes by its id, so the module looks that up first, and the peer as well.",
    };

    private IEnumerable<Side> PeersInTurns() =>
    [
        new Side(Api, options.SlowRounds, run => PeerAsync(run, Ask("executions", stack.Few.Id), Few)) { PrepareAsync = run => run.Place.PeerAsync() },
        new Side(Cli, options.SlowRounds, run => CliAsync(run, Few, "execution-list", stack.Few.Id)),
    ];

    private IEnumerable<Side> PeersOnce()
    {
        if (options.ApiLimit > TimeSpan.Zero)
        {
            yield return new Side(Api, 1, run => PeerAsync(run, Ask("executions", stack.Few.Id), Few, options.ApiLimit))
            {
                PrepareAsync = run => run.Place.PeerAsync(), Counting = Counting.WhileTimed, Note = "through the relay",
            };
        }
        if (options.CliLimit > TimeSpan.Zero)
        {
            yield return new Side(Cli, 1, run => CliAsync(run, Few, options.CliLimit, "execution-list", stack.Few.Id))
            {
                Counting = Counting.WhileTimed, Note = "through the relay",
            };
        }
    }

    private Case ListMany() => new("many-large", $"List {Many:N0} of {Large:N0} executions",
    [
        new Side(Warm, options.BulkRounds, run => MeasureAsync(run, "$many | Get-TroveScheduleExecution", Many)) { PrepareAsync = Warmed($"$many = Get-TroveBackupSchedule -Id {stack.Many.Id}") },
        Replay(Same, Warm, options.BulkRounds),
    ])
    {
        Parts = ["first", "growth"],
        Note = "The schedule was read before. `first` is when the first object came, or curl's first page.",
    };

    private Case Delete() => new("delete", $"Delete {Deleted:N0} executions",
    [
        new Side(Warm, options.BulkRounds, run => DeletedAsync(Warm, MeasureAsync(run, "$executions | Remove-TroveScheduleExecution -Confirm:$false", 0)))
        {
            PrepareAsync = Rows(run => SendAsync(run, $"$executions = @(Get-TroveScheduleExecution {stack.Fleeting.Id})")),
        },
        new Side(EndToEnd, options.BulkRounds, run =>
            DeletedAsync(EndToEnd, MeasureAsync(run, $"Get-TroveScheduleExecution {stack.Fleeting.Id} | Remove-TroveScheduleExecution -Confirm:$false", 0))) { PrepareAsync = Rows(Warmed()) },
        .. Connections.Select(connections => new Side(CurlOf(connections), options.BulkRounds, run =>
            DeletedAsync(CurlOf(connections), OneAsync(Curl.BulkAsync(run.Place.Cloud, [.. _ids.Select(id => Mistral("DELETE", $"/executions/{id}"))], connections))))
        {
            PrepareAsync = Rows(), Counting = Counting.Itself,
        }),
        new Side(Api, options.BulkRounds, run => DeletedAsync(Api, PeerAsync(run, new JsonObject { ["do"] = "delete-executions", ["ids"] = new JsonArray([.. _ids.Select(id => JsonValue.Create(id))]) }, run.Size)))
        {
            PrepareAsync = Rows(run => run.Place.PeerAsync()), Counted = ApiCounted,
        },
        new Side(Cli, 1, run => DeletedAsync(Cli, EachAsync(run, _ids.Select(id => new[] { "execution-delete", id }))))
        {
            PrepareAsync = Rows(), Sampled = CliDeletes, Counted = 1, Note = $"{CliDeletes} calls, scaled",
        },
    ])
    {
        Size = Deleted,
        Note = "Each side gets its own new rows. The first has them as objects already.",
    };

    private Case Create() => new("create", $"Create, then delete, {Created} schedules",
    [
        new Side(Warm, CreateRounds, async run => [Sample.Sum(
            ("create", (await MeasureAsync(run, "$global:made = $rows | New-TroveBackupSchedule; $made", run.Size))[0]),
            ("delete", (await MeasureAsync(run, "$made | Remove-TroveBackupSchedule -Confirm:$false", 0))[0]))])
        {
            PrepareAsync = Warmed($"$rows = '{string.Join(' ', Enumerable.Range(1, Created).Select(stack.InstanceId))}' -split ' ' | ForEach-Object {{ [pscustomobject]@{{ Instance = $_; Pattern = '0 3 * * *'; Name = 'bench' }} }}"),
        },
        .. Connections.Select(connections => new Side(CurlOf(connections), connections == UsualBest ? CreateRounds : 1, run => BulkAsync(run, connections))
        {
            Counting = Counting.Itself,
        }),
        new Side(Api, CreateRounds, async run => [Sample.Sum(
            ("create", (await PeerAsync(run, new JsonObject { ["do"] = "create", ["rows"] = RowsToCreate(run.Size) }, run.Size))[0]),
            ("delete", (await PeerAsync(run, new JsonObject { ["do"] = "delete-made" }, run.Size))[0]))])
        {
            PrepareAsync = run => run.Place.PeerAsync(), Counted = ApiCounted,
        },
        new Side(Cli, 1, CliBothAsync) { Sampled = CliCreates, Counted = 1, Note = $"{CliCreates} calls each, scaled" },
    ])
    {
        Size = Created,
        Parts = ["create", "delete"],
        Note = "Each is of another instance, which goes by its id.",
    };

    private Case OfInstance(string key, string how, string instance) => new(key, $"List one instance's schedules among {Schedules:N0}, {how}",
    [
        new Side(Warm, options.Rounds, run => MeasureAsync(run, $"Get-TroveBackupSchedule {instance}", Schedules / Stack.Instances)) { PrepareAsync = Warmed(), Times = WarmTimes },
        new Side(Fresh, options.Rounds, run => PwshAsync(run, $"Import-Module '{Options.Module}'; $null = Connect-TroveSession; Get-TroveBackupSchedule {instance}", Schedules / Stack.Instances)),
        Replay(Same, Warm, options.Rounds),
        .. Guid.TryParse(instance, out _)
            ? new[] { new Side(Api, options.Rounds, run => PeerAsync(run, Ask("schedules", instance), Schedules / Stack.Instances)) { PrepareAsync = run => run.Place.PeerAsync() } }
            : [],
        new Side(Cli, options.Rounds, run => CliAsync(run, Schedules / Stack.Instances, "schedule-list", instance)),
    ]);

    private static Case Start() => new("start", "Start",
    [
        new Side(Empty, Starts, run => PwshAsync(run, "exit", 0)) { Counting = Counting.Itself },
        new Side(Import, Starts, run => PwshAsync(run, $"Import-Module '{Options.Module}'; exit", 0)) { Counting = Counting.Itself },
    ]);

    private Case FirstAnswer() => new("first", "First answer in a fresh process: Get-TroveBackupSchedule, which connects by OS_*",
    [
        new Side(First, Starts, async run =>
        {
            Benchmarks.Fresh fresh = await Pwsh(run,
                $"Import-Module '{Options.Module}'; $clock = [Diagnostics.Stopwatch]::StartNew(); $null = Get-TroveBackupSchedule; $clock.Elapsed.TotalSeconds.ToString('R', [cultureinfo]::InvariantCulture)");
            return [fresh.Sample with { Seconds = double.Parse(fresh.Output, CultureInfo.InvariantCulture) }];
        }) { Note = "after Import-Module" },
        Replay(Same, First, options.Rounds),
    ]);

    private static JsonObject Ask(string what, string id) => new() { ["do"] = what, ["id"] = id };

    private Side Replay(string name, string of, int rounds) => new(name, rounds, async run => [await Curl.ReplayAsync(run.Place.Cloud, run.Recorded(of))]) { Counting = Counting.Itself };

    private static Recorded OnePageOf(IReadOnlyList<Recorded> requests) =>
        requests.First(request => request.PathAndQuery.Contains("/executions?", StringComparison.Ordinal)) is var page
            ? page with { PathAndQuery = Limit().Replace(page.PathAndQuery, "limit=1000") }
            : page;

    private static Func<Run, Task> Warmed(string? script = null) => run => script is null ? run.Place.ModuleAsync() : SendAsync(run, script);

    private static async Task<JsonNode> SendAsync(Run run, string script) => (await (await run.Place.ModuleAsync()).SendAsync(new JsonObject { ["script"] = script }))!;

    private static async Task<IReadOnlyList<Sample>> MeasureAsync(Run run, string script, int expected)
    {
        JsonArray answers = (await SendAsync(run, $"Measure-Run {{ {script} }} {run.Times}"))["value"]!.AsArray();
        Require(script, expected, answers.Select(response => (int)response!["count"]!));
        return [.. answers.Select(response => new Sample((double)response!["seconds"]!)
        {
            Peak = (long)response["peak"]!,
            Parts = new Dictionary<string, double> { ["first"] = (double)response["first"]!, ["growth"] = (double)response["growth"]! },
        })];
    }

    private static async Task<IReadOnlyList<Sample>> PeerAsync(Run run, JsonObject request, int expected, TimeSpan? limit = null)
    {
        if (await (await run.Place.PeerAsync()).SendAsync(request, limit) is not { } response)
            return [new Sample(limit!.Value.TotalSeconds) { CutOff = true }];
        Require((string)request["do"]!, expected, [(int)response["count"]!]);
        return [new Sample((double)response["seconds"]!) { Peak = (long)response["peak"]! }];
    }

    private static Task<Fresh> Pwsh(Run run, string script) => Benchmarks.Fresh.RunAsync("pwsh", ["-NoProfile", "-NonInteractive", "-Command", script], run.Place.Cloud.Environment);

    private static async Task<IReadOnlyList<Sample>> PwshAsync(Run run, string script, int expected)
    {
        Fresh fresh = await Pwsh(run, script);
        Require(script, expected, [Row().Count(fresh.Output)]);
        return [fresh.Sample];
    }

    private static Task<IReadOnlyList<Sample>> CliAsync(Run run, int expected, params string[] arguments) => CliAsync(run, expected, null, arguments);

    private static async Task<IReadOnlyList<Sample>> CliAsync(Run run, int expected, TimeSpan? limit, params string[] arguments)
    {
        Fresh fresh = await Trove(run, arguments, limit);
        if (!fresh.CutOff)
            Require(string.Join(' ', arguments), expected, [Row().Count(fresh.Output)]);
        return [fresh.Sample];
    }

    // Debian's client, changed so that it can use Mistral with a Keystone that has domains.
    private static Task<Fresh> Trove(Run run, IEnumerable<string> arguments, TimeSpan? limit = null) =>
        Benchmarks.Fresh.RunAsync(Path.Combine(Options.Root, "tests/stack/bin/trove"), arguments, run.Place.Cloud.Environment, limit);

    private static async Task<IReadOnlyList<Sample>> EachAsync(Run run, IEnumerable<string[]> calls)
    {
        double seconds = 0;
        long peak = 0;
        foreach (string[] call in calls)
        {
            Fresh fresh = await Trove(run, call);
            seconds += fresh.Seconds;
            peak = Math.Max(peak, fresh.Peak);
        }
        return [new Sample(seconds) { Peak = peak }];
    }

    private static async Task<IReadOnlyList<Sample>> OneAsync(Task<Sample> sample) => [await sample];

    // Creates new rows, and then prepares the side that deletes them.
    private Func<Run, Task> Rows(Func<Run, Task>? and = null) => async run =>
    {
        _ids = await stack.FreshAsync(run.Size);
        if (and is not null)
            await and(run);
    };

    private async Task<IReadOnlyList<Sample>> DeletedAsync(string name, Task<IReadOnlyList<Sample>> work)
    {
        IReadOnlyList<Sample> samples = await work;
        await stack.RequireGoneAsync(name);
        return samples;
    }

    private JsonArray RowsToCreate(int count) => new([.. Enumerable.Range(1, count).Select(i =>
        (JsonNode)new JsonObject { ["Instance"] = stack.InstanceId(i), ["Pattern"] = "0 3 * * *", ["Name"] = $"bench-{i}" })]);

    private async Task<IReadOnlyList<Sample>> BulkAsync(Run run, int connections)
    {
        List<JsonObject> bodies = [.. Enumerable.Range(1, run.Size).Select(i => stack.TriggerOf(stack.InstanceId(i), $"bench-{i}"))];
        Sample create = await Curl.BulkAsync(run.Place.Cloud, [.. bodies.Select(body => Mistral("POST", "/cron_triggers", body.ToJsonString()))], connections);
        Sample delete = await Curl.BulkAsync(run.Place.Cloud, [.. bodies.Select(body => Mistral("DELETE", $"/cron_triggers/{(string)body["name"]!}"))], connections);
        return [Sample.Sum(("create", create), ("delete", delete))];
    }

    private async Task<IReadOnlyList<Sample>> CliBothAsync(Run run)
    {
        double create = 0, delete = 0;
        long peak = 0;
        for (int i = 1; i <= run.Size; i++)
        {
            Fresh created = await Trove(run, ["schedule-create", stack.InstanceId(i), "0 3 * * *", $"bench-{i}"]);
            Fresh deleted = await Trove(run, ["schedule-delete", IdRow().Match(created.Output).Groups[1].Value]);
            create += created.Seconds;
            delete += deleted.Seconds;
            peak = Math.Max(peak, Math.Max(created.Peak, deleted.Peak));
        }
        return [Sample.Sum(("create", new Sample(create) { Peak = peak }), ("delete", new Sample(delete)))];
    }

    private static Recorded Mistral(string method, string path, string? body = null) => new(1, method, "/v2" + path, body, 0);

    private static void Require(string what, int expected, IEnumerable<int> counts)
    {
        foreach (int count in counts.Where(count => count != expected))
            throw new InvalidOperationException($"{what} gave {count} rows, not {expected}.");
    }

    // A line of a table, of the module or of the peer, that starts with an id.
    [GeneratedRegex(@"^(\| (b')?)?[0-9a-f]{8}-[0-9a-f]{4}-", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| id +\| (?:b')?([0-9a-f-]{36})", RegexOptions.Multiline)]
    private static partial Regex IdRow();

    [GeneratedRegex(@"(?<=[?&])limit=\d+")]
    private static partial Regex Limit();
}

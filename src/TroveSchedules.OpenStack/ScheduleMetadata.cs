using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>
/// What this project stores about a schedule in its cron trigger: a JSON object under <c>workflow_params.env.trove_schedules</c>. Mistral passes it to the executions, and other clients ignore it.
/// Other users may have edited it.
/// </summary>
internal sealed record ScheduleMetadata
{
    private const string Key = "trove_schedules";
    private const int CurrentVersion = 1;

    /// <summary>The version of this format. A newer version is not understood.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The ids of the triggers that the schedule had before, newest first.</summary>
    public IReadOnlyList<string> EarlierTriggers { get; init => field = value ?? []; } = [];

    /// <summary>When the schedule was created, in UTC, because each change creates a new trigger; null before the first change.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The suspension; null for a schedule that is not suspended.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>The owner of the plan that the schedule belongs to; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>The number of executions that was asked for last, while the trigger's own number counts down; null for no limit, and for a schedule without an owner.</summary>
    public int? RequestedExecutions { get; init; }

    /// <summary>Only in the trigger that keeps a new definition during a change: what it will replace.</summary>
    public Replacement? Replacement { get; init; }

    /// <summary>Why the stored object cannot be used; null if it can.</summary>
    [JsonIgnore]
    public string? Problem { get; init; }

    /// <summary>Reads the metadata of a trigger. Without any, or with a <see cref="Problem"/>, all properties have their defaults.</summary>
    public static ScheduleMetadata Of(CronTrigger trigger)
    {
        // Most triggers have none, and parsing takes longer than this search.
        if (trigger.WorkflowParams?.Contains(Key) != true)
            return new ScheduleMetadata();
        try
        {
            if (Root(trigger.WorkflowParams)["env"] is not JsonObject env || env[Key] is not { } stored)
                return new ScheduleMetadata();
            if (stored is JsonObject && stored["version"] is JsonValue number && number.TryGetValue(out int version) && version > CurrentVersion)
                return new ScheduleMetadata { Problem = $"has version {version}, and this module knows version {CurrentVersion}" };
            return stored.Deserialize(WireJson.Default.ScheduleMetadata) is { Version: CurrentVersion } metadata
                ? metadata
                : new ScheduleMetadata { Problem = "has no valid version" };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            return new ScheduleMetadata { Problem = "is not in the form that this module writes" };
        }
    }

    /// <summary>The parameters of a trigger with this metadata. All other parameters stay.</summary>
    /// <param name="workflowParams">The present parameters; null for none.</param>
    public string WriteTo(string? workflowParams)
    {
        JsonObject root = Root(workflowParams);
        if (root["env"] is not JsonObject env)
            root["env"] = env = [];
        env[Key] = JsonSerializer.SerializeToNode(this, WireJson.Default.ScheduleMetadata);
        return root.ToJsonString();
    }

    /// <summary>The name of the trigger that keeps the new definition of a schedule while it is changed. It is derived from the schedule's id, so that every client finds it, and is a UUID, so that it can be addressed by name.</summary>
    public static string ReplacementNameOf(string scheduleId) => DerivedUuid("replacement of " + scheduleId);

    /// <summary>The id of a schedule that a plan creates. It is derived from what identifies the schedule, so that two clients, or a second attempt, cannot create it twice.</summary>
    public static string PlannedIdOf(string projectId, string owner, string instanceId, string name) =>
        DerivedUuid(string.Join("\n", "planned schedule", projectId, instanceId.ToLowerInvariant(), owner, name));

    private static string DerivedUuid(string text)
    {
        using var sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes($"{Key} {text}"));
        byte[] half = new byte[16];
        Array.Copy(hash, half, half.Length);
        return new Guid(half).ToString();
    }

    private static JsonObject Root(string? workflowParams) => string.IsNullOrWhiteSpace(workflowParams) ? [] : JsonNode.Parse(workflowParams!) as JsonObject ?? [];
}

/// <summary>The suspension of a schedule.</summary>
/// <param name="Since">When it was suspended, in UTC.</param>
/// <param name="Reason">The user's reason; null for none.</param>
/// <param name="Until">When it is to be resumed, in UTC; null for no time.</param>
/// <param name="FirstExecutionTime">The schedule's own first time, because a suspended trigger has another one; null for none.</param>
internal sealed record Suspension(DateTimeOffset? Since, string? Reason, DateTimeOffset? Until, DateTimeOffset? FirstExecutionTime);

/// <summary>What a trigger with a new definition will replace.</summary>
/// <param name="ScheduleId">The schedule's id.</param>
/// <param name="TriggerId">The id of the trigger that is replaced.</param>
/// <param name="FirstExecutionTime">The first time of the new definition; null for the pattern's next time.</param>
internal sealed record Replacement(string ScheduleId, string TriggerId, DateTimeOffset? FirstExecutionTime);

using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack;

/// <summary>A workflow's input, decoded from a JSON string inside JSON. Other users may have written it, so invalid parts are treated as absent.</summary>
internal readonly record struct ScheduleInput(string? Instance, string? Name, string? Description, string? ParentId, bool? Incremental)
{
    public static ScheduleInput Parse(string? json) => InnerJson.Read(json, input => new ScheduleInput(
        InnerJson.Text(input, "instance"), InnerJson.Text(input, "name"), InnerJson.Text(input, "description"), InnerJson.Text(input, "parent_id"),
        input.TryGetProperty("incremental", out JsonElement flag) ? flag.ValueKind == JsonValueKind.True : null));

    /// <summary>The keys of an input; empty if it is not an object.</summary>
    public static IReadOnlyCollection<string> KeysOf(string? json) =>
        InnerJson.Read<string[]>(json, input => [.. input.EnumerateObject().Select(property => property.Name)]) ?? [];
}

using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What a service must not leave out. The deserializer sees to it that a property is there, and takes a null for it all the same.</summary>
internal static class Promised
{
    public static string Text(string? value) => value is { Length: > 0 } ? value : throw new JsonException("A text that was promised is null or empty.");

    public static T Object<T>(T? value) where T : class => value ?? throw new JsonException("An object that was promised is null.");

    public static T Rows<T>(T? rows) where T : class, IEnumerable<object?> =>
        rows?.All(row => row is not null) == true ? rows : throw new JsonException("A list that was promised is null, or one of its rows is.");
}

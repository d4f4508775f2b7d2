using System;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TroveSchedules.OpenStack.Http;

/// <summary>The JSON that stands as text inside the services' JSON. Anybody may have written it, so whatever is odd in it counts as not there.</summary>
internal static class InnerJson
{
    /// <summary>Reads an object; where the text is none, the default.</summary>
    public static T? Read<T>(string? text, Func<JsonElement, T?> read)
    {
        if (text is null)
            return default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : default;
        }
        catch (Exception e) when (IsOdd(e))
        {
            return default;
        }
    }

    /// <summary>The text of that name; null where there is none.</summary>
    public static string? Text(JsonElement from, string name)
    {
        if (!from.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether both say the same, in whatever order of keys.</summary>
    public static bool AreEqual(string? one, string? other)
    {
        try
        {
            return one is not null && other is not null && JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other));
        }
        catch (Exception e) when (IsOdd(e))
        {
            return false;
        }
    }

    // How System.Text.Json says that a text is odd: no JSON; half of a surrogate pair, in an escape or as it is; a key that comes twice.
    private static bool IsOdd(Exception e) => e is JsonException or InvalidOperationException or ArgumentException;
}

using System;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Reads JSON that the services store as a string inside JSON. Any user may have written it, so invalid parts are treated as absent.</summary>
internal static class InnerJson
{
    /// <summary>Reads an object; the default value if the text is not a JSON object.</summary>
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

    /// <summary>The string property of that name; null if there is none.</summary>
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

    /// <summary>Whether both texts are equal as JSON. The order of keys does not matter.</summary>
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

    // What System.Text.Json throws for invalid JSON, for a lone surrogate (escaped or not), and for a duplicate key.
    private static bool IsOdd(Exception e) => e is JsonException or InvalidOperationException or ArgumentException;
}

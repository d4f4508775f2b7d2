using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Reads what is posted, and refuses it with the framework's words.</summary>
internal static class RequestBody
{
    /// <summary>Reads the object.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="argument">What the server calls the object.</param>
    /// <param name="known">The attributes that it may have.</param>
    public static JsonMap Read(Ask ask, string argument, IReadOnlyList<string> known)
    {
        if (ask.Body.Length == 0)
            throw MistralFault.Client(400, $"Missing argument: \"{argument}\"");
        if (ask.ContentType is not (null or "application/json" or "text/javascript" or "application/javascript"))
            throw MistralFault.Client(415, "Unknown mimetype: " + ask.ContentType);
        object? body;
        try
        {
            body = Python.Parse(ask.Body);
        }
        catch (JsonException)
        {
            throw MistralFault.Client(400, "Request is not in valid JSON format");
        }
        JsonMap map = body switch
        {
            JsonMap some => some,
            null => throw MistralFault.Server("'NoneType' object has no attribute 'to_dict'"),
            _ => throw MistralFault.Server("'list' object has no attribute 'keys'"),
        };
        List<string> unknown = [.. map.Keys.Where(key => !known.Contains(key))];
        return unknown.Count == 0 ? map : throw MistralFault.Client(400, $"Unknown attribute for argument {argument}: {string.Join(", ", unknown)}");
    }

    /// <summary>An attribute that is JSON: an object, or the text of one. Null where it is not there.</summary>
    public static JsonMap? Json(JsonMap body, string attribute, string argument)
    {
        object? value = body[attribute];
        if (value is string text)
        {
            try
            {
                value = Python.Parse(text);
            }
            catch (JsonException)
            {
                throw Invalid("Expecting value: line 1 column 1 (char 0)");
            }
            if (value is not (null or JsonMap))
                throw MistralFault.Client(400, $"JsonType field value must be a dictionary [actual={Python.Repr(value)}]");
        }
        if (value is not (null or JsonMap))
            throw Invalid($"the JSON object must be str, bytes or bytearray, not {(value is bool ? "bool" : value is long ? "int" : value is double ? "float" : "list")}");
        return value as JsonMap;

        Refusal Invalid(string why) =>
            MistralFault.Client(400, $"Invalid input for field/attribute {argument}. Value: '{Python.Repr(body)}'. {why}");
    }
}

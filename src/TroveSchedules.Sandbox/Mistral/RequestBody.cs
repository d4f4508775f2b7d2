using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Parses the JSON body of a request. Errors have the messages of Mistral's web framework.</summary>
internal static class RequestBody
{
    /// <summary>Parses the body as an object.</summary>
    /// <param name="request">The request.</param>
    /// <param name="argument">The server's name for the object, which error messages contain.</param>
    /// <param name="known">The allowed attributes. Any other attribute is an error.</param>
    public static JsonMap Read(Request request, string argument, IReadOnlyList<string> known)
    {
        if (request.Body.Length == 0)
            throw MistralErrors.ClientError(400, $"Missing argument: \"{argument}\"");
        if (request.ContentType is not (null or "application/json" or "text/javascript" or "application/javascript"))
            throw MistralErrors.ClientError(415, "Unknown mimetype: " + request.ContentType);
        object? body;
        try
        {
            body = Python.Parse(request.Body);
        }
        catch (JsonException)
        {
            throw MistralErrors.ClientError(400, "Request is not in valid JSON format");
        }
        JsonMap map = body switch
        {
            JsonMap read => read,
            null => throw MistralErrors.ServerError("'NoneType' object has no attribute 'to_dict'"),
            _ => throw MistralErrors.ServerError("'list' object has no attribute 'keys'"),
        };
        List<string> unknown = [.. map.Keys.Where(key => !known.Contains(key))];
        return unknown.Count == 0 ? map : throw MistralErrors.ClientError(400, $"Unknown attribute for argument {argument}: {string.Join(", ", unknown)}");
    }

    /// <summary>The value of an attribute that contains an object or the JSON text of one. Null if the attribute is missing.</summary>
    public static JsonMap? ReadObject(JsonMap body, string attribute, string argument)
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
                throw MistralErrors.ClientError(400, $"JsonType field value must be a dictionary [actual={Python.Repr(value)}]");
        }
        if (value is not (null or JsonMap))
            throw Invalid($"the JSON object must be str, bytes or bytearray, not {(value is bool ? "bool" : value is long ? "int" : value is double ? "float" : "list")}");
        return value as JsonMap;

        ErrorResponseException Invalid(string reason) =>
            MistralErrors.ClientError(400, $"Invalid input for field/attribute {argument}. Value: '{Python.Repr(body)}'. {reason}");
    }
}

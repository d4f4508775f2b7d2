using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>What a service answers.</summary>
internal sealed class Answer(int status, byte[] body, string? contentType)
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public Answer(int status, string? body, string? contentType = "application/json")
        : this(status, Encoding.UTF8.GetBytes(body ?? ""), contentType)
    {
    }

    public int Status => status;

    /// <summary>The words of a fault; empty where it has none.</summary>
    public string Words => body.Length > 0 && Python.Parse(Encoding.UTF8.GetString(body)) is JsonMap map && map.FirstOrDefault().Value is JsonMap fault ? fault.Text("message") ?? "" : "";

    /// <summary>An answer with a body of JSON.</summary>
    public static Answer Json(int status, object? body) => new(status, Python.JsonBytes(body), "application/json");

    /// <summary>204.</summary>
    public static Answer NoContent() => new(204, [], null);

    public Answer With(string header, string value)
    {
        _headers.Add(new KeyValuePair<string, string>(header, value));
        return this;
    }

    public HttpResponseMessage ToResponse(HttpRequestMessage request, DateTime now)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content, RequestMessage = request };
        if (status == 422)
            response.ReasonPhrase = "Unprocessable Entity"; // .NET Framework does not know it.
        response.Headers.Date = now;
        foreach (KeyValuePair<string, string> header in _headers)
        {
            if (!response.Headers.TryAddWithoutValidation(header.Key, header.Value))
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        return response;
    }
}

/// <summary>Ends a request with an answer that is no success.</summary>
internal sealed class Refusal(Answer answer) : Exception
{
    public Answer Answer => answer;
}

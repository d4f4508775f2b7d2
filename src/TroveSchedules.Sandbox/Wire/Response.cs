using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>A response of a service.</summary>
internal sealed class Response(int status, byte[] body, string? contentType)
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public Response(int status, string? body, string? contentType = "application/json")
        : this(status, Encoding.UTF8.GetBytes(body ?? ""), contentType)
    {
    }

    public int Status => status;

    /// <summary>The message of a Trove fault; empty for other responses.</summary>
    public string FaultMessage =>
        body.Length > 0 && Python.Parse(Encoding.UTF8.GetString(body)) is JsonMap map && map.FirstOrDefault().Value is JsonMap fault ? fault.GetString("message") ?? "" : "";

    /// <summary>A response with a JSON body.</summary>
    public static Response Json(int status, object? body) => new(status, Python.JsonBytes(body), "application/json");

    /// <summary>204.</summary>
    public static Response NoContent() => new(204, [], null);

    public Response WithHeader(string header, string value)
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
            response.ReasonPhrase = "Unprocessable Entity"; // .NET Framework has no name for 422.
        response.Headers.Date = now;
        foreach (KeyValuePair<string, string> header in _headers)
        {
            if (!response.Headers.TryAddWithoutValidation(header.Key, header.Value))
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        return response;
    }
}

/// <summary>Ends a request with an error response.</summary>
internal sealed class ErrorResponseException(Response response) : Exception
{
    public Response Response => response;
}

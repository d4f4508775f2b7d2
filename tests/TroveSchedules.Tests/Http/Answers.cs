using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Tests.Http;

/// <summary>Responses of a service to a request, and network errors.</summary>
internal static class Answers
{
    public static Answer Json(int status, string body, params (string Name, string Value)[] headers) =>
        Text(status, body, "application/json", headers);

    public static Answer Ok(string body) => Json(200, body);

    public static Answer Html(int status, string body, params (string Name, string Value)[] headers) =>
        Text(status, body, "text/html", headers);

    public static Answer Status(int status, params (string Name, string Value)[] headers) =>
        Text(status, "", null, headers);

    public static Answer Fault(int status, string faultstring) =>
        Json(status, $$"""{"faultcode": "Client", "faultstring": {{System.Text.Json.JsonSerializer.Serialize(faultstring)}}, "debuginfo": null}""");

    /// <summary>Trove's 404.</summary>
    public static Answer TroveNotFound { get; } = Json(404, """{"itemNotFound": {"code": 404, "message": "Resource x cannot be found."}}""");

    public static Answer NotFound { get; } = Fault(404, "Cron trigger not found [identifier=x]");

    /// <summary>The connection breaks before a response arrives.</summary>
    public static Answer Reset { get; } = Fails(SocketError.ConnectionReset);

    /// <summary>The network fails with this error.</summary>
    public static Answer Fails(SocketError error) => (_, _) =>
        throw new HttpRequestException("An error occurred while sending the request.", new IOException("Unable to read data.", new SocketException((int)error)));

    /// <summary>The connection is refused.</summary>
    public static Answer Refused { get; } = (_, _) =>
        throw new HttpRequestException("Connection refused (cloud:1)", new SocketException((int)SocketError.ConnectionRefused));

    /// <summary>The host name cannot be resolved.</summary>
    public static Answer UnknownHost { get; } = (_, _) =>
        throw new HttpRequestException("Name or service not known (cloud:1)", new SocketException((int)SocketError.HostNotFound));

    /// <summary>No response ever arrives.</summary>
    public static Answer Silence { get; } = async (_, cancellationToken) =>
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("Nothing ends silence but its cancellation.");
    };

    /// <summary>A response with status 200 and this stream as its body.</summary>
    public static Answer Body(Func<Stream> body) => (_, _) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body()) });

    /// <summary>The service executes the request first. The second reaction decides what the client receives.</summary>
    public static Answer After(Action<RecordedRequest> action, Answer then) => (request, cancellationToken) =>
    {
        action(request);
        return then(request, cancellationToken);
    };

    public static Answer Text(int status, string body, string? type, (string Name, string Value)[] headers) => (_, _) =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (type is not null)
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(type) { CharSet = "utf-8" };
        foreach ((string name, string value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return Task.FromResult(response);
    };
}

/// <summary>A body that breaks off with an exception.</summary>
internal sealed class BreakingStream(string start, Exception exception) : MemoryStream(Encoding.UTF8.GetBytes(start))
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Position < Length ? base.ReadAsync(buffer, cancellationToken) : ValueTask.FromException<int>(exception);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}

using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Tests.Keystone;

/// <summary>Answers as told, and keeps what was asked.</summary>
internal sealed class StubHandler(Func<HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<(HttpMethod Method, Uri Url, string Body, string? ContentType)> Requests { get; } = [];

    public static HttpResponseMessage Json(HttpStatusCode status, string body, string? token = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null)
            response.Headers.Add("X-Subject-Token", token);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request.Method, request.RequestUri!, body, request.Content?.Headers.ContentType?.ToString()));
        return answer();
    }
}

internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}

using System;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Dashboard;

/// <summary>
/// Decides which requests get in. The address that the user opens has a key that works once. It is exchanged for a cookie, which every other request needs. A request for another host is refused, because a page of
/// another site can point its own name to the loopback address (DNS rebinding). A change also needs the origin of the dashboard, and a token that only its pages have (CSRF).
/// </summary>
internal sealed class RequestGate(int port)
{
    public const string KeyPath = "/open";

    // A browser sends the cookies of a host to all of its ports, and there may be several dashboards.
    private readonly string _cookieName = FormattableString.Invariant($"trove-dashboard-{port}");
    private readonly string _cookie = NewSecret();
    private readonly TaskCompletionSource<bool> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _key = NewSecret();

    /// <summary>The host and port of the dashboard.</summary>
    public string Host { get; } = FormattableString.Invariant($"127.0.0.1:{port}");

    /// <summary>The token of forms.</summary>
    public string FormToken { get; } = NewSecret();

    /// <summary>The address to open. It works once.</summary>
    public Uri Address => new($"http://{Host}{KeyPath}?key={_key}");

    /// <summary>Completes when the address was opened.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Checks a request before anything else is done with it. Returns the response to send, or null if the request may get in.</summary>
    public Response? Check(HttpListenerRequest request)
    {
        if (request.RemoteEndPoint is not { Address: { } address } || !IPAddress.IsLoopback(address))
            return Response.Refused(HttpStatusCode.Forbidden, "The dashboard is for this machine only.");
        if (request.UserHostName != Host)
            return Response.Refused(HttpStatusCode.Forbidden, "The dashboard does not have this name.");
        if (request.HttpMethod is not ("GET" or "POST"))
            return Response.Refused(HttpStatusCode.MethodNotAllowed, "The dashboard knows GET and POST only.");
        if (request.Url is not { } url)
            return Response.Refused(HttpStatusCode.BadRequest, "The address cannot be read.");
        if (url.AbsolutePath == KeyPath)
            return request.HttpMethod == "GET" ? Exchange(request.QueryString["key"]) : Response.Refused(HttpStatusCode.MethodNotAllowed, "The key is sent with GET.");
        if (!AreEqual(request.Cookies[_cookieName]?.Value, _cookie))
            return Response.Refused(HttpStatusCode.Forbidden, "The address of the dashboard works once, in one browser. Run Show-TroveDashboard again for a new one.");
        return request.HttpMethod == "POST" && request.Headers["Origin"] != $"http://{Host}" ? Response.Refused(HttpStatusCode.Forbidden, "A change must come from a page of the dashboard.") : null;
    }

    /// <summary>Whether a form has the token of the dashboard's own pages.</summary>
    public bool HasToken(FormValues form) => AreEqual(form["token"], FormToken);

    private Response Exchange(string? key)
    {
        string? expected = Volatile.Read(ref _key);
        if (!AreEqual(key, expected) || Interlocked.CompareExchange(ref _key, null, expected) != expected)
            return Response.Refused(HttpStatusCode.Forbidden, "The key of the address is wrong, or was used before. Run Show-TroveDashboard again for a new one.");
        _opened.TrySetResult(true);
        // A browser that came here from another site or from a file does not send the cookie with a redirect, because it is SameSite=Strict. It does when this page sends it on.
        return new Response(HttpStatusCode.OK, Response.Html, PageRenderer.Render("open", new { })) with { Cookie = $"{_cookieName}={_cookie}; Path=/; HttpOnly; SameSite=Strict" };
    }

    private static string NewSecret()
    {
        byte[] bytes = new byte[32];
        using var random = RandomNumberGenerator.Create();
        random.GetBytes(bytes);
        return Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    // Takes the same time wherever the texts differ.
    private static bool AreEqual(string? given, string? expected)
    {
        if (given is null || expected is null)
            return false;
        byte[] left = Encoding.UTF8.GetBytes(given), right = Encoding.UTF8.GetBytes(expected);
        int difference = left.Length ^ right.Length;
        for (int i = 0; i < left.Length; i++)
            difference |= left[i] ^ right[i % right.Length];
        return difference == 0;
    }
}

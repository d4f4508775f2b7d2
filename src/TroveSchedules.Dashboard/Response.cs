using System.Net;

namespace TroveSchedules.Dashboard;

/// <summary>What a request gets.</summary>
internal sealed record Response(HttpStatusCode Status, string ContentType, string Body)
{
    public const string Html = "text/html; charset=utf-8";

    /// <summary>Where the browser goes next; null for nowhere.</summary>
    public string? Location { get; init; }

    public string? Cookie { get; init; }

    /// <summary>Where the browser goes after a second, without a click and without a script; null for nowhere.</summary>
    public string? Next { get; init; }

    /// <summary>The request after a form that was carried out, so that reloading the page does not repeat the change.</summary>
    public static Response See(string location) => new(HttpStatusCode.SeeOther, Html, "") { Location = location };

    /// <summary>Plain text for a request that did not get in. It has nothing of the request in it.</summary>
    public static Response Refused(HttpStatusCode status, string text) => new(status, "text/plain; charset=utf-8", text + "\n");
}

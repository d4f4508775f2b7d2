using System;
using System.Linq;
using System.Text.RegularExpressions;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Validates the URLs of services, and converts them to the form that the library uses.</summary>
internal static class CloudUrl
{
    private static readonly Regex KeystoneVersion = new(@"/v(3|2\.0)$", RegexOptions.CultureInvariant);
    private static readonly Regex MistralVersion = new("/v2$", RegexOptions.CultureInvariant);
    private static readonly Regex TroveVersion = new(@"/v1\.0(/[^/]*)?$", RegexOptions.CultureInvariant);
    private static readonly Regex ProjectPlaceholder = new(@"[$%]\((project|tenant)_id\)s", RegexOptions.CultureInvariant);
    private static readonly Regex LeftOver = new(@"[$%]\(|[{}]", RegexOptions.CultureInvariant);

    private static readonly Advice AddressAlone = new("Give the service's address alone, such as https://cloud.example.org:5000/v3.");

    /// <summary>The URL for token requests. A configured <c>/v2.0</c> is replaced by <c>/v3</c>, because Keystone removed v2.0 years ago.</summary>
    /// <param name="authUrl">Keystone's URL, with or without version and final slash.</param>
    public static Uri Tokens(Uri authUrl) =>
        new(KeystoneVersion.Replace(Checked(authUrl.OriginalString, "The auth URL"), "") + "/v3/auth/tokens");

    /// <summary>The identity of a cloud as text, independent of how its URL is written: Keystone's URL without version, and the region.</summary>
    public static string Origin(string keystone, string? region) =>
        $"{KeystoneVersion.Replace(Checked(keystone, "Keystone's address"), "")} {(region is null ? "" : ServiceError.Printable(region, 255))}".TrimEnd();

    /// <summary>Mistral's URL, ending in <c>/v2</c>.</summary>
    /// <param name="url">The URL from the settings or from the catalog.</param>
    /// <param name="projectId">The session's project.</param>
    /// <param name="isConfigured">Whether the URL comes from the settings.</param>
    public static Uri Mistral(string url, string projectId, bool isConfigured) =>
        new(MistralVersion.Replace(Endpoint(url, projectId, isConfigured, "Mistral", Settings.WorkflowEndpoint), "") + "/v2");

    /// <summary>Trove's URL, ending in <c>/v1.0/</c> and the session's project id, which replaces any project id in a configured URL.</summary>
    /// <inheritdoc cref="Mistral" path="/param"/>
    public static Uri Trove(string url, string projectId, bool isConfigured) =>
        new($"{TroveVersion.Replace(Endpoint(url, projectId, isConfigured, "Trove", Settings.DatabaseEndpoint), "")}/v1.0/{projectId}");

    /// <summary>An absolute http or https URL without user, password, query or fragment.</summary>
    /// <exception cref="TroveScheduleException">The text is not such a URL. The message omits the text, because it may contain a password.</exception>
    public static Uri Parse(string url, string what)
    {
        Checked(url, what);
        return new Uri(url); // Unchanged, because it may contain placeholders for the project.
    }

    /// <summary>A URL without user, password, query and fragment.</summary>
    public static string Shown(Uri url) =>
        url.IsAbsoluteUri ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "(a relative URL)";

    /// <summary>A URL from a server or a file, in which <c>***</c> replaces user and password, query, and fragment.</summary>
    public static string Masked(Uri url) =>
        $"{url.Scheme}://{(url.UserInfo.Length > 0 ? "***@" : "")}{url.Authority}{url.AbsolutePath}{(url.Query.Length > 0 ? "?***" : url.Fragment.Length > 0 ? "#***" : "")}";

    /// <summary>Whether others can read the traffic: the URL uses plain http to another machine.</summary>
    public static bool IsOpen(Uri url) => url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback;

    private static string Endpoint(string url, string projectId, bool isConfigured, string service, string setting)
    {
        string address = ProjectPlaceholder.Replace(url, _ => projectId);
        string what = isConfigured ? $"{service}'s endpoint" : $"The address of {service} in the catalog";
        Advice advice = isConfigured ? AddressAlone : new($"Set {setting} to {service}'s address, or tell those who run the cloud.", setting);
        return LeftOver.IsMatch(address)
            ? throw Wrong($"{what} holds a placeholder, and only the one of the project is replaced.", advice)
            : Checked(address, what, advice);
    }

    // Without the final slash.
    private static string Checked(string url, string what, Advice? advice = null)
    {
        string? problem =
            !Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || !(uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
                ? "is not an absolute http or https URL"
            : uri.UserInfo.Length > 0 ? "holds a user or a password"
            : uri.Query.Length > 0 || uri.Fragment.Length > 0 || url.Any(c => c is '?' or '#') ? "holds a query or a fragment"
            : null;
        return problem is null
            ? uri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/')
            : throw Wrong($"{what} {problem}.", advice ?? AddressAlone);
    }

    private static TroveScheduleException Wrong(string message, Advice advice) =>
        new(TroveErrorKind.Invalid, message) { ErrorId = "InvalidConfiguration", RecommendedAction = advice.Text, Settings = advice.Settings };
}

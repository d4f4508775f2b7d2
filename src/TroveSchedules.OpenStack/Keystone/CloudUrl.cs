using System;
using System.Linq;
using System.Text.RegularExpressions;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The addresses of services: which are acceptable, and the form in which the rest of this library uses them.</summary>
internal static class CloudUrl
{
    private static readonly Regex KeystoneVersion = new(@"/v(3|2\.0)$", RegexOptions.CultureInvariant);
    private static readonly Regex MistralVersion = new("/v2$", RegexOptions.CultureInvariant);
    private static readonly Regex TroveVersion = new(@"/v1\.0(/[^/]*)?$", RegexOptions.CultureInvariant);
    private static readonly Regex ProjectPlaceholder = new(@"[$%]\((project|tenant)_id\)s", RegexOptions.CultureInvariant);
    private static readonly Regex LeftOver = new(@"[$%]\(|[{}]", RegexOptions.CultureInvariant);

    private static readonly Advice AddressAlone = new("Give the service's address alone, such as https://cloud.example.org:5000/v3.");

    /// <summary>Where tokens are asked for. A Keystone that was configured at <c>/v2.0</c> is asked at <c>/v3</c>: nothing else has been served for years.</summary>
    /// <param name="authUrl">Keystone's address, with or without version and final slash.</param>
    public static Uri Tokens(Uri authUrl) =>
        new(KeystoneVersion.Replace(Checked(authUrl.OriginalString, "The auth URL"), "") + "/v3/auth/tokens");

    /// <summary>A cloud as one text, the same however its address is written: Keystone's address without version, and the region.</summary>
    public static string Origin(string keystone, string? region) =>
        $"{KeystoneVersion.Replace(Checked(keystone, "Keystone's address"), "")} {(region is null ? "" : ServiceError.Printable(region, 255))}".TrimEnd();

    /// <summary>Mistral's address, ending in <c>/v2</c>.</summary>
    /// <param name="url">The address that is configured, or that the catalog has.</param>
    /// <param name="projectId">The session's project.</param>
    /// <param name="isConfigured">Whether the user gave the address.</param>
    public static Uri Mistral(string url, string projectId, bool isConfigured) =>
        new(MistralVersion.Replace(Endpoint(url, projectId, isConfigured, "Mistral", Settings.WorkflowEndpoint), "") + "/v2");

    /// <summary>Trove's address, ending in <c>/v1.0/</c> and the project's id, whichever project the configured address named.</summary>
    /// <inheritdoc cref="Mistral" path="/param"/>
    public static Uri Trove(string url, string projectId, bool isConfigured) =>
        new($"{TroveVersion.Replace(Endpoint(url, projectId, isConfigured, "Trove", Settings.DatabaseEndpoint), "")}/v1.0/{projectId}");

    /// <summary>An absolute address of http or https that names a place and nothing else.</summary>
    /// <exception cref="TroveScheduleException">It is none. The text of it is not repeated, since a password may stand in it.</exception>
    public static Uri Parse(string url, string what)
    {
        Checked(url, what);
        return new Uri(url); // As given: placeholders for the project must survive.
    }

    /// <summary>An address without what it should not hold anyway: a user, a password, a query.</summary>
    public static string Shown(Uri url) =>
        url.IsAbsoluteUri ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "(a relative URL)";

    /// <summary>The same for an address from a server or a file. <c>***</c> stands for a user, a password, a query or a fragment in it.</summary>
    public static string Masked(Uri url) =>
        $"{url.Scheme}://{(url.UserInfo.Length > 0 ? "***@" : "")}{url.Authority}{url.AbsolutePath}{(url.Query.Length > 0 ? "?***" : url.Fragment.Length > 0 ? "#***" : "")}";

    /// <summary>Whether what is sent there can be read on the way: plain http to another machine.</summary>
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

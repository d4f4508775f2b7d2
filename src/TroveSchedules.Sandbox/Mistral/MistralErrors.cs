using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Mistral's error responses.</summary>
internal static class MistralErrors
{
    public static ErrorResponseException ClientError(int status, string message) => Fault(status, "Client", message);

    public static ErrorResponseException ServerError(string message) => Fault(500, "Server", message);

    public static ErrorResponseException Forbidden() => ClientError(403, "Operation forbidden (insufficient permissions)");

    /// <summary>Throws if the query has a parameter that is not in the list.</summary>
    public static void RejectUnknownParameters(Request request, params IEnumerable<string> known)
    {
        foreach (KeyValuePair<string, string> pair in request.Query)
        {
            if (!known.Contains(pair.Key))
                throw ClientError(400, $"Unknown argument: \"{pair.Key}\"");
        }
    }

    /// <summary>The format of the workbook and workflow controllers: only <c>faultstring</c>.</summary>
    public static ErrorResponseException FaultStringOnly(int status, string message) => new(Response.Json(status, new JsonMap { { "faultstring", message } }));

    /// <summary>401. Its body repeats the token.</summary>
    public static Response Unauthorized(Request request, string challenge, string reason) =>
        WebObPage(request, 401, "Unauthorized",
            "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.",
            reason, "\n\n").WithHeader("Server-Error-Message", reason).WithHeader("Www-Authenticate", reason).WithHeader("Www-Authenticate", challenge);

    /// <summary>404 for a path without a controller.</summary>
    public static Response PathNotFound(Request request) => WebObPage(request, 404, "Not Found", "The resource could not be found.", "", "\n\n");

    /// <summary>405.</summary>
    public static Response MethodNotAllowed(Request request, string allowed) =>
        WebObPage(request, 405, "Method Not Allowed", $"The method {request.Method} is not allowed for this resource. ", "", "").WithHeader("Allow", allowed);

    // An error page of WebOb: HTML, JSON or text, depending on the Accept header.
    private static Response WebObPage(Request request, int status, string title, string explanation, string detail, string end)
    {
        string body = $"{explanation}<br /><br />\n{detail}{end}";
        if (request.Accept.Contains("html") || request.Accept.Contains("*/*"))
        {
            return new Response(status,
                $"<html>\n <head>\n  <title>{status} {title}</title>\n </head>\n <body>\n  <h1>{status} {title}</h1>\n  {body}\n </body>\n</html>",
                "text/html; charset=UTF-8");
        }
        return request.Accept.Contains("json")
            ? Response.Json(status, new JsonMap { { "code", status }, { "title", title }, { "description", detail } })
            : new Response(status, $"{status} {title}\n\n{body.Replace('\n', ' ').Replace("<br />", "\n")}", "text/plain; charset=UTF-8");
    }

    private static ErrorResponseException Fault(int status, string code, string message) =>
        new(Response.Json(status, new JsonMap { { "faultcode", code }, { "faultstring", message }, { "debuginfo", null } }));
}

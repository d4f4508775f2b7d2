using System.Collections.Generic;
using System.Linq;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>How Mistral refuses.</summary>
internal static class MistralFault
{
    public static Refusal Client(int status, string message) => Fault(status, "Client", message);

    public static Refusal Server(string message) => Fault(500, "Server", message);

    public static Refusal Forbidden() => Client(403, "Operation forbidden (insufficient permissions)");

    /// <summary>Refuses a parameter that a method does not have.</summary>
    public static void CheckArguments(Ask ask, params IEnumerable<string> known)
    {
        foreach (KeyValuePair<string, string> pair in ask.Query)
        {
            if (!known.Contains(pair.Key))
                throw Client(400, $"Unknown argument: \"{pair.Key}\"");
        }
    }

    /// <summary>What the controllers of workbooks answer: the text alone.</summary>
    public static Refusal Plain(int status, string message) => new(Answer.Json(status, new JsonMap { { "faultstring", message } }));

    /// <summary>401, whose page repeats the token.</summary>
    public static Answer Unauthorized(Ask ask, string challenge, string why) =>
        Framework(ask, 401, "Unauthorized",
            "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.",
            why, "\n\n").With("Server-Error-Message", why).With("Www-Authenticate", why).With("Www-Authenticate", challenge);

    /// <summary>404 for a path that no controller has.</summary>
    public static Answer NoSuchPath(Ask ask) => Framework(ask, 404, "Not Found", "The resource could not be found.", "", "\n\n");

    /// <summary>405.</summary>
    public static Answer NoSuchMethod(Ask ask, string allowed) =>
        Framework(ask, 405, "Method Not Allowed", $"The method {ask.Method} is not allowed for this resource. ", "", "").With("Allow", allowed);

    // WebOb's own pages: HTML, JSON or text, as the request would like it.
    private static Answer Framework(Ask ask, int status, string title, string explanation, string detail, string end)
    {
        string body = $"{explanation}<br /><br />\n{detail}{end}";
        if (ask.Accept.Contains("html") || ask.Accept.Contains("*/*"))
        {
            return new Answer(status,
                $"<html>\n <head>\n  <title>{status} {title}</title>\n </head>\n <body>\n  <h1>{status} {title}</h1>\n  {body}\n </body>\n</html>",
                "text/html; charset=UTF-8");
        }
        return ask.Accept.Contains("json")
            ? Answer.Json(status, new JsonMap { { "code", status }, { "title", title }, { "description", detail } })
            : new Answer(status, $"{status} {title}\n\n{body.Replace('\n', ' ').Replace("<br />", "\n")}", "text/plain; charset=UTF-8");
    }

    private static Refusal Fault(int status, string code, string message) =>
        new(Answer.Json(status, new JsonMap { { "faultcode", code }, { "faultstring", message }, { "debuginfo", null } }));
}

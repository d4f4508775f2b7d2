using System.Collections.Generic;
using System.Globalization;
using System;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Trove;

/// <summary>Trove v1.0: read-only instances, and backups.</summary>
internal sealed class TroveService
{
    private readonly SandboxOptions _options;
    private readonly KeystoneService _keystone;

    public TroveService(SandboxOptions options, Scheduler scheduler, IdGenerator ids, KeystoneService keystone)
    {
        _options = options;
        _keystone = keystone;
        Instances = new InstancesResource(this, options, scheduler, keystone.Accounts);
        Backups = new BackupsResource(this, options, scheduler, ids);
    }

    public InstancesResource Instances { get; }

    public BackupsResource Backups { get; }

    /// <summary>The start of every link. Like the real Trove, it uses the configured address, and https even on a plain http server.</summary>
    public string LinkBase => "https://" + _options.TroveUrl.Authority;

    public Response Handle(Request request)
    {
        string[] path = request.Path;
        if (path[0].Length == 0)
        {
            return Response.Json(200, new JsonMap
            {
                {
                    "versions", new List<object?>
                    {
                        new JsonMap
                        {
                            { "id", "v1.0" }, { "status", "CURRENT" }, { "updated", "2012-08-01T00:00:00Z" },
                            { "links", new List<object?> { new JsonMap { { "rel", "self" }, { "href", _options.TroveUrl.AbsoluteUri.TrimEnd('/') + "/v1.0/" } } } },
                        },
                    }
                },
            });
        }
        Token caller = _keystone.FindValidToken(request.Header("X-Auth-Token")) ?? throw new ErrorResponseException(new Response(401,
            "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\", \"message\": \"The request you have made requires authentication.\"}}")
            .WithHeader("Www-Authenticate", _keystone.Challenge));
        if (path.Length < 3 || path[0] != "v1.0")
            throw NotFound();
        if (path[1] != caller.ProjectId)
            throw WrongProject(request, caller);

        return (request.Method, path[2], path.Length) switch
        {
            ("GET", "instances", 3) => Instances.List(request, caller, false),
            ("GET", "instances", 4) when path[3] == "detail" => Instances.List(request, caller, true),
            ("GET", "instances", 4) => Instances.Show(request, caller, path[3]),
            ("GET", "instances", 5) when path[4] == "backups" => Backups.List(request, caller, path[3]),
            ("GET", "backups", 3) => Backups.List(request, caller, request.QueryParameter("instance_id")),
            ("POST", "backups", 3) => Backups.Post(request, caller),
            ("GET", "backups", 4) => Backups.Show(caller, path[3]),
            ("DELETE", "backups", 4) => Backups.Delete(caller, path[3]),
            ("GET", "limits", 3) => Limits(),
            _ => throw NotFound(),
        };
    }

    /// <summary>An error response. The name of its only key depends on the status.</summary>
    public static ErrorResponseException Fault(int status, string key, string message) =>
        new(Response.Json(status, new JsonMap { { key, new JsonMap { { "code", status }, { "message", message } } } }));

    public static ErrorResponseException NotFound(string id) => Fault(404, "itemNotFound", $"Resource {id} cannot be found.");

    public static ErrorResponseException InternalError() =>
        Fault(500, "instanceFault", $"Internal Server Error. Please keep this ID to help us figure out what went wrong: ({Guid.NewGuid()}).");

    public static string FormatTime(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number from the query. Like Trove, it responds to other text with a 500.</summary>
    public static int ParseNumber(string? text, int otherwise) =>
        string.IsNullOrEmpty(text) ? otherwise : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : throw InternalError();

    /// <summary>The link to the next page, with the parameters of the request and the marker.</summary>
    public List<object?> NextLink(Request request, string marker)
    {
        var pairs = new List<string>();
        foreach (KeyValuePair<string, string> pair in request.Query)
        {
            if (pair.Key != "marker")
                pairs.Add($"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        }
        pairs.Add("marker=" + marker);
        return [new JsonMap { { "rel", "next" }, { "href", $"{LinkBase}{request.Uri.AbsolutePath}?{string.Join("&", pairs)}" } }];
    }

    private Response Limits() => Response.Json(200, new JsonMap
    {
        {
            "limits", new List<object?>
            {
                new JsonMap { { "verb", "ABSOLUTE" }, { "max_instances", 10 }, { "max_ram", -1 }, { "max_backups", Backups.Quota }, { "max_volumes", 40 } },
            }
        },
    });

    private static ErrorResponseException NotFound() => Fault(404, "itemNotFound", "The resource could not be found.");

    private static ErrorResponseException WrongProject(Request request, Token caller)
    {
        string who = $"User with tenant id {caller.ProjectId ?? "None"} cannot access this resource.";
        if (request.Accept.Contains("html") || request.Accept.Contains("*/*"))
        {
            return new ErrorResponseException(new Response(403,
                $"<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  Access was denied to this resource.<br /><br />\n{who}\n\n\n </body>\n</html>",
                "text/html; charset=UTF-8"));
        }
        return request.Accept.Contains("json")
            ? new ErrorResponseException(Response.Json(403, new JsonMap
            {
                { "message", $"Access was denied to this resource.<br /><br />\n{who}\n\n" }, { "code", "403 Forbidden" }, { "title", "Forbidden" },
            }))
            : Fault(403, "forbidden", "Access was denied to this resource.");
    }
}

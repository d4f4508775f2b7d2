using System.Collections.Generic;
using System.Globalization;
using System;
using TroveSchedules.Sandbox.Keystone;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Trove;

/// <summary>Trove v1.0: instances to read, backups to make.</summary>
internal sealed class TroveService
{
    private readonly SandboxOptions _options;
    private readonly KeystoneService _keystone;

    public TroveService(SandboxOptions options, Agenda agenda, Ids ids, KeystoneService keystone)
    {
        _options = options;
        _keystone = keystone;
        Instances = new Instances(this, options, agenda, keystone.Accounts);
        Backups = new Backups(this, options, agenda, ids);
    }

    public Instances Instances { get; }

    public Backups Backups { get; }

    /// <summary>The links say https on a plain http server, and name the address that the server thinks it has.</summary>
    public string LinkBase => "https://" + _options.TroveUrl.Authority;

    public Answer Answer(Ask ask)
    {
        string[] path = ask.Path;
        if (path[0].Length == 0)
        {
            return Wire.Answer.Json(200, new JsonMap
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
        Token caller = _keystone.Find(ask.Header("X-Auth-Token")) ?? throw new Refusal(new Answer(401,
            "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\", \"message\": \"The request you have made requires authentication.\"}}")
            .With("Www-Authenticate", _keystone.Challenge));
        if (path.Length < 3 || path[0] != "v1.0")
            throw NotFound();
        if (path[1] != caller.ProjectId)
            throw OtherProject(ask, caller);

        return (ask.Method, path[2], path.Length) switch
        {
            ("GET", "instances", 3) => Instances.List(ask, caller, false),
            ("GET", "instances", 4) when path[3] == "detail" => Instances.List(ask, caller, true),
            ("GET", "instances", 4) => Instances.Show(ask, caller, path[3]),
            ("GET", "instances", 5) when path[4] == "backups" => Backups.List(ask, caller, path[3]),
            ("GET", "backups", 3) => Backups.List(ask, caller, ask.Parameter("instance_id")),
            ("POST", "backups", 3) => Backups.Post(ask, caller),
            ("GET", "backups", 4) => Backups.Show(caller, path[3]),
            ("DELETE", "backups", 4) => Backups.Delete(caller, path[3]),
            ("GET", "limits", 3) => Limits(),
            _ => throw NotFound(),
        };
    }

    /// <summary>A fault: one key that varies with the status.</summary>
    public static Refusal Fault(int status, string key, string message) =>
        new(Wire.Answer.Json(status, new JsonMap { { key, new JsonMap { { "code", status }, { "message", message } } } }));

    public static Refusal NotFound(string id) => Fault(404, "itemNotFound", $"Resource {id} cannot be found.");

    public static Refusal Broken() =>
        Fault(500, "instanceFault", $"Internal Server Error. Please keep this ID to help us figure out what went wrong: ({Guid.NewGuid()}).");

    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number out of the query; anything else breaks the server.</summary>
    public static int Number(string? text, int otherwise) =>
        string.IsNullOrEmpty(text) ? otherwise : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : throw Broken();

    /// <summary>The link to the next page: the request's own parameters, and the marker last.</summary>
    public List<object?> NextLink(Ask ask, string marker)
    {
        var pairs = new List<string>();
        foreach (KeyValuePair<string, string> pair in ask.Query)
        {
            if (pair.Key != "marker")
                pairs.Add($"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        }
        pairs.Add("marker=" + marker);
        return [new JsonMap { { "rel", "next" }, { "href", $"{LinkBase}{ask.Uri.AbsolutePath}?{string.Join("&", pairs)}" } }];
    }

    private Answer Limits() => Wire.Answer.Json(200, new JsonMap
    {
        {
            "limits", new List<object?>
            {
                new JsonMap { { "verb", "ABSOLUTE" }, { "max_instances", 10 }, { "max_ram", -1 }, { "max_backups", Backups.Quota }, { "max_volumes", 40 } },
            }
        },
    });

    private static Refusal NotFound() => Fault(404, "itemNotFound", "The resource could not be found.");

    private static Refusal OtherProject(Ask ask, Token caller)
    {
        string who = $"User with tenant id {caller.ProjectId ?? "None"} cannot access this resource.";
        if (ask.Accept.Contains("html") || ask.Accept.Contains("*/*"))
        {
            return new Refusal(new Answer(403,
                $"<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  Access was denied to this resource.<br /><br />\n{who}\n\n\n </body>\n</html>",
                "text/html; charset=UTF-8"));
        }
        return ask.Accept.Contains("json")
            ? new Refusal(Wire.Answer.Json(403, new JsonMap
            {
                { "message", $"Access was denied to this resource.<br /><br />\n{who}\n\n" }, { "code", "403 Forbidden" }, { "title", "Forbidden" },
            }))
            : Fault(403, "forbidden", "Access was denied to this resource.");
    }
}

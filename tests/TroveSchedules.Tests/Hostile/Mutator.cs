using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace TroveSchedules.Tests.Hostile;

/// <summary>Mutates a correct response. The result depends only on the seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly ConcurrentDictionary<byte[], List<Node>> Known = new();

    private static readonly byte[][] Dates =
    [
        .. new[]
        {
            "0001-01-01 00:00:00", "0001-01-01T00:00:00Z", "9999-12-31 23:59:59", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z", "10000-01-01 00:00:00", "0000-00-00 00:00:00",
            "2026-02-29 00:00:00", "2026-11-22 23:59:60", "2016-12-31T23:59:60Z", "2026-11-22T08:35:19+14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
            "2026-11-22", "2026-11-22T08:35:19", "2026-11-22 07:42:31.123456", "1970-01-01T00:00:00Z", "-0001-01-01 00:00:00", "2026-11-22 24:00:00", "2026-11-22T07:42:31.1234567890123Z",
            "99999999999999", "Sun, 22 Nov 2026 07:42:30 GMT", "22/11/2026", "2026-11-22 7:4:3", "", "today",
        }.Select(date => Utf8($"\"{date}\"")),
    ];

    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-0", "1", "-1", "2", "1.5", "1e400", "-1e400", "1e-400", "1E+2147483648", "1e99999999999", "1180591620717411303424", "-1180591620717411303424",
            "2147483648", "-2147483649", "9223372036854775808", "0.1", "00", "+1", ".5", "1.", "NaN", "Infinity", "[]", "{}", "[null]", "[[]]", "{\"\":null}", "[{}]", "[1,\"a\",null,{}]", "{\"a\":{\"b\":[1]}}",
            "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"a\\ud83d\"", "\"\\u001b[31mred\\u001b]0;title\\u0007\"", "\"\\u009b31m\"", "\"\\u202egnp\\u2066\"", "\"a\\r\\nb\"",
            "\"\u007f\"", "\"..\"", "\".\"", "\"/\"", "\"../../v2/executions\"", "\"%2e%2e\"", "\"?force=true\"", "\"#\"", "\"javascript:alert(1)\"", "\"file:///etc/passwd\"", "\"ftp://evil.example\"",
            "\"http://evil.example/\"", "\"http://demo:pw@evil.example/\"", "\"//evil.example\"", "\"http://[fe80::1%25eth0]:8989/v2\"", "\"http://cloud:99999\"", "\"http://cloud:0/\"", "\"http://a b/\"",
            "\"http://cloud/\\r\\nX-Auth-Token: x\"", "\"http://\\u0000/\"", "\"$(project_id)s\"", "\"{}\"", "\"[]\"", "\"{\\\"a\\\":\"", "\"null\"", "\"{\\\"instance\\\": {\\\"instance\\\": 7}}\"",
            "\"<% $.x %>\"", "\"{{ _.x }}\"", "\"=cmd|'/c calc'!A1\"", "\"20000000-0000-4000-8000-000000000011\"", "\"20000000-0000-4000-8000-0000000000FF\"", "\"SUCCESS\"", "\"ERROR\"", "\"success\"",
            "\"trove.backup_create\"", "\"msg='\"", "\"msg=']\"", "\"msg='a\\u001bb']\"", "\"0 0 30 2 0\"", "\"* * * * * *\"", "\"public\"", "\"b151f44f2d7b4cc3a89b81c47938484b\"",
            "\"[SQL: x\"", "\"𝒳🙂\"", "'x'", "undefined", "/* */1", "\"a", "{", "[", "]", "}", ",", ":", "\\", "\"\\x\"", "\"\\u12\"", "\"\t\"", "\"\n\"",
        }.Select(Utf8),
        [(byte)'"', 0xFF, 0xFE, (byte)'"'], [(byte)'"', 0xC0, 0x80, (byte)'"'], [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'], [(byte)'"', 0xF5, 0x80, 0x80, 0x80, (byte)'"'], [(byte)'"', 0xE2, 0x82, (byte)'"'],
        [0], [0x1B], [0x80], [0xEF, 0xBB, 0xBF],
        Nested("[", "]"), Nested("{\"a\":", "}"), Utf8(new string('[', 10_000)), Utf8("\"" + new string('x', 5_000) + "\""), Utf8("\"" + string.Concat(Enumerable.Repeat("\\u001b[", 900)) + "\""),
        Utf8(new string('9', 1_000)), Utf8("[" + string.Join(",", Enumerable.Repeat("{}", 500)) + "]"), Utf8("\"" + Inner("[", "]") + "\""), Utf8("\"" + new string('{', 10_000) + "\""),
    ];

    private static readonly string[] Texts =
    [
        "", " ", "\t", "x", "-1", "0", "1", "3", "61", "99999999999", "1e9", "4294967296", "-99999999999", "Sun, 22 Nov 2026 07:42:40 GMT", "Sun, 22 Nov 2026 08:42:40 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT", "2026-11-22T07:42:40Z", "a\u001b[31mb", "a\u0007", "a\0b", "\u009b31m", "a\rb", "a\nb", "a\r\nX-Auth-Token: b", "é", "\u00ff\u00fe", "a, b", "\"", "%00", "../..", "http://evil.example/", "file:///etc/passwd",
        "//evil.example", "text/html", "text/html; charset=utf-7", "application/json; charset=klingon", "application/json; charset=", "text/plain;;;", "gzip", "br", "deflate", "zstd", "identity", "gzip, gzip, gzip", new string('x', 9_000), new string('é', 3_000),
    ];

    private static readonly string[] HeaderNames =
    [
        "X-Subject-Token", "Content-Type", "Content-Encoding", "Content-Length", "Retry-After", "Date", "x-openstack-request-id", "x-compute-request-id", "Location", "WWW-Authenticate", "Server-Error-Message",
        "Transfer-Encoding", "Set-Cookie", "Connection", "Vary", "Content-Range", "Content-Location", "Trailer", "Age", "X", "",
    ];

    private static readonly int[] Statuses =
        [100, 101, 103, 200, 200, 201, 202, 203, 204, 205, 206, 207, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 412, 413, 415, 418, 421, 422, 423, 429, 451, 499, 500, 501, 502, 503, 504, 507, 511, 599, 999];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    /// <summary>Mutates one of these responses, and occasionally another one.</summary>
    public WireAnswer Mutate(IReadOnlyList<WireAnswer> candidates)
    {
        WireAnswer response = Chance(6) ? Any(Corpus.All) : Any(candidates);
        if (Chance(12))
            response = response with { Status = Any(Statuses) };
        if (Chance(5))
            response = response with { Headers = MutateHeaders([.. response.Headers]) };
        if (!Chance(20))
            response = response with { Body = MutateBody(response.Body) };
        return Chance(8) ? response with { Piece = 1 + Next(40) } : response;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Nested(string open, string close) => Utf8(Inner(open, close));

    private static string Inner(string open, string close) =>
        new StringBuilder().Insert(0, open, 10_000).Append('1').Insert(10_000 * open.Length + 1, close, 10_000).ToString();

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private byte[] MutateBody(byte[] body)
    {
        List<Node> nodes = Known.GetOrAdd(body, Nodes);
        if (nodes.Count > 0 && !Chance(5))
            body = MutateJson(body, nodes, 1 + Next(3), depth: 0);
        return Chance(3) || nodes.Count == 0 ? MutateBytes(body) : body;
    }

    private byte[] MutateJson(byte[] body, List<Node> nodes, int edits, int depth)
    {
        var chosen = new List<(int Start, int End, byte[] Text)>();
        for (int i = 0; i < edits; i++)
        {
            (int Start, int End, byte[] Text) edit = Edit(body, Chance(6) && nodes.FindAll(node => node.IsTime) is { Count: > 0 } times ? Any(times) : Any(nodes), nodes, depth);
            if (chosen.TrueForAll(other => edit.End <= other.Start || edit.Start >= other.End))
                chosen.Add(edit);
        }
        foreach ((int start, int end, byte[] text) in chosen.OrderByDescending(edit => edit.Start))
            body = [.. body.AsSpan(0, start), .. text, .. body.AsSpan(end)];
        return body;
    }

    private (int Start, int End, byte[] Text) Edit(byte[] body, Node node, List<Node> nodes, int depth)
    {
        byte[] own = body[node.Start..node.End];
        switch (Next(10))
        {
            case 0 when node.NameStart >= 0: // Removes the value.
                int after = node.End < body.Length && body[node.End] == ',' ? node.End + 1 : node.End;
                return (node.NameStart, after, Chance(4) ? [(byte)','] : []);
            case 1 when node.NameStart >= 0: // Duplicates the key with another value.
                return (node.End, node.End, [(byte)',', .. body.AsSpan(node.NameStart, node.Start - node.NameStart), .. UnexpectedValue(node)]);
            case 2 when node.NameStart >= 0: // Replaces the key.
                return (node.NameStart, node.Start, [.. Any(nodes) is { NameStart: >= 0 } other ? body[other.NameStart..other.Start] : Utf8("\"\\u001b[1m\":")]);
            case 3: // Adds another value before it.
                return node.NameStart >= 0
                    ? (node.NameStart, node.NameStart, [.. Utf8($"\"new{Next(9)}\":"), .. UnexpectedValue(node), (byte)','])
                    : (node.Start, node.Start, Chance(2) ? [.. own, (byte)','] : []);
            case 4: // Replaces it by the value of another key.
                Node from = Any(nodes);
                return (node.Start, node.End, body[from.Start..from.End]);
            case 5: // Wraps it in an array or an object.
                return (node.Start, node.End, Chance(2) ? [(byte)'[', .. own, (byte)']'] : [.. Utf8("{\"a\":"), .. own, (byte)'}']);
            case 6 or 7 when depth < 2 && node.Inside is { } inner: // Mutates JSON inside a JSON string.
                byte[] mutated = MutateJson(inner.Text, inner.Nodes, 1 + Next(2), depth + 1);
                if (Chance(6))
                    mutated = MutateBytes(mutated);
                return (node.Start, node.End, Utf8(JsonSerializer.Serialize(Encoding.UTF8.GetString(mutated))));
            default:
                return (node.Start, node.End, UnexpectedValue(node));
        }
    }

    private byte[] UnexpectedValue(Node node) => node.IsTime && !Chance(3) || Chance(15) ? Any(Dates)
        : Chance(400) ? Utf8("\"" + new string(Chance(2) ? 'y' : '\\', 200_000) + "\"")
        : Any(Values);

    private byte[] MutateBytes(byte[] body)
    {
        int at = Next(body.Length + 1), to = int.Min(body.Length, at + 1 + Next(40));
        switch (Next(12))
        {
            case 0:
                return [];
            case 1:
                return Utf8(Any(new[] { " ", "\n", "null", "[]", "{}", "\"\"", "0", "true", "\ufeff", "\0", "<html>", "<!DOCTYPE html>", "OK", "\ufeff{}" }));
            case 2:
                return [0xEF, 0xBB, 0xBF, .. body];
            case 3:
                return [.. body, .. Any(Values)];
            case 4: // Cuts off the end.
                return body[..at];
            case 5: // Removes bytes.
                return [.. body.AsSpan(0, at), .. body.AsSpan(to)];
            case 6: // Repeats bytes.
                return [.. body.AsSpan(0, to), .. body.AsSpan(at)];
            case 7: // Appends the end of another response.
                byte[] other = Any(Corpus.All).Body;
                return [.. body.AsSpan(0, at), .. other.AsSpan(Next(other.Length + 1))];
            case 8:
                return [.. body.AsSpan(0, at), .. Any(Values), .. body.AsSpan(at)];
            case 9: // Changes the encoding.
                return Chance(2) ? Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)) : Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(body));
            default: // Flips a few bits.
                byte[] flipped = [.. body];
                for (int i = Next(4); i >= 0 && body.Length > 0; i--)
                    flipped[Next(body.Length)] ^= (byte)(1 << Next(8));
                return flipped;
        }
    }

    private List<(string Name, string Value)> MutateHeaders(List<(string Name, string Value)> headers)
    {
        for (int i = Next(3); i >= 0; i--)
        {
            int at = headers.Count == 0 ? -1 : Next(headers.Count);
            switch (Next(5))
            {
                case 0 when at >= 0:
                    headers.RemoveAt(at);
                    break;
                case 1 when at >= 0:
                    headers[at] = (headers[at].Name, Any(Texts));
                    break;
                case 2 when at >= 0:
                    headers.Add((headers[at].Name, Any(Texts)));
                    break;
                default:
                    headers.Add((Any(HeaderNames), Any(Texts)));
                    break;
            }
        }
        return headers;
    }

    private static List<Node> Nodes(byte[] json)
    {
        var nodes = new List<Node>();
        if (json.Length == 0)
            return nodes;
        try
        {
            var reader = new Utf8JsonReader(json);
            var open = new Stack<(int Start, int NameStart)>();
            int nameStart = -1;
            bool isTime = false;
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        nameStart = start;
                        string name = reader.GetString()!;
                        isTime = name.EndsWith("_at", StringComparison.Ordinal) || name.EndsWith("_time", StringComparison.Ordinal) || name is "created" or "updated";
                        continue;
                    case JsonTokenType.StartArray or JsonTokenType.StartObject:
                        open.Push((start, nameStart));
                        break;
                    case JsonTokenType.EndArray or JsonTokenType.EndObject:
                        (int begin, int named) = open.Pop();
                        nodes.Add(new Node(begin, (int)reader.BytesConsumed, named, false, null));
                        break;
                    default:
                        nodes.Add(new Node(start, (int)reader.BytesConsumed, nameStart, isTime, reader.TokenType == JsonTokenType.String ? InsideOf(reader.GetString()!) : null));
                        break;
                }
                nameStart = -1;
                isTime = false;
            }
            return nodes;
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static Inside? InsideOf(string text) =>
        text.StartsWith('{') && Nodes(Utf8(text)) is { Count: > 0 } nodes ? new Inside(Utf8(text), nodes) : null;

    /// <summary>A value in a text: its position, the position of its name (-1 for none), and the JSON in it (null for none).</summary>
    private sealed record Node(int Start, int End, int NameStart, bool IsTime, Inside? Inside);

    private sealed record Inside(byte[] Text, List<Node> Nodes);
}

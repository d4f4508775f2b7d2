using System;
using System.Collections.Generic;
using System.Net.Http;

namespace TroveSchedules.Tests.Contract;

/// <summary>Numbers the distinct requests that change a trigger; a repetition keeps its number.</summary>
internal sealed class ChangeCounter
{
    private readonly List<string> _seen = [];

    public int Last => _seen.Count;

    public int Count(HttpRequestMessage request)
    {
        if (request.Method == HttpMethod.Get || !request.RequestUri!.AbsolutePath.Contains("/cron_triggers"))
            return 0;
        string body = request.Content is null ? "" : request.Content.ReadAsStringAsync().GetAwaiter().GetResult();
        string key = $"{request.Method} {request.RequestUri} {body}";
        if (!_seen.Contains(key))
            _seen.Add(key);
        return _seen.IndexOf(key) + 1;
    }
}

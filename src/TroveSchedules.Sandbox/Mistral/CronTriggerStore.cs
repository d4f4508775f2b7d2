using System;
using System.Collections.Generic;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>All cron triggers, with an index of their ids and names.</summary>
internal sealed class CronTriggerStore
{
    private readonly Dictionary<string, CronTrigger> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<CronTrigger>> _byName = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<CronTrigger> All => _byId.Values;

    public bool Contains(CronTrigger trigger) => _byId.ContainsKey(trigger.Id);

    /// <summary>The triggers with this id or name, of every project.</summary>
    public IEnumerable<CronTrigger> Find(string identifier)
    {
        string key = KeyOf(identifier);
        if (_byId.TryGetValue(key, out CronTrigger? trigger))
            yield return trigger;
        foreach (CronTrigger named in FindByName(identifier))
            yield return named;
    }

    /// <summary>The triggers with this name, of every project.</summary>
    public IReadOnlyList<CronTrigger> FindByName(string name) => _byName.TryGetValue(KeyOf(name), out List<CronTrigger>? named) ? named : [];

    public void Add(CronTrigger trigger)
    {
        _byId.Add(trigger.Id, trigger);
        if (trigger.Name is not { } name)
            return;
        if (!_byName.TryGetValue(KeyOf(name), out List<CronTrigger>? named))
            _byName.Add(KeyOf(name), named = []);
        named.Add(trigger);
    }

    public void Remove(CronTrigger trigger)
    {
        _byId.Remove(trigger.Id);
        if (trigger.Name is { } name && _byName.TryGetValue(KeyOf(name), out List<CronTrigger>? named) && named.Remove(trigger) && named.Count == 0)
            _byName.Remove(KeyOf(name));
    }

    // With the comparer of the dictionaries, equal where Collation.Compare finds no difference.
    private static string KeyOf(string text) => text.TrimEnd(' ');
}

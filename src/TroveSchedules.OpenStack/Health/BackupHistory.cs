using System;
using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Health;

/// <summary>The newest backups of instances, by name. They are added newest first.</summary>
internal sealed class BackupHistory
{
    private readonly Dictionary<(string InstanceId, string? Name), NewestBackups> _newest = [];

    // Without a completed backup so far. Reading can stop when none is left.
    private readonly HashSet<(string, string?)> _open = [];

    /// <summary>The backups that Trove returned, by id.</summary>
    public HashSet<string> Ids { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool IsComplete => _open.Count == 0;

    /// <summary>Declares that the newest backups of a name are wanted, and those of the instance.</summary>
    public void Expect(string instanceId, string? name)
    {
        foreach ((string, string?) key in new[] { (Fold(instanceId), name), (Fold(instanceId), null) })
        {
            _newest[key] = new NewestBackups();
            _open.Add(key);
        }
    }

    public void Add(Backup backup)
    {
        Ids.Add(backup.Id);
        if (backup.InstanceId is not { } instance)
            return;
        Add((Fold(instance), backup.Name), backup);
        if (backup.Name is not null)
            Add((Fold(instance), null), backup);
    }

    /// <summary>The newest backups of a name on an instance.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="name">The name; null for the backups of any name.</param>
    public NewestBackups Of(string instanceId, string? name) => _newest[(Fold(instanceId), name)];

    private static string Fold(string id) => id.ToUpperInvariant();

    private void Add((string, string?) key, Backup backup)
    {
        if (!_newest.TryGetValue(key, out NewestBackups? newest))
            return;
        newest.Newest ??= backup;
        if (!BackupStatus.IsCompleted(backup.Status) || newest.Completed is not null)
            return;
        newest.Completed = backup;
        _open.Remove(key);
    }
}

/// <summary>The newest backups of one instance, or of one name on it.</summary>
internal sealed class NewestBackups
{
    /// <summary>The newest backup, whatever its status is; null for none.</summary>
    public Backup? Newest { get; set; }

    /// <summary>The newest completed backup; null for none.</summary>
    public Backup? Completed { get; set; }
}

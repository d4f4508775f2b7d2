using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack;

/// <summary>Backups with their parents and increments.</summary>
internal sealed class BackupChains
{
    private readonly Dictionary<string, Backup> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly ILookup<string, Backup> _byParent;
    private readonly Dictionary<string, int> _counts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the backups of a listing. Of an id that comes twice, because a page moved meanwhile, the last one counts.</summary>
    public BackupChains(IEnumerable<Backup> backups)
    {
        foreach (Backup backup in backups)
            _byId[backup.Id] = backup;
        _byParent = _byId.Values.Where(backup => backup.ParentId is not null).ToLookup(backup => backup.ParentId!, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All backups, each once.</summary>
    public IReadOnlyCollection<Backup> All => _byId.Values;

    /// <summary>Orders backups by the time of their creation. Those without a time come last.</summary>
    public static IEnumerable<Backup> NewestFirst(IEnumerable<Backup> backups) =>
        backups.OrderByDescending(backup => backup.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(backup => backup.Id, StringComparer.OrdinalIgnoreCase);

    /// <summary>The backup of that id; null if there is none.</summary>
    public Backup? Find(string id) => _byId.TryGetValue(id, out Backup? backup) ? backup : null;

    /// <summary>The backup that this one is an increment of; null for a full backup, and if the parent does not exist.</summary>
    public Backup? ParentOf(Backup backup) => backup.ParentId is { } id ? Find(id) : null;

    /// <summary>The increments of a backup, and their increments, nearest first.</summary>
    public IReadOnlyList<Backup> IncrementsOf(Backup backup) => [.. Walk([backup]).Skip(1)];

    /// <summary>Number of <see cref="IncrementsOf"/>. It takes one walk over all backups, however long the chains are.</summary>
    public int CountIncrementsOf(Backup backup)
    {
        if (_counts.Count == 0)
        {
            // Increments before their parents.
            foreach (Backup one in Walk(_byId.Values.Where(one => ParentOf(one) is null)).Reverse())
                _counts[one.Id] = _byParent[one.Id].Sum(increment => 1 + (_counts.TryGetValue(increment.Id, out int count) ? count : 0));
        }
        return _counts.TryGetValue(backup.Id, out int known) ? known : 0;
    }

    // Each backup once, also if a damaged listing has a backup that is its own parent.
    private IEnumerable<Backup> Walk(IEnumerable<Backup> from)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var next = new Queue<Backup>(from.Where(backup => seen.Add(backup.Id)));
        while (next.Count > 0)
        {
            Backup backup = next.Dequeue();
            yield return backup;
            foreach (Backup increment in _byParent[backup.Id].Where(increment => seen.Add(increment.Id)))
                next.Enqueue(increment);
        }
    }
}

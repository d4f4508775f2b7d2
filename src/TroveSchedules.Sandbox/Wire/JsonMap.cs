using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Sandbox.Wire;

/// <summary>A JSON object with ordered keys, like a dict in Python. A value is null, a string, bool, int, long, double, a list or another map.</summary>
internal sealed class JsonMap(int capacity = 0) : IEnumerable<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _members = new(capacity);

    public int Count => _members.Count;

    public IEnumerable<string> Keys => _members.Select(member => member.Key);

    /// <summary>The value of a key; null if the key is missing.</summary>
    public object? this[string key]
    {
        get => IndexOf(key) is >= 0 and int index ? _members[index].Value : null;
        set
        {
            int index = IndexOf(key);
            if (index < 0)
                Add(key, value);
            else
                _members[index] = new KeyValuePair<string, object?>(key, value);
        }
    }

    public void Add(string key, object? value) => _members.Add(new KeyValuePair<string, object?>(key, value));

    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    public string? GetString(string key) => this[key] as string;

    public JsonMap? GetMap(string key) => this[key] as JsonMap;

    /// <summary>A copy without the given keys.</summary>
    public JsonMap Without(params string[] keys)
    {
        JsonMap copy = Copy();
        copy._members.RemoveAll(member => keys.Contains(member.Key));
        return copy;
    }

    public JsonMap Copy()
    {
        var copy = new JsonMap();
        copy._members.AddRange(_members);
        return copy;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string key) => _members.FindIndex(member => member.Key == key);
}

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;

namespace TroveSchedules.Completion;

/// <summary>Completes the ids of this machine's time zones from their start, or from a part of the id or of the name.</summary>
internal sealed class TimeZoneCompleter : Completer
{
    private protected override IEnumerable<CompletionCandidate> Find(string typed, CommandAst command, IDictionary bound)
    {
        TimeZoneInfo[] zones = [.. TimeZoneInfo.GetSystemTimeZones().OrderBy(zone => zone.Id, StringComparer.Ordinal)];
        TimeZoneInfo[] begun = [.. zones.Where(zone => Begins(zone.Id, typed))];
        return (begun.Length > 0 ? begun : zones.Where(zone => $"{zone.Id} {zone.DisplayName}".IndexOf(typed, StringComparison.OrdinalIgnoreCase) >= 0))
            .Select(zone => new CompletionCandidate(zone.Id, zone.Id, zone.DisplayName));
    }
}

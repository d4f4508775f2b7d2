using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using TroveSchedules.Cron;

namespace TroveSchedules.Completion;

/// <summary>Completes common patterns from their start, or from a word of the pattern or of its description.</summary>
internal sealed class PatternCompleter : Completer
{
    private static readonly string[] Common =
    [
        "0 3 * * *", "@daily", "0 */6 * * *", "0 */12 * * *", "@hourly", "*/15 * * * *", "0 3 * * mon-fri", "0 3 * * sun", "@weekly",
        "0 3 1 * *", "@monthly", "0 3 1 1,4,7,10 *", "@yearly",
    ];

    private protected override IEnumerable<CompletionCandidate> Find(string typed, CommandAst command, IDictionary bound)
    {
        CronPattern[] patterns = [.. Common.Select(text => CronPattern.Parse(text))];
        CronPattern[] begun = [.. patterns.Where(pattern => Begins(pattern.Text, typed))];
        DateTimeOffset now = Clock.GetUtcNow();
        return
            from pattern in begun.Length > 0 ? begun : patterns.Where(pattern => $"{pattern.Text}: {pattern.Explain()}".IndexOf(typed, StringComparison.OrdinalIgnoreCase) >= 0)
            select new CompletionCandidate(pattern.Text, pattern.Text, FormattableString.Invariant($"{pattern.Explain()}; next {pattern.Next(now):u}"));
    }
}

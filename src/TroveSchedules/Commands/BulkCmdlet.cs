using System.Management.Automation;

namespace TroveSchedules.Commands;

/// <summary>A cmdlet that changes many things, with a few requests at once.</summary>
public abstract class BulkCmdlet : SessionCmdlet
{
    /// <summary>Maximum number of requests at once. With 1, each item is finished and written before the next one begins.</summary>
    // Four serve Mistral best: a fifth to a fourth faster than one after another, while eight and sixteen make schedules more slowly.
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <inheritdoc/>
    private protected override int Concurrency => ThrottleLimit;
}

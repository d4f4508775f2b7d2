using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Base of cmdlets that read from one session or from several.</summary>
public abstract class ListingCmdlet : CloudCmdlet
{
    private readonly Dictionary<CloudSession, ResourceLookup> _lookups = [];
    private readonly HashSet<CloudSession> _failed = [];

    /// <summary>The sessions to use. Default: the session of the process.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public TroveSession[]? Session { get; set; }

    /// <summary>Instances, requested at most once from each session.</summary>
    private protected ResourceLookup Lookup => GetOrAdd(_lookups, session => session.CreateLookup());

    private IReadOnlyList<CloudSession> Sessions { get; set; } = [];

    /// <summary>Gets the session. If there is none, the pipeline ends with an error.</summary>
    protected override void BeginProcessing()
    {
        Session ??= [GetSession(null)];
        Sessions = [.. Session.Cast<CloudSession>().Distinct()];
        Cloud = Sessions[0];
    }

    /// <summary>With several sessions, the end of one does not end the others.</summary>
    internal override bool EndsPipeline(TroveScheduleException error) => Sessions.Count == 1 && base.EndsPipeline(error);

    /// <summary>
    /// Processes each item in the session of its cloud and project, and an id or a name in each session. It is an error only if no session has it. After the first error of a cloud that does not respond,
    /// the others continue without it.
    /// </summary>
    /// <param name="items">The items; null for everything in each session.</param>
    /// <param name="work">Processes an item in the session <see cref="CloudCmdlet.Cloud"/>.</param>
    private protected void ForEachSession<T>(IEnumerable<T?>? items, Action<T?> work) where T : Reference
    {
        items ??= [null];
        if (Sessions.Count == 1)
        {
            ForEach(items, work);
            return;
        }
        foreach (T? item in items)
        {
            TroveScheduleException? missing = null;
            bool isFound = false;
            foreach (CloudSession session in SessionsOf(item).Where(session => !_failed.Contains(session)))
            {
                Cloud = session;
                ForEach([item], one =>
                {
                    try
                    {
                        work(one);
                        isFound = true;
                    }
                    catch (TroveScheduleException e) when (e.ErrorId is "InstanceNotFound" or "ScheduleNotFound" or "ExecutionNotFound" or "BackupNotFound")
                    {
                        missing = e;
                    }
                    catch (TroveScheduleException e) when (e.Kind is TroveErrorKind.Unavailable or TroveErrorKind.Timeout || base.EndsPipeline(e))
                    {
                        _failed.Add(session);
                        throw;
                    }
                });
            }
            if (missing is not null && !isFound)
                ForEach([item], _ => throw missing);
        }
    }

    /// <summary>What belongs to the session in use.</summary>
    private protected T GetOrAdd<T>(Dictionary<CloudSession, T> cache, Func<CloudSession, T> create)
    {
        if (!cache.TryGetValue(Cloud, out T? value))
            cache[Cloud] = value = create(Cloud);
        return value;
    }

    // If no session is the right one, the first refuses the object with an error.
    private IEnumerable<CloudSession> SessionsOf(Reference? item)
    {
        if (item?.Origin is not { } origin)
            return Sessions;
        List<CloudSession> ofCloud = [.. Sessions.Where(session => session.Origin == origin)];
        return item.ProjectId is null && ofCloud.Count > 0 ? ofCloud : [ofCloud.Find(session => session.ProjectId == item.ProjectId) ?? ofCloud.FirstOrDefault() ?? Sessions[0]];
    }
}

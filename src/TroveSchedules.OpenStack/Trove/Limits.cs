using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>Trove's limits of a project (<c>GET /limits</c>), read-only.</summary>
internal sealed class Limits(ServiceClient trove)
{
    /// <summary>Gets the project's quota of backups, if nine tenths of it or more are used; else null. Sends two requests at most.</summary>
    public async Task<int?> NearlyUsedBackupQuotaAsync(CancellationToken cancellationToken)
    {
        LimitsResponse response = await trove.GetAsync("/limits", WireJson.Default.LimitsResponse, null, cancellationToken).ConfigureAwait(false);
        if (response.Limits.FirstOrDefault(limit => limit.Verb == "ABSOLUTE")?.MaxBackups is not { } quota || quota < 0) // -1 is no limit.
            return null;
        // Trove does not return how many there are. The marker of backups is an offset, so one row tells whether there are enough.
        int offset = (int)Math.Ceiling(quota * 0.9) - 1;
        if (offset < 0)
            return quota;
        Query query = new Query().Page(offset.ToString(System.Globalization.CultureInfo.InvariantCulture), 1);
        BackupPage page = await trove.GetAsync("/backups" + query, WireJson.Default.BackupPage, null, cancellationToken).ConfigureAwait(false);
        return page.Backups.Count > 0 ? quota : null;
    }
}

/// <summary>The response to <c>GET /limits</c>. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
internal sealed record LimitsResponse
{
    /// <summary>The limits. The one with the verb ABSOLUTE has the quotas; the others limit the rate of requests.</summary>
    public required IReadOnlyList<TroveLimit> Limits { get; init => field = Validate.Rows(value); }
}

/// <summary>A limit in a response. <see href="https://docs.openstack.org/api-ref/database/">Database Service API</see>.</summary>
/// <param name="Verb">ABSOLUTE for the quotas, else the HTTP method whose rate is limited.</param>
/// <param name="MaxBackups">The project's quota of backups; -1 for none; null in a limit of a rate.</param>
internal sealed record TroveLimit(string? Verb, int? MaxBackups);

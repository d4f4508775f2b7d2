using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace TroveSchedules.Tests.Contract;

/// <summary>The quota of backups. While it is exhausted, no other case can create a backup, so on a real cloud this case runs alone.</summary>
public abstract class BackupQuotaCases(ICloud cloud) : ContractCases(cloud)
{
    [ContractFact(Needs = Needs.Instances)]
    public async Task A_backup_beyond_the_quota_is_413()
    {
        int quota = (int)(await Trove("GET", "/limits")).List("limits")[0]!["max_backups"]!;
        if (quota is < 0 or > 45)
            return; // This cloud has none that can be reached with its instances.
        CloudResponse last = new(202, "", new Dictionary<string, string>());
        for (int n = 45; last.Status == 202 && n > 0; n--)
        {
            string instance = $"20000000-0000-4000-8001-{n:d12}";
            await IdleAsync(instance); // Another case may have left a backup of it that still runs.
            last = await BackupAsync(new JsonObject { ["name"] = "n", ["instance"] = instance });
        }
        Assert.Equal((413, "{\"overLimit\": {\"code\": 413, \"message\": \"Quota exceeded for resources: ['backups'].\"}}"), (last.Status, last.Body));
    }
}

public sealed class BackupQuotaOnSandbox() : BackupQuotaCases(new SandboxUnderTest());

[Collection("real cloud, alone")]
public sealed class BackupQuotaOnRealCloud() : BackupQuotaCases(RealCloud.Shared);

/// <summary>Runs when all other collections have ended.</summary>
[CollectionDefinition("real cloud, alone", DisableParallelization = true)]
public sealed class AloneOnRealCloud;

using System;
using System.Collections.Generic;
using System.Net.Http;
using Cronos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.Retry;
using YamlDotNet.Serialization;

namespace OtherVersions;

/// <summary>Each method uses a library and returns the path of its assembly.</summary>
public static class Libraries
{
    public static string Yaml()
    {
        var read = new DeserializerBuilder().Build().Deserialize<Dictionary<string, string>>("library: yaml");
        return read["library"] == "yaml" ? PathOf(typeof(DeserializerBuilder)) : throw new InvalidOperationException("It reads something else.");
    }

    public static string Polly()
    {
        int attempts = 0;
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero }).Build();
        pipeline.Execute(() =>
        {
            if (++attempts < 3)
                throw new InvalidOperationException("Not yet.");
        });
        return attempts == 3 ? PathOf(typeof(ResiliencePipeline)) : throw new InvalidOperationException("It does not try again.");
    }

    public static string Http()
    {
        using ServiceProvider services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        using HttpClient client = services.GetRequiredService<IHttpClientFactory>().CreateClient();
        return client.BaseAddress is null ? PathOf(typeof(IHttpClientFactory)) : throw new InvalidOperationException("It makes something else.");
    }

    public static string Logging()
    {
        NullLogger.Instance.LogInformation("Nobody reads {This}.", "this");
        return PathOf(typeof(NullLogger));
    }

    public static string Cron()
    {
        DateTime? next = CronExpression.Parse("0 3 * * *").GetNextOccurrence(new DateTime(2030, 1, 7, 0, 0, 0, DateTimeKind.Utc));
        return next?.Hour == 3 ? PathOf(typeof(CronExpression)) : throw new InvalidOperationException("It computes something else.");
    }

    private static string PathOf(Type type) => type.Assembly.Location;
}

using System;
using TroveSchedules.Benchmarks;

return args switch
{
    ["cron", ..] => CronBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/bench -- cron");
    return 2;
}

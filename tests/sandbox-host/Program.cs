using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using TroveSchedules.SandboxHost;

// dotnet run --project tests/sandbox-host [SPEED]: prints the environment of the user demo, and serves until it is interrupted.
double speed = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1;
using var sandbox = new LoopbackSandbox(speed);
foreach (KeyValuePair<string, string> variable in sandbox.Environment)
    Console.WriteLine($"export {variable.Key}={variable.Value}");
using var end = new ManualResetEventSlim();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    end.Set();
};
end.Wait();

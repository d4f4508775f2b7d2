using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.Tests.Http;
using Xunit;
using Xunit.Abstractions;

namespace TroveSchedules.Tests.Hostile;

/// <summary>
/// Every response leads to an error of the library or to a correct result. <c>TROVE_FUZZ_ANSWERS</c> sets the number of mutated responses, <c>TROVE_TEST_SEED</c>
/// the seed. <c>TROVE_FUZZ_CASE</c> runs a single one.
/// </summary>
public sealed class MutatedAnswerTests(ITestOutputHelper output)
{
    // For the slowest case, a mutated response of some hundred kilobytes.
    private const long MaxMemory = 100_000_000;

    private static readonly TimeSpan CaseTimeout = TimeSpan.FromMinutes(1);

    private static int Seed => FromEnvironment("TROVE_TEST_SEED") ?? 6;

    [Fact]
    public async Task A_mutated_response_leads_to_an_error_of_the_library_or_to_a_correct_result()
    {
        int? only = FromEnvironment("TROVE_FUZZ_CASE");
        IEnumerable<int> cases = only is { } one ? [one] : Enumerable.Range(0, FromEnvironment("TROVE_FUZZ_ANSWERS") ?? 10_000);
        var results = new ConcurrentDictionary<string, int>();
        var failures = new ConcurrentDictionary<string, string>();
        int tried = 0, failed = 0;
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(cases, async (number, _) =>
        {
            var run = new Case(Seed, number);
            try
            {
                results.AddOrUpdate(await run.RunAsync(), 1, (_, count) => count + 1);
            }
            catch (Exception e)
            {
                Interlocked.Increment(ref failed);
                string where = e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("TroveSchedules.") && !line.Contains("Hostile.")) ?? "";
                failures.TryAdd($"{run.Reader.Name} {e.GetType()} {where}", $"Seed {Seed}, case {number} (TROVE_FUZZ_CASE={number} tries it alone): {run}\n{e}\n");
            }
            Interlocked.Increment(ref tried);
        });
        output.WriteLine($"Seed {Seed}: {tried} mutated responses in {watch.Elapsed.TotalSeconds:0.0} s. " + string.Join(", ", results.OrderByDescending(result => result.Value).Select(result => $"{result.Key}: {result.Value}")));
        Assert.True(failures.IsEmpty, $"{failed} of {tried} ended otherwise.\n" + string.Join("\n", failures.Values.Take(20)));
    }

    private static int? FromEnvironment(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>One mutated response. Seed and number decide the mutation, the request and how often it occurs.</summary>
    private sealed class Case
    {
        private readonly WireAnswer _mutated;
        private readonly int _times;
        private readonly int _retries;
        private readonly bool _isLogged;

        public Case(int seed, int number)
        {
            var mutator = new Mutator(unchecked((seed * 16_777_619) ^ number));
            Reader = mutator.Any(Reader.All);
            _mutated = mutator.Mutate(mutator.Next(8) == 0 ? Corpus.Refusals : Reader.CorrectResponses);
            _times = mutator.Next(3) == 0 ? 1 : int.MaxValue;
            _retries = mutator.Next(5) == 0 ? 3 : 0;
            _isLogged = mutator.Next(10) == 0;
        }

        public Reader Reader { get; }

        public override string ToString() =>
            $"{Reader.Name}, where {Reader.MutatedRoute} is mutated {(_times == 1 ? "once" : "always")}, with {_retries} repeats\n{_mutated.Status}\n{string.Join("\n", _mutated.Headers.Select(header => $"{header.Name}: {header.Value}"))}\n\n"
            + Encoding.Latin1.GetString(_mutated.Body.AsSpan(0, int.Min(_mutated.Body.Length, 4_000)));

        /// <summary>Runs the case.</summary>
        /// <returns>The kind of the error, or <c>right</c> for a correct result.</returns>
        public async Task<string> RunAsync()
        {
            var cloud = new HostileCloud();
            Reader.Arrange?.Invoke(cloud);
            cloud.MutateRoute(Reader.MutatedRoute, _mutated, _times);
            var logged = new ConcurrentQueue<string>();
            RequestLog.Current = _isLogged ? new RequestLog { Line = logged.Enqueue, Body = logged.Enqueue } : null;
            using var timeout = new CancellationTokenSource(CaseTimeout);
            int thread = Environment.CurrentManagedThreadId;
            long before = GC.GetAllocatedBytesForCurrentThread();
            string result;
            string? mistral = null, trove = null;
            try
            {
                using CloudSession session = await cloud.ConnectAsync(_retries, timeout.Token);
                (mistral, trove) = AssertSession(session);
                await Reader.Read(session, AssertNoSecret, timeout.Token); // Only secrets are checked, because cmdlets remove control characters from warnings.
                result = "right";
            }
            catch (TroveScheduleException e)
            {
                AssertError(e);
                result = e.Kind.ToString();
            }
            if (thread == Environment.CurrentManagedThreadId)
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxMemory);
            Assert.All(cloud.TokenSeenBy, place => Assert.True(place == mistral || place == trove, $"The token went to {place}."));
            Assert.All(logged, text =>
            {
                Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
                if (Reader.MutatedRoute != HostileCloud.Login) // An error response to a login may contain a token that was never issued.
                    AssertNoSecret(text);
            });
            return result;
        }

        private static (string Mistral, string? Trove) AssertSession(CloudSession session)
        {
            Assert.NotEqual("", session.ToString());
            Assert.NotEqual("", session.ProjectId);
            _ = session.UserName + session.ProjectName + session.Token;
            _ = session.TokenExpiresAt.ToString("u", CultureInfo.InvariantCulture);
            _ = session.CloudTime.AddMinutes(1).AddMinutes(-2);
            string mistral = Authority(session.WorkflowEndpoint);
            try
            {
                return (mistral, Authority(session.DatabaseEndpoint));
            }
            catch (TroveScheduleException e)
            {
                AssertError(e);
                return (mistral, null);
            }

            static string Authority(Uri endpoint)
            {
                Assert.True(endpoint.Scheme is "http" or "https", endpoint.Scheme);
                Assert.Equal(("", "", ""), (endpoint.UserInfo, endpoint.Query, endpoint.Fragment));
                return endpoint.GetLeftPart(UriPartial.Authority);
            }
        }

        private static void AssertError(TroveScheduleException error)
        {
            string[] shown = [error.Message, error.Problem, error.ErrorId, error.ServerMessage ?? "", error.RequestId ?? "", error.RecommendedAction ?? ""];
            Assert.All(shown, text =>
            {
                Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
                AssertNoSecret(text);
                Assert.InRange(text.Length, 0, 10_000);
            });
            Assert.NotEqual("", error.Problem);
            for (Exception? cause = error; cause is not null; cause = cause.InnerException)
                AssertNoSecret(cause.Message); // Checks the message only: ToString() with its stack trace takes longer than the rest of a case.
        }

        private static void AssertNoSecret(string text)
        {
            Assert.DoesNotContain(Corpus.Token, text);
            Assert.DoesNotContain(ScriptedCloud.Password, text);
        }
    }
}

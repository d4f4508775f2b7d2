using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Tests.Http;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

/// <summary>A session keeps the password only as long as it may need another token.</summary>
public sealed class SessionEndTests
{
    private const string Get = "GET " + Rows.TriggersPath;
    private const string Secret = "topsecret";

    private static ScriptedCloud Cloud => new ScriptedCloud().Always(Get, Answers.Ok(Rows.Triggers()));

    [Fact]
    public async Task A_session_holds_its_password_and_token_until_Dispose()
    {
        CloudSession session = await Cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        string[] secrets = [.. FindSecrets(session)];
        Assert.Contains(secrets, text => text.Contains(ScriptedCloud.Password)); // Checks that the search finds secrets.
        Assert.Contains(secrets, text => text.Contains(ScriptedCloud.Token));

        session.Dispose();
        Assert.Empty(FindSecrets(session));
        Assert.Throws<TroveScheduleException>(() => session.WorkflowEndpoint);
    }

    [Fact]
    public async Task A_disposed_session_with_real_network_handlers_holds_no_secret()
    {
        CloudSettings settings = ScriptedCloud.Settings;
        ScriptedCloud cloud = Cloud;
        CloudSession session = await CloudSession.ConnectAsync(settings, cloud.Clock,
            () => new UnusedNetworkHandler(PrimaryHandler.Create(settings), cloud)); // A closure over the settings, as in ConnectAsync.
        session.Dispose();
        Assert.Empty(FindSecrets(session));
    }

    [Fact]
    public async Task A_token_renewal_that_completes_after_Dispose_leaves_no_token_in_memory()
    {
        var requestReceived = new TaskCompletionSource();
        var responseAllowed = new TaskCompletionSource();
        ScriptedCloud cloud = Cloud;
        CloudSession session = await cloud.ConnectAsync();
        cloud.Always("POST /v3/auth/tokens", async (request, token) =>
        {
            requestReceived.SetResult();
            await responseAllowed.Task;
            return await Answers.Json(201, $$$$"""
                {"token": {"expires_at": "2027-01-01T00:00:00Z", "project": {"id": "{{{{ScriptedCloud.Project}}}}"}}}
                """, ("X-Subject-Token", "topsecret-late"))(request, CancellationToken.None);
        });
        cloud.Clock.Advance(TimeSpan.FromMinutes(59));
        Task<TroveScheduleException> listing = ScriptedCloud.FailureOf(() => session.Schedules.ListAsync());
        await requestReceived.Task;
        session.Dispose();
        responseAllowed.SetResult();
        Assert.Equal("NotConnected", (await listing).ErrorId);
        Assert.Empty(FindSecrets(session));
    }

    [Fact]
    public async Task No_static_field_holds_a_secret()
    {
        using CloudSession session = await Cloud.ConnectAsync();
        await session.Schedules.ListAsync();
        foreach (Type type in new[] { typeof(TroveSession), typeof(CloudSession) }.SelectMany(type => type.Assembly.GetTypes()).Where(type => !type.ContainsGenericParameters))
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(field => !field.IsLiteral))
                Assert.Empty(FindSecrets(field.GetValue(null)));
        }
    }

    [Fact]
    public void No_type_with_a_secret_prints_its_members()
    {
        // A record prints all its properties, and a debugger shows the text of DebuggerDisplay.
        string[] secretNames = ["Password", "Secret", "Token", "Credential"];
        foreach (Type type in typeof(CloudSession).Assembly.GetTypes().Concat(typeof(TroveSession).Assembly.GetTypes()))
        {
            bool holds = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(property => secretNames.Any(word => property.Name.EndsWith(word, StringComparison.Ordinal)) && property.PropertyType != typeof(bool));
            if (!holds)
                continue;
            Assert.Null(type.GetCustomAttribute<DebuggerDisplayAttribute>());
            bool printsItsMembers = type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) is not null
                && type.GetMethod(nameof(ToString), Type.EmptyTypes)!.IsDefined(typeof(CompilerGeneratedAttribute));
            // A token prints only its user.
            Assert.True(!printsItsMembers || type.GetProperties().All(property => property.PropertyType == typeof(AuthToken) || property.PropertyType.IsValueType), $"{type} prints a secret.");
        }
    }

    /// <summary>Finds the texts with a secret that are reachable from an object, with the path to each. It searches all fields, and also text as characters and as bytes.</summary>
    private static IEnumerable<string> FindSecrets(object? root)
    {
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var remaining = new Queue<(object Value, string Path)>();
        Add(root, root?.GetType().Name ?? "");
        while (remaining.TryDequeue(out (object Value, string Path) next))
        {
            switch (next.Value)
            {
                case string text:
                    if (text.Contains(Secret))
                        yield return $"{next.Path}: {text}";
                    break;
                case byte[] bytes:
                    if (Encoding.UTF8.GetString(bytes).Contains(Secret) || Encoding.Unicode.GetString(bytes).Contains(Secret))
                        yield return $"{next.Path}: {Encoding.UTF8.GetString(bytes)}";
                    break;
                case char[] characters:
                    if (new string(characters).Contains(Secret))
                        yield return $"{next.Path}: {new string(characters)}";
                    break;
                case Array array:
                    if (array.GetType().GetElementType() is { IsPrimitive: false })
                    {
                        foreach (object? item in array)
                            Add(item, next.Path + "[]");
                    }
                    break;
                default:
                    for (Type? type = next.Value.GetType(); type is not null; type = type.BaseType)
                    {
                        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                        {
                            if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike && !field.FieldType.IsPrimitive)
                                Add(field.GetValue(next.Value), $"{next.Path}.{field.Name}");
                        }
                    }
                    break;
            }
        }

        void Add(object? value, string path)
        {
            // Skips the scripted cloud, which records its requests, and types through which every object is reachable.
            if (value is null or ScriptedCloud or MemberInfo or Assembly or Module or Thread or Pointer or TaskScheduler or SynchronizationContext or ExecutionContext || value.GetType().IsPrimitive)
                return;
            if (value.GetType().IsValueType || visited.Add(value))
                remaining.Enqueue((value, path));
        }
    }

    // Holds a handler of the network, but sends the requests to the scripted cloud.
    private sealed class UnusedNetworkHandler(HttpMessageHandler network, HttpMessageHandler cloud) : DelegatingHandler(cloud)
    {
        protected override void Dispose(bool disposing)
        {
            network.Dispose();
            base.Dispose(disposing);
        }
    }
}

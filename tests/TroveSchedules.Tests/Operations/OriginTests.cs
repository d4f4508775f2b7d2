using System;
using System.Linq;
using System.Threading.Tasks;
using TroveSchedules.OpenStack;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.OpenStack.Trove;
using TroveSchedules.Sandbox;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>An object is used only with its own cloud and project.</summary>
public sealed class OriginTests
{
    private static SandboxCloud Cloud(string host, int? seed = null) => new(new SandboxOptions
    {
        Speed = 0,
        Seed = seed,
        KeystoneUrl = new Uri($"http://{host}:5000"),
        MistralUrl = new Uri($"http://{host}:8989"),
        TroveUrl = new Uri($"http://{host}:8779"),
    });

    private static Task<CloudSession> Connect(SandboxCloud cloud, string user = "demo", string authUrl = "")
    {
        SandboxAccount account = cloud.Accounts.Single(one => one.UserName == user);
        return CloudSession.ConnectAsync(new CloudSettings
        {
            AuthUrl = new Uri(authUrl == "" ? cloud.AuthUrl.OriginalString : authUrl),
            Credential = PasswordCredential.ById(account.UserId, account.Password),
            Project = ProjectScope.ById(account.ProjectId),
        }, cloud.Clock, cloud.CreateHandler);
    }

    private static async Task<BackupSchedule> CreateSchedule(CloudSession session, string name = "night")
    {
        await session.Workbook.InstallAsync();
        return await session.Schedules.CreateAsync(new ScheduleRequest { Instance = "m", Name = name, Pattern = "0 3 * * *" });
    }

    private static Task<TroveScheduleException> FailureOf(Func<Task> work) => Assert.ThrowsAsync<TroveScheduleException>(work);

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task A_schedule_of_another_cloud_is_refused_and_nothing_is_deleted(int? seed, bool allProjects)
    {
        using SandboxCloud one = Cloud("one.invalid", seed), two = Cloud("two.invalid", seed);
        using CloudSession first = await Connect(one), second = await Connect(two);
        BackupSchedule schedule = await CreateSchedule(first), other = await CreateSchedule(second, "other");
        TroveScheduleException error = await FailureOf(() => second.Schedules.DeleteAsync(schedule, allProjects));
        Assert.Equal((TroveErrorKind.Forbidden, "OtherCloud"), (error.Kind, error.ErrorId));
        Assert.Contains("http://one.invalid:5000", error.Message);
        Assert.Contains("http://two.invalid:5000", error.Message);
        Assert.Contains("Use the session", error.RecommendedAction);
        Assert.Equal(other.Id, Assert.Single(await second.Schedules.ListAsync()).Id);
        Assert.Equal(schedule.Id, Assert.Single(await first.Schedules.ListAsync()).Id);
    }

    [Fact]
    public async Task Executions_of_a_schedule_of_another_cloud_are_neither_listed_nor_deleted()
    {
        using SandboxCloud one = Cloud("one.invalid", 1), two = Cloud("two.invalid", 1);
        using CloudSession first = await Connect(one), second = await Connect(two);
        BackupSchedule schedule = await CreateSchedule(first), other = await CreateSchedule(second);
        one.SeedExecutions(schedule.TriggerId, 3);
        two.SeedExecutions(other.TriggerId, 3);
        ScheduleExecution run = await first.Executions.ListAsync(schedule).FirstAsync();
        Assert.Equal("OtherCloud", (await FailureOf(async () => await second.Executions.ListAsync(schedule).FirstAsync())).ErrorId);
        Assert.Equal("OtherCloud", (await FailureOf(() => second.Executions.DeleteAsync(run, force: true, allProjects: true))).ErrorId);
        Assert.Equal(3, await second.Executions.ListAsync(other).CountAsync());
    }

    [Fact]
    public async Task A_trigger_that_belongs_to_a_schedule_with_another_id_is_not_deleted()
    {
        using SandboxCloud one = Cloud("one.invalid", 1), two = Cloud("one.invalid", 1); // Equal except for the ids of the schedules.
        using CloudSession first = await Connect(one), second = await Connect(two);
        BackupSchedule schedule = await CreateSchedule(first), other = await CreateSchedule(second);
        Assert.Equal(schedule.TriggerId, other.TriggerId);
        Assert.Equal("ScheduleNotFound", (await FailureOf(() => second.Schedules.DeleteAsync(schedule))).ErrorId);
        Assert.Single(await second.Schedules.ListAsync());
    }

    [Theory]
    [InlineData("http://one.invalid:5000/v3")]
    [InlineData("http://ONE.invalid:5000/")]
    [InlineData("http://one.invalid:5000/v3/")]
    public async Task Two_sessions_of_one_cloud_and_project_are_interchangeable(string authUrl)
    {
        using SandboxCloud cloud = Cloud("one.invalid");
        using CloudSession first = await Connect(cloud), second = await Connect(cloud, authUrl: authUrl);
        await second.Schedules.DeleteAsync(await CreateSchedule(first));
        Assert.Empty(await first.Schedules.ListAsync());
    }

    [Fact]
    public async Task An_administrator_acts_on_other_projects_of_the_same_cloud()
    {
        using SandboxCloud cloud = Cloud("one.invalid");
        using CloudSession demo = await Connect(cloud), admin = await Connect(cloud, "admin");
        BackupSchedule schedule = await CreateSchedule(demo);
        Assert.Equal("OtherProject", (await FailureOf(() => admin.Schedules.DeleteAsync(schedule))).ErrorId);
        await admin.Schedules.DeleteAsync(schedule, allProjects: true);
        Assert.Empty(await demo.Schedules.ListAsync());
    }

    [Fact]
    public async Task Every_object_has_its_cloud_and_project()
    {
        using SandboxCloud cloud = Cloud("one.invalid");
        using CloudSession session = await Connect(cloud);
        BackupSchedule schedule = await CreateSchedule(session);
        cloud.Step(TimeSpan.FromDays(1));
        ScheduleExecution run = await session.Executions.ListAsync(schedule).FirstAsync();
        Backup backup = await session.Backups.ListAsync().FirstAsync();
        Instance instance = await session.Instances.GetAsync("m");
        Assert.All(
            [(schedule.Origin, schedule.ProjectId), (run.Origin, run.ProjectId), (backup.Origin, backup.ProjectId), (instance.Origin, instance.ProjectId)],
            actual => Assert.Equal(("http://one.invalid:5000 RegionOne", session.ProjectId), actual));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(7, true)]
    public async Task Sandboxes_have_equal_ids_only_with_the_same_seed(int? seed, bool areSame)
    {
        using SandboxCloud one = Cloud("one.invalid", seed), two = Cloud("two.invalid", seed);
        using CloudSession first = await Connect(one), second = await Connect(two);
        BackupSchedule schedule = await CreateSchedule(first), other = await CreateSchedule(second);
        Assert.Equal((areSame, areSame), (schedule.TriggerId == other.TriggerId, first.ProjectId == second.ProjectId));
        Assert.Equal(schedule.InstanceId, other.InstanceId);
    }
}

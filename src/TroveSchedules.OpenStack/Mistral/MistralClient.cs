using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary>The resources of the Mistral API v2 that schedules need.</summary>
internal sealed class MistralClient(ServiceClient service)
{
    public CronTriggerClient CronTriggers { get; } = new(service);
    public ExecutionClient Executions { get; } = new(service);
    public WorkbookClient Workbooks { get; } = new(service);
    public WorkflowClient Workflows { get; } = new(service);
}

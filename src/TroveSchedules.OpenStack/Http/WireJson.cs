using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.OpenStack.Mistral;
using TroveSchedules.OpenStack.Trove;

namespace TroveSchedules.OpenStack.Http;

/// <summary>The source-generated JSON context of all requests and responses; it uses no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(WireTime)])]
[JsonSerializable(typeof(AuthRequest))]
[JsonSerializable(typeof(AuthResponse))]
[JsonSerializable(typeof(CronTriggerRequest))]
[JsonSerializable(typeof(CronTrigger))]
[JsonSerializable(typeof(CronTriggerPage))]
[JsonSerializable(typeof(ExecutionRequest))]
[JsonSerializable(typeof(ScheduleMetadata))]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(ExecutionPage))]
[JsonSerializable(typeof(WorkbookResponse))]
[JsonSerializable(typeof(WorkbookPage))]
[JsonSerializable(typeof(ValidationResponse))]
[JsonSerializable(typeof(Workflow))]
[JsonSerializable(typeof(WorkflowPage))]
[JsonSerializable(typeof(MistralAction))]
[JsonSerializable(typeof(InstancePage))]
[JsonSerializable(typeof(InstanceResponse))]
[JsonSerializable(typeof(BackupPage))]
[JsonSerializable(typeof(BackupResponse))]
[JsonSerializable(typeof(LimitsResponse))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>Serializes a request's body.</summary>
    public static HttpContent Body<T>(T value, JsonTypeInfo<T> type) =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
}

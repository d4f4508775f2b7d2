using System.Text.Json.Serialization;

namespace TroveSchedules.OpenStack.Http;

/// <summary>The one JSON context: everything that goes over the wire, read and written without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
internal sealed partial class WireJson : JsonSerializerContext;

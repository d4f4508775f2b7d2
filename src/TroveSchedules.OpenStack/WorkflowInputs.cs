using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TroveSchedules.OpenStack.Http;
using TroveSchedules.OpenStack.Mistral;

namespace TroveSchedules.OpenStack;

/// <summary>
/// The inputs of the installed workflow. Three kinds exist: the spec's (<c>parent_id</c>), python-troveclient's (<c>incremental</c>) and
/// this project's (both, with defaults). Mistral rejects missing and unknown keys.
/// </summary>
internal sealed class WorkflowInputs
{
    private static readonly Regex Word = new(@"^[A-Za-z_]\w*$", RegexOptions.CultureInvariant);

    private readonly List<(string Name, bool HasDefault)> _inputs;

    private WorkflowInputs(List<(string Name, bool HasDefault)> inputs) => _inputs = inputs;

    public IReadOnlyList<string> Names => _inputs.ConvertAll(i => i.Name);

    public bool Accepts(string name) => _inputs.Exists(i => i.Name == name);

    /// <summary>Whether a trigger with this input can start the workflow.</summary>
    public bool AreSatisfiedBy(IReadOnlyCollection<string> keys) =>
        keys.All(Accepts) && _inputs.TrueForAll(i => i.HasDefault || keys.Contains(i.Name));

    /// <summary>Reads the inputs from a workflow.</summary>
    public static WorkflowInputs Of(Workflow workflow) =>
        workflow.Interface is { } text ? FromInterface(text) : FromText(workflow.Input ?? "");

    /// <summary>Reads an <c>input:</c> list, in which an input with a default is a mapping of one key.</summary>
    public static WorkflowInputs FromYaml(IEnumerable<object?> inputs) =>
        new([.. inputs.Select(i => i is IEnumerable<KeyValuePair<object, object?>> pair
            ? (pair.FirstOrDefault().Key?.ToString() ?? "", true)
            : (i?.ToString() ?? "", false))]);

    /// <summary>The input of a trigger as JSON: exactly the keys that the workflow declares, with null for values that the request does not set.</summary>
    public string ToJson(ScheduleRequest request, string instanceId)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach ((string name, bool hasDefault) in _inputs)
            {
                switch (name)
                {
                    case "instance": json.WriteString(name, instanceId); break;
                    case "name": json.WriteString(name, request.Name); break;
                    case "description": json.WriteString(name, request.Description); break;
                    case "parent_id": json.WriteString(name, request.ParentId); break;
                    case "incremental": json.WriteBoolean(name, request.Incremental); break;
                    // An unknown input with a default is omitted, because null would override the default.
                    default: if (!hasDefault) json.WriteNull(name); break;
                }
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static WorkflowInputs FromInterface(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new([.. document.RootElement.GetProperty("input").EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Object
                ? (i.EnumerateObject().First().Name, true)
                : (i.GetString() ?? throw new JsonException("An input has no name."), false))]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new TroveScheduleException(TroveErrorKind.ProtocolError,
                $"Mistral tells the inputs of '{BackupSchedules.WorkflowName}' in a way that its API does not know: {ServiceError.Printable(text)}", e)
            { Target = BackupSchedules.WorkflowName };
        }
    }

    // "instance, name, description=None": the text after a comma inside a default is not a word, so it is not read as an input.
    private static WorkflowInputs FromText(string text) =>
        new([.. text.Split(',').Select(part =>
        {
            int equals = part.IndexOf('=');
            return (Name: (equals < 0 ? part : part.Substring(0, equals)).Trim(), HasDefault: equals >= 0);
        }).Where(input => Word.IsMatch(input.Name))]);
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using TroveSchedules.Sandbox.Wire;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>A parsed workbook. The sandbox refuses unsupported elements, so that it never ignores a part of a workbook.</summary>
internal sealed record WorkbookSpec(string Name, List<object?> Tags, IReadOnlyList<WorkflowSpec> Workflows)
{
    private static readonly string[] AllowedKeys = ["version", "name", "description", "tags", "actions", "workflows"];

    /// <summary>Parses a workbook.</summary>
    /// <exception cref="WorkbookException">The definition is invalid or not supported. The message is the first line of Mistral's message.</exception>
    public static WorkbookSpec Parse(string definition)
    {
        JsonMap book = ParseYaml(definition);
        if (book.Keys.FirstOrDefault(key => !AllowedKeys.Contains(key)) is { } unknown)
            throw Invalid($"Additional properties are not allowed ({Python.Repr(unknown)} was unexpected)");
        CheckVersion(book);
        Require(book, "name");
        RefuseUnsupported(book, "a workbook", "version", "name", "description", "tags", "workflows");
        if (book["name"] is not string { Length: > 0 } name)
            throw Invalid($"{Python.Repr(book["name"])} is not of type 'string'");
        JsonMap workflows = book.ContainsKey("workflows") ? RequireMembers(book["workflows"]) : [];
        return new WorkbookSpec(name, book["tags"] as List<object?> ?? [],
            [.. workflows.Where(member => member.Key != "version").Select(member => WorkflowSpec.Parse(member.Key, member.Value, definition))]);
    }

    /// <summary>Parses the definition of one workflow outside a workbook.</summary>
    /// <exception cref="WorkbookException">The definition is invalid or not supported.</exception>
    public static WorkflowSpec ParseWorkflow(string definition)
    {
        JsonMap all = ParseYaml(definition);
        CheckVersion(all);
        if (all.Count != 2)
            throw new WorkbookException("The sandbox takes one workflow at a time."); // For several, Mistral stores each definition in the format of PyYAML.
        KeyValuePair<string, object?> workflow = all.Single(member => member.Key != "version");
        return WorkflowSpec.Parse(workflow.Key, workflow.Value, "") with { Definition = definition };
    }

    private static JsonMap ParseYaml(string definition)
    {
        object? root;
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(definition));
            root = yaml.Documents.Count == 0 ? new JsonMap() : ToValue(yaml.Documents[0].RootNode);
        }
        catch (YamlException e)
        {
            throw new WorkbookException(FormattableString.Invariant(
                $"Definition could not be parsed: {e.Message}\n  in \"<unicode string>\", line {e.Start.Line}, column {e.Start.Column}\n"));
        }
        return root as JsonMap ?? throw Invalid($"{Python.Repr(root)} is not of type 'object'");
    }

    private static void CheckVersion(JsonMap map)
    {
        Require(map, "version");
        if (map["version"] is not ("2.0" or 2.0))
            throw Invalid($"{Python.Repr(map["version"])} is not one of ['2.0', 2.0]");
    }

    internal static WorkbookException Invalid(string what) => new("Invalid DSL: " + what);

    /// <summary>Returns the value if it is a non-empty object, or throws.</summary>
    internal static JsonMap RequireMembers(object? value) => value switch
    {
        JsonMap { Count: > 0 } map => map,
        JsonMap => throw Invalid("{} does not have enough properties"),
        _ => throw Invalid($"{Python.Repr(value)} is not of type 'object'"),
    };

    internal static void Require(JsonMap map, string key)
    {
        if (!map.ContainsKey(key))
            throw Invalid($"'{key}' is a required property");
    }

    internal static void RefuseUnsupported(JsonMap map, string what, params string[] supported)
    {
        if (map.Keys.FirstOrDefault(key => !supported.Contains(key)) is { } key)
            throw new WorkbookException($"The sandbox does not support '{key}' in {what}. It supports {string.Join(", ", supported)}.");
    }

    // PyYAML implements YAML 1.1.
    private static object? ToValue(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                var map = new JsonMap();
                foreach (KeyValuePair<YamlNode, YamlNode> child in mapping.Children)
                    map[Python.Str(ToValue(child.Key))] = ToValue(child.Value);
                return map;
            case YamlSequenceNode sequence:
                return sequence.Children.Select(ToValue).ToList();
            case YamlScalarNode { Style: not ScalarStyle.Plain } scalar:
                return scalar.Value;
            default:
                return ParsePlainScalar(((YamlScalarNode)node).Value ?? "");
        }
    }

    private static object? ParsePlainScalar(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ when Regex.IsMatch(text, @"^[-+]?[0-9]+$") && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole) => whole,
        _ when Regex.IsMatch(text, @"^[-+]?[0-9]*\.[0-9]+([eE][-+][0-9]+)?$|^[-+]?[0-9]+\.$") => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };
}

/// <summary>A workflow within a workbook.</summary>
/// <param name="Name">Its name, without the name of the workbook.</param>
/// <param name="Definition">Its part of the YAML, without the indentation.</param>
/// <param name="Inputs">Its inputs. Each is a name, or a map from one name to its default.</param>
/// <param name="Output">Its output; null if it defines none.</param>
/// <param name="Tasks">Its tasks, in their order.</param>
internal sealed record WorkflowSpec(string Name, string Definition, List<object?> Inputs, JsonMap? Output, IReadOnlyList<TaskSpec> Tasks)
{
    public static WorkflowSpec Parse(string name, object? value, string workbook)
    {
        JsonMap workflow = value as JsonMap ?? throw WorkbookSpec.Invalid($"{Python.Repr(value)} is not of type 'object'");
        WorkbookSpec.Require(workflow, "tasks");
        JsonMap tasks = WorkbookSpec.RequireMembers(workflow["tasks"]);
        WorkbookSpec.RefuseUnsupported(workflow, "a workflow", "description", "tags", "input", "output", "tasks");
        try
        {
            Yaql.Check(workflow);
        }
        catch (YaqlException e)
        {
            throw new WorkbookException(e.Message);
        }
        return new WorkflowSpec(name, CutDefinition(workbook, name), workflow["input"] as List<object?> ?? [], workflow.GetMap("output"),
            [.. tasks.Where(task => task.Key != "version").Select(task => TaskSpec.Parse(task.Key, task.Value as JsonMap ?? []))]);
    }

    /// <summary>The inputs with their defaults.</summary>
    public IEnumerable<(string Name, bool HasDefault, object? Default)> Parameters => Inputs.Select(input =>
        input is JsonMap { Count: 1 } map ? (map.Keys.First(), true, map.First().Value) : (Python.Str(input), false, (object?)null));

    /// <summary>Compares the keys of an input with the inputs of the workflow.</summary>
    /// <returns>The error message of Mistral; null if the input is valid.</returns>
    public string? FindInputError(JsonMap input)
    {
        List<object?> missing = [.. Parameters.Where(parameter => !parameter.HasDefault && !input.ContainsKey(parameter.Name)).Select(parameter => parameter.Name)];
        List<object?> unexpected = [.. input.Keys.Where(key => Parameters.All(parameter => parameter.Name != key))];
        if (missing.Count + unexpected.Count == 0)
            return null;
        return $"Invalid input [name={Name}, class=DirectWorkflowSpec{Part("missing", missing)}{Part("unexpected", unexpected)}]";

        static string Part(string name, List<object?> keys) => keys.Count == 0 ? "" : $", {name}={Python.Repr(keys)}";
    }

    /// <summary>The input, with the defaults for missing keys.</summary>
    public JsonMap WithDefaults(JsonMap input)
    {
        JsonMap result = input.Copy();
        foreach ((string name, bool hasDefault, object? value) in Parameters)
        {
            if (hasDefault && !result.ContainsKey(name))
                result.Add(name, value);
        }
        return result;
    }

    // Mistral extracts the text of a workflow from the workbook in the same way (mistral.lang.parser).
    private static string CutDefinition(string workbook, string name)
    {
        string[] lines = workbook.Substring(Math.Max(0, workbook.IndexOf("workflows:", StringComparison.Ordinal))).Split(["\r\n", "\n"], StringSplitOptions.None);
        int start = Array.FindIndex(lines, line => line.Trim() == name + ":");
        if (start < 0)
            return "";
        int margin = Indent(lines[start]);
        IEnumerable<string> body = lines.Skip(start + 1).TakeWhile(line => Indent(line) > margin || line.Trim() is "" || line.Trim()[0] == '#');
        return string.Join("\n", body.Prepend(lines[start]).Select(line => line.Substring(Math.Min(margin, Indent(line))))).TrimEnd() + "\n";

        static int Indent(string line) => line.Length - line.TrimStart().Length;
    }
}

/// <summary>A task: an action, its input, and the values that it publishes.</summary>
internal sealed record TaskSpec(string Name, string Action, JsonMap Input, JsonMap Publish)
{
    // action: trove.backups_create instance=<% $.instance %> name='x'
    private static readonly Regex Argument = new(@"([-\w]+)=(""[^""]*""|'[^']*'|<%.*?%>|true|false|null|\d+)", RegexOptions.CultureInvariant);

    public static TaskSpec Parse(string name, JsonMap task)
    {
        // A delay is accepted and has no effect. An execution ends as soon as its actions have ended.
        WorkbookSpec.RefuseUnsupported(task, "a task", "description", "action", "input", "publish", "wait-before");
        string command = (task.GetString("action") ?? "std.noop").Trim();
        string action = Regex.Match(command, @"^\S+").Value;
        JsonMap input = task.GetMap("input")?.Copy() ?? [];
        foreach (Match match in Argument.Matches(command.Substring(action.Length)))
        {
            string text = match.Groups[2].Value;
            input[match.Groups[1].Value] = text[0] is '"' or '\'' ? text.Substring(1, text.Length - 2) : text[0] == '<' ? text : Python.Parse(text);
        }
        return new TaskSpec(name, action, input, task.GetMap("publish") ?? []);
    }
}

/// <summary>A definition that is invalid or not supported.</summary>
internal sealed class WorkbookException(string message) : Exception(message);

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using YamlDotNet.Serialization;

namespace TroveSchedules.HelpBuilder;

/// <summary>A cmdlet as Get-Command knows it, by way of docs/commands.ps1.</summary>
internal sealed record Command(string Name, string DefaultSet, string[] Sets, CommandParameter[] Parameters, string[] Inputs, string[] Outputs)
{
    public static Command[] ReadAll(string path) => JsonSerializer.Deserialize<Command[]>(File.ReadAllText(path))!;
}

/// <summary>A parameter: what the yaml block of its section says, in PlatyPS's words and order.</summary>
internal sealed class CommandParameter
{
    [YamlIgnore]
    public string Name { get; set; } = "";

    public string Type { get; set; } = "";
    public string DefaultValue { get; set; } = "None";
    public bool SupportsWildcards { get; set; }
    public List<string> Aliases { get; set; } = [];
    public List<ParameterInSet> ParameterSets { get; set; } = [];
    public bool DontShow { get; set; }
    public List<string> AcceptedValues { get; set; } = [];
    public string HelpMessage { get; set; } = "";

    [YamlIgnore]
    public bool IsSwitch => Type == "System.Management.Automation.SwitchParameter";

    /// <summary>The type without its namespace; a nullable one is the one that it may be.</summary>
    [YamlIgnore]
    public string ShortType => Type[(Type.TrimEnd(']', '[').LastIndexOf('.') + 1)..] is var name && Type.StartsWith("System.Nullable`1[", StringComparison.Ordinal) ? name.TrimEnd(']') : name;

    /// <summary>What one set says of it; null where it is not in that set.</summary>
    public ParameterInSet? In(string set) => ParameterSets.Find(own => own.Name == set) ?? ParameterSets.Find(own => own.Name == ParameterInSet.All);

    /// <summary>The parameters of a set in the order of a syntax: by position, then the mandatory, then the rest by name, with those that every changing cmdlet has at the end.</summary>
    public static IEnumerable<(CommandParameter Parameter, ParameterInSet In)> Of(string set, IEnumerable<CommandParameter> parameters) =>
        parameters.Where(p => p.In(set) is not null).Select(p => (Parameter: p, In: p.In(set)!))
            .OrderBy(p => int.TryParse(p.In.Position, out int position) ? position : int.MaxValue)
            .ThenBy(p => !p.In.IsRequired)
            .ThenBy(p => p.Parameter.Name is "Confirm" or "WhatIf")
            .ThenBy(p => p.Parameter.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The parameter as a line of syntax has it.</summary>
    public string Syntax(ParameterInSet own)
    {
        string value = IsSwitch ? "" : $" <{ShortType}>";
        return (own.IsRequired, own.IsPositional) switch
        {
            (true, true) => $"[-{Name}]{value}",
            (true, false) => $"-{Name}{value}",
            (false, true) => $"[[-{Name}]{value}]",
            (false, false) => $"[-{Name}{value}]",
        };
    }
}

/// <summary>What one parameter set says of a parameter.</summary>
internal sealed class ParameterInSet
{
    public const string All = "(All)";

    public string Name { get; set; } = "";
    public string Position { get; set; } = "Named";
    public bool IsRequired { get; set; }
    public bool ValueFromPipeline { get; set; }
    public bool ValueFromPipelineByPropertyName { get; set; }
    public bool ValueFromRemainingArguments { get; set; }

    [YamlIgnore]
    public bool IsPositional => Position != "Named";
}

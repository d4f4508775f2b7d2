using System;

namespace TroveSchedules.OpenStack.Mistral;

/// <summary>The refusals of Mistral that need an error of their own. Mistral gives no code for them, so they are recognised by the words of its <c>faultstring</c>.</summary>
internal enum MistralFault
{
    Other,

    /// <summary>POST /cron_triggers: the token is an application credential's or a trust's, for which Keystone creates no trust.</summary>
    DelegatedToken,

    /// <summary>POST /cron_triggers: croniter finds no time for the pattern.</summary>
    NoNextTime,

    /// <summary>POST /cron_triggers: a trigger with the same input, pattern, first time and count exists. Mistral names the name, which is a new one.</summary>
    DuplicateTrigger,

    /// <summary>POST /executions: the workflow does not exist. The status is 404, or 500 from a Mistral whose API and engine are one process.</summary>
    WorkflowNotFound,

    /// <summary>POST /executions: the workflow lacks an input, or does not take one.</summary>
    InputMismatch,

    /// <summary>DELETE /executions: the execution has not ended.</summary>
    ExecutionNotEnded,
}

/// <summary>Recognises Mistral's refusals.</summary>
internal static class MistralFaults
{
    /// <summary>The refusal that an error is about.</summary>
    public static MistralFault Of(TroveScheduleException error) => error.ServerMessage switch
    {
        null => MistralFault.Other,
        var words when words.Contains("Using a delegated token") => MistralFault.DelegatedToken,
        var words when words.Contains("failed to find next date") => MistralFault.NoNextTime,
        var words when words.StartsWith("Duplicate entry for cron trigger ['name'", StringComparison.Ordinal) => MistralFault.DuplicateTrigger,
        var words when words.Contains("Workflow not found [workflow_identifier=") => MistralFault.WorkflowNotFound,
        var words when words.StartsWith("Invalid input [name=", StringComparison.Ordinal) => MistralFault.InputMismatch,
        var words when words.StartsWith("Only completed executions", StringComparison.Ordinal) => MistralFault.ExecutionNotEnded,
        _ => MistralFault.Other,
    };
}

using System;
using System.Management.Automation;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.Commands;

/// <summary>
/// The request log and the progress bar of one cmdlet, by its own -Verbose, -Debug and -ProgressAction. They are in effect while a step of the cmdlet runs, because the cmdlets of a pipeline call one another.
/// </summary>
internal sealed class CmdletStreams
{
    private readonly RequestLog _log;

    /// <summary>Reads the preferences of the cmdlet.</summary>
    public CmdletStreams(PSCmdlet cmdlet, PipelineMessageQueue messages)
    {
        bool verbose = cmdlet.IsOn("Verbose", "VerbosePreference"), debug = cmdlet.IsOn("Debug", "DebugPreference");
        Action<string> toDebug = text => messages.Post(() => cmdlet.WriteDebug(text));
        _log = new RequestLog
        {
            Line = verbose ? text => messages.Post(() => cmdlet.WriteVerbose(text)) : debug ? toDebug : null,
            Body = debug ? toDebug : null,
        };
        Progress = cmdlet.IsOn("ProgressAction", "ProgressPreference") ? new Progress(cmdlet) : null;
    }

    /// <summary>The progress bar; null if it is off.</summary>
    public Progress? Progress { get; }

    /// <summary>Runs a step of the cmdlet.</summary>
    public void Run(Action step)
    {
        (RequestLog? log, Progress? parent) = (RequestLog.Current, Progress.Running);
        (RequestLog.Current, Progress.Running) = (_log, Progress);
        if (parent is not null)
            Progress?.SetParent(parent);
        try
        {
            step();
        }
        finally
        {
            (RequestLog.Current, Progress.Running) = (log, parent);
        }
    }

    /// <summary>Shows the request in progress on the bar.</summary>
    public void UpdateProgress() => Progress?.Update(_log.Waiting);
}

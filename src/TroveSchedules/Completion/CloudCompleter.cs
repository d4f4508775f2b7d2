using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using TroveSchedules.Commands;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.Completion;

/// <summary>Completes the names of the clouds in clouds.yaml, in the order of the file.</summary>
internal sealed class CloudCompleter : Completer
{
    // The description of a cloud reads the files again.
    private const int MostDescribed = 30;

    private protected override IEnumerable<CompletionCandidate> Find(string typed, CommandAst command, IDictionary bound)
    {
        // A completer is given no session state, but runs where the prompt's is at hand.
        var engine = (EngineIntrinsics)ScriptBlock.Create("$ExecutionContext").Invoke()[0].BaseObject;
        ConfigurationSources sources = SharedSession.Sources(engine.SessionState);
        string[] names = [.. CloudConfiguration.CloudNames(sources).Where(name => Begins(name, typed))];
        return names.Select(name => new CompletionCandidate(name, name, names.Length > MostDescribed ? name : Described(name, sources)));
    }

    private static string Described(string name, ConfigurationSources sources)
    {
        try
        {
            return CloudConfiguration.FromCloud(name, null, sources).ToString();
        }
        catch (TroveScheduleException e)
        {
            return e.Message;
        }
    }
}

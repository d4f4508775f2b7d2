using System;
using System.IO;
using System.Linq;
using TroveSchedules.HelpBuilder;

// Makes what Get-Help reads from the pages, or brings the pages up to date with the cmdlets.
try
{
    switch (args)
    {
        case ["build", var pages, var target]:
            Directory.CreateDirectory(target);
            Maml.Write([.. CmdletPages(pages).Select(CmdletPage.Read)], Path.Combine(target, "TroveSchedules.dll-Help.xml"));
            foreach (string about in Directory.GetFiles(pages, "about_*.md"))
                File.WriteAllText(Path.Combine(target, Path.GetFileNameWithoutExtension(about) + ".help.txt"), AboutTopic.Render(about));
            return 0;
        case ["update", var pages, var commands]:
            foreach (Command command in Command.ReadAll(commands))
                PageUpdate.Apply(Path.Combine(pages, command.Name + ".md"), command);
            return 0;
        default:
            Console.Error.WriteLine("HelpBuilder build PAGES TARGET | HelpBuilder update PAGES COMMANDS.json");
            return 2;
    }
}
catch (PageException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static string[] CmdletPages(string folder) =>
    [.. Directory.GetFiles(folder, "*.md").Where(path => !Path.GetFileName(path).StartsWith("about_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

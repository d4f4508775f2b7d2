using System.IO;
using System.Management.Automation;
using System.Text;
using TroveSchedules.Binding;
using TroveSchedules.OpenStack;

namespace TroveSchedules.Commands;

/// <summary>Installs or updates the workbook that schedules run.</summary>
[Cmdlet(VerbsLifecycle.Install, "TroveWorkbook", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledWorkbook))]
public sealed class InstallTroveWorkbookCommand : SessionCmdlet
{
    /// <summary>The file of a custom workbook. Default: the workbook of the module.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath", "FullName")]
    [FileReference]
    public string? Path { get; set; }

    /// <summary>Who sees the workbook. Default: unchanged, or private for a new workbook. Only an administrator can make it public.</summary>
    [Parameter]
    public WorkbookScope? Scope { get; set; }

    /// <summary>Installs the workbook.</summary>
    protected override void ProcessRecord() => Try(() =>
    {
        string? definition = Path is null ? null : ReadFile(Path);
        if (definition is not null)
            Workbook.Check(definition);
        WorkbookChange change = Await(Cloud.Workbook.PrepareAsync(definition, Scope is { } scope ? scope == WorkbookScope.Public : null, Warn, Cancelled));
        if (!change.IsNeeded || ShouldProcess($"workbook '{Workbook.Name}' of project '{Cloud.ProjectName}'", Scope == WorkbookScope.Public ? "Load for every project" : "Load"))
            WriteObject(Await(Cloud.Workbook.InstallAsync(change, Warn, Cancelled)));
    });

    private string ReadFile(string path)
    {
        string file = new LocalFile(this, path).Path;
        try
        {
            using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, $"The workbook '{file}' is not UTF-8.", e)
            {
                ErrorId = "InvalidWorkbook",
                Target = file,
                RecommendedAction = "Save it as UTF-8.",
            };
        }
        catch (System.Exception e) when (e is IOException or System.UnauthorizedAccessException)
        {
            throw new TroveScheduleException(TroveErrorKind.Invalid, $"The workbook cannot be read: {(Directory.Exists(file) ? $"'{file}' is a folder." : e.Message)}", e) { ErrorId = "InvalidWorkbook", Target = file };
        }
    }
}

/// <summary>Who sees a workbook.</summary>
public enum WorkbookScope
{
    /// <summary>The session's project.</summary>
    Private,

    /// <summary>Every project of the cloud.</summary>
    Public,
}

using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace TroveSchedules.Commands;

/// <summary>The file that a parameter names. It is written in one step, so that a reader sees the old file or the new one.</summary>
internal sealed class LocalFile
{
    private readonly PSCmdlet _cmdlet;

    /// <summary>Finds the file of a path.</summary>
    /// <param name="cmdlet">The cmdlet, whose current location a relative path begins at.</param>
    /// <param name="path">The path, without wildcards.</param>
    /// <exception cref="TroveScheduleException">Invalid (<c>InvalidPath</c>) for a path that is not one of a file system.</exception>
    public LocalFile(PSCmdlet cmdlet, string path)
    {
        _cmdlet = cmdlet;
        ProviderInfo provider;
        try
        {
            Path = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
            if (provider.Name == "FileSystem")
            {
                Path = System.IO.Path.GetFullPath(Path);
                return;
            }
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw InvalidPath(path, e.Message, e);
        }
        throw InvalidPath(path, $"it is a path of the PowerShell provider '{provider.Name}', not of a file.", null);
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The file as Get-Item writes it.</summary>
    public PSObject Item => ItemAt(Path);

    /// <summary>Writes text in UTF-8 without a byte order mark.</summary>
    /// <exception cref="TroveScheduleException">As for <see cref="Write(Action{Stream})"/>.</exception>
    public void Write(string text) => Write(stream =>
    {
        byte[] bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text);
        stream.Write(bytes, 0, bytes.Length);
    });

    /// <summary>Replaces the file by what <paramref name="write"/> writes. The new file has the permissions of the old one. If the path is a link, its target is replaced.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>FileNotWritten</c>) if the file cannot be written; the old file is unchanged.</exception>
    public void Write(Action<Stream> write)
    {
        string target = FindTarget();
        string folder = System.IO.Path.GetDirectoryName(target) ?? target;
        if (Refusal(target, folder) is { } reason)
            throw NotWritten(reason, null);
        string unfinished = System.IO.Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            using (FileStream stream = File.Create(unfinished))
                write(stream);
            if (File.Exists(target))
            {
#if NET
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(unfinished, File.GetUnixFileMode(target));
#endif
                File.Replace(unfinished, target, null);
            }
            else
            {
                File.Move(unfinished, target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e.Message.Replace(unfinished, target), e);
        }
        finally
        {
            try
            {
                File.Delete(unfinished);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The error that led here is more important.
            }
        }
    }

    /// <summary>The error for a file that was not written.</summary>
    public TroveScheduleException NotWritten(string reason, Exception? cause) =>
        new(TroveErrorKind.Invalid, $"The file '{Path}' was not written: {reason}", cause) { ErrorId = "FileNotWritten", Target = Path, RecommendedAction = "Name another file." };

    private string FindTarget()
    {
#if NET
        try
        {
            if (new FileInfo(Path).LinkTarget is not null)
                return File.ResolveLinkTarget(Path, returnFinalTarget: true)!.FullName;
        }
        catch (IOException e)
        {
            throw NotWritten(e.Message, e);
        }
#endif
        return Path;
    }

    private string? Refusal(string target, string folder) =>
        Directory.Exists(target) ? "it is a folder."
        : !Directory.Exists(folder) ? $"the folder '{folder}' does not exist."
        : !File.Exists(target) ? null
        : (File.GetAttributes(target) & FileAttributes.ReadOnly) != 0 ? "it is read-only."
        // PowerShell adds UnixStat to items on Unix.
        : ItemAt(target).Properties["UnixStat"]?.Value is { } stat && PSObject.AsPSObject(stat).Properties["ItemType"]?.Value?.ToString() is { } type && type != "File" ? "it is not a regular file."
        : null;

    private PSObject ItemAt(string path) => _cmdlet.InvokeProvider.Item.Get([path], force: true, literalPath: true).First();

    private static TroveScheduleException InvalidPath(string path, string reason, Exception? cause) =>
        new(TroveErrorKind.Invalid, $"The path '{TerminalText.SanitizeLine(path)}' cannot be used: {reason}", cause) { ErrorId = "InvalidPath", Target = path, RecommendedAction = "Give the path of a file." };
}

using System;
using System.IO;
using System.Text;

namespace TroveSchedules.Commands;

/// <summary>Writes files in one step, so that a reader sees the old file or the new one.</summary>
internal static class WholeFile
{
    /// <summary>Writes text in UTF-8 without a byte order mark.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>FileNotWritten</c>) if the file cannot be written; the old file is unchanged.</exception>
    public static void Write(string file, string text) => Write(file, stream =>
    {
        byte[] bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text);
        stream.Write(bytes, 0, bytes.Length);
    });

    /// <summary>Writes what <paramref name="write"/> writes.</summary>
    /// <exception cref="TroveScheduleException">Invalid (<c>FileNotWritten</c>) if the file cannot be written; the old file is unchanged.</exception>
    public static void Write(string file, Action<Stream> write)
    {
        string unfinished = $"{file}.{Guid.NewGuid():N}";
        try
        {
            using (FileStream stream = File.Create(unfinished))
                write(stream);
            if (File.Exists(file))
                File.Replace(unfinished, file, null);
            else
                File.Move(unfinished, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(file, Directory.Exists(file) ? "it is a folder." : e.Message, e);
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
    public static TroveScheduleException NotWritten(string file, string reason, Exception? cause) =>
        new(TroveErrorKind.Invalid, $"The file '{file}' was not written: {reason}", cause) { ErrorId = "FileNotWritten", Target = file, RecommendedAction = "Name another file." };
}

using System;
using System.Diagnostics.CodeAnalysis;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What may stand for one thing in a request's path.</summary>
internal static class ResourceId
{
    /// <summary>Whether a text is a UUID as OpenStack writes it: 36 characters, four hyphens, nothing around them.</summary>
    public static bool IsUuid([NotNullWhen(true)] string? text) => text is { Length: 36 } && Guid.TryParseExact(text, "D", out _);

    /// <summary>
    /// The id as one segment of a path. All that stand there are UUIDs; an object that was made by hand may have any other, and servers read escaped
    /// slashes and dots as slashes and dots, which lead elsewhere.
    /// </summary>
    /// <exception cref="TroveScheduleException">NotFound: it is no UUID, so nothing has it.</exception>
    public static string Segment(string id) =>
        IsUuid(id) ? id : throw new TroveScheduleException(TroveErrorKind.NotFound, $"Nothing has the id '{id}'.") { Target = id };

    /// <summary>Whether a text can be the name of a cron trigger, of which Mistral keeps no more than 255 characters, and no half of a surrogate pair.</summary>
    public static bool CanBeName(string text) => text.Length is > 0 and <= 255 && IsWellFormed(text);

    /// <summary>Whether a text is without halves of surrogate pairs, which no encoding can bring to a server.</summary>
    public static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }
        return true;
    }
}

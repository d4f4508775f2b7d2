using System;
using System.Diagnostics.CodeAnalysis;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Ids and names that are allowed as one segment of a request's path.</summary>
internal static class ResourceId
{
    /// <summary>Whether a text is a UUID in OpenStack's form: 36 characters with four hyphens, without braces or spaces.</summary>
    public static bool IsUuid([NotNullWhen(true)] string? text) => text is { Length: 36 } && Guid.TryParseExact(text, "D", out _);

    /// <summary>
    /// The id as one segment of a path. It must be a UUID: an object that a user built can have any id, and servers decode escaped
    /// slashes and dots, which would address another resource.
    /// </summary>
    /// <exception cref="TroveScheduleException">NotFound: the id is not a UUID, so no resource has it.</exception>
    public static string Segment(string id) =>
        IsUuid(id) ? id : throw new TroveScheduleException(TroveErrorKind.NotFound, $"Nothing has the id '{id}'.") { Target = id };

    /// <summary>Whether a text can be the name of a cron trigger: at most 255 characters (Mistral's limit), without lone surrogates.</summary>
    public static bool CanBeName(string text) => text.Length is > 0 and <= 255 && HasNoLoneSurrogate(text);

    /// <summary>Whether a text has no lone surrogates, which UTF-8 cannot encode.</summary>
    public static bool HasNoLoneSurrogate(string text)
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

using System;
using System.Diagnostics.CodeAnalysis;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What may stand for one thing in a request's path.</summary>
internal static class ResourceId
{
    /// <summary>Whether a text is a UUID as OpenStack writes it: 36 characters, four hyphens, nothing around them.</summary>
    public static bool IsUuid([NotNullWhen(true)] string? text) => text is { Length: 36 } && Guid.TryParseExact(text, "D", out _);

    /// <summary>The id as one segment of a path.</summary>
    /// <exception cref="TroveScheduleException">NotFound: it is empty, or dots that lead elsewhere even when escaped, so nothing has it.</exception>
    public static string Segment(string id) => id is "" or "." or ".."
        ? throw new TroveScheduleException(TroveErrorKind.NotFound, $"Nothing has the id '{id}'.") { Target = id }
        : Uri.EscapeDataString(id);
}

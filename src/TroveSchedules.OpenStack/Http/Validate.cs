using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Text.Json;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What a service must not leave out. The deserializer sees to it that a property is there, and takes a null for it all the same.</summary>
internal static class Validate
{
    // Ids become part of addresses. The services' own columns hold 255 characters.
    private const int LongestText = 1000;

    public static string Text(string? value) =>
        value is { Length: > 0 and <= LongestText } ? value : throw new JsonException($"A text that was promised is null, empty or longer than {LongestText} characters.");

    public static double? Finite(double? value) =>
        value is { } number && (double.IsInfinity(number) || double.IsNaN(number)) ? throw new JsonException("A number is too large.") : value;

    /// <summary>The row that was asked for by an id; null where there is none.</summary>
    /// <exception cref="TroveScheduleException">ProtocolError: it is another's, and who takes it for the one asked for would delete or show the wrong thing.</exception>
    [return: NotNullIfNotNull(nameof(row))]
    public static T? ResponseMatches<T>(T? row, string id, string service, Func<T, string> idOf, Func<T, string>? otherIdOf = null, bool isChange = false)
        where T : class
    {
        if (row is null || Is(idOf(row)) || (otherIdOf is not null && Is(otherIdOf(row))))
            return row;
        throw new TroveScheduleException(TroveErrorKind.ProtocolError, $"{service} was asked for '{id}' and answered with '{ServiceError.Printable(idOf(row))}'.")
        {
            Target = id,
            RecommendedAction = "Check that no proxy answers in its place.",
            MayHaveHappened = isChange,
        };

        bool Is(string found) => string.Equals(found, id, StringComparison.OrdinalIgnoreCase);
    }

    public static T Object<T>(T? value) where T : class => value ?? throw new JsonException("An object that was promised is null.");

    public static T Rows<T>(T? rows) where T : class, IEnumerable<object?> =>
        rows?.All(row => row is not null) == true ? rows : throw new JsonException("A list that was promised is null, or one of its rows is.");
}

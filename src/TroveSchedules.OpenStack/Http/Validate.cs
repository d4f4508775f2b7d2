using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Text.Json;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Checks values that a response must contain. The deserializer requires the properties, but accepts null for them.</summary>
internal static class Validate
{
    // Ids become part of URLs. The services' database columns hold 255 characters.
    private const int LongestText = 1000;

    public static string Text(string? value) =>
        value is { Length: > 0 and <= LongestText } ? value : throw new JsonException($"A required text is null, empty or longer than {LongestText} characters.");

    public static double? Finite(double? value) =>
        value is { } number && (double.IsInfinity(number) || double.IsNaN(number)) ? throw new JsonException("A number is too large.") : value;

    /// <summary>Checks that a row has the requested id; null if there is no row.</summary>
    /// <exception cref="TroveScheduleException">ProtocolError: the row has another id, so the caller would delete or show the wrong resource.</exception>
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

    public static T Object<T>(T? value) where T : class => value ?? throw new JsonException("A required object is null.");

    public static T Rows<T>(T? rows) where T : class, IEnumerable<object?> =>
        rows?.All(row => row is not null) == true ? rows : throw new JsonException("A required list is null, or one of its rows is.");
}

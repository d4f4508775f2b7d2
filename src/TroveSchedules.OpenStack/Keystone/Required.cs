using System;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>Checks that a required argument is not empty.</summary>
internal static class Required
{
    public static string Text(string value, string parameter) =>
        value is { Length: > 0 } ? value : throw new ArgumentException("It must not be empty.", parameter);
}

using System.Collections.Generic;

namespace TroveSchedules.Cron;

/// <summary>The parsed values of one field of a pattern, in the reading of croniter.</summary>
/// <param name="Field">The field.</param>
/// <param name="Text">The field as written.</param>
/// <param name="Position">The position of its first character in the pattern, from 1.</param>
/// <param name="Croniter3">The values listed, as croniter 1.3.0 to 3.0.4 reads them; null when 1.3.5 refuses one of the items. A star lists none.</param>
/// <param name="Croniter6">The values listed, as croniter 5.0.1 to 6.2.4 reads them.</param>
/// <param name="HasStar">Whether the list contains <c>*</c>, so that its other items have no effect.</param>
/// <param name="HasLastDay">Whether the list contains <c>L</c>.</param>
/// <param name="Ordinals">The weekdays of <c>x#n</c> and <c>Lx</c>; see <see cref="CronSchedule.Ordinals"/>.</param>
internal sealed record CronFieldValues(
    CronField Field, string Text, int Position, ulong? Croniter3, ulong Croniter6, bool HasStar, bool HasLastDay, IReadOnlyCollection<(int Week, int Weekday)> Ordinals)
{
    /// <summary>The listed values in the reading that decides.</summary>
    public ulong Mask { get; init; } = Croniter3 ?? Croniter6;

    // croniter compares the number of items only, and L counts as one: 1-30,L is every day, and so is 2-31,L.
    private bool IsFull => Bits.Count(Mask) + (HasLastDay ? 1 : 0) == Field.Size;

    /// <summary>Whether the field restricts its values, in the view of croniter.</summary>
    public bool IsRestricted => !HasStar && !IsFull;

    /// <summary>Whether the field lists every value without a star. Versions differ in whether that restricts the days.</summary>
    public bool IsFullWithoutStar => !HasStar && IsFull;

    public ulong Values => IsRestricted ? Mask & Field.All : Field.All;
}

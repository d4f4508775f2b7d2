namespace TroveSchedules.Cron;

/// <summary>What one field of a pattern says, as croniter takes it.</summary>
/// <param name="Field">The field.</param>
/// <param name="Text">The field as written.</param>
/// <param name="Position">Where it begins, from 1.</param>
/// <param name="Croniter3">The values listed, as croniter 1.3.0 to 3.0.4 reads them; null when 1.3.5 refuses one of the items. A star lists none.</param>
/// <param name="Croniter6">The values listed, as croniter 5.0.1 to 6.2.4 reads them.</param>
/// <param name="HasStar">The list holds <c>*</c>, which makes the rest of it idle.</param>
/// <param name="HasLastDay">The list holds <c>L</c>.</param>
/// <param name="Ordinals">The weekdays of <c>x#n</c> and <c>Lx</c>, as <see cref="CronSchedule.Ordinals"/> has them.</param>
internal sealed record CronFieldValues(
    CronField Field, string Text, int Position, ulong? Croniter3, ulong Croniter6, bool HasStar, bool HasLastDay, ulong Ordinals)
{
    /// <summary>The values listed, in the reading that is followed.</summary>
    public ulong Mask { get; init; } = Croniter3 ?? Croniter6;

    // croniter counts, L as one more: 1-30,L is every day, and so, oddly, is 2-31,L.
    private bool IsFull => Bits.Count(Mask) + (HasLastDay ? 1 : 0) == Field.Size;

    /// <summary>The field leaves some values out, or is written so that croniter takes it as if it did.</summary>
    public bool IsRestricted => !HasStar && !IsFull;

    /// <summary>Every value is listed without a star: versions differ in whether that restricts the days.</summary>
    public bool IsFullWithoutStar => !HasStar && IsFull;

    public ulong Values => IsRestricted ? Mask & Field.All : Field.All;
}

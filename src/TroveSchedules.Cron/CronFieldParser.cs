using System;
using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.Cron;

/// <summary>Reads one field of a pattern: a list of values, ranges, steps, and <c>L</c> or <c>#</c> in the day fields.</summary>
internal sealed class CronFieldParser(CronField field, string pattern, int fieldPosition, List<string> warnings)
{
    // A step may have any number of digits. Every step above this limit selects the first value only.
    private const int GreatestNumber = 1000;
    private const int WeeksOfMonth = 5;

    private ulong? _croniter3 = 0;
    private ulong _croniter6;
    private readonly SortedSet<(int Week, int Weekday)> _ordinals = [];
    private bool _hasStar;
    private bool _hasLastDay;
    private (string Text, int Position)? _plainItem;

    public CronFieldValues Parse(string text)
    {
        int position = fieldPosition;
        foreach (string item in text.Split(','))
        {
            ParseItem(item, position);
            position += item.Length + 1;
        }

        if (_ordinals.Count > 0 && _plainItem is (string plain, int plainPosition))
            throw Refusal(plainPosition, $"'{plain}' stands in a list with x#n or Lx, and Mistral refuses it or ignores it", "Give the weekdays all in one of the two ways, or make two schedules.");

        return new CronFieldValues(field, text, fieldPosition, _croniter3, _croniter6, _hasStar, _hasLastDay, _ordinals);
    }

    private void ParseItem(string item, int position)
    {
        if (item.Length == 0)
            throw Refusal(position, "an item of the list is empty", "Remove the comma that is too many.");
        if (ForeignSyntax.Recognize(field, item) is (string reason, string action))
            throw Refusal(position, reason, action);

        if (field.IsDayOfWeek && item.Contains('#'))
        {
            ParseOrdinal(item, position);
            return;
        }

        if (field.IsDayOfWeek && IsL(item.Substring(0, 1)))
        {
            _ordinals.Add((CronSchedule.LastWeek, Value(item.Substring(1), position + 1) % 7));
            return;
        }

        _plainItem ??= (item, position);
        if (item == "*")
            _hasStar = true;
        else if (field == CronField.DayOfMonth && IsL(item))
            _hasLastDay = true;
        else
            ParseValues(item, position);
    }

    private void ParseValues(string item, int position)
    {
        int slash = item.IndexOf('/');
        string body = slash < 0 ? item : item.Substring(0, slash);
        int? step = slash < 0 ? null : Step(item.Substring(slash + 1), position + slash + 1);

        int dash = body.IndexOf('-');
        int low = body == "*" ? field.Min : Value(dash > 0 ? body.Substring(0, dash) : body, position);
        CronReading reading = dash > 0 ? Range(low, body.Substring(dash + 1), position + dash + 1, step ?? 1)
            : step is int every ? CronReading.From(field, low, every)
            : CronReading.Single(field, low);

        _croniter3 |= reading.Croniter3;
        _croniter6 |= reading.Croniter6;
        Warn(reading.DescribeDifferences(field, item));
        if (step > field.Greatest)
            Warn($"In {field.Name}, the step of '{item}' is greater than {field.Greatest}: Mistral takes the first value alone, {field.Word(low % (field.Max + 1))}, and other tools refuse it.");
    }

    private CronReading Range(int low, string highText, int highPosition, int step)
    {
        bool toLastDay = field == CronField.DayOfMonth && IsL(highText);
        int high = toLastDay ? field.Max : Value(highText, highPosition);
        bool runsToSunday = field.IsDayOfWeek && (highText == "0" || field.Named(highText) == 0);
        return CronReading.Range(field, low, high, step, runsToSunday);
    }

    private void ParseOrdinal(string item, int position)
    {
        int hash = item.IndexOf('#');
        string weekdays = item.Substring(0, hash), week = item.Substring(hash + 1);
        if (Number(week) is not (>= 1 and <= WeeksOfMonth and int ordinal))
            throw Refusal(position + hash + 1, $"'{week}' is not a week of the month, which are 1 to {WeeksOfMonth}", $"Write 5#{WeeksOfMonth} for a fifth Friday, L5 for the last one.");

        int dash = weekdays.IndexOf('-');
        if (dash < 0)
        {
            _ordinals.Add((ordinal, Value(weekdays, position) % 7));
            return;
        }

        string first = weekdays.Substring(0, dash), last = weekdays.Substring(dash + 1);
        if (field.Named(first) is not int low || field.Named(last) is null)
            throw Refusal(position, $"'{weekdays}' is a range of weekdays before '#'", "Write a list, such as 1#2,2#2.");

        CronReading reading = Range(low, last, position + dash + 1, step: 1);
        _ordinals.UnionWith(Bits.Values(reading.Croniter6).Select(weekday => (ordinal, weekday)));
        _croniter3 = null;
        Warn($"In {field.Name}, '{item}' is a range before '#': croniter 1.3.0 to 1.3.8 refuses it; 1.3.10 to 6.2.4 takes it. Write a list, such as mon#{ordinal},tue#{ordinal}.");
        Warn(reading.DescribeDifferences(field, weekdays));
    }

    private int Step(string text, int position)
    {
        if (Number(text) is > 0 and int step)
            return step;
        string reason = Number(text) == 0 ? $"a step of '{text}' leads nowhere: steps are whole numbers from 1 on" : $"'{text}' is not a step, which is a whole number from 1 on";
        throw Refusal(position, reason, "Write the step in digits, such as */5.");
    }

    private int Value(string text, int position)
    {
        if (field.Named(text) is int named)
            return named;
        if (ForeignSyntax.Recognize(field, text) is (string reason, string action))
            throw Refusal(position, reason, action);

        if (Number(text) is int number && number >= field.Min && number <= field.Greatest)
            return number;

        string fault = text switch
        {
            "" => "a value is missing",
            "*" => "'*' stands by itself or before a step, not in a range",
            _ => $"'{text}'{(TerminalText.InvisibleCodePoints(text) is { } codes ? $" (with {codes})" : "")} is not a value of this field",
        };
        throw Refusal(position, $"{fault}; the field takes {field.Allowed}", "Write a value, a range a-b, a step */n or a list of these.");
    }

    private static int? Number(string text)
    {
        // Not char.IsDigit: croniter also accepts digits of other scripts, which are most likely a mistake.
        if (text.Length == 0 || !text.All(c => c is >= '0' and <= '9'))
            return null;
        return text.Aggregate(0, (number, digit) => Math.Min((number * 10) + digit - '0', GreatestNumber));
    }

    private static bool IsL(string text) => text is "L" or "l";

    private void Warn(string? warning)
    {
        if (warning is not null && !warnings.Contains(warning))
            warnings.Add(warning);
    }

    private CronPatternException Refusal(int position, string reason, string action) => new(pattern, reason, action, field.Name, position);
}

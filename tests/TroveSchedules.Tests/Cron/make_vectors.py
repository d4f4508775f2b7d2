#!/usr/bin/python3
"""Generates croniter-vectors.jsonl beside this script: the results of croniter for random patterns.

Run it with the Python and the croniter of Debian 12. Mistral of that release uses the same ones:

    apt-get install python3-croniter        # 1.3.5
    /usr/bin/python3 tests/TroveSchedules.Tests/Cron/make_vectors.py

The random numbers are seeded. The same version of croniter gives exactly the same file.

Each line is [section, pattern, start, five occurrences]. The last two are missing if the pattern has no occurrence. Times are UTC, yyyyMMddHHmmss.
Sections:
  agreed    five fields or an alias, which all versions of croniter read in the same way
  seconds   the same with a sixth field, the seconds
  differs   patterns that versions read differently and 1.3.5 accepts
  refused   valid patterns with one changed character, which 1.3.5 refuses or finds no time for
  ordinals  weeks of the month, x#n and Lx, in ranges, lists and steps, by names and numbers; with times if 1.3.5 accepts the pattern
"""
import calendar
import datetime
import json
import pathlib
import random

import croniter as package
from croniter import croniter

COUNTS = {"agreed": 3600, "seconds": 400, "differs": 600, "refused": 1000}
LIMITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7), (0, 59)]
DOM, MONTH, DOW = 2, 3, 4
NAMES = {
    MONTH: dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13))),
    DOW: dict(zip("sun mon tue wed thu fri sat".split(), range(7))),
}
ALIASES = "@hourly @daily @midnight @weekly @monthly @yearly @annually".split()
BLANKS = [" "] * 12 + ["  ", "\t", "\n", " \t ", "\r\n", "\u00a0"]
STEPS = [1, 2, 3, 4, 5, 6, 7, 10, 12, 15, 20, 30]
STARTS = [datetime.datetime(*s) for s in [
    (2024, 2, 29), (2024, 2, 28, 23, 59), (2024, 2, 29, 23, 59, 59), (2023, 2, 28, 23, 59, 30), (2023, 2, 15, 13, 1),
    (2026, 2, 1), (2026, 3, 1), (2025, 12, 31, 23, 59), (2025, 12, 31, 23, 59, 59), (2026, 1, 1), (2026, 4, 30, 23, 59),
    (2026, 1, 31, 12), (2026, 11, 22, 14, 49, 59), (1899, 12, 31), (1900, 2, 28, 12), (1999, 12, 31, 23), (2000, 2, 29),
    (2096, 2, 29, 1), (2099, 12, 31, 23, 59), (2100, 2, 28), (2399, 12, 31), (2400, 2, 29, 6),
]]

rng = random.Random(20261122)


def any_case(text):
    return "".join(c.upper() if rng.random() < 0.3 else c for c in text)


def value(field, number):
    names = [name for name, n in NAMES.get(field, {}).items() if n == number]
    if names and rng.random() < 0.5:
        return any_case(names[0])
    return ("0" if number and rng.random() < 0.1 else "") + str(number)


def item(field, low, high):
    """One item that all versions read in the same way."""
    kind = rng.random()
    if kind < 0.40:
        return value(field, rng.randint(low, high))
    if kind < 0.75:
        a, b = sorted(rng.sample(range(low, high + 1), 2))
        if field == DOW and rng.random() < 0.2:
            a, b = rng.randint(1, 6), 0  # to Sunday, which all versions allow
            return f"{value(field, a)}-{rng.choice(['0', any_case('sun')])}" + (f"/{rng.randint(1, 3)}" if rng.random() < 0.2 else "")
        return f"{value(field, a)}-{value(field, b)}" + (f"/{rng.randint(1, 6)}" if rng.random() < 0.4 else "")
    if kind < 0.90 or field == DOW:
        return f"*/{rng.choice([n for n in STEPS if n <= min(high, 6 if field == DOW else high)])}"
    return f"{value(field, rng.randint(low, high - 1))}/{rng.randint(1, high)}"


def items(field, low, high):
    return [item(field, low, high) for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3, 4]))]


def ordinals(max_weekday):
    def one():
        weekday = rng.randint(0, max_weekday)
        if rng.random() < 0.4:
            return f"{rng.choice('Ll')}{weekday}"
        return f"{value(DOW, weekday)}#{rng.randint(1, 5)}"
    return ",".join(one() for _ in range(rng.choice([1, 1, 2, 3])))


def agreed_pattern(fields=5):
    if fields == 5 and rng.random() < 0.02:
        return any_case(rng.choice(ALIASES))
    week_end = 7 if fields == 5 else 6
    columns = []
    for field in range(fields):
        low, high = LIMITS[field]
        star = rng.random() < [0.1, 0.2, 0.4, 0.5, 0.5, 0.1][field]
        if star:
            columns.append("*")
        elif field == DOM and rng.random() < 0.25:
            beside = items(field, low, 28) if rng.random() < 0.5 else []
            columns.append(",".join(beside + [rng.choice("Ll")]))
        elif field == DOM and rng.random() < 0.05:
            columns.append(f"{rng.randint(1, 30)}-{rng.choice('Ll')}")
        elif field == DOW and columns[DOM] == "*" and rng.random() < 0.3:
            columns.append(ordinals(week_end))
        elif field == DOW:
            columns.append(",".join(items(field, low, week_end)))
        else:
            columns.append(",".join(items(field, low, high)))
    blank = [rng.choice(BLANKS) for _ in columns]
    return (rng.choice(["", "", "", "", " "]) + "".join(c + b for c, b in zip(columns, blank))).rstrip(" ") + rng.choice(["", "", "", " ", "\n"])


def expanded(pattern):
    return croniter.expand(pattern)


def is_agreed(pattern):
    """Whether all versions read the pattern in the same way. Patterns where the expansion of croniter does not show it are excluded."""
    expansion, ordinal = expanded(pattern)
    if pattern.lower() in ALIASES:
        return True
    columns = pattern.lower().split()
    dates, months, weekdays = columns[DOM], expansion[MONTH], columns[DOW]

    def is_full(field):
        return expansion[field] == ["*"] and "*" not in columns[field].split(",")

    def restricts(field):
        return expansion[field] != ["*"]

    if is_full(DOM) and restricts(DOW) and "*" not in weekdays and not ordinal:
        return False
    if is_full(DOW) and restricts(DOM) and "*" not in dates:
        return False
    if len(columns) == 6 and (7 in expansion[DOW] or "sun" in weekdays or "-0" in weekdays):
        return False
    return not (restricts(DOM) and overruns(expansion[DOM], range(1, 13) if months == ["*"] else months))


def overruns(dates, months):
    """croniter before 6.1 searches for the 31st in February and continues in March, after its first days."""
    if "*" in dates:
        return False
    numbers = sorted(d for d in dates if d != "l")
    for month in months:
        for year in (2023, 2024):
            length = calendar.monthrange(year, month)[1]
            beyond = [d for d in numbers if d > length]
            if not beyond or length in numbers:
                continue
            if "l" in dates or (month + 1 in months and any(d < beyond[0] - length for d in numbers)):
                return True
    return False


def differing_pattern():
    """A pattern with one element that versions read differently."""
    columns = [str(rng.randint(0, 59)), str(rng.randint(0, 23)), "*", "*", "*"]
    kind = rng.randrange(7)
    if kind == 0:  # a full day field beside a restricted one
        if rng.random() < 0.5:
            columns[DOM], columns[DOW] = rng.choice(["1-31", "*/1", "1-15,16-31", "1/1"]), value(DOW, rng.randint(0, 6))
        else:
            columns[DOM], columns[DOW] = str(rng.randint(1, 28)), rng.choice(["0-6", "*/1", "1-7", "mon-sun", "sun-sat", "0-7"])
    elif kind == 1:  # a/n in day-of-week
        low, step = rng.choice([(a, n) for a in range(1, 7) for n in range(1, 8) if (7 - a) % n == 0] + [(7, n) for n in range(1, 7)])
        columns[DOW] = f"{value(DOW, low)}/{step}"
    elif kind == 2:  # an equal range
        field = rng.randrange(5)
        a = rng.randint(*LIMITS[field])
        columns[field] = f"{a}-{a}" + (f"/{rng.randint(1, 5)}" if rng.random() < 0.4 else "")
    elif kind == 3:  # the maximum with a step
        field = rng.randrange(5)
        columns[field] = f"{min(LIMITS[field][1], 6 if field == DOW else 99)}/{rng.randint(1, 30)}"
    elif kind == 4:  # a step above the maximum
        field = rng.randrange(5)
        columns[field] = f"{rng.choice(['*', value(field, LIMITS[field][0] + 1)])}/{rng.randint(LIMITS[field][1] + 1, 99)}"
    elif kind == 5:  # days that short months lack
        columns[DOM] = rng.choice(["*/10", "*/15", "*/5", "*/3", "1,31", "1,2,30", "2,31", "1,15,30", "L,31", "30,l", "L,29", "1,30,L", "1,2,29-31", "L,28,31"])
        columns[MONTH] = rng.choice(["*", "*", "2", "2,3", "feb-apr", "1-6", "*/2"])
        columns[DOW] = rng.choice(["*", "*", "*", "0", "mon,wed"])
        if is_agreed(" ".join(columns)):
            return differing_pattern()
    else:  # seconds and a week that runs to Sunday
        columns[DOW] = f"{value(DOW, rng.randint(2, 5))}-{rng.choice(['sun', '0'])}"
        columns.append(str(rng.randint(0, 59)))
    return " ".join(columns)


def occurrences(pattern, start):
    times = croniter(pattern, start)
    return [times.get_next(datetime.datetime) for _ in range(5)]


def vectors(section, make, is_suitable):
    seen = set()
    while len(seen) < COUNTS[section]:
        pattern = make()
        if pattern in seen and not pattern.startswith("@"):
            continue
        if len(pattern) > 100 or not is_suitable(pattern):
            continue
        start = rng.choice(STARTS)
        try:
            times = occurrences(pattern, start)
        except package.CroniterBadDateError:
            continue  # never runs, so it belongs to the section "refused"
        seen.add(pattern)
        yield [section, pattern] + [time.strftime("%Y%m%d%H%M%S") for time in [start] + times]


def damaged_pattern():
    pattern = agreed_pattern(rng.choice([5, 5, 5, 6]))
    at = rng.randrange(len(pattern))
    return pattern[:at] + rng.choice(["", pattern[at] * 2, *"*/-,#LW?0789 x"]) + pattern[at + 1:]


def is_refused(pattern):
    try:
        occurrences(pattern, STARTS[0])
        return False
    except Exception:  # croniter refuses some patterns by accident, with errors such as NameError
        return True


def refusals():
    seen = set()
    while len(seen) < COUNTS["refused"]:
        pattern = damaged_pattern()
        if pattern not in seen and is_refused(pattern):
            seen.add(pattern)
            yield ["refused", pattern]


def ordinal_forms():
    """Each pair of weekdays as a range before #, and ranges with each week, step and neighbour in a list."""
    names = list(NAMES[DOW])
    weekdays = [str(n) for n in range(8)] + names
    yield from (f"{weekday}#{week}" for weekday in weekdays + ["MON", "Fri", "07", "8", "monday", "*", "*/2", "1/2", ""] for week in [1, 5])
    yield from (f"{a}-{b}#2" for a in weekdays for b in weekdays)
    for days in ["mon-fri", "MON-Fri", "1-5", "sun-sat", "fri-mon", "fri-sun", "mon-mon", "0-7", "5-0", "1-fri", "mon-5", "mon", "1"]:
        yield from (f"{days}#{week}" for week in ["0", "1", "3", "5", "6", "01", "L", "x", "", "-1", "1-2", "1,2", "1/2"])
        yield from (f"{days}/2#2", f"{days}#2/2", f"{days}#2#3")
        for other in ["tue#1", "2#3", "L5", "l2", "wed-thu#3", "fri-mon#1", "1-2#4", "3", "wed", "wed-thu", "*", "3/2", "*/2"]:
            yield from (f"{days}#2,{other}", f"{other},{days}#2")
    yield from ["L0", "L7", "L8", "Lmon", "L1-3", "L1/2", "L1#2", "L1,L2", "L1,2", "fri-#1", "-fri#1", "mon-tue-wed#1", "mon#1-2", "mon#1-tue#2", "#1", "1##1"]


def ordinals_taken():
    for weekdays in dict.fromkeys(ordinal_forms()):
        pattern = f"0 0 * * {weekdays}"
        times = [] if is_refused(pattern) else [STARTS[0]] + occurrences(pattern, STARTS[0])
        yield ["ordinals", pattern] + [time.strftime("%Y%m%d%H%M%S") for time in times]


# Generated as a pattern that versions read differently, but all 39 measured versions agree on it.
ACTUALLY_AGREED = "43 1 L,28,31 2,3 mon,wed"


def main():
    lines = list(vectors("agreed", agreed_pattern, is_agreed))
    lines += vectors("seconds", lambda: agreed_pattern(6), is_agreed)
    lines += vectors("differs", differing_pattern, lambda pattern: True)
    lines += refusals()
    lines += ordinals_taken()
    for line in lines:
        if line[1] == ACTUALLY_AGREED:
            line[0] = "agreed"
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    pathlib.Path(__file__).with_name("croniter-vectors.jsonl").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()

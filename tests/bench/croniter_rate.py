#!/usr/bin/python3
"""croniter_rate.py SECONDS PATTERN...: prints the occurrences per second that croniter computes for each pattern."""
import datetime
import sys
import time

from croniter import croniter

START = datetime.datetime(2026, 1, 1)
seconds = float(sys.argv[1])
for pattern in sys.argv[2:]:
    best = 0.0
    for _ in range(3):
        times, count = croniter(pattern, START), 0
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            for _ in range(50):
                times.get_next(datetime.datetime)
            count += 50
            if times.get_current(datetime.datetime).year > 2400:
                times = croniter(pattern, START)
        best = max(best, count / (time.perf_counter() - begin))
    print(best)

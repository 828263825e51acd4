"""What the reply clock costs: `python -m benchmarks.clock --sessions 5e5 --sample 50`.

Each session is two computations, as the desk makes them: when the answer is due, and how long it took by the calendar
and in hours of service. Four desks share the sessions: a studio with a lunch break and China's holidays and make-up
days, an office of five days, a bar that answers through the night, and one that never closes. The naive way steps
through the same spans second by second; it does a sample, must come to the same results, and is scaled to all sessions:
that figure is computed, not measured. Prints one table and writes `benchmarks/results/clock-*.json`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.database import RESULTS, machine, table
from leads.clock import china
from leads.clock.hours import DAY, WHOLE_DAY, Hours, read
from leads.clock.reckoning import due, reply
from portal.embedded.state import ROOT

TARGET = 180  # seconds of service
SECOND = timedelta(seconds=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BREAK = [["09:00", "12:00"], ["13:30", "18:00"]]
DESKS = {
    "studio": read({str(day): BREAK for day in range(6)}, china.exceptions(2026, BREAK)),
    "office": read({str(day): [["09:30", "18:30"]] for day in range(5)}),
    "nights": read({str(day): [["18:00", "02:00"]] for day in range(7)}),
    "always": read({str(day): [["00:00", "24:00"]] for day in range(7)}),
}

Result = tuple[datetime, int, int, bool]
"""Due, seconds by the calendar, seconds of service, in time."""


@dataclass(frozen=True, slots=True)
class Session:
    asked: datetime
    answered: datetime


def sessions(many: int, dice: random.Random) -> list[Session]:
    """Questions of a year at any hour, more of them in the evening; half of the answers within three minutes, some a
    day later."""
    first = datetime(2026, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    found = []
    for _ in range(many):
        second = int(dice.triangular(0, 86_400, 20 * 3600))
        asked = first + timedelta(days=dice.randrange(365), seconds=second)
        took = min(86_400, int(dice.lognormvariate(5.2, 1.6)))
        found.append(Session(asked, asked + timedelta(seconds=took)))
    return found


def reckoned(hours: Hours, one: Session) -> Result:
    due_at = due(hours, one.asked, TARGET)
    told = reply(hours, asked=one.asked, answered=one.answered, due_at=due_at)
    return due_at, told.calendar_seconds, told.service_seconds, told.in_time


class Stepping:
    """The naive way: is this second open? Intervals of a day are looked up, nothing is read twice."""

    def __init__(self, hours: Hours) -> None:
        self.zone, self.weekdays, self.exceptions = (
            ZoneInfo(hours.zone), hours.weekdays, dict(hours.exceptions)
        )  # fmt: skip

    def reckoned(self, one: Session) -> Result:
        due_at = self._due(one.asked)
        served = sum(self._is_open(second) for second in _seconds(one.asked, one.answered))
        return due_at, int((one.answered - one.asked).total_seconds()), served, one.answered <= due_at

    def _due(self, asked: datetime) -> datetime:
        left, moment = TARGET, asked
        while left:
            left -= self._is_open(moment)
            moment += SECOND
        return moment

    def _is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        day, minute = local.date(), local.hour * 60 + local.minute
        return self._within(day, minute) or self._within(day - DAY, minute + WHOLE_DAY)

    def _within(self, day: date, minute: int) -> bool:
        intervals = self.exceptions.get(day, self.weekdays[day.weekday()])
        return any(start <= minute < start + length for start, length in intervals)


def _seconds(first: datetime, end: datetime) -> Iterator[datetime]:
    while first < end:
        yield first
        first += SECOND


def measured(name: str, many: int, sample: int) -> dict[str, Any]:
    """The figures of one desk. Ends the run when the two ways disagree."""
    hours, asked = DESKS[name], sessions(many, random.Random(name))
    begun = time.process_time()
    results = [reckoned(hours, one) for one in asked]
    ours = time.process_time() - begun
    stepping, begun = Stepping(hours), time.process_time()
    naive_results = [stepping.reckoned(one) for one in asked[:sample]]
    naive = time.process_time() - begun
    if naive_results != results[:sample]:
        sys.exit(f"The two ways disagree on the desk {name!r}.")
    scaled = naive / sample * many
    return {
        "sessions": many,
        "computations": 2 * many,
        "seconds of one core": ours,
        "microseconds a computation": ours / many / 2 * 1e6,
        "second by second: sample": sample,
        "second by second: seconds for it": naive,
        "second by second: hours for all, scaled": scaled / 3600,
        "times as fast": scaled / ours,
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", default="5e5", help="over all desks; each is two computations")
    parser.add_argument("--sample", type=int, default=50, help="sessions of each desk for the naive way")
    asked = parser.parse_args()
    many, about, begun = int(float(asked.sessions)) // len(DESKS), machine(), datetime.now(UTC)
    found = {name: measured(name, many, min(asked.sample, many)) for name in DESKS}
    print("desks: " + ", ".join(found))
    print(table(list(found.values())))
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"clock-{begun:%Y%m%d-%H%M}.json"
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, "desks": found}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`manage.py response` with nothing around it: no database, no secret, an empty environment."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.measurement.response.worlds import World, world

ROOT = Path(__file__).resolve().parents[3]
KEYS = {"effect", "ci", "share", "backtest_mape", "placebo_false_alarm_rate", "verdict"}


def written(path: Path, made: World, **more: list[str]) -> Path:
    series = made.series
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["note", "date", "exposure", "outcome", "promo", *more])
        for place in range(series.days):
            cells = [column[place] for column in more.values()]
            values = (float(series.exposure[place]), float(series.outcome[place]), int(series.promo[place]))
            rows.writerow(["x", series.day(place), *values, *cells])
    return path


def response(path: Path, cycle: str = "7,30") -> tuple[dict, str]:
    out, err = StringIO(), StringIO()
    call_command("response", str(path), "--cycle", cycle, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def test_a_planted_effect_is_told_in_an_empty_environment(tmp_path):
    made = world(3, days=200)
    path = written(tmp_path / "s.csv", made)
    argv = [sys.executable, str(ROOT / "manage.py"), "response", str(path), "--cycle", "7,30"]
    done = subprocess.run(argv, cwd=ROOT, env={}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == KEYS
    assert told["verdict"] == "effect"
    assert told["ci"][0] < made.truth < told["ci"][1]
    assert told["ci"][0] < told["effect"] < told["ci"][1]
    assert told["share"] == told["effect"] / made.series.outcome.sum()
    assert done.stderr == "an association, until a lift test says more\n"


def test_a_world_without_effect_cannot_be_told_and_what_would_tell_is_said(tmp_path):
    told, said = response(written(tmp_path / "s.csv", world(8, days=150, share=0)))
    assert told["verdict"] == "cannot_tell"
    assert told["ci"][0] < 0 < told["ci"][1]
    assert "a pause, a region without, or two weeks of holdout would tell" in said


def test_price_and_festivals_by_name_are_read(tmp_path):
    made = world(3, days=150)
    festival = ["双十一" if 70 <= day < 73 else "" for day in range(150)]
    price = ["99.5" if day < 75 else "89" for day in range(150)]
    told, _ = response(written(tmp_path / "s.csv", made, festival=festival, price=price))
    assert told["ci"][0] < made.truth < told["ci"][1]


def test_a_constant_exposure_is_a_matter_of_the_data(tmp_path):
    path = tmp_path / "s.csv"
    rng = np.random.default_rng(1)
    days = np.arange("2026-01-01", "2026-04-01", dtype="datetime64[D]")
    path.write_text("date,outcome,exposure\n" + "".join(f"{day},{rng.poisson(50)},7\n" for day in days))
    told, said = response(path)
    assert told == dict.fromkeys(KEYS) | {"ci": [None, None], "verdict": "cannot_tell"}
    assert said == (
        "cannot tell: the exposure is the same on every day: pause it for two weeks, or in one region\n"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ", line 1: column date is missing. The header has nothing."),
        ("date,outcome\n", ", line 1: column exposure is missing. The header has date, outcome."),
        (
            "date,outcome,exposure,date\n",
            ", line 1: column date is there more than once. Rename all but one.",
        ),
        ("date,outcome,exposure\n", ": there is no row below the header. Give one row per day."),
        (
            "date,outcome,exposure\n2026-01-02,1,1\n2026-01-01,1,1\n",
            (
                ", line 3, column date: '2026-01-01' comes after 2026-01-02. "
                "Sort the rows by date, the earliest first."
            ),
        ),
        (
            "date,outcome,exposure\n2026-01-02,1,1\n2026-01-02,1,1\n",
            ", line 3, column date: '2026-01-02' stands twice. Give one row per day.",
        ),
        (
            "date,outcome,exposure\n2026-01-02,1,1\n2026-01-04,1,1\n",
            (
                ", line 3, column date: '2026-01-04' follows 2026-01-02: 2026-01-03 is missing. "
                "Give every day, 0 where nothing was."
            ),
        ),
        (
            "date,outcome,exposure\n2.1.26,1,1\n",
            ", line 2, column date: '2.1.26' is not a day. Write 2026-03-09.",
        ),
        (
            'date,outcome,exposure\n2026-01-02,"1,200",1\n',
            ", line 2, column outcome: '1,200' is not a number. Write it without thousands signs or units.",
        ),
        (
            "date,outcome,exposure\n2026-01-02,1,\n",
            ", line 2, column exposure: '' is not a number. Write it without thousands signs or units.",
        ),
        (
            "date,outcome,exposure\n2026-01-02,1,inf\n",
            ", line 2, column exposure: 'inf' is not a finite number.",
        ),
        (
            "date,outcome,exposure\n2026-01-02,-1,1\n",
            (
                ", line 2, column outcome: '-1' is below zero. "
                "Give what was sold or shown that day, 0 for nothing."
            ),
        ),
        (
            "date,outcome,exposure,price\n2026-01-02,1,1,0\n",
            ", line 2, column price: '0' is not a price. Give the price that held on the day, above 0.",
        ),
        (
            "date,outcome,exposure,promo\n2026-01-02,1,1,big\n",
            ", line 2, column promo: 'big' is not a number. Write it without thousands signs or units.",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_its_place(tmp_path, text, complaint):
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(CommandError) as refused:
        response(path)
    assert str(refused.value) == f"{path}{complaint}"
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("cycle", "complaint"),
    [
        ("90,29", "P50 (90) must be below P95 (29)"),
        ("29,29", "P50 (29) must be below P95 (29)"),
        ("0,29", "P50 is 0 days; it must be above 0"),
        ("a,b", "the cycle's P50 and P95 are numbers of days"),
        ("29", "two numbers of days are needed"),
    ],
)
def test_a_cycle_that_makes_no_sense_is_refused(tmp_path, cycle, complaint):
    with pytest.raises(CommandError) as refused:
        response(written(tmp_path / "s.csv", world(1, days=60)), cycle)
    assert str(refused.value) == f"--cycle {cycle}: {complaint}. Write for example --cycle 29,90."
    assert refused.value.returncode == 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv: there is no such file\.$") as refused:
        response(tmp_path / "none.csv")
    assert refused.value.returncode == 2

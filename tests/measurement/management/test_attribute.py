"""`manage.py attribute` with nothing around it: no database, no secret, an empty environment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "touches.csv": "touch_id,person_id,product_id,channel_id,ts\n"
    "1,ann,serum,search,1750000000\n2,ann,serum,note,1750604800\n",
    "orders.csv": "order_id,person_id,product_id,category_id,ts,value_cents\n"
    "a,ann,serum,essence,1750604800,300\nb,bob,serum,essence,1750604800,90\n",
    "categories.csv": "category_id,window_days\nessence,29\n",
}


@pytest.fixture
def attribute(tmp_path):
    for name, text in FILES.items():
        tmp_path.joinpath(name).write_text(text)

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        argv = [
            sys.executable,
            str(ROOT / "manage.py"),
            "attribute",
            *FILES,
            "--out",
            "credits.csv",
            *options,
        ]
        return subprocess.run(argv, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60)

    return run


def decayed(folder: Path) -> list[str]:
    return [line.split(",")[-1] for line in folder.joinpath("credits.csv").read_text().split()[1:]]


def test_the_credits_are_written_and_the_totals_told(attribute, tmp_path):
    done = attribute()
    assert (done.returncode, done.stdout) == (0, "")
    assert decayed(tmp_path) == ["100", "200", ""]
    told = [line.split() for line in done.stderr.splitlines()]
    assert told[:4] == [
        ["cents", "by", "channel", "first", "last", "linear", "position", "decay"],
        ["note", "0", "300", "150", "150", "200"],
        ["search", "300", "0", "150", "150", "100"],
        ["unattributed", "90", "in", "1", "orders"],
    ]
    assert "ordered from 2025-06-22 to 2025-06-22, read with --ts-unit s" in done.stderr
    assert re.search(r"2 touches, 2 orders, 3 rows written in [\d.]+ s \([\d,]+ rows/s\)", done.stderr)
    assert re.search(r"peak memory \d+ MB", done.stderr)


def test_the_half_life_is_the_reader_s_to_choose(attribute, tmp_path):
    attribute("--half-life-days", "3.5")
    assert decayed(tmp_path) == ["60", "240", ""]


def test_the_unit_of_time_is_the_reader_s_to_choose(attribute, tmp_path):
    attribute("--ts-unit", "us")
    assert decayed(tmp_path) == ["150", "150", ""]


def test_a_refusal_is_one_line_and_writes_nothing(attribute, tmp_path):
    tmp_path.joinpath("orders.csv").write_text(FILES["orders.csv"].replace("300", "3.00"))
    done = attribute()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "CommandError: orders.csv, line 2, column value_cents: '3.00' is not a whole number."
        " Write at most 18 digits, without point, comma or exponent.\n"
    )
    assert not tmp_path.joinpath("credits.csv").exists()


@pytest.mark.parametrize("days", ["0", "-7", "nan", "inf", "a week"])
def test_a_half_life_is_a_positive_number_of_days(days):
    with pytest.raises(CommandError, match=f"{days} is not a number of days above 0"):
        call_command("attribute", *FILES, "--out", "credits.csv", f"--half-life-days={days}")

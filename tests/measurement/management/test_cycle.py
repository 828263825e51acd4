"""`manage.py cycle` with nothing around it: no database, no secret, an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[3]


def cycle(path: Path) -> dict:
    out = StringIO()
    call_command("cycle", str(path), stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_163_durations_in_an_empty_environment_answer_with_a_warning():
    path = str(files("lifelines.datasets").joinpath("waltons_dataset.csv"))
    argv = [sys.executable, str(ROOT / "manage.py"), "cycle", path]
    done = subprocess.run(argv, cwd=ROOT, env={}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["n"], told["events"], told["median"], told["basis"]) == (163, 156, 56.0, "plain")
    assert told["quantiles"] == {"p50": 56.0, "p80": 63.0, "p95": 69.0}
    assert told["survival"][0] == {"t": 6.0, "s": pytest.approx(162 / 163, abs=1e-12)}
    assert len(told["survival"]) == 32  # distinct times of an event in the file
    assert "163 durations; pages ask for 200" in done.stderr


def test_most_people_never_buy_so_the_figures_are_those_of_the_buyers(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("T,E\n" + "2,1\n2,1\n5,1\n10,1\n" + "20,0\n" * 6)
    told = cycle(path)
    assert (told["basis"], told["median"]) == ("rescaled", 2.0)
    assert told["plain"] == {"p50": None, "p80": None, "p95": None}
    assert told["rescaled"]["plateau"] == pytest.approx(0.4)
    assert [point["s"] for point in told["survival"]] == pytest.approx([0.8, 0.7, 0.6])
    assert [point["t"] for point in told["survival"]] == [2, 5, 10]


def test_further_columns_blank_lines_and_a_byte_order_mark_do_not_matter(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes("\ufeff,E,group,T\r\n0,1,控制,4.5\r\n\r\n1,0.0,x,9\r\n".encode())
    told = cycle(path)
    assert (told["n"], told["events"], told["median"]) == (2, 1, 4.5)


def test_nobody_bought_is_an_answer_without_a_median(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("T,E\n4,0\n9,0\n")
    told = cycle(path)
    assert (told["median"], told["survival"], told["naive"]) == (None, [], {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            "line 1: the header has no column T. Write T (duration in days) and E (1 bought, 0 still open).",
        ),
        ("T,days\n1,1\n", "line 1: the header has no column E."),
        ("T,E,T\n1,1,1\n", "line 1: the header names the column T 2 times."),
        ("T,E\n", ": there are no durations below the header."),
        ("T,E\n1,1\n-3,1\n", "line 3, column T: '-3' is not a duration. Write a number of days, 0 or more."),
        ("T,E\nnan,1\n", "line 2, column T: 'nan' is not a duration."),
        ("T,E\n1e999,1\n", "line 2, column T: '1e999' is not a duration."),
        ("T,E\n,1\n", "line 2, column T: '' is not a duration."),
        ("T,E\n3,yes\n", "line 2, column E: 'yes' is not 1 or 0. Write 1 for bought, 0 for still open."),
        ("T,E\n3,2\n", "line 2, column E: '2' is not 1 or 0."),
        ("T,E\n3\n", "line 2, column E: '' is not 1 or 0."),
        ('T,E\n"3,1\n', "this is not CSV"),
    ],
)
def test_bad_input_is_refused_in_one_line(tmp_path, text, said):
    path = tmp_path / "d.csv"
    path.write_text(text)
    with pytest.raises(CommandError) as refused:
        call_command("cycle", str(path))
    assert refused.value.returncode == 2
    assert str(refused.value).startswith(str(path))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(CommandError, match="there is no such file"):
        call_command("cycle", str(tmp_path / "none.csv"))
    (tmp_path / "d.csv").write_bytes(b"T,E\n\xff\xfe,1\n")
    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("cycle", str(tmp_path / "d.csv"))

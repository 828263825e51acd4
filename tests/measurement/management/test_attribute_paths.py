"""`manage.py attribute_paths` with nothing around it: a table on stdout, words on stderr, clear refusals."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from django.core.management import CommandError, call_command

from tests.measurement.attribution.walks import removal_effects, shapley

ROOT = Path(__file__).resolve().parents[3]
HEADER = "path,total_conversions,total_conversion_value,total_null\n"
THREE = HEADER + "a > b,1,100,0\na,0,0,1\nb,1,50.5,1\n"
ROWS = [(("a", "b"), 1, 100, 0), (("a",), 0, 0, 1), (("b",), 1, 50.5, 1)]


@pytest.fixture
def run(tmp_path, capsys):
    """Writes the text as paths.csv and attributes it: (figures by model, metric and channel, what was told)."""

    def attribute(text: str, *options: str) -> tuple[dict[tuple[str, str, str], float], str]:
        path = tmp_path / "paths.csv"
        path.write_bytes(text.encode())
        told, said = io.StringIO(), io.StringIO()
        call_command("attribute_paths", str(path), *options, stdout=told, stderr=said)
        rows = list(csv.reader(io.StringIO(told.getvalue())))
        assert rows[0] == ["model", "metric", "channel", "value"]
        figures = {(model, metric, channel): float(value) for model, metric, channel, value in rows[1:]}
        assert len(figures) == len(rows) - 1
        return figures, said.getvalue()

    return attribute


def test_with_an_empty_environment_the_table_is_all_that_stdout_gets(tmp_path) -> None:
    tmp_path.joinpath("paths.csv").write_text(THREE)
    argv = [sys.executable, str(ROOT / "manage.py"), "attribute_paths", "paths.csv"]
    done = subprocess.run(argv, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        "model,metric,channel,value",
        "first,conversions,a,1.0",
        "first,conversions,b,1.0",
        "first,value,a,100.0",
        "first,value,b,50.5",
    ]
    assert "markov,base_probability,,0.5" in lines
    models = list(dict.fromkeys(line.split(",")[0] for line in lines[1:]))
    assert models == ["first", "last", "linear", "position", "markov", "shapley"]
    assert "warning: 2 conversions are few" in done.stderr
    for word in ("null paths", "removed channel", "self-transitions", "base probability", "shapley", "ties"):
        assert word in done.stderr


def test_the_figures_are_exact(run) -> None:
    figures, _ = run(THREE)
    effects = removal_effects(ROWS)
    total = sum(effects.values())
    for channel, effect in effects.items():
        assert figures["markov", "removal_effect", channel] == pytest.approx(float(effect), abs=1e-15)
        share = float(effect / total)
        assert figures["markov", "conversions", channel] == pytest.approx(2 * share, abs=1e-14)
        assert figures["markov", "value", channel] == pytest.approx(150.5 * share, abs=1e-13)
        assert figures["shapley", "conversions", channel] == float(shapley(ROWS)[channel])
    assert figures["position", "value", "a"] == 50
    assert figures["last", "value", "b"] == 150.5


@pytest.mark.parametrize("order", ["2", "3"])
def test_a_higher_order_remembers_more(run, order) -> None:
    text = HEADER + "a > b > a,1,1,0\na > b,0,0,1\nb > a,1,1,1\nb,1,1,0\n"
    figures, told = run(text, "--order", order)
    assert figures["markov", "removal_effect", "a"] == pytest.approx(2 / 3, abs=1e-14)
    assert figures["markov", "removal_effect", "b"] == pytest.approx(1, abs=1e-14)
    assert f"the last {order} channels" in told


def test_models_that_were_not_named_in_the_usual_six_come_only_under_their_own_name(run) -> None:
    usual, _ = run(THREE)
    more, told = run(THREE, "--distinct", "--leave-one-out", "--without-nulls")
    assert {row[0] for row in usual} == {"first", "last", "linear", "position", "markov", "shapley"}
    assert {row[0] for row in more} - {row[0] for row in usual} == {
        "linear_distinct", "position_distinct", "leave_one_out", "markov_without_nulls",
    }  # fmt: skip
    assert not any(row[0] == "markov" for row in more)
    assert more["markov_without_nulls", "base_probability", ""] == pytest.approx(1, abs=1e-15)
    assert more["leave_one_out", "removal_effect", "a"] == 0.5
    assert "--without-nulls" in told


def test_names_are_taken_as_they_are_and_spaces_around_them_are_not(run) -> None:
    text = HEADER + '"7 >  小红书 ","1","2","3"\n"a, ""b"" > (null)>x",1,2,0\n  7 > 小红书,1,2,0\n'
    figures, told = run(text)
    channels = {row[2] for row in figures} - {""}
    assert channels == {"7", "小红书", 'a, "b"', "(null)>x"}
    assert figures["last", "conversions", "小红书"] == 2
    assert "1 channels hold '>' in their name, such as '(null)>x'" in told


def test_another_separator_may_be_named(run) -> None:
    figures, _ = run(HEADER + "a>b|c,1,1,1\n", "--sep", "|")
    assert {row[2] for row in figures} == {"", "a>b", "c"}


def test_the_same_path_in_several_rows_counts_together(run) -> None:
    split = HEADER + "a > b,1,60,0\na > b,0,40,0\na,0,0,1\nb,1,0,0\nb,0,50.5,1\n"
    assert run(split)[0] == pytest.approx(run(THREE)[0], abs=1e-15)


def test_further_columns_a_mark_of_byte_order_and_other_line_ends_do_not_matter(run) -> None:
    text = "\ufefftotal_null,more,path,total_conversion_value,total_conversions\r\n"
    text += "0,x,a > b,100,1\r\n1,,a,0,0\r\n1,y,b,50.5,1e0\r\n"
    assert run(text)[0] == run(THREE)[0]


def test_parquet_is_read_too(run, tmp_path) -> None:
    usual, _ = run(THREE)
    with duckdb.connect() as engine:
        engine.execute(f"copy (from '{tmp_path}/paths.csv') to '{tmp_path}/paths.parquet'")
    told = io.StringIO()
    call_command("attribute_paths", f"{tmp_path}/paths.parquet", stdout=told, stderr=io.StringIO())
    found = list(csv.reader(io.StringIO(told.getvalue())))[1:]
    assert {tuple(row[:3]): float(row[3]) for row in found} == usual


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (HEADER + "a,5,10,1\n", "there is one path only"),
        (HEADER + "a,5,10,0\nb > a,1,0,0\n", "no path ended without an order"),
        (HEADER + "a,5,0,1\nb > a,1,0,0\n", "total_conversion_value is 0 everywhere"),
        (HEADER + "a,5,5,1\nb > a,0,3,0\n", "a value without a conversion"),
    ],
)
def test_few_data_are_doubted_and_answered(run, text, warning) -> None:
    figures, told = run(text)
    assert warning in told
    shared = sum(figure for row, figure in figures.items() if row[:2] == ("linear", "conversions"))
    assert shared == sum(float(line.split(",")[1]) for line in text.splitlines()[1:])


REFUSALS = {
    "a > b,0,0,4\nb,0,0,1\n": "paths.csv, column total_conversions: every path has 0, so there is nothing to",
    "": "paths.csv: there is no path in it.",
    "a,1,1,1\n,1,1,1\n": "paths.csv, line 3, column path: empty.",
    'a,1,1,1\n" ",1,1,1\n': "paths.csv, line 3, column path: ' ' has a place without a channel.",
    "a > ,1,1,1\n": "paths.csv, line 2, column path: 'a > ' has a place without a channel.",
    "a,-1,1,1\n": "paths.csv, line 2, column total_conversions: -1 is negative.",
    "a,1,1,1\nb,1,1,-0.5\n": "paths.csv, line 3, column total_null: -0.5 is negative.",
    "a,1,1\n": "paths.csv, line 2: 3 fields under a header of 4.",
    "a,1,1,1,1\n": "paths.csv, line 2: 5 fields under a header of 4.",
    "a,many,1,1\n": "paths.csv, line 2, column total_conversions: 'many' is not a number.",
    "a,1,NaN,1\n": "paths.csv, line 2, column total_conversion_value: 'NaN' is not a number.",
    "a,1,,1\n": "paths.csv, line 2, column total_conversion_value: empty.",
    '"a,1,1,1\n': "paths.csv, after line",
}


@pytest.mark.parametrize("rows", REFUSALS)
def test_a_refusal_names_the_place_and_writes_nothing(run, tmp_path, monkeypatch, rows) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("paths.csv").write_text(HEADER + rows)
    told = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("attribute_paths", "paths.csv", stdout=told, stderr=io.StringIO())
    assert refused.value.returncode == 2
    assert str(refused.value).startswith(REFUSALS[rows])
    assert "\n" not in str(refused.value)
    assert told.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path,total_conversions,total_null\na,1,1\n", "column total_conversion_value is missing"),
        ("", "it has none at all"),
        ("path,path,total_conversions,total_conversion_value,total_null\n", "there more than once"),
    ],
)
def test_a_header_that_lacks_something_is_refused(run, text, words) -> None:
    with pytest.raises(CommandError, match=words):
        run(text)


@pytest.mark.parametrize("order", ["0", "4", "two", "-1"])
def test_an_order_is_1_to_3(run, order) -> None:
    with pytest.raises(CommandError, match=f"{order} is not an order from 1 to 3"):
        run(THREE, f"--order={order}")


def test_a_separator_is_not_empty(run) -> None:
    with pytest.raises(CommandError, match="the separator is empty"):
        run(THREE, "--sep", "")

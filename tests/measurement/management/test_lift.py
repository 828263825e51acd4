"""`manage.py lift` with nothing around it: no database, no secret, an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[3]
USERS = (
    "user,variant,revenue,city,revenue_covariate\n"
    "ann,0,1,Wuhan,0\nben,0,3,,2\ncleo,1,4,Xian,2\ndora,1,8,Xian,4\n"
)
# control places add up to 1 … 6; the treated one sold 1 + 2x, and 1 and 2 more from the fifth day on
PLACES = "date,geo,sales,cost,weather\n" + "".join(
    f"2026-03-0{day},{geo},{sold},{cost},mild\n"
    for day, row in enumerate([(1, 0, 3, 0), (1, 1, 5, 0), (2, 1, 7, 0), (2, 2, 9, 0), (3, 2, 12, 2), (3, 3, 15, 4)], 1)
    for geo, sold, cost in (("Beijing", row[0], 0), ("Wuhan", row[1], 0), ("Xian", row[2], row[3]))
)  # fmt: skip
GROUPS = "geo,group\nBeijing,control\nWuhan,control\nXian,treatment\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("users.csv").write_text(USERS)
    Path("places.csv").write_text(PLACES)
    Path("groups.csv").write_text(GROUPS)
    return tmp_path


def lift(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(ROOT / "manage.py"), "lift", *options]
    return subprocess.run(argv, cwd=folder, env={}, capture_output=True, text=True, timeout=120)


def test_a_holdout_is_read_out_as_json_with_warnings_beside(folder):
    """The hand-worked case: θ = 1.75 takes an effect of 4 down to 0.5."""
    done = lift(folder, "holdout", "users.csv")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert set(said) == {"sample_ratio_p", "metrics"}
    assert (said["sample_ratio_p"], set(said["metrics"])) == (1.0, {"revenue"})
    revenue = said["metrics"]["revenue"]
    assert set(revenue) == {"plain", "cuped"}
    for one in revenue.values():
        assert set(one) == {"control", "treatment", "effect", "relative", "ci", "p"}
    assert (revenue["plain"]["effect"], revenue["plain"]["relative"]) == (4.0, 2.0)
    assert revenue["cuped"]["effect"] == pytest.approx(0.5)
    assert done.stderr == "warning: column city is ignored: it is not a column of numbers.\n"


def test_a_geo_test_is_read_out_at_the_top_level(folder):
    done = lift(folder, "geo", "places.csv", "--assignment", "groups.csv", "--start", "2026-03-05")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert list(said) == [
        "incremental_response", "relative", "ci", "p", "iroas", "placebo_false_alarm_rate", "method",
    ]  # fmt: skip
    assert said["incremental_response"] == pytest.approx(3)
    assert (said["relative"], said["iroas"]) == (pytest.approx(0.125), pytest.approx(0.5))
    assert (said["ci"], said["placebo_false_alarm_rate"], said["method"]) == (None, None, "tbr")
    assert "6 days in all are too few for a 95 % interval" in done.stderr
    assert "column weather is ignored; sales is read." in done.stderr


def geo(*options: str) -> dict:
    from io import StringIO

    out = StringIO()
    call_command(
        "lift", "geo", "places.csv", "--assignment", "groups.csv", *options, stdout=out, stderr=StringIO()
    )
    return json.loads(out.getvalue())


def test_the_last_day_and_the_method_are_the_reader_s_to_choose(folder):
    one_day = geo("--start", "2026-03-05", "--end", "2026-03-05")
    assert one_day["incremental_response"] == pytest.approx(1)
    assert geo("--start", "2026-03-05", "--method", "sc")["method"] == "sc"


def test_without_cost_nothing_is_said_of_its_return(folder):
    text = Path("places.csv").read_text().replace("cost", "till")
    Path("places.csv").write_text(text)
    assert "iroas" not in geo("--start", "2026-03-05")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "cleo,1",
            "cleo,2",
            "users.csv, line 4, column variant: '2' is unknown. 0 is control, 1 is treatment.",
        ),
        ("cleo,1", "ann,1", "users.csv, line 4, column user: 'ann' stands above already."),
        ("cleo,1", ",1", "users.csv, line 4, column user: empty."),
        ("ben,0,3", "ben,0,NaN", "users.csv, line 3, column revenue: 'NaN' is not a number."),
        ("ben,0,3", "ben,0,", "users.csv, line 3, column revenue: empty."),
        (",1,", ",0,", "users.csv, column variant: 0 users in treatment (1); a comparison needs both arms"),
        ("user,variant", "user,arm", "users.csv: column variant is missing; it has user, arm, revenue"),
        ("ann,0,1,Wuhan", "ann,0,1", "users.csv, line 2: 4 fields under a header of 5."),
        ("revenue_covariate", "revenue", "users.csv: column revenue is there more than once."),
    ],
)
def test_a_bad_holdout_names_file_line_column_value_and_remedy(folder, old, new, said):
    Path("users.csv").write_text(USERS.replace(old, new))
    with pytest.raises(CommandError) as refused:
        call_command("lift", "holdout", "users.csv")
    assert str(refused.value).startswith(said)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("user,variant,paid\na,0,1\nb,0,1\nc,1,1\nd,1,1\n", "users.csv, column paid: no variance"),
        (
            "user,variant,paid,paid_covariate\na,0,1,7\nb,0,2,7\nc,1,1,7\nd,1,3,7\n",
            "users.csv, column paid_covariate: no variance",
        ),
        ("user,variant,city\na,0,x\nb,0,y\nc,1,x\nd,1,y\n", "users.csv: there is no numeric column"),
        ("user,variant,paid\n", "users.csv: there is no row below the header."),
        ("", "users.csv: is empty."),
    ],
)
def test_a_holdout_that_holds_nothing_to_compare_says_so(folder, rows, said):
    Path("users.csv").write_text(rows)
    with pytest.raises(CommandError) as refused:
        call_command("lift", "holdout", "users.csv")
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("groups.csv", "Xian,treatment", "Xian,control", "groups.csv: no place is in treatment."),
        ("groups.csv", "Wuhan,control\n", "", "groups.csv: Wuhan of places.csv has no group."),
        (
            "groups.csv",
            "Wuhan,control",
            "Wuhan,holdout",
            "groups.csv, line 3, column group: 'holdout' is unknown.",
        ),
        (
            "groups.csv",
            "Wuhan,control",
            "Xian,control",
            "groups.csv, line 4, column geo: 'Xian' stands above",
        ),
        (
            "groups.csv",
            "geo,group\n",
            "geo,group\nLhasa,control\n",
            "groups.csv: Lhasa has no row in places.csv.",
        ),
        ("places.csv", "2026-03-02,Xian,5,0,mild\n", "", "places.csv: Xian has no row on 2026-03-02."),
        (
            "places.csv",
            "2026-03-02,Xian",
            "2026-03-01,Xian",
            "places.csv, line 7, column geo: 'Xian' on 2026-03-01",
        ),
        (
            "places.csv",
            "2026-03-02,Xian",
            "2026/3/2,Xian",
            "places.csv, line 7, column date: '2026/3/2' is not",
        ),
        ("places.csv", "Xian,5,0", "Xian,nan,0", "places.csv, line 7, column sales: 'nan' is not a number."),
    ],
)
def test_a_bad_panel_names_file_line_column_value_and_remedy(folder, file, old, new, said):
    path = Path(file)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(CommandError) as refused:
        geo("--start", "2026-03-05")
    assert str(refused.value).startswith(said)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--start", "2026-03-05", "--end", "2026-03-04"),
            "--end 2026-03-04 lies before --start 2026-03-05.",
        ),
        (("--start", "2026-04-05"), "places.csv: there is no day 2026-04-05 in it; it runs from 2026-03-01"),
        (("--start", "2026-03-02"), "places.csv: there are 1 days before the start; at least 3 are needed."),
    ],
)
def test_days_that_cannot_be_are_refused(folder, options, said):
    with pytest.raises(CommandError) as refused:
        geo(*options)
    assert str(refused.value).startswith(said)


def test_one_place_is_nothing_to_compare(folder):
    Path("places.csv").write_text("date,geo,sales\n2026-03-01,Xian,1\n2026-03-02,Xian,2\n")
    with pytest.raises(CommandError, match="one place only"):
        geo("--start", "2026-03-02")


@pytest.mark.parametrize(
    "options", [("holdout", "nowhere.csv"), ("geo", "places.csv", "--start", "2026-03-05"), ("guess",)]
)
def test_what_is_refused_ends_with_code_two_and_writes_nothing(folder, options):
    done = lift(folder, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_split_that_is_no_chance_is_warned_of(folder):
    rows = "".join(f"u{n},{int(n < 40)},{n % 7}\n" for n in range(200))
    Path("users.csv").write_text(f"user,variant,orders\n{rows}")
    done = lift(folder, "holdout", "users.csv")
    assert json.loads(done.stdout)["sample_ratio_p"] < 1e-9
    assert "160 in control and 40 in treatment is no even split" in done.stderr

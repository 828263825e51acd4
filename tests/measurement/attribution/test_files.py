"""Files say what the reference says, ids come out as they went in, and a refusal writes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.attribution import decay
from measurement.attribution.credit import MODELS, attribute
from measurement.attribution.files import attribute as attribute_files
from measurement.attribution.sources import Refused, literal
from measurement.attribution.touches import Credit, tie
from measurement.attribution.windows import HOUR
from tests.measurement.attribution.worlds import WINDOWS, World, all_amounts, worlds

SHARES = "first,last,linear,position,decay"
HEADER = ",".join(
    [
        "order_id,touch_id,channel_id,position,n_touches",
        *(f"{k}_{m}" for k in "wc" for m in SHARES.split(",")),
    ]
)
TOUCHES = """touch_id,person_id,product_id,channel_id,ts
007,ann,serum,search,1000000
t9,ann,serum,note,1604800
10,ann,serum,note,1604800
9,ann,serum,live,1604800
1,ann,cream,live,1604800
2,bob,serum,live,1604800
"""
ORDERS = """order_id,person_id,product_id,category_id,ts,value_cents
1234567890123456789,ann,serum,essence,1604800,1000
0012,bob,cream,essence,1604800,500
B-1,,serum,essence,1604800,300
"""
CATEGORIES = """category_id,window_days
essence,7
"""
CREDITS = f"""{HEADER}
0012,,,,0,,,,,,,,,,
1234567890123456789,007,search,1,4,1.0,0.0,0.25,0.4,0.14285714285714285,1000,0,250,400,143
1234567890123456789,9,live,2,4,0.0,0.0,0.25,0.1,0.2857142857142857,0,0,250,100,286
1234567890123456789,10,note,3,4,0.0,0.0,0.25,0.1,0.2857142857142857,0,0,250,100,286
1234567890123456789,t9,note,4,4,0.0,1.0,0.25,0.4,0.2857142857142857,0,1000,250,400,285
B-1,,,,0,,,,,,,,,,
"""


@pytest.fixture
def files(tmp_path):
    """Writes the three files, each replaced by the text of its name, and attributes them."""

    def run(out: str = "credits.csv", **texts: str) -> str:
        for name, text in {"touches": TOUCHES, "orders": ORDERS, "categories": CATEGORIES, **texts}.items():
            tmp_path.joinpath(f"{name}.csv").write_bytes(text.encode())
        paths = [tmp_path / f"{name}.csv" for name in ("touches", "orders", "categories")]
        attribute_files(*paths, tmp_path / out)
        return (tmp_path / out).read_text()

    return run


def test_a_world_worked_by_hand(files):
    assert files() == CREDITS


def test_what_does_not_matter_changes_nothing(files):
    """A byte order mark, line ends of Windows, further columns, their order, quotes, no last line end."""
    rows = [line.split(",") for line in ORDERS.split()]
    turned = "\ufeff" + "\r\n".join(",".join(f'"{field}"' for field in [*row[::-1], "x, y"]) for row in rows)
    assert files(orders=turned) == CREDITS


def test_without_touches_every_order_is_unattributed(files):
    assert [line.split(",")[4] for line in files(touches=TOUCHES.split()[0]).split()[1:]] == ["0", "0", "0"]


def test_without_orders_only_the_header_is_written(files):
    assert files(orders=ORDERS.split()[0] + "\n") == HEADER + "\n"


def test_text_with_commas_quotes_and_line_ends_comes_out_as_it_went_in(files):
    odd = '"a, ""b""\nc"'
    (row,) = csv.DictReader(
        io.StringIO(
            files(
                touches=f"touch_id,person_id,product_id,channel_id,ts\n{odd},ann,serum,{odd},1\n",
                orders=f"order_id,person_id,product_id,category_id,ts,value_cents\n{odd},ann,serum,essence,1,1\n",
            )
        )
    )
    assert {row["touch_id"], row["channel_id"], row["order_id"]} == {'a, "b"\nc'}


def test_a_file_is_found_by_its_very_name(tmp_path):
    folder = tmp_path / "it's [1] * ?"
    folder.mkdir()
    for name, text in {"touches": TOUCHES, "orders": ORDERS, "categories": CATEGORIES}.items():
        folder.joinpath(f"{name}.CSV").write_text(text)
    attribute_files(
        *(folder / f"{name}.CSV" for name in ("touches", "orders", "categories")), folder / "o.csv"
    )
    assert (folder / "o.csv").read_text() == CREDITS
    assert len(list(folder.iterdir())) == 4


# -- the reference ------------------------------------------------------------------------------------------


def write(path: Path, columns: str, rows: list[tuple], integers: tuple[str, ...]) -> None:
    """A file of `rows`, ids as text except for those named in `integers`."""
    names = columns.split()
    numbers = {"ts", "value_cents", "window_days", *integers}
    kinds = ", ".join(f"{name} {'bigint' if name in numbers else 'varchar'}" for name in names)
    form = "format csv, header" if path.suffix == ".csv" else "format parquet"
    with duckdb.connect() as engine:
        engine.execute(f"create table made ({kinds})")
        if rows:
            marks = ", ".join(["(" + ", ".join("?" * len(names)) + ")"] * len(rows))
            engine.execute(f"insert into made values {marks}", [value for row in rows for value in row])
        engine.execute(f"copy made to {literal(str(path))} ({form})")


def write_world(folder: Path, world: World, ending: str, integers: tuple[str, ...] = ()) -> list[Path]:
    paths = [folder / f"{name}{ending}" for name in ("touches", "orders", "categories")]
    touches = [(t.touch_id, t.person_id, t.product_id, t.channel_id, t.ts) for t in world.touches]
    orders = [
        (o.order_id, o.person_id, o.product_id, o.category_id, o.ts, o.value_cents) for o in world.orders
    ]
    write(paths[0], "touch_id person_id product_id channel_id ts", touches, integers)
    write(paths[1], "order_id person_id product_id category_id ts value_cents", orders, integers)
    write(paths[2], "category_id window_days", list(WINDOWS.items()), ())
    return paths


def read(path: Path) -> list[tuple]:
    with duckdb.connect() as engine:
        options = ", all_varchar = true" if path.suffix == ".csv" else ""
        scan = f"read_{path.suffix[1:]}({literal(str(path))}{options})"
        return engine.execute(f"select * from {scan}").fetchall()


def expected(rows: list[Credit]) -> list[tuple]:
    """The reference's rows as the file has them, in its order."""
    written = []
    for row in sorted(rows, key=lambda row: (tie(row.order_id), row.position or 0)):
        n, place = row.n_touches, row.position
        ratios: tuple[float | None, ...] = (None,) * 5
        if n:
            ratios = (
                float(place == 1),
                float(place == n),
                1 / n,
                row.k_position / row.s_position,
                row.k_decay / row.s_decay,
            )
        fen = tuple(getattr(row, f"c_{model}") for model in MODELS)
        written.append((row.order_id, row.touch_id, row.channel_id, place, n, *ratios, *fen))
    return written


def as_csv(rows: list[tuple]) -> list[tuple]:
    return [tuple(None if value is None else str(value) for value in row) for row in rows]


def usable(world: World) -> World:
    """Every order with a category that has a window; the command refuses the others."""
    return replace(
        world,
        orders=[
            order if order.category_id in WINDOWS else replace(order, category_id="essence")
            for order in world.orders
        ],
    )


slow = settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.mark.parametrize(
    ("ending", "out_ending"), [(".csv", ".csv"), (".parquet", ".parquet"), (".csv", ".parquet")]
)
@slow
@given(world=worlds(st.integers(1 - 10**17, 10**17 - 1)).map(usable))
def test_files_agree_with_the_reference(tmp_path, ending, out_ending, world):
    out = tmp_path / f"credits{out_ending}"
    attribute_files(*write_world(tmp_path, world, ending), out, ts_unit="us", half_life_days=Decimal(3))
    wanted = expected(world.credits())
    found = read(out)
    assert found == (as_csv(wanted) if out_ending == ".csv" else wanted)


@slow
@given(world=worlds(all_amounts).map(usable))
def test_integers_of_parquet_stay_integers_and_meet_the_text_of_other_files(tmp_path, world):
    numbered = World(
        orders=[
            replace(order, order_id=number, person_id=order.person_id and int(order.person_id[1:]))
            for number, order in enumerate(world.orders)
        ],
        touches=[
            replace(touch, touch_id=-number, person_id=touch.person_id and int(touch.person_id[1:]))
            for number, touch in enumerate(world.touches)
        ],
    )
    integers = ("order_id", "touch_id", "person_id")
    paths = write_world(tmp_path, numbered, ".parquet", integers)
    out = tmp_path / "credits.parquet"
    wanted = expected(attribute(numbered.orders, numbered.touches, WINDOWS, decay.weights()))
    attribute_files(*paths, out, ts_unit="us")
    assert read(out) == wanted
    paths[0] = write_world(tmp_path, numbered, ".csv")[0]
    attribute_files(*paths, out, ts_unit="us")
    assert [row[0] for row in read(out)] == [row[0] for row in wanted]
    assert [row[1] for row in read(out)] == [None if row[1] is None else str(row[1]) for row in wanted]


@pytest.mark.parametrize(("unit", "ticks"), [("s", 1), ("ms", 1_000), ("us", 1_000_000)])
def test_the_unit_of_time_changes_nothing_else(tmp_path, unit, ticks):
    columns = {"touches": TOUCHES, "orders": ORDERS}
    for name, text in columns.items():
        head, *rows = [line.split(",") for line in text.split()]
        place = head.index("ts")
        for row in rows:
            row[place] = str(int(row[place]) * ticks)
        tmp_path.joinpath(f"{name}.csv").write_text("\n".join(",".join(row) for row in [head, *rows]))
    tmp_path.joinpath("categories.csv").write_text(CATEGORIES)
    paths = [tmp_path / f"{name}.csv" for name in ("touches", "orders", "categories")]
    attribute_files(*paths, tmp_path / "credits.csv", ts_unit=unit)
    assert (tmp_path / "credits.csv").read_text() == CREDITS
    assert HOUR == 3_600_000_000


def test_the_outcome_tells_what_was_credited_and_what_was_not(tmp_path):
    for name, text in {"touches": TOUCHES, "orders": ORDERS, "categories": CATEGORIES}.items():
        tmp_path.joinpath(f"{name}.csv").write_text(text)
    paths = [tmp_path / f"{name}.csv" for name in ("touches", "orders", "categories")]
    outcome = attribute_files(*paths, tmp_path / "credits.csv")
    assert (outcome.touches, outcome.orders, outcome.rows) == (6, 3, 6)
    assert (outcome.unattributed_orders, outcome.unattributed_fen) == (2, 800)
    assert outcome.ordered == (1_604_800, 1_604_800)
    assert [(total.channel_id, *total.fen.values()) for total in outcome.channels] == [
        ("note", 0, 1_000, 500, 500, 571),
        ("live", 0, 0, 250, 100, 286),
        ("search", 1_000, 0, 250, 400, 143),
    ]


# -- refusals -----------------------------------------------------------------------------------------------

REFUSALS = {
    "a column is missing": (
        "orders",
        ORDERS.replace("value_cents", "value"),
        "column value_cents is missing",
    ),
    "a column stands twice": ("orders", ORDERS.replace("person_id", "ts"), "column person_id is missing"),
    "a header twice": (
        "categories",
        "category_id,window_days,category_id\na,1,b\n",
        "category_id is there more",
    ),
    "an empty file": ("categories", "", "it has none at all"),
    "a word for a number": ("orders", ORDERS.replace(",500", ",five"), "line 3, column value_cents: 'five'"),
    "a fraction": ("orders", ORDERS.replace(",500", ",500.5"), "line 3, column value_cents: '500.5'"),
    "an exponent": ("touches", TOUCHES.replace("1000000", "1e6"), "line 2, column ts: '1e6' is not a whole"),
    "a fraction of a second": ("touches", TOUCHES + "x,cid,oil,y,1.5\n", "line 8, column ts: '1.5'"),
    "no number": ("touches", TOUCHES + "x,cid,oil,y,\n", "line 8, column ts: empty"),
    "nineteen digits": ("orders", ORDERS.replace(",500", "," + "9" * 19), "at most 18 digits"),
    "an order without id": ("orders", ORDERS.replace("B-1", ""), "line 4, column order_id: empty"),
    "a touch without id": ("touches", TOUCHES.replace("t9", ""), "line 3, column touch_id: empty"),
    "an order twice": ("orders", ORDERS.replace("B-1", "0012"), "0012 stands in more than one row"),
    "a touch twice": ("touches", TOUCHES.replace("t9", "10"), "10 stands in more than one row"),
    "a category twice": ("categories", CATEGORIES + "essence,8\n", "essence stands in more than one row"),
    "a category without window": (
        "categories",
        "category_id,window_days\noil,1\n",
        "no row for category essence",
    ),
    "a negative window": ("categories", CATEGORIES.replace("7", "-7"), "not for essence"),
    "too few fields": ("orders", ORDERS + "x,ann\n", "line 5: 2 fields under a header of 6"),
    "too many fields": (
        "touches",
        TOUCHES + "x,ann,serum,note,1,2\n",
        "line 8: 6 fields under a header of 5",
    ),
    "a stray quote": ("touches", TOUCHES + 'x,"ann"s,serum,note,1\n', "after line 7"),
}


@pytest.mark.parametrize(("name", "text", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_names_the_place_and_writes_nothing(files, tmp_path, name, text, words):
    tmp_path.joinpath("credits.csv").write_text("kept")
    with pytest.raises(Refused) as refusal:
        files(**{name: text})
    assert words in str(refusal.value)
    assert f"{name}.csv" in str(refusal.value)
    assert tmp_path.joinpath("credits.csv").read_text() == "kept"
    assert len(list(tmp_path.iterdir())) == 4


def test_other_encodings_are_refused_with_the_line(files, tmp_path):
    files()
    tmp_path.joinpath("touches.csv").write_bytes(TOUCHES.replace("note", "笔记").encode("gb18030"))
    with pytest.raises(Refused, match=r"line 3: not UTF-8\. Save the file as CSV UTF-8"):
        attribute_files(
            *(tmp_path / f"{name}.csv" for name in ("touches", "orders", "categories")), tmp_path / "c.csv"
        )


def test_a_comma_at_the_end_of_a_row_is_let_pass(files):
    assert files(touches=TOUCHES + "3,cid,oil,note,1,\n") == CREDITS


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("credits.xlsx", "which tells the format"),
        ("none/credits.csv", "there is no folder"),
        ("orders.csv", "is one of the files to be read"),
        ("folder.csv", "is a folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(files, tmp_path, out, words):
    tmp_path.joinpath("folder.csv").mkdir()
    with pytest.raises(Refused, match=words):
        files(out)
    assert tmp_path.joinpath("orders.csv").read_text() == ORDERS


@pytest.mark.parametrize(("name", "words"), [("o.txt", "which tells the format"), ("o.csv", "no such file")])
def test_a_file_that_is_not_there_or_of_another_kind_is_refused(files, tmp_path, name, words):
    files()
    with pytest.raises(Refused, match=words):
        attribute_files(
            tmp_path / "touches.csv", tmp_path / name, tmp_path / "categories.csv", tmp_path / "c.csv"
        )


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("1.5::double as person_id, 1 as ts", "column person_id: holds DOUBLE"),
        ("'a' as person_id, now() as ts", "column ts: holds TIMESTAMP"),
        ("'a' as person_id, 1.5::double as ts", "column ts: holds DOUBLE"),
        ("'a' as person_id, null::bigint as ts", "row 1, column ts: empty"),
    ],
)
def test_parquet_of_other_types_is_refused(files, tmp_path, columns, words):
    files()
    touches = tmp_path / "touches.parquet"
    with duckdb.connect() as engine:
        ids = "1 as touch_id, 2 as product_id, 3 as channel_id"
        engine.execute(f"copy (select {ids}, {columns}) to {literal(str(touches))}")
    with pytest.raises(Refused, match=words):
        attribute_files(touches, tmp_path / "orders.csv", tmp_path / "categories.csv", tmp_path / "c.csv")


def test_a_file_that_is_no_parquet_is_refused(files, tmp_path):
    files()
    tmp_path.joinpath("touches.parquet").write_text("no")
    with pytest.raises(Refused, match="cannot be read as Parquet"):
        attribute_files(
            tmp_path / "touches.parquet",
            tmp_path / "orders.csv",
            tmp_path / "categories.csv",
            tmp_path / "c.csv",
        )


def test_many_rows_stand_in_order_of_order_and_position(tmp_path):
    """More rows than one thread of the engine sorts or writes at a time."""
    with duckdb.connect() as engine:
        made = {
            "touches": "select i as touch_id, i % 5003 as person_id, 1 as product_id, i % 7 as channel_id,"
            " 1750000000 - i as ts from range(300000) _(i)",
            "orders": "select (i * 7919) % 5003 as order_id, i as person_id, 1 as product_id, 1 as category_id,"
            " 1750000000 as ts, i as value_cents from range(5003) _(i)",
            "categories": "select 1 as category_id, 30 as window_days",
        }
        for name, query in made.items():
            engine.execute(f"copy ({query}) to {literal(str(tmp_path / name) + '.parquet')} (format parquet)")
    paths = [tmp_path / f"{name}.parquet" for name in made]
    attribute_files(*paths, tmp_path / "credits.csv")
    with (tmp_path / "credits.csv").open() as file:
        placed = [(int(row["order_id"]), int(row["position"])) for row in csv.DictReader(file)]
    assert len(placed) == 300_000
    assert placed == sorted(placed)

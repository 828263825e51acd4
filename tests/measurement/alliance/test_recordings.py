"""Recordings beside this file (and the shared examples, in a checkout that has them) replay as expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import PLATFORMS
from measurement.alliance.recording import replay

OWN = Path(__file__).parent / "recordings"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "platforms" / "examples"
ABOUT_THE_FILE = {"payload", "about", "derived_from"}


def platform_of(path: Path) -> str | None:
    return next((platform for platform in PLATFORMS if path.name.startswith(f"{platform}_")), None)


def expectations(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.expected.json")) if platform_of(path)]


def disagreements(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where ``found`` lacks or changes something ``expected`` has; more keys than expected are fine."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            difference
            for name, value in expected.items()
            for difference in (
                disagreements(value, found[name], f"{where}.{name}")
                if name in found
                else [f"{where}.{name} lacks"]
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [difference for at, pair in pairs for difference in disagreements(*pair, f"{where}[{at}]")]
    same = type(expected) is type(found) and expected == found
    return [] if same else [f"{where}: expected {expected!r}, found {found!r}"]


@pytest.mark.parametrize("path", [*expectations(OWN), *expectations(SHARED)], ids=lambda path: path.name)
def test_a_recording_replays_as_expected(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    recording = json.loads((path.parent / expected["payload"]).read_text(encoding="utf-8"))
    platform = platform_of(path)
    assert platform is not None
    found = replay(platform, recording)
    wanted = {name: value for name, value in expected.items() if name not in ABOUT_THE_FILE}
    assert disagreements(wanted, found) == []


def places(node: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the values of a JSON document stand, as the keys that lead there."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, child in children for place in [(*above, key), *places(child, (*above, key))]]


SPOILED = [None, "", 0, -1, "x", "-5.00", 3.5, 10**25, True, float("nan"), [], {}, [None], [[]], {"a": 1}]


@pytest.mark.parametrize(
    "path",
    expectations(OWN),
    ids=lambda path: path.name,
)
@given(data=st.data())
def test_a_spoiled_value_never_stops_a_recording_nor_breaks_the_sum_of_an_order(
    path: Path, data: st.DataObject
) -> None:
    recording = json.loads(path.with_name(path.name.replace(".expected", "")).read_text(encoding="utf-8"))
    answers = [place for place in places(recording["exchanges"]) if len(place) > 2 and place[1] == "response"]
    *way, last = data.draw(st.sampled_from(answers))
    holder = recording["exchanges"]
    for key in way:
        holder = holder[key]
    holder[last] = data.draw(st.sampled_from(SPOILED))
    for order in replay(str(platform_of(path)), recording).get("orders", []):
        amounts = [line["paid_amount_fen"] for line in order["lines"]]
        assert sum(amounts) + order["shipping_fen"] == order["paid_amount_fen"] or not amounts
        assert min([*amounts, *(line["quantity"] for line in order["lines"])], default=0) >= 0


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_recordings_of_its_own(platform: str) -> None:
    assert [path for path in expectations(OWN) if platform_of(path) == platform]


def test_the_comparison_itself_finds_what_differs() -> None:
    assert disagreements({"a": [1, {"b": None}]}, {"a": [1, {"b": None, "c": 2}], "d": 3}) == []
    assert disagreements({"a": 1}, {}) == [".a lacks"]
    assert disagreements([1], [1, 2]) == [": expected [1], found [1, 2]"]
    assert disagreements({"a": 0}, {"a": False}) == [".a: expected 0, found False"]
    assert disagreements({"a": {}}, {"a": []}) == [".a: expected {}, found []"]


def test_a_recording_of_vectors_answers_signatures_by_name_and_nothing_else() -> None:
    vector = {"name": "plain", "secret": "s", "params": {"b": "2", "a": "1"}}
    assert replay("jd", {"vectors": [vector]}) == {
        "signatures": {"plain": "5EE29085AF57D942F21F1C5BA3C2A90A"}
    }


def test_an_empty_recording_says_nothing_and_an_unknown_platform_is_refused() -> None:
    assert replay("taobao", {"exchanges": []}) == {"orders": [], "superseded_orders": [], "errors": []}
    assert replay("taobao", {}) == {}
    with pytest.raises(KeyError):
        replay("tmall", {"exchanges": []})

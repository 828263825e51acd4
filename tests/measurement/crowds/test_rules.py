"""The rule of the layers: the default as it was laid down, and what no rule may be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from measurement.crowds.layers import Event, Spell, layer_on, spells, why
from measurement.crowds.rules import DEFAULT, KINDS, BadRule, Fault, read

DAY = date(2026, 3, 1)
A, I, TI, P, S = 1, 2, 3, 4, 5  # noqa: E741 - the names of the layers


def on(days: int, kind: str, **more: int) -> Event:
    return Event(DAY + timedelta(days=days), kind, **more)


def row(layer: str = "A", kinds: object = ("impression",), least: object = 1, days: object = 30):
    return {"layer": layer, "kinds": list(kinds), "least": least, "days": days}


def faults(*rows: dict) -> list[tuple[str, int]]:
    with pytest.raises(BadRule) as refused:
        read(rows)
    return [(problem.fault, problem.row) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("events", "layer"),
    [
        ([], 0),
        ([on(0, "impression")], A),
        ([on(0, "read")], I),
        ([on(0, "like"), on(0, "impression")], I),
        ([on(-2, "read"), on(-1, "read"), on(0, "read")], TI),
        ([on(-2, "read"), on(0, "read")], I),
        ([on(0, "save")], TI),
        ([on(-29, "screenshot")], TI),
        ([on(-30, "screenshot")], 0),
        ([on(-20, "order", cycle_days=29), on(0, "save")], P),
        ([on(-29, "order", cycle_days=29), on(0, "save")], TI),
        ([on(-179, "own_post"), on(0, "order", cycle_days=29)], S),
        ([on(1, "save")], 0),
    ],
)
def test_the_default_rule_puts_people_where_it_says(events, layer):
    assert layer_on(DEFAULT, events, DAY) == layer


def test_the_reason_names_the_row_and_the_events_that_counted():
    events = [on(-40, "read"), on(-3, "read"), on(-2, "read"), on(-1, "read"), on(0, "impression")]
    reason = why(DEFAULT, events, DAY)
    assert (reason.row, reason.rule_row.layer, reason.events) == (4, "TI", tuple(events[1:4]))


def test_spells_know_when_they_will_end_and_what_comes_then():
    events = [on(0, "read"), on(10, "save"), on(12, "order", cycle_days=7)]
    assert spells(DEFAULT, events) == [
        Spell(I, DAY, DAY + timedelta(days=9), 0, TI),
        Spell(TI, DAY + timedelta(days=10), DAY + timedelta(days=11), I, P),
        Spell(P, DAY + timedelta(days=12), DAY + timedelta(days=18), TI, TI),
        Spell(TI, DAY + timedelta(days=19), DAY + timedelta(days=39), P, 0),
    ]


def test_the_default_rule_is_a_good_rule_and_reads_back_as_itself():
    assert read(DEFAULT.stated()) == DEFAULT


def test_a_rule_needs_a_row():
    assert faults() == [(Fault.EMPTY, 0)]


def test_unknown_layers_and_kinds_are_named_with_their_row():
    assert faults(row("A1"), row("I", ["reed", "read"])) == [
        (Fault.UNKNOWN_LAYER, 1),
        (Fault.UNKNOWN_KIND, 2),
    ]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"kinds": []}, Fault.NO_KIND),
        ({"least": 101}, Fault.LEAST),
        ({"least": -1}, Fault.LEAST),
        ({"least": "3"}, Fault.LEAST),
        ({"least": True}, Fault.LEAST),
        ({"days": 0}, Fault.DAYS),
        ({"days": 731}, Fault.DAYS),
        ({"days": 2.5}, Fault.DAYS),
        ({"days": None}, Fault.CYCLE),
        ({"least": 0}, Fault.EVERYBODY),
        ({"kinds": KINDS}, Fault.EVERYBODY),
    ],
)
def test_a_row_out_of_range_is_refused(changed, fault):
    assert faults(row(**changed)) == [(fault, 1)]


def test_a_rule_that_lifts_everybody_over_a_layer_is_refused():
    assert faults(row("A"), row("TI", ["impression", "save"], 1, 60)) == [(Fault.SWALLOWED, 1)]
    read([row("A"), row("TI", ["impression", "save"], 2, 60)])
    read([row("A", days=60), row("TI", ["impression", "save"], 1, 30)])

"""Whatever an operator writes as a requirement set is taken, or refused with its place; nothing else comes of it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from merchants import reasons
from merchants.onboarding import set_data
from merchants.onboarding.requirements import Applicant, Brand, Invalid, RequirementSet, asked
from merchants.onboarding.set_data import parsed, plain
from merchants.onboarding.shipped import as_text, plain_data, shipped
from merchants.readiness.figures import Rule

SHIPPED = {data["set"]: data for data in shipped()}
WORDS = (
    "",
    "cn",
    "2026-11-01",
    "beauty",
    "verified",
    "computed",
    "pdf",
    "<= 0.05",
    "date",
    "en",
    "refund",
    "\0",
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.binary(max_size=3)
    | st.sampled_from(WORDS) | st.text(max_size=4) | st.frozensets(st.integers(), max_size=2)
)  # fmt: skip
KEYS = (
    st.sampled_from((*set_data.OF_A_SET, *set_data.OF_A_REQUIREMENT, "field", "zh-hans", "en"))
    | st.integers()
)
ANYTHING = st.recursive(
    SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(KEYS, part, max_size=4), max_leaves=8
)


def taken(data: Any) -> RequirementSet | None:
    try:
        return parsed(data)
    except Invalid as wrong:
        return None if wrong.path and wrong.why else pytest.fail("neither place nor remedy")


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each part of the data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(way for key, one in inner for way in places(one, (*at, key)))]


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_any_data_is_taken_or_refused_with_its_place(data: Any) -> None:
    found = taken(data)
    assert found is None or (found.code and found.requirements)


@settings(max_examples=500, deadline=None)
@given(st.data(), st.sampled_from(sorted(SHIPPED)), ANYTHING)
def test_a_set_with_any_part_spoilt_is_refused_with_its_place_or_works(
    choice: st.DataObject, code: str, junk: Any
) -> None:
    data = deepcopy(SHIPPED[code])
    *way, last = choice.draw(st.sampled_from([way for way in places(data) if way]))
    part = data
    for key in way:
        part = part[key]
    part[last] = junk
    if (found := taken(data)) is None:
        return
    about = Applicant(found.country, found.forms[0], frozenset(found.categories), Brand.AUTHORISED)
    for one in asked([found], about):
        values = {field.key: "2026-11-01" for field in one.fields}
        assert set(one.faults(values, date(2026, 11, 27))) <= set(values)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:-[]{}&*!?|>'\"%@ \n\t0129~#,."), max_size=40) | ANYTHING.map(yaml.dump))
def test_any_text_is_data_that_can_be_kept_or_refused_with_its_place(text: str) -> None:
    try:
        data = plain_data(text)
    except (yaml.YAMLError, Invalid):
        return
    assert plain(data) == data
    taken(data)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("requirements[0].expires", {"expires": "valid_until"}),
        ("requirements[0].expires.remind_days", {"expires": {"field": "valid_until", "remind_days": 60}}),
        ("requirements[0].expires.grace_days", {"expires": {"field": "valid_until", "grace_days": "a week"}}),
        ("requirements[0].fields", {"fields": 5}),
        ("requirements[0].brands", {"brands": 3}),
        ("requirements[0].accept", {"accept": [{"a": 1}]}),
        ("requirements[0].accept", {"accept": []}),
        ("requirements[0].reasons", {"reasons": "unreadable"}),
        ("requirements[0].reasons", {"reasons": ["unreadible"]}),
        ("requirements[0].rule", {"rule": "refunds"}),
        ("requirements[0].kind", {"kind": "computed", "rule": "refund"}),
        ("requirements[0].eyes", {"eyes": True}),
        ("requirements[0].accepts", {"accepts": ["pdf"]}),
        ("requirements[0].deadline_days", {"deadline_days": 10**9}),
    ],
)
def test_what_no_page_could_work_with_is_refused(path: str, part: dict[str, Any]) -> None:
    data = deepcopy(SHIPPED["cn.account"])
    data["requirements"][0].update(part)
    with pytest.raises(Invalid) as refused:
        parsed(data)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("requirements", {"requirements": []}),
        ("applies.categories", {"applies": {"country": "CN", "categories": "beauty"}}),
        ("applies.categories", {"applies": {"country": "CN", "categories": 5}}),
        ("applies.country", {"applies": {"country": "China"}}),
        ("portal", {"portal": "shop"}),
        ("version", {"version": "1026-11-01"}),
    ],
)
def test_a_set_of_nobody_and_of_nothing_is_refused(path: str, part: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(SHIPPED["cn.beauty"] | part)
    assert refused.value.path == path


def test_a_table_that_unfolds_to_more_than_it_says_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="references are not taken"):
        plain_data("a: &a [x, x]\nb: [*a, *a]")
    with pytest.raises(Invalid, match="too deep"):
        plain_data("[" * 5000 + "]" * 5000)


def test_each_figure_a_set_may_name_is_counted() -> None:
    assert set(set_data.RULES) == set(Rule)


def test_each_reason_a_set_may_name_has_words_and_each_with_words_may_be_named() -> None:
    assert set(set_data.REASONS) == set(reasons.REASONS)


def test_the_shipped_sets_are_taken_as_they_are_and_as_their_text() -> None:
    for data in SHIPPED.values():
        assert parsed(plain_data(as_text(data))) == parsed(data)

"""Where an applicant stands, by hand and by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.onboarding.cases import Act, Case, Look, Refused, derived, is_decided, may_decide, moved
from merchants.onboarding.checks import uscc_fault
from merchants.onboarding.requirements import (
    Applicant,
    Brand,
    Capability,
    Expiry,
    Field,
    Form,
    Kind,
    Requirement,
    RequirementSet,
    asked,
    in_force,
    to_come,
)
from merchants.onboarding.standing import Answer, State, judged, last_day, reminder, within

TODAY = date(2026, 11, 26)
WORDS = {"zh-hans": "执照", "en": "Licence"}


def requirement(key: str = "licence", **more: object) -> Requirement:
    told: dict[str, object] = {
        "key": key, "kind": Kind.VERIFIED, "label": WORDS, "why": WORDS, "source": "a page",
        "source_date": TODAY, "blocks": (Capability.GO_LIVE,),
    }  # fmt: skip
    return Requirement(**(told | more))  # type: ignore[arg-type]


LICENCE = requirement(
    fields=(Field("valid_until", "date", WORDS, allow_permanent=True),), expiry=Expiry("valid_until")
)


def until(day: date, **more: object) -> Answer:
    return Answer(State.ACCEPTED, {"valid_until": day.isoformat()}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["91310000MA1FL70B67", "91110108551385082Q", "91440300708461136T"])
def test_a_code_with_the_right_check_digit_is_taken(code: str) -> None:
    assert uscc_fault(code) == ""


def test_a_code_in_full_width_signs_and_small_letters_is_read() -> None:
    assert uscc_fault("　９１３１００００ma1fl70b67 ") == ""


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_sign_is_always_found(place: int, sign: str) -> None:
    code = "91310000MA1FL70B67"
    wrong = code[:place] + sign + code[place + 1 :]
    assert (uscc_fault(wrong) == "") is (wrong == code)


@pytest.mark.parametrize(("code", "fault"), [("9131", "length"), ("9131000OMA1FL70B67", "signs")])
def test_what_is_wrong_with_a_code_is_named(code: str, fault: str) -> None:
    assert uscc_fault(code) == fault


def test_of_nothing_everything_is_due_and_the_capability_waits() -> None:
    found = judged([requirement()], {}, {}, TODAY, live=False)
    assert found.currently_due == ("licence",)
    assert found.restricted == {Capability.GO_LIVE: ("licence",)}
    assert found.steps == (0, 1)


def test_one_of_two_alternatives_is_enough() -> None:
    pair = [requirement("licence", any_of="proof"), requirement("permit", any_of="proof")]
    none = judged(pair, {}, {}, TODAY, live=False)
    assert (none.currently_due, none.steps) == (("licence", "permit"), (0, 1))
    found = judged(pair, {"permit": Answer(State.ACCEPTED)}, {}, TODAY, live=False)
    assert (found.done, found.currently_due, found.steps) == (("permit",), (), (1, 1))
    assert found.may(Capability.GO_LIVE)


def test_a_licence_restricts_what_it_backs_only_after_its_days_of_grace() -> None:
    def on(day: date) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        found = judged([LICENCE], {"licence": until(TODAY)}, {}, day, live=True)
        return found.currently_due, found.past_due, found.may(Capability.GO_LIVE)

    assert on(TODAY) == ((), (), True)
    assert on(TODAY + timedelta(days=1)) == (("licence",), (), True)
    assert on(TODAY + timedelta(days=7)) == (("licence",), (), True)
    assert on(TODAY + timedelta(days=8)) == ((), ("licence",), False)


def test_a_permanent_licence_never_expires() -> None:
    answer = Answer(State.ACCEPTED, {"valid_until": "permanent"})
    found = judged([LICENCE], {"licence": answer}, {}, date(2199, 1, 1), live=True)
    assert found.done == ("licence",)


def test_a_renewal_in_review_restricts_nothing_while_the_old_one_holds() -> None:
    renewed = Answer(State.IN_REVIEW, {"valid_until": "2030-01-01"}, backed_until=TODAY)
    assert judged([LICENCE], {"licence": renewed}, {}, TODAY, live=True).may(Capability.GO_LIVE)
    late = judged([LICENCE], {"licence": renewed}, {}, TODAY + timedelta(days=1), live=True)
    assert not late.may(Capability.GO_LIVE)


def test_a_new_requirement_gives_those_who_are_live_their_time() -> None:
    new = requirement(deadline_days=30, holds_from=TODAY)
    before = judged([new], {}, {}, TODAY + timedelta(days=30), live=True)
    assert (before.eventually_due, before.deadline) == (("licence",), TODAY + timedelta(days=31))
    assert before.may(Capability.GO_LIVE)
    after = judged([new], {}, {}, TODAY + timedelta(days=31), live=True)
    assert (after.past_due, after.may(Capability.GO_LIVE)) == (("licence",), False)
    assert judged([new], {}, {}, TODAY, live=False).currently_due == ("licence",)


def test_a_rule_without_a_time_of_its_own_leaves_30_days_to_those_who_are_live() -> None:
    new = requirement(holds_from=TODAY)
    last = judged([new], {}, {}, TODAY + timedelta(days=30), live=True)
    assert (last.eventually_due, last.deadline) == (("licence",), TODAY + timedelta(days=31))
    assert last.may(Capability.GO_LIVE)
    after = judged([new], {}, {}, TODAY + timedelta(days=31), live=True)
    assert (after.past_due, after.restricted) == (("licence",), {Capability.GO_LIVE: ("licence",)})


@pytest.mark.parametrize("own", [None, 10])
def test_the_time_runs_from_the_later_of_the_rule_and_the_day_one_was_let_in(own: int | None) -> None:
    old = requirement(holds_from=TODAY - timedelta(days=100), deadline_days=own)
    days = own or 30

    def may(later: int, since: date | None) -> bool:
        found = judged([old], {}, {}, TODAY + timedelta(days=later), live=True, since=since)
        return found.may(Capability.GO_LIVE)

    assert (may(days, TODAY), may(days + 1, TODAY)) == (True, False)
    assert not may(0, TODAY - timedelta(days=200))
    assert not may(0, None)


def test_a_renewal_begun_after_the_days_of_grace_gives_no_further_time() -> None:
    begun = Answer(State.UPLOADED, backed_until=TODAY)
    new = replace(LICENCE, holds_from=TODAY)
    found = judged([new], {"licence": begun}, {}, TODAY + timedelta(days=1), live=True, since=TODAY)
    assert (found.past_due, found.may(Capability.GO_LIVE)) == (("licence",), False)


def test_a_figure_nobody_knows_is_unknown_and_stops_nothing() -> None:
    late = requirement("late", kind=Kind.COMPUTED, rule="late_shipments", limit="<= 0.05")
    found = judged([late], {}, {"late_shipments": None}, TODAY, live=False)
    assert (found.unknown, found.may(Capability.GO_LIVE), found.steps) == (("late",), True, (0, 0))
    assert judged([late], {}, {"late_shipments": Decimal("0.05")}, TODAY, live=False).done == ("late",)
    too_many = judged([late], {}, {"late_shipments": Decimal("0.0501")}, TODAY, live=False)
    assert (too_many.currently_due, too_many.may(Capability.GO_LIVE)) == (("late",), False)


def test_a_refused_item_tells_its_reason_and_a_faulty_field_its_fault() -> None:
    refused = judged(
        [LICENCE], {"licence": Answer(State.CHANGES_NEEDED, reason="cropped")}, {}, TODAY, live=False
    )
    assert [(error.key, error.code) for error in refused.errors] == [("licence", "cropped")]
    faulty = Answer(State.UPLOADED, {"valid_until": "tomorrow"})
    found = judged([LICENCE], {"licence": faulty}, {}, TODAY, live=False)
    assert [(error.field, error.code) for error in found.errors] == [("valid_until", "date")]


def test_a_waiver_ends_with_its_day() -> None:
    waived = {"licence": Answer(State.WAIVED, waived_until=TODAY)}
    assert judged([requirement()], waived, {}, TODAY, live=True).done == ("licence",)
    assert judged([requirement()], waived, {}, TODAY + timedelta(days=1), live=True).past_due == ("licence",)


def test_a_reminder_is_due_from_its_day_until_the_next_one_is() -> None:
    due = {
        n: reminder(LICENCE, until(TODAY + timedelta(days=n)), TODAY)
        for n in (61, 60, 59, 30, 7, 2, 1, 0, -1)
    }
    assert due == {61: None, 60: 60, 59: 60, 30: 30, 7: 7, 2: 7, 1: 1, 0: 1, -1: None}


def test_a_renewal_in_preparation_is_reminded_of_by_the_former_proof_and_one_in_review_is_not() -> None:
    backed = TODAY + timedelta(days=5 + 7)  # five days, and its grace
    prepared = Answer(State.UPLOADED, {"valid_until": "2030-01-01"}, backed_until=backed)
    assert last_day(LICENCE, prepared) == TODAY + timedelta(days=5)
    assert reminder(LICENCE, prepared, TODAY) == 7
    assert reminder(LICENCE, replace(prepared, state=State.IN_REVIEW), TODAY) is None
    assert reminder(requirement(), prepared, TODAY) is None


@pytest.mark.parametrize("bound", ["< 3", "0.05", "== 1"])
def test_another_bound_is_refused(bound: str) -> None:
    with pytest.raises(ValueError, match="bound"):
        within(Decimal(1), bound)


answers = st.builds(
    Answer,
    state=st.sampled_from(State),
    values=st.one_of(
        st.just({}),
        st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(lambda day: {"valid_until": day.isoformat()}),
    ),
    waived_until=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    backed_until=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
requirements = st.lists(
    st.builds(
        lambda key, group, days, expires: replace(
            LICENCE if expires else requirement(), key=key, any_of=group, deadline_days=days, holds_from=TODAY
        ),
        key=st.sampled_from("abcdefg"),
        group=st.sampled_from(["", "", "one", "two"]),
        days=st.none() | st.integers(0, 60),
        expires=st.booleans(),
    ),
    unique_by=lambda one: one.key,
)


@given(requirements, st.dictionaries(st.sampled_from("abcdefg"), answers), st.integers(0, 400), st.booleans())
def test_every_requirement_is_in_one_bucket_or_spared_by_its_alternative(told, given_, later, live) -> None:
    found = judged(told, given_, {}, TODAY + timedelta(days=later), live=live)
    buckets = [
        found.currently_due,
        found.eventually_due,
        found.past_due,
        found.pending,
        found.done,
        found.unknown,
    ]
    placed = [key for bucket in buckets for key in bucket]
    assert len(placed) == len(set(placed))
    groups = {one.any_of or one.key for one in told}
    done, total = found.steps
    assert total == len(groups)
    assert done == len(found.done)
    assert (Capability.GO_LIVE in found.restricted) <= bool(done < total)
    if not live:  # who is not live yet waits for every group
        assert found.may(Capability.GO_LIVE) is (done == total)


def a_set(code: str, version: date, *rows: Requirement, **more: object) -> RequirementSet:
    told = RequirementSet(code, version, version, WORDS, "CN", ("beauty",), (Form.COMPANY,), rows)
    return replace(told, **more)  # type: ignore[arg-type]


def test_a_version_takes_over_on_its_day_and_is_shown_before() -> None:
    old, new = a_set("cn.beauty", date(2026, 1, 1)), a_set("cn.beauty", date(2026, 12, 1))
    assert in_force([old, new], TODAY) == [old]
    assert to_come([old, new], TODAY) == [new]
    assert in_force([new, old], date(2026, 12, 1)) == [new]


def test_one_answer_satisfies_two_sets_and_the_stricter_eyes_hold() -> None:
    one = a_set("a", TODAY, requirement(eyes=1, deadline_days=30))
    two = a_set("b", TODAY, requirement(eyes=2, blocks=(Capability.SELL,), deadline_days=10))
    about = Applicant("CN", Form.COMPANY, frozenset({"beauty"}), Brand.OWN)
    [found] = asked([one, two], about)
    assert (found.eyes, found.blocks, found.deadline_days) == (2, (Capability.GO_LIVE, Capability.SELL), 10)
    assert asked([one], replace(about, form=Form.PERSON)) == []
    only_own = a_set("a", TODAY, requirement(brands=(Brand.AUTHORISED,)))
    assert asked([only_own], about) == []


def test_nobody_decides_alone_what_needs_two_or_what_is_their_own() -> None:
    look = Look(submitter=1, first=2)
    for reviewer, code in ((1, "own"), (2, "same_eyes")):
        with pytest.raises(Refused, match=code):
            may_decide(look, reviewer)
    may_decide(look, 3)
    with pytest.raises(Refused, match="appeal"):
        may_decide(Look(submitter=1, refused_by=frozenset({2}), appealed=True), 2)
    assert (is_decided(look, 1), is_decided(look, 2), is_decided(replace(look, second=3), 2)) == (
        True,
        False,
        True,
    )


def test_a_case_is_what_its_items_are() -> None:
    assert derived([State.ACCEPTED, State.WAIVED]) == Case.APPROVED
    assert derived([State.ACCEPTED, State.CHANGES_NEEDED]) == Case.CHANGES_NEEDED
    assert derived([State.IN_REVIEW, State.CHANGES_NEEDED]) == Case.IN_REVIEW


def test_an_act_out_of_turn_is_refused() -> None:
    assert moved(Case.DRAFT, Act.SUBMIT) == Case.SUBMITTED
    with pytest.raises(Refused, match="not_now"):
        moved(Case.APPROVED, Act.SUBMIT)

"""Bindings and cooperations: two-sided, dated, revocable, never twice for the same right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchants import tenancy
from merchants.models import Agreement, AuditEvent, BloggerProfile, Merchant
from merchants.operations import agreements, profiles
from merchants.operations.agreements import Refused, Terms
from merchants.periods import Period
from merchants.queries.agreements import covered, in_force
from tests.merchants.agreements.parties import BLOGGER_ID, BY, Parties, gather, seen_by

DAY = timedelta(days=1)


@pytest.fixture
def parties(db: None) -> Parties:
    return gather()


def acts_of(merchant: Merchant) -> list[tuple[str, str, str]]:
    with tenancy.acting_for(merchant):
        rows = AuditEvent.objects.filter(act__startswith="merchants.agreement").order_by("id")
        return [(row.act.rpartition(".")[2], row.actor, row.data["with"]) for row in rows]


def write(merchant: Merchant, change: str, values: dict[str, int]) -> None:
    """Changes agreements as this merchant, past every operation."""
    with tenancy.acting_for(merchant), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE merchants_agreement SET {change}", values)


# -- two sides


def test_a_binding_holds_once_the_other_side_accepts_it(parties: Parties) -> None:
    row = parties.offered(parties.blogger, parties.agency, rights=["notes"])
    assert (row.state, row.merchant, row.partner, row.blogger) == (
        "offered", parties.blogger, parties.agency, BLOGGER_ID,
    )  # fmt: skip
    assert in_force([row], parties.today) == []
    accepted = agreements.accept(parties.agency, row.pk, by=BY)
    assert in_force([accepted], parties.today) == [accepted]


def test_either_side_may_offer_and_the_giver_stays_the_giver(parties: Parties) -> None:
    by_agency = parties.offered(parties.agency, parties.blogger, rights=["notes"])
    by_partner = parties.offered(parties.agency, parties.brand, figures=["cost"])
    assert (by_agency.merchant, by_agency.partner) == (parties.blogger, parties.agency)
    assert (by_partner.merchant, by_partner.partner) == (parties.brand, parties.agency)


def test_nobody_accepts_or_declines_their_own_offer(parties: Parties) -> None:
    row = parties.offered(parties.brand, parties.agency, figures=["cost"])
    for act in (agreements.accept, agreements.decline):
        with pytest.raises(Refused, match="own_offer"):
            act(parties.brand, row.pk, by=BY)


def test_what_was_answered_is_not_answered_again(parties: Parties) -> None:
    declined = parties.offered(parties.brand, parties.agency, figures=["cost"])
    agreements.decline(parties.agency, declined.pk, by=BY)
    taken_back = parties.offered(parties.brand, parties.agency, figures=["cost"])
    agreements.end(parties.brand, taken_back.pk, by=BY)
    for row in (declined, taken_back):
        with pytest.raises(Refused, match="not_now"):
            agreements.accept(parties.agency, row.pk, by=BY)


def test_only_who_offered_takes_an_offer_back(parties: Parties) -> None:
    row = parties.offered(parties.brand, parties.agency, figures=["cost"])
    with pytest.raises(Refused, match="not_now"):
        agreements.end(parties.agency, row.pk, by=BY)


def test_each_act_stands_in_both_trails_and_names_no_person_of_the_other_side(parties: Parties) -> None:
    row = parties.cooperating()
    agreements.end(parties.brand, row.pk, by="user:7")
    assert acts_of(parties.brand) == [
        ("offered", BY, "Lamp"), ("accepted", "system:partner", "Lamp"), ("revoked", "user:7", "Lamp"),
    ]  # fmt: skip
    assert acts_of(parties.agency) == [
        ("offered", "system:partner", "Glow"), ("accepted", BY, "Glow"), ("revoked", "system:partner", "Glow"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("giver", "taker", "terms", "code"),
    [
        ("brand", "agency", {"rights": ["notes"]}, "nothing"),
        ("blogger", "agency", {"figures": ["cost"]}, "nothing"),
        ("agency", "rival", {"rights": ["notes"], "figures": ["cost"]}, "kinds"),
        ("brand", "brand", {"figures": ["cost"]}, "nobody"),
        ("brand", "agency", {"figures": ["cost"], "until": date(2020, 1, 1)}, "days"),
        ("brand", "agency", {"figures": ["cost"], "starts_on": date(1990, 1, 1)}, "too_early"),
    ],
)
def test_what_cannot_be_agreed_on_is_refused_in_words(
    parties: Parties, giver: str, taker: str, terms: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        parties.offered(getattr(parties, giver), getattr(parties, taker), **terms)


@pytest.mark.parametrize("number", ["", "x", "\0", "00000000-0000-0000-0000-000000000000"])
def test_a_number_that_is_nobodys_is_refused(parties: Parties, number: str) -> None:
    with pytest.raises(Refused, match="nobody"):
        agreements.offer(parties.brand, number, Terms(parties.today, None, figures=["cost"]), by=BY)


def test_who_is_still_applying_cannot_be_a_partner(parties: Parties) -> None:
    Merchant.objects.filter(pk=parties.agency.pk).update(status=Merchant.Status.APPLYING)
    with pytest.raises(Refused, match="nobody"):
        parties.offered(parties.brand, parties.agency, figures=["cost"])


def test_without_a_profile_nobody_knows_which_blogger_is_meant(parties: Parties) -> None:
    with tenancy.acting_for(parties.blogger):
        BloggerProfile.objects.all().delete()
    with pytest.raises(Refused, match="no_profile"):
        parties.offered(parties.blogger, parties.agency, rights=["notes"])
    with pytest.raises(Refused, match="no_profile"):
        parties.offered(parties.brand, parties.blogger, figures=["cost"])


def test_a_profile_keeps_its_id_while_an_agreement_names_it(parties: Parties) -> None:
    told = {"external_id": "another", "name": "小满", "followers": None, "about": ""}
    row = parties.bound()
    with pytest.raises(profiles.Bound):
        profiles.state(parties.blogger, told, by=BY)
    profiles.state(parties.blogger, told | {"external_id": BLOGGER_ID}, by=BY)
    agreements.end(parties.blogger, row.pk, by=BY)
    assert profiles.state(parties.blogger, told, by=BY).external_id == "another"


# -- the database keeps both sides, whatever the code would do


def test_the_database_shows_an_agreement_to_its_two_sides_and_to_nobody_else(parties: Parties) -> None:
    binding, cooperation = parties.bound(), parties.cooperating()
    assert seen_by(parties.blogger) == {binding.pk}
    assert seen_by(parties.agency) == {binding.pk, cooperation.pk}
    assert seen_by(parties.brand) == {cooperation.pk}
    assert seen_by(parties.rival) == set()


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted', answered_by_id = %(other)s, answered_at = now()",  # as if the other had said so
        "state = 'accepted', answered_by_id = %(own)s, answered_at = now()",  # one's own offer
        "state = 'declined', answered_by_id = %(own)s, answered_at = now()",
        "state = 'revoked', ended_by_id = %(own)s, ended_at = now()",
        "until = until + 30",
    ],
)
def test_who_offered_cannot_write_the_answer(parties: Parties, change: str) -> None:
    row = parties.offered(parties.brand, parties.agency, figures=["cost"], until=parties.today + DAY)
    values = {"own": parties.brand.pk, "other": parties.agency.pk, "pk": row.pk}
    with pytest.raises(DatabaseError, match=r"offered by one side|one_side"):
        write(parties.brand, f"{change} WHERE id = %(pk)s", values)


@pytest.mark.parametrize(
    "column", ["figures = '[\"return\"]'", "starts_on = starts_on - 300", "blogger = 'x'"]
)
def test_what_was_agreed_on_never_changes(parties: Parties, column: str) -> None:
    row = parties.cooperating()
    with pytest.raises(DatabaseError, match="permission denied"):
        write(parties.agency, f"{column} WHERE id = %(pk)s", {"pk": row.pk})


def test_a_revoked_agreement_does_not_come_back(parties: Parties) -> None:
    row = parties.cooperating()
    agreements.end(parties.brand, row.pk, by=BY)
    with pytest.raises(DatabaseError, match="offered by one side"):
        write(parties.agency, "state = 'accepted' WHERE id = %(pk)s", {"pk": row.pk})


def test_nobody_writes_an_agreement_in_the_name_of_another(parties: Parties) -> None:
    told = {
        "merchant": parties.brand, "partner": parties.agency, "right": "figures",
        "starts_on": parties.today, "figures": ["return"],
    }  # fmt: skip
    for acting, more in (
        (parties.agency, {"offered_by": parties.brand}),
        (parties.agency, {"offered_by": parties.agency, "state": "accepted", "answered_by": parties.brand}),
        (parties.rival, {"offered_by": parties.rival}),
    ):
        with tenancy.acting_for(acting), pytest.raises(DatabaseError), transaction.atomic():
            Agreement.objects.create(**told, **more)


# -- days


def test_what_an_agency_may_see_lasts_as_long_as_both_agreements(parties: Parties) -> None:
    parties.bound(starts_on=parties.ago(40))
    cooperation = parties.cooperating(starts_on=parties.ago(60), until=parties.today + 5 * DAY)
    (one,) = covered(cooperation, parties.today)
    assert (one.blogger, one.period) == (BLOGGER_ID, Period(parties.ago(40), parties.today))


def test_a_cooperation_with_an_agency_covers_its_own_bloggers_only(parties: Parties) -> None:
    parties.bound(parties.rival)
    assert covered(parties.cooperating(), parties.today) == []
    assert [one.blogger for one in covered(parties.cooperating(parties.rival), parties.today)] == [BLOGGER_ID]


def test_a_cooperation_with_a_blogger_covers_that_blogger(parties: Parties) -> None:
    row = parties.cooperating(parties.blogger, starts_on=parties.ago(3))
    assert [(one.blogger, one.period.days) for one in covered(row, parties.today)] == [(BLOGGER_ID, 3)]
    assert covered(parties.agreed(parties.brand, parties.rival, figures=["cost"]), parties.today) == []


def test_nothing_is_covered_on_the_first_day_before_it_and_after_the_last(parties: Parties) -> None:
    first = parties.cooperating(parties.blogger, starts_on=parties.today, until=parties.today + 3 * DAY)
    assert covered(first, parties.today) == []
    assert covered(first, parties.today - DAY) == []
    assert [one.period.days for one in covered(first, parties.today + 2 * DAY)] == [2]
    assert covered(first, parties.today + 3 * DAY) == []


def test_after_revocation_nothing_is_covered_from_that_moment(parties: Parties) -> None:
    binding, cooperation = parties.bound(), parties.cooperating()
    assert len(covered(cooperation, parties.today)) == 1
    agreements.end(parties.blogger, binding.pk, by=BY)
    assert covered(cooperation, parties.today) == []
    parties.bound(starts_on=parties.today)
    ended = agreements.end(parties.agency, cooperation.pk, by=BY)
    assert (ended.state, ended.until, ended.ended_by) == ("revoked", parties.today, parties.agency)
    assert covered(ended, parties.today) == []


def test_an_agreement_revoked_before_it_began_held_on_no_day(parties: Parties) -> None:
    row = parties.bound(starts_on=parties.today + 9 * DAY)
    ended = agreements.end(parties.agency, row.pk, by=BY)
    assert ended.until == ended.starts_on
    assert parties.bound(parties.rival, starts_on=parties.today + 9 * DAY).state == "accepted"


# -- never twice


def test_a_second_agency_waits_until_the_first_is_revoked(parties: Parties) -> None:
    first = parties.bound()
    second = parties.offered(parties.rival, parties.blogger, rights=["notes"], starts_on=parties.today)
    with pytest.raises(Refused, match="other_agency"):
        agreements.accept(parties.blogger, second.pk, by=BY)
    agreements.end(parties.blogger, first.pk, by=BY)
    assert agreements.accept(parties.blogger, second.pk, by=BY).state == "accepted"


def test_different_rights_may_lie_with_different_agencies(parties: Parties) -> None:
    assert parties.bound(rights=["notes"]).state == "accepted"
    assert parties.bound(parties.rival, rights=["live"]).state == "accepted"


def test_what_a_consent_covers_on_a_day_is_told_by_one_agreement(parties: Parties) -> None:
    parties.cooperating(figures=["delivery"])
    wider = parties.offered(parties.agency, parties.brand, figures=["return"])
    with pytest.raises(Refused, match="consent_overlaps"):
        agreements.accept(parties.brand, wider.pk, by=BY)
    assert parties.cooperating(parties.rival, figures=["return"]).state == "accepted"


def test_a_revoked_consent_does_not_stand_in_the_way_of_a_new_one(parties: Parties) -> None:
    agreements.end(parties.brand, parties.cooperating(figures=["delivery"]).pk, by=BY)
    assert parties.cooperating(figures=["return"]).figures == ["return"]


def test_the_same_offer_is_not_made_twice(parties: Parties) -> None:
    parties.offered(parties.brand, parties.agency, figures=["cost"])
    with pytest.raises(Refused, match="offered_already"):
        parties.offered(parties.agency, parties.brand, figures=["return"])


Wish = tuple[
    int, int, str, int | None
]  # first day from today, days (0: open), right, revoked after so many wishes
wishes = st.lists(
    st.tuples(
        st.integers(-12, 12),
        st.integers(0, 14),
        st.sampled_from(["notes", "live"]),
        st.none() | st.integers(0, 3),
    ),
    min_size=2,
    max_size=7,
)
FAR = 60


@given(wishes)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_two_accepted_bindings_of_one_right_share_a_day(parties: Parties, asked: list[Wish]) -> None:
    """Against the plain rule: a wish is accepted exactly when each of its days is free for its right."""
    taken: dict[int, set[tuple[str, int]]] = {}
    ending: list[tuple[int, int]] = []  # after which wish, which row
    with transaction.atomic():
        for number, (first, length, right, lasting) in enumerate(asked):
            for _when, pk in [one for one in ending if one[0] == number]:
                agreements.end(parties.blogger, pk, by=BY)
                taken[pk] = {day for day in taken[pk] if day[1] < 0}
            if length and first + length <= 0:
                continue  # it would be over already
            days = {(right, day) for day in range(first, first + length if length else FAR)}
            agency = (parties.agency, parties.rival)[number % 2]
            starts = parties.today + first * DAY
            until = starts + length * DAY if length else None
            try:
                row = parties.offered(parties.blogger, agency, rights=[right], starts_on=starts, until=until)
            except Refused:  # the same is offered already
                continue
            free = not any(days & held for held in taken.values())
            if free:
                agreements.accept(agency, row.pk, by=BY)
                taken[row.pk] = days
                if lasting is not None:
                    ending.append((number + 1 + lasting, row.pk))
            else:
                with pytest.raises(Refused, match="other_agency"):
                    agreements.accept(agency, row.pk, by=BY)
        _no_day_is_held_twice(parties)
        transaction.set_rollback(True)


def _no_day_is_held_twice(parties: Parties) -> None:
    with tenancy.acting_for(parties.blogger):
        rows = list(Agreement.objects.filter(state__in=["accepted", "revoked"]))
    held = [
        (row.right, row.starts_on + n * DAY)
        for row in rows
        for n in range(((row.until or parties.today + FAR * DAY) - row.starts_on).days)
    ]
    assert len(held) == len(set(held))


def test_the_database_itself_refuses_the_overlap(parties: Parties) -> None:
    parties.bound()
    row = parties.offered(parties.blogger, parties.rival, rights=["notes"])
    accepted = "state = 'accepted', answered_by_id = %(other)s, answered_at = now() WHERE id = %(pk)s"
    with pytest.raises(IntegrityError, match="one_agency_holds"):
        write(parties.rival, accepted, {"other": parties.rival.pk, "pk": row.pk})

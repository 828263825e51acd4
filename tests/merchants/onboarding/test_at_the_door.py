"""What an applicant meets: rules of their day, changes to come, papers set aside, a scanner, files nobody owns."""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from merchants import tenancy
from merchants.documents.sniffing import Refused as PaperRefused
from merchants.models import DocumentVersion, RequirementSet
from merchants.onboarding.cases import Refused
from merchants.onboarding.shipped import shipped
from merchants.operations import applications, papers, reviews
from merchants.periods import day_of
from merchants.queries import onboarding
from tests.merchants.documents.papers import picture
from tests.merchants.documents.test_clamd import daemon, scan  # noqa: F401 - a fixture
from tests.merchants.onboarding.doors import STUDIO, Door, reviewer

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
TODAY = day_of(NOW)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE, settings.APPLICATIONS_OPEN = tmp_path, True


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Another version of the professional account's set from a day on, changed so."""

    def add(starts_on: Any, change: Callable[[list[dict[str, Any]]], None]) -> None:
        data = deepcopy(next(one for one in shipped() if one["set"] == "cn.account"))
        data |= {"version": starts_on.isoformat(), "starts_on": starts_on.isoformat()}
        change(data["requirements"])
        row = RequirementSet(
            code="cn.account", version=starts_on, starts_on=starts_on, data=data, published_at=NOW
        )
        rows = [*RequirementSet.objects.exclude(published_at=None), row]
        monkeypatch.setattr(RequirementSet.objects, "exclude", lambda **_: _Rows(rows))

    return add


class _Rows(list[RequirementSet]):
    """Published rows with one more; the app's own role may publish none."""

    def order_by(self, *_: str) -> _Rows:
        return self


def keys(door: Door, day: Any = TODAY) -> list[str]:
    with tenancy.acting_for(door.merchant):
        return [one.key for one in onboarding.asked_of(door.case, day).requirements]


def more(rows: list[dict[str, Any]]) -> None:
    rows.append(rows[5] | {"key": "tax_record", "label": {"zh-hans": "纳税记录", "en": "Tax record"}})


def test_a_case_that_waits_is_judged_by_the_rules_of_its_day(publish: Callable[..., None]) -> None:
    door = Door.opened().submitted()
    publish(TODAY + DAY, more)
    assert "tax_record" not in keys(door, TODAY + 2 * DAY)
    with time_machine.travel(NOW + 2 * DAY):
        for key in ("business_licence", "stamped_letter", "account_name", "shop_name"):
            reviews.decide(
                door.merchant,
                key,
                accepted=True,
                reviewer=reviewer(f"judge of {key}"),
                version=door.case.version,
            )
    assert door.case.state == "approved"


def test_a_case_that_does_not_wait_is_asked_what_holds_today(publish: Callable[..., None]) -> None:
    door = Door.opened()
    publish(TODAY + DAY, more)
    assert "tax_record" not in keys(door)
    assert "tax_record" in keys(door, TODAY + DAY)


def test_what_changes_next_month_is_shown_today(publish: Callable[..., None], client: Client) -> None:
    door = Door.opened()

    def dearer(rows: list[dict[str, Any]]) -> None:
        more(rows)
        next(row for row in rows if row["key"] == "account_fee")["amount_fen"] = 90_000
        rows[0] |= {"source": "another page"}  # read elsewhere: asks for nothing else

    publish(TODAY + 30 * DAY, dearer)
    with tenancy.acting_for(door.merchant):
        coming = onboarding.asked_of(door.case, TODAY).coming
    assert [(one.key, one.holds_from) for one in coming] == [
        ("account_fee", TODAY + 30 * DAY), ("tax_record", TODAY + 30 * DAY),
    ]  # fmt: skip


def test_papers_that_another_description_does_not_ask_for_are_set_aside_and_kept(client: Client) -> None:
    door = Door.opened().answer_all()
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    applications.describe(door.merchant, replace(STUDIO, brand="none", trades=["beauty"]), by=door.by)
    page = client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()
    aside = page.split("not asked for any more")[1]
    assert "2 papers are not asked for any more" in page
    assert ("account_name.jpg" in aside, "shop_name.jpg" in aside) == (True, True)
    applications.describe(door.merchant, STUDIO, by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert door.states()["shop_name"] == "in_review"


def test_an_appeal_brings_nothing_back_that_is_not_asked_for_any_more() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    for key in ("business_licence", "stamped_letter", "account_name", "shop_name"):
        reviews.decide(
            door.merchant, key, accepted=key not in ("account_name", "shop_name"), reason="name_mismatch",
            reviewer=judge, version=door.case.version,
        )  # fmt: skip
    applications.describe(door.merchant, replace(STUDIO, brand="none"), by=door.by)
    applications.appeal(door.merchant, "The sign can be read.", by=door.by)
    assert (door.states()["shop_name"], door.states()["account_name"]) == ("in_review", "changes_needed")


def test_a_licence_that_has_run_out_is_told_beside_its_date_and_not_submitted(client: Client) -> None:
    door = Door.opened().answer_all()
    yesterday = {"uscc": "91310000MA1FL70B67", "legal_name": "x", "valid_until": f"{TODAY - DAY}"}
    applications.answer(door.merchant, "business_licence", yesterday, by=door.by)
    with pytest.raises(applications.Blocked) as blocked:
        applications.submit(door.merchant, user=door.user, by=door.by)
    assert blocked.value.keys == ["business_licence"]
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "This day is over" in client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()


def test_a_paper_the_scanner_refuses_is_not_kept(daemon: Callable[..., str], settings: Any) -> None:  # noqa: F811
    settings.CLAMD = daemon(lambda peer: scan(peer) and b"stream: Test.Virus FOUND\0")
    door = Door.opened()
    with pytest.raises(PaperRefused, match="infected"):
        papers.hand_in(door.merchant, "business_licence", filename="a.jpg", data=picture(), by=door.by)
    with tenancy.acting_for(door.merchant):
        assert DocumentVersion.objects.count() == 0
    assert not (Path(settings.STATE) / "papers").exists()


@pytest.mark.parametrize(
    ("address", "said"), [("", "No virus scanner"), ("/run/clamd", "A virus scanner looks")]
)
def test_the_page_says_whether_a_scanner_looks(
    client: Client, settings: Any, address: str, said: str
) -> None:
    settings.CLAMD = address
    door = Door.opened()
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert said in client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()


def test_files_that_no_row_names_go_after_a_day(settings: Any) -> None:
    door = Door.opened()
    papers.hand_in(door.merchant, "business_licence", filename="a.jpg", data=picture(), by=door.by)
    folder = Path(settings.STATE) / "papers" / str(door.merchant.pk)
    kept = sorted(folder.iterdir())
    old, young, stranger = (
        folder / f"{'0' * 32}.1",
        folder / ("1" * 32),
        folder.parent / "999999" / ("2" * 32),
    )
    stranger.parent.mkdir()
    for file in (old, young, stranger):
        file.write_bytes(b"sealed")
    for file in (*kept, old, stranger):
        os.utime(file, ((NOW - 2 * DAY).timestamp(),) * 2)
    assert papers.sweep(now=NOW) == 2
    assert sorted(folder.iterdir()) == sorted([*kept, young])
    assert papers.sweep(now=NOW) == 0


def test_an_appeal_of_nothing_that_is_asked_is_refused() -> None:
    door = Door.opened()
    with pytest.raises(Refused, match="not_now"):
        applications.appeal(door.merchant, "why", by=door.by)

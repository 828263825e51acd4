"""What was learned of an export can be seen by everybody who hands in files, and be forgotten by them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from merchants.intake.mapping import ColumnMap
from merchants.models import AuditEvent, ColumnMapping, Upload
from merchants.operations import mappings
from merchants.queries.mappings import learned
from tests.conftest import make_member, make_merchant
from tests.merchants.operations.test_mappings import FILE, HEAD, TOLD, hand_in, state, write

NEXT = HEAD + "2026/3/9,春季修护,5,2\n"


@pytest.fixture(autouse=True)
def _state(settings, tmp_path):
    settings.STATE = tmp_path


@pytest.fixture
def taught(merchant) -> ColumnMapping:
    write(merchant, state(merchant, hand_in(merchant, FILE)))
    return ColumnMapping.objects.get()


def test_a_learned_export_says_who_taught_it_and_which_files_used_it(merchant, taught, owner):
    ColumnMapping.objects.update(created_by=f"user:{owner.pk}")
    [one] = learned(merchant)
    assert (one.mapping, one.who, one.files) == (taught, str(owner), 1)
    write(merchant, hand_in(merchant, NEXT))
    [one] = learned(merchant)
    assert (one.files, one.used_at) == (2, Upload.objects.order_by("pk").last().applied_at)


def test_versions_of_one_export_are_one_line_under_the_last(merchant, taught):
    thirty = ColumnMap(TOLD.picks[:3], {**TOLD.fixed, "window_days": "30"})
    write(merchant, state(merchant, hand_in(merchant, NEXT), thirty))
    [one] = learned(merchant)
    assert (one.mapping.version, one.files) == (2, 2)


def test_what_was_only_tried_is_not_in_the_list(merchant):
    state(merchant, hand_in(merchant, FILE))
    assert learned(merchant) == []


def test_a_forgotten_export_is_asked_about_and_what_it_wrote_stays(merchant, taught):
    assert mappings.forget(merchant, taught, by="user:1")
    assert learned(merchant) == []
    assert hand_in(merchant, NEXT).state == "unmapped"
    first = Upload.objects.order_by("pk").first()
    assert (first.state, first.mapping) == ("applied", taught)


def test_no_former_version_comes_back_when_the_last_is_forgotten(merchant, taught):
    thirty = ColumnMap(TOLD.picks[:3], {**TOLD.fixed, "window_days": "30"})
    write(merchant, state(merchant, hand_in(merchant, NEXT), thirty))
    mappings.forget(merchant, ColumnMapping.objects.get(version=2), by="user:1")
    assert hand_in(merchant, HEAD + "2026/3/10,春季修护,5,2\n").state == "unmapped"


def test_it_can_be_taught_once_more_in_the_same_words(merchant, taught):
    mappings.forget(merchant, taught, by="user:1")
    write(merchant, state(merchant, hand_in(merchant, NEXT)))
    [one] = learned(merchant)
    assert one.mapping.version == 2
    assert hand_in(merchant, HEAD + "2026/3/10,春季修护,5,2\n").state == "checked"


def test_forgetting_twice_is_forgetting_once_and_stands_in_the_trail_once(merchant, taught):
    assert [mappings.forget(merchant, taught, by="user:1") for _ in range(2)] == [True, False]
    event = AuditEvent.objects.get(act="merchants.mapping.forgotten")
    assert event.data == {"kind": "alliance", "version": 1}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_files_lists_it_and_asks_before_forgetting(merchant, taught, client, language):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = language
    address = reverse("merchants:forget_mapping", args=[merchant.code, taught.pk])
    said = client.get(reverse("merchants:uploads", args=[merchant.code])).content.decode()
    assert "数据日 · 推广任务 · 到店人数 · 成交总额" in said
    assert f'id="forget-{taught.pk}"' in said
    assert address in said
    client.post(address)
    taught.refresh_from_db()
    assert taught.forgotten_at is not None
    assert address not in client.get(reverse("merchants:uploads", args=[merchant.code])).content.decode()


def test_reading_the_address_forgets_nothing(merchant, taught, client):
    client.force_login(make_member(merchant, "owner"))
    address = reverse("merchants:forget_mapping", args=[merchant.code, taught.pk])
    assert client.get(address).status_code == 405
    client.force_login(make_member(merchant, "viewer"))
    assert client.post(address).status_code == 403
    assert len(learned(merchant)) == 1


def test_another_merchants_export_is_not_found(merchant, taught, client):
    other = make_merchant("other")
    client.force_login(make_member(other, "owner"))
    assert client.post(reverse("merchants:forget_mapping", args=[other.code, taught.pk])).status_code == 404
    assert ColumnMapping.objects.get().forgotten_at is None


def test_two_merchants_learn_apart(merchant, taught):
    ColumnMapping.objects.update(forgotten_at=datetime.now(UTC))
    assert learned(make_merchant("another")) == []

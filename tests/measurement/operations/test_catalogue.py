"""What is sold and shown: stated as often as you like, told where it matters, forgotten never."""

from __future__ import annotations

from datetime import date

import pytest

from measurement.choices import TouchKind
from measurement.models import BulkChange, Category, Channel, Note, SpuMargin
from measurement.operations import catalogue
from measurement.operations.channels import ChannelRef, resolve
from merchants import tenancy
from merchants.models import AuditEvent, Merchant

pytestmark = pytest.mark.django_db
BY = "user:1"


def category(code: str) -> Category:
    return Category.objects.get(code=code)


def essence(merchant: Merchant, *, trade: str = "facial-essence", name: str = "Essence"):
    return catalogue.put_spu(merchant, code="ESS", name=name, category=category(trade), by=BY)


def acts(merchant: Merchant) -> list[str]:
    return list(AuditEvent.objects.for_merchant(merchant).order_by("pk").values_list("act", flat=True))


def test_a_product_stated_twice_is_one_product_and_one_act(merchant):
    assert essence(merchant) == essence(merchant)
    assert acts(merchant) == ["measurement.spu.set"]


def test_another_trade_of_a_product_computes_its_lines_anew_another_name_does_not(merchant):
    spu = essence(merchant)
    essence(merchant, name="Essence 30 ml")
    assert not BulkChange.objects.for_merchant(merchant).exists()
    essence(merchant, trade="facial-cream", name="Essence 30 ml")
    change = BulkChange.objects.for_merchant(merchant).get()
    assert (change.cause, change.payload) == ("spus", {"spus": [spu.pk]})


def test_a_margin_is_history_and_stating_what_holds_adds_nothing(merchant):
    spu = essence(merchant)
    for margin in (6000, 6000, 5500, 6000):
        catalogue.put_margin(merchant, spu=spu, margin_bp=margin, valid_from=date(2026, 3, 1), by=BY)
    kept = SpuMargin.objects.for_merchant(merchant).order_by("pk").values_list("margin_bp", flat=True)
    assert list(kept) == [6000, 5500, 6000]


@pytest.mark.parametrize("margin", [-10_001, 10_001])
def test_a_margin_beyond_all_is_refused(merchant, margin):
    with pytest.raises(ValueError, match="margin"):
        catalogue.put_margin(
            merchant, spu=essence(merchant), margin_bp=margin, valid_from=date(2026, 3, 1), by=BY
        )


def test_silence_of_a_later_statement_forgets_nothing(merchant):
    catalogue.put_note(merchant, external_id="n1", title="First", scene="desk", is_video=True, by=BY)
    catalogue.put_note(merchant, external_id="n1", title="Second", by=BY)
    note = Note.objects.for_merchant(merchant).get()
    assert (note.title, note.scene, note.is_video) == ("Second", "desk", True)


def test_a_note_that_gets_blogger_and_product_later_tells_its_channels(merchant):
    catalogue.put_note(merchant, external_id="n1", by=BY)
    ref = ChannelRef(kind=TouchKind.READ, note_id="n1")
    channel = resolve(merchant, [ref])[ref]
    blogger = catalogue.put_blogger(merchant, external_id="b1", name="Ali")
    spu = essence(merchant)
    catalogue.put_note(merchant, external_id="n1", blogger=blogger, spu=spu, by=BY)
    row = Channel.objects.for_merchant(merchant).get(pk=channel)
    assert (row.blogger_id, row.spu_id) == (blogger.pk, spu.pk)
    assert BulkChange.objects.for_merchant(merchant).get().payload == {"spus": [spu.pk]}


def test_a_creative_that_was_known_by_its_id_only_gets_campaign_and_note(merchant):
    ref = ChannelRef(kind=TouchKind.READ, creative_id="c1")
    channel = resolve(merchant, [ref])[ref]
    campaign = catalogue.put_campaign(merchant, external_id="k1", name="Spring")
    unit = catalogue.put_unit(merchant, external_id="u1", campaign=campaign)
    note = catalogue.put_note(merchant, external_id="n1", by=BY)
    made = catalogue.put_creative(merchant, external_id="c1", campaign=campaign, unit=unit, note=note)
    row = Channel.objects.for_merchant(merchant).get(pk=channel)
    assert (row.creative_id, row.campaign_id, row.note_id) == (made.pk, campaign.pk, note.pk)


def test_two_merchants_keep_their_own_bloggers(merchant, stranger):
    mine = catalogue.put_blogger(merchant, external_id="b1", name="Ali")
    with tenancy.acting_for(stranger):
        theirs = catalogue.put_blogger(stranger, external_id="b1", name="Ali elsewhere")
    assert mine.pk != theirs.pk
    assert catalogue.put_blogger(merchant, external_id="b1", name="Ali").name == "Ali"

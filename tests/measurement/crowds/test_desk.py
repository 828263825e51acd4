"""What the operator may do with crowds: see why a person stands in a layer, hand an audience over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.models import Audience, AudienceHandover, CrowdSpell
from measurement.operations import audiences, crowd_spells, expand, marks
from merchants import tenancy
from merchants.models import AuditEvent, User
from merchants.periods import day_of
from tests.conftest import make_merchant
from tests.measurement.world import World

pytestmark = pytest.mark.xdist_group("committed")
TODAY = day_of(timezone.now())


@pytest.fixture
def desk(committed, client, settings):
    settings.PRIVACY_THRESHOLD = 20
    user = User.objects.create_superuser("operator", "operator@example.com", "correct horse battery")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    merchant = make_merchant("glow")
    with tenancy.acting_for(merchant):
        world = World(merchant)
        for number in range(30):
            world.touch(f"p{number}", (TODAY - timedelta(days=2)).isoformat(), "Winter repair", kind="save")
        marks.change(merchant, "touches", span=["2026-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
    expand.pending(merchant)
    crowd_spells.drain(merchant)
    return merchant


def acts(merchant) -> list[AuditEvent]:
    with tenancy.acting_for(merchant):
        return list(AuditEvent.objects.order_by("id"))


def test_a_spell_says_the_row_and_the_events_and_the_look_is_kept(desk, client):
    row = CrowdSpell.objects.using("operator").filter(scope=0).first()
    said = client.get(reverse("admin:measurement_crowdspell_change", args=[row.pk])).content.decode()
    assert "Rule v1, row 3: TI true interest" in said
    assert f"{(TODAY - timedelta(days=2)).isoformat()}: Save Winter repair" in said
    last = acts(desk)[-1]
    assert (last.act, last.data) == ("measurement.person.explained", {"person": str(row.person)})


def handover(**changes: str) -> dict[str, str]:
    return {
        "purpose": "Do not show ads to them again",
        "destination": "Juguang",
        "expires_on": (TODAY + timedelta(days=30)).isoformat(),
        **changes,
    }


def test_an_operator_hands_an_audience_over_with_purpose_and_expiry(desk, client):
    row = audiences.save(desk, name="new in TI", definition={"layers": ["TI"]}, by="user:1")
    url = reverse("admin:measurement_audiencehandover_add")
    assert client.get(url).status_code == 200
    answer = client.post(url, handover(audience=str(row.pk)))
    assert "errornote" not in answer.content.decode(), answer.context["adminform"].form.errors
    assert answer.status_code == 302
    made = AudienceHandover.objects.using("operator").get()
    assert (made.purpose, made.destination, made.people) == ("Do not show ads to them again", "Juguang", 40)
    told = [event for event in acts(desk) if event.act == "measurement.audience.handed_over"]
    assert [event.data["purpose"] for event in told] == ["Do not show ads to them again"]


@pytest.mark.parametrize(
    ("layers", "changes", "said"),
    [
        (["TI"], {"expires_on": TODAY.isoformat()}, "within 180 days"),
        (["TI"], {"expires_on": "2999-01-01"}, "within 180 days"),
        (["TI"], {"purpose": "  "}, "required"),
        (["S"], {}, "fewer people than may be handed over"),
    ],
)
def test_a_handover_without_end_or_of_too_few_is_refused(desk, client, layers, changes, said):
    row = audiences.save(desk, name="some", definition={"layers": layers}, by="user:1")
    answer = client.post(
        reverse("admin:measurement_audiencehandover_add"), handover(audience=str(row.pk), **changes)
    )
    assert said in answer.content.decode()
    assert not AudienceHandover.objects.using("operator").exists()
    assert Audience.objects.using("operator").count() == 1

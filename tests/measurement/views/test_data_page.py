"""The hub of data: what comes in, what waits, what is missing."""

import pytest
from django.urls import reverse

from measurement.operations import deliveries
from merchants.models import Connection, RawDelivery
from tests.conftest import make_member


@pytest.fixture
def delivery(merchant):
    source = Connection.objects.create(merchant=merchant, source="taobao", shop="s1", name="旗舰店")
    from datetime import UTC, datetime

    row = deliveries.receive(
        source, body=b"{}", received_at=datetime(2026, 3, 1, tzinfo=UTC), by="system:test"
    )
    RawDelivery.objects.filter(pk=row.pk).update(state="refused", error="throttle 7")
    return row


def test_the_hub_shows_sources_files_and_work(client, merchant, owner, delivery):
    client.force_login(owner)
    page = client.get(reverse("measurement:data", args=["glow"])).content.decode()
    assert "旗舰店" in page
    assert client.get(reverse("measurement:data", args=["glow"]) + "?part=work").status_code == 200


def test_a_viewer_sees_the_hub_without_the_button(client, merchant):
    client.force_login(make_member(merchant, "viewer"))
    page = client.get(reverse("measurement:data", args=["glow"])).content.decode()
    assert "hand-in-dialog" not in page


def test_a_refused_delivery_is_read_once_more(client, merchant, owner, delivery):
    client.force_login(owner)
    assert "throttle 7" in client.get(reverse("measurement:deliveries", args=["glow"])).content.decode()
    client.post(reverse("measurement:replay", args=["glow", delivery.pk]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("received", "")


def test_the_filter_of_deliveries_keeps_one_state(client, merchant, owner, delivery):
    client.force_login(owner)
    address = reverse("measurement:deliveries", args=["glow"])
    assert "throttle 7" in client.get(address + "?state=refused").content.decode()
    assert "throttle 7" not in client.get(address + "?state=applied").content.decode()

"""The page of readiness: what is open, what is said, what is launched, and the operator's gate."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from merchants import tenancy
from merchants.models import AuditEvent, Launch, LaunchGate, Merchant, ReadinessAnswer, User
from merchants.operations import readiness, reviews
from merchants.readiness import figures
from merchants.readiness.figures import Figure
from tests.conftest import make_member, make_merchant
from tests.merchants.onboarding.doors import PAPERS, Door, reviewer

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.xdist_group("readiness")]
SAID = {
    "reply_promise": {"reply_minutes": "5", "hours": "9:00–22:00"},
    "stock_source": {"stock_source": "自有工厂"},
    "lead_time": {"lead_days": "7"},
    "carriers": {"carriers": "顺丰、中通", "regions": "全国，西藏除外"},
    "returns": {"return_terms": "嘉定仓", "refund_days": "3"},
}
PATH = "/m/glow/readiness/"


@pytest.fixture
def shop() -> Merchant:
    return make_merchant()


@pytest.fixture
def owner(shop: Merchant, client: Client) -> User:
    user = make_member(shop)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop whose figures are these, whoever counts them."""
    told = {
        "refund": Figure(9, 100, 100),
        "late_shipment": Figure(12, 100, 300),
        "reply_in_time": Figure(0, 0, 0),
    }
    monkeypatch.setattr(figures, "_COUNTED", {rule: _always(figure) for rule, figure in told.items()})


def _always(figure: Figure) -> figures.Counts:
    return lambda merchant, period: figure


def gate(mode: str, **more: object) -> None:
    stated = {"trade": "beauty", "mode": mode, "refund_most": 10, "late_shipment_most": 10}
    LaunchGate.objects.using("operator").create(**(stated | more))


def say_all(shop: Merchant) -> None:
    for key, values in SAID.items():
        readiness.attest(shop, "beauty", key, values, by="user:1")


def open_items(page: str) -> list[str]:
    return re.findall(r'<section class="card requirement" id="(\w+)"', page)


def test_who_comes_first_sees_what_to_say_and_what_nobody_knows(client: Client, owner: User) -> None:
    page = client.get(f"{PATH}?trade=beauty").content.decode()
    assert open_items(page) == list(SAID)
    assert "5 things stand between you and launch in Beauty and skin care." in page
    assert "The operator has set no limit, so nobody judges it." in page
    assert "There was nothing to count in the last 90 days." in page
    assert "nothing is known of your papers" in page


def test_what_is_said_is_kept_and_a_wrong_number_is_told_beside_it(
    client: Client, owner: User, shop: Merchant
) -> None:
    answers = f"{PATH}beauty/answers/lead_time/"
    answer = client.post(answers, {"lead_time-lead_days": "one week"})
    assert answer.headers["Location"] == f"{PATH}?trade=beauty#lead_time"
    page = client.get(f"{PATH}?trade=beauty").content.decode()
    assert "lead_time" in open_items(page)
    assert ("A whole number is expected." in page, "one week" in page) == (True, True)
    client.post(answers, {"lead_time-lead_days": "７"})
    with tenancy.acting_for(shop):
        row = ReadinessAnswer.objects.get()
    assert (row.values, row.answered_by) == ({"lead_days": "7"}, f"user:{owner.pk}")
    assert "lead_time" not in open_items(client.get(f"{PATH}?trade=beauty").content.decode())
    assert "lead_time" in open_items(client.get(f"{PATH}?trade=baby_food").content.decode())


@pytest.mark.parametrize(
    "address",
    ["beauty/answers/refund/", "beauty/answers/nothing/", "moon/answers/lead_time/", "moon/launch/"],
)
def test_what_is_not_asked_cannot_be_said(client: Client, owner: User, address: str) -> None:
    assert client.post(PATH + address).status_code == 404


def test_a_gate_that_blocks_names_what_is_open_and_launches_nothing(
    client: Client, owner: User, shop: Merchant
) -> None:
    gate("block")
    say_all(shop)
    refused = client.post(f"{PATH}beauty/launch/", {"knowing": "1"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert open_items(page) == ["late_shipment"]
    assert "12 of 100; 300 in all" in page
    with tenancy.acting_for(shop):
        assert not Launch.objects.exists()


def test_the_operators_next_limit_lets_the_same_figures_through(
    client: Client, owner: User, shop: Merchant
) -> None:
    gate("block", late_shipment_most=12)
    say_all(shop)
    assert client.post(f"{PATH}beauty/launch/").status_code == 302
    assert client.post(f"{PATH}beauty/launch/").status_code == 302
    with tenancy.acting_for(shop):
        row = Launch.objects.get()
        acts = AuditEvent.objects.filter(act="merchants.category.launched").count()
    assert (row.trade, row.gate, row.open_items, row.sets) == (
        "beauty", "block", [], ["cn.launch.goods 2026-11-01"],
    )  # fmt: skip
    assert acts == 1
    assert "launched on" in client.get(f"{PATH}?trade=beauty").content.decode()


def test_a_gate_that_warns_keeps_what_was_open(client: Client, owner: User, shop: Merchant) -> None:
    gate("warn")
    say_all(shop)
    assert client.post(f"{PATH}beauty/launch/").status_code == 422
    assert client.post(f"{PATH}beauty/launch/", {"knowing": "1"}).status_code == 302
    with tenancy.acting_for(shop):
        assert Launch.objects.get().open_items == ["late_shipment"]


def test_without_a_gate_a_launch_is_free(client: Client, owner: User, shop: Merchant) -> None:
    assert client.post(f"{PATH}wedding_photography/launch/").status_code == 302
    with tenancy.acting_for(shop):
        assert Launch.objects.get().gate == "off"


def test_papers_of_a_new_category_stand_between_too(
    client: Client, tmp_path: object, settings: object
) -> None:
    settings.STATE = tmp_path  # type: ignore[attr-defined]
    door, judge = Door.opened().submitted(), reviewer("judge")
    for key in PAPERS:
        reviews.decide(door.merchant, key, accepted=True, reviewer=judge, version=door.case.version)
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    path = f"/m/{door.merchant.code}/readiness/"
    own = client.get(path).content.decode()
    assert "Wedding photography" in own.split("<h1")[1].split("</header>")[0]
    assert open_items(own) == ["reply_promise", "capacity", "places", "changes"]
    new = open_items(client.get(f"{path}?trade=beauty").content.decode())
    assert new[:2] == ["product_qualification", "category_deposit"]


def test_the_operator_sets_a_gate_in_the_admin(client: Client) -> None:
    client.force_login(User.objects.create_superuser("operator", password="s3cret-of-the-operator"))
    form = {
        "trade": "beauty", "mode": "block", "refund_most": "12.5", "late_shipment_most": "", "fewest": "50",
        "reply_in_time_least": "",
    }  # fmt: skip
    assert client.post("/admin/merchants/launchgate/add/", form | {"refund_most": "101"}).status_code == 200
    assert client.post("/admin/merchants/launchgate/add/", form).status_code == 302
    row = LaunchGate.objects.get()
    assert (row.read().limits, row.fewest, row.changed_by[:5]) == ({"refund": "<= 0.125"}, 50, "user:")

"""Two merchants that hold something of every kind, each with words of its own in all that can be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from measurement.choices import Kept
from measurement.models import (
    Annotation,
    Audience,
    Blogger,
    Campaign,
    Comment,
    Creative,
    Experiment,
    Keyword,
    Move,
    Note,
    OrderLine,
    SavedView,
    Schedule,
    Spend,
    Spu,
    StopRule,
)
from measurement.operations import cycle_previews, deliveries, keeping, recompute, touches
from merchants import tenancy
from merchants.models import (
    ApiToken,
    Application,
    ColumnMapping,
    Connection,
    Invite,
    Membership,
    Merchant,
    RawDelivery,
    Store,
    Upload,
    User,
    WebhookEndpoint,
)
from merchants.operations import applications, invites, papers, tokens, webhooks
from merchants.operations.applications import Business
from merchants.operations.supervision import archives
from merchants.roles import ROLES
from portal.addresses import Address
from tests.architecture import desk_objects, partner_objects
from tests.merchants.documents.papers import picture
from tests.worlds import World, body, trade

DAY = timedelta(days=1)


HANDLER = ClientHandler(enforce_csrf_checks=False)  # one for all: making its middleware takes long


def new_client() -> Client:
    """A browser nobody has logged in with; a page that breaks answers 500."""
    client = Client(raise_request_exception=False)
    client.handler = HANDLER
    return client


@dataclass
class Tenant:
    """A merchant with its people and its token. Its ``word`` stands in each of its texts and in no address,
    so it must show on no page of anybody else."""

    world: World
    word: str
    people: dict[str, User] = field(default_factory=dict)
    secret: str = ""  # of a token with every scope
    made: dict[str, int] = field(default_factory=dict)

    @property
    def merchant(self) -> Merchant:
        return self.world.merchant

    def client(self, role: str = "owner") -> Client:
        browser = new_client()
        browser.force_login(self.people[role])
        return browser

    def an(self, parameter: str) -> int:
        """The id of an object of this tenant, the same each time."""
        if parameter not in self.made:
            self.made[parameter] = OBJECTS[parameter](self)
        return self.made[parameter]

    def a_new(self, one: Address) -> int | None:
        """The id of an object for this address that nobody has touched yet; None where it names none."""
        return next((OBJECTS[name](self) for name in one.parameters if name in OBJECTS), None)

    def filters(self) -> dict[str, int]:
        """An id for each filter of a report."""
        kinds = {
            "note": Note,
            "blogger": Blogger,
            "campaign": Campaign,
            "creative": Creative,
            "keyword": Keyword,
            "spu": Spu,
        }
        with tenancy.acting_for(self.merchant):
            return {name: kind.objects.values_list("pk", flat=True)[0] for name, kind in kinds.items()}


def settle(code: str, word: str) -> Tenant:
    """Plants a tenant; every text a page may show begins with its word."""
    world = World.plant(code)
    Merchant.objects.filter(pk=world.merchant.pk).update(name=f"{word} brand")
    world.merchant.refresh_from_db()
    now = timezone.now().replace(microsecond=0)
    merchant, paid_at = world.merchant, now - 10 * DAY
    tenant = Tenant(world, word)
    for role in ROLES:
        tenant.people[role.code] = User.objects.create(username=f"{role.code} of {code}")
        Membership.objects.create(user=tenant.people[role.code], merchant=merchant, role=role.code)
    _, tenant.secret = tokens.issue(
        merchant, name=f"{word} token", scopes=tokens.SCOPES, user=tenant.people["owner"]
    )
    seen = [world.touch(f"{word}-{n}", "ann", n * DAY, base=paid_at) for n in (1, 2, 3)]
    touches.put(merchant, seen, source=f"{word} feed", by="system:test")
    delivery = deliveries.receive(
        world.connection(),
        body=body(sold(word, str(7_000_000 + merchant.pk), paid_at)),
        received_at=now,
        by="system:test",
    )
    deliveries.apply(merchant, delivery.pk)
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        _name_everything(merchant, word, now.date())
    return tenant


def sold(word: str, number: str, paid_at: datetime) -> dict[str, Any]:
    exchange = trade(number, [("700", 12_300), ("701", 4_500)], buyer="ann", paid_at=paid_at)
    answer = exchange["response"]["trade_fullinfo_get_response"]["trade"]
    for line in answer["orders"]["order"]:
        line["title"] = f"{word} {line['title']}"
    return exchange


def _name_everything(merchant: Merchant, word: str, today: date) -> None:
    blogger = Blogger.objects.create(merchant=merchant, external_id=f"{word}-b", name=f"{word} blogger")
    campaign = Campaign.objects.create(merchant=merchant, external_id=f"{word}-c", name=f"{word} campaign")
    Keyword.objects.create(merchant=merchant, word=f"{word} keyword")
    Creative.objects.create(
        merchant=merchant, external_id=f"{word}-x", name=f"{word} creative", campaign=campaign
    )
    Store.objects.create(merchant=merchant, code=f"{word}-store", name=f"{word} store")
    Note.objects.for_merchant(merchant).update(title=f"{word} note", blogger=blogger)
    Spu.objects.for_merchant(merchant).update(name=f"{word} product")
    Connection.objects.for_merchant(merchant).update(name=f"{word} shop")
    Spend.objects.create(
        merchant=merchant, source=f"{word} spend", natural_key=word, level="campaign", kind="ads", day=today,
        fen=9_900, campaign=campaign, stated_at=datetime.now(UTC),
    )  # fmt: skip


# -- objects named in addresses, made anew at every call


def _upload(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return Upload.objects.create(
            merchant=tenant.merchant, kind="orders", filename=f"{tenant.word}.csv", size=1,
            path=f"uploads/{tenant.merchant.pk}/none", state=Upload.State.CHECKED, uploaded_by="user:0",
            preview={"columns": [], "rows": []},
        ).pk  # fmt: skip


def _mapping(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        row: ColumnMapping = ColumnMapping.objects.create(
            merchant=tenant.merchant, kind="alliance", version=1, headers=[tenant.word], proven_at=timezone.now(),
            fingerprint=f"{ColumnMapping.objects.count():064}", created_by="user:0",
        )  # fmt: skip
    return row.pk


def _delivery(tenant: Tenant) -> int:
    exchange = sold(tenant.word, "99", timezone.now())
    row: RawDelivery = deliveries.receive(
        tenant.world.connection(), body=body(exchange), received_at=timezone.now(), by="system:test"
    )
    deliveries.apply(tenant.merchant, row.pk)
    return row.pk


def _line(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return int(OrderLine.objects.order_by("pk").values_list("pk", flat=True)[0])


def _membership(tenant: Tenant) -> int:
    name = f"member {User.objects.count()}"
    user = User.objects.create(username=name, email=f"{User.objects.count()}@example.com")
    return Membership.objects.create(user=user, merchant=tenant.merchant, role="viewer").pk


def _invite(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        number = Invite.objects.count()
    invite, _ = invites.send(
        tenant.merchant, email=f"{tenant.word}{number}@example.com", role="viewer", by="user:0"
    )
    return invite.pk


def _token(tenant: Tenant) -> int:
    token: ApiToken
    token, _ = tokens.issue(
        tenant.merchant, name="one more", scopes=["work:read"], user=tenant.people["owner"]
    )
    return token.pk


def _experiment(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return Experiment.objects.create(
            merchant=tenant.merchant, kind="holdout", name=f"{tenant.word} test", hypothesis=f"{tenant.word} sells",
            starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 28), design={"hoped_lift": 0.1, "seed": tenant.word},
        ).pk  # fmt: skip


def _connection(tenant: Tenant) -> int:
    return tenant.world.connection().pk


def _view(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return SavedView.objects.create(
            merchant=tenant.merchant, owner=tenant.people["owner"], page="measurement:results",
            name=f"{tenant.word} view {SavedView.objects.count()}",
        ).pk  # fmt: skip


def _schedule(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return Schedule.objects.create(
            merchant=tenant.merchant, owner=tenant.people["owner"], rhythm="daily", form="csv",
            next_at=timezone.now() + DAY,
        ).pk  # fmt: skip


def _annotation(tenant: Tenant) -> int:
    today = timezone.now().date()
    with tenancy.acting_for(tenant.merchant):
        return Annotation.objects.create(
            merchant=tenant.merchant, first_day=today, last_day=today, text=f"{tenant.word} note on a day",
            author="user:0",
        ).pk  # fmt: skip


def _comment(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        note = Note.objects.for_merchant(tenant.merchant).order_by("pk")[0]
        return Comment.objects.create(
            merchant=tenant.merchant, note=note, external_id=f"c{Comment.objects.count()}",
            text=f"{tenant.word} comment", posted_at=timezone.now(), stated_at=timezone.now(),
        ).pk  # fmt: skip


def _kept(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return keeping.known(tenant.merchant, Kept.TOUCHES, f"{tenant.word} feed").pk


def _audience(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        return Audience.objects.create(
            merchant=tenant.merchant,
            name=f"{tenant.word} audience {Audience.objects.count()}",
            definition={"layers": ["TI"]},
            created_by="user:0",
        ).pk


def _move(tenant: Tenant) -> int:
    today = timezone.now().date()
    with tenancy.acting_for(tenant.merchant):
        return Move.objects.create(
            merchant=tenant.merchant, kind="pause", dimension="campaign", key="1", name=f"{tenant.word} campaign",
            reason=f"{tenant.word} reason", starts_on=today, due_on=today + DAY, matures_on=today + DAY,
            measure="cost", direction="down", size=1, recorded_by="user:0",
        ).pk  # fmt: skip


def _rule(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        number = Campaign.objects.for_merchant(tenant.merchant).count()
        campaign = Campaign.objects.create(
            merchant=tenant.merchant,
            external_id=f"{tenant.word}-{number}",
            name=f"{tenant.word} campaign {number}",
        )
        return StopRule.objects.create(
            merchant=tenant.merchant, campaign=campaign, version=1, launches_on=date(2099, 1, 1), day=14,
            metric="roi", against="below", threshold=1, action="stop", reason=f"{tenant.word} reason",
            after_launch=False, recorded_by="user:0",
        ).pk  # fmt: skip


def _preview(tenant: Tenant) -> int:
    world = tenant.world
    row = cycle_previews.begin(
        tenant.merchant, of=world.spus[0], days=9, source=f"{tenant.word} tried", by="system:test"
    )
    return int(row.pk)


def _document(tenant: Tenant) -> int:
    owner = f"user:{tenant.people['owner'].pk}"
    with tenancy.acting_for(tenant.merchant):
        known = Application.objects.for_merchant(tenant.merchant).exists()
    if not known:
        business = Business(f"{tenant.word} brand", "company", "own", ["beauty"], [f"{tenant.word} store"])
        applications.describe(tenant.merchant, business, by=owner)
    return papers.hand_in(
        tenant.merchant, "business_licence", filename=f"{tenant.word}.jpg", data=picture(), by=owner
    ).pk


def _endpoint(tenant: Tenant) -> int:
    endpoint: WebhookEndpoint
    endpoint, _ = webhooks.add(
        tenant.merchant,
        url=f"https://{tenant.word}.example/hooks",
        kinds=["upload.finished"],
        description=f"{tenant.word} listener",
        by="user:0",
    )
    return endpoint.pk


def _message(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        endpoint = WebhookEndpoint.objects.get(pk=_endpoint(tenant))
    return webhooks.send_test(tenant.merchant, endpoint, by="user:0").pk


def _archive(tenant: Tenant) -> int:
    row, _ = archives.ask(tenant.merchant, reason="x", by="user:0", language="en")
    archives.write(tenant.merchant, row.pk)
    return row.pk


OBJECTS: dict[str, Callable[[Tenant], int]] = {
    "spu_id": lambda tenant: tenant.world.spus[0].pk,
    "upload_id": _upload,
    "mapping_id": _mapping,
    "delivery_id": _delivery,
    "line_id": _line,
    "membership_id": _membership,
    "token_id": _token,
    "invite_id": _invite,
    "connection_id": _connection,
    "comment_id": _comment,
    "view_id": _view,
    "schedule_id": _schedule,
    "annotation_id": _annotation,
    "experiment_id": _experiment,
    "preview_id": _preview,
    "audience_id": _audience,
    "move_id": _move,
    "rule_id": _rule,
    "kept_id": _kept,
    "document_id": _document,
    "endpoint_id": _endpoint,
    "message_id": _message,
    "archive_id": _archive,
    **desk_objects.OBJECTS,
    **partner_objects.OBJECTS,
}
"""What makes an object of a tenant, by the name of the parameter that says which one is meant."""

CHOICES = {
    "page": "results",
    "form": "csv",
    "kind": "orders",
    "cycle_key": "facial-essence",
    "use": "comments",
    "requirement": "business_licence",
    "sheet": 1,
    "trade": "beauty",
    "promise": "reply_promise",
}
"""Parameters that name no object."""

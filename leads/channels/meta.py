"""Meta lead ads: a push has ids only, the contents are fetched by id, and the forms of a page are read whole, to
find what no push brought (developers.facebook.com, *Retrieving leads*: webhooks or bulk read)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from leads.channels import signatures
from leads.channels.calls import Call
from leads.channels.facts import BODY_LIMIT, Delivery, LeadFact, Secrets, Told, Verdict
from leads.channels.words import fields_of, identifier, json_object, shown
from merchants.wire.shapes import as_list, as_mapping
from merchants.wire.times import utc_from_any

PLATFORM = "meta"
PAGE = 100  # rows asked for at once
FIELDS = "created_time,ad_id,adset_id,campaign_id,campaign_name,form_id,field_data"
REPLY = {"success": True}
_DUMMY = "<test lead:"  # how the platform's own testing tool fills in a form


def judge(delivery: Delivery, secrets: Secrets, now: datetime | None = None) -> Verdict:
    """A GET asks whether this is our address; a POST is signed over its raw body."""
    if delivery.method == "GET":
        return _address_check(delivery.query, secrets)
    if len(delivery.body) > BODY_LIMIT:
        return Verdict(413, "too_large")
    wanted = [signatures.hub(token, delivery.body) for token in secrets.tokens]
    if wanted and not signatures.matches(delivery.headers.get("x-hub-signature-256", ""), wanted):
        return Verdict(401, "signature")
    body = json_object(delivery.body)
    if body is None:
        return Verdict(400, "not_json")
    if body.get("object") != "page" or not isinstance(body.get("entry"), list):
        return Verdict(400, "no_data")
    return Verdict(200, reply=REPLY)


def told(delivery: Delivery, secrets: Secrets) -> Told:
    """The leads named in a push, without contents, and their ids to fetch; or those that an answer gave."""
    body = json_object(delivery.body) or {}
    if delivery.method == "GET":
        given = rows(body)
        found = [contents(one) for one in ([body] if given is None else given)]
        given_leads = tuple(fact for fact in found if fact is not None)
        return Told(leads=given_leads, problems=("no_id",) * (len(found) - len(given_leads)))
    facts = [
        _named(as_mapping(change.get("value")), as_mapping(entry))
        for entry in as_list(body.get("entry"))
        for change in map(as_mapping, as_list(as_mapping(entry).get("changes")))
        if change.get("field") == "leadgen"
    ]
    known = [fact for fact in facts if fact.external_id]
    return Told(
        leads=tuple(known),
        fetch=tuple(dict.fromkeys(str(fact.external_id) for fact in known)),
        problems=("no_id",) * (len(facts) - len(known)),
    )


def signed(delivery: Delivery) -> bytes:
    return delivery.body


def asked(given: Mapping[str, str], path: str) -> Call:
    return Call("GET", f"{given['base']}/{path}", {"Authorization": f"Bearer {given['access_token']}"})


def rows(answer: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a page of an answer; None when it is no page."""
    found = answer.get("data")
    return found if isinstance(found, list) else None


def next_page(answer: Mapping[str, Any]) -> str:
    """Where the next page begins; empty when this is the last."""
    paging = as_mapping(answer.get("paging"))
    after = as_mapping(paging.get("cursors")).get("after")
    return str(after) if after and paging.get("next") else ""


def contents(answer: Any) -> LeadFact | None:
    """The lead that a fetch gave; None when the answer holds none."""
    row = as_mapping(answer)
    external_id = identifier(row.get("id"))
    if external_id is None or "error" in row:
        return None
    pairs = [
        (
            one.get("name"),
            as_list(one.get("values")) if isinstance(one.get("values"), list) else one.get("values"),
        )
        for one in map(as_mapping, as_list(row.get("field_data")))
    ]
    found = fields_of(_with_whole_name(pairs))
    created_at = utc_from_any(row.get("created_time"))
    return LeadFact(
        platform=PLATFORM,
        external_id=external_id,
        submitted_at=created_at,
        stated_at=created_at,
        **found,
        form_id=identifier(row.get("form_id")),
        campaign_id=identifier(row.get("campaign_id")),
        campaign_name=shown(row.get("campaign_name")),
        unit_id=identifier(row.get("adset_id") or row.get("adgroup_id")),
        creative_id=identifier(row.get("ad_id")),
        is_test=any(_DUMMY in str(value) for _, value in pairs),
    )


def _address_check(query: Mapping[str, str], secrets: Secrets) -> Verdict:
    given, wanted = query.get("hub.verify_token", ""), secrets.verify_token
    if query.get("hub.mode") != "subscribe" or not wanted or not signatures.matches(given, [wanted]):
        return Verdict(403, "verify_token")
    return Verdict(200, reply=query.get("hub.challenge", ""))


def _named(value: Mapping[str, Any], entry: Mapping[str, Any]) -> LeadFact:
    created_at = utc_from_any(value.get("created_time"))
    return LeadFact(
        platform=PLATFORM,
        external_id=identifier(value.get("leadgen_id")),
        submitted_at=created_at,
        stated_at=created_at,
        form_id=identifier(value.get("form_id")),
        account_id=identifier(value.get("page_id")) or identifier(entry.get("id")),
        unit_id=identifier(value.get("adgroup_id")),
        creative_id=identifier(value.get("ad_id")),
    )


def _with_whole_name(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """First and last name in two fields are one name."""
    parts = {str(label): value for label, value in pairs if label in {"first_name", "last_name"}}
    if not parts or any(label == "full_name" for label, _ in pairs):
        return pairs
    told = [fields_of([("name", parts.get(name))])["name"] for name in ("first_name", "last_name")]
    rest = [pair for pair in pairs if pair[0] not in parts]
    return [("full_name", " ".join(one for one in told if one)), *rest]


def joined(named: LeadFact, fetched: LeadFact) -> LeadFact:
    """What the push told and what the fetch told of one lead; the push knows the page and the unit."""
    return replace(
        fetched,
        account_id=named.account_id or fetched.account_id,
        unit_id=named.unit_id or fetched.unit_id,
        creative_id=fetched.creative_id or named.creative_id,
        form_id=fetched.form_id or named.form_id,
        submitted_at=fetched.submitted_at or named.submitted_at,
        stated_at=fetched.stated_at or named.stated_at,
    )

"""A recorded file of pushes and pulls read from end to end: the ``replay`` command's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from leads.channels import channel, feiyu, meta, signatures
from leads.channels.facts import Delivery, LeadFact, MessageFact, Secrets, Told, Verdict, standing
from leads.channels.words import json_object
from merchants.webhooks import signing
from merchants.wire.shapes import as_list, as_mapping, text_or_none
from merchants.wire.times import iso_z

PLATFORMS = ("xiaohongshu_leads",)
_KEYS = ("token", "secret", "key", "app_secret", "signature_key", "client_secret")


def replay(recording: Mapping[str, Any]) -> dict[str, Any]:
    """``leads``, ``messages``, ``http_status`` and ``reply`` of deliveries and pulls; ``signatures`` and
    ``plaintexts`` of vectors; each where the recording asks for it."""
    result: dict[str, Any] = {}
    signed, clear = _vectors(as_list(recording.get("vectors")))
    exchanges = [as_mapping(one) for one in as_list(recording.get("exchanges"))]
    signed |= _pull_signatures(recording, exchanges)
    if "deliveries" in recording or exchanges:
        result |= _told(recording, exchanges)
    if signed:
        result["signatures"] = signed
    return {**result, "plaintexts": clear} if clear else result


def _told(recording: Mapping[str, Any], exchanges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    leads: list[LeadFact] = []
    messages: dict[str, MessageFact] = {}
    verdicts: list[Verdict] = []
    of_conversations = False
    for one in as_list(recording.get("deliveries")):
        delivery, secrets = _delivery(as_mapping(one), recording), _secrets(recording, as_mapping(one))
        name = _source(delivery, recording, secrets)
        of_conversations |= name == "xiaohongshu_im"
        verdict = channel(name).judge(delivery, secrets)
        verdicts.append(verdict)
        told = channel(name).told(delivery, secrets) if verdict.kept else Told()
        leads += told.leads
        for message in told.messages:
            messages.setdefault(message.message_id, message)
    leads += [fact for exchange in exchanges for fact in _answered(exchange, leads)]
    result: dict[str, Any] = {"leads": [lead_as_json(fact) for fact in standing(leads)]}
    result["messages"] = [message_as_json(fact) for fact in messages.values()]
    result["http_status"] = [verdict.status for verdict in verdicts]
    if verdicts and verdicts[-1].kept and of_conversations:
        result["reply"] = verdicts[-1].reply
    return result


def _answered(exchange: Mapping[str, Any], named: Sequence[LeadFact]) -> list[LeadFact]:
    """The leads in an answer: of Feiyu a page, of Meta one."""
    answer = exchange.get("response", exchange.get("response_text"))
    if isinstance(answer, str):
        answer = json_object(answer.encode("utf-8", "replace"))
    if isinstance(answer, Mapping) and "field_data" in answer:
        fetched = meta.contents(answer)
        if fetched is None:
            return []
        mine = [one for one in named if one.platform == meta.PLATFORM and one.key == fetched.key]
        return [meta.joined(mine[-1], fetched) if mine else fetched]
    return list(feiyu.page(answer).leads)


def _delivery(one: Mapping[str, Any], recording: Mapping[str, Any]) -> Delivery:
    body, query, api = one.get("raw_body"), one.get("query"), str(recording.get("api") or "")
    headers = as_mapping(one.get("headers"))
    path = str(one.get("path") or (api if api.startswith("/") else ""))
    split = urlsplit(path)
    pairs = dict(parse_qsl(split.query, keep_blank_values=True))
    if isinstance(query, str):
        pairs |= dict(parse_qsl(query.lstrip("?"), keep_blank_values=True))
    pairs |= {str(name): str(value) for name, value in as_mapping(query).items()}
    return Delivery(
        body=body.encode("utf-8", "surrogatepass") if isinstance(body, str) else b"",
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        method=str(one.get("method") or "POST").upper(),
        path=split.path,
        query=pairs,
    )


def _secrets(recording: Mapping[str, Any], one: Mapping[str, Any]) -> Secrets:
    both = {**recording, **one}
    token = next((text for name in _KEYS if (text := text_or_none(both.get(name)))), None)
    return Secrets(
        tokens=(token,) if token else (),
        key_hex=text_or_none(both.get("secret_hex")) or text_or_none(both.get("key_hex")) or "",
        verify_token=text_or_none(both.get("verify_token")) or "",
    )


def _source(delivery: Delivery, recording: Mapping[str, Any], secrets: Secrets) -> str:
    """Whose delivery this is: by its path, its headers, what the file says, else by its shape."""
    api = f"{recording.get('api') or ''}".lower()
    body = json_object(delivery.body) or {}
    signs = (
        ("xiaohongshu_im", any(part in delivery.path for part in ("/im/", "/third/", "/intent/"))),
        ("xiaohongshu_form", "x-red-signature" in delivery.headers),
        ("meta", "x-hub-signature-256" in delivery.headers or "hub.mode" in delivery.query),
        ("own", "webhook-signature" in delivery.headers),
        ("meta", "meta" in api),
        ("feiyu", "feiyu" in api),
        ("xiaohongshu_im", "message" in api or "/im/" in api),
        ("xiaohongshu_form", "form" in api),
        ("meta", delivery.method == "GET" or "entry" in body),
        ("xiaohongshu_im", "message_id" in body or bool(secrets.key_hex)),
        ("feiyu", "telphone" in body or "clue_source" in body),
    )
    return next((name for name, holds in signs if holds), "xiaohongshu_form")


def _vectors(vectors: Sequence[Any]) -> tuple[dict[str, str], dict[str, str | None]]:
    signed: dict[str, str] = {}
    clear: dict[str, str | None] = {}
    for index, vector in enumerate(map(as_mapping, vectors)):
        name = str(vector.get("name", index))
        if "content" in vector and ("key_hex" in vector or "secret_hex" in vector):
            clear[name] = _plaintext(vector)
        else:
            signed[name] = sign(vector)
    return signed, clear


def _plaintext(vector: Mapping[str, Any]) -> str | None:
    """The clear text, or None when the key does not fit."""
    try:
        key = str(vector.get("key_hex") or vector.get("secret_hex") or "")
        return signatures.decipher(str(vector["content"]), key).decode()
    except ValueError:
        return None


def sign(vector: Mapping[str, Any]) -> str:
    """The signature a vector asks for: by its span of time Feiyu's, by its message id Standard Webhooks', by
    what it is called Meta's or Douyin's, else a landing page's."""
    given = {**vector, **as_mapping(vector.get("params") or vector.get("query"))}
    key = next((text for name in _KEYS if (text := text_or_none(given.get(name)))), "")
    ready = given.get("string_before_secret")
    body = str(ready if ready is not None else given.get("raw_body", given.get("body", "")))
    called = " ".join(
        str(given.get(name) or "") for name in ("platform", "api", "header", "algorithm", "name")
    ).lower()
    if "start_time" in given or body.startswith("/crm/"):
        start, end, at = (str(given.get(name, "")) for name in ("start_time", "end_time", "timestamp"))
        return signatures.feiyu(key, body if ready is not None else signatures.feiyu_text(start, end, at))
    if key.startswith("whsec_"):
        sent, at = (str(given.get(name) or "") for name in ("webhook-id", "webhook-timestamp"))
        signed = body.encode() if ready is not None else signing.text(sent, at, body.encode())
        return signing.sign(key, signed)
    if "meta" in called or "sha256" in called or "hub" in called or "app_secret" in given:
        return signatures.hub(key, body.encode())
    if "douyin" in called or "client_secret" in given:
        return signatures.douyin(key, body.encode())
    return signatures.red(key, body.encode())


def _pull_signatures(recording: Mapping[str, Any], exchanges: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What each recorded pull must have been signed with, by its timestamp."""
    found: dict[str, str] = {}
    for exchange in exchanges:
        request = as_mapping(exchange.get("request"))
        headers = {str(name).lower(): value for name, value in as_mapping(request.get("headers")).items()}
        flat = {**{str(name).lower(): value for name, value in request.items()}, **headers}
        timestamp = text_or_none(flat.get("timestamp"))
        if timestamp is None or "signature" not in flat:
            continue
        asked = dict(parse_qsl(urlsplit(str(request.get("url") or request.get("path") or "")).query))
        for name in ("query", "params"):
            given = request.get(name)
            asked |= dict(parse_qsl(given.lstrip("?")) if isinstance(given, str) else as_mapping(given))
        asked = {**{name: flat[name] for name in ("start_time", "end_time") if name in flat}, **asked}
        text = signatures.feiyu_text(
            str(asked.get("start_time", "")), str(asked.get("end_time", "")), timestamp
        )
        found[timestamp] = signatures.feiyu("".join(_secrets(recording, exchange).tokens), text)
    return found


def lead_as_json(fact: LeadFact) -> dict[str, Any]:
    """The normalised lead; a question asked twice has its answers joined."""
    answers: dict[str, str | None] = {}
    for label, text in fact.answers:
        known = answers.get(label)
        answers[label] = f"{known},{text}" if known and text else text or known
    return {
        "platform": fact.platform,
        "external_id": fact.external_id,
        "submitted_at": iso_z(fact.submitted_at),
        "name": fact.name,
        "phone": fact.detail("phone"),
        "wechat": fact.detail("wechat"),
        "email": fact.detail("email"),
        "landing_page_id": fact.landing_page_id,
        "account_id": fact.account_id,
        "campaign_id": fact.campaign_id,
        "unit_id": fact.unit_id,
        "creative_id": fact.creative_id,
        "keyword": fact.keyword,
        "source_channel": fact.source_channel,
        "platform_user_id": fact.platform_user_id,
        "conversation_id": fact.conversation_id,
        "note_id": fact.note_id,
        "live_room_id": fact.live_room_id,
        "answers": answers,
        "is_test": fact.is_test,
    }


def message_as_json(fact: MessageFact) -> dict[str, Any]:
    return {
        "message_id": fact.message_id,
        "direction": "from_user" if fact.from_user else "to_user",
        "user_id": fact.user_id,
        "nickname": fact.nickname,
        "type": fact.type,
        "text": fact.text,
        "sent_at": iso_z(fact.sent_at),
    }

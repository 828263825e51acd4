"""Bodies and fields as sources write them: JSON objects, labels of contact fields, phones of every spelling."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from leads import duplicates
from leads.duplicates import reached
from merchants.wire.shapes import text_or_none

LABELS: Mapping[str, str] = {
    **dict.fromkeys(("姓名", "称呼", "名字", "您的姓名", "联系人", "name", "full_name"), "name"),
    **dict.fromkeys(
        ("电话", "手机", "手机号", "手机号码", "电话号码", "联系电话", "phone", "phone_number", "mobile"),
        "phone",
    ),
    **dict.fromkeys(("微信", "微信号", "wechat", "wechat_id", "weixin"), "wechat"),
    **dict.fromkeys(("邮箱", "电子邮箱", "邮件", "email", "e-mail"), "email"),
    **dict.fromkeys(("城市", "地区", "city"), "city"),
}
"""What a label means by default; a merchant's own table goes before it."""

_EXACT = 1e15  # below it a JSON number with a point is told to the last digit
_BETWEEN = re.compile(r"或者?|和|及|手机号?码?|电话|号码|\b(?:or|and|tel|p)\b|[\W_]+", re.IGNORECASE)


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object of a body; None for anything else: no UTF-8, no JSON, NaN, another kind of value.

    Texts come without NUL and half surrogate pairs, which no database keeps.
    """
    try:
        told = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        return _storable(told) if isinstance(told, dict) else None
    except (ValueError, RecursionError):
        return None


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "")
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value


def identifier(value: Any) -> str | None:
    """An id as text with all its digits; None for 0, empty and missing ones."""
    return text_or_none(value, zero_is_none=True)


def shown(value: Any) -> str | None:
    """A text without outer blanks; None when nothing of it can be seen (zero-width signs only)."""
    text = text_or_none(value)
    if text is None or all(unicodedata.category(sign) in {"Cf", "Cc", "Zs", "Zl", "Zp"} for sign in text):
        return None
    return text


def answer(value: Any) -> str | None:
    """The answer to a question of a form: several choices are joined, null stays None."""
    if isinstance(value, list | tuple):
        told = [one for one in map(answer, value) if one]
        return ",".join(told) if told else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip() if value is not None else None


def phones(value: Any) -> list[str]:
    """The numbers of a field as digits without the country code of China; several in one field are several."""
    text = answer(value) or ""
    one = duplicates.phone(text)
    return reached.numbers(text) or ([one] if one else [])


def _besides(text: str) -> str:
    """What is said beside the numbers of a field; nothing where it is only what stands between them."""
    left = reached.rest(text)
    return left if _BETWEEN.sub("", unicodedata.normalize("NFKC", left)) else ""


def meaning(label: Any, labels: Mapping[str, str] | None = None) -> str | None:
    """Which field a label means: name, phone, wechat, email, city, or none of them."""
    text = unicodedata.normalize("NFKC", str(label)).strip().strip("*:").strip().lower()
    return {**LABELS, **(labels or {})}.get(text)


def _label(label: Any) -> str:
    return str(label).strip() if label is not None else ""


def fields_of(pairs: Iterable[tuple[Any, Any]], labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """``name``, ``city``, ``details`` and ``answers`` of a form. The first name holds; a contact field that
    cannot be read as one is an answer, and so are a city and what is said beside a number."""
    name: str | None = None
    city: str | None = None
    details: dict[tuple[str, str], None] = {}
    answers: list[tuple[str, str | None]] = []
    for label, value in pairs:
        field, text = meaning(label, labels), answer(value)
        found = phones(value) if field == "phone" else []
        if field == "phone" and (found or not text):
            details.update(dict.fromkeys(("phone", one) for one in found))
            if said := _besides(text or "") if reached.numbers(text or "") else "":
                answers.append((_label(label), said))
        elif field in {"wechat", "email"}:
            details.update({(field, text): None} if text and shown(text) else {})
        elif field == "name":
            name = name or shown(text)
        else:
            city = city or (shown(text) if field == "city" else None)
            answers.append((_label(label), text))
    return {"name": name, "city": city, "details": tuple(details), "answers": tuple(answers)}

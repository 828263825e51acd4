"""Persons as rows name them: an identifier, its kind, and where it holds."""

from __future__ import annotations

import re
import uuid

from django.utils.translation import gettext_lazy as _

from measurement.columns.surroundings import Surroundings, Values
from merchants.identity import normalise, person_key
from merchants.intake.cells import Choice, Text
from merchants.intake.columns import Column
from merchants.intake.problems import Refused

PERSON_KINDS = {
    "phone": "phone",
    "mobile": "phone",
    "手机": "phone",
    "手机号": "phone",
    "email": "email",
    "邮箱": "email",
    "member": "member",
    "会员": "member",
    "会员号": "member",
    "buyer": "buyer",
    "买家": "buyer",
    "买家id": "buyer",
    "user": "user",
    "用户": "user",
    "用户id": "user",
    "openid": "openid",
    "unionid": "unionid",
    "device": "device",
    "设备": "device",
    "设备号": "device",
}
_LABELS = {"": _("Person"), "_a": _("Person A"), "_b": _("Person B")}
_ONE_SPACE = {"phone", "email"}  # the same everywhere: no name space
_PHONE = re.compile(r"1\d{10}|[0-9a-fA-F]{64}", re.ASCII)


def person_columns(suffix: str = "", *, required: bool) -> tuple[Column, ...]:
    """Identifier, kind and name space of a person; ``suffix`` where a row names two."""
    tail = f" {suffix[1:].upper()}" if suffix else ""

    def aliases(*names: str) -> tuple[str, ...]:
        return tuple(f"{name}{tail}" for name in names)

    return (
        Column(
            f"person{suffix}",
            Text(200),
            _LABELS[suffix],
            _("An identifier, or its SHA-256. Kept only as a keyed hash that cannot be turned back."),
            aliases=aliases("人员", "用户标识", "会员号", "手机号", "identifier"),
            required=required,
            personal=True,
        ),
        Column(
            f"person_kind{suffix}",
            Choice(PERSON_KINDS),
            _("Kind of identifier"),
            _("Phone and e-mail are the same everywhere; all others hold only in their name space."),
            aliases=aliases("标识类型", "id_type"),
            required=required,
        ),
        Column(
            f"person_namespace{suffix}",
            Text(60),
            _("Name space"),
            _("Where the identifier holds: a platform, an app, the member system. Not for phone and e-mail."),
            aliases=aliases("命名空间", "标识来源", "namespace"),
        ),
    )


def key_of(values: Values, around: Surroundings, suffix: str = "") -> tuple[str, uuid.UUID] | None:
    """(name space, person key) of the person a row names, or None. Raises ``Refused``."""
    identifier = values.get(f"person{suffix}")
    if not identifier:
        return None
    kind = values.get(f"person_kind{suffix}")
    if not kind:
        raise Refused("person_kind_missing", f"person_kind{suffix}")
    namespace = "" if kind in _ONE_SPACE else values.get(f"person_namespace{suffix}") or ""
    if not namespace and kind not in _ONE_SPACE:
        raise Refused("namespace_missing", f"person_namespace{suffix}")
    if kind == "phone" and not _PHONE.fullmatch(_phone(identifier)):
        raise Refused("not_a_phone", f"person{suffix}")
    return namespace, person_key(around.pepper, kind, namespace, identifier)


def _phone(identifier: str) -> str:
    hashed = identifier.strip()
    return hashed if len(hashed) == 64 else normalise("phone", identifier)

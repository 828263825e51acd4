"""Who can log in to the demo: its merchants, their people, one password for all, kept in the state folder."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from merchants.models import Membership, Merchant, User
from merchants.roles import AGENT, BY_CODE, FINANCE, MANAGER, MARKETING, OWNER, VIEWER
from portal.demo.cast import Brand, Person
from portal.demo.cast.bloggers import BLOGGERS
from portal.demo.cast.hexiaoshao import HEXIAOSHAO
from portal.demo.cast.luya import LUYA
from portal.demo.cast.others import JUDENG, MUYEJI, YUNTINGLI

BRANDS = (LUYA, HEXIAOSHAO, MUYEJI, YUNTINGLI, JUDENG)  # in the order in which they are filled
FACE = BLOGGERS["ali"]  # the blogger one can log in as
DEMO_SEED = 7  # of the demo's worlds
FILE = "logins.txt"
_NAMESPACE = uuid.UUID("6f1d9a52-7d1c-4c39-9f0e-0d6c2a4b7e11")


@dataclass(frozen=True, slots=True)
class Login:
    """``roles``: what the person may do, by the code of the merchant."""

    username: str
    name: str
    roles: dict[str, str]
    operator: bool = False


_EVERYWHERE = {brand.code: OWNER.code for brand in BRANDS}
LOGINS = (
    Login("demo", "林夏", _EVERYWHERE),
    Login("luya-marketing", "周予", {LUYA.code: MARKETING.code}),
    Login("luya-finance", "陈默", {LUYA.code: FINANCE.code}),
    Login("luya-viewer", "何川", {LUYA.code: VIEWER.code}),
    Login("hexiaoshao", "顾知", {HEXIAOSHAO.code: OWNER.code}),
    Login("muyeji", "沈原", {MUYEJI.code: OWNER.code}),
    Login("yuntingli", "宋汀", {YUNTINGLI.code: OWNER.code}),
    Login("yuntingli-agent", "江绾", {YUNTINGLI.code: AGENT.code}),
    Login("yuntingli-agent-2", "许渡", {YUNTINGLI.code: AGENT.code}),
    Login("yuntingli-manager", "方晴", {YUNTINGLI.code: MANAGER.code}),
    Login("judeng", "陆橘", {JUDENG.code: OWNER.code}),
    Login(FACE.code, FACE.name, {FACE.code: OWNER.code}),
    Login("admin", "平台运营", {}, operator=True),
)


def make(state: Path) -> bool:
    """Makes what is missing and writes ``logins.txt``; False when everything was there already.

    The password is random, the same for all and lives in that file only; without the file all get a
    new one.
    """
    file = state / FILE
    names = [login.username for login in LOGINS]
    with transaction.atomic():
        merchants = {brand.code: merchant_of(brand) for brand in BRANDS} | {FACE.code: blogger_of(FACE)}
        there = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        if file.exists() and there == set(names):
            return False
        password = f"leaf-{secrets.token_hex(5)}"
        hashed = make_password(password)  # one hash for all: it is slow on purpose
        for login in LOGINS:
            _make(login, hashed, merchants)
        _write(file, password)
    return True


def merchant_of(brand: Brand, *, code: str = "", name: str = "") -> Merchant:
    """The merchant that plays this brand, made if need be. The day it was made is the end of its world."""
    return _made(code or brand.code, name or brand.name, brand.kind)


def blogger_of(person: Person) -> Merchant:
    """The account of a blogger of the demo, made if need be."""
    return _made(person.code, person.name, Merchant.Kind.BLOGGER)


def _made(code: str, name: str, kind: str) -> Merchant:
    merchant, _ = Merchant.objects.get_or_create(
        code=code,
        # known beforehand, so that the same seed gives the same person keys under the same pepper
        defaults={"name": name, "kind": kind, "public_id": uuid.uuid5(_NAMESPACE, code)},
    )
    return merchant


def _make(login: Login, hashed: str, merchants: dict[str, Merchant]) -> None:
    user, _ = User.objects.update_or_create(
        username=login.username,
        defaults={
            "first_name": login.name,
            "email": f"{login.username}@seedbed.invalid",
            "password": hashed,
            "is_staff": login.operator,
            "is_superuser": login.operator,
        },
    )
    for code, role in login.roles.items():
        assert role in BY_CODE
        Membership.objects.update_or_create(merchant=merchants[code], user=user, defaults={"role": role})


def _write(file: Path, password: str) -> None:
    names = {brand.code: brand.name for brand in BRANDS} | {FACE.code: FACE.name}
    lines = [f"Password of every account: {password}", ""]
    for login in LOGINS:
        where = (
            "/admin/" if login.operator else ", ".join(f"{names[c]} ({r})" for c, r in login.roles.items())
        )
        if len(login.roles) == len(BRANDS):
            where = "every merchant (owner)"
        lines.append(f"{login.username:<20}{where}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")

"""What a merchant gives us to speak to a source with, and where sources may be spoken to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Given:
    """One thing to type in. A ``secret`` one is shown never again; ``usual`` holds where none is given."""

    name: str
    secret: bool = False
    usual: str = ""


BASE = "base"
ACCESS: Mapping[str, tuple[Given, ...]] = {
    "xiaohongshu_im": (
        Given("app_id"),
        Given("third_account_id"),
        Given("advertiser_id"),
        Given("automatic"),
        Given("key_hex", secret=True),
        Given(BASE, usual="https://adapi.xiaohongshu.com"),
    ),
    "xiaohongshu_form": (
        Given("advertiser_id"),
        Given(BASE, usual="https://adapi.xiaohongshu.com"),
        Given("site", usual="https://www.xiaohongshu.com"),
    ),
    "feiyu": (
        Given("access_token", secret=True),
        Given("signature_key", secret=True),
        Given("state_101"),
        Given("state_102"),
        Given("state_104"),
        Given("state_122"),
        Given("state_visited"),
        Given("state_141"),
        Given("state_200"),
        Given(BASE, usual="https://feiyu.oceanengine.com"),
    ),
    "meta": (
        Given("access_token", secret=True),
        Given("dataset_id"),
        Given("page_id", usual="me"),
        Given(BASE, usual="https://graph.facebook.com/v23.0"),
    ),
}
"""By source. ``state_*`` are Feiyu's numbers for our codes: no list of them is published for this address.
``automatic`` are the values of ``message_source`` that no human writes: published is only that 1 is the person.
``key_hex`` stands instead of the key that the source was opened with. Meta calls the page that an access token
belongs to ``me``; only the token of a system user needs the page's id."""

SEND, PULL, TELL = "send", "pull", "tell"
WAYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "xiaohongshu_im": {SEND: ("app_id", "third_account_id"), TELL: ("advertiser_id",)},
    "xiaohongshu_form": {TELL: ("advertiser_id",)},
    "feiyu": {PULL: ("access_token", "signature_key"), TELL: ("access_token", "signature_key")},
    "meta": {PULL: ("access_token",), TELL: ("access_token", "dataset_id")},
}
"""What can be done with a source: send replies, pull leads, tell what became of them; and what each takes."""
_HOMES = ("xiaohongshu.com", "oceanengine.com", "facebook.com")


def known(channel: str, told: Mapping[str, str]) -> dict[str, str]:
    """What was given, filled up with what is usual; without what the source has no use for."""
    return {one.name: told.get(one.name) or one.usual for one in ACCESS.get(channel, ())}


def has(told: Mapping[str, str], *names: str) -> bool:
    return all(told.get(name) for name in names)


def open_to(channel: str, way: str, told: Mapping[str, str]) -> bool:
    """Whether a source can be spoken to in this way, with what was given."""
    needed = WAYS.get(channel, {}).get(way)
    return needed is not None and has(told, *needed)


def may_ask(url: str, *, origins: Iterable[str] = ()) -> bool:
    """Whether an address is one of a platform's own, over TLS, or of an origin that the installation names:
    what a merchant types must not lead into the network that we stand in."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if f"{parts.scheme}://{parts.netloc}" in set(origins):
            return True
        at_home = any(host == home or host.endswith("." + home) for home in _HOMES)
        return parts.scheme == "https" and parts.port in (None, 443) and at_home and parts.username is None
    except ValueError:
        return False

"""Which addresses may be called at all: what a merchant types must not lead into the network we stand in.

The name is judged by what it resolves to, and that address itself is then connected to, so a name that answers
differently the second time is never asked twice. Special ranges: IANA special-purpose address registries.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

LONGEST = 500  # characters
_PORTS = {"https": 443, "http": 80}
_V4 = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers; 100.100.100.200 tells a machine of Alibaba Cloud its secrets
        "127.0.0.0/8",
        "168.63.129.16/32",  # the same for Azure
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_V6_OPEN = ipaddress.ip_network("2000::/3")
"""All of the Internet; outside lie loopback, link-local, private, multicast, IPv4-mapped and NAT64 forms."""
_V6 = tuple(
    ipaddress.ip_network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # tunnels name an IPv4 address inside
)


class Refused(ValueError):
    """``args[0]`` is a code: form, scheme, credentials, name, inside."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. ``open_inside``: the installation names its origin, so it may lie inside."""

    scheme: str
    host: str
    port: int
    path: str
    open_inside: bool = False

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse(url: str, *, origins: Iterable[str] = ()) -> Target:
    """Takes an address apart. Raises :class:`Refused` for one that is none, is not HTTPS or names itself an
    address inside, unless its origin is among those that the installation names."""
    if len(url) > LONGEST or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        raise Refused("form")
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        raise Refused("form") from None
    if parts.username is not None or parts.password is not None:
        raise Refused("credentials")
    named = f"{parts.scheme}://{parts.netloc}" in set(origins)
    if parts.scheme != "https" and not (named and parts.scheme == "http"):
        raise Refused("scheme")
    if not host or port == 0:
        raise Refused("form")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    target = Target(parts.scheme, host, port or _PORTS[parts.scheme], path, named)
    if not named and (literal := _literal(host)) and is_inside(literal):
        raise Refused("inside")
    return target


def is_inside(address: str) -> bool:
    """Whether an IP address (as a resolver tells it) lies anywhere else than on the open Internet."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # with a zone, or nothing we know
        return True
    if isinstance(found, ipaddress.IPv4Address):
        return any(found in net for net in _V4)
    return found.scope_id is not None or found not in _V6_OPEN or any(found in net for net in _V6)


def _ascii(host: str) -> str:
    """A name as resolvers know it; full-width digits and dots become plain ones."""
    return host if host.isascii() else host.encode("idna").decode()


def _literal(host: str) -> str:
    """The IP address that a host spells, in any form that resolvers take (decimal, hexadecimal, octal, short);
    empty for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""

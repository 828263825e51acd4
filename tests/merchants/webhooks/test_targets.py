"""Which addresses a webhook may go to, in every spelling that leads somewhere."""

from __future__ import annotations

import pytest

from merchants.webhooks.targets import Refused, Target, is_inside, parse

INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2400:3200::1%eth0",
    "fec0::1",
    "ff02::1",
]
OPEN = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "223.5.5.5"]
OPEN_V6 = ["2400:3200::1", "2606:4700:4700::1111", "2a00:1450:4001:800::200e"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_known_as_one(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize("address", [*OPEN, *OPEN_V6])
def test_an_address_of_the_internet_is_open(address: str) -> None:
    assert not is_inside(address)


@pytest.mark.parametrize("told", ["", "localhost", "999.1.1.1", "1.2.3"])
def test_what_is_no_address_is_never_open(told: str) -> None:
    assert is_inside(told)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "１２７.0.0.1",
        "127。0。0。1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1%25eth0]",
        "169.254.169.254",
        "2852039166",
        "10.0.0.1:8443",
    ],
)
def test_a_literal_address_inside_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(Refused, match="inside"):
        parse(f"https://{host}/hook")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "scheme"),
        ("hook", "scheme"),
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1:6379/_", "scheme"),
        ("https://", "form"),
        ("https:///hook", "form"),
        ("https://example.com:0/", "form"),
        ("https://example.com:99999/", "form"),
        ("https://exa mple.com/", "form"),
        ("https://example.com/\r\nX-Evil: 1", "form"),
        ("https://example.com/\0", "form"),
        ("https://[::1/", "form"),
        ("https://" + "a" * 500, "form"),
        ("https://user@example.com/", "credentials"),
        ("https://user:word@example.com/", "credentials"),
        ("https://example.com:443@127.0.0.1/", "credentials"),
    ],
)
def test_what_is_no_address_to_call_is_refused_with_its_reason(url: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(url)
    assert refused.value.args == (why,)


def test_an_address_is_taken_apart_as_it_will_be_called() -> None:
    assert parse("https://hooks.example.com/in/草?a=1&b=é#part") == Target(
        "https", "hooks.example.com", 443, "/in/%E8%8D%89?a=1&b=%C3%A9"
    )
    assert parse("https://例子.测试:8443") == Target("https", "xn--fsqu00a.xn--0zwm56d", 8443, "/")
    assert parse("https://例子.测试:8443").authority == "xn--fsqu00a.xn--0zwm56d:8443"
    assert parse("https://[2400:3200::1]/x").authority == "[2400:3200::1]"


def test_only_the_very_origin_that_the_installation_names_may_lie_inside() -> None:
    origins = ["http://127.0.0.1:9000"]
    assert parse("http://127.0.0.1:9000/hook", origins=origins) == Target(
        "http", "127.0.0.1", 9000, "/hook", open_inside=True
    )
    for other in ("http://127.0.0.1:9001/", "http://127.0.0.1/", "http://localhost:9000/"):
        with pytest.raises(Refused, match="scheme"):
            parse(other, origins=origins)
    with pytest.raises(Refused, match="inside"):
        parse("https://127.0.0.1:9000/", origins=origins)

"""How a person can be reached, found in what people write: phone numbers, WeChat ids, addresses (pure).

Numbers are read in full-width and other digits, with zero-width signs, blanks, dots, dashes and brackets between
them. Source of the plans: the numbering plan of mainland China (mobile numbers of 11 digits from 1, area codes from
0 with 7 or 8 digits behind), of Hong Kong and Macau (8 digits), E.164 elsewhere (15 digits at most). A WeChat id
has 6 to 20 signs (letters, digits, ``_``, ``-``) and is known by the word before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SIGN = r"\s.,\-‐-―−_·•*~/"
_GAP, _A_GAP = f"[{_SIGN}]{{0,3}}", f"[{_SIGN}]{{1,3}}"
_HOME = rf"(?:\(?(?:\+|0{{0,2}})86\)?{_GAP})?(?:\(0\){_GAP})?"
_LOCAL = rf"(?:[2-9]\d\d{_GAP}\d{{4}}|[2-9]\d{{3}}{_GAP}\d{{3,4}})"
_NUMBER = re.compile(
    rf"""(?<!\d)(?:
    {_HOME}(?P<mobile>
        \(?1[3-9]\d\)?{_GAP}\d{{4}}{_GAP}\d{{4}} | 1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}
        | 1[3-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}} | 1\s{{0,2}}[3-9](?:\s{{0,2}}\d){{9}} | 1{_A_GAP}[3-9](?:{_A_GAP}\d){{9}}
    )
    | (?:\(?(?:\+|00)86\)?{_GAP}\(?0?|\(?0)(?P<landline>(?:10|2\d|[3-9]\d\d)\)?{_GAP}{_LOCAL})
    | (?:\+|00)?\(?(?P<near>85[23]\)?{_GAP}[2-9]\d{{3}}{_GAP}\d{{4}})
    | \+\(?(?!86)(?P<abroad>[1-9](?:[\s.\-()]{{0,2}}\d){{6,14}})
    )(?!\d)""",
    re.VERBOSE,
)
_EMAIL = re.compile(r"(?P<email>[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)")
_CALLED = r"微信|薇信|威信|维信|v信|vx|wx|weixin|wechat|加\s?[vw]|(?<![a-z])v(?![a-z])"
_ALONE = r"(?![a-z0-9_\-])"
_WECHAT = re.compile(
    rf"(?P<called>{_CALLED})"
    rf"(?P<between>(?>[\s:=>,+]|账号|号|同|是|为|我|id{_ALONE}|(?>微信|薇信|v信|vx|wx|weixin|wechat|加?v){_ALONE}){{0,12}}+)"
    rf"(?P<wechat>[a-z][a-z0-9_\-]{{5,19}}|[1-9]\d{{5,10}}){_ALONE}",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<![\w\-])[A-Za-z][A-Za-z0-9_\-]{5,19}(?![\w\-@])", re.ASCII)
_ONE_NUMBER = re.compile(
    r"1[2-9]\d{9}|0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}|85[23][2-9]\d{7}|(?!86|85[23])[2-9]\d{6,14}"
)
_LONG = re.compile(r"\d(?:[\s.\-]{0,2}\d){6,}")
_ASKS_PHONE = re.compile(r"手机|电话|号码|联系方式|联系号|tel|phone|mobile|whatsapp", re.IGNORECASE)
_ASKS_WECHAT = re.compile(r"微信|联系方式|vx|weixin|wechat|wx", re.IGNORECASE)

Detail = tuple[str, str]
"""Kind (phone, wechat or email) and text."""


@dataclass(frozen=True, slots=True)
class Found:
    """A way to reach somebody, and which signs of the text it is: ``[start, end)``."""

    kind: str
    text: str
    start: int
    end: int


def plain(text: str) -> tuple[str, list[int]]:
    """The text with usual digits and letters and without what cannot be seen; and which sign of the text each
    of its signs comes from."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in {"Cf", "Mn", "Me", "Cc"} and not sign.isspace():
            continue
        for one in unicodedata.normalize("NFKC", sign):
            signs.append(str(unicodedata.digit(one)) if one.isdigit() else one)
            places.append(place)
    return "".join(signs), places


def found(text: str) -> list[Found]:
    """What of a text is a number, an id after the word for it, or an address; in their order, none within another."""
    told, places = plain(text)
    spans = [(*one.span(), "phone", _spelled(one.groupdict())) for one in _NUMBER.finditer(told)]
    spans += [(*one.span("email"), "email", one["email"].lower()) for one in _EMAIL.finditer(told)]
    spans += [(*one.span("wechat"), "wechat", one["wechat"]) for one in _WECHAT.finditer(told) if _is_id(one)]
    ways: list[Found] = []
    last = 0
    for start, end, kind, said in sorted(spans):
        if start >= last:
            ways.append(Found(kind, said, places[start], places[end - 1] + 1))
            last = end
    return ways


def _spelled(told: Mapping[str, str | None]) -> str:
    """A number as its digits; one of the mainland without its country code, an area code with its 0."""
    name, number = next((name, text) for name, text in told.items() if text)
    digits = re.sub(r"\D", "", number)
    return f"0{digits}" if name == "landline" else digits


def _is_id(one: re.Match[str]) -> bool:
    """Whether an id is meant: behind a word in Latin letters, a plain word may be just the next one."""
    said, called = one["wechat"], one["called"]
    if re.fullmatch(_CALLED, said, re.IGNORECASE):
        return False
    return not said.isalpha() or not called.isascii() or bool(re.search(r"[:=是为号]", one["between"]))


def numbers(text: str) -> list[str]:
    """The phone numbers in a text, each once."""
    return list(dict.fromkeys(one.text for one in found(text) if one.kind == "phone"))


def phone(text: str) -> str:
    """A phone number as its digits, without the country code of China. Of several the first; also one without
    area code or from abroad, where it is all that the text says. Empty when there is no valid one."""
    told = numbers(text)
    if told:
        return told[0]
    said = plain(text)[0].strip()
    whole = re.sub(r"\D", "", said) if re.fullmatch(_LOCAL, said) else said
    return whole if is_number(whole) else ""


def is_number(digits: str) -> bool:
    """Whether digits are one phone number, as :func:`phone` writes it."""
    return digits.isascii() and _ONE_NUMBER.fullmatch(digits) is not None


def wechat(text: str) -> str:
    """A WeChat id in one spelling: no blanks, small letters; the id alone where a word for it stands before."""
    told = [one.text for one in found(text) if one.kind == "wechat"]
    return re.sub(r"\s", "", told[0] if told else unicodedata.normalize("NFKC", text)).lower()


def masked(kind: str, text: str) -> str:
    """What may be shown of a contact detail: ``138****5678``, ``a***9``."""
    if kind == "phone" and len(text) >= 7:
        return f"{text[:3]}****{text[-4:]}" if len(text) >= 10 else f"{text[:1]}****{text[-2:]}"
    return f"{text[:1]}***{text[-1:]}" if len(text) > 2 else "***"


def without_numbers(text: str) -> str:
    """A text with the ways to reach somebody in it masked."""
    return _replaced(text, found(text))


def rest(text: str) -> str:
    """What a text says besides phone numbers."""
    left, last = "", 0
    for one in found(text):
        if one.kind == "phone":
            left, last = left + text[last : one.start] + " ", one.end
    return (left + text[last:]).strip()


def taken_out(answers: Iterable[tuple[str, str]]) -> tuple[list[Detail], list[tuple[str, str]]]:
    """The ways to reach somebody in the answers of a form, and the answers with those masked. What a question
    about a number or an id is answered with may be one without a word before it."""
    details: dict[Detail, None] = {}
    left: list[tuple[str, str]] = []
    for label, text in answers:
        ways = found(text) or _asked_for(label, text)
        details.update(dict.fromkeys((one.kind, one.text) for one in ways))
        said = _replaced(text, ways)
        if _ASKS_PHONE.search(label):
            said = _LONG.sub(lambda one: masked("phone", re.sub(r"\D", "", one[0])), plain(said)[0])
        left.append((label, said))
    return list(details), left


def _asked_for(label: str, text: str) -> list[Found]:
    number = phone(text) if _ASKS_PHONE.search(label) else ""
    if number:
        return [Found("phone", number, 0, len(text))]
    told, places = plain(text)
    ids = list(_ID.finditer(told)) if _ASKS_WECHAT.search(label) else []
    return [Found("wechat", one[0], places[one.start()], places[one.end() - 1] + 1) for one in ids[:1]]


def _replaced(text: str, ways: Iterable[Found]) -> str:
    told, last = "", 0
    for one in ways:
        told, last = told + text[last : one.start] + masked(one.kind, one.text), one.end
    return told + text[last:]

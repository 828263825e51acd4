"""Buckets of a platform's profile under one name each, however its export spells them (pure).

"18~24岁" and "18-24" are one age, "新一线" and "新一线城市" one tier; so a bucket that is told again replaces
itself. What is not known here keeps the words of its source: a bucket is never guessed.
"""

from __future__ import annotations

import re
import unicodedata

from measurement.choices import ProfileDimension

UNKNOWN = "unknown"
GENDERS = ("female", "male")
LENGTH = 40

_GENDERS = {
    **dict.fromkeys(("female", "f", "女", "女性", "女生"), "female"),
    **dict.fromkeys(("male", "m", "男", "男性", "男生"), "male"),
}
_UNKNOWN = frozenset({"unknown", "未知", "不详", "未识别"})
_TIERS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6"}
_TIER = re.compile(r"(新|new)?(?:tier|t)?([一二三四五六1-6])(?:线)?(?:城市)?(及以下)?(?:城市)?")
_SPAN = re.compile(r"(\d{1,3})(?:-|~|至|到|–|—)(\d{1,3})")
_UNDER = re.compile(r"<(\d{1,3})|(\d{1,3})以下")
_UP_TO = re.compile(r"(?:<=|≤)(\d{1,3})|(\d{1,3})及以下")
_OVER = re.compile(r">(\d{1,3})|(\d{1,3})以上")
_FROM = re.compile(r"(?:>=|≥)(\d{1,3})|(\d{1,3})(?:\+|及以上)")


def bucket(dimension: ProfileDimension, told: str) -> str:
    """The name of a bucket: ``female``, ``male``; ages ``18-24``, ``<18``, ``<=17``, ``>50``, ``50+`` in
    years; tiers of cities ``1``, ``new1``, ``2`` … and ``5-`` for that tier and below; ``unknown``; else the
    source's own words."""
    text = re.sub(r"[\s岁]", "", unicodedata.normalize("NFKC", told).casefold())
    if text in _UNKNOWN:
        return UNKNOWN
    match dimension:
        case ProfileDimension.GENDER:
            found = _GENDERS.get(text, "")
        case ProfileDimension.AGE:
            found = _age(text)
        case ProfileDimension.CITY_TIER:
            found = _tier(text)
    return found or told.strip()


def _age(text: str) -> str:
    if span := _SPAN.fullmatch(text):
        return f"{int(span[1])}-{int(span[2])}"
    for pattern, form in ((_UP_TO, "<={}"), (_UNDER, "<{}"), (_FROM, "{}+"), (_OVER, ">{}")):
        if found := pattern.fullmatch(text):
            return form.format(int(found[1] or found[2]))
    return ""


def _tier(text: str) -> str:
    found = _TIER.fullmatch(text)
    if found is None:
        return ""
    tier = _TIERS.get(found[2], found[2])
    return f"{'new' if found[1] else ''}{tier}{'-' if found[3] else ''}"


def order(dimension: ProfileDimension, name: str) -> tuple[int, float, str]:
    """Where a bucket stands in its dimension: as its kind is counted, then other words, the unknown last."""
    if name == UNKNOWN:
        return 2, 0, name
    match dimension:
        case ProfileDimension.GENDER if name in GENDERS:
            return 0, GENDERS.index(name), name
        case ProfileDimension.AGE if found := re.fullmatch(r"(<=?|>)?(\d+)(-\d+|\+)?", name):
            below = (found[1] or "").startswith("<")
            return 0, int(found[2]) - (0.5 if below else 0), name
        case ProfileDimension.CITY_TIER if found := re.fullmatch(r"(new)?(\d)-?", name):
            return 0, int(found[2]) + (0.5 if found[1] else 0), name
    return 1, 0, name

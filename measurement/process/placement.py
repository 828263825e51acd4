"""Which of K, F and S carried something: KOL content, feed ads or search ads (pure).

KFS is a planning term with budgets of its own, not a field of any report, so it is read from facts: what the
channel names, whether the note was a paid cooperation, and where the ad system placed the campaign.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from measurement.choices import Placement, TouchKind


class Carrier(StrEnum):
    KOL = "kol"  # a note whose blogger was paid, met without an ad
    FEED = "feed"  # paid delivery outside of search
    SEARCH = "search"  # paid delivery in search results
    OTHER = "other"  # unpaid notes, unpaid search, live streams: none of the three


CODES = {
    "1": Placement.FEED,
    "2": Placement.SEARCH,
    "4": Placement.SITE,
    "7": Placement.VIDEO_FEED,
    **{str(one): one for one in Placement},
}
"""Juguang's codes of ``placement`` as its report interface names them, and our own words. 4 may be either and
says nothing of the carrier; then the act tells, as it does where no placement is known or the code is another."""

SEARCH_PLACEMENTS = {code for code, one in CODES.items() if one == Placement.SEARCH}
FEED_PLACEMENTS = {code for code, one in CODES.items() if one in (Placement.FEED, Placement.VIDEO_FEED)}

_ACTS_OF_SEARCH = {TouchKind.SEARCH, TouchKind.SEARCH_CLICK}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a channel or of a row of cost. ``delivered``: a campaign or creative is named;
    ``cooperation``: a fee for the note is stated; ``worded``: a search word is named."""

    kind: str = ""
    delivered: bool = False
    placement: str = ""
    worded: bool = False
    noted: bool = False
    cooperation: bool = False


def carrier(facts: Facts) -> Carrier:
    """Paid delivery goes before the note that it shows: a cooperation's note in the feed is F.

    Of a delivery: its placement; where that is unknown or both, S for a searched word or an act of
    search, else F. Without delivery: K for a note that was paid for, else none of the three.
    """
    if facts.delivered:
        if facts.placement in SEARCH_PLACEMENTS:
            return Carrier.SEARCH
        if facts.placement in FEED_PLACEMENTS:
            return Carrier.FEED
        searched = facts.worded or facts.kind in _ACTS_OF_SEARCH
        return Carrier.SEARCH if searched else Carrier.FEED
    if facts.noted and facts.cooperation:
        return Carrier.KOL
    return Carrier.OTHER

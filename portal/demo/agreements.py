"""Who agreed on what with whom: the agency with its bloggers, merchants with the agency and with a blogger."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from merchants import tenancy
from merchants.models import Agreement, BloggerProfile, Merchant, Rate
from merchants.models.agreement import Right, Shown
from merchants.models.merchant import SELLERS
from merchants.operations import agreements, profiles, rates
from merchants.operations.agreements import Terms, today_of
from portal.demo import accounts
from portal.demo.cast import Brand, Person
from portal.demo.cast.bloggers import BLOGGERS
from portal.demo.cast.others import JUDENG
from portal.demo.partners.xiaohongshu_ark import blogger_id

BY = "system:demo"
SINCE = timedelta(days=180)  # the whole world
EVERYTHING = tuple(one.value for one in Shown)
CONSENTS = {"hexiaoshao": (Shown.DELIVERY.value, Shown.RECORD.value)}  # all others show everything
STILL_OFFERED = "yuntingli"
FEN_A_FOLLOWER = {Rate.Work.PICTURES: 3, Rate.Work.VIDEO: 5}


def put(merchant: Merchant, brand: Brand) -> None:
    """Binds the bloggers who wrote for a brand and lets the agency see their notes there."""
    represented = [BLOGGERS[code] for code in brand.people if BLOGGERS[code].agency]
    if brand.kind not in SELLERS or not represented:
        return
    agency = accounts.merchant_of(JUDENG)
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(
            pk=agency.pk
        )  # another brand may be planted beside
        for person in represented:
            _bind(agency, person)
    terms = Terms(_since(merchant), None, figures=CONSENTS.get(brand.code, EVERYTHING))
    if brand.code == STILL_OFFERED:
        if not _known(agency, merchant=merchant):
            agreements.offer(agency, str(merchant.public_id), terms, by=BY)
        return
    for partner in (agency, accounts.blogger_of(represented[0])):
        if not _known(merchant, partner=partner):
            _agree(merchant, partner, terms)


def _bind(agency: Merchant, person: Person) -> None:
    blogger = accounts.blogger_of(person)
    with tenancy.acting_for(blogger):
        known = BloggerProfile.objects.for_merchant(blogger).exists()
    if not known:
        told = {"external_id": blogger_id(person.code), "name": person.name, "followers": person.followers}
        profiles.state(blogger, told, by=BY)
        today = today_of(blogger)
        for work, fen_a_follower in FEN_A_FOLLOWER.items():
            fen = person.followers * fen_a_follower // 10_000 * 10_000  # whole hundreds of yuan
            rates.state(blogger, work=work, fen=fen, valid_from=today, today=today, by=BY)
    if not _known(blogger, partner=agency):
        _agree(blogger, agency, Terms(_since(blogger), None, rights=(Right.NOTES, Right.LIVE)))


def _agree(giver: Merchant, taker: Merchant, terms: Terms) -> None:
    for row in agreements.offer(giver, str(taker.public_id), terms, by=BY):
        agreements.accept(taker, row.pk, by=BY)


def _known(acting: Merchant, /, **sides: Merchant) -> bool:
    with tenancy.acting_for(acting):
        return bool(Agreement.objects.filter(**sides).exists())


def _since(merchant: Merchant) -> date:
    return today_of(merchant) - SINCE

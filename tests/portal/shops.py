"""A merchant that holds notes of a blogger with an account, and of somebody without."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from measurement.models import Note
from merchants import tenancy
from merchants.periods import start_of
from tests.measurement.world import World
from tests.merchants.agreements.parties import BLOGGER_ID, Parties

BUYERS = 21
PRICE = 9_900
EVERYTHING = ["delivery", "cost", "return"]


class Shop(World):
    """Days count back from today."""

    today: date

    def day(self, ago: int) -> str:
        return (self.today - timedelta(days=ago)).isoformat()

    def publish(self, title: str, ago: int, blogger: str = BLOGGER_ID) -> Note:
        note = self.note(title, blogger)
        Note.objects.filter(pk=note.pk).update(published_at=start_of(date.fromisoformat(self.day(ago))))
        return note

    def bought(self, title: str, ago: int, buyers: int) -> None:
        for number in range(buyers):
            who = f"{title} {number}"
            self.touch(who, self.day(ago + 1), title)
            self.order(f"{title}-{number}", self.day(ago), PRICE, person=who)


def bare_shop(parties: Parties) -> Shop:
    with tenancy.acting_for(parties.brand):
        made = Shop(parties.brand)
        made.today = parties.today
        with connection.cursor() as cursor:
            cursor.execute("SELECT measurement_add_touch_months(%s, %s)", [parties.ago(120), parties.today])
    return made


def open_shop(parties: Parties) -> Shop:
    """Two notes of the blogger in the last month, one with few buyers; an older one; one of somebody else."""
    made = bare_shop(parties)
    with tenancy.acting_for(parties.brand):
        made.publish("冬天的修护", 20)
        made.publish("三分钟护肤", 10)
        made.publish("去年的清单", 100)
        made.publish("别人的笔记", 15, blogger="somebody-else")
        made.bought("冬天的修护", 5, BUYERS)
        made.bought("三分钟护肤", 5, 2)
        made.bought("别人的笔记", 5, BUYERS)
        for title in ("冬天的修护", "三分钟护肤", "别人的笔记"):
            made.spend(
                made.day(6), 50_000, note=title, source="juguang", kind="ads",
                metrics={"impression": 1000, "click": 30, "like": 7},
            )  # fmt: skip
        made.compute()
    return made

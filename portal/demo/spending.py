"""Costs that no report tells: inside or outside an Alliance task, samples, the agency, what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from measurement.alliance import reader
from measurement.alliance.costs import JUGUANG, SpendRow, from_juguang
from measurement.choices import SpendKind, Task
from measurement.operations import spend
from merchants.models import Merchant
from portal.demo.cast.bloggers import AGENCY
from portal.demo.world import World

SOURCE = "file"


def put(merchant: Merchant, world: World, calls: Iterable[Mapping[str, Any]], *, by: str) -> None:
    """States the task of what the reports in ``calls`` cost, and the other costs of the world."""
    spend.put(merchant, _with_tasks(world, calls), source=JUGUANG, by=by)
    spend.put(merchant, _others(world), source=SOURCE, by=by)


def _with_tasks(world: World, calls: Iterable[Mapping[str, Any]]) -> Iterator[SpendRow]:
    """The same days of cost with their task; of the newest campaign nobody has said it yet."""
    tasks = {
        campaign.id: Task.IN_TASK if campaign.drive.in_task else Task.OUT_OF_TASK
        for campaign in world.content.campaigns[:-1]
    }
    for call in calls:
        page = reader("xiaohongshu_juguang").read(call)
        for row in from_juguang(page.rows, received_at=world.until):
            if task := tasks.get(row.campaign_id):
                yield replace(row, natural_key=f"{row.natural_key}|{task}", task=task)


def _others(world: World) -> Iterator[SpendRow]:
    for cost in world.other_costs:
        yield SpendRow(
            natural_key=cost.key,
            day=cost.day,
            fen=cost.fen,
            stated_at=world.until,
            level="note" if cost.note else "account",
            kind=SpendKind(cost.kind),
            note_id=cost.note.id if cost.note else "",
            agency=AGENCY if cost.kind == SpendKind.AGENCY_FEE else "",
        )

"""A list of people as a CSV that comes back with an arm beside each; what names them is never kept."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from measurement.columns.persons import key_of, person_columns
from measurement.intake_kinds.prepared import surroundings
from merchants.intake.columns import Column, spelled, spellings
from merchants.intake.problems import Refused
from merchants.models import Merchant
from merchants.remedies import remedy

LIMIT = 10 * 1024 * 1024
VARIANT = "variant"


class Unusable(ValueError):
    """The list cannot be taken as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as it came, and the key of each of its rows."""

    header: list[str]
    rows: list[list[str]]
    keys: list[UUID]

    def with_arms(self, coin: dict[str, int]) -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([*self.header, VARIANT])
        for row, key in zip(self.rows, self.keys, strict=True):
            writer.writerow([*row, coin[str(key)]])
        return "\ufeff" + text.getvalue()


def read(merchant: Merchant, file: Any) -> Listed:
    """Reads ``person, person_kind[, person_namespace]`` and whatever stands beside. Raises :class:`Unusable`."""
    if file is None or file.size > LIMIT:
        raise Unusable(_("Choose a CSV file of at most 10 MB with the columns person and person_kind."))
    try:
        text = file.read().decode("utf-8-sig")
        table = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        raise Unusable(_("The list is no CSV in UTF-8. Save it as CSV UTF-8 and try again.")) from None
    if len(table) < 2:
        raise Unusable(_("The list is empty."))
    header, rows = table[0], table[1:]
    places = _places(header)
    around = surroundings(merchant)
    keys: list[UUID] = []
    for line, row in enumerate(rows, 2):
        try:
            if len(row) != len(header):
                raise Refused("too_few_cells", found=len(row), expected=len(header))
            values = {column.name: column.read(row[place]) for column, place in places}
            found = key_of(values, around)
            if found is None:
                raise Refused("missing", "person")
        except Refused as refused:
            said = _("Line %(line)d: %(remedy)s Nothing was taken in.")
            raise Unusable(said % {"line": line, "remedy": remedy(refused.code, refused.params)}) from None
        keys.append(found[1])
    return Listed(header, rows, keys)


def _places(header: list[str]) -> list[tuple[Column, int]]:
    known = spellings(person_columns("", required=True))
    found = {known[spelled(name)].name: place for place, name in enumerate(header) if spelled(name) in known}
    missing = [column.name for column in known.values() if column.required and column.name not in found]
    if missing:
        raise Unusable(
            _("These columns are missing: %(columns)s.") % {"columns": ", ".join(sorted(set(missing)))}
        )
    by_name = {column.name: column for column in known.values()}
    return [(by_name[name], place) for name, place in found.items()]

"""The register of what is kept of people, as people state it. Deleting stands in ``purge``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from measurement.choices import Kept, Purpose, Sensitive
from measurement.models import KeptSource, SensitiveConsent
from measurement.queries.keeping import least_days
from merchants import audit, tenancy
from merchants.models import Merchant


class TooShort(ValueError):
    """Fewer days than the longest decision cycle in use: ``least`` is the shortest that holds."""

    def __init__(self, days: int, least: int) -> None:
        super().__init__(f"{days} days are fewer than the longest decision cycle, {least} days")
        self.days, self.least = days, least


@dataclass(frozen=True, slots=True)
class Statement:
    """What people say of a source. ``days`` None goes back to the default of its kind."""

    purpose: Purpose
    basis: str
    since: date
    days: int | None = None


def known(merchant: Merchant, kind: Kept, source: str) -> KeptSource:
    """The row of a source, made when its first rows come. Inside the transaction that takes them in."""
    row: KeptSource
    row, _ = KeptSource.objects.for_merchant(merchant).get_or_create(
        merchant=merchant, kind=kind, source=source[:80]
    )
    return row


def state(merchant: Merchant, row: KeptSource, said: Statement, *, by: str) -> None:
    """Records purpose, basis and days of a source. Raises :class:`TooShort`."""
    with tenancy.acting_for(merchant):
        least = least_days(merchant, Kept(row.kind))
        if said.days is not None and said.days < least:
            raise TooShort(said.days, least)
        row.purpose, row.basis, row.basis_since = said.purpose, said.basis.strip()[:300], said.since
        row.days, row.set_by, row.set_at = said.days, by, datetime.now(UTC)
        row.save()
        audit.record(
            merchant,
            "measurement.keeping.stated",
            by=by,
            on=row,
            kind=row.kind,
            source=row.source,
            purpose=row.purpose,
            basis=row.basis,
            since=said.since.isoformat(),
            days=said.days,
        )


def allow(merchant: Merchant, use: Sensitive, *, consent: str, since: date, by: str) -> None:
    """Switches a use of a sensitive trade on, with the consent that it rests on."""
    with tenancy.acting_for(merchant):
        row, _ = SensitiveConsent.objects.update_or_create(
            merchant=merchant,
            use=use,
            defaults={"consent": consent.strip()[:300], "since": since, "recorded_by": by},
        )
        audit.record(
            merchant,
            "measurement.sensitive.allowed",
            by=by,
            on=row,
            use=use,
            consent=row.consent,
            since=since.isoformat(),
        )


def forbid(merchant: Merchant, use: Sensitive, *, by: str) -> None:
    """Switches it off again; doing so twice is nothing new."""
    with tenancy.acting_for(merchant):
        gone, _ = SensitiveConsent.objects.for_merchant(merchant).filter(use=use).delete()
        if gone:
            audit.record(merchant, "measurement.sensitive.forbidden", by=by, use=use)

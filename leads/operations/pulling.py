"""Asking sources for leads: every answer is kept whole before it is read, and a round goes on where it stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from leads.channels import form_round, meta, pulling
from leads.channels.calls import Answer, Ask, Call, Outcome, Took, Unreachable, pause
from leads.channels.facts import Delivery
from leads.channels.feiyu import PAGE
from leads.models import Sighting, Source
from leads.operations import deliveries, sources
from leads.operations.asking import ask
from merchants import tenancy
from merchants.models import Connection, Merchant
from merchants.periods import day_of

HELD = timedelta(minutes=1)  # longer than a call may take
LONGEST = timedelta(hours=1)
EVERY = timedelta(minutes=10)  # Feiyu says that long after a lead whether it is valid
FIRST = timedelta(days=7)  # how far back the first round goes: feedback is taken for as long
LOOK_BACK = timedelta(hours=24)  # what changed since a round is seen by the next ones
FETCH_EVERY = timedelta(minutes=1)
FETCHES = 8  # attempts at one lead's contents
FORMS_EVERY = timedelta(hours=1)  # a page with one lead in 90 days may be asked 4,800 times a day
PAGES = 1_000  # of a round; more is no answer that ends


def pull_some(merchant: Merchant, source_id: int, *, now: datetime | None = None, by: Ask = ask) -> bool:
    """Asks for one page, or for the contents of one lead; True while there is more to ask for now.

    The place in a round moves on in the transaction that keeps the answer: a worker that is killed asks for the
    same page again, and what is known already changes nothing.
    """
    moment = now or datetime.now(UTC)
    source = _claim(merchant, source_id, moment)
    if source is None:
        return False
    if sources.is_paused(source):
        return _failed(merchant, source, Outcome(Took.AGAIN, "paused"), moment)
    step = {"feiyu": _page, "meta": _contents}[source.channel]
    return step(merchant, source, moment, by)


def _claim(merchant: Merchant, source_id: int, now: datetime) -> Source | None:
    with tenancy.acting_for(merchant):
        rows = Source.objects.for_merchant(merchant).select_for_update(skip_locked=True, of=("self",))
        found: Source | None = rows.filter(pk=source_id, active=True, pull_at__lte=now).first()
        if found is not None:
            found.pull_at = now + HELD
            found.save(update_fields=["pull_at"])
    return found


def _page(merchant: Merchant, source: Source, now: datetime, by: Ask) -> bool:
    span: dict[str, Any] = source.pull_span or _span(source, now)
    given = sources.given_to(source)
    call = pulling.feiyu_page(given, span["start"], span["end"], span["page"], now)
    answer = _asked(by, call)
    if isinstance(answer, Outcome):
        return _failed(merchant, source, answer, now)
    outcome, rows, count = pulling.feiyu_answer(answer)
    if outcome.took is not Took.ACCEPTED:
        return _failed(merchant, source, outcome, now)
    last = rows == 0 or span["page"] >= PAGES
    last = last or (rows < PAGE if count is None else span["page"] * PAGE >= count)
    source.pull_span = {} if last else {**span, "page": span["page"] + 1}
    if last:
        source.pulled_to = datetime.fromisoformat(span["asked_at"])
    with tenancy.acting_for(merchant):
        if rows:
            path = f"/pull-clues/{span['start']}/{span['end']}/{span['page']}"
            deliveries.keep_pulled(source, Delivery(answer.body, method="GET", path=path), now=now)
        _answered(merchant, source, now + EVERY if last else now)
    return not last


def _span(source: Source, now: datetime) -> dict[str, Any]:
    """The days of a new round, the last one not yet begun, so that today is in it however the end counts."""
    until = day_of(now) + timedelta(days=1)
    return {
        "start": f"{day_of(_since(source, now))}",
        "end": f"{until}",
        "page": 1,
        "asked_at": now.isoformat(),
    }


def _since(source: Source, now: datetime) -> datetime:
    return (source.pulled_to or now - FIRST) - LOOK_BACK


def _contents(merchant: Merchant, source: Source, now: datetime, by: Ask) -> bool:
    """The contents of the lead that waits longest for them; when none waits, a page of the forms."""
    with tenancy.acting_for(merchant):
        waiting = Sighting.objects.for_merchant(merchant).filter(
            source=source, contents_at=None, fetch_attempts__lt=FETCHES
        )
        row = waiting.filter(fetch_at__lte=now).order_by("fetch_at", "pk").first()
        if row is None and not _forms_are_due(source, now):
            _answered(merchant, source, now + FETCH_EVERY)
            return False
        if row is not None:
            mine = Sighting.objects.for_merchant(merchant).filter(pk=row.pk)
            mine.update(
                fetch_attempts=F("fetch_attempts") + 1, fetch_at=now + pause(row.fetch_attempts + 1, LONGEST)
            )
    if row is None:
        return _forms(merchant, source, now, by)
    answer = _asked(by, pulling.meta_lead(sources.given_to(source), row.external_id))
    outcome = answer if isinstance(answer, Outcome) else pulling.meta_answer(answer)
    if isinstance(answer, Outcome) or outcome.took in (Took.AGAIN, Took.WAITS):
        with tenancy.acting_for(merchant):  # the source's fault, not this lead's
            mine.update(fetch_attempts=row.fetch_attempts, fetch_at=now)
        return _failed(merchant, source, outcome, now)
    with tenancy.acting_for(merchant):
        if outcome.took is Took.ACCEPTED:
            kept = Delivery(answer.body, method="GET", path=f"/leadgen/{row.external_id}")
            deliveries.keep_pulled(source, kept, now=now)
        else:
            source.pull_failures, source.pull_error = 0, f"{row.external_id}: {outcome.why}"[:200]
        _answered(merchant, source, now)
    return True


def _forms_are_due(source: Source, now: datetime) -> bool:
    if source.pull_span:
        return form_round.is_due(source.pull_span, now)
    return source.pulled_to is None or now >= source.pulled_to + FORMS_EVERY


def _forms(merchant: Merchant, source: Source, now: datetime, by: Ask) -> bool:
    """The next page of a round through the forms. What is wrong with it holds up no lead whose contents are
    waited for: the round alone waits, and a form that is gone is left out."""
    at: form_round.Round = source.pull_span or form_round.begun(now, _since(source, now))
    form = at["forms"][0] if at["listed"] else ""
    answer = _asked(by, form_round.call(sources.given_to(source), at))
    outcome = answer if isinstance(answer, Outcome) else form_round.judged(answer)
    if not source.pull_span or at["failures"] or source.pull_failures:
        source.pull_failures, source.pull_error = 0, ""
    if isinstance(answer, Answer) and outcome.took is Took.ACCEPTED:
        source.pull_span = form_round.gone_on(at, answer.told)
    elif form and outcome.took is Took.REJECTED:
        source.pull_span, source.pull_error = form_round.skipped(at), f"{form}: {outcome.why}"[:200]
    else:
        source.pull_span, source.pull_error = form_round.put_off(at, now, LONGEST), outcome.why[:200]
    if not source.pull_span:
        source.pulled_to = datetime.fromisoformat(at["asked_at"])
    more = form_round.is_due(source.pull_span, now)
    with tenancy.acting_for(merchant):
        if form and isinstance(answer, Answer) and meta.rows(answer.told):
            kept = Delivery(answer.body, method="GET", path=f"/{form}/leads/{at['after']}")
            deliveries.keep_pulled(source, kept, now=now)
        _answered(merchant, source, now if more else now + FETCH_EVERY)
    return more


def _asked(by: Ask, call: Call) -> Answer | Outcome:
    try:
        return by(call)
    except Unreachable as lost:
        return Outcome(Took.AGAIN, f"unreachable: {lost}")


def _answered(merchant: Merchant, source: Source, next_at: datetime) -> None:
    if source.pull_failures:
        source.pull_error = ""
    source.pull_at, source.pull_failures = next_at, 0
    source.save(update_fields=["pull_at", "pull_span", "pulled_to", "pull_failures", "pull_error"])
    Connection.objects.for_merchant(merchant).filter(pk=source.connection_id).update(last_error="")


def _failed(merchant: Merchant, source: Source, outcome: Outcome, now: datetime) -> bool:
    """Asked again after a pause, at the same place."""
    source.pull_failures += 1
    source.pull_error = outcome.why[:200]
    source.pull_at = now + pause(source.pull_failures, LONGEST)
    with tenancy.acting_for(merchant):
        source.save(update_fields=["pull_at", "pull_failures", "pull_error"])
        Connection.objects.for_merchant(merchant).filter(pk=source.connection_id).update(
            last_error=outcome.why[:400]
        )
    return False

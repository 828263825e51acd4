"""Tasks of measurement: each loads ids and makes one call."""

from __future__ import annotations

import smtplib
import time
from datetime import UTC, datetime

from celery import shared_task

from measurement import letters
from measurement.operations import (
    asking,
    audiences,
    comment_labels,
    credit_days,
    crowd_flows,
    crowd_spells,
    cycle_learning,
    cycle_previews,
    deliveries,
    expand,
    journey_models,
    journeys,
    purge,
    readouts,
    recompute,
    reported,
    response,
    sales,
    schedules,
    statistics,
    tallies,
)
from measurement.queries import experiments, saved
from measurement.queries import work as waiting
from merchants import tenancy
from merchants.background import RESTING, Task, wake
from merchants.models import Merchant
from merchants.periods import day_of

SPELL_SECONDS = 15  # a task hands on before its time limit


@shared_task(base=Task, name="measurement.work")
def work(*, merchant_id: int) -> None:
    """Expands and computes what waits for a merchant, for a while, then hands on to the next task."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    changed = 0
    while time.monotonic() < until:
        statistics.refresh()
        expand.pending(merchant)
        done = recompute.compute(merchant)
        if done is None:
            if not credit_days.renew(merchant):
                break
            continue
        changed += done.changed
    else:
        wake("measurement.work", merchant_id=merchant_id)
    if changed:
        asking.ask(merchant)


@shared_task(base=Task, name="measurement.judge")
def judge(*, merchant_id: int) -> None:
    """Judges a merchant's spend anew, and what hangs on it. A merchant whose ledger still changes is judged
    as it stands now and again later."""
    from measurement.operations import judgement

    judgement.renew(Merchant.objects.get(pk=merchant_id), now=datetime.now(UTC))


@shared_task(base=Task, name="measurement.sweep_judging")
def sweep_judging() -> None:
    """Finds merchants whose spend is to be judged anew: asked for, or a new day."""
    for merchant_id in waiting.merchants_to_judge():
        wake("measurement.judge", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.apply_delivery")
def apply_delivery(*, merchant_id: int, delivery_id: int) -> None:
    deliveries.apply(Merchant.objects.get(pk=merchant_id), delivery_id, again=False)


@shared_task(base=Task, name="measurement.sweep")
def sweep() -> None:
    """The safety net: finds work whose hint was lost."""
    for merchant_id, delivery_id in waiting.deliveries_to_apply():
        wake("measurement.apply_delivery", merchant_id=merchant_id, delivery_id=delivery_id)
    for merchant_id in waiting.merchants_with_work():
        wake("measurement.work", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.crowds")
def crowds(*, merchant_id: int) -> None:
    """Brings a merchant's layers up to date, then what pages asked for; hands on when it takes long."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    while time.monotonic() < until:
        if crowd_spells.compute(merchant) is None:
            crowd_flows.prepare(merchant)
            crowd_flows.compute_asked(merchant)
            audiences.count_old(merchant)
            return
    wake("measurement.crowds", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.sweep_crowds")
def sweep_crowds() -> None:
    """People's layers follow their touches and orders within a minute."""
    for merchant_id in waiting.merchants_with_moved_people():
        wake("measurement.crowds", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.crowds_of_the_day")
def crowds_of_the_day() -> None:
    """A day has become complete: the spans that pages open with move on."""
    for merchant_id in Merchant.objects.values_list("pk", flat=True):
        wake("measurement.crowds", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.tally")
def tally(*, merchant_id: int) -> None:
    """Counts touches that came or went, for a while, then hands on to the next task."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    while tallies.renew(merchant):
        if time.monotonic() >= until:
            wake("measurement.tally", merchant_id=merchant_id)
            return


@shared_task(base=Task, name="measurement.sweep_tallies")
def sweep_tallies() -> None:
    """Finds touches to be counted whose hint was lost."""
    for merchant_id in waiting.merchants_to_tally():
        wake("measurement.tally", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.purge_comments")
def purge_comments() -> None:
    """Deletes comments that are kept no longer, merchant by merchant."""
    now = datetime.now(UTC)
    for merchant in Merchant.objects.order_by("pk").iterator():
        reported.purge_comments(merchant, now=now)


@shared_task(base=Task, name="measurement.delete_old")
def delete_old(*, merchant_id: int) -> None:
    """Deletes touches and joins that are kept no longer, for a while, then hands on to the next task."""
    merchant = Merchant.objects.get(pk=merchant_id)
    now, until = datetime.now(UTC), time.monotonic() + SPELL_SECONDS
    while purge.step(merchant, now=now):
        if time.monotonic() >= until:
            wake("measurement.delete_old", merchant_id=merchant_id)
            return


@shared_task(base=Task, name="measurement.sweep_old")
def sweep_old() -> None:
    """A day has passed: every merchant's oldest day may have to go."""
    for merchant_id in Merchant.objects.values_list("pk", flat=True):
        wake("measurement.delete_old", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.learn_cycles")
def learn_cycles(*, merchant_id: int) -> None:
    """Goes on with the merchant's learning for a while, then hands on to the next task."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    while time.monotonic() < until:
        if not cycle_learning.advance(merchant):
            return
    wake("measurement.learn_cycles", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.preview_cycle")
def preview_cycle(*, merchant_id: int) -> None:
    """Goes on with the merchant's previews for a while, then hands on to the next task."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    while time.monotonic() < until:
        if not cycle_previews.advance(merchant):
            return
    wake("measurement.preview_cycle", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.resume_cycles")
def resume_cycles() -> None:
    """Wakes workers for learnings and previews whose worker, or whose message, was lost."""
    learning, previews = waiting.cycles_to_go_on()
    for merchant_id in learning:
        wake("measurement.learn_cycles", merchant_id=merchant_id)
    for merchant_id in previews:
        wake("measurement.preview_cycle", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.learn_due_cycles")
def learn_due_cycles() -> None:
    """Starts learning for every merchant whose last run is a week old."""
    for merchant in Merchant.objects.order_by("pk").iterator():
        cycle_learning.begin_if_due(merchant, by="system:beat")


@shared_task(base=Task, name="measurement.sweep_letters")
def sweep_letters() -> None:
    """Finds schedules that are due and letters that wait."""
    for merchant_id in saved.merchants_with_letters(datetime.now(UTC)):
        wake("measurement.write_letters", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.write_letters", **RESTING)
def write_letters(*, merchant_id: int) -> None:
    schedules.write_due(Merchant.objects.get(pk=merchant_id), now=datetime.now(UTC))


@shared_task(base=Task, name="measurement.send_mailing", **RESTING)
def send_mailing(*, merchant_id: int, mailing_id: int) -> None:
    """Composes a letter and hands it to the mail server; what the server refuses waits for the next sweep."""
    merchant = Merchant.objects.get(pk=merchant_id)
    now = datetime.now(UTC)
    mailing = schedules.claim(merchant, mailing_id, now=now)
    if mailing is None:
        return
    with tenancy.acting_for(merchant):
        letter = letters.compose(merchant, mailing.schedule, now=now)
        to = saved.addresses(merchant, mailing.schedule)
    try:
        letters.send(letter, mailing=mailing, to=to)
    except (OSError, smtplib.SMTPException) as refused:
        schedules.not_sent(merchant, mailing_id, error=type(refused).__name__)
        return
    schedules.sent(merchant, mailing_id, to=len(to), now=datetime.now(UTC))


@shared_task(base=Task, name="measurement.estimate_whole")
def estimate_whole(*, merchant_id: int) -> None:
    """Estimates the wholes that were asked for, series by series, for a while, then hands on."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    while time.monotonic() < until:
        if not response.step(merchant):
            return
    wake("measurement.estimate_whole", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.wholes_of_the_day")
def wholes_of_the_day() -> None:
    """Another day is complete: asks for every merchant's estimates anew."""
    for merchant in Merchant.objects.all():
        response.ask(merchant, by=response.BEAT)


@shared_task(base=Task, name="measurement.sweep_wholes")
def sweep_wholes() -> None:
    """Finds estimates that were asked for and whose hint was lost."""
    for merchant_id in waiting.merchants_with_wholes_to_estimate():
        wake("measurement.estimate_whole", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.experiment")
def experiment(*, merchant_id: int, experiment_id: int) -> None:
    """Moves an experiment on by time and computes what its state allows."""
    readouts.look(Merchant.objects.get(pk=merchant_id), experiment_id)


@shared_task(base=Task, name="measurement.sweep_experiments")
def sweep_experiments() -> None:
    """Finds experiments that time moves on, that are not fresh, or whose hint was lost."""
    now = datetime.now(UTC)
    for merchant_id, experiment_id in experiments.due(now, day_of(now)):
        wake("measurement.experiment", merchant_id=merchant_id, experiment_id=experiment_id)


@shared_task(base=Task, name="measurement.count_sales")
def count_sales(*, merchant_id: int) -> None:
    """Sales, buyers and live streams, counted anew when the ledger moved."""
    sales.renew(Merchant.objects.get(pk=merchant_id))


@shared_task(base=Task, name="measurement.sweep_sales")
def sweep_sales() -> None:
    """Every merchant's turn; one whose ledger stood still costs one look."""
    for merchant_id in Merchant.objects.values_list("pk", flat=True):
        wake("measurement.count_sales", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.count_journeys")
def count_journeys(*, merchant_id: int) -> None:
    """Counts journeys of days that are over or changed, then models what pages asked for; hands on when it
    takes long."""
    merchant = Merchant.objects.get(pk=merchant_id)
    until = time.monotonic() + SPELL_SECONDS
    while journeys.renew(merchant):
        if time.monotonic() >= until:
            wake("measurement.count_journeys", merchant_id=merchant_id)
            return
    journey_models.prepare(merchant)
    while journey_models.answer_one(merchant):
        if time.monotonic() >= until:
            wake("measurement.count_journeys", merchant_id=merchant_id)
            return


@shared_task(base=Task, name="measurement.sweep_journeys")
def sweep_journeys() -> None:
    """Finds questions without an answer, and days that changed a while ago."""
    for merchant_id in waiting.merchants_with_journeys():
        wake("measurement.count_journeys", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.journeys_of_the_day")
def journeys_of_the_day() -> None:
    """A day is over: the windows that closed in it are counted, and the spans of pages move on."""
    for merchant_id in Merchant.objects.values_list("pk", flat=True):
        wake("measurement.count_journeys", merchant_id=merchant_id)


@shared_task(base=Task, name="measurement.label_comments")
def label_comments(*, merchant_id: int) -> None:
    """Labels a merchant's comments for a while, learning first where people corrected enough."""
    merchant = Merchant.objects.get(pk=merchant_id)
    comment_labels.learn_if_due(merchant)
    until = time.monotonic() + SPELL_SECONDS
    while comment_labels.label_waiting(merchant):
        if time.monotonic() >= until:
            wake("measurement.label_comments", merchant_id=merchant_id)
            return


@shared_task(base=Task, name="measurement.sweep_comments")
def sweep_comments() -> None:
    """Comments that came in, or that a learning has outdated, are labelled within minutes."""
    for merchant_id in Merchant.objects.values_list("pk", flat=True):
        wake("measurement.label_comments", merchant_id=merchant_id)

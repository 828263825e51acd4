"""People whom content reached take part in a holdout: nobody but an operator takes their keys, none are counted."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from measurement.models import Experiment
from measurement.operations import experiments
from measurement.operations.assignments import is_of_strangers
from measurement.privacy import published
from measurement.queries import experiments as reading
from merchants.periods import day_of
from tests.measurement.experiments.trials import BY, DURING, NOW, acts, buy, draft, looked, people
from tests.measurement.world import World

NEXT_MONTH = (day_of(timezone.now()) + timedelta(days=30)).isoformat()


@pytest.fixture
def reached(world: World) -> Experiment:
    """120 people whom a note reached, of whom each bought; registered, 60 or so in each arm."""
    for person in people(120):
        world.touch(person, "2026-10-01", "Winter repair")
    buy(world, [(p, "2026-10-25", 10_000 + 100 * n) for n, p in enumerate(people(120))])
    plan = draft(spu=world.spu(), hoped_lift=0.5)
    row = looked(experiments.plan(world.merchant, plan, by=BY, now=NOW), NOW)
    return looked(
        experiments.register(world.merchant, row, by=BY, reason="A first try of it", now=NOW), DURING
    )


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    return client


def handed(row: Experiment, **told: str) -> list[dict[str, str]]:
    terms = {"purpose": "Exclude the held back", "to": "Juguang", "delete_by": NEXT_MONTH} | told
    out = io.StringIO()
    options = [f"--{name.replace('_', '-')}={value}" for name, value in terms.items()]
    call_command("assignment", row.merchant.code, str(row.pk), *options, "--operator=1", stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_no_page_gives_the_keys_of_people_whom_content_reached(reached, page):
    address = reverse("measurement:assignment", args=[reached.merchant.code, reached.pk])
    answer = page.get(address)
    assert answer.status_code == 422
    assert "an operator hands the arms over" in answer.content.decode()
    shown = page.get(reverse("measurement:experiment", args=[reached.merchant.code, reached.pk]))
    assert address not in shown.content.decode()
    assert "assignment_taken" not in acts(reached)


def test_people_whom_content_reached_are_counted_in_steps_and_hidden_below_k(reached, page, settings):
    settings.PRIVACY_THRESHOLD = 50
    arms = reading.arms(reached.merchant, reached)  # as the coin fell
    shown = {arm: published(people, 50) or "fewer than 50" for arm, people in arms.items()}
    address = reverse("measurement:experiment", args=[reached.merchant.code, reached.pk])
    said = " ".join(page.get(address).content.decode().split())
    assert f'<th scope="row">Held back</th><td class="num">{shown[0]} </td>' in said
    assert f'<th scope="row">Treated</th><td class="num">{shown[1]} </td>' in said
    assert '<th scope="row">Treated and really shown</th><td class="num">fewer than 50 </td>' in said


def test_an_operator_hands_them_over_for_a_purpose_and_a_time_and_the_trail_says_so(reached):
    assert is_of_strangers(reached)
    rows = handed(reached)
    assert {line["person_key"]: int(line["variant"]) for line in rows} == dict(
        reading.participants(reached.merchant, reached)
    )
    assert "assignment_handed_over" in acts(reached)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"purpose": " "}, "Say what it is handed over for"),
        ({"delete_by": "2020-01-01"}, "Name a day after today"),
    ],
)
def test_without_a_purpose_or_a_day_nothing_is_handed_over(reached, told, refusal):
    with pytest.raises(CommandError, match=refusal):
        handed(reached, **told)
    assert "assignment_handed_over" not in acts(reached)


def test_too_few_to_be_published_are_not_handed_over(reached, settings):
    settings.PRIVACY_THRESHOLD = 121
    with (
        translation.override("en"),
        pytest.raises(CommandError, match="fewer people than may be handed over"),
    ):
        handed(reached)

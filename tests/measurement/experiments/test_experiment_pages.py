"""The pages of experiments: planner, warning, health, read-out, lists of people; who may do what."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from measurement.models import Experiment
from measurement.operations import experiments
from measurement.queries import experiments as reading
from tests.conftest import make_member
from tests.measurement.experiments.trials import (
    AFTER,
    BY,
    DURING,
    NOW,
    acts,
    draft,
    looked,
    run,
)


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    return client


def url(name: str, row: Experiment, *args) -> str:
    return reverse(f"measurement:{name}", args=[row.merchant.code, row.pk, *args])


def test_the_planner_is_prefilled_by_the_address_and_saves_a_draft(world, page):
    spu = world.spu()
    address = reverse("measurement:new_experiment", args=[world.merchant.code])
    said = page.get(
        address, {"kind": "geo", "spu": spu.pk, "starts": "2027-01-04", "ends": "2027-01-31"}
    ).content.decode()
    assert 'value="geo" checked' in said
    assert 'value="2027-01-04"' in said
    assert f'<option value="{spu.pk}" selected>' in said
    sent = {
        "kind": "geo", "name": "Two weeks without", "hypothesis": "We lose nothing", "spu": spu.pk,
        "starts_on": "2027-01-04", "ends_on": "2027-01-31", "hoped_lift": "12.5", "method": "sc",
    }  # fmt: skip
    answer = page.post(address, sent)
    row = Experiment.objects.for_merchant(world.merchant).get()
    assert answer.headers["Location"] == url("experiment", row)
    assert (row.kind, row.spu, row.design["hoped_lift"], row.design["method"]) == ("geo", spu, 0.125, "sc")
    answer = page.post(url("change_experiment", row), {**sent, "ends_on": "2027-01-01"})
    assert answer.status_code == 422
    assert "The last day lies before the first." in answer.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "magic", "spu": "x", "starts": "31/12", "ends": "2026-99-99", "lift": "-1"},
        {"spu": "9" * 40, "lift": "\0"},
    ],
)
def test_an_odd_address_gives_the_default_planner(world, page, odd):
    answer = page.get(reverse("measurement:new_experiment", args=[world.merchant.code]), odd)
    assert answer.status_code == 200
    assert 'value="holdout" checked' in answer.content.decode()


def test_a_weak_draft_warns_and_asks_for_a_reason_before_it_may_start(world, listed, page):
    later = {"starts_on": date(2099, 1, 1), "ends_on": date(2099, 1, 14)}
    weak = draft(population="listed", spu=world.spu(), hoped_lift=0.01, **later)
    row = experiments.plan(world.merchant, weak, by=BY, experiment=listed, now=NOW)
    row = looked(row, NOW)
    said = page.get(url("experiment", row)).content.decode()
    assert "it would probably miss the lift" in said
    assert "Why start it all the same?" in said
    refused = page.post(url("register_experiment", row), {"reason": "no"})
    assert refused.status_code == 422
    assert "Write a reason of ten characters at least" in refused.content.decode()
    assert (
        page.post(url("register_experiment", row), {"reason": "It costs next to nothing"}).status_code == 302
    )
    row.refresh_from_db()
    assert (row.state, row.reason) == ("registered", "It costs next to nothing")
    text = page.get(url("experiment_design", row)).content
    assert hashlib.sha256(text).hexdigest() == row.design_hash


def test_a_running_test_hides_its_result_and_shows_its_health(world, listed, page):
    row = looked(run(world, listed), DURING)
    said = page.get(url("experiment", row)).content.decode()
    assert "Results are hidden until the end" in said
    assert "Sample ratio" in said
    assert "What it says" not in said


def test_an_ended_test_says_in_plain_words_what_would_have_happened_anyway(world, listed, page):
    row = looked(run(world, listed), AFTER)
    said = page.get(url("experiment", row)).content.decode()
    assert "Seeding brought sales that would not have happened anyway" in said
    assert "Difference with the past taken out (CUPED)" in said
    assert (
        row.name in page.get(reverse("measurement:experiments", args=[world.merchant.code])).content.decode()
    )


def test_a_list_comes_back_with_the_arm_of_each_and_no_identifier_is_kept(world, page):
    row = experiments.plan(world.merchant, draft(population="listed"), by=BY, now=NOW)
    text = "phone,id_type,note\n" + "".join(f"1380013{n:04},phone,n{n}\n" for n in range(30))
    file = SimpleUploadedFile("list.csv", text.replace("phone,id_type", "person,person_kind").encode())
    answer = page.post(url("enrol_in_experiment", row), {"file": file})
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["note"] for line in table] == [f"n{n}" for n in range(30)]
    arms = reading.arms(world.merchant, row)
    assert [line["variant"] for line in table].count("1") == arms.get(1, 0)
    assert sum(arms.values()) == 30
    taken = b"".join(page.get(url("assignment", row)).streaming_content).decode()
    assert taken.startswith("person_key,variant")
    assert "13800130" not in taken
    assert "assignment_taken" in acts(row)


def test_a_list_with_a_bad_line_takes_nobody_in(world, page):
    row = experiments.plan(world.merchant, draft(population="listed"), by=BY, now=NOW)
    file = SimpleUploadedFile("list.csv", b"person,person_kind\n13800130001,phone\n1380,phone\n")
    answer = page.post(url("enrol_in_experiment", row), {"file": file}, follow=True)
    assert "Line 3: A mainland mobile number has 11 digits" in answer.content.decode()
    assert reading.arms(world.merchant, row) == {}


def test_who_may_only_look_sees_no_acts_and_is_refused_them(world, listed, client):
    client.force_login(make_member(world.merchant, "viewer"))
    assert client.get(url("experiment", listed)).status_code == 200
    for name in ("register_experiment", "stop_experiment", "read_experiment_again", "enrol_in_experiment"):
        assert client.post(url(name, listed)).status_code == 403
    assert client.get(url("assignment", listed)).status_code == 403
    assert client.get(reverse("measurement:new_experiment", args=[world.merchant.code])).status_code == 403


def test_pages_take_the_same_queries_however_many_experiments(world, page, django_assert_max_num_queries):
    address = reverse("measurement:experiments", args=[world.merchant.code])
    page.get(address)
    for count in (1, 4):
        for number in range(count):
            experiments.plan(world.merchant, draft(name=f"Test {count}{number}"), by=BY, now=NOW)
        with django_assert_max_num_queries(12):
            assert page.get(address).status_code == 200

"""Every component renders with all it declares, in both languages, and sees only its arguments."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

COMPONENTS = Path(__file__).resolve().parents[2] / "templates" / "cotton"
SAMPLES = Path(__file__).parent / "components"
"""For each component: markup with every argument, the words it must show, the least it can be called with."""

NAMES = sorted(path.stem for path in SAMPLES.glob("*.html"))


def sample(name):
    full, shows, least = re.split(r"<!-- (?:shows|least) -->\n", (SAMPLES / f"{name}.html").read_text())
    return full, shows.splitlines(), least


class SampleForm(forms.Form):
    name = forms.CharField(help_text="help")
    paused = forms.BooleanField(required=False)


@pytest.fixture(autouse=True)
def unhashed_static_files(settings):
    """Names of static files as they are: hashed names exist only after they were collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def page_context():
    return {
        "day": date(2025, 11, 22),
        "clock": datetime(2025, 11, 21, 22, 10, tzinfo=UTC),
        "share": Decimal("0.61"),
        "option": {"title": "</script>"},
        "choices": [("a", "Ay"), ("b", "Bee")],
        "sample_tabs": [
            {"label": "Notes", "url": "/n", "active": True, "count": 1284},
            {"label": "All", "url": "/a"},
        ],
        "page": Paginator(range(1284), 25).page(2),
        "only_page": Paginator(range(3), 25).page(1),
        "steps": [{"label": "Read", "state": state} for state in ("done", "running", "waiting", "failed")],
        "form": SampleForm({}),
        "parts": [
            {"label": "paying", "value": 30, "text": "¥30", "kind": "paying", "url": "/p"},
            {"label": "ripening", "value": 10, "text": "¥10", "kind": "ripening"},
            {"label": "unjoined", "value": None, "text": None, "kind": "unjoined"},
        ],
        "events": [{"at": "3 Nov", "label": "ordered", "detail": "JD", "kind": "order", "title": "Title"}],
        "facts": [("Paid", None)],
        "checks": [
            {"title": "orders", "done": True},
            {"title": "costs", "url": "/u", "action": "Upload", "gain": "gain", "text": "t"},
        ],
    }


def render(markup, language="en", **more):
    request = RequestFactory().get("/", {"model": "linear", "p": "2"})
    request.user = AnonymousUser()
    with translation.override(language):
        context = RequestContext(request, {**page_context(), **more})
        return Template(CottonCompiler().process(markup)).render(context)


def test_every_component_has_its_sample():
    assert sorted(path.stem for path in COMPONENTS.glob("*.html")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_component_shows_every_argument_it_declares(name):
    markup, shows, _ = sample(name)
    shown = render(markup)
    assert [words for words in shows if words not in shown] == []
    declared = re.search(r"<c-vars (.*?)/>", (COMPONENTS / f"{name}.html").read_text(), re.DOTALL)[1]
    arguments = re.findall(r":?(\w+)(?:=\"[^\"]*\")?(?=\s)", declared)
    assert arguments
    unused = [argument for argument in arguments if not re.search(rf"\b{argument}\b", markup)]
    assert unused == (["href"] if name == "button" else [])  # a link opens no dialog: the least sample has it


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", NAMES)
def test_a_component_renders_with_the_least(name, language):
    shown = render(sample(name)[2], language)
    assert "None" not in shown
    assert "{{" not in shown
    assert "style=" not in shown


def test_a_component_does_not_see_the_names_of_its_page():
    stat = '<c-card><c-stat label="L" value="1" /></c-card>'
    shown = render('{% with title="leaked" note="leaked" %}' + stat + "{% endwith %}")
    assert "leaked" not in shown


def test_an_unknown_value_is_a_dash_and_its_change_is_not_coloured():
    shown = render('<c-stat label="L" value="{{ nothing }}" :change="None" against="vs" />')
    assert ">–<" in shown
    assert "well" not in shown
    assert "ill" not in shown


@pytest.mark.parametrize(
    ("change", "good", "colour"),
    [
        ("0.1", "up", "well"),
        ("-0.1", "up", "ill"),
        ("-0.1", "down", "well"),
        ("0.1", "neither", ""),
        ("0", "up", ""),
    ],
)
def test_a_change_is_coloured_by_whether_it_is_good(change, good, colour):
    shown = render(f'<c-stat label="L" value="1" :change="{change}" good="{good}" />')
    assert re.search(r'class="change ?(\w*)"', shown)[1] == colour


@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_finished_job_is_polled_no_more(state):
    assert "hx-get" not in render(f'<c-progress label="L" state="{state}" url="/job" />')


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_job_under_way_is_polled_and_swaps_itself(state):
    shown = render(f'<c-progress label="L" state="{state}" url="/job" />')
    assert 'hx-get="/job" hx-trigger="every 1s" hx-target="this" hx-swap="outerHTML"' in shown


def test_text_of_people_is_escaped_once():
    shown = render('<c-note title="{{ words }}" :blogger="words" />', words="<i> & co")
    assert "<i>" not in shown
    assert shown.count("&lt;i&gt; &amp; co") == 2


def test_components_and_partials_work_in_one_template(tmp_path, settings):
    """The order of the loaders: with another one of the two silently stops working."""
    template = "{% partialdef row %}<c-badge>one</c-badge>{% endpartialdef %}<p>{% partial row %}</p>"
    (tmp_path / "both.html").write_text(template)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    whole, part = (
        re.sub(r"\s+(?=<)|(?<=>)\s+", "", render_to_string(name)) for name in ("both.html", "both.html#row")
    )
    assert part == '<span class="pill neutral">one</span>'
    assert whole == f"<p>{part}</p>"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_a_server_error_needs_no_context(language):
    with translation.override(language):
        shown = get_template("errors/500.html").render()
    assert {"en": "Something went wrong on our side", "zh-hans": "我们这边出了问题"}[language] in shown

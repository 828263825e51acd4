"""Tags and filters as templates use them: the reader's language, unknown values, escaping, lengths."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from portal import marks


def render(source, language="en", **context):
    with translation.override(language):
        return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "en", "zh"),
    [
        ("{{ fen|fen }}", "¥1,284,000.00", "¥1,284,000.00"),
        ("{{ fen|fen:'compact' }}", "¥1.28M", "¥128万"),
        ("{{ fen|count:'compact' }}", "128M", "1.28亿"),
        ("{{ share|percent:0 }}", "61%", "61%"),
        ("{{ share|change }}", "+61.2%", "+61.2%"),
        ("{{ share|multiple }}", "0.61", "0.61"),
        ("{{ on|day }}", "22 Nov", "11月22日"),
        ("{{ fen|figure:'fen' }}", "¥1.28M", "¥128万"),
    ],
)
def test_a_filter_writes_in_the_language_of_the_reader(source, en, zh):
    values = {"fen": 128_400_000, "share": Decimal("0.612"), "on": date(2025, 11, 22)}
    assert (render(source, "en", **values), render(source, "zh-hans", **values)) == (en, zh)


@pytest.mark.parametrize("name", ["fen", "count", "percent", "multiple", "change", "day", "moment", "dash"])
def test_a_missing_variable_reads_as_unknown(name):
    assert render("{{ nothing|%s }}" % name) == "–"  # noqa: UP031 - braces belong to the template


def test_zero_is_never_a_dash():
    assert render("{{ n|dash }} {{ n|count }} {{ n|fen }}", n=0) == "0 0 ¥0.00"


@pytest.mark.parametrize(("value", "way"), [(1, "up"), (-1, "down"), (0, "level"), (None, "unknown")])
def test_a_change_has_a_direction(value, way):
    assert render("{{ value|direction }}", value=value) == way


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    assert 'role="img" aria-label="a &lt;b&gt;"' in render('{% icon "check" label=words %}', words="a <b>")


def test_an_icon_that_was_not_vendored_is_an_error():
    with pytest.raises(FileNotFoundError):
        render('{% icon "rocket" %}')


def test_pictures_are_drawn_when_there_are_none_and_addresses_are_escaped():
    assert 'class="thumb thumb-empty ' in render("{% thumb None 'x' %}")
    assert 'src="/a?b&amp;c"' in render("{% thumb url 'x' %}", url="/a?b&c")
    assert ">阿</span>" in render("{% avatar None name %}", name="阿晚")
    assert ">?</span>" in render("{% avatar None '' %}")


def test_a_grade_says_its_words_in_the_readers_language():
    assert render('{% grade "A" long=True %}').endswith(">A · same person</span>")
    assert render('{% grade "unjoined" %}', "zh-hans").endswith(">未关联</span>")


def test_maturity_fills_what_has_passed_and_hatches_the_rest():
    drawn = render("{% maturity share %}", share=Decimal("0.61"))
    assert '<rect class="matured" width="61%"' in drawn
    assert 'fill="url(#hatch)"' in drawn
    assert 'aria-label="61% matured"' in drawn


@pytest.mark.parametrize(("share", "width"), [(0, "0%"), (1.7, "100%"), (-1, "0%"), (1 / 3, "33.33%")])
def test_a_length_stays_inside_its_track(share, width):
    assert f'class="matured" width="{width}"' in render("{% maturity share %}", share=share)


def test_unknown_maturity_is_a_dash_and_draws_nothing():
    assert render("{% maturity None %}") == '<span class="quiet">–</span>'


def test_a_bar_without_a_scale_is_not_drawn():
    assert render("{% bar 5 0 %}{% bar None 5 %}{% bar 5 None %}") == ""
    assert 'class="tone-danger" width="25%"' in render('{% bar 5 20 "danger" %}')


def test_a_bar_of_what_is_not_final_is_a_pattern():
    assert 'fill="url(#dots)" width="50%"' in render('{% bar 5 10 "unjoined" %}')


def test_a_whisker_stands_on_the_common_axis_and_says_its_interval():
    drawn = render('{% whisker 50 0 100 0 100 "count" %}')
    assert '<circle cx="50%"' in drawn
    assert '<line class="span" x1="4%" x2="96%"' in drawn
    assert 'aria-label="50, between 0 and 100"' in drawn
    assert "zero" not in drawn


def test_a_whisker_marks_zero_when_the_axis_crosses_it():
    assert '<line class="zero" x1="50%"' in render('{% whisker 50 0 100 -100 100 "count" %}')


def test_a_whisker_without_an_interval_draws_the_point_alone():
    drawn = render('{% whisker 50 None None 0 100 "percent" %}')
    assert "<line" not in drawn
    assert "interval unknown" in drawn
    assert render("{% whisker None 1 2 0 100 %}") == ""
    assert render("{% whisker 1 1 2 5 5 %}") == ""


def test_segments_lie_end_to_end():
    placed = marks.segments([{"value": 30}, {"value": None}, {"value": 10}])
    lengths = [(part["start"], part["width"]) for part in placed]
    assert lengths == [("0%", "75%"), ("75%", "0%"), ("75%", "25%")]


def test_segments_of_a_larger_total_leave_the_rest_open():
    assert marks.segments([{"value": 30}], total=120)[0]["width"] == "25%"


def test_segments_of_nothing_have_no_share():
    assert marks.segments([{"value": 0}])[0]["share"] is None


def test_another_page_keeps_every_other_choice_of_the_address():
    request = RequestFactory().get("/", {"model": "linear", "page": "2"})
    assert render('{% page_url "page" 3 %}', request=request) == "?model=linear&amp;page=3"


def test_a_pager_leaves_out_what_is_far():
    page = Paginator(range(1000), 10).page(50)
    assert render("{{ page|page_numbers|join:' ' }}", page=page) == "1 … 49 50 51 … 100"


def test_ids_differ():
    first, second = render('{% unique_id "x" %} {% unique_id "x" %}').split()
    assert first != second


@pytest.mark.parametrize("reason", ["no_data", "filter", "not_connected", "not_permitted", "too_new"])
def test_each_reason_of_emptiness_has_its_own_picture_and_words(reason):
    said = render("{% empty_words reason as w %}{{ w.icon }}|{{ w.title }}|{{ w.text }}", reason=reason)
    assert all(said.split("|"))


def test_an_unknown_reason_of_emptiness_is_an_error():
    with pytest.raises(KeyError):
        render('{% empty_words "bored" %}')

"""The menu: only what a role may see, and one page at most marked as the one that one is on."""

from __future__ import annotations

import pytest

from merchants import roles
from portal import nav
from portal.nav import Page, Tab


def first_pages(permissions: frozenset[roles.Permission]) -> list[str]:
    shown = [nav.pages(entry, permissions, "glow") for entry in nav.BRAND]
    return [pages[0].tab.url_name for pages in shown if pages]


def test_an_owner_sees_home_results_data_and_settings() -> None:
    seen = first_pages(roles.OWNER.permissions)
    assert seen[:2] == ["portal:home", "measurement:results"]
    assert seen[-2:] == ["measurement:data", "merchants:settings"]


def test_a_viewer_sees_results_and_data_but_no_settings() -> None:
    seen = first_pages(roles.VIEWER.permissions)
    assert "measurement:results" in seen
    assert seen[-1] == "measurement:data"


def test_without_a_permission_only_the_home_is_left() -> None:
    assert first_pages(frozenset()) == ["portal:home"]


def test_a_menu_has_at_most_six_sections() -> None:
    assert len(nav.BRAND) <= 6


def test_a_page_that_is_not_built_yet_is_left_out() -> None:
    entry = nav.Entry("Later", "home", (Tab("Later", "measurement:no_such_page"),))
    assert nav.pages(entry, roles.OWNER.permissions, "glow") == []


HOME = Page(Tab("Home", "portal:home"), "/m/glow/")
RESULTS = Page(Tab("Results", "measurement:results", also=("measurement:evidence",)), "/m/glow/results/")
MODELS = Page(Tab("Models", "measurement:models"), "/m/glow/results/models/")


@pytest.mark.parametrize(
    ("path", "page_name", "expected"),
    [
        ("/m/glow/", "portal:home", HOME),
        ("/m/glow/results/", "measurement:results", RESULTS),
        ("/m/glow/results/models/", "", MODELS),
        ("/m/glow/results/note/7/", "", RESULTS),
        ("/m/glow/evidence/7/", "measurement:evidence", RESULTS),
        ("/m/glow/elsewhere/", "", None),
    ],
)
def test_the_page_one_is_on_is_itself_or_the_nearest_above(
    path: str, page_name: str, expected: Page | None
) -> None:
    assert nav.active(path, page_name, [HOME, RESULTS, MODELS]) == expected

"""The menu: only what a role may see, and one entry at most marked as the page one is on."""

import pytest

from merchants import roles
from portal import nav


def names(permissions):
    return [entry.url_name for entry in nav.visible(permissions)]


def test_an_owner_sees_the_whole_menu():
    everything = [
        "portal:home",
        "measurement:results",
        "measurement:models",
        "measurement:data",
        "merchants:settings",
    ]
    assert names(roles.OWNER.permissions) == everything


def test_a_viewer_sees_results_and_data_but_no_settings():
    seen = ["portal:home", "measurement:results", "measurement:models", "measurement:data"]
    assert names(roles.VIEWER.permissions) == seen


def test_without_a_permission_only_the_home_is_left():
    assert names(frozenset()) == ["portal:home"]


def test_a_menu_has_at_most_six_entries():
    assert len(nav.BRAND) <= 6


@pytest.mark.parametrize(
    ("path", "active"),
    [
        ("/m/glow/", "/m/glow/"),
        ("/m/glow/results/", "/m/glow/results/"),
        ("/m/glow/results/models/", "/m/glow/results/models/"),
        ("/m/glow/results/note/7/", "/m/glow/results/"),
        ("/m/glow/elsewhere/", None),
    ],
)
def test_the_entry_of_a_page_is_the_nearest_one_above_it(path, active):
    assert nav.active(path, ["/m/glow/", "/m/glow/results/", "/m/glow/results/models/"]) == active

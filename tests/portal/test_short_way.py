"""Pushes go straight to their view; pages keep every layer."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/in/nobody/", f"/in/{'0' * 64}/", "/in/", "/in/nobody"])
def test_an_unknown_address_is_not_found_and_no_page_is_made_for_it(path: str) -> None:
    answer = Client().post(path, data=b"{}", content_type="application/json")
    assert (answer.status_code, answer.content) == (404, b"")


def test_another_method_is_refused_there_too() -> None:
    assert Client().put("/in/nobody/").status_code == 405


def test_a_push_gets_none_of_the_layers_of_a_page() -> None:
    assert "Content-Security-Policy" in Client().get("/nobody-here/").headers
    assert "Content-Security-Policy" not in Client().post("/in/nobody/").headers

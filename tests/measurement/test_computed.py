"""The dictionary and the code that computes its figures are the same list."""

from __future__ import annotations

import importlib

import pytest
from django.urls import reverse

from measurement import metrics
from measurement.computed import computed, computes, marked
from measurement.dictionary import BY_CODE
from merchants.models import Merchant
from tests.conftest import make_member


def test_every_definition_has_the_code_that_computes_it_and_no_code_computes_what_is_undefined():
    assert sorted(set(BY_CODE) - set(computed())) == []
    assert sorted(set(computed()) - set(BY_CODE)) == []


def test_each_name_is_that_of_a_function():
    for name in (name for names in computed().values() for name in names):
        module, _, rest = name.rpartition(".")
        try:
            owner = importlib.import_module(module)
        except ModuleNotFoundError:  # a property of a class
            module, _, of = module.rpartition(".")
            owner = getattr(importlib.import_module(module), of)
        assert hasattr(owner, rest), name


def test_marks_are_read_from_the_source_and_change_nothing():
    source = """
@computes("roi", "cost")
def one(): ...
@other("x")
def two(): ...
class Sums:
    @property
    @computed.computes("share")
    def three(self): ...
"""
    assert list(marked(source)) == [("roi", "one"), ("cost", "one"), ("share", "Sums.three")]
    assert computes("roi")(metrics.roi) is metrics.roi
    assert computed()["roi"] == ("measurement.metrics.roi",)


@pytest.mark.parametrize(("language", "said"), [("en", "computed by"), ("zh-hans", "计算代码：")])
def test_the_page_names_the_code_of_each_figure(client, merchant: Merchant, language, said):
    client.force_login(make_member(merchant, "viewer"))
    client.cookies["django_language"] = language
    page = client.get(reverse("measurement:dictionary", args=[merchant.code])).content.decode()
    assert page.count(said) == len(BY_CODE)
    assert "<code>measurement.metrics.roi</code>" in page
    assert "<code>portal.lead_money.table</code>" in page

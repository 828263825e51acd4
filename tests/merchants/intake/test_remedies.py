"""Every remedy can be told, in both languages, whatever it is told about."""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.utils.translation import override

from merchants.remedies import REMEDIES, remedy


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", REMEDIES)
def test_a_remedy_is_a_sentence_without_a_trace_of_its_making(code: str, language: str) -> None:
    with override(language):
        told = remedy(code, defaultdict(lambda: "7"))
    assert told
    assert "%%" not in told
    assert "%(" not in told


def test_a_percentage_in_a_remedy_is_one() -> None:
    with override("en"):
        assert remedy("not_a_share", {}) == "Write the share with its percent sign, such as 0.8%."

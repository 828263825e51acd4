"""One figure of the dictionary (pure)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure. ``formula`` is the same in both languages as far as signs go; ``unit`` is fen, ratio,
    share, count or class."""

    code: str
    name_en: str
    name_zh: str
    words_en: str
    words_zh: str
    formula_en: str
    formula_zh: str
    unit: str

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en

    def words(self, language: str) -> str:
        return self.words_zh if language.startswith("zh") else self.words_en

    def formula(self, language: str) -> str:
        return self.formula_zh if language.startswith("zh") else self.formula_en

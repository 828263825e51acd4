"""An audience as a definition (pure): who belongs, in words a person can check; never a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from measurement.crowds.rules import LAYERS

LONGEST = 365


@dataclass(frozen=True, slots=True)
class Definition:
    """People who stand in one of ``layers`` with the product (0: with the merchant), in it for
    ``least_days`` or more and ``most_days`` or fewer days, without those who stand in one of ``without`` with
    the merchant; carried into the layer by the note or the blogger, where one is named."""

    layers: tuple[str, ...]
    spu: int = 0
    least_days: int = 0
    most_days: int | None = None
    without: tuple[str, ...] = ()
    note: int | None = None
    blogger: int | None = None

    def stated(self) -> dict[str, Any]:
        return {
            "layers": list(self.layers),
            "spu": self.spu,
            "least_days": self.least_days,
            "most_days": self.most_days,
            "without": list(self.without),
            "note": self.note,
            "blogger": self.blogger,
        }


class BadDefinition(ValueError):
    """The code of what is wrong: no_layer, unknown_layer, days."""


def read(stated: Mapping[str, Any]) -> Definition:
    """A definition from plain data. Raises :class:`BadDefinition`."""
    layers, without = (tuple(stated.get(name) or ()) for name in ("layers", "without"))
    known = tuple(str(layer) for layer in LAYERS)
    if not layers:
        raise BadDefinition("no_layer")
    if set(layers + without) - set(known):
        raise BadDefinition("unknown_layer")
    least, most = stated.get("least_days") or 0, stated.get("most_days")
    if not 0 <= least <= LONGEST or (most is not None and not least <= most <= LONGEST):
        raise BadDefinition("days")
    return Definition(
        layers=tuple(layer for layer in known if layer in layers),
        spu=stated.get("spu") or 0,
        least_days=least,
        most_days=most,
        without=tuple(layer for layer in known if layer in without),
        note=stated.get("note"),
        blogger=stated.get("blogger"),
    )

"""What the models of all journeys say of a period, as plain values that can be kept: {"conversions", "nulls",
"declared", "paths", "states", "passages", "base", "refused", "channels"}.

`channels` is {name: {"effect", "met", "markov", "shapley", "leave_one_out"}}: the removal effect, the share of
the orders whose journey met the channel, and fen under each model. An order that names its content itself is
credited to it by every model, so its fen are in all three; only journeys of known persons are compared. A
sample that is too small has no figures of the models, and `refused` says what is lacking.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from measurement.attribution import games, samples
from measurement.attribution.chains import Removal, removal_effects
from measurement.attribution.path_blocks import Block, whole
from measurement.attribution.paths import Floats, Paths

MODELS = ("markov", "shapley", "leave_one_out")


def answer(block: Block, names: Mapping[int, str], *, order: int, with_nulls: bool) -> dict[str, Any]:
    """The answer over the journeys of a block, channels under the names given."""
    paths = block.paths(names)
    told = block.declared_by(names)
    said: dict[str, Any] = {
        "conversions": round(float(paths.conversions.sum())),
        "nulls": round(float(paths.nulls.sum())),
        "declared": sum(count for count, _fen in told.values()),
        "paths": len(paths),
        "states": 0,
        "passages": 0,
        "base": None,
        "refused": samples.lacking(paths.conversions.sum(), paths.nulls.sum(), None, with_nulls=with_nulls),
        "channels": {},
    }
    if said["refused"]:
        return said
    removal = removal_effects(paths, order=order, with_nulls=with_nulls)
    said |= {
        "states": removal.states,
        "passages": round(removal.passages),
        "base": removal.base,
        "refused": samples.lacking(
            paths.conversions.sum(), paths.nulls.sum(), removal, with_nulls=with_nulls
        ),
    }
    if not said["refused"]:
        said["channels"] = _channels(paths, removal, {name: fen for name, (_n, fen) in told.items()})
    return said


def _channels(paths: Paths, removal: Removal, declared: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    total = round(float(paths.value.sum()))
    met = games.leave_one_out(paths, paths.conversions) / paths.conversions.sum()
    fen = {
        "markov": whole(removal.shares * total, total),
        "shapley": whole(games.shapley(paths, paths.value), total),
        "leave_one_out": whole(games.scaled(games.leave_one_out(paths, paths.value), total), total),
    }
    found: dict[str, dict[str, Any]] = {}
    for place, name in enumerate(paths.channels):
        shares = {model: fen[model][place] + declared.get(name, 0) for model in MODELS}
        found[name] = {"effect": _figure(removal.effects, place), "met": _figure(met, place), **shares}
    for name in declared.keys() - found.keys():
        found[name] = {"effect": None, "met": None, **dict.fromkeys(MODELS, declared[name])}
    return found


def _figure(figures: Floats, place: int) -> float:
    return float(np.asarray(figures)[place])

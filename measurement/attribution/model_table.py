"""All models over the same paths as one table, and the definitions that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from measurement.attribution import chains, games
from measurement.attribution.chains import Removal
from measurement.attribution.paths import DISTINCT_RULES, RULES, Floats, Paths

Row = tuple[str, str, str, float]
"""Model, metric, channel (empty for a figure of the whole) and value."""


@dataclass(frozen=True)
class Options:
    """What is asked: the order of the chain, whether journeys without an order count there, and the models
    that come besides the usual six, each under a name of its own."""

    order: int = 1
    with_nulls: bool = True
    distinct: bool = False
    leave_one_out: bool = False

    @property
    def markov(self) -> str:
        """The chain's name says when it leaves journeys out."""
        return "markov" if self.with_nulls else "markov_without_nulls"


@dataclass(frozen=True)
class Table:
    """`conversions` and `value` by model, in the order of the paths' channels; `removal` is the chain's."""

    paths: Paths
    options: Options
    conversions: dict[str, Floats]
    value: dict[str, Floats]
    removal: Removal
    losses: Floats | None = field(default=None)

    def rows(self) -> Iterator[Row]:
        """The table row by row, channels by name."""
        for model in self.conversions:
            if model == self.options.markov:
                yield model, "base_probability", "", self.removal.base
            for metric, figures in self._metrics(model).items():
                for channel, figure in zip(self.paths.channels, figures, strict=True):
                    yield model, metric, channel, float(figure)

    def _metrics(self, model: str) -> dict[str, Floats]:
        metrics = {"conversions": self.conversions[model], "value": self.value[model]}
        if model == self.options.markov:
            metrics["removal_effect"] = self.removal.effects
        if model == "leave_one_out" and self.losses is not None:
            metrics["removal_effect"] = self.losses
        return metrics


def table(paths: Paths, options: Options) -> Table:
    """Every model asked for. Raises ValueError where no journey ends with an order."""
    removal = chains.removal_effects(paths, order=options.order, with_nulls=options.with_nulls)
    rules = {**RULES, **DISTINCT_RULES} if options.distinct else RULES
    totals = {"conversions": paths.conversions, "value": paths.value}
    found: dict[str, dict[str, Floats]] = {}
    for metric, weight in totals.items():
        by_model = {model: rule(paths, weight) for model, rule in rules.items()}
        by_model[options.markov] = removal.shares * float(weight.sum())
        by_model["shapley"] = games.shapley(paths, weight)
        if options.leave_one_out:
            lost = games.leave_one_out(paths, weight)
            by_model["leave_one_out"] = games.scaled(lost, float(weight.sum()))
        found[metric] = by_model
    losses = None
    if options.leave_one_out:
        losses = games.leave_one_out(paths, paths.conversions) / paths.conversions.sum()
    return Table(paths, options, found["conversions"], found["value"], removal, losses)


DEFINITIONS = """
first, last: the whole path to the channel of its first or last touch.
linear, position: every touch counts, repeats too; linear the same to each, position 40 % to each end and 20 %
  shared between, the same to each of fewer than 3 touches.
null paths: journeys without an order {nulls}.
markov, order {order}: a state is {state}; solved exactly, nothing is simulated.
removed channel: whoever comes to {removed} goes to nothing; nobody is sent on over other arrows.
self-transitions: {loops}; they count in linear and position.
base probability: the chance of an order in the whole chain; it equals the observed share
  conversions / (conversions + nulls) in every order.
removal effects: they do not add up to 1 (here {total:.3f}); sharing conversions and value in proportion to them
  is a convention, so the raw effects stand beside.
shapley: the subset game, where a set of channels is worth the conversions of the paths inside it; its value
  splits each conversion evenly over its distinct channels. Null paths do not enter.
ties and windows: a path is taken as it stands; touches of one second, and whether the ends of a window belong
  to it, were decided where the paths were made (`attribute` orders by touch id and counts both ends).
"""


def definitions(done: Table) -> list[str]:
    """What the figures mean, one sentence or two for each choice that other tools make otherwise."""
    options, removal = done.options, done.removal
    nulls = (
        "count: each leaves its last channel for nothing"
        if options.with_nulls
        else "are left out (--without-nulls): every walk ends with an order, so the base probability is 1 and"
        " the model is called markov_without_nulls"
    )
    state = "a channel" if options.order == 1 else f"the last {options.order} channels, fewer at the start"
    told = DEFINITIONS.format(
        nulls=nulls,
        order=options.order,
        state=state,
        removed="it" if options.order == 1 else "a state that holds it",
        loops="they change nothing in order 1" if options.order == 1 else "a repeat makes a state of its own",
        total=float(removal.effects.sum()),
    )
    lines = told.strip().replace("\n  ", " ").splitlines()
    if options.distinct:
        lines.append(
            "linear_distinct, position_distinct: the same rules over the channels of a path, each only where it"
            " stood first. linear_distinct equals shapley."
        )
    if options.leave_one_out:
        lines.append(
            "leave_one_out: the share of conversions whose path met the channel, which is what the subset game"
            " loses without it; conversions and value are shared in proportion. It is not a Shapley value."
        )
    return lines

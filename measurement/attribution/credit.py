"""Shares a journey's order out among its touches: five models, whole weights, whole fen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from measurement.attribution import decay, windows
from measurement.attribution.journeys import journey
from measurement.attribution.touches import Credit, Id, Journey, Order, Touch

Weigh = Callable[[Sequence[int]], list[int]]


def first(decayed: Sequence[int]) -> list[int]:
    """All to the first touch."""
    return [1] + [0] * (len(decayed) - 1)


def last(decayed: Sequence[int]) -> list[int]:
    """All to the last touch."""
    return [0] * (len(decayed) - 1) + [1]


def linear(decayed: Sequence[int]) -> list[int]:
    """The same to each touch."""
    return [1] * len(decayed)


def position(decayed: Sequence[int]) -> list[int]:
    """40 % to each end, 20 % to all between, as 2(n-2) and 1; the same to each of fewer than 3."""
    between = len(decayed) - 2
    if between < 1:
        return linear(decayed)
    return [2 * between, *[1] * between, 2 * between]


def time_decay(decayed: Sequence[int]) -> list[int]:
    """The weight of each touch's age; the same to each where all ages weigh 0."""
    return list(decayed) if any(decayed) else linear(decayed)


MODELS: Mapping[str, Weigh] = {
    "first": first,
    "last": last,
    "linear": linear,
    "position": position,
    "decay": time_decay,
}
"""Every model by name. It is given the decay weights of a journey's touches, in order, of which there is
at least one, and gives the model's own weights."""


def split(value: int, weights: Sequence[int]) -> list[int]:
    """Splits `value` into whole parts in proportion to `weights`, by largest remainder; they sum to `value`.

    Equal remainders are served in order. A negative value is split as its positive twin, with the sign
    turned. Weights are not negative and not all 0.
    """
    if value < 0:
        return [-part for part in split(-value, weights)]
    total = sum(weights)
    parts = [value * weight // total for weight in weights]
    remainders = [value * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -remainders[index])
    for index in by_remainder[: value - sum(parts)]:
        parts[index] += 1
    return parts


def credit(told: Journey, decay_table: tuple[int, ...]) -> list[Credit]:
    """One row for each touch of the journey in order, or the one empty row of an unattributed order.

    `decay_table` is made by `decay.weights`.
    """
    order, touches = told.order, told.touches
    if not touches:
        return [Credit(order.order_id, None, None, None, 0, *(None,) * 9)]
    decayed = [decay.weight(windows.age_hours(touch.ts, order.ts), decay_table) for touch in touches]
    weights = {model: weigh(decayed) for model, weigh in MODELS.items()}
    fen = {model: split(order.value_cents, weights[model]) for model in MODELS}
    return [
        Credit(
            order_id=order.order_id,
            touch_id=touch.touch_id,
            channel_id=touch.channel_id,
            position=index + 1,
            n_touches=len(touches),
            k_position=weights["position"][index],
            s_position=sum(weights["position"]),
            k_decay=weights["decay"][index],
            s_decay=sum(weights["decay"]),
            c_first=fen["first"][index],
            c_last=fen["last"][index],
            c_linear=fen["linear"][index],
            c_position=fen["position"][index],
            c_decay=fen["decay"][index],
        )
        for index, touch in enumerate(touches)
    ]


def attribute(
    orders: Iterable[Order],
    touches: Sequence[Touch],
    window_days: Mapping[Id, int],
    decay_table: tuple[int, ...],
    *,
    match_product: bool = True,
) -> list[Credit]:
    """The rule over a whole small world: the rows of every order, order by order."""
    return [
        row
        for order in orders
        for row in credit(journey(order, touches, window_days, match_product=match_product), decay_table)
    ]

"""Experiments as a file: all of them with their states, results of those that have ended."""

from __future__ import annotations

from django.utils.translation import gettext as _

from measurement import words
from measurement.exports import Head, Sheet, Table
from measurement.lift.plan import ExperimentState
from measurement.printed.printed import Asking, Printed, around, defined, money, told
from measurement.queries import experiments
from measurement.words import experiments as experiment_words


def print_experiments(asking: Asking) -> Printed:
    """All experiments with their states; results only of those that have ended."""
    rows = []
    for row in experiments.listing(asking.merchant):
        result = row.result if row.state == ExperimentState.ENDED else {}
        ends = result.get("ci") or (None, None)
        fen = result.get("unit") == "fen"
        rows.append(
            {
                "name": row.name,
                "kind": words.said(experiment_words.KINDS, row.kind),
                "state": words.said(experiment_words.STATES, row.state),
                "starts": str(row.starts_on),
                "ends": str(row.ends_on),
                "power": row.plan.get("power"),
                "relative": result.get("relative"),
                "p": result.get("p"),
                **{
                    (name if fen else f"{name}_count"): None if value is None else round(value)
                    for name, value in zip(
                        ("effect", "low", "high"), (result.get("incremental_response"), *ends), strict=True
                    )
                },
                "said": experiment_words.takeaway(row.kind, result) if "ci" in result else "",
            }
        )
    currency = asking.merchant.currency
    heads = (
        Head("name", _("Name")),
        Head("kind", _("Kind")),
        Head("state", _("State")),
        Head("starts", _("First day")),
        Head("ends", _("Last day")),
        Head("power", told()["lift_power"].name, "share"),
        Head("relative", told()["lift_relative"].name, "share"),
        Head("p", "p", "ratio"),
        money("effect", _("Additional"), currency),
        money("low", _("95 %: from"), currency),
        money("high", _("95 %: to"), currency),
        Head("effect_count", _("Additional, counted"), "count"),
        Head("low_count", _("95 %, counted: from"), "count"),
        Head("high_count", _("95 %, counted: to"), "count"),
        Head("said", _("In plain words")),
    )
    return Printed(
        stem="experiments",
        sheet=Sheet(
            Table(_("Experiments"), heads, tuple(rows)),
            said=around(asking.merchant, None),
            definitions=defined(("lift", "lift_relative", "lift_interval", "lift_power", "false_alarms")),
        ),
        query={},
        listed=("name", "state", "relative", "power"),
    )

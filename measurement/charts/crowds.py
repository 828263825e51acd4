"""Charts of crowds: the layers as bars, the flow as a sankey of at most twelve nodes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from measurement.crowds.flow import RANKS, Flow
from measurement.words.crowds import layer_of_rank

NODES = 12


def of_layers(flow: Flow) -> dict[str, Any] | None:
    """Five layers, the outermost on top: people at the end in accent, at the start in grey. A layer of too
    few people to show has no bar: hidden is not zero."""
    if not any(flow.end(layer) or flow.start(layer) for layer in RANKS[1:]):
        return None
    ranks = RANKS[:0:-1]  # the first bar is the lowest
    return {
        "legend": {"top": 0, "left": 0},
        "grid": {"left": 8, "right": 64, "top": 32, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "value", "splitNumber": 4},
        "yAxis": {"type": "category", "data": [layer_of_rank(layer) for layer in ranks]},
        "series": [
            {
                "name": _("At the start"),
                "type": "bar",
                "barMaxWidth": 7,
                "data": [flow.start(layer) or None for layer in ranks],
                "itemStyle": {"color": "compare"},
            },
            {
                "name": _("At the end"),
                "type": "bar",
                "barMaxWidth": 16,
                "data": [flow.end(layer) or None for layer in ranks],
                "itemStyle": {"color": "accent"},
                "label": {"show": True, "position": "right", "color": "ink"},
            },
        ],
    }


def of_flow(flow: Flow) -> dict[str, Any] | None:
    """From the layers of the start to those of the end; what is not shown in the matrix is not drawn."""
    links = [
        {"source": _start(before), "target": _end(after), "value": flow.moved(before, after)}
        for before in RANKS
        for after in RANKS
        if flow.moved(before, after)
    ]
    if not links:
        return None
    named = {link["source"] for link in links} | {link["target"] for link in links}
    nodes = [
        {
            "name": name,
            "itemStyle": {"color": "accent" if layer else "compare"},
            "label": {"position": side},
        }
        for layer in RANKS
        for name, side in ((_start(layer), "right"), (_end(layer), "left"))
        if name in named
    ]
    return {
        "tooltip": {"trigger": "item"},
        "animation": False,  # streams that grow say nothing
        "series": [
            {
                "type": "sankey",
                "left": 8,
                "right": 8,
                "top": 12,
                "bottom": 12,
                "nodeWidth": 14,
                "nodeGap": 14,
                "draggable": False,
                "layoutIterations": 0,
                "emphasis": {"focus": "adjacency"},
                "data": nodes[:NODES],
                "links": links,
                "lineStyle": {"color": "accent", "opacity": 0.22, "curveness": 0.5},
                "label": {"color": "ink", "distance": 4},
            }
        ],
    }


def _start(layer: int) -> str:
    return _("%(layer)s, start") % {"layer": layer_of_rank(layer)}


def _end(layer: int) -> str:
    return _("%(layer)s, end") % {"layer": layer_of_rank(layer)}

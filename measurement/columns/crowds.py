"""Lingxi's AIPS exports: people in each layer, one row a layer or one row a day."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from measurement.choices import Layer
from measurement.columns.surroundings import Surroundings, Values, spu_of, words
from measurement.reported.statements import CrowdStatement
from merchants.intake.cells import Choice, Day, Id
from merchants.intake.columns import Column
from merchants.intake.figures import Tally
from merchants.intake.problems import Refused

LAYERS = {
    spelling.casefold(): value
    for spelling, value in words(
        {
            Layer.AWARE: ("认知", "认知人群", "a人群"),
            Layer.INTEREST: ("种草", "兴趣", "种草人群", "i人群"),
            Layer.TRUE_INTEREST: ("深度种草", "深度种草人群", "ti人群"),
            Layer.PURCHASE: ("购买", "购买人群", "p人群"),
            Layer.SHARE: ("分享", "分享人群", "s人群"),
        }
    ).items()
}
_NAMES = {
    Layer.AWARE: (_("People, A"), ("a人数", "认知人数", "a人群规模", "认知人群规模", "a人群数")),
    Layer.INTEREST: (_("People, I"), ("i人数", "种草人数", "i人群规模", "种草人群规模", "i人群数")),
    Layer.TRUE_INTEREST: (
        _("People, TI"),
        ("ti人数", "深度种草人数", "ti人群规模", "深度种草人群规模", "ti人群数"),
    ),
    Layer.PURCHASE: (_("People, P"), ("p人数", "购买人数", "p人群规模", "购买人群规模", "p人群数")),
    Layer.SHARE: (_("People, S"), ("s人数", "分享人数", "s人群规模", "分享人群规模", "s人群数")),
}

CROWDS = (
    Column(
        "day",
        Day(),
        _("Day"),
        _("Day of the figures."),
        aliases=("日期", "date", "统计日期", "数据日期"),
        required=True,
    ),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Empty: the whole brand."),
        aliases=("商品", "spu_code", "商品编码", "spu名称"),
        constant=True,
    ),
    Column(
        "layer",
        Choice(LAYERS),
        _("Layer"),
        _("A, I, TI, P or S; with people in the next column."),
        aliases=("人群", "人群层级", "人群分层", "层级"),
        constant=True,
    ),
    Column(
        "people",
        Tally(),
        _("People"),
        _("People in the layer."),
        aliases=("人数", "人群规模", "人群数", "资产总量"),
    ),
    Column(
        "added",
        Tally(),
        _("Newly added"),
        _("People who are new in the layer."),
        aliases=("新增", "新增人数", "新增资产", "新增人群"),
    ),
    *(
        Column(
            f"people_{layer.lower()}",
            Tally(),
            label,
            _("Instead of layer and people: a column for each layer."),
            aliases=aliases,
        )
        for layer, (label, aliases) in _NAMES.items()
    ),
)


def crowd_shape(around: Surroundings) -> Callable[[Values], tuple[CrowdStatement, ...]]:
    above: set[str] = set()

    def shape(values: Values) -> tuple[CrowdStatement, ...]:
        told = _statements(values, around)
        for one in told:
            if one.natural_key in above:
                raise Refused("told_twice")
            above.add(one.natural_key)
        return told

    return shape


def _statements(values: Values, around: Surroundings) -> tuple[CrowdStatement, ...]:
    spu_code = spu_of(values, around)
    day = values["day"]
    people = {layer: count for layer in Layer if (count := values.get(f"people_{layer.lower()}")) is not None}
    if values.get("people") is not None:
        if not values.get("layer"):
            raise Refused("missing", "layer")
        people[Layer(values["layer"])] = values["people"]
    if not people:
        raise Refused("nothing_told")
    return tuple(
        CrowdStatement(
            around.now,
            day,
            layer,
            count,
            added=values.get("added") if layer == values.get("layer") else None,
            spu_code=spu_code,
        )
        for layer, count in people.items()
    )

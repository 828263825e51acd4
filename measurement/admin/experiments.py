"""Experiments on the operator's desk."""

from __future__ import annotations

from measurement.models import Experiment, ExperimentUnit, Exposure, GeoDay
from merchants.admin import listed

listed(
    Experiment,
    "name kind spu state starts_on ends_on registered_at computed_at",
    "name spu__name design_hash",
    filters="kind state",
    related="spu",
)
listed(
    ExperimentUnit,
    "experiment person_key arm",
    "experiment__name",
    filters="arm",
    keys="person_key",
    related="experiment",
)
listed(
    Exposure, "experiment person_key exposed_at", "experiment__name", keys="person_key", related="experiment"
)
listed(GeoDay, "experiment day geo value cost_fen", "experiment__name geo", related="experiment")

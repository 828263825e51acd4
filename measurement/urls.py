"""Addresses of measurement's pages, below /m/<merchant>/."""

from django.urls import path, re_path

from measurement.views import cycles, data, orders, results

app_name = "measurement"

urlpatterns = [
    path("results/", results.page, name="results"),
    re_path(r"^results\.(?P<form>csv|xlsx)$", results.export, name="export"),
    path("models/", results.models, name="models"),
    path("orders/", orders.page, name="orders"),
    path("evidence/<int:line_id>/", orders.evidence, name="evidence"),
    path("cycles/", cycles.page, name="cycles"),
    path("cycles/set/", cycles.change, name="set_cycle"),
    path("dictionary/", cycles.dictionary, name="dictionary"),
    path("data/", data.page, name="data"),
    path("data/deliveries/", data.received, name="deliveries"),
    path("data/deliveries/<int:delivery_id>/replay/", data.replay, name="replay"),
]

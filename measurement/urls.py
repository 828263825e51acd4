"""Addresses of measurement's pages, below /m/<merchant>/."""

from django.urls import path, re_path

from measurement.views import (
    cycles,
    data,
    experiments,
    lives,
    matrix,
    models,
    orders,
    process,
    results,
    saved,
    whole,
)

app_name = "measurement"

urlpatterns = [
    path("results/", results.page, name="results"),
    re_path(r"^results\.(?P<form>csv|xlsx)$", results.export, name="export"),
    path("models/", models.page, name="models"),
    path("orders/", orders.page, name="orders"),
    path("evidence/<int:line_id>/", orders.evidence, name="evidence"),
    path("whole/", whole.page, name="whole"),
    path("whole/estimate/", whole.estimate, name="estimate_whole"),
    path("cycles/", cycles.page, name="cycles"),
    path("cycles/set/", cycles.change, name="set_cycle"),
    path("experiments/", experiments.page, name="experiments"),
    path("experiments/new/", experiments.new, name="new_experiment"),
    path("experiments/<int:experiment_id>/", experiments.detail, name="experiment"),
    path("experiments/<int:experiment_id>/change/", experiments.change, name="change_experiment"),
    path("experiments/<int:experiment_id>/register/", experiments.register, name="register_experiment"),
    path("experiments/<int:experiment_id>/stop/", experiments.stop, name="stop_experiment"),
    path("experiments/<int:experiment_id>/again/", experiments.again, name="read_experiment_again"),
    path("experiments/<int:experiment_id>/enrol/", experiments.enrol, name="enrol_in_experiment"),
    path("experiments/<int:experiment_id>/assignment/", experiments.assignment, name="assignment"),
    path("experiments/<int:experiment_id>/design/", experiments.design, name="experiment_design"),
    path("dictionary/", cycles.dictionary, name="dictionary"),
    path("saved/", saved.page, name="saved"),
    path("saved/view/", saved.save, name="save_view"),
    path("saved/view/<int:view_id>/remove/", saved.remove, name="remove_view"),
    path("saved/schedule/", saved.schedule, name="schedule"),
    path("saved/schedule/<int:schedule_id>/pause/", saved.pause, name="pause_schedule"),
    path("saved/schedule/<int:schedule_id>/remove/", saved.unschedule, name="remove_schedule"),
    path("saved/note/", saved.annotate, name="annotate"),
    path("saved/note/<int:annotation_id>/remove/", saved.take_back, name="take_back"),
    path("saved/digest/", saved.digest, name="digest"),
    path("process/", process.page, name="process"),
    re_path(r"^process\.(?P<form>csv|xlsx)$", process.export, name="export_process"),
    path("live/", lives.page, name="live"),
    path("matrix/", matrix.page, name="matrix"),
    path("process/definition/", process.define, name="define_engagement"),
    path("data/", data.page, name="data"),
    path("data/deliveries/", data.received, name="deliveries"),
    path("data/deliveries/<int:delivery_id>/replay/", data.replay, name="replay"),
]

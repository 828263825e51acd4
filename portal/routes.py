"""Addresses of the portal's own pages."""

from django.urls import path, re_path

from merchants.views import looking, onboarding, sessions
from portal.views import (
    agencies,
    blogger_record,
    demo,
    funnel,
    gallery,
    home,
    lead_costs,
    reported_leads,
    start,
)

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("sessions/<int:session_id>/end/", sessions.end, name="end_session"),
    path("support/end/", looking.end, name="end_look"),
    path("apply/", onboarding.apply, name="apply"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("m/<slug:merchant_code>/", home.page, name="home"),
    re_path(r"^demo-partners/(?P<key>[a-z-]+)/(?P<url>.*)$", demo.partner, name="demo-partner"),
    path(
        "m/<slug:merchant_code>/lead-sources/<int:source_id>/reported/",
        reported_leads.reported,
        name="reported-leads",
    ),
    path("m/<slug:merchant_code>/funnel/", funnel.page, name="funnel"),
    path("m/<slug:merchant_code>/funnel/rows/", funnel.behind, name="funnel-rows"),
    path("m/<slug:merchant_code>/lead-costs/", lead_costs.page, name="lead-costs"),
    re_path(
        r"^m/(?P<merchant_code>[-a-zA-Z0-9_]+)/lead-costs[.](?P<form>csv|xlsx)$",
        lead_costs.export,
        name="lead-costs-file",
    ),
    path("m/<slug:merchant_code>/bloggers/", agencies.bloggers, name="bloggers"),
    path("m/<slug:merchant_code>/bloggers/<int:agreement_id>/", agencies.blogger, name="blogger"),
    path("m/<slug:merchant_code>/record/", blogger_record.page, name="record"),
    re_path(
        r"^m/(?P<merchant_code>[-a-zA-Z0-9_]+)/record[.](?P<form>csv|json)$",
        blogger_record.export,
        name="record-file",
    ),
    path("m/<slug:merchant_code>/shared/<int:agreement_id>/", agencies.shared_notes, name="shared"),
    path("m/<slug:merchant_code>/demo-feed/", demo.demo_feed, name="demo-feed"),
]

"""Addresses of the foundation's pages, below /m/<merchant>/."""

from django.urls import path, re_path

from merchants.views import (
    agreements,
    claims,
    mappings,
    onboarding,
    rates,
    readiness,
    settings,
    trail,
    uploads,
    webhooks,
)

app_name = "merchants"

urlpatterns = [
    path("uploads/", uploads.page, name="uploads"),
    path("uploads/columns/", uploads.columns, name="columns"),
    re_path(r"^uploads/template/(?P<kind>[a-z_]+)\.(?P<form>csv|xlsx)$", uploads.template, name="template"),
    path("uploads/learned/<int:mapping_id>/forget/", mappings.forget, name="forget_mapping"),
    path("uploads/<int:upload_id>/", uploads.detail, name="upload"),
    path("uploads/<int:upload_id>/map/", mappings.page, name="upload_map"),
    path("uploads/<int:upload_id>/confirm/", uploads.confirm, name="upload_confirm"),
    path("uploads/<int:upload_id>/discard/", uploads.discard, name="upload_discard"),
    path("uploads/<int:upload_id>/rejected/", uploads.rejected, name="upload_rejected"),
    path("settings/", settings.page, name="settings"),
    path("settings/members/", settings.add_member, name="add_member"),
    path("settings/members/<int:membership_id>/role/", settings.set_role, name="set_role"),
    path("settings/members/<int:membership_id>/remove/", settings.remove_member, name="remove_member"),
    path("settings/tokens/", settings.issue_token, name="issue_token"),
    path("settings/tokens/<int:token_id>/revoke/", settings.revoke_token, name="revoke_token"),
    path("settings/sources/<int:connection_id>/", settings.state_basis, name="state_basis"),
    path("settings/quick-start/", settings.quick_start, name="quick_start"),
    path("settings/webhooks/", webhooks.page, name="webhooks"),
    path("settings/webhooks/add/", webhooks.add, name="add_webhook"),
    path("settings/webhooks/<int:endpoint_id>/", webhooks.detail, name="webhook"),
    path("settings/webhooks/<int:endpoint_id>/secret/", webhooks.rotate, name="rotate_webhook"),
    path("settings/webhooks/<int:endpoint_id>/switch/", webhooks.switch, name="switch_webhook"),
    path("settings/webhooks/<int:endpoint_id>/test/", webhooks.test, name="test_webhook"),
    path("settings/webhooks/<int:endpoint_id>/remove/", webhooks.remove, name="remove_webhook"),
    path("settings/webhooks/messages/<int:message_id>/", webhooks.message, name="webhook_message"),
    path("settings/webhooks/messages/<int:message_id>/replay/", webhooks.replay, name="replay_webhook"),
    path("onboarding/", onboarding.page, name="onboarding"),
    path("onboarding/business/", onboarding.describe, name="describe"),
    path("onboarding/submit/", onboarding.submit, name="submit_application"),
    path("onboarding/withdraw/", onboarding.withdraw, name="withdraw_application"),
    path("onboarding/appeal/", onboarding.appeal, name="appeal_application"),
    path("onboarding/answers/<slug:requirement>/", onboarding.answer, name="answer_requirement"),
    path("onboarding/papers/<int:document_id>/", onboarding.paper, name="paper"),
    path("onboarding/papers/<int:document_id>/<int:sheet>/", onboarding.sheet, name="sheet"),
    path("readiness/", readiness.page, name="readiness"),
    path("readiness/<slug:trade>/launch/", readiness.launch, name="launch"),
    path("readiness/<slug:trade>/answers/<slug:promise>/", readiness.answer, name="answer_readiness"),
    path("partners/", agreements.page, name="partners"),
    path("partners/offer/", agreements.offer, name="offer_agreement"),
    path("claims/", claims.page, name="claims"),
    path("claims/make/", claims.claim, name="make_claim"),
    path("claims/dispute/", claims.dispute, name="open_dispute"),
    path("claims/<int:claim_id>/give-up/", claims.give_up, name="give_up_claim"),
    path("claims/disputes/<int:dispute_id>/withdraw/", claims.withdraw, name="withdraw_dispute"),
    path("partners/rates/", rates.own, name="rates"),
    path("partners/<int:agreement_id>/rates/", rates.partners, name="partner_rates"),
    path("partners/profile/", agreements.profile, name="blogger_profile"),
    *(
        path(
            f"partners/<int:agreement_id>/{what}/",
            agreements.answer,
            {"answer": what},
            name=f"{what}_agreement",
        )
        for what in agreements.ANSWERS
    ),
    path("trail/", trail.page, name="trail"),
]

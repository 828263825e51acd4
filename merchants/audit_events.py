"""The acts that the foundation records."""

from django.utils.translation import gettext_lazy as _

from merchants import audit

audit.declare(
    {
        "merchants.upload.received": _("handed in a file"),
        "merchants.upload.confirmed": _("confirmed a file"),
        "merchants.upload.applied": _("applied a file"),
        "merchants.upload.discarded": _("discarded a file"),
        "merchants.upload.rejected_taken": _("downloaded rejected rows"),
        "merchants.batch.received": _("received a batch"),
        "merchants.mapping.stated": _("said what the columns of an export are"),
        "merchants.mapping.learned": _("taught the columns of an export"),
        "merchants.mapping.forgotten": _("had the columns of an export forgotten"),
        "merchants.token.issued": _("issued an API token"),
        "merchants.token.revoked": _("revoked an API token"),
        "merchants.member.added": _("added a member"),
        "merchants.member.role_changed": _("changed the role of a member"),
        "merchants.member.removed": _("removed a member"),
        "merchants.source.basis_stated": _("stated the legal basis of a source"),
        "merchants.source.paused": _("paused a source"),
        "merchants.source.resumed": _("resumed a source"),
        "merchants.trade.set": _("listed or unlisted the trade as sensitive"),
        "merchants.application.described": _("described the business"),
        "merchants.application.answered": _("answered a requirement"),
        "merchants.application.submitted": _("submitted the application"),
        "merchants.application.withdrawn": _("withdrew the application"),
        "merchants.application.appealed": _("appealed a decision"),
        "merchants.application.decided": _("decided about an answer"),
        "merchants.application.printed": _("took a case away as a PDF"),
        "merchants.paper.received": _("handed in a paper"),
        "merchants.paper.viewed": _("looked at a paper"),
        "merchants.expiry.told": _("wrote that a paper runs out"),
        "merchants.readiness.answered": _("said what is in place for a category"),
        "merchants.category.launched": _("launched a category"),
        "merchants.webhook.added": _("added a webhook"),
        "merchants.webhook.removed": _("removed a webhook"),
        "merchants.webhook.rotated": _("renewed the secret of a webhook"),
        "merchants.webhook.paused": _("paused a webhook"),
        "merchants.webhook.resumed": _("resumed a webhook"),
        "merchants.webhook.tested": _("sent a test to a webhook"),
        "merchants.webhook.replayed": _("sent a message of a webhook again"),
        "merchants.support.viewed": _("looked at a row as the operator"),
    }
)

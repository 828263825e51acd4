"""The acts that measurement records."""

from django.utils.translation import gettext_lazy as _

from merchants import audit

audit.declare(
    {
        "measurement.cycle.set": _("set a decision cycle"),
        "measurement.cycles.learned": _("learned decision cycles"),
        "measurement.cycle.previewed": _("previewed a decision cycle"),
        "measurement.rule.set": _("changed the rule of credit"),
        "measurement.item.mapped": _("mapped an item to an SPU"),
        "measurement.spu.set": _("named a product"),
        "measurement.margin.set": _("set a margin"),
        "measurement.code.mapped": _("said which channel a code means"),
        "measurement.crowd_rule.set": _("put a rule of the layers in force"),
        "measurement.crowd_rule.tried": _("tried a rule of the layers"),
        "measurement.crowd_rule.discarded": _("discarded a rule of the layers"),
        "measurement.audience.saved": _("saved an audience"),
        "measurement.audience.archived": _("put an audience away"),
        "measurement.audience.handed_over": _("handed an audience over to delivery"),
        "measurement.person.explained": _("looked at why a person stands in a layer"),
        "measurement.identity.linked": _("joined identities"),
        "measurement.identity.parted": _("parted identities"),
        "measurement.evidence.viewed": _("looked at the evidence of an order"),
        "measurement.report.exported": _("exported a report"),
        "measurement.view.saved": _("saved a view"),
        "measurement.view.removed": _("removed a saved view"),
        "measurement.annotation.written": _("wrote a note on a day"),
        "measurement.annotation.taken_back": _("took a note on a day back"),
        "measurement.schedule.set": _("scheduled a report by e-mail"),
        "measurement.schedule.paused": _("paused or resumed a report by e-mail"),
        "measurement.schedule.removed": _("removed a report by e-mail"),
        "measurement.mailing.sent": _("sent a report by e-mail"),
        "measurement.whole.asked": _("asked for the estimated wholes anew"),
        "measurement.rebuild.asked": _("asked for a full rebuild"),
        "measurement.batch.received": _("received a batch"),
        "measurement.delivery.replayed": _("read a delivery once more"),
        "measurement.move.recorded": _("recorded a move"),
        "measurement.move.settled": _("found out what came of a move"),
        "measurement.move.seen": _("saw what came of a move"),
        "measurement.stop_rule.set": _("wrote down a rule for a campaign"),
        "measurement.stop_rule.read": _("read a campaign's rule on its day"),
        "measurement.stop_rule.seen": _("saw that a campaign's rule fired"),
    }
)

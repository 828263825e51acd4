"""The acts that the desk records."""

from django.utils.translation import gettext_lazy as _

from merchants import audit

audit.declare(
    {
        "leads.source.opened": _("opened a source of leads"),
        "leads.source.switched": _("switched a source of leads on or off"),
        "leads.source.token_replaced": _("replaced the token of a source of leads"),
        "leads.source.access_given": _("gave what a source of leads is spoken to with"),
        "leads.feedback.again": _("had a source told once more what it had rejected"),
        "leads.message.again": _("had a reply sent once more"),
        "leads.delivery.replayed": _("had a delivery of leads read once more"),
        "leads.delivery.looked_at": _("looked at what a delivery of leads says"),
        "leads.hours.set": _("set service hours"),
        "leads.policy.set": _("set a clock policy"),
        "leads.agent.set": _("set up an agent"),
        "leads.agent.left": _("handed over the work of an agent who leaves"),
        "leads.consultation.handed": _("handed a consultation over"),
        "leads.consultation.closed": _("closed a consultation"),
        "leads.lead.taken": _("took a lead"),
        "leads.lead.tried": _("tried to reach the person of a lead"),
        "leads.lead.moved": _("moved a lead"),
        "leads.lead.undone": _("took the move of a lead back"),
        "leads.contact.recorded": _("recorded how to reach a contact"),
        "leads.contact.revealed": _("looked at a contact in the clear"),
        "leads.contact.merged": _("merged two contacts"),
        "leads.contact.unmerged": _("took a merge of contacts back"),
        "leads.appointment.booked": _("booked an appointment"),
        "leads.appointment.changed": _("changed an appointment"),
        "leads.appointment.reminded": _("reminded a person of an appointment"),
        "leads.booking_rule.set": _("set what a store takes at once"),
        "leads.consent.given": _("recorded a consent of a chat"),
        "leads.consent.revoked": _("recorded that a consent was revoked"),
        "leads.conversation.minor": _("marked a chat as a minor's, or took the mark off"),
        "leads.words.deleted": _("deleted words of sensitive chats without consent"),
        "leads.visit.recorded": _("recorded a visit"),
        "leads.deal.closed": _("closed a deal"),
        "leads.export.asked": _("asked for a file of the desk"),
        "leads.export.written": _("wrote a file of the desk"),
        "leads.export.taken": _("took a file of the desk away"),
        "leads.export.stopped": _("stopped a file of the desk"),
        "leads.alarm.raised": _("raised an alarm on many contacts"),
        "leads.alarm.acknowledged": _("saw to an alarm on many contacts"),
        "leads.oversight.set": _("set what the owner watches over"),
        "leads.letter.sent": _("sent a letter of the desk"),
        "leads.deal.posted": _("posted money of a deal"),
    }
)

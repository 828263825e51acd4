"""Addresses of the desk's pages, below /m/<merchant>/."""

from django.urls import path

from leads.views import calendar, consents, desk, inbox, leads, live

app_name = "leads"

urlpatterns = [
    path("inbox/", inbox.page, name="inbox"),
    path("inbox/queue/", inbox.queue, name="queue"),
    path("inbox/live/", live.stream, name="live"),
    path("inbox/presence/", inbox.set_presence, name="presence"),
    path("inbox/<int:consultation_id>/", inbox.conversation, name="conversation"),
    path("inbox/<int:consultation_id>/lines/", inbox.lines, name="lines"),
    path("inbox/<int:consultation_id>/writing/", inbox.writing, name="writing"),
    path("inbox/<int:consultation_id>/reply/", inbox.reply, name="reply"),
    path("inbox/<int:consultation_id>/card/", inbox.card, name="card_sent"),
    path("inbox/<int:consultation_id>/consent/", consents.record, name="consent"),
    path("inbox/<int:consultation_id>/minor/", consents.minor, name="minor"),
    path("inbox/<int:consultation_id>/resend/", inbox.resend, name="resend"),
    path("inbox/<int:consultation_id>/note/", inbox.note, name="note"),
    path("inbox/<int:consultation_id>/take/", inbox.take, name="take"),
    path("inbox/<int:consultation_id>/close/", inbox.close, name="close"),
    path("inbox/<int:consultation_id>/contact/", inbox.contact, name="contact"),
    path("leads/", leads.page, name="leads"),
    path("leads/visit/", leads.redeem, name="redeem"),
    path("leads/<int:lead_id>/", leads.detail, name="lead"),
    path("leads/<int:lead_id>/move/", leads.move, name="move_lead"),
    path("leads/<int:lead_id>/book/", leads.book, name="book"),
    path("leads/<int:lead_id>/deal/", leads.close_deal, name="close_deal"),
    path("leads/<int:lead_id>/deal/post/", leads.post_money, name="post_money"),
    path("leads/<int:lead_id>/undo/", leads.undo, name="undo_move"),
    path("leads/<int:lead_id>/told/", leads.tell_again, name="tell_again"),
    path("leads/<int:lead_id>/contact/", leads.reveal, name="reveal"),
    path("calendar/", calendar.page, name="calendar"),
    path("calendar/book/", calendar.book, name="calendar_book"),
    path("calendar/rule/", calendar.set_rule, name="calendar_rule"),
    path("calendar/<int:appointment_id>/move/", calendar.move, name="move_appointment"),
    path("calendar/<int:appointment_id>/cancel/", calendar.cancel, name="cancel_appointment"),
    path("calendar/<int:appointment_id>/missed/", calendar.missed, name="missed_appointment"),
    path("calendar/<int:appointment_id>/came/", calendar.came, name="came"),
    path("calendar/<int:appointment_id>/undo/", calendar.undo, name="undo_appointment"),
    path("calendar/reminders/<int:reminder_id>/", calendar.reminded, name="reminded"),
    path("desk/", desk.page, name="desk"),
    path("desk/agents/", desk.add_agent, name="add_agent"),
    path("desk/agents/<int:agent_id>/", desk.change_agent, name="change_agent"),
    path("desk/agents/<int:agent_id>/leave/", desk.leave, name="agent_leaves"),
    path("desk/hours/", desk.set_hours, name="set_hours"),
    path("desk/targets/", desk.set_policy, name="set_policy"),
    path("duplicates/", desk.duplicates, name="duplicates"),
    path("duplicates/<int:pair_id>/", desk.judge_pair, name="judge_pair"),
    path("duplicates/merges/<int:merge_id>/undo/", desk.unmerge, name="unmerge"),
]

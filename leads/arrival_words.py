"""Names of sources, and why a delivery was answered as it was, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CHANNELS = {
    "xiaohongshu_form": _("Xiaohongshu landing page"),
    "xiaohongshu_im": _("Xiaohongshu private messages"),
    "feiyu": _("Douyin Feiyu"),
    "meta": _("Meta lead ads"),
    "own": _("Own signed address"),
}
PARTNERS = {
    "xiaohongshu": _("Xiaohongshu"),
    "feiyu": _("Douyin Feiyu"),
    "meta": _("Meta lead ads"),
}
"""Whose sources we speak to, by ``leads.channels.partner_of``."""
GIVEN = {
    "app_id": (_("App id"), ""),
    "third_account_id": (
        _("Account id of the reply tool"),
        _("third_account_id, from the binding of the account."),
    ),
    "key_hex": (
        _("Key of private messages"),
        _(
            "32 hexadecimal digits. Empty leaves the one that stands; what a wrong one could not open is read again."
        ),
    ),
    "automatic": (
        _("Numbers of automatic messages"),
        _(
            "Values of message_source that a machine writes, with commas between. The platform publishes only "
            "that 1 is the customer; without them every other message counts as an agent's reply."
        ),
    ),
    "advertiser_id": (_("Advertiser id"), _("Whose leads are reported back.")),
    "access_token": (_("Access token"), _("Shown never again; empty leaves the one that stands.")),
    "signature_key": (_("Signature key"), _("Shown never again; empty leaves the one that stands.")),
    "dataset_id": (_("Dataset id"), _("Where stages of leads are told.")),
    "page_id": (
        _("Page id"),
        _(
            "Whose forms are read, so that leads no push brought are found. A token of the page needs none: me."
        ),
    ),
    "state_101": (
        _("State number: new"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "state_102": (
        _("State number: valid lead"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "state_104": (
        _("State number: reached by phone"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "state_122": (
        _("State number: added on WeChat"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "state_visited": (
        _("State number: came to the store"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "state_141": (
        _("State number: purchase"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "state_200": (
        _("State number: invalid"),
        _("As it stands in the account; without it such news is not sent."),
    ),
    "base": (_("Base address"), _("Leave it as it is unless the platform names another.")),
    "site": (_("Address for marking valid leads"), _("Leave it as it is unless the platform names another.")),
}
"""What a merchant gives us to speak to a source with: its label, and what helps."""
WAYS = {
    "send": _("Send replies"),
    "pull": _("Pull leads"),
    "tell": _("Tell what became of leads"),
}
WITHOUT = {
    "send": _("Without it replies are copied by hand into the platform's own tool."),
    "pull": _("Without it only what the source pushes arrives."),
    "tell": _("Without it what waits to be told is kept for seven days and then expires."),
}
WHY = {
    "not_json": _("The body is no JSON object."),
    "no_data": _("The body lacks what this source always sends."),
    "not_decrypted": _("The content could not be deciphered with the key of this source."),
    "no_message_id": _("The message has no id."),
    "unknown_author": _("The author is none of user, agent, bot and auto."),
    "unknown_call": _("The path is none that this source calls."),
    "no_length": _("The body came in pieces and without its length, which this server cannot read."),
    "too_large": _("The body is larger than 1 MB."),
    "future_time": _("A time lies in the future; the time of arrival stands instead."),
    "test": _("A test of the console; nobody became a customer."),
    "no_id": _("A row without an id was left out."),
    "no_user": _("A message without its user was left out."),
    "worker lost": _("Given up after five attempts; read it again."),
}


def source(code: str) -> str:
    """The name of what a lead came from; one that is none of ours stands as it is."""
    return str({**CHANNELS, "file": _("Files and programs")}.get(code, code))


def why(codes: str) -> str:
    """The sentences of codes as a delivery keeps them; an unknown one stands as it is."""
    return " ".join(str(WHY.get(code, code)) for code in codes.split("; ") if code)

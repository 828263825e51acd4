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
WHY = {
    "not_json": _("The body is no JSON object."),
    "no_data": _("The body lacks what this source always sends."),
    "not_decrypted": _("The content could not be deciphered with the key of this source."),
    "no_message_id": _("The message has no id."),
    "unknown_call": _("The path is none that this source calls."),
    "too_large": _("The body is larger than 1 MB."),
    "future_time": _("A time lies in the future; the time of arrival stands instead."),
    "test": _("A test of the console; nobody became a customer."),
    "no_id": _("A row without an id was left out."),
    "no_user": _("A message without its user was left out."),
    "worker lost": _("Given up after five attempts; read it again."),
}


def why(codes: str) -> str:
    """The sentences of codes as a delivery keeps them; an unknown one stands as it is."""
    return " ".join(str(WHY.get(code, code)) for code in codes.split("; ") if code)

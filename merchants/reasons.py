"""Why a paper was not taken and what to do about it, in words; reviewers and the door use the same codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REASONS: dict[str, tuple[Promise, Promise]] = {
    "unreadable": (_("It cannot be read"), _("Scan it again in daylight or at 300 dpi, without glare.")),
    "cropped": (_("Part of it is missing"), _("Take the whole page with all four corners.")),
    "expired": (_("It has expired"), _("Hand in the renewed one.")),
    "name_mismatch": (
        _("The name is another one"),
        _("Hand in one with the name on your licence, or correct the name above."),
    ),
    "wrong_document": (_("It is another document"), _("See the example for the one that is asked for.")),
    "not_genuine": (_("It could not be confirmed"), _("Hand in a scan of the original, not of a copy.")),
    "seal_missing": (
        _("The seal is missing"),
        _("Have it sealed with the company's seal and scan it again."),
    ),
    "contact_wrong": (_("The contact details are wrong"), _("Correct them; we call once to confirm.")),
    "trademark_clash": (
        _("The name is somebody else's trademark"),
        _("Add the owner's authorisation, or choose another name."),
    ),
    "chain_broken": (
        _("A step of the authorisation is missing"),
        _("Add each step from the owner of the mark to you, in one file."),
    ),
    "scope_missing": (
        _("What you sell is not in its scope"),
        _("Hand in a licence whose scope covers it, or leave the trade out."),
    ),
    "order_expired": (
        _("The order of the platform has expired"),
        _("Place it again; it is good for 30 days."),
    ),
}
"""By code: what is wrong, and the remedy."""

REFUSALS: dict[str, tuple[Promise, Promise]] = {
    "trade_barred": (
        _("What you want to sell may not be sold here"),
        _("Apply with the categories that may; appeal if what you sell was taken for something else."),
    ),
    "not_confirmed": (
        _("Who stands behind the business could not be confirmed"),
        _("Appeal with a proof from the authority that registered it, or apply with another business."),
    ),
    "forged": (
        _("A paper is not genuine"),
        _("Appeal with the original, or with a confirmation of whoever issued it."),
    ),
    "not_mended": (
        _("The same papers were refused again and again"),
        _("Apply again once they are at hand; appeal if they were right."),
    ),
    "barred": (
        _("The business or its owner was shut out before"),
        _("Appeal if the reason for that is gone, and say since when."),
    ),
}
"""Why a whole application is refused, by code: the reason, and the remedy."""

PAPERS: dict[str, Promise] = {
    "empty": _("The file is empty: choose it again."),
    "too_large": _("The file is too large: scan it smaller, or hand in the pages that are asked for."),
    "not_accepted": _("Another kind of file is expected here: see below the field."),
    "svg": _("SVG drawings are not taken, since they can carry scripts: save it as PNG or PDF."),
    "html": _("Web pages are not taken: print it as PDF, or take a picture of the screen."),
    "archive": _("Archives and Office files are not taken: save it as PDF and hand that in."),
    "program": _("This file is a program; nothing of it was kept."),
    "unknown_type": _("This is neither a PDF nor a JPEG, PNG or WebP picture, whatever its name says."),
    "polyglot": _("The file is two things at once, a picture and something else: export it anew."),
    "too_many_pixels": _("The picture has more than 40 megapixels: scan it at 300 dpi."),
    "encrypted": _("The PDF is locked: print it into a new PDF without a password."),
    "bomb": _("The PDF unpacks to far more than its pages need: print it into a new PDF."),
    "too_many_pages": _("The PDF has more than 30 pages: hand in those that are asked for."),
    "broken": _("The file is damaged: open it, and save or photograph it again."),
    "infected": _("The virus scanner found something in it; nothing of it was kept. Scan your computer."),
    "not_scanned": _("The virus scanner does not answer just now: try again in a few minutes."),
    "too_heavy": _("The file takes too long to read: print it into a new PDF, or photograph it."),
}
"""By code of ``documents``: why a file was not taken, and the remedy. Nothing of it was kept."""

FAULTS: dict[str, Promise] = {
    "empty": _("This is needed: fill it in."),
    "signs": _("It holds signs that do not belong here."),
    "length": _("18 signs are needed."),
    "check_digit": _("The last sign does not fit the others: look for a typing mistake."),
    "date": _("Write the day as 2027-03-01."),
    "past": _("This day is over: hand in one that still holds."),
    "number": _("A whole number is expected."),
}
"""By code of ``onboarding.checks``."""

BUSINESS: dict[str, Promise] = {
    "missing": _("This is needed."),
    "closed": _("This trade is not open to your legal form."),
    "mixed": _("Agencies and bloggers sell nothing: apply for that alone, and for what you sell separately."),
    "too_many": _("You have three applications under way; finish one of them first."),
}
"""By code of ``applications.Faulty``."""

NOT_NOW: dict[str, Promise] = {
    "not_now": _("This is not possible now: the application is being reviewed or is decided."),
    "let_in": _(
        "You were let in as the business is described. Apply for another category below; tell the operator of "
        "anything else that has changed."
    ),
    "nothing_new": _("There is nothing new to submit: hand in a paper first."),
    "once": _("You have appealed once already; correct what was refused and submit again."),
    "empty": _("Say in a sentence why the decision is wrong."),
}
"""By code of ``onboarding.cases.Refused``, for who applies."""

REVIEW: dict[str, Promise] = {
    "own": _("You belong to this merchant or handed this in: somebody else decides about it."),
    "same_eyes": _("You looked at it first: a second person decides about it."),
    "appeal": _("You refused it before: the appeal goes to somebody else."),
    "changed": _(
        "The case has changed since you opened it. It stands here as it is now; nothing of your decision was kept."
    ),
    "held": _("Somebody else works on this case now; nothing of your decision was kept."),
    "not_now": _(
        "It does not wait for this decision any more: it was decided, or taken back. Nothing changed."
    ),
    "reason": _("A refusal needs one of the reasons; nothing was kept."),
    "proposed": _(
        "Somebody proposes to refuse the whole application: a second person confirms that or goes on first."
    ),
}
"""By code of ``onboarding.cases.Refused``, for who reviews."""

FINDINGS: dict[str, Promise] = {
    **FAULTS,
    "expired": _("This day has passed."),
    "expires_soon": _("This day is less than 60 days away."),
    "other_name": _("The business calls itself otherwise."),
}
"""By code of ``onboarding.findings``, for who reviews."""

ACTS: dict[str, Promise] = {
    "start": _("began the application"),
    "describe": _("described the business"),
    "submit": _("submitted the application"),
    "withdraw": _("withdrew the application"),
    "appeal": _("appealed a decision"),
    "claim": _("claimed the case"),
    "take_over": _("took the case over"),
    "release": _("gave the case back"),
    "accept": pgettext_lazy("reviewer", "accepted"),
    "refuse": pgettext_lazy("reviewer", "refused"),
    "conclude": _("closed the review"),
    "renew": _("began to renew a paper"),
    "propose": _("proposed to refuse the application"),
    "refuse_case": _("refused the application"),
    "go_on": _("went on with the review"),
    "widen": _("applied for another category"),
    "let_go": _("gave up the other category"),
}
"""What events of a review say, by their act."""

CLAIMS: dict[str, Promise] = {
    "empty": _("Say what is meant."),
    "claimed": _("Somebody else claims this. If that is wrong, dispute it: the operator decides."),
    "lost": _("The operator decided that this is not yours."),
    "nothing_claimed": _("Nobody claims this, so there is nothing to dispute: claim it yourself."),
    "own": _("This claim is your own."),
    "disputed_already": _("This claim is disputed already; wait for the decision."),
    "not_now": _("This is decided or taken back already, or the claim is disputed."),
    "reason": _("Choose a decision and give its reason."),
}
"""By code of ``operations.claims.Refused``."""

AGREEMENTS: dict[str, Promise] = {
    "nobody": _("Nobody has this partner number. Your partner finds it on its own page “Partners”."),
    "kinds": _(
        "Agreements are made between an agency and a blogger, or between a merchant and one of these."
    ),
    "nothing": _("Choose what the agreement covers."),
    "days": _("The last day must be today or later, and not before the first one."),
    "too_early": _("The first day lies too far back."),
    "no_profile": _("The blogger has no profile yet; it says which account on the platform is meant."),
    "offered_already": _("The same is offered already and waits for an answer."),
    "own_offer": _("Your partner answers this one: you offered it."),
    "not_now": _("This was answered or taken back in the meantime."),
    "disputed": _("A claim that this rests on is disputed; it goes on when the operator has decided."),
    "papers": _("A paper that the agency represents others by is due or has run out; hand it in first."),
    "other_agency": _("Another agency holds this right of the blogger on some of these days."),
    "consent_overlaps": _("Another agreement with this partner covers some of these days; end it first."),
}
"""By code of ``operations.agreements.Refused``."""

"""How the desk is run: who answers, when, how fast; an agent who leaves; contacts that may be one person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads import words
from leads.desk_forms import AgentForm, HoursForm, LeaveForm, PolicyForm, with_china, years_known
from leads.models import Agent, ContactPair, Merge
from leads.operations import assignment, contacts, presence, setup
from leads.queries import oversight, people, rules
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.models import Store
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.RUN_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """Agents, and the hours and targets of a store (``store``), or of all that have none of their own."""
    return _page(request)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def add_agent(request: MerchantRequest) -> HttpResponse:
    return _save_agent(request, None)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def change_agent(request: MerchantRequest, agent_id: int) -> HttpResponse:
    return _save_agent(request, _agent(request, agent_id))


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def leave(request: MerchantRequest, agent_id: int) -> HttpResponse:
    """An agent leaves; what is open goes to another one in the same act."""
    agent = _agent(request, agent_id)
    form = LeaveForm(request.POST, agent=agent)
    if not form.is_valid():
        return _page(request, status=422)
    count = assignment.leave(request.merchant, agent, to=form.cleaned_data["to"], by=_by(request))
    told = ngettext(
        "%(name)s has left; %(count)d open consultation was handed over.",
        "%(name)s has left; %(count)d open consultations were handed over.",
        count,
    )
    messages.success(request, told % {"name": agent.name, "count": count})
    return redirect("leads:desk", request.merchant.code)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def set_hours(request: MerchantRequest) -> HttpResponse:
    """A new version of the hours; ``holidays`` names a year whose holidays are put in first."""
    form = HoursForm(request.POST, merchant=request.merchant)
    if not form.is_valid():
        return _page(request, hours_form=form, status=422)
    exceptions = form.cleaned_data["exceptions"]
    year = request.POST.get("holidays", "")
    if year.isdigit():
        try:
            exceptions = with_china(exceptions, int(year), form.weekdays["0"])
        except KeyError:
            messages.warning(request, _("The holidays of %(year)s are not known yet.") % {"year": year})
    setup.set_hours(
        request.merchant,
        weekdays=form.weekdays,
        exceptions=exceptions,
        store=form.cleaned_data["store"],
        by=_by(request),
    )
    messages.success(request, _("The hours hold for clocks that start from now on."))
    return _back(request, form.cleaned_data["store"])


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def set_policy(request: MerchantRequest) -> HttpResponse:
    form = PolicyForm(request.POST, merchant=request.merchant)
    if not form.is_valid():
        return _page(request, policy_form=form, status=422)
    setup.set_policy(request.merchant, by=_by(request), **form.cleaned_data)
    messages.success(request, _("The targets hold for clocks that start from now on."))
    return _back(request, form.cleaned_data["store"])


@merchant_required(Permission.RUN_DESK)
def duplicates(request: MerchantRequest) -> HttpResponse:
    """Contacts that may be one, with what a merge would bring together; and merges that can be taken back."""
    pairs = people.suggested_pairs(request.merchant)
    merges = people.merges_to_undo(request.merchant, timezone.now())
    return render(
        request,
        "leads/duplicates.html",
        {"pairs": pairs, "merges": merges, "whys": words.PAIR_WHY},
    )


@merchant_required(Permission.RUN_DESK, methods=("GET", "POST"))
def judge_pair(request: MerchantRequest, pair_id: int) -> HttpResponse:
    """Both side by side with what would move. ``act`` merge joins them into ``survivor`` (the older one where none
    is named), with the ``name`` and ``city`` of the side that was chosen; anything else keeps both apart."""
    rows = ContactPair.objects.filter(state=ContactPair.State.SUGGESTED)
    pair = get_for_merchant_or_404(rows, request.merchant, pk=pair_id)
    sides = people.sides_of(request.merchant, pair)
    if request.method == "GET":
        context = {"pair": pair, "sides": sides, "why": words.PAIR_WHY.get(pair.why, "")}
        return render(request, "leads/merge.html", context)
    if request.POST.get("act") != "merge":
        contacts.keep_apart(request.merchant, pair, by=_by(request))
        messages.success(request, _("They stay two, and are not suggested again."))
        return redirect("leads:duplicates", request.merchant.code)
    by_id = {str(side.contact.pk): side.contact for side in sides}
    stays = by_id.get(request.POST.get("survivor", ""), sides[0].contact)
    goes = next(side.contact for side in sides if side.contact != stays)
    chosen = {
        field: getattr(by_id[which], field)
        for field in ("name", "city")
        if (which := request.POST.get(field, "")) in by_id
    }
    try:
        contacts.merge(request.merchant, survivor=stays, absorbed=goes, by=_by(request), **chosen)
    except contacts.Refused as refused:
        messages.warning(request, words.MERGE_REFUSED[str(refused)])
    else:
        messages.success(request, _("They are one contact now. It can be taken back for 30 days."))
    return redirect("leads:duplicates", request.merchant.code)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def unmerge(request: MerchantRequest, merge_id: int) -> HttpResponse:
    merged = get_for_merchant_or_404(Merge, request.merchant, pk=merge_id)
    try:
        contacts.unmerge(request.merchant, merged, by=_by(request))
    except contacts.Refused as refused:
        messages.warning(request, words.MERGE_REFUSED[str(refused)])
    else:
        messages.success(request, _("They are two contacts again."))
    return redirect("leads:duplicates", request.merchant.code)


def _save_agent(request: MerchantRequest, agent: Agent | None) -> HttpResponse:
    form = AgentForm(request.POST, merchant=request.merchant, agent=agent, auto_id="new_agent_%s")
    if not form.is_valid():
        return _page(request, agent_form=form, agent=agent, status=422)
    told = form.cleaned_data
    setup.set_agent(request.merchant, user=told["user"], name=told["name"], by=_by(request), **form.stated)
    messages.success(request, _("%(name)s is set.") % {"name": told["name"]})
    return redirect("leads:desk", request.merchant.code)


def _page(request: MerchantRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    merchant = request.merchant
    setup.ensure(merchant)
    store = _store(request)
    store_id = store.pk if store else None
    schedule, policy = rules.schedule_of(merchant, store_id), rules.policy_of(merchant, store_id)
    now = timezone.now()
    agents = people.agents(merchant, now)
    context = {
        "agents": [
            {
                "agent": one.agent,
                "load": one.load,
                "stores": one.stores,
                "gone": one.agent.presence == Agent.Presence.ONLINE and not presence.is_here(one.agent, now),
                "form": AgentForm(merchant=merchant, agent=one.agent, auto_id=f"agent_{one.agent.pk}_%s"),
                "leave_form": LeaveForm(agent=one.agent, auto_id=f"leave_{one.agent.pk}_%s"),
            }
            for one in agents
        ],
        "store": store,
        "stores": list(Store.objects.for_merchant(merchant).order_by("name")),
        "schedule": schedule,
        "policy": policy,
        "years": years_known(day_of(timezone.now())),
        "agent_form": AgentForm(merchant=merchant, auto_id="new_agent_%s"),
        "hours_form": HoursForm(merchant=merchant, schedule=schedule),
        "policy_form": PolicyForm(merchant=merchant, policy=policy),
        "open_alarms": oversight.open_alarms(merchant),
        **given,
    }
    return render(request, "leads/desk.html", context, status=status)


def _store(request: MerchantRequest) -> Store | None:
    told = request.GET.get("store", "") or request.POST.get("store", "")
    if not told.isdigit():
        return None
    found: Store | None = Store.objects.for_merchant(request.merchant).filter(pk=told).first()
    return found


def _back(request: MerchantRequest, store: Store | None) -> HttpResponse:
    answer = redirect("leads:desk", request.merchant.code)
    if store:
        answer["Location"] += f"?store={store.pk}"
    return answer


def _agent(request: MerchantRequest, agent_id: int) -> Agent:
    return get_for_merchant_or_404(Agent.objects.filter(left_at=None), request.merchant, pk=agent_id)


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"

"""Products: what is sold, in which category, with which margin, and which items of shops it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from measurement import words
from measurement.forms import ItemForm, ProductForm
from measurement.models import Category, Spu
from measurement.operations import catalogue, rules
from measurement.printed import products as printed
from measurement.queries import shelf
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_DATA)
def page(request: MerchantRequest) -> HttpResponse:
    """Products (``q``: part of a name or code, ``page``), and items of orders that are none yet (``items``)."""
    return _page(request)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def add(request: MerchantRequest) -> HttpResponse:
    """A new product, with its margin where one is told."""
    categories = _categories()
    form = ProductForm(request.POST, categories=categories)
    if form.is_valid() and _spus(request).filter(code=form.cleaned_data["code"]).exists():
        form.add_error("code", _("There is a product of this code already; change that one."))
    return _put(request, form, categories)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def change(request: MerchantRequest, spu_id: int) -> HttpResponse:
    """Another name, category or margin of a product; its code stays."""
    spu = get_for_merchant_or_404(Spu, request.merchant, pk=spu_id)
    categories = _categories()
    form = ProductForm({**request.POST.dict(), "code": spu.code}, categories=categories)
    return _put(request, form, categories)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def map_item(request: MerchantRequest) -> HttpResponse:
    """Says which product an item is; orders of it, also those that came before, are credited anew."""
    form = ItemForm(request.POST, spus=_spus(request))
    if not form.is_valid():
        for name, wrong in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, wrong))}")
        return redirect("measurement:products", request.merchant.code)
    told = form.cleaned_data
    rules.map_item(
        request.merchant,
        platform=told["platform"],
        item_id=told["item_id"],
        sku_id=told["sku_id"],
        spu=told["spu"],
        by=f"user:{request.user.pk}",
    )
    messages.success(
        request,
        _("Item %(item)s is “%(product)s” now; its orders are being credited anew.")
        % {"item": told["item_id"], "product": told["spu"].name},
    )
    return redirect("measurement:products", request.merchant.code)


def _spus(request: MerchantRequest) -> Any:
    return Spu.objects.for_merchant(request.merchant).order_by("name", "code")


def _categories() -> dict[str, Category]:
    return {category.code: category for category in Category.objects.all()}


def _put(request: MerchantRequest, form: ProductForm, categories: dict[str, Category]) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, status=422)
    told, by = form.cleaned_data, f"user:{request.user.pk}"
    spu = catalogue.put_spu(
        request.merchant, code=told["code"], name=told["name"], category=categories[told["category"]], by=by
    )
    if told["margin"] is not None:
        catalogue.put_margin(
            request.merchant,
            spu=spu,
            margin_bp=int(told["margin"] * 100),
            valid_from=told["valid_from"],
            by=by,
        )
    messages.success(request, _("“%(name)s” is recorded.") % {"name": spu.name})
    return redirect("measurement:products", request.merchant.code)


def _page(request: MerchantRequest, wrong: ProductForm | None = None, *, status: int = 200) -> HttpResponse:
    merchant, today = request.merchant, day_of(timezone.now())
    asked = printed.asked(request.GET)
    shown = Paginator(shelf.named(merchant, asked), shelf.PAGE).get_page(request.GET.get("page"))
    unmapped, all_unmapped = shelf.unmapped(merchant, number=_number(request.GET.get("items", "")))
    spus = list(_spus(request).only("code", "name", "merchant_id"))
    categories = _categories()
    context = {
        "page": shown,
        "rows": [_row(one, today, categories) for one in shelf.shelf(merchant, shown, today)],
        "asked": asked,
        "spus": spus,
        "items": Paginator(range(all_unmapped), shelf.PAGE).get_page(request.GET.get("items")),
        "unmapped": [{"item": one, "platform": words.platform(one.platform)} for one in unmapped],
        "without_item": shelf.without_item(merchant),
        "codes": [
            {"code": one, "kind": words.said(words.CODES, one.kind), "platform": words.platform(one.platform)}
            for one in shelf.unknown_codes(merchant)
        ],
        "notes": shelf.notes_told(merchant),
        "takeaway": printed.takeaway(len(spus), all_unmapped),
        "form": wrong or ProductForm(initial={"valid_from": today}, auto_id="new-%s", categories=categories),
        "wrong": wrong,
        "may_set": Permission.SET_RULES in request.permissions,
    }
    return render(request, "measurement/products.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _row(one: shelf.Shelved, today: date, categories: dict[str, Category]) -> dict[str, Any]:
    first = {
        "code": one.spu.code,
        "name": one.spu.name,
        "category": one.category.code,
        "valid_from": today,
    }
    return {
        "one": one,
        "items": [printed.item_words(item) for item in one.items],
        "history": [
            {
                "share": (margin.basis_points or 0) / 10_000,
                "start": margin.start,
                "holds": margin == one.margin,
            }
            for margin in one.history
        ],
        "form": ProductForm(initial=first, auto_id=f"spu-{one.spu.pk}-%s", categories=categories),
    }

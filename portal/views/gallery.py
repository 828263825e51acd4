"""Every component in all its states on one page, with invented figures: for those who write pages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _

from merchants.access import allows
from merchants.models import Membership, Merchant


class SampleForm(forms.Form):
    """One field of each kind; the page shows it bound, so that errors are seen."""

    name = forms.CharField(max_length=40, help_text="As on the label of the product.")
    window = forms.ChoiceField(choices=[("29", "29 days"), ("70", "70 days")])
    margin = forms.DecimalField(required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    paused = forms.BooleanField(required=False, help_text="Feeds wait until it is switched on again.")


@allows("GET")
def gallery(request: HttpRequest) -> HttpResponse:
    """`GET /gallery/`: holds no data of anybody, so anyone may look."""
    names = ["Home", "Results", "Crowds", "Campaigns", "Data", "Settings"]
    icons = ["home", "chart-bar", "users", "note", "database", "settings"]
    nav = [
        {"label": _(name), "url": "#main", "icon": icon, "active": name == "Results"}
        for name, icon in zip(names, icons, strict=True)
    ]
    merchants = [
        Merchant(name="初芽护肤 Budling", code="budling"),
        Merchant(name="小谷奶粉 Grainlet", code="grainlet"),
    ]
    context = {
        "nav": nav,
        "merchant": merchants[0],
        "memberships": [Membership(merchant=merchant, role="owner") for merchant in merchants],
        "data_through": date(2025, 11, 22),
        "computed_at": datetime(2025, 11, 22, 22, 10, tzinfo=UTC),
        "late_from": date(2025, 11, 20),
        "full_on": date(2025, 12, 14),
        "notes": notes(),
        "total": {"fen": 128_400_000, "cost": 41_200_000, "share": Decimal("0.61")},
        "classes": classes(),
        "grades": grades(),
        "trend": trend(),
        "ranking": ranking(),
        "days": [f"11-{day:02}" for day in range(9, 23)],
        "form": SampleForm({"name": "", "window": "29", "margin": "12.5"}),
        "page": Paginator(range(1284), 25).page(4),
        "sample_tabs": [
            {"label": "Notes", "url": "#main", "active": True, "count": 214},
            {"label": "Bloggers", "url": "#main", "count": 61},
            {"label": "Products", "url": "#main"},
        ],
        "steps": [
            {"label": "Read", "state": "done", "detail": "15,204 rows"},
            {"label": "Credit", "state": "running", "detail": "9,100 of 15,204 lines"},
            {"label": "Sum up", "state": "waiting"},
        ],
        "events": events(),
        "facts": [
            ("Order line", "JD · …8841"),
            ("Paid", "¥389.00"),
            ("Refunded", None),
            ("Window", "29 days"),
        ],
        "checks": [
            {"title": "An order file", "done": True, "text": "15,204 lines, 3 Jun to 22 Nov"},
            {
                "title": "A cost file",
                "text": "What each note and campaign cost, by day.",
                "url": "#main",
                "action": "Upload",
                "gain": "return on cost, wasted spend",
            },
        ],
        "choices": [("last", "Last touch"), ("linear", "Linear"), ("decay", "Time decay")],
    }
    return render(request, "portal/gallery.html", context)


def notes() -> list[dict[str, Any]]:
    """Rows of a results table: money in fen, the third not yet full, the fourth without a cost."""
    written = [
        ("熬夜脸急救｜28天面部精华空瓶记", "小满在护肤"),
        ("敏感肌换季修护，我的早晚流程", "阿晚Wan"),
        ("冬季修护合集（含精华对比）", "成分党林可"),
        ("素人实测：第14天的变化", "momo"),
    ]
    figures = [
        (8_600_000, 31_240_000, 26_100_000, 36_700_000, 803, 1, "A", "paying"),
        (6_200_000, 7_050_000, 4_900_000, 9_300_000, 181, 1, "B", "unproven"),
        (9_900_000, 4_180_000, 2_700_000, 5_600_000, 107, Decimal("0.42"), "A", "losing"),
        (None, 1_210_000, None, None, 31, Decimal("0.10"), "unjoined", "ripening"),
    ]
    names = ("cost", "back", "low", "high", "orders", "maturity", "grade", "kind")
    rows = []
    for (title, blogger), cover, row in zip(written, [*covers(), ""], figures, strict=True):
        values = dict(zip(names, row, strict=True))
        roi = Decimal(row[1]) / row[0] if row[0] else None
        rows.append({"title": title, "blogger": blogger, "cover": cover, "roi": roi, **values})
    return rows


def covers() -> list[str]:
    return [static(f"seedbed/samples/cover-{index}.svg") for index in (1, 2, 3)]


def classes() -> list[dict[str, Any]]:
    """The parts of the money bar: spend by what it brought."""
    kinds = {"paying": ("paying", 21_200_000), "unproven": ("unproven", 9_600_000)}
    kinds |= {"losing": ("losing", 4_100_000), "ripening": ("ripening", 6_300_000)}
    return [
        {"label": label, "value": value, "text": f"¥{value // 100_000}K", "kind": kind, "url": "#main"}
        for kind, (label, value) in kinds.items()
    ]


def grades() -> list[dict[str, Any]]:
    values = {
        "grade-a": ("A", 51_000_000),
        "grade-b": ("B", 12_000_000),
        "unjoined": ("unjoined", 64_000_000),
    }
    return [
        {"label": label, "value": value, "text": f"¥{value // 100_000}K", "kind": kind}
        for kind, (label, value) in values.items()
    ]


def trend() -> dict[str, Any]:
    """A line of credited return against the weekday-matched period, the last days still ripening."""
    ours = [31, 34, 30, 38, 41, 52, 49, 44, 46, 51, 58, 55, 61, 57]
    before = [28, 29, 31, 30, 35, 43, 41, 36, 37, 39, 44, 46, 45, 43]
    days = [f"11-{day:02}" for day in range(9, 23)]
    return {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 88, "top": 28, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": days, "boundaryGap": False},
        "yAxis": {"type": "value", "name": "¥K"},
        "series": [
            {
                "type": "line",
                "name": "This period",
                "data": ours,
                "color": "accent",
                "symbol": "none",
                "lineStyle": {"width": 2},
                "endLabel": {"show": True, "formatter": "{a}", "color": "accent-text"},
                "markArea": {
                    "silent": True,
                    "itemStyle": {"color": "rule", "opacity": 0.35},
                    "label": {"color": "quiet", "formatter": "ripening"},
                    "data": [[{"xAxis": "11-19"}, {"xAxis": "11-22"}]],
                },
            },
            {
                "type": "line",
                "name": "28 days before",
                "data": before,
                "color": "compare",
                "symbol": "none",
                "lineStyle": {"width": 1.5, "type": "dashed"},
                "endLabel": {"show": True, "formatter": "{a}", "color": "quiet"},
            },
        ],
    }


def ranking() -> dict[str, Any]:
    """Horizontal bars, the last one hatched because it is immature."""
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 64, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": ["Taobao", "JD", "own shop", "VIPSHOP"]},
        "series": [
            {
                "type": "bar",
                "barWidth": 16,
                "label": {"show": True, "position": "right", "color": "ink", "formatter": "¥{c}K"},
                "data": [
                    {"value": 510, "itemStyle": {"color": "accent"}},
                    {"value": 260, "itemStyle": {"color": "accent"}},
                    {"value": 190, "itemStyle": {"color": "accent"}},
                    {"value": 96, "itemStyle": {"color": "accent-half", "decal": "ripening"}},
                ],
            }
        ],
    }


def events() -> list[dict[str, Any]]:
    first, second = notes()[:2]
    return [
        {"at": "27 days before", "label": "read", "title": first["title"], "cover": first["cover"]},
        {"at": "19 days before", "label": "saved", "title": second["title"], "cover": second["cover"]},
        {"at": "6 days before", "label": "searched", "detail": "“面部精华”"},
        {"at": "3 Nov 09:14", "label": "ordered", "detail": "JD · ¥389.00", "kind": "order"},
    ]

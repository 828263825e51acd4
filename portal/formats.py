"""How figures read, in two languages: pure functions from a value to the text of it.

Unknown (None) is a dash, zero is a zero, a ratio over zero is unknown. Money comes in as fen, days are days
in Shanghai. Languages are Django's codes; everything that does not begin with `zh` reads as English.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

DASH = "–"
MINUS = "\u2212"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)

SCALES_ZH = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
SCALES_EN = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))


def _decimal(value: float | Decimal) -> Decimal | None:
    """Exact for integers and decimals, shortest repr for floats; None for what is not a number."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def _fixed(number: Decimal, places: int) -> str:
    """Grouped digits without a sign, halves away from zero."""
    return f"{abs(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"


def _signed(text: str, number: Decimal) -> str:
    """Put a true minus before the text unless every digit of it is zero: there is no minus nought."""
    return MINUS + text if number < 0 and any(digit in text for digit in "123456789") else text


def _scaled(number: Decimal, language: str) -> str | None:
    """Three significant digits with 万/亿 or K/M/B; None below 10,000, which reads well as it is."""
    scales = SCALES_ZH if language.startswith("zh") else SCALES_EN
    if abs(number) < 10_000:
        return None
    chosen = next(index for index, (scale, _) in enumerate(scales) if abs(number) >= scale)
    text = _three_digits(abs(number) / scales[chosen][0])
    if chosen and Decimal(text.replace(",", "")) * scales[chosen][0] >= scales[chosen - 1][0]:
        chosen -= 1  # 999,950 is 1.00M, not 1,000K
        text = _three_digits(abs(number) / scales[chosen][0])
    return text + scales[chosen][1]


def _three_digits(number: Decimal) -> str:
    """1.28, 12.8, 128, 1,284; the places follow the rounded number, for rounding may add a digit (9.996)."""
    places = max(0, 2 - number.adjusted())
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return _fixed(number, max(0, 2 - rounded.adjusted()))


def money(fen: int | Decimal | None, form: str = "", language: str = "en") -> str:
    """Yuan from fen: `""` with both decimals, `"whole"` rounded to the yuan, `"compact"` in three digits.

    A compact sum below 100 yuan keeps its decimals, because there fen matter.
    """
    number = None if fen is None else _decimal(fen)
    if number is None:
        return DASH
    yuan = number / 100
    text = _scaled(yuan, language) if form == "compact" else None
    if text is None:
        whole = form == "whole" or (form == "compact" and (abs(yuan) >= 100 or not yuan))
        text = _fixed(yuan, 0 if whole else 2)
    return _signed("¥" + text, yuan)


def count(value: float | Decimal | None, form: str = "", language: str = "en") -> str:
    """Grouped digits; a fraction (a model splits orders) keeps one decimal; `"compact"` in three digits."""
    number = None if value is None else _decimal(value)
    if number is None:
        return DASH
    text = _scaled(number, language) if form == "compact" else None
    return _signed(text or _fixed(number, 0 if number == number.to_integral_value() else 1), number)


def percent(ratio: float | Decimal | None, places: int = 1) -> str:
    number = None if ratio is None else _decimal(ratio)
    return DASH if number is None else _signed(_fixed(number * 100, places) + "%", number)


_UNITS = {"zh": (" 小时", " 分", " 秒"), "en": (" h", " min", " s")}


def lasted(seconds: int | None, language: str = "en") -> str:
    """How long something took, in its two largest units: 18 min 46 s."""
    if seconds is None:
        return DASH
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = list(
        zip((hours, minutes, rest), _UNITS["zh" if language.startswith("zh") else "en"], strict=True)
    )
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    shown = [f"{number}{unit}" for number, unit in parts[first : first + 2] if number]
    return " ".join(shown) or f"0{parts[-1][1]}"


def multiple(ratio: float | Decimal | None, places: int = 2) -> str:
    """A return on cost: 3.12 means 3.12 yuan credited for each yuan spent."""
    number = None if ratio is None else _decimal(ratio)
    return DASH if number is None else _signed(_fixed(number, places), number)


def change(ratio: float | Decimal | None, places: int = 1) -> str:
    """A signed change: +12.3%, −4.0%, ±0.0%."""
    text = percent(ratio, places)
    if text == DASH or text.startswith(MINUS):
        return text
    return ("+" if any(digit in text for digit in "123456789") else "±") + text


def ratio(numerator: int | Decimal | None, denominator: int | Decimal | None) -> Decimal | None:
    """A quotient that knows what it does not know: None when a part is unknown or the denominator is zero."""
    if numerator is None or not denominator:
        return None
    return Decimal(numerator) / Decimal(denominator)


def change_between(now: int | Decimal | None, before: int | Decimal | None) -> Decimal | None:
    """The change as a ratio of what was before; None when it was unknown, zero or less."""
    if now is None or before is None or before <= 0:
        return None
    return (Decimal(now) - Decimal(before)) / Decimal(before)


def _in_shanghai(value: date) -> date:
    return value.astimezone(SHANGHAI) if isinstance(value, datetime) and value.tzinfo else value


def day(value: date | None, form: str = "", language: str = "en") -> str:
    """`22 Nov` or `11月22日`; with `"year"` the year too. An aware datetime is the day it is in Shanghai."""
    if value is None:
        return DASH
    local = _in_shanghai(value)
    if language.startswith("zh"):
        return (
            f"{local.year}年{local.month}月{local.day}日"
            if form == "year"
            else f"{local.month}月{local.day}日"
        )
    text = f"{local.day} {MONTHS[local.month - 1]}"
    return f"{text} {local.year}" if form == "year" else text


def days(first: date, last: date, language: str = "en") -> str:
    """`27 Oct – 23 Nov 2026` or `2026年10月27日 – 11月23日`: the year once, where the language puts it. One day
    is said once."""
    if first == last:
        return day(first, "year", language)
    chinese = language.startswith("zh")
    both = first.year != last.year
    start = day(first, "year" if both or chinese else "", language)
    return f"{start} {DASH} {day(last, 'year' if both or not chinese else '', language)}"


def moment(value: datetime | None, form: str = "", language: str = "en") -> str:
    """Day and clock, `22 Nov 06:10`; `"second"` and `"year"` add theirs, `"clock"` leaves the day out."""
    if value is None:
        return DASH
    local = value.astimezone(SHANGHAI) if value.tzinfo else value
    clock = f"{local:%H:%M:%S}" if form == "second" else f"{local:%H:%M}"
    if form == "clock":
        return clock
    return f"{day(local, 'year' if form == 'year' else '', language)} {clock}"


def figure(value: float | Decimal | None, form: str, language: str = "en") -> str:
    """A value in the form of its column: `fen`, `count`, `percent` or `multiple`."""
    match form:
        case "fen":
            return money(
                value if not isinstance(value, float) else Decimal(repr(value)),
                "compact",
                language,
            )
        case "count":
            return count(value, "compact", language)
        case "percent":
            return percent(value)
        case "multiple":
            return multiple(value)
    raise ValueError(f"no such form of a figure: {form}")

"""What to do about a problem of a file, a row or a cell, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REMEDIES: dict[str, Promise] = {
    # a cell
    "missing": _("This cell is needed: fill it in."),
    "not_text": _("Text is expected here, not a fraction or a yes/no."),
    "too_long": _("Shorten it to %(limit)s characters."),
    "invisible_character": _("It holds an invisible or broken character: type it anew."),
    "digits_lost": _(
        "A spreadsheet has rounded this number after 15 digits. Format the column as text and paste"
        " the numbers again from their source."
    ),
    "not_money": _("Write yuan as plain digits with a point, such as 1284.05."),
    "fraction_of_a_fen": _("Round it to two decimals."),
    "too_much_money": _("More than %(limit)s yuan on one row: check the unit."),
    "below_zero": _("An amount below zero is not possible here."),
    "not_a_time": _("Write day and clock, such as 2026-03-01 13:05:00."),
    "time_needs_a_clock": _("The clock is missing: write it as 2026-03-01 13:05:00."),
    "time_out_of_range": _("The year must lie between %(first)s and %(last)s."),
    "time_in_future": _("This time lies in the future: check day and time zone."),
    "not_a_day": _("Write the day as 2026-03-01."),
    "not_whole": _("A whole number is expected."),
    "out_of_range": _("It must lie between %(low)s and %(high)s."),
    "not_a_choice": _("Choose one of: %(choices)s."),
    "not_a_flag": _("Write yes or no."),
    "formula": _("The cell holds a formula or an error. Copy the column and paste it as values."),
    "not_a_plain_value": _("A single value is expected, not a list or an object."),
    "percent_in_a_count": _("A percentage stands where a count belongs: take another column, or correct it."),
    "percent_in_money": _("A percentage stands where an amount belongs: take another column, or correct it."),
    "count_below_zero": _("People and acts cannot be fewer than none: correct the count."),
    "rounded_to_ten_thousands": _(
        "The figure is rounded to 万: export whole numbers, or name the columns and choose 万 as the unit."
    ),
    "not_a_rate": _("A rate is expected here, such as 12.3%%."),
    "not_a_share": _("Write the share with its percent sign, such as 0.8%%."),
    "not_an_index": _("A plain number is expected, such as 112.5; 100 is like everybody."),
    "not_a_window": _("Write the window in days, such as 15 or 30 (1 to 365)."),
    # a row
    "cell_too_large": _("A cell of this row is larger than %(limit)s characters."),
    "too_many_cells": _("%(found)s cells instead of %(expected)s: put text with commas into quotes."),
    "too_few_cells": _("%(found)s cells instead of %(expected)s: the row seems cut off."),
    "broken_quotes": _("The quotes of this row do not match: write a quote inside a cell twice."),
    "unreadable_json": _("This line is not valid JSON."),
    "json_too_deep": _("This line is nested too deeply."),
    "not_an_object": _("One JSON object per row is expected."),
    "field_twice": _("The field %(field)s stands here twice."),
    "unknown_field": _("There is no such field: check its spelling."),
    "person_kind_missing": _("Say what kind of identifier this is (phone, email, member, ...)."),
    "namespace_missing": _("Say where this identifier holds, such as taobao or the name of the app."),
    "not_a_phone": _("A mainland mobile number has 11 digits; a hashed one is its SHA-256 in 64 characters."),
    "same_person_twice": _("Both identifiers are the same."),
    "unknown_spu": _(
        "This SPU is not known yet: add it under Data → Products, or hand in a file of products first; or correct"
        " its code."
    ),
    "unknown_category": _("There is no such category: take a code or a name from the page Decision cycles."),
    "needed_when_new": _("This product is new: give its name and its category."),
    "told_otherwise": _("A row above says otherwise of the same product: correct one of the two."),
    "margin_without_day": _("Say from which day the margin holds: before its first day a margin is unknown."),
    "finer_than_a_basis_point": _("Write the margin with at most two decimals, such as 45.25%%."),
    "name_without_id": _("A name alone does not tell who it is: give the id too."),
    "two_names": _("A row above calls the same person %(name)s: keep one of the two names."),
    "end_without_start": _("Say when the stream began: it stands in the period in which it began."),
    "end_before_start": _("The stream ends before it begins: exchange the two, or check day and time zone."),
    "kept_no_longer": _(
        "It is older than touches are kept (from %(day)s on). Leave it out, or keep them longer under Data →"
        " Purpose and retention."
    ),
    "nothing_seen": _("Name what was seen: a note, a live, a creative, a campaign, a keyword or a blogger."),
    "refund_above_payment": _("More was refunded than was paid."),
    "paid_without_time": _("A paid order needs the time of payment."),
    "code_kind_missing": _("Say what kind of code this is (pid, position_id, stat_param, ...)."),
    "unknown_experiment": _("There is no such experiment of this kind: its page shows its number."),
    "geo_day_twice": _("This place and day stand above already: add the two up."),
    "placement_without_campaign": _(
        "A placement belongs to a campaign: name the campaign, or leave the placement out."
    ),
    "two_placements": _(
        "A row above puts the same campaign at %(placement)s: correct one of the two, or leave the cell empty."
    ),
    "cost_twice": _("The same cost stands above already: add them up, or give each its own number."),
    "rebate_above_zero": _("A rebate comes back: write it below zero."),
    "charge_below_zero": _("Only a rebate may be below zero."),
    "days_reversed": _("The last day lies before the first: exchange them."),
    "whose_profile": _(
        "Say whose people these are: an SPU, a note, a campaign or a live stream, one of them, or none for all."
    ),
    "told_twice": _("The same stands above already, for the same day and thing: keep one of the two rows."),
    "nothing_told": _("The row holds no figure: fill in one, or take the row out."),
    "level_without_id": _("A row of this level needs the id of its task or note."),
    "rate_disagrees": _(
        "The file says %(said)s %% but its own figures give %(computed)s %%: is one of the columns another one?"
        " Correct the row, or leave the rate's column out."
    ),
    "more_than_whole": _("%(part)s cannot be more than %(whole)s: are two columns exchanged?"),
    "nobody_to_answer": _(
        "Give a phone number, a WeChat id, an e-mail address or the platform's user id: else nobody can be"
        " answered."
    ),
    "no_number_in_it": _("No number is left of this: correct it, or leave the cell empty."),
    "unknown_store": _(
        "There is no such store: take the code that the settings page shows, or leave it out."
    ),
    "note_missing": _("Say under which note the comment stands."),
    # a mapping
    "no_such_column": _("This column is not there (any more): choose again."),
    "taken_twice": _("Two columns of the file are taken for the same: keep one."),
    "unit_does_not_fit": _("This way of writing does not fit what the column holds."),
    "taken_and_fixed": _("It is taken from a column and given for the whole file: keep one of the two."),
    "column_needed": _("It is needed: choose its column, or give it for the whole file."),
    # a kind
    "sensitive_trade": _(
        "Comments are off in sensitive trades (medical, minors). The owner can switch them on under Data →"
        " Purpose and retention, with the consent on record."
    ),
    "basis_missing": _(
        "Comments hold words of people: state the legal basis of this source on the settings page first."
    ),
    # a file
    "empty_file": _("The file is empty."),
    "no_rows": _("The file has a header but no rows."),
    "columns_missing": _("These columns are missing: %(columns)s. Compare the header with the template."),
    "column_twice": _("The column %(column)s stands in the header twice: remove one."),
    "unknown_encoding": _(
        "Line %(line)s is neither UTF-8 nor GB18030. Save the file as UTF-8 and try again."
    ),
    "quote_not_closed": _(
        "A quote that opens in line %(line)s is never closed; nothing after it can be read."
    ),
    "too_many_columns": _("More than %(limit)s columns: remove those that are not needed."),
    "too_many_rows": _("More than %(limit)s rows: split the file."),
    "broken_workbook": _("The workbook cannot be read. Open it, save it as .xlsx again, or save it as CSV."),
    "workbook_too_large": _("Unpacked, the workbook is larger than %(limit)s MB. Save the sheet as CSV."),
    "old_or_locked_excel": _(
        "This is an old .xls or a workbook with a password. Save it as plain .xlsx or CSV."
    ),
    "broken_parquet": _("The Parquet file cannot be read."),
    "json_array": _("Write one JSON object per line (NDJSON), without the surrounding brackets."),
    "web_page": _(
        "This is a web page with a spreadsheet's name. Open it in a spreadsheet, save it as .xlsx."
    ),
    "no_table": _("This is not a table. CSV, XLSX, NDJSON and Parquet are read."),
}


def remedy(code: str, params: Mapping[str, Any]) -> str:
    """The sentence in the language of the reader. ``KeyError`` for an unknown code."""
    return str(REMEDIES[code]) % params

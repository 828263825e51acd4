"""A small kind, and files of it in every shape."""

import io
import zipfile
from decimal import Decimal

import xlsxwriter

from merchants.intake import reader
from merchants.intake.cells import Id, Money, Text, Time
from merchants.intake.columns import Column
from merchants.intake.kinds import Kind
from merchants.intake.problems import FileRefused, Refused
from merchants.intake.tables import Limits
from merchants.intake.validate import Bad, Good, Validator


def shape(values):
    if values.get("amount") == 13_00:
        raise Refused("below_zero", "amount")
    return (values["id"], values["amount"], values.get("at"))


KIND = Kind(
    code="test",
    label="Test",
    columns=(
        Column("id", Id(), "Id", aliases=("订单号", "order number"), required=True),
        Column("amount", Money(), "Amount", aliases=("金额",), required=True),
        Column("at", Time(), "At", aliases=("时间",)),
        Column("person", Text(), "Person", aliases=("手机号",), personal=True),
    ),
    examples=(),
    prepare=lambda merchant: shape,
    write=lambda *args, **kwargs: None,
)


def check(data: bytes, limits: Limits | None = None, strict: bool = False):
    """(good rows, problems as (line, column, code), the refusal of the file or None)."""
    good, problems = [], []
    try:
        table = reader.read(io.BytesIO(data), limits)
        for checked in Validator(KIND, shape, strict=strict).check(table, limits):
            if isinstance(checked, Good):
                good.append(checked.row)
            if isinstance(checked, Bad):
                problems += [(p.line, p.column, p.code) for p in checked.problems]
    except FileRefused as refused:
        return good, problems, refused.code
    return good, problems, None


def workbook(*rows, dates: str = "yyyy-mm-dd hh:mm:ss") -> bytes:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "default_date_format": dates}) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, str) and not cell.startswith("=F "):
                    sheet.write_string(y, x, cell)
                elif isinstance(cell, str):
                    sheet.write_formula(y, x, cell.removeprefix("=F "), value=42)
                elif cell is not None:
                    sheet.write(y, x, float(cell) if isinstance(cell, Decimal) else cell)
    return packed.getvalue()


def repacked(data: bytes, part: str, text: bytes) -> bytes:
    """The workbook with one part of its archive replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return packed.getvalue()


def sheet_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")

"""What strangers hand in comes out harmless, or not at all."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from merchants.documents.cell import cleaned_apart
from merchants.documents.cleaning import cleaned
from merchants.documents.pictures import watermarked
from merchants.documents.sniffing import Refused
from merchants.onboarding.requirements import PAPERS
from tests.merchants.documents.papers import UGLY, armed, picture, sheet, with_place

LIMIT = 10 * 1024 * 1024


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_is_refused_with_its_reason(name: str) -> None:
    data, code = UGLY[name]
    with pytest.raises(Refused) as why:
        cleaned(data, PAPERS, LIMIT)
    assert why.value.code == code


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_picture_comes_out_as_it_was_seen(kind: str, name: str) -> None:
    paper = cleaned(picture(kind), PAPERS, LIMIT)
    with Image.open(io.BytesIO(paper.data)) as seen:
        assert (paper.kind, seen.format, seen.size, len(paper.pages)) == (name, kind, (600, 400), 1)
        red, green, blue = seen.convert("RGB").getpixel((100, 100))  # type: ignore[misc]
    assert max(abs(red - 0), abs(green - 0), abs(blue - 128)) < 6


def test_a_photograph_loses_its_place_and_stands_upright() -> None:
    handed_in = with_place()
    assert b"PhoneMaker" in handed_in
    paper = cleaned(handed_in, PAPERS, LIMIT)
    assert b"PhoneMaker" not in paper.data
    with Image.open(io.BytesIO(paper.data)) as seen:
        assert (dict(seen.getexif()), seen.size) == ({}, (400, 600))


def test_what_hides_behind_the_end_of_a_picture_is_gone() -> None:
    assert b"hidden" not in cleaned(picture() + b"hidden" * 9, PAPERS, LIMIT).data


def test_a_pdf_loses_scripts_links_attachments_and_author_and_keeps_its_page() -> None:
    handed_in = armed()
    assert b"gotcha" in handed_in
    paper = cleaned(handed_in, PAPERS, LIMIT)
    with pikepdf.open(io.BytesIO(paper.data)) as pdf:
        assert set(pdf.Root.keys()) <= {"/Type", "/Pages"}
        assert set(pdf.pages[0].keys()) <= {"/Type", "/Parent", "/Contents", "/Resources", "/MediaBox"}
        assert dict(pdf.docinfo) == {}
        whole = b"".join(bytes(str(one), "utf8") for one in pdf.objects)
    assert not [
        word for word in (b"gotcha", b"JavaScript", b"Launch", b"calc.exe") if word in whole + paper.data
    ]
    with Image.open(io.BytesIO(paper.pages[0])) as seen:
        assert seen.size == (1131, 1600)
        assert seen.getpixel((200, 400))[2] > 120 > seen.getpixel((200, 400))[0]  # type: ignore[index]


def test_each_page_of_a_pdf_has_its_picture() -> None:
    assert len(cleaned(sheet(3), PAPERS, LIMIT).pages) == 3


def test_a_kind_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(Refused, match="not_accepted"):
        cleaned(sheet(), ("jpg",), LIMIT)


def test_apart_it_is_the_same() -> None:
    assert cleaned_apart(sheet(2), PAPERS, LIMIT) == cleaned(sheet(2), PAPERS, LIMIT)
    with pytest.raises(Refused, match="encrypted"):
        cleaned_apart(UGLY["locked pdf"][0], PAPERS, LIMIT)


def test_the_name_of_the_viewer_lies_over_the_page() -> None:
    page = cleaned(picture(), PAPERS, LIMIT).pages[0]
    marked = watermarked(page, "王小明 · 2026-11-26 12:00")
    with Image.open(io.BytesIO(page)) as before, Image.open(io.BytesIO(marked)) as after:
        assert before.size == after.size
        changed = sum(
            a != b for a, b in zip(before.convert("L").tobytes(), after.convert("L").tobytes(), strict=True)
        )
    assert changed > 600 * 400 * 0.02

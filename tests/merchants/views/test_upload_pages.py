"""The way of a file through the pages: choose, look, confirm, and what each role may do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from merchants.models import AuditEvent, Upload
from merchants.operations import uploads
from tests.conftest import make_member

SPEND = "日期,金额,计划id,计划名称\n2026-03-01,1284.05,2000001,春季修护\n2026-03-02,12.5x,2000001,春季修护\n"


@pytest.fixture(autouse=True)
def _state(settings, tmp_path):
    settings.STATE = tmp_path


@pytest.fixture
def hand_in(client, merchant, owner):
    client.force_login(owner)

    def post(text: str, kind: str = "spend", name: str = "三月.csv"):
        file = SimpleUploadedFile(name, text.encode())
        return client.post(reverse("merchants:uploads", args=["glow"]), {"kind": kind, "file": file})

    return post


def test_a_file_goes_from_the_form_to_written_rows(client, merchant, hand_in):
    answer = hand_in(SPEND)
    upload = Upload.objects.get()
    assert answer.url == reverse("merchants:upload", args=["glow", upload.pk])

    page = client.get(answer.url, headers={"accept-language": "en"})
    assert "hx-get" in page.content.decode()

    uploads.check(merchant, upload.pk)
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "1 of 2 rows are good" in page
    assert "Write yuan as plain digits" in page
    assert "12.5x" in page
    assert "春季修护" in page

    client.post(reverse("merchants:upload_confirm", args=["glow", upload.pk]))
    uploads.apply(merchant, upload.pk)
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "1 rows were written" in page


def test_the_polled_part_says_when_to_look_again(client, merchant, hand_in):
    hand_in(SPEND)
    upload = Upload.objects.get()
    address = reverse("merchants:upload", args=["glow", upload.pk]) + "?part=progress"
    waiting = client.get(address)
    assert "HX-Refresh" not in waiting
    assert "<html" not in waiting.content.decode()
    uploads.check(merchant, upload.pk)
    assert client.get(address)["HX-Refresh"] == "true"


def test_the_same_file_leads_to_the_former_one(hand_in):
    first, second = hand_in(SPEND), hand_in(SPEND, name="copy.csv")
    assert first.url == second.url
    assert Upload.objects.count() == 1


def test_a_file_too_large_is_said_in_the_form(settings, hand_in):
    settings.UPLOAD_LIMIT_BYTES = 10
    answer = hand_in(SPEND)
    assert answer.status_code == 422
    assert not Upload.objects.exists()


def test_a_large_file_never_lies_on_the_disk_in_the_clear(hand_in, settings, tmp_path, monkeypatch):
    from merchants.sealed_files import BLOCK, SealedWriter

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    seen = []
    seal = SealedWriter._seal
    monkeypatch.setattr(
        SealedWriter,
        "_seal",
        lambda self, *args, **more: seen.append(self._path) or seal(self, *args, **more),
    )
    text = SPEND + "2026-03-03,1.00,2000002,春季修护\n" * 8_000
    assert len(text.encode()) > BLOCK
    assert hand_in(text).status_code == 302
    incoming, kept = {path.parent.name for path in seen} - {"1"}, Upload.objects.get()
    assert "incoming" in incoming
    assert kept.size == len(text.encode())
    assert list((tmp_path / "uploads" / "incoming").iterdir()) == []
    assert "春季修护".encode() not in (tmp_path / kept.path).read_bytes()


def test_a_large_file_beyond_the_limit_is_said_in_the_form(hand_in, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    settings.UPLOAD_LIMIT_BYTES = 1_000
    assert hand_in(SPEND * 100).status_code == 422


def test_rejected_rows_come_as_a_file_and_leave_a_trace(client, merchant, hand_in):
    hand_in(SPEND)
    upload = Upload.objects.get()
    uploads.check(merchant, upload.pk)
    answer = client.get(reverse("merchants:upload_rejected", args=["glow", upload.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "日期,金额,计划id,计划名称,_problem"
    assert text.splitlines()[1].startswith("2026-03-02,12.5x,2000001,春季修护,")
    assert AuditEvent.objects.filter(act="merchants.upload.rejected_taken").count() == 1


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("marketing", 200), ("finance", 403), ("viewer", 403)]
)
def test_who_may_hand_in(client, merchant, role, status):
    client.force_login(make_member(merchant, role))
    assert client.get(reverse("merchants:uploads", args=["glow"])).status_code == status


def test_a_stranger_finds_nothing(client, merchant, stranger):
    client.force_login(make_member(stranger, "owner", "other"))
    assert client.get(reverse("merchants:uploads", args=["glow"])).status_code == 404


@pytest.mark.parametrize("kind", ["touchpoints", "orders", "spend", "identities"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_kind_has_its_templates(client, merchant, owner, kind, form):
    client.force_login(owner)
    answer = client.get(reverse("merchants:template", args=["glow", kind, form]))
    assert answer.status_code == 200
    assert len(answer.content) > 100


def test_the_data_dictionary_names_every_column(client, merchant, owner):
    client.force_login(owner)
    page = client.get(reverse("merchants:columns", args=["glow"])).content.decode()
    assert "<code>paid_amount</code>" in page
    assert "买家实付金额" in page

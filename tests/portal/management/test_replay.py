from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

REFUSED = {"exchanges": [{"response": {"error_response": {"code": 27, "msg": "会话过期"}}}]}


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue()


def test_a_recording_is_printed_as_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "refused.json"
    file.write_text("\ufeff" + json.dumps(REFUSED, ensure_ascii=False), encoding="utf-8")
    assert json.loads(printed("taobao", str(file))) == {
        "orders": [],
        "superseded_orders": [],
        "errors": [{"exchange": 0, "class": "auth", "platform_code": "27"}],
    }


@pytest.mark.parametrize(
    ("content", "complaint"), [("{", "is not JSON"), ("[]", "holds no JSON object"), ("\x00", "is not JSON")]
)
def test_a_file_that_is_no_recording_is_refused_in_words(
    tmp_path: Path, content: str, complaint: str
) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=complaint):
        printed("taobao", str(file))


def test_a_missing_file_and_an_unknown_platform_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Cannot read .*No such file"):
        printed("jd", str(tmp_path / "none.json"))
    with pytest.raises(CommandError, match=r"Unknown platform 'ebay'\. Known: taobao, jd"):
        printed("ebay", str(tmp_path / "none.json"))


def test_recordings_of_leads_are_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "leads.json"
    file.write_text(json.dumps({"api": "form push", "deliveries": [{"raw_body": "[]"}]}), encoding="utf-8")
    assert json.loads(printed("xiaohongshu_leads", str(file))) == {
        "leads": [],
        "messages": [],
        "http_status": [400],
    }

"""The quick start is true: each of its commands is run as it stands, against a server, and answers what it shows."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess

import pytest
from django.test import Client

from merchants.operations import tokens
from tests.conftest import make_member, make_merchant

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")


def blocks(page: str, kind: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(rf"<code {kind}>(.*?)</code>", page, re.DOTALL)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_command_of_the_quick_start_answers_what_it_shows(server: str, language: str) -> None:
    merchant = make_merchant()
    owner = make_member(merchant)
    scopes = ["spend:write", "reports:read", "work:read"]
    secret = tokens.issue(merchant, name="till", scopes=scopes, user=owner)[1]
    client = Client(headers={"accept-language": language})
    client.force_login(owner)
    page = client.get("/m/glow/settings/quick-start/").content.decode()
    assert "export SEEDBED=http://testserver\n" in page
    commands, answers = blocks(page, "data-runs"), blocks(page, "data-answer")
    assert len(commands) == len(answers) == 6
    env = {**os.environ, "SEEDBED": server, "TOKEN": secret, "no_proxy": "*"}
    told = []
    for command in commands:
        done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        told.append(done.stdout.strip())
    assert told == answers

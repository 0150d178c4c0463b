"""What the office files and applies for (docs/zh/小程序上线.md) is what the program and the server use."""

from __future__ import annotations

import json
import re

from services.messaging.credits import MOMENTS
from tests.client.runtime import ROOT
from wording import entry

PAPER = (ROOT / "docs/zh/小程序上线.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """A section of the paper, without its heading."""
    found = re.search(rf"^## \d+\. {heading}$(.*?)(?=^## |\Z)", PAPER, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def test_privacy_guideline_names_what_the_program_declares() -> None:
    declared = json.loads((ROOT / "miniprogram/platform.json").read_text(encoding="utf-8"))["privacy"]
    assert re.findall(r"^\| [^|]+ \| `(\w+)` \|", section("隐私保护指引"), re.MULTILINE) == declared


def test_domains_to_enter_are_those_of_the_interfaces_that_are_used() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "miniprogram").rglob("*.js"))
    used = {name for name in ("request", "uploadFile", "downloadFile", "connectSocket") if f"wx.{name}(" in scripts}
    asked = re.findall(r"^\| (\w+) 合法域名 \| `https://", section("服务器域名"), re.MULTILINE)
    assert set(asked) == used


def test_templates_to_apply_for_have_the_fields_that_are_sent() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\|([^|]+)\|([^|]+)\|", section("订阅消息模板"), re.MULTILINE)
    asked = {name: re.findall(r"`(\w+)`", fields) for name, fields, _ in rows}
    assert asked.keys() == {name for names in MOMENTS.values() for name in names}
    assert asked == {name: list(entry(f"templates.{name.removeprefix('sub_')}")) for name in asked}
    assert all(len(scene.strip()) <= 15 for _, _, scene in rows)

"""Whoever is woken by an alarm finds its page in the runbook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wording import entry

BOOK = Path("docs/zh/运维手册.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.+)$", BOOK, re.MULTILINE)


@pytest.mark.parametrize("what", sorted(entry("outbox.alarm.what").values()))
def test_alarm_has_a_page_in_the_runbook(what: str) -> None:
    assert what in HEADINGS


@pytest.mark.parametrize("heading", HEADINGS)
def test_page_says_what_to_do(heading: str) -> None:
    page = BOOK.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    assert len(re.findall(r"^(?:- |\d\. |\| )", page, re.MULTILINE)) >= 2


def test_table_at_the_top_leads_to_every_alarm() -> None:
    linked = set(re.findall(r"^\| \[([^\]]+)\]", BOOK, re.MULTILINE))
    assert linked >= set(entry("outbox.alarm.what").values())

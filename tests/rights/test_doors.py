"""No page of the console shows anybody a link that is closed to him, or that leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.rights.stage import ROLES, Stage, standing

INSIDE = tuple(role for role in ROLES if role not in ("anonymous", "stranger", "volunteer", "member"))
LINK = re.compile(r'<a\b[^>]*\bhref="(/console[^"#]*)')
#: Lists in another order, on another page or of another month are the same page.
SAME = re.compile(r"[?&](sort|page|month|q|state|format)=[^&]*")
MOST = 250


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("doors")) as made:
        yield made


@pytest.mark.parametrize("role", INSIDE)
def test_no_page_leads_to_a_closed_door(stage: Stage, role: str) -> None:
    """From the desk on, link by link."""
    waiting, seen, closed = [("/console", "")], set(), []
    while waiting and len(seen) < MOST:
        path, come_from = waiting.pop(0)
        answer = stage.call(role, "GET", path)
        stage.clean()
        if answer.status_code not in (200, 302, 303):
            closed.append((come_from, path, answer.status_code))
        elif answer.mimetype == "text/html":
            for found in LINK.findall(answer.text):
                link = unescape(found)
                kept = SAME.sub("", link)
                if kept not in seen:
                    seen.add(kept)
                    waiting.append((link, path))
    assert closed == []

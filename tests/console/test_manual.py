"""The administrator's manual says what is: pictures, pages and words of the menu are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.console.conftest import Desk
from tests.support.world import World

MANUAL = Path(__file__).parents[2] / "docs" / "zh" / "管理员手册.md"
LARGEST = 80 * 1024
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def words_by_page() -> dict[str, set[str]]:
    """Each page named, with the words in 【】 that follow it before the next one is named."""
    found: dict[str, set[str]] = {}
    page = ""
    body = MANUAL.read_text(encoding="utf-8").partition("\n## ")[2]
    for path, word in re.findall(r"`(/console[a-z0-9/\-]*)`|【([^】]+)】", body):
        if path:
            page = path
            found.setdefault(page, set())
        else:
            found[page].add(word)
    return found


def test_every_picture_is_there_and_small(db: object) -> None:
    named = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", MANUAL.read_text(encoding="utf-8"))
    assert len(named) > 15
    assert [each for each in named if not (MANUAL.parent / each).is_file()] == []
    kept = sorted((MANUAL.parent / "img").glob("*.png"))
    assert [each.name for each in kept if each.stat().st_size > LARGEST] == []
    assert {f"img/{each.name}" for each in kept} == set(named)


def test_every_page_answers_and_holds_the_words(cast: World, desk: Callable[..., Desk]) -> None:
    officer, wrong = desk(cast.officer), []
    for path, words in words_by_page().items():
        page = officer.get(path)
        text = re.sub(r"<[^>]+>", "", page.text)
        wrong += [(path, word) for word in words if word not in text]
        if page.status_code != 200 and path != "/console/login":
            wrong.append((path, str(page.status_code)))
    assert wrong == []

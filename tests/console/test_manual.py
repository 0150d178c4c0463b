"""The manuals say what is: pictures, pages, words on the screen and words for the chat are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from handlers.bot.understanding import understand
from tests.console.conftest import Desk
from tests.support.world import World

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "zh"
MANUAL = FOLDER / "管理员手册.md"
#: For volunteers and leaders: 【words】 are on a screen, `words` are sent in the chat.
ON_PHONES = (FOLDER / "志愿者使用说明.md", FOLDER / "队长手册.md")
LARGEST = 80 * 1024
LARGEST_ON_PHONES = 30 * 1024
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
    named = []
    for manual in (MANUAL, *ON_PHONES):
        pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", manual.read_text(encoding="utf-8"))
        assert len(pictures) > 8
        named += pictures
    kept = sorted((FOLDER / "img").glob("*.png"))
    assert {f"img/{each.name}" for each in kept} == set(named)
    assert [each.name for each in kept if each.stat().st_size > LARGEST] == []
    assert [each.name for each in kept if each.name[1] == "-" and each.stat().st_size > LARGEST_ON_PHONES] == []


def on_some_screen() -> str:
    """Everything a template, the wording, the mini-program or the phone without a network may show."""
    kept = [*ROOT.glob("handlers/**/*.html"), *ROOT.glob("wording/*.toml"), *ROOT.glob("static/offline/*.js"),
            *ROOT.glob("sandbox/templates/*.html"), *ROOT.glob("sandbox/static/*.js"),
            *ROOT.glob("miniprogram/*/*/*.wxml")]  # fmt: skip
    return "\n".join(each.read_text(encoding="utf-8") for each in kept)


@pytest.mark.parametrize("manual", ON_PHONES, ids=lambda path: path.stem)
def test_words_to_tap_are_on_a_screen(db: object, manual: Path) -> None:
    text = manual.read_text(encoding="utf-8").partition("\n## ")[2]
    words, shown = re.findall(r"【([^】]+)】", text), on_some_screen()
    assert len(words) > 20
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("manual", ON_PHONES, ids=lambda path: path.stem)
def test_words_to_send_are_understood(db: object, at: datetime, manual: Path) -> None:
    text = manual.read_text(encoding="utf-8").partition("\n## ")[2]
    said = re.findall(r"`([^`]+)`", text)
    assert len(said) > 10
    assert [words for words in said if understand(words, at) is None] == []


def test_every_page_answers_and_holds_the_words(cast: World, desk: Callable[..., Desk]) -> None:
    officer, wrong = desk(cast.officer), []
    for path, words in words_by_page().items():
        page = officer.get(path)
        text = re.sub(r"<[^>]+>", "", page.text)
        wrong += [(path, word) for word in words if word not in text]
        if page.status_code != 200 and path != "/console/login":
            wrong.append((path, str(page.status_code)))
    assert wrong == []

"""Who changes what the address asks for, not where it leads: a region, a team, a person or a word typed into the query
shows nobody beside him anything, neither on the page nor in the file (a curious leader, an officer next door)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from tests.rights import matrix
from tests.rights.stage import Stage, standing
from tests.support.world import VILLAGE


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("asked")) as made:
        yield made


@pytest.fixture(scope="module")
def lists(stage: Stage) -> list[str]:
    """Every page of the console that no object in its address cuts down."""
    found = [rule for method, rule in matrix.routes(stage) if method == "GET" and rule.startswith("/console")]
    return [rule for rule in found if "<" not in rule]


def _queries(stage: Stage) -> list[dict[str, str]]:
    own = {
        "team": stage.team.code, "person": stage.person.public_no, "activity": stage.activity.code,
        "have": stage.person.public_no, "one": stage.person.public_no, "two": stage.person.public_no,
    }  # fmt: skip
    return [{**own, "region": VILLAGE}, {"q": stage.person.name}, {"region": VILLAGE, "format": "xlsx"}]


def _text(answer: Any) -> str:
    if answer.mimetype == "text/html":
        return str(answer.text)
    try:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    except Exception:
        return ""
    return str([list(sheet.values) for sheet in book.worksheets])


def _secrets(stage: Stage, asked: dict[str, str]) -> list[str]:
    """What is of this village alone; what was typed stands in its box all the same."""
    found = [stage.person.name, stage.person.public_no, stage.cast.xiaobo.name, stage.activity.title]
    return [each for each in found if each not in asked.values()]


@pytest.mark.parametrize("role", ["leader_other", "county_admin_sibling"])
def test_nothing_beside_is_shown_to_whoever_asks_for_it(stage: Stage, lists: list[str], role: str) -> None:
    assert len(lists) > 60
    told = []
    for rule in lists:
        for asked in _queries(stage):
            answer = stage.call(role, "GET", f"{rule}?{urlencode(asked)}")
            text = _text(answer) if answer.status_code == 200 else ""
            told += [(rule, asked, word) for word in _secrets(stage, asked) if word in text]
    stage.clean()
    assert told == []


def test_control_the_office_above_is_shown_them(stage: Stage, lists: list[str]) -> None:
    shown = set()
    for rule in lists:
        answer = stage.call("county_admin", "GET", f"{rule}?{urlencode({'region': VILLAGE})}")
        shown |= {word for word in _secrets(stage, {}) if word in answer.text}
    stage.clean()
    assert shown == set(_secrets(stage, {}))

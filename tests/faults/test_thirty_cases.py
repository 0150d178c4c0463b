"""Every one of the thirty cases has a test of its number, and the table at the end of a run says what came of it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.support.cases import NAME, TITLES, Ran, line

TESTS = Path(__file__).parents[1]


@cache
def held() -> dict[int, list[str]]:
    """The names of the tests of each case, by name or marker, wherever they are."""
    found: dict[int, list[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "test_case_" not in text and "mark.case(" not in text:
            continue
        for each in ast.walk(ast.parse(text)):
            if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                for number in _marked(each) | ({int(named[1])} if (named := NAME.match(each.name)) else set()):
                    found.setdefault(number, []).append(each.name)
    return found


def _marked(act: ast.FunctionDef) -> set[int]:
    """The numbers in `@pytest.mark.case(…)` over a function."""
    calls = [each for each in act.decorator_list if isinstance(each, ast.Call)]
    return {
        int(ast.literal_eval(each.args[0]))
        for each in calls
        if isinstance(each.func, ast.Attribute) and each.func.attr == "case"
    }


@pytest.mark.parametrize("number", TITLES)
def test_case_of_the_list_has_a_test_of_its_number(number: int) -> None:
    assert held().get(number), TITLES[number]


def test_no_test_has_a_number_beyond_the_list() -> None:
    assert set(held()) <= set(TITLES)
    assert set(TITLES) == set(range(1, 31))


def test_line_says_what_was_measured_and_what_failed() -> None:
    found = Ran(passed=2, failed=1, skipped=1, seconds=4.06, figures=["503 in 2.1 s"])
    said = "  7  every connection of the database held: 1 FAILED; 503 in 2.1 s; 3 tests in 4.1 s; 1 skipped"
    assert line(7, found) == said

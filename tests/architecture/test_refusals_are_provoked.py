"""Every refusal can be heard: something raises it, some test provokes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.errors import RefusalCode

ROOT = Path(__file__).parents[2]
#: Made from the framework's own errors, by status.
FROM_FRAMEWORK = {RefusalCode.TOO_LARGE, RefusalCode.METHOD_NOT_ALLOWED}


def _words(*folders: str) -> set[str]:
    """The names in these folders, and what stands in quotes there: each file is looked through once, not per code."""
    files = (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))
    found: set[str] = set()
    for file in files:
        if file.name != "errors.py":
            found.update(re.findall(r"\b[A-Z][A-Z_]+\b|[\"'][a-z_]+[\"']", file.read_text(encoding="utf-8")))
    return {word.strip("\"'") for word in found}


HOUSE = _words("services", "handlers", "schedulers")
TESTS = _words("tests")


def _named(code: RefusalCode, words: set[str]) -> bool:
    return bool({code.name, code.value} & words)


@pytest.mark.parametrize("code", RefusalCode, ids=lambda code: code.value)
def test_refusal_is_provoked_by_a_test(code: RefusalCode) -> None:
    assert _named(code, TESTS)


@pytest.mark.parametrize(
    "code", [code for code in RefusalCode if code not in FROM_FRAMEWORK], ids=lambda c: c.value
)
def test_refusal_is_raised_somewhere(code: RefusalCode) -> None:
    assert _named(code, HOUSE)

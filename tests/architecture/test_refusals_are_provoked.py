"""Every refusal can be heard: something raises it, some test provokes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.errors import RefusalCode

ROOT = Path(__file__).parents[2]
#: Made from the framework's own errors, by status.
FROM_FRAMEWORK = {RefusalCode.TOO_LARGE, RefusalCode.METHOD_NOT_ALLOWED}


def _text(*folders: str) -> str:
    files = (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.name != "errors.py")


HOUSE = _text("services", "handlers", "schedulers")
TESTS = _text("tests")


def _named(code: RefusalCode, text: str) -> bool:
    return re.search(rf"\b{code.name}\b|[\"']{code.value}[\"']", text) is not None


@pytest.mark.parametrize("code", RefusalCode, ids=lambda code: code.value)
def test_refusal_is_provoked_by_a_test(code: RefusalCode) -> None:
    assert _named(code, TESTS)


@pytest.mark.parametrize(
    "code", [code for code in RefusalCode if code not in FROM_FRAMEWORK], ids=lambda c: c.value
)
def test_refusal_is_raised_somewhere(code: RefusalCode) -> None:
    assert _named(code, HOUSE)

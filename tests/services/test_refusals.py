"""Every refusal has its sentence, and whoever refuses hands over the facts it needs."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.errors import RefusalCode
from wording import entry, say

ROOT = Path(__file__).parents[2]
FILE = ROOT / "wording" / "refusals.toml"


def needed(code: str) -> set[str]:
    """The facts that the sentence of `code` is written with."""
    return {name for _, name, _, _ in string.Formatter().parse(entry(f"refusals.{code}")) if name}


def refusals() -> Iterator[tuple[str, str, set[str]]]:
    """(place, code, facts) of every `Refusal(RefusalCode.X, …)` written out in the house."""
    for folder in ("services", "handlers", "schedulers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    not isinstance(node, ast.Call)
                    or getattr(node.func, "id", "") != "Refusal"
                    or not node.args
                ):
                    continue
                first = node.args[0]
                if isinstance(first, ast.Attribute) and hasattr(RefusalCode, first.attr):
                    facts = {word.arg for word in node.keywords if word.arg}
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", RefusalCode[first.attr].value, facts


@pytest.mark.parametrize("code", [code.value for code in RefusalCode])
def test_a_code_has_a_sentence_that_says_what_to_do(code: str) -> None:
    text = say(f"refusals.{code}", **dict.fromkeys(needed(code), "某"))
    assert re.fullmatch(r"[^{}]*[\u4e00-\u9fff][^{}]*。", text)
    assert len(text) <= 80


def test_the_sentences_stand_in_the_order_of_the_codes() -> None:
    keys = re.findall(r"^([a-z_]+) = ", FILE.read_text(), re.MULTILINE)
    assert keys == [code.value for code in RefusalCode] + ["fault"]


def test_whoever_refuses_hands_over_the_facts() -> None:
    missing = [
        f"{place} {code} {needed(code) - facts}" for place, code, facts in refusals() if needed(code) - facts
    ]
    assert missing == []

"""Whoever writes down who decided asks first whether he may: every approval goes through `services.decisions`."""

from __future__ import annotations

import ast

import pytest

from tests.architecture import rules

#: Columns that name the one who decided on another person's matter.
DECIDERS = frozenset({"decided_by", "confirmed_by", "verified_by", "checked_by", "named_by"})
#: Files that carry out what another one has asked about: merged entries, a closed team's open applications.
CARRY = ("services/lives/merging.py", "services/organisation/dissolving.py")


def _writes(text: str) -> set[str]:
    """The deciding columns that a file gives a person to, in `create(...)` or `update(...)`."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return {
        keyword.arg
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("create", "update", "insert")
        for keyword in call.keywords
        if keyword.arg in DECIDERS
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
    }


def _asks(text: str) -> bool:
    return "require_decider" in text or "own_matters" in text


FILES = [
    source
    for source in rules.sources()
    if source.path.startswith("services/") and source.path not in CARRY and _writes(source.text)
]


@pytest.mark.parametrize("source", FILES, ids=lambda source: source.path)
def test_deciding_asks_whether_one_may(source: rules.Source) -> None:
    assert _asks(source.text)


def test_a_decision_without_asking_is_found() -> None:
    bad = "def act(actor):\n    Application.update(decided_by=actor.volunteer_id).execute()"
    assert _writes(bad) == {"decided_by"}
    assert not _asks(bad)
    assert _writes("Application.update(decided_by=None)") == set()
    assert "services/bookkeeping/records.py" in {source.path for source in FILES}

"""The statements that one act of ours runs, learnt by running it, so that a floor can run the very same ones.

What belongs to the person, to his session or to the moment is replaced by marks, which the floor fills in
(`bench/floor.py`): $token, $now, $person (also inside a text), $key (a hash that must be new).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import clock
from models import store
from services.codes import token_hash

WORK = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")

Statements = list[tuple[str, list[Any]]]


def statements(act: Callable[[], Any], *, person: int, token: str) -> Statements:
    """Run `act`, which answers for `person` with `token` and must be answered 2xx, and tell its SQL in order."""
    seen: Statements = []
    kind = type(store.current())
    original = kind._execute_cursor

    def spy(self: Any, sql: str, params: Any = None, **more: Any) -> Any:
        seen.append((sql, [clock.to_millis(p) if hasattr(p, "tzinfo") else p for p in params or ()]))
        return original(self, sql, params, **more)

    before = clock.to_millis(clock.now())
    kind._execute_cursor = spy
    try:
        answer = act()
    finally:
        kind._execute_cursor = original
    if not 200 <= answer.status_code < 300:
        raise RuntimeError(f"the act answered {answer.status_code}: {answer.get_data(as_text=True)}")
    after = clock.to_millis(clock.now())
    named = re.compile(rf"(?<!\d){person}(?!\d)")

    def mark(value: Any) -> Any:
        if isinstance(value, str):
            if value == token_hash(token):
                return "$token"
            return "$key" if re.fullmatch("[0-9a-f]{64}", value) else named.sub("$person", value)
        if isinstance(value, int) and not isinstance(value, bool):
            if before <= value <= after:
                return "$now"
            if value == person:
                return "$person"
        return value

    return [(sql, [mark(p) for p in params]) for sql, params in seen if sql.split()[0].upper() in WORK]

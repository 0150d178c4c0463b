"""No request of the application may ask the database too often: every test with a request in it watches that.

A statement that is run once for each row of a page (N+1) shows as the same text many times. Budgets of the hot paths
(check-in, hours, activities, sign-up, outbox) are far smaller and stand in their own tests.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import request, request_started, request_tearing_down

from handlers import push_door
from models.dialect import PostgresDatabase, SqliteDatabase

#: Statements of one request, and of these the same one.
MOST, SAME = 90, 12
#: Asked once for each right, each kind of number and so on, never for each row: what they begin with.
NAMED = {
    "SELECT g.id, g.role": 30,  # the rights of whoever asks, for each button of a page
    "SELECT id FROM rule_set": 30,  # the numbers that hold here, one of each kind
    'SELECT "t1"."id", "t1"."kind", "t1"."region_code", "t1"."version"': 30,  # the same on the page of all kinds
    'SELECT "t1"."valid_from" FROM "rule_set"': 30,  # and when the next ones begin to hold
}
#: Papers that hold a whole file for each of a year's activities; taken once a year.
WHOLE = ("GET /console/teams/<code>/binder/<int:year>.docx",)
WORK = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")

_run: list[str] = []
_open = 0
_crowded = False
#: Requests that asked too often since the last look.
faults: list[str] = []


def _begin(_app: Any, **_: Any) -> None:
    global _open, _crowded
    _open += 1
    if _open == 1:
        _crowded = False
        _run.clear()
    else:  # two at a time: whose statement is whose cannot be told
        _crowded = True


def _end(_app: Any, **_: Any) -> None:
    _judge(f"{request.method} {request.url_rule.rule}" if request.url_rule else "")


def _judge(what: str) -> None:
    global _open
    _open = max(0, _open - 1)
    if _open or _crowded or not what or what in WHOLE:
        return
    if len(_run) > MOST:
        faults.append(f"{what}: {len(_run)} statements")
    for sql, times in Counter(_run).most_common(3):
        limit = next((most for begins, most in NAMED.items() if sql.startswith(begins)), SAME)
        if times > limit:
            faults.append(f"{what}: {times} times {sql[:160]}")


def begin() -> None:
    """A test begins: nothing was asked yet, and an answer that an earlier one never closed is none of its requests."""
    global _open
    _open = 0
    faults.clear()


def watch() -> None:
    """Look at every statement of every request of this process from now on."""
    for kind in (SqliteDatabase, PostgresDatabase):
        original = kind._execute_cursor

        def noted(self: Any, sql: str, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
            if _open and (text := sql.lstrip()).startswith(WORK):
                _run.append(text)
            return _original(self, sql, *args, **kwargs)

        kind._execute_cursor = noted  # type: ignore[method-assign]
    pushed = push_door.PushDoor.__call__

    def watched(self: Any, environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] not in push_door.ACCOUNTS:
            return pushed(self, environ, start_response)
        _begin(None)
        try:
            return pushed(self, environ, start_response)
        finally:
            _judge(f"POST {environ['PATH_INFO']}")

    push_door.PushDoor.__call__ = watched  # type: ignore[method-assign]
    request_started.connect(_begin, weak=False)
    request_tearing_down.connect(_end, weak=False)

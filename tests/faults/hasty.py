"""The controls' application: it says yes before the commit, as no house of ours does. What it told and a crash took
must show as lost, or the tests that look for losses would prove nothing.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import app
from models import store
from models.store import Writer

#: Between the yes and the commit. SQLite commits many acts at once, one after the other in the same wait.
SECONDS = {"sqlite": 0.03, "postgres": 0.3}
#: While this file lies beside the house's clock, nothing is committed, for a minute at most.
HOLD = "hold"


def _early(run: Callable[[Callable[[], Any]], Any], act: Callable[[], Any]) -> Future[Any]:
    """Let `run` do the act, and have its value before that ends."""
    value: Future[Any] = Future()

    def first() -> Any:
        try:
            found = act()
        except BaseException as problem:
            value.set_exception(problem)
            raise
        value.set_result(found)
        time.sleep(SECONDS[store.current().dialect])
        hold, end = Path(os.environ["CLOCK_FILE"]).with_name(HOLD), time.monotonic() + 60
        while hold.exists() and time.monotonic() < end:
            time.sleep(0.02)
        return found

    run(first)
    return value


def _write(act: Callable[[], Any], *, durable: bool = True, joined: bool = False) -> Any:
    database = store.current()
    if database.in_transaction():
        with database.atomic():
            return act()
    context = contextvars.copy_context()

    def aside(first: Callable[[], Any]) -> None:
        def run() -> None:
            with store.session(), database.atomic():
                first()

        threading.Thread(target=context.run, args=(run,), daemon=True).start()

    return _early(aside, act).result(20)


def create_app() -> Any:
    """The application, hasty."""
    made = app.create_app()
    if store.current().dialect == "postgres":
        store.write = _write
    else:
        real = Writer.submit
        Writer.submit = lambda self, act, durable=True: _early(lambda first: real(self, first, durable), act)  # type: ignore[method-assign,assignment]
    return made

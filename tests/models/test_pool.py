"""Connections belong to a pool, never to a thread that a server may end."""

from __future__ import annotations

from threading import Thread
from typing import Any

from models import Region, store


def test_thread_that_ends_leaves_no_connection_behind(db: Any) -> None:
    held = len(db._in_use)

    def request() -> None:
        with store.session():
            assert Region.select().count() == 0

    threads = [Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(db._in_use) == held


def test_connection_with_an_open_transaction_is_not_given_out_again(db: Any) -> None:
    db.connect(reuse_if_open=True)
    db.begin()
    db.close()
    db.connect()
    assert db.in_transaction() is False
    assert db.connection() is not None

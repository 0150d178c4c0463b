"""Connections belong to a pool, never to a thread that a server may end."""

from __future__ import annotations

from threading import Thread
from typing import Any

import psycopg
import pytest

from app import create_app
from models import Region, store
from settings import load
from tests.support.fakes import FakeGateway

ON_POSTGRES = pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


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


@ON_POSTGRES
def test_connection_that_the_server_ended_is_not_given_out(db: Any, postgres: Any) -> None:
    db.close()
    with store.session():
        number = db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    with psycopg.connect(postgres.url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (number,))
    with store.session():
        assert db.execute_sql("SELECT pg_backend_pid()").fetchone()[0] != number


@ON_POSTGRES
def test_idle_connection_is_given_out_without_a_question(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.session():
        first = db.connection()
    monkeypatch.setattr(db._adapter, "is_connection_closed", lambda _: pytest.fail("asked"))
    with store.session():
        assert db.connection() is first


@ON_POSTGRES
def test_nobody_waits_without_end_for_a_statement_a_lock_or_a_machine(db: Any) -> None:
    for name, most in (
        ("statement_timeout", "5s"), ("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "10s"),
    ):  # fmt: skip
        assert db.execute_sql(f"SHOW {name}").fetchone()[0] == most
    told = db.connection().info.get_parameters()
    assert (told["connect_timeout"], told["tcp_user_timeout"]) == ("3", "10000")


def test_application_connects_with_its_first_question_and_not_before_a_server_forks() -> None:
    bound = store.proxy.obj
    store.proxy.initialize(None)
    try:
        create_app(load(demo=True, clock_file="", database_url="postgresql://nobody@127.0.0.1:1/none"), FakeGateway())
        assert store.current().is_closed()
        assert store.current()._in_use == {}
    finally:
        store.proxy.initialize(bound)

"""What every command says where its database is no good: one line for who started it, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import app
from models import store
from models.dialect import open_database
from settings import load
from tests.support.fakes import FakeGateway


@pytest.fixture(autouse=True)
def _as_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application is made as `flask` makes it, which leaves the schema to each command."""
    monkeypatch.setattr(app, "_commanded", lambda: True)


def run(*words: str) -> Any:
    house = app.create_app(load(demo=True, clock_file=""), FakeGateway())
    return house.test_cli_runner().invoke(args=list(words))


@pytest.mark.parametrize("words", [("migrate",), ("verify-books",), ("worker",), ("rotate-keys", "--check")])
def test_command_whose_database_is_away_says_so_in_one_line(words: tuple[str, ...]) -> None:
    store.bind(open_database("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        done = run(*words)
    finally:
        store.release()
    assert done.exit_code == 1
    assert done.output.startswith("hongyao: the database does not answer: connection failed")
    assert done.output.count("\n") == 1


def test_command_of_a_group_says_so_too(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("old_code,new_code,effective_on,reason\n340100,340200,2026-01-01,merged\n")
    store.bind(open_database("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        done = run("regions", "merge", str(tmp_path / "new.csv"))
    finally:
        store.release()
    assert "hongyao: the database does not answer" in done.output


@pytest.mark.parametrize("words", [("migrate",), ("worker",)])
def test_database_that_cannot_keep_chinese_is_refused(postgres: Any, words: tuple[str, ...]) -> None:
    postgres._run("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    store.bind(open_database(postgres.url("ascii")))
    try:
        done = run(*words)
    finally:
        store.current().close_all()
        store.release()
        postgres.drop("ascii")
    assert done.output == "hongyao: the database keeps its texts as SQL_ASCII; make it anew with ENCODING 'UTF8'\n"


def test_database_that_lacks_much_is_told_in_one_short_line(tmp_path: Any) -> None:
    store.bind(open_database(f"sqlite:///{tmp_path}/empty.db"))
    try:
        done = run("worker")
    finally:
        store.release()
    assert " changes, 0001_initial to " in done.output
    assert len(done.output) < 150

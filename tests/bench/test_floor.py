"""The floor runs with our databases' settings, or a ratio would speak of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import floor
from models.dialect import open_database, sqlite_pragmas
from tests.support.postgres import PostgresServer


def test_floor_on_sqlite_is_set_as_ours_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "floor.db"
    ours = open_database(f"sqlite:///{path}")
    monkeypatch.setenv("FLOOR_DATABASE", str(path))
    beside = floor._database()
    try:
        for name in (*sqlite_pragmas(), "busy_timeout"):
            asked = f"PRAGMA {name}"
            assert beside.execute(asked).fetchall() == ours.execute_sql(asked).fetchall(), name
    finally:
        beside.close()
        del floor._local.database
        ours.close()


@pytest.mark.postgres
def test_floor_on_postgres_is_set_as_ours_is(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = open_database(postgres.url())
    monkeypatch.setenv("FLOOR_DATABASE", postgres.url())
    beside = floor._postgres()
    # What a connection says on opening, without what it calls itself.
    asked = "SELECT name, setting FROM pg_settings WHERE source = 'client' AND name <> 'application_name' ORDER BY name"
    try:
        found = ours.execute_sql(asked).fetchall()
        assert ("statement_timeout", "5000") in found
        assert beside.execute(asked).fetchall() == found
    finally:
        beside.close()
        del floor._local.database
        ours.close()

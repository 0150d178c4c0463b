"""The floor runs with our databases' settings, or a ratio would speak of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import floor
from models.dialect import open_database, sqlite_pragmas


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

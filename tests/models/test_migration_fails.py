"""A migration that raises half way leaves nothing behind, and nobody starts on a database that lacks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest

import app
import migrations
from models import store
from settings import load
from tests.support.fakes import FakeGateway

NAME = "9999_half_way"
HALF_WAY = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE half (number INTEGER)")
    db.execute_sql("ALTER TABLE volunteer ADD COLUMN half INTEGER")
    raise RuntimeError("the disk is full")
"""
ROOT = Path(__file__).parents[2]
LINE = f"hongyao: the database lacks {NAME}; run flask --app app migrate"


@pytest.fixture
def half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of this code and one more, which raises after its first statements."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"{NAME}.py").write_text(HALF_WAY)
    monkeypatch.setattr(migrations, "HERE", folder)
    return folder


def schema(db: Any) -> tuple[list[str], list[str]]:
    return sorted(db.get_tables()), [column.name for column in db.get_columns("volunteer")]


def test_case_12_migration_that_raises_half_way_leaves_nothing_and_nobody_starts(
    db: Any, half_way: Path, figure: Callable[[str], None]
) -> None:
    before = schema(db)
    with pytest.raises(RuntimeError, match="the disk is full"):
        migrations.apply(db)
    assert schema(db) == before
    assert migrations.missing(db) == [NAME]
    with pytest.raises(SystemExit) as no:
        app.create_app(load(demo=True, clock_file=""), FakeGateway())
    assert no.value.code == LINE
    (half_way / f"{NAME}.py").write_text(HALF_WAY.split("    raise")[0])
    assert migrations.apply(db) == [NAME]
    assert app.create_app(load(demo=True, clock_file=""), FakeGateway())
    figure(f"{db.dialect}: 0 columns left behind")


def test_case_12_control_without_its_transaction_half_of_it_stays(db: Any, half_way: Path) -> None:
    (half_way / f"{NAME}.py").write_text("atomic = False\n" + HALF_WAY)
    before = schema(db)
    with pytest.raises(RuntimeError, match="the disk is full"):
        migrations.apply(db)
    assert schema(db) != before


@pytest.mark.parametrize("start", ["worker", "web"])
def test_case_12_process_on_a_database_that_is_behind_ends_with_one_line(
    tmp_path: Path, sqlite_template: Path, start: str
) -> None:
    file = tmp_path / "behind.db"
    shutil.copyfile(sqlite_template, file)
    newest = sorted(each.stem for each in migrations.HERE.glob("0*.py"))[-1]
    database = store.open_database(f"sqlite:///{file}")
    database.execute_sql("DELETE FROM schema_migration WHERE name = ?", (newest,))
    database.close()
    command = {
        "worker": [str(Path(sys.executable).parent / "flask"), "--app", "app", "worker"],
        "web": [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--port", "1", "--factory",
                "app:create_app"],
    }[start]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "DEMO": "true", "DATABASE_URL": f"sqlite:///{file}"}, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert f"hongyao: the database lacks {newest}; run flask --app app migrate" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_case_12_database_that_is_away_does_not_keep_the_application_from_starting(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Any) -> list[str]:
        raise peewee.OperationalError("away")

    monkeypatch.setattr(migrations, "missing", away)
    assert app.create_app(load(demo=True, clock_file=""), FakeGateway())

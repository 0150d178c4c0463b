"""Fixtures everybody uses.

`db`      a fresh, migrated database, once on SQLite and once on PostgreSQL for every test that asks for it;
          `db.dialect` tells which. Mark a test module `pytestmark = pytest.mark.parametrize("db", ["sqlite"],
          indirect=True)` to use one only.
`at`      a fixed moment: Wednesday 2026-06-10 09:00 in Shanghai. Pass it, or `at + timedelta(...)`, to services.
`frozen`  a function that makes `clock.now()` answer a given moment (for handlers and schedulers).
`cast`    a small world from tests/support/world.py: regions, a centre, two teams, leader 阿丽, volunteer 小博,
          stranger 查理, one published activity.
`app`, `client`, `gateway`  the application on the fresh database with a FakeGateway, at `at`; `client` is Flask's.
`bearer`  a function: person → headers with a living API session of his mini-program identity.
`figure`  a function: what a test of one of the thirty fault cases measured, for the table at the end of the run.
`count_statements`  context manager counting SQL statements.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import clock
import migrations
from models import store
from models.dialect import Database, open_database
from services import limits
from tests.support import budgets, personal
from tests.support.cases import figure, pytest_itemcollected, pytest_terminal_summary

__all__ = ["figure", "pytest_itemcollected", "pytest_terminal_summary"]

AT = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _watched() -> Iterator[None]:
    budgets.watch()
    personal.watch()
    yield
    personal.faults.clear()
    personal.read_on()  # the last words of the processes
    assert personal.faults == [], "\n".join(personal.faults)


@pytest.fixture(autouse=True)
def _within_budget(_watched: None) -> Iterator[None]:
    """Every request keeps to its budget of statements (tests/support/budgets.py), and nothing that is said or sent on
    the way tells who somebody is (tests/support/personal.py)."""
    budgets.faults.clear()
    personal.faults.clear()
    limits.forget_here()  # the next test's people have the same numbers
    yield
    personal.read_on()
    assert budgets.faults == [], "\n".join(budgets.faults)
    assert personal.faults == [], "\n".join(personal.faults)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def freeze(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    freeze(AT)
    return freeze


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = open_database(f"sqlite:///{path}", durable=False)
    migrations.apply(database)
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    from tests.support.postgres import require_postgres

    server = require_postgres()
    personal.follow(server.home / "log")
    server.create("template_hongyao")
    database = open_database(server.url("template_hongyao"))
    migrations.apply(database)
    database.close()
    database.close_all()
    yield server
    server.drop("template_hongyao")


@pytest.fixture(scope="session")
def lent(postgres: Any) -> Iterator[Any]:
    from tests.support.lent import LentDatabase

    database = LentDatabase(postgres, "template_hongyao")
    yield database
    database.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        database = open_database(f"sqlite:///{path}", durable=False)
        store.bind(database)
        database.connect()
        yield database
        store.release()
        return
    database = open_database(request.getfixturevalue("lent").lend())
    store.bind(database)
    database.connect()
    yield database
    store.release()
    database.close_all()


@pytest.fixture
def count_statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """`with count_statements() as seen: …` collects the SQL run meanwhile, on whichever thread."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []
        database = store.current()
        original = type(database)._execute_cursor

        def spy(self: Any, sql: str, *args: Any, **kwargs: Any) -> Any:
            seen.append(sql)
            return original(self, sql, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(type(database), "_execute_cursor", spy)
            yield seen

    return counting


@pytest.fixture
def cast(db: Database, at: datetime) -> Any:
    from tests.support.world import small_world

    return small_world(at)


@pytest.fixture
def gateway() -> Any:
    from tests.support.fakes import FakeGateway

    return FakeGateway()


@pytest.fixture
def app(db: Database, gateway: Any, frozen: Any) -> Any:
    from app import build_parts, create_app
    from settings import load
    from tests.support.fakes import MP, OA, OA_ID
    from tests.support.lent_app import lent_app

    settings = load(
        demo=True,
        clock_file="",
        wechat_mp_appid=MP,
        wechat_oa_appid=OA,
        wechat_oa_id=OA_ID,
        wechat_api_base="",
    )

    def made() -> Any:
        # made with the first test that asks, whose people other keys may have sealed
        with patch("app.require_keys"):
            return create_app(settings, gateway, TESTING=True)

    return lent_app(
        "whole",
        made,
        settings=settings,
        parts=build_parts(settings, gateway),
    )


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


@pytest.fixture
def bearer(cast: Any, at: datetime) -> Callable[[Any], dict[str, str]]:
    from services.accounts import sessions

    def headers(person: Any) -> dict[str, str]:
        identity_id = cast.actor(person).identity_id
        token = sessions.open_session(kind="api", identity_id=identity_id, at=at).token
        return {"Authorization": f"Bearer {token}"}

    return headers

"""Processes of ours, held against what PostgreSQL gives."""

from __future__ import annotations

from typing import Any

import pytest

from models.dialect import POOL, open_database
from services.operation import connections
from services.operation.findings import OK, WRONG


def told(processes: int) -> list[tuple[str, dict[str, Any]]]:
    return [(each.state, each.facts) for each in connections.examine(processes)]


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_too_many_processes_for_the_server_are_told(db: Any) -> None:
    reserved = db.execute_sql("SHOW superuser_reserved_connections").fetchone()[0]
    given = 100 - int(reserved)  # tests/support/postgres.py
    facts = {"pool": 24, "given": given, "spare": 10}
    assert told(3) == [(OK, {"processes": 3, "needed": 3 * POOL + 10, **facts})]
    assert told(5) == [(WRONG, {"processes": 5, "needed": 5 * POOL + 10, **facts})]
    assert [each.sentence for each in connections.examine(5)] == [
        f"5个进程各要24条数据库连接，加上备用的10条是130条，PostgreSQL 只给{given}条：请改大 max_connections。"
    ]


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_processes_that_are_seen_count_whatever_was_told(
    db: Any, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [facts["processes"] for _, facts in told(1)] == [1]
    others = []
    for number in range(900001, 900005):
        monkeypatch.setattr("models.dialect.os.getpid", lambda number=number: number)
        others.append(open_database(postgres.url(db.database)))
        others[-1].connect()
    try:
        assert [(state, facts["processes"]) for state, facts in told(1)] == [(WRONG, 4)]
    finally:
        for other in others:
            other.close()
            other.close_all()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_sqlite_has_no_such_limit(db: Any) -> None:
    assert told(1000) == []

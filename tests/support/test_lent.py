"""A lent database is as good as new: a test sees nothing of the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.lent import LentDatabase

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(postgres: Any) -> Iterator[LentDatabase]:
    database = LentDatabase(postgres, "template_hongyao")
    yield database
    database.drop()


def do(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


SKILL = "INSERT INTO skill (code, name, category) VALUES ('x', 'x', 'life')"
RULE = (
    "INSERT INTO rule_set (kind, region_code, version, params, valid_from) "
    "VALUES ('x', '', 1, '{}', 0) RETURNING id"
)


def test_rows_of_the_test_before_are_gone_and_seeded_ones_back(database: LentDatabase) -> None:
    url = database.lend()
    before = do(url, "SELECT count(*) FROM skill")
    do(url, SKILL)
    do(url, "DELETE FROM department")
    url = database.lend()
    assert do(url, "SELECT count(*) FROM skill") == before
    assert do(url, "SELECT count(*) > 0 FROM department") == [(True,)]


def test_ids_count_from_where_they_did(database: LentDatabase) -> None:
    first = do(database.lend(), RULE)
    assert do(database.lend(), RULE) == first


def test_books_are_guarded_again(database: LentDatabase) -> None:
    database.lend()
    url = database.lend()
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        do(url, "TRUNCATE audit_entry")


def test_changed_schema_costs_a_new_database(database: LentDatabase) -> None:
    first = database.lend()
    do(first, "DROP TABLE skill CASCADE")
    second = database.lend()
    assert second != first
    assert do(second, "SELECT count(*) > 0 FROM skill") == [(True,)]


def test_lock_left_open_costs_nobody_the_next_test(database: LentDatabase) -> None:
    url = database.lend()
    left = psycopg.connect(url)
    left.execute("LOCK TABLE skill")
    assert do(database.lend(), "SELECT count(*) > 0 FROM skill") == [(True,)]
    left.close()

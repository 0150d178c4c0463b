"""Claiming what is due: past the rows another worker has in hand, along the index of those that wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import pytest

from clock import to_millis
from models import store
from models.dialect import translate
from queries import outbox
from tests.services.messaging.outbox_cases import queue
from tests.support.budgets import WORK


def claimed(at: datetime, limit: int = 10) -> list[int]:
    until = to_millis(at) + 60_000
    return [number for number, _ in store.write(lambda: outbox.claim("w2", until, to_millis(at), limit))]


@pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_row_in_another_workers_hand_is_passed_over_without_waiting(db: Any, cast: Any, at: datetime) -> None:
    first, second = queue(cast, at), queue(cast, at, cast.chali)
    parts = db.connection().info
    with psycopg.connect(host=parts.host, port=parts.port, user=parts.user, dbname=parts.dbname) as other:
        other.execute("SELECT id FROM delivery WHERE id = %s FOR UPDATE", (first,))
        db.execute_sql("SET lock_timeout = '50ms'")
        assert claimed(at) == [second]
    assert claimed(at) == [first]


#: A plan that PostgreSQL takes where it believes the table to hold a row or none: for each row of it, it looks anew.
ANEW = ("hashjoin", "mergejoin", "material", "hashagg", "sort", "memoize")
WITHIN = """
UPDATE delivery SET state = 'inflight' WHERE id IN (
    SELECT d.id FROM delivery d WHERE d.state = 'queued' LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
"""


@pytest.fixture
def three_due(db: Any, cast: Any, at: datetime) -> None:
    """Three people's messages wait, and each look for them is done anew."""
    for person in (cast.xiaobo, cast.chali, cast.ali):
        queue(cast, at, person)
    for way in ANEW:
        db.execute_sql(f"SET enable_{way} = off")


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_claim_takes_no_more_than_its_limit_whatever_the_plan(three_due: None, at: datetime) -> None:
    assert len(outbox.claim("w", to_millis(at) + 60_000, to_millis(at), 1)) == 1


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_control_a_claim_that_looks_within_takes_more(three_due: None, db: Any) -> None:
    assert len(db.execute_sql(WITHIN).fetchall()) > 1


def test_batch_is_claimed_by_one_statement(cast: Any, at: datetime, count_statements: Any) -> None:
    both = [queue(cast, at), queue(cast, at, cast.chali)]
    with count_statements() as seen:
        assert claimed(at) == both
    work = [sql for sql in seen if sql.split()[0].upper() in WORK]
    assert len(work) == 1, work


def plan(db: Any) -> str:
    statement = translate(outbox.lock(outbox.CLAIM), db.dialect)
    if db.dialect == "postgres":  # a table of no rows is always quicker read whole
        db.execute_sql("SET enable_seqscan = off")
    explain = "EXPLAIN" if db.dialect == "postgres" else "EXPLAIN QUERY PLAN"
    return "\n".join(str(row) for row in db.execute_sql(f"{explain} {statement}", (1, 1, 10, "w", 2)).fetchall())


def reads_only_what_waits(shown: str) -> bool:
    rest = shown.replace("SCAN d USING INDEX delivery_due", "")
    return "delivery_due" in shown and "Seq Scan" not in shown and "SCAN d " not in rest + " "


def test_claim_reads_only_the_index_of_what_waits(db: Any, cast: Any, at: datetime) -> None:
    assert reads_only_what_waits(plan(db)), plan(db)


def test_without_that_index_the_claim_reads_more(db: Any, cast: Any, at: datetime) -> None:
    db.execute_sql("DROP INDEX delivery_due")
    assert not reads_only_what_waits(plan(db))

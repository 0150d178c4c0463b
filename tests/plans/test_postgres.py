"""On PostgreSQL, too, the hot paths have an index for everything they look up, and a ranking reads one in its order.

A table of five rows is always quicker read whole. So reading whole and sorting are made dear, and what is left of them
in a plan has no index that could do it; the control takes an index away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from clock import to_millis
from models import store
from models.dialect import PostgresDatabase, translate
from queries import attendance, books, outbox, ranking
from services import codes
from tests.plans.planner import BIG
from tests.support.world import COUNTY, World, sign_up

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("db", ["postgres"], indirect=True)]

Asked = list[tuple[str, Any]]
READ = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    asked: Asked = []
    original = PostgresDatabase._execute_cursor

    def noted(self: Any, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        if sql.lstrip().startswith(READ):
            asked.append((sql, params))
        return original(self, sql, params, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(PostgresDatabase, "_execute_cursor", noted)
        yield asked


def plan(sql: str, params: Any) -> str:
    """The plan where no way but an index is cheap."""
    database = store.current()
    for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
        database.execute_sql(f"SET enable_{way} = off")
    lines = [row[0] for row in database.execute_sql(f"EXPLAIN {sql}", params).fetchall()]
    database.execute_sql("RESET ALL")
    return "\n".join(lines)


def whole(asked: Asked) -> set[str]:
    """The big tables that are read from end to end."""
    return {table for sql, params in asked for table in re.findall(r"Seq Scan on (\w+)", plan(sql, params))} & BIG


@pytest.fixture(autouse=True)
def unread(db: Any) -> None:
    """A database that PostgreSQL has not looked at, whatever a test before had it count."""
    database = store.current()
    ours = "relnamespace = 'public'::regnamespace"
    database.execute_sql(f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE {ours})")
    database.execute_sql(f"UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE {ours} AND relkind IN ('r', 'i')")


@pytest.fixture
def hot(
    client: Any, cast: World, bearer: Callable[[Any], dict[str, str]], frozen: Any, at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Asked:  # fmt: skip
    """What check-in, sign-up, activities, a person's own pages and the worker's claim ask."""
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    moment = cast.shift.starts_at
    frozen(moment)
    code = codes.venue_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", at=moment)
    his, new = (bearer(person) | {"Idempotency-Key": "hot"} for person in (cast.xiaobo, cast.chali))
    with listening(monkeypatch) as asked:
        assert client.post("/api/v1/attendance/scans", json={"code": code}, headers=his).status_code == 200
        body = {"shift_code": cast.shift.code, "risk_accepted": True}
        assert client.post("/api/v1/signups", json=body, headers=new).status_code // 100 == 2
        assert client.get("/api/v1/activities", headers=his).status_code == 200
        for page in ("hours", "records", "signups"):
            assert client.get(f"/api/v1/me/{page}", headers=his).status_code == 200
        assert client.get(f"/api/v1/activities/{cast.activity.code}", headers=his).status_code == 200
        outbox.claim("w", to_millis(at) + 60_000, to_millis(at), 100)
    return asked


def test_hot_paths_have_an_index_for_everything(hot: Asked) -> None:
    assert len(hot) > 20
    assert whole(hot) == set()


def first_plans(asked: Asked) -> str:
    """The plans of a database that nobody has looked at yet, where reading whole is dear."""
    database = store.current()
    with database.atomic() as undone:
        for way in ("seqscan", "bitmapscan"):
            database.execute_sql(f"SET LOCAL enable_{way} = off")
        lines = [
            row[0] for sql, params in asked if sql.lstrip().startswith("SELECT")
            for row in database.execute_sql(f"EXPLAIN {sql}", params).fetchall()
        ]  # fmt: skip
        undone.rollback()
    return "\n".join(lines)


#: By what somebody's sign-up and record of a shift are found.
BY = re.compile(r" on (?:signup su|service_record r) .*\n +Index Cond: (.*)")


def test_a_persons_place_and_record_are_found_by_whose_they_are(hot: Asked) -> None:
    """A plan is kept until the server looks at the table again: by the shift alone every scan of a crowd would read
    the crowd."""
    look_up, standing, *lists = [each for each in hot if "su.volunteer_id" in each[0]]
    found = BY.findall(first_plans([look_up, standing, *lists]))
    assert len(found) >= 4
    assert lists
    assert [by for by in found if "volunteer_id" not in by] == []


def test_control_a_person_who_is_joined_is_found_by_the_shift_alone(db: Any) -> None:
    joined = translate(attendance.LOOK_UP.replace("volunteer_id = ?", "volunteer_id = v.id"), "postgres")
    assert set(BY.findall(first_plans([(joined, (1, "x"))]))) == {"(shift_id = s.id)"}


def test_records_of_a_person_are_not_sought_down_the_whole_table(hot: Asked) -> None:
    """Where sorting is dear, as it seems of tables with nothing in them, the key is what gives an order."""
    records = [plan(*each) for each in hot if '"service_record"' in each[0]]
    assert len(records) >= 2
    assert not any("Backward using service_record_pkey" in found for found in records), records


def test_control_without_its_index_a_table_is_read_whole(hot: Asked) -> None:
    store.current().execute_sql("DROP INDEX shift_activity")
    store.current().execute_sql("DROP INDEX position_activity")
    store.current().execute_sql("ALTER TABLE shift DROP CONSTRAINT shift_code_key")
    try:
        assert "shift" in whole(hot)
    finally:
        store.current().execute_sql("CREATE INDEX shift_activity ON shift (activity_id)")
        store.current().execute_sql('CREATE INDEX position_activity ON "position" (activity_id)')
        store.current().execute_sql("ALTER TABLE shift ADD CONSTRAINT shift_code_key UNIQUE (code)")


@pytest.mark.parametrize(
    ("code", "index"),
    [("34", "period_minutes_top"), ("3415", "period_minutes_city"), (COUNTY, "period_minutes_county")],
)
def test_ranking_reads_its_index_in_order(
    db: Any, monkeypatch: pytest.MonkeyPatch, code: str, index: str
) -> None:
    with listening(monkeypatch) as asked:
        ranking.best(year="2026", region_code=code, limit=40)
    ((sql, params),) = asked
    found = plan(sql, params)
    assert (f"Scan Backward using {index}" in found, "Sort" in found) == (True, False), found


def test_totals_of_a_person_are_looked_up(db: Any) -> None:
    found = plan(translate(books.SUMMARY, "postgres"), ("2026", "2026-06", 0, 1))
    assert "Seq Scan" not in found, found
    assert re.findall(r"using (\w+)", found)[:4] == ["volunteer_pkey", "balance_pkey"] + 2 * ["period_minutes_pkey"]


def explained(claim: str) -> str:
    lines = store.current().execute_sql(f"EXPLAIN {claim.replace('?', '%s')}", (1, 1, 500, "w", 2)).fetchall()
    return "\n".join(row[0] for row in lines)


def test_claim_looks_up_each_person_where_nothing_is_known_of_the_table(db: Any) -> None:
    """An outbox that has just filled: PostgreSQL takes it for empty, and would go through all that is on its way."""
    found = explained(outbox.lock(outbox.CLAIM))
    assert ("SubPlan" in found, "Anti Join" in found, "delivery_leased" in found) == (True, False, False), found


@pytest.fixture
def emptied(db: Any) -> Iterator[None]:
    """The outbox was looked at when nothing stood in its many pages, and has filled since."""
    with db.atomic() as undone:
        db.execute_sql("UPDATE pg_class SET relpages = 40000, reltuples = 0 WHERE relname = 'delivery'")
        db.execute_sql("SET LOCAL enable_seqscan = off")  # the pages are not there to cost anything
        yield
        undone.rollback()


def test_claim_goes_to_each_row_it_takes_where_the_table_passes_for_empty(emptied: None) -> None:
    found = explained(outbox.lock(outbox.CLAIM))
    assert ("Join" in found, "Nested Loop" in found, "Index Cond: (id = ANY" in found) == (False, False, True), found


def test_control_a_claim_that_joins_goes_through_the_table_for_each_row(emptied: None) -> None:
    joined = outbox.CLAIM.format(lock="FOR UPDATE SKIP LOCKED", those="IN (SELECT id FROM due)")
    assert "Nested Loop Semi Join" in explained(joined)

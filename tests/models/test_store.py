"""Books refuse changes, writes are whole or nothing, acts that meet commit together."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import peewee
import psycopg
import pytest

import migrations
import queries
from models import MODELS, MinuteEntry, PointEntry, RateBucket, Region, store
from models.dialect import Steady, open_database, translate
from queries.books import SUMMARY
from tests.support.world import make_region


def test_write_that_raises_changes_nothing(db: Any) -> None:
    def act() -> None:
        make_region("34", "安徽省")
        raise ValueError("second thoughts")

    with pytest.raises(ValueError, match="second thoughts"):
        store.write(act)
    assert Region.select().count() == 0


def test_write_inside_write_undone_alone(db: Any) -> None:
    def inner() -> None:
        make_region("35", "福建省")
        raise ValueError("inner")

    def outer() -> None:
        make_region("34", "安徽省")
        with pytest.raises(ValueError, match="inner"):
            store.write(inner)

    store.write(outer)
    assert [region.code for region in Region.select()] == ["34"]


def _with_a_part_that_fails(problem: Exception, seen: list[str]) -> None:
    """Something, a part that fails and is put up with, something more."""

    def part() -> None:
        make_region("35", "福建省")
        raise problem

    seen.append("run")
    make_region("34", "安徽省")
    with contextlib.suppress(type(problem)):
        store.write(part)
    make_region("36", "江西省")


def test_part_of_a_joined_act_that_raised_leaves_nothing_half_done(db: Any) -> None:
    seen: list[str] = []
    store.write(lambda: _with_a_part_that_fails(ValueError("part"), seen), joined=True)
    assert (sorted(region.code for region in Region.select()), seen) == (["34", "36"], ["run", "run"])


def test_without_the_second_run_the_part_would_stay(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store._Joined, "part", lambda self, act: act())
    store.write(lambda: _with_a_part_that_fails(ValueError("part"), []), joined=True)
    assert sorted(region.code for region in Region.select()) == ["34", "35", "36"]


def test_broken_part_does_not_spoil_the_connection_for_the_second_run(db: Any) -> None:
    """What breaks a key's rule ends a transaction of PostgreSQL, and nothing can be said in it any more."""

    def twice() -> None:
        make_region("34", "安徽省")
        with contextlib.suppress(peewee.IntegrityError):
            store.write(lambda: make_region("34", "安徽省"))
        make_region("36", "江西省")

    store.write(twice, joined=True)
    assert sorted(region.code for region in Region.select()) == ["34", "36"]


def test_act_whose_part_found_the_database_busy_is_not_run_again(db: Any) -> None:
    seen: list[str] = []
    with pytest.raises(peewee.OperationalError, match="lock timeout"):
        store.write(lambda: _with_a_part_that_fails(peewee.OperationalError("lock timeout"), seen), joined=True)
    assert (Region.select().count(), seen) == (0, ["run"])


def test_joined_act_that_raises_by_itself_is_undone_and_not_run_again(db: Any) -> None:
    seen: list[str] = []

    def act() -> None:
        seen.append("run")
        store.write(lambda: make_region("34", "安徽省"))
        raise ValueError("second thoughts")

    with pytest.raises(ValueError, match="second thoughts"):
        store.write(act, joined=True)
    assert (Region.select().count(), seen) == (0, ["run"])


def test_parts_of_a_joined_act_need_no_savepoints(db: Any, count_statements: Any) -> None:
    def act() -> None:
        store.write(lambda: store.write(lambda: make_region("34", "安徽省")))

    with count_statements() as apart:
        store.write(act)
    store.write(lambda: Region.delete().execute())
    with count_statements() as joined:
        store.write(act, joined=True)
    assert len(apart) - len(joined) == 4


def test_writes_from_many_threads_all_kept(db: Any) -> None:
    def one(number: int) -> None:
        store.write(lambda: RateBucket.create(key=str(number), window_at=0, tries=number))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(one, range(400)))
    assert RateBucket.select(peewee.fn.SUM(RateBucket.tries)).scalar() == sum(range(400))


def waits_for_the_disk() -> bool:
    if store.current().dialect == "postgres":
        return bool(store.current().execute_sql("SHOW synchronous_commit").fetchone()[0] != "off")
    return bool(store.current().execute_sql("PRAGMA synchronous").fetchone()[0] == 2)


@pytest.fixture
def durable(db: Any, tmp_path: Path) -> Any:
    """A database with the settings of a real house; the tests' own is not durable."""
    if db.dialect == "postgres":
        with psycopg.connect(store_url(db), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {db.database} SET synchronous_commit = on")
        db.close_all()
        return db
    store.bind(open_database(f"sqlite:///{tmp_path / 'durable.db'}"))
    return store.current()


def store_url(db: Any) -> str:
    facts = db.connect_params
    return f"postgresql://postgres@{facts['host']}:{facts['port']}/{db.database}"


def test_writes_wait_for_the_disk_unless_nobody_would_miss_them(durable: Any) -> None:
    told = [
        store.write(waits_for_the_disk),
        store.write(waits_for_the_disk, durable=False),
        store.write(waits_for_the_disk, durable=False),
        store.write(waits_for_the_disk),
    ]
    assert told == [True, False, False, True]


def test_one_durable_act_makes_the_whole_commit_wait(durable: Any) -> None:
    """Acts that meet while another one runs are committed together, and the strictest decides."""
    if durable.dialect == "postgres":
        pytest.skip("every act has its own transaction there")
    inside, go_on = Event(), Event()

    def hold() -> None:
        inside.set()
        go_on.wait(5)

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(store.write, hold, durable=False)
        assert inside.wait(5)
        lax = threads.submit(store.write, waits_for_the_disk, durable=False)
        strict = threads.submit(store.write, waits_for_the_disk)
        while store._writer.inbox.qsize() < 2:  # type: ignore[union-attr]
            pass
        go_on.set()
        assert (first.result(5), lax.result(5), strict.result(5)) == (None, True, True)


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("book", [MinuteEntry, PointEntry])
@pytest.mark.case(27)
def test_book_entry_cannot_be_changed(db: Any, cast: Any, at: datetime, book: Any, verb: str) -> None:
    entry = store.write(
        lambda: book.create(
            volunteer=cast.xiaobo, amount=60, kind="service", region_code=cast.team.region_code,
            local_day="2026-06-10", idem_key="k", created_at=at,
        )
    )  # fmt: skip
    act = book.update(amount=600) if verb == "update" else book.delete()
    with pytest.raises((peewee.IntegrityError, peewee.InternalError)):
        store.write(lambda: act.where(book.id == entry.id).execute())
    assert book.get_by_id(entry.id).amount == 60


def test_naive_moment_is_refused(db: Any, cast: Any) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.write(lambda: RateBucket.create(key="k", window_at=datetime(2026, 1, 1), tries=1))


def test_migrated_schema_matches_the_models(db: Any, cast: Any) -> None:
    for model in MODELS:
        table = model._meta.table_name
        keys = set(db.get_primary_keys(table))
        columns = {column.name: column.null for column in db.get_columns(table) if column.name not in keys}
        declared = {
            field.column_name: field.null
            for field in model._meta.sorted_fields
            if field.column_name not in keys
        }
        assert columns == declared, table


def test_migration_goes_down_and_up_again(db: Any) -> None:
    if db.in_transaction():
        pytest.fail("a transaction was left open")
    runner = migrations.runner(db)
    runner.down("0001_initial")
    assert "volunteer" not in db.get_tables()
    assert migrations.apply(db) == sorted(each.stem for each in migrations.HERE.glob("0*.py"))
    assert migrations.missing(db) == []
    newest = sorted(each.stem for each in migrations.HERE.glob("0*.py"))[-3:]
    assert migrations.back(db, newest[0][:4]) == newest[:0:-1]
    assert migrations.missing(db) == newest[1:]
    with pytest.raises(ValueError):
        migrations.back(db, newest[2][:4])


@pytest.mark.parametrize(
    "change", [
        lambda: make_region("34", "安徽省"), lambda: Region.update(name="皖").execute(),
        lambda: Region.delete().execute(), lambda: store.write(lambda: None),
    ],
)  # fmt: skip
def test_who_only_looks_changes_nothing(db: Any, change: Any) -> None:
    store.write(lambda: make_region("35", "福建省"))
    with pytest.raises(store.Wants):
        store.read(change)
    assert [region.name for region in Region.select()] == ["福建省"]
    assert store.read(lambda: Region.select().count()) == 1


NOTE = "INSERT INTO rate_bucket (key, window_at, tries) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING"


def test_note_is_there_at_once_for_this_process_and_soon_for_all(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SOON", 60)
    sql = translate(NOTE, db.dialect)
    store.note(sql, "a", ("a", 0, 1))
    store.note(sql, "a", ("a", 0, 2))
    assert (store.noted(sql, "a"), RateBucket.select().count()) == (("a", 0, 1), 0)
    store.settle()
    assert (store.noted(sql, "a"), [row.tries for row in RateBucket.select()]) == (None, [1])


def test_note_comes_without_being_asked_for(db: Any) -> None:
    store.note(translate(NOTE, db.dialect), "a", ("a", 0, 1))
    for _ in range(200):
        if RateBucket.select().count():
            break
        Event().wait(0.02)
    assert RateBucket.select().count() == 1


ONLY_SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@ONLY_SQLITE
def test_steady_statement_is_planned_once_and_another_with_each_value(db: Any) -> None:
    planned: list[int] = []

    def times(text: str) -> int:
        for person in (1, 2):
            planned.clear()
            db.execute_sql(text, ("2026", "2026-06", 0, person)).fetchone()
        return len(planned)

    def plans(*_facts: Any) -> int:
        planned.append(1)
        return 0

    db.connection().authorizer = plans
    try:
        assert times(translate(SUMMARY, "sqlite")) == 0
        assert times(str(SUMMARY)) > 0
    finally:
        db.connection().authorizer = None


@ONLY_SQLITE
def test_no_steady_statement_reads_a_whole_table(db: Any) -> None:
    found = {
        f"{module.name}.{name}": text
        for module in pkgutil.iter_modules(queries.__path__)
        for name, text in vars(importlib.import_module(f"queries.{module.name}")).items() if isinstance(text, Steady)
    }  # fmt: skip
    assert len(found) > 30
    reads = {name for name, text in found.items() if any(WHOLE.match(line) for line in _plan(db, text))}
    # there SQLite lists what refers to a record; none is replaced, so none of it is read
    assert reads == {"attendance.CHECK_IN"}


WHOLE = re.compile(r"SCAN (?!CONSTANT)|.*AUTOMATIC")


def _plan(db: Any, text: str) -> list[str]:
    explained = db.execute_sql("EXPLAIN QUERY PLAN " + translate(text, "sqlite"), (None,) * text.count("?"))
    return [row[3] for row in explained]

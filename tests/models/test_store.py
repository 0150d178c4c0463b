"""Books refuse changes, writes are whole or nothing, acts that meet commit together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import peewee
import psycopg
import pytest

import migrations
from models import MODELS, MinuteEntry, PointEntry, RateBucket, Region, store
from models.dialect import open_database
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

"""A dishonest administrator with the database open: what is only ever added to is neither changed nor taken out, in any
of the tables, nor overwritten on its key. On both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee
import pytest

from models import AuditEntry, Consent, History, MinuteEntry, PointEntry, Seal, store
from services import audit
from services.accounts import registration
from services.actors import OPERATOR
from services.bookkeeping import books, sealing
from tests.support.world import World

REFUSED = (peewee.IntegrityError, peewee.InternalError)
LOG = (AuditEntry, History, Consent, Seal, MinuteEntry, PointEntry)


@pytest.fixture
def written(cast: World, at: datetime) -> World:
    """A line in each of them."""
    who = f"volunteer:{cast.xiaobo.id}"
    audit.note(actor=OPERATOR, verb="person.reveal", subject=who, detail={"reason": "送慰问品"}, at=at)
    audit.changed(actor=OPERATOR, verb="name", subject=who, changes={"name": ["王小波", "王小博"]}, at=at)
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="service", given=True, at=at)
    entry = {
        "volunteer": cast.xiaobo, "amount": 60, "kind": "service", "region_code": cast.team.region_code,
        "local_day": "2026-06-10", "created_at": at,
    }  # fmt: skip
    store.write(lambda: (MinuteEntry.create(idem_key="k1", **entry), PointEntry.create(idem_key="k2", **entry)))
    sealing.seal_due(at=at + timedelta(days=1))
    assert [table.select().count() > 0 for table in LOG] == [True] * len(LOG)
    return cast


def _seals() -> list[str]:
    return [each.what for each in books.verify() if each.what.startswith("seal")]


def _lines(table: Any) -> list[Any]:
    return list(table.select().order_by(*table._meta.get_primary_keys()).tuples())


@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
@pytest.mark.parametrize("table", LOG, ids=lambda each: each._meta.table_name)
def test_line_is_neither_changed_nor_taken_out(written: World, table: Any, statement: str) -> None:
    before = _lines(table)
    column = table._meta.sorted_fields[-1].column_name
    words = statement.format(table=table._meta.table_name, column=column)
    with pytest.raises(REFUSED):
        store.write(lambda: store.current().execute_sql(words))
    assert _lines(table) == before


@pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("table", LOG, ids=lambda each: each._meta.table_name)
def test_table_is_not_emptied_at_once(written: World, table: Any) -> None:
    with pytest.raises(REFUSED):
        store.write(lambda: store.current().execute_sql(f"TRUNCATE {table._meta.table_name} CASCADE"))
    assert _lines(table)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", LOG, ids=lambda each: each._meta.table_name)
def test_line_is_not_overwritten_on_its_key(written: World, table: Any) -> None:
    """`REPLACE` takes the old row out without telling a trigger, unless the connection says that it must."""
    before = _lines(table)
    name = table._meta.table_name
    with pytest.raises(REFUSED):
        store.write(lambda: store.current().execute_sql(f"REPLACE INTO {name} SELECT * FROM {name}"))
    assert _lines(table) == before


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_line_overwritten_by_another_program_is_found_by_its_seal(written: World) -> None:
    import sqlite3

    assert _seals() == []
    path = str(store.current().database)
    with sqlite3.connect(path) as other:
        other.execute(
            "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE id = (SELECT MIN(id) FROM audit_entry)"
        )
        columns = [row[1] for row in other.execute("PRAGMA table_info(audit_entry)")]
        told = ", ".join("'{}'" if each == "detail" else each for each in columns)
        other.execute(f"REPLACE INTO audit_entry SELECT {told} FROM audit_entry WHERE verb = 'person.reveal'")
    other.close()
    assert _seals() == ["seal of audit_entry"]

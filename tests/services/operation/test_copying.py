"""A house on SQLite moves to PostgreSQL whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import peewee
import pytest

from models import MinuteEntry, Region, RuleSet, Volunteer, store
from models.dialect import open_database
from services.operation import copying, health
from tests.services.bookkeeping.test_records import confirm, serve
from tests.support.world import World, make_identity, sign_up

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def target(postgres: Any) -> Iterator[str]:
    yield postgres.create("copied", template="template_hongyao")
    postgres.drop("copied")


def there(url: str, sql: str) -> Any:
    database = open_database(url)
    database.connect()
    found = database.execute_sql(sql).fetchone()[0]
    database.close()
    database.close_all()
    return found


def test_everything_arrives_and_goes_on_where_it_was(cast: World, at: datetime, target: str) -> None:
    serve(cast, cast.xiaobo, 100)
    confirm(cast)
    gone = make_identity(at, None, openid="o-gone")
    store.write(lambda: gone.delete_instance())  # its number is never given again
    counts = [model.select().count() for model in (Volunteer, Region, RuleSet, MinuteEntry)]
    done = copying.copy_to(target, at=at)
    assert store.current().dialect == "postgres"
    with store.session():
        assert [model.select().count() for model in (Volunteer, Region, RuleSet, MinuteEntry)] == counts
        assert done.rows > sum(counts)
        assert make_identity(at, None, openid="o-new").id == gone.id + 1
        with pytest.raises(peewee.DatabaseError, match="append-only"):
            store.write(lambda: MinuteEntry.update(note="x").execute())
        with pytest.raises(peewee.IntegrityError):
            store.write(lambda: Volunteer.update(merged_into=10**6).where(Volunteer.id == cast.xiaobo.id).execute())
    store.release()


def test_copy_that_cannot_be_whole_leaves_the_target_as_it_was(cast: World, at: datetime, target: str) -> None:
    source = store.current()
    sign_up(at, cast.shift, cast.xiaobo)
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    with pytest.raises(copying.NotCopied, match="stop web and worker"):
        copying.copy_to(target, at=at)
    later = at + timedelta(hours=1)
    with pytest.raises(copying.NotCopied, match="from SQLite"):
        copying.copy_to("sqlite:///:memory:", at=later)
    source.execute_sql("UPDATE volunteer SET birth_date='1960-06-06 or so'")
    with pytest.raises(copying.NotCopied, match="volunteer: value too long"):
        copying.copy_to(target, at=later)
    source.execute_sql("UPDATE volunteer SET birth_date='1960-06-06'")
    source.execute_sql("PRAGMA foreign_keys=0")
    source.execute_sql("UPDATE signup SET volunteer_id=999999")
    with pytest.raises(copying.NotCopied, match="a row refers to one that is not there"):
        copying.copy_to(target, at=later)
    assert store.current() is source
    assert there(target, "SELECT count(*) FROM volunteer") == 0
    assert there(target, "SELECT count(*) FROM rule_set") > 0
    assert there(target, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'") > 300
    there(target, "INSERT INTO region (code, name, place_name, level) VALUES ('34', 'A', 'A', 1) RETURNING 1")
    with pytest.raises(copying.NotCopied, match="lives in that database"):
        copying.copy_to(target, at=later)

"""A house on SQLite moves to PostgreSQL whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
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


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("PRAGMA foreign_keys=0; UPDATE signup SET volunteer_id=999999", "a row refers to one that is not there"),
        ("UPDATE volunteer SET birth_date='1960-06-06 or so'", "volunteer: value too long"),
    ],
)
def test_row_that_is_not_taken_leaves_the_target_as_it_was(
    cast: World, at: datetime, target: str, harm: str, why: str
) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    for statement in harm.split("; "):
        store.current().execute_sql(statement)
    with pytest.raises(copying.NotCopied, match=why):
        copying.copy_to(target, at=at)
    assert store.current().dialect == "sqlite"
    assert there(target, "SELECT count(*) FROM volunteer") == 0
    assert there(target, "SELECT count(*) FROM rule_set") > 0
    assert there(target, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'") > 300


def test_copy_refuses_a_running_house_and_one_that_is_lived_in(cast: World, at: datetime, target: str) -> None:
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    with pytest.raises(copying.NotCopied, match="stop web and worker"):
        copying.copy_to(target, at=at)
    database = open_database(target)
    database.connect()
    database.execute_sql("INSERT INTO region (code, name, place_name, level) VALUES ('34', 'A', 'A', 1)")
    database.close()
    database.close_all()
    later = at.replace(hour=9)
    with pytest.raises(copying.NotCopied, match="lives in that database"):
        copying.copy_to(target, at=later)
    with pytest.raises(copying.NotCopied, match="from SQLite"):
        copying.copy_to("sqlite:///elsewhere.db", at=later)

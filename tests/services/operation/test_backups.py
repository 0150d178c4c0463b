"""A backup holds one moment, whole and proved; what is wrong with a file is said before anything is touched."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest

import migrations
from models import JobRun, MinuteEntry, StoredFile, Volunteer, store
from queries import backup as sql
from services.lives import files
from services.operation import archive, backups, health, leases
from services.operation.backups import NotBackedUp
from services.operation.leases import LeaseLost
from services.operation.restoring import NotRestored
from tests.services.operation.backup_house import KEY, House, house
from tests.support.bucket import Bucket
from tests.support.fakes import make_parts
from tests.support.world import make_identity

__all__ = ["house"]

#: Tables in which a backup and a restoration leave a line themselves.
BUSY = ("job_run", "audit_entry", "sqlite_sequence")


def counts() -> dict[str, int]:
    with store.session():
        database = store.current()
        names = [name for name in database.get_tables() if name not in BUSY]
        return {name: database.execute_sql(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def told(act: Callable[[], Any], kind: type[Exception] = NotRestored) -> str:
    with pytest.raises(kind) as found:
        act()
    return str(found.value)


def test_house_is_there_again_elsewhere_and_goes_on_where_it_was(house: House) -> None:
    gone = make_identity(house.at, None, openid="o-gone")
    store.write(lambda: gone.delete_instance())  # its number is never given again
    before = counts()
    made = house.make()
    assert made.inside.tables["minute_entry"] == 1
    assert (made.inside.photos, made.inside.lost, made.inside.mismatches) == (1, 0, 0)
    done = house.restore(made.path)
    assert (done.wrong, done.migrated, done.made_at) == ([], [], house.at.isoformat())
    assert counts() == before
    with store.session():
        assert MinuteEntry.get().amount == 100
        assert StoredFile.get_by_id(house.photo.id).name == "a\tb\n\\.jpg"
        there = make_parts(storage=house.there)
        seen = [files.opened(parts=each, file_id=house.photo.id) for each in (there, house.parts)]
        assert seen[0] == seen[1]
        assert make_identity(house.at, None, openid="o-new").id == gone.id + 1
        with pytest.raises(peewee.DatabaseError, match="append-only"):
            store.write(lambda: MinuteEntry.update(note="x").execute())
        with pytest.raises((peewee.IntegrityError, peewee.DatabaseError)):
            store.write(lambda: Volunteer.update(merged_into=10**6).execute())


def test_nothing_of_it_can_be_read_without_the_key(house: House) -> None:
    whole = house.make().path.read_bytes()
    assert [word for word in ("小波", "volunteer", "minute_entry", "SQLite") if word.encode() in whole] == []
    assert house.kept()[0].stat().st_mode & 0o077 == 0


def test_backup_is_of_one_moment_though_people_write_meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    real, wrote = backups._database, []

    def late(tar: Any, database: Any) -> Any:
        """Somebody registers between the moment and the first row that is copied."""

        def act() -> None:
            Volunteer.create(
                public_no="late0001", name="后来", region_code=house.cast.xiaobo.region_code, created_at=house.at,
                identity="veteran", state="active",
            )  # fmt: skip

        writer = threading.Thread(target=lambda: wrote.append(store.write(act)))
        writer.start()
        writer.join(10)
        return real(tar, database)

    monkeypatch.setattr(backups, "_database", late)
    count = Volunteer.select().count()
    made = house.make()
    assert (len(wrote), made.inside.tables["volunteer"], Volunteer.select().count()) == (1, count, count + 1)
    house.restore(made.path)
    with store.session():
        assert Volunteer.select().where(Volunteer.public_no == "late0001").count() == 0


def test_file_that_does_not_open_says_why_and_nothing_is_touched(house: House) -> None:
    path = house.make().path
    whole = path.read_bytes()
    bad = path.with_name("bad.backup")

    def said(body: bytes, key: dict[str, bytes] = KEY) -> str:
        bad.write_bytes(body)
        return told(lambda: house.restore(bad, key)).removeprefix("bad.backup: ")

    place = len(whole) - 40
    assert said(whole, {"b2": b"c" * 32}) == "it is sealed with the key 'b1', which BACKUP_KEY does not hold"
    assert said(whole, {"b1": b"c" * 32}).startswith("it is sealed with another key 'b1'")
    assert said(whole[:-1]) == "it is cut off: the end is missing"
    assert said(whole[: len(archive.MAGIC) + 2]) == "the head of this backup is damaged"
    assert said(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]) == "it was altered in piece 1"
    assert said(whole.replace(b'"schema": "00', b'"schema": "01')) == "it was altered in piece 1"
    assert said(whole + b"more") in ("it is cut off: the end is missing", "it was altered in piece 1")
    assert said(b"PGDMP") == "this is no backup of ours"
    with store.session():
        assert not sql.is_used(store.current())
    assert list(house.there.lying("00")) == []
    assert not house.there.root.exists()


def test_file_in_several_pieces_is_cut_off_between_two_of_them(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PIECE", 512)
    path = house.make().path
    assert backups.check(path=path, backups=house.backups).photos == 1
    whole = path.read_bytes()
    head = len(archive.MAGIC) + 4
    first = head + int.from_bytes(whole[head - 4 : head], "big")
    second, third = first + 4 + 512 + 16, first + 2 * (4 + 512 + 16)

    def said(body: bytes) -> str:
        path.write_bytes(body)
        return told(lambda: backups.check(path=path, backups=house.backups), archive.NotReadable)

    assert said(whole[:second]) == "it is cut off: the end is missing"
    assert said(whole[:second] + whole[third:]) == "it was altered in piece 2"  # a piece left out


def test_restore_goes_into_an_empty_database_alone(house: House) -> None:
    path = house.make().path
    house.restore(path)
    before = counts()
    assert told(lambda: house.restore(path)) == "somebody lives in the database of DATABASE_URL: make an empty one"
    assert counts() == before


def test_backup_of_the_other_database_and_of_newer_code_are_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.make().path
    other = "postgres" if store.current().dialect == "sqlite" else "sqlite"
    head = archive.head(path, KEY)
    with monkeypatch.context() as patch:
        patch.setattr(archive, "head", lambda *_: replace(head, database=other))
        assert told(lambda: house.restore(path)).startswith(f"this is a backup of {other}; DATABASE_URL is")
    monkeypatch.setattr(archive, "head", lambda *_: replace(head, schema="9999_later"))
    assert told(lambda: house.restore(path)) == "its schema 9999_later is newer than this code: upgrade first"


def test_backup_of_an_older_schema_is_brought_up_to_this_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "note_run", lambda **_: None)  # today's code would note its run in today's columns
    last = migrations.names(store.current())[-1]
    migrations.back(store.current(), migrations.names(store.current())[-2].split("_")[0])
    path = house.make().path
    migrations.apply(store.current())  # for whoever borrows this database next
    done = house.restore(path)
    assert (done.migrated, done.wrong) == ([last], [])
    assert migrations.missing(store.current()) == []


def test_books_that_do_not_agree_are_kept_and_told(house: House) -> None:
    store.current().execute_sql(f"UPDATE balance SET minutes = 107 WHERE volunteer_id = {house.cast.xiaobo.id}")
    made = house.make()
    assert made.inside.mismatches == 1
    assert house.restore(made.path).wrong == [
        f"volunteer {house.cast.xiaobo.id}: balance.minutes is 107, entries prove 100"
    ]


def test_photo_that_is_nowhere_does_not_stop_a_backup(house: House) -> None:
    house.parts.storage.delete(house.photo.path)
    assert (house.make().inside.photos, house.make().inside.lost) == (0, 1)


def test_storage_that_is_away_stops_it_and_leaves_nothing(house: House) -> None:
    with Bucket() as bucket:
        storage = bucket.storage()
        storage.put(house.photo.path, house.parts.storage.get(house.photo.path))
        away = replace(house.parts, storage=storage)
        bucket.fault = (503, "SlowDown")
        make = lambda: backups.make(parts=away, backups=house.backups, at=house.at)  # noqa: E731
        assert told(make, NotBackedUp) == "the photos did not answer: SlowDown"
        assert house.kept() == []
        bucket.fault = None
        assert make().inside.photos == 1


def test_two_at_once_are_one(house: House) -> None:
    folder = Path(house.backups.folder)
    folder.mkdir()
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert told(house.make, NotBackedUp) == "another backup is being made"
    assert house.make().inside.photos == 1


def test_what_a_killed_process_left_is_cleared_away(house: House) -> None:
    folder, beside = Path(house.backups.folder), Path(house.folder) / ".copy-4194305-x"  # beyond any process's number
    folder.mkdir()
    (folder / ".99.part").write_bytes(b"half")
    beside.mkdir()
    (beside / "copy.db").write_bytes(b"in the clear")
    made = house.make()
    assert house.kept() == [made.path]
    if store.current().dialect == "sqlite":
        assert not beside.exists()


def test_disk_that_damages_what_is_written_is_found_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    real = backups._settle

    def damaging(out: Any) -> None:
        out.seek(-30, 2)
        out.write(b"\0")
        real(out)

    monkeypatch.setattr(backups, "_settle", damaging)
    assert told(house.make, NotBackedUp).startswith("what was written does not read back: it was altered")
    assert house.kept() == []


def test_worker_that_leads_no_more_leaves_no_backup(house: House) -> None:
    held = leases.take(owner="one", at=house.at)
    assert held is not None
    leases.take(owner="two", at=house.at + timedelta(hours=1))

    with pytest.raises(LeaseLost):
        house.make(write=leases.fenced(held))
    assert (house.kept(), JobRun.get_or_none(JobRun.name == health.BACKUP)) == ([], None)


def test_database_alone_is_no_backup_of_the_night(house: House) -> None:
    made = house.make(pictures=False)
    assert (made.inside.photos, made.inside.lost) == (0, 0)
    assert JobRun.get_or_none(JobRun.name == health.BACKUP) is None
    house.restore(made.path)
    with store.session():
        assert StoredFile.select().count() == 1

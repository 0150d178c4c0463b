"""A backup holds one moment, whole and proved; what is wrong with a file is said before anything is touched."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import peewee
import pytest

import migrations
from models import JobRun, MinuteEntry, StoredFile, Volunteer, store
from models.dialect import open_database
from queries import backup as sql
from services.lives import files
from services.operation import alarms, archive, backups, doctor, health, leases, restoring
from services.operation.backups import Made, NotBackedUp
from services.operation.leases import LeaseLost
from services.operation.restoring import NotRestored, Restored
from services.parts import Backups
from storage.disk import Disk
from tests.services.bookkeeping.test_records import confirm, serve
from tests.services.lives.test_files import picture
from tests.support.bucket import Bucket
from tests.support.fakes import make_parts
from tests.support.world import World, make_identity

KEY = {"b1": b"b" * 32}
#: Tables in which a backup and a restoration leave a line themselves.
BUSY = ("job_run", "audit_entry", "sqlite_sequence")


class House:
    """A house with something in everything, where backups go, and an empty place to restore to."""

    def __init__(self, cast: World, at: datetime, folder: Path, elsewhere: str) -> None:
        self.cast, self.at, self.folder, self.elsewhere = cast, at, folder, elsewhere
        self.backups = Backups(str(folder / "backups"), KEY, 3)
        self.parts = make_parts(storage=Disk(folder / "files"), backups=self.backups)
        self.there = Disk(folder / "elsewhere-files")
        serve(cast, cast.xiaobo, 100)
        confirm(cast)
        path = files.put_down(parts=self.parts, photo=files.taken(picture()))
        self.photo = store.write(
            lambda: files.keep(name="a\tb\n\\.jpg", path=path, size=1, owner_id=cast.xiaobo.id, at=at)
        )

    def make(self, at: datetime | None = None, **more: Any) -> Made:
        return backups.make(parts=self.parts, backups=self.backups, at=at or self.at, **more)

    def restore(self, path: Path, key: dict[str, bytes] = KEY, at: datetime | None = None) -> Restored:
        """Into the empty place, which is bound then; nine hours later, if nothing else is said."""
        if store.current().database != open_database(self.elsewhere).database:
            store.release()
            store.bind(open_database(self.elsewhere))
        parts = replace(self.parts, storage=self.there)
        return restoring.restore(
            path=path, parts=parts, key=Backups("", key), database_url=self.elsewhere,
            at=at or self.at + timedelta(hours=9),
        )

    def kept(self) -> list[Path]:
        return sorted(each for each in Path(self.backups.folder).iterdir() if each.name != ".lock")


@pytest.fixture
def house(db: Any, cast: World, at: datetime, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    if db.dialect == "sqlite":
        (tmp_path / "elsewhere").mkdir()
        yield House(cast, at, tmp_path, f"sqlite:///{tmp_path}/elsewhere/h.db")
        return
    server = request.getfixturevalue("postgres")
    server.drop("elsewhere")
    yield House(cast, at, tmp_path, server.create("elsewhere"))
    if store.proxy.obj is not None:
        store.release()
    server.drop("elsewhere")


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


def test_worker_makes_one_a_night_and_keeps_so_many(house: House) -> None:
    run = lambda at: backups.work(parts=house.parts, at=at, write=store.write)  # noqa: E731
    at = house.at  # nine in the morning
    assert [run(at), run(at + timedelta(minutes=10))] == [1, 0]  # there was none yet
    night = at.replace(hour=17)  # one in the night, in Shanghai
    assert [run(night), run(night + timedelta(hours=1)), run(night + timedelta(hours=2))] == [0, 1, 0]
    for day in (1, 2, 3):
        assert run(night + timedelta(days=day, hours=1)) == 1
    assert [each.name[:16] for each in house.kept()] == ["hongyao-20260612", "hongyao-20260613", "hongyao-20260614"]
    assert backups.work(parts=make_parts(), at=night + timedelta(days=9), write=store.write) == 0


def test_worker_makes_one_an_hour_where_that_is_asked_for(house: House) -> None:
    hourly = replace(house.parts, backups=replace(house.backups, hours=1, keep=2))
    made = []
    for tenth in range(3 * 24 * 6):  # three days, a beat every ten minutes
        at = house.at + tenth * timedelta(minutes=10)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(backups, "make", lambda at=at, **_: made.append(at) or pretended(house, at))
            backups.work(parts=hourly, at=at, write=store.write)
    assert max(later - sooner for sooner, later in pairwise(made)) <= timedelta(hours=1)
    assert 68 <= len(made) <= 90


def pretended(house: House, at: datetime) -> Made:
    health.note_run(name=health.BACKUP, started_at=at, ended_at=at, outcome="ok")
    return Made(Path("x"), 0, backups.Inside({}, 0, 0, 0, 0, {}, {}))


def test_of_those_by_the_hour_a_whole_day_stays_and_each_days_last(house: House) -> None:
    def names(hours: int, keep: int) -> list[str]:
        made = [Path(f"hongyao-202606{day}-{hour:02}0000.backup") for day in (10, 11, 12) for hour in range(0, 24, 6)]
        own = replace(house.backups, hours=hours, keep=keep)
        return [each.name[14:19] for each in made if each not in backups._surplus(made, own)]

    assert names(24, 2) == ["12-12", "12-18"]
    assert names(6, 3) == ["10-18", "11-18", "12-00", "12-06", "12-12", "12-18"]
    assert names(12, 2) == ["11-18", "12-12", "12-18"]


def test_alarm_follows_the_hours_between_two(house: House) -> None:
    hourly = replace(house.parts, backups=replace(house.backups, hours=1))
    health.note_run(name=health.BACKUP, started_at=house.at, ended_at=house.at, outcome="ok")
    for minutes, well in ((180, True), (181, False)):
        every = alarms.backup_every(hourly)
        late = house.at + timedelta(minutes=minutes)
        checks = {each.name: each.ok for each in health.health(at=late, backup_every=every).checks}
        assert checks["backup"] is well
        assert next(doctor._backups(hourly, late)).state == ("ok" if well else "wrong")


def test_copy_elsewhere_is_expected_every_day_once_it_was_told(app: Any, house: House) -> None:
    def said(after: timedelta) -> tuple[bool, str]:
        found = {each.name: each for each in health.health(at=house.at + after).checks}["copy"]
        return found.ok, [each.state for each in doctor._backups(house.parts, house.at + after)][-1]

    health.note_run(name=health.BACKUP, started_at=house.at, ended_at=house.at, outcome="ok")
    assert said(timedelta(days=9)) == (True, "unsure")
    assert app.test_cli_runner().invoke(args=["backup", "--copied"]).exit_code == 0
    assert said(timedelta(hours=26)) == (True, "ok")
    assert said(timedelta(hours=27)) == (False, "wrong")


def test_database_alone_is_no_backup_of_the_night(house: House) -> None:
    made = house.make(pictures=False)
    assert (made.inside.photos, made.inside.lost) == (0, 0)
    assert JobRun.get_or_none(JobRun.name == health.BACKUP) is None
    house.restore(made.path)
    with store.session():
        assert StoredFile.select().count() == 1


def test_old_backup_is_an_alarm_where_the_worker_makes_them(house: House) -> None:
    def said(after: timedelta, every: timedelta | None = timedelta(hours=24)) -> tuple[bool, str]:
        check = {each.name: each for each in health.health(at=house.at + after, backup_every=every).checks}["backup"]
        return check.ok, check.detail

    assert said(timedelta(0)) == (True, "none yet")
    Path(house.backups.folder).write_text("no folder")
    assert backups.work(parts=house.parts, at=house.at, write=store.write) == 0
    assert said(timedelta(0)) == (False, "none yet, the last try failed")
    assert backups.work(parts=house.parts, at=house.at + timedelta(minutes=50), write=store.write) == 0
    Path(house.backups.folder).unlink()
    later = house.at + timedelta(minutes=61)
    assert backups.work(parts=house.parts, at=later, write=store.write) == 1
    assert said(timedelta(hours=27)) == (True, "the last one was made 25 h ago")
    assert said(timedelta(hours=28)) == (False, "the last one was made 26 h ago")
    assert said(timedelta(hours=28), None) == (True, "the last one was made 26 h ago")
    assert health.figures(at=later + timedelta(hours=1)).backup_seconds == 3600.0
    late = house.at + timedelta(hours=28)
    found = [*doctor._backups(house.parts, later), *doctor._backups(house.parts, late)]
    found += doctor._backups(make_parts(), late)
    assert [(each.state, each.name) for each in found] == [
        ("ok", "backup"), ("unsure", "copy"), ("wrong", "backup"), ("unsure", "copy"), ("unsure", "backup_none"),
    ]  # fmt: skip
    parts = replace(house.parts, operator_openid="oa-operator", templates={})
    alarms.tell_operator(parts=parts, at=late)
    told_ = [each["text"] for each in parts.gateway.named("send_text")]  # type: ignore[attr-defined]
    assert [text for text in told_ if "备份过了时候没有做成" in text] != []


def test_healthz_and_metrics_tell_of_an_old_backup(app: Any, client: Any, at: datetime) -> None:
    health.note_run(name=health.BACKUP, started_at=at - timedelta(hours=30), ended_at=at, outcome="ok")
    parts = app.extensions["parts"]
    for own, well in ((None, True), (Backups("", KEY), True), (Backups("var/backup", KEY), False)):
        app.extensions["parts"] = replace(parts, backups=own)
        checks = {each["name"]: each for each in client.get("/healthz").get_json()["checks"]}
        assert checks["backup"] == {"name": "backup", "ok": well, "detail": "the last one was made 30 h ago"}
    assert "hongyao_backup_age_seconds 108000.0" in client.get("/metrics").text

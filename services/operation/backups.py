"""A backup: the whole house at one moment, sealed with a key of its own, proved before it counts; made every night, or
every so many hours.

Nobody is kept waiting meanwhile: PostgreSQL's rows go out by COPY in a snapshot, SQLite's pages in one step in a read
transaction. (`pg_dump` would have to be of the server's version or newer on every machine, and its output sealed and
read back all the same; the rows alone are enough, since migrations make the tables.) The photos go along as they lie
in the storage, sealed with DATA_KEYS; without those nobody reads them, nor ID numbers and telephones.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import migrations
from clock import SHANGHAI, local_day
from frozen import dataclass
from models import JobRun, store
from models.dialect import Database, SqliteDatabase
from models.store import Write
from queries import backup as sql
from services.bookkeeping import books
from services.lives import files
from services.operation import archive, health
from services.operation.archive import Head, NotReadable
from services.parts import Backups, Parts
from storage.shelf import Missing, Storage, StorageFailure

log = logging.getLogger("hongyao.worker")

SUFFIX = ".backup"
#: From this hour of the night on, and not again within so long after a try that failed.
HOUR, AGAIN = 2, timedelta(hours=1)
#: How much earlier than it is due one of those by the hour may be: the worker comes by so often.
BEAT = timedelta(minutes=10)
#: The last try stands as a run of this name; the last one that was proved as `health.BACKUP`.
TRIED = "backup_tried"
#: Folders of copies beside the database begin so; the number of their process follows.
COPY = ".copy-"


class NotBackedUp(Exception):
    """No backup was made; the text is one English sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a backup holds: rows by table, photos and their bytes, photos that rows speak of and nobody has, kept totals
    that the entries did not prove, the checksums of its long members."""

    tables: dict[str, int]
    photos: int
    photo_bytes: int
    lost: int
    mismatches: int
    sums: dict[str, str]
    numbers: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and read back."""

    path: Path
    bytes: int
    inside: Inside


def make(
    *, parts: Parts, backups: Backups, at: datetime, write: Write = store.write, pictures: bool = True
) -> Made:  # fmt: skip
    """Make one in the folder of `backups`, read it back, throw away those that are not to be kept. Without `pictures`
    it holds the database alone, and does not count as the night's.

    NotBackedUp: another one is under way, no room, a database or storage that does not answer, a proof that fails.
    """
    folder = Path(backups.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            draft = folder / f".{os.getpid()}.part"
            try:
                inside = _written(draft, parts, backups, at, pictures)
                if check(path=draft, backups=backups) != inside:
                    raise NotBackedUp("what was read back is not what was written; look at the disk")
                write(lambda: None)  # the proof that its worker still leads
                path = folder / f"hongyao-{at.astimezone(SHANGHAI):%Y%m%d-%H%M%S}{SUFFIX}"
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
            if pictures:
                write(lambda: health.note_run(name=health.BACKUP, started_at=at, ended_at=at, outcome="ok"))
            for old in _surplus(sorted(folder.glob(f"hongyao-*{SUFFIX}")), backups):
                old.unlink()
    except StorageFailure as problem:
        raise NotBackedUp(f"the photos did not answer: {problem.why}") from None
    except NotReadable as problem:
        raise NotBackedUp(f"what was written does not read back: {problem}") from None
    except OSError as problem:
        raise NotBackedUp(f"{folder}: {problem.strerror or type(problem).__name__}") from None
    return Made(path, path.stat().st_size, inside)


def _surplus(made: list[Path], backups: Backups) -> list[Path]:
    """Those that are not kept, of all in the order in which they were made. Made by the hour, each day's last one
    stays, and of the newest a whole day's."""
    if backups.hours >= 24:
        return made[: -backups.keep]
    last_of = {each.name[: len("hongyao-20260610")]: each for each in made}
    stay = {*list(last_of.values())[-backups.keep :], *made[-(24 // backups.hours) :]}
    return [each for each in made if each not in stay]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotBackedUp("another backup is being made") from None
        for old in folder.glob(".*.part"):  # of a process that died
            old.unlink()
        yield


def _written(draft: Path, parts: Parts, backups: Backups, at: datetime, pictures: bool) -> Inside:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        with sql.snapshot() as database:
            head = Head(at.isoformat(), database.dialect, migrations.newest(database))
            writing = archive.Writing(out, backups.ring, head)
            try:
                tar = archive.Tar(writing)
                tables, sums, numbers = _database(tar, database)
                wrong, names = books.verify(key=parts.seal_key), files.paths() if pictures else []
            except BaseException:
                writing.leave()
                raise
        for mismatch in wrong:
            log.critical("backup: %s", mismatch.said)
        try:
            photos, size, lost = _photos(tar, parts.storage, names)
            inside = Inside(tables, photos, size, lost, len(wrong), sums, numbers)
            tar.end(asdict(inside))
        except BaseException:
            writing.leave()
            raise
        writing.close()
        _settle(out)
    return inside


def _photos(tar: archive.Tar, storage: Storage, names: list[str]) -> tuple[int, int, int]:
    """(how many there are, their bytes, how many are nowhere), as they lie, outside the snapshot: HTTP, perhaps."""
    count = size = lost = 0
    for name in names:
        try:
            body = storage.get(name)
        except Missing:
            log.error("backup: no picture lies at %s", name)
            lost += 1
            continue
        tar.add(f"photos/{name}", body)
        count, size = count + 1, size + len(body)
    return count, size, lost


def _settle(out: IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())


def _database(tar: archive.Tar, database: Database) -> tuple[dict[str, int], dict[str, str], dict[str, int]]:
    """(rows by table, checksums, where the numbers go on) of the snapshot, which is now in the tar."""
    if isinstance(database, SqliteDatabase):
        return _sqlite(tar, database)
    tables, sums = {}, {}
    named = sql.columns(database)
    tar.add("columns.json", json.dumps(named).encode())
    for table, columns in named.items():
        rows = _Rows(sql.out(database, table, columns))
        sums[f"tables/{table}"] = tar.pour(f"tables/{table}", rows.pieces())
        tables[table] = rows.count
    return tables, sums, sql.numbers(database)


class _Rows:
    """Counts the rows that pass: each ends with the only bare newline in it."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self.count = source, 0

    def pieces(self) -> Iterator[bytes]:
        for piece in self._source:
            self.count += piece.count(b"\n")
            yield piece


def _sqlite(
    tar: archive.Tar, database: SqliteDatabase
) -> tuple[dict[str, int], dict[str, str], dict[str, int]]:
    """The copy lies beside the database for a moment, readable as it is and by its owner alone."""
    home = Path(database.database).absolute().parent
    for old in home.glob(f"{COPY}*-*"):
        if not Path("/proc", old.name.removeprefix(COPY).partition("-")[0]).exists():  # of a process that died
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{COPY}{os.getpid()}-", dir=home) as folder:
        copy = Path(folder) / "copy.db"
        sql.copy_pages(database, copy)
        said, tables = sql.look(copy)
        if said != "ok":
            raise NotBackedUp(f"SQLite says of the copy: {said[:200]}")
        with copy.open("rb") as source:
            total = tar.pour("database", iter(lambda: source.read(archive.PIECE), b""))
    return tables, {"database": total}, {}


def check(*, path: Path, backups: Backups) -> Inside:
    """Read a backup to its end and hold what is inside against what its last member says. NotReadable."""
    found = Counting()
    for name, body in archive.members(path, backups.ring):
        found.take(name, body)
    return found.proved()


class Counting:
    """What passes while a backup is read, held against what its last member says."""

    def __init__(self) -> None:
        self._sums: dict[str, Any] = {}
        self._rows: dict[str, int] = {}
        self._photos = self._bytes = 0
        self._said: Inside | None = None

    def take(self, name: str, body: bytes) -> None:
        """One member."""
        kind, _, rest = name.partition("/")
        if kind in ("tables", "database"):
            member = name.rpartition("/")[0]
            self._sums.setdefault(member, hashlib.sha256()).update(body)
            if kind == "tables":
                table = rest.partition("/")[0]
                self._rows[table] = self._rows.get(table, 0) + body.count(b"\n")
        elif kind == "photos":
            self._photos, self._bytes = self._photos + 1, self._bytes + len(body)
        elif name == "end.json":
            try:
                self._said = Inside(**json.loads(body))
            except (ValueError, TypeError):
                raise NotReadable("its last page is damaged") from None

    def proved(self) -> Inside:
        """What it holds. NotReadable where that is not what it says."""
        said = self._said
        if said is None:
            raise NotReadable("its last page is missing")
        sums = {name: each.hexdigest() for name, each in self._sums.items()}
        rows = {table: self._rows.get(table, 0) for table in said.tables} if self._rows else said.tables
        told = {name: value for name, value in said.sums.items() if value != hashlib.sha256().hexdigest()}
        if (rows, self._photos, self._bytes, sums) != (said.tables, said.photos, said.photo_bytes, told):
            raise NotReadable("it does not hold what its last page says")
        return said


def work(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """The worker's: one a night, or every so many hours, where a folder is set, at once where there is none yet; 1 if
    one was made.

    A try that failed is an alarm once the last good one is too old (`health`), and is repeated every hour.
    """
    backups = parts.backups
    if backups is None or not backups.folder or not _due(at, timedelta(hours=backups.hours)):
        return 0

    def note(outcome: str) -> None:
        write(lambda: health.note_run(name=TRIED, started_at=at, ended_at=at, outcome=outcome))

    note("under way")
    try:
        made = make(parts=parts, backups=backups, at=at, write=write)
    except NotBackedUp as problem:
        log.error("no backup: %s", problem)
        note("error")
        return 0
    note("ok")
    log.info("backup %s: %d rows, %d photos, %d bytes", made.path, made.inside.rows, made.inside.photos, made.bytes)
    return 1


def _due(at: datetime, every: timedelta) -> bool:
    tried = JobRun.get_or_none(JobRun.name == TRIED)
    if tried is not None and tried.outcome != "ok" and at - tried.started_at < AGAIN:
        return False
    made = JobRun.get_or_none(JobRun.name == health.BACKUP)
    if made is None or at - made.started_at > every + health.BACKUP_LATE:
        return True
    if every < timedelta(days=1):
        return bool(at - made.started_at >= every - BEAT)
    return bool(local_day(at) != local_day(made.started_at) and at.astimezone(SHANGHAI).hour >= HOUR)

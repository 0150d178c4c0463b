"""A backup becomes a house again: into an empty database, photos into the storage, the books proved.

The file is read to its end before anything is touched, so that a wrong key and a damaged file change nothing. Photos
are laid down before the database is there: what goes wrong in between leaves photos that nobody speaks of.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

import migrations
from frozen import dataclass
from models import store
from models.dialect import PostgresDatabase, SqliteDatabase, open_database
from queries import backup as sql
from queries import copying
from services.bookkeeping import anchors, books
from services.operation import after_restore, archive, backups
from services.operation.after_restore import Ended
from services.operation.archive import Head, NotReadable
from services.operation.backups import Inside
from services.parts import Backups, Parts
from services.privacy import erased
from storage.shelf import Missing, Storage, StorageFailure

#: What may stand behind `photos/`.
UNSAFE = ("..", "\\", "\x00")


class NotRestored(Exception):
    """Nothing was restored; the text is one English sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there again, of which moment, brought to our schema by `migrated`; `wrong`: what the books say; `beyond`:
    (book, row) up to which this house had been sealed when its anchors were last written, and is not any more;
    `ended`: what is not to begin again."""

    made_at: str
    inside: Inside
    migrated: list[str]
    wrong: list[str]
    beyond: list[tuple[str, int]]
    ended: Ended


def restore(*, path: Path, parts: Parts, key: Backups, database_url: str, at: datetime) -> Restored:
    """Restore into the bound database, which is `database_url`, and the storage; what had ended since ends again, and
    the books are proved, by the anchors too.

    NotRestored, in this order: anchors or a list of erased people that do not read, a file that does not open (another
    key, cut off, altered), of the other kind of database, newer than this code, a database in which somebody lives, a
    storage that does not answer, rows that PostgreSQL does not take.
    """
    storage = parts.storage
    try:
        erased.read(erased.beside(parts.anchors_file))
        anchors.standing(parts.anchors_file)
    except (erased.ErasedUnreadable, anchors.AnchorsUnreadable) as damaged:
        raise NotRestored(f"{damaged}: mend it, or put its copy there") from None
    try:
        head = archive.head(path, key.ring)
        inside = backups.check(path=path, backups=key)
    except NotReadable as problem:
        raise NotRestored(f"{path.name}: {problem}") from None
    except OSError as problem:
        raise NotRestored(f"{path}: {problem.strerror}") from None
    target = store.current()
    if head.database != target.dialect:
        raise NotRestored(f"this is a backup of {head.database}; DATABASE_URL is {target.dialect}")
    if head.schema not in migrations.names(target):
        raise NotRestored(f"its schema {head.schema} is newer than this code: upgrade first")
    with store.session():
        if sql.is_used(target):
            raise NotRestored("somebody lives in the database of DATABASE_URL: make an empty one")
    try:
        if isinstance(target, SqliteDatabase):
            _pages(path, key, storage, Path(target.database), database_url)
        else:
            _rows(path, key, storage, target, head, inside)
    except (StorageFailure, Missing) as problem:
        raise NotRestored(f"the storage for photos does not take them: {problem!r}") from None
    except copying.RowNotTaken as problem:
        raise NotRestored(f"PostgreSQL did not take {problem}; nothing was restored") from None
    with store.session():
        migrated = migrations.apply(store.current())
    with store.session():
        return _settled(path, parts, Restored(head.made_at, inside, migrated, [], [], Ended(0, 0, 0)), at)


def _settled(path: Path, parts: Parts, done: Restored, at: datetime) -> Restored:
    """The books held against the anchors as they stood, then the line by which later ones are not asked for."""
    made_at, file = datetime.fromisoformat(done.made_at), parts.anchors_file
    later = anchors.beyond(file=file, as_of=made_at)
    ended = after_restore.end_again(parts=parts, name=path.name, made_at=made_at, at=at)
    anchors.note_restore(file=file, backup=path.name, as_of=made_at, at=at)
    wrong = books.differences(whole=True, anchors_file=file, key=parts.seal_key)
    return replace(done, wrong=wrong, beyond=[(book, then) for book, then, _ in later], ended=ended)


def _pages(path: Path, key: Backups, storage: Storage, database: Path, url: str) -> None:
    """The pages beside their place, proved, then renamed to it."""
    draft = database.with_name(f"{database.name}.restoring")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for name, body in archive.members(path, key.ring):
                if name.startswith("database/"):
                    out.write(body)
                else:
                    _photo(storage, name, body)
            out.flush()
            os.fsync(out.fileno())
        said, _ = sql.look(draft)
        if said != "ok":
            raise NotRestored(f"SQLite says of it: {said[:200]}")
        store.release()
        for rest in ("-wal", "-shm"):
            database.with_name(database.name + rest).unlink(missing_ok=True)
        draft.replace(database)
    finally:
        draft.unlink(missing_ok=True)
    store.bind(open_database(url))


def _rows(path: Path, key: Backups, storage: Storage, target: PostgresDatabase, head: Head, inside: Inside) -> None:
    """The tables as they were then, by migrations; all rows in one transaction, every reference proved."""
    with store.session():
        migrations.reach(target, head.schema)
        names = copying.tables(target)
        with target.atomic():
            references = copying.empty(target, names)
            there = dict.fromkeys(inside.tables, 0)
            columns: dict[str, list[str]] = {}
            members = archive.members(path, key.ring)
            for member, parts in groupby(members, key=lambda each: _table(each[0])):
                if member:
                    there[member] = sql.into(target, member, columns[member], (body for _, body in parts))
                    continue
                for name, body in parts:
                    if name == "columns.json":
                        columns = json.loads(body)
                    else:
                        _photo(storage, name, body)
            copying.finish(target, names, references, inside.numbers)
            if there != inside.tables:
                raise copying.RowNotTaken("the database", "rows that arrived are not those that were sent")


def _table(name: str) -> str:
    """The table of a member, "" for another one."""
    kind, _, rest = name.partition("/")
    return rest.partition("/")[0] if kind == "tables" else ""


def _photo(storage: Storage, name: str, body: bytes) -> None:
    kind, _, rest = name.partition("/")
    if kind == "photos":
        if rest.startswith("/") or any(part in rest for part in UNSAFE):
            raise NotRestored("a photo in it has a name that leads elsewhere")
        storage.put(rest, body)

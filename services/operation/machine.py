"""The machine under the house, looked at: the file with the keys, the disks, the place for photos."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from services.operation.findings import OK, WRONG, Finding
from storage.disk import Disk
from storage.shelf import Missing, Storage, StorageFailure

#: A disk with less is told: a day of photos, a copy of the database, and the log's share.
LEAST_FREE, LEAST_SHARE = 2 * 1024**3, 0.05
GIGA = 1024**3


def private(path: Path) -> Iterator[Finding]:
    """The settings' file holds keys: nobody but its group may read it. Nothing where there is no file."""
    if path.is_file():
        open_to_all = path.stat().st_mode & 0o007
        yield Finding(WRONG if open_to_all else OK, "private", {"file": str(path.resolve())})


def disk(database_url: str, storage: Storage) -> Iterator[Finding]:
    """Room where database and photos lie, and whether this user may write there."""
    folders = [storage.root] if isinstance(storage, Disk) else []
    if database_url.startswith("sqlite:///"):
        folders.insert(0, Path(database_url.removeprefix("sqlite:///")).parent)
    for folder in folders:
        there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.is_dir())
        room = shutil.disk_usage(there)
        facts = {"place": str(folder), "free": f"{room.free / GIGA:.1f} GB"}
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding(WRONG, "disk_closed", facts)
        elif room.free < LEAST_FREE or room.free < room.total * LEAST_SHARE:
            yield Finding(WRONG, "disk", facts)
        else:
            yield Finding(OK, "disk", facts)


def keeps(storage: Storage) -> Finding:
    """Whether the place for photos keeps something, gives it back, lists it and lets it go."""
    name, body = f"00/doctor-{secrets.token_hex(8)}", secrets.token_bytes(1000)
    facts = {"place": storage.place}
    try:
        storage.put(name, body)
        back = storage.get(name)
        there = name in [each.name for each in storage.lying("00")]
        storage.delete(name)
        still = name in [each.name for each in storage.lying("00")]
    except StorageFailure as problem:
        return Finding(WRONG, f"storage_{problem.trouble}", {**facts, "why": problem.why})
    except Missing:
        back, there, still = b"", False, False
    return Finding(OK if back == body and there and not still else WRONG, "storage", facts)

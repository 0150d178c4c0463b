"""The machine under the house, looked at: the file with the keys, the disks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from services.operation.findings import OK, WRONG, Finding

#: A disk with less is told: a day of photos, a copy of the database, and the log's share.
LEAST_FREE, LEAST_SHARE = 2 * 1024**3, 0.05
GIGA = 1024**3


def private(path: Path) -> Iterator[Finding]:
    """The settings' file holds keys: nobody but its group may read it. Nothing where there is no file."""
    if path.is_file():
        open_to_all = path.stat().st_mode & 0o007
        yield Finding(WRONG if open_to_all else OK, "private", {"file": str(path.resolve())})


def disk(database_url: str, files_dir: str) -> Iterator[Finding]:
    """Room where database and photos lie, and whether this user may write there."""
    folders = [Path(files_dir)]
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

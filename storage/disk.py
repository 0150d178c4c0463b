"""Uploads in a folder of this machine, or one that several machines have mounted."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.shelf import Lying, Missing, StorageFailure, Trouble

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def _told() -> Iterator[None]:
    """The system's errors as ours."""
    try:
        yield
    except FileNotFoundError:
        raise Missing from None
    except OSError as problem:
        number = problem.errno or 0
        trouble = Trouble.FULL if number in FULL else Trouble.REFUSED if number in CLOSED else Trouble.AWAY
        raise StorageFailure(trouble, errno.errorcode.get(number, "OSError")) from None


class Disk:
    """A folder; each name is a file in it."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root)

    def put(self, name: str, body: bytes) -> None:
        """Written beside its place, brought to the disk, then renamed: nobody sees half of it."""
        target = self.root / name
        with _told():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, draft = tempfile.mkstemp(dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(body)
                    out.flush()
                    os.fsync(out.fileno())
                Path(draft).replace(target)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(draft).unlink()
                raise
            _settle(target.parent)

    def get(self, name: str) -> bytes:
        """The file's bytes; Missing."""
        with _told():
            return (self.root / name).read_bytes()

    def delete(self, name: str) -> None:
        """Unlink it, if it is there."""
        with _told():
            (self.root / name).unlink(missing_ok=True)

    def lying(self, folder: str) -> Iterator[Lying]:
        """The files of one folder, drafts of a process that died in `put` among them."""
        inside = self.root / folder
        if not inside.is_dir():
            return
        with _told():
            # The disk's own time, which is what its files are dated by: over NFS it is another machine's.
            with tempfile.TemporaryFile(dir=self.root) as mark:
                now = os.fstat(mark.fileno()).st_mtime
            found = sorted(each.name for each in inside.iterdir() if each.is_file())
        for name in found:
            with contextlib.suppress(FileNotFoundError):
                yield Lying(f"{folder}/{name}", now - (inside / name).stat().st_mtime)


def _settle(folder: Path) -> None:
    """Bring the folder's own entries to the disk, so that a new name outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

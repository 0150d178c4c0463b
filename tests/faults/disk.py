"""A disk of a few megabytes that can be filled: a tmpfs of its own, where we may mount one. Where we may not, files of
some processes that may grow no further: they hear "file too large" instead of "no space", and must cope as well.
"""

from __future__ import annotations

import resource
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 64 * 1024 * 1024
MOUNT = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs"]
BALLAST = "ballast"
PIECE = 4096


def mountable() -> bool:
    """Whether we may mount one: as root, where the machine allows it."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run([*MOUNT, folder], capture_output=True, timeout=10, check=False)
        except FileNotFoundError:
            return False
        subprocess.run(["umount", "--lazy", folder], capture_output=True, timeout=10, check=False)
        return done.returncode == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount it there, where that is allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([*MOUNT, str(folder)], capture_output=True, timeout=10, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, timeout=10, check=False)


def fill(disk: Path, left: int = 0) -> None:
    """Write until it is full but for so many bytes."""
    path = disk / BALLAST
    with path.open("ab", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * PIECE)
        except OSError:
            pass
        ballast.truncate(max(0, path.stat().st_size - left))


def free(disk: Path) -> None:
    (disk / BALLAST).unlink(missing_ok=True)


def bound_files(pids: Iterable[int], most: int | None) -> None:
    """Let the files that these processes write end at so many bytes; None: nowhere. Their own user may."""
    for pid in pids:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY if most is None else most, hard))

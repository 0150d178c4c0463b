"""Writers of several processes take turns at one SQLite file.

SQLite itself does not queue: whoever finds the file locked sleeps, up to a tenth of a second, and asks again. Beside
a process that writes without a pause another one starves (measured: seconds). So a writer first stands at the
turnstile, and whoever has just written goes to the back: two locks, the place at the front and the turn itself.

Only manners: what keeps the data whole is SQLite's own lock. If somebody holds the turn for too long, because he is
stopped or hangs, the others go on without.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

#: Between two looks at a lock that another process holds.
LOOK = 0.0005
#: So long somebody may keep the others waiting.
PATIENCE = 2.0


class Turns:
    """The turns at one file, for one thread of each process; their two lock files stand beside it.

    They are made with the first turn: whoever only looks leaves nothing behind.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._locks: list[int] = []

    def close(self) -> None:
        """Give the lock files back; the files stay."""
        while self._locks:
            os.close(self._locks.pop())

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Wait for the turn and keep it while the block runs; False if patience ended first."""
        if not self._locks:
            self._locks = [
                os.open(f"{self._path}-{name}", os.O_RDWR | os.O_CREAT, 0o600) for name in ("front", "turn")
            ]
        place, turn = self._locks
        with ExitStack() as held:
            end = time.monotonic() + PATIENCE
            with ExitStack() as front:
                mine = _hold(place, front, end) and _hold(turn, held, end)
            yield mine


def _hold(lock: int, until: ExitStack, end: float) -> bool:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(LOOK)
        else:
            until.callback(fcntl.flock, lock, fcntl.LOCK_UN)
            return True

"""A stopwatch for what another process must do quickly: it leaves out the time in which this machine ran nothing.

    with Watch() as watch:
        requests.get(...)
    assert watch.seconds < 1

A borrowed machine stands still for seconds now and then, and no program is slow for that.
"""

from __future__ import annotations

import threading
import time

#: A step of the pacer, and the delay of one that says the machine stood still: nothing else holds up a sleeping thread.
STEP, STILL = 0.02, 0.1


class Watch:
    """`seconds` between the block's begin and its end, without the pauses of the whole machine."""

    def __init__(self) -> None:
        self.seconds = self._still = 0.0
        self._done = threading.Event()
        self._pacer = threading.Thread(target=self._pace, daemon=True)

    def __enter__(self) -> Watch:
        self._began = time.monotonic()
        self._pacer.start()
        return self

    def __exit__(self, *problem: object) -> None:
        whole = time.monotonic() - self._began
        self._done.set()
        self._pacer.join()
        self.seconds = whole - self._still

    def _pace(self) -> None:
        before, over = time.monotonic(), False
        while not over:  # the last step counts as well: who waits for the block may wake before the pacer does
            over = self._done.wait(STEP)
            now = time.monotonic()
            late, before = now - before - STEP, now
            if late > STILL:
                self._still += late

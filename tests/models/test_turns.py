"""Whoever has just written goes to the back; nobody waits for ever."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from models import turns
from models.turns import Turns


def is_held(path: Path) -> bool:
    probe = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(probe)
    return False


def until_held(path: Path) -> None:
    end = time.monotonic() + 5
    while not (path.exists() and is_held(path)):
        assert time.monotonic() < end
        time.sleep(0.001)


def writes_twice_beside_another(file: Path, other_waits: Callable[[], object]) -> list[str]:
    """A writes, and B comes and waits; A is done and wants to write again at once. Who writes in which order?"""
    order: list[str] = []
    first, second = Turns(str(file)), Turns(str(file))

    def other() -> None:
        with second.turn():
            order.append("B")

    thread = Thread(target=other)
    with first.turn():
        order.append("A")
        thread.start()
        other_waits()
    with first.turn():
        order.append("A")
    thread.join(5)
    first.close()
    second.close()
    return order


def test_who_waits_goes_before_who_has_just_written(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    waits = partial(until_held, Path(f"{file}-front"))
    assert writes_twice_beside_another(file, waits) == ["A", "B", "A"]


def test_without_the_turnstile_the_first_would_go_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: one lock alone, and a waiter that looks now and then."""
    file, looked, hold = tmp_path / "x.db", Event(), turns._hold

    def without_a_front(lock: int, until: ExitStack, end: float) -> bool:
        if os.fstat(lock).st_ino == Path(f"{file}-front").stat().st_ino:
            return True
        if hold(lock, until, 0):
            return True
        looked.set()
        time.sleep(0.2)
        return hold(lock, until, end)

    monkeypatch.setattr(turns, "_hold", without_a_front)
    assert writes_twice_beside_another(file, partial(looked.wait, 5)) == ["A", "A", "B"]


def test_somebody_who_hangs_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    one, two, three = (Turns(str(tmp_path / "x.db")) for _ in range(3))
    with one.turn() as mine:
        began = time.monotonic()
        with two.turn() as his, three.turn() as hers:
            assert (mine, his, hers) == (True, False, False)
        assert time.monotonic() - began < 10
    with three.turn() as mine:
        assert mine


def test_turn_of_a_writer_that_failed_is_over(tmp_path: Path) -> None:
    one, two = Turns(str(tmp_path / "x.db")), Turns(str(tmp_path / "x.db"))
    with pytest.raises(ValueError, match="broken"), one.turn():
        raise ValueError("broken")
    with two.turn() as mine:
        assert mine


def test_who_never_writes_leaves_no_files(tmp_path: Path) -> None:
    one = Turns(str(tmp_path / "x.db"))
    assert list(tmp_path.iterdir()) == []
    one.close()

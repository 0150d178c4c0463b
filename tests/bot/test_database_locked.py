"""Another process holds SQLite's write lock: who only asks is answered at once, who does something in time (case 14).

Under WAL a reader waits for no writer (`callback`: that is why a look needs no thread of its own), so nothing here is
patched on that way; what does change something is told that it takes longer, and is done once the lock is free.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handlers.bot import callback
from handlers.bot.registry import LOOKING
from handlers.bot.words import said
from models import InboundMessage, Signup, store
from tests.bot.chat import Phone, WeChat
from tests.support.world import World

pytestmark = [pytest.mark.parametrize("db", ["sqlite"], indirect=True), pytest.mark.case(14)]

Of = Callable[[Any], Phone]
#: Of the house, before these tests are given more patience.
REAL_DEADLINE = callback.DEADLINE
#: Seconds that no answer takes, unless it waits for the lock, which nobody gives back meanwhile.
QUICK = 8
#: Takes the lock, writes, says so, and keeps it until its standard input ends.
HOLDS = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
other.execute("UPDATE volunteer SET version = version + 1")
print("held", flush=True)
sys.stdin.read()
other.execute("ROLLBACK")
"""


class Lock:
    """Another process with the write lock in its hand."""

    def __init__(self, path: str) -> None:
        self._holder = subprocess.Popen(
            [sys.executable, "-c", HOLDS, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "held\n"

    def release(self) -> None:
        self._holder.communicate(timeout=10)


@pytest.fixture
def locked(phone: Of, cast: World) -> Iterator[Lock]:
    """From here on nobody else writes; all that was noted before is written."""
    phone(cast.xiaobo).says("帮助")
    store.settle()
    held = Lock(str(store.current().database))
    yield held
    held.release()


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.monotonic()
    answer = act()
    return time.monotonic() - began, answer


def test_question_is_answered_as_if_nobody_wrote(phone: Of, cast: World, locked: Lock) -> None:
    for command in sorted(LOOKING):
        took, text = timed(lambda word=command: phone(cast.xiaobo).says(said(word)))
        assert text
        assert not text.startswith("现在有点慢")
        assert took < QUICK, command
    took, text = timed(lambda: phone(cast.xiaobo).says("时长"))
    assert (took < QUICK, "累计" in text) == (True, True)


def test_question_on_a_connection_that_is_opened_now_does_not_wait_either(
    phone: Of, cast: World, locked: Lock
) -> None:
    """A thread that the server has just begun, with nothing of the database in its hand or in the pool."""
    store.current().close_idle()
    found: list[tuple[float, str]] = []
    asks = threading.Thread(target=lambda: found.append(timed(lambda: phone(cast.xiaobo).says("时长"))))
    asks.start()
    asks.join(QUICK)
    [(took, text)] = found
    assert (took < QUICK, "累计" in text) == (True, True)


def test_control_a_write_waits_for_the_lock(cast: World, locked: Lock) -> None:
    done = threading.Event()
    writes = threading.Thread(target=lambda: (store.write(lambda: Signup.select().count()), done.set()))
    writes.start()
    assert not done.wait(0.5)
    locked.release()
    assert done.wait(10)
    writes.join(5)


def test_act_is_answered_in_time_and_done_when_the_lock_is_free(
    phone: Of, wechat: WeChat, cast: World, locked: Lock, fault_meant: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the house's own deadline."""
    document = phone(cast.xiaobo).document("text", Content="报名 1", MsgId=501)
    with monkeypatch.context() as patch:
        patch.setattr(callback, "DEADLINE", REAL_DEADLINE)
        took, answer = timed(lambda: wechat.deliver(document))
    assert (took < QUICK, answer.text.startswith("现在有点慢，正在办。")) == (True, True)
    locked.release()
    last = wechat.deliver(document).text
    assert not last.startswith("现在有点慢")
    assert InboundMessage.select().where(InboundMessage.reply == last).count() == 1


def test_event_that_nobody_waits_for_gets_an_empty_answer_in_time(
    phone: Of, wechat: WeChat, cast: World, locked: Lock, fault_meant: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback, "DEADLINE", 0.3)
    took, text = timed(lambda: phone(cast.xiaobo).event("unsubscribe"))
    assert (took < QUICK, text) == (True, "")

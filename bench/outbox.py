"""The outbox: draining it beside the same HTTP client alone.

It is what really goes out: a stand-in for the platform answers any push after 60 ms, twelve threads send, SQLite waits
for its disk; the floor is our own gateway in twelve threads with its token in memory and no database at all.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import clock
import settings
from bench import figures
from bench.figures import SECONDS, Row, Sample, Side
from bench.messages import filled, noon, platform
from bench.world import openid
from models import Broadcast, store
from models.dialect import open_database
from schedulers.worker import BATCH, THREADS
from services.actors import Actor
from services.messaging import broadcasts, outbox
from services.messaging.broadcasts import Choice, sending
from tests.support.fakes import MP, OA, FakeGateway, make_parts
from wechat.account import Account
from wechat.live import LiveGateway
from wechat.tokens import MemoryTokenStore

TOLD = 10_000


def rows(_missing: list[str]) -> list[Row]:
    """Draining."""
    with _people() as notices:
        next(notices)
        with platform() as port, ThreadPoolExecutor(THREADS) as pool:
            _queue()
            return figures.alternate([
                Row("outbox drained, SQLite, durable ÷ same HTTP client alone", _drained(port, pool),
                    _sent(port, pool), "≥ 0.7")
            ])  # fmt: skip


@contextmanager
def _people() -> Iterator[Iterator[int]]:
    """So many followers in one team, in a database of their own, and one broadcast to them after another."""
    folder = Path(tempfile.mkdtemp(prefix="hongyao-outbox-"))
    url = f"sqlite:///{folder / 'outbox.db'}"
    config = settings.load(demo=True, clock_file="", wechat_mp_appid=MP, wechat_oa_appid=OA)
    filled(url, config, TOLD + 1, TOLD)
    store.release()
    store.bind(open_database(url))
    try:
        with store.session():
            yield (_confirmed(day) for day in count())
    finally:
        store.release()
        shutil.rmtree(folder, ignore_errors=True)


def _confirmed(day: int) -> int:
    """A broadcast to all of them that waits for the worker; each a day later, for a sender has only so many a day."""
    actor, at = Actor("console", TOLD + 1), noon() + timedelta(days=day)
    drafted = broadcasts.draft(actor=actor, choice=Choice("area", "34"), text="汛期值守，明早七点集合", at=at)
    store.write(lambda: Broadcast.update(as_told=True).where(Broadcast.notice == drafted.notice_id).execute())
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    return drafted.notice_id


def _queue() -> None:
    parts = make_parts(FakeGateway(), broadcast_a_minute=10**9, templates_a_day=10**9)
    put = sending.work(parts=parts, at=noon() + timedelta(days=90), seconds=3600)
    if put != TOLD:
        raise RuntimeError(f"{put} of {TOLD} queued")


def _gateway(port: int) -> LiveGateway:
    return LiveGateway(
        mini=Account(MP, "secret"), official=Account(OA, "secret"), store=MemoryTokenStore(clock.now), now=clock.now,
        api_base=f"http://127.0.0.1:{port}", at_once=THREADS,
    )  # fmt: skip


def _drained(port: int, pool: ThreadPoolExecutor) -> Side:
    """What the worker's drain does, turn after turn."""
    gateway = _gateway(port)
    parts = make_parts(gateway, broadcast_a_minute=10**9, templates_a_day=10**9)
    at = noon() + timedelta(days=90, hours=1)

    def measure(share: float) -> Sample:
        before, begun = _done(), time.perf_counter()
        while time.perf_counter() - begun < SECONDS * share:
            outbox.deliver_due(parts=parts, owner="bench", at=at, limit=BATCH, pool=pool)
        return Sample((_done() - before) / (time.perf_counter() - begun))

    return Side(measure)


def _done() -> int:
    return int(store.current().execute_sql("SELECT COUNT(*) FROM delivery WHERE state = 'sent'").fetchone()[0])


def _sent(port: int, pool: ThreadPoolExecutor) -> Side:
    """The same calls with nothing behind them, in turns of as many."""
    gateway, numbers = _gateway(port), count(1)

    def send(number: int) -> object:
        return gateway.send_template(
            openid(number % TOLD + 1), "demo-notice", {"thing1": "汛期值守，明早七点集合"}, url="http://localhost/m/inbox",
            client_msg_id=f"{number:032d}",
        )  # fmt: skip

    def measure(share: float) -> Sample:
        done, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < SECONDS * share:
            done += len(list(pool.map(send, [next(numbers) for _ in range(BATCH)])))
        return Sample(done / (time.perf_counter() - begun))

    return Side(measure)

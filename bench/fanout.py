"""A broadcast to many: queueing beside a bare INSERT … SELECT, claims by the batch, and the web process meanwhile.

`python -m bench fanout`; FANOUT_PEOPLE=1000000 is the size that the bars speak of (100,000 unless said). Queueing is
all that the worker does: rights looked at again, parts of 2,000 people in a write each with a rest behind it, everybody
falling due in his turn; the floor writes the same words to the same people in one statement. It is counted in seconds
of the processor, PostgreSQL's process with it, and the worker's rests left out; claims and answers by the clock, the
rests as they are. Both databases wait for their disk.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import clock
import settings
from bench import figures, load
from bench.assessment import Took, Watch
from bench.both import on_both, unhurried
from bench.chat import Chat
from bench.figures import SECONDS, Row, Sample, Side
from bench.messages import filled, noon
from bench.serving import free_port, serve, stop
from bench.world import openid
from models import Broadcast, Delivery, store
from models.dialect import open_database
from queries import change, one
from queries import outbox as outbox_sql
from queries import rows as found
from schedulers.worker import BATCH
from services.actors import Actor
from services.messaging import broadcasts, outbox
from services.messaging.broadcasts import Choice, sending
from services.parts import Parts
from tests.support.fakes import FakeGateway, make_parts

TOLD = int(os.environ.get("FANOUT_PEOPLE", "100000"))
#: A worker that fell behind may claim more at once than it sends at a time.
MANY = 500
#: Seconds of a turn that brings all of them in; of queueing during which the chat is asked, which is the beginning.
LONG, BEGINNING = 3600, 10
#: Questions in the chat a second while the broadcast is queued.
ASKED, CONNECTIONS = 100, 8
BARE = """
INSERT INTO delivery (notice_id, volunteer_id, kind, dedupe_key, state, priority, title, body, url, data,
    due_at, expires_at, lease_owner, tries, skip, channel, created_at)
SELECT CAST(? AS BIGINT), m.volunteer_id, 'broadcast', 'bare:' || CAST(m.volunteer_id AS TEXT), 'queued', 9, ?, ?, ?, ?,
    CAST(? AS BIGINT), CAST(? AS BIGINT), '', 0, '', '', CAST(? AS BIGINT)
FROM team_member m WHERE m.to_at IS NULL
"""
#: A claim that knows nothing of a person's other messages.
BARE_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM delivery WHERE state = 'queued' AND due_at <= ? ORDER BY priority, due_at LIMIT ? {lock})
UPDATE delivery SET state = 'inflight', lease_owner = ?, lease_until = ? WHERE id {those} RETURNING id
"""


def rows(missing: list[str]) -> list[Row]:
    """All of it on SQLite, then on PostgreSQL where it can be had."""
    return on_both(_measured, name="fanout", what="broadcast", missing=missing)


def _measured(url: str, name: str) -> list[Row]:
    with _people(url):
        days = itertools.count()
        queued = Side(lambda _: _queued(next(days)))
        title = f"broadcast to {TOLD:,} queued ÷ bare INSERT … SELECT, {name}"
        rows = [Row(title, queued, Side(_bare), "≥ 0.6", "rows/CPU s")]
        claimed = [
            Row(f"claims of {many} ÷ bare claim, {name}", Side(lambda _, many=many: _claimed(many)),  # type: ignore[misc]
                Side(lambda _, many=many: _bare_claimed(many)), bar, "rows/s")  # type: ignore[misc]
            for many, bar in ((BATCH, ""), (MANY, "≥ 30000 rows/s"))
        ]  # fmt: skip
        done = figures.alternate(rows) + figures.alternate(claimed)
        with _web(url) as (port, chat):
            waits = Row(f"chat while a broadcast to {TOLD:,} is queued ÷ without, p99, {name}",
                        Side(lambda _: _while_queued(url, port, chat, next(days))),
                        Side(lambda _: _answered(port, chat, lambda: False)), "≤ 2", "ms")  # fmt: skip
            return done + figures.alternate([waits])


@contextmanager
def _people(url: str) -> Iterator[None]:
    """So many followers in one team, and one more who writes to them."""
    filled(url, settings.load(demo=True, clock_file=""), TOLD + 1, TOLD)
    store.release()
    store.bind(open_database(url))
    try:
        with store.session():
            store.current().execute_sql("ANALYZE")
            yield
    finally:
        store.release()


def _at() -> datetime:
    """When all that a round confirms is due."""
    return noon() + timedelta(days=180)


def _confirmed(day: int) -> None:
    """A broadcast to all of them that waits for the worker; each a day later, for a sender has only so many a day."""
    actor, at = Actor("console", TOLD + 1), noon() + timedelta(days=day)
    drafted = broadcasts.draft(actor=actor, choice=Choice("area", "34"), text="汛期值守，明早七点集合", at=at)
    store.write(lambda: Broadcast.update(as_told=True).where(Broadcast.notice == drafted.notice_id).execute())
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)


def _clear() -> None:
    """An empty outbox; not measured."""
    if store.current().dialect == "postgres":
        store.write(lambda: change("TRUNCATE delivery, delivery_try"))
    else:
        store.write(lambda: change("DELETE FROM delivery"))


def _parts() -> Parts:
    """So fast a pace that parts are as large as they ever get."""
    a_minute = sending.PART * sending.PARTS_A_MINUTE
    return make_parts(FakeGateway(), broadcast_a_minute=a_minute, templates_a_day=10**9)


def work() -> int:
    """Queue what is due for a while, as the leader does, rests and all; how many."""
    return sending.work(parts=_parts(), at=_at(), write=Watch(), seconds=BEGINNING)


def _queued(day: int) -> Sample:
    _confirmed(day)
    _clear()
    took = Took()
    with patch.object(sending, "RESTS", 0):
        put = took.run(lambda: sending.work(parts=_parts(), at=_at(), seconds=LONG))
    if put != TOLD:
        raise RuntimeError(f"{put} of {TOLD} queued")
    return Sample(put / took.cpu)


def _words() -> tuple[str, ...]:
    """What a broadcast of ours says: title, body, address, packed template."""
    kept = one("SELECT title, body, url, data FROM delivery WHERE kind = 'broadcast' LIMIT 1")
    return tuple(kept) if kept else ("通知", "汛期值守，明早七点集合", "/m/inbox", "{}" + " " * 200)


def _bare(_share: float) -> Sample:
    words = _words()
    _clear()
    took = Took()
    took.run(lambda: _put_bare(words))
    return Sample(TOLD / took.cpu)


def _put_bare(words: tuple[str, ...]) -> None:
    now = clock.to_millis(clock.now())
    notice = one("SELECT MIN(id) FROM notice") or (1,)
    unhurried(lambda: change(BARE, (notice[0], *words, now, now + 10**9, now)))


def _claimed(many: int) -> Sample:
    at = _at()
    return _often(lambda: len(outbox.claim(owner="bench", at=at, limit=many)))


def _bare_claimed(many: int) -> Sample:
    text = outbox_sql.lock(BARE_CLAIM)
    values = (clock.to_millis(_at()), many, "bench", clock.to_millis(_at()) + 60_000)
    return _often(lambda: len(store.write(lambda: found(text, values))))


def _often(claim: Callable[[], int]) -> Sample:
    """Claim after claim, until the time is over or nothing waits."""
    words = _words()
    _clear()
    _put_bare(words)
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS and (some := claim()):
        done += some
    return Sample(done / (time.perf_counter() - begun))


@contextmanager
def _web(url: str) -> Iterator[tuple[int, Chat]]:
    """The shipped web process, and who asks it."""
    port = free_port()
    running = [serve("app:create_app", port, {"DEMO": "true", "DATABASE_URL": url, "CLOCK_FILE": ""})]
    try:
        yield port, Chat(settings.load(demo=True, clock_file=""))
    finally:
        stop(running)


def _while_queued(url: str, port: int, chat: Chat, day: int) -> Sample:
    """The waits while another process queues a broadcast."""
    _clear()
    _confirmed(day)
    command = [sys.executable, "-m", "bench.fanout", url]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdout.readline()  # it stands
    worker.stdin.write(b"\n")
    worker.stdin.flush()
    seen = _answered(port, chat, lambda: worker.poll() is not None)
    if worker.wait() or not Delivery.select().count():
        raise RuntimeError("not queued")
    return seen


def _answered(port: int, chat: Chat, over: Callable[[], bool]) -> Sample:
    """Questions of as many people, ASKED a second whether those before are answered or not, until `over`, else for four
    rounds' time; a wait counts from the moment at which the question was due."""

    def asked() -> Iterator[bytes]:
        begun, ended = time.perf_counter(), 0.0
        for number in itertools.count():
            if not ended and over():
                ended = time.perf_counter()
            # What fell due before and could not be sent yet waited for the queueing, too.
            if ended and begun + number / ASKED > ended:
                return
            yield chat.message(port, "/wechat/callback", openid((number + 1) * 7919 % TOLD + 1), "时长")

    seen = load.drive(
        port, asked(), connections=CONNECTIONS, seconds=max(4 * SECONDS, TOLD / 10_000), pace=ASKED
    )
    assert set(seen.statuses) == {200}, seen.statuses
    return Sample(seen.percentile(0.99), seen.percentile(0.5), seen.percentile(0.99))


if __name__ == "__main__":
    store.bind(open_database(sys.argv[1]))
    with store.session():
        print("stands", flush=True)
        sys.stdin.readline()
        work()
    store.release()

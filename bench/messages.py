"""`make messages`: the bar of the chat and of broadcasts, each figure beside what it has to hold.

Takes some six minutes on two cores. What is queued and drained goes to a stand-in for the platform that answers any
push after 60 ms; the killed worker speaks to the sandbox, which knows a repeat by its number. Exit code 1 if a bar
does not hold.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console
from rich.table import Table

import clock
import settings
from bench import load, world
from bench.both import unhurried
from bench.chat import Chat
from bench.scale import Figure
from bench.serving import flask, free_port, serve, stop
from models import Broadcast, Delivery, RoleGrant, Shift, store
from models.dialect import open_database
from queries import change
from services.actors import Actor
from services.messaging import broadcasts
from services.messaging.broadcasts import Choice, sending
from tests.faults.kills import ordeal
from tests.support.fakes import FakeGateway, make_parts
from tests.support.postgres import PostgresServer

PEOPLE, RECORDS_EACH, TOLD = 300_000, 10, 100_000
ANSWER_SECONDS, DRAIN_SECONDS, WARM_SECONDS = 0.06, 20, 4
MESSAGES_A_SECOND, CHAT_SECONDS, CONNECTIONS = 50, 20, 8
PUSHES, KILLS = 2_000, 20
#: A record of each person at each shift: the bar speaks of three million.
RECORDS = """
INSERT INTO service_record (shift_id, activity_id, team_id, volunteer_id, region_code, local_day, in_at, out_at,
    minutes, state, rule_set_id, created_at, updated_at)
SELECT s.id, s.activity_id, a.team_id, v.id, a.region_code, '2025-06-10', s.starts_at, s.ends_at, 120, 'confirmed',
    a.hours_rule_id, s.starts_at, s.starts_at
FROM shift s JOIN activity a ON a.id = s.activity_id AND a.code = 'benchact' JOIN volunteer v ON TRUE
"""


class _Platform(BaseHTTPRequestHandler):
    """Takes everything, after 60 ms."""

    protocol_version = "HTTP/1.1"
    numbers = itertools.count(1)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = "stable_token" in self.path
        if not token:
            time.sleep(ANSWER_SECONDS)
        answer = {"access_token": "t", "expires_in": 7200} if token else {"errcode": 0, "msgid": next(self.numbers)}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def platform() -> Iterator[int]:
    """The stand-in on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


def noon() -> datetime:
    """Noon today in Shanghai: nobody is asleep."""
    return datetime.now(clock.SHANGHAI).replace(hour=12, minute=0, second=0, microsecond=0)


def filled(url: str, config: settings.Settings, people: int, told: int) -> None:
    """So many people, `told` of them in the team."""
    world.build(url, people=people, mp_appid=config.wechat_mp_appid, oa_appid=config.wechat_oa_appid)
    store.bind(open_database(url, durable=False))
    with store.session():
        now = clock.to_millis(clock.now())
        unhurried(lambda: change(
            "INSERT INTO team_member (team_id, volunteer_id, home, from_at, ended_why) "
            "SELECT (SELECT MIN(id) FROM team), v.id, TRUE, ?, '' FROM volunteer v WHERE v.id <= ?", (now, told),
        ))  # fmt: skip
        store.write(lambda: RoleGrant.create(volunteer=people, role="region_admin", region_code="34", from_at=0))


def _again(number: int) -> None:
    """One more shift like the first."""
    first = Shift.get(Shift.code == "benchshift")
    Shift.create(
        code=f"benchshift{number}", activity=first.activity_id, position=first.position_id, starts_at=first.starts_at,
        ends_at=first.ends_at, planned_ends_at=first.ends_at, quota=first.quota, taken=0, code_key=first.code_key,
    )  # fmt: skip


def queue(people: int, at: datetime) -> tuple[float, float]:
    """Seconds of the preview and, from the yes on, of bringing the whole province's broadcast into the outbox; in real
    life the worker begins up to two seconds later."""
    actor = Actor("console", people)
    begin = time.perf_counter()
    drafted = broadcasts.draft(actor=actor, choice=Choice("area", "34"), text="汛期值守，明早七点集合", at=at)
    previewed = time.perf_counter() - begin
    store.write(lambda: Broadcast.update(as_told=True).where(Broadcast.notice == drafted.notice_id).execute())
    begin = time.perf_counter()
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    put = sending.work(parts=make_parts(FakeGateway()), at=at, seconds=3600)
    assert put == Delivery.select().count() == TOLD, put
    return previewed, time.perf_counter() - begin


def drain(url: str, port: int, folder: Path, workers: int) -> float:
    """Messages a second that so many workers get through."""
    shift = folder / "clock"
    shift.write_text(str(int((noon() + timedelta(hours=1) - clock.now()).total_seconds())))
    env = {
        "DEMO": "true", "DATABASE_URL": url, "SANDBOX_PORT": str(port), "CLOCK_FILE": str(shift),
        "BROADCAST_A_MINUTE": "600000",
        "TEMPLATES_A_DAY": "1000000000",
    }  # fmt: skip
    running: list[subprocess.Popen[bytes]] = []
    try:
        running += [flask("worker", env=env) for _ in range(workers)]
        time.sleep(WARM_SECONDS + 2)
        before, begin = sent(), time.perf_counter()
        time.sleep(DRAIN_SECONDS)
        return (sent() - before) / (time.perf_counter() - begin)
    finally:
        stop(running)


def sent() -> int:
    with store.session():
        return int(Delivery.select().where(Delivery.state == "sent").count())


def chat(url: str, config: settings.Settings, people: int) -> load.Result:
    """Encrypted questions at fifty a second."""
    port = free_port()
    running = [serve("app:create_app", port, {"DEMO": "true", "DATABASE_URL": url, "CLOCK_FILE": ""})]
    sealed, speaker = Chat(config), itertools.count(1)

    def paced(rate: float) -> Iterator[bytes]:
        begin = time.perf_counter()
        for number in itertools.count():
            message = sealed.message(port, "/wechat/callback", world.openid(next(speaker) * 7919 % people + 1), "时长")
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            yield message

    try:
        load.drive(port, paced(MESSAGES_A_SECOND), connections=CONNECTIONS, seconds=3)
        return load.drive(port, paced(MESSAGES_A_SECOND), connections=CONNECTIONS, seconds=CHAT_SECONDS)
    finally:
        stop(running)


def figures() -> Iterator[tuple[Figure, bool]]:
    """Each figure and whether more of it is better."""
    config = settings.load(demo=True, clock_file="")
    folder = Path(tempfile.mkdtemp(prefix="hongyao-messages-"))
    try:
        url = f"sqlite:///{folder / 'people.db'}"
        filled(url, config, PEOPLE, TOLD)
        with store.session():
            begin = time.perf_counter()
            store.write(lambda: [_again(number) for number in range(1, RECORDS_EACH)])
            store.write(lambda: change(RECORDS))
            print(f"{PEOPLE * RECORDS_EACH:,} records in {time.perf_counter() - begin:.0f} s")
        store.release()
        heard = chat(url, config, PEOPLE)
        assert set(heard.statuses) == {200}, heard.statuses
        # Each connection waits for its answer: a house that falls behind is asked less often, and shows it here.
        yield Figure("chat replies, 50 asked for", heard.rate, 0.98 * MESSAGES_A_SECOND, "a second"), True
        yield Figure(f"chat reply at {heard.rate:.0f}/s, p99", heard.percentile(0.99), 100, "ms"), False
        yield Figure("chat reply, p50", heard.percentile(0.5), 100, "ms"), False
        store.bind(open_database(url))
        with store.session():
            previewed, queued = queue(PEOPLE, noon())
        yield Figure(f"preview of a broadcast to {TOLD:,}", previewed, 5, "s"), False
        yield Figure(f"broadcast to {TOLD:,} into the outbox", queued, 5, "s"), False
        with platform() as port:
            yield Figure("drained, one worker, SQLite", drain(url, port, folder, 1), 60, "a second"), True
            store.release()
            server = PostgresServer.start(durable=True)
            url = server.create("messages")
            filled(url, config, TOLD + 1, TOLD)
            with store.session():
                queue(TOLD + 1, noon())
            one = drain(url, port, folder, 1)
            two = drain(url, port, folder, 2)
            store.release()
        yield Figure("drained, one worker, PostgreSQL", one, 60, "a second"), True
        yield Figure("drained, two workers ÷ one, PostgreSQL", two / one, 1.7, "times"), True
        done = ordeal(folder / "kills", pushes=PUSHES, kills=KILLS)
        yield Figure(f"{KILLS} kills in {PUSHES:,} pushes: lost", PUSHES - done.arrived, 0, "pushes"), False
        yield Figure(f"{KILLS} kills in {PUSHES:,} pushes: doubled", done.doubled, 0, "people"), False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print the table as it grows; 1 if a bar does not hold."""
    table, holds = Table(title=f"make messages (load {os.getloadavg()[0]:.1f})"), True
    for heading in ("figure", "measured", "bar", "unit"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for each, more in figures():
        good = each.value >= each.floor if more else each.value <= each.floor
        holds = holds and good
        row = (each.name, f"{each.value:.2f}", f"{'≥' if more else '≤'} {each.floor:g}", each.unit)
        print("  ".join(row), flush=True)
        table.add_row(*row, style="" if good else "red")
    Console(width=110).print(table)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())

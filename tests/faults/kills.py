"""The worker is killed in the middle of its work, again and again; what arrived is counted at the platform.

Used by a short test and, with the numbers of the bar (2,000 pushes, 20 kills), by `make messages`.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import clock
from models import Delivery, WechatIdentity, store
from models.dialect import open_database
from services.messaging import broadcasts, outbox
from services.messaging.broadcasts import Choice, sending
from settings import load
from tests.support.fakes import FakeGateway, make_parts
from tests.support.processes import spawn
from tests.support.stack import BIN, ROOT, Stack, running
from tests.support.world import World, join, make_identity, make_volunteer, small_world


@dataclass(frozen=True)
class Outcome:
    """How it ended: pushes wanted, people who got one, people who got more than one, rows by state, kills."""

    wanted: int
    arrived: int
    doubled: int
    states: dict[str, int]
    kills: int


SEND = "/cgi-bin/message/template/send"
#: How long the platform thinks about each push while there is killing: a kill finds some of them on their way, and
#: some are left for the last one, however slow this machine is.
SECONDS = 0.6
#: When the pushes fall due: not before the platform has become slow, or all may be gone by the first kill.
DUE = timedelta(minutes=10)
#: A worker that gives every try a number of its own: the control, in which doubles must show.
UNGUARDED = """
import secrets
from services.messaging import channels
channels.client_msg_id = lambda delivery_id: secrets.token_hex(16)
from app import create_app
create_app().test_cli_runner().invoke(args=["worker"])
"""


def ordeal(folder: Path, *, pushes: int, kills: int, seed: int = 1, guarded: bool = True) -> Outcome:
    """Push to so many people, kill -9 the worker so many times at random moments, and let it finish.

    `guarded=False` lets the tries of one message bear different numbers.
    """
    random = Random(seed)
    with running(folder, lambda at: _seed(at, pushes), _users) as house:
        house.control("POST", "faults", api=SEND, kind="delay", seconds=SECONDS, times=10 * pushes)
        house.move_clock(seconds=DUE.total_seconds())
        for _ in range(kills):
            _kill(house)
            _start(house, guarded)
            sent = len(house.control("GET", "log")["sent"])
            house.wait_for("the worker", lambda sent=sent: len(house.control("GET", "log")["sent"]) > sent, 60)
            time.sleep(random.uniform(0.0, 1.5 * SECONDS))
        house.control("DELETE", "faults")
        return _finish(house, pushes, kills)


def _seed(at: datetime, pushes: int) -> World:
    at = at.replace(second=0, microsecond=0)
    world = small_world(at)
    appid = load(demo=True).wechat_oa_appid

    def act() -> None:
        WechatIdentity.delete().execute()
        for number in range(pushes):
            person = make_volunteer(at, "张建国")
            join(at, world.team, person)
            make_identity(
                at, person, "oa", appid=appid, openid=f"oa-killed-{number}", following=True, union_checked=True
            )

    store.write(act)
    actor = world.actor(world.officer, "console")
    at += DUE
    drafted = broadcasts.draft(
        actor=actor, choice=Choice("team", world.team.code), text="汛期值守，明早七点集合", at=at, urgent=True,
        why="汛情",
    )  # fmt: skip
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    sending.work(parts=make_parts(FakeGateway()), at=at)
    return world


def _users(world: Any) -> list[dict[str, Any]]:
    openids = [row.openid for row in WechatIdentity.select().where(WechatIdentity.kind == "oa")]
    return [
        {"n": number, "name": f"手机{number}", "oa_openid": openid, "mp_openid": f"mp-{openid}", "following": True}
        for number, openid in enumerate(openids, 1)
    ]


def _kill(house: Stack) -> None:
    house.processes["worker"].kill()
    house.processes["worker"].wait(timeout=10)


def _start(house: Stack, guarded: bool) -> None:
    env = {
        **os.environ, "DEMO": "true", "DATABASE_URL": f"sqlite:///{house.folder / 'story.db'}",
        "PORT": str(house.app_port), "SANDBOX_PORT": str(house.sandbox_port),
        "CLOCK_FILE": str(house.folder / "clock"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    usual = [str(BIN / "flask"), "--app", "app", "worker"]
    command = usual if guarded else [sys.executable, "-c", UNGUARDED]
    house.processes["worker"] = spawn(command, log=house.folder / "worker.log", cwd=ROOT, env=env)


def _finish(house: Stack, pushes: int, kills: int) -> Outcome:
    """Let what is due go, and the leases of the dead end by letting their minute pass."""
    database = open_database(f"sqlite:///{house.folder / 'story.db'}", durable=False)
    store.bind(database)
    try:
        end = time.monotonic() + 60 + pushes / 20
        while time.monotonic() < end:
            states = _states()
            if not states.get("queued") and not states.get("inflight"):
                break
            if not states.get("queued"):  # what is left was held by the dead: let their minute pass
                house.move_clock(seconds=65)
                with store.session():
                    outbox.requeue_stale(at=clock.now() + timedelta(seconds=int((house.folder / "clock").read_text())))
            time.sleep(0.2)
        states = _states()
    finally:
        store.release()
    counts: dict[str, int] = {}
    for entry in house.control("GET", "log")["sent"]:
        if entry["api"] == "template":
            counts[entry["openid"]] = counts.get(entry["openid"], 0) + 1
    return Outcome(pushes, len(counts), sum(count > 1 for count in counts.values()), states, kills)


def _states() -> dict[str, int]:
    found: dict[str, int] = {}
    with store.session():
        for row in Delivery.select(Delivery.state):
            found[row.state] = found.get(row.state, 0) + 1
    return found


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as where:
        print(ordeal(Path(where), pushes=int(sys.argv[1]), kills=int(sys.argv[2])))

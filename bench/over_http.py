"""Figures over HTTP: the shipped server with our application, beside the same server with a floor or a peer.

The smallest answer, a check-in, a sign-up (on SQLite and on PostgreSQL, both waiting for their disks), and an encrypted
`时长` in the chat beside raw AES with expat and beside WeRoBot's echo, with its session switched off and as installed.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import settings
from bench import acts, capture, figures, load, world
from bench.chat import Chat
from bench.figures import CONNECTIONS, ROUNDS, SECONDS, Row, Side
from bench.serving import free_port, serve, stop
from models import store
from models.dialect import open_database
from tests.support.postgres import PostgresServer, PostgresUnavailable

PEOPLE = int(3000 * (ROUNDS + 1) * SECONDS)
POSTGRES_ROUNDS = min(ROUNDS, 3)
POSTGRES_PEOPLE = int(2000 * (POSTGRES_ROUNDS + 1) * SECONDS)
Servers = list[subprocess.Popen[bytes]]


@dataclass(frozen=True)
class House:
    """Our server and the floor's over two databases of one kind, filled alike."""

    name: str
    ours: int
    floor: int
    shown: world.World


def rows(missing: list[str]) -> list[Row]:
    """Every figure over HTTP; a sentence into `missing` for what this machine has not got."""
    config = settings.load(demo=True, clock_file="")
    with running() as (folder, servers):
        house = _sqlite(config, folder, servers)
        found = figures.alternate([
            _smallest(house), _check_in(house), _sign_up(house), *_chat(config, house, folder, servers, missing)
        ])  # fmt: skip
    with running() as (folder, servers):
        try:
            house = _postgres(config, folder, servers)
        except PostgresUnavailable as problem:
            missing.append(f"no PostgreSQL here: {problem}")
            return found
        return found + figures.alternate([_check_in(house), _sign_up(house)], rounds=POSTGRES_ROUNDS)


@contextmanager
def running() -> Iterator[tuple[Path, Servers]]:
    """A folder and a list of servers that are gone afterwards."""
    folder, servers = Path(tempfile.mkdtemp(prefix="hongyao-bench-")), Servers()
    try:
        yield folder, servers
    finally:
        stop(servers)
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(config: settings.Settings, folder: Path, servers: Servers) -> House:
    ours = folder / "ours.db"
    shown = build(config, f"sqlite:///{ours}", PEOPLE)
    for copy in ("floor.db", "capture.db"):
        shutil.copyfile(ours, folder / copy)
    _capture(config, f"sqlite:///{folder / 'capture.db'}", folder, shown)
    return _open(config, "SQLite", f"sqlite:///{ours}", str(folder / "floor.db"), folder, shown, servers)


def _postgres(config: settings.Settings, folder: Path, servers: Servers) -> House:
    server = PostgresServer.start(durable=True)
    ours = server.create("ours")
    shown = build(config, ours, POSTGRES_PEOPLE)
    floor, copy = server.create("floor", template="ours"), server.create("capture", template="ours")
    _capture(config, copy, folder, shown)
    return _open(config, "PostgreSQL", ours, floor, folder, shown, servers)


def build(config: settings.Settings, url: str, people: int) -> world.World:
    return world.build(url, people=people, mp_appid=config.wechat_mp_appid, oa_appid=config.wechat_oa_appid)


def _open(
    config: settings.Settings, name: str, ours: str, floor: str, folder: Path, shown: world.World, servers: Servers,
) -> House:  # fmt: skip
    """Start both servers over their databases."""
    house = House(name, free_port(), free_port(), shown)
    env = {"DEMO": "true", "DATABASE_URL": ours, "CLOCK_FILE": ""}
    servers.append(serve("app:create_app", house.ours, env))
    floors = {"FLOOR_DATABASE": floor, "FLOOR_STATEMENTS": str(folder / "statements.json"), **_keys(config)}
    servers.append(serve("bench.floor:create_floor", house.floor, floors))
    return house


def _keys(config: settings.Settings) -> dict[str, str]:
    return {
        "FLOOR_AES_KEY": config.wechat_aes_key.get_secret_value(),
        "FLOOR_TOKEN": config.wechat_token.get_secret_value(), "FLOOR_APPID": config.wechat_oa_appid,
    }  # fmt: skip


def _capture(config: settings.Settings, url: str, folder: Path, shown: world.World) -> None:
    """Learn the statements of each act from a copy, so that the floor runs the same ones."""
    from app import create_app

    store.bind(open_database(url, durable=False))
    client = create_app(config).test_client()
    learnt = {}
    for name, act in acts.acts(shown).items():
        # The first one fills the caches of the process.
        for person in (shown.people, shown.people - 1):
            path, body = act(person)
            learnt[name] = capture.statements(
                lambda path=path, body=body, person=person: client.post(  # type: ignore[misc]
                    path, json=body, headers=acts.headers(person)
                ),
                person=person, token=world.token(person),
            )  # fmt: skip
        print(f"  one {name} runs {len(learnt[name])} statements", flush=True)
    (folder / "statements.json").write_text(json.dumps(learnt, ensure_ascii=False), encoding="utf-8")
    store.release()


def _drive(port: int, requests: Iterator[bytes], right: Callable[[bytes], bool] | None = None) -> Side:
    return figures.over_http(
        lambda seconds: load.drive(port, requests, connections=CONNECTIONS, seconds=seconds, right=right)
    )


def _requests(house: House, name: str, *, floor: bool) -> Side:
    """One act of every person, to ours or to the floor."""
    everybody = range(1, house.shown.people - 1)
    if not floor:
        return _drive(house.ours, acts.each(house.ours, house.shown, name, everybody))
    act = acts.acts(house.shown)[name]
    return _drive(house.floor, (
        acts.prepared(house.floor, f"/act/{name}", {**act(person)[1], "person": person}, acts.headers(person))
        for person in everybody
    ))  # fmt: skip


def _check_in(house: House) -> Row:
    ours, floor = (_requests(house, "checkin", floor=each) for each in (False, True))
    return Row(f"check-in, {house.name}, durable ÷ bare Flask, same statements", ours, floor, "≥ 0.8")


def _sign_up(house: House) -> Row:
    ours, floor = (_requests(house, "signup", floor=each) for each in (False, True))
    return Row(f"sign-up, {house.name}, durable ÷ bare Flask, same statements", ours, floor)


def _smallest(house: House) -> Row:
    def each(port: int) -> Iterator[bytes]:
        while True:
            yield load.request("GET", "/livez", port=port, headers={}, body=b"")

    ours, floor = (_drive(port, each(port)) for port in (house.ours, house.floor))
    return Row("smallest JSON answer (/livez, asks its database) ÷ bare Flask", ours, floor)


def _chat(
    config: settings.Settings, house: House, folder: Path, servers: Servers, missing: list[str]
) -> list[Row]:
    """`时长` of ours, measured once a round, beside the floor and both kinds of the peer. What is counted is an answer
    that opens and says `words`: a peer that answers with nothing has not answered."""
    chat, speakers = Chat(config), count(1)

    def speak(port: int, path: str, words: str) -> Side:
        def each() -> Iterator[bytes]:
            while True:
                person = next(speakers) % (house.shown.people - 1) + 1
                yield chat.message(port, path, world.openid(person), "时长")

        return _drive(port, each(), lambda body: words in chat.opened(body))

    ours = speak(house.ours, "/wechat/callback", "小时")
    floor = speak(house.floor, "/wechat", "hi")
    return [
        Row("chat 时长, SQLite ÷ bare Flask, AES, expat, fixed answer", ours, floor),
        *(Row(f"chat 时长, SQLite ÷ WeRoBot's encrypted echo, {name}", ours, speak(port, "/wechat", "时长"), bar)
          for name, port, bar in echoes(config, folder, servers, missing)),
    ]  # fmt: skip


def echoes(
    config: settings.Settings, folder: Path, servers: Servers, missing: list[str]
) -> Iterator[tuple[str, int, str]]:
    """Both kinds of the peer, served: how it stands, its port, what our rate has to be of its."""
    if importlib.util.find_spec("werobot") is None:
        missing.append("no WeRoBot here (requirements-bench.txt could not be installed): its rows are left out")
        return
    for name, session, bar in (("session off", "", "≥ 1.0"), ("as installed", str(folder / "echo.db"), "≥ 5")):
        port = free_port()
        servers.append(serve("bench.echo:create_echo", port, {**_keys(config), "ECHO_SESSION": session}))
        yield name, port, bar

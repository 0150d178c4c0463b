"""`make bench`: check-ins and encrypted chat replies over HTTP, each beside its floor, alternating."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from rich.console import Console
from rich.table import Table

import clock
import settings
from bench import hearing, load, world
from bench.serving import free_port, serve, stop
from models import store
from models.dialect import SQLITE_VERSION, open_database
from services import codes
from tests.support.postgres import PostgresServer, PostgresUnavailable

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
CONNECTIONS = 32
PEOPLE = int(3000 * ROUNDS * SECONDS)
POSTGRES_ROUNDS = 3
POSTGRES_PEOPLE = int(2000 * (POSTGRES_ROUNDS + 1) * SECONDS)


@dataclass
class Row:
    """One figure of ours and its floor, round by round."""

    name: str
    ours: list[load.Result] = field(default_factory=list)
    floor: list[load.Result] = field(default_factory=list)

    def ratios(self) -> list[float]:
        """Ours ÷ floor of the same round."""
        return [a.rate / b.rate for a, b in zip(self.ours, self.floor, strict=True)]


class Chat:
    """Seals chat messages as WeChat does."""

    def __init__(self, config: settings.Settings) -> None:
        self.key = base64.b64decode(config.wechat_aes_key.get_secret_value() + "=")
        self.token, self.appid = config.wechat_token.get_secret_value(), config.wechat_oa_appid
        self.account = config.wechat_oa_id
        self.numbers = count(int(time.time() * 1000))

    def message(self, port: int, path: str, openid: str, text: str) -> bytes:
        """One sealed text message as an HTTP request."""
        now = str(int(clock.now().timestamp()))
        xml = (
            f"<xml><ToUserName>{self.account}</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{now}"
            f"</CreateTime><MsgType>text</MsgType><Content>{text}</Content><MsgId>{next(self.numbers)}</MsgId></xml>"
        ).encode()
        plain = os.urandom(16) + len(xml).to_bytes(4, "big") + xml + self.appid.encode()
        pad = 32 - len(plain) % 32
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        sealed = base64.b64encode(cipher.update(plain + bytes([pad]) * pad)).decode()
        signature = hashlib.sha1("".join(sorted((self.token, now, "n0nce", sealed))).encode()).hexdigest()
        body = f"<xml><ToUserName>{self.account}</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        query = f"timestamp={now}&nonce=n0nce&msg_signature={signature}&encrypt_type=aes"
        headers = {"Content-Type": "text/xml"}
        return load.request("POST", f"{path}?{query}", port=port, headers=headers, body=body)


def check_ins(port: int, path: str, people: Iterator[int], shown: world.World) -> Iterator[bytes]:
    """One check-in a person; the code is the one a screen shows at that moment."""
    for person in people:
        code = codes.venue_code(
            shift_code=shown.shift_code, shift_key=shown.shift_key, direction="in", at=clock.now()
        )
        headers = {
            "Content-Type": "application/json", "Authorization": f"Bearer {world.token(person)}",
            "Idempotency-Key": f"bench-{person}",
        }  # fmt: skip
        body = json.dumps(
            {"code": code} if path.startswith("/api") else {"code": code, "person": person}
        ).encode()
        yield load.request("POST", path, port=port, headers=headers, body=body)


@dataclass(frozen=True)
class House:
    """Our server and the floor's over two databases of one kind, filled alike."""

    name: str
    ours: int
    floor: int
    shown: world.World
    people: int


def run() -> list[Row]:
    """Prepare databases and servers of both kinds, then let ours and the floor take turns."""
    config = settings.load(demo=True, clock_file="")
    folder = Path(tempfile.mkdtemp(prefix="hongyao-bench-"))
    servers: list[subprocess.Popen[bytes]] = []
    try:
        rows = _alternate(_sqlite_plan(config, _sqlite(config, folder, servers)), ROUNDS)
        stop(servers)
        try:
            house = _postgres(config, folder, servers)
        except PostgresUnavailable as problem:
            print(f"no PostgreSQL here: {problem}")
            return rows
        return rows + _alternate([_check_in_row(house)], min(ROUNDS, POSTGRES_ROUNDS))
    finally:
        stop(servers)
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(config: settings.Settings, folder: Path, servers: list[subprocess.Popen[bytes]]) -> House:
    ours = folder / "ours.db"
    shown = _build(config, f"sqlite:///{ours}", PEOPLE)
    for copy in ("floor.db", "capture.db"):
        shutil.copyfile(ours, folder / copy)
    _capture(config, f"sqlite:///{folder / 'capture.db'}", folder, shown)
    return _open(config, "SQLite", f"sqlite:///{ours}", str(folder / "floor.db"), folder, shown, servers)


def _postgres(config: settings.Settings, folder: Path, servers: list[subprocess.Popen[bytes]]) -> House:
    server = PostgresServer.start(durable=True)
    ours = server.create("ours")
    shown = _build(config, ours, POSTGRES_PEOPLE)
    floor, capture = server.create("floor", template="ours"), server.create("capture", template="ours")
    _capture(config, capture, folder, shown)
    return _open(config, "PostgreSQL", ours, floor, folder, shown, servers)


def _build(config: settings.Settings, url: str, people: int) -> world.World:
    return world.build(url, people=people, mp_appid=config.wechat_mp_appid, oa_appid=config.wechat_oa_appid)


def _open(
    config: settings.Settings, name: str, ours: str, floor: str, folder: Path, shown: world.World,
    servers: list[subprocess.Popen[bytes]],
) -> House:  # fmt: skip
    """Start both servers over their databases."""
    house = House(name, free_port(), free_port(), shown, shown.people)
    servers.append(
        serve("app:create_app", house.ours, {"DEMO": "true", "DATABASE_URL": ours, "CLOCK_FILE": ""})
    )
    floors = {
        "FLOOR_DATABASE": floor, "FLOOR_STATEMENTS": str(folder / "statements.json"),
        "FLOOR_AES_KEY": config.wechat_aes_key.get_secret_value(),
        "FLOOR_TOKEN": config.wechat_token.get_secret_value(),
    }  # fmt: skip
    servers.append(serve("bench.floor:create_floor", house.floor, floors))
    return house


def _capture(config: settings.Settings, url: str, folder: Path, shown: world.World) -> None:
    """Learn the statements of one check-in from a copy, so that the floor runs the same ones."""
    from app import create_app

    store.bind(open_database(url, durable=False))
    client = create_app(config).test_client()
    first = codes.venue_code(
        shift_code=shown.shift_code, shift_key=shown.shift_key, direction="in", at=clock.now()
    )
    # The first one fills the caches of the process.
    world.statements_of_a_check_in(client, person=shown.people, code=first)
    statements = world.statements_of_a_check_in(client, person=shown.people - 1, code=first)
    world.dump(statements, folder / "statements.json")
    print(f"one check-in runs {len(statements)} statements")
    store.release()


#: A row with the two acts that fill it, one round each.
Plan = tuple[Row, Callable[[], load.Result], Callable[[], load.Result]]


def _drive(port: int, requests: Iterator[bytes]) -> load.Result:
    return load.drive(port, requests, connections=CONNECTIONS, seconds=SECONDS)


def _check_in_row(house: House) -> Plan:
    mine, theirs = iter(range(1, house.people - 1)), iter(range(1, house.people - 1))
    return (
        Row(f"check-in over HTTP, {house.name}, durable"),
        lambda: _drive(house.ours, check_ins(house.ours, "/api/v1/attendance/scans", mine, house.shown)),
        lambda: _drive(house.floor, check_ins(house.floor, "/checkin", theirs, house.shown)),
    )


def _sqlite_plan(config: settings.Settings, house: House) -> list[Plan]:
    chat, speakers = Chat(config), count(1)

    def speak(port: int, path: str) -> Iterator[bytes]:
        while True:
            yield chat.message(port, path, world.openid(next(speakers) % (house.people - 1) + 1), "时长")

    return [
        _check_in_row(house),
        (
            Row("encrypted chat reply 时长 over HTTP"),
            lambda: _drive(house.ours, speak(house.ours, "/wechat/callback")),
            lambda: _drive(house.floor, speak(house.floor, "/wechat")),
        ),
    ]


def _alternate(plan: list[Plan], rounds: int) -> list[Row]:
    acts = [each for row, ours, floor in plan for each in ((row.ours, ours), (row.floor, floor))]
    for _, warm_up in acts:
        warm_up()
    for number in range(rounds):
        for kept, act in acts if number % 2 == 0 else acts[::-1]:
            kept.append(act())
    return [row for row, _, _ in plan]


def report(rows: list[Row], heard: dict[str, Any]) -> None:
    """Print the tables and write results.json."""
    table = Table(title="make bench")
    for heading in ("figure", "ours/s", "floor/s", "ours ÷ floor", "spread", "p50 ms", "p99 ms", "not 2xx"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    kept = []
    for row in rows:
        ratios = sorted(row.ratios())
        p50 = statistics.median(result.percentile(0.5) for result in row.ours)
        p99 = statistics.median(result.percentile(0.99) for result in row.ours)
        bad = sum(sum(r.statuses.values()) - r.done for r in (*row.ours, *row.floor))
        figures = {
            "figure": row.name,
            "ours": round(statistics.median(r.rate for r in row.ours), 1),
            "floor": round(statistics.median(r.rate for r in row.floor), 1),
            "ratio": round(statistics.median(ratios), 3),
            "spread": [round(ratios[0], 3), round(ratios[-1], 3)],
            "p50_ms": round(p50, 1), "p99_ms": round(p99, 1), "not_2xx": bad,
        }  # fmt: skip
        kept.append(figures)
        table.add_row(
            row.name, f"{figures['ours']:.0f}", f"{figures['floor']:.0f}", f"{figures['ratio']:.2f}",
            f"{ratios[0]:.2f}–{ratios[-1]:.2f}", f"{p50:.1f}", f"{p99:.1f}", str(bad),
        )  # fmt: skip
    Console(width=130).print(table)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "sqlite": SQLITE_VERSION}
    document = {
        "machine": machine,
        "rounds": ROUNDS,
        "seconds": SECONDS,
        "connections": CONNECTIONS,
        "rows": kept,
        "hearing": heard,
    }
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


    hearing.report(heard)


if __name__ == "__main__":
    report(run(), hearing.row())

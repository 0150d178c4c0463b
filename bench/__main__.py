"""`make bench`: check-ins and encrypted chat replies over HTTP, each beside its floor, alternating."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from rich.console import Console
from rich.table import Table

import clock
import settings
from bench import load, world
from models import store
from models.dialect import SQLITE_VERSION, open_database
from services import codes

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
CONNECTIONS = 32
PEOPLE = int(3000 * ROUNDS * SECONDS)
ROOT = Path(__file__).parent.parent


@dataclass
class Row:
    """One figure of ours and its floor, round by round."""

    name: str
    ours: list[load.Result] = field(default_factory=list)
    floor: list[load.Result] = field(default_factory=list)

    def ratios(self) -> list[float]:
        """Ours ÷ floor of the same round."""
        return [a.rate / b.rate for a, b in zip(self.ours, self.floor, strict=True)]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(target: str, port: int, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the shipped server, as shipped: one process, eight threads."""
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "1",
        "--blocking-threads", "8", "--host", "127.0.0.1", "--port", str(port), "--no-access-log",
        "--log-level", "error", "--factory", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{target} did not start")


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


def run() -> list[Row]:
    """Prepare both databases and both servers, then alternate."""
    config = settings.load(demo=True, clock_file="")
    folder = Path(tempfile.mkdtemp(prefix="hongyao-bench-"))
    servers: list[subprocess.Popen[bytes]] = []
    try:
        shown = world.build(
            folder / "ours.db",
            people=PEOPLE,
            mp_appid=config.wechat_mp_appid,
            oa_appid=config.wechat_oa_appid,
        )
        shutil.copyfile(folder / "ours.db", folder / "floor.db")
        _capture(config, folder, shown)
        ours, floor = free_port(), free_port()
        servers.append(
            serve(
                "app:create_app",
                ours,
                {
                    "DEMO": "true",
                    "DATABASE_URL": f"sqlite:///{folder / 'ours.db'}",
                    "CLOCK_FILE": "",
                },
            )  # fmt: skip
        )
        servers.append(
            serve(
                "bench.floor:create_floor",
                floor,
                {
                    "FLOOR_DATABASE": str(folder / "floor.db"),
                    "FLOOR_STATEMENTS": str(folder / "statements.json"),
                    "FLOOR_AES_KEY": config.wechat_aes_key.get_secret_value(),
                    "FLOOR_TOKEN": config.wechat_token.get_secret_value(),
                },
            )  # fmt: skip
        )
        return _alternate(config, ours, floor, shown)
    finally:
        for server in servers:
            server.send_signal(signal.SIGINT)
        for server in servers:
            server.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _capture(config: settings.Settings, folder: Path, shown: world.World) -> None:
    """Learn the statements of one check-in from a copy, so that the floor runs the same ones."""
    from app import create_app

    shutil.copyfile(folder / "ours.db", folder / "capture.db")
    store.bind(open_database(f"sqlite:///{folder / 'capture.db'}", durable=False))
    client = create_app(config).test_client()
    first = codes.venue_code(
        shift_code=shown.shift_code, shift_key=shown.shift_key, direction="in", at=clock.now()
    )
    world.statements_of_a_check_in(client, person=PEOPLE, code=first)  # fills the caches of the process
    statements = world.statements_of_a_check_in(client, person=PEOPLE - 1, code=first)
    world.dump(statements, folder / "statements.json")
    print(f"one check-in runs {len(statements)} statements")
    store.release()


def _alternate(config: settings.Settings, ours: int, floor: int, shown: world.World) -> list[Row]:
    chat = Chat(config)
    mine, theirs = iter(range(1, PEOPLE - 1)), iter(range(1, PEOPLE - 1))
    speakers = count(1)

    def speak(port: int, path: str) -> Iterator[bytes]:
        while True:
            yield chat.message(port, path, world.openid(next(speakers) % (PEOPLE - 1) + 1), "时长")

    def drive(port: int, requests: Iterator[bytes]) -> load.Result:
        return load.drive(port, requests, connections=CONNECTIONS, seconds=SECONDS)

    rows = [Row("check-in over HTTP, SQLite, durable"), Row("encrypted chat reply 时长 over HTTP")]
    plan: list[tuple[list[load.Result], Callable[[], load.Result]]] = [
        (rows[0].ours, lambda: drive(ours, check_ins(ours, "/api/v1/attendance/scans", mine, shown))),
        (rows[0].floor, lambda: drive(floor, check_ins(floor, "/checkin", theirs, shown))),
        (rows[1].ours, lambda: drive(ours, speak(ours, "/wechat/callback"))),
        (rows[1].floor, lambda: drive(floor, speak(floor, "/wechat"))),
    ]
    for _, warm_up in plan:
        warm_up()
    for number in range(ROUNDS):
        for kept, act in plan if number % 2 == 0 else plan[::-1]:
            kept.append(act())
    return rows


def report(rows: list[Row]) -> None:
    """Print the table and write results.json."""
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
    }
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    report(run())

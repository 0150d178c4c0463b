"""`make bench-peers`: a check-in of ours beside a ticket redeemed by pretix, the same gunicorn, the same PostgreSQL.

pretix lives in an environment of its own (var/bench-peers, or PEERS_FOLDER; requirements-peers.txt is what is put
there), makes its tables and is asked as its scanners ask: `POST …/checkinrpc/redeem/` with a device's token, a fresh
ticket each time. It has no Redis and no Celery here, so it does its tasks itself. Both have two processes of eight
threads, a database of their own in one server that waits for its disk, and take turns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import settings
from bench import acts, figures, load
from bench.figures import CONNECTIONS, ROUNDS, Row, Side
from bench.over_http import Servers, build, running
from bench.serving import ROOT, free_port, wait_for
from tests.support.postgres import PostgresServer, PostgresUnavailable

FOLDER = Path(os.environ.get("PEERS_FOLDER", ROOT / "var" / "bench-peers"))
#: Seconds of a round: pretix's requests take one each.
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
TICKETS = int(200 * (ROUNDS + 1) * SECONDS)
PEOPLE = int(1500 * (ROUNDS + 1) * SECONDS)
GUNICORN = (
    "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "120", "--graceful-timeout", "5",
    "--log-level", "error",
)  # fmt: skip
BAR = "≥ 10"


def main() -> int:
    """Measure it, or say in one sentence why it cannot be measured here."""
    if not (FOLDER / "bin" / "gunicorn").exists():
        print(f"pretix is not installed in {FOLDER} (`make bench-peers` tries to): nothing measured")
        return 0
    try:
        server = PostgresServer.start(durable=True)
    except PostgresUnavailable as problem:
        print(f"no PostgreSQL here: {problem}")
        return 0
    with running() as (folder, servers):
        # As long as the database lives: servers end before it.
        ours, peer = _ours(server, servers), _pretix(server, folder, servers)
        found = figures.alternate([Row("check-in, PostgreSQL, durable ÷ pretix redeems a ticket", ours, peer, BAR)])
    figures.report(found)
    for name, side in (("ours", ours), ("pretix", peer)):
        print(name, *(f"{each.value:.0f}/s p50 {each.p50:.0f} ms p99 {each.p99:.0f} ms;" for each in side.kept))
    return 0 if all(row.holds() for row in found) else 1


def _ours(server: PostgresServer, servers: Servers) -> Side:
    config = settings.load(demo=True, clock_file="")
    url = server.create("ours")
    shown, port = build(config, url, PEOPLE), free_port()
    env = {"DEMO": "true", "DATABASE_URL": url, "CLOCK_FILE": ""}
    servers.append(_gunicorn(Path(sys.executable).parent, "app:create_app()", port, env, ROOT))
    return _driven(port, acts.each(port, shown, "checkin", range(1, shown.people + 1)))


def _pretix(server: PostgresServer, folder: Path, servers: Servers) -> Side:
    """Its tables, its event, its server."""
    env, data = _settings(server.create("pretix"), folder / "pretix"), folder / "pretix"
    print("  pretix makes its tables", flush=True)
    _run("-m", "pretix", "migrate", "--verbosity", "0", env=env, cwd=data)
    made = json.loads(_run(str(ROOT / "bench" / "redeemed.py"), str(TICKETS), env=env, cwd=data).splitlines()[-1])
    print(f"  one ticket redeemed runs {made['statements']} statements", flush=True)
    port = free_port()
    servers.append(_gunicorn(FOLDER / "bin", "pretix.wsgi:application", port, env, data))
    return _driven(port, _tickets(port, made))


def _settings(url: str, data: Path) -> dict[str, str]:
    data.mkdir()
    parts = urlsplit(url)
    return {
        "PRETIX_PRETIX_DATADIR": str(data), "PRETIX_PRETIX_URL": "http://localhost", "PRETIX_DJANGO_SECRET": "bench",
        "PRETIX_DATABASE_BACKEND": "postgresql", "PRETIX_DATABASE_NAME": parts.path[1:],
        "PRETIX_DATABASE_USER": parts.username or "", "PRETIX_DATABASE_HOST": parts.hostname or "",
        "PRETIX_DATABASE_PORT": str(parts.port), "PRETIX_CONFIG_FILE": os.devnull,
    }  # fmt: skip


def _run(*command: str, env: dict[str, str], cwd: Path) -> str:
    """What pretix's Python printed; where it failed, the end of what it complained of."""
    done = subprocess.run(
        [str(FOLDER / "bin" / "python"), *command], cwd=cwd,
        # What is only made ready need not be waited for.
        env={**os.environ, "PYTHONPATH": "", "PGOPTIONS": "-c synchronous_commit=off", **env},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"pretix: {done.stderr[-800:]}")
    return done.stdout


def _gunicorn(binaries: Path, target: str, port: int, env: dict[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    """The same server with the same options, each from its own environment."""
    process = subprocess.Popen(
        [str(binaries / "gunicorn"), *GUNICORN, "--bind", f"127.0.0.1:{port}", target], cwd=cwd,
        env={**os.environ, "PYTHONPATH": "", **env}, stdout=subprocess.DEVNULL,
        # pretix tells of every task there.
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(target, port, seconds=120)
    return process


def _tickets(port: int, made: dict[str, Any]) -> Iterator[bytes]:
    path = f"/api/v1/organizers/{made['slug']}/checkinrpc/redeem/"
    for number in range(TICKETS - 2):
        yield acts.prepared(
            port, path, {"lists": [made["list"]], "secret": f"ticket{number}"},
            {"Authorization": f"Device {made['token']}"},
        )  # fmt: skip


def _driven(port: int, requests: Iterator[bytes]) -> Side:
    return figures.over_http(lambda share: load.drive(port, requests, connections=CONNECTIONS, seconds=SECONDS * share))


if __name__ == "__main__":
    sys.exit(main())

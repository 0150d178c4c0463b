"""Which server: the same check-in under the shipped one and under three others, each as it is started in earnest.

One process and eight threads each (werkzeug's takes a thread for every request), a SQLite file of its own that waits
for its disk, the same people. Beside it one fixed answer of bare Flask under each, which is the server's own share: a
check-in is mostly ours, so the servers are further apart there.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import settings
from bench import acts, figures, load
from bench.figures import CONNECTIONS, Row, Side
from bench.over_http import PEOPLE, Servers, build, running
from bench.serving import SERVERS, free_port, serve
from bench.world import World

#: What the shipped server's rate has to be of another's on the same check-in.
BARS = {"werkzeug": "≥ 3", "waitress": "≥ 1.5"}
SHIPPED, *OTHERS = SERVERS
NAMES = {"gunicorn": "gunicorn, gthread", "waitress": "waitress", "werkzeug": "werkzeug's"}


def rows(missing: list[str]) -> list[Row]:
    """A check-in and the smallest answer under granian beside each other server that is installed."""
    others = [each for each in OTHERS if importlib.util.find_spec(each)]
    for name in set(OTHERS) - set(others):
        missing.append(f"no {name} here (requirements-bench.txt could not be installed): its rows are left out")
    config = settings.load(demo=True, clock_file="")
    with running() as (folder, servers):
        seed = folder / "seed.db"
        shown = build(config, f"sqlite:///{seed}", PEOPLE)
        check_in = {each: _check_ins(each, seed, shown, servers) for each in (SHIPPED, *others)}
        smallest = {each: _smallest(each, servers) for each in (SHIPPED, *others)}
        return figures.alternate([
            *(Row(f"check-in under granian ÷ {NAMES[each]}", check_in[SHIPPED], check_in[each], BARS.get(each, ""))
              for each in others),
            *(Row(f"bare Flask under granian ÷ {NAMES[each]}", smallest[SHIPPED], smallest[each]) for each in others),
        ])  # fmt: skip


def _check_ins(server: str, seed: Path, shown: World, servers: Servers) -> Side:
    """Our application under this server, over a database of its own."""
    mine = seed.with_name(f"{server}.db")
    shutil.copyfile(seed, mine)
    port = free_port()
    env = {"DEMO": "true", "DATABASE_URL": f"sqlite:///{mine}", "CLOCK_FILE": ""}
    servers.append(serve("app:create_app", port, env, server))
    return _driven(port, acts.each(port, shown, "checkin", range(1, shown.people + 1)))


def _smallest(server: str, servers: Servers) -> Side:
    port = free_port()
    servers.append(serve("bench.bare:create_bare", port, {}, server))
    asked = load.request("GET", "/livez", port=port, headers={}, body=b"")
    return _driven(port, iter(lambda: asked, b""))


def _driven(port: int, requests: Iterator[bytes]) -> Side:
    return figures.over_http(lambda seconds: load.drive(port, requests, connections=CONNECTIONS, seconds=seconds))

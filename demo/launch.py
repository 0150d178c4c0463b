"""The parent process of `make demo`: data, three children, three addresses, a clean end."""

from __future__ import annotations

import base64
import json
import shutil
import signal
import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import clock
import migrations
from demo import cast, program, world
from demo.children import ROOT, Children, commands
from demo.places import TEAMS
from models import Activity, AuditEntry, Team, store
from models.dialect import open_database
from services import regions
from services.accounts.vault import Vault
from services.conversation import menus, tagging
from services.practice import area
from settings import Settings
from wording import say

#: WeChat's own tags have smaller ids.
FIRST_TAG = 100
REGIONS = ROOT / "data" / "regions-34.csv"
#: What the demo leaves beside its database. The phones' file also tells that the database is the demo's own.
PHONES, LOGS, CLOCK = "sandbox.json", ("sandbox.log", "app.log", "worker.log"), "clock"


def launch(settings: Settings, *, reset: bool) -> None:
    """Make the world if there is none, start everything, stay until Ctrl-C. Ends the process.

    Exit code 0 after Ctrl-C, 1 with one sentence when something stands in the way or a child ends by itself.
    """
    if not settings.database_url.startswith("sqlite:///"):
        sys.exit(say("demo.not_sqlite"))
    database = Path(settings.database_url.removeprefix("sqlite:///")).absolute()
    for name, port in (("PORT", settings.port), ("SANDBOX_PORT", settings.sandbox_port)):
        if _listening(port):
            sys.exit(say("demo.port_taken", port=port, name=name))
    if database.exists() and not (database.parent / PHONES).exists():
        sys.exit(say("demo.foreign", path=database))
    children = Children(database.parent)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, children.stop)
    store.release()
    if reset:
        throw_away(database)
    on_now = prepare(settings, database)
    sys.exit(_run(settings, children, on_now) if not children.stopping else 0)


def throw_away(database: Path) -> None:
    """Remove the demo's own files and nothing else in that folder; the phones' file last."""
    folder = database.parent
    own = [database.with_name(database.name + end) for end in ("", "-wal", "-shm", "-front", "-turn")]
    for path in (*own, *(folder / name for name in (*LOGS, CLOCK, PHONES))):
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / program.FOLDER, ignore_errors=True)


def prepare(settings: Settings, database: Path) -> str:
    """Phones, schema, divisions, world and practice area; each only where it is missing. The title of what is on now in
    the team of phone 1; "" where its day is over."""
    phones = database.parent / PHONES
    database.parent.mkdir(parents=True, exist_ok=True)
    state = json.loads(phones.read_text(encoding="utf-8")) if phones.exists() else {"users": cast.users()}
    state |= _menus(settings)
    phones.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    clock_file = Path(settings.clock_file)
    if settings.clock_file and not clock_file.exists():
        clock_file.parent.mkdir(parents=True, exist_ok=True)
        clock_file.write_text("0\n")
    store.bind(open_database(settings.database_url))
    with store.session():
        _fill(settings)
        on_now = _on_now(clock.now())
    store.release()
    return on_now


def _on_now(at: datetime) -> str:
    found = Activity.select().join(Team).where(
        Team.region_code == TEAMS[0].region_code, Activity.state == "published",
        Activity.starts_at <= at, Activity.ends_at > at,
    ).order_by(Activity.id).first()  # fmt: skip
    return found.title if found is not None else ""


def _menus(settings: Settings) -> dict[str, Any]:
    """The menus under the chat as the sandbox keeps them, made anew: they hold addresses, and PORT may have changed."""
    by_audience = menus.wanted(settings.public_url, settings.wechat_mp_appid)
    tags = {str(number): name for number, name in enumerate(tagging.AUDIENCES, FIRST_TAG)}
    special = [
        {"button": by_audience[tagging.AUDIENCES[name]], "tag": int(number), "menuid": int(number)}
        for number, name in tags.items()
    ]
    return {"menu": {"button": by_audience["default"]}, "tags": tags, "special_menus": special}


def _fill(settings: Settings) -> None:
    migrations.apply(store.current())
    at = clock.now()
    if not AuditEntry.select().where(AuditEntry.verb == "regions_loaded").exists():
        print(say("demo.regions"), flush=True)
        regions.load(path=REGIONS, at=at)
    vault = Vault(settings.data_key_ring(), base64.b64decode(settings.index_key.get_secret_value()))
    if world.is_empty():
        print(say("demo.world"), flush=True)
        world.make_world(
            vault=vault, mp_appid=settings.wechat_mp_appid, oa_appid=settings.wechat_oa_appid, at=at,
            brand=settings.brand,
        )  # fmt: skip
    area.make(vault=vault, brand=settings.brand, at=at)


def _run(settings: Settings, children: Children, on_now: str) -> int:
    """Start, say where everything is, wait; the exit code."""
    desk, site = f"http://localhost:{settings.sandbox_port}/", settings.public_url
    page = children.folder / program.FOLDER
    program.start(page)
    children.start(commands(settings, state=children.folder / PHONES, program=page))
    failed = children.wait_for({"sandbox": desk, "app": f"{site}/readyz"})
    if not failed and not children.stopping:
        api = f"{site}/api/v1/openapi.json"
        words = say("demo.on_now", title=on_now) if on_now else say("demo.over")
        print(say("demo.welcome", desk=desk, console=f"{site}/console", api=api, on_now=words), flush=True)
        failed = children.watch()
    children.end()
    if failed:
        words = say("demo.died", name=failed, log=children.last_words(failed))
        print(words, file=sys.stderr, flush=True)
        return 1
    print(say("demo.stopped"), flush=True)
    return 0


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0

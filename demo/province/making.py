"""`flask generate`: a whole made-up province into a database of its own, and never into anybody's house.

Refused before anything is written: the database of a house that is not the demo's, one that holds anything at all.
SQLite is filled beside its name and gets it when all is done, PostgreSQL in one transaction: an interrupted run leaves
nothing that could be taken for the whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import peewee

import migrations
from clock import SHANGHAI
from demo.children import ROOT
from demo.province import books, people, service, tables, teams
from demo.province.codes import public
from demo.province.span import Span
from models import AuditEntry, Region, store
from models.dialect import Database, open_database
from services import regions, rules
from services.accounts.vault import Vault
from services.statistics import tally

REGIONS = ROOT / "data" / "regions-34.csv"
LISTED = 20_155
#: Any row of these means that somebody uses the database, or has begun to.
USED = ("region", "volunteer", "team", "audit_entry", "job_run", "lease", "session", "stored_file")
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}
FILLING = {
    "sqlite": ("foreign_keys = 0", "journal_mode = off", "synchronous = off", "temp_store = file",
               "cache_size = -400000"),
    "postgres": ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "maintenance_work_mem = '512MB'",
                 "work_mem = '256MB'", "synchronous_commit = off"),
}  # fmt: skip
#: More records a person than anybody believes.
MOST_EACH = 100

Progress = Callable[[str, int, int], None]


class NotGenerated(Exception):
    """Nothing was written; the text is one English sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what."""

    volunteers: int = 1_000_000
    teams: int = 20_000
    records: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is now: divisions, records, the number of the province's administrator, seconds by part."""

    regions: int
    records: int
    administrator: str
    seconds: dict[str, float]


def target(*, into: str, database_url: str, demo: bool) -> str:
    """The database to fill. NotGenerated where it would be a house's own.

    Without `into` it is the demo's own database, and there must be a demo (DEMO=1). With it, it is never the database
    that this house runs on, under whatever spelling, unless that is a demo's.
    """
    if not into:
        if not demo:
            raise NotGenerated("say --into sqlite:///… or --into postgresql://…: an empty database of its own")
        return database_url
    if not demo and _place(into) == _place(database_url):
        raise NotGenerated("--into is the DATABASE_URL of this house: made-up people go into a database of their own")
    return into


def _place(url: str) -> tuple[Any, ...]:
    """Where a URL leads, without who comes and how it is written."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return ("sqlite", str(Path(url.removeprefix("sqlite:///")).resolve()))
    host = (parts.hostname or "localhost").lower()
    here = host in ("127.0.0.1", "::1")
    return ("postgres", "localhost" if here else host, parts.port or 5432, parts.path.strip("/"))


def generate(
    url: str, *, size: Size, seed: int, day: date, vault: Vault, brand: str,
    progress: Progress = lambda what, done, total: None,
) -> Outcome:  # fmt: skip
    """Fill the database at `url`; the one seed and day make the same province wherever it is put.

    `day` is its today; ID numbers and phones are sealed by the vault's keys. NotGenerated, in this order: sizes that no
    province has, an address that is none, a database that is not empty. Afterwards the database is bound.
    """
    span = Span(datetime.combine(day, clock_time(), SHANGHAI))
    _check(size)
    try:
        database = open_database(_beside(url))
    except ValueError as wrong:
        raise NotGenerated(str(wrong)) from None
    store.bind(database)
    whole = False
    try:
        with store.session():
            try:
                _must_be_empty(database)
            except peewee.OperationalError as problem:
                raise NotGenerated(f"the database cannot be used: {problem}") from None
            outcome = _filled(database, size, seed, span, vault, brand, progress)
        whole = True
    finally:
        store.release()
        if database.dialect == "sqlite":
            _give_its_name(url, whole=whole)
    store.bind(open_database(url))
    return outcome


def _check(size: Size) -> None:
    if size.teams < 1 or size.volunteers < 3 * size.teams:
        raise NotGenerated("a province has one team or more, and three people or more for each")
    if not 0 <= size.records <= MOST_EACH * size.volunteers:
        raise NotGenerated(f"records: from 0 to {MOST_EACH} for each person")
    if size.volunteers > 5_000_000:
        raise NotGenerated("no more than 5,000,000 people: there are no more numbers that belong to nobody")


def _beside(url: str) -> str:
    """A SQLite file is filled under another name. NotGenerated if there is a file of its name."""
    if not url.startswith("sqlite:///"):
        return url
    path = Path(url.removeprefix("sqlite:///"))
    if any(Path(f"{path}{end}").exists() for end in ("", "-wal", "-shm")):
        raise NotGenerated(f"{path} exists: name a file that does not")
    _clear(path)
    return f"{url}.part"


def _give_its_name(url: str, *, whole: bool) -> None:
    """A file that is whole gets the name it was asked for; of any other nothing stays."""
    path = Path(url.removeprefix("sqlite:///"))
    if whole:
        Path(f"{path}.part").rename(path)
    _clear(path)


def _clear(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal", "-turn", "-front"):
        Path(f"{path}.part{end}").unlink(missing_ok=True)


def _must_be_empty(database: Database) -> None:
    """NotGenerated where there is anything: other tables than ours, or a row that somebody put there."""
    there = {name for (name,) in database.execute_sql(TABLES[database.dialect]).fetchall()}
    if there and not there.issuperset(USED):
        raise NotGenerated("that database holds tables already: make an empty one")
    for table in USED:
        if there and database.execute_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
            raise NotGenerated("somebody lives in that database already: make an empty one")


def _filled(
    database: Database, size: Size, seed: int, span: Span, vault: Vault, brand: str, progress: Progress
) -> Outcome:
    migrations.apply(database)
    seconds: dict[str, float] = {}
    for setting in FILLING[database.dialect]:
        database.execute_sql(f"{'PRAGMA' if database.dialect == 'sqlite' else 'SET'} {setting}")

    def dice(part: str) -> Random:
        return Random(f"{seed}:{part}")

    def part(name: str, act: Callable[[Callable[[int], None]], Any], total: int) -> Any:
        begun = time.perf_counter()
        progress(name, 0, total)
        found = act(lambda done: progress(name, done, total))
        progress(name, total, total)
        seconds[name] = time.perf_counter() - begun
        return found

    with database.atomic():
        part("divisions", lambda step: regions.load(
            path=REGIONS, at=span.opened, progress=lambda done, _: step(done)
        ), LISTED)  # fmt: skip
        places = list(Region.select().order_by(Region.code))
        if size.teams > (room := teams.most(places)):
            raise NotGenerated(f"these divisions have room for {room} teams")
        down = tables.take_down(database)
        plans = teams.choose(dice("teams"), regions=places, count=size.teams, span=span)
        members = people.sizes(dice("sizes"), plans, count=size.volunteers)
        joined = part("people", lambda step: people.put_people(
            dice("people"), plans, members, codes=[each.code for each in places], vault=vault, span=span, step=step,
        ), size.volunteers)  # fmt: skip
        rosters = [
            service.Roster(*each) for each in zip(plans, people.ranges(members), joined, strict=True)
        ]
        part("teams", lambda step: teams.put_teams(
            plans, regions=places, centres=teams.put_centres(places, span=span),
            leaders=[(one.people[0], one.people[1]) for one in rosters], brand=brand, span=span,
        ), size.teams)  # fmt: skip
        rule = rules.rule("hours", "", span.at).id
        scans = size.records - size.records // books.BROUGHT
        held = service.share_out(dice("shares"), rosters, records=scans, span=span)
        scanned = part("service", lambda step: service.put_service(
            dice("service"), rosters, held, rule=rule, span=span, step=step
        ), scans)  # fmt: skip
        books.bring_along(dice("brought"), rosters, count=size.records - scanned, rule=rule, span=span)
        part("books", lambda step: books.keep(
            scanned=scanned, records=size.records, points=rules.rule("points", "", span.at), span=span, step=step
        ), 3 * size.records)  # fmt: skip
        tables.count_on(database)
        part("indexes", lambda step: tables.put_back(database, down, lambda n, _: step(n)), len(down))
        AuditEntry.create(
            actor=None, verb="province_generated", subject="province", at=span.at,
            detail={"seed": seed, "volunteers": size.volunteers, "teams": size.teams, "records": size.records},
        )  # fmt: skip
    part("counts", lambda step: _count(database, span), 1)
    return Outcome(len(places), size.records, public(1, "volunteer"), seconds)


def _count(database: Database, span: Span) -> None:
    """What the planner and the overviews look at; then the file is as any house's."""
    database.execute_sql("ANALYZE")
    with database.atomic():
        tally.refresh(at=span.at)
    if database.dialect == "sqlite":
        database.execute_sql("PRAGMA journal_mode = wal").fetchall()

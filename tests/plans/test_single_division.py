"""Every hot statement is answered by one division's rows alone (docs/scale.md says what that means).

Two counties live in one database; a copy holds the first one, what is above it and what everybody shares, and not a
row of the second. Each act is done in both, and every statement of it must be the same one and find the same rows. A
statement that looked across (a place among all, a count of the province) finds others, as the planted ones show.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import apsw
import psycopg
import pytest
from psycopg import sql

from clock import to_millis
from models import Balance, Centre, Delivery, Notice, WechatIdentity, store
from models.dialect import open_database
from queries import activities, books, change, outbox, ranking
from services import codes
from tests.bot import chat
from tests.bot.conftest import bot as bot
from tests.support import world
from tests.support.world import CITY, COUNTY, World

SIBLING, VILLAGE = "341523", "341523100201"
YEAR, OPENID = "2026", "oa-single"
Act = Callable[[], object]
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
#: (statement, rows it found), in order.
Run = list[tuple[str, list[tuple[Any, ...]]]]


class Told:
    """A cursor whose rows are read and kept."""

    def __init__(self, cursor: Any) -> None:
        self.cursor, self.rowcount = cursor, getattr(cursor, "rowcount", -1)
        try:
            self.description = cursor.description if hasattr(cursor, "rowcount") else cursor.getdescription()
        except apsw.ExecutionCompleteError:
            self.description = ()
        self.rows = [tuple(row) for row in cursor.fetchall()] if self.description else []
        self._left = list(self.rows)

    def fetchone(self) -> Any:
        return self._left.pop(0) if self._left else None

    def fetchall(self) -> list[Any]:
        found, self._left = self._left, []
        return found

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def close(self) -> None:
        self._left = []


@contextmanager
def reading() -> Iterator[Run]:
    """Every statement of the block with the rows it found."""
    run: Run = []
    kind = type(store.current())
    original = kind._execute_cursor

    def kept(self: Any, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        told = Told(original(self, sql, params, *args, **kwargs))
        if not sql.lstrip().startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "PRAGMA", "ROLLBACK", "SET")):
            run.append((sql, told.rows))
        return told

    with patch.object(kind, "_execute_cursor", kept):
        yield run


@dataclass
class Province:
    """Where the two counties live, and where the first lives alone; `acts` are done by its people."""

    whole: str
    alone: str
    acts: dict[str, Act]

    def both(self, name: str) -> tuple[Run, Run]:
        """What an act asked and found in each."""
        runs = []
        for url in (self.whole, self.alone):
            with bound(url), reading() as run:
                self.acts[name]()
            runs.append(run)
        return runs[0], runs[1]


@contextmanager
def bound(url: str) -> Iterator[None]:
    """A database, bound while the block runs."""
    store.bind(open_database(url, durable=False))
    try:
        with store.session():
            yield
    finally:
        store.release()


@pytest.fixture
def province(
    cast: World, client: Any, bot: Any, bearer: Callable[[Any], dict[str, str]], frozen: Any, at: datetime,
    tmp_path: Path, request: pytest.FixtureRequest,
) -> Iterator[Province]:  # fmt: skip
    """Both counties on the morning of the first one's activity, and who does what."""
    frozen(cast.shift.starts_at)
    store.write(lambda: _live(at, cast.team, cast.xiaobo, cast.shift))
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "hot"}
    newcomer = bearer(cast.chali) | {"Idempotency-Key": "hot"}
    sqlite = store.current().dialect == "sqlite"
    before = _last_rows() if sqlite else store.current().execute_sql("SELECT txid_current()").fetchone()[0]
    store.write(lambda: _sibling(at))
    make = _files(tmp_path) if sqlite else _databases(request.getfixturevalue("postgres"))
    with make as (whole, alone):
        assert (_take_away(alone, before) if sqlite else _take_away_postgres(alone, before)) > 30
        yield Province(whole, alone, _acts(cast, client, bot, his=headers, new=newcomer, at=at))


def _acts(
    cast: World, client: Any, bot: Any, *, his: dict[str, str], new: dict[str, str], at: datetime
) -> dict[str, Act]:
    """What the first county's people do, and its worker."""

    def scan() -> str:
        return codes.venue_code(
            shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", at=cast.shift.starts_at
        )

    def good(answer: Any) -> None:
        assert answer.status_code // 100 == 2, answer.get_data(as_text=True)

    def says() -> None:
        with patch.object(chat, "_numbers", count(1)):
            chat.WeChat(bot.test_client(), cast.shift.starts_at).phone(OPENID).says("时长")

    return {
        "check-in": lambda: good(client.post("/api/v1/attendance/scans", json={"code": scan()}, headers=his)),
        "sign-up": lambda: good(client.post(
            "/api/v1/signups", json={"shift_code": cast.shift.code, "risk_accepted": True}, headers=new
        )),
        "时长": says,
        "activity list": lambda: good(client.get("/api/v1/activities?limit=1", headers=new)),
        "ranking": lambda: ranking.best(year=YEAR, region_code=COUNTY, limit=40),
        "claim": lambda: outbox.claim("w", to_millis(at) + 60_000, to_millis(at) + 1, 100),
    }  # fmt: skip


def _live(at: datetime, team: Any, person: Any, shift: Any) -> None:
    """A person with a place, hours of the year, WeChat, and a message that is due."""
    world.sign_up(at, shift, person)
    change(
        "INSERT INTO period_minutes (volunteer_id, period, region_code, minutes, records) VALUES (?, ?, ?, ?, 1)",
        (person.id, YEAR, person.region_code, 60 + person.id),
    )
    Balance.update(minutes=60 + person.id, points=1).where(Balance.volunteer == person).execute()
    if person.name == "王小博":
        WechatIdentity.update(openid=OPENID).where(
            WechatIdentity.volunteer == person, WechatIdentity.kind == "oa"
        ).execute()
    notice = Notice.create(kind="reminder", team=team, title="提醒", text="明天", state="sent", created_at=at)
    Delivery.create(
        notice=notice, volunteer=person, kind="reminder", dedupe_key=f"d{person.id}", state="queued", priority=5,
        title="提醒", body="明天", data={}, due_at=at, created_at=at,
    )  # fmt: skip


def _sibling(at: datetime) -> None:
    """The second county: its own centre, team, people, activity, hours and messages."""
    for code, name in ((SIBLING, "舒城县"), (SIBLING + "100", "城关镇"), (VILLAGE, "南溪社区居委会")):
        world.make_region(code, name)
    centre = Centre.create(region_code=SIBLING, kind="centre", name="舒城县退役军人服务中心", created_at=at)
    team = world.make_team(at, centre, "南溪社区退役军人“红耀江淮”志愿服务队", VILLAGE)
    for hour in (1, 2, 3):
        _activity, shift = world.make_activity(at, team, starts_in=timedelta(hours=hour))
        person = world.make_volunteer(at, region_code=VILLAGE)
        world.make_identity(at, person, "oa")
        world.join(at, team, person)
        _live(at, team, person, shift)


@contextmanager
def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Two copies of the bound SQLite database."""
    store.current().execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(str(store.current().database))
    store.release()
    for name in ("whole", "alone"):
        shutil.copyfile(path, folder / f"{name}.db")
    yield f"sqlite:///{folder}/whole.db", f"sqlite:///{folder}/alone.db"


@contextmanager
def _databases(server: Any) -> Iterator[tuple[str, str]]:
    """Two copies of the bound PostgreSQL database."""
    bound_to = str(store.current().database)
    store.release()
    try:
        yield server.create("whole", template=bound_to), server.create("alone", template=bound_to)
    finally:
        store.release()
        server.drop("whole")
        server.drop("alone")


def _last_rows() -> dict[str, int]:
    """The last row of each table."""
    run = store.current().execute_sql
    names = [row[0] for row in run(TABLES)]
    return {name: run(f'SELECT COALESCE(MAX(rowid), 0) FROM "{name}"').fetchone()[0] for name in names}


def _take_away(url: str, before: dict[str, int]) -> int:
    """Delete what was put in after those rows: how many."""
    connection = apsw.Connection(url.removeprefix("sqlite:///"))
    for (trigger,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
        connection.execute(f'DROP TRIGGER "{trigger}"')  # the books are not deleted from
    for table, last in before.items():
        connection.execute(f'DELETE FROM "{table}" WHERE rowid > ?', (last,))
    changed = connection.total_changes()
    connection.close()
    return changed


def _take_away_postgres(url: str, before: int) -> int:
    """The same by the transaction that put them in."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # no triggers, no references
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return sum(
            connection.execute(
                sql.SQL("DELETE FROM {} WHERE CAST(CAST(xmin AS TEXT) AS BIGINT) >= %s").format(sql.Identifier(name)),
                (before,),
            ).rowcount
            for (name,) in names
        )


HOT = ("check-in", "sign-up", "时长", "activity list", "ranking")


@pytest.mark.parametrize("name", HOT)
def test_hot_path_asks_one_division(province: Province, name: str) -> None:
    whole, alone = province.both(name)
    assert whole
    assert whole == alone


def test_worker_of_one_division_claims_its_rows_in_their_order(province: Province) -> None:
    """A claim takes what is due wherever it is; of one division it takes the same, alone or among others."""
    whole, alone = (run[0][1] for run in province.both("claim"))
    mine = {row[3] for row in alone}
    assert (len(whole), len(alone)) == (4, 1)
    assert [row for row in whole if row[3] in mine] == alone


PLANTED = {
    "时长": (books, "SUMMARY", lambda text: text.replace(
        "v.name,", "v.name || (SELECT COUNT(*) FROM balance x WHERE x.minutes > b.minutes),"
    )),
    "ranking": (ranking, "_ORDERED", lambda text: text.replace("AND {here}", "AND ({here} OR TRUE)")),
}  # fmt: skip


@pytest.mark.parametrize("name", ["时长", "ranking"])
def test_control_a_statement_across_divisions_is_found(province: Province, name: str) -> None:
    room, constant, planted = PLANTED[name]
    changed = planted(getattr(room, constant))
    assert changed != getattr(room, constant)
    with patch.object(room, constant, changed):
        whole, alone = province.both(name)
    assert whole != alone


def test_control_a_page_of_activities_that_goes_beyond_the_county_does(province: Province) -> None:
    """Known and meant: a county that cannot fill a page shows its neighbours' activities behind its own."""
    acts, page = province.acts, activities.open_page

    def wide(**asked: Any) -> Any:
        return page(**asked | {"area": (CITY, f"{CITY}:"), "limit": 9})

    with patch.object(activities, "open_page", wide):
        whole, alone = Province(province.whole, province.alone, acts).both("activity list")
    assert whole != alone

"""Many people with uneven lives: what `时长` costs the busiest of them, and what a subtree costs.

A province's divisions with 30,000 people, a quarter of them in one county; the median has 9 records, the heaviest
3,000. Everything in this process, by the processor's time, SQLite.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import repeat
from pathlib import Path
from random import Random
from typing import Any

import clock
import migrations
from bench import figures
from bench.chat import NUMBERS
from bench.province import LIST
from bench.world import openid
from demo.province.rows import put
from handlers.bot import dispatch
from models import RuleSet, store
from models.dialect import open_database
from queries import ranking
from queries import statistics as sums
from services import regions
from services.conversation import inbound as pushes
from services.parts import Parts
from services.statistics import tally
from tests.support.fakes import MP, OA, make_parts
from wechat.inbound import Inbound

PEOPLE, RECORDS, HEAVIEST = 30_000, 9, 3_000
COUNTY = "341522"
HEAVY, MEDIAN = 1, 2
SHOWN = 40
#: What a page would ask that walks down the divisions, person by person and record by record.
WALK = """
WITH RECURSIVE below(code) AS (
    SELECT code FROM region WHERE code = ?
    UNION ALL SELECT r.code FROM below b JOIN region r ON r.parent = b.code)
SELECT v.id, SUM(r.minutes) FROM below b JOIN volunteer v ON v.region_code = b.code
JOIN service_record r ON r.volunteer_id = v.id
WHERE r.state = 'confirmed' AND r.local_day >= ? AND r.local_day < ?
GROUP BY v.id ORDER BY 2 DESC, v.id DESC LIMIT ?
"""
#: People of each city, found the same way.
COUNT_BY_WALKING = """
WITH RECURSIVE below(code, top) AS (
    SELECT code, code FROM region WHERE parent = ?
    UNION ALL SELECT r.code, b.top FROM below b JOIN region r ON r.parent = b.code)
SELECT b.top, COUNT(*) FROM below b JOIN volunteer v ON v.region_code = b.code AND v.state = 'active' GROUP BY b.top
"""


def rows(_missing: list[str]) -> list[figures.Row]:
    """`时长` of the heaviest beside the median; a county's ranking and a province's counts beside a recursive walk."""
    with _filled() as now:
        year = str(clock.local_day(now).year)
        ranked = ranking.best(year=year, region_code=COUNTY, limit=SHOWN)
        walked = [tuple(each) for each in _ask(WALK, COUNTY, f"{year}-01-01", f"{year}-:", SHOWN)]
        if ranked != walked:
            raise RuntimeError("the county's ranking is not what the walk finds")
        return figures.alternate([
            figures.Row("时长 of the heaviest, 3,000 records ÷ of the median, 9 (µs)", figures.slowly(_hours(HEAVY)),
                        figures.slowly(_hours(MEDIAN)), "≤ 2", "µs"),
            figures.Row(f"county's ranking of {PEOPLE * RECORDS:,} records ÷ recursive walk", figures.often(
                            lambda: ranking.best(year=year, region_code=COUNTY, limit=SHOWN)
                        ), figures.often(lambda: _ask(WALK, COUNTY, f"{year}-01-01", f"{year}-:", SHOWN)), "≥ 30"),
            figures.Row("counts of the province by city ÷ recursive walk over people alone", figures.often(
                            lambda: sums.sums(cut=4, first="34", end="34:", year=year)
                        ), figures.often(lambda: _ask(COUNT_BY_WALKING, "34"))),
        ])  # fmt: skip


def _ask(sql: str, *values: object) -> list[Any]:
    return list(store.current().execute_sql(sql, values).fetchall())


def asking(parts: Parts, speakers: Iterator[str], text: str, told: str) -> Callable[[], None]:
    """A question of somebody in the chat, from the opened message to the words: de-duplication, totals, answer."""
    def ask() -> None:
        at = clock.now()
        inbound = Inbound(
            openid=next(speakers), account=parts.oa_id, created_at=int(at.timestamp()), kind="text", content=text,
            msg_id=str(next(NUMBERS)),
        )  # fmt: skip
        asked = dispatch.asked_by(inbound, at)
        answer = (pushes.look if dispatch.only_looks(asked) else _told)(
            key=f"oa:{inbound.dedupe_key}", openid=inbound.openid, at=at,
            act=lambda: dispatch.reply_to(parts=parts, inbound=inbound, asked=asked, at=at),
        )  # fmt: skip
        if told not in answer:
            raise RuntimeError(answer)

    return ask


def _told(**push: Any) -> str:
    return pushes.once(**push, durable=False)


def _hours(person: int) -> Callable[[], None]:
    return asking(make_parts(), repeat(openid(person)), "时长", "小时")


@contextmanager
def _filled() -> Iterator[datetime]:
    """The crowd in a database of its own, bound."""
    folder = Path(tempfile.mkdtemp(prefix="hongyao-crowd-"))
    store.bind(open_database(f"sqlite:///{folder / 'crowd.db'}", durable=False))
    try:
        with store.session():
            now = clock.now()
            migrations.apply(store.current())
            regions.load(path=LIST, at=now)
            _fill(now, Random(1))
            store.current().execute_sql("ANALYZE")
            tally.refresh(at=now)
            yield now
    finally:
        store.release()
        shutil.rmtree(folder, ignore_errors=True)


def _fill(now: datetime, random: Random) -> None:
    millis, rule = clock.to_millis(now), RuleSet.get(RuleSet.kind == "hours").id
    villages = [row[0] for row in _ask("SELECT code FROM region WHERE level = 5 ORDER BY code")]
    near = [code for code in villages if code.startswith(COUNTY)]
    homes = [random.choice(near if person % 4 == 0 or person < 3 else villages) for person in range(PEOPLE + 1)]
    put("centre", "id region_code kind name created_at", [(1, "34", "centre", "退役军人服务中心", millis)])
    put("team", "id code name short_name kind speciality region_code centre_id state created_at", [
        (1, "crowd", "服务队", "队", "grassroots", "governance", near[0], 1, "regular", millis)
    ])  # fmt: skip
    put("volunteer", "id public_no name identity region_code created_at", (
        (person, f"c{person:07d}", "张建国", "veteran", homes[person], millis) for person in range(1, PEOPLE + 1)
    ))  # fmt: skip
    put("wechat_identity", "id kind appid openid volunteer_id following union_checked created_at", [
        (2 * person + (kind == "oa"), kind, appid, openid(person) if kind == "oa" else f"mp{person}", person,
         kind == "oa", True, millis)
        for person in (HEAVY, MEDIAN) for kind, appid in (("mp", MP), ("oa", OA))
    ])  # fmt: skip
    minutes: dict[int, int] = {}
    put("service_record", (
        "team_id volunteer_id region_code local_day source state in_at out_at minutes rule_set_id created_at updated_at"
    ), _records(now, homes, rule, minutes, random))  # fmt: skip
    year = str(clock.local_day(now).year)
    put("balance", "volunteer_id minutes points records", (
        (person, minutes[person], minutes[person] // 60, RECORDS) for person in range(1, PEOPLE + 1)
    ))  # fmt: skip
    put("period_minutes", "volunteer_id period region_code minutes records", (
        (person, year, homes[person], minutes[person], RECORDS) for person in range(1, PEOPLE + 1)
    ))  # fmt: skip


def _records(
    now: datetime, homes: list[str], rule: int, minutes: dict[int, int], random: Random
) -> Iterator[tuple[Any, ...]]:
    """Every person's records of this year, confirmed but for one in 53; `minutes` gets what those come to."""
    days = (clock.local_day(now) - clock.local_day(now).replace(month=1, day=1)).days + 1
    for person in range(1, PEOPLE + 1):
        minutes[person] = 0
        for number in range(HEAVIEST if person == HEAVY else RECORDS):
            begin = now - timedelta(days=random.randrange(days))
            first, served = clock.to_millis(begin), random.randrange(30, 300)
            state = "pending" if (person + number) % 53 == 0 else "confirmed"
            minutes[person] += served if state == "confirmed" else 0
            yield (
                1, person, homes[person], clock.local_day(begin).isoformat(),
                "supplement" if (person + number) % 40 == 0 else "scan", state, first, first + served * 60_000, served,
                rule, first, first,
            )  # fmt: skip

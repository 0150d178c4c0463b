"""`python -m bench.million sqlite:////copy/of/province.db`: what a million people cost, beside what a thousand cost.

The province is one of `flask generate` (SQLite), a copy: it gets what migrations are due, and everybody in it the
WeChat identities that the generator leaves out, once. `时长` and `积分` in this process: of its heaviest beside its
median person, and of anybody beside anybody of a province of 1,000 people with 10,000 records, which is made on the
way. A county's ranking beside the recursive walk. Then the sealed `时长` of anybody over HTTP, beside both of WeRoBot's
echoes and beside the small province.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import cycle, repeat
from pathlib import Path
from random import Random
from typing import Any

import clock
import migrations
import settings
from bench import crowd, figures, load
from bench.chat import Chat
from bench.figures import CONNECTIONS, ROUNDS, Row, Sample, Side
from bench.over_http import Servers, echoes, running
from bench.serving import free_port, serve
from demo.province import making
from models import store
from models.dialect import open_database
from queries import ranking
from services.parts import Parts

#: A thousandth, so that a person has as many records there.
SMALL = making.Size(volunteers=1_000, teams=20, records=10_000)
#: So many people, drawn by chance, take turns where anybody is meant.
ASKING = 5_000
#: Rounds of what walks a province for seconds.
FEW = min(ROUNDS, 3)
#: What is asked, and a word of its answer.
QUESTIONS = {"时长": "小时", "积分": " 分"}
FOLLOW = """
INSERT INTO wechat_identity (kind, appid, openid, volunteer_id, following, union_checked, created_at)
SELECT ?, ?, ? || v.id, v.id, ?, 1, v.created_at FROM volunteer v
WHERE NOT EXISTS (SELECT 1 FROM wechat_identity w WHERE w.volunteer_id = v.id AND w.kind = ?)
"""
NUMBERS = (
    "SELECT COUNT(*) FROM volunteer", "SELECT COUNT(*) FROM service_record",
    "SELECT MAX(period) FROM period_minutes WHERE LENGTH(period) = 4",
)  # fmt: skip
COUNTY = "SELECT SUBSTR(region_code, 1, 6) FROM volunteer GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1"
BY_RECORDS = "SELECT volunteer_id, records FROM balance ORDER BY records DESC LIMIT 1 OFFSET ?"


class _Province:
    """One of the two: who lives in it, and its database bound while something in this process is measured."""

    def __init__(self, url: str, config: settings.Settings) -> None:
        self.url, self.config = url, config
        with self.bound():
            migrations.apply(store.current())
            for kind, appid, follows in (("mp", config.wechat_mp_appid, 0), ("oa", config.wechat_oa_appid, 1)):
                store.write(lambda k=kind, a=appid, f=follows: _ask(FOLLOW, k, a, f"{k}-", f, k))  # type: ignore[misc]
            self.people, self.records, self.year = (_ask(each)[0][0] for each in NUMBERS)
            self.heaviest, self.most = _ask(BY_RECORDS, 0)[0]
            self.median, self.middle = _ask(BY_RECORDS, self.people // 2)[0]
            self.county = _ask(COUNTY)[0][0]
            everybody = [row[0] for row in _ask("SELECT id FROM volunteer")]
            self.somebody = Random(1).sample(everybody, min(ASKING, self.people))

    def bound(self) -> Any:
        store.bind(open_database(self.url, durable=False))
        return store.session()

    def speakers(self) -> Iterator[str]:
        """Anybody, one after another."""
        return cycle([f"oa-{each}" for each in self.somebody])

    def inside(self, act: Callable[[], object], measure: Callable[[Callable[[], object]], Side]) -> Side:
        """An act in this process while this database is bound, the first one not counted."""
        side = measure(act)

        def measured(share: float) -> Sample:
            with self.bound():
                act()
                return side.act(share)

        return Side(measured)


def main(url: str) -> int:
    """Measure it all; 1 where a bar does not hold."""
    missing: list[str] = []
    config = settings.load(demo=True, clock_file="")
    with running() as (folder, servers):
        parts = _parts(config, f"sqlite:///{folder / 'small.db'}")
        large, small = _Province(url, config), _Province(f"sqlite:///{folder / 'small.db'}", config)
        for each in (large, small):
            print(f"  {each.people:,} people, {each.records:,} records", flush=True)
        found = figures.alternate(list(_questions(parts, large, small)))
        ranked = _ranked(large)
        found += [ranked, _in_ms(ranked)]
        store.release()
        found += figures.alternate(list(_spoken(config, large, small, folder, servers, missing)))
    figures.report(found)
    for sentence in missing:
        print(sentence)
    return 0 if all(row.holds() for row in found) else 1


def _parts(config: settings.Settings, small: str) -> Parts:
    """The parts of the house, and with its vault the small province."""
    from app import build_parts

    parts = build_parts(config, None)
    making.generate(small, size=SMALL, seed=1, day=clock.today(), vault=parts.vault, brand=parts.brand)
    return parts


def _questions(parts: Parts, large: _Province, small: _Province) -> Iterator[Row]:
    for text, word in QUESTIONS.items():
        heaviest, median = (
            large.inside(crowd.asking(parts, repeat(f"oa-{each}"), text, word), figures.slowly)
            for each in (large.heaviest, large.median)
        )
        yield Row(f"{text} of the heaviest, {large.most:,} records ÷ of the median, {large.middle}", heaviest, median,
                  "≤ 2", "µs")  # fmt: skip
        many, few = (
            each.inside(crowd.asking(parts, each.speakers(), text, word), figures.slowly) for each in (large, small)
        )
        yield Row(f"{text} among {large.records:,} records ÷ among {small.records:,}", many, few, "≤ 1.3", "µs")


def _ranked(large: _Province) -> Row:
    """The county with most people: as its page asks, and by walking down; both must say the same."""
    year, county = large.year, large.county

    def ask() -> list[Any]:
        return ranking.best(year=year, region_code=county, limit=crowd.SHOWN)

    def walk() -> list[Any]:
        return _ask(crowd.WALK, county, f"{year}-01-01", f"{year}-:", crowd.SHOWN)

    with large.bound():
        if ask() != [tuple(each) for each in walk()]:
            raise RuntimeError("the county's ranking is not what the walk finds")
    ranked, walked = (large.inside(each, figures.often) for each in (ask, walk))
    row = Row("county's ranking of a year ÷ recursive walk", ranked, walked, "≥ 30")
    return figures.alternate([row], rounds=FEW, warm=False)[0]


def _in_ms(row: Row) -> Row:
    """The same as milliseconds of processor for one."""
    ours, floor = (figures.kept(1000 / each.value for each in side.kept) for side in (row.ours, row.floor))
    return Row("the same, milliseconds of processor", ours, floor, "≤ 10 ms", "ms")


def _spoken(
    config: settings.Settings, large: _Province, small: _Province, folder: Path, servers: Servers, missing: list[str]
) -> Iterator[Row]:
    """Anybody's sealed `时长` to the shipped server over the large province, and what stands beside it."""
    chat = Chat(config)

    def speak(port: int, path: str, speakers: Iterator[str], words: str) -> Side:
        requests = (chat.message(port, path, speaker, "时长") for speaker in speakers)
        return figures.over_http(lambda seconds: load.drive(
            port, requests, connections=CONNECTIONS, seconds=seconds, right=lambda body: words in chat.opened(body)
        ))  # fmt: skip

    def served(province: _Province) -> Side:
        port = free_port()
        servers.append(serve("app:create_app", port, {"DEMO": "true", "DATABASE_URL": province.url, "CLOCK_FILE": ""}))
        return speak(port, "/wechat/callback", province.speakers(), "小时")

    ours, name = served(large), f"chat 时长, {large.people:,} people"
    yield Row(f"{name} ÷ {small.people:,} people", ours, served(small))
    for peer, port, bar in echoes(config, folder, servers, missing):
        echo = speak(port, "/wechat", large.speakers(), "时长")
        yield Row(f"{name} ÷ WeRoBot's encrypted echo, {peer}", ours, echo, bar)


def _ask(sql: str, *values: object) -> list[Any]:
    return list(store.current().execute_sql(sql, values).fetchall())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("which province? python -m bench.million sqlite:////copy/of/province.db")
    sys.exit(main(sys.argv[1]))

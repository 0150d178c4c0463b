"""A province to measure the console with: every division, 20,000 teams, 300,000 people, a year of records.

Rows go straight into the tables, in order, so that a million of them takes a minute; the same seed gives the same
province. ID numbers and phones stay empty: no page of a list needs them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import clock
import migrations
from models import store
from models.dialect import open_database, translate
from services import regions

KINDS = ("governance", "relief", "army_support", "visits", "mediation")
PROFESSIONS = ("red_lecture", "rescue", "law", "health")
IDENTITIES = ("veteran", "veteran", "veteran", "family", "staff", "social")
STATES = ("regular",) * 18 + ("pilot", "paused", "founding")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
NAMES = "建国志强卫东爱军永胜德明国庆新华长江春生保家桂兰秀英玉珍"
BATCH = 2000


def build(url: str, *, people: int, teams: int, seed: int = 1) -> None:
    """Fill the database at `url`: one administrator of the province (id 1), then everybody else."""
    database = open_database(url, durable=False)
    store.bind(database)
    migrations.apply(database)
    regions.load(path="data/regions-34.csv", at=clock.now())
    random = Random(seed)
    now = clock.now()
    millis = clock.to_millis(now)
    villages = [row[0] for row in database.execute_sql("SELECT code FROM region WHERE level = 5 ORDER BY code")]
    counties = [row[0] for row in database.execute_sql("SELECT code FROM region WHERE level <= 4 ORDER BY code")]
    _put("centre", ("id", "region_code", "kind", "name", "created_at"), (
        (number, code, "centre" if len(code) <= 6 else "station", f"退役军人服务{number}", millis)
        for number, code in enumerate(counties, 1)
    ))  # fmt: skip
    centre_of = {code: number for number, code in enumerate(counties, 1)}
    places = [*counties[: teams // 10], *villages][:teams]
    _put("volunteer", ("id", "public_no", "name", "identity", "region_code", "birth_date", "created_at"), (
        (number, f"v{number:07d}", random.choice(SURNAMES) + random.choice(NAMES) + random.choice(NAMES),
         random.choice(IDENTITIES), "34" if number == 1 else random.choice(villages), "1960-01-01",
         millis - random.randrange(365 * 86_400_000))
        for number in range(1, people + 1)
    ))  # fmt: skip
    _put("balance", ("volunteer_id", "minutes", "points", "records"), ((n, 0, 0, 0) for n in range(1, people + 1)))
    _put(
        "team",
        ("id", "code", "name", "short_name", "standard_name", "kind", "speciality", "region_code", "centre_id",
         "state", "leader_id", "founded_on", "created_at"),
        (
            (number, f"t{number:06d}", f"服务队{number}", f"队{number}", f"服务队{number}",
             "professional" if len(code) <= 6 else "grassroots",
             random.choice(PROFESSIONS if len(code) <= 6 else KINDS), code,
             centre_of.get(code) or centre_of[code[:9]] if code[:9] in centre_of else centre_of[code[:6]],
             random.choice(STATES), number + 1, "2025-01-01", millis)
            for number, code in enumerate(places, 1)
        ),
    )  # fmt: skip
    _put("team_member", ("team_id", "volunteer_id", "home", "from_at"), (
        (random.randrange(1, len(places) + 1), number, True, millis) for number in range(2, people + 1)
    ))  # fmt: skip
    _put("role_grant", ("volunteer_id", "role", "region_code", "team_id", "from_at"), (
        [(1, "region_admin", "34", None, 0)] + [(n + 1, "team_leader", None, n, 0) for n in range(1, len(places) + 1)]
    ))  # fmt: skip
    year, last = str(now.year), str(now.year - 1)
    some = [n for n in range(2, people + 1) if n % 3]
    _put("period_minutes", ("volunteer_id", "period", "region_code", "minutes", "records"), (
        (n, period, places[n % len(places)], random.randrange(60, 6000), random.randrange(1, 40))
        for n in some for period in (year, last)
    ))  # fmt: skip
    rule = database.execute_sql("SELECT id FROM rule_set WHERE kind = 'hours'").fetchone()[0]
    _put(
        "activity",
        ("id", "code", "team_id", "region_code", "title", "domain", "sub_domain", "place", "risk_notice", "state",
         "starts_at", "ends_at", "local_day", "signup_opens_at", "signup_closes_at", "hours_rule_id", "created_at"),
        (_activity(number, places, now, random, rule) for number in range(1, 2 * len(places) + 1)),
    )  # fmt: skip
    database.execute_sql("ANALYZE")


def _activity(number: int, places: Sequence[str], now: Any, random: Random, rule: int) -> tuple[Any, ...]:
    team = random.randrange(len(places))
    begin = now - timedelta(days=random.randrange(1, 330))
    first, millis = clock.to_millis(begin), 7_200_000
    return (
        number, f"a{number:07d}", team + 1, places[team], "清洁河岸", "D3", "eco", "河岸", "注意安全", "ended",
        first, first + millis, clock.local_day(begin).isoformat(), first - 86_400_000, first, rule, first,
    )  # fmt: skip


def _put(table: str, columns: Sequence[str], rows: Iterator[Any] | list[Any]) -> None:
    database = store.current()
    marks = ", ".join("?" * len(columns))
    sql = translate(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", database.dialect)
    with database.atomic():
        cursor = database.cursor()
        batch: list[Any] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                cursor.executemany(sql, batch)
                batch = []
        if batch:
            cursor.executemany(sql, batch)


def main() -> None:
    """`python -m bench.province URL`: build one; prints what it holds."""
    import sys

    build(sys.argv[1], people=300_000, teams=20_000)
    counts = {
        table: store.current().execute_sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        for table in ("region", "team", "volunteer", "team_member", "activity", "period_minutes")
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main()

"""A province to measure the console with: every division, 20,000 teams, 300,000 people, a year of records.

Rows go straight into the tables, in order, so that two million of them take a minute; the same seed gives the same
province. ID numbers and phones are sealed with the keys of the application that will read them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import clock
import migrations
from bench import calls, matters, recognised
from demo.province.rows import put
from demo.province.tables import count_on
from models import store
from models.dialect import open_database
from services import regions
from services.accounts.vault import Vault
from services.codes import token_hash

LIST = Path("data/regions-34.csv")
#: The sessions that the measuring browser holds: the province's administrator and a county's.
PROVINCE_TOKEN, COUNTY_TOKEN, CSRF = "bench-province", "bench-county", "bench-csrf"
COUNTY = "341522"
KINDS = ("governance", "relief", "army_support", "visits", "mediation")
PROFESSIONS = ("red_lecture", "rescue", "law", "health")
IDENTITIES = ("veteran", "veteran", "veteran", "family", "staff", "social")
STATES = ("regular",) * 18 + ("pilot", "paused", "founding")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
NAMES = "建国志强卫东爱军永胜德明国庆新华长江春生保家桂兰秀英玉珍"
OLDER = """
INSERT OR IGNORE INTO service_month
SELECT ?, region_code, id, 'D' || (1 + id % 4), kind, speciality, ?, ?, ?, 0, 0, ? FROM team
"""
YEAR_MILLIS = 365 * 86_400_000


def build(url: str, *, people: int, teams: int, vault: Vault, seed: int = 1) -> dict[str, int]:
    """Fill the database at `url` and say how many rows its tables hold.

    Person 1 administers the province, person 2 a county; persons 3 … lead the teams.
    """
    database = open_database(url, durable=False)
    store.bind(database)
    migrations.apply(database)
    if database.dialect == "postgres":
        database.execute_sql("SET statement_timeout = 0")
        database.execute_sql("SET idle_in_transaction_session_timeout = 0")
    now = clock.now()
    regions.load(path=LIST, at=now)
    random = Random(seed)
    millis = clock.to_millis(now)
    villages, upper = _codes("= 5"), _codes("<= 4")
    centre_of = {code: number for number, code in enumerate(upper, 1)}
    put("centre", "id region_code kind name created_at", (
        (number, code, "centre" if len(code) <= 6 else "station", f"退役军人服务{number}", millis)
        for number, code in enumerate(upper, 1)
    ))  # fmt: skip
    put("volunteer", (
        "id public_no name identity region_code birth_date document_sealed document_key document_index phone_sealed "
        "phone_key phone_index national_no national_state created_at"
    ), _people(people, villages, vault, random, millis))  # fmt: skip
    places = [*upper[: teams // 10], *villages][:teams]
    put("team", (
        "id code name short_name standard_name kind speciality region_code centre_id state leader_id founded_on "
        "created_at"
    ), (
        (number, f"t{number:06d}", f"服务队{number}", f"队{number}", f"服务队{number}",
         "professional" if len(code) <= 6 else "grassroots", random.choice(PROFESSIONS if len(code) <= 6 else KINDS),
         code, centre_of.get(code) or centre_of.get(code[:9]) or centre_of[code[:6]], random.choice(STATES), number + 2,
         "2025-01-01", millis)
        for number, code in enumerate(places, 1)
    ))  # fmt: skip
    put("team_member", "team_id volunteer_id home from_at", (
        (random.randrange(1, len(places) + 1), number, True, millis) for number in range(3, people + 1)
    ))  # fmt: skip
    put("role_grant", "volunteer_id role region_code team_id from_at", [
        (1, "region_admin", "34", None, 0), (2, "region_admin", COUNTY, None, 0),
        *((n + 2, "team_leader", None, n, 0) for n in range(1, len(places) + 1)),
        *((len(places) + n, "liaison", code, None, 0) for n, code in enumerate(upper, 3)),
    ])  # fmt: skip
    log_in(now)
    calls.fill(places=places, random=random, at=now)
    matters.fill(places=places, people=people, now=now, random=random)
    recognised.fill(now=now)
    database.execute_sql("ANALYZE")
    count_on(database)
    return {table: _count(table) for table in ("region", "team", "volunteer", "star_award", *matters.TABLES)}


def _codes(level: str) -> list[str]:
    rows = store.current().execute_sql(f"SELECT code FROM region WHERE level {level} ORDER BY code")
    return [row[0] for row in rows]


def _count(table: str) -> int:
    return int(store.current().execute_sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def _people(count: int, villages: Sequence[str], vault: Vault, random: Random, millis: int) -> Iterator[Any]:
    for number in range(1, count + 1):
        public_no = f"v{number:07d}"
        document, key = vault.seal(f"34152219600101{number % 10000:04d}", f"volunteer.document:{public_no}")
        phone, _ = vault.seal(f"138{number:08d}", f"volunteer.phone:{public_no}")
        entered = random.choice(("", "reported", "verified"))
        yield (
            number, public_no, random.choice(SURNAMES) + random.choice(NAMES) + random.choice(NAMES),
            random.choice(IDENTITIES), {1: "34", 2: COUNTY}.get(number) or random.choice(villages), "1960-01-01",
            document, key, vault.index("id_no", public_no), phone, key, vault.index("phone", f"138{number:08d}"),
            f"34{number:010d}" if entered else "", entered or "none",
            millis - random.randrange(YEAR_MILLIS),
        )  # fmt: skip


def log_in(at: datetime) -> None:
    """Open the two sessions; again, if they were open before."""
    millis = clock.to_millis(at)
    store.current().execute_sql("DELETE FROM session")
    put("session", "token_hash kind volunteer_id csrf created_at seen_at expires_at", (
        (token_hash(token), "console", number, CSRF, millis, millis, millis + 12 * 3_600_000)
        for number, token in ((1, PROVINCE_TOKEN), (2, COUNTY_TOKEN))
    ))  # fmt: skip


def counted(at: datetime) -> dict[str, float]:
    """Seconds that the worker's counts by month, by team and by year take, the first time and again."""
    from services.activeness import idle, index, turnover
    from services.statistics import months

    acts = {
        "every month by division, team and domain": months.refresh_all, "this month and the last": months.refresh,
        "activeness of every team, 13 months": index.refresh, "who stayed, came and went": turnover.refresh,
        "idle teams marked and told": idle.mark_due,
    }  # fmt: skip
    found = {}
    for name, act in acts.items():
        for again in ("", ", again"):
            begun = time.perf_counter()
            act(at=at)
            found[name + again] = time.perf_counter() - begun
    older(at)
    return found


def older(at: datetime) -> None:
    """Three years before the first activity, as they stand counted: every team did something in every month."""
    year = clock.local_day(at).year
    months = [f"{past}-{month:02d}" for past in range(year - 4, year - 1) for month in range(1, 13)]
    for period, times in [*((month, 1) for month in months), *((str(past), 12) for past in range(year - 4, year - 1))]:
        store.current().execute_sql(OLDER, (period, times, 8 * times, 960 * times, 30 * times))


def tallied(at: datetime) -> timedelta:
    """Count people and minutes per division, as the worker does every few minutes; how long that took."""
    from services.statistics import tally

    begun = clock.now()
    tally.refresh(at=at)
    return clock.now() - begun

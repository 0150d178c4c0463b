"""A database for the bench: one big activity and as many people with living sessions as the rounds will need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import clock
import migrations
from models import Activity, Centre, Position, Region, RuleSet, Shift, Team, store
from models.dialect import open_database
from services.codes import new_shift_key, token_hash

VILLAGE = "341522100008"


@dataclass(frozen=True)
class World:
    """What the load generator must know."""

    shift_code: str
    shift_key: str
    people: int
    #: A shift of the day after tomorrow for which nobody signed up yet.
    open_shift: str = "benchopen"


def token(person: int) -> str:
    """The session token of a person."""
    return f"bench-token-{person:08d}"


def openid(person: int) -> str:
    """The official-account openid of a person."""
    return f"oa-bench-{person:08d}"


def _open(like: Activity, people: int) -> None:
    """An activity two days later, with room for everybody."""
    first = like.starts_at + timedelta(days=2)
    activity = Activity.create(**{
        **like.__data__, "id": None, "code": "benchopen", "domain": "D1", "sub_domain": "environment",
        "starts_at": first, "ends_at": first + timedelta(hours=6), "signup_closes_at": first,
        "local_day": clock.local_day(first).isoformat(),
    })  # fmt: skip
    Shift.create(
        code="benchopen", activity=activity, position=Position.create(activity=activity, name="队员", quota=people),
        starts_at=first, ends_at=activity.ends_at, planned_ends_at=activity.ends_at, quota=people + 1, taken=0,
        code_key=new_shift_key(),
    )  # fmt: skip


def build(url: str, *, people: int, mp_appid: str, oa_appid: str) -> World:
    """Fill the database at `url`; everybody is signed up and logged in."""
    database = open_database(url, durable=False)
    store.bind(database)
    migrations.apply(database)
    now = clock.now()
    millis = clock.to_millis(now)

    def make() -> Shift:
        for code, name, level in (("34", "安徽省", 1), ("3415", "六安市", 2), ("341522", "霍邱县", 3),
                                  ("341522100", "城关镇", 4), (VILLAGE, "东湖社区", 5)):  # fmt: skip
            Region.create(code=code, name=name, level=level, place_name=name)
        centre = Centre.create(region_code="341522", kind="centre", name="中心", created_at=now)
        team = Team.create(
            code="benchteam", name="队", short_name="队", kind="grassroots", speciality="governance",
            region_code=VILLAGE, centre=centre, created_at=now,
        )  # fmt: skip
        begin, end = now - timedelta(minutes=10), now + timedelta(hours=6)
        activity = Activity.create(
            code="benchact", team=team, region_code=VILLAGE, title="巡堤", domain="D3", sub_domain="flood",
            place="大堤", risk_notice="注意安全", starts_at=begin, ends_at=end, local_day="2026-06-10",
            signup_opens_at=begin, signup_closes_at=end, hours_rule=RuleSet.get(RuleSet.kind == "hours"),
            state="published", code_life=120, created_at=now,
        )  # fmt: skip
        position = Position.create(activity=activity, name="队员", quota=people)
        shift = Shift.create(
            code="benchshift", activity=activity, position=position, starts_at=begin, ends_at=end,
            planned_ends_at=end, quota=people + 1, taken=people, code_key=new_shift_key(),
        )  # fmt: skip
        _open(activity, people)
        return shift

    shift = store.write(make)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "volunteer (id, public_no, name, identity, region_code, created_at)": [
            (n, f"b{n:07d}", "张建国", "veteran", VILLAGE, millis) for n in range(1, people + 1)
        ],
        "balance (volunteer_id, minutes, points, records)": [(n, n, n // 60, 1) for n in range(1, people + 1)],
        "wechat_identity (id, kind, appid, openid, volunteer_id, following, union_checked, created_at)": [
            (n, "mp", mp_appid, f"mp-bench-{n:08d}", n, False, True, millis) for n in range(1, people + 1)
        ] + [
            (n + people, "oa", oa_appid, openid(n), n, True, True, millis) for n in range(1, people + 1)
        ],
        "session (token_hash, kind, identity_id, created_at, seen_at, expires_at)": [
            (token_hash(token(n)), "api", n, millis, millis, millis + 10**9) for n in range(1, people + 1)
        ],
        "signup (shift_id, activity_id, volunteer_id, state, created_at, updated_at)": [
            (shift.id, shift.activity_id, n, "confirmed", millis, millis) for n in range(1, people + 1)
        ],
    }  # fmt: skip
    with database.atomic():
        for target, values in rows.items():
            marks = ", ".join(["?" if database.dialect == "sqlite" else "%s"] * len(values[0]))
            database.cursor().executemany(f"INSERT INTO {target} VALUES ({marks})", values)
    key = shift.code_key
    store.release()
    if database.dialect == "sqlite":
        database.connect(reuse_if_open=True)
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
    database.close_all()
    return World("benchshift", key, people)

"""What a generated province lacks to be asked: some people of one county with WeChat and a session, open activities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import clock
import settings
from bench import world
from bench.chat import Chat
from demo.province.rows import put
from models import Activity, Position, RuleSet, Shift, store
from models.dialect import open_database
from queries import ranking
from services import codes

#: Open activities for each thousand people, and how many lines of a ranking are shown.
OPEN, SHOWN = 10, 40
CONSOLE = "bench-console"
MILLIS = 3_600_000


@dataclass(frozen=True)
class Asked:
    """Who asks: people of one county with a session each, one of them its administrator."""

    volunteers: int
    county: str
    people: list[int]
    shift_code: str
    shift_key: str
    year: str

    def acts(self) -> dict[str, Callable[[int], None]]:
        """What is measured, by name; each takes the number of the time."""
        from app import create_app

        config = settings.load(demo=True, clock_file="")
        client, chat, numbers = create_app(config).test_client(), Chat(config), count(1)

        def good(answer: Any) -> None:
            if answer.status_code // 100 != 2:
                raise RuntimeError(f"{answer.status_code}: {answer.get_data(as_text=True)}")

        def headers(number: int) -> dict[str, str]:
            person = self.people[number]
            return {"Authorization": f"Bearer {world.token(person)}", "Idempotency-Key": f"g-{next(numbers)}"}

        def check_in(number: int) -> None:
            code = codes.venue_code(
                shift_code=self.shift_code, shift_key=self.shift_key, direction="in", at=clock.now()
            )
            good(client.post("/api/v1/attendance/scans", json={"code": code}, headers=headers(number)))

        def hours(number: int) -> None:
            query, body = chat.sealed(world.openid(self.people[number]), "时长")
            good(client.post("/wechat/callback", query_string=query, data=body, content_type="text/xml"))

        def console(_number: int) -> None:
            client.set_cookie("console", CONSOLE)
            good(client.get("/console/people"))

        return {
            "check-in": check_in, "时长": hours,
            "activity list": lambda number: good(client.get("/api/v1/activities", headers=headers(number))),
            "ranking of a county": lambda _: _some(
                ranking.best(year=self.year, region_code=self.county, limit=SHOWN)
            ),
            "console list": console,
        }  # fmt: skip


def build(url: str, *, people: int) -> Asked:
    """Add what is missing to the database at `url`."""
    config = settings.load(demo=True, clock_file="")
    store.bind(open_database(url))
    with store.session():
        county, volunteers = _county()
        first, end = county, f"{county}:"
        asked = [row[0] for row in _ask(
            "SELECT id FROM volunteer WHERE region_code >= ? AND region_code < ? AND state = 'active' "
            "ORDER BY id LIMIT ?", first, end, people,
        )]  # fmt: skip
        if len(asked) < people:  # a small province has not so many in any county
            asked += [row[0] for row in _ask(
                "SELECT id FROM volunteer WHERE state = 'active' AND NOT (region_code >= ? AND region_code < ?) "
                "ORDER BY id LIMIT ?", first, end, people - len(asked),
            )]  # fmt: skip
        shift = store.write(lambda: _fill(config, asked, county, volunteers))
        (year,) = _ask("SELECT MAX(period) FROM period_minutes WHERE LENGTH(period) = 4")[0]
        store.current().execute_sql("ANALYZE signup")
    store.release()
    return Asked(volunteers, county, asked, shift.code, shift.code_key, year)


def _county() -> tuple[str, int]:
    rows = _ask("SELECT SUBSTR(region_code, 1, 6), COUNT(*) FROM volunteer GROUP BY 1 ORDER BY 2 DESC")
    return next(code for code, _ in rows if len(code) == 6), sum(many for _, many in rows)


def _fill(config: settings.Settings, people: list[int], county: str, volunteers: int) -> Shift:
    now, rule = clock.now(), RuleSet.get(RuleSet.kind == "hours")
    millis = clock.to_millis(now)
    put("wechat_identity", "kind appid openid volunteer_id following union_checked created_at", _identities(
        config, people, millis
    ))  # fmt: skip
    known = dict(_ask("SELECT volunteer_id, id FROM wechat_identity WHERE kind = 'mp'"))
    put("session", "token_hash kind identity_id created_at seen_at expires_at", (
        (codes.token_hash(world.token(person)), "api", known[person], millis, millis, millis + 24 * MILLIS)
        for person in people
    ))  # fmt: skip
    put("session", "token_hash kind volunteer_id csrf created_at seen_at expires_at", [
        (codes.token_hash(CONSOLE), "console", people[0], "csrf", millis, millis, millis + 12 * MILLIS)
    ])  # fmt: skip
    put("role_grant", "volunteer_id role region_code from_at", [(people[0], "region_admin", county, 0)])
    teams = [row[0] for row in _ask("SELECT id FROM team WHERE state IN ('regular', 'pilot') ORDER BY id")]
    made = volunteers * OPEN // 1000
    shifts = [_open(teams[number * len(teams) // made], number, now, rule) for number in range(made)]
    shift = _open(teams[0], made, now - timedelta(hours=24), rule, quota=len(people))
    put("signup", "shift_id activity_id volunteer_id state created_at updated_at", (
        (shift.id, shift.activity_id, person, "confirmed", millis, millis) for person in people
    ))  # fmt: skip
    assert len(shifts) == made
    return shift


def _identities(config: settings.Settings, people: list[int], millis: int) -> Iterator[tuple[Any, ...]]:
    for person in people:
        yield "mp", config.wechat_mp_appid, f"mp-growth-{person}", person, False, True, millis
        yield "oa", config.wechat_oa_appid, world.openid(person), person, True, True, millis


def _open(team: int, number: int, now: Any, rule: RuleSet, quota: int = 30) -> Shift:
    """An activity of a team: tomorrow's, or the one that is on now."""
    ((region, name),) = _ask("SELECT region_code, name FROM team WHERE id = ?", team)
    begins = now + timedelta(hours=24) - timedelta(minutes=10)
    activity = Activity.create(
        code=f"grow{number}", team=team, region_code=region, title=f"{name}巡堤", domain="D3", sub_domain="flood",
        place="大堤", risk_notice="注意安全", starts_at=begins, ends_at=begins + timedelta(hours=6),
        local_day=clock.local_day(begins).isoformat(), signup_opens_at=now - timedelta(days=2), signup_closes_at=begins,
        hours_rule=rule, state="published", code_life=120, openness="everyone", created_at=now,
    )  # fmt: skip
    return Shift.create(
        code=f"grow{number}", activity=activity, position=Position.create(activity=activity, name="队员", quota=quota),
        starts_at=begins, ends_at=activity.ends_at, planned_ends_at=activity.ends_at, quota=quota + 1,
        taken=quota if quota > 30 else 0, code_key=codes.new_shift_key(),
    )  # fmt: skip


def _ask(sql: str, *values: object) -> list[Any]:
    return list(store.current().execute_sql(sql, values).fetchall())


def _some(found: list[Any]) -> None:
    if not found:
        raise RuntimeError("nobody is ranked")

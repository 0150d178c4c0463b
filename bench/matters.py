"""What happens in a province in a year: activities, records, applications, papers, changes, and who looked at what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import clock
from demo.province.rows import put
from models import RuleSet, store

#: Whose counts tell how large the province is.
TABLES = (
    "team_member", "activity", "service_record", "period_minutes", "application", "qualification", "audit_entry",
    "history", "delivery", "redemption",
)  # fmt: skip
DAY = 86_400_000
DOMAINS = ("D1", "D2", "D3", "D4")


def fill(*, places: Sequence[str], people: int, now: datetime, random: Random) -> None:
    """Everything that hangs on teams (1 … len(places)) and people (1 … people)."""
    _Year(places, people, now, random).fill()


class _Year:
    def __init__(self, places: Sequence[str], people: int, now: datetime, random: Random) -> None:
        self.places, self.people, self.random, self.now = places, people, random, now
        self.millis = clock.to_millis(now)
        rows = store.current().execute_sql("SELECT id FROM rule_set WHERE kind = 'hours'")
        self.rule = rows.fetchone()[0]
        #: What records belong to: (team, begin) of each activity, by its number from 1 on.
        self.held: list[tuple[int, datetime]] = []

    def fill(self) -> None:
        self._service()
        self._recruitment()
        self._lives()
        self._house()
        self._mall()

    def _person(self) -> int:
        return self.random.randrange(3, self.people + 1)

    def _team(self) -> int:
        return self.random.randrange(1, len(self.places) + 1)

    def _moment(self) -> int:
        return self.millis - self.random.randrange(330 * DAY)

    def _service(self) -> None:
        put("balance", "volunteer_id minutes points records", (
            (n, self.random.randrange(6000), 0, 1) for n in range(1, self.people + 1)
        ))  # fmt: skip
        periods = (str(self.now.year), str(self.now.year - 1))
        put("period_minutes", "volunteer_id period region_code minutes records", (
            (n, period, self.places[n % len(self.places)], self.random.randrange(60, 6000), 1)
            for n in range(3, self.people + 1) if n % 3 for period in periods
        ))  # fmt: skip
        put("activity", (
            "id code team_id region_code title domain sub_domain place risk_notice state starts_at ends_at local_day "
            "signup_opens_at signup_closes_at hours_rule_id created_at"
        ), (self._activity(number) for number in range(1, 2 * len(self.places) + 1)))  # fmt: skip
        put("activity_report", "activity_id served summary at updated_at", (
            (number, self.random.randrange(80), "清理了河岸", self.millis, self.millis)
            for number in range(1, len(self.held) + 1) if number % 2
        ))  # fmt: skip
        put("service_record", (
            "activity_id team_id volunteer_id region_code local_day source state in_at out_at minutes rule_set_id "
            "national_state created_at updated_at"
        ), (self._record(number) for number in range(self.people)))  # fmt: skip

    def _activity(self, number: int) -> tuple[Any, ...]:
        team = self._team()
        begin = self.now - timedelta(days=self.random.randrange(1, 330))
        self.held.append((team, begin))
        first = clock.to_millis(begin)
        return (
            number, f"a{number:07d}", team, self.places[team - 1], "清洁河岸", self.random.choice(DOMAINS), "eco",
            "河岸", "注意安全", "ended", first, first + 7_200_000, clock.local_day(begin).isoformat(), first - DAY,
            first, self.rule, first,
        )  # fmt: skip

    def _record(self, number: int) -> tuple[Any, ...]:
        elsewhere = number % 50 == 0
        activity = self.random.randrange(len(self.held))
        team, moment = self.held[activity]
        begin = clock.to_millis(moment)
        day = clock.local_day(moment).isoformat()
        state = self.random.choice(("confirmed",) * 9 + ("pending",))
        return (
            None if elsewhere else activity + 1, team, self._person(), self.places[team - 1], day,
            "transferred" if elsewhere else "scan", state, begin, begin + 7_200_000, 120, self.rule,
            "yes" if number % 2 else "no", begin, begin,
        )  # fmt: skip

    def _recruitment(self) -> None:
        count = self.people // 10
        put("application", "id code route state team_id volunteer_id statement created_at decided_at", (
            (n, f"p{n:07d}", "self" if n % 3 else "organisation",
             "submitted" if n % 6 == 0 else "offered" if n % 13 == 0 else "approved", self._team(), n + 10,
             "我愿意参加", self._moment(), None)
            for n in range(1, count + 1)
        ))  # fmt: skip
        put("reference", "application_id asked asked_count favourable at", (
            (n, "邻居三人", 3, True, self._moment()) for n in range(1, count + 1) if n % 2
        ))  # fmt: skip
        put("qualification", "volunteer_id kind name expires_on state created_at", (
            (self._person(), "rescue", "救护员证", f"{self.now.year + n % 3}-0{n % 9 + 1}-01",
             "stated" if n % 10 == 0 else "verified", self._moment())
            for n in range(self.people // 5)
        ))  # fmt: skip
        skills = [row[0] for row in store.current().execute_sql("SELECT code FROM skill")]
        put("volunteer_skill", "volunteer_id skill_code at", (
            (n, self.random.choice(skills), self.millis) for n in range(3, self.people + 1)
        ))  # fmt: skip
        begun = store.current().execute_sql("SELECT id, region_code FROM team WHERE state = 'founding'")
        put("founding", "team_id state reviewing_region submitted_at created_at", (
            (team, "submitted" if n % 2 else "draft", code[:6], self.millis, self.millis)
            for n, (team, code) in enumerate(begun.fetchall())
        ))  # fmt: skip

    def _lives(self) -> None:
        last = len(self.places)
        moves = ((n, self._team(), self._team(), self._moment()) for n in range(last // 4))
        columns = "code volunteer_id from_team_id to_team_id from_region to_region state created_at ended_at"
        put("home_transfer", columns, (
            (f"h{n:06d}", n + 100, a, b, self.places[a - 1], self.places[b - 1], *(
                ("done", when, when) if n % 9 else ("requested", when, None)
            ))
            for n, a, b, when in moves
        ))  # fmt: skip
        put("death_report", "volunteer_id region_code state at", (
            (self.people - n, self.places[n % last], "confirmed" if n % 9 else "reported", self._moment())
            for n in range(last // 5)
        ))  # fmt: skip
        put("person_card", "volunteer_id code_hash serial issued_at", (
            (n + 5, f"card{n}", f"C{n:06d}", self._moment()) for n in range(last)
        ))  # fmt: skip
        put("rule_exception", "rule subject region_code facts reason at", (
            (self.random.choice(("S23", "S26", "S29", "S79")), f"team:{team}", self.places[team - 1], "{}", "人手不够",
             self._moment())
            for team in (self._team() for _ in range(last // 2))
        ))  # fmt: skip
        put("wechat_identity", "id kind appid openid volunteer_id following created_at", (
            (n, "oa", "bench", f"o{n:08d}", n, True, self.millis) for n in range(1, self.people // 10)
        ))  # fmt: skip
        put("recovery", "code volunteer_id identity_id way state created_at", (
            (f"r{n:06d}", n, n, "station", "waiting" if n % 9 == 0 else "done", self._moment())
            for n in range(10, last // 5)
        ))  # fmt: skip

    def _house(self) -> None:
        put("audit_entry", "actor_id verb subject detail at region_code", (
            (self._person(), "reveal" if n % 9 else "export", f"volunteer:{self._person()}", "{}",
             self.millis - (self.people - n) * 60_000, self.random.choice(self.places))
            for n in range(self.people)
        ))  # fmt: skip
        put("history", "subject verb actor_id changes at", (
            (f"team:{self._team()}", "team_edited", self._person(), "{}", self._moment()) for _ in range(self.people)
        ))  # fmt: skip
        put("notice", "id kind team_id text recipients created_at", (
            (n, "broadcast", self._team(), "明天集合", 40, self._moment()) for n in range(1, 5001)
        ))  # fmt: skip
        put("delivery", "notice_id volunteer_id kind dedupe_key state title body data due_at created_at", (
            (n % 5000 + 1, self._person(), "broadcast", f"d{n}", "sent", "通知", "明天集合", "{}", self.millis,
             self.millis)
            for n in range(self.people)
        ))  # fmt: skip
        put("bind_invite", "token volunteer_id role region_code created_at expires_at", self._invites())
        put("import_batch", "code kind region_code file_name file_hash state total done created_at", (
            (f"b{n:05d}", "people", self.places[n % len(self.places)][:6], f"名单{n}.xlsx", f"{n}", "applied", 500, 500,
             self._moment())
            for n in range(2000)
        ))  # fmt: skip

    def _mall(self) -> None:
        """A shelf in every county, every second person at it once; some debts."""
        default = RuleSet.get(RuleSet.kind == "modules", RuleSet.region_code == "")
        RuleSet.create(
            kind="modules", region_code="", version=default.version + 1, valid_from=self.now,
            params=json.dumps({**json.loads(default.params), "mall": True}),
        )  # fmt: skip
        counties = sorted({code[:6] for code in self.places if len(code) >= 6})
        shelf = [(county, title) for county in counties for title in ("大米", "食用油", "毛巾", "理发") * 10]
        put("reward", (
            "id code region_code place_region title price supply stock stars per_person from_on place state created_at "
            "updated_at"
        ), (
            (n, f"w{n:06d}", county, county, title, 10 + n % 90, 1000, 900, n % 6, 2, "2026-01-01", "一楼",
             "open" if n % 9 else "closed", self.millis, self.millis)
            for n, (county, title) in enumerate(shelf, 1)
        ))  # fmt: skip
        states = ("handed",) * 6 + ("waiting", "cancelled", "returned", "refunded")
        put("redemption", (
            "code digits reward_id volunteer_id region_code title price place state door paper idem_key due_on "
            "created_at ended_why"
        ), (
            (f"x{n:07d}", f"{n:08d}", n % len(shelf) + 1, n * 2 + 3, *shelf[n % len(shelf)], 10, "一楼",
             self.random.choice(states), "pages", not n % 20, f"b{n}",
             f"2026-{n % 12 + 1:02d}-15", self._moment(), "")
            for n in range(self.people // 2 - 2)
        ))  # fmt: skip
        put("point_debt", "volunteer_id region_code points reason since cleared_at", (
            (n, self.random.choice(counties), n % 90 + 1, "核查不实", self.millis, None if n % 3 else self.millis)
            for n in range(10, self.people // 100)
        ))  # fmt: skip

    def _invites(self) -> Iterator[tuple[Any, ...]]:
        first = self.people + 1
        count = len(self.places) // 10
        put("volunteer", "id public_no name identity region_code state created_at", (
            (first + n, f"w{n:07d}", "新干部", "staff", self.places[n], "invited", self.millis) for n in range(count)
        ))  # fmt: skip
        for n in range(count):
            yield (f"i{n:06d}", first + n, "liaison", self.places[n], self.millis, self.millis + 30 * DAY)

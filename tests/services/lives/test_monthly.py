"""The monthly sheet: what was served in the month, by person and team."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import ServiceRecord, store
from services.errors import RefusalCode
from services.lives import monthly
from services.parts import Parts
from tests.support import world
from tests.support.world import VILLAGE, World


def _served(
    cast: World, at: datetime, day: str, minutes: int, state: str = "confirmed", source: str = "scan"
) -> None:
    def act() -> None:
        activity, shift = world.make_activity(at, cast.team, title="清洁河岸")
        ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=VILLAGE, local_day=day,
            in_at=at, out_at=at + timedelta(minutes=minutes), minutes=minutes, state=state,
            rule_set=cast.hours_rule, created_at=at, updated_at=at, source=source,
        )  # fmt: skip

    store.write(act)


def test_month_of_person_and_team(cast: World, parts: Parts, at: datetime) -> None:
    for day, minutes, state in (
        ("2025-12-31", 10, "confirmed"),
        ("2026-05-31", 10, "confirmed"), ("2026-06-01", 90, "confirmed"), ("2026-06-30", 20, "pending"),
        ("2026-06-15", 40, "void"), ("2026-07-01", 10, "confirmed"),
    ):  # fmt: skip
        _served(cast, at, day, minutes, state)
    leader = cast.actor(cast.ali, "console")
    mine = monthly.person(
        actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, month="2026-06", at=at
    )
    assert (mine.confirmed, mine.waiting, [line.local_day for line in mine.lines]) == (
        90, 20, ["2026-06-01", "2026-06-30"],
    )  # fmt: skip
    assert mine.year == 100  # what was confirmed from January to the end of June
    shown = monthly.team(actor=leader, code=cast.team.code, month="2026-06", at=at)
    assert [one.year for one in shown.people] == [0, 100]
    assert [(one.name, one.confirmed) for one in shown.people] == [("李阿丽", 0), ("王小博", 90)]
    facts = {"parts": parts, "actor": leader, "month": "2026-06", "at": at}
    assert monthly.person_pdf(public_no=cast.xiaobo.public_no, **facts).startswith(b"%PDF-")
    short = monthly.team_pdf(code=cast.team.code, each=False, **facts)
    assert len(monthly.team_pdf(code=cast.team.code, each=True, **facts)) > len(short)
    assert monthly.person_pdf(public_no=cast.ali.public_no, **facts).startswith(b"%PDF-")


def test_made_up_hours_are_said_beside_the_totals(cast: World, at: datetime) -> None:
    for day, minutes, state, source in (
        ("2026-05-31", 10, "confirmed", "supplement"), ("2026-06-01", 90, "confirmed", "scan"),
        ("2026-06-02", 30, "confirmed", "supplement"), ("2026-06-03", 15, "pending", "supplement"),
        ("2026-06-04", 500, "confirmed", "transferred"),
    ):  # fmt: skip
        _served(cast, at, day, minutes, state, source)
    mine = monthly.person(
        actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, month="2026-06", at=at
    )
    assert (mine.confirmed, mine.made_up, mine.year, mine.year_made_up) == (120, 30, 130, 40)
    assert monthly._with(mine.confirmed, mine.made_up) == "2 小时（其中补录 30 分钟）"
    assert monthly._with(90, 0) == "1 小时 30 分钟"


def test_whose_month_is_none_of_his(cast: World, at: datetime, refusal: Any) -> None:
    stranger = cast.actor(cast.chali)
    team = {"code": cast.team.code, "month": "2026-06", "at": at}
    assert refusal(monthly.team, actor=stranger, **team) == RefusalCode.NOT_FOUND
    assert refusal(monthly.team, actor=cast.actor(cast.xiaobo), **team) == RefusalCode.NOT_ALLOWED
    assert refusal(monthly.team, actor=stranger, **{**team, "code": "none"}) == RefusalCode.NOT_FOUND
    facts = {"public_no": cast.xiaobo.public_no, "month": "2026-06", "at": at}
    assert refusal(monthly.person, actor=stranger, **facts) == RefusalCode.NOT_FOUND
    bad = {**facts, "month": "2026-13"}
    assert refusal(monthly.person, actor=cast.actor(cast.ali), **bad) == RefusalCode.BAD_REQUEST


def test_words_of_minutes_and_month(at: datetime) -> None:
    assert [monthly.duration(minutes) for minutes in (0, 59, 60, 90)] == [
        "0 分钟", "59 分钟", "1 小时", "1 小时 30 分钟",
    ]  # fmt: skip
    assert [monthly.month_of(text, at) for text in ("2026-05", "", "2026-5")] == [
        "2026-05",
        "2026-06",
        "2026-06",
    ]

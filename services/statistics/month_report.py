"""The month in numbers, pushed to each director a few days into the next one, once (S119).

What was told is kept as it was that day; the page behind the message shows the figures of now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from clock import local_day
from models import Centre, MonthReport, TeamIdle, store
from models.store import Write
from services import regions
from services.dates import month_after, month_of, period
from services.messaging import telling
from services.rules import Everywhere
from services.statistics import figures
from services.statistics.figures import Asked, Line

#: Centres in one write.
BATCH = 50
FIGURES = (
    "teams", "members", "active", "activities", "attendances", "minutes", "transferred", "served", "hand_activities",
)  # fmt: skip
#: A worker that stood still sends up to this day of the month; then the next one comes.
LAST_DAY = 25


def push_due(*, at: datetime, write: Write = store.write) -> int:
    """Send last month's figures to the directors of divisions that have teams, from the day that policy says; once.

    Answers how many directors were told.
    """
    today = local_day(at)
    if today.day > LAST_DAY:
        return 0
    month = month_after(month_of(today), -1)
    rules = Everywhere("activeness", at)
    made = {row.region_code for row in MonthReport.select(MonthReport.region_code).where(MonthReport.month == month)}
    due = [
        centre
        for centre in Centre.select().where(Centre.director_id.is_null(False)).order_by(Centre.region_code)
        if centre.region_code not in made and today.day >= int(rules.of(centre.region_code).params["report_day"])
    ]
    if not due:
        return 0
    sums = _sums(month, at)
    due = [centre for centre in due if sums[centre.region_code].get("teams")]
    return sum(
        write(partial(_push, due[start : start + BATCH], month, sums, at)) for start in range(0, len(due), BATCH)
    )


def _sums(month: str, at: datetime) -> dict[str, dict[str, int]]:
    """The month's figures of every division, with all below it."""
    chosen = period(month)
    assert chosen is not None
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for top in regions.children(""):
        asked = Asked(top.code, chosen, finest=True)
        for line in figures.counted(asked, at).values():
            for code in regions.lineage(line.key):
                _add(found[code], line)
    idle = TeamIdle.select(TeamIdle.region_code).where(TeamIdle.ended_at.is_null(), TeamIdle.step == 1)
    for row in idle:
        for code in regions.lineage(row.region_code):
            found[code]["idle"] += 1
    return found


def _add(sums: dict[str, int], line: Line) -> None:
    for name in FIGURES:
        sums[name] += getattr(line, name) or 0


def _push(centres: list[Centre], month: str, sums: Mapping[str, Mapping[str, int]], at: datetime) -> int:
    told = 0
    for centre in centres:
        code = str(centre.region_code)
        facts: dict[str, Any] = {**sums[code]}
        put = MonthReport.insert(region_code=code, month=month, figures=facts, made_at=at).on_conflict_ignore()
        put.execute()
        told += telling.tell(
            kind="month_report", people=[centre.director_id], key=f"{code}:{month}", at=at,
            url=f"/console/statistics?region={code}&period={month}", place=regions.name_of(code),
            month=int(month[5:]), count=facts.get("activities", 0), attendances=facts.get("attendances", 0),
            hours=(facts.get("minutes", 0) - facts.get("transferred", 0)) // 60, teams=facts.get("teams", 0),
            active=facts.get("active", 0), idle=facts.get("idle", 0),
        )  # fmt: skip
    return told

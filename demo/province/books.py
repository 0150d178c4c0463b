"""The two books and every total beside them, derived from the confirmed records in one statement each.

Entry by entry it would be `services.bookkeeping.books`, ten million times; what stands here is what stands there
then, and the tests hold the one against the other.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from clock import to_millis
from demo.province.rows import put
from demo.province.service import Roster
from demo.province.span import DAY, Span
from models import store
from models.dialect import translate
from services.bookkeeping.earning import is_plain
from services.bookkeeping.points import lasts_until
from services.bookkeeping.reckoning import points_for
from services.dates import months_between
from services.messaging.notices import duration
from services.rules import Rule
from wording import say

#: Hours that somebody brought along, of all records.
BROUGHT = 50
LONGEST = 600
RECORD = (
    "team_id volunteer_id region_code local_day source state minutes why closed_by by_hand rule_set_id confirmed_by_id "
    "confirmed_at created_at updated_at"
)
MINUTES = """
INSERT INTO minute_entry (volunteer_id, amount, kind, record_id, team_id, region_code, local_day, rule_set_id, idem_key,
                          actor_id, created_at)
SELECT volunteer_id, minutes, CASE WHEN source = 'transferred' THEN source ELSE 'service' END, id, team_id, region_code,
       local_day, rule_set_id, 'hours:rec:' || id || ':v1', confirmed_by_id, confirmed_at
FROM service_record WHERE state = 'confirmed' AND minutes > 0 AND id > ? AND id <= ? ORDER BY id
"""
POINTS = """
INSERT INTO point_entry (volunteer_id, amount, kind, record_id, region_code, local_day, rule_set_id, idem_key, actor_id,
                         note, created_at, expires_on)
SELECT r.volunteer_id, w.points, 'service', r.id, r.region_code, r.local_day, ?, 'points:rec:' || r.id || ':v1',
       r.confirmed_by_id, w.note, r.confirmed_at, m.expires_on
FROM service_record r JOIN made_worth w ON w.minutes = r.minutes
JOIN made_month m ON m.month = substr(r.local_day, 1, 7)
WHERE r.state = 'confirmed' AND r.source <> 'transferred' AND w.points > 0 AND r.id > ? AND r.id <= ? ORDER BY r.id
"""
MONTHS = """
INSERT INTO period_minutes (volunteer_id, period, region_code, minutes, records)
SELECT volunteer_id, substr(local_day, 1, 7), MIN(region_code), SUM(amount), COUNT(*) FROM minute_entry
GROUP BY volunteer_id, substr(local_day, 1, 7)
"""
YEARS = """
INSERT INTO period_minutes (volunteer_id, period, region_code, minutes, records)
SELECT volunteer_id, substr(period, 1, 4), MIN(region_code), SUM(minutes), SUM(records) FROM period_minutes
GROUP BY volunteer_id, substr(period, 1, 4)
"""
BALANCES = """
INSERT INTO balance (volunteer_id, minutes, points, records)
SELECT v.id, COALESCE(p.minutes, 0), COALESCE(e.points, 0), COALESCE(p.records, 0) FROM volunteer v
LEFT JOIN (SELECT volunteer_id, SUM(minutes) AS minutes, SUM(records) AS records FROM period_minutes
           WHERE LENGTH(period) = 4 GROUP BY volunteer_id) p ON p.volunteer_id = v.id
LEFT JOIN (SELECT volunteer_id, SUM(amount) AS points FROM point_entry GROUP BY volunteer_id) e ON e.volunteer_id = v.id
ORDER BY v.id
"""
BROUGHT_MONTHS = """
INSERT INTO service_month (month, region_code, team_id, domain, kind, speciality, activities, attendances, minutes,
                           supplement, transferred, served)
SELECT substr(r.local_day, 1, 7), r.region_code, r.team_id, '', t.kind, t.speciality, 0, 0, SUM(r.minutes), 0,
       SUM(r.minutes), 0
FROM service_record r JOIN team t ON t.id = r.team_id WHERE r.source = 'transferred' AND r.id > ?
GROUP BY substr(r.local_day, 1, 7), r.region_code, r.team_id, t.kind, t.speciality
"""
MONTHS_TO_YEARS = """
INSERT INTO service_month (month, region_code, team_id, domain, kind, speciality, activities, attendances, minutes,
                           supplement, transferred, served)
SELECT substr(month, 1, 4), region_code, team_id, domain, kind, speciality, SUM(activities), SUM(attendances),
       SUM(minutes), SUM(supplement), SUM(transferred), SUM(served)
FROM service_month GROUP BY substr(month, 1, 4), region_code, team_id, domain, kind, speciality
"""
STEP = 500_000


def bring_along(rng: Random, rosters: list[Roster], *, count: int, rule: int, span: Span) -> None:
    """So many records of hours from before, confirmed on the day somebody joined; they bring no points."""
    places = [rng.randrange(rosters[-1].people.stop - 1) + 1 for _ in range(count)]
    places.sort()
    team = iter(rosters)
    one = next(team)
    rows = []
    first = span.midnight(span.first)
    for person in places:
        while person not in one.people:
            one = next(team)
        place = person - one.people.start
        day = one.joined[place]
        at = min(first + day * DAY + 20 * 3_600_000, to_millis(span.at))
        by = one.people[0] if place else one.people[1]
        rows.append((
            one.plan.id, person, one.plan.region_code, span.day(day).isoformat(), "transferred", "confirmed",
            rng.choice((20, 30, 45, 70, 85, 120)) * 60, "counted", "leader", True, rule, by, at, at, at,
        ))  # fmt: skip
    put("service_record", RECORD, rows)


def keep(*, scanned: int, records: int, points: Rule, span: Span, step: Callable[[int], None]) -> None:
    """Both books and all totals; `scanned` of the records came from activities, the ids of the others are higher."""
    if not is_plain(points.params) or any(points.params[name] for name in ("day_cap", "month_cap", "year_cap")):
        raise ValueError("a fresh database has plain points")
    _tables(points, span)
    if store.current().dialect == "postgres":
        _run("ANALYZE service_record, made_worth, made_month")
    for after in range(0, records, STEP):
        _run(MINUTES, after, after + STEP)
        step(min(after + STEP, records))
    for after in range(0, records, STEP):
        _run(POINTS, points.id, after, after + STEP)
        step(min(records + after + STEP, 2 * records))
    for number, (sql, *values) in enumerate(
        ((MONTHS,), (YEARS,), (BALANCES,), (BROUGHT_MONTHS, scanned), (MONTHS_TO_YEARS,)), 1
    ):
        _run(sql, *values)
        step(2 * records + number * records // 5)


def _tables(points: Rule, span: Span) -> None:
    """What minutes are worth, in points and words, and when points of a month end, for the statements to look up."""
    rate, lasting = int(points.params["per_hour"]), int(points.params["expiry_months"])
    _run("CREATE TEMPORARY TABLE made_worth (minutes INTEGER PRIMARY KEY, points INTEGER, note TEXT)")
    _run("CREATE TEMPORARY TABLE made_month (month TEXT PRIMARY KEY, expires_on TEXT)")
    worth = [(minutes, points_for(minutes, rate)) for minutes in range(1, LONGEST)]
    put("made_worth", "minutes points note", [
        (minutes, brought, say("points.why.service", minutes=duration(minutes), rate=rate)
         + say("points.why.makes", points=brought))
        for minutes, brought in worth
    ])  # fmt: skip
    put("made_month", "month expires_on", [
        (month, lasts_until(local_day=f"{month}-01", months=lasting))
        for month in months_between(span.first.isoformat()[:7], span.today.isoformat()[:7])
    ])  # fmt: skip


def _run(sql: str, *values: object) -> None:
    database = store.current()
    database.execute_sql(translate(sql, database.dialect), values)

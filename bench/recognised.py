"""Stars and benefits of a province in every state: a third of its people, as after the first year."""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import local_day, to_millis
from models import RuleSet, store

#: One star of every third person: of ten, six are awarded, two in review, one stands in public, one was refused.
STARS = """
INSERT INTO star_award (code, volunteer_id, star, region_code, at_region, state, origin, minutes, step_hours,
                        with_brought, rule_set_id, merits, why, notice_from, notice_until, notice_days, awarded_on,
                        ended_why, created_at)
SELECT 'bench' || CAST(v.id AS TEXT), v.id, CASE WHEN v.id / 3 % 7 = 0 THEN 3 ELSE 1 END, v.region_code,
       CASE WHEN v.id / 3 % 7 = 0 THEN substr(v.region_code, 1, 4) ELSE substr(v.region_code, 1, 6) END,
       CASE WHEN v.id / 3 % 10 < 6 THEN 'awarded' WHEN v.id / 3 % 10 < 8 THEN 'review' WHEN v.id / 3 % 10 < 9 THEN
       'announced' ELSE 'refused' END,
       'rule', 7000, 100, ?, CAST(? AS BIGINT), '', '', ?, ?, 5, CASE WHEN v.id / 3 % 10 < 6 THEN ? END, '',
       CAST(? AS BIGINT) + v.id
FROM volunteer v WHERE v.id / 3 * 3 = v.id AND v.id > 2
"""
#: A benefit of every county, some with a star, a bus with counted uses; done for a quarter of the people.
BENEFITS = """
INSERT INTO benefit (code, region_code, provider, kind, name, content, phone, min_star, honour, min_years, member,
                     min_age, max_age, from_on, uses, per, used, state, created_at, updated_at)
SELECT 'bench' || r.code, r.code, '公交公司', 'bus', '免费坐公交', '', '', 1, '', 0, ?, 0, 0, ?, 4, 'day', 0, 'open',
       CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM region r WHERE r.level = 3 OR r.code = '34'
"""
GRANTS = """
INSERT INTO benefit_grant (benefit_id, volunteer_id, given_on, until_on, at)
SELECT b.id, v.id, ?, ?, CAST(? AS BIGINT) FROM volunteer v
JOIN benefit b ON b.region_code = substr(v.region_code, 1, 6) WHERE v.id / 4 * 4 = v.id
"""
USES = """
INSERT INTO benefit_use (benefit_id, volunteer_id, period, token_hash, at)
SELECT b.id, v.id, ?, 'bench' || CAST(v.id AS TEXT), CAST(? AS BIGINT) FROM volunteer v
JOIN benefit b ON b.region_code = substr(v.region_code, 1, 6) WHERE v.id / 6 * 6 = v.id
"""


def fill(*, now: datetime) -> None:
    """All of it; what is announced runs for two days more."""
    rule = RuleSet.get(RuleSet.kind == "stars", RuleSet.region_code == "").id
    millis, day = to_millis(now), local_day(now)
    first, last = ((day + timedelta(days=days)).isoformat() for days in (-5, 2))
    today = day.isoformat()
    database = store.current()
    for text, values in (
        (STARS, (True, rule, first, last, first, millis - 10**9)), (BENEFITS, (False, first, millis, millis)),
        (GRANTS, (first, last, millis)), (USES, (today, millis)),
    ):  # fmt: skip
        mark = "%s" if database.dialect == "postgres" else "?"
        statement = text.replace("%", "%%").replace("?", mark) if database.dialect == "postgres" else text
        database.execute_sql(statement, values)

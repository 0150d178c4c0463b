"""What lies below a division is read as a range of an index: the plans of the lists and the overview, as asked.

Every statement of a page is taken as it runs and its plan read; a large table looked at from end to end fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from models import store
from models.dialect import translate
from queries import statistics as sql
from services.access import people_list
from services.activeness import views as activeness
from services.bookkeeping import debts
from services.listing import Wanted
from services.mall import rewards
from services.mall import views as redemptions
from services.national import entries, people
from services.organisation import centres, exceptions, region_views, team_list, teams
from services.reporting import reference_views
from services.statistics import coverage, figures, hand
from services.statistics.overview import overview
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, World

#: Tables that a province fills with thousands of rows and more.
LARGE = {
    "region", "team", "volunteer", "activity", "service_record", "team_member", "rule_exception", "period_minutes",
    "service_month", "team_month", "team_year", "hand_figure", "reference_row",
    "redemption", "point_debt",
}  # fmt: skip
LISTS: dict[str, Callable[[Any, datetime], Any]] = {
    "overview": lambda actor, at: overview(actor=actor, region_code=COUNTY, at=at),
    "gaps": lambda actor, at: coverage.gaps(actor=actor, wanted=Wanted(), at=at),
    "teams": lambda actor, at: teams.listed(actor=actor, wanted=Wanted(), at=at),
    "led teams": lambda actor, at: team_list.led(actor=actor, wanted=Wanted(), at=at),
    "regions": lambda actor, at: region_views.listed(actor=actor, wanted=Wanted(text="村"), at=at),
    "centres": lambda actor, at: centres.listed(actor=actor, wanted=Wanted(), at=at),
    "people": lambda actor, at: people_list.people(
        parts=make_parts(FakeGateway()), actor=actor, wanted=Wanted(), at=at
    ),
    "exceptions": lambda actor, at: exceptions.report(actor=actor, wanted=Wanted(), at=at),
    "records to enter": lambda actor, at: entries.listed(
        parts=make_parts(FakeGateway()), actor=actor, wanted=Wanted(), at=at
    ),
    **{
        f"statistics by {by}": lambda actor, at, by=by: figures.statistics(
            actor=actor, wanted=Wanted(filters={"by": by, "period": "2026-05"}), at=at
        )
        for by in ("division", "team")
    },
    "activeness of divisions": lambda actor, at: activeness.divisions(actor=actor, wanted=Wanted(), at=at),
    "activeness of teams": lambda actor, at: activeness.teams(actor=actor, wanted=Wanted(), at=at),
    "rewards": lambda actor, at: rewards.listed(actor=actor, wanted=Wanted(), at=at),
    "redemptions": lambda actor, at: redemptions.listed(actor=actor, wanted=Wanted(), at=at),
    "debts": lambda actor, at: debts.listed(actor=actor, wanted=Wanted(), at=at),
    "reports": lambda actor, at: reference_views.listed(actor=actor, wanted=Wanted(), at=at),
    "figures by hand": lambda actor, at: hand.listed(actor=actor, wanted=Wanted(), at=at),
    "not registered": lambda actor, at: people.worklist(
        actor=actor, which="unregistered", wanted=Wanted(), at=at
    ),
}  # fmt: skip


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """The SELECTs that run inside, with their values."""
    seen: list[tuple[str, Any]] = []
    kind = type(store.current())
    original = kind._execute_cursor

    def spy(self: Any, sql: str, params: Any = None, **more: Any) -> Any:
        if sql.lstrip().startswith("SELECT"):
            seen.append((sql, params))
        return original(self, sql, params, **more)

    kind._execute_cursor = spy  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        kind._execute_cursor = original  # type: ignore[method-assign]


def looked_at_whole(statement: str, values: Any, among: set[str] = LARGE) -> set[str]:
    """The large tables that this statement reads from end to end."""
    database = store.current()
    if database.dialect == "sqlite":
        plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
        names = {alias: name for name, alias in re.findall(r'(?:FROM|JOIN) "?(\w+)"? (?:AS )?"?(\w+)"?', statement)}
        scans = [match[1] for line in plan if (match := re.match(r"SCAN (\w+)", line))]
        return {names.get(each, each) for each in scans} & among
    lines = [row[0] for row in database.execute_sql(f"EXPLAIN {statement}", values).fetchall()]
    return {match[1] for line in lines if (match := re.search(r"Seq Scan on (\w+)", line))} & among


@pytest.mark.parametrize("name", LISTS)
def test_a_county_is_read_as_a_range(cast: World, at: datetime, name: str) -> None:
    with asked() as seen:
        LISTS[name](cast.actor(cast.officer), at)
    database = store.current()
    if database.dialect == "postgres":  # a table of five rows is always quicker read whole
        database.execute_sql("SET enable_seqscan = off")
    assert seen
    for statement, values in seen:
        assert looked_at_whole(statement, values) == set(), statement


RANGES = {
    name: getattr(sql, name)
    for name in ("SUMS", "TEAMS", "TEAM_STATES", "ACTIVE", "ACTIVITIES", "DOMAINS", "GAP_COUNTS", "NAMES", "EXPECTED")
}  # fmt: skip


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", RANGES)
def test_a_static_query_seeks_the_range_of_codes(db: Any, name: str) -> None:
    statement = translate(RANGES[name], "sqlite")
    plan = db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", ["1"] * statement.count("?")).fetchall()
    assert any(re.search(r"SEARCH .*code>\? AND .*code<\?", row[3]) for row in plan), plan


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_control_a_condition_without_a_range_reads_the_table_whole(db: Any) -> None:
    assert looked_at_whole("SELECT t.id FROM team t WHERE SUBSTR(t.region_code, 1, 6) = ?", ["341522"]) == {"team"}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_was_not_scanned_is_counted_from_its_own_small_index(db: Any) -> None:
    statement = translate(sql.APART, "sqlite")
    plan = db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", ["2026", "2026-01-01", "2026-:"]).fetchall()
    assert any("USING INDEX service_record_apart" in row[3] for row in plan), plan


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["made_up", "by_hand"])
def test_records_that_came_another_way_have_an_index_of_their_own(cast: World, at: datetime, way: str) -> None:
    wanted = Wanted(filters={"way": {"made_up": "supplement", "by_hand": "hand"}[way]})
    with asked() as seen:
        entries.listed(parts=make_parts(FakeGateway()), actor=cast.actor(cast.officer), wanted=wanted, at=at)
    plans = [
        row[3]
        for statement, values in seen if "service_record" in statement
        for row in store.current().execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    ]  # fmt: skip
    assert any(f"service_record_{way}" in plan for plan in plans), plans

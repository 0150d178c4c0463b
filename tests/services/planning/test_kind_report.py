"""What was done by kind of venue, domain and service (S15, S55)."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Activity, ActivityReport, ServiceRecord, store
from services.listing import Wanted
from services.planning import kind_report
from services.planning.results import Result
from tests.support.world import OTHER_TOWN, VILLAGE, World, make_activity

HOUR = timedelta(hours=1)


def _held(
    cast: World, at: datetime, venue: str, days: int = 1, purpose: str = "service", state: str = "confirmed"
) -> None:
    def make() -> None:
        activity, shift = make_activity(at, cast.team, starts_in=-24 * days * HOUR, state="ended")
        Activity.update(venue_kind=venue, purpose=purpose).where(Activity.id == activity.id).execute()
        ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=VILLAGE,
            local_day=activity.local_day, in_at=activity.starts_at, out_at=activity.ends_at, minutes=120,
            state=state, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        ActivityReport.create(activity=activity, served=9, summary="好", at=at, updated_at=at)

    store.write(make)


def _done(cast: World, at: datetime, **filters: str) -> dict[str, Result]:
    wanted = Wanted(filters=filters)
    found = kind_report.listed(actor=cast.actor(cast.officer), wanted=wanted, at=at)
    return {line.name: line.result for line in found.rows if line.result != Result()}


def test_every_kind_of_venue_has_its_line(cast: World, at: datetime) -> None:
    _held(cast, at, "school")
    _held(cast, at, "school", days=40)
    _held(cast, at, "")
    _held(cast, at, "village", purpose="training")
    _held(cast, at, "village", state="void")  # a report on an activity to which nobody came
    assert _done(cast, at) == {"进学校": Result(2, 2, 240, 18), "": Result(1, 1, 120, 9)}
    found = kind_report.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at)
    assert [line.name for line in found.rows] == ["进机关", "进学校", "进企业", "进乡村", "进社区", "进军营", ""]


def test_filters_cut_the_report(cast: World, at: datetime) -> None:
    _held(cast, at, "school")
    _held(cast, at, "school", days=40)
    assert _done(cast, at, **{"from": "2026-06-01"}) == {"进学校": Result(1, 1, 120, 9)}
    assert _done(cast, at, to="2026-06-01") == {"进学校": Result(1, 1, 120, 9)}
    assert _done(cast, at, region=OTHER_TOWN) == {}


def test_report_tells_domains_and_services_apart(cast: World, at: datetime) -> None:
    _held(cast, at, "school")
    activity = Activity.select().order_by(Activity.id.desc()).get()
    store.write(lambda: Activity.update(domain="D1", sub_domain="other").where(Activity.id == activity.id).execute())
    assert _done(cast, at, by="domain") == {"乡村振兴": Result(1, 1, 120, 9)}
    assert _done(cast, at, by="sub_domain") == {"其他乡村振兴服务": Result(1, 1, 120, 9)}


def test_somebody_elsewhere_counts_nothing_of_it(cast: World, at: datetime) -> None:
    _held(cast, at, "school")
    rows = kind_report.listed(actor=cast.actor(cast.chali), wanted=Wanted(), at=at).rows
    assert {line.result for line in rows} == {Result()}

"""The April look at insurance: once a year and county, to who can mend it; the list at any time."""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import UTC
from models import CoverCheck, Delivery, Insurance
from services.dispatch import cover
from services.listing import Wanted
from tests.services.dispatch.conftest import Flood

APRIL = datetime(2027, 4, 1, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def insure(at: datetime, team: object, until: datetime, since: datetime | None = None) -> None:
    Insurance.create(
        code=f"c{Insurance.select().count()}", region_code="341522100201", team=team, insurer="人保", product="意外险",
        policy_no="P", covers_from=since or at - DAY, covers_until=until, created_at=at,
    )  # fmt: skip


def test_april_looks_once_at_each_county_and_tells_who_can_mend_it(flood: Flood) -> None:
    Insurance.delete().execute()
    end = cover.season_end(region_code="341522", at=APRIL)
    assert end.isoformat() == "2027-09-30T15:59:59.999000+00:00"
    insure(APRIL, flood.teams["城东"], end + DAY)
    insure(APRIL, flood.teams["城西"], APRIL + 90 * DAY)  # ends in the middle of the season …
    insure(APRIL, flood.teams["河口"], APRIL + 90 * DAY)
    insure(APRIL, flood.teams["河口"], end + DAY, APRIL + 60 * DAY)  # … unless another one follows without a gap
    assert cover.check_due(at=APRIL - DAY) == 0
    assert cover.check_due(at=APRIL) == 2  # this county and its neighbour
    assert cover.check_due(at=APRIL + DAY) == 0
    row = CoverCheck.get(CoverCheck.region_code == "341522")
    assert (row.teams, row.missing) == (4, 2)
    short = {each.volunteer_id for each in Delivery.select().where(Delivery.kind == "cover_short")}
    assert short == {flood.leaders[name].id for name in ("城西", "救援", "邻县")}
    told = Delivery.get(Delivery.kind == "cover_checked", Delivery.volunteer == flood.director)
    assert "4支队里，2支没有保到9月30日" in told.body
    found = cover.listed(actor=flood.officer, wanted=Wanted(), at=APRIL).rows
    assert {each.name[:2]: each.state for each in found} == {
        "城东": "season", "城西": "short", "河口": "season", "救援": "none",
    }  # fmt: skip
    only = cover.listed(actor=flood.officer, wanted=Wanted(filters={"state": "none"}), at=APRIL).rows
    assert [each.name for each in only] == ["救援服务队"]
    assert cover.last_checks(actor=flood.officer, at=APRIL) == [("霍邱县", 2027, 4, 2)]

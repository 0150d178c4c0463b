"""A star in public: objections, what comes up meanwhile, the calendar by which the notice runs."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Bar, Complaint, Delivery, StarAward, StarObjection, store
from queries import rows
from queries import stars as sql
from services import public_notices
from services.errors import RefusalCode
from services.evaluation import complaints
from services.listing import Wanted
from services.stars import awarding, desk, objections, proposing, reviewing, views
from tests.services.stars.world import alive, no, put, told, ways
from tests.support.world import COUNTY, World

C = RefusalCode


def test_objection_holds_the_award_until_it_is_answered(
    cast: World, app: Any, county: Any, city: Any, at: datetime
) -> None:
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    row = alive(cast.xiaobo)[1]
    facts: dict[str, Any] = {"parts": app.extensions["parts"], "actor": None, "address": "10.0.0.1", "code": row.code}
    assert no(lambda: objections.object_to(**facts, text="没见过他", at=at)) is C.NOT_FOUND  # no notice runs
    reviewing.agree(actor=county, code=row.code, at=at)
    filed = objections.object_to(**facts, text="没见过他", contact="13900000000", at=at)
    over = at + timedelta(days=8)
    assert no(lambda: objections.object_to(**facts, text="没见过他", at=over)) is C.NOT_FOUND
    assert awarding.award_due(at=over) == 0
    second = objections.object_to(**facts, text="时长是代签的", at=at)
    held = Complaint.get(Complaint.code == filed.code)
    assert (held.about_id, held.kind, held.region_code) == (cast.xiaobo.id, "star", COUNTY)
    # Not by whoever agreed to the star: the city answers.
    known: dict[str, Any] = {"code": filed.code, "finding": "unfounded", "text": "查了签到记录，去过", "at": over}
    assert no(lambda: objections.answer(actor=county, **known)) is C.OWN_RECORD
    # A plain answer would let the worker award it the next morning, whatever it says.
    assert no(lambda: complaints.answer(actor=city, **known)) is C.BAD_REQUEST
    objections.answer(actor=city, **known)
    assert awarding.award_due(at=over) == 0  # the second one is open
    objections.answer(actor=city, **known | {"code": second.code, "finding": "upheld", "text": "代签，查实了"})
    assert (ways(cast.xiaobo), told("star_refused")) == ([(1, "refused")], {cast.xiaobo.id})
    assert StarAward.get_by_id(row.id).ended_why == "代签，查实了"
    assert awarding.award_due(at=over) == 0
    assert no(lambda: complaints.file(
        parts=facts["parts"], actor=None, address="10.0.0.1", kind="star", text="x", at=at
    )) is C.BAD_REQUEST  # fmt: skip


def test_what_comes_up_while_the_notice_runs_is_looked_at_before_the_award(
    cast: World, county: Any, at: datetime
) -> None:
    put(cast.xiaobo, 100)
    put(cast.chali, 100)
    proposing.work(at=at)
    assert reviewing.agree_clear(actor=county, at=at) == 2
    store.write(lambda: Bar.create(volunteer=cast.xiaobo, reason="代签", from_at=at, until=at + timedelta(days=90)))
    put(cast.chali, 99)  # corrected a minute before: the worker's hour has not come
    over = at + timedelta(days=8)
    assert [awarding.award_due(at=over), awarding.award_due(at=over)] == [0, 0]
    assert (told("star_look"), told("star_awarded")) == ({cast.officer.id}, set())
    assert Delivery.select().where(Delivery.kind == "star_look").count() == 1
    row = alive(cast.xiaobo)[1]
    listed = desk.listed(actor=county, wanted=Wanted(filters={"state": "look"}), at=over).rows
    assert ([line.code for line in listed], desk.page(actor=county, code=row.code, at=over).may_keep) == (
        [row.code], True
    )
    awarding.keep_it(actor=county, code=row.code, reason="限制的是另一个人，已核实", at=over)
    assert awarding.award_due(at=over) == 1
    assert (ways(cast.xiaobo), ways(cast.chali)) == ([(1, "awarded")], [(1, "announced")])


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
@pytest.mark.parametrize("held", [True, False])
def test_objection_that_is_being_written_holds_the_award(
    cast: World, app: Any, county: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """Somebody objects in the notice's last second, the worker awards in the next one. The control: without the hold
    the award sees no objection and overtakes it."""
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    code = alive(cast.xiaobo)[1].code
    reviewing.agree(actor=county, code=code, at=at)
    awarded: list[int] = []
    if not held:
        monkeypatch.setattr(sql, "_HOLD", "SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each} -- ")

    def award() -> None:
        with store.session():
            awarded.append(awarding.award_due(at=at + timedelta(days=8)))

    worker = threading.Thread(target=award)
    plain = StarObjection.create

    def slow(**row: Any) -> Any:
        made = plain(**row)
        worker.start()
        while not awarded and not rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            worker.join(0.01)
        return made

    monkeypatch.setattr(StarObjection, "create", slow)
    objections.object_to(
        parts=app.extensions["parts"], actor=None, address="10.0.0.1", code=code, text="没见过他", at=at
    )
    worker.join()
    assert awarded == [0 if held else 1]


def test_notice_lapses_with_its_hours_and_is_told(cast: World, county: Any, at: datetime) -> None:
    put(cast.xiaobo, 100)
    proposing.work(at=at)
    reviewing.agree(actor=county, code=alive(cast.xiaobo)[1].code, at=at)
    put(cast.xiaobo, 99)
    assert proposing.work(at=at) == 1
    assert (ways(cast.xiaobo), told("star_lapsed")) == ([(1, "lapsed")], {cast.xiaobo.id})
    assert awarding.award_due(at=at + timedelta(days=8)) == 0
    put(cast.xiaobo, 101)
    assert proposing.work(at=at) == 1


def test_notice_runs_on_where_the_calendar_of_a_new_year_makes_it_too_short(
    cast: World, county: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime.fromisoformat("2026-12-28T09:00:00+08:00")  # a Monday; of 2027 nothing is announced yet
    put(cast.xiaobo, 100)
    proposing.work(at=late)
    reviewing.agree(actor=county, code=alive(cast.xiaobo)[1].code, at=late)
    assert [(one.last, one.calendar) for one in views.notices(wanted=Wanted(), at=late).rows] == [("2027-01-05", False)]
    assert desk.page(actor=county, code=alive(cast.xiaobo)[1].code, at=late).calendar is False
    plain = public_notices.working_days_after
    # By then it is known that the Monday was none.
    monkeypatch.setattr(public_notices, "working_days_after", lambda day, days: plain(day, days + 1))
    assert awarding.award_due(at=late + timedelta(days=9)) == 0
    assert alive(cast.xiaobo)[1].notice_until == "2027-01-06"
    assert awarding.award_due(at=late + timedelta(days=10)) == 1

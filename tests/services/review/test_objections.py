"""异议: raised in days, answered in working days, corrected by reversal, then the county, each step told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, MinuteEntry, Objection, ServiceRecord, Shift, store
from services.bookkeeping import books, hours, records
from services.errors import RefusalCode
from services.listing import Wanted
from services.review import objection_views, objections
from services.review.objections import Verdict
from tests.support.world import World

C = RefusalCode


@pytest.fixture
def object_to(cast: World, after: datetime) -> Callable[..., str]:
    def make(record_id: int, person: Any = None, **more: Any) -> str:
        facts = {"text": "我一直干到结束", "wanted_minutes": 120, "at": after} | more
        return objections.object_to(actor=cast.actor(person or cast.xiaobo), record_id=record_id, **facts)

    return make


def told(person: Any) -> list[str]:
    rows = Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)
    return [each.kind for each in rows if each.kind.startswith("objection")]


def entries() -> list[int]:
    return [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)]


def test_leader_agrees_and_the_books_are_reversed_and_posted_anew(
    cast: World, served: Any, object_to: Any, after: datetime
) -> None:
    record = served(cast.xiaobo, 90)
    code = object_to(record)
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("核对过，属实", 120), at=after)
    row, each = ServiceRecord.get_by_id(record), Objection.get()
    assert (row.minutes, row.state, row.why, row.version) == (120, "confirmed", "reviewed", 2)
    assert (each.state, each.minutes_before, each.minutes_after) == ("answered", 90, 120)
    assert (entries(), books.verify()) == ([90, -90, 120], [])
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=after).total == 120
    assert (told(cast.ali), told(cast.xiaobo)) == (["objection_waiting"], ["objection_answered"])
    assert "2小时" in Delivery.get(Delivery.kind == "objection_answered").body


def test_answer_without_correction_leaves_the_books(
    cast: World, served: Any, object_to: Any, after: datetime
) -> None:
    code = object_to(served(cast.xiaobo, 90))
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("十点半您就走了"), at=after)
    assert (entries(), Objection.get().state) == ([90], "answered")


def test_record_without_an_end_gets_its_minutes_and_is_confirmed(
    cast: World, served: Any, object_to: Any, after: datetime
) -> None:
    record = served(cast.xiaobo, 90)
    store.write(
        lambda: ServiceRecord.update(out_at=None, state="pending", minutes=0, why="forgotten").execute()
    )
    store.write(
        lambda: books.reverse(record=ServiceRecord.get_by_id(record), actor_id=None, at=after, note="")
    )
    store.write(lambda: ServiceRecord.update(version=2).execute())
    objections.answer(
        actor=cast.actor(cast.ali), code=object_to(record), verdict=Verdict("属实", 60), at=after
    )
    row = ServiceRecord.get_by_id(record)
    assert (row.state, row.minutes, row.out_at) == (
        "confirmed", 60, cast.shift.starts_at + timedelta(minutes=60),
    )  # fmt: skip
    assert (entries(), books.verify()) == ([90, -90, 60], [])


def test_annulled_record_is_brought_back(cast: World, served: Any, object_to: Any, after: datetime) -> None:
    record = served(cast.xiaobo, 90)
    records.void(actor=cast.actor(cast.ali), record_id=record, reason="没有来", at=after)
    objections.answer(
        actor=cast.actor(cast.ali), code=object_to(record), verdict=Verdict("弄错了人", 90), at=after
    )
    assert (ServiceRecord.get_by_id(record).state, entries(), books.verify()) == (
        "confirmed",
        [90, -90, 90],
        [],
    )


def test_leaders_own_objection_is_answered_by_the_centre(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    record = served(cast.xiaobo)
    store.write(lambda: ServiceRecord.update(volunteer=cast.ali).execute())
    code = object_to(record, cast.ali)
    facts = {"code": code, "verdict": Verdict("属实"), "at": after}
    assert (told(cast.officer), told(cast.ali)) == (["objection_waiting"], [])
    assert refused(objections.answer, actor=cast.actor(cast.ali), **facts) is C.OWN_RECORD
    objections.answer(actor=cast.actor(cast.officer), **facts)


def test_only_ones_own_record_is_objected_to(cast: World, served: Any, object_to: Any, refused: Any) -> None:
    record = served(cast.xiaobo)
    assert refused(object_to, record, cast.chali) is C.NOT_FOUND
    assert refused(object_to, record, text=" ") is C.TEXT_EMPTY
    assert refused(object_to, record, text="长" * 501) is C.TEXT_TOO_LONG
    assert refused(object_to, record, wanted_minutes=121) is C.OBJECTION_MINUTES
    object_to(record)
    assert refused(object_to, record) is C.OBJECTION_STATE


def test_hours_of_another_system_are_not_objected_to_here(
    cast: World, served: Any, object_to: Any, refused: Any
) -> None:
    record = served(cast.xiaobo)
    store.write(lambda: ServiceRecord.update(source="transferred").execute())
    assert refused(object_to, record) is C.RECORD_STATE


def test_days_to_object_count_from_the_confirmation(
    cast: World, served: Any, object_to: Any, refused: Any
) -> None:
    record = served(cast.xiaobo)
    confirmed = ServiceRecord.get_by_id(record).confirmed_at
    last = confirmed + timedelta(days=7)
    assert refused(object_to, record, at=last + timedelta(seconds=1)) is C.OBJECTION_LATE
    assert object_to(record, at=last)


def test_days_begin_anew_where_confirmed_hours_are_changed(
    cast: World, served: Any, object_to: Any, refused: Any
) -> None:
    record = served(cast.xiaobo)
    later = ServiceRecord.get_by_id(record).confirmed_at + timedelta(days=20)

    def shorten() -> None:
        ends = cast.shift.starts_at + timedelta(minutes=60)
        Shift.update(ends_at=ends).where(Shift.id == cast.shift.id).execute()
        records.recompute(activity_id=cast.activity.id, actor=cast.actor(cast.ali), reason="雨大先散了", at=later)

    assert refused(object_to, record, at=later, wanted_minutes=None) is C.OBJECTION_LATE
    store.write(shorten)
    assert (entries(), object_to(record, at=later + timedelta(days=7), wanted_minutes=60)) == (
        [90, -90, 60], Objection.get().code
    )  # fmt: skip


def test_nobody_objects_again_after_the_countys_word(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    record = served(cast.xiaobo, 90)
    code = object_to(record)
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("没有看见"), at=after)
    objections.go_further(actor=cast.actor(cast.xiaobo), code=code, why="大家都看见我了", at=after)
    objections.decide(actor=cast.actor(cast.officer), code=code, verdict=Verdict("属实", 120), at=after)
    assert refused(object_to, record, wanted_minutes=None) is C.OBJECTION_FINAL


def test_answer_with_other_minutes_does_not_begin_the_days_anew(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    record = served(cast.xiaobo, 90)
    code, answered = object_to(record), after + timedelta(days=4)
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("算到十一点", 100), at=answered)
    objections.accept(actor=cast.actor(cast.xiaobo), code=code, at=answered)
    assert refused(object_to, record, at=answered + timedelta(days=5), wanted_minutes=None) is C.OBJECTION_LATE


def test_person_goes_to_the_county_whose_word_is_final(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    code = object_to(served(cast.xiaobo, 90))
    mine, county = cast.actor(cast.xiaobo), cast.actor(cast.officer)
    further = {"actor": mine, "code": code, "why": "大家都看见我了", "at": after}
    assert refused(objections.go_further, **further) is C.OBJECTION_STATE
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("没有看见"), at=after)
    assert (
        refused(objections.answer, actor=county, code=code, verdict=Verdict("再说"), at=after)
        is C.OBJECTION_STATE
    )
    objections.go_further(**further)
    assert (Objection.get().raised_region, told(cast.officer)) == ("341522", ["objection_county"])
    facts = {"code": code, "verdict": Verdict("问过三个人，属实", 120), "at": after}
    assert refused(objections.decide, actor=cast.actor(cast.ali), **facts) is C.NOT_FOUND
    objections.decide(actor=county, **facts)
    assert refused(objections.decide, actor=county, **facts) is C.OBJECTION_STATE
    assert (entries(), Objection.get().state) == ([90, -90, 120], "closed")
    assert told(cast.xiaobo) == ["objection_answered", "objection_final"]


def test_whoever_answered_does_not_decide_again(
    cast: World, served: Any, object_to: Any, after: datetime, city: Any, refused: Any
) -> None:
    code = object_to(served(cast.xiaobo, 90))
    objections.answer(actor=cast.actor(cast.officer), code=code, verdict=Verdict("没有"), at=after)
    objections.go_further(actor=cast.actor(cast.xiaobo), code=code, why="不对", at=after)
    assert (Objection.get().raised_region, told(city)) == ("3415", ["objection_county"])
    facts = {"code": code, "verdict": Verdict("没有"), "at": after}
    assert refused(objections.decide, actor=cast.actor(cast.officer), **facts) is C.NOT_FOUND
    objections.decide(actor=cast.actor(city), **facts)


def test_unanswered_one_is_raised_by_the_worker_once(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    code = object_to(served(cast.xiaobo, 90))  # Wednesday: five working days end with the next Wednesday
    due = Objection.get().due_at
    assert due == datetime.fromisoformat("2026-06-18T00:00:00+08:00")
    assert objections.raise_due(at=due - timedelta(seconds=1)) == 0
    assert (objections.raise_due(at=due), objections.raise_due(at=due)) == (1, 0)
    assert (told(cast.officer), told(cast.xiaobo)) == (["objection_county"], ["objection_raised"])
    facts = {"code": code, "verdict": Verdict("来晚了"), "at": due}
    assert refused(objections.answer, actor=cast.actor(cast.ali), **facts) is C.OBJECTION_STATE


def test_county_that_leaves_it_lying_is_told_each_day(
    cast: World, served: Any, object_to: Any, after: datetime
) -> None:
    object_to(served(cast.xiaobo, 90))
    objections.raise_due(at=Objection.get().due_at)
    due = Objection.get().due_at
    hour = timedelta(hours=1)
    assert [objections.raise_due(at=due + each * hour) for each in (0, 1, 25)] == [1, 0, 1]
    assert told(cast.officer) == ["objection_county", "objection_overdue", "objection_overdue"]


def test_answer_that_stands_is_closed_after_the_days(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    code = object_to(served(cast.xiaobo, 90))
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("没有"), at=after)
    last = after + timedelta(days=7)
    assert (objections.raise_due(at=last), Objection.get().state) == (0, "answered")
    late = last + timedelta(seconds=1)
    further = {"actor": cast.actor(cast.xiaobo), "code": code, "why": "不对", "at": late}
    assert refused(objections.go_further, **further) is C.OBJECTION_LATE
    assert (objections.raise_due(at=late), Objection.get().state) == (1, "closed")


def test_person_takes_it_back_or_is_content(
    cast: World, served: Any, object_to: Any, after: datetime
) -> None:
    record, mine = served(cast.xiaobo, 90), cast.actor(cast.xiaobo)
    objections.withdraw(actor=mine, code=object_to(record), at=after)
    code = object_to(record)
    objections.answer(actor=cast.actor(cast.ali), code=code, verdict=Verdict("没有"), at=after)
    objections.accept(actor=mine, code=code, at=after)
    assert [each.state for each in Objection.select().order_by(Objection.id)] == ["withdrawn", "closed"]


def test_lists_show_ones_own_teams_and_what_one_may_do(
    cast: World, served: Any, object_to: Any, after: datetime, refused: Any
) -> None:
    code = object_to(served(cast.xiaobo, 90))
    for reader, may in ((cast.ali, True), (cast.officer, True)):
        actor = cast.actor(reader)
        assert [row.code for row in objection_views.listed(actor=actor, wanted=Wanted(), at=after).rows] == [
            code
        ]
        assert objection_views.one(actor=actor, code=code, at=after).may_answer is may
    assert refused(objection_views.one, actor=cast.actor(cast.chali), code=code, at=after) is C.NOT_FOUND
    assert objection_views.my_objection(actor=cast.actor(cast.xiaobo), code=code).about.minutes == 90

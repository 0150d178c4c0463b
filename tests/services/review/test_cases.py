"""你去了吗, and a suspicion of forged hours: hold, hearing, verdict, reversal, bar; or everything as before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Bar, CaseRecord, Delivery, HoursCase, MinuteEntry, PresenceQuestion, ServiceRecord, store
from services.bookkeeping import books, hours, records
from services.errors import RefusalCode
from services.review import asking, bars, cases, objections, presence
from services.review.cases import Ruling
from tests.support import world
from tests.support.world import TOWN, World

C = RefusalCode


@pytest.fixture
def town(cast: World, at: datetime) -> Any:
    """The officer of the township, one centre above the team's village."""

    def act() -> Any:
        person = world.make_volunteer(at, "郑镇长办")
        world.make_identity(at, person)
        world.grant(at, person, "station_officer", region=TOWN)
        return person

    return store.write(act)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record is its turn."""
    monkeypatch.setattr(asking, "chosen", lambda *_: True)


@pytest.fixture
def opened(cast: World, served: Any, after: datetime, city: Any) -> Callable[..., tuple[str, int]]:
    """A case about a record of xiaobo's that ali confirmed, opened by the city; its code and the record."""

    def make(confirmed: bool = True) -> tuple[str, int]:
        record = served(cast.xiaobo, 90, confirmed=confirmed)
        facts = {"record_ids": [record], "suspicion": "人在外地", "at": after}
        return cases.open_case(actor=cast.actor(city, "console"), **facts), record

    return make


def told(person: Any) -> list[str]:
    rows = Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)
    return [each.kind for each in rows if each.kind not in ("hours_confirmed", "milestone_first_hour")]


def state(record: int) -> tuple[str, bool]:
    row = ServiceRecord.get_by_id(record)
    return row.state, row.held_by_case is not None


def test_one_in_twenty_is_asked_whoever_asks() -> None:
    found = [number for number in range(1, 20_001) if asking.chosen(number, 20)]
    assert 900 < len(found) < 1100
    assert found == [number for number in range(1, 20_001) if asking.chosen(number, 20)]
    assert not any(asking.chosen(number, 0) for number in range(100))


def test_booking_asks_the_person_once(cast: World, served: Any, asked: None) -> None:
    record = served(cast.xiaobo)
    [question] = list(PresenceQuestion.select())
    assert (question.record_id, question.volunteer_id, question.answer) == (record, cast.xiaobo.id, None)
    assert told(cast.xiaobo) == ["presence_question"]


def test_most_are_not_asked(cast: World, served: Any) -> None:
    served(cast.xiaobo)
    assert PresenceQuestion.select().count() == 0


def test_yes_is_kept_and_said_twice_is_said_once(cast: World, served: Any, asked: None, after: datetime) -> None:
    facts = {"actor": cast.actor(cast.xiaobo), "record_id": served(cast.xiaobo), "at": after}
    assert presence.newest(actor=facts["actor"]).record_id == facts["record_id"]
    assert presence.answer(was_there=True, **facts).answer == "yes"
    assert presence.answer(was_there=False, **facts).answer == "yes"
    assert (HoursCase.select().count(), presence.newest(actor=facts["actor"])) == (0, None)


def test_no_opens_a_case_and_holds_the_record(
    cast: World, served: Any, asked: None, after: datetime, town: Any
) -> None:
    record = served(cast.xiaobo)
    presence.answer(actor=cast.actor(cast.xiaobo), record_id=record, was_there=False, at=after)
    case = HoursCase.get()
    assert (case.source, case.state, case.region_code, case.opened_by) == ("presence", "held", TOWN, None)
    assert state(record) == ("confirmed", True)
    assert told(town) == ["case_waiting"]


def test_nobody_answers_for_another(cast: World, served: Any, asked: None, after: datetime, refused: Any) -> None:
    record = served(cast.xiaobo)
    facts = {"record_id": record, "was_there": True, "at": after}
    assert refused(presence.answer, actor=cast.actor(cast.ali), **facts) is C.NOT_FOUND


def test_held_pending_record_cannot_be_confirmed_changed_or_objected_to(
    cast: World, opened: Any, after: datetime, refused: Any
) -> None:
    _, record = opened(confirmed=False)
    leader = cast.actor(cast.ali)
    assert state(record) == ("disputed", True)
    done = records.confirm(actor=leader, activity_code=cast.activity.code, at=after, record_ids=[record])
    assert done.skipped == [(record, "record_state")]
    facts = {"actor": leader, "record_id": record, "at": after}
    assert refused(records.void, **facts, reason="没来") is C.RECORD_STATE
    assert refused(records.set_end, **facts, out_at=after, reason="x") is C.RECORD_STATE
    mine = {"actor": cast.actor(cast.xiaobo), "record_id": record, "text": "不对", "at": after}
    assert refused(objections.object_to, **mine) is C.RECORD_STATE


def test_held_confirmed_record_stays_in_the_books_marked(cast: World, opened: Any, after: datetime) -> None:
    _, record = opened()
    assert (state(record), books.verify()) == (("confirmed", True), [])
    shown = hours.recent(volunteer_id=cast.xiaobo.id, limit=1)[0]
    assert (shown.held, shown.words.word) == (True, "正在核对")


def test_case_is_opened_by_those_above_who_are_no_party(
    cast: World, served: Any, after: datetime, refused: Any
) -> None:
    record = served(cast.xiaobo)
    facts = {"record_ids": [record], "suspicion": "人在外地", "at": after}
    assert refused(cases.open_case, actor=cast.actor(cast.ali), **facts) is C.NOT_FOUND
    assert refused(cases.open_case, actor=cast.actor(cast.officer), **{**facts, "record_ids": []}) is C.NOT_FOUND
    assert refused(cases.open_case, actor=cast.actor(cast.officer), **{**facts, "suspicion": " "}) is C.REASON_REQUIRED
    store.write(lambda: ServiceRecord.update(confirmed_by=cast.officer).execute())
    assert refused(cases.open_case, actor=cast.actor(cast.officer), **facts) is C.OWN_RECORD


def test_record_is_held_by_one_case(cast: World, opened: Any, after: datetime, refused: Any) -> None:
    _, record = opened()
    facts = {"record_ids": [record], "suspicion": "再查", "at": after}
    assert refused(cases.open_case, actor=cast.actor(cast.officer), **facts) is C.CASE_STATE
    assert CaseRecord.select().count() == 1


def test_forged_hours_are_heard_reversed_and_barred_with_an_end(
    cast: World, opened: Any, after: datetime, town: Any
) -> None:
    code, record = opened()
    judge = cast.actor(town, "console")
    due = cases.hear(actor=judge, code=code, people=[cast.ali.public_no, cast.xiaobo.public_no], at=after)
    assert due == datetime.fromisoformat("2026-06-18T00:00:00+08:00")
    for person in (cast.ali, cast.xiaobo):
        cases.speak(actor=cast.actor(person), code=code, text="记错了", at=after)
    until = after + timedelta(days=90)
    ruling = Ruling("车票证明人在外地", forged=[record], barred=[cast.ali.public_no], until=until)
    cases.decide(actor=judge, code=code, ruling=ruling, at=after)
    assert (HoursCase.get().state, state(record)) == ("upheld", ("void", False))
    entries = [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)]
    assert (entries, books.verify()) == ([90, -90], [])
    assert hours.recent(volunteer_id=cast.xiaobo.id, limit=1)[0].words.why == "核查认定这次没有服务，时长不算。"
    bar = bars.running(volunteer_id=cast.ali.id, at=after)
    assert (bar.reason, bar.until, bar.case_code) == ("车票证明人在外地", until, code)
    assert bars.running(volunteer_id=cast.ali.id, at=until) is None
    assert bars.running(volunteer_id=cast.xiaobo.id, at=after) is None
    assert told(cast.ali) == ["case_hearing", "barred", "case_upheld"]
    assert told(cast.xiaobo) == ["case_held", "case_hearing", "case_upheld", "record_forged"]


@pytest.mark.parametrize("confirmed", [True, False])
def test_cleared_case_leaves_everything_as_before(
    cast: World, opened: Any, after: datetime, town: Any, confirmed: bool
) -> None:
    code, record = opened(confirmed)
    judge = cast.actor(town)
    cases.hear(actor=judge, code=code, people=[cast.ali.public_no], at=after)
    cases.speak(actor=cast.actor(cast.ali), code=code, text="有照片", at=after)
    cases.decide(actor=judge, code=code, ruling=Ruling("照片为证"), at=after)
    assert (HoursCase.get().state, state(record)) == ("cleared", ("confirmed" if confirmed else "pending", False))
    assert (Bar.select().count(), books.verify()) == (0, [])
    assert told(cast.ali) == ["case_hearing", "case_cleared"]
    assert told(cast.xiaobo) == ["case_held", "record_cleared"]
    if not confirmed:
        facts = {"actor": cast.actor(cast.ali), "activity_code": cast.activity.code, "at": after}
        assert records.confirm(**facts).minutes == 90


def test_verdict_waits_for_the_hearing(cast: World, opened: Any, after: datetime, town: Any, refused: Any) -> None:
    code, record = opened()
    judge, ruling = cast.actor(town), Ruling("属实", forged=[record])
    assert refused(cases.decide, actor=judge, code=code, ruling=ruling, at=after) is C.CASE_HEARING
    due = cases.hear(actor=judge, code=code, people=[cast.ali.public_no], at=after)
    early = due - timedelta(seconds=1)
    assert refused(cases.decide, actor=judge, code=code, ruling=ruling, at=early) is C.CASE_HEARING
    assert refused(cases.speak, actor=cast.actor(cast.ali), code=code, text="晚了", at=due) is C.CASE_STATE
    cases.decide(actor=judge, code=code, ruling=ruling, at=due)
    assert refused(cases.decide, actor=judge, code=code, ruling=ruling, at=due) is C.CASE_STATE


def test_nobody_involved_decides_and_it_is_one_centre_up(
    cast: World, opened: Any, after: datetime, town: Any, city: Any, at: datetime, refused: Any
) -> None:
    code, record = opened()
    village = store.write(lambda: world.make_volunteer(at, "本村干部"))
    store.write(lambda: world.grant(at, village, "station_officer", region=cast.team.region_code))
    cases.hear(actor=cast.actor(town), code=code, people=[cast.ali.public_no], at=after)
    cases.speak(actor=cast.actor(cast.ali), code=code, text="有照片", at=after)
    facts = {"code": code, "ruling": Ruling("x", forged=[record]), "at": after}
    assert refused(cases.decide, actor=cast.actor(village), **facts) is C.NOT_FOUND
    assert refused(cases.decide, actor=cast.actor(city), **facts) is C.OWN_RECORD  # opened it
    store.write(lambda: world.grant(at, cast.ali, "director", region=TOWN))
    assert refused(cases.decide, actor=cast.actor(cast.ali), **facts) is C.OWN_RECORD
    cases.decide(actor=cast.actor(cast.officer), **facts)


def test_ruling_keeps_to_the_case(cast: World, opened: Any, after: datetime, town: Any, refused: Any) -> None:
    code, record = opened()
    judge = cast.actor(town)
    assert refused(cases.hear, actor=judge, code=code, people=[], at=after) is C.NOBODY_TO_TELL
    assert refused(cases.hear, actor=judge, code=code, people=[cast.chali.public_no], at=after) is C.NOT_FOUND
    cases.hear(actor=judge, code=code, people=[cast.ali.public_no], at=after)
    assert refused(cases.hear, actor=judge, code=code, people=[cast.ali.public_no], at=after) is C.CASE_STATE
    cases.speak(actor=cast.actor(cast.ali), code=code, text="有照片", at=after)
    assert refused(cases.speak, actor=cast.actor(cast.chali), code=code, text="我", at=after) is C.NOT_FOUND
    facts = {"actor": judge, "code": code, "at": after}
    assert refused(cases.decide, **facts, ruling=Ruling("x", forged=[record + 1])) is C.NOT_FOUND
    assert refused(cases.decide, **facts, ruling=Ruling("x", [record], [cast.xiaobo.public_no])) is C.NOT_FOUND
    assert refused(cases.decide, **facts, ruling=Ruling("", [record])) is C.TEXT_EMPTY
    for until in (after, after + timedelta(days=3 * 365 + 1)):
        ruling = Ruling("x", [record], [cast.ali.public_no], until)
        assert refused(cases.decide, **facts, ruling=ruling) is C.BAR_UNTIL


def test_part_of_a_case_can_be_forged_and_part_true(
    cast: World, served: Any, after: datetime, town: Any, city: Any
) -> None:
    one, two = served(cast.xiaobo, 90), served(cast.chali, 60)
    code = cases.open_case(actor=cast.actor(city), record_ids=[one, two], suspicion="查", at=after)
    cases.hear(actor=cast.actor(town), code=code, people=[cast.ali.public_no], at=after)
    cases.speak(actor=cast.actor(cast.ali), code=code, text="有照片", at=after)
    cases.decide(actor=cast.actor(town), code=code, ruling=Ruling("一真一假", [one]), at=after)
    assert (state(one), state(two), books.verify()) == (("void", False), ("confirmed", False), [])


def test_bar_is_lifted_with_a_reason(cast: World, opened: Any, after: datetime, town: Any, refused: Any) -> None:
    code, record = opened()
    cases.hear(actor=cast.actor(town), code=code, people=[cast.ali.public_no], at=after)
    cases.speak(actor=cast.actor(cast.ali), code=code, text="有照片", at=after)
    ruling = Ruling("属实", [record], [cast.ali.public_no])
    cases.decide(actor=cast.actor(town), code=code, ruling=ruling, at=after)
    bar = Bar.get()
    assert bar.until == after + timedelta(days=365)
    facts = {"bar_id": bar.id, "at": after}
    assert refused(bars.lift, actor=cast.actor(cast.ali), why="x", **facts) is C.NOT_FOUND
    assert refused(bars.lift, actor=cast.actor(town), why=" ", **facts) is C.REASON_REQUIRED
    bars.lift(actor=cast.actor(town), why="认错态度好", **facts)
    assert refused(bars.lift, actor=cast.actor(town), why="x", **facts) is C.CASE_STATE
    assert bars.running(volunteer_id=cast.ali.id, at=after) is None

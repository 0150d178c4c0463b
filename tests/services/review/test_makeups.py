"""补录: asked for with a reason, decided by somebody else, never more than was planned, posted as a supplement."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, History, Makeup, MakeupBatch, MinuteEntry, ServiceRecord, Signup, store
from services.bookkeeping import books, hours
from services.errors import RefusalCode
from services.listing import Wanted
from services.parts import Parts
from services.review import makeup_views, makeups, paper_lists
from tests.support import world
from tests.support.world import World

C = RefusalCode
Ask = Callable[..., str]


@pytest.fixture
def ask(cast: World, parts: Parts, after: datetime) -> Ask:
    def make(asker: Any = None, **more: Any) -> str:
        facts = {
            "shift_code": cast.shift.code, "from_at": cast.shift.starts_at, "to_at": cast.shift.ends_at,
            "reason": "手机没电了", "at": after,
        } | more  # fmt: skip
        return makeups.ask(parts=parts, actor=cast.actor(asker or cast.xiaobo), **facts)

    return make


def told(person: Any) -> list[str]:
    rows = Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)
    return [each.kind for each in rows if each.kind != "milestone_first_hour"]


def test_leaders_yes_makes_a_supplement_and_posts_it(cast: World, ask: Ask, after: datetime) -> None:
    store.write(lambda: world.sign_up(after, cast.shift, cast.xiaobo))
    makeups.approve(actor=cast.actor(cast.ali), code=ask(), at=after)
    record = ServiceRecord.get()
    assert (record.source, record.state, record.minutes, record.why, record.by_hand) == (
        "supplement", "confirmed", 120, "made_up", True,
    )  # fmt: skip
    assert ([entry.amount for entry in MinuteEntry.select()], books.verify()) == ([120], [])
    summary = hours.summary(volunteer_id=cast.xiaobo.id, at=after)
    assert (summary.total, summary.supplement) == (120, 120)
    assert Signup.get(Signup.volunteer == cast.xiaobo).outcome == "present"
    assert (told(cast.ali), told(cast.xiaobo)) == (["makeup_waiting"], ["hours_confirmed", "makeup_approved"])


def test_a_no_is_told_with_its_reason(cast: World, ask: Ask, after: datetime) -> None:
    makeups.refuse(actor=cast.actor(cast.ali), code=ask(), reason="那天没有见到", at=after)
    row = Makeup.get()
    assert (row.state, row.answer, row.decided_by_id) == ("refused", "那天没有见到", cast.ali.id)
    assert "那天没有见到" in Delivery.get(Delivery.volunteer == cast.xiaobo).body
    assert ServiceRecord.select().count() == 0


def test_nobody_approves_what_he_gains_or_asked_for(
    cast: World, ask: Ask, after: datetime, deputy: Any, refused: Any
) -> None:
    own = ask(cast.ali)
    assert refused(makeups.approve, actor=cast.actor(cast.ali), code=own, at=after) is C.OWN_RECORD
    for_him = ask(cast.ali, public_no=cast.xiaobo.public_no)
    assert refused(makeups.approve, actor=cast.actor(cast.ali), code=for_him, at=after) is C.OWN_RECORD
    assert refused(makeups.approve, actor=cast.actor(cast.xiaobo), code=for_him, at=after) is C.NOT_ALLOWED
    makeups.approve(actor=cast.actor(deputy), code=for_him, at=after)
    makeups.approve(actor=cast.actor(cast.officer), code=own, at=after)
    assert Makeup.select().where(Makeup.state == "approved").count() == 2


def test_lone_leaders_own_request_goes_to_the_centre(cast: World, ask: Ask) -> None:
    ask(cast.ali)
    assert (told(cast.officer), told(cast.ali)) == (["makeup_waiting"], [])


def test_person_for_whom_somebody_asked_is_told(cast: World, ask: Ask) -> None:
    ask(cast.ali, public_no=cast.xiaobo.public_no)
    assert told(cast.xiaobo) == ["makeup_for_you"]


def test_volunteer_asks_for_nobody_else(cast: World, ask: Ask, refused: Any) -> None:
    assert refused(ask, cast.xiaobo, public_no=cast.ali.public_no) is C.NOT_ALLOWED
    assert refused(ask, cast.chali, public_no=cast.ali.public_no) is C.NOT_FOUND
    assert refused(ask, cast.ali, public_no="nobody") is C.NOT_FOUND
    assert refused(ask, shift_code="nowhere") is C.NOT_FOUND


def test_reason_is_needed_and_photo_is_not(ask: Ask, refused: Any) -> None:
    assert refused(ask, reason=" ") is C.REASON_REQUIRED
    assert refused(ask, reason="长" * 501) is C.TEXT_TOO_LONG
    assert refused(ask, photo=b"no picture") is C.PHOTO_UNREADABLE
    assert ask()


@pytest.mark.parametrize(("begin", "end"), [(-1, 60), (60, 121), (60, 60), (60, 30), (0, 0.5)], ids=str)
def test_times_outside_the_shift_are_refused(
    cast: World, ask: Ask, refused: Any, begin: float, end: float
) -> None:
    start = cast.shift.starts_at
    times = {"from_at": start + timedelta(minutes=begin), "to_at": start + timedelta(minutes=end)}
    assert refused(ask, **times) is C.MAKEUP_TIMES


def test_extended_shift_makes_up_no_more_than_was_planned(
    cast: World, ask: Ask, after: datetime, refused: Any
) -> None:
    later = cast.shift.ends_at + timedelta(minutes=30)
    store.write(
        lambda: type(cast.shift).update(ends_at=later).where(type(cast.shift).id == cast.shift.id).execute()
    )
    assert refused(ask, to_at=later) is C.MAKEUP_TIMES
    assert ask(from_at=cast.shift.starts_at + timedelta(minutes=30), to_at=later)


def test_it_is_asked_for_after_the_end_and_within_the_days(cast: World, ask: Ask, refused: Any) -> None:
    assert refused(ask, at=cast.shift.ends_at - timedelta(seconds=1)) is C.MAKEUP_EARLY
    last = cast.shift.ends_at + timedelta(days=30)
    assert refused(ask, at=last + timedelta(seconds=1)) is C.MAKEUP_LATE
    assert ask(at=last)


def test_cancelled_activity_makes_nothing_up(cast: World, ask: Ask, refused: Any) -> None:
    store.write(lambda: Activity.update(state="cancelled").execute())
    assert refused(ask) is C.ACTIVITY_STATE


def test_there_is_one_record_or_one_request(cast: World, ask: Ask, served: Any, refused: Any) -> None:
    served(cast.xiaobo)
    assert refused(ask) is C.MAKEUP_RECORDED
    ask(cast.chali)
    assert refused(ask, cast.chali) is C.MAKEUP_RECORDED


def test_scan_that_came_in_meanwhile_leaves_no_second_record(
    cast: World, ask: Ask, served: Any, after: datetime, refused: Any
) -> None:
    code = ask()
    served(cast.xiaobo)
    assert refused(makeups.approve, actor=cast.actor(cast.ali), code=code, at=after) is C.MAKEUP_RECORDED
    assert (ServiceRecord.select().count(), Makeup.get().state) == (1, "requested")


def test_eight_parallel_yeses_post_once(cast: World, ask: Ask, after: datetime) -> None:
    code = ask()

    def yes(_: int) -> str:
        try:
            makeups.approve(actor=cast.actor(cast.ali), code=code, at=after)
        except Exception as no:
            return type(no).__name__
        return "ok"

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(yes, range(8))) == ["Refusal"] * 7 + ["ok"]
    assert (MinuteEntry.select().count(), books.verify()) == (1, [])


def test_who_asked_takes_it_back(cast: World, ask: Ask, after: datetime, refused: Any) -> None:
    code = ask()
    assert refused(makeups.withdraw, actor=cast.actor(cast.ali), code=code, at=after) is C.NOT_FOUND
    makeups.withdraw(actor=cast.actor(cast.xiaobo), code=code, at=after)
    assert refused(makeups.approve, actor=cast.actor(cast.ali), code=code, at=after) is C.MAKEUP_STATE
    assert ask()


def paper(cast: World, parts: Parts, photo: bytes, after: datetime, people: list[Any], **more: Any) -> Any:
    facts = {
        "people": [(cast.shift.code, each.public_no) for each in people], "from_at": cast.shift.starts_at,
        "to_at": cast.shift.ends_at, "reason": "停电，手写签到", "photo": photo, "at": after,
    } | more  # fmt: skip
    return paper_lists.ask_batch(
        parts=parts, actor=cast.actor(cast.ali, "console"), activity_code=cast.activity.code, **facts
    )


def test_paper_list_is_one_request_with_one_yes_above(
    cast: World, parts: Parts, photo: bytes, after: datetime, deputy: Any, refused: Any
) -> None:
    made = paper(cast, parts, photo, after, [cast.xiaobo, cast.chali, cast.ali])
    assert (made.count, made.skipped) == (2, [(cast.ali.public_no, "own_record")])
    facts = {"code": made.code, "approves": True, "at": after}
    assert refused(paper_lists.decide_batch, actor=cast.actor(deputy), **facts) is C.NOT_FOUND
    single = Makeup.select().first().code
    assert refused(makeups.approve, actor=cast.actor(deputy), code=single, at=after) is C.MAKEUP_STATE
    assert paper_lists.decide_batch(actor=cast.actor(cast.officer), **facts) == 2
    assert refused(paper_lists.decide_batch, actor=cast.actor(cast.officer), **facts) is C.MAKEUP_STATE
    assert [entry.amount for entry in MinuteEntry.select()] == [120, 120]
    assert (told(cast.officer), told(cast.ali)) == (["makeup_batch_waiting"], ["makeup_batch_decided"])
    assert told(cast.xiaobo) == ["hours_confirmed"]


def test_names_can_be_struck_off_the_list_with_a_reason(
    cast: World, parts: Parts, photo: bytes, after: datetime, refused: Any
) -> None:
    made = paper(cast, parts, photo, after, [cast.xiaobo, cast.chali])
    off = Makeup.get(Makeup.volunteer == cast.chali).code
    facts = {
        "actor": cast.actor(cast.officer),
        "code": made.code,
        "approves": True,
        "without": [off],
        "at": after,
    }
    assert refused(paper_lists.decide_batch, **facts) is C.REASON_REQUIRED
    assert paper_lists.decide_batch(**facts, reason="照片上没有他") == 1
    assert (Makeup.get(Makeup.code == off).state, told(cast.chali)) == ("refused", ["makeup_refused"])


def test_paper_list_needs_its_photo_and_a_name(
    cast: World, parts: Parts, photo: bytes, after: datetime, served: Any, refused: Any
) -> None:
    assert refused(paper, cast, parts, b"", after, [cast.xiaobo]) is C.PHOTO_MISSING
    assert refused(paper, cast, parts, photo, after, []) is C.NOBODY_TO_TELL
    served(cast.xiaobo)
    assert refused(paper, cast, parts, photo, after, [cast.xiaobo]) is C.MAKEUP_RECORDED
    assert MakeupBatch.select().count() == 0


def test_photo_is_shown_to_those_it_concerns_and_the_look_is_noted(
    cast: World, parts: Parts, ask: Ask, photo: bytes, after: datetime, refused: Any
) -> None:
    code = ask(photo=photo)
    look = {"parts": parts, "code": code, "at": after}
    assert makeup_views.photo(actor=cast.actor(cast.ali), **look)[:2] == b"\xff\xd8"
    assert refused(makeup_views.photo, actor=cast.actor(cast.chali), **look) is C.NOT_FOUND


def test_list_shows_ones_own_teams_and_divisions_only(
    cast: World, ask: Ask, after: datetime, refused: Any
) -> None:
    code = ask()
    wanted = Wanted(filters={"state": "requested"})
    for reader in (cast.ali, cast.officer):
        found = makeup_views.listed(actor=cast.actor(reader), wanted=wanted, at=after)
        assert [row.code for row in found.rows] == [code]
    assert (
        refused(makeup_views.listed, actor=cast.actor(cast.chali), wanted=wanted, at=after) is C.NOT_ALLOWED
    )
    assert makeup_views.one(actor=cast.actor(cast.ali), code=code, at=after).mine
    assert not makeup_views.one(actor=cast.actor(cast.xiaobo), code=code, at=after).mine
    assert refused(makeup_views.one, actor=cast.actor(cast.chali), code=code, at=after) is C.NOT_FOUND


def test_missed_shifts_are_offered_until_asked_for(cast: World, ask: Ask, after: datetime) -> None:
    store.write(lambda: world.sign_up(after, cast.shift, cast.xiaobo))
    assert [each.shift_code for each in makeup_views.chances(volunteer_id=cast.xiaobo.id, at=after)] == [
        cast.shift.code
    ]
    ask()
    assert makeup_views.chances(volunteer_id=cast.xiaobo.id, at=after) == []


def test_candidates_are_those_without_a_record(
    cast: World, after: datetime, served: Any, deputy: Any
) -> None:
    served(cast.xiaobo)
    _, found = makeup_views.candidates(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=after)
    assert [each.name for each in found] == ["周副队"]


def test_asking_is_the_first_line_of_the_history(cast: World, ask: Ask) -> None:
    ask()
    line = History.get(History.subject == f"makeup:{Makeup.get().id}")
    assert (line.verb, line.actor_id, line.changes) == ("makeup.requested", cast.xiaobo.id, {"minutes": [0, 120]})

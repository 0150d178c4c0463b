"""The same person twice: merged in one act, undone; the books are green before, between and after."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from models import (
    Balance,
    Honour,
    Nomination,
    PeriodMinutes,
    PersonMerge,
    PointEntry,
    Recovery,
    ServiceRecord,
    Shift,
    Signup,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from queries import books as sql
from services.accounts import enrolment
from services.bookkeeping import books
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import merging
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import (
    OTHER_TOWN,
    PROVINCE,
    grant,
    join,
    make_activity,
    make_identity,
    make_volunteer,
    sign_up,
)

C = RefusalCode
PARTS = make_parts(FakeGateway())


def code_of(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def serve(
    cast: Any, at: Any, person: Any, shift: Any, minutes: int, state: str = "confirmed"
) -> ServiceRecord:
    def act() -> ServiceRecord:
        record = ServiceRecord.create(
            shift=shift, activity=shift.activity_id, team=cast.team, volunteer=person, local_day="2026-06-10",
            region_code=cast.team.region_code, rule_set=cast.hours_rule, state=state, minutes=minutes, in_at=at,
            out_at=at, created_at=at, updated_at=at,
        )  # fmt: skip
        if state == "confirmed":
            books.post_service(record=record, actor_id=None, at=at)
        return record

    return store.write(act)


def totals() -> Any:
    kept = sorted((b.volunteer_id, b.minutes, b.points, b.records) for b in Balance.select())
    periods = sorted(
        (p.volunteer_id, p.period, p.minutes, p.records)
        for p in PeriodMinutes.select()
        if p.minutes or p.records
    )
    records = sorted((r.id, r.volunteer_id, r.state, r.source, r.minutes) for r in ServiceRecord.select())
    signups = sorted((s.id, s.volunteer_id, s.state, s.outcome) for s in Signup.select())
    members = sorted((m.id, m.volunteer_id, m.home, m.to_at is None) for m in TeamMember.select())
    people = sorted(
        (v.id, v.state, v.merged_into_id, v.document_index, v.phone_index, v.birth_date)
        for v in Volunteer.select()
    )
    places = sorted((s.id, s.taken) for s in Shift.select())
    wechats = sorted((w.id, w.volunteer_id) for w in WechatIdentity.select())
    return kept, periods, records, signups, members, people, places, wechats


def merge(cast: Any, at: Any, kept: Any, dropped: Any, **more: Any) -> int:
    fields = {"actor": cast.actor(cast.officer, "console"), "reason": "同一个人", **more}
    return merging.merge(parts=PARTS, kept_no=kept.public_no, dropped_no=dropped.public_no, at=at, **fields)


def undo(cast: Any, at: Any, number: int, **more: Any) -> None:
    fields = {"actor": cast.actor(cast.officer, "console"), "reason": "弄错了", **more}
    merging.undo(parts=PARTS, merge_id=number, at=at, **fields)


def honoured_as_one(at: Any, kept: Any, dropped: Any) -> int:
    def act() -> int:
        given = Honour.create(
            volunteer=kept, kind="nomination", name="好人", year="2026", region_code="34", source="nomination:1", at=at
        )
        Nomination.create(
            code="nomin001", volunteer=dropped, region_code="34", award_region="34", at_region="34", title="好人",
            merits="守堤", figures={}, state="awarded", created_at=at, honour=given,
        )  # fmt: skip
        return int(given.id)

    return int(store.write(act))


def test_everything_goes_over_and_returns(cast: Any, at: Any) -> None:
    kept, dropped = cast.xiaobo, cast.chali

    def act() -> None:
        enrolment.set_phone(parts=PARTS, person=dropped, phone="13856400001", proof="officer")
        join(at, cast.team, dropped)
        join(at, cast.other_team, dropped, home=False)
        sql.post_points(
            sql.Entry(dropped.id, 7, "honour", None, None, "34", "2026-06-01", None, "h1", None, None, "x"),
            now=1,
        )

    store.write(act)
    serve(cast, at, dropped, cast.shift, 120)
    serve(cast, at, kept, make_activity(at, cast.team)[1], 60)
    sign_up(at, cast.shift, kept)
    sign_up(at, cast.shift, dropped)
    before = totals()
    shown = merging.preview(
        parts=PARTS,
        actor=cast.actor(cast.officer),
        kept_no=kept.public_no,
        dropped_no=dropped.public_no,
        at=at,
    )
    assert (shown.same_shifts, shown.double_records, shown.same_teams) == (1, 0, [cast.team.name])
    assert (shown.moves["records"], shown.moves["wechats"], shown.same_time, shown.name_differs) == (
        1,
        2,
        0,
        True,
    )
    number = merge(cast, at, kept, dropped)
    assert books.verify() == []
    whole, left = Balance.get_by_id(kept.id), Balance.get_by_id(dropped.id)
    assert (whole.minutes, whole.points, whole.records) == (180, 10, 2)
    assert (left.minutes, left.points, left.records) == (0, 0, 0)
    gone = Volunteer.get_by_id(dropped.id)
    assert (gone.state, gone.merged_into_id, gone.phone_index) == ("merged", kept.id, None)
    assert WechatIdentity.select().where(WechatIdentity.volunteer == kept).count() == 4
    assert TeamMember.select().where(TeamMember.volunteer == kept, TeamMember.to_at.is_null()).count() == 2
    meant = honoured_as_one(at, kept, dropped)
    undo(cast, at, number)
    assert Honour.get_by_id(meant).volunteer_id == dropped.id  # proposed for him, given while the two were one
    assert books.verify() == []
    assert totals() == before
    assert PointEntry.select().where(PointEntry.kind == "honour").count() == 3
    assert code_of(lambda: undo(cast, at, number)) == C.MERGE_STATE


@pytest.mark.parametrize(("mine", "other"), [(90, 120), (120, 90)])
def test_one_shift_counts_once(cast: Any, at: Any, mine: int, other: int) -> None:
    serve(cast, at, cast.xiaobo, cast.shift, mine)
    serve(cast, at, cast.chali, cast.shift, other)
    before = totals()
    number = merge(cast, at, cast.xiaobo, cast.chali)
    assert (Balance.get_by_id(cast.xiaobo.id).minutes, books.verify()) == (120, [])
    undo(cast, at, number)
    assert (totals(), books.verify()) == (before, [])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shifts=some.lists(
        some.tuples(
            some.sampled_from(["", "pending", "confirmed", "cancelled", "waitlisted"]),
            some.sampled_from(["", "pending", "confirmed", "cancelled", "offered"]),
            some.sampled_from([None, ("confirmed", 30), ("confirmed", 75), ("pending", 60), ("void", 45)]),
            some.sampled_from([None, ("confirmed", 30), ("confirmed", 75), ("pending", 60), ("void", 45)]),
        ),
        max_size=4,
    )
)
@pytest.mark.parametrize("db", ["sqlite", "postgres"], indirect=True)
def test_merging_and_undoing_leaves_everything_as_before(cast: Any, at: Any, shifts: Any) -> None:
    one, two = (store.write(lambda: make_volunteer(at, "周同名")) for _ in range(2))
    for first, second, done, again in shifts:
        shift = store.write(lambda: make_activity(at, cast.team)[1])
        for person, state, served in ((one, first, done), (two, second, again)):
            if state == "confirmed":
                sign_up(at, shift, person)
            elif state:
                Signup.create(
                    shift=shift,
                    activity=shift.activity_id,
                    volunteer=person,
                    state=state,
                    created_at=at,
                    updated_at=at,
                )
            if served:
                serve(cast, at, person, shift, served[1], served[0])
    before = totals()
    number = merge(cast, at, one, two)
    assert books.verify() == []
    assert Balance.get_by_id(two.id).minutes == 0
    undo(cast, at, number)
    assert (totals(), books.verify()) == (before, [])


def test_every_refusal(cast: Any, at: Any) -> None:
    one, two = cast.xiaobo, cast.chali
    beside = make_volunteer(at)
    grant(at, beside, "region_admin", region=OTHER_TOWN)
    assert code_of(lambda: merge(cast, at, one, two, reason=" ")) == C.REASON_REQUIRED
    assert code_of(lambda: merge(cast, at, one, two, actor=cast.actor(beside))) == C.NOT_FOUND
    assert code_of(lambda: merge(cast, at, one, one)) == C.MERGE_SAME
    assert code_of(lambda: merge(cast, at, cast.officer, two)) == C.OWN_RECORD
    assert code_of(lambda: merge(cast, at, one, cast.ali)) == C.MERGE_ROLES
    invited = make_volunteer(at, state="invited")
    assert code_of(lambda: merge(cast, at, invited, two)) == C.MERGE_STATE
    above = make_volunteer(at)
    grant(at, above, "region_admin", region=PROVINCE)
    assert (
        code_of(lambda: merge(cast, at, above, two)) == C.NOT_ALLOWED
    )  # 查理's WeChat would open the province
    waiting = Recovery.create(
        code="r",
        volunteer=two,
        identity=make_identity(at, None),
        way="station",
        state="waiting",
        created_at=at,
    )
    assert code_of(lambda: merge(cast, at, one, two)) == C.MERGE_OPEN
    waiting.delete_instance()
    number = merge(cast, at, one, two)
    assert code_of(lambda: merge(cast, at, one, two)) == C.NOT_FOUND
    assert code_of(lambda: undo(cast, at, number, reason="")) == C.REASON_REQUIRED
    assert code_of(lambda: undo(cast, at, 999)) == C.NOT_FOUND
    assert code_of(lambda: undo(cast, at, number, actor=cast.actor(beside))) == C.NOT_FOUND
    assert code_of(lambda: undo(cast, at + timedelta(days=31), number)) == C.MERGE_LATE
    third = make_volunteer(at)
    merge(cast, at, third, one)
    assert code_of(lambda: undo(cast, at, number)) == C.MERGE_STATE


def test_of_two_stations_at_once_one_merges(cast: Any, at: Any) -> None:
    def one(pair: Any) -> str:
        with store.session():
            try:
                return str(bool(merge(cast, at, *pair)))
            except Refusal as refusal:
                return refusal.code.value

    pairs = [(cast.xiaobo, cast.chali), (cast.chali, cast.xiaobo)]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, pairs)) == ["True", "not_found"]
    assert (PersonMerge.select().count(), books.verify()) == (1, [])


def test_who_may_be_one_person_is_found(cast: Any, at: Any) -> None:
    twin = make_volunteer(at, "王小博")
    for person in (cast.xiaobo, twin):
        enrolment.set_phone(parts=PARTS, person=person, phone="13856400001", proof="none")
    officer = cast.actor(cast.officer)
    assert merging.candidates(actor=officer, at=at) == [("王小博", cast.xiaobo.public_no, twin.public_no)]
    assert merging.find(parts=PARTS, actor=officer, text=twin.public_no.upper(), at=at) == twin.public_no
    unknown = "13856400077"
    assert (
        code_of(lambda: merging.find(parts=PARTS, actor=officer, text=unknown, at=at)) == C.ROW_PERSON_UNKNOWN
    )
    merge(cast, at, cast.xiaobo, twin)
    assert merging.candidates(actor=officer, at=at) == []
    assert [
        row.undoable for row in merging.listed(actor=officer, wanted=Wanted(text="小博"), at=at).rows
    ] == [True]
    assert (
        code_of(lambda: merging.listed(actor=cast.actor(cast.ali), wanted=Wanted(), at=at)) == C.NOT_ALLOWED
    )


def night(cast: Any, at: Any) -> tuple[ServiceRecord, ServiceRecord]:
    """22:00–02:00 on the entry that is kept, 00:30–03:00 of the next local day on the other; both confirmed."""
    spans = ((cast.xiaobo, 13, 4.0, "2026-06-10"), (cast.chali, 15.5, 2.5, "2026-06-11"))

    def act() -> list[ServiceRecord]:
        made = []
        for person, after, long, day in spans:
            activity, shift = make_activity(at, cast.team, starts_in=timedelta(hours=after), hours=long)
            record = ServiceRecord.create(
                shift=shift, activity=activity, team=cast.team, volunteer=person, local_day=day,
                region_code=cast.team.region_code, rule_set=cast.hours_rule, state="confirmed",
                minutes=int(long * 60), why="counted", in_at=shift.starts_at, out_at=shift.ends_at, in_mode="rotating",
                out_mode="rotating", created_at=at, updated_at=at, confirmed_at=at,
            )  # fmt: skip
            books.post_service(record=record, actor_id=None, at=at)
            made.append(record)
        return made

    one, two = store.write(act)
    return one, two


def test_records_that_share_a_night_are_foreseen_and_credit_the_union(cast: Any, at: Any) -> None:
    first, second = night(cast, at)
    before = totals()
    shown = merging.preview(
        parts=PARTS, actor=cast.actor(cast.officer), kept_no=cast.xiaobo.public_no, dropped_no=cast.chali.public_no,
        at=at,
    )  # fmt: skip
    assert (shown.same_time, shown.double_records) == (1, 0)
    number = merge(cast, at, cast.xiaobo, cast.chali)
    assert [ServiceRecord.get_by_id(each.id).minutes for each in (first, second)] == [240, 60]
    assert (Balance.get_by_id(cast.xiaobo.id).minutes, books.verify()) == (300, [])
    undo(cast, at, number)
    assert (totals(), books.verify()) == (before, [])


def test_records_of_one_day_that_do_not_meet_are_left_alone(cast: Any, at: Any) -> None:
    night(cast, at)
    later = ServiceRecord.get(ServiceRecord.volunteer == cast.chali)
    apart = ServiceRecord.get(ServiceRecord.volunteer == cast.xiaobo).out_at
    store.write(ServiceRecord.update(in_at=apart).where(ServiceRecord.id == later.id).execute)
    shown = merging.preview(
        parts=PARTS, actor=cast.actor(cast.officer), kept_no=cast.xiaobo.public_no, dropped_no=cast.chali.public_no,
        at=at,
    )  # fmt: skip
    merge(cast, at, cast.xiaobo, cast.chali)
    assert (shown.same_time, Balance.get_by_id(cast.xiaobo.id).minutes) == (0, 390)


def test_one_shift_beside_others_that_meet_it_credits_the_union(cast: Any, at: Any) -> None:
    """Each entry scanned the same shift for a part and served elsewhere in the time of it."""

    def act() -> None:
        shifts = {hour: make_activity(at, cast.team, starts_in=timedelta(hours=hour))[1] for hour in (1, 2, 3)}
        for person, hour, begin, end, counts in (
            (cast.xiaobo, 1, 0, 90, 90), (cast.xiaobo, 2, 0, 120, 90), (cast.chali, 1, 0, 120, 120),
            (cast.chali, 3, -30, 120, 120),
        ):  # fmt: skip
            shift = shifts[hour]
            record = ServiceRecord.create(
                shift=shift, activity=shift.activity_id, team=cast.team, volunteer=person, local_day="2026-06-10",
                region_code=cast.team.region_code, rule_set=cast.hours_rule, state="confirmed", minutes=counts,
                why="counted", in_at=shift.starts_at + timedelta(minutes=begin),
                out_at=shift.starts_at + timedelta(minutes=end), created_at=at, updated_at=at, confirmed_at=at,
            )  # fmt: skip
            books.post_service(record=record, actor_id=None, at=at)

    store.write(act)
    before = totals()
    number = merge(cast, at, cast.xiaobo, cast.chali)
    assert (Balance.get_by_id(cast.xiaobo.id).minutes, books.verify()) == (240, [])  # from 1:00 to 5:00
    undo(cast, at, number)
    assert (totals(), books.verify()) == (before, [])

"""The fault cases 22 to 26 of reliability.md §7, word by word, in one place; other tests go into each in depth.

22 by a running house: tests/faults/test_bad_codes_running.py. 23: tests/services/bookkeeping/test_overlap.py. 24:
tests/services/bookkeeping/test_records.py. 25: test_offline*.py. 26, redemptions: tests/services/mall/
test_redeeming.py; its sign-ups: test_signups.py; both with the control whose guard is off. Scans at one moment:
test_attendance_race.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Attempt, Delivery, MinuteEntry, RoleGrant, ServiceRecord, Shift, store
from services import codes
from services.bookkeeping import books, records
from services.errors import RefusalCode
from services.participation import attendance
from tests.services.participation.offline_phone import Phone, kept, record
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.world import World, grant, make_activity, make_volunteer, sign_up

SECONDS = timedelta(seconds=1)
HOURS = timedelta(hours=1)
C = RefusalCode


def shown(shift: Shift, at: datetime, direction: str = "in", key: str = "") -> str:
    """The code on the screen in the step that begins at or after `at`."""
    moment = codes.step_ends(codes.step_of(at))
    return codes.venue_code(
        shift_code=shift.code, shift_key=key or shift.code_key, direction=direction, at=moment
    )


def test_case_22_venue_code(cast: World, at: datetime) -> None:
    """Screenshot 40 s later; previous step at 20 s; other activity's code; `in` code for check-out; MAC changed by 1
    bit; step in the future; replay by the same user × 5: refused; accepted; refused; refused; refused; refused; one
    record, five equal answers. The activity is as anybody makes it, no number of it changed."""
    _, other = store.write(lambda: make_activity(at, cast.other_team))
    start = codes.step_ends(codes.step_of(cast.shift.starts_at))
    good = shown(cast.shift, cast.shift.starts_at)

    def scan(code: str, when: datetime) -> attendance.Scanned:
        return attendance.scan(actor=cast.actor(cast.xiaobo), code=code, at=when)

    assert refused(lambda: scan(good, start + 40 * SECONDS)) is C.CODE_EXPIRED
    foreign = shown(cast.shift, cast.shift.starts_at, key=other.code_key)
    flipped = good[:-1] + chr(ord(good[-1]) ^ 1)
    ahead = shown(cast.shift, cast.shift.starts_at + 15 * SECONDS)
    for bad in (foreign, "o" + good[1:], flipped, ahead):
        assert refused(lambda bad=bad: scan(bad, start + SECONDS)) is C.CODE_FORGED  # type: ignore[misc]
    assert ServiceRecord.select().count() == 0
    told = [scan(good, start + 20 * SECONDS) for _ in range(5)]
    assert [each.outcome for each in told] == ["accepted"] + ["repeat"] * 4
    assert len({(each.record_id, each.in_at, each.out_at, each.minutes, each.title) for each in told}) == 1
    assert ServiceRecord.select().count() == 1
    assert Attempt.select().where(Attempt.outcome == "refused").count() == 5


def test_case_23_two_activities_overlapping_both_checked_out(cast: World, at: datetime) -> None:
    """Credited union, second flagged, reconcile ok."""
    start, actor = cast.shift.starts_at, cast.actor(cast.ali)
    _, other = store.write(lambda: make_activity(at, cast.team, starts_in=start + HOURS - at))
    for shift, first in ((cast.shift, start), (other, start + HOURS)):
        for direction, moment in (("in", first), ("out", first + 2 * HOURS)):
            attendance.tick(
                actor=actor, shift_code=shift.code, public_no=cast.xiaobo.public_no, direction=direction, at=moment
            )
    for shift in (cast.shift, other):
        records.confirm(actor=actor, activity_code=shift.activity.code, at=start + 4 * HOURS)
    told = [(each.minutes, each.overlap, each.why) for each in ServiceRecord.select().order_by(ServiceRecord.id)]
    assert told == [(120, 0, "counted"), (60, 60, "overlap")]
    assert (sum(each.amount for each in MinuteEntry.select()), books.verify()) == (180, [])


def test_case_24_no_check_out_and_the_job_six_hours_late_and_twice(cast: World) -> None:
    """One record closed by the job, its end the planned one and its credit by policy (nothing until the leader gives
    the end), one notice to the person and one to the leader; when the job came makes no difference."""
    start, end = cast.shift.starts_at, cast.shift.ends_at
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no, direction="in",
        at=start,
    )  # fmt: skip
    late = end + 6 * HOURS
    assert (records.close_forgotten(at=late), records.close_forgotten(at=late)) == (1, 0)
    mine = record(cast.xiaobo)
    assert (mine.closed_by, mine.why, mine.minutes, mine.state) == ("worker", "forgotten", 0, "pending")
    told = Delivery.select().where(Delivery.volunteer == cast.xiaobo.id)
    assert [each.kind for each in told] == ["check_out_forgotten"]
    credited = records.set_end(
        actor=cast.actor(cast.ali), record_id=mine.id, out_at=end, reason="干到结束", at=late + MINUTES
    )
    assert (credited, ServiceRecord.select().count()) == (120, 1)


def test_case_25_offline_batch(cast: World, phone: Phone, start: datetime, at: datetime) -> None:
    """Duplicates, future times, out-of-order out-before-in, revoked leader, upload cut at 50 % and repeated: table 4.4
    exactly; the second upload changes nothing; per-item answers. (5,000 of them: test_offline_many.py.)"""
    zhou, wu = store.write(lambda: [make_volunteer(at, name) for name in ("周老三", "吴大姐")])
    store.write(lambda: [sign_up(at, cast.shift, person) for person in (zhou, wu)])
    store.write(RoleGrant.update(until=start + 2 * HOURS).where(RoleGrant.volunteer == cast.ali.id).execute)
    store.write(lambda: grant(start + 150 * MINUTES, cast.ali, "team_leader", team=cast.team))
    upload = start + 3 * HOURS
    items = [
        phone.scan(cast.xiaobo, start + HOURS, "out"),  # before its check-in
        phone.scan(cast.xiaobo, start + 10 * MINUTES),
        phone.tick(cast.xiaobo, start + 5 * MINUTES),  # the same with another nonce, earlier
        phone.tick(zhou, start),
        phone.tick(zhou, start + 20 * MINUTES, "out"),
        phone.tick(zhou, start + 30 * MINUTES, "out"),  # later: kept as evidence
        phone.tick(wu, start + 130 * MINUTES),  # he led no more
        phone.tick(wu, start + 9 * HOURS),  # a time that has not come: set back to the upload, when he leads again
    ]
    half = phone.bring(*items[:4], at=upload)
    whole = phone.bring(*items, at=upload + MINUTES)
    assert whole[:4] == half
    assert [(each.outcome, each.flag) for each in whole] == [
        ("accepted", ""), ("duplicate", "duplicate"), ("accepted", ""), ("accepted", ""), ("accepted", ""),
        ("duplicate", "duplicate"), ("refused", "role"), ("accepted", "clamped"),
    ]  # fmt: skip
    assert [(record(each).in_at, record(each).minutes) for each in (cast.xiaobo, zhou)] == [
        (start + 5 * MINUTES, 55), (start, 20),
    ]  # fmt: skip
    assert record(wu).in_at == upload + MINUTES
    before = kept()
    assert phone.bring(*items, at=upload + HOURS) == whole
    assert (kept(), len(before)) == (before, len(items))

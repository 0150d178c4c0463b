"""Two records of one person that touch: together they count the union, in whatever order they came (case 23)."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from models import Activity, MinuteEntry, ServiceRecord, Shift, Team, store
from services.bookkeeping import books, hours, records
from services.participation import attendance
from tests.services.participation.test_attendance import MINUTES
from tests.support.world import World, make_activity, sign_up


def second(world: World, starts_after: int = 60, hours: float = 2) -> Shift:
    """Another team's activity that begins while the first one runs."""

    def act() -> Shift:
        gap = world.shift.starts_at - world.activity.created_at + starts_after * MINUTES
        _, shift = make_activity(world.activity.created_at, world.team, starts_in=gap, hours=hours)
        sign_up(world.activity.created_at, shift, world.xiaobo)
        return shift

    return store.write(act)


def serve(world: World, shift: Shift, begin: int, end: int) -> int:
    """In and out on the list, in minutes from the first activity's start; judged after both are over."""
    start, late = world.shift.starts_at, world.shift.starts_at + timedelta(hours=6)
    facts = {"actor": world.actor(world.ali), "shift_code": shift.code, "public_no": world.xiaobo.public_no}
    attendance.tick(**facts, direction="in", at=late, when=start + begin * MINUTES)
    return attendance.tick(**facts, direction="out", at=late, when=start + end * MINUTES).record_id


def confirm(world: World, shift: Shift) -> records.Confirmed:
    code = Activity.get_by_id(shift.activity_id).code
    at = world.shift.starts_at + timedelta(hours=6)
    return records.confirm(actor=world.actor(world.ali), activity_code=code, at=at)


def standing(record_id: int) -> tuple[int, int, str]:
    row = ServiceRecord.get_by_id(record_id)
    return row.minutes, row.overlap, row.why


def test_overlapping_records_credit_the_union_and_the_second_is_flagged(cast: World) -> None:
    other = second(cast)
    one, two = serve(cast, cast.shift, 0, 120), serve(cast, other, 60, 180)
    assert (confirm(cast, cast.shift).minutes, confirm(cast, other).minutes) == (120, 60)
    assert (standing(one), standing(two)) == ((120, 0, "counted"), (60, 60, "overlap"))
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at).total == 180
    assert books.verify() == []


def test_the_flagged_record_says_so_in_words(cast: World) -> None:
    other = second(cast)
    serve(cast, cast.shift, 0, 120)
    serve(cast, other, 60, 180)
    newest = hours.recent(volunteer_id=cast.xiaobo.id, limit=1)[0]
    assert (newest.overlap, newest.words.word) == (60, "等确认")
    assert newest.words.why == (
        "有 60 分钟和您另一次服务是同一段时间，同一段时间只算一次。由队长在名单上登记，不是扫码。"
        "队长确认以后，就记进您的时长。"
    )


#: A record is confirmed after its end, never before.
ORDERS = [
    order for order in permutations(["out1", "out2", "ok1", "ok2"])
    if order.index("out1") < order.index("ok1") and order.index("out2") < order.index("ok2")
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_order_of_scans_and_confirmations_does_not_matter(cast: World, order: tuple[str, ...]) -> None:
    other = second(cast)
    spans = {"1": (cast.shift, 0, 120), "2": (other, 60, 180)}
    ids = {}
    for step in order:
        shift, begin, end = spans[step[-1]]
        if step.startswith("out"):
            ids[step[-1]] = serve(cast, shift, begin, end)
        else:
            confirm(cast, shift)
    assert (standing(ids["1"]), standing(ids["2"])) == ((120, 0, "counted"), (60, 60, "overlap"))
    assert (sum(entry.amount for entry in MinuteEntry.select()), books.verify()) == (180, [])


def test_annulled_record_gives_the_common_time_to_the_other(cast: World) -> None:
    other = second(cast)
    one, two = serve(cast, cast.shift, 0, 120), serve(cast, other, 60, 180)
    confirm(cast, cast.shift)
    confirm(cast, other)
    records.void(actor=cast.actor(cast.ali), record_id=one, reason="没有来", at=cast.shift.ends_at)
    assert (standing(two), books.verify()) == ((120, 0, "counted"), [])
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at).total == 120


def test_one_end_and_the_next_start_in_one_moment_are_no_overlap(cast: World) -> None:
    other = second(cast, starts_after=120)
    one, two = serve(cast, cast.shift, 0, 120), serve(cast, other, 120, 180)
    assert (standing(one), standing(two)) == ((120, 0, "counted"), (60, 0, "counted"))


def test_books_that_count_common_time_twice_are_reported(cast: World) -> None:
    """The control: without the settling both would count whole, and verify-books says so."""
    other = second(cast)
    one, two = serve(cast, cast.shift, 0, 120), serve(cast, other, 60, 180)

    def double() -> None:
        ServiceRecord.update(minutes=120, overlap=0, state="confirmed").where(
            ServiceRecord.id.in_([one, two])
        ).execute()
        for each in (one, two):
            books.post_service(record=ServiceRecord.get_by_id(each), actor_id=None, at=cast.shift.ends_at)

    store.write(double)
    found = books.verify()
    assert [(each.what, each.kept, each.proved) for each in found] == [(f"overlap {one} {two}", 240, 180)]


def test_record_past_midnight_belongs_to_the_day_it_began(cast: World) -> None:
    def act() -> Shift:
        late = timedelta(hours=14)  # 23:00 in Shanghai
        _, shift = make_activity(
            cast.activity.created_at, Team.get_by_id(cast.team.id), starts_in=late, hours=3
        )
        sign_up(cast.activity.created_at, shift, cast.xiaobo)
        return shift

    shift = store.write(act)
    facts = {"actor": cast.actor(cast.ali), "shift_code": shift.code, "public_no": cast.xiaobo.public_no}
    attendance.tick(**facts, direction="in", at=shift.starts_at)
    record_id = attendance.tick(**facts, direction="out", at=shift.ends_at).record_id
    row = ServiceRecord.get_by_id(record_id)
    assert (row.local_day, row.minutes) == ("2026-06-10", 180)


def night(world: World) -> tuple[int, int]:
    """22:00–02:00 with one team and 00:30–03:00, on the next local day, with another; both confirmed after."""
    evening, after = second(world, starts_after=9 * 60, hours=4), second(world, starts_after=11 * 60 + 30, hours=2.5)
    late, ids = after.ends_at + timedelta(hours=1), []
    for shift in (evening, after):
        facts = {"actor": world.actor(world.ali), "shift_code": shift.code, "public_no": world.xiaobo.public_no}
        attendance.tick(**facts, direction="in", at=late, when=shift.starts_at)
        ids.append(attendance.tick(**facts, direction="out", at=late, when=shift.ends_at).record_id)
    for shift in (evening, after):
        code = Activity.get_by_id(shift.activity_id).code
        records.confirm(actor=world.actor(world.ali), activity_code=code, at=late)
    return ids[0], ids[1]


def days(*record_ids: int) -> list[str]:
    return [ServiceRecord.get_by_id(each).local_day for each in record_ids]


def test_records_of_two_days_that_share_a_night_credit_the_union(cast: World) -> None:
    one, two = night(cast)
    assert days(one, two) == ["2026-06-10", "2026-06-11"]
    assert (standing(one), standing(two)) == ((240, 0, "counted"), (60, 90, "overlap"))
    assert (sum(entry.amount for entry in MinuteEntry.select()), books.verify()) == (300, [])


def test_books_that_count_a_shared_night_twice_are_reported(cast: World) -> None:
    one, two = night(cast)

    def double() -> None:
        row = ServiceRecord.get_by_id(two)
        books.reverse(record=row, actor_id=None, at=row.out_at, note="")
        ServiceRecord.update(minutes=150, overlap=0, version=row.version + 1).where(ServiceRecord.id == two).execute()
        books.post_service(record=ServiceRecord.get_by_id(two), actor_id=None, at=row.out_at)

    store.write(double)
    assert [(each.what, each.kept, each.proved) for each in books.verify()] == [(f"overlap {one} {two}", 390, 300)]


def test_record_of_an_activity_of_several_days_belongs_to_the_day_of_its_shift(cast: World) -> None:
    def act() -> Shift:
        _, shift = make_activity(cast.activity.created_at, Team.get_by_id(cast.team.id), hours=30)
        shift.starts_at = shift.ends_at - timedelta(hours=2)
        shift.save(only=("starts_at",))
        sign_up(cast.activity.created_at, shift, cast.xiaobo)
        return shift

    shift = store.write(act)
    facts = {"actor": cast.actor(cast.ali), "shift_code": shift.code, "public_no": cast.xiaobo.public_no}
    attendance.tick(**facts, direction="in", at=shift.starts_at)
    record_id = attendance.tick(**facts, direction="out", at=shift.ends_at).record_id
    records.confirm(
        actor=cast.actor(cast.ali), activity_code=Activity.get_by_id(shift.activity_id).code, at=shift.ends_at
    )
    entry = MinuteEntry.get(MinuteEntry.record == record_id)
    assert (days(record_id), entry.local_day, entry.amount) == (["2026-06-11"], "2026-06-11", 120)

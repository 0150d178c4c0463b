"""The leader's day: who is due, the call that is written down, the end in one tap, the report with photos."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Activity,
    ActivityReport,
    AuditEntry,
    RoleGrant,
    StoredFile,
    Volunteer,
    store,
)
from services.errors import RefusalCode
from services.participation import attendance, day, reports
from storage.disk import Disk
from tests.services.participation.offline_phone import Phone, picture, record
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.fakes import make_parts
from tests.support.world import World, grant, make_volunteer, sign_up

C = RefusalCode
PHONE = "13856400001"


@pytest.fixture
def here(cast: World, at: datetime) -> Volunteer:
    """小博 and 周老三 are signed up, both with a telephone; 周老三 is returned."""

    def make() -> Volunteer:
        zhou = make_volunteer(at, "周老三")
        for person in (cast.xiaobo, zhou):
            sealed, key = make_parts().vault.seal(PHONE, f"volunteer.phone:{person.public_no}")
            Volunteer.update(phone_sealed=sealed, phone_key=key).where(Volunteer.id == person.id).execute()
            sign_up(at, cast.shift, person)
        return zhou

    return store.write(make)


def tick(cast: World, person: Volunteer, when: datetime, direction: str = "in") -> None:
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=person.public_no, direction=direction,
        at=when,
    )  # fmt: skip


def look(cast: World, at: datetime, who: Volunteer | None = None) -> day.Day:
    actor = cast.actor(who or cast.ali)
    return day.day(parts=make_parts(), actor=actor, activity_code=cast.activity.code, at=at)


def names(entries: list[Any]) -> list[str]:
    return [each.name for each in entries]


def test_who_is_due_begins_at_the_start(cast: World, here: Volunteer) -> None:
    start = cast.shift.starts_at
    assert names(look(cast, start - MINUTES).due) == []
    assert sorted(names(look(cast, start - MINUTES).coming)) == ["周老三", "王小博"]
    tick(cast, cast.xiaobo, start)
    seen = look(cast, start)
    assert (names(seen.due), names(seen.inside), names(seen.left)) == (["周老三"], ["王小博"], [])
    tick(cast, cast.xiaobo, start + 30 * MINUTES, "out")
    assert names(look(cast, start + 30 * MINUTES).left) == ["王小博"]


def test_telephones_are_masked(cast: World, here: Volunteer, at: datetime) -> None:
    assert set(look(cast, at).phones.values()) == {"138****0001"}


def test_only_who_leads_sees_the_day(cast: World, here: Volunteer, at: datetime) -> None:
    assert refused(lambda: look(cast, at, cast.xiaobo)) is C.NOT_ALLOWED
    assert refused(lambda: look(cast, at, cast.chali)) is C.NOT_FOUND


def test_name_that_nobody_knew_stands_on_the_day(cast: World, phone: Phone) -> None:
    start = cast.shift.starts_at
    phone.bring(phone.item(start, kind="name", name="过路人"), at=start + MINUTES)
    assert [(each.name, each.moments) for each in look(cast, start).unknown] == [("过路人", (("in", start),))]


# the call


def call(cast: World, at: datetime, who: Volunteer, person: Volunteer) -> tuple[str, str]:
    return day.call(
        parts=make_parts(), actor=cast.actor(who), activity_code=cast.activity.code, public_no=person.public_no,
        at=at,
    )  # fmt: skip


def test_each_call_is_written_down(cast: World, here: Volunteer, at: datetime) -> None:
    assert [call(cast, at, cast.ali, here), call(cast, at, cast.ali, here)] == [("周老三", PHONE)] * 2
    kept = [(e.verb, e.actor_id, e.subject, e.detail["activity"]) for e in AuditEntry.select()]
    assert kept == [("person.call", cast.ali.id, f"volunteer:{here.id}", cast.activity.code)] * 2


def test_nobody_else_gets_a_number_and_nothing_is_written(cast: World, here: Volunteer, at: datetime) -> None:
    assert refused(lambda: call(cast, at, cast.xiaobo, here)) is C.NOT_ALLOWED
    assert refused(lambda: call(cast, at, cast.chali, here)) is C.NOT_FOUND
    assert AuditEntry.select().count() == 0


def test_somebody_on_no_list_is_not_called(cast: World, here: Volunteer, at: datetime) -> None:
    assert refused(lambda: call(cast, at, cast.ali, cast.chali)) is C.NOT_FOUND


def test_somebody_without_a_telephone_is_not_called(cast: World, here: Volunteer, at: datetime) -> None:
    store.write(Volunteer.update(phone_sealed=None).where(Volunteer.id == here.id).execute)
    assert refused(lambda: call(cast, at, cast.ali, here)) is C.NUMBER_MISSING


def test_numbers_are_for_work_not_for_a_county(cast: World, here: Volunteer, at: datetime) -> None:
    for _ in range(day.MOST_CALLS):
        call(cast, at, cast.ali, here)
    assert refused(lambda: call(cast, at, cast.ali, here)) is C.TOO_MANY_TRIES


# the end


def end(cast: World, at: datetime, **more: Any) -> day.Ended:
    return day.end(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at, **more)


def test_end_checks_everybody_out(cast: World, here: Volunteer) -> None:
    start = cast.shift.starts_at
    tick(cast, cast.xiaobo, start)
    tick(cast, here, start + 10 * MINUTES)
    assert end(cast, start + 60 * MINUTES) == day.Ended(2, [], [])
    assert (record(cast.xiaobo).minutes, record(here).minutes, record(here).closed_by) == (60, 50, "leader")
    assert Activity.get_by_id(cast.activity.id).state == "ended"


def test_exceptions_stay_or_get_their_own_time(cast: World, here: Volunteer) -> None:
    start = cast.shift.starts_at
    tick(cast, cast.xiaobo, start)
    tick(cast, here, start)
    done = end(
        cast, start + 60 * MINUTES, stay={cast.xiaobo.public_no}, times={here.public_no: start + 40 * MINUTES}
    )
    assert done == day.Ended(1, ["王小博"], [])
    assert (record(cast.xiaobo).out_at, record(here).minutes) == (None, 40)


def test_leader_does_not_check_himself_out(cast: World, at: datetime) -> None:
    start = cast.shift.starts_at
    store.write(lambda: (sign_up(at, cast.shift, cast.ali), grant(at, cast.chali, "deputy", team=cast.team)))
    attendance.tick(
        actor=cast.actor(cast.chali), shift_code=cast.shift.code, public_no=cast.ali.public_no, direction="in",
        at=start,
    )  # fmt: skip
    assert end(cast, start + 60 * MINUTES) == day.Ended(0, ["李阿丽"], [])


def test_ending_twice_changes_nobody(cast: World, here: Volunteer) -> None:
    start = cast.shift.starts_at
    tick(cast, here, start)
    end(cast, start + 30 * MINUTES)
    assert end(cast, start + 50 * MINUTES) == day.Ended(0, [], [])
    assert record(here).minutes == 30


def test_late_scan_is_taken_after_the_end(cast: World, phone: Phone) -> None:
    start = cast.shift.starts_at
    tick(cast, cast.xiaobo, start)
    end(cast, start + 60 * MINUTES)
    phone.bring(phone.scan(cast.xiaobo, start + 45 * MINUTES, "out"), at=start + 70 * MINUTES)
    assert record(cast.xiaobo).minutes == 45


@pytest.mark.parametrize(
    ("state", "off", "expected"),
    [
        ("draft", 10, C.ACTIVITY_STATE), ("cancelled", 10, C.ACTIVITY_CANCELLED),
        ("published", -10, C.ACTIVITY_STATE),
    ],
)  # fmt: skip
def test_only_what_runs_is_ended(cast: World, state: str, off: int, expected: RefusalCode) -> None:
    store.write(Activity.update(state=state).where(Activity.id == cast.activity.id).execute)
    assert refused(lambda: end(cast, cast.shift.starts_at + off * MINUTES)) is expected


# the report


@pytest.fixture
def parts(tmp_path: Any) -> Any:
    return make_parts(storage=Disk(tmp_path))


def write(cast: World, parts: Any, **more: Any) -> None:
    facts = {"served": 30, "summary": "清理了三公里河岸", "at": cast.activity.ends_at, **more}
    reports.write(parts=parts, actor=cast.actor(cast.ali), activity_code=cast.activity.code, **facts)


def test_report_keeps_served_summary_and_photos(cast: World, here: Volunteer, parts: Any) -> None:
    start = cast.shift.starts_at
    tick(cast, here, start)
    tick(cast, here, start + 60 * MINUTES, "out")
    write(cast, parts, photos=[picture()], consent=True)
    at, actor = cast.activity.ends_at, cast.actor(cast.ali)
    shown = reports.of(actor=actor, activity_code=cast.activity.code, at=at)
    assert (shown.served, shown.summary, shown.came, shown.minutes, len(shown.photos)) == (
        30, "清理了三公里河岸", 1, 60, 1,
    )  # fmt: skip
    body = reports.photo(parts=parts, actor=actor, activity_code=cast.activity.code, number=0, at=at)
    assert body[:2] == b"\xff\xd8"
    assert refused(
        lambda: reports.photo(parts=parts, actor=actor, activity_code=cast.activity.code, number=1, at=at)
    ) is C.NOT_FOUND


def test_report_is_written_anew_and_keeps_its_photos(cast: World, parts: Any) -> None:
    write(cast, parts, photos=[picture()], consent=True)
    write(cast, parts, served=31, summary="改一改")
    kept = ActivityReport.get()
    assert (kept.served, kept.summary, len(kept.photos), kept.photo_consent) == (31, "改一改", 1, True)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"photos": [b"x"], "consent": False}, C.PHOTO_CONSENT),
        ({"photos": [b"x"] * 7, "consent": True}, C.PHOTO_MANY),
        ({"photos": [b"x"], "consent": True}, C.PHOTO_UNREADABLE),
        ({"served": -1}, C.FIGURE_WRONG),
        ({"summary": " "}, C.TEXT_EMPTY), ({"summary": "字" * 1001}, C.TEXT_TOO_LONG),
    ],
)  # fmt: skip
def test_report_refused(cast: World, parts: Any, more: dict[str, Any], expected: RefusalCode) -> None:
    assert refused(lambda: write(cast, parts, **more)) is expected
    assert (ActivityReport.select().count(), StoredFile.select().count()) == (0, 0)


def test_private_home_has_no_photo(cast: World, parts: Any) -> None:
    store.write(Activity.update(private_home=True).where(Activity.id == cast.activity.id).execute)
    assert refused(lambda: write(cast, parts, photos=[picture()], consent=True)) is C.PHOTO_CONSENT


def test_report_before_the_start_is_refused(cast: World, parts: Any) -> None:
    assert refused(lambda: write(cast, parts, at=cast.activity.starts_at - MINUTES)) is C.ACTIVITY_STATE


def test_only_who_leads_writes_and_who_may_look_reads(cast: World, parts: Any, at: datetime) -> None:
    write(cast, parts)
    store.write(lambda: RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.ali.id).execute())
    assert refused(lambda: write(cast, parts)) is C.NOT_ALLOWED
    later = at + timedelta(days=1)
    assert reports.of(actor=cast.actor(cast.officer), activity_code=cast.activity.code, at=later).written
    assert refused(
        lambda: reports.of(actor=cast.actor(cast.chali), activity_code=cast.activity.code, at=later)
    ) is C.NOT_FOUND



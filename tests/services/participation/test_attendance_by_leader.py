"""The leader's ways of checking people in: their personal code, and the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Attempt, ServiceRecord, Shift, Volunteer, store
from services import codes
from services.errors import RefusalCode
from services.participation import attendance
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.fakes import make_parts
from tests.support.world import World


def person_code(person: Volunteer, until: datetime) -> str:
    return codes.person_code(sign_key=make_parts().sign_key, public_no=person.public_no, expires_at=until)


def test_leader_scans_a_person(cast: World) -> None:
    start = cast.shift.starts_at
    qr = person_code(cast.chali, start + timedelta(hours=1))
    done = attendance.scan_person(
        parts=make_parts(), actor=cast.actor(cast.ali), person_code=qr, shift_code=cast.shift.code,
        direction="in", at=start,
    )  # fmt: skip
    attempt = Attempt.select().order_by(Attempt.id.desc()).first()
    assert (done.name, attempt.actor_id, attempt.volunteer_id) == (
        cast.chali.name,
        cast.ali.id,
        cast.chali.id,
    )


def test_leader_lets_a_person_in_beyond_the_quota(cast: World) -> None:
    store.write(lambda: Shift.update(taken=Shift.quota).execute())
    start = cast.shift.starts_at
    done = attendance.scan_person(
        parts=make_parts(), actor=cast.actor(cast.ali), person_code=person_code(cast.chali, start),
        shift_code=cast.shift.code, direction="in", at=start,
    )  # fmt: skip
    assert done.outcome == "accepted"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda qr: qr[:-2] + ("AA" if qr[-2:] != "AA" else "BB"), RefusalCode.CODE_FORGED),
        (lambda qr: qr.replace("v1.", "v2."), RefusalCode.CODE_FORGED),
        (lambda qr: "v1", RefusalCode.CODE_FORGED),
    ],
)
def test_forged_person_code_is_refused(cast: World, change: Any, expected: RefusalCode) -> None:
    start = cast.shift.starts_at
    qr = change(person_code(cast.chali, start))
    problem = refused(
        lambda: attendance.scan_person(
            parts=make_parts(),
            actor=cast.actor(cast.ali),
            person_code=qr,
            shift_code=cast.shift.code,
            direction="in",
            at=start,
        )  # fmt: skip
    )
    assert problem is expected


def test_old_person_code_is_refused(cast: World) -> None:
    start = cast.shift.starts_at
    qr = person_code(cast.chali, start - timedelta(seconds=1))
    problem = refused(
        lambda: attendance.scan_person(
            parts=make_parts(),
            actor=cast.actor(cast.ali),
            person_code=qr,
            shift_code=cast.shift.code,
            direction="in",
            at=start,
        )  # fmt: skip
    )
    assert problem is RefusalCode.CODE_EXPIRED


def test_leader_of_another_team_cannot_scan_people_in(cast: World) -> None:
    start = cast.shift.starts_at
    problem = refused(
        lambda: attendance.scan_person(
            parts=make_parts(),
            actor=cast.actor(cast.chali),
            person_code=person_code(cast.xiaobo, start),
            shift_code=cast.shift.code,
            direction="in",
            at=start,
        )  # fmt: skip
    )
    assert problem is RefusalCode.NOT_FOUND


def test_tick_is_marked_as_by_hand(cast: World) -> None:
    start = cast.shift.starts_at
    done = attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no,
        direction="in", at=start + 10 * MINUTES, when=start,
    )  # fmt: skip
    record = ServiceRecord.get_by_id(done.record_id)
    assert (record.by_hand, record.in_mode, record.in_at) == (True, "list", start)


def test_leader_cannot_tick_himself(cast: World) -> None:
    problem = refused(
        lambda: attendance.tick(
            actor=cast.actor(cast.ali),
            shift_code=cast.shift.code,
            public_no=cast.ali.public_no,
            direction="in",
            at=cast.shift.starts_at,
        )  # fmt: skip
    )
    assert problem is RefusalCode.OWN_RECORD
    kept = Attempt.get()
    assert (kept.reason, kept.mode, kept.volunteer_id) == ("own_record", "list", cast.ali.id)


def test_tick_in_the_future_counts_from_now(cast: World) -> None:
    start = cast.shift.starts_at
    done = attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no,
        direction="in", at=start, when=start + timedelta(hours=1),
    )  # fmt: skip
    assert done.in_at == start


def test_leader_does_not_scan_his_own_code(cast: World) -> None:
    start = cast.shift.starts_at
    problem = refused(
        lambda: attendance.scan_person(
            parts=make_parts(), actor=cast.actor(cast.ali), person_code=person_code(cast.ali, start),
            shift_code=cast.shift.code, direction="in", at=start,
        )
    )  # fmt: skip
    assert problem is RefusalCode.OWN_RECORD
    assert Attempt.select().order_by(Attempt.id.desc()).first().reason == "own_record"

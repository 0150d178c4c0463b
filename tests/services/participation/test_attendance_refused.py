"""Scans and ticks of somebody or something that is not there, or no longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Attempt, Consent, ScanTicket, ServiceRecord, Volunteer, store
from services import codes
from services.errors import RefusalCode
from services.participation import attendance, scan_codes
from tests.services.participation.test_attendance import code, refused, scan
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import World
from wording import entry

C = RefusalCode


def change(cast: World, **fields: Any) -> None:
    store.write(lambda: Activity.update(**fields).where(Activity.id == cast.activity.id).execute())


def by_person_code(cast: World, public_no: str, **more: Any) -> Any:
    start = cast.shift.starts_at
    parts = make_parts()
    own = codes.person_code(
        sign_key=parts.sign_key, public_no=public_no, expires_at=start + timedelta(days=1)
    )
    facts = {
        "parts": parts, "actor": cast.actor(cast.ali), "person_code": own, "shift_code": cast.shift.code,
        "direction": "in", "at": start, **more,
    }  # fmt: skip
    return attendance.scan_person(**facts)


def tick(cast: World, **more: Any) -> Any:
    facts = {
        "actor": cast.actor(cast.ali), "shift_code": cast.shift.code, "public_no": cast.xiaobo.public_no,
        "direction": "in", "at": cast.shift.starts_at, **more,
    }  # fmt: skip
    return attendance.tick(**facts)


def test_draft_is_not_checked_in_to(cast: World) -> None:
    change(cast, state="draft")
    assert refused(lambda: scan(cast, "in", cast.shift.starts_at)) is C.ACTIVITY_STATE


def test_annulled_record_is_not_opened_again(cast: World) -> None:
    start = cast.shift.starts_at
    record = scan(cast, "in", start).record_id
    store.write(lambda: ServiceRecord.update(state="void").where(ServiceRecord.id == record).execute())
    assert refused(lambda: scan(cast, "in", start)) is C.RECORD_STATE
    assert refused(lambda: scan(cast, "out", start + timedelta(hours=1))) is C.RECORD_STATE


def test_walk_in_from_another_county_to_an_activity_of_the_area_is_refused(cast: World, at: datetime) -> None:
    change(cast, openness="area")
    store.write(lambda: world.make_region("341523", "舒城县"))
    far = store.write(lambda: world.make_volunteer(at, region_code="341523"))
    store.write(lambda: world.make_identity(at, far, "mp"))
    assert refused(lambda: scan(cast, "in", cast.shift.starts_at, far)) is C.AREA_ONLY
    assert scan(cast, "in", cast.shift.starts_at, cast.chali).outcome == "accepted"


def takes_part(cast: World, given: bool, at: datetime, *, version: str = "") -> None:
    store.write(
        lambda: Consent.create(
            volunteer=cast.chali, purpose="service", version=version or entry("consents.service.version"),
            given=given, channel="h5", at=at,
        )
    )  # fmt: skip


def test_walk_in_who_takes_part_no_more_is_refused_until_he_agrees_again(cast: World, at: datetime) -> None:
    start, no_more = cast.shift.starts_at, {"public_no": cast.chali.public_no}
    takes_part(cast, False, at)
    assert refused(lambda: scan(cast, "in", start, cast.chali)) is C.CONSENT_WITHDRAWN
    assert refused(lambda: tick(cast, **no_more)) is C.OTHER_CONSENT
    assert refused(lambda: by_person_code(cast, cast.chali.public_no)) is C.OTHER_CONSENT
    assert ServiceRecord.select().count() == 0
    takes_part(cast, True, at)
    assert scan(cast, "in", start, cast.chali).outcome == "accepted"


def test_walk_in_who_agreed_to_an_older_text_is_let_in(cast: World, at: datetime) -> None:
    takes_part(cast, True, at, version="2025-01-01")
    assert scan(cast, "in", cast.shift.starts_at, cast.chali).outcome == "accepted"


def test_check_out_of_one_who_takes_part_no_more_still_counts(cast: World, at: datetime) -> None:
    start = cast.shift.starts_at
    scan(cast, "in", start, cast.chali)
    takes_part(cast, False, start + timedelta(hours=1))
    assert scan(cast, "out", start + timedelta(hours=2), cast.chali).outcome == "accepted"


def test_code_of_nobody_is_unknown_and_kept(cast: World) -> None:
    assert refused(lambda: by_person_code(cast, "nobody00")) is C.CODE_UNKNOWN
    attempt = Attempt.get()
    assert (attempt.outcome, attempt.reason, attempt.mode) == ("refused", "code_unknown", "person")


def test_unknown_shift_takes_no_scan_and_no_tick(cast: World) -> None:
    assert refused(lambda: by_person_code(cast, cast.xiaobo.public_no, shift_code="nowhere")) is C.NOT_FOUND
    assert refused(lambda: tick(cast, shift_code="nowhere")) is C.NOT_FOUND


def test_nobody_is_not_ticked(cast: World) -> None:
    assert refused(lambda: tick(cast, public_no="nobody00")) is C.NOT_FOUND


def test_who_has_left_is_not_ticked(cast: World) -> None:
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute())
    assert refused(lambda: tick(cast)) is C.ACCOUNT_CLOSED


def test_code_of_a_cancelled_activity_gives_no_ticket(cast: World) -> None:
    change(cast, state="cancelled")
    start = cast.shift.starts_at
    assert refused(
        lambda: scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start)
    ) is (C.ACTIVITY_CANCELLED)
    assert ScanTicket.select().count() == 0


def test_unknown_ticket_gets_no_digits(cast: World, at: datetime) -> None:
    assert refused(lambda: scan_codes.ticket_digits(token="made-up-ticket-00", at=at)) is C.TICKET_INVALID


def test_shift_of_an_unknown_chat_code_is_unknown(cast: World) -> None:
    assert refused(
        lambda: attendance.scan_in_chat(
            actor=cast.actor(cast.xiaobo, "bot"),
            direction="in",
            shift_code="nowhere",
            at=cast.shift.starts_at,
        )
    ) is (C.CODE_UNKNOWN)


@pytest.mark.parametrize("step", ["", "zz", "-1", "1_0", " 1", "f" * 60, "０"])
def test_step_that_is_no_number_is_forged(cast: World, at: datetime, step: str) -> None:
    state = codes.venue_code_state(
        shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", step=step, mac="a" * 10,
        life=60, at=at,
    )  # fmt: skip
    assert state == "forged"

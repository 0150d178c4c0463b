"""Check-in and check-out, one situation each: what counts, what is refused, what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Attempt, MinuteEntry, ServiceRecord, Shift, Signup, Volunteer, store
from services import codes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import attendance, scan_codes
from tests.support.budgets import WORK
from tests.support.world import World, make_activity, sign_up

MINUTES = timedelta(minutes=1)


def code(shift: Shift, direction: str, when: datetime) -> str:
    return codes.venue_code(shift_code=shift.code, shift_key=shift.code_key, direction=direction, at=when)


def scan(world: World, direction: str, when: datetime, person: Volunteer | None = None) -> attendance.Scanned:
    actor = world.actor(person or world.xiaobo)
    return attendance.scan(actor=actor, code=code(world.shift, direction, when), at=when)


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def last_attempt() -> tuple[str, str]:
    attempt = Attempt.select().order_by(Attempt.id.desc()).first()
    return attempt.outcome, attempt.reason


def test_check_in_opens_a_record(cast: World) -> None:
    store.write(lambda: sign_up(cast.shift.starts_at, cast.shift, cast.xiaobo))
    start = cast.shift.starts_at
    done = scan(cast, "in", start - 5 * MINUTES)
    record = ServiceRecord.get_by_id(done.record_id)
    assert (done.outcome, record.state, record.in_at, record.in_mode) == (
        "accepted", "pending", start - 5 * MINUTES, "rotating",
    )  # fmt: skip
    assert last_attempt() == ("accepted", "")


def test_minutes_are_those_actually_served_within_the_shift(cast: World) -> None:
    start = cast.shift.starts_at
    scan(cast, "in", start - 20 * MINUTES)
    done = scan(cast, "out", start + 90 * MINUTES + timedelta(seconds=59))
    assert (done.minutes, ServiceRecord.get_by_id(done.record_id).minutes) == (90, 90)


def test_minutes_after_the_end_do_not_count(cast: World) -> None:
    start = cast.shift.starts_at
    scan(cast, "in", start + 30 * MINUTES)
    assert scan(cast, "out", start + 140 * MINUTES).minutes == 90


def test_nothing_enters_the_book_before_confirmation(cast: World) -> None:
    start = cast.shift.starts_at
    scan(cast, "in", start)
    scan(cast, "out", start + 60 * MINUTES)
    assert MinuteEntry.select().count() == 0


def test_second_check_in_gives_the_first(cast: World) -> None:
    start = cast.shift.starts_at
    first = scan(cast, "in", start)
    again = scan(cast, "in", start + 40 * MINUTES)
    assert (again.outcome, again.record_id, again.in_at) == ("repeat", first.record_id, start)
    assert ServiceRecord.select().count() == 1
    assert last_attempt() == ("repeat", "")


def test_second_check_out_gives_the_first(cast: World) -> None:
    start = cast.shift.starts_at
    scan(cast, "in", start)
    scan(cast, "out", start + 30 * MINUTES)
    again = scan(cast, "out", start + 60 * MINUTES)
    assert (again.outcome, again.out_at, again.minutes) == ("repeat", start + 30 * MINUTES, 30)


def test_code_older_than_its_life_is_refused_and_kept(cast: World) -> None:
    shown = cast.shift.starts_at
    qr = code(cast.shift, "in", shown)
    late = shown + timedelta(seconds=76)
    assert (
        refused(lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=qr, at=late))
        is RefusalCode.CODE_EXPIRED
    )
    assert last_attempt() == ("refused", "code_expired")


def test_previous_step_within_life_is_accepted(cast: World) -> None:
    shown = cast.shift.starts_at
    qr = code(cast.shift, "in", shown)
    done = attendance.scan(actor=cast.actor(cast.xiaobo), code=qr, at=shown + timedelta(seconds=20))
    assert done.outcome == "accepted"


def test_step_that_has_not_begun_is_refused(cast: World) -> None:
    ahead = cast.shift.starts_at + timedelta(seconds=30)
    qr = code(cast.shift, "in", ahead)
    problem = refused(
        lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=qr, at=cast.shift.starts_at)
    )
    assert problem is RefusalCode.CODE_FORGED


def test_check_in_code_used_for_check_out_is_refused(cast: World) -> None:
    start = cast.shift.starts_at
    scan(cast, "in", start)
    qr = "o" + code(cast.shift, "in", start)[1:]
    assert (
        refused(lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=qr, at=start))
        is RefusalCode.CODE_FORGED
    )


def test_mac_of_another_shift_is_refused(cast: World, at: datetime) -> None:
    _, other = store.write(lambda: make_activity(at, cast.team))
    start = cast.shift.starts_at
    stolen = code(other, "in", start).replace(other.code, cast.shift.code)
    problem = refused(lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=stolen, at=start))
    assert problem is RefusalCode.CODE_FORGED


def test_mac_changed_by_one_character_is_refused(cast: World) -> None:
    start = cast.shift.starts_at
    qr = code(cast.shift, "in", start)
    changed = qr[:-1] + ("a" if qr[-1] != "a" else "b")
    problem = refused(lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=changed, at=start))
    assert problem is RefusalCode.CODE_FORGED


@pytest.mark.parametrize(
    "text", ["", "x", "i1.nobody.1.aaaa", "i1.a.b", "https://evil.example/q/i1", "i1.é.1.ü"]
)
def test_text_that_is_no_code_of_ours_is_unknown(cast: World, at: datetime, text: str) -> None:
    problem = refused(lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=text, at=at))
    assert problem is RefusalCode.CODE_UNKNOWN


def test_scan_more_than_half_an_hour_early_is_refused(cast: World) -> None:
    early = cast.shift.starts_at - 31 * MINUTES
    assert refused(lambda: scan(cast, "in", early)) is RefusalCode.TOO_EARLY


def test_scan_more_than_half_an_hour_late_is_refused(cast: World) -> None:
    late = cast.shift.ends_at + 31 * MINUTES
    assert refused(lambda: scan(cast, "in", late)) is RefusalCode.TOO_LATE


def test_check_out_without_check_in_is_refused(cast: World) -> None:
    assert refused(lambda: scan(cast, "out", cast.shift.starts_at)) is RefusalCode.NO_CHECK_IN


def test_scan_of_a_cancelled_activity_is_refused(cast: World) -> None:
    store.write(lambda: cast.activity.update(state="cancelled").execute())
    assert refused(lambda: scan(cast, "in", cast.shift.starts_at)) is RefusalCode.ACTIVITY_CANCELLED


def test_unregistered_scan_is_refused_and_kept(cast: World) -> None:
    start = cast.shift.starts_at
    nobody = Actor(door="api")
    problem = refused(lambda: attendance.scan(actor=nobody, code=code(cast.shift, "in", start), at=start))
    assert problem is RefusalCode.NOT_REGISTERED
    assert last_attempt() == ("refused", "not_registered")


def test_closed_account_is_refused(cast: World) -> None:
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute())
    assert refused(lambda: scan(cast, "in", cast.shift.starts_at)) is RefusalCode.ACCOUNT_CLOSED


def test_walk_in_gets_a_place(cast: World) -> None:
    scan(cast, "in", cast.shift.starts_at, cast.chali)
    signup = Signup.get(Signup.volunteer == cast.chali)
    assert (signup.state, signup.walk_in, Shift.get_by_id(cast.shift.id).taken) == ("confirmed", True, 1)


def test_walk_in_to_a_full_shift_is_refused(cast: World) -> None:
    store.write(lambda: Shift.update(taken=Shift.quota).execute())
    assert refused(lambda: scan(cast, "in", cast.shift.starts_at, cast.chali)) is RefusalCode.SHIFT_FULL


def test_walk_in_where_sign_up_is_required_is_refused(cast: World) -> None:
    store.write(lambda: cast.activity.update(walk_in=False).execute())
    problem = refused(lambda: scan(cast, "in", cast.shift.starts_at, cast.chali))
    assert problem is RefusalCode.WALK_IN_NOT_ALLOWED


def test_walk_in_of_a_stranger_to_a_team_activity_is_refused(cast: World) -> None:
    store.write(lambda: cast.activity.update(openness="team").execute())
    assert refused(lambda: scan(cast, "in", cast.shift.starts_at, cast.chali)) is RefusalCode.TEAM_ONLY


def test_code_of_a_sister_position_counts_for_the_one_signed_up_for(cast: World, at: datetime) -> None:
    def second_position() -> Shift:
        return Shift.create(
            code="sister", activity=cast.activity, position=cast.shift.position_id, starts_at=cast.shift.starts_at,
            ends_at=cast.shift.ends_at, planned_ends_at=cast.shift.ends_at, quota=5, code_key=codes.new_shift_key(),
        )  # fmt: skip

    sister = store.write(second_position)
    store.write(lambda: sign_up(at, sister, cast.xiaobo))
    done = scan(cast, "in", cast.shift.starts_at)
    assert done.shift_code == "sister"
    assert scan(cast, "out", cast.shift.starts_at + 60 * MINUTES).record_id == done.record_id


def test_scan_in_the_chat_waits_to_be_named(cast: World) -> None:
    start = cast.shift.starts_at
    done = attendance.scan_in_chat(
        actor=cast.actor(cast.xiaobo, "bot"), direction="in", shift_code=cast.shift.code, at=start
    )
    assert (done.outcome, done.needs_naming) == ("accepted", True)


def test_poster_waits_to_be_named(cast: World) -> None:
    start = cast.shift.starts_at
    qr = codes.poster_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in")
    done = attendance.scan(actor=cast.actor(cast.xiaobo), code=f"https://h/q/{qr}", at=start)
    assert (done.needs_naming, ServiceRecord.get_by_id(done.record_id).in_mode) == (True, "poster")


def test_poster_for_check_in_cannot_check_out(cast: World) -> None:
    start = cast.shift.starts_at
    qr = codes.poster_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in")
    turned = qr.replace(".i.", ".o.")
    problem = refused(lambda: attendance.scan(actor=cast.actor(cast.xiaobo), code=turned, at=start))
    assert problem is RefusalCode.CODE_FORGED


def test_ticket_is_judged_by_the_first_request(cast: World) -> None:
    start = cast.shift.starts_at
    ticket = scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start)
    done = attendance.scan_with_ticket(
        actor=cast.actor(cast.xiaobo), ticket=ticket.token, at=start + 9 * MINUTES
    )
    assert (done.outcome, done.in_at) == ("accepted", start)


def test_ticket_of_an_expired_code_is_not_given(cast: World) -> None:
    start = cast.shift.starts_at
    qr = code(cast.shift, "in", start)
    late = start + 5 * MINUTES
    assert refused(lambda: scan_codes.open_scan(code=qr, door="pages", at=late)) is RefusalCode.CODE_EXPIRED
    assert last_attempt() == ("refused", "code_expired")


def test_ticket_after_ten_minutes_is_refused(cast: World) -> None:
    start = cast.shift.starts_at
    ticket = scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start)
    late = start + 11 * MINUTES
    problem = refused(
        lambda: attendance.scan_with_ticket(actor=cast.actor(cast.xiaobo), ticket=ticket.token, at=late)
    )
    assert problem is RefusalCode.TICKET_EXPIRED
    kept = Attempt.get()
    assert (kept.reason, kept.volunteer_id, kept.shift_id, kept.at, kept.received_at) == (
        "ticket_expired", cast.xiaobo.id, cast.shift.id, start, late,
    )  # fmt: skip


def test_ticket_spent_by_one_is_refused_to_another(cast: World) -> None:
    start = cast.shift.starts_at
    ticket = scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start)
    attendance.scan_with_ticket(actor=cast.actor(cast.xiaobo), ticket=ticket.token, at=start)
    problem = refused(
        lambda: attendance.scan_with_ticket(actor=cast.actor(cast.chali), ticket=ticket.token, at=start)
    )
    assert problem is RefusalCode.TICKET_INVALID
    assert ServiceRecord.select().where(ServiceRecord.volunteer == cast.chali).count() == 0
    assert last_attempt() == ("refused", "ticket_invalid")


def test_ticket_nobody_gave_is_refused_and_kept(cast: World) -> None:
    actor, start = cast.actor(cast.xiaobo), cast.shift.starts_at
    problem = refused(lambda: attendance.scan_with_ticket(actor=actor, ticket="x" * 32, at=start))
    assert (problem, last_attempt()) == (RefusalCode.TICKET_INVALID, ("refused", "ticket_invalid"))


@pytest.mark.parametrize("life", [30, 60, 120])
def test_code_works_for_the_life_its_activity_gives_it(cast: World, life: int) -> None:
    store.write(lambda: Activity.update(code_life=life).execute())
    shown = codes.step_ends(codes.step_of(cast.shift.starts_at))  # just when the screen shows it
    qr = code(cast.shift, "in", shown)
    last, over = shown + timedelta(seconds=life), shown + timedelta(seconds=life + 15)
    assert attendance.scan(actor=cast.actor(cast.xiaobo), code=qr, at=last).outcome == "accepted"
    problem = refused(lambda: attendance.scan(actor=cast.actor(cast.chali), code=qr, at=over))
    assert problem is RefusalCode.CODE_EXPIRED


def test_ticket_sent_twice_by_its_owner_gives_the_same(cast: World) -> None:
    start = cast.shift.starts_at
    ticket = scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start)
    first = attendance.scan_with_ticket(actor=cast.actor(cast.xiaobo), ticket=ticket.token, at=start)
    again = attendance.scan_with_ticket(actor=cast.actor(cast.xiaobo), ticket=ticket.token, at=start)
    assert (again.outcome, again.record_id) == ("repeat", first.record_id)


def test_ticket_outlives_registration(cast: World) -> None:
    start = cast.shift.starts_at
    ticket = scan_codes.open_scan(code=code(cast.shift, "in", start), door="pages", at=start)
    stranger = Actor(door="pages", identity_id=cast.actor(cast.xiaobo, "pages").identity_id)
    problem = refused(lambda: attendance.scan_with_ticket(actor=stranger, ticket=ticket.token, at=start))
    assert problem is RefusalCode.NOT_REGISTERED
    done = attendance.scan_with_ticket(
        actor=cast.actor(cast.xiaobo, "pages"), ticket=ticket.token, at=start + 4 * MINUTES
    )
    assert (done.outcome, done.in_at) == ("accepted", start)


def test_check_in_keeps_to_its_statement_budget(cast: World, count_statements: Any) -> None:
    store.write(lambda: sign_up(cast.shift.starts_at, cast.shift, cast.xiaobo))
    scan(cast, "in", cast.shift.starts_at)  # the rule set is read once per process
    store.write(lambda: ServiceRecord.delete().execute())
    with count_statements() as seen:
        scan(cast, "in", cast.shift.starts_at)
    work = [sql for sql in seen if sql.split()[0].upper() in WORK]
    assert len(work) <= 4, work  # of these one finds the actor

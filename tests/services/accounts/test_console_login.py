"""Logging in to the console by the phone: who may say yes, to what, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, LoginTicket, Session, store
from services import codes
from services.accounts import console_login
from services.accounts.console_login import GRANT_LIFE, LIFE, Waiting
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import digits
from tests.support import world
from tests.support.world import World

BROWSER = "the-browser-of-the-desk"


def begin(at: datetime) -> Waiting:
    return console_login.begin(device="台式机", browser=BROWSER, at=at)


def approve(cast: World, waiting: Waiting, at: datetime, person: Any = None) -> None:
    actor = cast.actor(person or cast.ali, "pages")
    console_login.approve(token=waiting.token, actor=actor, identity_id=actor.identity_id, at=at)


def refuse(cast: World, waiting: Waiting, at: datetime) -> None:
    console_login.refuse(token=waiting.token, actor=cast.actor(cast.ali, "pages"), at=at)


def collect(waiting: Waiting, at: datetime, browser: str = BROWSER) -> Any:
    return console_login.collect(token=waiting.token, browser=browser, at=at)


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def test_computer_waits_until_the_phone_says_yes(cast: World, at: datetime) -> None:
    waiting = begin(at)
    assert collect(waiting, at) is None
    approve(cast, waiting, at)
    opened = collect(waiting, at)
    session = Session.get(Session.token_hash == codes.token_hash(opened.token))
    assert (session.kind, session.identity_id) == ("console", cast.actor(cast.ali, "pages").identity_id)


def test_phone_is_shown_the_device_and_the_digits_on_the_screen(cast: World, at: datetime) -> None:
    waiting = begin(at)
    shown = console_login.look(token=waiting.token, at=at)
    assert (shown.device, shown.digits) == ("台式机", waiting.digits)


def test_digits_sent_in_the_chat_do_as_the_scan_does(cast: World, at: datetime) -> None:
    waiting = begin(at)
    actor = cast.actor(cast.ali, "bot")
    claim = digits.redeem(digits=waiting.digits, openid="oa-phone", at=at)
    assert claim.purpose == "console"
    console_login.approve(token_hash=claim.subject, actor=actor, identity_id=actor.identity_id, at=at)
    assert collect(waiting, at) is not None


def test_unknown_code_shows_nothing(cast: World, at: datetime) -> None:
    assert refused(lambda: console_login.look(token="made-up", at=at)) is RefusalCode.TICKET_INVALID


def test_answered_code_is_not_shown_again(cast: World, at: datetime) -> None:
    waiting = begin(at)
    approve(cast, waiting, at)
    assert refused(lambda: console_login.look(token=waiting.token, at=at)) is RefusalCode.TICKET_INVALID


def test_code_lives_ten_minutes(cast: World, at: datetime) -> None:
    waiting = begin(at)
    console_login.look(token=waiting.token, at=at + LIFE - timedelta(seconds=1))
    assert refused(lambda: console_login.look(token=waiting.token, at=at + LIFE)) is (
        RefusalCode.TICKET_EXPIRED
    )
    assert refused(lambda: approve(cast, waiting, at + LIFE)) is RefusalCode.TICKET_EXPIRED


def test_somebody_unregistered_lets_nobody_in(cast: World, at: datetime) -> None:
    waiting = begin(at)
    stranger = Actor(door="pages", volunteer_id=None, identity_id=None)
    assert refused(
        lambda: console_login.approve(token=waiting.token, actor=stranger, identity_id=None, at=at)
    ) is (RefusalCode.NOT_REGISTERED)
    assert collect(waiting, at) is None


def test_volunteer_without_a_post_is_not_let_in(cast: World, at: datetime) -> None:
    waiting = begin(at)
    assert refused(lambda: approve(cast, waiting, at, cast.xiaobo)) is RefusalCode.NOT_ALLOWED
    assert collect(waiting, at) is None


def test_second_yes_is_too_late(cast: World, at: datetime) -> None:
    waiting = begin(at)
    approve(cast, waiting, at)
    assert refused(lambda: approve(cast, waiting, at, cast.officer)) is RefusalCode.TICKET_INVALID
    assert LoginTicket.get().volunteer_id == cast.ali.id


def test_no_on_the_phone_ends_it(cast: World, at: datetime) -> None:
    waiting = begin(at)
    refuse(cast, waiting, at)
    assert refused(lambda: collect(waiting, at)) is RefusalCode.NOT_ALLOWED
    assert refused(lambda: approve(cast, waiting, at)) is RefusalCode.TICKET_INVALID


def test_that_somebody_tried_stands_in_the_audit(cast: World, at: datetime) -> None:
    refuse(cast, begin(at), at)
    row = AuditEntry.get()
    assert (row.verb, row.subject, row.detail["device"]) == ("login.refused", f"volunteer:{cast.ali.id}", "台式机")


def test_whoever_comes_in_by_the_phone_stands_in_the_audit(cast: World, at: datetime) -> None:
    waiting = begin(at)
    approve(cast, waiting, at)
    assert AuditEntry.select().count() == 0
    collect(waiting, at)
    row = AuditEntry.get()
    assert (row.verb, row.subject, row.actor_id) == ("login.in", "house:console", cast.ali.id)
    assert row.detail == {"way": "phone", "device": "台式机", "door": "console"}


def test_link_of_the_operator_and_who_came_in_by_it_stand_in_the_audit(cast: World, at: datetime) -> None:
    token = console_login.grant_link(volunteer_id=cast.ali.id, at=at)
    console_login.use_grant(token=token, device="笔记本", at=at)
    made, came = AuditEntry.select().order_by(AuditEntry.id)
    assert (made.verb, made.subject, made.detail) == (
        "login.link", f"volunteer:{cast.ali.id}", {"door": "operator"}
    )  # fmt: skip
    assert (came.verb, came.actor_id, came.detail["way"]) == ("login.in", cast.ali.id, "link")


def test_link_that_opens_nothing_leaves_no_log_in(cast: World, at: datetime) -> None:
    token = console_login.grant_link(volunteer_id=cast.ali.id, at=at)
    refused(lambda: console_login.use_grant(token=token, device="d", at=at + GRANT_LIFE))
    assert AuditEntry.select().where(AuditEntry.verb == "login.in").count() == 0


@pytest.mark.parametrize(
    ("computer", "phone", "near"),
    [
        ("203.0.113.9", "203.0.113.9", True), ("203.0.113.9", "203.0.113.10", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True), ("2001:db8:1:2::9", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::9", "2001:db8:1:3::9", False), ("203.0.113.9", "2001:db8::9", None),
        ("", "203.0.113.9", None), ("203.0.113.9", "", None), ("unix:", "unix:", None),
    ],
)  # fmt: skip
def test_phone_is_shown_whether_the_computer_is_in_its_network(
    cast: World, at: datetime, computer: str, phone: str, near: bool | None
) -> None:
    waiting = console_login.begin(device="d", browser=BROWSER, address=computer, at=at)
    shown = console_login.look(token=waiting.token, address=phone, at=at)
    assert (shown.near, shown.asked_at) == (near, at)


def test_no_address_of_a_computer_is_kept(cast: World, at: datetime) -> None:
    one = console_login.begin(device="d", browser="a", address="203.0.113.9", at=at)
    console_login.begin(device="d", browser="b", address="203.0.113.9", at=at)
    kept = [row.network for row in LoginTicket.select()]
    assert ("203.0" in "".join(kept), len(set(kept)), one.token in kept[0]) == (False, 2, False)


def test_other_browser_collects_nothing(cast: World, at: datetime) -> None:
    waiting = begin(at)
    approve(cast, waiting, at)
    assert refused(lambda: collect(waiting, at, "another-browser")) is RefusalCode.TICKET_INVALID
    assert collect(waiting, at) is not None


def test_session_is_collected_once(cast: World, at: datetime) -> None:
    waiting = begin(at)
    approve(cast, waiting, at)
    collect(waiting, at)
    assert refused(lambda: collect(waiting, at)) is RefusalCode.TICKET_INVALID
    assert Session.select().where(Session.kind == "console").count() == 1


def test_codes_of_other_days_are_cleared_away_by_the_next(cast: World, at: datetime) -> None:
    begin(at)
    newer = begin(at + LIFE + timedelta(days=1, seconds=1))
    assert [row.token_hash for row in LoginTicket.select()] == [codes.token_hash(newer.token)]


def test_one_time_link_opens_the_console_of_its_person(cast: World, at: datetime) -> None:
    token = console_login.grant_link(volunteer_id=cast.ali.id, at=at)
    opened = console_login.use_grant(token=token, device="d", at=at)
    session = Session.get(Session.token_hash == codes.token_hash(opened.token))
    assert (session.kind, session.volunteer_id) == ("console", cast.ali.id)


def test_one_time_link_works_once(cast: World, at: datetime) -> None:
    token = console_login.grant_link(volunteer_id=cast.ali.id, at=at)
    console_login.use_grant(token=token, device="d", at=at)
    assert refused(lambda: console_login.use_grant(token=token, device="d", at=at)) is (
        RefusalCode.TICKET_INVALID
    )


def test_one_time_link_lives_an_hour(cast: World, at: datetime) -> None:
    token = console_login.grant_link(volunteer_id=cast.ali.id, at=at)
    assert refused(lambda: console_login.use_grant(token=token, device="d", at=at + GRANT_LIFE)) is (
        RefusalCode.TICKET_EXPIRED
    )


def test_scanned_code_is_no_one_time_link(cast: World, at: datetime) -> None:
    waiting = begin(at)
    approve(cast, waiting, at)
    assert refused(lambda: console_login.use_grant(token=waiting.token, device="d", at=at)) is (
        RefusalCode.TICKET_INVALID
    )


def test_secrets_stand_in_no_table(cast: World, at: datetime) -> None:
    waiting = begin(at)
    row = LoginTicket.get()
    assert waiting.token not in (row.token_hash, row.secret_hash)
    assert BROWSER not in (row.token_hash, row.secret_hash)


@pytest.mark.case(28)
def test_post_that_ended_lets_nobody_in(cast: World, at: datetime) -> None:
    person = store.write(lambda: world.make_volunteer(at, "退任"))
    store.write(lambda: world.make_identity(at, person, "oa"))
    given = store.write(lambda: world.grant(at, person, "deputy", team=cast.team))
    store.write(lambda: type(given).update(until=at).where(type(given).id == given.id).execute())
    assert refused(lambda: approve(cast, begin(at), at, person)) is RefusalCode.NOT_ALLOWED

"""Cards: good at a leader's scan alone, ended by a new one, told as revoked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Attempt, PersonCard, ServiceRecord, Volunteer, store
from services import codes
from services.errors import RefusalCode
from services.listing import Wanted
from services.lives import cards
from services.participation import attendance, scan_codes
from services.parts import Parts
from tests.support import world
from tests.support.world import World

C = RefusalCode


@pytest.fixture
def issue(parts: Parts, cast: World, photo: bytes, at: datetime) -> Any:
    def act(helper: Any = None, person: Any = None, **more: Any) -> str:
        facts = {"photo": photo, "at": at, **more}
        return cards.issue(
            parts=parts, actor=cast.actor(helper or cast.ali, "console"),
            public_no=(person or cast.xiaobo).public_no, **facts,
        )  # fmt: skip

    return act


@pytest.fixture
def scan(parts: Parts, cast: World, at: datetime) -> Any:
    shift = store.write(lambda: world.make_activity(at, cast.team, starts_in=timedelta(minutes=-10))[1])

    def act(serial: str, leader: Any = None, address: str = "", code: str = "") -> Any:
        text = code or codes.card_code(sign_key=parts.sign_key, serial=serial)
        return attendance.scan_person(
            parts=parts, actor=cast.actor(leader or cast.ali, "pages"), person_code=address + text,
            shift_code=shift.code, direction="in", at=at,
        )  # fmt: skip

    return act


def test_leader_scans_a_card(issue: Any, scan: Any, cast: World) -> None:
    done = scan(issue(), address="http://localhost:8000/q/")
    record = ServiceRecord.get()
    assert (done.outcome, record.volunteer_id, record.in_mode) == ("accepted", cast.xiaobo.id, "person")


def test_reprint_ends_the_old_card_and_it_says_so(issue: Any, scan: Any, refusal: Any) -> None:
    old = issue()
    assert refusal(issue) == C.REASON_REQUIRED
    new = issue(reason="丢了", photo=b"")
    assert refusal(scan, serial=old) == C.CARD_REVOKED
    assert Attempt.get().reason == "card_revoked"
    assert scan(new).outcome == "accepted"
    assert PersonCard.select().where(PersonCard.photo.is_null()).count() == 0


def test_bad_card_codes(issue: Any, scan: Any, cast: World, refusal: Any) -> None:
    serial = issue()
    assert refusal(scan, serial="", code=f"k1.{serial}.aaaaaaaaaaaaaaaa") == C.CODE_UNKNOWN
    assert refusal(scan, serial="", code="k1.") == C.CODE_UNKNOWN
    assert refusal(scan, serial=serial, leader=cast.chali) == C.NOT_FOUND


def test_card_is_no_good_for_anybody_else_than_a_leader(
    issue: Any, parts: Parts, cast: World, at: datetime, refusal: Any
) -> None:
    code = codes.card_code(sign_key=parts.sign_key, serial=issue())
    assert scan_codes.read_code(code=code, at=at).problem == C.CODE_UNKNOWN
    face = {"parts": parts, "code": code, "at": at}
    assert refusal(cards.face, actor=cast.actor(cast.chali, "pages"), **face) == C.NOT_ALLOWED
    name, body = cards.face(actor=cast.actor(cast.ali, "pages"), **face)
    assert (name, body[:2]) == ("王小博", b"\xff\xd8")


def test_leader_does_not_scan_his_own_card(issue: Any, scan: Any, cast: World, refusal: Any) -> None:
    serial = issue(helper=cast.officer, person=cast.ali)
    assert refusal(scan, serial=serial) == C.OWN_RECORD


def test_who_may_not_issue(issue: Any, cast: World, refusal: Any) -> None:
    assert refusal(issue, helper=cast.ali, person=cast.ali) == C.PROXY_GAINS
    assert refusal(issue, helper=cast.chali) == C.NOT_FOUND
    assert refusal(issue, photo=b"") == C.PHOTO_MISSING
    for state, code in (("invited", C.NOT_REGISTERED), ("left", C.ACCOUNT_CLOSED)):
        query = Volunteer.update(state=state).where(Volunteer.id == cast.xiaobo.id)
        store.write(query.execute)
        assert refusal(issue) == code


def test_revoking(issue: Any, scan: Any, cast: World, at: datetime, refusal: Any) -> None:
    serial = issue()
    facts = {"actor": cast.actor(cast.ali), "public_no": cast.xiaobo.public_no, "at": at}
    assert refusal(cards.revoke, reason=" ", **facts) == C.REASON_REQUIRED
    cards.revoke(reason="丢了", **facts)
    cards.revoke(reason="再说一次", **facts)
    assert [(one.revoked_at, one.reason) for one in cards.of(volunteer_id=cast.xiaobo.id)] == [(at, "丢了")]
    assert refusal(scan, serial=serial) == C.CARD_REVOKED


def test_two_at_once_leave_one_card(issue: Any, cast: World) -> None:
    issue()
    with ThreadPoolExecutor(4) as both:
        list(both.map(lambda _: issue(reason="丢了"), range(4)))
    assert PersonCard.select().where(PersonCard.revoked_at.is_null()).count() == 1


def test_list_and_paper(issue: Any, parts: Parts, cast: World, at: datetime, refusal: Any) -> None:
    serial = issue()
    leader, stranger = cast.actor(cast.ali, "console"), cast.actor(cast.chali, "console")
    assert [one.serial for one in cards.listed(actor=leader, wanted=Wanted(), at=at).rows] == [serial]
    assert refusal(cards.listed, actor=stranger, wanted=Wanted(), at=at) == C.NOT_ALLOWED
    assert cards.listed(actor=cast.actor(cast.officer), wanted=Wanted(text="小博"), at=at).total == 1
    assert cards.listed(actor=leader, wanted=Wanted(filters={"state": "revoked"}), at=at).total == 0
    name, people = cards.team_cards(actor=leader, team_code=cast.team.code, at=at)
    assert (name, people) == (cast.team.name, [cast.xiaobo.public_no])
    assert cards.sheet(parts=parts, actor=leader, people=people, at=at).startswith(b"%PDF-")
    assert refusal(cards.sheet, parts=parts, actor=leader, people=[cast.ali.public_no], at=at) == C.NOT_FOUND
    assert refusal(cards.sheet, parts=parts, actor=stranger, people=people, at=at) == C.NOT_FOUND
    assert refusal(cards.team_cards, actor=stranger, team_code=cast.team.code, at=at) == C.NOT_FOUND
    assert refusal(cards.team_cards, actor=leader, team_code="none", at=at) == C.NOT_FOUND
    photo = {"parts": parts, "public_no": cast.xiaobo.public_no, "at": at}
    assert cards.photo_of(actor=leader, **photo).startswith(b"\xff\xd8")
    assert refusal(cards.photo_of, actor=stranger, **photo) == C.NOT_FOUND

"""Six digits: shown here, sent there, once, within ten minutes, with few guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from models import AuditEntry, Digits, WechatIdentity, store
from models.dialect import Database
from services.errors import Refusal, RefusalCode
from services.participation import digits as service
from services.participation.digits import Claim, issue, redeem
from tests.support.world import World


def refused(digits: str, at: datetime, openid: str = "oa-1") -> RefusalCode:
    with pytest.raises(Refusal) as no:
        redeem(digits=digits, openid=openid, at=at)
    return no.value.code


def wrong(digits: str) -> str:
    return "100000" if digits != "100000" else "100001"


def test_digits_stand_for_their_subject_once(db: Database, at: datetime) -> None:
    digits = issue(purpose="join", subject="7", at=at)
    assert len(digits) == 6
    assert digits.isdecimal()
    assert redeem(digits=digits, openid="oa-1", at=at) == Claim("join", "7")
    assert refused(digits, at) is RefusalCode.DIGITS_EXPIRED


def test_digits_live_ten_minutes(db: Database, at: datetime) -> None:
    digits = issue(purpose="scan", subject="t", at=at)
    assert refused(digits, at + timedelta(minutes=10)) is RefusalCode.DIGITS_EXPIRED
    assert redeem(digits=digits, openid="oa-1", at=at + timedelta(minutes=10, seconds=-1)).subject == "t"


def test_new_digits_of_a_subject_replace_the_old(
    db: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = iter([1, 2])
    monkeypatch.setattr(service.secrets, "randbelow", lambda _: next(draw))
    assert issue(purpose="join", subject="7", at=at) == "100001"
    assert issue(purpose="join", subject="7", at=at) == "100002"
    assert refused("100001", at) is RefusalCode.DIGITS_WRONG
    assert redeem(digits="100002", openid="oa-1", at=at).subject == "7"


def test_living_digits_belong_to_one_subject(
    db: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = iter([5, 5, 6, 5])
    monkeypatch.setattr(service.secrets, "randbelow", lambda _: next(draw))
    assert issue(purpose="join", subject="1", at=at) == "100005"
    assert issue(purpose="join", subject="2", at=at) == "100006"
    later = at + timedelta(minutes=10)
    assert issue(purpose="join", subject="3", at=later) == "100005"
    assert redeem(digits="100005", openid="oa-1", at=later).subject == "3"


def test_old_digits_are_cleared_away(db: Database, at: datetime) -> None:
    issue(purpose="join", subject="1", at=at)
    issue(purpose="join", subject="2", at=at + timedelta(days=2))
    assert [row.subject for row in Digits.select()] == ["2"]


def test_after_five_wrong_tries_right_digits_are_refused_too(db: Database, at: datetime) -> None:
    digits = issue(purpose="join", subject="7", at=at)
    assert [refused(wrong(digits), at) for _ in range(5)] == [RefusalCode.DIGITS_WRONG] * 5
    assert refused(digits, at) is RefusalCode.TOO_MANY_TRIES
    assert redeem(digits=digits, openid="oa-2", at=at).subject == "7"
    again = issue(purpose="join", subject="7", at=at + timedelta(minutes=10))
    assert redeem(digits=again, openid="oa-1", at=at + timedelta(minutes=10)).subject == "7"


def test_guesses_past_the_limit_stand_in_the_audit_once_with_their_sender(cast: World, at: datetime) -> None:
    digits = issue(purpose="console", subject="7", at=at)
    mine = WechatIdentity.get(WechatIdentity.volunteer == cast.ali.id, WechatIdentity.kind == "oa").openid
    for _ in range(5):
        refused(wrong(digits), at, mine)
    assert AuditEntry.select().count() == 0
    for _ in range(3):
        refused(digits, at, mine)
    row = AuditEntry.get()
    assert (row.verb, row.actor_id, row.detail) == ("codes.tried", cast.ali.id, {"way": "digits", "door": "bot"})
    assert AuditEntry.select().count() == 1


def test_a_success_forgets_the_wrong_tries(db: Database, at: datetime) -> None:
    first = issue(purpose="join", subject="7", at=at)
    for _ in range(4):
        refused(wrong(first), at)
    redeem(digits=first, openid="oa-1", at=at)
    assert [refused("x", at) for _ in range(5)] == [RefusalCode.DIGITS_WRONG] * 5


def test_two_who_send_the_same_digits_at_once_get_one_claim(db: Database, at: datetime) -> None:
    digits = issue(purpose="scan", subject="t", at=at)

    def send(number: int) -> bool:
        with store.session():
            try:
                redeem(digits=digits, openid=f"oa-{number}", at=at)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(6))) == 1


def test_an_unknown_purpose_is_our_mistake(db: Database, at: datetime) -> None:
    with pytest.raises(ValueError):
        issue(purpose="dance", subject="1", at=at)

"""Whoever was logged in as the entry that is no more logs in anew as the other; nothing opens it. On both databases."""

from __future__ import annotations

from typing import Any

import pytest

from models import WechatIdentity
from services.accounts import console_login, joining, sessions
from services.errors import Refusal
from services.participation import digits
from tests.services.lives.test_merging import merge, undo


def opened_by(cast: Any, at: Any, person: Any) -> tuple[str, str, str]:
    """A session of his mini-program, a one-time link, six digits that join."""
    mine = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "mp")
    token = sessions.open_session(kind="api", identity_id=mine.id, at=at).token
    once = console_login.grant_link(volunteer_id=person.id, at=at)
    return token, once, joining.show_digits(identity_id=mine.id, at=at)


def still_open(at: Any, opened: tuple[str, str, str]) -> list[bool]:
    token, once, shown = opened
    found = [sessions.authenticate(token=token, kind="api", at=at) is not None]
    for act in (
        lambda: console_login.use_grant(token=once, device="d", at=at),
        lambda: digits.redeem(digits=shown, openid="oa-other", at=at),
    ):
        try:
            act()
        except Refusal:
            found.append(False)
        else:
            found.append(True)
    return found


@pytest.mark.parametrize("merged", [False, True])
def test_sessions_and_links_of_the_dropped_entry_end(cast: Any, at: Any, merged: bool) -> None:
    mine = opened_by(cast, at, cast.chali)
    his = opened_by(cast, at, cast.xiaobo)
    if merged:
        merge(cast, at, cast.xiaobo, cast.chali)
    assert still_open(at, mine) == [not merged] * 3
    assert still_open(at, his) == [True] * 3


def test_undone_the_wechat_that_returns_logs_in_anew(cast: Any, at: Any) -> None:
    came = WechatIdentity.get(WechatIdentity.volunteer == cast.chali, WechatIdentity.kind == "mp")
    number = merge(cast, at, cast.xiaobo, cast.chali)
    token = sessions.open_session(kind="api", identity_id=came.id, at=at).token
    once = console_login.grant_link(volunteer_id=cast.xiaobo.id, at=at)
    shown = joining.show_digits(identity_id=came.id, at=at)
    undo(cast, at, number)
    assert still_open(at, (token, once, shown)) == [False] * 3

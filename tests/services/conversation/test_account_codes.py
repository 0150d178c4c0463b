"""The official account's own codes for teams and activities: asked for once, and printed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import AccountCode, Activity, Team, store
from services.conversation import account_codes
from services.errors import Refusal
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World
from wechat.gateway import WechatFailure


def refused(code: str, act: object) -> None:
    with pytest.raises(Refusal) as no:
        act()  # type: ignore[operator]
    assert no.value.code.value == code


def test_code_of_a_team_is_asked_for_once_and_for_ever(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    for moment in (at, at + timedelta(days=400)):
        made = account_codes.team_sheet(
            parts=make_parts(gateway), actor=cast.actor(cast.ali, "console"), team_code=cast.team.code, at=moment
        )
        assert made.startswith(b"%PDF")
    assert gateway.named("create_qr") == [{"scene": f"t.{cast.team.code}", "seconds": None}]


def test_code_of_an_activity_ends_with_it(cast: World, at: datetime) -> None:
    gateway, soon = FakeGateway(), cast.activity.ends_at - timedelta(minutes=10)
    account_codes.activity_sheet(
        parts=make_parts(gateway), actor=cast.actor(cast.ali, "console"), code=cast.activity.code, at=soon
    )
    assert gateway.named("create_qr") == [{"scene": f"a.{cast.activity.code}", "seconds": 600}]
    assert AccountCode.get().until == cast.activity.ends_at


def test_nobody_prints_the_code_of_another_team(cast: World, at: datetime) -> None:
    gateway = FakeGateway()

    def ask() -> bytes:
        return account_codes.team_sheet(
            parts=make_parts(gateway), actor=cast.actor(cast.ali), team_code=cast.other_team.code, at=at
        )

    refused("not_found", ask)
    assert gateway.calls == []


def test_closed_team_and_hidden_or_past_activity_have_none(cast: World, at: datetime) -> None:
    actor, parts = cast.actor(cast.ali), make_parts()

    def activity(moment: datetime = at) -> bytes:
        return account_codes.activity_sheet(parts=parts, actor=actor, code=cast.activity.code, at=moment)

    refused("activity_cancelled", lambda: activity(cast.activity.ends_at))
    store.write(Activity.update(private_home=True).where(Activity.id == cast.activity.id).execute)
    refused("no_poster", activity)
    store.write(Team.update(state="paused").where(Team.id == cast.team.id).execute)
    refused(
        "team_closed",
        lambda: account_codes.team_sheet(parts=parts, actor=actor, team_code=cast.team.code, at=at),
    )


def test_wechat_that_rests_is_said(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    gateway.fail("create_qr", WechatFailure("/cgi-bin/qrcode/create", -1))
    refused(
        "wechat_unavailable",
        lambda: account_codes.team_sheet(
            parts=make_parts(gateway), actor=cast.actor(cast.ali), team_code=cast.team.code, at=at
        ),
    )
    assert AccountCode.select().count() == 0

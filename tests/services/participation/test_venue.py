"""What is shown to be scanned: whose it is to show, what it holds, how long it lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, store
from services import codes
from services.errors import Refusal, RefusalCode
from services.participation import person_codes, revocations, revoked, venue
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, make_activity, sign_up
from wechat.gateway import WechatFailure

SHOWN = [venue.stage, venue.poster, venue.chat_poster]


def show(act: Any, cast: World, at: datetime, **more: Any) -> Any:
    facts = {
        "parts": make_parts(), "actor": cast.actor(cast.ali, "console"), "shift_code": cast.shift.code,
        "direction": "in", "at": at, **more,
    }  # fmt: skip
    return act(**facts)


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def test_stage_shows_the_code_of_this_step_and_when_the_next_is_due(cast: World, at: datetime) -> None:
    shown = show(venue.stage, cast, at)
    code = codes.venue_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", at=at)
    assert shown.url == f"http://localhost:8000/q/{code}"
    assert (shown.title, shown.direction, shown.server_now) == (cast.activity.title, "in", at)
    assert shown.next_at - at == timedelta(seconds=15)


def test_in_and_out_have_different_codes(cast: World, at: datetime) -> None:
    for act in (venue.stage, venue.poster):
        assert show(act, cast, at) != show(act, cast, at, direction="out")


def test_poster_is_the_same_every_day(cast: World, at: datetime) -> None:
    assert show(venue.poster, cast, at) == show(venue.poster, cast, at + timedelta(days=3))


@pytest.mark.parametrize("act", SHOWN, ids=lambda act: act.__name__)
def test_code_of_an_unknown_shift_is_not_found(cast: World, at: datetime, act: Any) -> None:
    assert refused(lambda: show(act, cast, at, shift_code="nowhere")) is RefusalCode.NOT_FOUND


@pytest.mark.parametrize("act", SHOWN, ids=lambda act: act.__name__)
def test_code_is_not_shown_to_members_nor_to_strangers(cast: World, at: datetime, act: Any) -> None:
    assert refused(lambda: show(act, cast, at, actor=cast.actor(cast.xiaobo))) is RefusalCode.NOT_ALLOWED
    assert refused(lambda: show(act, cast, at, actor=cast.actor(cast.chali))) is RefusalCode.NOT_FOUND


@pytest.mark.parametrize("act", SHOWN, ids=lambda act: act.__name__)
def test_cancelled_activity_shows_no_code(cast: World, at: datetime, act: Any) -> None:
    store.write(lambda: Activity.update(state="cancelled").where(Activity.id == cast.activity.id).execute())
    assert refused(lambda: show(act, cast, at)) is RefusalCode.ACTIVITY_CANCELLED


@pytest.mark.parametrize(("direction", "scene"), [("in", "i"), ("out", "o")])
def test_chat_poster_checks_in_or_out_and_lives_a_day_longer_than_the_shift(
    cast: World, at: datetime, direction: str, scene: str
) -> None:
    gateway = FakeGateway()
    show(venue.chat_poster, cast, at, parts=make_parts(gateway), direction=direction)
    life = int((cast.shift.ends_at - at + timedelta(days=1)).total_seconds())
    assert gateway.named("create_qr") == [{"scene": f"{scene}.{cast.shift.code}", "seconds": life}]


def test_chat_poster_lives_no_longer_than_wechat_keeps_one(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    _, shift = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=60)))
    show(venue.chat_poster, cast, at, parts=make_parts(gateway), shift_code=shift.code)
    assert gateway.named("create_qr")[0]["seconds"] == 30 * 86400


def test_chat_poster_waits_for_wechat(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    gateway.fail("create_qr", WechatFailure("/cgi-bin/qrcode/create", -1, "system error"))
    assert refused(lambda: show(venue.chat_poster, cast, at, parts=make_parts(gateway))) is (
        RefusalCode.WECHAT_UNAVAILABLE
    )


def mine(cast: World, at: datetime) -> venue.Personal:
    return venue.person_code(parts=make_parts(), volunteer_id=cast.xiaobo.id, at=at)


def test_own_code_is_the_same_all_through_a_shanghai_day(cast: World, at: datetime) -> None:
    morning = at.replace(hour=16) - timedelta(days=1)
    assert mine(cast, morning).url == mine(cast, morning + timedelta(hours=23, minutes=59)).url
    assert mine(cast, morning).url != mine(cast, morning + timedelta(days=1)).url


def test_own_code_is_good_for_a_day_at_least(cast: World, at: datetime) -> None:
    late = at.replace(hour=15, minute=59)
    assert mine(cast, late).expires_at - late >= timedelta(hours=24)


def test_own_code_says_who_it_is_and_for_how_long(cast: World, at: datetime) -> None:
    shown = mine(cast, at)
    code = shown.url.rsplit("/", 1)[-1]
    key = make_parts().sign_key
    assert codes.read_person_code(sign_key=key, code=code, at=at) == ("good", cast.xiaobo.public_no)
    later = shown.expires_at + timedelta(seconds=1)
    assert codes.read_person_code(sign_key=key, code=code, at=later)[0] == "expired"


def test_nobody_has_no_code(cast: World, at: datetime) -> None:
    assert refused(lambda: venue.person_code(parts=make_parts(), volunteer_id=0, at=at)) is (
        RefusalCode.NOT_FOUND
    )


def test_shift_is_told_by_title_and_activity(cast: World) -> None:
    assert venue.activity_of(cast.shift.code) == (cast.activity.title, cast.activity.code)
    assert venue.activity_of("nowhere") is None


def test_own_code_lasts_until_his_activity_takes_its_last_scan(cast: World, at: datetime) -> None:
    _, shift = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=5)))
    store.write(lambda: sign_up(at, shift, cast.xiaobo))
    assert mine(cast, at).expires_at == shift.ends_at + timedelta(minutes=30)


def test_waiting_list_and_cancelled_activity_do_not_lengthen_a_code(cast: World, at: datetime) -> None:
    usual = mine(cast, at).expires_at
    _, shift = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=5)))
    _, off = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=6), state="cancelled"))
    store.write(lambda: (sign_up(at, shift, cast.xiaobo, state="waitlisted"), sign_up(at, off, cast.xiaobo)))
    assert mine(cast, at).expires_at == usual


def test_code_taken_back_is_followed_by_another_at_once(cast: World, at: datetime) -> None:
    old = mine(cast, at).url
    revocations.revoke(actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, reason="", at=at)
    new = mine(cast, at).url
    read = [person_codes.read(parts=make_parts(), code=url, at=at) for url in (old, new)]
    assert read == [(RefusalCode.CODE_REVOKED, cast.xiaobo.id), (None, cast.xiaobo.id)]


def test_leader_takes_back_a_members_code_with_a_reason(cast: World, at: datetime) -> None:
    def revoke(who: Any, reason: str) -> None:
        revocations.revoke(
            actor=cast.actor(who, "console"), public_no=cast.xiaobo.public_no, reason=reason, at=at
        )

    assert refused(lambda: revoke(cast.ali, " ")) is RefusalCode.REASON_REQUIRED
    assert refused(lambda: revoke(cast.chali, "丢了")) is RefusalCode.NOT_FOUND
    revoke(cast.ali, "手机丢了")
    assert revoked.issued_before(cast.xiaobo.id) == at + timedelta(seconds=1)


@pytest.mark.parametrize("act", [venue.poster, venue.chat_poster], ids=lambda act: act.__name__)
@pytest.mark.parametrize(
    "kind", [{"domain": "D4", "sub_domain": name} for name in ("visits", "mediation", "counselling")]
    + [{"private_home": True}], ids=lambda kind: next(iter(reversed(kind.values()))),
)  # fmt: skip
def test_nothing_is_printed_to_hang_up_for_what_strangers_must_not_know_of(
    cast: World, at: datetime, act: Any, kind: dict[str, Any]
) -> None:
    store.write(lambda: Activity.update(**kind).execute())
    assert refused(lambda: show(act, cast, at)) is RefusalCode.NO_POSTER
    assert show(venue.stage, cast, at).direction == "in"

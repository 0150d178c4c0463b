"""A leader's notice: draft, yes, progress, stop, and whom nothing has reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, Notice, TeamMember, Volunteer, WechatIdentity, store
from services.errors import Refusal, RefusalCode
from services.messaging import broadcasts, notices, outbox
from services.messaging.broadcasts import drafts
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import grant, join, make_volunteer, sign_up


def draft(cast: Any, at: datetime, text: str = "明早七点集合，带上雨衣") -> broadcasts.Draft:
    return broadcasts.broadcast_draft(
        actor=cast.actor(cast.ali, "bot"), team_code=cast.team.code, text=text, at=at
    )


def refused(code: RefusalCode, act: Any) -> None:
    with pytest.raises(Refusal) as no:
        act()
    assert no.value.code is code


def test_draft_shows_whom_it_would_reach_and_sends_nothing(db: Any, cast: Any, at: datetime) -> None:
    store.write(lambda: join(at, cast.team, make_volunteer(at)))
    shown = draft(cast, at)
    assert (shown.recipients, shown.reach) == (2, {"sub": 0, "tpl": 1, "cs": 0, "evening": 0, "off": 0, "inbox": 1})
    assert shown.preview == "明早七点集合，带上雨衣"
    assert Delivery.select().count() == 0


def test_sender_who_writes_without_end_waits_and_others_do_not(
    db: Any, cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST", 2)
    for _ in range(2):
        draft(cast, at)
    refused(RefusalCode.TOO_MANY_TRIES, lambda: draft(cast, at + timedelta(minutes=59)))
    by_officer = broadcasts.broadcast_draft(
        actor=cast.actor(cast.officer), team_code=cast.team.code, text="明早七点集合", at=at
    )
    assert by_officer.recipients > 0
    draft(cast, at + timedelta(hours=1))


def test_yes_sends_to_each_member_but_the_sender(db: Any, cast: Any, at: datetime) -> None:
    shown = draft(cast, at)
    assert broadcasts.broadcast_send(actor=cast.actor(cast.ali, "bot"), notice_id=shown.notice_id, at=at) == 1
    row = Delivery.get()
    assert (row.volunteer_id, row.title, row.body) == (
        cast.xiaobo.id,
        "东湖服务队通知",
        "明早七点集合，带上雨衣",
    )
    gateway = FakeGateway()
    outbox.deliver_due(parts=make_parts(gateway), owner="w", at=at, limit=5)
    assert gateway.named("send_template")[0]["data"] == {
        "thing1": "东湖服务队", "thing2": "明早七点集合，带上雨衣", "time3": "2026年6月10日 09:00",
    }  # fmt: skip


def test_push_holds_the_first_twenty_characters(db: Any, cast: Any, at: datetime) -> None:
    shown = draft(cast, at, "一二三四五六七八九十" * 5)
    broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=shown.notice_id, at=at)
    row = Delivery.get()
    assert (row.data["values"]["thing2"], row.body) == (
        "一二三四五六七八九十" * 2,
        "一二三四五六七八九十" * 5,
    )


def test_second_yes_is_refused_and_sends_nothing_more(db: Any, cast: Any, at: datetime) -> None:
    shown = draft(cast, at)
    broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=shown.notice_id, at=at)
    refused(
        RefusalCode.NOTICE_STATE,
        lambda: broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=shown.notice_id, at=at),
    )
    assert Delivery.select().count() == 1


def test_yes_after_an_hour_is_refused(db: Any, cast: Any, at: datetime) -> None:
    shown = draft(cast, at)
    later = at + timedelta(hours=1)
    refused(
        RefusalCode.NOTICE_STATE,
        lambda: broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=shown.notice_id, at=later),
    )


def test_draft_of_another_is_not_found(db: Any, cast: Any, at: datetime) -> None:
    shown = draft(cast, at)
    refused(
        RefusalCode.NOT_FOUND,
        lambda: broadcasts.broadcast_send(actor=cast.actor(cast.officer), notice_id=shown.notice_id, at=at),
    )
    assert Notice.get().state == "draft"


def test_stranger_may_not_broadcast(db: Any, cast: Any, at: datetime) -> None:
    refused(
        RefusalCode.NOT_FOUND,
        lambda: broadcasts.broadcast_draft(
            actor=cast.actor(cast.chali), team_code=cast.team.code, text="hi", at=at
        ),
    )


def test_team_unknown_is_not_found(db: Any, cast: Any, at: datetime) -> None:
    refused(
        RefusalCode.NOT_FOUND,
        lambda: broadcasts.broadcast_draft(actor=cast.actor(cast.ali), team_code="none", text="hi", at=at),
    )


@pytest.mark.parametrize(
    ("text", "code"), [(" \n", RefusalCode.TEXT_EMPTY), ("好" * 501, RefusalCode.NOTICE_TOO_LONG)]
)
def test_text_of_wrong_length_is_refused(
    db: Any, cast: Any, at: datetime, text: str, code: RefusalCode
) -> None:
    refused(code, lambda: draft(cast, at, text))


def test_team_of_one_has_nobody_to_tell(db: Any, cast: Any, at: datetime) -> None:
    store.write(lambda: TeamMember.update(to_at=at).where(TeamMember.volunteer == cast.xiaobo).execute())
    refused(RefusalCode.NOBODY_TO_TELL, lambda: draft(cast, at))


def test_members_who_left_or_died_get_nothing(db: Any, cast: Any, at: datetime) -> None:
    store.write(lambda: join(at, cast.team, cast.chali))
    shown = draft(cast, at)
    store.write(lambda: Volunteer.update(state="deceased").where(Volunteer.id == cast.xiaobo.id).execute())
    assert broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=shown.notice_id, at=at) == 1
    assert Delivery.get().volunteer_id == cast.chali.id


def test_progress_counts_sent_waiting_read_and_unreached(db: Any, cast: Any, at: datetime) -> None:
    store.write(lambda: [join(at, cast.team, make_volunteer(at)) for _ in range(2)])
    ali = cast.actor(cast.ali)
    refused(RefusalCode.NOT_FOUND, lambda: broadcasts.newest(actor=ali))
    shown = draft(cast, at)
    broadcasts.broadcast_send(actor=ali, notice_id=shown.notice_id, at=at)
    newest = broadcasts.newest(actor=ali)
    assert broadcasts.progress(actor=ali, notice_id=newest, at=at) == broadcasts.Progress(3, 0, 3, 0, 0, 0)
    outbox.deliver_due(parts=make_parts(), owner="w", at=at, limit=5)
    outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[row.id for row in Delivery.select()], at=at)
    assert broadcasts.progress(actor=ali, notice_id=shown.notice_id, at=at) == broadcasts.Progress(3, 1, 0, 1, 2, 0)
    # What is held for somebody's evening is neither lost nor on its way now.
    held = Delivery.update(held_until=at + timedelta(hours=9)).where(Delivery.state == "inbox")
    store.write(held.execute)
    far = broadcasts.progress(actor=ali, notice_id=shown.notice_id, at=at)
    assert far == broadcasts.Progress(3, 1, 0, 1, 0, 0, 0, 2)


def test_stop_takes_back_what_waits(db: Any, cast: Any, at: datetime) -> None:
    shown = draft(cast, at)
    ali = cast.actor(cast.ali)
    broadcasts.broadcast_send(actor=ali, notice_id=shown.notice_id, at=at)
    assert broadcasts.broadcast_stop(actor=ali, notice_id=shown.notice_id, at=at) == 1
    gateway = FakeGateway()
    assert outbox.deliver_due(parts=make_parts(gateway), owner="w", at=at, limit=5) == 0
    assert (Notice.get().state, gateway.calls) == ("stopped", [])


def test_stop_of_what_everybody_has_or_nobody_said_yes_to_is_refused(db: Any, cast: Any, at: datetime) -> None:
    ali, shown = cast.actor(cast.ali), draft(cast, at)
    stop = lambda: broadcasts.broadcast_stop(actor=ali, notice_id=shown.notice_id, at=at)  # noqa: E731
    refused(RefusalCode.NOTICE_STATE, stop)
    broadcasts.broadcast_send(actor=ali, notice_id=shown.notice_id, at=at)
    outbox.deliver_due(parts=make_parts(), owner="w", at=at, limit=5)
    refused(RefusalCode.NOTICE_GONE, stop)
    assert Notice.get().state == "sent"


def test_unreached_lists_whom_to_call_for_the_leader_only(db: Any, cast: Any, at: datetime) -> None:
    parts = make_parts()

    def act() -> None:
        sign_up(at, cast.shift, cast.xiaobo)
        sign_up(at, cast.shift, cast.chali)
        sealed, key = parts.vault.seal("13800138000", f"volunteer.phone:{cast.xiaobo.public_no}")
        Volunteer.update(phone_sealed=sealed, phone_key=key).where(Volunteer.id == cast.xiaobo.id).execute()
        WechatIdentity.update(following=False).where(WechatIdentity.volunteer == cast.xiaobo).execute()
        people = [(cast.shift.id, person.id, cast.shift.starts_at) for person in (cast.xiaobo, cast.chali)]
        notices.reminder(activity=cast.activity, hours=2, people=people, due_at=at, at=at)

    store.write(act)
    outbox.deliver_due(parts=parts, owner="w", at=at, limit=5)
    code = cast.activity.code
    assert broadcasts.unreached(actor=cast.actor(cast.ali), activity_code=code, at=at, parts=parts) == [
        broadcasts.Unreached(cast.xiaobo.public_no, "王小博", "138****8000", "not_following")
    ]
    refused(
        RefusalCode.NOT_FOUND,
        lambda: broadcasts.unreached(actor=cast.actor(cast.chali), activity_code=code, at=at),
    )


def test_deputy_may_look_at_the_leaders_broadcast(db: Any, cast: Any, at: datetime) -> None:
    store.write(lambda: grant(at, cast.chali, "deputy", team=cast.team))
    shown = draft(cast, at)
    broadcasts.broadcast_send(actor=cast.actor(cast.ali), notice_id=shown.notice_id, at=at)
    assert broadcasts.progress(actor=cast.actor(cast.chali), notice_id=shown.notice_id, at=at).total == 1

"""What the tests of the outbox share: a message in the queue, a way to send it, people in every state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import (
    Delivery,
    Notice,
    Volunteer,
    WechatIdentity,
    store,
)
from services.messaging import outbox
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import sign_up

TEMPLATE = "/cgi-bin/message/template/send"


def queue(cast: Any, at: datetime, person: Volunteer | None = None, **more: Any) -> int:
    """One message to 小博 (or another), of a kind with no conditions unless told."""
    person = person or cast.xiaobo
    fields = {
        "kind": "hours_confirmed", "dedupe_key": f"k{Delivery.select().count()}",
        "title": "时长已确认", "body": "2小时",
        "form": "notice", "values": {"thing1": "东湖服务队", "thing2": "时长2小时", "time3": "2026年6月10日 09:00"},
        "url": "/m/hours", **more,
    }  # fmt: skip

    def act() -> int:
        notice = Notice.create(kind=fields["kind"], team=cast.team, created_at=at)
        ident = outbox.put(notice_id=notice.id, volunteer_id=person.id, at=at, **fields)
        assert ident is not None
        return ident

    return store.write(act)


def reminder(cast: Any, at: datetime, **more: Any) -> int:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    return queue(
        cast, at, kind="reminder", activity_id=cast.activity.id, shift_id=cast.shift.id, activity_version=1,
        expires_at=cast.activity.starts_at, **more,
    )  # fmt: skip


def deliver(gateway: FakeGateway, at: datetime, owner: str = "w1", limit: int = 50) -> int:
    return outbox.deliver_due(parts=make_parts(gateway), owner=owner, at=at, limit=limit)


def state(ident: int) -> tuple[str, str]:
    row = Delivery.get_by_id(ident)
    return row.state, row.channel


def give_credit(
    person: Volunteer, at: datetime, template: str = "sub_notice", change: int = 1
) -> WechatIdentity:
    mini = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "mp")
    outbox.credit(identity_id=mini.id, template=template, change=change, at=at)
    return mini


def unfollow(person: Volunteer) -> None:
    store.write(
        lambda: WechatIdentity.update(following=False).where(WechatIdentity.volunteer == person).execute()
    )


def open_window(person: Volunteer, until: datetime, left: int = 5) -> None:
    store.write(
        lambda: (
            WechatIdentity.update(window_until=until, window_left=left)
            .where(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
            .execute()
        )
    )

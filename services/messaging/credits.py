"""Subscription credits (订阅次数): what the mini-program asks for and when, and whether a reminder can reach somebody.

One accepted dialog is one message of that template; they add up. `inbox.credit` counts them by the platform's own
events, `channels` spends them. Asking is worth a tap only where few are left, and only at a moment at which people
see why: just signed up, just checked in, or "提醒我" tapped.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import SubscriptionCredit, WechatIdentity
from services.messaging import channels
from services.parts import Parts

#: The templates asked for at each moment, the most useful first. The dialog takes three of them at a time.
MOMENTS = {
    "signup": ("sub_reminder", "sub_notice"),
    "checkin": ("sub_notice",),
    "remind": ("sub_reminder", "sub_notice"),
}
MOST_ASKED = 3
#: With so many left nobody is asked again.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """One template to ask for: its id for wx.requestSubscribeMessage, and how many messages of it are left."""

    template_id: str
    name: str
    remaining: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a reminder reaches a person: he follows the account, or has credits in the mini-program.

    `turned_off`: he follows, but turned the account's messages off in WeChat, as far as we know.
    """

    following: bool
    turned_off: bool
    credits: int
    reached: bool


def to_ask(*, parts: Parts, identity_id: int | None, moment: str) -> list[Ask]:
    """The templates worth asking for at `moment` (signup, checkin, remind); none where enough are left."""
    asked = []
    for name in MOMENTS.get(moment, ()):
        template = parts.templates.get(name, "")
        if not template:
            continue
        remaining = int(
            SubscriptionCredit.select(SubscriptionCredit.remaining)
            .where(SubscriptionCredit.identity == identity_id, SubscriptionCredit.template == name)
            .scalar()
            or 0
        )
        if remaining < ENOUGH:
            asked.append(Ask(template, name, remaining))
    return asked[:MOST_ASKED]


def standing(*, parts: Parts, volunteer_id: int, at: datetime) -> Standing:
    """Whether the next reminder of an activity can reach him now, and by what."""
    ways = {
        door.channel
        for door in channels.doors(parts=parts, volunteer_id=volunteer_id, form="reminder", at=at)
    }
    following = (
        WechatIdentity.select()
        .where(
            WechatIdentity.volunteer == volunteer_id, WechatIdentity.kind == "oa",
            WechatIdentity.appid == parts.oa_appid, WechatIdentity.following == True,  # noqa: E712
        )
        .exists()
    )  # fmt: skip
    left = (
        SubscriptionCredit.select(SubscriptionCredit.remaining)
        .join(WechatIdentity)
        .where(
            WechatIdentity.volunteer == volunteer_id, WechatIdentity.appid == parts.mp_appid,
            SubscriptionCredit.template == "sub_reminder",
        )
        .order_by(SubscriptionCredit.remaining.desc())
        .scalar()
    )  # fmt: skip
    turned_off = following and bool(parts.templates.get("reminder")) and channels.TPL not in ways
    return Standing(following, turned_off, int(left or 0), bool(ways & {channels.SUB, channels.TPL}))


def forget_refusals(*, volunteer_id: int) -> None:
    """Try the account's templates again that WeChat had refused for him. Inside a write."""
    mine = WechatIdentity.select(WechatIdentity.id).where(
        WechatIdentity.volunteer == volunteer_id, WechatIdentity.kind == "oa"
    )
    SubscriptionCredit.delete().where(
        SubscriptionCredit.identity.in_(mine), SubscriptionCredit.remaining == 0
    ).execute()

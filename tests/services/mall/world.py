"""A county with the mall on: a reward, and people with points in the book."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from models import PointEntry, Redemption, Reward, store
from queries import books as sql
from services import rules
from services.actors import OPERATOR, Actor
from services.bookkeeping import points
from services.mall import redeeming, rewards
from services.mall.rewards import RewardDraft
from services.policy import numbers
from tests.support.world import COUNTY

_numbers = count(1)


def open_mall(at: datetime) -> None:
    numbers.set_number(
        actor=OPERATOR, region_code=COUNTY, kind="modules", name="mall", value=True, lock=False, reason="开通", at=at
    )


def give(person: Any, amount: int, at: datetime, day: str = "2026-06-01", until: str | None = None) -> None:
    """Points of one service day in the book."""
    entry = sql.Entry(
        person.id, amount, "service", None, None, person.region_code, day,
        rules.rule("points", person.region_code, at).id, f"test:{next(_numbers)}", None, None, "服务",
        expires_on=until or points.lasts_until(local_day=day, months=36),
    )  # fmt: skip
    store.write(lambda: points.post(entry, at=at))


def offer(cast: Any, at: datetime, **more: Any) -> Reward:
    """A reward of the county, put in by its officer."""
    facts = {
        "title": "大米 5 公斤", "price": 60, "stock": 10, "place": "县中心一楼", "place_region": COUNTY,
        "from_on": "2026-06-01", **more,
    }  # fmt: skip
    actor, draft = cast.actor(cast.officer, "console"), RewardDraft(**facts)
    code = rewards.put_in(actor=actor, region_code=COUNTY, draft=draft, at=at)
    return Reward.get(Reward.code == code)


def take(person: Any, reward: Reward, at: datetime, key: str = "", **more: Any) -> Redemption:
    """The person redeems the reward at its price."""
    code = redeeming.redeem(
        actor=Actor("api", person.id), reward_code=reward.code, price=more.get("price", reward.price),
        key=key or f"k{next(_numbers)}", at=at,
    )  # fmt: skip
    return Redemption.get(Redemption.code == code)


def sums(person: Any) -> tuple[int, int]:
    """(the balance, the sum of the entries)."""
    entries = PointEntry.select().where(PointEntry.volunteer == person.id)
    return points.balance(person.id), sum(entry.amount for entry in entries)


__all__ = ["give", "offer", "open_mall", "sums", "take"]

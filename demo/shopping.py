"""The county's mall in the demo: rewards of the centre and a partner, one redemption that waits to be picked up."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from clock import local_day
from demo import names
from demo.places import COUNTY
from models import Balance, Delivery, Partner, Reward
from services.actors import OPERATOR, Actor
from services.mall import redeeming
from services.policy import numbers

#: (title, price, pieces, from so many stars, for each person, given by the partner).
REWARDS = (
    ("毛巾一条", 10, 200, 0, 2, False), ("大米 5 公斤", 40, 60, 0, 1, False),
    ("理发一次", 15, 100, 0, 4, True), ("电饭锅", 200, 5, 2, 1, False),
)  # fmt: skip
PLACE = "县退役军人服务中心一楼，工作日 9:00 到 17:00"


def open_mall(rng: Random, *, officer: int, shopper: int, at: datetime) -> None:
    """Turn the module on in the county, fill the shelf, let one person redeem. Inside the world's write."""
    begun = at - timedelta(days=40)
    numbers.set_number(
        actor=OPERATOR, region_code=COUNTY, kind="modules", name="mall", value=True, lock=False, reason="开通积分兑换",
        at=begun,
    )  # fmt: skip
    barber = Partner.create(
        code=names.code(rng), region_code=COUNTY, name="老兵理发店", kind="goods", offers="给志愿者免费理发",
        from_on=local_day(begun).isoformat(), created_by=officer, created_at=begun,
    )  # fmt: skip
    made = [
        Reward.create(
            code=names.code(rng), region_code=COUNTY, place_region=COUNTY, partner=barber if partner else None,
            title=title, price=price, supply=stock, stock=stock, stars=stars, per_person=each, place=PLACE,
            from_on=local_day(begun).isoformat(), created_by=officer, created_at=begun, updated_at=begun,
        )
        for title, price, stock, stars, each, partner in REWARDS
    ]  # fmt: skip
    points = Balance.get(Balance.volunteer == shopper).points
    wanted = next((each for each in sorted(made, key=lambda row: -row.price) if each.price <= points), None)
    if wanted is not None and not wanted.stars:
        redeeming.redeem(
            actor=Actor("pages", shopper), reward_code=wanted.code, price=wanted.price, key="demo",
            at=at - timedelta(days=2),
        )  # fmt: skip
        Delivery.update(state="sent", sent_at=Delivery.created_at).where(Delivery.kind == "redeemed").execute()


"""Somebody with a long name and a long service for the stories of recognition: records of two years, points, and what a
star, an honour, a benefit and the mall offer him; and a friend who is in no team."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Benefit, HonourKind, Reward, RuleSet, StarAward, Volunteer, store
from services.benefits import offers
from services.benefits.offers import BenefitDraft
from settings import load
from tests.services.certificates.world import serve
from tests.services.mall.world import give, offer, open_mall
from tests.support.world import COUNTY, VILLAGE, World, join, make_identity, make_volunteer

#: Numbers of their phones, and who they are.
DECORATED, FRIEND = 18, 19
NAMES = {DECORATED: "欧阳" * 30, FRIEND: "钱老乡"}
#: More than a page; one of them lies in the year before.
RECORDS = 22
#: Codes of the reward and of the benefit, and of a star in the public notice.
RICE, BUS, STAR = "rice0001", "bus00001", "star000001"


def make(at: datetime, world: World) -> None:
    """All of it; 110 hours are a star that can be asked for. The last service alone is with the leader's own team."""
    person, _ = store.write(lambda: [_person(at, number) for number in NAMES])
    store.write(lambda: join(at, world.team, person))
    for days in (400, *range(RECORDS, 1, -1)):
        title = "去年的服务" if days == 400 else f"守堤第{days}天"
        began = at - timedelta(days=days)
        until = began + timedelta(hours=5)
        serve(
            world, at, minutes=300, days_ago=days, person=person, title=title, in_at=began, out_at=until,
            confirmed_at=at, team=world.team if days == 2 else world.other_team,
        )  # fmt: skip
    give(person, 70, at, until=(at + timedelta(days=900)).date().isoformat())
    open_mall(at)
    reward = offer(world, at, from_on=_before(at))
    draft = BenefitDraft(kind="bus", name="免费坐公交", provider="霍邱公交", uses=4, per="day")
    made = offers.create(actor=world.actor(world.officer, "console"), region_code=COUNTY, draft=draft, at=at)
    store.write(Reward.update(code=RICE).where(Reward.id == reward.id).execute)
    store.write(Benefit.update(code=BUS).where(Benefit.code == made).execute)
    day = timedelta(days=1)
    store.write(
        lambda: StarAward.create(
            code=STAR, volunteer=world.chali, star=3, step_hours=600, minutes=36000, origin="rule", state="announced",
            with_brought=True, rule_set=RuleSet.get(RuleSet.kind == "stars"), region_code=VILLAGE, at_region=COUNTY,
            merits="守堤三十年", notice_from=f"{at - day:%Y-%m-%d}", notice_until=f"{at + 9 * day:%Y-%m-%d}",
            notice_days=5, created_at=at,
        )
    )
    store.write(
        lambda: HonourKind.create(
            code="kind0018", region_code=COUNTY, name="东湖好人", for_whom="person", level=3, self_proposed=True,
            created_at=at,
        )
    )


def _person(at: datetime, number: int) -> Volunteer:
    made = make_volunteer(at, NAMES[number])
    appid = load(demo=True).wechat_mp_appid
    make_identity(at, made, "mp", appid=appid, openid=f"mp-{number}", union_checked=True)
    return made


def _before(at: datetime) -> str:
    return (at - timedelta(days=1)).date().isoformat()


def phones() -> list[tuple[int, Any]]:
    """(number, name) of the two."""
    return list(NAMES.items())

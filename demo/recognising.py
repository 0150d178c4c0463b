"""Stars in several states and three benefits in the demo: what visitors see without waiting for five working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from clock import local_day
from demo.places import COUNTY
from models import Delivery, StarAward
from services.actors import Actor
from services.benefits import entitled, offers
from services.benefits.offers import BenefitDraft
from services.stars import awarding, proposing, reviewing

T = TypeVar("T")
#: When the worker first proposed what people had reached, when the director agreed, when that was awarded; and when the
#: public notice began that still runs.
PROPOSED, AGREED, AWARDED, SHOWN = timedelta(days=40), timedelta(days=39), timedelta(days=29), timedelta(days=2)
#: Of those with one star: how many have it already, and how many stand in public; the others wait for the county.
HAVE, IN_PUBLIC = 2, 2


def now(act: Callable[[], T]) -> T:
    """A part of the world's own write."""
    return act()


def lay_out(*, heavy: int, director: int, at: datetime) -> None:
    """Stars as the worker and the county would have made them; `heavy` has two. Inside the world's write."""
    county = Actor("console", director)
    proposing.propose_due(at=at - PROPOSED, write=now)
    waiting = list(
        StarAward.select()
        .where(StarAward.state == "review", StarAward.volunteer != director, StarAward.region_code < f"{COUNTY}:")
        .order_by(StarAward.volunteer)
    )
    first = [row for row in waiting if row.volunteer_id == heavy]
    others = [row for row in waiting if row.volunteer_id != heavy and row.star == 1]
    for row in [*first, *others[:HAVE]]:
        reviewing.agree(actor=county, code=row.code, why="已看过签到记录。", at=at - AGREED)
    awarding.award_due(at=at - AWARDED, write=now)
    for row in others[HAVE : HAVE + IN_PUBLIC]:
        reviewing.agree(actor=county, code=row.code, why="已看过签到记录。", at=at - SHOWN)
    # Told long ago, and read.
    Delivery.update(state="sent", sent_at=Delivery.created_at, read_at=Delivery.created_at).where(
        Delivery.kind.startswith("star_"), Delivery.state == "queued"
    ).execute()
    _benefits(county, at)


def _benefits(county: Actor, at: datetime) -> None:
    begun, today = at - timedelta(days=20), local_day(at)
    until = today.replace(year=today.year + 1, month=1, day=31).isoformat()
    drafts = (
        BenefitDraft(
            kind="bus", name="免费坐公交", provider="霍邱县公交公司", content="城区 1 到 8 路，上车给司机看。",
            phone="0564-6022222", min_star=1, uses=4, per="day", to_on=until,
        ),
        BenefitDraft(
            kind="scenic", name="临淮岗景区免门票", provider="临淮岗景区", content="本人免票，在检票口出示。",
            min_star=2, to_on=until,
        ),
        BenefitDraft(
            kind="insurance", name="志愿者意外险", provider="人保霍邱支公司", content="在服务队里的，由中心统一投保。",
            member=True, to_on=until,
        ),
    )  # fmt: skip
    for draft in drafts:
        code = offers.create(actor=county, region_code=COUNTY, draft=draft, at=begun)
        if draft.kind == "insurance":
            entitled.give(actor=county, code=code, until_on=until, at=begun)

"""The mall on the stage: it is on, a reward of the village, what a neighbour and the member redeemed."""

from __future__ import annotations

from typing import Any

from models import Redemption, Reward
from queries import books as sql
from services.actors import OPERATOR
from services.bookkeeping import points
from services.mall import handing
from services.policy import numbers
from tests.support.world import PROVINCE, VILLAGE

#: As in tests/rights/examples.py.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("/console/mall/", "code", lambda s: s.reward.code),
    ("/console/mall/redemptions/", "code", lambda s: s.redeemed.code),
    ("/console/policy/points/", "name", lambda s: "per_hour"),
    ("/m/mall/", "code", lambda s: s.reward.code),
    ("/m/mall/mine/", "code", lambda s: s.own_redeemed.code),
    ("/g/", "code", lambda s: handing.pick_code(parts=s.app.extensions["parts"], code=s.redeemed.code)),
    ("/api/v1/rewards/", "code", lambda s: s.reward.code),
    ("/api/v1/me/redemptions/", "code", lambda s: s.own_redeemed.code),
    ("/api/v1/pickups/", "code", lambda s: s.redeemed.code),
)
JSON: dict[str, Any] = {
    "POST /api/v1/rewards/<code>/redeem": lambda s: {"price": 5},
    "POST /api/v1/pickups": lambda s: {"shown": s.redeemed.digits},
}
DRAFT = {
    "title": "毛巾", "price": "5", "stock": "3", "more": "1", "place_region": VILLAGE, "place": "村部",
    "from_on": "2026-06-01", "per_person": "0", "stars": "0",
}  # fmt: skip
FORMS: dict[str, Any] = {
    "POST /console/mall/new": lambda s: DRAFT,
    "POST /console/mall/<code>": lambda s: DRAFT,
    "POST /console/mall/<code>/state": lambda s: {"state": "closed"},
    "POST /console/mall/desk": lambda s: {"code": s.redeemed.digits},
    "POST /console/mall/redemptions/<code>": lambda s: {"act": "hand"},
    "POST /console/people/<public_no>/mall": lambda s: {"reward": s.reward.code, "price": "5", "key": "k"},
    "POST /console/policy/points/<name>/preview": lambda s: {"value": "2"},
    "POST /m/mall/<code>": lambda s: {"price": "5", "key": "k"},
}  # fmt: skip


def make(stage: Any) -> None:
    """Make them, inside the write that makes the stage."""
    at = stage.at
    numbers.set_number(
        actor=OPERATOR, region_code=PROVINCE, kind="modules", name="mall", value=True, lock=False, reason="试", at=at
    )
    stage.reward = Reward.create(
        code="rewa0001", region_code=VILLAGE, place_region=VILLAGE, title="毛巾", price=5, supply=12, stock=10,
        from_on="2026-06-01", place="村部", created_at=at, updated_at=at,
    )  # fmt: skip
    stage.redeemed = _redeemed(stage, stage.person, "rede000001", "10000001")
    stage.own_redeemed = _redeemed(stage, stage.people["member"], "rede000002", "10000002")


def _redeemed(stage: Any, person: Any, code: str, digits: str) -> Redemption:
    """Five points earned and spent."""
    made = Redemption.create(
        code=code, digits=digits, reward=stage.reward, volunteer=person, region_code=VILLAGE, title="毛巾", price=5,
        place="村部", state="waiting", door="pages", idem_key=code, due_on="2026-07-10", created_at=stage.at,
    )  # fmt: skip
    for kind, amount, until, of in (("service", 5, "2029-06-30", None), ("redemption", -5, None, made.id)):
        entry = sql.Entry(
            person.id, amount, kind, None, None, VILLAGE, "2026-06-01", None, f"{code}:{kind}", None, None, "",
            expires_on=until, redemption_id=of,
        )  # fmt: skip
        points.post(entry, at=stage.at)
    return made

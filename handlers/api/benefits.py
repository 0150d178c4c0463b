"""My benefits, and the card that a provider scans."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

import clock
from handlers import parts
from handlers.api.schemas import Answer, Moment
from handlers.auth import me_id, need_volunteer
from services.benefits import cards, views

bp = APIBlueprint("benefits", __name__, tag="Stars and benefits")


class BenefitOut(Answer):
    """A benefit of my area; `lacks` says in Chinese what is missing, [] where it is mine; `uses` per period, 0 for no
    limit; `given` until when it was done for me, "" for good, null for nothing. Days as YYYY-MM-DD, "" for none."""

    code: str
    kind: str
    name: str
    provider: str
    content: str
    phone: str
    conditions: list[str]
    lacks: list[str]
    to_on: str
    uses: int
    per: str
    given: str | None


class BenefitsOut(Answer):
    """Those I may have first."""

    benefits: list[BenefitOut]


class BenefitCardOut(Answer):
    """What to draw as a QR code, good until `expires_at`, that is for `seconds` whatever the phone's clock says; `left`
    uses in this period (`per` day, month, year or whole), null for no limit."""

    url: str
    benefit: str
    provider: str
    name: str
    expires_at: Moment
    seconds: int
    left: int | None
    per: str


@bp.get("/me/benefits")
@need_volunteer("api")
@bp.output(BenefitsOut)
@bp.doc(summary="My benefits", responses=[401, 403], security="token")
def mine() -> Any:
    """Of my divisions and those above, as they run today."""
    return {"benefits": views.mine(volunteer_id=me_id(), at=clock.now())}


@bp.get("/me/benefits/<code>/card")
@need_volunteer("api")
@bp.output(BenefitCardOut)
@bp.doc(summary="A benefit's show-card", responses=[401, 403, 404, 409], security="token")
def card(code: str) -> Any:
    """Ask for a new one when it is over; its provider needs no account to check it."""
    at = clock.now()
    made = cards.show(parts=parts(), volunteer_id=me_id(), code=code, at=at)
    return {**asdict(made), "seconds": int((made.expires_at - at).total_seconds())}

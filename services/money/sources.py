"""Where money comes from: 财政, 文明实践基本经费, 基金会, 捐赠, 其他, and whatever the programme adds (S90, S92)."""

from __future__ import annotations

from datetime import datetime

from models import FundingSource, store
from services import audit, permissions
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import mass

C = RefusalCode
LONGEST = 20


def names() -> dict[str, str]:
    """Code to name, in the order of the list."""
    rows = FundingSource.select().order_by(FundingSource.sort_order, FundingSource.name)
    return {str(row.code): str(row.name) for row in rows}


def require(code: str) -> str:
    """The code, if it is in the list. Refusal: FIELD_WRONG (`source`)."""
    if not FundingSource.select().where(FundingSource.code == code).exists():
        raise Refusal(C.FIELD_WRONG, field="source")
    return code


def may_add(*, actor: Actor, at: datetime) -> bool:
    """Whether the actor keeps the list: he manages the whole area."""
    return mass.open_to(actor=actor, at=at)


def add(*, actor: Actor, name: str, at: datetime) -> str:
    """One more source for the whole programme; its code. The same name is the same source.

    Refusals: NOT_FOUND / NOT_ALLOWED (`permissions.require_manage` of the whole area), FIELD_WRONG (`name`).
    """
    permissions.require_manage(actor=actor, region_code=mass.top(), at=at)
    words = " ".join(name.split())
    if not words or len(words) > LONGEST or "\x00" in words:
        raise Refusal(C.FIELD_WRONG, field="name")

    def act() -> str:
        known = FundingSource.get_or_none(FundingSource.name == words)
        if known is not None:
            return str(known.code)
        made = FundingSource.create(code=new_code(), name=words, created_by=actor.volunteer_id, created_at=at)
        audit.changed(
            actor=actor, verb="source.added", subject=f"source:{made.code}", changes={"name": ["", words]}, at=at
        )
        return str(made.code)

    return store.write(act)

"""示范: an activity or a project marked as a model by its centre or one above, and the mark taken back (S53)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Activity, ModelMark, Project, store
from services import audit, decisions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.planning.approvals import owning_region

C = RefusalCode
KINDS: dict[str, Any] = {"activity": Activity, "project": Project}


def _of(actor: Actor, kind: str, code: str, at: datetime) -> Any:
    """The activity or project, for one who manages its centre's division and does not lead its team.

    NOT_FOUND, NOT_ALLOWED, OWN_RECORD.
    """
    model = KINDS.get(kind)
    found = model.get_or_none(model.code == code) if model is not None else None
    if found is None:
        raise Refusal(C.NOT_FOUND)
    team = found.team
    decisions.require_decider(
        actor=actor, region_code=owning_region(team), at=at,
        parties=[found.created_by_id, team.leader_id, *leaders(team_id=team.id, at=at)],
    )  # fmt: skip
    return found


def give(*, actor: Actor, kind: str, code: str, reason: str, at: datetime) -> None:
    """Mark it, with words on what others may learn from it; its team hears of it. Twice is once.

    `kind`: activity / project. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, PLANNING_STATE (an activity that is not
    published), REASON_REQUIRED.
    """

    def act() -> None:
        found = _of(actor, kind, code, at)
        if found.state in ("draft", "cancelled"):
            raise Refusal(C.PLANNING_STATE)
        why = _why(reason)
        if found.model_mark:
            return
        subject = f"{kind}:{found.id}"
        ModelMark.create(
            subject=subject, region_code=owning_region(found.team), reason=why, actor=actor.volunteer_id, at=at
        )
        _set(actor, kind, found, True, why, at)
        telling.tell(
            kind="model_mark", people=leaders(team_id=found.team_id, at=at), key=f"{subject}:{at.timestamp():.0f}",
            at=at, url=f"/console/{'activities' if kind == 'activity' else 'projects'}/{found.code}",
            title=found.title, reason=why,
        )  # fmt: skip

    store.write(act)


def withdraw(*, actor: Actor, kind: str, code: str, reason: str, at: datetime) -> None:
    """Take it back, with words. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED."""

    def act() -> None:
        found = _of(actor, kind, code, at)
        why = _why(reason)
        if not found.model_mark:
            return
        ModelMark.update(withdrawn_by=actor.volunteer_id, withdrawn_at=at, withdrawn_why=why).where(
            ModelMark.subject == f"{kind}:{found.id}", ModelMark.withdrawn_at.is_null()
        ).execute()
        _set(actor, kind, found, False, why, at)

    store.write(act)


def _why(reason: str) -> str:
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    return reason.strip()[:200]


def _set(actor: Actor, kind: str, found: Any, mark: bool, why: str, at: datetime) -> None:
    model = KINDS[kind]
    model.update(model_mark=mark).where(model.id == found.id).execute()
    audit.changed(
        actor=actor, verb="marked" if mark else "unmarked", subject=f"{kind}:{found.id}", at=at, reason=why,
        changes={"model_mark": [not mark, mark]},
    )  # fmt: skip


def may(*, actor: Actor, kind: str, code: str, at: datetime) -> bool:
    """Whether the actor may give or withdraw the mark."""
    try:
        _of(actor, kind, code, at)
    except Refusal:
        return False
    return True

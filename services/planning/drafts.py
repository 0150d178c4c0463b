"""What a new activity already says: made from a need, an item of a plan, for a project, or after an older one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from models import Need, Plan, PlanItem, Project
from services import permissions
from services.actors import Actor


def known(*, actor: Actor, need: str = "", item: str = "", project: str = "", at: datetime) -> dict[str, Any]:
    """The values of the form's fields (by their names there) that follow from what it is made for; {} for nothing.

    A need that the actor's team has claimed, an item or a project of his team; others are left out without a word.
    """
    found: dict[str, Any] = {}
    row = Project.get_or_none(Project.code == project) if project else None
    if row is not None and permissions.leads(actor=actor, team_id=row.team_id, at=at):
        sub = row.sub_domain or "other"
        found |= {"project": row.code, "kind": f"{row.domain}.{sub}", "team": row.team.code}
    planned = PlanItem.get_or_none(PlanItem.id == int(item)) if item.isascii() and item.isdigit() else None
    if planned is not None:
        plan = Plan.get_by_id(planned.plan_id)
        if permissions.leads(actor=actor, team_id=plan.team_id, at=at):
            found |= {
                "plan_item": str(planned.id), "title": planned.title, "place": planned.place, "team": plan.team.code,
                "kind": f"{planned.domain}.{planned.sub_domain}", "content": planned.note,
            }  # fmt: skip
    asked = Need.get_or_none(Need.code == need, Need.state == "claimed") if need else None
    if asked is not None and asked.team is not None and permissions.leads(actor=actor, team_id=asked.team_id, at=at):
        found |= {
            "need": asked.code, "title": asked.title[:40], "content": asked.content, "team": asked.team.code,
            "kind": f"{asked.domain}.{asked.sub_domain}", "private_home": bool(asked.private_home),
        }  # fmt: skip
        if asked.risks:
            found["risk_notice"] = asked.risks
        if asked.wanted_from and asked.wanted_from > local_day(at).isoformat():
            found["day"] = asked.wanted_from
    return found

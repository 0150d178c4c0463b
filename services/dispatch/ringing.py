"""The telephone numbers that a call opens: a called team's leaders to the calling centre, a member to his leader (S44).

Each is shown once, after it is in the audit; a neighbouring county's members are never rung up from outside (S43).
"""

from __future__ import annotations

from datetime import datetime

from models import PersonCall, TeamCall, Volunteer, store
from services import audit, limits, permissions
from services.access import people_list
from services.actors import Actor
from services.dispatch.answers import leaders_of
from services.dispatch.holding import commands, found
from services.errors import Refusal, RefusalCode
from services.parts import Parts

C = RefusalCode
#: Numbers in ten minutes: a flood yes, copying a county no.
MOST, SECONDS = 60, 600


def ring(*, parts: Parts, actor: Actor, code: str, public_no: str, at: datetime) -> tuple[str, str]:
    """(name, telephone number in full) of a called team's leader or, for who leads the team, of a member asked.

    Refusals: NOT_FOUND (nobody whom the actor may ring up for this call), TOO_MANY_TRIES, NUMBER_MISSING.
    """
    dispatch = found(code)
    person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state == "active")
    if person is None or not _may(dispatch.id, str(dispatch.region_code), person.id, actor, at):
        raise Refusal(C.NOT_FOUND)
    limits.count(key=f"call|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
    number = people_list.opened(parts, person, "phone") if person.phone_sealed is not None else ""
    if not number:
        raise Refusal(C.NUMBER_MISSING)
    store.write(
        lambda: audit.note(
            actor=actor, verb="person.call", subject=f"volunteer:{person.id}", detail={"dispatch": code}, at=at
        )
    )
    return str(person.name), str(number)


def _may(dispatch_id: int, region: str, person_id: int, actor: Actor, at: datetime) -> bool:
    calls = list(TeamCall.select().where(TeamCall.dispatch == dispatch_id))
    leads = [each for each in calls if permissions.leads(actor=actor, team_id=each.team_id, at=at)]
    asked = PersonCall.select().where(
        PersonCall.volunteer == person_id, PersonCall.team_call.in_([each.id for each in leads])
    )
    if asked.exists():
        return True
    ringable = calls if commands(actor=actor, region_code=region, at=at) else leads
    return any(person_id in leaders_of(each.team_id, at) for each in ringable)

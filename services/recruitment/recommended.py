"""Whom somebody recommended for his teams, and whose number or scanned code it is that he gives."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Application, Team, Volunteer
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import person_codes
from services.parts import Parts

#: How far back they are shown.
SHOWN = 20
#: A number is shorter than any code.
NUMBER_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Recommended:
    """One of them, and how far it is."""

    code: str
    name: str
    team: str
    state: str
    at: datetime


def mine(*, actor: Actor) -> list[Recommended]:
    """Those of the actor, the newest first. Refusal: NOT_REGISTERED."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    rows = (
        Application.select(Application, Volunteer, Team)
        .join(Volunteer, on=Application.volunteer)
        .switch(Application)
        .join(Team)
        .where(Application.recommender == actor.volunteer_id)
        .order_by(Application.id.desc())
        .limit(SHOWN)
    )
    return [
        Recommended(row.code, row.volunteer.name, row.team.short_name, row.state, row.created_at) for row in rows
    ]


def number_of(*, parts: Parts, person: str, at: datetime) -> str:
    """The number (编号) of whom is meant, by the number itself or a scanned code or card.

    Refusals: CODE_FORGED, CODE_EXPIRED, CODE_UNKNOWN, CODE_REVOKED, CARD_REVOKED.
    """
    text = person.strip()
    if len(text) <= NUMBER_LONGEST and "." not in text:
        return text.lower()
    problem, volunteer_id = person_codes.read(parts=parts, code=text, at=at)
    if problem is not None or volunteer_id is None:
        raise Refusal(problem or RefusalCode.CODE_UNKNOWN)
    return str(Volunteer.get_by_id(volunteer_id).public_no)

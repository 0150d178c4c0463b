"""What a person can do: the catalogue of skills, and each one's own (S41)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from frozen import dataclass
from models import Skill, VolunteerSkill, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode

CATEGORIES = ("military", "civil", "life")


@dataclass(frozen=True, slots=True)
class SkillItem:
    """A skill of the catalogue; `mine` if the person says that he has it."""

    code: str
    name: str
    category: str
    mine: bool


def catalogue(*, volunteer_id: int | None = None) -> list[SkillItem]:
    """The skills in the catalogue's order; one that was retired stays for those who have it."""
    own = _own(volunteer_id) if volunteer_id is not None else set()
    rows = Skill.select().order_by(Skill.sort_order, Skill.code)
    return [
        SkillItem(row.code, row.name, row.category, row.code in own)
        for row in rows
        if row.retired_at is None or row.code in own
    ]


def set_mine(*, actor: Actor, codes: Collection[str], at: datetime) -> list[SkillItem]:
    """Say what one can do; whatever is left out is taken back. Said twice, it is the same.

    Refusals: NOT_REGISTERED, BAD_REQUEST (no such skill).
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    volunteer_id, wanted = actor.volunteer_id, set(codes)
    if wanted - {each.code for each in catalogue(volunteer_id=volunteer_id)}:
        raise Refusal(RefusalCode.BAD_REQUEST, why="skills")

    def act() -> None:
        own = _own(volunteer_id)
        VolunteerSkill.delete().where(
            VolunteerSkill.volunteer == volunteer_id, VolunteerSkill.skill.in_(sorted(own - wanted))
        ).execute()
        for code in sorted(wanted - own):
            VolunteerSkill.insert(
                volunteer=volunteer_id, skill=code, at=at
            ).on_conflict_ignore().execute()  # two taps at once

    store.write(act)
    return catalogue(volunteer_id=volunteer_id)


def _own(volunteer_id: int) -> set[str]:
    rows = VolunteerSkill.select(VolunteerSkill.skill).where(VolunteerSkill.volunteer == volunteer_id)
    return {str(row.skill_code) for row in rows}

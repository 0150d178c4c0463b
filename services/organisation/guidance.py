"""Words from above to a team: guidance, or its record returned to be put right, and the team's answer (S70)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Team, TeamGuidance, Volunteer, store
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.organisation import teams

KINDS = ("guide", "return")
LONGEST = 300
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Word:
    """One piece of guidance; `answer` "" while the team has not said anything."""

    id: int
    kind: str
    text: str
    who: str
    at: datetime
    answer: str
    answered_at: datetime | None


def listed(team_id: int) -> list[Word]:
    """The last ones, newest first; the caller has looked at the reader's right."""
    rows: Any = (
        TeamGuidance.select(TeamGuidance, Volunteer.id, Volunteer.name)
        .join(Volunteer, JOIN.LEFT_OUTER, on=TeamGuidance.actor)
        .where(TeamGuidance.team == team_id)
        .order_by(TeamGuidance.id.desc())
        .limit(SHOWN)
    )
    return [
        Word(
            row.id,
            row.kind,
            row.text,
            row.actor.name if row.actor_id else "",
            row.at,
            row.answer,
            row.answered_at,
        )
        for row in rows
    ]


def give(*, actor: Actor, code: str, kind: str, text: str, at: datetime) -> int:
    """Advise a team, or return its record for correction; leader, liaison and their centre are told.

    Refusals: NOT_FOUND, NOT_ALLOWED (`permissions.require_guide`), OWN_RECORD (his own team), BAD_REQUEST (kind),
    TEXT_EMPTY, TEXT_TOO_LONG.
    """

    def act() -> int:
        team: Team = teams.by_code(code)
        permissions.require_guide(actor=actor, team_id=team.id, at=at)
        if actor.volunteer_id is not None and actor.volunteer_id == team.leader_id:
            raise Refusal(RefusalCode.OWN_RECORD)
        if kind not in KINDS:
            raise Refusal(RefusalCode.BAD_REQUEST, why="kind")
        words = _text(text)
        made = TeamGuidance.create(team=team, kind=kind, text=words, actor=actor.volunteer_id, at=at)
        telling.tell(
            kind=f"team_{kind}", people=[team.leader_id, team.liaison_id, team.centre.liaison_id], at=at,
            key=str(made.id), url=f"/console/teams/{team.code}", team=team.name, text=words,
        )  # fmt: skip
        return int(made.id)

    return store.write(act)


def _text(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refusal(RefusalCode.TEXT_EMPTY)
    if len(words) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)
    return words


def answer(*, actor: Actor, guidance_id: int, text: str, at: datetime) -> None:
    """Say what was done about it; once. Who had asked is told.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not lead the team), TEAM_STATE (answered already), TEXT_EMPTY,
    TEXT_TOO_LONG.
    """

    def act() -> None:
        made = TeamGuidance.get_or_none(TeamGuidance.id == guidance_id)
        if made is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=made.team_id, at=at)
        words = _text(text)
        kept = TeamGuidance.update(answer=words, answered_by=actor.volunteer_id, answered_at=at).where(
            TeamGuidance.id == guidance_id, TeamGuidance.answered_at.is_null()
        )
        if not kept.execute():
            raise Refusal(RefusalCode.TEAM_STATE)
        telling.tell(
            kind="guidance_answered", people=[made.actor_id], key=str(made.id), at=at,
            url=f"/console/teams/{made.team.code}", team=made.team.name, text=words,
        )  # fmt: skip

    store.write(act)

"""The pledge (S5) and a team's service agreement (条例 §14): texts with versions, accepted by each for himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models import Acceptance, Team
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from wording import entry

PLEDGE, AGREEMENT = "pledge", "agreement"


@dataclass(frozen=True, slots=True)
class Promise:
    """A text to accept; `accepted` if this very version was accepted already."""

    document: str
    title: str
    version: str
    text: str
    accepted: bool


def promises(*, volunteer_id: int, team: Team, brand: str) -> tuple[Promise, Promise]:
    """The pledge and this team's agreement, in today's version."""
    return (
        _promise(PLEDGE, volunteer_id, None, brand=brand),
        _promise(AGREEMENT, volunteer_id, team.id, team=team.name),
    )


def _promise(document: str, volunteer_id: int, team_id: int | None, **facts: str) -> Promise:
    words = entry(f"promises.{document}")
    return Promise(
        document, words["title"], words["version"], words["text"].format(**facts),
        _accepted(document, volunteer_id, team_id),
    )  # fmt: skip


def _accepted(document: str, volunteer_id: int, team_id: int | None) -> bool:
    mine = Acceptance.select().where(
        Acceptance.volunteer == volunteer_id, Acceptance.document == document,
        Acceptance.version == entry(f"promises.{document}.version"),
    )  # fmt: skip
    return mine.where(Acceptance.team_id == team_id).exists() if team_id is not None else mine.exists()


def accept_or_refuse(
    *, actor: Actor, volunteer_id: int, team_id: int, accepts: bool, at: datetime, proxy_id: int | None = None
) -> None:
    """Keep what is newly accepted; inside the caller's write. Refusals: PROMISE_REQUIRED (not said yes to both)."""
    for document, team in ((PLEDGE, None), (AGREEMENT, team_id)):
        if _accepted(document, volunteer_id, team):
            continue
        if not accepts:
            raise Refusal(RefusalCode.PROMISE_REQUIRED)
        Acceptance.create(
            volunteer=volunteer_id, document=document, version=entry(f"promises.{document}.version"), team_id=team,
            door=actor.door, proxy_id=proxy_id, at=at,
        )  # fmt: skip

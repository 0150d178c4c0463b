"""The pledge (S5) and a team's service agreement (条例 §14): texts with versions, accepted by each for himself."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Acceptance, Team, TeamMember, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from wording import entry, say

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


def texts(*, brand: str) -> list[tuple[str, str]]:
    """Both texts of today as (title, text) where the team is not known yet: to read them out to somebody."""
    facts = {"brand": brand, "team": say("promises.that_team")}
    return [
        (str(entry(f"promises.{each}.title")), entry(f"promises.{each}.text").format(**facts))
        for each in (PLEDGE, AGREEMENT)
    ]


@dataclass(frozen=True, slots=True)
class MyPromise:
    """A promise of a person; `team_code` "" for the pledge. `at` None where he has promised no version yet."""

    promise: Promise
    team_code: str
    version: str
    at: datetime | None


def mine(*, volunteer_id: int, brand: str) -> list[MyPromise]:
    """The pledge and the agreement of each team he is in, with what he accepted last; nothing outside any team."""
    teams = _teams(volunteer_id)
    if not teams:
        return []
    found = [_my(_promise(PLEDGE, volunteer_id, None, brand=brand), volunteer_id, None)]
    for team in teams:
        found.append(_my(_promise(AGREEMENT, volunteer_id, team.id, team=team.name), volunteer_id, team))
    return found


def waiting(*, volunteer_id: int) -> bool:
    """Whether a text changed since he accepted it: then he is asked again. Who never promised is not troubled here."""
    newest: dict[tuple[str, int | None], str] = {}
    own = (Acceptance.volunteer == volunteer_id) & Acceptance.document.in_((PLEDGE, AGREEMENT))
    for row in Acceptance.select().where(own).order_by(Acceptance.id):
        newest[(row.document, row.team_id)] = row.version
    teams = {team.id for team in _teams(volunteer_id)} if newest else set()
    return any(
        version != entry(f"promises.{document}.version")
        for (document, team_id), version in newest.items()
        if teams and (team_id is None or team_id in teams)
    )


def accept(*, actor: Actor, document: str, team_code: str = "", at: datetime) -> None:
    """Accept a text in today's version; said twice, it is kept once.

    Refusals: NOT_REGISTERED, NOT_FOUND (no such text, or no team of his).
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    volunteer_id = actor.volunteer_id
    team = next((team for team in _teams(volunteer_id) if team.code == team_code), None)
    if document not in (PLEDGE, AGREEMENT) or (document == AGREEMENT and team is None):
        raise Refusal(RefusalCode.NOT_FOUND)
    team_id = team.id if document == AGREEMENT and team is not None else None

    def act() -> None:
        if not _accepted(document, volunteer_id, team_id):
            _keep(actor, volunteer_id, document, team_id, None, at)

    store.write(act)


def _teams(volunteer_id: int) -> list[Team]:
    running = (TeamMember.volunteer == volunteer_id) & TeamMember.to_at.is_null()
    query = Team.select().join(TeamMember).where(running)
    return list(query.order_by(TeamMember.home.desc(), TeamMember.id))


def _my(promise: Promise, volunteer_id: int, team: Team | None) -> MyPromise:
    team_id = team.id if team else None
    kept = (
        Acceptance.select()
        .where(
            Acceptance.volunteer == volunteer_id,
            Acceptance.document == promise.document,
            Acceptance.team_id == team_id if team_id is not None else Acceptance.team_id.is_null(),
        )
        .order_by(Acceptance.id.desc())
        .first()
    )
    return MyPromise(
        promise, team.code if team else "", kept.version if kept else "", kept.at if kept else None
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
        _keep(actor, volunteer_id, document, team, proxy_id, at)


def _keep(
    actor: Actor, volunteer_id: int, document: str, team_id: int | None, proxy_id: int | None, at: datetime
) -> None:
    Acceptance.create(
        volunteer=volunteer_id, document=document, version=entry(f"promises.{document}.version"), team_id=team_id,
        door=actor.door, proxy_id=proxy_id, at=at,
    )  # fmt: skip

"""Who is told of a nomination: who has the word, who proposed, whom it honours; inside the caller's write."""

from __future__ import annotations

from datetime import datetime

from models import Nomination, Volunteer
from queries.assessment_standing import kept_of
from services import decisions
from services.messaging import telling
from wording import say


def parties(made: Nomination) -> list[int | None]:
    """Who does not decide on it: who proposed it, the person himself or the team's leader and liaison."""
    if made.volunteer_id:
        return [made.made_by_id, made.volunteer_id, kept_of(made.volunteer_id)]
    return [made.made_by_id, made.team.leader_id, made.team.liaison_id]


def called(made: Nomination) -> str:
    """The name of the team or the person."""
    return str(made.volunteer.name if made.volunteer_id else made.team.name)


def ask(made: Nomination, at: datetime) -> None:
    """Tell those who have the word now."""
    people = decisions.deciders(region_code=str(made.at_region), parties=parties(made), at=at)
    telling.tell(
        kind="nomination_waiting", people=sorted(people), key=f"{made.id}:{made.at_region}", at=at,
        url=f"/console/nominations/{made.code}", team=called(made), title=made.title,
    )  # fmt: skip


def over(made: Nomination, at: datetime) -> None:
    """Tell the awarding centre that the notice is over."""
    people = decisions.deciders(region_code=str(made.award_region), parties=parties(made), at=at)
    telling.tell(
        kind="nomination_over", people=sorted(people), key=str(made.id), at=at,
        url=f"/console/nominations/{made.code}", team=called(made), title=made.title,
    )  # fmt: skip


def result(made: Nomination, outcome: str, reason: str, at: datetime) -> None:
    """Tell the proposer, and the team's leader and liaison; the person by a message of his own."""
    said = say(f"commending.outcomes.{outcome}") + (f"：{reason}" if reason else "")
    own = kept_of(made.volunteer_id) if made.volunteer_id else None
    people = [made.made_by_id] if made.volunteer_id else parties(made)
    telling.tell(
        kind="nomination_result", people=[one for one in people if one != own], key=f"{made.id}:{outcome}", at=at,
        url=f"/console/nominations/{made.code}", team=called(made), title=made.title, changes=said,
    )  # fmt: skip
    if own is not None and outcome in ("announced", "awarded", "revoked") and _with_us(own):
        url = f"/commendations/{made.code}" if outcome == "announced" else "/m/honours"
        telling.tell(
            kind=f"honour_{outcome}", people=[own], key=f"{made.id}", at=at, url=url, title=made.title, reason=reason,
            until=made.notice_until or "",
        )  # fmt: skip


def _with_us(person: int) -> bool:
    return bool(Volunteer.select().where(Volunteer.id == person, Volunteer.state == "active").exists())

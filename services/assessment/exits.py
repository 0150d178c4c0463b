"""淘汰出局: a final 不合格 is proposed as an exit, somebody else approves it, the memberships end (S46, A5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from clock import local_day
from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentObjection,
    Team,
    TeamMember,
    Volunteer,
    store,
)
from queries import assessment_standing as sql
from services import audit, decisions, scopes
from services.access import posts
from services.actors import Actor
from services.assessment import cards, phases_of
from services.assessment.shapes import ExitLine
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import exceptions
from services.participation import waitlist
from services.regions import name_of
from wording import say

C = RefusalCode


def propose(card: AssessmentCard, *, at: datetime) -> None:
    """What follows from a final 不合格, inside the caller's write; those who decide and the person are told."""
    cycle: AssessmentCycle = card.cycle
    made = AssessmentExit.create(
        code=new_code(cards.CODE), card=card.id, volunteer=card.volunteer_id, team=card.team_id, state="proposed",
        region_code=cycle.region_code, created_at=at,
    )  # fmt: skip
    name = Volunteer.get_by_id(card.volunteer_id).name
    telling.tell(
        kind="assessment_exit_waiting", key=made.code, at=at, name=name, place=name_of(cycle.region_code),
        people=sorted(decisions.deciders(region_code=cycle.region_code, parties=parties(made), at=at)),
        url=f"/console/assessment/exits/{made.code}",
    )  # fmt: skip
    telling.tell(
        kind="assessment_exit_proposed", people=[card.volunteer_id], key=made.code, at=at, year=card.year,
        url=f"/m/assessment/{card.code}",
    )  # fmt: skip


def parties(each: AssessmentExit) -> set[int | None]:
    """Who does not decide: those of the card, who gave the grade, and who answered an objection to it."""
    card: AssessmentCard = each.card
    answered = AssessmentObjection.select(AssessmentObjection.answered_by).where(
        AssessmentObjection.card == card.id
    )
    return {*cards.parties(card), card.decided_by_id, *(row.answered_by_id for row in answered)} - {None}


def decide(*, actor: Actor, code: str, approve: bool, reason: str = "", at: datetime) -> None:
    """Approve a proposal (all his running memberships end, he stays a volunteer with all hours, and may join again
    after the months of the policy) or refuse it (he stays a member; the reason is needed).

    Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD (the person, his leader, who gave the grade), TEXT_TOO_LONG,
    REASON_REQUIRED (refusing), EXIT_STATE (decided already, or he died). Merged meanwhile, the entry that was kept
    leaves.
    """
    each = _found(code)
    cards.require_decider(actor=actor, card=each.card, parties=parties(each), at=at)
    words = cards.words_of(reason)
    if not approve and not words:
        raise Refusal(C.REASON_REQUIRED)

    def act() -> None:
        who = Volunteer.get_by_id(sql.kept_of(each.volunteer_id))
        months = int(phases_of.params(each.card.cycle)["rejoin_months"])
        from_day = cards.months_on(local_day(at), months).isoformat() if approve else None
        moved = (
            AssessmentExit.update(
                state="approved" if approve else "refused", reason=words, decided_by=actor.volunteer_id,
                decided_at=at, rejoin_from=from_day,
            )
            .where(AssessmentExit.id == each.id, AssessmentExit.state == "proposed")
            .execute()
        )  # fmt: skip
        if not moved or who.state != "active":
            raise Refusal(C.EXIT_STATE)
        audit.changed(
            actor=actor, verb="assessment.exit", subject=f"volunteer:{who.id}", at=at, reason=words,
            changes={"exit": ["proposed", "approved" if approve else "refused"]},
        )  # fmt: skip
        if approve:
            _end_memberships(each, who, actor, at)
        telling.tell(
            kind="assessment_exit_approved" if approve else "assessment_exit_refused", people=[who.id],
            key=each.code, at=at, year=each.card.year, reason=words, until=_day(from_day),
            url=f"/m/assessment/{each.card.code}",
        )  # fmt: skip

    store.write(act)


def _day(day: str | None) -> str:
    """The day from which he may join again, in words."""
    if day is None:
        return ""
    found = date.fromisoformat(day)
    return say("assessment.day_of_year", year=found.year, month=found.month, day=found.day)


def _end_memberships(each: AssessmentExit, who: Volunteer, actor: Actor, at: datetime) -> None:
    """What runs ends as `exit`; posts in those teams, and places only their members may have, go with it."""
    running = (TeamMember.volunteer == who.id) & TeamMember.to_at.is_null()
    rows = list(TeamMember.select(TeamMember, Team).join(Team).where(running))
    TeamMember.update(to_at=at, ended_why="exit").where(TeamMember.id.in_([row.id for row in rows])).execute()
    for row in rows:
        posts.end_team_rights(volunteer_id=who.id, team_ids=[row.team_id], at=at)
        waitlist.end_all(volunteer_id=who.id, team_id=row.team_id, at=at, reason="")
        exceptions.settle(team_id=row.team_id, at=at)
        audit.changed(
            actor=actor, verb="exited_team", subject=f"volunteer:{who.id}",
            changes={"team": [row.team.name, ""]}, at=at,
        )  # fmt: skip
        telling.tell(
            kind="assessment_member_out", people=set(leaders(team_id=row.team_id, at=at)) - {who.id},
            key=f"{each.code}:{row.team_id}", at=at, name=who.name, team=row.team.name,
            url=f"/console/teams/{row.team.code}",
        )  # fmt: skip


def waiting() -> Any:
    """The condition on a proposal, joined with its person, that it waits for a word: not of one who died. What was
    proposed of an entry that was merged since is decided on the one that was kept."""
    return (AssessmentExit.state == "proposed") & Volunteer.state.in_(("active", "merged"))


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ExitLine]:
    """Proposals of the divisions the reader may look at. Filters: state, cycle (code). Refusals: NOT_ALLOWED."""
    readable = scopes.readable(actor=actor, at=at)
    if not readable:
        raise Refusal(C.NOT_ALLOWED)
    query = _joined().where(scopes.within(AssessmentExit.region_code, readable))
    if state := wanted.chosen("state"):
        query = query.where(waiting() if state == "proposed" else AssessmentExit.state == state)
    if cycle := wanted.chosen("cycle"):
        query = query.where(AssessmentCycle.code == cycle)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": AssessmentExit.created_at, "name": Volunteer.name}, default="-at",
        tie=AssessmentExit.id.desc(), row=line,
    )  # fmt: skip


def one(*, actor: Actor, code: str, at: datetime) -> ExitLine:
    """One of them. Refusals: NOT_FOUND."""
    each = _found(code)
    if not scopes.covers(scopes.readable(actor=actor, at=at), each.region_code):
        raise Refusal(C.NOT_FOUND)
    may = cards.may_decide(actor=actor, card=each.card, parties=parties(each), at=at)
    return line(each, may_decide=may and each.state == "proposed")


def of_card(card_id: int) -> ExitLine | None:
    """The proposal that came of a card."""
    found = _joined().where(AssessmentExit.card == card_id).first()
    return line(found) if found else None


def _joined() -> Any:
    return (
        AssessmentExit.select(AssessmentExit, Volunteer, Team, AssessmentCard, AssessmentCycle)
        .join(Volunteer, on=(AssessmentExit.volunteer == Volunteer.id))
        .switch(AssessmentExit)
        .join(Team, on=(AssessmentExit.team == Team.id))
        .switch(AssessmentExit)
        .join(AssessmentCard, on=(AssessmentExit.card == AssessmentCard.id))
        .join(AssessmentCycle, on=(AssessmentCard.cycle == AssessmentCycle.id))
        .switch(AssessmentExit)
    )


def _found(code: str) -> AssessmentExit:
    each = _joined().where(AssessmentExit.code == code).first()
    if each is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(each, AssessmentExit)
    return each


def line(row: AssessmentExit, *, may_decide: bool = False) -> ExitLine:
    """A proposal as it is shown."""
    card: AssessmentCard = row.card
    return ExitLine(
        row.code, card.code, row.volunteer.name, row.volunteer.public_no, row.team.short_name, card.year,
        card.total or 0, card.reason, row.state, row.reason, row.decided_by.name if row.decided_by else "",
        row.decided_at, date.fromisoformat(row.rejoin_from) if row.rejoin_from else None, row.created_at, may_decide,
    )  # fmt: skip

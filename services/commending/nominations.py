"""Deciding on a nomination, level by level up to the centre that awards it, and the award (S104, S105).

review: the level `at_region` has the word → announced: the public notice runs → awarded; or refused, withdrawn; an
award may be revoked. Nobody decides on what he nominated, on himself, nor on the team he leads.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from clock import local_day
from models import (
    Centre,
    Commendation,
    Complaint,
    Honour,
    Nomination,
    NominationObjection,
    NominationStep,
    Volunteer,
    store,
)
from models.store import Write
from queries.assessment_standing import kept_of
from services import audit, decisions, permissions, public_notices, rules
from services.actors import Actor
from services.commending import levels, proposing, telling_of
from services.commending.proposing import MERITS_LONGEST, OPEN, TITLE_LONGEST
from services.commending.telling_of import parties
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints

__all__ = ["MERITS_LONGEST", "OPEN", "TITLE_LONGEST"]

C = RefusalCode
TEXT_LONGEST = 300
AT_ONCE = 100


def open_one(*, code: str) -> Nomination:
    """A nomination. Refusals: NOT_FOUND."""
    found = Nomination.get_or_none(Nomination.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, Nomination)
    return found


def _decide(actor: Actor, made: Nomination, region_code: str, at: datetime) -> None:
    permissions.require_look(actor=actor, region_code=str(made.region_code), at=at)
    if not permissions.manages(actor=actor, region_code=region_code, at=at):
        raise Refusal(C.NOT_ALLOWED)  # he reads it, and another level has the word
    decisions.require_decider(actor=actor, region_code=region_code, parties=parties(made), at=at)


def _subject(made: Nomination) -> str:
    return f"volunteer:{made.volunteer_id}" if made.volunteer_id else f"team:{made.team_id}"


def _step(actor: Actor, made: Nomination, region: str, verdict: str, text: str, at: datetime) -> None:
    NominationStep.create(
        nomination=made.id, region_code=region, verdict=verdict, text=text, decided_by=actor.volunteer_id, at=at
    )
    audit.changed(
        actor=actor, verb=f"nomination_{verdict}", subject=_subject(made), changes={"commendation": [made.title, ""]},
        reason=text, at=at,
    )  # fmt: skip


def agree(*, actor: Actor, code: str, text: str = "", at: datetime) -> None:
    """Yes of the level that has the word; after the awarding level's yes the public notice begins.

    Refusals: TEXT_TOO_LONG, NOT_FOUND, NOT_ALLOWED, OWN_RECORD (proposer, person, leader, liaison), TEAM_CLOSED,
    HONOUR_GONE, HONOUR_DECEASED (no longer with us), NOMINATION_STATE.
    """
    if len(text.strip()) > TEXT_LONGEST:
        raise Refusal(C.TEXT_TOO_LONG, most=TEXT_LONGEST)

    def act() -> None:
        made = open_one(code=code)
        _decide(actor, made, str(made.at_region), at)
        _person_now(made)
        way = levels.up_to(str(made.region_code), str(made.award_region))
        above = next((each for each in way if len(each) < len(made.at_region)), None)
        days = int(rules.rule("commendation", str(made.award_region), at).params["notice_days"])
        first, last = public_notices.span(days=days, at=at)
        new = (
            {"at_region": above}
            if above is not None
            else {"state": "announced", "notice_from": first, "notice_until": last, "notice_days": days}
        )
        taken = Nomination.update(**new).where(
            Nomination.id == made.id, Nomination.state == "review", Nomination.at_region == made.at_region
        )
        if not taken.execute():
            raise Refusal(C.NOMINATION_STATE)
        _step(actor, made, str(made.at_region), "agreed", text.strip(), at)
        now = open_one(code=code)
        if above is not None:
            telling_of.ask(now, at)
        else:
            telling_of.result(now, "announced", "", at)

    store.write(act)


def _person_now(made: Nomination) -> Volunteer | None:
    """Whom it honours today, None for a team: of an entry merged meanwhile, the one it went into. Refusals:
    TEAM_CLOSED, HONOUR_GONE, HONOUR_DECEASED."""
    if not made.volunteer_id:
        if made.team.state in permissions.CLOSED_TEAMS:
            raise Refusal(C.TEAM_CLOSED)
        return None
    person = Volunteer.get_by_id(kept_of(made.volunteer_id))
    assert isinstance(person, Volunteer)
    proposing.require_with_us(person, made.posthumous)
    return person


def refuse(*, actor: Actor, code: str, text: str, at: datetime) -> None:
    """No, at any level, or a stop while the public notice runs; with the reason.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, NOMINATION_STATE.
    """

    def act() -> None:
        made = open_one(code=code)
        region = str(made.at_region if made.state == "review" else made.award_region)
        _decide(actor, made, region, at)
        if not text.strip():
            raise Refusal(C.REASON_REQUIRED)
        _end(made, (str(made.state),), "refused", at)
        said = text.strip()[:TEXT_LONGEST]
        _step(actor, made, region, "refused" if made.state == "review" else "stopped", said, at)
        telling_of.result(made, "refused", said, at)

    store.write(act)


def _end(made: Nomination, old: tuple[str, ...], new: str, at: datetime) -> None:
    taken = Nomination.update(state=new, ended_at=at).where(
        Nomination.id == made.id, Nomination.state.in_(old), Nomination.state.in_(OPEN)
    )
    if not taken.execute():
        raise Refusal(C.NOMINATION_STATE)


def withdraw(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The proposer's side takes it back while it is looked at. Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED,
    NOMINATION_STATE."""

    def act() -> None:
        made = open_one(code=code)
        if made.made_by_id != actor.volunteer_id:
            permissions.require_manage(actor=actor, region_code=str(made.region_code), at=at)
        if not reason.strip():
            raise Refusal(C.REASON_REQUIRED)
        _end(made, ("review",), "withdrawn", at)
        _step(actor, made, str(made.region_code), "withdrawn", reason.strip()[:TEXT_LONGEST], at)

    store.write(act)


def decline(*, actor: Actor, code: str, at: datetime) -> None:
    """The person himself does not want it, while it is looked at or shown in public. Refusals: NOT_FOUND (not his),
    NOMINATION_STATE."""

    def act() -> None:
        made = open_one(code=code)
        if actor.volunteer_id is None or not made.volunteer_id or kept_of(made.volunteer_id) != actor.volunteer_id:
            raise Refusal(C.NOT_FOUND)
        _end(made, OPEN, "withdrawn", at)
        _step(actor, made, str(made.region_code), "declined", "", at)
        telling_of.result(made, "declined", "", at)

    store.write(act)


def objected(made: Nomination) -> bool:
    """Whether an objection to its notice waits for an answer."""
    return bool(_objections(made).where(Complaint.state.in_(complaints.OPEN)).exists())


def _objections(made: Nomination) -> Any:
    return NominationObjection.select().join(Complaint).where(NominationObjection.nomination == made.id)


def award(*, actor: Actor, code: str, awarded_on: str = "", awarded_by: str = "", at: datetime) -> None:
    """After the public notice: it enters the record of the team or the person. `awarded_by` "" is the awarding centre;
    for an honour that somebody else gives, his name.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, NOMINATION_STATE (not announced, or the notice still runs),
    FIELD_WRONG (`awarded_on`: no day, before the end of the notice, to come; `awarded_by`), HONOUR_OBJECTED,
    HONOUR_UPHELD (an objection was right), TEAM_CLOSED, HONOUR_GONE, HONOUR_DECEASED, HONOUR_AGAIN.
    """

    made = open_one(code=code)
    _decide(actor, made, str(made.award_region), at)
    today = local_day(at).isoformat()
    if made.state != "announced" or str(made.notice_until) >= today:
        raise Refusal(C.NOMINATION_STATE)
    day = _day(awarded_on or today)
    if not str(made.notice_until) < day <= today:
        raise Refusal(C.FIELD_WRONG, field="awarded_on")
    by = _giver(made, awarded_by)

    def act() -> None:
        if not Nomination.update(state="awarded", ended_at=at).where(_may_award(made)).execute():
            raise Refusal(C.NOMINATION_STATE)
        if objected(made):
            raise Refusal(C.HONOUR_OBJECTED)
        if _objections(made).where(Complaint.finding == "upheld").exists():
            raise Refusal(C.HONOUR_UPHELD)
        person = _person_now(made)
        proposing.require_new(
            person, None if person else made.team, made.kind, str(made.year), str(made.award_region)
        )
        given = _given(actor, made, person, by, day, at)
        Nomination.update(**given).where(Nomination.id == made.id).execute()
        _step(actor, made, str(made.award_region), "awarded", "", at)
        telling_of.result(made, "awarded", "", at)

    store.write(act)


def _may_award(made: Nomination) -> Any:
    """Nobody was quicker; what an objection holds on to is held here too."""
    return (Nomination.id == made.id) & (Nomination.state == "announced")


def _giver(made: Nomination, named: str) -> str:
    by = " ".join(named.split())
    if len(by) > TITLE_LONGEST or set("<>") & set(by) or (not by and made.kind is not None and made.kind.outside):
        raise Refusal(C.FIELD_WRONG, field="awarded_by")
    return by or str(Centre.get(Centre.region_code == made.award_region).name)


def _given(
    actor: Actor, made: Nomination, person: Volunteer | None, by: str, day: str, at: datetime
) -> dict[str, Commendation | Honour]:
    if person is None:
        return {
            "commendation": Commendation.create(
                team=made.team_id, title=made.title, awarded_by=by, awarded_on=day, actor=actor.volunteer_id, at=at,
                honour_kind=made.kind_id, year=made.year,
            )
        }  # fmt: skip
    return {
        "honour": Honour.create(
            volunteer=person, kind="nomination", honour_kind=made.kind_id, name=made.title, year=made.year,
            region_code=made.award_region, source=f"nomination:{made.id}", awarded_by=by, awarded_on=day,
            posthumous=made.posthumous, given_by=actor.volunteer_id, at=at,
        )
    }  # fmt: skip


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field="awarded_on") from None


def notice_over(*, at: datetime, write: Write = store.write) -> int:
    """Tell the awarding centres whose public notices are over, each once; how many nominations. One that a new year's
    calendar makes too short runs on."""
    yesterday = (local_day(at) - timedelta(days=1)).isoformat()
    ended = Nomination.select().where(
        Nomination.state == "announced", Nomination.notice_until <= yesterday, Nomination.nagged_at.is_null()
    )
    rows = list(ended.order_by(Nomination.id).limit(AT_ONCE))
    return sum(write(partial(_over, row, at)) for row in rows)


def _over(made: Nomination, at: datetime) -> int:
    running = (Nomination.id == made.id) & (Nomination.state == "announced")
    if made.notice_days:
        due = public_notices.due(first=str(made.notice_from), days=made.notice_days).isoformat()
        if due > str(made.notice_until):
            Nomination.update(notice_until=due).where(running).execute()
            return 0
    if not Nomination.update(nagged_at=at).where(running, Nomination.nagged_at.is_null()).execute():
        return 0
    telling_of.over(open_one(code=str(made.code)), at)
    return 1

"""Nominating a team for a commendation and deciding on it, level by level up to the centre that awards it (S104).

review: the level `at_region` has the word → announced: the public notice runs → awarded; or refused, withdrawn. Nobody
decides on what he nominated, nor on the team he leads.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from clock import local_day
from models import Centre, Commendation, Nomination, NominationStep, Team, store
from models.store import Write
from services import audit, decisions, permissions, regions, rules
from services.actors import Actor
from services.codes import new_code
from services.commending import figures
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.times import last_day, working_days_after
from wording import say

C = RefusalCode
TITLE_LONGEST, MERITS_LONGEST, TEXT_LONGEST = 40, 800, 300
OPEN = ("review", "announced")
AT_ONCE = 100


def nominate(
    *, actor: Actor, team_code: str, award_region: str, title: str, merits: str, at: datetime
) -> str:
    """Propose a team to the centre of `award_region` (the team's own division or one above); the nomination's code.

    Its figures of the last twelve months are attached as they stand now. The next centre above the proposer has the
    word first. Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage the team's division), TEAM_CLOSED, FIELD_WRONG
    (`award_region`: none of the team's, or without a centre; `title`, `merits`), NOMINATION_STATE (one runs already).
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=team.region_code, at=at)
    if team.state in permissions.CLOSED_TEAMS:
        raise Refusal(C.TEAM_CLOSED)
    levels = _levels(str(team.region_code), award_region)
    if not levels or levels[-1] != award_region:
        raise Refusal(C.FIELD_WRONG, field="award_region")
    words = {"title": (title.strip(), TITLE_LONGEST), "merits": (merits.strip(), MERITS_LONGEST)}
    for name, (text, longest) in words.items():
        if not 0 < len(text) <= longest:
            raise Refusal(C.FIELD_WRONG, field=name)

    def act() -> str:
        running = Nomination.select().where(
            Nomination.team == team.id, Nomination.award_region == award_region, Nomination.state.in_(OPEN)
        )
        if running.exists():
            raise Refusal(C.NOMINATION_STATE)
        made = Nomination.create(
            code=new_code(), team=team, region_code=team.region_code, award_region=award_region,
            at_region=_first(actor, levels, at), title=words["title"][0], merits=words["merits"][0],
            figures=figures.of_team(team, at=at), made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="team_nominated", subject=f"team:{team.id}", changes={"commendation": ["", made.title]},
            at=at,
        )  # fmt: skip
        _ask(made, at)
        return str(made.code)

    return store.write(act)


def _levels(team_region: str, award_region: str) -> list[str]:
    """The divisions with a centre from the team's up to the awarding one."""
    way = [code for code in reversed(regions.lineage(team_region)) if code.startswith(award_region)]
    known = {row.region_code for row in Centre.select().where(Centre.region_code.in_(way))}
    return [code for code in way if code in known]


def _first(actor: Actor, levels: list[str], at: datetime) -> str:
    """Who has the word first: the level above the proposer's own, the awarding one at the latest."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    own = min(
        (len(g.region_code) for g in grants if g.region_code and g.role in permissions.MANAGING
         and levels[0].startswith(g.region_code)), default=0,
    )  # fmt: skip
    return next((code for code in levels if len(code) < own), levels[-1])


def _parties(made: Nomination) -> list[int | None]:
    return [made.made_by_id, made.team.leader_id, made.team.liaison_id]


def _ask(made: Nomination, at: datetime) -> None:
    """Tell those who have the word now; inside a write."""
    people = decisions.deciders(region_code=str(made.at_region), parties=_parties(made), at=at)
    telling.tell(
        kind="nomination_waiting", people=sorted(people), key=f"{made.id}:{made.at_region}", at=at,
        url=f"/console/nominations/{made.code}", team=made.team.name, title=made.title,
    )  # fmt: skip


def _tell_result(made: Nomination, outcome: str, reason: str, at: datetime) -> None:
    said = say(f"commending.outcomes.{outcome}") + (f"：{reason}" if reason else "")
    telling.tell(
        kind="nomination_result", people=[made.made_by_id, made.team.leader_id, made.team.liaison_id],
        key=f"{made.id}:{outcome}", at=at, url=f"/console/nominations/{made.code}", team=made.team.name,
        title=made.title, changes=said,
    )  # fmt: skip


def open_one(*, code: str) -> Nomination:
    """A nomination. Refusals: NOT_FOUND."""
    found = Nomination.get_or_none(Nomination.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, Nomination)
    return found


def _require_there(made: Nomination) -> None:
    """Go on only while the team exists. Refusals: TEAM_CLOSED."""
    if made.team.state in permissions.CLOSED_TEAMS:
        raise Refusal(C.TEAM_CLOSED)


def _decide(actor: Actor, made: Nomination, region_code: str, at: datetime) -> None:
    permissions.require_look(actor=actor, region_code=str(made.region_code), at=at)
    if not permissions.manages(actor=actor, region_code=region_code, at=at):
        raise Refusal(C.NOT_ALLOWED)  # he reads it, and another level has the word
    decisions.require_decider(actor=actor, region_code=region_code, parties=_parties(made), at=at)


def _step(actor: Actor, made: Nomination, region: str, verdict: str, text: str, at: datetime) -> None:
    NominationStep.create(
        nomination=made.id, region_code=region, verdict=verdict, text=text, decided_by=actor.volunteer_id, at=at
    )
    audit.changed(
        actor=actor, verb=f"nomination_{verdict}", subject=f"team:{made.team_id}",
        changes={"commendation": [made.title, ""]}, reason=text, at=at,
    )  # fmt: skip


def agree(*, actor: Actor, code: str, text: str = "", at: datetime) -> None:
    """Yes of the level that has the word; after the awarding level's yes the public notice begins.

    Refusals: TEXT_TOO_LONG, NOT_FOUND, NOT_ALLOWED, OWN_RECORD (proposer, leader, liaison), TEAM_CLOSED,
    NOMINATION_STATE.
    """
    if len(text.strip()) > TEXT_LONGEST:
        raise Refusal(C.TEXT_TOO_LONG, most=TEXT_LONGEST)

    def act() -> None:
        made = open_one(code=code)
        _decide(actor, made, str(made.at_region), at)
        _require_there(made)
        levels = _levels(str(made.region_code), str(made.award_region))
        above = next((each for each in levels if len(each) < len(made.at_region)), None)
        days = int(rules.rule("commendation", str(made.award_region), at).params["notice_days"])
        new = (
            {"at_region": above}
            if above is not None
            else {
                "state": "announced", "notice_from": local_day(at).isoformat(),
                "notice_until": last_day(working_days_after(at, days)).isoformat(),
            }
        )  # fmt: skip
        taken = Nomination.update(**new).where(
            Nomination.id == made.id, Nomination.state == "review", Nomination.at_region == made.at_region
        )
        if not taken.execute():
            raise Refusal(C.NOMINATION_STATE)
        _step(actor, made, str(made.at_region), "agreed", text.strip(), at)
        now = open_one(code=code)
        if above is not None:
            _ask(now, at)
        else:
            _tell_result(now, "announced", "", at)

    store.write(act)


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
        taken = Nomination.update(state="refused", ended_at=at).where(
            Nomination.id == made.id, Nomination.state == made.state, Nomination.state.in_(OPEN)
        )
        if not taken.execute():
            raise Refusal(C.NOMINATION_STATE)
        said = text.strip()[:TEXT_LONGEST]
        _step(actor, made, region, "refused" if made.state == "review" else "stopped", said, at)
        _tell_result(made, "refused", said, at)

    store.write(act)


def withdraw(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The proposer's side takes it back while it is looked at. Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED,
    NOMINATION_STATE."""

    def act() -> None:
        made = open_one(code=code)
        permissions.require_manage(actor=actor, region_code=str(made.region_code), at=at)
        if not reason.strip():
            raise Refusal(C.REASON_REQUIRED)
        taken = Nomination.update(state="withdrawn", ended_at=at).where(
            Nomination.id == made.id, Nomination.state == "review"
        )
        if not taken.execute():
            raise Refusal(C.NOMINATION_STATE)
        _step(actor, made, str(made.region_code), "withdrawn", reason.strip()[:TEXT_LONGEST], at)

    store.write(act)


def award(*, actor: Actor, code: str, awarded_on: str = "", at: datetime) -> None:
    """After the public notice: the commendation enters the team's record.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, TEAM_CLOSED, FIELD_WRONG (`awarded_on`: no day, before the end of the
    notice, to come), NOMINATION_STATE (not announced, or the notice still runs).
    """

    def act() -> None:
        made = open_one(code=code)
        _decide(actor, made, str(made.award_region), at)
        _require_there(made)
        today = local_day(at)
        if made.state != "announced" or str(made.notice_until) >= today.isoformat():
            raise Refusal(C.NOMINATION_STATE)
        day = _day(awarded_on or today.isoformat())
        if not str(made.notice_until) < day.isoformat() <= today.isoformat():
            raise Refusal(C.FIELD_WRONG, field="awarded_on")
        centre = Centre.get(Centre.region_code == made.award_region)
        given = Commendation.create(
            team=made.team_id, title=made.title, awarded_by=centre.name, awarded_on=day.isoformat(),
            actor=actor.volunteer_id, at=at,
        )  # fmt: skip
        taken = Nomination.update(state="awarded", ended_at=at, commendation=given).where(
            Nomination.id == made.id, Nomination.state == "announced"
        )
        if not taken.execute():
            raise Refusal(C.NOMINATION_STATE)
        _step(actor, made, str(made.award_region), "awarded", "", at)
        _tell_result(made, "awarded", "", at)

    store.write(act)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field="awarded_on") from None


def notice_over(*, at: datetime, write: Write = store.write) -> int:
    """Tell the awarding centres whose public notices are over, each once; how many nominations."""
    yesterday = (local_day(at) - timedelta(days=1)).isoformat()
    over = Nomination.select(Nomination.id).where(
        Nomination.state == "announced", Nomination.notice_until <= yesterday, Nomination.nagged_at.is_null()
    )
    numbers = [row.id for row in over.order_by(Nomination.id).limit(AT_ONCE)]
    return sum(write(partial(_over, number, at)) for number in numbers)


def _over(number: int, at: datetime) -> int:
    taken = Nomination.update(nagged_at=at).where(
        Nomination.id == number, Nomination.state == "announced", Nomination.nagged_at.is_null()
    )
    if not taken.execute():
        return 0
    made = Nomination.get_by_id(number)
    people = decisions.deciders(region_code=made.award_region, parties=_parties(made), at=at)
    telling.tell(
        kind="nomination_over", people=sorted(people), key=str(number), at=at,
        url=f"/console/nominations/{made.code}", team=made.team.name, title=made.title,
    )  # fmt: skip
    return 1

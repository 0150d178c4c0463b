"""Founding a team: what conditions are there, such a team is founded; the centre above decides (S31–S33, S40).

A draft is a team in state founding with its application. People join it meanwhile, so that the list of conditions
fills up. What a soft rule would rather not have takes a reason and becomes an exception once the team stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Founding, Region, Team, TeamMember, Volunteer, store
from services import audit, decisions, permissions, regions
from services.accounts import enrolment
from services.actors import WORKER, Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.organisation import centres, dissolving, soft_rules, teams
from services.organisation.pilots import default_end
from services.organisation.teams import TeamDraft
from services.permissions import Role
from services.regions import is_within, lineage

OPEN = ("draft", "submitted", "returned")
STATEMENT_LONGEST = 500
#: Codes of county length and above: who plans and approves (S33).
COUNTY_LENGTH = 6
#: Who lives somewhere founds in his village or township, nothing larger.
TOWNSHIP_LENGTH = 9


@dataclass(frozen=True, slots=True)
class FoundingDraft:
    """What the form says: the team, who is to lead it, why; `reason` answers for soft rules not followed."""

    team: TeamDraft
    leader: str = ""
    liaison: str = ""
    statement: str = ""
    pilot: bool = False
    reason: str = ""


def reviewing_region(region_code: str) -> str:
    """The division whose centre reviews: the nearest one above, from the county upwards (S33); the province itself."""
    above = [code for code in lineage(region_code)[:-1] if len(code) <= COUNTY_LENGTH]
    known = {row.code for row in Region.select().where(Region.code.in_(above), Region.closed_on.is_null())}
    return next((code for code in reversed(above) if code in known), region_code)


def require_apply(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on for who manages the division, and for a volunteer who lives there and would lead the team himself: in his
    village, in its township, or in a village of the township where nobody wrote down which one he lives in.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    person = Volunteer.get_or_none(Volunteer.id == (actor.volunteer_id or 0), Volunteer.state == "active")
    if person is None or not _lives(str(person.region_code), region_code):
        permissions.require_manage(actor=actor, region_code=region_code, at=at)


def _lives(home: str, region_code: str) -> bool:
    near = min(len(home), len(region_code)) >= TOWNSHIP_LENGTH
    return near and (is_within(home, region_code) or is_within(region_code, home))


def start(*, actor: Actor, region_code: str, draft: FoundingDraft, brand: str, at: datetime) -> int:
    """Begin an application; its id. Nothing is decided yet, people may join.

    Refusals in order: REGION_UNKNOWN, NOT_FOUND, NOT_ALLOWED (`require_apply`), CENTRE_MISSING, those of
    `teams.checked`, FIELD_WRONG (`leader`, `liaison`, `statement`).
    """

    def act() -> int:
        region = regions.region(region_code)
        require_apply(actor=actor, region_code=region_code, at=at)
        centre = centres.nearest(region_code)
        columns = teams.checked(draft=draft.team, region=region, brand=brand, team_id=None)
        columns |= _posts(actor, draft, region_code, None, at)
        team = Team.create(
            code=new_code(),
            region_code=region_code,
            centre=centre.id,
            state="founding",
            created_at=at,
            **columns,
        )
        teams.put_covers(team.id, draft.team.covers)
        made = Founding.create(
            team=team, applicant=actor.volunteer_id, state="draft", reviewing_region=reviewing_region(region_code),
            statement=_statement(draft), checklist={"reason": draft.reason.strip()[:200]}, pilot=draft.pilot,
            created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor,
            verb="founding_started",
            subject=f"team:{team.id}",
            changes={"name": ["", team.name]},
            at=at,
        )
        return int(made.id)

    return store.write(act)


def _posts(
    actor: Actor, draft: FoundingDraft, region_code: str, team: Team | None, at: datetime
) -> dict[str, Any]:
    """Who is to lead and to keep contact. A would-be leader without any right names himself, and as liaison only
    somebody who joined: nobody gets a post from a stranger, and no name is found by trying numbers."""
    found: dict[str, Any] = {}
    manages = permissions.manages(actor=actor, region_code=region_code, at=at)
    for post, number in (("leader", draft.leader), ("liaison", draft.liaison)):
        person = Volunteer.get_or_none(Volunteer.public_no == number, Volunteer.state == "active")
        if post == "leader" and not manages:
            found[post] = actor.volunteer_id
            continue
        if number and (person is None or not (manages or _belongs(team, person.id))):
            raise Refusal(RefusalCode.FIELD_WRONG, field=post)
        found[post] = person.id if person else None
    return found


def _belongs(team: Team | None, volunteer_id: int) -> bool:
    """Whether this person has joined the young team, or an officer named him already."""
    if team is None or team.liaison_id == volunteer_id:
        return team is not None
    member = TeamMember.select().where(
        TeamMember.team == team.id, TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null()
    )
    return bool(member.exists())


def _statement(draft: FoundingDraft) -> str:
    text = draft.statement.strip()
    if len(text) > STATEMENT_LONGEST:
        raise Refusal(RefusalCode.FIELD_WRONG, field="statement")
    return text


def edit(*, actor: Actor, founding_id: int, draft: FoundingDraft, brand: str, at: datetime) -> None:
    """Change a draft, or one that came back. Refusals: NOT_FOUND, NOT_ALLOWED, FOUNDING_STATE, as `start`."""

    def act() -> None:
        made = own(actor=actor, founding_id=founding_id, at=at)
        if made.state not in ("draft", "returned"):
            raise Refusal(RefusalCode.FOUNDING_STATE)
        team: Team = made.team
        region = regions.region(team.region_code)
        columns = teams.checked(draft=draft.team, region=region, brand=brand, team_id=team.id)
        columns |= _posts(actor, draft, team.region_code, team, at)
        Team.update(columns).where(Team.id == team.id).execute()
        teams.put_covers(team.id, draft.team.covers)
        Founding.update(
            statement=_statement(draft), pilot=draft.pilot, checklist={"reason": draft.reason.strip()[:200]}
        ).where(Founding.id == made.id).execute()

    store.write(act)


def own(*, actor: Actor, founding_id: int, at: datetime) -> Founding:
    """The application for its applicant and for who manages the team's division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    made = Founding.get_or_none(Founding.id == founding_id)
    if made is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(made, Founding)
    if actor.volunteer_id is None or made.applicant_id != actor.volunteer_id:
        permissions.require_manage(actor=actor, region_code=made.team.region_code, at=at)
    return made


def parties(made: Founding) -> list[int | None]:
    """Who gains by it: the applicant, the leader and liaison to be."""
    return [made.applicant_id, made.team.leader_id, made.team.liaison_id]


def submit(*, actor: Actor, founding_id: int, reason: str = "", at: datetime) -> None:
    """Hand it up. Twice is once. What is missing, or a soft rule not followed, takes a reason; it never blocks.

    Refusals: NOT_FOUND, NOT_ALLOWED, FOUNDING_STATE, REASON_REQUIRED.
    """

    def act() -> None:
        made = own(actor=actor, founding_id=founding_id, at=at)
        if made.state == "submitted":
            return
        if made.state not in OPEN:
            raise Refusal(RefusalCode.FOUNDING_STATE)
        why = reason.strip()[:200] or str(made.checklist.get("reason", ""))
        broken = soft_rules.broken(team=made.team, at=at)
        if broken and not why:
            raise Refusal(RefusalCode.REASON_REQUIRED)
        items = {each.key: [each.have, each.need] for each in soft_rules.checklist(team=made.team, at=at)}
        Founding.update(
            state="submitted", submitted_at=at, answer="", checklist={"reason": why, "items": items}
        ).where(Founding.id == made.id).execute()
        _note(actor, made, "founding_submitted", at, why)
        telling.tell(
            kind="founding_submitted", key=f"{made.id}:{at.timestamp():.0f}", at=at,
            people=decisions.deciders(region_code=made.reviewing_region, parties=parties(made), at=at),
            url=f"/console/foundings/{made.id}", team=made.team.name,
        )  # fmt: skip

    store.write(act)


def _note(actor: Actor, made: Founding, verb: str, at: datetime, reason: str = "", **changes: Any) -> None:
    audit.changed(
        actor=actor, verb=verb, subject=f"team:{made.team_id}", changes=changes, at=at, reason=reason
    )


def withdraw(*, actor: Actor, founding_id: int, reason: str = "", at: datetime) -> None:
    """Take it back; the team was never founded. Who decides on it returns or refuses it instead, with words.

    Refusals: NOT_FOUND, NOT_ALLOWED, FOUNDING_STATE.
    """

    def act() -> None:
        made = own(actor=actor, founding_id=founding_id, at=at)
        decides = made.state == "submitted" and decisions.may_decide(
            actor=actor, region_code=made.reviewing_region, parties=parties(made), at=at
        )
        if made.state not in OPEN or decides:
            raise Refusal(RefusalCode.FOUNDING_STATE)
        _end(actor, made, "withdrawn", reason.strip(), at, decided=False)

    store.write(act)


def _end(
    actor: Actor, made: Founding, state: str, answer: str, at: datetime, *, decided: bool = True
) -> None:
    decision: Mapping[str, Any] = {"decided_by": actor.volunteer_id, "decided_at": at} if decided else {}
    taken = Founding.update({"state": state, "answer": answer, **decision}).where(
        Founding.id == made.id, Founding.state == made.state
    )
    if not taken.execute():
        raise Refusal(RefusalCode.FOUNDING_STATE)
    if state in ("refused", "withdrawn"):
        dissolving.close(team=made.team, state="dissolved", actor=actor, reason=answer, at=at)
    _note(actor, made, f"founding_{state}", at, answer)


def _reviewed(actor: Actor, founding_id: int, at: datetime) -> Founding:
    """The application for one who may decide on it, held as it stands. Refusals as `decisions.require_decider`."""
    made = Founding.get_or_none(Founding.id == founding_id)
    if made is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(made, Founding)
    if not permissions.manages(actor=actor, region_code=made.reviewing_region, at=at):
        permissions.require_look(actor=actor, region_code=made.team.region_code, at=at)
        raise Refusal(RefusalCode.NOT_ALLOWED)
    decisions.require_decider(actor=actor, region_code=made.reviewing_region, parties=parties(made), at=at)
    if made.state != "submitted":
        raise Refusal(RefusalCode.FOUNDING_STATE)
    return made


def send_back(*, actor: Actor, founding_id: int, answer: str, at: datetime) -> None:
    """Return it to be put right. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, FOUNDING_STATE, REASON_REQUIRED."""
    _say_no(actor, founding_id, "returned", answer, at)


def refuse(*, actor: Actor, founding_id: int, answer: str, at: datetime) -> None:
    """Refuse it, with words. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, FOUNDING_STATE, REASON_REQUIRED."""
    _say_no(actor, founding_id, "refused", answer, at)


def _say_no(actor: Actor, founding_id: int, state: str, answer: str, at: datetime) -> None:
    def act() -> None:
        made = _reviewed(actor, founding_id, at)
        why = answer.strip()[:200]
        if not why:
            raise Refusal(RefusalCode.REASON_REQUIRED)
        _end(actor, made, state, why, at)
        for person in {made.applicant_id, made.team.leader_id} - {None}:
            telling.tell(
                kind=f"founding_{state}", people=[person], key=f"{made.id}:{at.timestamp():.0f}", at=at,
                url=_where_read(made, person, at), team=made.team.name, reason=why,
            )  # fmt: skip

    store.write(act)


def _where_read(made: Founding, person: int, at: datetime) -> str:
    """The console for who manages there; an applicant without any right reads it on his phone."""
    reader = Actor(door="pages", volunteer_id=person)
    manages = permissions.manages(actor=reader, region_code=made.team.region_code, at=at)
    on_phone = person == made.applicant_id and not manages
    return f"/m/found/{made.id}" if on_phone else f"/console/foundings/{made.id}"


def approve(*, actor: Actor, founding_id: int, pilot: bool, answer: str = "", at: datetime) -> None:
    """Found the team, on trial (S40) or for good: its leader and liaison get their rights and are its members.

    Soft rules it does not follow become exceptions with the applicant's reason. Refusals: NOT_FOUND, NOT_ALLOWED,
    OWN_RECORD, FOUNDING_STATE, REASON_REQUIRED (something is broken that nobody has given a reason for).
    """

    def act() -> None:
        made = _reviewed(actor, founding_id, at)
        team: Team = made.team
        said = answer.strip()[:200]
        why = "; ".join(each for each in (str(made.checklist.get("reason", "")), said) if each)
        state = "pilot" if pilot else "regular"
        until = default_end(region_code=team.region_code, at=at) if pilot else None
        Team.update(state=state, founded_on=local_day(at).isoformat(), pilot_until=until).where(
            Team.id == team.id
        ).execute()
        for person, role in ((team.leader_id, Role.TEAM_LEADER), (team.liaison_id, Role.LIAISON)):
            if person is not None:
                enrolment.add_membership(team_id=team.id, volunteer_id=person, at=at)
                permissions.grant(
                    actor=WORKER,
                    volunteer_id=person,
                    role=role,
                    team_id=team.id,
                    reason=f"founding:{made.id}",
                    at=at,
                )
        fresh = Team.get_by_id(team.id)
        broken = soft_rules.broken(team=fresh, at=at)
        teams.keep_reasons(actor=actor, team=fresh, broken=broken, reason=why, at=at)
        _end(actor, made, "approved", said, at)
        audit.changed(
            actor=actor,
            verb="team_founded",
            subject=f"team:{team.id}",
            changes={"state": ["founding", state]},
            at=at,
        )
        telling.tell(
            kind="founding_approved", people=[made.applicant_id, team.leader_id, team.liaison_id], at=at,
            key=str(made.id), url=f"/console/teams/{team.code}", team=team.name,
        )  # fmt: skip

    store.write(act)

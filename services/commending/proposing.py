"""Nominating a team or a person for an honour, with the figures as they stand that day (S104, S105).

Who manages the division proposes, and the leader of the team; nobody himself, unless the honour is one that people may
propose themselves for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Commendation, Honour, HonourKind, Nomination, Team, TeamMember, Volunteer, store
from queries.assessment_standing import entries_of
from services import audit, permissions, regions
from services.access import belonging
from services.accounts.people import kept_number
from services.actors import Actor
from services.codes import new_code
from services.commending import figures, levels, telling_of
from services.errors import Refusal, RefusalCode
from services.honours import evidence, kinds
from services.permissions import Verb
from wording import entry, say

C = RefusalCode
TITLE_LONGEST, MERITS_LONGEST = 40, 800
OPEN = ("review", "announced")
#: Digits of a county.
COUNTY = 6


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom it honours: a team, or a person with his home team; `place` is the division it begins in."""

    place: str
    team: Team | None
    person: Volunteer | None = None


def nominate(
    *, actor: Actor, team_code: str = "", public_no: str = "", kind_code: str = "", award_region: str = "",
    title: str = "", year: str = "", merits: str, posthumous: bool = False, at: datetime,
) -> str:  # fmt: skip
    """Propose a team or a person; the nomination's code. The lowest level above the proposer has the word first.

    Of a `kind_code` the name and, unless the honour exists at several levels, the awarding division come with it (of
    several, the county where none is named); without one it is a team's commendation called `title` by the centre of
    `award_region`. `year` "" is this one.

    Refusals in order: NOT_FOUND, NOT_ALLOWED (neither managing nor leading there), TEAM_CLOSED; HONOUR_MERGED,
    OWN_RECORD (himself), HONOUR_GONE, HONOUR_DECEASED (without `posthumous`); HONOUR_KIND (closed, another's, not for
    this one), FIELD_WRONG (`award_region`, `title`, `year`, `merits`), HONOUR_AGAIN, NOMINATION_STATE (one runs).
    """
    kind = kinds.by_code(kind_code) if kind_code else None
    whom = _person(actor, public_no, kind, posthumous, at) if public_no else _team(actor, team_code, kind, at)
    if kind is not None:
        _check_kind(kind, whom)
        award_region = _awarding(kind, whom.place) or award_region or whom.place[:COUNTY]
        title = str(kind.name)
    elif public_no:
        raise Refusal(C.HONOUR_KIND, whom=say("honours.whom.person"))
    way = levels.up_to(whom.place, award_region) if award_region else []
    if not way or way[-1] != award_region:
        raise Refusal(C.FIELD_WRONG, field="award_region")
    words = {"title": (title.strip(), TITLE_LONGEST), "merits": (merits.strip(), MERITS_LONGEST)}
    for name, (text, longest) in words.items():
        if not 0 < len(text) <= longest:
            raise Refusal(C.FIELD_WRONG, field=name)
    of_year = _year(year, at)

    def act() -> str:
        require_new(whom.person, whom.team, kind, of_year, award_region)
        made = Nomination.create(
            code=new_code(), kind=kind, team=whom.team, volunteer=whom.person, region_code=whom.place,
            award_region=award_region, at_region=levels.first(actor=actor, levels=way, at=at), year=of_year,
            title=words["title"][0], merits=words["merits"][0], posthumous=posthumous and whom.person is not None,
            figures=_figures(whom, award_region, at), made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        subject = f"volunteer:{whom.person.id}" if whom.person else f"team:{made.team_id}"
        verb = "person_nominated" if whom.person else "team_nominated"
        audit.changed(actor=actor, verb=verb, subject=subject, changes={"commendation": ["", made.title]}, at=at)
        telling_of.ask(made, at)
        return str(made.code)

    return store.write(act)


def own_kinds(*, volunteer_id: int) -> list[tuple[str, str, bool]]:
    """(code, name, at several levels) of the honours for which a person may propose himself."""
    person = Volunteer.get_by_id(volunteer_id)
    offered = kinds.offered(region_code=belonging.divisions_of(person)[0], whom="person")
    return [(str(kind.code), str(kind.name), not kind.level) for kind in offered if kind.self_proposed]


def propose_self(*, actor: Actor, kind_code: str, merits: str, at: datetime) -> str:
    """He proposes himself, where the honour says that one may; one that exists at several levels goes to his county.

    Refusals: NOT_REGISTERED, NOT_FOUND; those of `nominate`."""
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    person = Volunteer.get_by_id(actor.volunteer_id)
    return nominate(
        actor=actor, public_no=person.public_no, kind_code=kind_code, merits=merits, at=at
    )


def _team(actor: Actor, team_code: str, kind: HonourKind | None, at: datetime) -> _Whom:
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    if kind is None and not permissions.manages(actor=actor, region_code=str(team.region_code), at=at):
        raise Refusal(C.NOT_ALLOWED)
    if team.state in permissions.CLOSED_TEAMS:
        raise Refusal(C.TEAM_CLOSED)
    return _Whom(str(team.region_code), team)


def _person(actor: Actor, public_no: str, kind: HonourKind | None, posthumous: bool, at: datetime) -> _Whom:
    number = kept_number(public_no)
    if number is None:
        raise Refusal(C.NOT_FOUND)
    own = kind is not None and kind.self_proposed
    person = Volunteer.get(Volunteer.public_no == number)
    if not (own and person.id == actor.volunteer_id):
        person = belonging.seen_person(actor=actor, public_no=number, at=at)
    if number != public_no:
        raise Refusal(C.HONOUR_MERGED, number=number)
    if person.id == actor.volunteer_id and not own:
        raise Refusal(C.OWN_RECORD)
    rows = list(
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
        .order_by(TeamMember.home.desc(), TeamMember.id)
    )
    may = (
        person.id == actor.volunteer_id
        or belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at)
        or any(permissions.leads(actor=actor, team_id=row.team_id, at=at) for row in rows)
    )
    if not may:
        raise Refusal(C.NOT_ALLOWED)
    require_with_us(person, posthumous)
    return _Whom(belonging.divisions_of(person)[0], rows[0].team if rows else None, person)


def require_with_us(person: Volunteer, posthumous: bool) -> None:
    """Go on for one who may be honoured. Refusals: HONOUR_GONE, HONOUR_DECEASED."""
    if person.state == "deceased":
        if not posthumous:
            raise Refusal(C.HONOUR_DECEASED, name=person.name)
    elif person.state != "active":
        raise Refusal(C.HONOUR_GONE, name=person.name)


def _check_kind(kind: HonourKind, whom: _Whom) -> None:
    """Refusals: HONOUR_KIND."""
    which = "person" if whom.person else "team"
    fits = kind.closed_at is None and kind.for_whom in (which, "both") and whom.place.startswith(str(kind.region_code))
    if not fits:
        raise Refusal(C.HONOUR_KIND, whom=entry("honours.whom")[which])


def _awarding(kind: HonourKind, place: str) -> str:
    """The division that has the last word on it; "" where the nomination says."""
    return place[: regions.LENGTHS[kind.level - 1]] if kind.level else ""


def _year(text: str, at: datetime) -> str:
    now = local_day(at).year
    if not text.strip():
        return str(now)
    if text.strip() not in {str(now - 1), str(now), str(now + 1)}:
        raise Refusal(C.FIELD_WRONG, field="year")
    return text.strip()


def require_new(
    person: Volunteer | None, team: Team | None, kind: HonourKind | None, year: str, award_region: str
) -> None:
    """Go on where neither such an honour stands for that year nor such a nomination runs.

    Refusals: HONOUR_AGAIN, NOMINATION_STATE."""
    if kind is None:
        if Nomination.select().where(
            Nomination.team == team, Nomination.award_region == award_region, Nomination.kind.is_null(),
            Nomination.state.in_(OPEN),
        ).exists():  # fmt: skip
            raise Refusal(C.NOMINATION_STATE)
        return
    given: Any
    if person is not None:
        ids = entries_of(person.id)
        given = Honour.select().where(
            Honour.volunteer.in_(ids), Honour.honour_kind == kind.id, Honour.year == year, Honour.revoked_at.is_null()
        )
        running = Nomination.select().where(Nomination.volunteer.in_(ids), Nomination.kind == kind.id)
        name = person.name
    else:
        assert team is not None
        given = Commendation.select().where(
            Commendation.team == team.id, Commendation.honour_kind == kind.id, Commendation.year == year,
            Commendation.revoked_at.is_null(),
        )
        running = Nomination.select().where(
            Nomination.team == team.id, Nomination.volunteer.is_null(), Nomination.kind == kind.id
        )
        name = team.name
    if given.exists():
        raise Refusal(C.HONOUR_AGAIN, name=name, year=year)
    if running.where(Nomination.state.in_(OPEN)).exists():
        raise Refusal(C.NOMINATION_STATE)


def _figures(whom: _Whom, award_region: str, at: datetime) -> dict[str, Any]:
    if whom.person is None:
        assert whom.team is not None
        return figures.of_team(whom.team, at=at)
    found = evidence.of_people([whom.person], region_code=award_region, at=at)[whom.person.id]
    return evidence.frozen(found, evidence.since(region_code=award_region, at=at), at)

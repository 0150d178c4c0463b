"""Officers and their posts: whoever is registered takes the post up at once, the others get a personal invitation.

The invitation (`BindInvite` with role and place) is what the list of officers prints as a QR code and follows until
the person has come; saying 是我 binds him and gives the role.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from models import BindInvite, RoleGrant, Team, Volunteer
from services import audit, permissions
from services.accounts import enrolment
from services.accounts.documents import check_phone
from services.accounts.enrolment import Details
from services.codes import new_token
from services.errors import Refusal, RefusalCode
from services.imports import lookups
from services.imports.people import checked_details
from services.imports.rows import Context, Judged, begun
from services.imports.sheets import Line
from services.permissions import Role

C = RefusalCode
#: A printed sheet is handed out at a meeting; WeChat's own codes live no longer.
LIFE = timedelta(days=30)
AT_TEAM = frozenset({"team_leader", "deputy"})


@dataclass(slots=True)
class Plan:
    """A checked row."""

    details: Details
    phone: str
    role: Role
    team: Team | None
    person: Volunteer | None


def keys(context: Context, line: Line) -> list[tuple[str, str]]:
    """A post of a person stands in a file once."""
    number = context.parts.vault.index("id_no", line.cell("document"))
    return [("role", "|".join((number, line.cell("role"), line.cell("region"), line.cell("team"))))]


def judge(context: Context, lines: Sequence[Line]) -> list[Judged]:
    """The person, the place, whether the importer may appoint there, whether he holds or was offered the post."""
    places = lookups.regions(line.cell("region") for line in lines)
    teams = lookups.Teams((line.cell("team") for line in lines), context.region_code)
    known = lookups.people(context.parts, (line.cell("document").upper() for line in lines))
    people = [person.id for person in known.values()]
    members = lookups.memberships(people)
    held = _held(people, context)
    may: dict[tuple[str, str, int | None, bool], RefusalCode | None] = {}
    called: dict[str, str] = context.memory.setdefault("officers", {})
    judgements = []
    for line in lines:
        judged = begun(line)
        judgements.append(judged)
        details = checked_details(context, judged, line, places, identity="staff")
        phone = judged.checked("phone", check_phone, line.cell("phone")) if line.cell("phone") else ""
        team = _team(judged, line, teams)
        if details is None or judged.verdict == "refused":
            continue
        if called.setdefault(details.number, details.name) != details.name:
            judged.wrong("name", C.ROW_NAME_DIFFERS)
            continue
        person = known.get(details.number)
        if not _may_appoint(context, judged, line, team, person, may):
            continue
        judged.plan = Plan(details, phone or "", Role(line.cell("role")), team, person)
        post = (line.cell("role"), None if team else line.cell("region"), team.id if team else None)
        if person is None:
            judged.verdict = "new"
        elif lookups.known_person(
            judged, person, details.name, context.region_code, members.get(person.id, [])
        ):
            judged.subject = f"volunteer:{person.id}"
            if (person.id, *post) not in held:
                judged.change("role", "", line.cell("role"))
    return judgements


def _team(judged: Judged, line: Line, teams: lookups.Teams) -> Team | None:
    if line.cell("role") not in AT_TEAM:
        return None
    if not line.cell("team"):
        judged.wrong("team", C.CELL_EMPTY)
        return None
    return teams.get(judged, "team", line.cell("team"))


def _may_appoint(
    context: Context, judged: Judged, line: Line, team: Team | None, person: Volunteer | None,
    may: dict[tuple[str, str, int | None, bool], RefusalCode | None],
) -> bool:  # fmt: skip
    """Asked once for each post, not for each row; nobody appoints himself."""
    self_made = person is not None and person.id == context.actor.volunteer_id
    post = (line.cell("role"), line.cell("region"), team.id if team else None, self_made)
    if post not in may:
        ask = partial(
            permissions.require_appoint, actor=context.actor, volunteer_id=person.id if person and self_made else 0,
            role=Role(post[0]), region_code=team.region_code if team else post[1], team_id=post[2], at=context.at,
        )  # fmt: skip
        try:
            ask()
            may[post] = None
        except Refusal as refusal:
            may[post] = refusal.code
    code = may[post]
    if code is not None:
        judged.wrong("role", C.NOT_ALLOWED)
    return code is None


def _held(people: list[int], context: Context) -> set[tuple[int, str, str | None, int | None]]:
    """(person, role, division, team) of running rights and of invitations that still wait."""
    if not people:
        return set()
    running = RoleGrant.select().where(
        RoleGrant.volunteer.in_(people), RoleGrant.until.is_null() | (RoleGrant.until > context.at)
    )
    offered = BindInvite.select().where(
        BindInvite.volunteer.in_(people), BindInvite.role != "", BindInvite.used_at.is_null(),
        BindInvite.expires_at > context.at,
    )  # fmt: skip
    posts = {(row.volunteer_id, row.role, row.region_code, row.team_id) for row in running}
    return posts | {
        (row.volunteer_id, row.role, None if row.team_id else row.region_code, row.team_id) for row in offered
    }


def apply(context: Context, line: Line, judged: Judged) -> str:
    """Give the post to whoever is here; invite the others to it."""
    plan: Plan = judged.plan
    # An earlier row of this file may have entered him for another post.
    person = plan.person or enrolment.owner_of(context.parts, plan.details.number)
    place = plan.details.region_code
    reason = f"import:{context.batch_id}"
    if person is None:
        person = enrolment.add_person(
            parts=context.parts, details=plan.details, state="invited", phone=plan.phone, phone_proof="officer",
            entered_by=context.actor.volunteer_id, at=context.at,
        )  # fmt: skip
    if person.state == "active":
        permissions.grant(
            actor=context.actor, volunteer_id=person.id, role=plan.role, region_code=None if plan.team else place,
            team_id=plan.team.id if plan.team else None, reason=reason, at=context.at,
        )  # fmt: skip
    else:
        there = BindInvite.team_id == plan.team.id if plan.team else BindInvite.region_code == place
        BindInvite.update(used_at=context.at).where(
            BindInvite.volunteer == person.id, BindInvite.used_at.is_null(), BindInvite.role == plan.role.value, there
        ).execute()
        BindInvite.create(
            token=new_token(), volunteer=person.id, team_id=plan.team.id if plan.team else None, role=plan.role.value,
            region_code=place, batch_id=context.batch_id, created_by=context.actor.volunteer_id,
            created_at=context.at, expires_at=context.at + LIFE,
        )  # fmt: skip
    audit.changed(
        actor=context.actor, verb="invited", subject=f"volunteer:{person.id}", changes={"role": ["", plan.role.value]},
        reason=reason, at=context.at,
    )  # fmt: skip
    return f"volunteer:{person.id}"

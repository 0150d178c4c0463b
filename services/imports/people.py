"""People who volunteered before there was a system (S35): known, in their teams, waiting for their own 是我.

Nobody agrees for them: they are `invited`, without a consent, until they register or answer an invitation. Of a
person who is there already only the team and the national number are added; his own data stay his own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models import Team, TeamMember, Volunteer
from queries import bulk
from services import audit
from services.accounts import enrolment
from services.accounts.documents import IdNumber, check_id_number, check_name, check_phone
from services.accounts.enrolment import MIN_AGE, Details
from services.assessment import rejoining
from services.errors import RefusalCode
from services.imports import lookups
from services.imports.rows import Context, Judged, begun
from services.imports.sheets import Line
from services.national.numbers import check_number
from services.times import day_starts

C = RefusalCode


@dataclass(slots=True)
class Plan:
    """A checked row: who he is, and what is to be done."""

    details: Details
    phone: str
    team: Team | None
    joined_on: str
    national_no: str
    person: Volunteer | None
    member: bool


def keys(context: Context, line: Line) -> list[tuple[str, str]]:
    """A person stands in a file once, and so does a number."""
    return [
        ("document", context.parts.vault.index("id_no", line.cell("document"))),
        ("national_no", line.cell("national_no")),
    ]


def judge(context: Context, lines: Sequence[Line]) -> list[Judged]:
    """Column by column, then against the person who has this ID number."""
    places = lookups.regions(line.cell("region") for line in lines)
    teams = lookups.Teams((line.cell("team") for line in lines), context.region_code)
    known = lookups.people(context.parts, (line.cell("document").upper() for line in lines))
    members = lookups.memberships(person.id for person in known.values())
    holders = lookups.number_holders(line.cell("national_no") for line in lines)
    return [_one(context, line, places, teams, known, members, holders) for line in lines]


def _one(
    context: Context,
    line: Line,
    places: Mapping[str, object],
    teams: lookups.Teams,
    known: dict[str, Volunteer],
    members: dict[int, list[TeamMember]],
    holders: dict[str, int],
) -> Judged:
    judged = begun(line)
    details = checked_details(context, judged, line, places)
    phone = judged.checked("phone", check_phone, line.cell("phone")) if line.cell("phone") else ""
    team = teams.get(judged, "team", line.cell("team")) if line.cell("team") else None
    if line.cell("joined_on") > context.today:
        judged.wrong("joined_on", C.CELL_DAY)
    national = (
        judged.checked("national_no", check_number, line.cell("national_no"))
        if line.cell("national_no")
        else ""
    )
    if details is None or judged.verdict == "refused":
        return judged
    person = known.get(details.number)
    if national and holders.get(national, person.id if person else None) != (person.id if person else None):
        judged.wrong("national_no", C.ROW_NUMBER_TAKEN)
        return judged
    mine = members.get(person.id, []) if person else []
    member = team is not None and any(each.team_id == team.id for each in mine)
    if team and person and not member and rejoining.barred(volunteer_id=person.id, at=context.at):
        judged.wrong("team", C.ROW_REJOIN)
        return judged
    judged.plan = Plan(details, phone or "", team, line.cell("joined_on"), national or "", person, member)
    if person is None:
        judged.verdict = "new"
    elif lookups.known_person(judged, person, details.name, context.region_code, mine):
        judged.subject = f"volunteer:{person.id}"
        _compare(judged, person)
    return judged


def checked_details(
    context: Context, judged: Judged, line: Line, places: Mapping[str, object], *, identity: str = ""
) -> Details | None:
    """Name, number, division of a row in their plain form; None if one of them is wrong."""
    name = judged.checked("name", check_name, line.cell("name"))
    number: IdNumber | None = judged.checked(
        "document", check_id_number, line.cell("document"), today=context.day
    )
    if number is not None:
        lookups.made_up(judged, number.number, context.region_code)
    if number is not None and number.age(context.day) < MIN_AGE:
        judged.wrong("document", C.UNDER_AGE)
    region = line.cell("region")
    if region not in places:
        judged.wrong("region", C.REGION_UNKNOWN)
    elif not region.startswith(context.region_code):
        judged.wrong("region", C.ROW_OUTSIDE)
    if name is None or number is None or judged.verdict == "refused":
        return None
    return Details(
        name, number.number, number.birth_date.isoformat(), region, identity or line.cell("identity")
    )


def _compare(judged: Judged, person: Volunteer) -> None:
    plan: Plan = judged.plan
    if plan.team is not None and not plan.member:
        judged.change("team", "", plan.team.name)
    if plan.national_no and not person.national_no:
        judged.change("national_no", "", plan.national_no)
    if plan.phone and person.phone_sealed is None:
        judged.change("phone", "", "")
    if person.state == "invited":
        for name, old, new in (
            ("region", person.region_code, plan.details.region_code),
            ("identity", person.identity, plan.details.identity),
        ):
            if old != new:
                judged.change(name, old, new)


def apply(context: Context, line: Line, judged: Judged) -> str:
    """Enter the person, or add what he lacks."""
    plan: Plan = judged.plan
    person = plan.person
    if person is None:
        person = enrolment.add_person(
            parts=context.parts, details=plan.details, state="invited", phone=plan.phone, phone_proof="officer",
            entered_by=context.actor.volunteer_id, at=context.at,
        )  # fmt: skip
    else:
        if "phone" in judged.changes:
            enrolment.set_phone(parts=context.parts, person=person, phone=plan.phone, proof="officer")
        changed = {
            column: judged.changes[name][1]
            for name, column in (("region", Volunteer.region_code), ("identity", Volunteer.identity))
            if name in judged.changes
        }
        if changed:
            Volunteer.update(changed).where(Volunteer.id == person.id).execute()
    if plan.national_no and not person.national_no:
        Volunteer.update(_national(context, plan)).where(Volunteer.id == person.id).execute()
    if plan.team is not None and not plan.member:
        home = (
            not TeamMember.select()
            .where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
            .exists()
        )
        TeamMember.create(team=plan.team.id, volunteer=person.id, home=home, from_at=_joined(context, plan))
    audit.changed(
        actor=context.actor, verb="imported", subject=f"volunteer:{person.id}",
        changes=judged.changes or {"state": ["", "invited"]}, reason=f"import:{context.batch_id}", at=context.at,
    )  # fmt: skip
    return f"volunteer:{person.id}"


def enter(context: Context, found: Sequence[tuple[Line, Judged]]) -> None:
    """Enter many who are new at once, as `apply` does one; each is told its subject. Inside the caller's write."""
    plans: list[Plan] = [judged.plan for _, judged in found]
    ids = enrolment.add_people(
        parts=context.parts, people=[(plan.details, plan.phone, _national(context, plan)) for plan in plans],
        state="invited", phone_proof="officer", entered_by=context.actor.volunteer_id, at=context.at,
    )  # fmt: skip
    bulk.insert_all(TeamMember, [
        {"team": plan.team.id, "volunteer": number, "home": True, "from_at": _joined(context, plan)}
        for number, plan in zip(ids, plans, strict=True) if plan.team is not None
    ])  # fmt: skip
    fresh = {"state": ["", "invited"]}
    for number, (_, judged) in zip(ids, found, strict=True):
        judged.subject = f"volunteer:{number}"
    audit.changed_many(
        actor=context.actor, verb="imported", reason=f"import:{context.batch_id}", at=context.at,
        changes={judged.subject: judged.changes or fresh for _, judged in found},
    )  # fmt: skip


def _national(context: Context, plan: Plan) -> dict[str, object]:
    """His number in the national system, as the officer's word."""
    known = bool(plan.national_no)
    return {
        "national_no": plan.national_no, "national_state": "verified" if known else "none",
        "national_at": context.at if known else None, "national_by": context.actor.volunteer_id if known else None,
    }  # fmt: skip


def _joined(context: Context, plan: Plan) -> datetime:
    return day_starts(date.fromisoformat(plan.joined_on)) if plan.joined_on else context.at

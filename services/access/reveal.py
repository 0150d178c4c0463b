"""Showing an ID number or a phone in full: to those who manage the person's division, for a reason, into the audit.

Whoever is about to read one has said yes on his phone within ten minutes: a console left open opens no numbers.
Two limits: a burst is a list being copied, and a day's work has an end. At the second the county's own administrators
are told: numbers taken slowly are taken, too (reliability.md §6.3).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import local_day
from models import RoleGrant, Volunteer, store
from services import audit, limits
from services.access import belonging, people_list
from services.accounts import consents
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from services.permissions import APPOINTING
from services.regions import in_practice, lineage

WHAT = ("document", "phone")
#: Numbers one officer may open in ten minutes: work yes, copying a county no.
MOST, SECONDS = 20, 600
#: And in a day.
DAY_MOST, DAY_SECONDS = 60, 86400
#: A county's code; its administrators look after all who work below it.
COUNTY = 6
#: How long a yes on the phone is good for.
FRESH = timedelta(minutes=10)


def reveal(
    *, parts: Parts, actor: Actor, public_no: str, what: str, reason: str, confirmed_at: datetime, at: datetime
) -> str:
    """The number in full, once; that it was shown, to whom and why is in the audit before it is. `confirmed_at`: when
    the actor last said yes on his phone, which logging in is.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage his division), MINOR_DETAILS (under 18, and he manages only
    below the county), CONFIRM_AGAIN, BAD_REQUEST (`what`), REASON_REQUIRED,
    OTHER_CONSENT (the ID number of one who took that purpose back), TOO_MANY_TRIES, NUMBER_MISSING (none of him).
    """
    person = belonging.require_over(actor=actor, public_no=public_no, at=at)
    belonging.require_details(actor=actor, person=person, at=at)
    if is_stale(region_code=person.region_code, confirmed_at=confirmed_at, at=at):
        raise Refusal(RefusalCode.CONFIRM_AGAIN)
    if what not in WHAT:
        raise Refusal(RefusalCode.BAD_REQUEST, why="what")
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if what == "document":
        consents.require_of(volunteer_id=person.id, purpose=consents.ID_NUMBER)
    count(actor=actor, person=person, at=at)
    number = people_list.opened(parts, person, what)
    if not number:
        raise Refusal(RefusalCode.NUMBER_MISSING)
    store.write(
        lambda: audit.note(
            actor=actor, verb="person.reveal", subject=f"volunteer:{person.id}",
            detail={"what": what, "reason": reason.strip()}, at=at, region_code=belonging.divisions_of(person)[0],
        )
    )  # fmt: skip
    return number


def is_stale(*, region_code: str, confirmed_at: datetime, at: datetime) -> bool:
    """Whether a yes on the phone is needed anew before a number of somebody there; made-up people have no secrets."""
    return at - confirmed_at > FRESH and not in_practice(region_code)


def count(*, actor: Actor, person: Volunteer, at: datetime) -> None:
    """Count a number of `person` that the actor is about to read. Refusals: TOO_MANY_TRIES (of the ten minutes, of the
    day); past the day's measure the administrators are told, once in that day."""
    limits.count(key=f"reveal|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)

    def act() -> Refusal | None:
        no = limits.refusal(key=f"reveal-day|{actor.volunteer_id}", limit=DAY_MOST, seconds=DAY_SECONDS, at=at)
        if no is not None:
            _alarm(actor, belonging.divisions_of(person)[0], at)
        return no

    no = store.write(act)
    if no is not None:
        raise no


def _alarm(actor: Actor, region_code: str, at: datetime) -> None:
    """Tell those who look after the county, or where it has nobody else, those above. Inside a write."""
    if actor.volunteer_id is None:  # the house itself, at its own command line
        return
    told = telling.tell(
        kind="reveals_many", people=sorted(_watchers(region_code[:COUNTY], actor.volunteer_id, at)),
        key=f"{actor.volunteer_id}:{local_day(at)}", at=at, url="/console/audit",
        name=Volunteer.get_by_id(actor.volunteer_id).name, count=DAY_MOST,
    )  # fmt: skip
    if told:
        audit.note(
            actor=actor, verb="person.reveals_many", subject=f"volunteer:{actor.volunteer_id}",
            detail={"count": DAY_MOST}, at=at,
        )  # fmt: skip


def _watchers(county: str, but: int | None, at: datetime) -> set[int]:
    """The nearest of those who hand out roles, from the county upwards; never the one it is about."""
    held = {
        (row.region_code, row.volunteer_id)
        for row in RoleGrant.select(RoleGrant.region_code, RoleGrant.volunteer)
        .join(Volunteer, on=RoleGrant.volunteer)
        .where(
            RoleGrant.region_code.in_(lineage(county)), RoleGrant.role.in_([role.value for role in APPOINTING]),
            RoleGrant.from_at <= at, RoleGrant.until.is_null() | (RoleGrant.until > at), RoleGrant.volunteer != but,
            Volunteer.state == "active",
        )
    }  # fmt: skip
    for code in reversed(lineage(county)):
        if found := {person for there, person in held if there == code}:
            return found
    return set()

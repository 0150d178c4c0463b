"""Who helps with a place, goods, money, people or skill, and what each gave to an activity (S53)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from peewee import JOIN, fn

from clock import local_day
from frozen import dataclass
from models import Activity, ActivityPartner, Partner, Team, store
from models.store import Write
from services import audit, decisions, leading, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.planning.all_activities import rows
from services.planning.campaigns import day_of
from services.regions import lineage
from wording import entry

C = RefusalCode
LENGTHS = {"name": 40, "offers": 200, "contact": 60, "agreement": 100}
#: How long before its last day somebody is told of an agreement's end.
WARN_DAYS = 30
BATCH = 200


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner in a list; `helped`: activities it gave something to."""

    code: str
    name: str
    kind: str
    offers: str
    contact: str
    place: str
    team: str
    from_on: str
    to_on: str
    helped: int
    may_edit: bool
    nature: str
    agreement: str
    due_on: str


def create(
    *, actor: Actor, region_code: str, team_code: str, name: str, kind: str, offers: str, contact: str, at: datetime,
    nature: str = "", agreement: str = "", due_on: str = "",
) -> str:  # fmt: skip
    """Write down a partner of a team, or of a division for all teams in it; its code.

    `nature`: foundation, company … (wording/planning.toml [natures]); `agreement`: its number or what it says, `due_on`
    its last day (S93). Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG (`name`, `kind`, `offers`,
    `contact`, `nature`, `agreement`, `due_on`).
    """

    def act() -> str:
        team = Team.get_or_none(Team.code == team_code) if team_code else None
        if team is not None:
            permissions.require_lead(actor=actor, team_id=team.id, at=at)
        elif team_code:
            raise Refusal(C.NOT_FOUND)
        else:
            permissions.require_manage(actor=actor, region_code=region_code, at=at)
            regions.region(region_code)
        texts = {
            "name": name.strip(), "offers": offers.strip(), "contact": contact.strip(), "agreement": agreement.strip(),
        }  # fmt: skip
        for field, text in texts.items():
            if len(text) > LENGTHS[field] or "\x00" in text or (field == "name" and not text):
                raise Refusal(C.FIELD_WRONG, field=field)
        if kind not in entry("planning.partners"):
            raise Refusal(C.FIELD_WRONG, field="kind")
        if nature and nature not in entry("planning.natures"):
            raise Refusal(C.FIELD_WRONG, field="nature")
        made = Partner.create(
            code=new_code(), region_code=team.region_code if team else region_code, team=team, kind=kind,
            from_on=local_day(at).isoformat(), created_by=actor.volunteer_id, created_at=at, nature=nature,
            due_on=day_of(due_on, "due_on") if due_on else None, **texts,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="partner_created", subject=f"partner:{made.id}", changes={"name": ["", made.name]}, at=at
        )
        return str(made.code)

    return store.write(act)


def owned(*, actor: Actor, code: str, at: datetime) -> Partner:
    """The partner, for the leader of its team or who manages its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = Partner.get_or_none(Partner.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, Partner)
    if found.team_id is not None:
        permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    else:
        permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)
    return found


def end(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """It helps no longer; what it gave stays written. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED,
    REASON_REQUIRED."""

    def act() -> None:
        found = owned(actor=actor, code=code, at=at)
        if not reason.strip():
            raise Refusal(C.REASON_REQUIRED)
        day = local_day(at).isoformat()
        if Partner.update(to_on=day).where(Partner.id == found.id, Partner.to_on.is_null()).execute():
            audit.changed(
                actor=actor, verb="partner_ended", subject=f"partner:{found.id}", changes={}, at=at,
                reason=reason.strip()[:200],
            )  # fmt: skip

    store.write(act)


def renew(*, actor: Actor, code: str, agreement: str, due_on: str, at: datetime) -> None:
    """A new agreement, or a new last day; whoever was told of the old one's end is told once more before this one's.

    Refusals: NOT_FOUND, NOT_ALLOWED, PLANNING_STATE (it helps no longer), FIELD_WRONG (`agreement`; `due_on`, also
    one that is over).
    """

    def act() -> None:
        found = owned(actor=actor, code=code, at=at)
        if found.to_on is not None:
            raise Refusal(C.PLANNING_STATE)
        text, day = agreement.strip(), day_of(due_on, "due_on")
        if len(text) > LENGTHS["agreement"] or "\x00" in text:
            raise Refusal(C.FIELD_WRONG, field="agreement")
        if day < local_day(at).isoformat():
            raise Refusal(C.FIELD_WRONG, field="due_on")
        changes = {"agreement": [found.agreement, text], "due_on": [found.due_on or "", day]}
        Partner.update(agreement=text, due_on=day).where(Partner.id == found.id).execute()
        audit.changed(actor=actor, verb="partner_renewed", subject=f"partner:{found.id}", changes=changes, at=at)

    store.write(act)


def renewing(*, actor: Actor, code: str, at: datetime) -> tuple[str, str, str]:
    """Name, agreement and last day of a partner, to be renewed. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = owned(actor=actor, code=code, at=at)
    return found.name, found.agreement, found.due_on or ""


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell whoever keeps a partner that its agreement ends within WARN_DAYS, once for each last day; how many.

    A team's leader, else the managers of the division; where it has none, those of the next one up. Late is better
    than never, until the day itself.
    """
    today, told, last = local_day(at), 0, 0
    while True:
        due = list(
            Partner.select(Partner, Team)
            .join(Team, JOIN.LEFT_OUTER)
            .where(
                Partner.to_on.is_null(), Partner.id > last,
                Partner.due_on.between(today.isoformat(), (today + timedelta(days=WARN_DAYS)).isoformat()),
            )
            .order_by(Partner.id)
            .limit(BATCH)
        )  # fmt: skip
        if due:
            told += write(lambda due=due: sum(_remind(each, at) for each in due))  # type: ignore[misc]
        if len(due) < BATCH:
            return told
        last = due[-1].id


def _remind(found: Partner, at: datetime) -> int:
    leader = found.team.leader_id if found.team is not None else None
    people = [leader] if leader else decisions.deciders(region_code=str(found.region_code), parties=[], at=at)
    day = date.fromisoformat(str(found.due_on))
    return telling.tell(
        kind="partner_ends", people=sorted(people), key=f"{found.id}:{found.due_on}", at=at,
        url=f"/console/partners/{found.code}/renew", name=found.name, year=day.year, month=day.month, day=day.day,
    )  # fmt: skip


def give(*, actor: Actor, activity_code: str, partner_code: str, gave: str, at: datetime) -> None:
    """Write down what a partner gave to an activity; said again, it is corrected; "" takes it out.

    Refusals: NOT_FOUND (also a partner that is none of the team's), NOT_ALLOWED, FIELD_WRONG (`gave`).
    """

    def act() -> None:
        activity = Activity.get_or_none(Activity.code == activity_code)
        if activity is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
        partner = next((each for each in of_team(activity.team) if each.code == partner_code), None)
        if partner is None:
            raise Refusal(C.NOT_FOUND)
        text = gave.strip()
        if len(text) > LENGTHS["offers"] or "\x00" in text:
            raise Refusal(C.FIELD_WRONG, field="gave")
        ActivityPartner.delete().where(
            ActivityPartner.activity == activity.id, ActivityPartner.partner == partner.id
        ).execute()
        if text:
            ActivityPartner.create(activity=activity, partner=partner, gave=text)

    store.write(act)


def of_team(team: Team) -> list[Partner]:
    """The partners a team may name: its own, and those of its division and above."""
    above = Partner.team.is_null() & Partner.region_code.in_(lineage(str(team.region_code)))
    return list(Partner.select().where((Partner.team == team.id) | above).order_by(Partner.name).limit(200))


def choices(*, actor: Actor, activity_code: str, at: datetime) -> tuple[str, list[tuple[str, str]]]:
    """The team of an activity and the partners it may name, (code, name). Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = Activity.get_or_none(Activity.code == activity_code)
    if activity is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return activity.team.name, [(each.code, each.name) for each in of_team(activity.team) if each.to_on is None]


def given(activity_code: str) -> list[tuple[str, str, str]]:
    """What an activity was given: (partner's code, name, what)."""
    query = (
        ActivityPartner.select(Partner.code, Partner.name, ActivityPartner.gave)
        .join(Partner)
        .switch(ActivityPartner)
        .join(Activity)
        .where(Activity.code == activity_code)
        .order_by(Partner.name)
    )
    return [(str(code), str(name), str(gave)) for code, name, gave in rows(query)]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[PartnerLine]:
    """Partners of the actor's teams and divisions; filters: kind, nature, region, state (running, over)."""
    readable = scopes.readable(actor=actor, at=at)
    seen = leading.led(actor=actor, at=at) | scopes.within(Partner.region_code, readable)
    query = Partner.select(Partner, Team).join(Team, JOIN.LEFT_OUTER).where(seen)
    if wanted.chosen("kind"):
        query = query.where(Partner.kind == wanted.chosen("kind"))
    if wanted.chosen("nature"):
        query = query.where(Partner.nature == wanted.chosen("nature"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Partner.region_code, [wanted.chosen("region")]))
    if wanted.chosen("state"):
        query = query.where(Partner.to_on.is_null(wanted.chosen("state") == "running"))
    if wanted.text:
        query = query.where(Partner.name.contains(wanted.text) | Partner.offers.contains(wanted.text))
    sorts = {"name": Partner.name, "from": Partner.from_on, "due": Partner.due_on}
    page = cut(query, wanted=wanted, sorts=sorts, default="name", tie=Partner.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    helped = {
        row[0]: int(row[1])
        for row in rows(
            ActivityPartner.select(ActivityPartner.partner, fn.COUNT(ActivityPartner.activity))
            .where(ActivityPartner.partner.in_([row.id for row in page.rows]))
            .group_by(ActivityPartner.partner)
        )
    }
    lines = [
        PartnerLine(
            row.code, row.name, row.kind, row.offers, row.contact, places[row.region_code],
            row.team.name if row.team_id else "", row.from_on, row.to_on or "", helped.get(row.id, 0),
            row.to_on is None and _may_edit(actor, row, at), row.nature, row.agreement, row.due_on or "",
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _may_edit(actor: Actor, row: Partner, at: datetime) -> bool:
    if row.team_id is not None:
        return permissions.leads(actor=actor, team_id=row.team_id, at=at)
    return permissions.manages(actor=actor, region_code=str(row.region_code), at=at)

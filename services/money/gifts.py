"""What partners give beside money: a room, water, medicine, a craftsman's day (S53, S93)."""

from __future__ import annotations

from datetime import datetime

from peewee import JOIN

from frozen import dataclass
from models import Partner, PartnerGift, Project, Team, store
from services import audit, leading, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.money.amounts import fen, past_day
from services.planning import partners

C = RefusalCode
LONGEST = 100


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift in a list; `worth` in fen, None where nobody said."""

    day: str
    partner: str
    what: str
    worth: int | None
    project: str
    place: str


def projects_for(*, actor: Actor, partner_code: str, at: datetime) -> list[Project]:
    """The running projects that a gift of this partner may be for. Refusals: NOT_FOUND, NOT_ALLOWED."""
    partner = partners.owned(actor=actor, code=partner_code, at=at)
    query = Project.select().where(Project.state == "running")
    if partner.team_id is not None:
        query = query.where(Project.team == partner.team_id)
    else:
        query = query.where(scopes.within(Project.region_code, [str(partner.region_code)]))
    return list(query.order_by(Project.title).limit(200))


def give(
    *, actor: Actor, partner_code: str, what: str, worth: str, day: str, project_code: str, at: datetime
) -> int:
    """Write down a gift; its id. Refusals: NOT_FOUND (also a project that is none of the partner's), NOT_ALLOWED,
    FIELD_WRONG (`what`, `worth`, `day`)."""

    def act() -> int:
        partner = partners.owned(actor=actor, code=partner_code, at=at)
        text = what.strip()
        if not text or len(text) > LONGEST or "\x00" in text:
            raise Refusal(C.FIELD_WRONG, field="what")
        known = {each.code: each for each in projects_for(actor=actor, partner_code=partner_code, at=at)}
        if project_code and project_code not in known:
            raise Refusal(C.NOT_FOUND)
        made = PartnerGift.create(
            partner=partner, project=known.get(project_code), what=text, worth=fen(worth, "worth") if worth else None,
            local_day=past_day(day, at), actor=actor.volunteer_id, at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="partner_gave", subject=f"partner:{partner.id}", changes={"what": ["", text]}, at=at
        )
        return int(made.id)

    return store.write(act)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[GiftRow]:
    """Gifts of the partners of the actor's teams and divisions; filter: region."""
    readable = scopes.readable(actor=actor, at=at)
    seen = leading.led(actor=actor, at=at) | scopes.within(Partner.region_code, readable)
    query = PartnerGift.select(PartnerGift, Partner, Project).join(Partner).join(Team, JOIN.LEFT_OUTER)
    query = query.switch(PartnerGift).join(Project, JOIN.LEFT_OUTER).where(seen)
    if wanted.chosen("region"):
        query = query.where(scopes.within(Partner.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Partner.name.contains(wanted.text) | PartnerGift.what.contains(wanted.text))
    sorts = {"day": PartnerGift.local_day, "partner": Partner.name}
    page = cut(query, wanted=wanted, sorts=sorts, default="-day", tie=PartnerGift.id, row=lambda row: row)
    places = regions.path_names([row.partner.region_code for row in page.rows])
    rows = [
        GiftRow(
            row.local_day, row.partner.name, row.what, row.worth,
            row.project.title if row.project_id is not None else "", places[row.partner.region_code],
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(rows, page.total, page.page, page.size)

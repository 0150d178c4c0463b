"""专题 and 实践活动: tags set by a division, seen and used by all below it, counted by tag (S6, S49)."""

from __future__ import annotations

from datetime import date, datetime

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import Activity, ActivityCampaign, ActivityReport, Campaign, ServiceRecord, store
from services import audit, leading, permissions, regions, scopes
from services.actors import Actor
from services.bookkeeping.sources import made_up
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.planning.all_activities import rows
from services.planning.results import took_place
from services.regions import lineage

C = RefusalCode
NAME_LONGEST, CONTENT_LONGEST = 40, 500


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A tag with what was done under it in the reader's divisions: activities held, people, whole minutes,
    served; of the minutes, `supplement` were made up."""

    code: str
    name: str
    content: str
    place: str
    from_on: str
    to_on: str
    running: bool
    activities: int
    people: int
    minutes: int
    served: int
    supplement: int
    may_end: bool


def day_of(text: str, field: str) -> str:
    """A day as ISO text; FIELD_WRONG with `field`."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field=field) from None


def create(
    *, actor: Actor, region_code: str, name: str, content: str, from_on: str, to_on: str, at: datetime
) -> str:
    """Set a tag for a division and all below it; its code. Days as ISO text, `to_on` "" for no end.

    Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`name`, `content`, `from_on`, `to_on`).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    name, content = name.strip(), content.strip()
    if not 0 < len(name) <= NAME_LONGEST:
        raise Refusal(C.FIELD_WRONG, field="name")
    if len(content) > CONTENT_LONGEST:
        raise Refusal(C.FIELD_WRONG, field="content")
    first = day_of(from_on, "from_on")
    last = day_of(to_on, "to_on") if to_on.strip() else None
    if last is not None and last < first:
        raise Refusal(C.FIELD_WRONG, field="to_on")

    def act() -> str:
        made = Campaign.create(
            code=new_code(), region_code=region_code, name=name, content=content, from_on=first, to_on=last,
            set_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="campaign_set", subject=f"campaign:{made.id}", changes={"name": ["", name]}, at=at
        )
        return str(made.code)

    return store.write(act)


def owned(*, actor: Actor, code: str, at: datetime) -> Campaign:
    """The tag, for who manages the division that set it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    made = Campaign.get_or_none(Campaign.code == code)
    if made is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(made, Campaign)
    permissions.require_manage(actor=actor, region_code=str(made.region_code), at=at)
    return made


def end(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Nobody joins it from now on; what was done stays counted. Twice is once.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage the division that set it), REASON_REQUIRED.
    """

    def act() -> None:
        made = owned(actor=actor, code=code, at=at)
        if not reason.strip():
            raise Refusal(C.REASON_REQUIRED)
        taken = Campaign.update(ended_at=at).where(Campaign.id == made.id, Campaign.ended_at.is_null())
        if taken.execute():
            audit.changed(
                actor=actor, verb="campaign_ended", subject=f"campaign:{made.id}", at=at, changes={},
                reason=reason.strip()[:200],
            )  # fmt: skip

    store.write(act)


def seen(*, actor: Actor, at: datetime) -> list[Campaign]:
    """The tags that concern the actor: set in his divisions, above, or below them; newest first."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    codes = {g.region_code for g in grants if g.region_code} | {
        team.region_code for team in leading.led_teams(actor=actor, at=at, most=50)
    }
    above = {step for code in codes for step in lineage(code)}
    condition = Campaign.region_code.in_(sorted(above)) | scopes.within(
        Campaign.region_code, scopes.countable(actor=actor, at=at)
    )
    return list(Campaign.select().where(condition).order_by(Campaign.id.desc()).limit(200))


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CampaignLine]:
    """The tags the actor sees, each with its totals over his own divisions; filter: state (running, over)."""
    query = Campaign.select().where(Campaign.id.in_([each.id for each in seen(actor=actor, at=at)]))
    today = local_day(at).isoformat()
    runs = Campaign.ended_at.is_null() & (Campaign.to_on.is_null() | (Campaign.to_on >= today))
    if wanted.chosen("state"):
        query = query.where(runs if wanted.chosen("state") == "running" else ~runs)
    if wanted.text:
        query = query.where(Campaign.name.contains(wanted.text))
    sorts = {"from": Campaign.from_on, "name": Campaign.name}
    page = cut(query, wanted=wanted, sorts=sorts, default="-from", tie=Campaign.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    totals = _totals([row.id for row in page.rows], scopes.countable(actor=actor, at=at))
    lines = [
        CampaignLine(
            row.code, row.name, row.content, places[row.region_code], row.from_on, row.to_on or "",
            row.ended_at is None and (row.to_on is None or row.to_on >= today), *totals.get(row.id, (0, 0, 0, 0, 0)),
            row.ended_at is None and permissions.manages(actor=actor, region_code=str(row.region_code), at=at),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _totals(ids: list[int], codes: tuple[str, ...]) -> dict[int, tuple[int, int, int, int, int]]:
    """(activities that took place, people, minutes, served, minutes made up) of each tag, in two statements; class time
    is none of it."""
    within = scopes.within(Activity.region_code, codes) & (Activity.purpose == "service")
    held = (
        ActivityCampaign.select(
            ActivityCampaign.campaign, fn.COUNT(fn.DISTINCT(ServiceRecord.activity)),
            fn.COUNT(fn.DISTINCT(ServiceRecord.volunteer)), fn.SUM(ServiceRecord.minutes), made_up(),
        )
        .join(Activity)
        .join(ServiceRecord, on=ServiceRecord.activity == Activity.id)
        .where(ActivityCampaign.campaign.in_(ids), ServiceRecord.state == "confirmed", within)
        .group_by(ActivityCampaign.campaign)
    )  # fmt: skip
    reports = (
        ActivityCampaign.select(ActivityCampaign.campaign, fn.SUM(ActivityReport.served))
        .join(Activity)
        .join(ActivityReport, on=ActivityReport.activity == Activity.id)
        .where(ActivityCampaign.campaign.in_(ids), within, took_place())
        .group_by(ActivityCampaign.campaign)
    )
    served = {row[0]: int(row[1] or 0) for row in rows(reports)}
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3] or 0), int(row[4])) for row in rows(held)}
    totals = {}
    for number in {*found, *served}:
        *came, supplement = found.get(number, (0, 0, 0, 0))
        totals[number] = (came[0], came[1], came[2], served.get(number, 0), supplement)
    return totals

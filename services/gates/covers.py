"""Keeping insurance: who recorded which policy, until when; and the list of the insured for the insurer (S94).

A station or centre records for its division, a leader for his team or one activity. A cover is never edited: it is
ended with a reason, and a right one recorded. The list of the insured holds names and ID numbers in the clear, so it
leaves only as a file, for those who manage the division, and each time it is kept who took it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Activity, Insurance, Position, Region, Shift, Signup, Team, Volunteer, store
from services import audit, leading, permissions, scopes
from services.accounts import withheld
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.gates import insurance
from services.listing import Found, Wanted, cut
from services.lives import files
from services.messaging import notices, telling
from services.participation.console_views import within
from services.parts import Parts
from services.permissions import LEADING
from services.regions import lineage

LENGTHS = {"insurer": 60, "product": 60, "policy_no": 60, "note": 200}
REASON_LENGTH = 200
MOST_INSURED = 5000
#: Coming activities to choose from, and how many are looked through for the dangerous ones.
MOST_OFFERED, MOST_SEARCHED = 100, 1000


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover in the list. `scope`: region, team or activity, `whom` its name; `state`: running, coming, over or
    ended. `may_see_photo`: there is a photo of the policy, and the reader keeps the cover."""

    code: str
    insurer: str
    product: str
    policy_no: str
    covers_from: datetime
    covers_until: datetime
    scope: str
    whom: str
    note: str
    state: str
    ended_why: str
    may_see_photo: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class Insured:
    """Somebody on the list for the insurer; `document` "" if he left none, `withheld` if he closed it."""

    name: str
    document: str
    birth_date: str
    position: str
    starts_at: datetime
    ends_at: datetime
    withheld: bool = False


def record(
    *, actor: Actor, insurer: str, product: str, policy_no: str, covers_from: datetime, covers_until: datetime,
    region_code: str = "", team_code: str = "", activity_code: str = "", note: str = "", photo: bytes = b"",
    parts: Parts | None = None, at: datetime,
) -> str:  # fmt: skip
    """Record a cover for a division, a team or an activity (the narrowest that is named); its code.

    Refusals in order: NOT_FOUND, NOT_ALLOWED (`require_manage` for a division, `require_lead` for the others);
    FIELD_WRONG (`insurer`, `product`, `policy_no`, `note`; `covers_until`: not after its beginning, or over); those of
    `files.taken`, STORAGE_AWAY.
    """
    activity = _activity(activity_code) if activity_code else None
    team = activity.team if activity else _team(team_code) if team_code else None
    place = team.region_code if team else region_code
    if team:
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
    else:
        permissions.require_manage(actor=actor, region_code=place, at=at)
        if not Region.select().where(Region.code == place).exists():
            raise Refusal(RefusalCode.NOT_FOUND)
    texts = {"insurer": insurer, "product": product, "policy_no": policy_no, "note": note}
    for name, text in texts.items():
        if len(text.strip()) > LENGTHS[name] or "\x00" in text or not (text.strip() or name == "note"):
            raise Refusal(RefusalCode.FIELD_WRONG, field=name)
    if not covers_from < covers_until or covers_until <= at:
        raise Refusal(RefusalCode.FIELD_WRONG, field="covers_until")
    picture = files.taken(photo) if photo else None
    path = files.put_down(parts=parts, photo=picture) if picture and parts else ""

    def act() -> str:
        kept = None
        if picture and path:
            kept = files.keep(
                name="policy.jpg", path=path, size=len(picture.body), owner_id=actor.volunteer_id or 0, at=at
            )
        made = Insurance.create(
            code=new_code(), region_code=place, team=team, activity=activity, covers_from=covers_from,
            covers_until=covers_until, proof=kept, recorded_by=actor.volunteer_id, created_at=at,
            **{name: text.strip() for name, text in texts.items()},
        )  # fmt: skip
        audit.note(
            actor=actor, verb="insurance.record", subject=f"region:{place}", at=at,
            detail={"code": made.code, "policy": made.policy_no},
        )  # fmt: skip
        return str(made.code)

    return store.write(act)


def end(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """End a cover that was recorded wrongly or was cancelled; ended twice is ended once. The leaders of what is
    dangerous and covered no more are told; nobody more signs up for it until there is a new one.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED.
    """
    found = Insurance.get_or_none(Insurance.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    _require_keeper(actor, found, at)
    why = reason.strip()[:REASON_LENGTH]
    if not why:
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> None:
        moved = Insurance.update(ended_at=at, ended_why=why).where(
            Insurance.id == found.id, Insurance.ended_at.is_null()
        )
        if moved.execute():
            _tell_leaders(found, at)
            audit.note(
                actor=actor, verb="insurance.end", subject=f"region:{found.region_code}", at=at,
                detail={"code": code, "reason": why},
            )  # fmt: skip

    store.write(act)


def _tell_leaders(cover: Insurance, at: datetime) -> None:
    """Those whose dangerous activities are covered no more, at once."""
    for activity in insurance.uncovered_by(cover, at=at):
        telling.tell(
            kind="cover_gone", people=notices.leaders(team_id=activity.team_id, at=at), key=f"{cover.id}:{activity.id}",
            at=at, url=notices.console_path(activity), title=activity.title, when=notices.when(activity.starts_at),
        )  # fmt: skip


def _require_keeper(actor: Actor, found: Insurance, at: datetime) -> None:
    if found.team_id is not None:
        permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    else:
        permissions.require_manage(actor=actor, region_code=found.region_code, at=at)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Cover]:
    """The covers of one's divisions and teams, and those of the divisions above, which hold for them, too; filters:
    state (running, coming, over, ended), scope."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    reach = scopes.readable(actor=actor, at=at)
    mine = scopes.within(Insurance.region_code, reach) | within(grants, Insurance.team, Insurance.region_code)
    mine |= Insurance.team.is_null() & Insurance.region_code.in_(_above(reach, grants))
    query = (
        Insurance.select(Insurance, Team, Activity)
        .join_from(Insurance, Team, JOIN.LEFT_OUTER, on=Insurance.team)
        .join_from(Insurance, Activity, JOIN.LEFT_OUTER, on=Insurance.activity)
        .where(mine)
    )
    if wanted.text:
        query = query.where(
            Insurance.insurer.contains(wanted.text) | Insurance.policy_no.contains(wanted.text)
            | Team.name.contains(wanted.text)
        )  # fmt: skip
    if (state := wanted.chosen("state")) in _STATES:
        query = query.where(_STATES[state](at))
    if (scope := wanted.chosen("scope")) in _SCOPES:
        query = query.where(_SCOPES[scope])
    sorts = {"from": Insurance.covers_from, "until": Insurance.covers_until, "insurer": Insurance.insurer}
    found = cut(query, wanted=wanted, sorts=sorts, default="-until", tie=Insurance.id, row=lambda row: row)
    codes = {row.region_code for row in found.rows}
    names = {row.code: row.name for row in Region.select().where(Region.code.in_(codes))} if codes else {}
    managed = scopes.managed(actor=actor, at=at)
    led = {each.team_id for each in grants if each.team_id is not None}
    rows = [_cover(row, names, scopes.covers(managed, row.region_code) or row.team_id in led, at) for row in found.rows]
    return Found(rows, found.total, found.page, found.size)


def _above(reach: tuple[str, ...], grants: tuple[permissions.Grant, ...]) -> list[str]:
    """The divisions that hold those the reader looks at, and those of the teams he leads."""
    teams = [each.team_id for each in grants if each.team_id is not None and each.role in LEADING]
    regions = {*reach, *(row.region_code for row in Team.select(Team.region_code).where(Team.id.in_(teams)))}
    return sorted({"", *(step for region in regions for step in lineage(region))})


def endable(*, actor: Actor, at: datetime) -> list[Cover]:
    """The covers the actor may end, at most a page of them; those that are over need no end."""
    found = listed(actor=actor, wanted=Wanted(sort="-until"), at=at)
    return [each for each in found.rows if each.may_end and each.state != "over"]


def photo(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The photo of the policy, for those who keep the cover. Refusals: NOT_FOUND (no such cover, or no photo),
    NOT_ALLOWED."""
    found = Insurance.get_or_none(Insurance.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    _require_keeper(actor, found, at)
    if found.proof_id is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return files.opened(parts=parts, file_id=found.proof_id)


@dataclass(frozen=True, slots=True)
class Coverable:
    """A coming activity that a cover may be recorded for."""

    code: str
    title: str
    starts_at: datetime


def coverable(*, actor: Actor, at: datetime) -> list[Coverable]:
    """The coming activities of the actor's teams and divisions, drafts too: the dangerous first, then by start."""
    rows = (
        Activity.select(Activity, Team)
        .join(Team)
        .where(leading.led(actor=actor, at=at), Activity.state.in_(("draft", "published")), Activity.ends_at > at)
        .order_by(Activity.starts_at, Activity.id)
        .limit(MOST_SEARCHED)
    )
    ordered = sorted(rows, key=lambda each: not insurance.dangerous(each))
    return [Coverable(each.code, each.title, each.starts_at) for each in ordered[:MOST_OFFERED]]


_STATES: dict[str, Any] = {
    "running": lambda at: (
        Insurance.ended_at.is_null() & (Insurance.covers_from <= at) & (Insurance.covers_until > at)
    ),
    "coming": lambda at: Insurance.ended_at.is_null() & (Insurance.covers_from > at),
    "over": lambda at: Insurance.ended_at.is_null() & (Insurance.covers_until <= at),
    "ended": lambda _: Insurance.ended_at.is_null(False),
}
_SCOPES: dict[str, Any] = {
    "region": Insurance.team.is_null(), "team": Insurance.team.is_null(False) & Insurance.activity.is_null(),
    "activity": Insurance.activity.is_null(False),
}  # fmt: skip


def _cover(row: Any, names: dict[str, str], keeps: bool, at: datetime) -> Cover:
    scope = "activity" if row.activity_id else "team" if row.team_id else "region"
    whom = {
        "activity": lambda: row.activity.title, "team": lambda: row.team.name,
        "region": lambda: names.get(row.region_code, row.region_code),
    }[scope]()  # fmt: skip
    state = "coming" if row.covers_from > at else "running" if row.covers_until > at else "over"
    return Cover(
        row.code, row.insurer, row.product, row.policy_no, row.covers_from, row.covers_until, scope, whom, row.note,
        "ended" if row.ended_at else state, row.ended_why, keeps and row.proof_id is not None,
        keeps and row.ended_at is None,
    )  # fmt: skip


def insured(*, parts: Parts, actor: Actor, activity_code: str, at: datetime) -> list[Insured]:
    """Who has a place in the activity, for the insurer: names and ID numbers in the clear; the taking is kept.

    Refusals: NOT_FOUND, NOT_ALLOWED (managers of the division alone; who leads a team sees no ID numbers).
    """
    activity = _activity(activity_code)
    permissions.require_manage(actor=actor, region_code=activity.region_code, at=at)
    rows = list(
        Signup.select(Signup, Volunteer, Shift, Position)
        .join_from(Signup, Volunteer, on=Signup.volunteer)
        .join_from(Signup, Shift)
        .join_from(Shift, Position)
        .where(Signup.activity == activity.id, Signup.state == "confirmed")
        .order_by(Shift.starts_at, Volunteer.name, Signup.id)
        .limit(MOST_INSURED)
    )
    audit.note(
        actor=actor, verb="insurance.export", subject=f"activity:{activity.id}", at=at,
        region_code=activity.region_code, detail={"activity": activity.code, "people": len(rows)},
    )  # fmt: skip
    closed = withheld.owners([row.volunteer_id for row in rows])
    return [
        Insured(
            row.volunteer.name, withheld.cell() if row.volunteer_id in closed else _document(parts, row.volunteer),
            row.volunteer.birth_date or "",
            row.shift.position.name, row.shift.starts_at, row.shift.ends_at, row.volunteer_id in closed,
        )
        for row in rows
    ]  # fmt: skip


def _document(parts: Parts, person: Volunteer) -> str:
    if person.document_sealed is None:
        return ""
    return parts.vault.open(person.document_sealed, f"volunteer.document:{person.public_no}")


def _activity(code: str) -> Activity:
    found = Activity.select(Activity, Team).join(Team).where(Activity.code == code).first()
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, Activity)
    return found


def _team(code: str) -> Team:
    found = Team.get_or_none(Team.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, Team)
    return found

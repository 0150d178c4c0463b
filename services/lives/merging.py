"""The same person twice: seen side by side, made one in one act, undone within `lives.merge_undo_days`.

Found by a shared phone, or by a station that knows. Whoever merges manages both entries' divisions and is neither of
them. No right goes over: an entry that holds a post is handed over first; and a WeChat comes to an entry that holds
one only by somebody who manages where the post is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import (
    Balance,
    Correction,
    DeathReport,
    HomeTransfer,
    PersonMerge,
    Recovery,
    ServiceRecord,
    Signup,
    Team,
    TeamMember,
    Volunteer,
    VolunteerSkill,
    WechatIdentity,
    store,
)
from services import audit, decisions, permissions, regions, rules, scopes
from services.access import belonging, people_list
from services.accounts.documents import mask_id, mask_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import moving
from services.messaging import choices, telling
from services.parts import Parts

C = RefusalCode
STATES = ("active", "invited", "left")
COUNTED = ("records", "signups", "memberships", "applications", "qualifications", "cards", "wechats")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two entries; number and phone masked."""

    public_no: str
    name: str
    state: str
    document: str
    phone: str
    birth_date: str
    place: str
    since: datetime
    wechats: int
    teams: list[str]
    minutes: int
    points: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging would do: how much goes over, by kind, and what both have, so that only one of it counts.

    `same_time`: records that share some time with one of the kept entry's; merged, they count the union.
    """

    kept: Side
    dropped: Side
    moves: dict[str, int]
    same_shifts: int
    double_records: int
    same_teams: list[str]
    same_time: int
    name_differs: bool


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge that was done; `undoable` by the reader, now."""

    id: int
    public_no: str
    name: str
    dropped_no: str
    dropped_name: str
    who: str
    reason: str
    at: datetime
    undone_at: datetime | None
    undoable: bool


def _place(actor: Actor, person: Volunteer, at: datetime) -> str:
    codes = belonging.divisions_of(person)
    return next((c for c in codes if permissions.manages(actor=actor, region_code=c, at=at)), codes[0])


def _pair(actor: Actor, kept_no: str, dropped_no: str, at: datetime) -> tuple[Volunteer, Volunteer]:
    """Both entries, for one who may merge them. Refusals: NOT_FOUND, NOT_ALLOWED, MERGE_SAME, OWN_RECORD."""
    kept = belonging.require_over(actor=actor, public_no=kept_no, at=at)
    dropped = belonging.require_over(actor=actor, public_no=dropped_no, at=at)
    if kept.id == dropped.id:
        raise Refusal(C.MERGE_SAME)
    for person in (kept, dropped):
        decisions.require_decider(
            actor=actor, region_code=_place(actor, person, at), parties=[kept.id, dropped.id], at=at
        )
    return kept, dropped


def _check(actor: Actor, kept: Volunteer, dropped: Volunteer, at: datetime) -> None:
    """Refusals: MERGE_STATE, MERGE_ROLES, MERGE_OPEN, NOT_ALLOWED (a WeChat would come to a post above)."""
    fits = kept.state in STATES and dropped.state in STATES
    if not fits or (dropped.state == "active" and kept.state != "active"):
        raise Refusal(C.MERGE_STATE)
    if permissions.roles_of(volunteer_id=dropped.id, at=at):
        raise Refusal(C.MERGE_ROLES)
    both = (kept.id, dropped.id)
    waits = (
        Recovery.select().where(Recovery.volunteer.in_(both), Recovery.state == "waiting"),
        HomeTransfer.select().where(HomeTransfer.volunteer.in_(both), HomeTransfer.state == "requested"),
        DeathReport.select().where(DeathReport.volunteer.in_(both), DeathReport.state != "undone"),
        Correction.select().where(Correction.volunteer.in_(both), Correction.state == "asked"),
    )
    if any(query.exists() for query in waits):
        raise Refusal(C.MERGE_OPEN)
    if not WechatIdentity.select().where(WechatIdentity.volunteer == dropped.id).exists():
        return
    for right in permissions.roles_of(volunteer_id=kept.id, at=at):
        where = right.region_code or Team.get_by_id(right.team_id).region_code
        if not permissions.manages(actor=actor, region_code=where, at=at):
            raise Refusal(C.NOT_ALLOWED)


def preview(*, parts: Parts, actor: Actor, kept_no: str, dropped_no: str, at: datetime) -> Preview:
    """The two side by side, and what would go over. Refusals: as `merge`, without those of the reason."""
    kept, dropped = _pair(actor, kept_no, dropped_no, at)
    _check(actor, kept, dropped, at)
    pair = (kept.id, dropped.id)
    moves = {
        name: moving.ROWS[name].select().where(moving.ROWS[name].volunteer == dropped.id).count() for name in COUNTED
    }
    moves["skills"] = VolunteerSkill.select().where(VolunteerSkill.volunteer == dropped.id).count()
    running = moving.same_team(TeamMember, TeamMember.to_at.is_null(), *pair)
    return Preview(
        _side(parts, actor, kept, at), _side(parts, actor, dropped, at),
        {name: count for name, count in moves.items() if count},
        len(moving.same_shift(Signup, *pair)), len(moving.same_shift(ServiceRecord, *pair)),
        [Team.get_by_id(row.team_id).name for row in running],
        moving.same_time(*pair),
        kept.name != dropped.name,
    )  # fmt: skip


def _side(parts: Parts, actor: Actor, person: Volunteer, at: datetime) -> Side:
    closed = bool(belonging.closed_among(actor=actor, people=[person], at=at))  # a minor, and a reader below the county
    kept = Balance.get_or_none(Balance.volunteer == person.id)
    running = TeamMember.select(TeamMember, Team).join(Team).where(
        TeamMember.volunteer == person.id, TeamMember.to_at.is_null()
    )  # fmt: skip
    return Side(
        person.public_no, person.name, person.state,
        "" if closed else mask_id(people_list.opened(parts, person, "document")),
        "" if closed else mask_phone(people_list.opened(parts, person, "phone")),
        "" if closed else person.birth_date or "",
        regions.path_names([person.region_code])[person.region_code], person.created_at,
        WechatIdentity.select().where(WechatIdentity.volunteer == person.id).count(),
        [row.team.name for row in running], kept.minutes if kept else 0, kept.points if kept else 0,
    )  # fmt: skip


def merge(*, parts: Parts, actor: Actor, kept_no: str, dropped_no: str, reason: str, at: datetime) -> int:
    """Make the two one; answers the merge's id.

    Refusals: REASON_REQUIRED, NOT_FOUND, NOT_ALLOWED, MERGE_SAME, OWN_RECORD, MERGE_STATE (closed, or the one to be
    dropped is the active one), MERGE_ROLES, MERGE_OPEN.
    """
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)

    def act() -> int:
        for number in sorted((kept_no, dropped_no)):  # both rows are held, always in one order
            Volunteer.update(version=Volunteer.version + 1).where(Volunteer.public_no == number).execute()
        kept, dropped = _pair(actor, kept_no, dropped_no, at)
        _check(actor, kept, dropped, at)
        made = PersonMerge.create(
            kept=kept, dropped=dropped, moved={}, reason=reason.strip(), actor=actor.volunteer_id, at=at
        )
        moved = moving.over(
            parts=parts, kept=kept, dropped=dropped, key=f"merge:{made.id}", actor_id=actor.volunteer_id, at=at,
            reason=reason.strip(),
        )  # fmt: skip
        choices.adopt(kept=kept.id, dropped=dropped.id, at=at)
        moved["state"] = dropped.state
        PersonMerge.update(moved=moved).where(PersonMerge.id == made.id).execute()
        Volunteer.update(state="merged", merged_into=kept.id).where(Volunteer.id == dropped.id).execute()
        _keep(actor, "merged", kept, dropped, reason.strip(), at)
        telling.tell(kind="merged", people=[kept.id], key=str(made.id), at=at, url="/m/me")
        return int(made.id)

    return store.write(act)


def _keep(actor: Actor, verb: str, kept: Volunteer, dropped: Volunteer, reason: str, at: datetime) -> None:
    for one, other in ((kept, dropped), (dropped, kept)):
        audit.changed(
            actor=actor, verb=verb, subject=f"volunteer:{one.id}", changes={"entry": ["", other.public_no]},
            at=at, reason=reason,
        )  # fmt: skip


def undo(*, parts: Parts, actor: Actor, merge_id: int, reason: str, at: datetime) -> None:
    """They were two people after all: what went over returns, what came since stays with the kept one.

    Refusals: REASON_REQUIRED, NOT_FOUND, NOT_ALLOWED, OWN_RECORD, MERGE_STATE (undone already, or merged further),
    MERGE_LATE.
    """
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)

    def act() -> None:
        done = PersonMerge.get_or_none(PersonMerge.id == merge_id)
        if done is None:
            raise Refusal(C.NOT_FOUND)
        if Volunteer.get_by_id(done.kept_id).state == "merged":
            raise Refusal(C.MERGE_STATE)
        kept = belonging.require_over(actor=actor, public_no=done.kept.public_no, at=at)
        parties = [done.kept_id, done.dropped_id]
        decisions.require_decider(actor=actor, region_code=_place(actor, kept, at), parties=parties, at=at)
        days = int(rules.rule("lives", kept.region_code, at).params["merge_undo_days"])
        if at > done.at + timedelta(days=days):
            raise Refusal(C.MERGE_LATE, days=days)
        taken = PersonMerge.update(undone_by=actor.volunteer_id, undone_at=at).where(
            PersonMerge.id == merge_id, PersonMerge.undone_at.is_null()
        )
        if not taken.execute():
            raise Refusal(C.MERGE_STATE)
        dropped = Volunteer.get_by_id(done.dropped_id)
        Volunteer.update(state=done.moved["state"], merged_into=None).where(Volunteer.id == dropped.id).execute()
        moving.back(
            parts=parts, moved=done.moved, kept=kept, dropped=dropped, key=f"unmerge:{merge_id}",
            actor_id=actor.volunteer_id, at=at, reason=reason.strip(),
        )  # fmt: skip
        _keep(actor, "unmerged", kept, dropped, reason.strip(), at)
        telling.tell(kind="merge_undone", people=parties, key=str(merge_id), at=at, url="/m/me")

    store.write(act)


def candidates(*, actor: Actor, at: datetime, limit: int = 20) -> list[tuple[str, str, str]]:
    """(name, public number, the other's) of entries with one name and one phone in the actor's divisions."""
    other = Volunteer.alias()
    open_both = Volunteer.state.in_(STATES) & other.state.in_(STATES)
    twice = (
        Volunteer.select(Volunteer.phone_index)
        .where(Volunteer.phone_index.is_null(False))
        .group_by(Volunteer.phone_index)
        .having(fn.COUNT(Volunteer.id) > 1)
    )
    same = (other.phone_index == Volunteer.phone_index) & (other.id > Volunteer.id) & (other.name == Volunteer.name)
    query: Any = (
        Volunteer.select(Volunteer.name, Volunteer.public_no, other.public_no)
        .join(other, on=same)
        .where(Volunteer.phone_index.in_(twice), open_both, belonging.people_in(scopes.managed(actor=actor, at=at)))
        .order_by(Volunteer.id)
        .limit(limit)
    )
    return [(str(name), str(one), str(two)) for name, one, two in query.tuples()]


def find(*, parts: Parts, actor: Actor, text: str, at: datetime) -> str:
    """The public number of the entry with this public number or ID number.

    Refusals: NOT_FOUND / NOT_ALLOWED of the entry, and those of `people_list.find`.
    """
    plain = text.strip()
    if Volunteer.select().where(Volunteer.public_no == plain.lower()).exists():
        return belonging.require_over(actor=actor, public_no=plain.lower(), at=at).public_no
    found = people_list.find(parts=parts, actor=actor, number=plain, at=at)
    if not found:
        raise Refusal(C.ROW_PERSON_UNKNOWN)
    return found[0].public_no


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[MergeLine]:
    """Merges of the people of the divisions the actor may look at. Refusals: NOT_ALLOWED (none)."""
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(C.NOT_ALLOWED)
    # CROSS: from the few merges to their people, never through all people to their merges.
    query = (
        PersonMerge.select(PersonMerge, Volunteer)
        .join(Volunteer, JOIN.CROSS, attr="kept")
        .where(PersonMerge.kept == Volunteer.id, belonging.people_in(reach))
    )
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    found = cut(
        query, wanted=wanted, sorts={"at": PersonMerge.at, "name": Volunteer.name}, default="-at",
        tie=PersonMerge.id.desc(), row=lambda row: row,
    )  # fmt: skip
    return Found([_line(row, actor, at) for row in found.rows], found.total, found.page, found.size)


def _line(row: Any, actor: Actor, at: datetime) -> MergeLine:
    days = int(rules.rule("lives", row.kept.region_code, at).params["merge_undo_days"])
    near = row.undone_at is None and at <= row.at + timedelta(days=days) and row.kept.state != "merged"
    return MergeLine(
        row.id, row.kept.public_no, row.kept.name, row.dropped.public_no, row.dropped.name,
        row.actor.name if row.actor_id else "", row.reason, row.at, row.undone_at,
        near and actor.volunteer_id not in (row.kept_id, row.dropped_id),
    )  # fmt: skip

"""What the console's pages show besides single acts: the desk, a form to edit, teams' people.

Only reads. Each page costs a fixed number of statements, however many teams an officer looks after.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import Case, fn

from frozen import dataclass
from models import (
    Activity,
    History,
    RoleGrant,
    ServiceRecord,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
    WechatIdentity,
)
from services import permissions, regions
from services.accounts.documents import mask_phone
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.participation.activity_drafts import ActivityDraft
from services.participation.positions import positions_of
from services.parts import Parts
from services.permissions import APPOINTING, LEADING, MANAGING, MAY, Grant, Role, Verb
from services.planning import links

#: A screen is opened half an hour before the start, as the scan window is.
BEFORE = timedelta(minutes=30)
COMING = timedelta(days=14)
RECENT = timedelta(days=14)
MOST = 30
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Rights:
    """What the actor may open in the console: `leads` any team, `manages` any division, `oversees` any (managing,
    looking, counting or guiding), `appoints` anybody, `looks` at a division's people, `guides` teams."""

    any_role: bool
    leads: bool
    manages: bool
    oversees: bool = False
    appoints: bool = False
    looks: bool = False
    guides: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """People of one activity by where they stand; `expected` have signed up and not checked in."""

    expected: int = 0
    inside: int = 0
    forgotten: int = 0
    to_name: int = 0
    ready: int = 0
    confirmed: int = 0

    @property
    def waiting(self) -> int:
        """Records that wait for the leader in one way or another."""
        return self.forgotten + self.to_name + self.ready

    @property
    def came(self) -> int:
        """Everybody who has checked in."""
        return self.inside + self.waiting + self.confirmed


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One activity on the desk, with a shift for its screen ("" where it has none)."""

    code: str
    title: str
    team: str
    place: str
    state: str
    starts_at: datetime
    ends_at: datetime
    shift_code: str
    counts: Counts
    approval: str = "none"


@dataclass(frozen=True, slots=True)
class Desk:
    """The actor's activities: running, coming, to be confirmed, drafts, lately over."""

    running: list[DeskItem]
    coming: list[DeskItem]
    to_confirm: list[DeskItem]
    drafts: list[DeskItem]
    over: list[DeskItem]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An activity with everything its form holds."""

    code: str
    state: str
    team_code: str
    team: str
    draft: ActivityDraft
    extensions: list[tuple[datetime, str]]
    approval: str = "none"
    model_mark: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to pick from a list."""

    public_no: str
    name: str


def rights(*, actor: Actor, at: datetime) -> Rights:
    """What the actor may open."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    manages = any(g.role in MANAGING and g.region_code is not None for g in grants)
    return Rights(
        bool(grants),
        manages or any(g.role in LEADING and g.team_id is not None for g in grants),
        manages,
        any(g.region_code is not None for g in grants),
        any(g.role in APPOINTING or (g.role is Role.TEAM_LEADER and g.team_id is not None) for g in grants),
        any(g.role in MAY[Verb.LOOK] and g.region_code is not None for g in grants),
        any(g.role in MAY[Verb.GUIDE] and g.region_code is not None for g in grants),
    )


def within(grants: Iterable[Grant], team: Any, region: Any) -> Any:
    """The condition on a team's column and a division's column that says: his to lead."""
    condition = team.in_([g.team_id for g in grants if g.team_id is not None and g.role in LEADING])
    for g in grants:
        if g.region_code is not None and g.role in MANAGING:
            condition |= (region >= g.region_code) & (region < g.region_code + ":")
    return condition


def desk(*, actor: Actor, at: datetime) -> Desk:
    """The activities of the teams he leads or manages, at most 30 of a kind."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    if not grants:
        return Desk([], [], [], [], [])
    base = (
        Activity.select(Activity, Team.id, Team.name, Team.short_name)
        .join(Team)
        .where(within(grants, Activity.team, Activity.region_code))
        .limit(MOST)
    )
    open_ = Activity.state.in_(("published", "ended"))
    waiting = ServiceRecord.select().where(
        ServiceRecord.activity == Activity.id, ServiceRecord.state == "pending"
    )
    over = (open_, Activity.ends_at < at)
    found = [
        base.where(open_, Activity.starts_at <= at + BEFORE, Activity.ends_at >= at).order_by(
            Activity.ends_at
        ),
        base.where(
            Activity.state == "published", Activity.starts_at > at + BEFORE, Activity.starts_at < at + COMING
        ).order_by(Activity.starts_at),
        base.where(*over, fn.EXISTS(waiting)).order_by(Activity.ends_at),
        base.where(Activity.state == "draft").order_by(Activity.id.desc()),
        base.where(*over, ~fn.EXISTS(waiting), Activity.ends_at > at - RECENT).order_by(
            Activity.ends_at.desc()
        ),
    ]
    lists = [list(query) for query in found]
    ids = [activity.id for each in lists for activity in each]
    numbers, shifts = counts(ids), _first_shifts(ids)
    running, coming, to_confirm, drafts, lately = (
        [
            DeskItem(
                a.code, a.title, a.team.short_name, a.place, a.state, a.starts_at, a.ends_at,
                shifts.get(a.id, ""), numbers.get(a.id, Counts()), a.approval,
            )
            for a in each
        ]
        for each in lists
    )  # fmt: skip
    return Desk(running, coming, to_confirm, drafts, lately)


def _first_shifts(ids: list[int]) -> dict[int, str]:
    rows = Shift.select(Shift.activity, Shift.code).where(Shift.activity.in_(ids)).order_by(Shift.id.desc())
    return dict(_tuples(rows))


def _tuples(query: Any) -> list[tuple[Any, ...]]:
    return list(query.tuples())


def counts(activity_ids: list[int]) -> dict[int, Counts]:
    """The counts of several activities, in two statements."""
    return _counts(activity_ids, ServiceRecord.activity, Signup.activity)


def shift_counts(shift_ids: list[int]) -> dict[int, Counts]:
    """The counts of several shifts, in two statements."""
    return _counts(shift_ids, ServiceRecord.shift, Signup.shift)


def _counts(ids: list[int], of_record: Any, of_signup: Any) -> dict[int, Counts]:
    if not ids:
        return {}
    pending, out = ServiceRecord.state == "pending", ServiceRecord.out_at.is_null(False)
    worker = ServiceRecord.closed_by == "worker"
    columns = (
        pending & ~out & ~worker,
        pending & ~out & worker,
        pending & out & ServiceRecord.needs_naming,
        pending & out & ~ServiceRecord.needs_naming,
        ServiceRecord.state == "confirmed",
    )
    records = (
        ServiceRecord.select(of_record, *(fn.SUM(Case(None, [(each, 1)], 0)) for each in columns))
        .where(of_record.in_(ids), ServiceRecord.source == "scan")
        .group_by(of_record)
    )
    came = ServiceRecord.select().where(
        ServiceRecord.shift == Signup.shift, ServiceRecord.volunteer == Signup.volunteer
    )
    expected = (
        Signup.select(of_signup, fn.COUNT(Signup.id))
        .where(of_signup.in_(ids), Signup.state == "confirmed", ~fn.EXISTS(came))
        .group_by(of_signup)
    )
    by_record = {row[0]: tuple(int(number) for number in row[1:]) for row in _tuples(records)}
    by_signup = {row[0]: row[1] for row in _tuples(expected)}
    return {
        each: Counts(by_signup.get(each, 0), *by_record.get(each, ()))
        for each in {*by_record, *by_signup}
    }  # fmt: skip


def sheet(*, actor: Actor, code: str, at: datetime) -> Sheet:
    """An activity as its form holds it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = activity_led(actor=actor, activity_code=code, at=at)
    fields = {
        name: getattr(activity, name)
        for name in ActivityDraft.__dataclass_fields__
        if name not in ("positions", "links")
    }  # fmt: skip
    told = History.select().where(History.subject == f"activity:{activity.id}", History.verb == "extended")
    extensions = [
        (datetime.fromisoformat(line.changes["ends_at"][1]), line.reason)
        for line in told.order_by(History.id)
    ]
    return Sheet(
        activity.code, activity.state, activity.team.code, activity.team.name,
        ActivityDraft(**fields, positions=positions_of(activity), links=links.of(activity)), extensions,
        activity.approval, activity.model_mark,
    )  # fmt: skip


def not_on_list(*, actor: Actor, activity_code: str, at: datetime) -> list[Person]:
    """Members of the activity's team who stand on no list of it, by name: to be added by a tick."""
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    listed = Signup.select().where(
        Signup.activity == activity.id, Signup.volunteer == TeamMember.volunteer, Signup.state == "confirmed"
    )
    known = ServiceRecord.select().where(
        ServiceRecord.activity == activity.id, ServiceRecord.volunteer == TeamMember.volunteer
    )
    query = (
        Volunteer.select(Volunteer.public_no, Volunteer.name)
        .join(TeamMember)
        .where(
            TeamMember.team == activity.team_id, TeamMember.to_at.is_null(), Volunteer.state == "active",
            Volunteer.id != (actor.volunteer_id or 0), ~fn.EXISTS(listed), ~fn.EXISTS(known),
        )
        .order_by(Volunteer.name, Volunteer.id)
        .limit(MOST_PEOPLE)
    )  # fmt: skip
    return [Person(*row) for row in _tuples(query)]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a team as its leader sees him; the phone is masked, "" if there is none."""

    public_no: str
    name: str
    identity: str
    phone_masked: str
    phone_proof: str
    on_wechat: bool
    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team with its members, the leader first; `led`: the reader may act for it, not only look."""

    code: str
    name: str
    region_code: str
    region_name: str
    members: list[Member]
    total: int
    led: bool


def team(*, parts: Parts, actor: Actor, team_code: str, at: datetime) -> TeamPage:
    """A team for those who lead it or may look; at most 500 members. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = Team.get_or_none(Team.code == team_code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=found.id, at=at)
    living = (TeamMember.team == found.id, TeamMember.to_at.is_null(), Volunteer.state == "active")
    joined = TeamMember.select(TeamMember, Volunteer).join(Volunteer).where(*living)
    rows: list[Any] = list(joined.order_by(Volunteer.name, Volunteer.id).limit(MOST_PEOPLE))
    roles = dict(
        _tuples(
            RoleGrant.select(RoleGrant.volunteer, RoleGrant.role)
            .where(
                RoleGrant.team_id == found.id, RoleGrant.from_at <= at,
                RoleGrant.until.is_null() | (RoleGrant.until > at),
            )
            .order_by(RoleGrant.id)
        )
    )  # fmt: skip
    bound = WechatIdentity.select(WechatIdentity.volunteer).where(
        WechatIdentity.volunteer.in_([row.volunteer_id for row in rows])
    )
    on_wechat = {row[0] for row in _tuples(bound)}
    members = [
        _member(parts, row, roles.get(row.volunteer_id, ""), row.volunteer_id in on_wechat) for row in rows
    ]
    members.sort(key=lambda each: each.role != Role.TEAM_LEADER)
    return TeamPage(
        found.code,
        found.name,
        found.region_code,
        regions.path_name(found.region_code),
        members,
        joined.count(),
        permissions.leads(actor=actor, team_id=found.id, at=at),
    )


def _member(parts: Parts, row: Any, role: str, on_wechat: bool) -> Member:
    person = row.volunteer
    phone = ""
    if person.phone_sealed is not None:
        phone = mask_phone(parts.vault.open(person.phone_sealed, f"volunteer.phone:{person.public_no}"))
    return Member(
        person.public_no,
        person.name,
        person.identity,
        phone,
        person.phone_proof,
        on_wechat,
        role,
        row.from_at,
    )

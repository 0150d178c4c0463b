"""A small fixed world for tests: 霍邱县 with a township and two villages, two teams, a cast of people.

Rows are made directly, so that a test of one service leans on no other service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from clock import local_day
from models import (
    Activity,
    Balance,
    Broadcast,
    Centre,
    Notice,
    Position,
    Region,
    RoleGrant,
    RuleSet,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from services.actors import Actor
from services.codes import new_shift_key

PROVINCE, CITY, COUNTY, TOWN, VILLAGE, VILLAGE2 = (
    "34", "3415", "341522", "341522100", "341522100201", "341522100202",
)  # fmt: skip
OTHER_TOWN = "341522101"

_numbers = count(1)


@dataclass
class World:
    """The cast. `ali` leads `team`, `xiaobo` is a member with both WeChat identities, `chali` a stranger."""

    centre: Centre
    team: Team
    other_team: Team
    ali: Volunteer
    xiaobo: Volunteer
    chali: Volunteer
    officer: Volunteer
    activity: Activity
    shift: Shift
    hours_rule: RuleSet

    def actor(self, person: Volunteer, door: str = "api") -> Actor:
        """The person behind a door, with the identity that door uses."""
        kind = "oa" if door in ("bot", "pages", "console") else "mp"
        identity = WechatIdentity.get_or_none(
            (WechatIdentity.volunteer == person) & (WechatIdentity.kind == kind)
        )
        return Actor(door=door, volunteer_id=person.id, identity_id=identity.id if identity else None)


def make_region(code: str, name: str, **more: Any) -> Region:
    level = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}[len(code)]
    parent = {1: None, 2: code[:2], 3: code[:4], 4: code[:6], 5: code[:9]}[level]
    return Region.create(code=code, name=name, level=level, parent=parent, place_name=name, **more)


def make_volunteer(at: datetime, name: str = "", *, region_code: str = VILLAGE, **more: Any) -> Volunteer:
    number = next(_numbers)
    fields = {"identity": "veteran", "state": "active", "birth_date": "1960-05-01", **more}
    person = Volunteer.create(
        public_no=f"n{number:07d}",
        name=name or f"志愿者{number}",
        region_code=region_code,
        created_at=at,
        **fields,
    )
    Balance.create(volunteer=person)
    return person


def make_identity(at: datetime, person: Volunteer | None, kind: str = "oa", **more: Any) -> WechatIdentity:
    number = next(_numbers)
    fields = {"following": kind == "oa", "openid": f"{kind}-{number:05d}", "appid": f"wx-{kind}", **more}
    return WechatIdentity.create(kind=kind, volunteer=person, created_at=at, bound_at=at, **fields)


def make_team(at: datetime, centre: Centre, name: str, region_code: str = VILLAGE, **more: Any) -> Team:
    number = next(_numbers)
    fields = {
        "code": f"team{number:04d}", "kind": "grassroots", "speciality": "governance", "short_name": f"服务队{number}",
        **more,
    }  # fmt: skip
    return Team.create(name=name, region_code=region_code, centre=centre, created_at=at, **fields)


def join(at: datetime, team: Team, person: Volunteer, **more: Any) -> TeamMember:
    home = not TeamMember.select().where(TeamMember.volunteer == person, TeamMember.to_at.is_null()).exists()
    return TeamMember.create(team=team, volunteer=person, from_at=at, **{"home": home, **more})


def grant(
    at: datetime, person: Volunteer, role: str, *, team: Team | None = None, region: str | None = None
) -> RoleGrant:
    return RoleGrant.create(
        volunteer=person, role=role, team_id=team.id if team else None, region_code=region, from_at=at
    )


def make_activity(
    at: datetime,
    team: Team,
    *,
    starts_in: timedelta = timedelta(hours=4),
    hours: float = 2,
    quota: int = 10,
    **more: Any,
) -> tuple[Activity, Shift]:
    """A published activity with one position and one shift; `starts_in` counts from `at`."""
    number = next(_numbers)
    starts, ends = at + starts_in, at + starts_in + timedelta(hours=hours)
    fields = {
        "title": f"清洁河岸{number}", "domain": "D3", "sub_domain": "ecology", "place": "淮河大堤",
        "content": "清理河岸垃圾", "risk_notice": "岸边湿滑，注意安全", "conditions": "身体健康",
        "safeguards": "提供手套", "how_to_join": "在“活动”里报名", "state": "published", "cancel_hours": 2, **more,
    }  # fmt: skip
    activity = Activity.create(
        code=f"act{number:05d}", team=team, region_code=team.region_code, starts_at=starts, ends_at=ends,
        local_day=local_day(starts).isoformat(), signup_opens_at=at - timedelta(days=1), signup_closes_at=ends,
        hours_rule=RuleSet.get(RuleSet.kind == "hours"), created_at=at, published_at=at, **fields,
    )  # fmt: skip
    position = Position.create(activity=activity, name="清洁员", quota=quota)
    shift = Shift.create(
        code=f"shift{number:04d}", activity=activity, position=position, starts_at=starts, ends_at=ends,
        planned_ends_at=ends, quota=quota, code_key=new_shift_key(),
    )  # fmt: skip
    return activity, shift


def make_broadcast(at: datetime, team: Team, sender: Volunteer, text: str, **more: Any) -> Notice:
    """Somebody's words to a whole team; `state` draft, sent or stopped."""
    notice = Notice.create(**{
        "kind": "broadcast", "team": team, "sender": sender, "text": text, "created_at": at, "recipients": 1, **more
    })  # fmt: skip
    Broadcast.create(
        notice=notice, state=notice.state, whole="team", team=team, region_code=team.region_code,
        name=f"{team.short_name}的队员",
    )  # fmt: skip
    return notice


def sign_up(at: datetime, shift: Shift, person: Volunteer, **more: Any) -> Signup:
    """A confirmed sign-up, with its place taken."""
    Shift.update(taken=Shift.taken + 1).where(Shift.id == shift.id).execute()
    fields = {"state": "confirmed", **more}
    return Signup.create(
        shift=shift, activity=shift.activity_id, volunteer=person, created_at=at, updated_at=at, **fields
    )


def small_world(at: datetime) -> World:
    """Make the cast in one write."""

    def make() -> World:
        for code, name in (
            (PROVINCE, "安徽省"), (CITY, "六安市"), (COUNTY, "霍邱县"), (TOWN, "城关镇"), (OTHER_TOWN, "河口镇"),
            (VILLAGE, "东湖社区居委会"), (VILLAGE2, "西湖社区居委会"),
        ):  # fmt: skip
            make_region(code, name)
        centre = Centre.create(
            region_code=COUNTY,
            kind="centre",
            name="霍邱县退役军人服务中心",
            phone="0564-6000000",
            created_at=at,
        )
        team = make_team(at, centre, "东湖社区退役军人“红耀江淮”志愿服务队", short_name="东湖服务队")
        other = make_team(
            at, centre, "西湖社区退役军人“红耀江淮”志愿服务队", VILLAGE2, short_name="西湖服务队"
        )
        ali, xiaobo, chali, officer = (
            make_volunteer(at, n) for n in ("李阿丽", "王小博", "赵查理", "孙主任")
        )
        for person in (ali, xiaobo, chali, officer):
            make_identity(at, person, "oa")
            make_identity(at, person, "mp")
        join(at, team, ali)
        join(at, team, xiaobo)
        grant(at, ali, "team_leader", team=team)
        grant(at, officer, "region_admin", region=COUNTY)
        activity, shift = make_activity(at, team)
        rule = RuleSet.get(RuleSet.kind == "hours")
        return World(centre, team, other, ali, xiaobo, chali, officer, activity, shift, rule)

    return store.write(make)

"""The whole house for stories told by phones: the small world behind the real API, WeChat's log-in by the sandbox.

    with running(folder, seed, phones) as stack: …
    phone = volunteer(context, program, stack, XIAOBO, "pages/home/home", scan=lambda how: code)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import requests
from playwright.sync_api import BrowserContext

from models import Activity, Position, ServiceRecord, Shift, Volunteer, WechatIdentity, store
from services.codes import new_shift_key
from settings import load
from tests.browser.people import phone_of
from tests.client import matters, recognised, runtime, years
from tests.support.stack import Stack
from tests.support.world import (
    World,
    join,
    make_activity,
    make_identity,
    make_volunteer,
    sign_up,
    small_world,
)

#: Phones of the sandbox, by number.
LEADER, XIAOBO, NEWCOMER, MEMBER, DAHAI = 1, 2, 3, 4, 5
#: Two neighbours of the leader's who follow the account: their phones have the chat too.
WEIGUO, GUILAN = 6, 7
NEIGHBOURS = ((WEIGUO, "张卫国"), (GUILAN, "孙桂兰"))
MANY = 500
#: The code of an activity that is on all day, and of its shift.
DYKE = "dyke0001"
#: Of one that has run for an hour, with people on its list whom only its leader's stories touch; one scan is doubted.
RIVER = "river001"
#: On that list; a name as long as names may be.
LONG = "阿" * 40
#: Of an activity with one place.
CHOIR = "choir001"
#: A member whose story is told in the simulator, and his team's two activities: one on all day, one later.
PIERMAN, PIER, SILT = 9, "pier0001", "silt0001"


def seed(at: datetime) -> World:
    """The small world with phones; an activity that is on the whole day, and 500 in another domain to page through."""
    at = at.replace(second=0, microsecond=0)
    world = small_world(at)
    appid = load(demo=True).wechat_mp_appid

    def make() -> None:
        for person, number in ((world.ali, LEADER), (world.xiaobo, XIAOBO), (world.chali, MEMBER)):
            own = (WechatIdentity.volunteer == person) & (WechatIdentity.kind == "mp")
            WechatIdentity.update(appid=appid, openid=f"mp-{number}", union_checked=True).where(own).execute()
        dyke, shift = make_activity(at, world.team, starts_in=timedelta(minutes=20), hours=7.5, title="看护东湖大堤")
        Activity.update(code=DYKE).where(Activity.id == dyke.id).execute()
        Shift.update(code=DYKE).where(Shift.id == shift.id).execute()
        _river(at, world, appid)
        _neighbours(at)
        _many(at, world)
        years.make(at, world)
        _pier(at, world, appid)

    store.write(make)
    phone_of(world.ali, f"oa-{LEADER}")
    recognised.make(at, world)
    matters.make(at, world)
    store.write(lambda: _choir(at, world))
    return world


def _choir(at: datetime, world: World) -> None:
    """The newest of its team: what a leader is offered first to hold once more."""
    choir, place = make_activity(at, world.team, starts_in=timedelta(days=3), quota=1, title="村口合唱")
    Activity.update(code=CHOIR).where(Activity.id == choir.id).execute()
    Shift.update(code=CHOIR).where(Shift.id == place.id).execute()


def _river(at: datetime, world: World, appid: str) -> None:
    river, shift = make_activity(at, world.team, starts_in=timedelta(hours=-1), hours=4, title="清理河道")
    Activity.update(code=RIVER, signup_closes_at=river.starts_at).where(Activity.id == river.id).execute()
    Shift.update(code=RIVER).where(Shift.id == shift.id).execute()
    for name in ("周大海", "钱小梅", LONG, "李迟到"):
        person = make_volunteer(at, name)
        sign_up(at, shift, person)
        if name == "周大海":
            own = make_identity(at, person, "mp")
            WechatIdentity.update(appid=appid, openid=f"mp-{DAHAI}", union_checked=True).where(
                WechatIdentity.id == own.id
            ).execute()
    ServiceRecord.create(
        shift=shift, activity=river, team=world.team, volunteer=make_volunteer(at, "孙守信"),
        region_code=river.region_code, local_day=river.local_day, in_at=river.starts_at, in_mode="person",
        out_at=at - timedelta(minutes=10), out_mode="person", closed_by="self", minutes=50, needs_review="in:revoked",
        rule_set=river.hours_rule_id, created_at=at, updated_at=at,
    )  # fmt: skip


def _pier(at: datetime, world: World, appid: str) -> None:
    man = make_volunteer(at, "刘守成")
    make_identity(at, man, "mp", appid=appid, openid=f"mp-{PIERMAN}", union_checked=True)
    join(at, world.team, man)
    for code, title, soon in ((PIER, "守东湖码头", timedelta(minutes=20)), (SILT, "码头清淤", timedelta(days=2))):
        activity, shift = make_activity(at, world.team, starts_in=soon, hours=7.5, title=title)
        Activity.update(code=code).where(Activity.id == activity.id).execute()
        Shift.update(code=code).where(Shift.id == shift.id).execute()
        if code == PIER:
            sign_up(at, shift, man)


def _neighbours(at: datetime) -> None:
    settings = load(demo=True)
    for number, name in NEIGHBOURS:
        person = make_volunteer(at, name)
        for kind, appid in (("mp", settings.wechat_mp_appid), ("oa", settings.wechat_oa_appid)):
            make_identity(at, person, kind, appid=appid, openid=f"{kind}-{number}", union_checked=True)


def _many(at: datetime, world: World) -> None:
    first, _ = make_activity(at, world.other_team, starts_in=timedelta(days=20), title="排队的活动0", domain="D2",
                             sub_domain="city")  # fmt: skip
    row = {name: value for name, value in first.__data__.items() if name not in ("id", "code", "title")}
    rows = [{**row, "code": f"many{number:05d}", "title": f"文明活动{number}"} for number in range(1, MANY)]
    Activity.insert_many(rows).execute()
    ids = [each.id for each in Activity.select(Activity.id).where(Activity.code.startswith("many"))]
    Position.insert_many([{"activity": each, "name": "志愿者", "quota": 5} for each in ids]).execute()
    places = Position.select(Position.id, Position.activity).where(Position.activity.in_(ids))
    Shift.insert_many([
        {
            "code": f"ms{each.id:06d}", "activity": each.activity_id, "position": each.id, "starts_at": first.starts_at,
            "ends_at": first.ends_at, "planned_ends_at": first.ends_at, "quota": 5, "code_key": new_shift_key(),
        }
        for each in places
    ]).execute()  # fmt: skip


def phones(world: World) -> list[dict[str, Any]]:
    """The sandbox's phones; the newcomer belongs to nobody yet."""

    def one(number: int, name: str, following: bool = False) -> dict[str, Any]:
        return {
            "n": number, "name": name, "mp_openid": f"mp-{number}", "oa_openid": f"oa-{number}",
            "unionid": f"u-{number}", "phone": f"1380000000{number}", "following": following,
        }  # fmt: skip

    people: list[tuple[int, Volunteer]] = [(LEADER, world.ali), (XIAOBO, world.xiaobo), (MEMBER, world.chali)]
    return [
        *(one(number, person.name) for number, person in people), one(NEWCOMER, "陈新兵"), one(DAHAI, "周大海"),
        one(PIERMAN, "刘守成"), *(one(number, name) for number, name in [*recognised.phones(), *years.phones()]),
        *(one(number, name, following=True) for number, name in NEIGHBOURS), *matters.phones(),
    ]  # fmt: skip


def login_code(stack: Stack, number: int) -> str:
    """A code of wx.login of this phone."""
    return str(stack.control("POST", f"users/{number}/login-code")["code"])


def volunteer(
    context: BrowserContext, program: str, stack: Stack, number: int, path: str = "", **answers: Any
) -> runtime.Phone:
    """A phone of the sandbox with the program open on it; permissions of subscription are granted unless told."""
    given = {"login": lambda: login_code(stack, number), "subscribe": lambda ids: dict.fromkeys(ids, "accept")}
    return runtime.open_phone(context, program, path, **{**given, **answers})


def token(stack: Stack, number: int) -> str:
    """A Bearer token of this phone's person, for what somebody else does meanwhile."""
    answer = requests.post(f"{stack.app}/api/v1/session", json={"code": login_code(stack, number)}, timeout=20)
    return str(answer.json()["token"])


def api(stack: Stack, bearer: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """One call of the API; its answer."""
    headers = {"Authorization": f"Bearer {bearer}"}
    answer = requests.request(method, f"{stack.app}/api/v1{path}", json=body, headers=headers, timeout=20)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def screen(stack: Stack, shift: str, direction: str, leader: int = LEADER) -> str:
    """What the leader's screen shows at this moment: the address in the rotating code."""
    return str(api(stack, token(stack, leader), "GET", f"/shifts/{shift}/stage/{direction}")["url"])

"""People for the stories of what a volunteer settles by phone, and activities that only they stand on: one with an
agreement, one at the same time, one that he was at, one that he was not scanned at; and more messages than a page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Activity, Delivery, HoursCase, Notice, PresenceQuestion, Shift, Volunteer, store
from services.review import cases
from settings import load
from tests.services.certificates.world import serve
from tests.support.world import (
    CITY,
    World,
    grant,
    join,
    make_activity,
    make_identity,
    make_volunteer,
    sign_up,
)

#: Numbers of their phones: a member, who is known in the chat alone, two of nobody yet, one of fifteen, the liaison.
MATTER, CHATTER, COMER, AGAIN, YOUNG, LIAISON = 21, 22, 23, 24, 25, 26
NAMES = {MATTER: "孙守信", CHATTER: "马聊天", COMER: "冯新来", AGAIN: "换微信", YOUNG: "林小苗", LIAISON: "何联络"}
#: Codes of the activities and of their shifts.
AGREED, CLASHING, SERVED, MISSED = "agree001", "clash001", "served01", "missed01"
#: Of an activity of another team's for its own members.
THEIRS = "theirs01"
#: A case about hours of the liaison's, in which he is asked for his side.
DOUBTED = "case0001"
#: New messages of the member's: more than a page of them.
NEW = 22


def make(at: datetime, world: World) -> None:
    """All of it."""
    settings = load(demo=True)

    def act() -> dict[int, Volunteer]:
        people = {}
        for number in (MATTER, CHATTER, YOUNG, LIAISON):
            born = f"{at.year - 15}-01-31" if number == YOUNG else "1960-05-01"
            people[number] = make_volunteer(at, NAMES[number], birth_date=born)
            kind = "oa" if number == CHATTER else "mp"
            appid = settings.wechat_oa_appid if kind == "oa" else settings.wechat_mp_appid
            make_identity(at, people[number], kind, appid=appid, openid=f"{kind}-{number}", union_checked=True)
        person = people[MATTER]
        join(at, world.team, person)
        grant(at, people[LIAISON], "liaison", team=world.team)
        _activity(at, world, AGREED, "修东湖闸", timedelta(hours=1), agreement=True)
        _activity(at, world, CLASHING, "同一时候的活动", timedelta(hours=1))
        _activity(at, world, THEIRS, "别队的活动", timedelta(days=2), team=world.other_team, openness="team")
        for number in range(NEW):
            notice = Notice.create(kind="broadcast", text="x", created_at=at)
            Delivery.create(
                notice=notice, volunteer=person, kind="broadcast", dedupe_key=f"matter{number}",
                title=f"第{number}条通知", body="带上雨衣", url="/m/activities", data={}, due_at=at, created_at=at,
                state="inbox",
            )  # fmt: skip
        sign_up(at, _activity(at, world, MISSED, "前天除草", -timedelta(days=2)), person)
        return people

    people = store.write(act)
    person = people[MATTER]
    _doubt(at, world, people[LIAISON])
    record = serve(world, at, minutes=120, days_ago=2, person=person, title="前天扫街", team=world.team,
                   in_at=at - timedelta(hours=48), out_at=at - timedelta(hours=46), confirmed_at=at)  # fmt: skip
    store.write(lambda: PresenceQuestion.create(record=record, volunteer=person, asked_at=at))
    store.write(Activity.update(code=SERVED).where(Activity.id == record.activity_id).execute)


def _doubt(at: datetime, world: World, person: Volunteer) -> None:
    record = serve(world, at, minutes=120, days_ago=3, person=person, title="夜里巡堤", team=world.team,
                   in_at=at - timedelta(hours=72), out_at=at - timedelta(hours=70), confirmed_at=at)  # fmt: skip
    finder, judge = (world.actor(store.write(lambda: _officer(at)), "console") for _ in range(2))
    code = cases.open_case(actor=finder, record_ids=[record.id], suspicion="有人说那天夜里没有看见他。", at=at)
    cases.hear(actor=judge, code=code, people=[person.public_no], at=at)
    store.write(HoursCase.update(code=DOUBTED).where(HoursCase.code == code).execute)


def _officer(at: datetime) -> Volunteer:
    officer = make_volunteer(at, "市里的人")
    grant(at, officer, "director", region=CITY)
    return officer


def _activity(at: datetime, world: World, code: str, title: str, soon: timedelta, **more: Any) -> Shift:
    team = more.pop("team", world.team)
    activity, shift = make_activity(at, team, starts_in=soon, title=title, **more)
    Activity.update(code=code).where(Activity.id == activity.id).execute()
    Shift.update(code=code).where(Shift.id == shift.id).execute()
    return Shift.get_by_id(shift.id)


def phones() -> list[dict[str, Any]]:
    """Whose WeChat tells no unionid: only what is typed joins the two sides."""
    return [
        {
            "n": number, "name": name, "mp_openid": f"mp-{number}", "oa_openid": f"oa-{number}", "unionid": "",
            "phone": f"138000000{number}", "following": number == CHATTER,
        }
        for number, name in NAMES.items()
    ]  # fmt: skip

"""A night two days ago on which the county called its teams to the dyke, and a drill of last week, both with a report
to open. Made by the acts themselves, so that everything hangs together; what they would send has long been sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from peewee import fn

from clock import local_day
from demo import names
from demo.people import Person
from demo.places import COUNTY
from models import Activity, Delivery, Dispatch, PersonCall, Point, Shift, TeamCall, Volunteer
from services.actors import Actor
from services.bookkeeping import records
from services.dispatch import answers, calls, people, situation, standing_down
from services.dispatch.answers import Answer
from services.dispatch.calls import CallDraft
from services.participation import attendance
from services.times import at_hour

MINUTE = timedelta(minutes=1)
#: The county's director, by the number of his phone.
DIRECTOR = 6
TOWN = "341522100"
#: Of those who were asked: how many say yes, on their own phones but the last.
GO, STAY_HOURS = 4, 5


def lay_out(rng: Random, everybody: list[Person], *, at: datetime) -> None:
    """Make both. Inside the world's write, after the insurance."""
    director = Actor("console", next(each.id for each in everybody if each.number == DIRECTOR))
    told = Delivery.select(fn.MAX(Delivery.id)).scalar() or 0
    _night(director, at_hour(local_day(at) - timedelta(days=2), 2))
    _drill(director, at_hour(local_day(at) - timedelta(days=6), 15))
    _named(rng)
    Delivery.update(state="sent", sent_at=Delivery.created_at, read_at=Delivery.created_at).where(
        Delivery.id > told
    ).execute()


def _named(rng: Random) -> None:
    """Codes by the dice, as everything of this world has: the acts throw their own."""
    calls_out = list(Dispatch.select().order_by(Dispatch.id))
    teams = TeamCall.select().where(TeamCall.activity.is_null(False)).order_by(TeamCall.id)
    made = [Activity.get_by_id(each.activity_id) for each in teams]
    for row in [*calls_out, *made, *(Shift.get(Shift.activity == each.id) for each in made)]:
        old, new = str(row.code), names.code(rng)
        type(row).update(code=new).where(type(row).id == row.id).execute()
        Delivery.update(url=fn.REPLACE(Delivery.url, old, new)).where(Delivery.url.contains(old)).execute()


def _draft(at: datetime, **more: object) -> CallDraft:
    point = Point.get(Point.region_code == TOWN, Point.stands_for == "place")
    facts: dict[str, object] = {
        "region_code": COUNTY, "place_region": TOWN, "title": "淮河大堤抢险", "domain": "D3", "sub_domain": "flood",
        "content": "装沙袋、运沙袋、巡堤查险。", "place": "大堤二段老闸口", "people": 8, "boats": 1, "vehicles": 2,
        "starts_at": at, "ends_at": at + timedelta(hours=8), "point": point.code, "command": "县防汛指挥部",
        "contact": "县退役军人服务中心值班室 0564-6000000", "fields": ("转移群众（人）", "加固堤防（米）"),
        "risks": "水深流急，不下水。穿救生衣，两人一组，听现场指挥，发现险情先撤离。",
        "safeguards": "救生衣、手电、雨衣、意外保险，现场有医护人员。",
    }  # fmt: skip
    return CallDraft(**{**facts, **more})  # type: ignore[arg-type]


def _started(director: Actor, draft: CallDraft, at: datetime) -> tuple[str, list[TeamCall]]:
    code = calls.write_down(actor=director, draft=draft, at=at)
    calls.start(actor=director, code=code, at=at + 2 * MINUTE)
    return code, list(TeamCall.select().order_by(TeamCall.id.desc()).limit(10))[::-1]


def _night(director: Actor, at: datetime) -> None:
    """Two teams come, one by telephone; the others were not quick enough. Hours are confirmed in the morning."""
    code, asked = _started(director, _draft(at), at)
    asked = [each for each in asked if each.dispatch.code == code]
    for number, call in enumerate(asked[:2]):
        leader = answers.leaders_of(call.team_id, at)[0]
        said = Answer(5, boats=int(number == 0), vehicles=1, there_at=at + (40 + 15 * number) * MINUTE)
        when = at + (5 + 6 * number) * MINUTE
        if number:
            answers.record(
                actor=director, code=code, team_code=str(call.team.code), answer=said, at=when,
                said_by=str(Volunteer.get_by_id(leader).public_no),
            )  # fmt: skip
        else:
            answers.answer(actor=Actor("pages", leader), code=code, answer=said, at=when)
        _members(code, call, when)
        _served(call, leader, at)
    for name, value in (("转移群众（人）", "35"), ("加固堤防（米）", "120")):
        situation.put_figure(actor=director, code=code, name=name, value=value, at=at + timedelta(hours=4))
    standing_down.close(
        actor=director, code=code, outcome="stood_down", reason="水位退到警戒线以下", at=at + timedelta(hours=7)
    )


def _members(code: str, call: TeamCall, at: datetime) -> None:
    """Some say yes, one says no; the rest do not answer."""
    rows = list(PersonCall.select().where(PersonCall.team_call == call.id).order_by(PersonCall.id))
    for number, row in enumerate(rows[: GO + 1]):
        himself, when = Actor("pages", row.volunteer_id), at + (2 + number) * MINUTE
        if number == GO:
            people.decline(actor=himself, code=code, reason="在外地", at=when)
        else:
            people.accept(actor=himself, code=code, risk_accepted=True, minutes=20 + 10 * number, at=when)


def _served(call: TeamCall, leader: int, at: datetime) -> None:
    """The leader checks in and out whom he sees, not himself; the hours are confirmed in the morning."""
    activity = Activity.get_by_id(TeamCall.get_by_id(call.id).activity_id)
    shift = Shift.get(Shift.activity == activity.id)
    came = PersonCall.select().where(
        PersonCall.team_call == call.id, PersonCall.state == "accepted", PersonCall.volunteer != leader
    )
    for number, row in enumerate(came.order_by(PersonCall.id)):
        begun = at + (45 + number) * MINUTE
        for direction, when in (("in", begun), ("out", begun + timedelta(hours=STAY_HOURS))):
            attendance.tick(
                actor=Actor("pages", leader), shift_code=str(shift.code), public_no=str(row.volunteer.public_no),
                direction=direction, at=when,
            )  # fmt: skip
    records.confirm(actor=Actor("pages", leader), activity_code=str(activity.code), at=at + timedelta(hours=10))


def _drill(director: Actor, at: datetime) -> None:
    """The same once, for practice: nothing was sent, everything can be looked at."""
    draft = _draft(at, title="防汛夜间集结演练", drill=True, people=6, boats=1, vehicles=0, fields=())
    code, asked = _started(director, draft, at)
    call = next(each for each in asked if each.dispatch.code == code)
    leader = answers.leaders_of(call.team_id, at)[0]
    answers.answer(actor=Actor("pages", leader), code=code, answer=Answer(4, boats=1), at=at + 4 * MINUTE)
    _members(code, call, at + 4 * MINUTE)
    standing_down.close(
        actor=director, code=code, outcome="stood_down", reason="演练结束，十二分钟集结完毕", at=at + 20 * MINUTE
    )

"""What a leader and the law are asked for in the demo: a year's insurance, a dangerous training with conditions, an
activity in which the leader chooses with an invitation that stands, a grandson's consent that waits to be checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from clock import local_day
from demo import names, people
from demo.activities import CONDITIONS, SAFEGUARDS
from demo.people import Person
from demo.places import COUNTY, LANDLINE
from models import Activity, GuardianConsent, Insurance, Position, RuleSet, Shift, Signup, Team, TeamMember
from services.accounts.vault import Vault
from services.gates.ages import grown_up_on
from services.participation.signups import risk_version
from services.times import at_hour
from wording import say

DAY = timedelta(days=1)
#: By number: who is invited, and whose grandson wants to come along.
INVITED, GRANDFATHER, DIRECTOR = 3, 2, 6
YEARS = 15


def lay_out(
    rng: Random, everybody: list[Person], *, teams: dict[str, Team], vault: Vault, mp_appid: str, oa_appid: str,
    at: datetime,
) -> None:  # fmt: skip
    """Make one of each; nobody is told anew. Inside the world's write."""
    by_number = {person.number: person for person in everybody}
    Insurance.create(
        code=names.code(rng), region_code=COUNTY, insurer="人保财险霍邱支公司", product="志愿者人身意外伤害保险",
        policy_no="DEMO20260001", covers_from=at - 100 * DAY, covers_until=at + 265 * DAY,
        recorded_by=by_number[DIRECTOR].id, created_at=at - 100 * DAY,
    )  # fmt: skip
    _training(rng, everybody, teams["rescue"], at)
    _chosen(rng, everybody, teams["donghu"], by_number[INVITED], at)
    _grandson(rng, everybody, teams["donghu"], by_number[GRANDFATHER], vault, mp_appid, oa_appid, at)


def _activity(rng: Random, team: Team, leader: Person, days: int, at: datetime, **fields: Any) -> Activity:
    starts = at_hour(local_day(at) + days * DAY, 9)
    return Activity.create(
        code=names.code(rng), team=team, region_code=team.region_code, domain="D3", conditions=CONDITIONS,
        safeguards=SAFEGUARDS, how_to_join=say("planning.how_to_join"), agreement=True, walk_in=False,
        contact=f"{leader.name} {LANDLINE}{100 + leader.number}", state="published", starts_at=starts,
        ends_at=starts + timedelta(hours=3), local_day=local_day(starts).isoformat(), signup_opens_at=at - DAY,
        signup_closes_at=starts, hours_rule=RuleSet.get(RuleSet.kind == "hours", RuleSet.region_code == "").id,
        created_by=leader.id, created_at=at - 2 * DAY, published_at=at - DAY, **fields,
    )  # fmt: skip


def _shift(rng: Random, activity: Activity, name: str, quota: int, **conditions: Any) -> Shift:
    position = Position.create(activity=activity, name=name, quota=quota, conditions=conditions)
    return Shift.create(
        code=names.code(rng), activity=activity, position=position, starts_at=activity.starts_at, quota=quota,
        ends_at=activity.ends_at, planned_ends_at=activity.ends_at, code_key=f"{rng.getrandbits(128):032x}",
    )  # fmt: skip


def _signup(shift: Shift, activity: Activity, person: Person, state: str, at: datetime, **more: Any) -> None:
    Signup.create(
        shift=shift, activity=activity, volunteer=person.id, state=state, created_at=at, updated_at=at,
        **{"channel": "h5", "risk_version": risk_version(activity.risk_notice), **more},
    )  # fmt: skip


def _training(rng: Random, everybody: list[Person], team: Team, at: datetime) -> None:
    """On the water, for adults: who drives the boat has a paper for it."""
    activity = _activity(
        rng, team, people.leader_of(everybody, "rescue"), 8, at, title="冲锋舟水上救援训练", sub_domain="other",
        place="城西湖码头", content="冲锋舟驾驶、抛绳、落水救援，两人一组轮换。",
        risk_notice="下水训练，必须穿救生衣，听教官口令；身体不适马上停。", dangerous=True, approval="approved",
    )  # fmt: skip
    _shift(rng, activity, "驾舟员", 4, skills=["boat"], qualifications=["boat"], age_from=18, age_to=60)
    _shift(rng, activity, "岸上保障员", 6, age_from=18)


def _chosen(rng: Random, everybody: list[Person], team: Team, invited: Person, at: datetime) -> None:
    """The leader chooses: two wait for his word, one has his invitation."""
    leader = people.leader_of(everybody, "donghu")
    activity = _activity(
        rng, team, leader, 6, at, title="陪高龄老兵体检", sub_domain="care", place="县人民医院门诊楼前",
        joining="approval", content="一人陪一位老兵，挂号、排队、取报告。",
        risk_notice="扶好老人，过马路走斑马线；有事马上叫护士。",
    )  # fmt: skip
    shift = _shift(rng, activity, "陪护员", 4)
    _shift(rng, activity, "引导员", 2, trainings=["急救"])
    phones = range(1, people.FIRST_WITHOUT)
    members = [each for each in everybody if each.home == "donghu" and each.state == "active"]
    for place, person in enumerate([each for each in members if each.number not in phones][:2]):
        _signup(shift, activity, person, "pending", at - timedelta(hours=9 - 2 * place))
    _signup(
        shift, activity, invited, "offered", at - timedelta(hours=1), risk_version="", channel="invitation",
        invited_by=leader.id, offered_at=at - timedelta(hours=1), offer_until=at + 2 * DAY,
    )  # fmt: skip
    Shift.update(taken=1).where(Shift.id == shift.id).execute()


def _grandson(
    rng: Random, everybody: list[Person], team: Team, grandfather: Person, vault: Vault, mp_appid: str, oa_appid: str,
    at: datetime,
) -> None:  # fmt: skip
    """Fifteen years old: he may come along once his grandfather's word is checked."""
    person = people.grandson(rng, everybody, of=grandfather, years=YEARS, at=at)
    people.settle([person], vault=vault, mp_appid=mp_appid, oa_appid=oa_appid, at=at)
    TeamMember.create(team=team, volunteer=person.id, home=True, from_at=person.joined)
    sealed, key = vault.seal(grandfather.phone, f"guardian_consent.phone:{person.public_no}")
    until = grown_up_on(person.born.isoformat()) - DAY
    GuardianConsent.create(
        volunteer=person.id, guardian_name=grandfather.name, relation="grandparent", phone_sealed=sealed,
        phone_key=key, state="stated", until_on=until.isoformat(), created_at=at - timedelta(hours=5),
    )  # fmt: skip

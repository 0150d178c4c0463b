"""For whom a broadcast is: in one's own scope alone, narrowed as chosen, counted by way, with examples."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import local_day
from models import (
    Activity,
    Broadcast,
    Delivery,
    MessageChoice,
    Notice,
    PushDay,
    RoleGrant,
    ServiceRecord,
    Shift,
    Skill,
    SubscriptionCredit,
    Team,
    VolunteerSkill,
    store,
)
from services.errors import Refusal, RefusalCode
from services.messaging import broadcasts, outbox
from services.messaging.broadcasts import Choice, approvals, sending
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import (
    COUNTY,
    OTHER_TOWN,
    TOWN,
    VILLAGE2,
    grant,
    join,
    make_activity,
    make_identity,
    make_team,
    make_volunteer,
    sign_up,
)


def draft(cast: Any, at: datetime, choice: Choice, sender: Any = None, **more: Any) -> broadcasts.Draft:
    actor = cast.actor(sender or cast.officer, "console")
    return broadcasts.draft(actor=actor, choice=choice, text="明早七点集合", at=at, **more)


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return str(no.value.code.value)


def people(cast: Any, at: datetime, drafted: broadcasts.Draft, sender: Any = None) -> list[str]:
    """Names in the outbox once the sender said yes and, where needed, somebody agreed."""
    actor = cast.actor(sender or cast.officer, "console")
    store.write(Broadcast.update(as_told=True).where(Broadcast.notice == drafted.notice_id).execute)
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    rows = Delivery.select().where(Delivery.notice == drafted.notice_id)
    return sorted(row.volunteer.name for row in rows)


@pytest.fixture
def wide(cast: Any, at: datetime) -> Any:
    """A second team in another township, with a leader and a member who is also in the first team."""

    def make() -> Any:
        team = make_team(
            at, cast.centre, "河口镇退役军人“红耀江淮”志愿服务队", OTHER_TOWN, short_name="河口队"
        )
        leader, both, kin = (make_volunteer(at, name) for name in ("钱队长", "周两队", "吴家属"))
        join(at, team, leader)
        join(at, team, both)
        join(at, cast.team, both, home=False)
        join(at, team, kin)
        type(kin).update(identity="family").where(type(kin).id == kin.id).execute()
        grant(at, leader, "team_leader", team=team)
        return team

    return store.write(make)


def test_county_reaches_every_member_once(cast: Any, wide: Any, at: datetime) -> None:
    drafted = draft(cast, at, Choice("area", COUNTY))
    assert (drafted.recipients, drafted.audience, drafted.needs_consent) == (5, "霍邱县的全体队员", True)
    assert people(cast, at, drafted) == ["吴家属", "周两队", "李阿丽", "王小博", "钱队长"]


def test_township_reaches_its_own_alone(cast: Any, wide: Any, at: datetime) -> None:
    drafted = draft(cast, at, Choice("area", OTHER_TOWN))
    assert people(cast, at, drafted) == ["吴家属", "周两队", "钱队长"]


def test_leaders_alone(cast: Any, wide: Any, at: datetime) -> None:
    drafted = draft(cast, at, Choice("area", COUNTY, who="leaders"))
    assert people(cast, at, drafted) == ["李阿丽", "钱队长"]


def test_leader_whose_post_ended_is_no_leader(cast: Any, wide: Any, at: datetime) -> None:
    store.write(RoleGrant.update(until=at).where(RoleGrant.team_id == wide.id).execute)
    assert draft(cast, at, Choice("area", COUNTY, who="leaders")).recipients == 1


def test_officers_of_the_next_level_alone(cast: Any, at: datetime) -> None:
    def make() -> None:
        for name, code in (("镇站长", TOWN), ("村站长", VILLAGE2), ("外镇站长", OTHER_TOWN)):
            grant(at, make_volunteer(at, name), "station_officer", region=code)

    store.write(make)
    drafted = draft(cast, at, Choice("area", COUNTY, who="officers"))
    assert people(cast, at, drafted) == ["外镇站长", "镇站长"]


def test_identity_narrows(cast: Any, wide: Any, at: datetime) -> None:
    drafted = draft(cast, at, Choice("area", COUNTY, identity="family"))
    assert (drafted.audience, people(cast, at, drafted)) == ("霍邱县的全体队员（只发军属）", ["吴家属"])


def test_skill_narrows(cast: Any, at: datetime) -> None:
    skill = Skill.select().first()
    store.write(lambda: VolunteerSkill.create(volunteer=cast.xiaobo, skill=skill, at=at))
    drafted = draft(cast, at, Choice("team", cast.team.code, skill=skill.code), cast.ali)
    assert people(cast, at, drafted, cast.ali) == ["王小博"]
    assert drafted.audience == f"东湖服务队的队员（只发会“{skill.name}”的）"


def test_shift_reaches_its_confirmed_people(cast: Any, at: datetime) -> None:
    store.write(
        lambda: (sign_up(at, cast.shift, cast.xiaobo), sign_up(at, cast.shift, cast.chali, state="pending"))
    )
    drafted = draft(cast, at, Choice("shift", cast.shift.code), cast.ali)
    assert people(cast, at, drafted, cast.ali) == ["王小博"]


def test_those_who_have_not_arrived(cast: Any, at: datetime) -> None:
    def make() -> None:
        for person in (cast.xiaobo, cast.chali):
            sign_up(at, cast.shift, person)
        sign_up(at, cast.shift, cast.officer, outcome="excused")
        start = cast.shift.starts_at
        ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, minutes=0,
            region_code=cast.team.region_code, local_day="2026-06-10", rule_set=cast.hours_rule, in_at=start,
            created_at=start, updated_at=start,
        )  # fmt: skip

    store.write(make)
    drafted = draft(cast, at, Choice("shift", cast.shift.code, who="absent"), cast.ali)
    assert people(cast, at, drafted, cast.ali) == ["赵查理"]


def test_examples_are_masked_and_ways_are_counted(cast: Any, at: datetime) -> None:
    store.write(lambda: join(at, cast.team, make_volunteer(at, "马没号")))
    drafted = draft(cast, at, Choice("team", cast.team.code), cast.ali)
    assert (drafted.reach, drafted.examples) == (
        {"sub": 0, "tpl": 1, "cs": 0, "evening": 0, "off": 0, "inbox": 1},
        ("王*博", "马*号"),
    )


def test_preview_counts_by_way_what_is_sent_later(cast: Any, at: datetime) -> None:
    """Whoever turned the group off, had the day's two, wants fewer, or refused templates in WeChat counts as he is."""

    def make() -> None:
        day = local_day(at).isoformat()
        people = {name: make_volunteer(at, name) for name in ("关了", "收过两条", "少发", "拒了", "有订阅", "没微信")}
        for name, person in people.items():
            join(at, cast.team, person)
            if name != "没微信":
                account = make_identity(at, person)
            if name == "拒了":
                SubscriptionCredit.create(identity=account, template="notice", remaining=0, updated_at=at)
        mini = make_identity(at, people["有订阅"], "mp")
        SubscriptionCredit.create(identity=mini, template="sub_notice", remaining=1, updated_at=at)
        MessageChoice.create(volunteer=people["关了"], off=",team,", changed_at=at)
        MessageChoice.create(volunteer=people["少发"], fewer=True, changed_at=at)
        PushDay.create(volunteer=people["收过两条"], day=day, pushed=2)

    store.write(make)
    actor, parts = cast.actor(cast.ali), make_parts(FakeGateway())
    drafted = draft(cast, at, Choice("team", cast.team.code), cast.ali)
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    outbox.deliver_due(parts=parts, owner="w", at=at, limit=50)
    came: dict[str, int] = dict.fromkeys(("sub", "tpl", "cs", "evening", "inbox"), 0)
    for row in Delivery.select():
        came["evening" if row.held_until else row.channel or row.state] += 1
    foreseen = dict(drafted.reach)
    assert foreseen.pop("off") == 1
    assert foreseen | {"inbox": foreseen["inbox"] + 1} == came
    assert came == {"sub": 1, "tpl": 1, "cs": 0, "evening": 2, "inbox": 3}
    far = broadcasts.progress(actor=actor, notice_id=drafted.notice_id, at=at)
    assert (far.total, far.sent, far.evening, far.unreached) == (7, 2, 2, 3)
    urgent = draft(cast, at, Choice("area", cast.team.region_code), urgent=True, why="破堤")
    assert (urgent.reach["evening"], urgent.reach["off"], urgent.pushed_from) == (0, 0, None)


def test_preview_in_the_night_says_when_the_telephones_ring(cast: Any, at: datetime) -> None:
    night = at.replace(hour=14)  # ten in the evening in Shanghai
    drafted = draft(cast, night, Choice("team", cast.team.code), cast.ali)
    assert drafted.pushed_from == night + timedelta(hours=9, minutes=30)
    assert draft(cast, at, Choice("team", cast.team.code), cast.ali).pushed_from is None


@pytest.mark.parametrize("who", ["ali", "xiaobo", "chali"])
def test_whole_county_is_for_those_who_manage_it(cast: Any, at: datetime, who: str) -> None:
    assert refused(lambda: draft(cast, at, Choice("area", COUNTY), getattr(cast, who))) == "not_found"


def test_leader_reaches_nobody_of_another_teams_activity_or_shift(cast: Any, at: datetime) -> None:
    def make() -> Any:
        made = make_activity(at, cast.other_team)
        sign_up(at, made[1], cast.xiaobo)
        return made

    activity, shift = store.write(make)
    for choice in (
        Choice("activity", activity.code), Choice("shift", shift.code), Choice("shift", shift.code, who="absent"),
    ):  # fmt: skip
        assert refused(lambda choice=choice: draft(cast, at, choice, cast.ali)) == "not_found"


def test_right_that_ended_between_preview_and_yes_sends_nothing(cast: Any, at: datetime) -> None:
    drafted = draft(cast, at, Choice("team", cast.team.code), cast.ali)
    store.write(RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.ali).execute)
    actor = cast.actor(cast.ali)
    assert refused(lambda: broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)) == "not_allowed"
    assert Delivery.select().count() == 0


def test_leader_reaches_no_other_team(cast: Any, at: datetime) -> None:
    assert refused(lambda: draft(cast, at, Choice("team", cast.other_team.code), cast.ali)) == "not_found"


def test_station_reaches_nobody_above_it(cast: Any, at: datetime) -> None:
    station = store.write(lambda: grant(at, make_volunteer(at), "station_officer", region=TOWN).volunteer)
    assert refused(lambda: draft(cast, at, Choice("area", COUNTY), station)) in ("not_found", "not_allowed")
    assert draft(cast, at, Choice("area", TOWN), station).recipients == 2


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (Choice("everybody", ""), "bad_request"), (Choice("team", "x", who="absent"), "bad_request"),
        (Choice("area", COUNTY, identity="admiral"), "bad_request"), (Choice("area", "999999"), "not_found"),
        (Choice("shift", "nowhere"), "not_found"), (Choice("activity", "nothing"), "not_found"),
        (Choice("area", COUNTY, skill="flying"), "not_found"),
    ],
)  # fmt: skip
def test_choice_that_is_none(cast: Any, at: datetime, choice: Choice, code: str) -> None:
    assert refused(lambda: draft(cast, at, choice)) == code


def test_word_of_our_own_list_is_named(cast: Any, at: datetime) -> None:
    actor = cast.actor(cast.ali)
    with pytest.raises(Refusal) as no:
        broadcasts.draft(
            actor=actor, choice=Choice("team", cast.team.code), text="稳 赚-不赔，速来", at=at
        )
    assert (no.value.code, no.value.facts) == (RefusalCode.WORD_REFUSED, {"word": "稳赚不赔"})
    assert Notice.select().count() == 0


def test_word_that_may_be_meant_well_waits_for_somebody_else(cast: Any, at: datetime) -> None:
    """A team that warns of swindlers names what they do."""
    actor, choice = cast.actor(cast.ali), Choice("team", cast.team.code)
    drafted = broadcasts.draft(actor=actor, choice=choice, text="周六到集市宣传：谨防刷 单", at=at)
    assert (drafted.needs_consent, drafted.word) == (True, "刷单")
    assert broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at).state == "waiting"
    told = Delivery.get()
    assert (told.kind, told.volunteer_id) == ("broadcast_waiting", cast.officer.id)
    approvals.agree(actor=cast.actor(cast.officer, "console"), notice_id=drafted.notice_id, at=at)
    assert sending.work(parts=make_parts(FakeGateway()), at=at) == 1


def test_urgent_wants_a_reason_and_for_a_leader_an_emergency(cast: Any, at: datetime) -> None:
    choice = Choice("team", cast.team.code)
    assert refused(lambda: draft(cast, at, choice, cast.ali, urgent=True)) == "reason_required"
    assert refused(lambda: draft(cast, at, choice, cast.ali, urgent=True, why="破堤")) == "not_urgent"
    store.write(Activity.update(emergency=True).where(Activity.id == cast.activity.id).execute)
    soon = Shift.get_by_id(cast.shift.id).starts_at - timedelta(hours=2)
    drafted = draft(cast, soon, choice, cast.ali, urgent=True, why="破堤")
    broadcasts.confirm(actor=cast.actor(cast.ali, "console"), notice_id=drafted.notice_id, at=soon)
    row = Delivery.get()
    assert (row.kind, row.priority, row.title) == ("emergency", 1, "东湖服务队紧急通知")


def test_officer_says_himself_what_is_urgent_and_waits_for_nobody(cast: Any, at: datetime) -> None:
    drafted = draft(cast, at, Choice("area", COUNTY), urgent=True, why="启动防汛二级响应")
    assert drafted.needs_consent is False
    done = broadcasts.confirm(actor=cast.actor(cast.officer, "console"), notice_id=drafted.notice_id, at=at)
    assert (done.state, done.count, Delivery.select().count()) == ("sent", 2, 2)


def test_team_that_was_dissolved_has_no_members_in_the_county(cast: Any, wide: Any, at: datetime) -> None:
    store.write(Team.update(state="dissolved").where(Team.id == wide.id).execute)
    assert people(cast, at, draft(cast, at, Choice("area", COUNTY))) == ["周两队", "李阿丽", "王小博"]

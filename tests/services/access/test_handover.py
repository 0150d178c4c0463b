"""Handing a post over in one act, with its seats and open tasks; standing in for its holder for some days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI
from models import Application, Centre, Delivery, Handover, ImportBatch, RoleGrant, Team, store
from services import decisions, permissions
from services.access import handover
from services.errors import Refusal, RefusalCode
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, World


def holds(person: int, at: datetime) -> list[tuple[str, str | None, int | None]]:
    return [
        (g.role.value, g.region_code, g.team_id) for g in permissions.roles_of(volunteer_id=person, at=at)
    ]


def refused(act: Any, **facts: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(**facts)
    return no.value.code


def leader_grant(cast: World) -> RoleGrant:
    return RoleGrant.get(RoleGrant.volunteer == cast.ali, RoleGrant.role == "team_leader")


def hand(cast: World, at: datetime, **more: Any) -> int:
    facts = {
        "actor": cast.actor(cast.officer), "grant_id": leader_grant(cast).id, "to_public_no": cast.xiaobo.public_no,
        "reason": "换届",
    } | more  # fmt: skip
    return handover.hand_over(at=at, **facts)


def test_post_changes_hands_in_one_act(cast: World, at: datetime) -> None:
    hand(cast, at)
    assert holds(cast.ali.id, at) == []
    assert holds(cast.xiaobo.id, at) == [("team_leader", None, cast.team.id)]
    assert Team.get_by_id(cast.team.id).leader_id == cast.xiaobo.id
    kept = Handover.get()
    assert (kept.from_id, kept.to_id, kept.post, kept.reason) == (
        cast.ali.id, cast.xiaobo.id, "team_leader", "换届",
    )  # fmt: skip


def test_deputy_of_the_old_holder_ends_with_him(cast: World, at: datetime) -> None:
    store.write(
        lambda: permissions.grant(
            actor=cast.actor(cast.officer), volunteer_id=cast.chali.id, role=permissions.Role.TEAM_LEADER,
            team_id=cast.team.id, reason="住院", at=at, until=at + timedelta(days=9), acting_for=cast.ali.id,
        )
    )  # fmt: skip
    hand(cast, at)
    assert holds(cast.chali.id, at) == []


def test_post_is_not_handed_to_its_holder(cast: World, at: datetime) -> None:
    assert refused(hand, cast=cast, at=at, to_public_no=cast.ali.public_no) is RefusalCode.ALREADY_HOLDS


def test_post_is_not_handed_over_without_a_reason(cast: World, at: datetime) -> None:
    assert refused(hand, cast=cast, at=at, reason=" ") is RefusalCode.REASON_REQUIRED
    assert holds(cast.ali.id, at) == [("team_leader", None, cast.team.id)]


@pytest.mark.parametrize("more", [{"to_public_no": "nobody"}, {"grant_id": 999_999}])
def test_unknown_post_or_person_is_not_found(cast: World, at: datetime, more: dict[str, Any]) -> None:
    assert refused(hand, cast=cast, at=at, **more) is RefusalCode.NOT_FOUND


def test_stranger_hands_nothing_over(cast: World, at: datetime) -> None:
    assert refused(hand, cast=cast, at=at, actor=cast.actor(cast.chali)) is RefusalCode.NOT_FOUND
    assert Handover.select().count() == 0


@pytest.mark.parametrize(("role", "column"), [("director", "director_id"), ("liaison", "liaison_id")])
def test_post_at_a_centre_changes_hands_with_its_page(
    cast: World, at: datetime, role: str, column: str
) -> None:
    made = permissions.grant(
        actor=cast.actor(cast.officer), volunteer_id=cast.ali.id, role=permissions.Role(role), region_code=COUNTY,
        reason="任命", at=at,
    )  # fmt: skip
    hand(cast, at, grant_id=made)
    assert (role, COUNTY, None) in holds(cast.xiaobo.id, at)
    assert (role, COUNTY, None) not in holds(cast.ali.id, at)
    assert getattr(Centre.get(Centre.region_code == COUNTY), column) == cast.xiaobo.id


def director(cast: World, at: datetime) -> RoleGrant:
    """`ali`, who leads the team of the county's centre, is the centre's director, too."""
    return RoleGrant.get_by_id(
        permissions.grant(
            actor=cast.actor(cast.officer), volunteer_id=cast.ali.id, role=permissions.Role.DIRECTOR,
            region_code=COUNTY, reason="任命", at=at,
        )
    )  # fmt: skip


def told(person: Any, kind: str) -> list[str]:
    return [row.body for row in Delivery.select().where(Delivery.volunteer == person, Delivery.kind == kind)]


def test_seats_in_the_teams_of_a_centre_go_over_with_its_post(cast: World, at: datetime) -> None:
    post = director(cast, at)
    assert [each.team for each in handover.seats(grant_id=post.id)] == [cast.team.name]
    hand(cast, at, grant_id=post.id)
    assert (holds(cast.ali.id, at), Team.get_by_id(cast.team.id).leader_id) == ([], cast.xiaobo.id)
    assert holds(cast.xiaobo.id, at) == [("team_leader", None, cast.team.id), ("director", COUNTY, None)]
    [[before, after]] = Handover.get().moved["seats"]
    assert (RoleGrant.get_by_id(before).until, RoleGrant.get_by_id(after).volunteer_id) == (at, cast.xiaobo.id)


def test_seat_that_is_not_chosen_stays(cast: World, at: datetime) -> None:
    hand(cast, at, grant_id=director(cast, at).id, with_seats=())
    assert holds(cast.ali.id, at) == [("team_leader", None, cast.team.id)]


def test_seat_in_a_team_of_another_centre_stays(cast: World, at: datetime) -> None:
    def act() -> None:
        station = Centre.create(region_code=TOWN, kind="station", name="城关镇服务站", created_at=at)
        Team.update(centre=station).where(Team.id == cast.team.id).execute()

    store.write(act)
    hand(cast, at, grant_id=director(cast, at).id)
    assert holds(cast.ali.id, at) == [("team_leader", None, cast.team.id)]


def test_director_hands_his_own_post_over_with_its_seats(cast: World, at: datetime) -> None:
    hand(cast, at, grant_id=director(cast, at).id, actor=cast.actor(cast.ali))
    assert (holds(cast.ali.id, at), len(holds(cast.xiaobo.id, at))) == ([], 2)


def test_what_waits_is_told_to_the_new_holder_and_the_end_to_the_old_one(cast: World, at: datetime) -> None:
    def waits() -> None:
        Application.create(
            code="a1", route="self", state="submitted", team=cast.team, volunteer=cast.chali, created_at=at
        )

    store.write(waits)
    post = director(cast, at)
    assert handover.tasks(grant_id=post.id) == [("applications", 1)]
    hand(cast, at, grant_id=post.id)
    assert told(cast.xiaobo, "post_taken") == [
        "您现在是六安市霍邱县的主任（站长）。等您办的有：入队申请 1 件。"
        "在公众号里发“工作台”，点开就能办；用电脑的，用微信扫码登录。"
    ]
    assert told(cast.ali, "post_given") == [
        "六安市霍邱县的主任（站长）已由王小博接任，您在这个岗位上的权限已经结束。谢谢您！"
    ]


def test_file_that_was_begun_is_the_new_holders(cast: World, at: datetime) -> None:
    def begins(code: str, state: str, region: str) -> ImportBatch:
        return ImportBatch.create(
            code=code, kind="people", region_code=region, file_name="x", file_hash=code, state=state, actor=cast.ali,
            created_at=at,
        )  # fmt: skip

    store.write(
        lambda: [begins("b1", "checked", TOWN), begins("b2", "applied", TOWN), begins("b3", "checked", "3416")]
    )
    hand(cast, at, grant_id=director(cast, at).id)
    owners = {row.code: row.actor_id for row in ImportBatch.select()}
    assert owners == {"b1": cast.xiaobo.id, "b2": cast.ali.id, "b3": cast.ali.id}


FIRST, LAST = date(2026, 6, 15), date(2026, 6, 20)


def stand(cast: World, at: datetime, **more: Any) -> int:
    facts = {
        "actor": cast.actor(cast.officer), "grant_id": leader_grant(cast).id, "to_public_no": cast.xiaobo.public_no,
        "since": FIRST, "until": LAST, "reason": "住院",
    } | more  # fmt: skip
    return handover.stand_in(at=at, **facts)


def moment(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def test_stand_in_has_the_right_from_the_first_day_to_the_last(cast: World, at: datetime) -> None:
    stand(cast, at)
    mine = ("deputy", None, cast.team.id)
    times = [at, moment(FIRST, 1), moment(LAST, 23), moment(LAST + timedelta(days=1), 0)]
    assert [mine in holds(cast.xiaobo.id, each) for each in times] == [False, True, True, False]
    assert (holds(cast.ali.id, at), Team.get_by_id(cast.team.id).leader_id) == (
        [("team_leader", None, cast.team.id)],
        None,
    )
    assert told(cast.xiaobo, "stand_in") == [
        f"6月15日到6月20日，请您替李阿丽代班：{cast.team.name}的队长。到时打开工作台就能办事，期满自动结束。"
    ]


def test_stand_in_of_a_director_decides_nothing_of_his(cast: World, at: datetime) -> None:
    stand(cast, at, grant_id=director(cast, at).id, since=None)
    stands = cast.actor(cast.xiaobo)
    assert holds(cast.xiaobo.id, at) == [("director", COUNTY, None)]
    facts = {"actor": stands, "region_code": OTHER_TOWN, "at": at}
    assert decisions.may_decide(parties=[cast.chali.id], **facts)
    assert not decisions.may_decide(parties=[cast.ali.id], **facts)


def test_leader_names_his_own_stand_in_as_deputy(cast: World, at: datetime) -> None:
    stand(cast, at, actor=cast.actor(cast.ali), since=None)
    assert holds(cast.xiaobo.id, at) == [("deputy", None, cast.team.id)]


def test_stand_in_of_a_leader_ends_with_the_handing_over(cast: World, at: datetime) -> None:
    stand(cast, at, to_public_no=cast.chali.public_no)
    hand(cast, at)
    assert holds(cast.chali.id, moment(FIRST, 9)) == []


def test_same_days_twice_are_one_right(cast: World, at: datetime) -> None:
    assert stand(cast, at) == stand(cast, at)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": None}, "until"),
        ({"until": date(2026, 6, 1)}, "until"),
        ({"since": date(2026, 6, 1)}, "since"),
        ({"since": date(2026, 6, 21)}, "since"),
    ],
)
def test_days_that_cannot_be_are_refused(cast: World, at: datetime, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as no:
        stand(cast, at, **more)
    assert (no.value.code, no.value.facts["field"]) == (RefusalCode.BAD_REQUEST, field)


def test_who_may_not_appoint_names_no_stand_in(cast: World, at: datetime) -> None:
    assert refused(stand, cast=cast, at=at, actor=cast.actor(cast.chali)) is RefusalCode.NOT_FOUND
    assert refused(stand, cast=cast, at=at, to_public_no=cast.ali.public_no) is RefusalCode.ALREADY_HOLDS
    assert refused(stand, cast=cast, at=at, reason=" ") is RefusalCode.REASON_REQUIRED

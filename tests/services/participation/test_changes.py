"""Who signed up or waits is told what was and what is now, and says that he has read it (U13)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import ActivityChange, ChangeAck, Delivery, Shift, Signup, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.participation import activities, changes
from tests.support.world import World, sign_up

HOUR = timedelta(hours=1)


@pytest.fixture
def moved(cast: World, at: datetime) -> str:
    """小博 is in, 查理 waits for a place; then it moves by an hour and to another place."""

    def make() -> None:
        sign_up(at, cast.shift, cast.xiaobo)
        sign_up(at, cast.shift, cast.chali, state="waitlisted")
        Shift.update(taken=1).execute()

    store.write(make)
    wanted = {
        "starts_at": cast.activity.starts_at + HOUR, "ends_at": cast.activity.ends_at + HOUR, "place": "东湖公园",
    }  # fmt: skip
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes=wanted, at=at)
    return str(cast.activity.code)


def open_for(cast: World, person: Volunteer) -> list[int]:
    found = changes.unread(activity_id=cast.activity.id, volunteer_id=person.id)
    return [each.version for each in found]


def test_move_is_kept_with_old_and_new_and_told_to_all_who_stand_on_a_list(
    cast: World, at: datetime, moved: str
) -> None:
    one = ActivityChange.get()
    assert (one.version, one.changes["place"]) == (2, ["淮河大堤", "东湖公园"])
    start = cast.activity.starts_at
    assert one.changes["starts_at"] == [start.isoformat(), (start + HOUR).isoformat()]
    told = Delivery.select().where(Delivery.kind == "activity_changed").order_by(Delivery.volunteer_id)
    assert [each.volunteer_id for each in told] == [cast.xiaobo.id, cast.chali.id]
    assert "地点由“淮河大堤”改为“东湖公园”" in told[0].body


def test_reworded_activity_moves_nobody(cast: World, at: datetime) -> None:
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"content": "捡垃圾"}, at=at)
    assert ActivityChange.select().count() == 0


def test_person_reads_it_once_and_the_leader_sees_who_has_not(cast: World, at: datetime, moved: str) -> None:
    assert open_for(cast, cast.xiaobo) == [2]
    leader = cast.actor(cast.ali)
    before = changes.reading(actor=leader, code=moved, at=at)
    assert before is not None
    assert (before.told, before.read, [name for _, name in before.open]) == (2, 0, ["王小博", "赵查理"])
    xiaobo = cast.actor(cast.xiaobo)
    assert [changes.acknowledge(actor=xiaobo, code=moved, at=at) for _ in range(2)] == [1, 0]
    after = changes.reading(actor=leader, code=moved, at=at)
    assert after is not None
    assert (after.read, [name for _, name in after.open]) == (1, ["赵查理"])
    assert (open_for(cast, cast.xiaobo), open_for(cast, cast.chali)) == ([], [2])
    assert [(ack.volunteer_id, ack.at) for ack in ChangeAck.select()] == [(cast.xiaobo.id, at)]


def test_second_move_is_to_be_read_anew(cast: World, at: datetime, moved: str) -> None:
    changes.acknowledge(actor=cast.actor(cast.xiaobo), code=moved, at=at)
    activities.edit(actor=cast.actor(cast.ali), code=moved, changes={"place": "西湖公园"}, at=at)
    assert open_for(cast, cast.xiaobo) == [3]


def test_who_moved_it_himself_has_read_it(cast: World, at: datetime) -> None:
    store.write(lambda: [sign_up(at, cast.shift, person) for person in (cast.ali, cast.xiaobo)])
    leader = cast.actor(cast.ali)
    activities.edit(actor=leader, code=cast.activity.code, changes={"place": "五号闸"}, at=at)
    found = changes.reading(actor=leader, code=cast.activity.code, at=at)
    assert found is not None
    assert (found.told, [name for _, name in found.open]) == (2, ["王小博"])


def test_chat_acknowledges_everything_at_once(cast: World, at: datetime, moved: str) -> None:
    chali = cast.actor(cast.chali, "bot")
    assert changes.acknowledge_all(actor=chali, at=at) == [cast.activity.title]
    assert changes.acknowledge_all(actor=chali, at=at) == []


def test_who_stands_on_no_list_has_nothing_to_acknowledge(cast: World, at: datetime, moved: str) -> None:
    store.write(lambda: Signup.update(state="cancelled").where(Signup.volunteer == cast.xiaobo).execute())
    for code, expected in ((moved, RefusalCode.NOT_SIGNED_UP), ("nothing", RefusalCode.NOT_FOUND)):
        with pytest.raises(Refusal) as no:
            changes.acknowledge(actor=cast.actor(cast.xiaobo), code=code, at=at)
        assert no.value.code is expected
    assert open_for(cast, cast.xiaobo) == []


def test_nothing_to_read_where_nothing_moved(cast: World, at: datetime) -> None:
    assert changes.reading(actor=cast.actor(cast.ali), code=cast.activity.code, at=at) is None
    with pytest.raises(Refusal) as no:
        changes.reading(actor=cast.actor(cast.chali), code=cast.activity.code, at=at)
    assert no.value.code is RefusalCode.NOT_FOUND

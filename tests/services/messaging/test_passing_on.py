"""A notice goes down level by level, and whoever began sees how far it has come (S77)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Broadcast, Delivery, Notice, store
from services.errors import Refusal
from services.messaging import broadcasts, outbox
from services.messaging.broadcasts import Choice, approvals, lists, passing, sending
from services.messaging.broadcasts.passing import Passed
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, COUNTY, OTHER_TOWN, TOWN, grant, join, make_volunteer

WORDS = "六安市退役军人服务中心：今年汛期提前，请各站排好值班。"


@pytest.fixture
def offices(cast: Any, at: datetime) -> dict[str, Any]:
    """The city's director and deputy, and the officers of two townships under the county."""

    def make() -> dict[str, Any]:
        posts = {"city": CITY, "deputy": CITY, "town": TOWN, "other": OTHER_TOWN}
        return {
            name: grant(at, make_volunteer(at), "director", region=code).volunteer
            for name, code in posts.items()
        }

    return store.write(make)


def at_console(cast: Any, person: Any) -> Any:
    return cast.actor(person, "console")


def tell_county(cast: Any, offices: dict[str, Any], at: datetime, text: str = WORDS) -> int:
    """The city's notice to those who work in its counties, agreed to and in the outbox; its id."""
    drafted = broadcasts.draft(
        actor=at_console(cast, offices["city"]),
        choice=Choice("area", CITY, who="officers"),
        text=text,
        at=at,
    )
    broadcasts.confirm(actor=at_console(cast, offices["city"]), notice_id=drafted.notice_id, at=at)
    approvals.agree(actor=at_console(cast, offices["deputy"]), notice_id=drafted.notice_id, at=at)
    sending.work(parts=make_parts(FakeGateway()), at=at)
    return drafted.notice_id


def pass_on(cast: Any, notice_id: int, at: datetime, own: str = "", choice: Choice | None = None) -> int:
    """The county passes on what it got; the new notice's id."""
    chosen = choice or Choice("area", COUNTY, who="officers")
    drafted = passing.pass_on(
        actor=at_console(cast, cast.officer), notice_id=notice_id, choice=chosen, own_words=own, at=at
    )
    broadcasts.confirm(actor=at_console(cast, cast.officer), notice_id=drafted.notice_id, at=at)
    return drafted.notice_id


def test_first_level_alone_is_told(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    tell_county(cast, offices, at)
    told = Delivery.select().where(Delivery.kind == "broadcast")
    assert [row.volunteer_id for row in told] == [cast.officer.id]


def test_unchanged_words_go_on_without_anybodys_consent_and_say_whose_they_are(
    cast: Any, offices: dict[str, Any], at: datetime
) -> None:
    onward = pass_on(cast, tell_county(cast, offices, at), at)
    assert Broadcast.get(Broadcast.notice == onward).state == "sent"
    assert Notice.get_by_id(onward).text == f"【六安市】{WORDS}"
    rows = Delivery.select().where(Delivery.notice == onward)
    assert {row.volunteer_id for row in rows} == {offices["town"].id, offices["other"].id}


def test_own_words_before_it_wait_for_consent(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    onward = pass_on(cast, tell_county(cast, offices, at), at, own="请今天下班前回复。")
    assert Broadcast.get(Broadcast.notice == onward).state == "waiting"
    assert Notice.get_by_id(onward).text == f"请今天下班前回复。\n\n【六安市】{WORDS}"


def test_second_who_passes_it_on_leaves_the_origin_as_it_is(
    cast: Any, offices: dict[str, Any], at: datetime
) -> None:
    onward = pass_on(cast, tell_county(cast, offices, at), at)
    town = at_console(cast, offices["town"])
    drafted = passing.pass_on(actor=town, notice_id=onward, choice=Choice("area", TOWN), at=at)
    assert Notice.get_by_id(drafted.notice_id).text == f"【六安市】{WORDS}"


def test_brackets_of_the_first_writer_hide_no_origin(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    notice_id = tell_county(cast, offices, at, text="【通知】明天停电")
    assert Notice.get_by_id(pass_on(cast, notice_id, at)).text == "【六安市】【通知】明天停电"


def test_words_that_nobody_agreed_to_wait_when_they_go_beyond_a_team(
    cast: Any, offices: dict[str, Any], at: datetime
) -> None:
    """A leader's words reach an officer in his team; passing them on to the county is no way around consent."""
    store.write(lambda: join(at, cast.team, cast.officer))
    drafted = broadcasts.broadcast_draft(actor=cast.actor(cast.ali), team_code=cast.team.code, text="聚餐", at=at)
    broadcasts.confirm(actor=cast.actor(cast.ali), notice_id=drafted.notice_id, at=at)
    onward = pass_on(cast, drafted.notice_id, at, choice=Choice("area", COUNTY))
    assert Broadcast.get(Broadcast.notice == onward).state == "waiting"


def test_leader_passes_on_to_his_team_what_he_got(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    onward = pass_on(cast, tell_county(cast, offices, at), at, choice=Choice("area", COUNTY, who="leaders"))
    leader = at_console(cast, cast.ali)
    assert [line.id for line in lists.received(actor=leader, at=at)] == [onward]
    drafted = passing.pass_on(actor=leader, notice_id=onward, choice=Choice("team", cast.team.code), at=at)
    broadcasts.confirm(actor=leader, notice_id=drafted.notice_id, at=at)
    got = Delivery.get(Delivery.notice == drafted.notice_id)
    assert (got.volunteer_id, got.body) == (cast.xiaobo.id, f"【六安市】{WORDS}")


def test_urgent_words_go_on_as_urgent(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    city = at_console(cast, offices["city"])
    choice = Choice("area", CITY, who="officers")
    drafted = broadcasts.draft(actor=city, choice=choice, text=WORDS, at=at, urgent=True, why="破堤")
    broadcasts.confirm(actor=city, notice_id=drafted.notice_id, at=at)
    onward = pass_on(cast, drafted.notice_id, at, choice=Choice("area", COUNTY, who="leaders"))
    leader = at_console(cast, cast.ali)
    last = passing.pass_on(actor=leader, notice_id=onward, choice=Choice("team", cast.team.code), at=at)
    broadcasts.confirm(actor=leader, notice_id=last.notice_id, at=at)
    assert {row.priority for row in Delivery.select()} == {1}
    old = at + timedelta(days=2)
    late = passing.pass_on(actor=leader, notice_id=onward, choice=Choice("team", cast.team.code), at=old)
    assert Broadcast.get(Broadcast.notice == late.notice_id).urgent is False


def test_stop_at_the_top_stops_what_was_passed_on(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    notice_id = tell_county(cast, offices, at)
    onward = pass_on(cast, notice_id, at)
    assert broadcasts.stop(actor=at_console(cast, offices["city"]), notice_id=notice_id, at=at) == 3
    assert Broadcast.get(Broadcast.notice == onward).state == "stopped"


def test_nobody_passes_on_what_he_never_got(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    notice_id = tell_county(cast, offices, at)
    for person in (offices["town"], cast.ali):
        with pytest.raises(Refusal) as no:
            passing.pass_on(
                actor=at_console(cast, person), notice_id=notice_id, choice=Choice("area", TOWN), at=at
            )
        assert no.value.code.value == "not_found"


def test_received_notices_are_listed_for_whoever_may_pass_them_on(
    cast: Any, offices: dict[str, Any], at: datetime
) -> None:
    notice_id = tell_county(cast, offices, at)
    assert [line.id for line in lists.received(actor=at_console(cast, cast.officer), at=at)] == [notice_id]
    assert lists.received(actor=at_console(cast, offices["town"]), at=at) == []


def test_tree_tells_who_read_and_who_passed_on(cast: Any, offices: dict[str, Any], at: datetime) -> None:
    notice_id, soon = tell_county(cast, offices, at), at + timedelta(minutes=5)

    def tree() -> list[Passed]:
        return passing.tree(actor=at_console(cast, offices["city"]), notice_id=notice_id, at=soon)

    assert tree() == [Passed(COUNTY, "霍邱县", 1, 0, None, None, None, 0, 0)]
    got = Delivery.get(Delivery.volunteer == cast.officer)
    outbox.mark_read(actor=at_console(cast, cast.officer), ids=[got.id], at=soon)
    onward = pass_on(cast, notice_id, soon)
    town = Delivery.get(Delivery.volunteer == offices["town"])
    outbox.mark_read(actor=at_console(cast, offices["town"]), ids=[town.id], at=soon)
    assert tree() == [Passed(COUNTY, "霍邱县", 1, 1, soon, onward, soon, 2, 1)]


def test_tree_is_for_the_sender_and_those_who_look_at_his_division(
    cast: Any, offices: dict[str, Any], at: datetime
) -> None:
    notice_id = tell_county(cast, offices, at)
    with pytest.raises(Refusal) as no:
        passing.tree(actor=at_console(cast, offices["town"]), notice_id=notice_id, at=at)
    assert no.value.code.value == "not_found"
    assert len(passing.tree(actor=at_console(cast, offices["deputy"]), notice_id=notice_id, at=at)) == 1

"""A question to the liaison: who is told, who may answer, how the answer returns, what happens when nobody does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, Centre, Delivery, History, RoleGrant, Ticket, TicketLine, Volunteer, store
from services.actors import Actor
from services.conversation import ticket_views, tickets
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.messaging import outbox
from services.organisation import liaisons
from services.parts import Parts
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import COUNTY, TOWN, VILLAGE, World

C = RefusalCode


@pytest.fixture
def parts() -> Parts:
    return make_parts()


@pytest.fixture
def refused() -> Callable[..., RefusalCode]:
    def of(act: Any, *facts: Any, **more: Any) -> RefusalCode:
        with pytest.raises(Refusal) as found:
            act(*facts, **more)
        return found.value.code

    return of


@pytest.fixture
def helper(cast: World, at: datetime) -> Volunteer:
    """陈联络, liaison of 东湖服务队."""

    def act() -> Volunteer:
        person = world.make_volunteer(at, "陈联络")
        world.grant(at, person, "liaison", team=cast.team)
        return person

    return store.write(act)


def told(person: Any, kind: str = "") -> list[str]:
    rows = Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)
    return [each.kind for each in rows if not kind or each.kind == kind]


def ask(cast: World, at: datetime, text: str = "我的鞋丢了", person: Any = None) -> str:
    return tickets.ask(actor=cast.actor(person or cast.xiaobo), text=text, at=at)


def as_(person: Any) -> Actor:
    return Actor(door="console", volunteer_id=person.id)


def test_question_goes_to_the_liaison_of_the_team_alone(cast: World, helper: Volunteer, at: datetime) -> None:
    code = ask(cast, at)
    row = Ticket.get()
    assert (row.code, row.state, row.team_id, row.region_code) == (code, "open", cast.team.id, VILLAGE)
    assert row.due_at == datetime.fromisoformat("2026-06-16T00:00:00+08:00")  # three working days
    assert (told(helper), told(cast.ali), told(cast.officer)) == (["ticket_waiting"], [], [])


def test_without_a_liaison_in_the_team_the_nearest_above_is_asked(cast: World, at: datetime) -> None:
    def act() -> Volunteer:
        person = world.make_volunteer(at, "周联络")
        world.grant(at, person, "liaison", region=TOWN)
        world.grant(at, cast.ali, "liaison", region=COUNTY)
        return person

    near = store.write(act)
    ask(cast, at)
    assert (told(near), told(cast.ali)) == (["ticket_waiting"], [])


def test_where_nobody_is_liaison_the_centre_is_asked(cast: World, at: datetime) -> None:
    ask(cast, at)
    assert told(cast.officer) == ["ticket_waiting"]


def test_liaison_who_asks_does_not_ask_himself(cast: World, helper: Volunteer, at: datetime, refused: Any) -> None:
    store.write(lambda: world.join(at, cast.team, helper))
    code = tickets.ask(actor=as_(helper), text="我不会", at=at)
    assert (told(helper), told(cast.officer)) == ([], ["ticket_waiting"])
    assert refused(tickets.answer, actor=as_(helper), code=code, text="会了", at=at) is C.OWN_RECORD


def test_answer_returns_to_the_person(cast: World, helper: Volunteer, at: datetime) -> None:
    code = ask(cast, at)
    tickets.answer(actor=as_(helper), code=code, text="在村部，来拿", at=at + timedelta(hours=1))
    assert Ticket.get().state == "answered"
    item = Delivery.get(Delivery.volunteer == cast.xiaobo)
    assert (item.kind, item.title, item.body, item.url) == (
        "ticket_answered", "联络员答复您了", "在村部，来拿", f"/m/questions/{code}",
    )  # fmt: skip
    shown = ticket_views.my_question(actor=cast.actor(cast.xiaobo), code=code, at=at)
    assert [(each.who, each.text) for each in shown.said] == [("", "我的鞋丢了"), ("陈联络", "在村部，来拿")]


def test_leader_and_officer_may_answer_too(cast: World, helper: Volunteer, at: datetime) -> None:
    for person in (cast.ali, cast.officer):
        code = ask(cast, at, text=f"问{person.name}")
        tickets.answer(actor=as_(person), code=code, text="好", at=at)
        assert Ticket.get(Ticket.code == code).state == "answered"


def test_stranger_to_the_team_sees_and_answers_nothing(
    cast: World, helper: Volunteer, at: datetime, refused: Any
) -> None:
    code = ask(cast, at)
    assert refused(tickets.answer, actor=as_(cast.chali), code=code, text="好", at=at) is C.NOT_FOUND
    assert refused(ticket_views.one, actor=as_(cast.chali), code=code, at=at) is C.NOT_ALLOWED
    assert refused(ticket_views.my_question, actor=as_(cast.chali), code=code, at=at) is C.NOT_FOUND
    assert refused(tickets.go_on, actor=as_(cast.chali), code=code, text="好", at=at) is C.NOT_FOUND
    assert refused(tickets.settle, actor=as_(cast.chali), code=code, at=at) is C.NOT_FOUND


def test_leader_of_another_team_does_not_see_it(cast: World, helper: Volunteer, at: datetime, refused: Any) -> None:
    store.write(lambda: world.grant(at, cast.chali, "team_leader", team=cast.other_team))
    code = ask(cast, at)
    assert ticket_views.listed(actor=as_(cast.chali), wanted=Wanted(), at=at).rows == []
    assert refused(ticket_views.one, actor=as_(cast.chali), code=code, at=at) is C.NOT_FOUND


def test_same_words_twice_are_one_question(cast: World, helper: Volunteer, at: datetime) -> None:
    assert ask(cast, at) == ask(cast, at + timedelta(minutes=5))
    assert (Ticket.select().count(), told(helper)) == (1, ["ticket_waiting"])


def test_more_words_after_the_answer_open_it_again(cast: World, helper: Volunteer, at: datetime) -> None:
    code = ask(cast, at)
    tickets.answer(actor=as_(helper), code=code, text="在村部", at=at)
    later = at + timedelta(days=7)
    tickets.go_on(actor=cast.actor(cast.xiaobo), code=code, text="没有找到", at=later)
    row = Ticket.get()
    assert (row.state, row.due_at > later) == ("open", True)
    assert told(helper) == ["ticket_waiting", "ticket_waiting"]


def test_settled_question_is_closed_with_its_history(
    cast: World, helper: Volunteer, at: datetime, refused: Any
) -> None:
    code = ask(cast, at)
    tickets.answer(actor=as_(helper), code=code, text="在村部", at=at)
    tickets.settle(actor=cast.actor(cast.xiaobo), code=code, at=at)
    row = Ticket.get()
    past = [each.verb for each in History.select().where(History.subject == f"ticket:{row.id}").order_by(History.id)]
    assert (row.state, past) == ("closed", ["ticket.asked", "ticket.answered", "ticket.closed"])
    assert refused(tickets.go_on, actor=cast.actor(cast.xiaobo), code=code, text="还有", at=at) is C.TICKET_STATE
    assert refused(tickets.answer, actor=as_(helper), code=code, text="还有", at=at) is C.TICKET_STATE
    assert TicketLine.select().count() == 2


@pytest.mark.parametrize(("text", "code"), [(" ", C.TEXT_EMPTY), ("长" * 501, C.TEXT_TOO_LONG)])
def test_words_that_cannot_be_asked(cast: World, at: datetime, refused: Any, text: str, code: RefusalCode) -> None:
    assert refused(ask, cast, at, text) is code
    assert Ticket.select().count() == 0


def test_only_registered_people_ask(at: datetime, cast: World, refused: Any) -> None:
    assert refused(tickets.ask, actor=Actor("bot", None), text="有人吗", at=at) is C.NOT_REGISTERED


def test_seventh_question_of_an_hour_waits(cast: World, at: datetime, refused: Any) -> None:
    for number in range(6):
        ask(cast, at, text=f"问{number}")
    assert refused(ask, cast, at, "再问") is C.TOO_MANY_TRIES
    assert Ticket.select().count() == 6


def test_unanswered_question_is_told_to_the_centre_once_a_day(cast: World, helper: Volunteer, at: datetime) -> None:
    ask(cast, at)
    due = Ticket.get().due_at
    assert tickets.nag_due(at=due - timedelta(minutes=1)) == 0
    assert tickets.nag_due(at=due) == 1
    assert tickets.nag_due(at=due + timedelta(hours=3)) == 0
    assert tickets.nag_due(at=due + timedelta(days=1)) == 1
    assert told(cast.officer) == ["ticket_late", "ticket_late"]
    assert told(helper, "ticket_late") == ["ticket_late", "ticket_late"]


def test_answered_question_is_not_nagged_about(cast: World, helper: Volunteer, at: datetime) -> None:
    code = ask(cast, at)
    due = Ticket.get().due_at
    tickets.answer(actor=as_(helper), code=code, text="在村部", at=at)
    assert tickets.nag_due(at=due) == 0
    assert told(cast.officer) == []


def test_answered_question_closes_by_itself_after_the_days_of_the_division(
    cast: World, at: datetime, helper: Volunteer, refused: Callable[..., RefusalCode]
) -> None:
    code, other = ask(cast, at), ask(cast, at, text="几点开门")
    tickets.answer(actor=as_(helper), code=code, text="在站里", at=at)
    tickets.answer(actor=as_(helper), code=other, text="八点", at=at)
    days = timedelta(days=14)
    tickets.go_on(actor=cast.actor(cast.xiaobo), code=other, text="周末呢", at=at + timedelta(days=13))
    assert tickets.close_due(at=at + days - timedelta(seconds=1)) == 0
    assert (tickets.close_due(at=at + days), tickets.close_due(at=at + days)) == (1, 0)
    assert {each.code: each.state for each in Ticket.select()} == {code: "closed", other: "open"}
    assert History.get(History.verb == "ticket.closed").actor_id is None
    xiaobo = cast.actor(cast.xiaobo)
    assert refused(tickets.go_on, actor=xiaobo, code=code, text="没找到", at=at + days) is C.TICKET_STATE


def test_question_that_was_answered_meanwhile_is_not_pushed_any_more(
    cast: World, at: datetime, helper: Volunteer, parts: Parts
) -> None:
    first = ask(cast, at)
    tickets.answer(actor=as_(cast.ali), code=first, text="在站里，来拿吧", at=at)
    ask(cast, at, text="几点开门")
    outbox.deliver_due(parts=parts, owner="w", at=at, limit=20)
    states = [each.state for each in Delivery.select().where(Delivery.volunteer == helper).order_by(Delivery.id)]
    assert states == ["withdrawn", "inbox"]


def test_list_is_filtered_and_counts_what_waits(cast: World, helper: Volunteer, at: datetime) -> None:
    first, second = ask(cast, at, "我的鞋丢了"), ask(cast, at, "车几点开")
    tickets.answer(actor=as_(helper), code=first, text="好", at=at)

    def codes(**filters: str) -> list[str]:
        wanted = Wanted(filters=filters)
        return [row.code for row in ticket_views.listed(actor=as_(helper), wanted=wanted, at=at).rows]

    assert sorted(codes()) == sorted([first, second])
    assert codes(state="open") == [second]
    assert codes(state="late") == []
    assert ticket_views.waiting(actor=as_(helper), at=at) == 1
    assert ticket_views.waiting(actor=as_(cast.chali), at=at) == 0
    found = ticket_views.listed(actor=as_(helper), wanted=Wanted(text="几点"), at=at)
    assert [(row.text, row.name) for row in found.rows] == [("车几点开", "王小博")]


def seal(parts: Parts, person: Volunteer, number: str) -> None:
    sealed, key = parts.vault.seal(number, f"volunteer.phone:{person.public_no}")
    store.write(lambda: Volunteer.update(phone_sealed=sealed, phone_key=key).where(Volunteer.id == person.id).execute())


def test_member_sees_his_liaisons_telephone_and_the_audit_keeps_it(
    cast: World, helper: Volunteer, parts: Parts, at: datetime
) -> None:
    seal(parts, helper, "13856412345")
    found = liaisons.mine(parts=parts, actor=cast.actor(cast.xiaobo), at=at)
    assert found == liaisons.Liaison("陈联络", "东湖服务队", "13856412345")
    entry = AuditEntry.get()
    assert (entry.actor_id, entry.verb, entry.subject) == (cast.xiaobo.id, "person.call", f"volunteer:{helper.id}")


def test_who_is_no_member_sees_the_offices_telephone_alone(
    cast: World, helper: Volunteer, parts: Parts, at: datetime
) -> None:
    seal(parts, helper, "13856412345")
    found = liaisons.mine(parts=parts, actor=cast.actor(cast.chali), at=at)
    assert found == liaisons.Liaison("", "霍邱县退役军人服务中心", "0564-6000000")
    assert AuditEntry.select().count() == 0


def test_liaison_of_the_station_is_named_where_the_team_has_none(cast: World, parts: Parts, at: datetime) -> None:
    def act() -> Volunteer:
        person = world.make_volunteer(at, "周联络")
        world.grant(at, person, "liaison", region=TOWN)
        Centre.create(region_code=TOWN, kind="station", name="城关镇退役军人服务站", created_at=at)
        return person

    seal(parts, store.write(act), "13856454321")
    found = liaisons.mine(parts=parts, actor=cast.actor(cast.xiaobo), at=at)
    assert found == liaisons.Liaison("周联络", "城关镇退役军人服务站", "13856454321")


def test_liaison_whose_post_ended_is_not_named(cast: World, helper: Volunteer, parts: Parts, at: datetime) -> None:
    seal(parts, helper, "13856412345")
    store.write(lambda: RoleGrant.update(until=at).where(RoleGrant.volunteer == helper).execute())
    found = liaisons.mine(parts=parts, actor=cast.actor(cast.xiaobo), at=at)
    assert found is not None
    assert (found.name, found.phone) == ("", "0564-6000000")

"""Mass sends: four a month, a second person's yes, no slot twice, nothing sent twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from models import Delivery, MassSend, store
from services.errors import Refusal
from services.messaging import mass
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, PROVINCE, grant, make_volunteer
from wechat.gateway import WechatFailure

API = "/cgi-bin/message/mass/sendall"


@pytest.fixture
def province(cast: Any, at: datetime) -> tuple[Any, Any]:
    """Two who manage the whole province."""
    made = store.write(
        lambda: [grant(at, make_volunteer(at), "director", region=PROVINCE).volunteer for _ in "12"]
    )
    return cast.actor(made[0], "console"), cast.actor(made[1], "console")


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return str(no.value.code.value)


def agreed(province: Any, at: datetime, audience: str = "all") -> int:
    ident = mass.write(actor=province[0], text="汛期提前，请各队排好值班。", audience=audience, at=at)
    mass.decide(actor=province[1], mass_id=ident, yes=True, at=at)
    return ident


def row(ident: int) -> MassSend:
    return MassSend.get_by_id(ident)


def work(gateway: FakeGateway, at: datetime) -> int:
    return mass.work(parts=make_parts(gateway), at=at)


def test_province_alone_writes_one(cast: Any, province: Any, at: datetime) -> None:
    def write(person: Any) -> int:
        return mass.write(actor=cast.actor(person, "console"), text="x", audience="all", at=at)

    assert refused(lambda: write(cast.officer)) in ("not_found", "not_allowed")
    assert refused(lambda: write(cast.ali)) == "not_found"
    assert COUNTY.startswith(mass.top())


def test_somebody_else_agrees_and_the_worker_sends_it_once(province: Any, at: datetime) -> None:
    gateway = FakeGateway()
    ident = mass.write(actor=province[0], text="汛期提前", audience="all", at=at)
    assert work(gateway, at) == 0
    assert refused(lambda: mass.decide(actor=province[0], mass_id=ident, yes=True, at=at)) == "own_record"
    mass.decide(actor=province[1], mass_id=ident, yes=True, at=at)
    assert (work(gateway, at), work(gateway, at)) == (1, 0)
    assert [(call["text"], call["tag_id"]) for call in gateway.named("mass_send")] == [("汛期提前", None)]
    assert (row(ident).state, row(ident).month, row(ident).slot) == ("sent", "2026-06", 1)


def test_audience_by_tag(province: Any, at: datetime) -> None:
    gateway = FakeGateway()
    agreed(province, at, "leader")
    work(gateway, at)
    assert gateway.named("mass_send")[0]["tag_id"] == gateway.known_tags["队长"]


def test_no_wants_a_reason_and_costs_no_slot(province: Any, at: datetime) -> None:
    ident = mass.write(actor=province[0], text="汛期提前", audience="all", at=at)
    assert (
        refused(lambda: mass.decide(actor=province[1], mass_id=ident, yes=False, at=at)) == "reason_required"
    )
    mass.decide(actor=province[1], mass_id=ident, yes=False, reason="下周再发", at=at)
    assert (row(ident).state, mass.budget(at).left, work(FakeGateway(), at)) == ("refused", 4, 0)


def test_fifth_of_a_month_is_not_written(province: Any, at: datetime) -> None:
    for _ in range(4):
        agreed(province, at)
    assert refused(lambda: agreed(province, at)) == "mass_used_up"
    work(FakeGateway(), at)
    assert (mass.budget(at).left, refused(lambda: agreed(province, at))) == (0, "mass_used_up")
    assert mass.budget(at + timedelta(days=30)).left == 4


def test_no_more_than_four_begin_in_a_month(province: Any, at: datetime) -> None:
    gateway = FakeGateway()
    for _ in range(4):
        agreed(province, at)
    waiting = MassSend.create(
        text="x", audience="all", state="due", sender=province[0].volunteer_id, created_at=at
    )
    work(gateway, at)
    assert (len(gateway.named("mass_send")), row(waiting.id).state) == (4, "due")
    assert (work(gateway, at + timedelta(days=30)), row(waiting.id).month) == (1, "2026-07")


def test_two_workers_take_no_slot_twice(province: Any, at: datetime) -> None:
    for _ in range(4):
        agreed(province, at)
    gateways = [FakeGateway(), FakeGateway()]

    def run(gateway: FakeGateway) -> int:
        with store.session():
            return work(gateway, at)

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(run, gateways))
    work(gateways[0], at)
    numbers = {call["client_msg_id"] for gateway in gateways for call in gateway.named("mass_send")}
    assert len(numbers) == 4
    assert sorted(each.slot for each in MassSend.select()) == [1, 2, 3, 4]


@pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(("guarded", "written"), [(True, 4), (False, 5)])
def test_two_officers_at_once_write_no_fifth(
    province: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool, written: int
) -> None:
    for _ in range(3):
        agreed(province, at)
    both, budget = Barrier(2), mass.budget

    def looked(moment: datetime) -> mass.Budget:
        with suppress(BrokenBarrierError):
            both.wait(0.5)  # both have counted before one of them writes, unless they take turns
        return budget(moment)

    def write(actor: Any) -> str:
        with store.session():
            try:
                return str(mass.write(actor=actor, text="x", audience="all", at=at))
            except Refusal as no:
                return no.code.value

    monkeypatch.setattr(mass, "budget", looked)
    if not guarded:
        monkeypatch.setattr(mass, "_one_at_a_time", lambda: None)
    with ThreadPoolExecutor(2) as officers:
        answers = list(officers.map(write, province))
    assert (MassSend.select().count(), "mass_used_up" in answers) == (written, guarded)


def test_yes_to_more_than_the_month_holds_is_refused(province: Any, at: datetime) -> None:
    waiting = mass.write(actor=province[0], text="x", audience="all", at=at)
    for slot in range(1, 5):
        MassSend.create(text="x", audience="all", state="sent", month="2026-06", slot=slot,
                        sender=province[0].volunteer_id, created_at=at)  # fmt: skip
    assert refused(lambda: mass.decide(actor=province[1], mass_id=waiting, yes=True, at=at)) == "mass_used_up"
    assert [row.volunteer_id for row in Delivery.select()] == [province[1].volunteer_id]


def test_unanswered_call_is_repeated_with_the_same_number_and_counts_once(
    province: Any, at: datetime
) -> None:
    gateway = FakeGateway()
    ident = agreed(province, at)
    gateway.fail("mass_send", WechatFailure(API))
    assert (work(gateway, at), row(ident).state) == (0, "begun")
    assert (work(gateway, at + timedelta(minutes=1)), row(ident).state) == (1, "sent")
    numbers = {call["client_msg_id"] for call in gateway.named("mass_send")}
    assert (len(numbers), mass.budget(at).used) == (1, 1)


def test_unanswered_call_of_yesterday_is_not_repeated(province: Any, at: datetime) -> None:
    gateway = FakeGateway()
    ident = agreed(province, at)
    gateway.fail("mass_send", WechatFailure(API))
    work(gateway, at)
    assert (work(gateway, at + timedelta(hours=24)), row(ident).state) == (0, "unknown")


def test_refused_words_give_the_slot_back(province: Any, at: datetime) -> None:
    gateway = FakeGateway()
    ident = agreed(province, at)
    gateway.fail("mass_send", WechatFailure(API, 45168))
    work(gateway, at)
    assert (row(ident).state, row(ident).errcode, mass.budget(at).left) == ("failed", 45168, 4)


def test_month_used_up_outside_the_house_is_said(province: Any, at: datetime) -> None:
    gateway = FakeGateway()
    ident = agreed(province, at)
    gateway.fail("mass_send", WechatFailure(API, 45028))
    work(gateway, at)
    assert (row(ident).state, row(ident).errcode, mass.budget(at).left) == ("failed", 45028, 3)


def test_how_it_ended_comes_later(province: Any, at: datetime) -> None:
    ident = agreed(province, at)
    work(FakeGateway(), at)
    number = row(ident).msg_id
    assert mass.finished(msg_id=number, status="send success", total=90, sent=88, failed=2)
    assert (row(ident).total, row(ident).sent, row(ident).failed) == (90, 88, 2)
    assert mass.finished(msg_id="another", status="send success", total=1, sent=1, failed=0) is False
    assert [line.sent for line in mass.listed(actor=province[1], at=at)] == [88]

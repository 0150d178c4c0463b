"""订单式培训 from the order to the certificate, and who may do which step (S88)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Delivery,
    Shift,
    TrainingCertificate,
    TrainingCourse,
    TrainingOrder,
    Volunteer,
    store,
)
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.participation import activities, attendance, signups
from services.training import certificates, courses, order_views, orders, providers, results, sessions, views
from services.training.courses import CourseDraft
from services.training.orders import OrderDraft
from services.training.providers import ProviderDraft
from services.training.sessions import SessionDraft
from tests.support.world import COUNTY, World, make_identity, make_volunteer

C = RefusalCode
MINUTES = timedelta(minutes=1)
ORDER = OrderDraft("", 20, "2026-06-15", "2026-06-30", "周末上午", "社区会议室", "想学急救")


def refused(act: Any, *args: Any, **facts: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(*args, **facts)
    return no.value.code


@pytest.fixture
def trainer(cast: World, at: datetime) -> Volunteer:
    """Somebody of the Party school, who is in no team."""

    def act() -> Volunteer:
        person = make_volunteer(at, "周老师")
        make_identity(at, person, "oa")
        return person

    return store.write(act)


@pytest.fixture
def offer(cast: World, at: datetime, trainer: Volunteer) -> dict[str, str]:
    """A provider of the county with its course in first aid, tested, with a certificate of two years."""
    officer = cast.actor(cast.officer, "console")
    school = providers.create(
        actor=officer, region_code=COUNTY, draft=ProviderDraft("霍邱县团校", "league", person=trainer.public_no), at=at
    )
    course = courses.create(
        actor=officer, region_code=COUNTY, at=at,
        draft=CourseDraft("心肺复苏", "safety", minutes=90, tested=True, certificate=True, valid_months=24),
    )  # fmt: skip
    return {"school": school, "course": course}


def ordered(cast: World, offer: dict[str, str], at: datetime, **more: Any) -> str:
    draft = replace(ORDER, course=offer["course"], **more)
    return orders.ask(actor=cast.actor(cast.ali, "pages"), team_code=cast.team.code, draft=draft, at=at)


def day(offer: dict[str, str], at: datetime, **more: Any) -> SessionDraft:
    starts = at + timedelta(days=5)
    fields = {"people": 20, "place": "社区会议室", "teacher": "周老师", "openness": "team", **more}
    return SessionDraft(offer["course"], starts, starts + timedelta(hours=2), **fields)


def state(code: str) -> str:
    return TrainingOrder.get(TrainingOrder.code == code).state


def test_order_is_taken_scheduled_attended_and_done(
    cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime
) -> None:
    ali, teacher = cast.actor(cast.ali, "pages"), cast.actor(trainer, "pages")
    code = ordered(cast, offer, at)
    waiting = Delivery.get(Delivery.kind == "training_order_waiting")
    assert (waiting.volunteer_id, "东湖服务队" in waiting.body, "20 人" in waiting.body) == (trainer.id, True, True)
    assert [each.code for each in order_views.on_phone(actor=teacher, at=at)] == [code]
    orders.take(actor=teacher, code=code, provider_code=offer["school"], answer="可以", at=at)
    session = sessions.from_order(actor=teacher, order_code=code, draft=day(offer, at), at=at)
    told = {row.kind for row in Delivery.select().where(Delivery.volunteer == cast.ali.id)}
    assert {"training_order_taken", "training_order_scheduled"} <= told
    assert (state(code), refused(sessions.from_order, actor=teacher, order_code=code, draft=day(offer, at), at=at)) == (
        "scheduled", C.ORDER_STATE,
    )  # fmt: skip

    shift = Shift.get(Shift.activity == Activity.get(Activity.code == session))
    assert [each.code for each in views.open_ones(volunteer_id=cast.xiaobo.id, at=at)] == [session]
    assert views.open_ones(volunteer_id=cast.chali.id, at=at) == []  # the team's alone
    signups.sign_up(actor=cast.actor(cast.xiaobo), shift_code=shift.code, risk_accepted=True, channel="pages", at=at)
    late = shift.ends_at + 10 * MINUTES
    assert refused(results.finish, actor=teacher, code=session, at=at) is C.SESSION_RUNNING
    for direction, when in (("in", shift.starts_at), ("out", shift.ends_at)):
        attendance.tick(
            actor=ali, shift_code=shift.code, public_no=cast.xiaobo.public_no, direction=direction, at=late, when=when
        )
    one = {cast.xiaobo.public_no: "passed"}
    assert refused(results.put, actor=teacher, code=session, results=one, at=late) is C.NOT_ATTENDED
    records.confirm(actor=ali, activity_code=session, at=late)
    assert refused(results.finish, actor=teacher, code=session, at=late) is C.RESULT_MISSING
    assert results.put(actor=teacher, code=session, results=one, at=late) == 1
    done = results.finish(actor=teacher, code=session, at=late)
    assert (done, state(code)) == (results.Finished(1, 1), "done")
    mine = views.mine(volunteer_id=cast.xiaobo.id, at=late)
    proof = mine.certificates[0]
    assert (mine.year, mine.results[0].word, proof.issued_on, proof.expires_on, proof.state) == (
        "2.6", "合格", "2026-06-15", "2028-06-14", "valid",
    )  # fmt: skip
    assert proof.number in Delivery.get(Delivery.kind == "training_result").body
    assert refused(results.finish, actor=teacher, code=session, at=late) is C.ORDER_STATE
    assert certificates.known(code=proof.code, at=late).name == "王*博"

    fix = {"code": session, "public_no": cast.xiaobo.public_no, "at": late}
    assert refused(results.put, actor=teacher, code=session, results=one, at=late) is C.ORDER_STATE
    assert refused(results.correct, actor=teacher, result="failed", reason=" ", **fix) is C.REASON_REQUIRED
    assert refused(
        results.correct, actor=cast.actor(cast.xiaobo), result="failed", reason="试", **fix
    ) is C.NOT_ALLOWED  # fmt: skip
    assert not results.correct(actor=teacher, result="passed", reason="再说一次", **fix)
    assert results.correct(actor=teacher, result="failed", reason="看错了名字", **fix)
    mine = views.mine(volunteer_id=cast.xiaobo.id, at=late)
    assert (mine.results[0].word, [each.state for each in mine.certificates]) == ("不合格", ["revoked"])
    assert results.correct(actor=teacher, result="passed", reason="没有看错", **fix)
    mine = views.mine(volunteer_id=cast.xiaobo.id, at=late)
    assert (mine.results[0].word, {each.state for each in mine.certificates}) == ("合格", {"valid", "revoked"})
    kept = results.sheet(actor=teacher, code=session, at=late).lines[0].corrected
    assert [(each.old, each.new, each.who, each.reason) for each in kept] == [
        ("合格", "不合格", "周老师", "看错了名字"), ("不合格", "合格", "周老师", "没有看错"),
    ]  # fmt: skip
    assert "更正为“不合格”。原因：看错了名字" in Delivery.get(Delivery.kind == "training_corrected").body


def test_order_is_taken_once_by_whoever_may(
    cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime
) -> None:
    officer = cast.actor(cast.officer, "console")
    other = providers.create(actor=officer, region_code=COUNTY, draft=ProviderDraft("县红十字会", "industry"), at=at)
    code = ordered(cast, offer, at)
    facts = {"code": code, "at": at}
    assert refused(orders.take, actor=cast.actor(cast.chali), provider_code=other, **facts) is C.NOT_FOUND
    assert refused(orders.take, actor=cast.actor(cast.ali), provider_code=other, **facts) is C.NOT_ALLOWED
    assert refused(orders.take, actor=cast.actor(trainer), provider_code=other, **facts) is C.NOT_FOUND
    orders.take(actor=cast.actor(trainer), provider_code=offer["school"], **facts)
    orders.take(actor=cast.actor(trainer), provider_code=offer["school"], **facts)  # his second tap
    assert refused(orders.take, actor=officer, provider_code=other, **facts) is C.ORDER_STATE
    orders.give_back(actor=cast.actor(trainer), reason="老师病了", **facts)
    orders.take(actor=officer, provider_code=other, **facts)
    assert (state(code), TrainingOrder.get().provider.name) == ("taken", "县红十字会")
    assert refused(orders.withdraw, actor=cast.actor(cast.ali), **facts) is C.REASON_REQUIRED
    orders.withdraw(actor=cast.actor(cast.ali), reason="换到秋天", **facts)
    assert refused(orders.withdraw, actor=cast.actor(cast.ali), **facts) is C.ORDER_STATE


def test_order_with_nonsense_is_refused_field_by_field(cast: World, offer: dict[str, str], at: datetime) -> None:
    for field, wrong in (
        ("people", {"people": 0}), ("people", {"people": 999_999}), ("wanted_from", {"wanted_from": "2020-01-01"}),
        ("wanted_until", {"wanted_until": "2026-06-01"}), ("wanted_until", {"wanted_until": "尽快"}),
        ("provider", {"provider": "nobody"}), ("note", {"note": "很" * 301}),
    ):  # fmt: skip
        with pytest.raises(Refusal) as no:
            ordered(cast, offer, at, **wrong)
        assert (no.value.code, no.value.facts["field"]) == (C.FIELD_WRONG, field)
    with pytest.raises(Refusal) as no:
        orders.ask(actor=cast.actor(cast.ali), team_code=cast.team.code, draft=replace(ORDER, topic=" "), at=at)
    assert no.value.facts["field"] == "topic"
    assert refused(
        orders.ask, actor=cast.actor(cast.xiaobo), team_code=cast.team.code, draft=replace(ORDER, topic="急救"), at=at
    ) is C.NOT_ALLOWED  # fmt: skip


def test_order_that_nobody_took_reaches_the_centre_once(cast: World, offer: dict[str, str], at: datetime) -> None:
    code = ordered(cast, offer, at)
    late = TrainingOrder.get().due_at
    assert [order_views.nag_due(at=when) for when in (late - MINUTES, late, late)] == [0, 1, 0]
    assert Delivery.get(Delivery.kind == "training_order_late").volunteer_id == cast.officer.id
    orders.refuse(actor=cast.actor(cast.officer), code=code, reason="今年没有老师", at=late)
    assert state(code) == "refused"
    assert Delivery.get(Delivery.kind == "training_order_refused").volunteer_id == cast.ali.id


def test_session_called_off_gives_its_order_back_to_whoever_took_it(
    cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime
) -> None:
    code = ordered(cast, offer, at)
    orders.take(actor=cast.actor(trainer), code=code, provider_code=offer["school"], at=at)
    session = sessions.from_order(actor=cast.actor(trainer), order_code=code, draft=day(offer, at), at=at)
    activities.cancel(actor=cast.actor(cast.ali), code=session, reason="下大雨", at=at)
    assert (state(code), TrainingOrder.get().activity_id) == ("taken", None)
    sessions.from_order(actor=cast.actor(trainer), order_code=code, draft=day(offer, at), at=at)
    assert state(code) == "scheduled"


def test_order_for_what_nobody_offers_becomes_a_course_that_certifies_nothing(
    cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime
) -> None:
    teacher = cast.actor(trainer, "pages")
    for _ in range(2):
        code = orders.ask(
            actor=cast.actor(cast.ali), team_code=cast.team.code, draft=replace(ORDER, topic="水上救援怎么自保"), at=at
        )
        orders.take(actor=teacher, code=code, provider_code=offer["school"], at=at)
        session = sessions.from_order(actor=teacher, order_code=code, draft=replace(day(offer, at), course=""), at=at)
    made = TrainingCourse.get(TrainingCourse.name == "水上救援怎么自保")  # once, though it was ordered twice
    assert (made.tested, made.certificate, made.minutes, made.provider.name) == (False, False, 120, "霍邱县团校")
    assert Activity.get(Activity.code == session).title == "水上救援怎么自保"


def test_nobody_gives_himself_a_result_or_a_certificate(
    cast: World, offer: dict[str, str], at: datetime
) -> None:
    """The leader who sat in his own course: somebody else says how he did, somebody else issues."""
    ali, officer = cast.actor(cast.ali), cast.actor(cast.officer)
    session = sessions.hold(actor=ali, team_code=cast.team.code, draft=day(offer, at), at=at)
    shift = Shift.get(Shift.activity == Activity.get(Activity.code == session))
    late = shift.ends_at + 10 * MINUTES
    for direction, when in (("in", shift.starts_at), ("out", shift.ends_at)):
        attendance.tick(
            actor=officer, shift_code=shift.code, public_no=cast.ali.public_no, direction=direction, at=late, when=when
        )
    records.confirm(actor=officer, activity_code=session, at=late)
    own = {cast.ali.public_no: "passed"}
    assert refused(results.put, actor=ali, code=session, results=own, at=late) is C.OWN_RECORD
    odd = {cast.ali.public_no: "优秀"}
    assert refused(results.put, actor=officer, code=session, results=odd, at=late) is C.FIELD_WRONG
    results.put(actor=officer, code=session, results=own, at=late)
    assert refused(results.finish, actor=ali, code=session, at=late) is C.OWN_RECORD
    assert TrainingCertificate.select().count() == 0
    assert results.finish(actor=officer, code=session, at=late).certificates == 1
    proof = TrainingCertificate.get()
    assert refused(certificates.revoke, actor=ali, code=proof.code, reason="试", at=late) is C.NOT_FOUND
    certificates.revoke(actor=officer, code=proof.code, reason="发错了", at=late)
    assert certificates.known(code=proof.code, at=late).state == "revoked"
    assert refused(certificates.revoke, actor=officer, code=proof.code, reason="再来", at=late) is C.ORDER_STATE


def test_registers_are_kept_by_who_manages_and_seen_from_below(
    cast: World, offer: dict[str, str], at: datetime
) -> None:
    officer = cast.actor(cast.officer)
    same = CourseDraft("心肺复苏", "safety")
    with pytest.raises(Refusal) as no:
        courses.create(actor=officer, region_code=cast.team.region_code, draft=same, at=at)
    assert no.value.facts["field"] == "name"
    assert refused(courses.create, actor=cast.actor(cast.ali), region_code=COUNTY, draft=same, at=at) is C.NOT_FOUND
    assert [name for _, name in courses.offered(region_code=cast.team.region_code)] == ["心肺复苏"]
    courses.end(actor=officer, code=offer["course"], reason="不办了", at=at)
    assert courses.offered(region_code=cast.team.region_code) == []
    assert [line.to_on for line in courses.listed(actor=officer, wanted=Wanted(), at=at).rows] == ["2026-06-10"]
    assert providers.listed(actor=officer, wanted=Wanted(), at=at).rows[0].person == "周老师"


def two_takers(cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime) -> list[str]:
    """The centre for one provider and the school for itself, each on a thread of its own."""
    officer = cast.actor(cast.officer, "console")
    other = providers.create(actor=officer, region_code=COUNTY, draft=ProviderDraft("县红十字会", "industry"), at=at)
    code = ordered(cast, offer, at)

    def take(who: tuple[Any, str]) -> str:
        try:
            orders.take(actor=who[0], code=code, provider_code=who[1], at=at)
        except Refusal as no:
            return no.code.value
        finally:
            store.current().close()
        return "taken"

    with ThreadPoolExecutor(2) as threads:
        return sorted(threads.map(take, [(officer, other), (cast.actor(trainer), offer["school"])]))


def test_of_two_who_take_an_order_at_once_one_has_it(
    cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime
) -> None:
    assert two_takers(cast, offer, trainer, at) == ["order_state", "taken"]
    assert Delivery.select().where(Delivery.kind == "training_order_taken").count() == 1


def test_control_without_the_state_in_the_update_both_have_it(
    cast: World, offer: dict[str, str], trainer: Volunteer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "waits", lambda order, old: TrainingOrder.id == order.id)
    assert two_takers(cast, offer, trainer, at) == ["taken", "taken"]

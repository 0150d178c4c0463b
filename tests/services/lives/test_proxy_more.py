"""代办 of skills, wishes, papers, make-ups and objections: his own act, and its writer decides nothing about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest

from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentObjection,
    AssessmentPeer,
    AssessmentPhase,
    Delivery,
    Makeup,
    Objection,
    Qualification,
    RuleSet,
    ServiceRecord,
    Volunteer,
    store,
)
from services.assessment import objections as results
from services.errors import RefusalCode
from services.lives import proxies, proxy_desk, proxy_form
from services.parts import Parts
from services.recruitment import qualifications, skills, willingness
from services.review import makeups, objections
from services.review.objections import Verdict
from tests.support import world
from tests.support.world import COUNTY, TOWN, World

C = RefusalCode


@pytest.fixture
def do(parts: Parts, cast: World, photo: bytes, at: datetime) -> Callable[..., int]:
    """`ali` helps `xiaobo`, a member of his team, unless told otherwise."""

    def act(act: str, subject: str = "", helper: Any = None, **more: Any) -> int:
        facts = {"form": photo, "at": at, **more}
        return proxies.act_for(
            parts=parts, actor=cast.actor(helper or cast.ali, "console"), public_no=cast.xiaobo.public_no, act=act,
            subject=subject, **facts,
        )  # fmt: skip

    return act


@pytest.fixture
def station(cast: World, at: datetime) -> Volunteer:
    """A second officer of the township."""

    def act() -> Volunteer:
        made = world.make_volunteer(at, "周站长")
        world.grant(at, made, "station_officer", region=TOWN)
        return made

    return store.write(act)


def _keys(parts: Parts, cast: World, act: str, at: datetime) -> list[str]:
    shown = proxy_desk.desk(
        parts=parts, actor=cast.actor(cast.ali, "console"), public_no=cast.xiaobo.public_no, act=act, at=at
    )
    return [each.key for each in shown.chances]


def _told(kind: str) -> list[int]:
    return sorted(row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind))


def test_skills_are_added_and_taken_away_one_by_one(parts: Parts, do: Any, cast: World, at: datetime) -> None:
    def own() -> list[str]:
        return [each.code for each in skills.catalogue(volunteer_id=cast.xiaobo.id) if each.mine]

    do("skill", "boat")
    do("skill", "law")
    assert sorted(own()) == ["boat", "law"]
    do("skill_no", "boat")
    assert own() == ["law"]
    assert _keys(parts, cast, "skill_no", at) == ["law"]


def test_wishes_are_added_and_the_rest_stays(parts: Parts, do: Any, cast: World, at: datetime) -> None:
    code = willingness.kinds()[0][0]
    for key in (f"kind:{code}", "time:weekend_morning", "reach:3"):
        do("wish", key)
    said = willingness.mine(volunteer_id=cast.xiaobo.id)
    assert (said.domains, said.times, said.reach) == ((code,), ("weekend_morning",), 3)
    assert _keys(parts, cast, "wish_no", at) == [f"kind:{code}", "time:weekend_morning"]
    do("wish_no", f"kind:{code}")
    assert willingness.mine(volunteer_id=cast.xiaobo.id).domains == ()


def test_unknown_wish_is_refused_and_nothing_is_noted(
    do: Any, cast: World, at: datetime, refusal: Any
) -> None:
    assert refusal(do, act="wish", subject="somewhere:else") == C.BAD_REQUEST
    assert proxies.done_for(volunteer_id=cast.xiaobo.id) == []


def test_paper_is_verified_by_somebody_else_than_its_writer(
    do: Any, cast: World, station: Volunteer, at: datetime, refusal: Any
) -> None:
    do("paper", "paper:boat", helper=cast.officer, value="船员证", until=date(2030, 1, 31))
    made = Qualification.get()
    assert (made.volunteer_id, made.kind, made.name, made.expires_on, made.state) == (
        cast.xiaobo.id, "boat", "船员证", "2030-01-31", "stated",
    )  # fmt: skip
    assert _told("qualification_waiting") == [station.id]
    facts = {"number": made.id, "good": True, "at": at}
    assert refusal(qualifications.check, actor=cast.actor(cast.officer), **facts) == C.OWN_RECORD
    qualifications.check(actor=cast.actor(station), **facts)
    assert Qualification.get().state == "verified"


def test_paper_is_taken_back(parts: Parts, do: Any, cast: World, at: datetime) -> None:
    made = qualifications.state(actor=cast.actor(cast.xiaobo), kind="boat", name="船员证", at=at)
    assert _keys(parts, cast, "paper_no", at) == [f"paper:{made.id}"]
    do("paper_no", f"paper:{made.id}")
    assert Qualification.get().state == "withdrawn"


def test_make_up_on_paper_is_decided_by_somebody_else(
    parts: Parts, do: Any, cast: World, at: datetime, refusal: Any
) -> None:
    after = cast.shift.ends_at + timedelta(hours=1)
    store.write(lambda: world.sign_up(at, cast.shift, cast.xiaobo))
    key = f"makeup:{cast.shift.code}"
    assert _keys(parts, cast, "makeup", after) == [key]
    do("makeup", key, value="手机没电了", at=after)
    made = Makeup.get()
    assert (made.volunteer_id, made.asked_by_id, made.from_at, made.reason) == (
        cast.xiaobo.id, cast.xiaobo.id, cast.shift.starts_at, "手机没电了",
    )  # fmt: skip
    assert cast.ali.id not in _told("makeup_waiting")
    facts = {"code": made.code, "at": after}
    assert refusal(makeups.approve, actor=cast.actor(cast.ali), **facts) == C.OWN_RECORD
    makeups.approve(actor=cast.actor(cast.officer), **facts)
    assert Makeup.get().state == "approved"


@pytest.fixture
def record(cast: World, at: datetime) -> int:
    def act() -> int:
        return int(
            ServiceRecord.create(
                shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
                local_day="2026-06-10", region_code=cast.team.region_code, in_at=cast.shift.starts_at,
                rule_set=cast.hours_rule, created_at=at, updated_at=at,
            ).id
        )  # fmt: skip

    return store.write(act)


def test_objection_on_paper_is_answered_by_somebody_else(
    parts: Parts, do: Any, cast: World, at: datetime, record: int, refusal: Any
) -> None:
    assert _keys(parts, cast, "object", at) == [f"record:{record}"]
    do("object", f"record:{record}", value="我一直干到结束")
    made = Objection.get()
    assert (made.volunteer_id, made.record_id, made.text) == (cast.xiaobo.id, record, "我一直干到结束")
    assert cast.ali.id not in _told("objection_waiting")
    facts = {"code": made.code, "verdict": Verdict("核对过"), "at": at}
    assert refusal(objections.answer, actor=cast.actor(cast.ali), **facts) == C.OWN_RECORD
    objections.answer(actor=cast.actor(cast.officer), **facts)
    assert _keys(parts, cast, "object_yes", at) == [made.code]
    do("object_yes", made.code)
    assert Objection.get().state == "closed"


def test_objection_on_paper_goes_to_the_county(do: Any, cast: World, at: datetime, record: int) -> None:
    code = objections.object_to(actor=cast.actor(cast.xiaobo), record_id=record, text="不对", at=at)
    objections.answer(actor=cast.actor(cast.officer), code=code, verdict=Verdict("核对过"), at=at)
    do("object_up", code, value="还是不对")
    assert (Objection.get().state, Objection.get().raised_why) == ("raised", "还是不对")


@pytest.mark.parametrize("subject", ["record:x", "record:", "record:99999999999999999999", "1"])
def test_record_that_is_none_of_his_is_not_there(do: Any, cast: World, subject: str, refusal: Any) -> None:
    assert refusal(do, act="object", subject=subject, value="不对") == C.NOT_FOUND


@pytest.fixture
def card(cast: World, at: datetime) -> AssessmentCard:
    """His card of a year whose self-assessment is open."""

    def act() -> AssessmentCard:
        rule = RuleSet.get(RuleSet.kind == "assessment")
        cycle = AssessmentCycle.create(
            code="c", region_code=COUNTY, year="2026", state="running", seed="1", rule_set=rule, created_at=at
        )
        AssessmentPhase.create(
            cycle=cycle, number=1, kind="self", name="自评", opens_on="2026-06-10", closes_on="2026-06-20",
            opens_at=at - timedelta(hours=1), closes_at=at + timedelta(days=10), state="open",
        )  # fmt: skip
        made = AssessmentCard.create(
            code="k", cycle=cycle, year="2026", volunteer=cast.xiaobo, team=cast.team,
            region_code=cast.team.region_code, joined_at=at, state="open", created_at=at,
        )  # fmt: skip
        assert isinstance(made, AssessmentCard)
        return made

    return store.write(act)


def test_assessment_on_paper_is_his_own_and_his_objection_is_answered_by_somebody_else(
    parts: Parts, do: Any, cast: World, at: datetime, card: AssessmentCard, refusal: Any
) -> None:
    assert (_keys(parts, cast, "assess", at), _keys(parts, cast, "assess_object", at)) == (["card:k"], [])
    for value in ("每次都到", "101 每次都到", ""):
        assert refusal(do, act="assess", subject="card:k", value=value) == C.SCORE_RANGE
    do("assess", "card:k", value="８５分，每次都到")
    kept = AssessmentCard.get_by_id(card.id)
    assert (kept.self_score, kept.self_text, kept.self_door) == (85, "每次都到", "proxy")
    store.write(
        lambda: AssessmentCard.update(
            state="told", grade="pass", total=70, told_at=at, object_until=at + timedelta(days=7)
        ).execute()
    )
    assert _keys(parts, cast, "assess_object", at) == ["card:k"]
    do("assess_object", "card:k", helper=cast.officer, value="七月在抢险")
    made = AssessmentObjection.get()
    assert (made.volunteer_id, made.text) == (cast.xiaobo.id, "七月在抢险")
    answer = {"code": made.code, "text": "查过", "at": at}
    assert refusal(results.answer, actor=cast.actor(cast.officer), **answer) == C.OWN_RECORD


def test_a_colleague_is_judged_on_paper_by_the_station_and_nobody_of_the_team_reads_it(
    parts: Parts, do: Any, cast: World, at: datetime, card: AssessmentCard, station: Volunteer, refusal: Any
) -> None:
    def prepare() -> AssessmentPeer:
        AssessmentPhase.update(kind="peer").execute()
        of_leader = AssessmentCard.create(
            code="l", cycle=card.cycle, year="2026", volunteer=cast.ali, team=cast.team,
            region_code=cast.team.region_code, joined_at=at, state="open", created_at=at,
        )  # fmt: skip
        made = AssessmentPeer.create(cycle=card.cycle, card=of_leader, reviewer=cast.xiaobo)
        assert isinstance(made, AssessmentPeer)
        return made

    task = store.write(prepare)
    key = f"task:{task.id}"
    assert _keys(parts, cast, "assess_peer", at) == []  # his leader's form does not offer it
    sheet = {"parts": parts, "public_no": cast.xiaobo.public_no, "act": "assess_peer", "at": at}
    printed = [_words(proxy_form.pdf(actor=cast.actor(who), **sheet)) for who in (station, cast.ali)]
    assert [("李阿丽（东湖服务队）" in each, "互评" in each) for each in printed] == [(True, True), (False, False)]
    assert refusal(do, act="assess_peer", subject=key, value="95") == C.PROXY_GAINS
    assert refusal(do, act="assess_peer", subject=key, value="尽责", helper=station) == C.SCORE_RANGE
    do("assess_peer", key, value="不熟悉他", helper=station)
    assert AssessmentPeer.get().void_why == "unknown"
    number = do("assess_peer", key, value="６０分，常常不来", helper=station)
    said = AssessmentPeer.get()
    assert (said.score, said.words, said.void_why, said.door) == (60, "常常不来", "", "proxy")
    look = {"parts": parts, "number": number, "at": at}
    assert refusal(proxies.form_of, actor=cast.actor(cast.ali), **look) == C.NOT_FOUND
    for reader in (station, cast.xiaobo):
        assert proxies.form_of(actor=cast.actor(reader), **look)


def _words(body: bytes) -> str:
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(body))

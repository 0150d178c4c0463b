"""A person is honoured: proposed by others, looked at, shown in public by his surname, given once, revoked openly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Commendation,
    Complaint,
    Delivery,
    History,
    Honour,
    Nomination,
    TeamMember,
    Volunteer,
    store,
)
from services.actors import Actor
from services.commending import nominations, objections, proposing, views
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.honours import kinds, revoking
from services.honours import views as honour_views
from services.listing import Wanted
from tests.support.world import CITY, COUNTY, TOWN, World

C = RefusalCode


def no(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


@pytest.fixture
def kind(cast: World, levels: dict[str, Volunteer], at: datetime) -> str:
    """An honour of the county's own, given by the county."""
    return kinds.add(
        actor=cast.actor(levels[COUNTY], "console"), region_code=COUNTY, name="霍邱好人", for_whom="both", level=3,
        at=at,
    )  # fmt: skip


def propose(cast: World, who: Volunteer, kind: str, at: datetime, **more: Any) -> str:
    facts = {"public_no": cast.xiaobo.public_no, "kind_code": kind, "merits": "守堤三十天"} | more
    return proposing.nominate(actor=cast.actor(who, "console"), at=at, **facts)


def through(cast: World, levels: dict[str, Volunteer], code: str, at: datetime) -> datetime:
    """Agreed to by every level that has the word; the day after its notice is over."""
    while (made := Nomination.get(Nomination.code == code)).state == "review":
        nominations.agree(actor=cast.actor(levels[made.at_region], "console"), code=code, at=at)
    return at + timedelta(days=8)


def test_person_is_honoured_and_the_honour_revoked(
    cast: World, at: datetime, levels: dict[str, Volunteer], kind: str
) -> None:
    county, city = (cast.actor(levels[place], "console") for place in (COUNTY, CITY))
    code = propose(cast, cast.ali, kind, at)  # the leader of his team
    made = Nomination.get()
    assert (made.title, made.award_region, made.at_region, made.year) == ("霍邱好人", COUNTY, TOWN, "2026")
    assert (made.figures["hours"], made.figures["activities"], made.figures["missing"][0]) == (2, 1, "short")
    assert no(lambda: propose(cast, levels[TOWN], kind, at)) is C.NOMINATION_STATE
    nominations.agree(actor=cast.actor(levels[TOWN], "console"), code=code, at=at)
    assert no(lambda: nominations.award(actor=county, code=code, at=at)) is C.NOMINATION_STATE
    nominations.agree(actor=county, code=code, at=at)
    shown, runs = views.notice(code=code, at=at)
    assert (shown.team, shown.person, shown.last, runs) == ("王**", True, "2026-06-17", True)
    assert [(each.name, each.public) for each in honour_views.mine(volunteer_id=cast.xiaobo.id, at=at).ways] == [
        ("霍邱好人", True)
    ]
    over = at + timedelta(days=8)
    nominations.award(actor=county, code=code, at=over)
    held = honour_views.mine(volunteer_id=cast.xiaobo.id, at=over).held
    assert [(one.name, one.year, one.awarded_by, one.awarded_on) for one in held] == [
        ("霍邱好人", "2026", "霍邱县退役军人服务中心", "2026-06-18")
    ]
    assert no(lambda: propose(cast, levels[TOWN], kind, over)) is C.HONOUR_AGAIN
    assert no(lambda: revoking.revoke(actor=county, code=held[0].code, reason=" ", at=over)) is C.REASON_REQUIRED
    town = cast.actor(levels[TOWN], "console")
    assert no(lambda: revoking.revoke_of(actor=town, code=code, reason="x", at=over)) is C.NOT_FOUND
    revoking.revoke_of(actor=city, code=code, reason="材料不实", at=over)
    assert no(lambda: revoking.revoke(actor=county, code=held[0].code, reason="再撤", at=over)) is C.HONOUR_REVOKED
    mine = honour_views.mine(volunteer_id=cast.xiaobo.id, at=over)
    assert (mine.held, [each.why for each in mine.gone]) == ([], ["材料不实"])
    assert (Nomination.get().state, views.announced(wanted=Wanted(), at=over).rows) == ("revoked", [])
    told = {row.kind for row in Delivery.select().where(Delivery.volunteer == cast.xiaobo.id)}
    assert told >= {"honour_announced", "honour_awarded", "honour_revoked"}
    verbs = [row.verb for row in History.select().where(History.subject == f"volunteer:{cast.xiaobo.id}")]
    assert verbs[-1] == "honour.revoked"
    propose(cast, levels[TOWN], kind, over)  # revoked, it may be proposed anew


def test_nobody_proposes_himself_unless_the_honour_says_so(
    cast: World, at: datetime, levels: dict[str, Volunteer], kind: str
) -> None:
    officer = cast.actor(levels[COUNTY], "console")
    own = {"public_no": cast.ali.public_no}
    assert no(lambda: propose(cast, cast.ali, kind, at, **own)) is C.OWN_RECORD
    assert no(lambda: propose(cast, cast.chali, kind, at)) is C.NOT_FOUND
    code = propose(cast, cast.ali, kind, at)
    assert no(lambda: nominations.agree(actor=cast.actor(cast.ali, "console"), code=code, at=at)) in (
        C.NOT_ALLOWED, C.NOT_FOUND,
    )  # fmt: skip
    asked = kinds.add(
        actor=officer, region_code=COUNTY, name="自荐奖", for_whom="person", level=3, self_proposed=True, at=at
    )
    self_made = propose(cast, cast.xiaobo, asked, at)
    assert Nomination.get(Nomination.code == self_made).at_region == TOWN
    assert no(lambda: nominations.decline(actor=cast.actor(cast.chali), code=self_made, at=at)) is C.NOT_FOUND
    nominations.decline(actor=cast.actor(cast.xiaobo), code=self_made, at=at)
    assert no(lambda: nominations.decline(actor=cast.actor(cast.xiaobo), code=self_made, at=at)) is C.NOMINATION_STATE
    team = proposing.nominate(
        actor=cast.actor(cast.ali, "console"), team_code=cast.team.code, kind_code=kind, merits="守堤", at=at
    )
    assert Nomination.get(Nomination.code == team).volunteer_id is None


def test_kind_is_the_divisions_own_and_named_once(cast: World, at: datetime, levels: dict[str, Volunteer]) -> None:
    county = cast.actor(levels[COUNTY], "console")
    facts: dict[str, Any] = {"actor": county, "region_code": COUNTY, "for_whom": "person", "at": at}
    assert no(lambda: kinds.add(name="省级奖", level=1, **facts)) is C.FIELD_WRONG  # above his own level
    assert no(lambda: kinds.add(name="道德模范", level=3, **facts)) is C.HONOUR_KIND_TAKEN
    assert no(lambda: kinds.add(actor=county, region_code=CITY, name="市奖", for_whom="team", level=2, at=at)) in (
        C.NOT_ALLOWED, C.NOT_FOUND,
    )  # fmt: skip
    mine = kinds.add(name="霍邱好人", level=3, **facts)
    named = [one.name for one in kinds.listed(actor=county, wanted=Wanted(), at=at).rows]
    assert (len(named), named[0], named[-1]) == (9, "中华慈善奖", "霍邱好人")
    team = {"public_no": "", "team_code": cast.team.code}
    assert no(lambda: propose(cast, levels[TOWN], mine, at, **team)) is C.HONOUR_KIND
    kinds.close(actor=county, code=mine, at=at)
    assert no(lambda: propose(cast, levels[TOWN], mine, at)) is C.HONOUR_KIND
    assert no(lambda: kinds.close(actor=county, code="named1", at=at)) is C.HONOUR_KIND


def test_who_left_died_or_was_merged_is_told_apart(
    cast: World, at: datetime, levels: dict[str, Volunteer], kind: str
) -> None:
    def state(person: Volunteer, **change: Any) -> None:
        store.write(lambda: Volunteer.update(change).where(Volunteer.id == person.id).execute())

    town, county = levels[TOWN], cast.actor(levels[COUNTY], "console")
    state(cast.xiaobo, state="left")
    assert no(lambda: propose(cast, town, kind, at)) is C.HONOUR_GONE
    state(cast.xiaobo, state="deceased")
    assert no(lambda: propose(cast, town, kind, at)) is C.HONOUR_DECEASED
    code = propose(cast, town, kind, at, posthumous=True)
    over = through(cast, levels, code, at)
    nominations.award(actor=county, code=code, at=over)
    assert Honour.get().posthumous
    assert not Delivery.select().where(Delivery.volunteer == cast.xiaobo.id, Delivery.kind == "honour_awarded").exists()

    def joins() -> None:
        TeamMember.create(team=cast.team, volunteer=cast.chali, from_at=at, home=True)

    store.write(joins)
    code = propose(cast, town, kind, at, public_no=cast.chali.public_no)
    over = through(cast, levels, code, at)
    # Merged while its notice runs: the honour goes to the entry that is kept.
    state(cast.chali, state="merged", merged_into=cast.ali.id)
    assert no(lambda: propose(cast, town, kind, at, public_no=cast.chali.public_no)) is C.HONOUR_MERGED
    nominations.award(actor=county, code=code, at=over)
    assert Honour.select().order_by(Honour.id.desc()).first().volunteer_id == cast.ali.id


def test_objection_holds_the_award_and_comes_too_late_after_the_notice(
    cast: World, app: Any, at: datetime, levels: dict[str, Volunteer], kind: str
) -> None:
    code = propose(cast, cast.ali, kind, at, merits=f"{cast.xiaobo.name}守堤三十天")
    facts: dict[str, Any] = {"parts": app.extensions["parts"], "actor": None, "address": "10.0.0.1", "code": code}
    assert no(lambda: objections.object_to(**facts, text="没去过", at=at)) is C.NOT_FOUND
    over = through(cast, levels, code, at)
    shown = {place: views.announced(wanted=Wanted(filters={"region": place}), at=at).rows for place in (TOWN, "99")}
    assert ([one.merits for one in shown[TOWN]], shown["99"]) == (["王**守堤三十天"], [])
    filed = objections.object_to(**facts, text="没去过", at=at)
    county, city = (cast.actor(levels[place], "console") for place in (COUNTY, CITY))
    assert no(lambda: objections.object_to(**facts, text="没去过", at=over)) is C.NOTICE_OVER
    assert no(lambda: nominations.award(actor=county, code=code, at=over)) is C.HONOUR_OBJECTED
    known: dict[str, Any] = {"code": filed.code, "text": "查了签到", "at": over}
    assert no(lambda: complaints.answer(actor=county, finding="unfounded", **known)) is C.OWN_RECORD
    assert no(lambda: complaints.answer(actor=city, finding="", **known)) is C.FIELD_WRONG
    complaints.answer(actor=city, finding="upheld", **known)
    assert not views.page(actor=county, code=code, at=over).may_award
    assert no(lambda: nominations.award(actor=county, code=code, at=over)) is C.HONOUR_UPHELD
    complaints.go_further(token=filed.token, text="请再查", at=over)
    assert no(lambda: nominations.award(actor=county, code=code, at=over)) is C.HONOUR_OBJECTED  # open again
    store.write(lambda: Complaint.update(state="answered", finding="unfounded").execute())
    nominations.award(actor=county, code=code, at=over)
    assert Nomination.get().state == "awarded"


@pytest.mark.parametrize("guarded", [True, False])
def test_two_officers_award_once(
    cast: World, at: datetime, levels: dict[str, Volunteer], monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """With the guard off (the control) every tap is an award."""
    if not guarded:
        monkeypatch.setattr(nominations, "_may_award", lambda made: Nomination.id == made.id)
    code = proposing.nominate(
        actor=cast.actor(levels[TOWN], "console"), team_code=cast.team.code, award_region=COUNTY, title="先进",
        merits="守堤", at=at,
    )  # fmt: skip
    nominations.agree(actor=cast.actor(levels[COUNTY], "console"), code=code, at=at)
    officers = [cast.actor(levels[COUNTY], "console"), cast.actor(levels[CITY], "console")]
    over = at + timedelta(days=8)
    everybody, plain = threading.Barrier(4), nominations._giver

    def seen_by_all(made: Nomination, named: str) -> str:
        everybody.wait(timeout=20)  # each has read that it is announced
        return plain(made, named)

    monkeypatch.setattr(nominations, "_giver", seen_by_all)
    answers = _at_once(officers, lambda who: nominations.award(actor=who, code=code, at=over))
    given = Commendation.select().count()
    one = (["done"] + ["nomination_state"] * 3, 1)
    assert (answers, given) == (one if guarded else (["done"] * 4, 4))


def _at_once(officers: list[Actor], act: Callable[[Actor], Any]) -> list[str]:
    crowd = officers * 2
    gate, answers = threading.Barrier(len(crowd)), [""] * len(crowd)

    def one(number: int) -> None:
        with store.session():
            gate.wait(timeout=20)
            try:
                act(crowd[number])
                answers[number] = "done"
            except Refusal as refused:
                answers[number] = refused.code.value

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(crowd))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    return sorted(answers)

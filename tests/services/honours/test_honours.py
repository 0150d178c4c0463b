"""Honours of people: on the wall only as far as they agree, gone from it at once when revoked."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from models import (
    AuditEntry,
    Commendation,
    Complaint,
    Delivery,
    Evaluation,
    Honour,
    PeriodMinutes,
    PointDebt,
    PointEntry,
    ServiceRecord,
    Volunteer,
    store,
)
from queries import books as sql
from services.accounts import enrolment
from services.actors import OPERATOR
from services.bookkeeping import books, points
from services.errors import Refusal, RefusalCode
from services.honours import comparing, consent, ranking, revoking, rows, views, wall, yearly, yearly_card
from services.listing import Wanted
from services.policy import numbers
from tests.support.fakes import make_parts
from tests.support.world import COUNTY, PROVINCE, TOWN, World

C = RefusalCode
PARTS = make_parts()


def give(person: Volunteer, at: datetime, **more: Any) -> Honour:
    facts = {
        "volunteer": person, "kind": "nomination", "name": "最美退役军人", "year": "2026", "region_code": COUNTY,
        "source": f"nomination:{person.id}", "awarded_by": "县中心", "awarded_on": "2026-06-10", "at": at,
    } | more  # fmt: skip
    return store.write(lambda: Honour.create(**facts))


def agree(person: Volunteer, given: bool, at: datetime) -> None:
    store.write(lambda: enrolment.keep_consents(
        volunteer_id=person.id, purposes=["honour_wall"], channel="h5", at=at, given=given
    ))  # fmt: skip


def test_own_honours_are_those_that_stand_also_of_a_merged_entry(cast: World, at: datetime) -> None:
    give(cast.xiaobo, at)
    give(cast.chali, at, name="优秀志愿者", revoked_at=at, revoked_why="材料不实")
    store.write(lambda: Volunteer.update(state="merged", merged_into=cast.xiaobo).where(
        Volunteer.id == cast.chali.id
    ).execute())  # fmt: skip
    store.write(lambda: Commendation.create(
        team=cast.team, title="先进队", awarded_by="县中心", awarded_on=at.date().isoformat(), at=at
    ))  # fmt: skip
    mine = views.mine(volunteer_id=cast.xiaobo.id, at=at)
    assert [(each.name, each.awarded_by) for each in mine.held] == [("最美退役军人", "县中心")]
    assert [(each.name, each.why) for each in mine.gone] == [("优秀志愿者", "材料不实")]
    assert [each[1] for each in mine.teams] == ["先进队"]
    assert not mine.on_wall


def test_name_is_shown_only_to_whom_agreed_and_is_grown_up_and_with_us(cast: World, at: datetime) -> None:
    person, day = cast.xiaobo, at.date().isoformat()

    def shown() -> str:
        return consent.shown([Volunteer.get_by_id(person.id)], day)[person.id]

    assert shown() == "王**"
    agree(person, True, at)
    assert shown() == person.name
    for change in ({"birth_date": "2010-01-01"}, {"birth_date": None}, {"state": "deceased"}):
        kept = {name: getattr(person, name) for name in change}
        store.write(lambda change=change: Volunteer.update(change).where(Volunteer.id == person.id).execute())  # type: ignore[misc]
        assert shown() == "王**"
        store.write(lambda kept=kept: Volunteer.update(kept).where(Volunteer.id == person.id).execute())  # type: ignore[misc]
    agree(person, False, at + timedelta(minutes=1))
    assert shown() == "王**"


def no(act: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


def test_wall_names_whom_it_may_and_forgets_what_was_revoked(cast: World, at: datetime) -> None:
    long = "最" * 200
    given = give(cast.xiaobo, at, name=long)
    give(cast.chali, at)
    agree(cast.xiaobo, True, at)

    def shown() -> list[tuple[str, str]]:
        return [(one.who, one.name) for one in wall.people(wanted=Wanted(filters={"region": COUNTY}), at=at).rows]

    assert shown() == [("赵**", "最美退役军人"), (cast.xiaobo.name, long)]
    agree(cast.xiaobo, False, at + timedelta(minutes=1))
    assert shown()[1] == ("王**", long)  # at once
    officer = cast.actor(cast.officer, "console")
    assert no(lambda: revoking.revoke(actor=cast.actor(cast.ali), code=given.code, reason="x", at=at)).code in (
        C.NOT_FOUND, C.NOT_ALLOWED,
    )  # fmt: skip
    revoking.revoke(actor=officer, code=given.code, reason="材料不实", at=at)
    assert shown() == [("赵**", "最美退役军人")]
    store.write(lambda: Commendation.create(
        team=cast.team, title="先进队", awarded_by="县", awarded_on="2026-06-01", at=at
    ))  # fmt: skip
    assert [(one.who, one.team) for one in wall.teams(wanted=Wanted()).rows] == [(cast.team.name, True)]
    assert wall.people(wanted=Wanted(filters={"region": "99"}), at=at).rows == []


def test_honour_of_an_assessment_takes_its_points_along_when_it_is_revoked(cast: World, at: datetime) -> None:
    name, person = "2026年度考核优秀志愿者", cast.xiaobo.id

    def act() -> None:
        for amount, kind, key in ((100, "honour", "assessment:1:excellent"), (-60, "redemption", "spent")):
            entry = sql.Entry(
                person, amount, kind, None, None, COUNTY, "2026-06-01", None, key, None, None, name,
                expires_on="2029-06-30" if amount > 0 else None,
            )  # fmt: skip
            points.post(entry, at=at)

    store.write(act)
    given = give(cast.xiaobo, at, kind="assessment", name=name, source="assessment:1")
    revoking.revoke(actor=cast.actor(cast.officer, "console"), code=given.code, reason="材料不实", at=at)
    assert (points.balance(person), PointDebt.get().points) == (-60, 60)
    assert PointEntry.select().order_by(PointEntry.id.desc()).first().note.endswith("材料不实")
    assert "100 积分也收回" in Delivery.get(Delivery.kind == "honour_revoked").body
    assert books.verify() == []


def test_comparison_sheet_lays_evidence_side_by_side_and_decides_nothing(cast: World, at: datetime) -> None:
    def act() -> None:
        for minutes, source in ((60 * 30, "scan"), (120, "supplement")):
            ServiceRecord.create(
                activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.activity.region_code,
                minutes=minutes, local_day="2026-05-01", state="confirmed", source=source, rule_set=cast.hours_rule,
                created_at=at, updated_at=at,
            )  # fmt: skip
        Evaluation.create(
            kind="organiser", activity=cast.activity, author=cast.ali, subject=cast.xiaobo, score=4, at=at,
            updated_at=at,
        )  # fmt: skip
        for number, finding in enumerate(("upheld", "unfounded", "unclear", "")):
            Complaint.create(
                code=f"c{number}", token_hash=f"t{number}", kind="behaviour", region_code=COUNTY, about=cast.xiaobo,
                text="态度不好", state="answered", finding=finding, due_at=at, created_at=at,
            )  # fmt: skip

    store.write(act)
    give(cast.xiaobo, at)
    officer = cast.actor(cast.officer, "console")
    facts: dict[str, Any] = {"actor": officer, "purpose": "县道德模范", "at": at}
    two = comparing.numbers_of(f"{cast.chali.public_no}，{cast.xiaobo.public_no}\n{cast.chali.public_no}")
    found = comparing.compare(numbers=two, reason="推荐会", **facts)
    assert [one.name for one in found.people] == [cast.chali.name, cast.xiaobo.name]  # as named, not by hours
    best = found.people[1]
    assert (best.figures["hours"], best.figures["made_up"], best.figures["mean"], best.figures["honours"],
            best.figures["upheld"]) == (32, 2, 40, 1, 1)  # fmt: skip
    assert best.record == {"hours": True, "evaluation": True, "no_fail": None, "clean": False}
    assert ("complaint" in best.missing, found.people[0].record["clean"]) == (True, True)
    assert found.people[0].record["evaluation"] is None
    assert {"assessment", "evaluation", "attendance"} <= set(found.people[0].missing)
    looks = [row for row in AuditEntry.select() if row.verb == "honour.compared"]
    assert {row.subject for row in looks} == {f"volunteer:{cast.chali.id}", f"volunteer:{cast.xiaobo.id}"}
    assert {row.detail["reason"] for row in looks} == {"推荐会"}
    for key, value in (("hours", 2), ("judged", 1), ("honours", 1), ("attendance", 0), ("assessments", 0),
                       ("dispatches", 0), ("complaints", 4), ("cases", 0), ("stars", 0)):  # fmt: skip
        listed = rows.listed(
            actor=officer, public_no=cast.xiaobo.public_no, what=key, wanted=Wanted(filters={"span": "record"}), at=at
        )
        assert listed.total == value, key
    leader = {"actor": cast.actor(cast.ali, "console"), "public_no": cast.xiaobo.public_no, "at": at}
    assert no(lambda: rows.whose(what="complaints", **leader)).code is C.NOT_ALLOWED
    assert no(lambda: comparing.compare(numbers=two[:1], reason="看", **facts)).code is C.COMPARE_NUMBER
    assert no(lambda: comparing.compare(numbers=two, reason=" ", **facts)).code is C.REASON_REQUIRED
    assert no(lambda: comparing.compare(numbers=[*two, "没有"], reason="看", **facts)).facts == {"numbers": "没有"}
    own = [*two, cast.officer.public_no]
    assert no(lambda: comparing.compare(numbers=own, reason="看", **facts)).code is C.OWN_RECORD
    stranger = facts | {"actor": cast.actor(cast.ali, "console")}
    assert no(lambda: comparing.compare(numbers=two, reason="看", **stranger)).code is C.COMPARE_PERSON


def test_ranking_is_off_until_turned_on_and_names_only_whom_it_may(cast: World, at: datetime) -> None:
    def act() -> None:
        for person, minutes in ((cast.xiaobo, 300), (cast.chali, 600), (cast.ali, 300), (cast.officer, 900)):
            PeriodMinutes.create(
                volunteer=person, period="2026", region_code=person.region_code, minutes=minutes, records=1
            )
        Volunteer.update(state="left").where(Volunteer.id == cast.officer.id).execute()

    store.write(act)
    assert no(lambda: ranking.best(region_code=COUNTY, at=at)).code is C.MODULE_OFF
    for place in (TOWN, COUNTY, PROVINCE):
        numbers.set_number(
            actor=OPERATOR, region_code=place, kind="modules", name="ranking", value=True, lock=False, reason="开通",
            at=at,
        )  # fmt: skip
    agree(cast.chali, True, at)
    for place in (TOWN, COUNTY, PROVINCE):  # read whole, in the order of an index
        best = ranking.best(region_code=place, me=cast.ali.id, at=at)
        assert [(one.place, one.minutes) for one in best] == [(1, 600), (2, 300), (2, 300)]
        assert (best[0].who, {one.who for one in best[1:]}) == (cast.chali.name, {"王**", "李**"})
        assert [one.me for one in best].count(True) == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_card_of_a_year_holds_whatever_the_names_are(cast: World, at: datetime) -> None:
    person = cast.xiaobo
    assert no(lambda: yearly.card(parts=PARTS, volunteer_id=person.id, year="2026", at=at)).code is C.NOT_FOUND
    assert no(lambda: yearly.of(volunteer_id=person.id, year="2027", at=at)).code is C.NOT_FOUND

    def act() -> None:
        PeriodMinutes.create(volunteer=person, period="2026", region_code=COUNTY, minutes=6005, records=3)
        Volunteer.update(name="欧阳" * 20 + "\u202e\U0001f600\x00").where(Volunteer.id == person.id).execute()

    store.write(act)
    for number in range(6):
        give(person, at, source=f"nomination:{number}", name="很长的荣誉名称" * 20)
    give(person, at, source="nomination:9", revoked_at=at)
    found = yearly.of(volunteer_id=person.id, year="2026", at=at)
    assert (found.minutes, len(found.honours), found.until) == (6005, 6, "2026-06-10")
    body = yearly.card(parts=PARTS, volunteer_id=person.id, year="2026", at=at)
    assert Image.open(io.BytesIO(body)).size == yearly_card.SIZE
    assert len(body) < 300_000

"""A year's assessment through the doors: phones and desks, with the worker between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from apiflask import APIFlask

from handlers.console.assessment import review
from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentMark,
    AssessmentPeer,
    Delivery,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from tests.console.conftest import Desk
from tests.pages.conftest import WECHAT, Phone
from tests.services.assessment.conftest import Year, beat, moment, morning, year
from tests.support import world
from tests.support.world import CITY, COUNTY

__all__ = ["year"]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


class House:
    """The doors at a moment that moves on."""

    def __init__(self, app: APIFlask, frozen: Callable[[datetime], None]) -> None:
        self.app, self.frozen = app, frozen
        self.now = moment(10, 20)

    def at(self, month: int, day: int, hour: int = 10) -> None:
        """It is later now, and the worker has been by."""
        self.now = moment(month, day, hour)
        self.frozen(self.now)
        beat(self.now)

    def known(self, person: Volunteer) -> WechatIdentity:
        """His WeChat, made where he has none yet."""
        found = WechatIdentity.get_or_none(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        return found or store.write(lambda: world.make_identity(self.now, person))

    def desk(self, person: Volunteer) -> Desk:
        self.known(person)
        made = Desk(self.app)
        made.log_in(person, self.now)
        return made

    def phone(self, person: Volunteer) -> Phone:
        made = Phone(self.app, WECHAT)
        made.log_in(person, self.now, self.known(person))
        return made


@pytest.fixture
def house(app: APIFlask, frozen: Callable[[datetime], None]) -> House:
    return House(app, frozen)


def person(of: int | None) -> Volunteer:
    found = Volunteer.get_by_id(of)
    assert isinstance(found, Volunteer)
    return found


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_year_goes_through_phones_and_desks(year: Year, house: House) -> None:
    ali, xiaobo, good, fair, weak, silent = year.people
    officer, second = person(year.officer.volunteer_id), person(year.second.volunteer_id)
    base = f"/console/assessment/{year.code}"

    # Before it opens the days are moved; wrong ones are said beside them.
    house.at(10, 20)
    desk = house.desk(officer)
    assert all(word in desk.get(base).text for word in ("自评", "互评", "复评", "还没开始"))
    wrong = desk.post(f"{base}/phases/1", {"opens": "2026-11-05", "closes": "2026-11-02", "reason": "汛期"})
    assert (wrong.status_code, "请把两个日子对调" in wrong.text) == (409, True)
    moved = desk.post(f"{base}/phases/1", {"opens": "2026-11-02", "closes": "2026-11-14", "reason": "汛期"})
    assert (moved.status_code, "11月14日" in desk.get(base).text) == (303, True)

    # 自评: one button; five words or a number; what is wrong is said on the form, with what was typed.
    house.at(11, 2, 0)
    house.at(11, 3)
    card = year.card(good).code
    mine = house.phone(good)
    form = f"/m/assessment/{card}/self"
    assert [form in mine.get(path).text for path in ("/m", "/m/assessment")] == [True, True]
    assert "非常好" in mine.get(f"/m/assessment/{card}/self").text
    bad = mine.post(f"/m/assessment/{card}/self", {"step": "85", "exact": "101", "text": "上了八天堤"})
    assert (bad.status_code, "0 到 100" in bad.text, "上了八天堤" in bad.text) == (409, True, True)
    for each, step, exact in (
        (good, "95", ""), (ali, "85", "９０分"), (xiaobo, "85", ""), (fair, "75", ""), (weak, "75", ""),
    ):  # fmt: skip
        sent = {"step": step, "exact": exact, "text": "按时参加"}
        done = house.phone(each).post(f"/m/assessment/{year.card(each).code}/self", sent)
        assert done.location == f"/m/assessment/{year.card(each).code}?done=saved"
    assert [year.card(each).self_score for each in year.people] == [90, 85, 95, 75, 75, None]
    assert silent.name in house.phone(ali).get("/m/assessment/team").text
    assert house.phone(xiaobo).get("/m/assessment/team").status_code == 403
    assert silent.name in house.desk(ali).get(f"/console/assessment/teams/{year.cast.team.code}").text

    # 互评: one at a time, until there are none.
    house.at(11, 16, 0)
    house.at(11, 17)
    points = {ali.name: "85", xiaobo.name: "95", good.name: "95", fair.name: "75", weak.name: "50", silent.name: "75"}
    for each in year.people[:5]:
        phone = house.phone(each)
        for turn in range(4):
            page = phone.get("/m/assessment/peers").text
            number, name = re.search(r'action="/m/assessment/peers/(\d+)"', page), re.search(r"<h2>(.+?)</h2>", page)
            assert number is not None
            assert name is not None
            said = {"step": points[name[1]], "words": "实在人"}
            knows = each is not ali or turn
            phone.post(f"/m/assessment/peers/{number[1]}", said if knows else {"unknown": "1"})
        done = phone.get("/m/assessment/peers").text
        assert ("都评过了" in done, "不熟悉" in done) == (True, each is ali)
    strange = AssessmentPeer.get(AssessmentPeer.reviewer == silent)
    assert house.phone(good).get(f"/m/assessment/peers/{strange.id}").status_code == 404

    # 复评: the list, one on one page, the rows behind it, and who judged only for the auditor, with a reason.
    house.at(12, 1, 0)
    morning(moment(12, 1, 5))
    house.at(12, 2)
    desk, other = house.desk(officer), house.desk(second)
    assert "件等您办" in desk.get("/console").text
    listed = desk.get(f"{base}/cards?state=undecided&sort=total").text
    assert all(each.name in listed for each in year.people)
    page = f"/console/assessment/cards/{year.card(weak).code}"
    seen = desk.get(page).text
    assert ("按时参加" in seen, "实在人" in seen, any(f"{each.name}</span>" in seen for each in (ali, good))) == (
        True, True, False,
    )  # fmt: skip
    assert "没有记录" in desk.get(f"{page}/rows/hours", **{"HX-Request": "true"}).text
    assert "为什么要看" in desk.get(page).text
    assert (desk.get(f"{page}/judges?reason=").status_code, xiaobo.name in desk.get(page).text) == (400, False)
    assert desk.get(f"{page}/judges?reason=有人举报拉票").status_code == 200

    # Two officers at once: the second reads one sentence, on a page that shows what the first decided.
    first = {"version": version(seen), "grade": "fail", "score": "40", "reason": "全年没有参加活动"}
    late = {"version": version(other.get(page).text), "grade": "pass", "score": "80", "reason": "他不容易"}
    assert desk.post(page, first | {"reason": ""}).status_code == 400
    assert desk.post(page, first).location == f"{page}?done=noted"
    refused = other.post(page, late)
    told = refused.text
    assert (refused.status_code, "这份考核刚刚有改动（" in told, "他不容易" in told) == (409, True, True)
    assert (year.card(weak).grade, "定了结果" in told) == ("fail", True)
    for each, grade, score, who in (
        (good, "excellent", "96", desk), (fair, "fail", "30", desk), (xiaobo, "pass", "85", desk),
        (ali, "pass", "80", other), (silent, "pass", "70", desk),
    ):  # fmt: skip
        path = f"/console/assessment/cards/{year.card(each).code}"
        sent = {"version": version(who.get(path).text), "grade": grade, "score": score, "reason": "全年表现"}
        assert who.post(path, sent).status_code == 303

    # The result with its reason, how it was weighed; an objection, answered by another one.
    house.at(12, 21, 0)
    house.at(12, 22)
    phone, path = house.phone(fair), f"/m/assessment/{year.card(fair).code}"
    shown = phone.get(path).text
    assert all(word in shown for word in ("不合格", "全年表现", "30%", "提出异议"))
    assert phone.post(f"{path}/objection", {"text": ""}).status_code == 400
    assert phone.post(f"{path}/objection", {"text": "七月在外地抢险"}).location == f"{path}?done=applied"
    desk, other = house.desk(officer), house.desk(second)
    link = re.search(r"/console/assessment/objections/\w+", desk.get("/console/assessment/objections?state=open").text)
    assert link is not None
    assert 'name="text"' not in desk.get(link[0]).text
    said = {"text": "查过，属实", "grade": "pass", "score": "80"}
    assert "和这个结果对不上" in other.post(link[0], said | {"grade": "excellent"}).text
    assert other.post(link[0], said).status_code == 303
    assert all(word in phone.get(path).text for word in ("查过，属实", "改为“合格”"))

    # The days are over: the exit is proposed and approved by another one; he reads from when he may come back.
    house.at(12, 30)
    desk, other = house.desk(officer), house.desk(second)
    link = re.search(r"/console/assessment/exits/\w+", desk.get("/console/assessment/exits?state=proposed").text)
    assert link is not None
    assert 'name="approve"' not in desk.get(link[0]).text
    assert other.post(link[0], {"refuse": "1", "reason": ""}).status_code == 400
    assert other.post(link[0], {"approve": "1"}).location == f"{link[0]}?done=noted"
    assert [m.ended_why for m in TeamMember.select().where(TeamMember.volunteer == weak)] == ["exit"]
    left = house.phone(weak).get("/m/assessment").text
    assert ("您已退出服务队" in left, "2027年12月30日" in left) == (True, True)
    assert AssessmentCycle.get().state == "closed"

    # Every letter that was sent leads its reader to a page that he can open.
    letters = {each.kind: each for each in Delivery.select().where(Delivery.kind.startswith("assessment_"))}
    assert len(letters) > 9
    for letter in letters.values():
        reader = person(letter.volunteer_id)
        door = house.desk(reader) if letter.url.startswith("/console") else house.phone(reader)
        assert (letter.kind, door.get(letter.url).status_code) == (letter.kind, 200)


def test_a_new_cycle_is_proposed_with_its_days_and_prescribed_from_above(year: Year, house: House) -> None:
    house.at(10, 20)
    desk, city = house.desk(person(year.officer.volunteer_id)), house.desk(person(year.above.volunteer_id))
    form = desk.get("/console/assessment/new?year=2027").text
    assert all(f'value="{day}"' in form for day in ("2027-11-01", "2027-12-20"))
    sent = {
        "region": COUNTY, "year": "2027", "self-on": "1", "self-opens": "2027-11-01", "self-closes": "2027-11-10",
        "review-opens": "2027-11-05", "review-closes": "2027-11-30",
    }  # fmt: skip
    wrong = desk.post("/console/assessment/new", sent)
    assert (wrong.status_code, "日子重叠了" in wrong.text, 'value="2027-11-30"' in wrong.text) == (409, True, True)
    assert "日期没有填全" in desk.post("/console/assessment/new", sent | {"review-opens": ""}).text
    sent |= {"review-opens": "2027-11-11"}
    # The city sets up one county's year, and later the same days for all below it.
    assert f'<option value="{COUNTY}">　霍邱县</option>' in city.get("/console/assessment/new").text
    one = city.post("/console/assessment/new", sent | {"scope": "below"})
    county = AssessmentCycle.get(AssessmentCycle.year == "2027")
    assert (one.location, county.region_code) == (f"/console/assessment/{county.code}?done=created", COUNTY)
    above = sent | {"region": CITY, "scope": "below", "binding": "1"}
    assert city.post("/console/assessment/new", above).status_code == 303
    assert "统一定了日期，下级不能自己改" in desk.get("/console/assessment/new?year=2027").text
    assert "由上级统一定" in desk.post("/console/assessment/new", sent).text
    made = AssessmentCycle.select().where(AssessmentCycle.year == "2027")
    house.at(10, 21)
    listed = house.desk(person(year.above.volunteer_id)).get("/console/assessment?year=2027").text
    assert [f"/console/assessment/{each.code}" in listed for each in made] == [True] * made.count()


def test_clear_cases_are_shown_before_they_are_decided_together(
    year: Year, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those whose tick was taken away, and those that changed since, are left out and named."""
    house.at(11, 1, 0)
    house.at(12, 1, 0)

    def ready() -> None:
        AssessmentCard.update(objective_score=88, total=88, suggested="pass", clear=True).execute()

    store.write(ready)
    house.at(12, 2)
    desk = house.desk(person(year.officer.volunteer_id))
    path = f"/console/assessment/{year.code}/clear"
    page = desk.get(path).text
    ticks = re.findall(r'name="card" value="(\w+\.\d+)"', page)
    assert (len(ticks), "6 人可以定为合格" in page) == (6, True)
    assert desk.post(path, {"grade": "pass"}).status_code == 409
    changed = year.card(year.people[1])
    store.write(lambda: AssessmentCard.update(version=99).where(AssessmentCard.id == changed.id).execute())
    done = desk.post(path, {"grade": "pass", "card": ticks[:5]}).text
    assert ("定好了 <strong>4</strong> 人" in done, "刚刚有改动，请重新看过" in done) == (True, True)
    assert AssessmentCard.select().where(AssessmentCard.grade == "pass").count() == 4
    monkeypatch.setattr(review, "TICKS", 1)
    assert "2 人一起定为合格" in desk.get(path).text
    assert "定好了 <strong>2</strong> 人" in desk.post(path, {"grade": "pass", "all": "1"}).text


def test_marks_of_an_extra_phase_are_entered_by_the_leader(year: Year, house: House, at: datetime) -> None:
    house.at(10, 20)
    base, desk = f"/console/assessment/{year.code}", house.desk(person(year.officer.volunteer_id))
    sent = {
        "extra1-on": "1", "extra1-name": "群众评议", "extra1-weight": "10", "extra1-opens": "2026-11-01",
        "extra1-closes": "2026-11-10", "review-opens": "2026-12-01", "review-closes": "2026-12-20", "reason": "加一项",
    }  # fmt: skip
    assert 'value="2026-11-16"' in desk.get(f"{base}/days").text
    assert desk.post(f"{base}/days", sent).location == f"{base}?done=saved"
    house.at(11, 1, 0)
    house.at(11, 2)
    leader, path = house.desk(year.people[0]), f"{base}/marks/1"
    assert path in leader.get("/console/assessment/teams").text
    assert year.people[1].name in leader.get(path).text
    own, one, other = (year.card(each).code for each in year.people[:3])
    marks = {f"score.{one}": "101", f"note.{one}": "有口皆碑", f"score.{other}": "88"}
    wrong = leader.post(path, marks).text
    assert ("0 到 100" in wrong, 'value="101"' in wrong, AssessmentMark.select().count()) == (True, True, 1)
    assert leader.post(path, marks | {f"score.{one}": "91"}).location == f"{path}?done=noted"
    assert leader.post(path, {f"score.{own}": "100"}).status_code == 403
    desk = house.desk(person(year.officer.volunteer_id))
    assert ("91" in desk.get(path).text, "群众评议" in desk.get(base).text) == (True, True)


def test_somebody_is_set_aside_and_taken_back_at_the_desk(year: Year, house: House) -> None:
    house.at(11, 1, 0)
    house.at(11, 2)
    desk, card = house.desk(person(year.officer.volunteer_id)), year.card(year.people[5])
    page = f"/console/assessment/cards/{card.code}"
    assert desk.post(f"{page}/aside", {"why": "on_leave", "reason": ""}).status_code == 400
    assert desk.post(f"{page}/aside", {"why": "on_leave", "reason": "住院"}).status_code == 303
    assert "请假" in house.phone(year.people[5]).get("/m/assessment").text
    assert desk.post(f"{page}/aside", {"back": "1", "reason": "出院了"}).status_code == 303
    assert year.card(year.people[5]).state == "open"


def test_a_stranger_and_a_member_find_nothing_at_the_desk(year: Year, house: House) -> None:
    house.at(11, 1, 0)
    stranger = house.desk(year.people[1])
    for path in ("", f"/{year.code}", f"/cards/{year.card(year.people[0]).code}", "/objections", "/teams"):
        assert stranger.get(f"/console/assessment{path}").status_code == 403
    leader = house.desk(year.people[0])
    assert leader.get("/console/assessment").location == "/console/assessment/teams"
    assert leader.get(f"/console/assessment/cards/{year.card(year.people[1]).code}").status_code in (403, 404)

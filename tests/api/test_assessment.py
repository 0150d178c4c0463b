"""年度考核 through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from models import AssessmentCard, AssessmentMark, WechatIdentity, store
from services.accounts import sessions
from services.assessment import cycles
from services.assessment.shapes import PhaseDates
from tests.services.assessment.conftest import REVIEW, Year, beat, moment, year
from tests.support import world

__all__ = ["year"]


def token(person: Any, at: datetime) -> dict[str, str]:
    """A session of his mini-program at this moment."""
    own = WechatIdentity.get_or_none(WechatIdentity.volunteer == person, WechatIdentity.kind == "mp")
    own = own or store.write(lambda: world.make_identity(at, person, "mp"))
    return {"Authorization": f"Bearer {sessions.open_session(kind='api', identity_id=own.id, at=at).token}"}


def test_a_volunteer_says_his_word_judges_his_mates_and_objects(
    client: Any, year: Year, frozen: Callable[[datetime], None]
) -> None:
    ali, xiaobo, *_ = year.people

    def later(month: int, day: int, hour: int = 10) -> None:
        for each in (moment(month, day, 0), moment(month, day, hour)):
            frozen(each)
            beat(each)

    later(11, 1)
    mine, leader = token(xiaobo, moment(11, 1)), token(ali, moment(11, 1))
    card = client.get("/api/v1/me/assessments", headers=mine).json["assessments"][0]
    assert (card["may_self"], card["now"]["kind"], card["now"]["closes_on"], card["result"]) == (
        True, "self", "2026-11-15", None,
    )  # fmt: skip
    path = f"/api/v1/me/assessments/{card['code']}"
    assert client.put(f"{path}/self", json={"score": 101}, headers=mine).status_code == 400
    assert client.put(f"{path}/self", json={"score": 88, "text": "随叫随到"}, headers=mine).status_code == 204
    assert client.get(path, headers=leader).status_code == 404
    assert client.get(path, headers=mine).json["self_score"] == 88
    assert client.get(f"{path}/sources/hours", headers=mine).json == {"rows": []}
    assert client.get(f"{path}/sources/weather", headers=mine).status_code == 400
    team = f"/api/v1/teams/{year.cast.team.code}/assessment"
    assert client.get(team, headers=leader).json["progress"]["self_done"] == 1
    assert client.get(team, headers=mine).status_code in (403, 404)

    later(11, 16)
    asked = client.get("/api/v1/me/assessment-tasks", headers=mine).json
    task = asked["tasks"][0]
    assert [each["score"] for each in asked["steps"]] == [95, 85, 75, 65, 50]
    judged = f"/api/v1/me/assessment-tasks/{task['id']}"
    assert client.post(f"{judged}/pass", headers=mine).status_code == 204
    assert client.get("/api/v1/me/assessment-tasks", headers=mine).json["tasks"][-1]["passed"] is True
    assert client.put(judged, json={"score": 90, "words": "实在"}, headers=mine).status_code == 204
    assert client.put(judged, json={"score": 90}, headers=leader).json["code"] == "not_found"
    assert client.put(f"{path}/self", json={"score": 90}, headers=mine).json["code"] == "phase_closed"

    # The review on an officer's phone: the list, one person, his grade; who read an older page is told so.
    later(12, 1)
    officer, code = token(year.cast.officer, moment(12, 1)), card["code"]
    cycle = client.get("/api/v1/assessments", headers=officer).json["cycles"][0]
    assert (cycle["code"], cycle["cards"], cycle["phase"]["kind"]) == (year.code, 6, "review")
    listed = client.get(f"/api/v1/assessments/{year.code}/cards?state=open&q={xiaobo.name}", headers=officer).json
    assert ([each["code"] for each in listed["cards"]], listed["total"]) == ([code], 1)
    page = f"/api/v1/assessment-cards/{code}"
    shown = client.get(page, headers=officer).json
    assert (shown["line"]["self_score"], shown["may_decide"], shown["grades"]) == (88, True, ["pass", "fail"])
    grade = {"version": shown["line"]["version"], "grade": "fail", "score": 20, "reason": "没有参加活动"}
    assert client.put(f"{page}/grade", json=grade | {"reason": ""}, headers=officer).json["code"] == "reason_required"
    assert client.put(f"{page}/grade", json=grade, headers=officer).status_code == 204
    assert client.put(f"{page}/grade", json=grade, headers=officer).status_code == 204  # tapped twice
    other = client.put(f"{page}/grade", json=grade | {"grade": "pass", "score": 80}, headers=officer)
    assert other.json["code"] == "decided_meanwhile"
    assert client.put(f"{page}/grade", json=grade, headers=mine).status_code in (403, 404)
    assert client.get(page, headers=leader).status_code in (403, 404)

    def tell() -> None:
        AssessmentCard.update(
            state="told", grade="fail", total=50, reason="没有参加活动", told_at=moment(12, 21), objective_score=40,
            object_until=moment(12, 29, 0), weights={"self": 20, "peer": 0, "review": 80},
        ).where(AssessmentCard.code == card["code"]).execute()  # fmt: skip

    store.write(tell)
    frozen(moment(12, 22))
    mine = token(xiaobo, moment(12, 22))
    result = client.get(path, headers=mine).json["result"]
    assert (result["grade"], result["weights"]["review"], result["may_object"]) == ("fail", 80, True)
    made = client.post(f"{path}/objection", json={"text": "七月在抢险"}, headers=mine)
    assert made.status_code == 201
    gone = f"/api/v1/me/assessment-objections/{made.json['code']}"
    assert [client.delete(gone, headers=mine).status_code for _ in range(2)] == [204, 409]


def test_a_leader_enters_what_an_extra_phase_says(
    client: Any, year: Year, frozen: Callable[[datetime], None], at: datetime
) -> None:
    extra = PhaseDates("extra", date(2026, 11, 1), date(2026, 11, 10), "群众评议", 10)
    cycles.replan(actor=year.officer, code=year.code, phases=[extra, REVIEW], reason="加一项", at=at)
    frozen(moment(11, 2))
    beat(moment(11, 2))
    leader, mine = token(year.cast.ali, moment(11, 2)), token(year.cast.xiaobo, moment(11, 2))
    listed = client.get(f"/api/v1/assessments/{year.code}/marks/1", headers=leader).json["marks"]
    assert sorted(each["may"] for each in listed) == [False, True, True, True, True, True]
    put = f"/api/v1/assessment-cards/{year.card(year.cast.xiaobo).code}/marks/1"
    assert client.put(put, json={"score": 90}, headers=mine).status_code in (403, 404)
    assert client.put(put, json={"score": 90, "note": "有口皆碑"}, headers=leader).status_code == 204
    assert (AssessmentMark.get().score, AssessmentMark.get().note) == (90, "有口皆碑")

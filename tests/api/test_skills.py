"""Skills, papers, willingness and promises through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import Acceptance, Qualification, VolunteerSkill, Willingness
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
SHEET = {
    "skills": ["boat", "law"],
    "domains": ["D3.care"],
    "times": ["emergency"],
    "reach": 3,
    "note": "有车",
}
SKILLS, PAPERS, PROMISES = "/api/v1/me/skills", "/api/v1/me/qualifications", "/api/v1/me/promises"


def test_skills_and_wishes_are_said_and_read_again(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.chali)
    first = client.get(SKILLS, headers=mine).json
    assert (first["said"], first["reach"], len(first["all_times"])) == (False, 4, 7)
    assert {"code": "D3.care", "domain": "基层社会治理", "name": "助老助残"} in first["kinds"]
    told = client.put(SKILLS, json=SHEET, headers=mine)
    own = [each["code"] for each in told.json["skills"] if each["mine"]]
    assert (told.status_code, own, told.json["said"]) == (200, ["boat", "law"], True)
    assert {key: told.json[key] for key in ("domains", "times", "reach", "note")} == {
        key: value for key, value in SHEET.items() if key != "skills"
    }
    assert client.get(SKILLS, headers=mine).json == told.json


@pytest.mark.parametrize(
    "wrong",
    [
        {"skills": ["flying"]}, {"domains": ["D9.none"]}, {"times": ["night"]}, {"reach": 1}, {"reach": "3"},
        {"note": "长" * 201}, {"skills": None}, {"admin": True},
    ],
)  # fmt: skip
def test_sheet_that_is_not_offered_keeps_nothing(
    client: Any, cast: World, bearer: Bearer, wrong: dict[str, Any]
) -> None:
    answer = client.put(SKILLS, json=SHEET | wrong, headers=bearer(cast.chali))
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert (Willingness.select().count(), VolunteerSkill.select().count()) == (0, 0)


def test_same_key_says_it_once(client: Any, cast: World, bearer: Bearer) -> None:
    headers = bearer(cast.chali) | {"Idempotency-Key": "k"}
    body = {"kind": "boat", "name": "船员证"}
    first, again = (client.post(PAPERS, json=body, headers=headers) for _ in range(2))
    assert (first.get_data(), Qualification.select().count()) == (again.get_data(), 1)


def test_qualification_is_told_and_taken_back(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.chali)
    body = {"kind": "boat", "name": "船员证", "issued_on": None, "expires_on": "2027-01-31"}
    made = client.post(PAPERS, json=body, headers=mine)
    assert (made.status_code, made.json["state"], made.json["expires_on"]) == (201, "stated", "2027-01-31")
    assert [each["id"] for each in client.get(PAPERS, headers=mine).json["qualifications"]] == [
        made.json["id"]
    ]
    back = f"{PAPERS}/{made.json['id']}/withdraw"
    assert client.post(back, headers=bearer(cast.ali)).status_code == 404
    assert client.post(back, headers=mine).status_code == 204
    assert client.get(PAPERS, headers=mine).json == {"qualifications": []}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "flying"}, "field_wrong"),
        ({"expires_on": "2026-06-09"}, "field_wrong"),
        ({"expires_on": "2026-02-30"}, "bad_request"),
        ({"expires_on": 0}, "bad_request"),
        ({"name": ""}, "bad_request"),
        ({"state": "verified"}, "bad_request"),
    ],
)
def test_qualification_that_cannot_be_is_refused(
    client: Any, cast: World, bearer: Bearer, body: dict[str, Any], code: str
) -> None:
    sent = {"kind": "boat", "name": "船员证"} | body
    answer = client.post(PAPERS, json=sent, headers=bearer(cast.chali))
    assert (answer.status_code, answer.json["code"], Qualification.select().count()) == (400, code, 0)


def test_promises_are_read_and_accepted(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.xiaobo)
    assert [each["accepted"] for each in client.get(PROMISES, headers=mine).json["promises"]] == [
        False, False,
    ]  # fmt: skip
    client.post(PROMISES, json={"document": "pledge"}, headers=mine)
    done = client.post(PROMISES, json={"document": "agreement", "team_code": cast.team.code}, headers=mine)
    assert (done.json["waiting"], [each["accepted"] for each in done.json["promises"]]) == (
        False, [True, True],
    )  # fmt: skip
    other = client.post(
        PROMISES, json={"document": "agreement", "team_code": cast.other_team.code}, headers=mine
    )
    assert (other.status_code, Acceptance.select().count()) == (404, 2)

"""A guardian's consent through the mini-program's API: handed in with a photo, read masked, taken back (S117)."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from models import GuardianConsent, Signup, Volunteer, store
from storage.disk import Disk
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
PATH = "/api/v1/me/guardians"


def photo() -> str:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), "white").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def told(**more: Any) -> dict[str, Any]:
    return {
        "guardian_name": "王建国", "relation": "grandparent", "phone": "13856400000", "form": photo(), **more,
    }  # fmt: skip


@pytest.fixture
def mine(cast: World, app: Any, bearer: Bearer, tmp_path: Any) -> dict[str, str]:
    """小博 is fifteen; pictures go to a folder of the test's own."""
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path))
    store.write(lambda: Volunteer.update(birth_date="2011-01-31").where(Volunteer.id == cast.xiaobo.id).execute())
    return bearer(cast.xiaobo)


def test_consent_is_handed_in_and_read_masked(client: Any, mine: dict[str, str]) -> None:
    answer = client.post(PATH, json=told(), headers=mine)
    read = client.get(PATH, headers=mine).json
    [word] = read["guardians"]
    assert (answer.status_code, answer.json["id"], read["minor"]) == (201, word["id"], True)
    assert {name: word[name] for name in ("state", "phone_masked", "relation", "until_on", "has_form")} == {
        "state": "stated", "phone_masked": "138****0000", "relation": "grandparent", "until_on": "2029-01-30",
        "has_form": True,
    }  # fmt: skip


def test_same_key_hands_it_in_once(client: Any, mine: dict[str, str]) -> None:
    headers, body = mine | {"Idempotency-Key": "k"}, told()
    first, again = (client.post(PATH, json=body, headers=headers) for _ in range(2))
    assert (first.get_data(), GuardianConsent.select().count()) == (again.get_data(), 1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"form": ""}, "photo_missing"), ({"form": "不是照片"}, "photo_unreadable"),
        ({"form": "AAAA"}, "photo_unreadable"),
        ({"phone": "12"}, "phone_invalid"), ({"relation": "friend"}, "bad_request"),
    ],
)  # fmt: skip
def test_consent_without_what_it_needs_is_refused(
    client: Any, mine: dict[str, str], wrong: dict[str, str], code: str
) -> None:
    answer = client.post(PATH, json=told(**wrong), headers=mine)
    assert (answer.status_code, answer.json["code"], GuardianConsent.select().count()) == (400, code, 0)


def test_adult_needs_none(client: Any, cast: World, bearer: Bearer, mine: dict[str, str]) -> None:
    answer = client.post(PATH, json=told(), headers=bearer(cast.chali))
    assert (answer.status_code, answer.json["facts"]) == (400, {"field": "birth"})


def test_consent_is_taken_back_by_its_owner_alone(
    client: Any, cast: World, bearer: Bearer, mine: dict[str, str]
) -> None:
    number = client.post(PATH, json=told(), headers=mine).json["id"]
    assert client.post(f"{PATH}/{number}/withdraw", headers=bearer(cast.chali)).status_code == 404
    assert client.post(f"{PATH}/{number}/withdraw", headers=mine).status_code == 204
    assert client.get(PATH, headers=mine).json["guardians"] == []


def test_minor_without_a_word_is_told_what_is_missing(client: Any, cast: World, mine: dict[str, str]) -> None:
    body = {"shift_code": cast.shift.code, "risk_accepted": True}
    answer = client.post("/api/v1/signups", json=body, headers=mine)
    assert (answer.status_code, answer.json["code"], Signup.select().count()) == (409, "guardian_needed", 0)

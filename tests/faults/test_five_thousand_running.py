"""A phone brings five thousand scans over the API as its page does, piece by piece, to the embedded default, everything
running: in under ten seconds, and once more without a change (fault case 25; the judging alone: test_offline_many.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from clock import to_millis
from models import RoleGrant, Shift, store
from services.participation import kits
from tests.faults.knock import ask
from tests.support.fakes import make_parts
from tests.support.stack import Stack, running
from tests.support.world import make_activity, make_volunteer, sign_up, small_world

pytestmark = pytest.mark.slow

PEOPLE, SCANS, PIECE, SECONDS = 2500, 5000, 100, 10.0
SECRET = "s" * 43


def seed(at: datetime) -> dict[str, Any]:
    """An activity that is over, of 2,500 people; its leader's phone has opened a kit and has kept 5,000 scans."""
    world = small_world(at)

    def make() -> tuple[Shift, list[str]]:
        RoleGrant.update(from_at=at - timedelta(days=30)).execute()
        _, shift = make_activity(at, world.team, starts_in=-timedelta(hours=4), quota=PEOPLE)
        people = [make_volunteer(at, f"志愿者{number}") for number in range(PEOPLE)]
        for person in people:
            sign_up(at, shift, person)
        return shift, [person.public_no for person in people]

    shift, numbers = store.write(make)
    link = kits.issue(
        parts=make_parts(), actor=world.actor(world.ali), activity_code=shift.activity.code, at=at
    )
    kit = kits.open_link(link=link.url.rsplit("/", 1)[-1], secret=SECRET, device="手机", at=at)
    start = to_millis(shift.starts_at)
    items = [
        {
            "nonce": str(uuid4()), "kind": "list", "direction": direction, "device_at": start + number * 1000 + later,
            "offset": 0, "person": public_no,
        }
        for number, public_no in enumerate(numbers)
        for direction, later in (("in", 0), ("out", 3_600_000))
    ]  # fmt: skip
    return {"kit": kit.code, "items": items}


def upload(house: Stack) -> tuple[float, list[dict[str, Any]]]:
    """(seconds, answers) of all pieces, one after another on one line."""
    answers: list[dict[str, Any]] = []
    begin = time.monotonic()
    with requests.Session() as line:
        line.headers["Authorization"] = f"Bearer {SECRET}"
        for first in range(0, SCANS, PIECE):
            body = {"kit": house.world["kit"], "items": house.world["items"][first : first + PIECE]}
            answer = line.post(f"{house.app}/api/v1/offline/scans", json=body, timeout=30)
            assert answer.status_code == 200
            answers += answer.json()["answers"]
    return time.monotonic() - begin, answers


def rows(house: Stack) -> list[Any]:
    """Tries, records, and minutes of all records."""
    return [
        *ask(house, "SELECT COUNT(*) FROM attempt"), *ask(house, "SELECT COUNT(*), SUM(minutes) FROM service_record"),
    ]  # fmt: skip


def test_case_25_five_thousand_scans_are_up_within_ten_seconds_and_again_change_nothing(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    with running(tmp_path / "many", seed, lambda _: []) as house:
        seconds, answers = upload(house)
        assert {each["outcome"] for each in answers} == {"accepted"}
        before = rows(house)
        assert before == [(SCANS,), (PEOPLE, PEOPLE * 60)]
        figure(f"{SCANS} scans up in {seconds:.1f} s")
        assert seconds < SECONDS
        _, again = upload(house)
        assert again == answers
        assert rows(house) == before

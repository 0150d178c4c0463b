"""Five hundred people check in at one activity within a minute, on the embedded default, everything running.

Application, worker and sandbox are processes; the answers are timed at the client. Every tenth phone sends its scan
again under the same key, as phones do on a bad line.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from models import Shift, store
from services import codes
from services.accounts import sessions
from tests.faults.knock import SCANS, ask, now
from tests.support.stack import Stack, running
from tests.support.world import make_activity, make_volunteer, sign_up, small_world

pytestmark = pytest.mark.slow

PEOPLE = 500
#: All within so many seconds; the bar speaks of sixty.
WITHIN = 15
P99_SECONDS = 2.0


def seed(at: datetime) -> dict[str, Any]:
    """An activity that has begun; most of the five hundred are signed up for it, the others walk in."""
    world = small_world(at)

    def make() -> dict[str, Any]:
        _, shift = make_activity(at, world.team, starts_in=timedelta(minutes=-5), quota=PEOPLE)
        people = [make_volunteer(at, f"志愿者{number}") for number in range(PEOPLE)]
        for number, person in enumerate(people):
            if number % 5:
                sign_up(at, shift, person)
        tokens = [
            sessions.open_session(kind="api", volunteer_id=person.id, at=at).token for person in people
        ]
        return {"shift": (shift.code, Shift.get_by_id(shift.id).code_key), "tokens": tokens}

    return store.write(make)


def check_in(house: Stack, number: int, begin: float) -> list[tuple[float, int, str]]:
    """(seconds, status, outcome) of one person's scan at his moment; twice for every tenth."""
    time.sleep(max(0.0, begin + WITHIN * number / PEOPLE - time.monotonic()))
    shift_code, key = house.world["shift"]
    code = codes.venue_code(shift_code=shift_code, shift_key=key, direction="in", at=now(house))
    headers = {
        "Authorization": f"Bearer {house.world['tokens'][number]}", "Idempotency-Key": str(uuid4()),
    }  # fmt: skip
    told = []
    for _ in range(1 if number % 10 else 2):
        asked = time.monotonic()
        answer = requests.post(f"{house.app}{SCANS}", json={"code": code}, headers=headers, timeout=30)
        told.append((time.monotonic() - asked, answer.status_code, str(answer.json().get("outcome"))))
    return told


def test_five_hundred_check_in_within_a_minute(tmp_path: Path) -> None:
    with running(tmp_path / "many", seed, lambda _: []) as house:
        begin = time.monotonic() + 1
        with ThreadPoolExecutor(64) as phones:
            told = [each for one in phones.map(lambda n: check_in(house, n, begin), range(PEOPLE)) for each in one]
        took = time.monotonic() - begin
        assert {(status, outcome) for _, status, outcome in told} == {(200, "accepted")}
        assert ask(house, "SELECT COUNT(*), COUNT(DISTINCT volunteer_id) FROM service_record") == [(PEOPLE, PEOPLE)]
        assert ask(house, "SELECT COUNT(*) FROM attempt WHERE outcome = 'accepted'") == [(PEOPLE,)]
        waits = sorted(seconds for seconds, _, _ in told)
        p99 = waits[int(len(waits) * 0.99)]
        assert took < 60
        assert p99 < P99_SECONDS

"""What a phone asks for in the bench: a check-in with the rotating code of the moment, a sign-up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import clock
from bench import load, world
from services import codes

#: One request of a person, as its path and the JSON it sends.
Act = Callable[[int], tuple[str, dict[str, Any]]]


def acts(shown: world.World) -> dict[str, Act]:
    """What a person does, by the name under which the floor knows it."""

    def check_in(_person: int) -> tuple[str, dict[str, Any]]:
        code = codes.venue_code(
            shift_code=shown.shift_code, shift_key=shown.shift_key, direction="in", at=clock.now()
        )
        return "/api/v1/attendance/scans", {"code": code}

    def sign_up(_person: int) -> tuple[str, dict[str, Any]]:
        return "/api/v1/signups", {"shift_code": shown.open_shift, "risk_accepted": True}

    return {"checkin": check_in, "signup": sign_up}


def headers(person: int, key: str = "") -> dict[str, str]:
    """The session of a person, and a key that names this act: a new one unless it is said."""
    return {
        "Authorization": f"Bearer {world.token(person)}",
        "Idempotency-Key": key or f"bench-{person}-{next(_numbers)}",
    }


_numbers = count(1)


def prepared(port: int, path: str, body: dict[str, Any], more: dict[str, str]) -> bytes:
    """One request with its JSON."""
    return load.request(
        "POST", path, port=port, headers={"Content-Type": "application/json", **more}, body=json.dumps(body).encode()
    )


def each(port: int, shown: world.World, name: str, people: Iterable[int]) -> Iterator[bytes]:
    """One act of each of these people, to ours."""
    act = acts(shown)[name]
    for person in people:
        path, body = act(person)
        yield prepared(port, path, body, headers(person))

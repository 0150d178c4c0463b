"""access_token: the two isolated families of §3.1 and how long each token lives."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sandbox.errors import PlatformError
from sandbox.world import World

LIFE, OVERLAP = 7200, 300
FORCED_A_DAY, FORCED_APART = 20, 30


def issue(world: World, side: str, family: str) -> dict[str, Any]:
    """A new token of one family; the family's former one keeps at most five minutes."""
    now = world.now()
    with world.open() as data:
        key = f"{side} {family}"
        former = data.tokens.get(data.current.get(key, ""))
        if former:
            former["dies"] = min(former["dies"], now + OVERLAP)
        for text in [text for text, token in data.tokens.items() if token["dies"] < now - LIFE]:
            del data.tokens[text]
        text = f"9{len(data.tokens)}_{secrets.token_urlsafe(114)}"
        data.tokens[text] = {"side": side, "family": family, "expires": now + LIFE, "dies": now + LIFE}
        data.current[key] = text
        return {"access_token": text, "expires_in": LIFE}


def stable(world: World, side: str, force: bool) -> dict[str, Any]:
    """The family's present token, a new one in its last five minutes or when forced.

    A forced refresh (20 a day, 30 s apart, else none happens) kills the former token at once.
    """
    now = world.now()
    with world.open() as data:
        key = f"{side} stable"
        text = data.current.get(key, "")
        present = data.tokens.get(text)
        forced = [at for at in data.forced.get(side, []) if at > now - 86400]
        if force and present:
            if len(forced) >= FORCED_A_DAY:
                raise PlatformError(45009, "force_refresh is limited to 20 a day")
            if not forced or now - forced[-1] >= FORCED_APART:
                data.forced[side] = [*forced, now]
                answer = issue(world, side, "stable")
                present["dies"] = now
                return answer
        if present is None or present["expires"] - now < OVERLAP:
            return issue(world, side, "stable")
        return {"access_token": text, "expires_in": int(present["expires"] - now)}


def check(world: World, text: str | None, sides: str) -> str:
    """The account (``oa`` or ``mp``) a token stands for, or the platform's refusal."""
    if not text:
        raise PlatformError(41001)
    if not re.fullmatch(r"[A-Za-z0-9_-]{32,512}", text):
        raise PlatformError(40014)
    with world.lock:
        token = world.data.tokens.get(text)
        now = world.now()
        if token is None or (now >= token["dies"] and token["dies"] < token["expires"]):
            raise PlatformError(40001)
        if now >= token["expires"]:
            raise PlatformError(42001)
        side: str = token["side"]
    if side not in sides.split():
        raise PlatformError(48001)
    return side


def revoke(world: World, side: str) -> None:
    """Kill every token of an account, as a leak or a second server would (control API)."""
    with world.open() as data:
        for token in data.tokens.values():
            if token["side"] == side:
                token["dies"] = min(token["dies"], world.now())
        for key in [key for key in data.current if key.startswith(side + " ")]:
            del data.current[key]

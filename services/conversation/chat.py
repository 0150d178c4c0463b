"""Who speaks in the chat, and what the talk is about.

A talk has several topics side by side, each with its own end: the list of activities that was shown, the list of
the person's own sign-ups, the one question that waits for an answer. So asking for his hours in between does
not make `报名 2` mean nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from clock import from_millis, to_millis
from queries import inbound as sql
from services.accounts import identity
from services.actors import Actor

#: How long a list or a question stands.
TOPIC_LIFE = timedelta(minutes=30)
#: A window opened less than this ago need not be written again: it is then reckoned a little short, never long.
FRESH = timedelta(minutes=30)
MESSAGE_WINDOW = timedelta(hours=48)
MESSAGES_LEFT = 5
#: What a click, a follow or a scan would open.
ACTION_WINDOW = timedelta(minutes=1)


@dataclass(slots=True)
class Speaker:
    """The one who wrote: identity, and person if bound; `topics` by name, each with its end in epoch ms."""

    identity_id: int
    openid: str
    volunteer_id: int | None
    name: str
    public_no: str
    region_code: str
    state: str
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """This person acting through the chat."""
        return Actor(door="bot", volunteer_id=self.volunteer_id, identity_id=self.identity_id)

    def topic(self, name: str, at: datetime) -> dict[str, Any] | None:
        """What was kept under `name`, if it still stands at `at`."""
        found = self.topics.get(name)
        return found if found is not None and found["until"] > to_millis(at) else None


def speaker(*, appid: str, openid: str, kind: str, at: datetime, said_at: datetime) -> Speaker:
    """Who is behind an openid of the official account; inside a write.

    `kind` (message, click, follow, scan, or "" for what opens nothing) opens the customer-service window; `said_at` is
    WeChat's time of it. One
    statement for someone who wrote a moment ago; a stranger gets his identity.
    """
    found = sql.speaker(appid=appid, openid=openid)
    if found is None:
        identity.identity_of(appid=appid, openid=openid, kind="oa", at=at)
        found = sql.speaker(appid=appid, openid=openid)
        assert found is not None
    if kind and not _window_is_open(found, kind, at):
        identity.touched(identity_id=found.identity_id, kind=kind, at=at, said_at=said_at)
    topics = json.loads(found.memory) if found.memory and (found.memory_until or 0) > to_millis(at) else {}
    return Speaker(
        identity_id=found.identity_id, openid=openid, volunteer_id=found.volunteer_id, name=found.name or "",
        public_no=found.public_no or "", region_code=found.region_code or "", state=found.state or "",
        topics=topics,
    )  # fmt: skip


def _window_is_open(found: sql.Speaker, kind: str, at: datetime) -> bool:
    """Whether the window need not be written: a message's is as good as new, or anything longer is running."""
    if found.window_until is None or found.window_left < (MESSAGES_LEFT if kind == "message" else 1):
        return False
    return from_millis(found.window_until) > at + (
        MESSAGE_WINDOW - FRESH if kind == "message" else ACTION_WINDOW
    )


def remember(*, speaker: Speaker, name: str, at: datetime, life: timedelta = TOPIC_LIFE, **facts: Any) -> int:
    """Keep a topic under `name` and return its stamp, by which a tap on an older list is known. Inside a write.

    The stamp is a number, for it travels as the id of a tappable line.
    """
    stamp = to_millis(at) // 1000 % 1_000_000_000
    speaker.topics[name] = {**facts, "stamp": stamp, "until": to_millis(at + life)}
    _keep(speaker, at, name)
    return stamp


def forget(*, speaker: Speaker, name: str, at: datetime) -> None:
    """Drop the topic `name`. Inside a write."""
    if speaker.topics.pop(name, None) is not None:
        _keep(speaker, at, name)


def _keep(speaker: Speaker, at: datetime, name: str) -> None:
    living = {key: topic for key, topic in speaker.topics.items() if topic["until"] > to_millis(at)}
    until = max((topic["until"] for topic in living.values()), default=to_millis(at))
    memory = json.dumps(living, ensure_ascii=False, separators=(",", ":"))
    sql.remember(identity_id=speaker.identity_id, kind=name, memory=memory, until=until)

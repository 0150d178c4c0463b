"""What a command of the chat is handed: who wrote what, when, and the parts of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.bot.words import Asked
from services.actors import Actor
from services.conversation import chat as talk
from services.conversation.chat import Speaker
from services.parts import Parts
from wechat.inbound import Inbound


@dataclass(slots=True)
class Chat:
    """One message or event and its sender. Commands are functions from this to the text of the answer."""

    parts: Parts
    inbound: Inbound
    speaker: Speaker
    at: datetime
    asked: Asked = field(default_factory=lambda: Asked(""))
    #: What the answer is about, where it has no link: path and title of the card behind it.
    card: tuple[str, str] | None = None

    @property
    def actor(self) -> Actor:
        """The sender acting through the chat."""
        return self.speaker.actor

    @property
    def bound(self) -> bool:
        """Whether a registered person stands behind this WeChat."""
        return self.speaker.volunteer_id is not None

    @property
    def volunteer_id(self) -> int:
        """The person's id; only where `bound`."""
        assert self.speaker.volunteer_id is not None
        return self.speaker.volunteer_id

    def topic(self, name: str) -> dict[str, Any] | None:
        """What we were talking about, if it still stands."""
        return self.speaker.topic(name, self.at)

    def remember(self, name: str, **facts: Any) -> int:
        """Keep a topic; the stamp that its tappable lines carry."""
        return talk.remember(speaker=self.speaker, name=name, at=self.at, **facts)

    def forget(self, name: str) -> None:
        """Drop a topic."""
        talk.forget(speaker=self.speaker, name=name, at=self.at)

    def outdated(self, topic: dict[str, Any]) -> bool:
        """Whether a line was tapped in an older bubble than the one that `topic` was shown in.

        What was typed carries no stamp and means the newest list.
        """
        tapped = self.inbound.menu_id
        return len(tapped) > 1 and tapped != str(topic["stamp"])

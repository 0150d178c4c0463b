"""What a person has of his own data on the stage: the member's copy, made and ready, and his wish to go."""

from __future__ import annotations

from typing import Any

from models import AccountClosing, DataCopy
from services.actors import Actor
from services.privacy import closing, own_copy
from tests.conftest import AT


def make(stage: Any) -> None:
    """The copy lies ready for the member, who asked for the end of his account."""
    parts, member = stage.app.extensions["parts"], Actor("pages", stage.people["member"].id)
    asked = own_copy.ask(parts=parts, actor=member, at=AT)
    own_copy.make_due(parts=parts, at=AT)
    AccountClosing.create(
        volunteer=member.volunteer_id, state="asked", door="pages", asked_at=AT, due_at=AT + closing.DAYS
    )
    stage.data_copy = DataCopy.get(DataCopy.code == asked.code)


#: As in tests/rights/examples.py.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("/m/me/data/", "code", lambda s: s.data_copy.code),
    ("/m/me/data/", "form", lambda s: "json"),
    ("/d/", "link", lambda s: "no.such.link.pdf"),
)
JSON: dict[str, Any] = {}
FORMS: dict[str, Any] = {}

"""What a person has of his own data on the stage: the member's copy, made and ready, his wish to go, and what he asked
to be put right."""

from __future__ import annotations

from typing import Any

from models import AccountClosing, Correction, DataCopy
from services.actors import Actor
from services.privacy import closing, correcting, own_copy
from tests.conftest import AT


def make(stage: Any) -> None:
    """The copy lies ready for the member, who asked for the end of his account."""
    parts, member = stage.app.extensions["parts"], Actor("pages", stage.people["member"].id)
    asked = own_copy.ask(parts=parts, actor=member, at=AT)
    own_copy.make_due(parts=parts, at=AT)
    AccountClosing.create(
        volunteer=member.volunteer_id, state="asked", door="pages", asked_at=AT, due_at=AT + closing.DAYS
    )
    correcting.ask(parts=parts, actor=member, name="王晓博", at=AT)
    stage.correction = Correction.get()
    stage.data_copy = DataCopy.get(DataCopy.code == asked.code)


#: As in tests/rights/examples.py.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("/m/me/data/", "code", lambda s: s.data_copy.code),
    ("/m/me/data/", "form", lambda s: "json"),
    ("/console/corrections/", "code", lambda s: s.correction.code),
    ("/d/", "link", lambda s: "no.such.link.pdf"),
)
JSON: dict[str, Any] = {
    "PUT /api/v1/me/phone": lambda s: {"phone": "13900005678"},
    "POST /api/v1/me/corrections": lambda s: {"name": "王晓波"},
}
FORMS: dict[str, Any] = {"POST /console/corrections/<code>": lambda s: {"agree": "1", "reason": "当面看了身份证"}}

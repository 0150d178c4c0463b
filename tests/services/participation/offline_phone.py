"""A phone without a network, in a few lines: it opens a kit, keeps scans, and brings them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from PIL import Image

from clock import to_millis
from models import Attempt, ServiceRecord, Volunteer
from services import codes
from services.participation import kits, offline
from tests.support.fakes import make_parts
from tests.support.world import World

SECRET = "s" * 43


def person_code(person: Volunteer, until: datetime, issued: datetime | None = None) -> str:
    """The person's own code."""
    return codes.person_code(
        sign_key=make_parts().sign_key, public_no=person.public_no, expires_at=until, issued_at=issued
    )


@dataclass
class Phone:
    """A leader's phone. `ahead`: how far its clock is before ours."""

    kit: kits.Kit
    ahead: timedelta = timedelta()
    offset: timedelta | None = timedelta()

    def item(self, when: datetime, direction: str = "in", **more: Any) -> dict[str, Any]:
        """A scan kept at `when`, by the phone's own clock."""
        fields = {
            "nonce": str(uuid4()), "kind": "list", "direction": direction, "device_at": to_millis(when + self.ahead),
            "offset": None if self.offset is None else round(self.offset.total_seconds() * 1000),
        }  # fmt: skip
        return fields | more

    def tick(self, person: Volunteer, when: datetime, direction: str = "in", **more: Any) -> dict[str, Any]:
        """The person ticked on the list."""
        return self.item(when, direction, person=person.public_no, **more)

    def scan(
        self, person: Volunteer, when: datetime, direction: str = "in", *, issued: datetime | None = None
    ) -> dict[str, Any]:
        """The person's own code through the camera."""
        code = person_code(person, when + timedelta(hours=3), issued or when - timedelta(hours=1))
        return self.item(when, direction, kind="person", code=code)

    def bring(
        self, *items: Any, at: datetime, sent: offline.Sent = offline.Sent()  # noqa: B008
    ) -> list[offline.Answer]:
        """Upload at `at`."""
        return offline.upload(parts=make_parts(), kit=self.kit, items=items, sent=sent, at=at)

    def outcomes(self, *items: Any, at: datetime) -> list[tuple[str, str]]:
        """(outcome, flag) of each."""
        return [(answer.outcome, answer.flag) for answer in self.bring(*items, at=at)]


def open_phone(
    world: World, at: datetime, *, leader: Volunteer | None = None, secret: str = SECRET, **more: Any
) -> Phone:
    """A phone with an opened kit of the world's activity."""
    actor = world.actor(leader or world.ali, "pages")
    link = kits.issue(parts=make_parts(), actor=actor, activity_code=world.activity.code, at=at)
    token = link.url.rsplit("/", 1)[-1]
    return Phone(kits.open_link(link=token, secret=secret, device="测试手机", at=at), **more)


def record(person: Volunteer) -> ServiceRecord:
    """His record."""
    return ServiceRecord.get(ServiceRecord.volunteer == person.id)


def picture() -> bytes:
    """A photo for a card."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "red").save(out, "PNG")
    return out.getvalue()


def kept() -> list[tuple[str, str, str]]:
    """(outcome, reason, flag) of every try, in order."""
    return [(a.outcome, a.reason, a.flag) for a in Attempt.select().order_by(Attempt.id)]

"""The leader's short report on an activity: whom it served, what was done, a few photos with consent.

Together with who came and how long it is the activity's one-page file. What happens in a private home has no photo
(domain §2, U3). A photo goes in only where everybody on it has agreed, by the leader's word, which is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from peewee import fn

from frozen import dataclass
from models import Activity, ActivityReport, ServiceRecord, store
from services import audit, permissions
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.parts import Parts

C = RefusalCode
MOST_PHOTOS = 6
MOST_SERVED = 100_000
LONGEST = 1000
PHOTO_SIDE = 1400


@dataclass(frozen=True, slots=True)
class Report:
    """An activity's report, with what its records add: people who came, minutes in all."""

    title: str
    written: bool
    served: int
    summary: str
    photos: tuple[int, ...]
    came: int
    minutes: int
    private_home: bool


def write(
    *, parts: Parts, actor: Actor, activity_code: str, served: int, summary: str, photos: Sequence[bytes] = (),
    consent: bool = False, at: datetime,
) -> None:  # fmt: skip
    """Write the report, or write it anew; photos are added to those that are there, six at most.

    Refusals: NOT_FOUND, NOT_ALLOWED, ACTIVITY_STATE (a draft, cancelled, or not begun), FIGURE_WRONG (`served`),
    TEXT_EMPTY, TEXT_TOO_LONG, PHOTO_CONSENT (photos without it, or of a private home), PHOTO_MANY, those of
    `files.taken`, STORAGE_AWAY.
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    if activity.state in ("draft", "cancelled") or at < activity.starts_at:
        raise Refusal(C.ACTIVITY_STATE)
    if not 0 <= served <= MOST_SERVED:
        raise Refusal(C.FIGURE_WRONG)
    text = summary.strip()
    if not text:
        raise Refusal(C.TEXT_EMPTY)
    if len(text) > LONGEST:
        raise Refusal(C.TEXT_TOO_LONG)
    if photos and (activity.private_home or not consent):
        raise Refusal(C.PHOTO_CONSENT)
    before = ActivityReport.get_or_none(ActivityReport.activity == activity.id)
    there = list(before.photos) if before else []
    if len(there) + len(photos) > MOST_PHOTOS:
        raise Refusal(C.PHOTO_MANY, most=MOST_PHOTOS)
    drawn = [files.taken(body, side=PHOTO_SIDE) for body in photos]
    paths = [files.put_down(parts=parts, photo=photo) for photo in drawn]

    def act() -> None:
        kept = [
            files.keep(name="activity.jpg", path=path, size=len(photo.body), owner_id=actor.volunteer_id or 0, at=at).id
            for path, photo in zip(paths, drawn, strict=True)
        ]
        fields = {
            "served": served, "summary": text, "photos": there + kept,
            "photo_consent": bool(before and before.photo_consent) or bool(kept and consent),
            "actor": actor.volunteer_id, "updated_at": at,
        }  # fmt: skip
        ActivityReport.insert(activity=activity.id, at=at, **fields).on_conflict(
            conflict_target=[ActivityReport.activity], update=fields
        ).execute()
        changes = {
            "served": [before.served if before else None, served], "photos": [len(there), len(there) + len(kept)],
        }  # fmt: skip
        audit.changed(actor=actor, verb="report", subject=f"activity:{activity.id}", changes=changes, at=at)

    store.write(act)


def of(*, actor: Actor, activity_code: str, at: datetime) -> Report:
    """The report, also where none is written yet. Refusals: NOT_FOUND, NOT_ALLOWED (`permissions.require_see`)."""
    activity = _seen(actor, activity_code, at)
    found = ActivityReport.get_or_none(ActivityReport.activity == activity.id)
    came, minutes = (
        ServiceRecord.select(
            fn.COUNT(fn.DISTINCT(ServiceRecord.volunteer)), fn.COALESCE(fn.SUM(ServiceRecord.minutes), 0)
        )
        .where(ServiceRecord.activity == activity.id, ServiceRecord.state != "void")
        .tuples()
        .first()
    )
    return Report(
        activity.title, found is not None, found.served if found else 0, found.summary if found else "",
        tuple(found.photos) if found else (), int(came), int(minutes), bool(activity.private_home),
    )  # fmt: skip


def photo(*, parts: Parts, actor: Actor, activity_code: str, number: int, at: datetime) -> bytes:
    """One of the report's photos, counted from 0. Refusals: NOT_FOUND, NOT_ALLOWED."""
    shown = of(actor=actor, activity_code=activity_code, at=at)
    if number >= len(shown.photos):
        raise Refusal(C.NOT_FOUND)
    return files.opened(parts=parts, file_id=shown.photos[number])


def _seen(actor: Actor, activity_code: str, at: datetime) -> Activity:
    activity = Activity.get_or_none(Activity.code == activity_code)
    if activity is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    assert isinstance(activity, Activity)
    return activity

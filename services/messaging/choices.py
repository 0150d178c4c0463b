"""What a person wants pushed (消息设置): a switch for each group, or everything in one message in the evening.

A switch stops the push, never the inbox. Safety and what was decided about him have none (`catalogue.switches`).
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import MessageChoice, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import catalogue, credits


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """One group of messages as its person sees it; `fixed` cannot be turned off."""

    group: str
    label: str
    about: str
    on: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """All of them; `fewer`: nothing but emergencies by day, the rest in the evening."""

    groups: tuple[GroupChoice, ...]
    fewer: bool


def choices(*, volunteer_id: int) -> Choices:
    """What a person gets pushed; everything as long as he has said nothing."""
    row = MessageChoice.get_or_none(MessageChoice.volunteer == volunteer_id)
    off = _off(row)
    return Choices(
        tuple(
            GroupChoice(name, group["label"], group["about"], name not in off, not group["switch"])
            for name, group in catalogue.groups().items()
            if name not in (catalogue.DIGEST, catalogue.CARD)
        ),
        bool(row and row.fewer),
    )


def switch(*, actor: Actor, group: str, on: bool, at: datetime) -> None:
    """Turn the pushes of a group on or off for the actor.

    Refusals in order: NOT_REGISTERED, NOT_FOUND (no such group, or one without a switch).
    """
    volunteer_id = _me(actor)
    if group not in catalogue.switches():
        raise Refusal(RefusalCode.NOT_FOUND)

    def act() -> None:
        row = _row(volunteer_id, at)
        off = _off(row) - {group} if on else _off(row) | {group}
        _keep(volunteer_id, at, off=off, fewer=bool(row.fewer))

    store.write(act)


def fewer(*, actor: Actor, on: bool, at: datetime) -> None:
    """少发点: nothing by day but emergencies, the rest in one message in the evening. Refusal: NOT_REGISTERED."""
    volunteer_id = _me(actor)

    def act() -> None:
        _keep(volunteer_id, at, off=_off(_row(volunteer_id, at)), fewer=on)

    store.write(act)


def reopen(*, actor: Actor, at: datetime) -> None:
    """重新打开提醒: all as at the beginning; what WeChat refused once is tried again. Refusal: NOT_REGISTERED."""
    volunteer_id = _me(actor)

    def act() -> None:
        _row(volunteer_id, at)
        _keep(volunteer_id, at, off=frozenset(), fewer=False)
        credits.forget_refusals(volunteer_id=volunteer_id)

    store.write(act)


def adopt(*, kept: int, dropped: int, at: datetime) -> None:
    """Two entries become one person: what either did not want pushed stays so. Inside the caller's write."""
    theirs = MessageChoice.get_or_none(MessageChoice.volunteer == dropped)
    if theirs is None:
        return
    mine = _row(kept, at)
    _keep(kept, at, off=_off(mine) | _off(theirs), fewer=bool(mine.fewer or theirs.fewer))


def _me(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    return actor.volunteer_id


def _row(volunteer_id: int, at: datetime) -> MessageChoice:
    MessageChoice.insert(volunteer=volunteer_id, changed_at=at).on_conflict_ignore().execute()
    found: MessageChoice = MessageChoice.get_by_id(volunteer_id)
    return found


def _off(row: MessageChoice | None) -> frozenset[str]:
    return frozenset(name for name in (row.off if row else "").split(",") if name)


def _keep(volunteer_id: int, at: datetime, *, off: frozenset[str], fewer: bool) -> None:
    text = f",{','.join(sorted(off))}," if off else ""
    MessageChoice.update(off=text, fewer=int(fewer), changed_at=at).where(
        MessageChoice.volunteer == volunteer_id
    ).execute()

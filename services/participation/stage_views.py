"""What the big screen and the poster say around the code: the activity, and who has come to it.

One screen serves all positions of an activity that are filled at the same time, as one code does
(services/participation/attendance); a shift at another time of the day has its own.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Activity, Position, Shift, Team
from services import permissions
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.participation.console_views import Counts, shift_counts


@dataclass(frozen=True, slots=True)
class Line:
    """One position on the screen."""

    shift_code: str
    position: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Face:
    """The words around a shift's code; `lines` are the shifts that run at its time, itself among them."""

    shift_code: str
    activity_code: str
    title: str
    place: str
    team: str
    starts_at: datetime
    ends_at: datetime
    code_life: int
    lines: tuple[Line, ...]

    def total(self, name: str) -> int:
        """One of the numbers of `Counts`, over all lines."""
        return sum(getattr(line.counts, name) for line in self.lines)


def face(*, actor: Actor, shift_code: str, at: datetime) -> Face:
    """The screen of a shift, for one who leads its team. Refusals: NOT_FOUND, NOT_ALLOWED."""
    shift = (
        Shift.select(Shift, Activity, Team.id, Team.name)
        .join(Activity)
        .join(Team)
        .where(Shift.code == shift_code)
        .first()
    )
    if shift is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    activity = shift.activity
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return Face(
        shift_code=shift.code, activity_code=activity.code, title=activity.title, place=activity.place,
        team=activity.team.name, starts_at=shift.starts_at, ends_at=shift.ends_at,
        code_life=activity.code_life, lines=_lines(shift),
    )  # fmt: skip


def running_shift(*, actor: Actor, activity_code: str, at: datetime) -> str:
    """The shift whose code an activity shows now: the one that runs, else the next, else the last.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    shifts = list(Shift.select().where(Shift.activity == activity.id).order_by(Shift.starts_at, Shift.id))
    coming = [each for each in shifts if each.ends_at >= at]
    if not shifts:
        raise Refusal(RefusalCode.NOT_FOUND)
    return str((coming or shifts[-1:])[0].code)


def _lines(shift: Shift) -> tuple[Line, ...]:
    together = list(
        Shift.select(Shift.id, Shift.code, Position.id, Position.name)
        .join(Position)
        .where(
            Shift.activity == shift.activity_id,
            Shift.starts_at < shift.ends_at,
            Shift.ends_at > shift.starts_at,
        )
        .order_by(Shift.id)
    )
    numbers = shift_counts([each.id for each in together])
    return tuple(Line(each.code, each.position.name, numbers.get(each.id, Counts())) for each in together)

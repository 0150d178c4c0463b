"""Divisions that were merged or renumbered: what lives there goes on under the new code, books keep theirs (S17).

The list is a CSV (old_code, new_code, effective_on, reason). It is judged whole before anything is written; each line
is one short write.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from clock import local_day
from frozen import dataclass
from models import (
    Activity,
    Centre,
    Certificate,
    History,
    Region,
    RegionSuccession,
    RoleGrant,
    Team,
    TeamRegion,
    Volunteer,
    store,
)
from services import audit
from services.actors import OPERATOR
from services.regions import RegionFileError

HEADER = ["old_code", "new_code", "effective_on", "reason"]


@dataclass(frozen=True, slots=True)
class Succession:
    """One line: from its day on, `old` is part of `new`."""

    old: str
    new: str
    on: str
    reason: str


def merge(*, path: Path | str, at: datetime, progress: Callable[[int, int], None] | None = None) -> int:
    """Close the old divisions and move teams, people, posts and coming activities on; how many were closed.

    Where old and new carry one name it was renumbered: its centre and its officers' rights go along. Otherwise the
    rights end and the new division's centre answers for the teams. A line done before changes nothing. Raises
    RegionFileError at the first bad line (header, columns, day, unknown, children, twice).
    """
    lines = _judged(Path(path), at)
    closed = 0
    for number, line in enumerate(lines, 1):
        closed += store.write(lambda line=line: _apply(line, at))  # type: ignore[misc]
        if progress:
            progress(number, len(lines))
    return closed


def _judged(file: Path, at: datetime) -> list[Succession]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RegionFileError(1, "encoding") from None
    rows = list(csv.reader(text.splitlines()))
    if not rows or [cell.strip() for cell in rows[0]] != HEADER:
        raise RegionFileError(1, "header")
    lines: list[Succession] = []
    for number, cells in enumerate(rows[1:], 2):
        if not cells:
            continue
        if len(cells) != len(HEADER):
            raise RegionFileError(number, "columns")
        line = Succession(*(cell.strip() for cell in cells))
        _judge(line, number, at)
        if line.old in {other.old for other in lines}:
            raise RegionFileError(number, "twice")
        lines.append(line)
    going = {line.old for line in lines}
    for number, line in enumerate(lines, 2):
        left = Region.select().where(
            Region.parent == line.old, Region.closed_on.is_null(), Region.code.not_in(going)
        )
        if left.exists():
            raise RegionFileError(number, "children")
    return lines


def _judge(line: Succession, number: int, at: datetime) -> None:
    try:
        late = date.fromisoformat(line.on) > local_day(at)
    except ValueError:
        late = True
    if late:
        raise RegionFileError(number, "day")
    known = {row.code: row for row in Region.select().where(Region.code.in_([line.old, line.new]))}
    if line.old == line.new or len(known) < 2 or known[line.new].closed_on is not None:
        raise RegionFileError(number, "unknown")
    if len(line.old) != len(line.new):
        raise RegionFileError(number, "level")


def _apply(line: Succession, at: datetime) -> int:
    done = (
        Region.update(closed_on=line.on).where(Region.code == line.old, Region.closed_on.is_null()).execute()
    )
    if not done:
        return 0
    old, new = Region.get_by_id(line.old), Region.get_by_id(line.new)
    RegionSuccession.create(old_code=line.old, new_code=line.new, effective_on=line.on, reason=line.reason)
    _move_centre(old, new, at)
    moved = Team.update(region_code=line.new).where(Team.region_code == line.old).execute()
    Volunteer.update(region_code=line.new).where(Volunteer.region_code == line.old).execute()
    Activity.update(region_code=line.new).where(
        Activity.region_code == line.old, Activity.starts_at > at
    ).execute()
    Certificate.update(region_code=line.new).where(Certificate.region_code == line.old).execute()
    _move_covers(line)
    for subject, verb, changes in (
        (line.old, "closed", {"closed_on": ["", line.on], "successor": ["", new.place_name]}),
        (line.new, "succeeded", {"name": ["", old.place_name]}),
    ):
        audit.changed(
            actor=OPERATOR, verb=verb, subject=f"region:{subject}", changes=changes, at=at, reason=line.reason
        )
    if moved:
        for team in Team.select().where(Team.region_code == line.new):
            History.create(
                subject=f"team:{team.id}", verb="region_moved", actor=None,
                changes={"region": [old.place_name, new.place_name]}, reason=line.reason, at=at,
            )  # fmt: skip
    return 1


def _move_centre(old: Region, new: Region, at: datetime) -> None:
    """Renumbered: centre and rights keep each other. Merged: the rights end, teams get the new division's centre."""
    centre = Centre.get_or_none(Centre.region_code == old.code)
    there = Centre.get_or_none(Centre.region_code == new.code)
    running = RoleGrant.until.is_null() | (RoleGrant.until > at)
    if old.place_name == new.place_name and there is None:
        Centre.update(region_code=new.code).where(Centre.region_code == old.code).execute()
        RoleGrant.update(region_code=new.code).where(RoleGrant.region_code == old.code, running).execute()
        return
    RoleGrant.update(until=at).where(RoleGrant.region_code == old.code, running).execute()
    if centre is not None and there is not None:
        Team.update(centre=there.id).where(Team.centre == centre.id).execute()


def _move_covers(line: Succession) -> None:
    """Joint teams that covered the old village cover the new one, once."""
    for row in list(TeamRegion.select().where(TeamRegion.region_code == line.old)):
        TeamRegion.delete().where(
            TeamRegion.team == row.team_id, TeamRegion.region_code == line.old
        ).execute()
        own = Team.select().where(Team.id == row.team_id, Team.region_code == line.new).exists()
        covered = TeamRegion.select().where(
            TeamRegion.team == row.team_id, TeamRegion.region_code == line.new
        )
        if not own and not covered.exists():
            TeamRegion.create(team=row.team_id, region_code=line.new)

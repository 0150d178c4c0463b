"""Hours earned before, in another system or on paper: a third source, shown apart, never points.

The file makes records that wait; another person than the importer verifies them (`services/imports/transferred`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from frozen import dataclass
from models import ServiceRecord, Team, TeamMember, TransferredHours
from services import rules
from services.errors import RefusalCode
from services.imports import lookups
from services.imports.rows import Context, Judged, begun
from services.imports.sheets import Line

C = RefusalCode
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Period:
    """Hours of one person that are here already."""

    record_id: int
    system: str
    from_on: str
    to_on: str
    minutes: int


def keys(context: Context, line: Line) -> list[tuple[str, str]]:
    """The same hours stand in a file once."""
    number = context.parts.vault.index("id_no", line.cell("document"))
    return [("from_on", "|".join((number, line.cell("system"), line.cell("from_on"), line.cell("to_on"))))]


def judge(context: Context, lines: Sequence[Line]) -> list[Judged]:
    """Whose hours, of which days, in which team, and whether they are here already."""
    known = lookups.people(context.parts, (line.cell("document").upper() for line in lines))
    members = lookups.memberships(person.id for person in known.values())
    teams = lookups.Teams((line.cell("team") for line in lines), context.region_code)
    here = _periods([person.id for person in known.values()])
    planned: dict[int, list[Period]] = context.memory.setdefault("hours", defaultdict(list))
    judgements = []
    for line in lines:
        judged = begun(line)
        judgements.append(judged)
        if judged.verdict == "refused":
            continue
        lookups.made_up(judged, line.cell("document"), context.region_code)
        found = known.get(line.cell("document").upper())
        mine = members.get(found.id, []) if found else []
        person = lookups.known_person(judged, found, line.cell("name"), context.region_code, mine)
        if person is None:
            continue
        team = _team(judged, line, mine, teams)
        _judge_period(context, judged, line, here[person.id] + planned[person.id])
        if judged.verdict not in ("refused", "same") and team is not None:
            judged.plan = (person, team)
            planned[person.id].append(
                Period(
                    0,
                    line.cell("system"),
                    line.cell("from_on"),
                    line.cell("to_on"),
                    int(line.cell("minutes")),
                )
            )
    return judgements


def _team(judged: Judged, line: Line, mine: list[TeamMember], teams: lookups.Teams) -> Team | None:
    """The team the file names, else the home team."""
    if line.cell("team"):
        return teams.get(judged, "team", line.cell("team"))
    if not mine:
        judged.wrong("team", C.ROW_NO_TEAM)
        return None
    team: Team = mine[0].team
    return team


def _judge_period(context: Context, judged: Judged, line: Line, here: list[Period]) -> None:
    first, last, minutes = line.cell("from_on"), line.cell("to_on"), int(line.cell("minutes"))
    if last > context.today or first > last:
        judged.wrong("to_on", C.CELL_DAY)
        return
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    if minutes == 0:
        judged.wrong("minutes", C.CELL_HOURS)
    elif minutes > days * DAY:
        judged.wrong("minutes", C.ROW_HOURS_OVERLAP)
    for each in here:
        if each.system != line.cell("system") or each.to_on < first or last < each.from_on:
            continue
        if (each.from_on, each.to_on, each.minutes) == (first, last, minutes) and each.record_id:
            judged.subject = f"record:{each.record_id}"
            return  # the same hours once more: nothing to do
        judged.wrong("from_on", C.ROW_HOURS_OVERLAP)
    if judged.verdict != "refused":
        judged.verdict = "new"


def _periods(people: list[int]) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = defaultdict(list)
    if not people:
        return found
    query = (
        TransferredHours.select(
            TransferredHours, ServiceRecord.id, ServiceRecord.volunteer, ServiceRecord.minutes
        )
        .join(ServiceRecord)
        .where(
            ServiceRecord.volunteer.in_(people),
            ServiceRecord.source == "transferred",
            ServiceRecord.state != "void",
        )
    )
    for row in query:
        record = row.record
        found[record.volunteer_id].append(
            Period(record.id, row.system, row.from_on, row.to_on, record.minutes)
        )
    return found


def apply(context: Context, line: Line, judged: Judged) -> str:
    """A record that waits for its verifier; it counts for nothing yet."""
    person, team = judged.plan
    rule = rules.rule("transferred", team.region_code, context.at)
    record = ServiceRecord.create(
        team=team.id, volunteer=person.id, region_code=team.region_code, local_day=line.cell("to_on"),
        source="transferred", state="pending", minutes=int(line.cell("minutes")), why="transferred", by_hand=True,
        rule_set=rule.id, created_at=context.at, updated_at=context.at,
    )  # fmt: skip
    TransferredHours.create(
        record=record.id, system=line.cell("system"), from_on=line.cell("from_on"), to_on=line.cell("to_on"),
        proof=line.cell("proof"), batch=context.batch_id,
    )  # fmt: skip
    return f"record:{record.id}"

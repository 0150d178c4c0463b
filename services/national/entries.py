"""Confirmed service records and whether they stand in the national system: to work off by team and month (S72).

The columns are those of the entry form, in its order (domain.md §2.9). ID numbers are masked; the file with full
numbers, which the form asks for, needs a reason and is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, SQL, fn

from clock import SHANGHAI
from frozen import dataclass
from models import Activity, ServiceRecord, Team, Volunteer, store
from services import audit, permissions, scopes
from services.access import belonging
from services.accounts import withheld
from services.accounts.documents import mask_id, mask_phone
from services.actors import Actor
from services.bookkeeping.sources import made_up
from services.errors import Refusal, RefusalCode
from services.evaluation import evaluations
from services.listing import MOST, Found, Wanted, cut
from services.national.adapter import FileAdapter, Handed, NationalSystem
from services.participation.domains import domain_name
from services.parts import Parts
from services.workbooks import Cell
from wording import entry, say

C = RefusalCode
#: Records marked in one act.
MOST_MARKED = 500
#: How a record came to be; its words stand in wording/national.toml.
WAYS = ("scan", "hand", "supplement")
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the entry form wants it; `state` is no or yes; `withheld`: its owner's number stays closed."""

    id: int
    name: str
    document: str
    national_no: str
    phone: str
    region_code: str
    team: str
    team_no: str
    title: str
    domain: str
    day: str
    starts: str
    ends: str
    minutes: int
    place: str
    content: str
    leader: str
    keeper: str
    way: str
    state: str
    number: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """What a team has not entered of a month: records and minutes, and how many of the minutes were made up."""

    code: str
    name: str
    month: str
    records: int
    minutes: int
    supplement: int = 0


def headings() -> list[str]:
    """The headings of the file: our number, the form's columns, what is to be filled in."""
    return [str(word) for word in entry("national.columns")]


def listed(*, parts: Parts, actor: Actor, wanted: Wanted, at: datetime) -> Found[Entry]:
    """Confirmed records of the divisions he reads; filters state (no, yes), way (WAYS), month (2026-06), team (its
    code); text a team or a name. Of people who belong to his divisions no more the work is shown, no number (S43)."""
    found = cut(
        _query(actor, wanted, at), wanted=wanted, default="day", tie=ServiceRecord.id,
        sorts={"day": ServiceRecord.local_day, "team": ServiceRecord.team}, row=lambda row: row,
    )  # fmt: skip
    rows = _entries(parts, found.rows, scopes.readable(actor=actor, at=at), masked=True)
    return Found(rows, found.total, found.page, found.size)


def _here(rows: Sequence[Any], codes: Collection[str]) -> set[int]:
    """Who of these records' people still belongs to these divisions."""
    people, found = sorted({row.volunteer_id for row in rows}), set[int]()
    for start in range(0, len(people), CHUNK):
        query = Volunteer.select(Volunteer.id).where(
            Volunteer.id.in_(people[start : start + CHUNK]), belonging.people_in(codes)
        )
        found |= {row.id for row in query}
    return found


def by_month(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[TeamMonth]:
    """What each team still has to enter, month by month; filter month (2026-06); text a team."""
    # Written out, not bound: PostgreSQL must see that what is selected and grouped is one and the same.
    month = fn.SUBSTR(ServiceRecord.local_day, SQL("1"), SQL("7"))
    query = (
        ServiceRecord.select(
            ServiceRecord.team, month, fn.COUNT(1), fn.SUM(ServiceRecord.minutes), made_up()
        )
        .where(*_open(actor, at), ServiceRecord.national_state == "no")
        .group_by(ServiceRecord.team, month)
        .tuples()
    )
    if wanted.chosen("month"):
        query = query.where(*_in_month(wanted.chosen("month")))
    if wanted.text:
        group = Team.alias()
        query = query.where(ServiceRecord.team.in_(group.select(group.id).where(group.name.contains(wanted.text))))
    # By number, not by name: teams are joined to the fifty lines shown, not to a hundred thousand.
    found = cut(
        query, wanted=wanted, default="month", tie=ServiceRecord.team, row=tuple,
        sorts={"month": month, "team": ServiceRecord.team},
    )  # fmt: skip
    named = {team.id: team for team in Team.select().where(Team.id.in_([row[0] for row in found.rows]))}
    lines = [
        TeamMonth(named[team].code, named[team].name, when, int(records), int(minutes), int(supplement))
        for team, when, records, minutes, supplement in found.rows
    ]
    return Found(lines, found.total, found.page, found.size)


def _in_month(month: str) -> list[Any]:
    return [ServiceRecord.local_day >= month, ServiceRecord.local_day < f"{month}-:"]


def teams(*, actor: Actor, chosen: str, at: datetime) -> list[tuple[str, str]]:
    """The chosen team as the one choice of a filter, (code, name), where it is of the actor's divisions."""
    codes = scopes.readable(actor=actor, at=at)
    found = Team.select().where(Team.code == chosen, scopes.within(Team.region_code, codes)) if chosen else []
    return [(team.code, team.name) for team in found]


def _open(actor: Actor, at: datetime) -> list[Any]:
    """What is to be entered at all: confirmed, served here, in the divisions he reads."""
    return [
        scopes.within(ServiceRecord.region_code, scopes.readable(actor=actor, at=at)),
        ServiceRecord.state == "confirmed", ServiceRecord.source != "transferred", ServiceRecord.why != "training",
    ]  # fmt: skip


def _query(actor: Actor, wanted: Wanted, at: datetime) -> Any:
    keeper = Volunteer.alias()
    query = (
        ServiceRecord.select(ServiceRecord, Volunteer, Team, Activity, keeper.id, keeper.name)
        .join(Volunteer, on=(ServiceRecord.volunteer == Volunteer.id))
        .switch(ServiceRecord)
        .join(Team, on=(ServiceRecord.team == Team.id))
        .switch(ServiceRecord)
        .join(Activity, JOIN.LEFT_OUTER, on=(ServiceRecord.activity == Activity.id))
        .switch(ServiceRecord)
        .join(keeper, JOIN.LEFT_OUTER, on=(ServiceRecord.confirmed_by == keeper.id), attr="keeper")
        .where(*_open(actor, at))
    )
    if wanted.chosen("team"):
        query = query.where(Team.code == wanted.chosen("team"))
    if wanted.chosen("state"):
        query = query.where(ServiceRecord.national_state == wanted.chosen("state"))
    if wanted.chosen("month"):
        query = query.where(*_in_month(wanted.chosen("month")))
    if wanted.chosen("way"):
        query = query.where(*_came(wanted.chosen("way")))
    return query.where(_named(wanted.text)) if wanted.text else query


def _way(row: ServiceRecord) -> str:
    """How a record came to be: scanned, on a leader's word, or made up (S111)."""
    return "supplement" if row.source == "supplement" else "hand" if row.by_hand else "scan"


def _came(way: str) -> list[Any]:
    if way == "supplement":
        return [ServiceRecord.source == "supplement"]
    return [ServiceRecord.source == "scan", ServiceRecord.by_hand == (way == "hand")]


def _named(text: str) -> Any:
    """Of a team or a person of this name: found by their own lists first, so that not every record is looked at."""
    group, person = Team.alias(), Volunteer.alias()
    teams = group.select(group.id).where(group.name.contains(text))
    people = person.select(person.id).where(person.name >= text, person.name < f"{text}\U0010ffff")
    return ServiceRecord.team.in_(teams) | ServiceRecord.volunteer.in_(people)


def _entries(parts: Parts, rows: Sequence[Any], codes: Collection[str], *, masked: bool) -> list[Entry]:
    here, closed = _here(rows, codes), withheld.owners([row.volunteer_id for row in rows])
    return [
        _entry(
            parts, row, masked=masked, shown=row.volunteer_id in here,
            closed=row.volunteer_id in here and row.volunteer_id in closed,
        )
        for row in rows
    ]  # fmt: skip


def _entry(parts: Parts, row: Any, *, masked: bool, shown: bool, closed: bool) -> Entry:
    """A record; where the person is not `shown`, his numbers stay closed; `closed`: his ID number alone."""
    person, team, activity = row.volunteer, row.team, row.activity
    document, phone = say("national.gone"), ""
    if shown:
        document = _document(parts, person, masked=masked) if not closed else withheld.cell()
        phone = _opened(parts, person.phone_sealed, f"volunteer.phone:{person.public_no}")
    keeper = getattr(row, "keeper", None)
    return Entry(
        id=row.id, name=person.name, document=document,
        national_no=person.national_no, phone=mask_phone(phone) if masked else phone, region_code=row.region_code,
        team=team.name, team_no=team.national_no, title=activity.title if activity else "",
        domain=domain_name(activity.domain) if activity else "", day=row.local_day, starts=_clock(row.in_at),
        ends=_clock(row.out_at), minutes=row.minutes, place=activity.place if activity else "",
        content=activity.content if activity else "", leader=activity.contact if activity else "",
        keeper=keeper.name if keeper is not None and keeper.id is not None else "",
        way=say(f"national.ways.{_way(row)}"), state=row.national_state, number=row.national_no, withheld=closed,
    )  # fmt: skip


def _document(parts: Parts, person: Any, *, masked: bool) -> str:
    number = _opened(parts, person.document_sealed, f"volunteer.document:{person.public_no}")
    return mask_id(number) if masked else number


def _opened(parts: Parts, blob: bytes | None, place: str) -> str:
    return "" if blob is None else parts.vault.open(blob, place)


def _clock(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(SHANGHAI).strftime("%H:%M")


def _judged(rows: Sequence[Any]) -> dict[tuple[int, int], int]:
    """The stars that organisers gave, by activity and person."""
    ids, found = sorted({row.activity_id for row in rows if row.activity_id}), dict[tuple[int, int], int]()
    for start in range(0, len(ids), CHUNK):
        found |= evaluations.of_served(activity_ids=ids[start : start + CHUNK])
    return found


def _cells(each: Entry, stars: int | None) -> list[Cell]:
    """In the order of `national.columns`; whom it served is not kept record by record."""
    return [
        str(each.id), each.name, say("national.id_card"), each.document, each.national_no, each.phone, each.region_code,
        each.team, each.team_no, each.title, each.domain, each.day, each.starts, each.ends, round(each.minutes / 60, 2),
        each.place, "", each.content, say("national.stars", stars=stars) if stars else "", each.leader,
        each.keeper, each.way,
        say(f"national.entered.{each.state}"), each.number,
    ]  # fmt: skip


def hand_over(
    *,
    parts: Parts,
    actor: Actor,
    wanted: Wanted,
    reason: str,
    at: datetime,
    system: NationalSystem | None = None,
) -> Handed:
    """The records of this list for the entry form, team by team, ID numbers and phones in full (but of people who
    belong elsewhere by now: S43, and the numbers that their owners closed: PIPL §15); what comes back numbered is
    marked.

    Refusals: NOT_ALLOWED (manages nothing), REASON_REQUIRED. Who, how many and why is recorded.
    """
    if not scopes.managed(actor=actor, at=at):
        raise Refusal(C.NOT_ALLOWED)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    codes = scopes.managed(actor=actor, at=at)
    found = list(
        _query(actor, wanted, at)
        .where(scopes.within(ServiceRecord.region_code, codes))
        .order_by(Team.name, Team.id, ServiceRecord.local_day, ServiceRecord.id)
        .limit(MOST)
    )
    judged, shown = _judged(found), _entries(parts, found, codes, masked=False)
    rows: Sequence[tuple[int, list[Cell]]] = [
        (row.id, _cells(each, judged.get((row.activity_id, row.volunteer_id))))
        for row, each in zip(found, shown, strict=True)
    ]
    audit.note(
        actor=actor, verb="reveal", subject="list:national", at=at,
        detail={"reason": reason.strip(), "rows": len(rows), "asked": dict(wanted.filters), "text": wanted.text},
    )  # fmt: skip
    notes = withheld.pages(sum(each.withheld for each in shown))
    handed = (system or FileAdapter()).send(
        title=say("national.title"), headings=headings(), rows=rows, notes=notes
    )
    if handed.numbers:
        store.write(lambda: _mark_all(actor, handed.numbers, at))
    return handed


def mark(*, actor: Actor, ids: Collection[int], entered: bool, at: datetime) -> int:
    """Say of these records that they have been entered nationally, or not; how many changed.

    Refusals: BAD_REQUEST (none, or more than 500), NOT_FOUND / NOT_ALLOWED (one of them is none of his).
    """
    if not 0 < len(set(ids)) <= MOST_MARKED:
        raise Refusal(C.BAD_REQUEST, why="records")

    def act() -> int:
        known = list(ServiceRecord.select().where(ServiceRecord.id.in_(sorted(set(ids)))))
        if len(known) < len(set(ids)) or any(row.state != "confirmed" for row in known):
            raise Refusal(C.NOT_FOUND)
        for code in {row.region_code for row in known}:
            permissions.require_manage(actor=actor, region_code=code, at=at)
        state = "yes" if entered else "no"
        changed = [row for row in known if row.national_state != state]
        for row in changed:
            _mark(actor, row.id, state, row.national_no if entered else "", at)
        return len(changed)

    return store.write(act)


def _mark(actor: Actor, record_id: int, state: str, number: str, at: datetime) -> None:
    ServiceRecord.update(national_state=state, national_no=number, national_at=at, updated_at=at).where(
        ServiceRecord.id == record_id
    ).execute()
    audit.changed(
        actor=actor, verb="national", subject=f"record:{record_id}",
        changes={"national_state": ["no" if state == "yes" else "yes", state]}, at=at,
    )  # fmt: skip


def _mark_all(actor: Actor, numbers: Mapping[int, str], at: datetime) -> None:
    for record_id, number in numbers.items():
        _mark(actor, record_id, "yes", number, at)

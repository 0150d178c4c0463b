"""Reference reports for 示范型服务中心（站） and 优秀主任（站长): made, looked at, submitted, then frozen (S108–S110).

A report keeps the rows its numbers came from. A draft is made anew as often as one likes; from its submission on
nothing of it changes, whatever becomes of the activities below it, and its digest (over every number and row; kept in
the audit, too) proves that. What takes seconds, a province's or a city's, the worker makes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from clock import from_millis, local_day
from models import Centre, ReferenceReport, ReferenceRow, Region, Team, Volunteer, store
from models.store import Write
from queries import reference as sql
from services import audit, permissions, regions
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.reporting import reference_rows
from services.reporting.reference_rows import BY_TEAM, Added, Term

C = RefusalCode
#: Rows in one write, and the longest span of a report in years.
BATCH, MOST_YEARS = 300, 10
NOTE_LONGEST = 500
#: Whoever began a report and has not ended it in this time has stopped: the worker makes it.
STOPPED = timedelta(minutes=2)


def heads(*, actor: Actor, region_code: str, at: datetime) -> list[tuple[str, str]]:
    """(public number, name) of who is or was director of this division's centre, for those who manage it.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    return [(str(no), str(name)) for no, name in sql.heads(region_code)]


def make(
    *, actor: Actor, region_code: str, public_no: str = "", from_on: str, to_on: str, note: str = "", at: datetime
) -> str:
    """A draft on the division's centre, or (with `public_no`) on a director of it, over the days; its code.

    A province's or a city's is left to the worker (`make_due`). A director's report has one term for each stretch in
    office within the days: as director of a division, or as leader of a team below the division. Refusals: NOT_FOUND,
    NOT_ALLOWED (who does not manage the division), CENTRE_MISSING, FIELD_WRONG (`from_on`, `to_on`: no day, the wrong
    way round, over ten years; `person`: never in office in these days; `note`).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    centre = Centre.get_or_none(Centre.region_code == region_code)
    if centre is None:
        raise Refusal(C.CENTRE_MISSING)
    first, last = _day(from_on, "from_on"), min(_day(to_on, "to_on"), local_day(at))
    if last < first or (last - first).days > MOST_YEARS * 366:
        raise Refusal(C.FIELD_WRONG, field="to_on")
    if len(note.strip()) > NOTE_LONGEST:
        raise Refusal(C.FIELD_WRONG, field="note")
    person, terms = None, [Term(region_code, None, str(centre.name), first.isoformat(), last.isoformat())]
    if public_no:
        person = Volunteer.get_or_none(Volunteer.public_no == public_no)
        terms = _terms(person, region_code, first, last) if person else []
        if not terms:
            raise Refusal(C.FIELD_WRONG, field="person")
    code = new_code()

    def begin() -> int:
        made = ReferenceReport.create(
            code=code, kind="leader" if person else "centre", region_code=region_code, person=person,
            name=person.name if person else centre.name, issuer=_issuer(actor, region_code, at),
            from_on=first.isoformat(), to_on=last.isoformat(), terms=[asdict(each) for each in terms],
            note=note.strip(), made_by=actor.volunteer_id, made_at=at,
        )  # fmt: skip
        audit.note(
            actor=actor, verb="reference.made", subject=f"reference:{made.id}", detail={"name": made.name}, at=at,
            region_code=region_code,
        )  # fmt: skip
        return int(made.id)

    number = store.write(begin)
    if not _takes_long(region_code):
        _fill(number, terms, at, store.write)
    return code


def _takes_long(region_code: str) -> bool:
    return len(region_code) <= BY_TEAM


def make_due(*, at: datetime, write: Write = store.write) -> int:
    """Make the reports that wait for the worker, and those that somebody began and did not end; how many."""
    waiting = ReferenceReport.select().where(ReferenceReport.state == "making").order_by(ReferenceReport.id)
    made = 0
    for found in list(waiting):
        if not _takes_long(str(found.region_code)) and found.made_at > at - STOPPED:
            continue
        if write(partial(_begin_anew, found, at)):
            _fill(int(found.id), [Term(**each) for each in found.terms], at, write)
            made += 1
    return made


def _begin_anew(found: ReferenceReport, at: datetime, made_by: int | None = None) -> bool:
    """Take a report in hand, its rows thrown away; False where somebody else did, or it is frozen. Inside a write."""
    fields: dict[str, Any] = {"state": "making", "figures": [], "made_at": at}
    if made_by is not None:
        fields["made_by"] = made_by
    taken = ReferenceReport.update(fields).where(
        ReferenceReport.id == found.id, ReferenceReport.made_at == found.made_at,
        ReferenceReport.state.in_(("making", "draft")),
    )  # fmt: skip
    if not taken.execute():
        return False
    ReferenceRow.delete().where(ReferenceRow.report == found.id).execute()
    return True


def _issuer(actor: Actor, region_code: str, at: datetime) -> str:
    """The centre in whose name the actor makes it: the highest he manages of those above the division."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    mine = {g.region_code for g in grants if g.region_code and g.role in permissions.MANAGING}
    above = [code for code in regions.lineage(region_code) if code in mine] or [region_code]
    rows = Centre.select().where(Centre.region_code.in_(above))
    found = min(rows, key=lambda row: len(row.region_code), default=None)
    return str(found.name) if found is not None else regions.name_of(region_code)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field=name) from None


def _terms(person: Volunteer, region_code: str, first: date, last: date) -> list[Term]:
    """The stretches in office that fall into the days, by their beginning."""
    found = []
    for code, team_id, began, until in sql.terms(int(person.id)):
        start = max(local_day(from_millis(int(began))), first)
        # A post given up in the afternoon was held on that day, too.
        end = min(local_day(from_millis(int(until))) if until is not None else last, last)
        team = Team.get_or_none(Team.id == team_id) if team_id is not None else None
        place = team.region_code if team is not None else code
        if end < start or not place or not str(place).startswith(region_code):
            continue
        label = team.name if team is not None else _centre_name(str(place))
        found.append(Term(str(place), team.id if team is not None else None, str(label), *_span(start, end)))
    return list(dict.fromkeys(found))


def _span(start: date, end: date) -> tuple[str, str]:
    return start.isoformat(), end.isoformat()


def _centre_name(code: str) -> str:
    found = Centre.get_or_none(Centre.region_code == code)
    if found is not None:
        return str(found.name)
    return str(Region.select(Region.place_name).where(Region.code == code).scalar() or code)


def _fill(report_id: int, terms: list[Term], at: datetime, write: Write) -> None:
    """Collect the rows, put them down in short writes, then the sums: a report half made stays in `making`, and
    `make_due` finds it there.

    Who is overtaken by another count of the same draft puts nothing more down.
    """
    figures, rows = [], []
    for number, term in enumerate(terms):
        added = reference_rows.collected(term, at=at)
        figures.append(reference_rows.summed(added))
        rows += _numbered(report_id, number, added)
    for start in range(0, len(rows), BATCH):
        write(partial(_put, report_id, at, rows[start : start + BATCH]))
    done = ReferenceReport.update(figures=figures, state="draft").where(_mine(report_id, at))
    write(done.execute)


def _mine(report_id: int, at: datetime) -> Any:
    return (
        (ReferenceReport.id == report_id) & (ReferenceReport.state == "making") & (ReferenceReport.made_at == at)
    )


def _numbered(report_id: int, term: int, added: list[Added]) -> list[dict[str, Any]]:
    return [
        {"report": report_id, "term": term, "part": part, "number": number, "cells": row.cells, "sums": row.sums}
        for part, rows in groupby(added, key=lambda row: row.part)
        for number, row in enumerate(rows, 1)
    ]


def _put(report_id: int, at: datetime, rows: list[dict[str, Any]]) -> None:
    if ReferenceReport.select().where(_mine(report_id, at)).exists():
        ReferenceRow.insert_many(rows).execute()


def owned(*, actor: Actor, code: str, at: datetime) -> ReferenceReport:
    """A report, for those who manage its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = ReferenceReport.get_or_none(ReferenceReport.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, ReferenceReport)
    permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)
    return found


def again(*, actor: Actor, code: str, at: datetime) -> None:
    """Count a draft anew. Refusals: NOT_FOUND, NOT_ALLOWED, REPORT_FROZEN (submitted or withdrawn)."""
    found = owned(actor=actor, code=code, at=at)
    if found.state == "making" and _takes_long(str(found.region_code)):
        return  # it waits for the worker already

    def empty() -> None:
        if not _begin_anew(found, at, actor.volunteer_id):
            raise Refusal(C.REPORT_FROZEN)

    store.write(empty)
    if not _takes_long(str(found.region_code)):
        _fill(int(found.id), [Term(**each) for each in found.terms], at, store.write)


def submit(*, actor: Actor, code: str, at: datetime) -> None:
    """Freeze a draft as it stands: from now on nothing of it changes. Twice is once.

    Refusals: NOT_FOUND, NOT_ALLOWED, REPORT_FROZEN (withdrawn, or still being made).
    """
    found = owned(actor=actor, code=code, at=at)

    def act() -> None:
        if found.state == "submitted":
            return
        seal = digest(found)
        taken = ReferenceReport.update(
            state="submitted", submitted_by=actor.volunteer_id, submitted_at=at, digest=seal
        ).where(
            ReferenceReport.id == found.id, ReferenceReport.state == "draft",
            ReferenceReport.made_at == found.made_at,
        )  # fmt: skip
        if not taken.execute():
            raise Refusal(C.REPORT_FROZEN)
        audit.note(
            actor=actor, verb="reference.submitted", subject=f"reference:{found.id}",
            detail={"name": found.name, "digest": seal}, at=at, region_code=str(found.region_code),
        )  # fmt: skip

    store.write(act)


def withdraw(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Say that a report is not to be used; it stays to be read as it is. Refusals: NOT_FOUND, NOT_ALLOWED,
    REASON_REQUIRED, REPORT_FROZEN (withdrawn before)."""
    found = owned(actor=actor, code=code, at=at)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)

    def act() -> None:
        taken = ReferenceReport.update(state="withdrawn", withdrawn_why=reason.strip()[:200]).where(
            ReferenceReport.id == found.id, ReferenceReport.state != "withdrawn"
        )
        if not taken.execute():
            raise Refusal(C.REPORT_FROZEN)
        audit.note(
            actor=actor, verb="reference.withdrawn", subject=f"reference:{found.id}",
            detail={"reason": reason.strip()[:200]}, at=at, region_code=str(found.region_code),
        )  # fmt: skip

    store.write(act)


def digest(report: ReferenceReport) -> str:
    """A SHA-256 over what a report says: its name, days, numbers and every row below them."""
    told = hashlib.sha256()
    head = [report.code, report.kind, report.name, report.issuer, report.from_on, report.to_on, report.terms]
    told.update(_plain([*head, report.figures]))
    rows = ReferenceRow.select().where(ReferenceRow.report == report.id)
    for row in rows.order_by(ReferenceRow.term, ReferenceRow.part, ReferenceRow.number).iterator():
        told.update(_plain([row.term, row.part, row.number, row.cells, row.sums]))
    return told.hexdigest()


def _plain(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

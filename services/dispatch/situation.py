"""The situation report at any minute (情况报告): called, promised, on site, hours, and what the county names itself.

The same lines make the Word and the Excel file. Figures under the county's own names are kept as they were said, each
with who said it and when; the newest counts.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from clock import SHANGHAI, to_millis
from frozen import dataclass
from models import DispatchFigure, History, Volunteer, store
from queries import dispatch as sql
from services import audit
from services.actors import Actor
from services.dispatch import board, going_on, holding
from services.dispatch.board import Board, TeamLine
from services.errors import Refusal, RefusalCode
from services.messaging.moments import duration
from services.parts import Parts
from services.workbooks import workbook
from services.writing import Letter
from wording import entry, say

C = RefusalCode
LONGEST_VALUE = 100
#: Lines of the log in the report.
MOST_LINES = 60
#: Rows of history that are read for them.
MOST_READ = 6000


@dataclass(frozen=True, slots=True)
class Figure:
    """What was last said under one of the county's names; `value` "" where nobody has said anything."""

    name: str
    value: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened, in words."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Situation:
    """The report: (label, text) of the whole, the county's own figures, the teams, the log from the beginning."""

    board: Board
    facts: list[tuple[str, str]]
    figures: list[Figure]
    log: list[LogLine]
    at: datetime


def put_figure(*, actor: Actor, code: str, name: str, value: str, at: datetime) -> None:
    """Report a figure under one of the call's own names, also after its end.

    Refusals: NOT_FOUND, those of `holding.require_command`, FIELD_WRONG (`name`: none of the call's; `value`).
    """
    dispatch = board.looked_at(actor=actor, code=code, at=at)
    holding.require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
    if name not in dispatch.fields:
        raise Refusal(C.FIELD_WRONG, field="name")
    text = value.strip()
    if not 0 < len(text) <= LONGEST_VALUE or "\x00" in text:
        raise Refusal(C.FIELD_WRONG, field="value")

    def act() -> None:
        DispatchFigure.create(dispatch=dispatch.id, name=name, value=text, actor=actor.volunteer_id, at=at)
        holding.note(dispatch, "figure", actor, at, {name: ["", text]})

    store.write(act)


def report(*, actor: Actor, code: str, at: datetime) -> Situation:
    """The report for whoever may look at the call. Refusal: NOT_FOUND."""
    shown = board.board(actor=actor, code=code, at=at)
    return Situation(shown, _facts(shown, at), figures(shown), log(shown), at)


def figures(shown: Board) -> list[Figure]:
    """The county's own figures, in its order."""
    rows = (
        DispatchFigure.select(DispatchFigure, Volunteer)
        .left_outer_join(Volunteer)
        .where(DispatchFigure.dispatch == shown.id)
        .order_by(DispatchFigure.id)
    )
    newest = {row.name: row for row in rows}
    return [
        Figure(name, newest[name].value, str(getattr(newest[name].actor, "name", "")), newest[name].at)
        if name in newest else Figure(name, "", "", None)
        for name in shown.fields
    ]  # fmt: skip


def log(shown: Board) -> list[LogLine]:
    """What happened, newest first; what members said one after the other is one line, at the time of the last."""
    rows = (
        History.select(History, Volunteer)
        .left_outer_join(Volunteer)
        .where(History.subject == f"dispatch:{shown.id}")
        .order_by(History.id.desc())
        .limit(MOST_READ)
    )
    folded = [list(some) for _, some in groupby(rows, key=_alike)][:MOST_LINES]
    return [LogLine(some[0].at, _who(some[0]), _what(some[0], len(some))) for some in folded]


def _alike(row: History) -> object:
    """Members' answers of one kind belong together; everything else stands alone."""
    return row.verb if row.verb.startswith("person_") else row.id


def _who(row: History) -> str:
    """Not of members: a neighbouring county's are nobody's business here (S43)."""
    return "" if row.verb.startswith("person_") else str(getattr(row.actor, "name", ""))


def _what(row: History, many: int) -> str:
    changes = {name: pair[1] for name, pair in row.changes.items()}
    text = say(
        f"dispatch.log.{row.verb}", wave=changes.get("wave", ""), teams=changes.get("teams", ""),
        team=changes.get("team", ""), people=_people(changes), figure="，".join(f"{k} {v}" for k, v in changes.items()),
        until=changes.get("until", ""), count=many,
        wants=changes.get("wants") or say("dispatch.wants.people", count=changes.get("people", "")),
        how=entry("dispatch.how").get(changes.get("how", ""), ""),
    )  # fmt: skip
    return f"{text}：{row.reason}" if row.reason else text


def _people(changes: dict[str, object]) -> object:
    answered = changes.get("answer")
    return answered[1] if isinstance(answered, list) else changes.get("people", "")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _facts(shown: Board, at: datetime) -> list[tuple[str, str]]:
    names = entry("dispatch.report.labels")
    numbers = {
        "teams": say(
            "dispatch.report.teams", called=len(shown.teams), coming=shown.count("coming"),
            declined=shown.count("declined"), silent=shown.count("asked", "silent"),
        ),
        "people": say(
            "dispatch.report.people", wanted=shown.wanted, asked=shown.total("asked"), promised=shown.total("people"),
            accepted=shown.total("accepted"),
        ),
        "there": say(
            "dispatch.report.there", there=shown.total("there"), came=shown.total("came"),
            hours=duration(shown.total("minutes")),
        ),
        "things": say(
            "dispatch.report.things", boats=shown.comes("boats"), boats_wanted=shown.boats_wanted,
            vehicles=shown.comes("vehicles"), vehicles_wanted=shown.vehicles_wanted,
        ),
    }  # fmt: skip
    texts = {
        "title": shown.title, "state": entry("dispatch.states")[shown.state], "place": f"{shown.area} {shown.place}",
        "time": f"{_moment(shown.starts_at)} 至 {_moment(shown.ends_at)}", "command": shown.command,
        "contact": shown.contact, "content": shown.content, **numbers,
        "before": _before(shown, at), "reach": shown.reach, "now": _moment(at),
    }  # fmt: skip
    return [(names[name], text) for name, text in texts.items() if text]


def _before(shown: Board, at: datetime) -> str:
    """What the shifts before this call came to; "" where there are none."""
    shifts = going_on.before(shown.id)
    there = [each for one in shifts for each in sql.there(dispatch_id=one.id, now=to_millis(at)).values()]
    return say(
        "dispatch.report.before", count=len(shifts), came=sum(came for _, came, _ in there),
        hours=duration(sum(minutes for *_, minutes in there)),
    ) if shifts else ""  # fmt: skip


def _cells(line: TeamLine) -> list[str | int]:
    return [
        line.name, line.place, entry("dispatch.team_states")[line.state], line.wave, line.people, line.boats,
        line.vehicles, _moment(line.there_at) if line.there_at else "", line.asked, line.accepted, line.there,
        line.came, duration(line.minutes), line.answered_by,
        say("dispatch.report.by_phone", name=line.recorded_by) if line.recorded_by else "", line.note,
    ]  # fmt: skip


def _title(found: Situation, parts: Parts) -> str:
    key = "drill_title" if found.board.drill else "title"
    return say(f"dispatch.report.{key}", title=found.board.title, brand=parts.brand)


def excel(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The report as a workbook: the whole on top, then a line for each team. Refusal: NOT_FOUND."""
    found = report(actor=actor, code=code, at=at)
    headings = entry("dispatch.report.headings")
    rows: list[list[str | int]] = [_cells(line) for line in found.board.teams]
    rows += [[], *([label, text] for label, text in found.facts)]  # type: ignore[list-item]
    rows += [[each.name, each.value, each.who, _moment(each.at) if each.at else ""] for each in found.figures]
    _kept(actor, code, "xlsx", at)
    return workbook(title=_title(found, parts), headings=headings, rows=rows)


def word(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The report as an editable Word file. Refusal: NOT_FOUND."""
    found = report(actor=actor, code=code, at=at)
    letter = Letter(title=_title(found, parts), made_at=at)
    letter.pairs(found.facts)
    if found.figures:
        letter.heading(say("dispatch.report.own"))
        letter.table(
            entry("dispatch.report.own_headings"),
            [[each.name, each.value or "—", each.who, _moment(each.at) if each.at else ""] for each in found.figures],
        )
    letter.heading(say("dispatch.report.by_team"))
    short = entry("dispatch.report.short")
    headings = entry("dispatch.report.headings")
    letter.table(
        [headings[number] for number in short],
        [[str(_cells(line)[number]) for number in short] for line in found.board.teams],
    )
    letter.heading(say("dispatch.report.log"))
    for line in reversed(found.log):
        letter.line(f"{_moment(line.at)}　{line.what}" + (f"（{line.who}）" if line.who else ""))
    _kept(actor, code, "docx", at)
    return letter.file()


def _kept(actor: Actor, code: str, kind: str, at: datetime) -> None:
    audit.note(actor=actor, verb="export", subject=f"dispatch:{code}", detail={"kind": kind}, at=at)

"""一活动一档 as Word: notice, list, sign-in sheet, summary, photos; and a team's whole year in one file.

For those who lead the team or may look at its people, as the one-page file is (`participation.activity_file`); what
came of visits and mediation stays with the leaders there, too. Whoever takes one along is noted.
"""

from __future__ import annotations

from datetime import datetime

from clock import SHANGHAI
from models import Activity, ActivityReport, Team
from services import audit, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.messaging.moments import duration
from services.participation import activity_file, roster
from services.participation.roster import RosterEntry
from services.parts import Parts
from services.writing import Letter
from wording import entry, say

#: Activities in one binder.
MOST = 300


def activity(*, parts: Parts, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name, Word file) of one activity, with its photos. Refusals: NOT_FOUND, NOT_ALLOWED."""
    shown = activity_file.facts(actor=actor, code=code, at=at)
    paper = Letter(title=say("reports.folder.title"), made_at=at)
    _write(paper, actor, code, shown, at)
    found = Activity.get(Activity.code == code)
    report = ActivityReport.get_or_none(ActivityReport.activity == found.id)
    for number in report.photos if report and not found.private_home else []:
        try:
            paper.picture(files.opened(parts=parts, file_id=number))
        except Refusal:  # the row is there and the picture is not on this disk
            paper.line(say("reports.folder.no_photo"))
    paper.line(say("reports.words.signed"))
    audit.note(
        actor=actor, verb="export", subject=f"activity:{found.id}", detail={"form": "docx"}, at=at,
        region_code=found.region_code,
    )  # fmt: skip
    return f"{found.local_day}-{found.title[:20]}", paper.file()


def binder(*, actor: Actor, team_code: str, year: int, at: datetime) -> tuple[str, bytes]:
    """(name, Word file) of all that a team held in a year, in the order of the days, behind a list of it; no photos.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=team.id, at=at)
    held = list(
        Activity.select()
        .where(
            Activity.team == team.id, Activity.local_day.between(f"{year}-01-01", f"{year}-12-31"),
            Activity.state.in_(("published", "ended")), Activity.ends_at <= at,
        )
        .order_by(Activity.starts_at, Activity.id)
    )  # fmt: skip
    title = say("reports.folder.binder", team=team.name, year=year)
    paper = Letter(title=title, made_at=at)
    listed = [[str(n), one.local_day, one.title, one.place] for n, one in enumerate(held, 1)]
    paper.table(entry("reports.headings")["binder"], listed)
    if not held:
        paper.line(say("reports.folder.empty"))
    for one in held[:MOST]:
        paper.page(one.title)
        _write(paper, actor, one.code, activity_file.facts(actor=actor, code=one.code, at=at), at)
    if len(held) > MOST:
        paper.line(say("reports.words.rest", count=len(held) - MOST))
    audit.note(
        actor=actor, verb="export", subject=f"team:{team.id}", detail={"form": "binder", "year": year}, at=at,
        region_code=team.region_code,
    )  # fmt: skip
    return title, paper.file()


def _write(paper: Letter, actor: Actor, code: str, shown: activity_file.File, at: datetime) -> None:
    paper.heading(say("reports.folder.notice"))
    paper.pairs(shown.before)
    people = roster.looked_at(actor=actor, activity_code=code, at=at).entries
    heads = entry("reports.headings")
    paper.heading(say("reports.folder.list"))
    signed = [[str(n), one.name, one.position] for n, one in enumerate((p for p in people if p.signed), 1)]
    paper.table(heads["list"], signed)
    if not signed:
        paper.line(say("reports.folder.nobody"))
    paper.heading(say("reports.folder.sheet"))
    came = [[str(n), *_came(one)] for n, one in enumerate((p for p in people if p.record_id is not None), 1)]
    paper.table(heads["sheet"], came)
    if not came:
        paper.line(say("reports.folder.nobody"))
    if shown.after:
        paper.heading(say("reports.folder.summary"))
        paper.pairs(shown.after)


def _came(one: RosterEntry) -> list[str]:
    """A line of the sign-in sheet: a signature's place is left for those who want one on paper."""
    how = "made_up" if one.made_up else "by_hand" if one.by_hand else "scan"
    return [
        one.name, _clock(one.in_at), _clock(one.out_at), duration(one.minutes) if one.minutes else "",
        say(f"reports.folder.{how}"), "",
    ]  # fmt: skip


def _clock(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}" if moment else ""

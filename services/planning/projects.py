"""项目: what holds many activities together: field, level, team, period, where the money comes from (S74)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Activity, FundingSource, Project, Team, store
from services import audit, leading, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.participation import domains
from services.planning import results
from services.planning.campaigns import day_of
from services.planning.results import Result

C = RefusalCode
LENGTHS = {"title": 40, "funding_note": 100, "summary": 500}
CLOSING_LONGEST = 500


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """What the form says; days as ISO text, `funding` the code of a FundingSource."""

    title: str
    domain: str
    sub_domain: str
    from_on: str
    to_on: str
    funding: str = "budget"
    funding_note: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a list, with what its activities came to."""

    code: str
    title: str
    team: str
    team_code: str
    place: str
    level: int
    domain: str
    funding: str
    from_on: str
    to_on: str
    state: str
    model: bool
    result: Result


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A project in full."""

    line: ProjectLine
    draft: ProjectDraft
    closing: str
    activities: list[tuple[str, str, str, str]]
    may_edit: bool


def _checked(draft: ProjectDraft) -> dict[str, Any]:
    texts = {name: getattr(draft, name).strip() for name in LENGTHS}
    for name, text in texts.items():
        if len(text) > LENGTHS[name] or "\x00" in text or (name == "title" and not text):
            raise Refusal(C.FIELD_WRONG, field=name)
    if draft.domain not in domains.CODES or (
        draft.sub_domain and domains.sub_domain(draft.domain, draft.sub_domain) is None
    ):
        raise Refusal(C.FIELD_WRONG, field="domain")
    if not FundingSource.select().where(FundingSource.code == draft.funding).exists():
        raise Refusal(C.FIELD_WRONG, field="funding")
    first, last = day_of(draft.from_on, "from_on"), day_of(draft.to_on, "to_on")
    if last < first:
        raise Refusal(C.FIELD_WRONG, field="to_on")
    return texts | {
        "domain": draft.domain, "sub_domain": draft.sub_domain, "funding": draft.funding, "from_on": first,
        "to_on": last,
    }  # fmt: skip


def create(*, actor: Actor, team_code: str, draft: ProjectDraft, at: datetime) -> str:
    """A team's project; its code. Its level is the team's. Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`field`)."""

    def act() -> str:
        team = Team.get_or_none(Team.code == team_code, Team.state.not_in(permissions.CLOSED_TEAMS))
        if team is None:
            raise Refusal(C.NOT_FOUND)
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        columns = _checked(draft)
        made = Project.create(
            code=new_code(), team=team, region_code=team.region_code, level=regions.level_of(str(team.region_code)),
            created_by=actor.volunteer_id, created_at=at, **columns,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="project_created", subject=f"project:{made.id}", at=at,
            changes={"title": ["", made.title]},
        )
        return str(made.code)

    return store.write(act)


def _running(actor: Actor, code: str, at: datetime) -> Project:
    made = Project.get_or_none(Project.code == code)
    if made is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(made, Project)
    permissions.require_lead(actor=actor, team_id=made.team_id, at=at)
    if made.state != "running":
        raise Refusal(C.PLANNING_STATE)
    return made


def edit(*, actor: Actor, code: str, draft: ProjectDraft, at: datetime) -> None:
    """Change one that runs. Refusals: NOT_FOUND, NOT_ALLOWED, PLANNING_STATE (closed), FIELD_WRONG."""

    def act() -> None:
        made = _running(actor, code, at)
        columns = _checked(draft)
        changes = {name: [getattr(made, name), new] for name, new in columns.items() if getattr(made, name) != new}
        Project.update(columns).where(Project.id == made.id).execute()
        audit.changed(actor=actor, verb="project_edited", subject=f"project:{made.id}", changes=changes, at=at)

    store.write(act)


def close(*, actor: Actor, code: str, closing: str, at: datetime) -> None:
    """It is done, with a few words on what came of it. Refusals: NOT_FOUND, NOT_ALLOWED, PLANNING_STATE,
    REASON_REQUIRED."""

    def act() -> None:
        made = _running(actor, code, at)
        said = closing.strip()[:CLOSING_LONGEST]
        if not said:
            raise Refusal(C.REASON_REQUIRED)
        Project.update(state="closed", closing=said, closed_at=at).where(Project.id == made.id).execute()
        audit.changed(
            actor=actor, verb="project_closed", subject=f"project:{made.id}", changes={}, at=at, reason=said[:200]
        )

    store.write(act)


def may_lead(*, actor: Actor, code: str, at: datetime) -> bool:
    """Whether the actor leads the project's team."""
    team_id = Project.select(Project.team).where(Project.code == code).scalar()
    return team_id is not None and permissions.leads(actor=actor, team_id=int(team_id), at=at)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ProjectLine]:
    """The projects of the teams the actor leads and of the divisions he may look at.

    Filters: region, level, domain, funding, state, mark (model).
    """
    seen = leading.led(actor=actor, at=at) | scopes.within(Project.region_code, scopes.readable(actor=actor, at=at))
    query = Project.select(Project, Team).join(Team).where(seen)
    for name, column in (("domain", Project.domain), ("funding", Project.funding), ("state", Project.state)):
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if wanted.chosen("level"):
        query = query.where(Project.level == int(wanted.chosen("level")))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Project.region_code, [wanted.chosen("region")]))
    if wanted.chosen("mark"):
        query = query.where(Project.model_mark)
    if wanted.text:
        query = query.where(Project.title.contains(wanted.text) | Team.name.contains(wanted.text))
    sorts = {"from": Project.from_on, "to": Project.to_on, "title": Project.title}
    page = cut(query, wanted=wanted, sorts=sorts, default="-from", tie=Project.id, row=lambda row: row)
    return Found(_lines(page.rows), page.total, page.page, page.size)


def _lines(rows: list[Any]) -> list[ProjectLine]:
    places = regions.path_names([row.region_code for row in rows])
    came = results.by(Activity.project_id, Activity.project_id.in_([row.id for row in rows]))
    return [
        ProjectLine(
            row.code, row.title, row.team.name, row.team.code, places[row.region_code], row.level, row.domain,
            row.funding, row.from_on, row.to_on, row.state, row.model_mark, came.get(row.id, Result()),
        )
        for row in rows
    ]  # fmt: skip


def page(*, actor: Actor, code: str, at: datetime) -> ProjectPage:
    """One project with its activities. Refusals: NOT_FOUND, NOT_ALLOWED."""
    made = Project.select(Project, Team).join(Team).where(Project.code == code).first()
    if made is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=made.team_id, at=at)
    rows = Activity.select().where(Activity.project_id == made.id).order_by(Activity.starts_at.desc()).limit(200)
    fields = ProjectDraft.__dataclass_fields__
    leads = permissions.leads(actor=actor, team_id=made.team_id, at=at)
    return ProjectPage(
        _lines([made])[0], ProjectDraft(**{name: getattr(made, name) for name in fields}), made.closing,
        [(each.code, each.title, each.local_day, each.state) for each in rows], leads and made.state == "running",
    )  # fmt: skip

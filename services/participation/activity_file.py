"""The one-page file of an activity, to print and put into the folder (GB/T 40143 §5.2.2, §6.1): what was announced, who
allowed it, what moved, and, once it is over, what came of it.

For those who may look at the team's people. What came of visits, mediation and counselling is for the team's leaders
and their centres alone (S61); names of those who served stand in the hours' sheets, not here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from clock import SHANGHAI
from frozen import dataclass
from models import (
    Activity,
    ActivityCampaign,
    ActivityChange,
    ActivityPartner,
    ActivityReport,
    Approval,
    Campaign,
    Insurance,
    Need,
    Partner,
    PlanItem,
    Position,
    Project,
    ServiceRecord,
    Shift,
    Signup,
    Team,
    Volunteer,
)
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation import evaluations
from services.evaluation.evaluations import Average
from services.messaging.notices import duration
from services.participation import domains, views
from services.parts import Parts
from services.printing import SMALL, Paper
from wording import entry, say

#: Lines of one kind that the page has room for.
MOST = 8
#: Sizes of letters (points) and the longest text beside a label, tried one after the other until it is one page.
SIZES = ((12, 400), (10, 400), (9, 180), (8, 100))


@dataclass(frozen=True, slots=True)
class File:
    """What the page says: (label, text) as it stands before, and after the end (empty until then)."""

    title: str
    code: str
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]


def facts(*, actor: Actor, code: str, at: datetime) -> File:
    """Everything the page says. Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = Activity.select(Activity, Team).join(Team).where(Activity.code == code).first()
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    over = activity.state in ("published", "ended") and at >= activity.ends_at
    after = _after(activity, actor, at) if over else {}
    if activity.state == "cancelled":
        after = {"people": say("planning.file.cancelled")}
    return File(activity.title, activity.code, _labelled(_before(activity)), _labelled(after))


def _labelled(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Beside their labels, what is empty left out."""
    names = entry("planning.file.labels")
    return [(names[name], text) for name, text in texts.items() if text]


def paper(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The page as a PDF, one page whatever was written: smaller, and cut, until it fits. Refusals as `facts`."""
    shown = facts(actor=actor, code=code, at=at)
    for size, longest in SIZES:
        drawn = _drawn(parts, shown, size, longest, at)
        if drawn.pages.pages_count == 1:
            break
    return drawn.pdf()


def _drawn(parts: Parts, shown: File, size: float, longest: int, at: datetime) -> Paper:
    drawn = Paper(
        title=say("planning.file.title"), subtitle=say("planning.file.code", code=shown.code), footer=parts.brand,
        made_at=at,
    )  # fmt: skip
    for number, rows in enumerate((shown.before, shown.after)):
        if not rows:
            continue
        if number:
            drawn.space(2)
            drawn.line(say("planning.file.over"))
        drawn.pairs([(label, _cut(text, longest)) for label, text in rows], size=size)
    drawn.space(6)
    drawn.line(say("planning.file.signed"), size=SMALL)
    return drawn


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _short(text: str) -> str:
    """One paragraph."""
    return " ".join(text.split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _few(found: list[str]) -> str:
    """At most so many of them; that there are more is said."""
    rest = len(found) - MOST
    shown = found[:MOST] + ([say("planning.file.hidden_people", count=rest)] if rest > 0 else [])
    return "；".join(shown)


def _before(activity: Activity) -> dict[str, str]:
    kind = domains.sub_domain(activity.domain, activity.sub_domain)
    venue = domains.venue_kinds().get(str(activity.venue_kind), "")
    texts = {
        name: _short(getattr(activity, name)) or say("planning.file.none")
        for name in ("content", "conditions", "how_to_join", "risk_notice", "safeguards", "contact")
    }
    return {
        "title": activity.title, "team": activity.team.name, "state": entry("planning.file.states")[activity.state],
        "kind": f"{domains.domain_name(activity.domain)} · {kind.name if kind else activity.sub_domain}",
        "belongs": _belongs(activity), "time": f"{_moment(activity.starts_at)} 至 {_moment(activity.ends_at)}",
        "place": "，".join(each for each in (activity.place, venue, str(activity.host_contact)) if each),
        "content": texts["content"], "conditions": texts["conditions"], "positions": _positions(activity),
        "how_to_join": texts["how_to_join"], "risk_notice": texts["risk_notice"], "safeguards": texts["safeguards"],
        "insurance": _insurance(activity), "contact": texts["contact"], "approval": _approval(activity),
        "moves": _moves(activity),
    }  # fmt: skip


def _belongs(activity: Activity) -> str:
    rows: list[Any] = []
    for model, number in ((Need, activity.need_id), (Project, activity.project_id), (PlanItem, activity.plan_item_id)):
        rows.append(model.get_or_none(model.id == number) if number else None)
    tags = Campaign.select(Campaign.name).join(ActivityCampaign).where(ActivityCampaign.activity == activity.id)
    return _few([each.title for each in rows if each] + [each.name for each in tags.order_by(Campaign.id)])


def _positions(activity: Activity) -> str:
    rows = (
        Shift.select(Shift, Position)
        .join(Position)
        .where(Shift.activity == activity.id)
        .order_by(Shift.starts_at, Shift.id)
    )
    found = []
    for row in rows:
        key = "quota" if (row.starts_at, row.ends_at) == (activity.starts_at, activity.ends_at) else "shift"
        ends = {"from": _moment(row.starts_at), "until": _moment(row.ends_at)}
        found.append(say(f"planning.file.{key}", name=row.position.name, quota=row.quota, **ends))
    return _few(found)


def _insurance(activity: Activity) -> str:
    """The covers of the activity itself and of its team, and of the divisions around it, that hold all the while."""
    codes = [str(activity.region_code)[:length] for length in (2, 4, 6, 9, 12)]
    own = (
        (Insurance.activity == activity.id)
        | (Insurance.team == activity.team_id)
        | (Insurance.activity.is_null() & Insurance.team.is_null() & Insurance.region_code.in_(codes))
    )
    rows = Insurance.select().where(
        own, Insurance.covers_from <= activity.starts_at, Insurance.covers_until >= activity.ends_at,
        Insurance.ended_at.is_null(),
    )  # fmt: skip
    return _few([f"{each.insurer} {each.product} {each.policy_no}" for each in rows.order_by(Insurance.id)])


def _approval(activity: Activity) -> str:
    asked = (
        Approval.select(Approval, Volunteer)
        .left_outer_join(Volunteer, on=(Approval.decided_by == Volunteer.id))
        .where(Approval.activity == activity.id, Approval.state == "approved")
        .order_by(Approval.id.desc())
        .first()
    )
    if asked is None:
        return say("planning.file.not_needed") if activity.state in ("published", "ended") else ""
    who = asked.decided_by.name if asked.decided_by else ""
    said = say("planning.file.approved", who=who, when=_moment(asked.decided_at))
    return f"{said}：{asked.answer}" if asked.answer else said


def _moves(activity: Activity) -> str:
    rows = ActivityChange.select().where(ActivityChange.activity == activity.id).order_by(ActivityChange.version)
    names = entry("planning.file.fields")
    found = []
    for row in rows:
        changes = "，".join(
            say("planning.file.change", field=names[field], old=_plain(field, old), new=_plain(field, new))
            for field, (old, new) in row.changes.items()
            if field in names
        )
        found.append(say("planning.file.moved", when=_moment(row.at), changes=changes))
    return _few(found)


def _plain(field: str, value: str) -> str:
    return _moment(datetime.fromisoformat(value)) if field.endswith("_at") else value


def _after(activity: Activity, actor: Actor, at: datetime) -> dict[str, str]:
    records = ServiceRecord.select(
        fn.COUNT(fn.DISTINCT(ServiceRecord.volunteer)), fn.COALESCE(fn.SUM(ServiceRecord.minutes), 0)
    ).where(ServiceRecord.activity == activity.id, ServiceRecord.state != "void")
    came, minutes = records.tuples().first()
    signed = (
        Signup.select(Signup.volunteer).where(Signup.activity == activity.id, Signup.state == "confirmed").distinct()
    )
    report = ActivityReport.get_or_none(ActivityReport.activity == activity.id)
    judged = evaluations.summary(actor=actor, activity_code=str(activity.code), at=at)
    gave = (
        ActivityPartner.select(ActivityPartner.gave, Partner.id, Partner.name)
        .join(Partner)
        .where(ActivityPartner.activity == activity.id)
        .order_by(Partner.id)
    )
    return {
        "people": say("planning.file.came", signed=signed.count(), came=int(came), time=duration(int(minutes))),
        "reach": say(
            "planning.file.reach", served=report.served if report else 0,
            views=views.of(activity_ids=[activity.id]).get(activity.id, 0),
        ),
        "judged": say(
            "planning.file.judged", volunteers=_stars(judged.volunteers), recipients=_stars(judged.recipients)
        ),
        "partners": _few([f"{each.partner.name} {each.gave}".strip() for each in gave]),
        "summary": _summary(activity, report, actor, at),
    }  # fmt: skip


def _summary(activity: Activity, report: ActivityReport | None, actor: Actor, at: datetime) -> str:
    leads = permissions.leads(actor=actor, team_id=activity.team_id, at=at)
    if domains.is_confidential(activity.domain, activity.sub_domain) and not leads:
        return say("planning.file.private")
    if report is None:
        return say("planning.file.none")
    photos = say("planning.file.photos", count=len(report.photos)) if report.photos else ""
    return "　".join(each for each in (_short(report.summary), photos) if each)


def _stars(judged: Average) -> str:
    if not judged.tenths:
        return say("planning.file.no_stars")
    return say("planning.file.stars", whole=judged.tenths // 10, tenths=judged.tenths % 10, count=judged.count)

"""Certificates of courses: issued with a session's end, good until their last day, revoked with a reason, reminded of
once before they run out (S42)."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Activity, TrainingCertificate, TrainingCourse, TrainingResult, Volunteer, store
from models.store import Write
from services import audit, decisions, permissions, regions, rules, scopes
from services.accounts.documents import mask_name
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.parts import Parts
from services.printing import Paper
from wording import entry, say

C = RefusalCode
#: No division reminds earlier (wording/policy.toml).
FARTHEST = timedelta(days=180)
BATCH = 200


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """A certificate; days as ISO, `expires_on` "" for good. `state`: valid, expired, revoked."""

    code: str
    number: str
    name: str
    public_no: str
    course: str
    place: str
    issued_on: str
    expires_on: str
    state: str
    word: str
    reason: str
    may_revoke: bool


def issue(
    *, row: TrainingResult, course: TrainingCourse, activity: Activity, actor: Actor, at: datetime
) -> str:
    """Issue one for a result; its number. Inside the caller's write. One that stands is not issued twice."""
    standing = TrainingCertificate.get_or_none(
        TrainingCertificate.activity == activity.id, TrainingCertificate.volunteer == row.volunteer_id,
        TrainingCertificate.state == "valid",
    )  # fmt: skip
    if standing is not None:
        return str(standing.number)
    issued = local_day(activity.starts_at)
    made = TrainingCertificate.create(
        code=new_code(12), number=_number(issued), volunteer=row.volunteer_id, course=course, activity=activity,
        region_code=activity.region_code, issued_on=issued.isoformat(), state="valid", issued_by=actor.volunteer_id,
        expires_on=last_day(issued, course.valid_months).isoformat() if course.valid_months else None, created_at=at,
    )  # fmt: skip
    return str(made.number)


def _number(day: date) -> str:
    """A number for paper: the day and eight digits nobody can guess the next of."""
    while True:
        number = f"PX{day:%Y%m%d}{secrets.randbelow(10**8):08d}"
        if not TrainingCertificate.select().where(TrainingCertificate.number == number).exists():
            return number


def last_day(issued: date, months: int) -> date:
    """The last day of a certificate: the day before the same day so many months on (31 August and 6 months: the end of
    February)."""
    year, month = divmod(issued.year * 12 + issued.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    after = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    same = first.replace(day=min(issued.day, after.day))
    return same - timedelta(days=1) if same.day == issued.day else same


def standing(row: TrainingCertificate, today: date) -> str:
    """valid, expired or revoked."""
    if row.state == "revoked":
        return "revoked"
    return "expired" if row.expires_on and row.expires_on < today.isoformat() else "valid"


def deciding(*, actor: Actor, code: str, at: datetime) -> TrainingCertificate:
    """The certificate, for one who may revoke it. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD."""
    found = TrainingCertificate.get_or_none(TrainingCertificate.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=str(found.region_code), parties=[found.volunteer_id], at=at
    )
    assert isinstance(found, TrainingCertificate)
    return found


def revoke(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """It was issued wrongly: it holds no more, its person is told. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD,
    REASON_REQUIRED, ORDER_STATE (revoked already)."""
    found = deciding(actor=actor, code=code, at=at)
    words = reason.strip()[:200]
    if not words:
        raise Refusal(C.REASON_REQUIRED)

    def act() -> None:
        once = TrainingCertificate.update(state="revoked", reason=words).where(
            TrainingCertificate.id == found.id, TrainingCertificate.state == "valid"
        )
        if not once.execute():
            raise Refusal(C.ORDER_STATE)
        audit.changed(
            actor=actor, verb="certificate_revoked", subject=f"volunteer:{found.volunteer_id}", at=at, reason=words,
            changes={"certificate": [found.number, ""]},
        )  # fmt: skip
        telling.tell(
            kind="training_revoked", people=[found.volunteer_id], key=str(found.id), at=at, title=found.course.name,
            reason=words, url="/m/trainings/mine",
        )  # fmt: skip

    store.write(act)


def take_back(*, activity_id: int, volunteer_id: int, reason: str) -> None:
    """A session's certificate of a person holds no more; inside the caller's write, which tells him. Twice is once."""
    TrainingCertificate.update(state="revoked", reason=reason).where(
        TrainingCertificate.activity == activity_id, TrainingCertificate.volunteer == volunteer_id,
        TrainingCertificate.state == "valid",
    ).execute()  # fmt: skip


def of_person(*, volunteer_id: int, at: datetime) -> list[CertificateLine]:
    """A person's certificates, the newest first."""
    query = _query().where(TrainingCertificate.volunteer == volunteer_id)
    rows = list(query.order_by(TrainingCertificate.issued_on.desc(), TrainingCertificate.id.desc()))
    return [_line(row, local_day(at), "", ()) for row in rows]


def known(*, code: str, at: datetime) -> CertificateLine:
    """What anybody may see who holds the code: that it is true, whose it is by half a name. Refusals: NOT_FOUND."""
    row = _query().where(TrainingCertificate.code == code).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    shown = _line(row, local_day(at), regions.path_name(str(row.region_code)), ())
    return CertificateLine(
        shown.code, shown.number, mask_name(shown.name), "", shown.course, shown.place, shown.issued_on,
        shown.expires_on, shown.state, shown.word, "", False,
    )  # fmt: skip


def paper(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The certificate to print, PDF, with the code that proves it. To its person and to who manages there.

    Refusals: NOT_FOUND.
    """
    row = _query().where(TrainingCertificate.code == code).first()
    if row is None or (
        row.volunteer_id != actor.volunteer_id
        and not permissions.manages(actor=actor, region_code=str(row.region_code), at=at)
    ):
        raise Refusal(C.NOT_FOUND)
    words = entry("training.paper")
    sheet = Paper(title=words["title"], subtitle=f"{words['number']} {row.number}", footer=parts.brand, made_at=at)
    sheet.space(16)
    until = _on_paper(row.expires_on) if row.expires_on else words["for_good"]
    text = words["text" if row.course.tested else "attended"].format(
        name=row.volunteer.name, day=_on_paper(row.issued_on), course=row.course.name, team=row.activity.team.name
    )
    sheet.line(text, size=16)
    sheet.space(6)
    sheet.line(words["until"].format(day=until), size=14)
    if standing(row, local_day(at)) != "valid":
        sheet.line(entry("training.certificates")[standing(row, local_day(at))], size=14)
    sheet.code(f"{parts.public_url}/t/{row.code}", x=85, y=150, size=40)
    sheet.pages.set_y(194)
    sheet.line(words["scan"], align="C", grey=True)
    return sheet.pdf()


def _on_paper(day: str) -> str:
    there = date.fromisoformat(day)
    return say("training.paper.day", year=there.year, month=there.month, day=there.day)


def _query() -> Any:
    return (
        TrainingCertificate.select(TrainingCertificate, Volunteer, TrainingCourse, Activity)
        .join(Volunteer, on=(TrainingCertificate.volunteer == Volunteer.id))
        .switch(TrainingCertificate)
        .join(TrainingCourse)
        .switch(TrainingCertificate)
        .join(Activity)
        .switch(TrainingCertificate)
    )


def _line(row: Any, today: date, place: str, here: tuple[str, ...]) -> CertificateLine:
    state = standing(row, today)
    return CertificateLine(
        row.code, row.number, row.volunteer.name, row.volunteer.public_no, row.course.name, place, row.issued_on,
        row.expires_on or "", state, str(entry("training.certificates")[state]), row.reason,
        state != "revoked" and scopes.covers(here, row.region_code),
    )  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CertificateLine]:
    """The certificates of the actor's divisions; filters: region, state (valid, expired, revoked, soon: within
    FARTHEST). Refusals: NOT_ALLOWED."""
    codes = scopes.readable(actor=actor, at=at)
    if not codes:
        raise Refusal(C.NOT_ALLOWED)
    today = local_day(at)
    query = _query().where(scopes.within(TrainingCertificate.region_code, codes))
    stands = TrainingCertificate.state == "valid"
    ended = TrainingCertificate.expires_on.is_null(False) & (TrainingCertificate.expires_on < today.isoformat())
    soon = TrainingCertificate.expires_on.between(today.isoformat(), (today + timedelta(days=90)).isoformat())
    by_state = {
        "valid": stands & ~ended, "expired": stands & ended, "soon": stands & soon,
        "revoked": TrainingCertificate.state == "revoked",
    }  # fmt: skip
    if wanted.chosen("state") in by_state:
        query = query.where(by_state[wanted.chosen("state")])
    if wanted.chosen("region"):
        query = query.where(scopes.within(TrainingCertificate.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(
            Volunteer.name.contains(wanted.text) | TrainingCourse.name.contains(wanted.text)
            | (TrainingCertificate.number == wanted.text)
        )  # fmt: skip
    sorts = {
        "name": Volunteer.name, "issued": TrainingCertificate.issued_on, "expires": TrainingCertificate.expires_on
    }
    page = cut(
        query, wanted=wanted, sorts=sorts, default="-issued", tie=TrainingCertificate.id, row=lambda row: row
    )
    places = regions.path_names([row.region_code for row in page.rows])
    here = scopes.managed(actor=actor, at=at)
    lines = [_line(row, today, places[row.region_code], here) for row in page.rows]
    return Found(lines, page.total, page.page, page.size)


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell people that a certificate runs out soon: once for each, so many days before as the division's rule says; how
    many were told. Late is better than never, until the day itself; not where a later one of the same course holds."""
    today = local_day(at)
    told = last = 0
    while True:
        due = list(
            _query()
            .where(
                TrainingCertificate.state == "valid", Volunteer.state == "active",
                TrainingCertificate.expires_on.between(today.isoformat(), (today + FARTHEST).isoformat()),
                TrainingCertificate.reminded_for.is_null()
                | (TrainingCertificate.reminded_for != TrainingCertificate.expires_on),
                TrainingCertificate.id > last,
            )
            .order_by(TrainingCertificate.id)
            .limit(BATCH)
        )  # fmt: skip
        ready = [each for each in due if _is_near(each, today, at)]
        if ready:
            told += write(lambda ready=ready: sum(_remind(each, at) for each in ready))  # type: ignore[misc]
        if len(due) < BATCH:
            return told
        last = due[-1].id


def _is_near(row: Any, today: date, at: datetime) -> bool:
    days = int(rules.rule("training", str(row.region_code), at).params["remind_days"])
    return date.fromisoformat(row.expires_on) <= today + timedelta(days=days)


def _remind(row: Any, at: datetime) -> int:
    TrainingCertificate.update(reminded_for=row.expires_on).where(TrainingCertificate.id == row.id).execute()
    later = TrainingCertificate.select().where(
        TrainingCertificate.volunteer == row.volunteer_id, TrainingCertificate.course == row.course_id,
        TrainingCertificate.state == "valid",
        TrainingCertificate.expires_on.is_null() | (TrainingCertificate.expires_on > row.expires_on),
    )  # fmt: skip
    if later.exists():
        return 0
    day = date.fromisoformat(row.expires_on)
    return telling.tell(
        kind="training_ends", people=[row.volunteer_id], key=f"{row.id}:{row.expires_on}", at=at,
        title=row.course.name, year=day.year, month=day.month, day=day.day, url="/m/trainings",
    )  # fmt: skip

"""服务评价 (S112, order 67): the organiser judges a volunteer, a volunteer the activity; who was served, by a link.

One judgement each, to be changed for some days; 1 to 5 stars and a few words. What was said stays with the activity's
team and its centres; of confidential kinds (visits, mediation, counselling) only numbers are shown to them (S61).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from frozen import dataclass
from models import Activity, Evaluation, ServiceRecord, Volunteer, store
from models.dialect import IntegrityError
from services import permissions
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping import books, records
from services.errors import Refusal, RefusalCode
from services.participation.domains import sub_domain
from services.review.reach import LONGEST, registered

C = RefusalCode
#: A judgement can be given so long after the end, and changed so long after it was given.
GIVEN_WITHIN, CHANGED_WITHIN = timedelta(days=30), timedelta(days=7)
SCORES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement; `by` is empty for somebody served, `about` for the activity itself."""

    kind: str
    by: str
    about: str
    score: int
    words: str
    verified: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Average:
    """How many judged, and their mean in tenths of a star (47 = 4.7); None for nobody."""

    count: int
    tenths: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """An activity's judgements; `said` is empty where only numbers may be shown. `unverified` votes stand apart."""

    volunteers: Average
    recipients: Average
    unverified: int
    said: list[Said]
    confidential: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """What I said, and until when I may change it (None: not any more)."""

    score: int
    words: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The title of the activity, and what I said of it; None while I may say something for the first time."""

    title: str
    mine: Mine | None


def judge_activity(*, actor: Actor, activity_code: str, score: int, words: str = "", at: datetime) -> None:
    """A volunteer who was there judges the activity; said again within the days, the new word stands.

    Refusals: NOT_REGISTERED, NOT_FOUND, NOT_ALLOWED (no record of his), ACTIVITY_STATE (not over),
    EVALUATION_SCORE, TEXT_TOO_LONG, EVALUATION_LATE.
    """
    who = registered(actor)
    activity = _activity(activity_code)
    if not _served(activity.id, who):
        raise Refusal(C.NOT_ALLOWED)
    _checked(activity, score, words, at)
    _put("volunteer", activity, who, None, score, words, at)


def judge_volunteer(
    *, actor: Actor, activity_code: str, public_no: str, score: int, words: str = "", at: datetime
) -> None:
    """The organiser judges somebody who served; never himself.

    Refusals: NOT_FOUND (no such activity or person, or he was not there) / NOT_ALLOWED, OWN_RECORD, ACTIVITY_STATE,
    EVALUATION_SCORE, TEXT_TOO_LONG, EVALUATION_LATE.
    """
    activity = records.activity_led(actor=actor, activity_code=activity_code, at=at)
    person = person_id(public_no)
    if person is None or not _served(activity.id, person):
        raise Refusal(C.NOT_FOUND)
    if person == actor.volunteer_id:
        raise Refusal(C.OWN_RECORD)
    _checked(activity, score, words, at)
    _put("organiser", activity, actor.volunteer_id, person, score, words, at)


def _activity(code: str) -> Activity:
    activity = Activity.get_or_none(Activity.code == code, Activity.state != "draft")
    if activity is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(activity, Activity)
    return activity


def _served(activity_id: int, volunteer_id: int) -> bool:
    return bool(
        ServiceRecord.select()
        .where(
            ServiceRecord.activity == activity_id, ServiceRecord.volunteer == volunteer_id,
            ServiceRecord.state != "void",
        )
        .exists()
    )  # fmt: skip


def _checked(activity: Activity, score: int, words: str, at: datetime) -> None:
    if at < activity.ends_at:
        raise Refusal(C.ACTIVITY_STATE)
    check_vote(score, words)


def check_vote(score: int, words: str) -> None:
    """Refusals: EVALUATION_SCORE (no star, or more than five), TEXT_TOO_LONG."""
    if score not in SCORES:
        raise Refusal(C.EVALUATION_SCORE)
    if len(words) > LONGEST:
        raise Refusal(C.TEXT_TOO_LONG)


def _mine(kind: str, activity_id: int, author: int | None, subject: int | None) -> Evaluation | None:
    """The judgement that stands: of a volunteer one by the organiser, whoever wrote it; of an activity one each."""
    found = (
        Evaluation.get_or_none(
            Evaluation.kind == kind, Evaluation.activity == activity_id, Evaluation.subject == subject
        )
        if kind == "organiser"
        else Evaluation.get_or_none(
            Evaluation.kind == kind, Evaluation.activity == activity_id, Evaluation.author == author
        )
    )
    return found if isinstance(found, Evaluation) else None


def _put(
    kind: str, activity: Activity, author: int | None, subject: int | None, score: int, words: str, at: datetime
) -> None:  # fmt: skip
    def act() -> None:
        before = _mine(kind, activity.id, author, subject)
        if before is None:
            if at > activity.ends_at + GIVEN_WITHIN:
                raise Refusal(C.EVALUATION_LATE)
            Evaluation.create(
                kind=kind, activity=activity, author=author, subject=subject, score=score, words=words.strip(),
                verified=True, at=at, updated_at=at,
            )  # fmt: skip
            _follow(kind, activity, subject, author, at)
            return
        if at > before.at + CHANGED_WITHIN:
            raise Refusal(C.EVALUATION_LATE)
        Evaluation.update(score=score, words=words.strip(), author=author, updated_at=at).where(
            Evaluation.id == before.id
        ).execute()
        _follow(kind, activity, subject, author, at)

    try:
        store.write(act)
    except IntegrityError:  # two taps at once: the first is there now
        store.write(act)


def _follow(kind: str, activity: Activity, subject: int | None, author: int | None, at: datetime) -> None:
    """Points follow an organiser's word, where the rule they came from says so (S98)."""
    if kind == "organiser" and subject is not None:
        books.evaluated(activity_id=activity.id, volunteer_id=subject, actor_id=author, at=at)


def my_judgement(*, volunteer_id: int, activity_code: str, at: datetime) -> Judgement:
    """What a volunteer said of an activity, and its title.

    Refusals: NOT_FOUND, NOT_ALLOWED (no record of his).
    """
    activity = _activity(activity_code)
    if not _served(activity.id, volunteer_id):
        raise Refusal(C.NOT_ALLOWED)
    row = _mine("volunteer", activity.id, volunteer_id, None)
    if row is None:
        return Judgement(activity.title, None)
    until = row.at + CHANGED_WITHIN
    return Judgement(activity.title, Mine(row.score, row.words, until if at <= until else None))


def about_me(*, volunteer_id: int, limit: int = 20) -> list[Said]:
    """What organisers said of a volunteer, newest first: his own to read."""
    rows = (
        Evaluation.select(Evaluation, Activity)
        .join(Activity)
        .where(Evaluation.kind == "organiser", Evaluation.subject == volunteer_id)
        .order_by(Evaluation.id.desc())
        .limit(limit)
    )
    return [
        Said("organiser", "", row.activity.title if row.activity else "", row.score, row.words, True, row.at)
        for row in rows
    ]


def of_served(*, activity_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """{(activity, person): stars} that organisers gave to those who served in these activities (条例 §19)."""
    rows = Evaluation.select(Evaluation.activity, Evaluation.subject, Evaluation.score).where(
        Evaluation.activity.in_(list(activity_ids)), Evaluation.kind == "organiser"
    )
    return {(row.activity_id, row.subject_id): row.score for row in rows}


def summary(*, actor: Actor, activity_code: str, at: datetime) -> Summary:
    """An activity's judgements for those who lead its team or look after its division.

    Refusals: NOT_FOUND / NOT_ALLOWED.
    """
    activity = _activity(activity_code)
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    rows = list(
        Evaluation.select(Evaluation, Volunteer)
        .left_outer_join(Volunteer, on=(Evaluation.author == Volunteer.id))
        .where(Evaluation.activity == activity.id)
        .order_by(Evaluation.id.desc())
    )
    kind = sub_domain(activity.domain, activity.sub_domain)
    confidential = kind is not None and kind.confidential
    served = [row for row in rows if row.kind == "recipient"]
    said = [
        Said(
            row.kind, row.author.name if row.author else "", row.subject.name if row.subject else "", row.score,
            row.words, row.verified, row.at,
        )
        for row in rows
    ]  # fmt: skip
    return Summary(
        _average([row.score for row in rows if row.kind == "volunteer"]),
        _average([row.score for row in served if row.verified]),
        sum(not row.verified for row in served), [] if confidential else said, confidential,
    )  # fmt: skip


def _average(scores: list[int]) -> Average:
    return Average(len(scores), round(sum(scores) * 10 / len(scores)) if scores else None)


def to_judge(*, actor: Actor, activity_code: str, at: datetime) -> list[tuple[str, str, int | None, str]]:
    """(number, name, stars, words) of everybody who served, for the organiser. Refusals: NOT_FOUND / NOT_ALLOWED."""
    activity = records.activity_led(actor=actor, activity_code=activity_code, at=at)
    said = {
        row.subject_id: row
        for row in Evaluation.select().where(Evaluation.kind == "organiser", Evaluation.activity == activity.id)
    }
    people = (
        Volunteer.select(Volunteer.id, Volunteer.public_no, Volunteer.name)
        .join(ServiceRecord, on=(ServiceRecord.volunteer == Volunteer.id))
        .where(ServiceRecord.activity == activity.id, ServiceRecord.state != "void")
        .distinct()
        .order_by(Volunteer.name, Volunteer.id)
    )
    return [
        (each.public_no, each.name, said[each.id].score if each.id in said else None,
         said[each.id].words if each.id in said else "")
        for each in people
        if each.id != actor.volunteer_id
    ]  # fmt: skip

"""Hours looked at again, as a visitor finds them: a make-up and an objection that wait, judgements, a complaint."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from models import Activity, Complaint, Evaluation, Makeup, Objection, Sample, ServiceRecord, Shift, Signup
from services.codes import new_code, new_token, token_hash
from services.review.cases import above
from services.times import working_days_after
from wording import entry

#: How far back a visitor still sees them as news.
LATELY = timedelta(days=6)
JUDGED = 12


def review(rng: Random, *, at: datetime) -> None:
    """Make one of each in the teams of the demo; nobody is told anew. Inside the world's write."""
    _make_up(rng, at)
    _object(rng, at)
    _judge(rng, at)
    _complain(rng, at)


def _make_up(rng: Random, at: datetime) -> None:
    """Somebody was there without being scanned, and has asked for his hours."""
    missed = (
        Signup.select(Signup, Shift, Activity)
        .join(Shift)
        .join(Activity)
        .where(
            Signup.outcome == "absent", Signup.state == "confirmed", Shift.ends_at < at,
            Shift.ends_at > at - timedelta(days=25),
        )
        .order_by(Shift.ends_at.desc(), Signup.id)
    )  # fmt: skip
    for signup in list(missed.limit(2)):
        shift = signup.shift
        Makeup.create(
            code=new_code(12), activity=shift.activity_id, shift=shift, team=shift.activity.team_id,
            region_code=shift.activity.region_code, volunteer=signup.volunteer_id, asked_by=signup.volunteer_id,
            from_at=shift.starts_at, to_at=shift.ends_at, reason=rng.choice(entry("demo.makeup_reasons")),
            minutes=(shift.ends_at - shift.starts_at) // timedelta(minutes=1), state="requested",
            created_at=min(at, shift.ends_at + timedelta(hours=3)),
        )  # fmt: skip


def _object(rng: Random, at: datetime) -> None:
    """Somebody finds the hours of the last days too few."""
    record = (
        ServiceRecord.select()
        .where(
            ServiceRecord.state == "confirmed", ServiceRecord.source == "scan", ServiceRecord.minutes > 30,
            ServiceRecord.confirmed_at > at - LATELY,
        )
        .order_by(ServiceRecord.id.desc())
        .first()
    )  # fmt: skip
    if record is None:
        return
    asked = at - timedelta(hours=20)
    Objection.create(
        code=new_code(12), record=record, activity=record.activity_id, volunteer=record.volunteer_id,
        team=record.team_id, region_code=record.region_code, text=rng.choice(entry("demo.objections")), state="open",
        due_at=working_days_after(asked, 5), minutes_before=record.minutes, created_at=asked,
    )  # fmt: skip


def _judge(rng: Random, at: datetime) -> None:
    """Words of volunteers and of people served about what was done lately; one activity on the list of samples."""
    lately = list(
        Activity.select()
        .where(Activity.ends_at < at, Activity.ends_at > at - timedelta(days=40), Activity.state != "cancelled")
        .order_by(Activity.ends_at.desc(), Activity.id)
        .limit(JUDGED)
    )
    for number, activity in enumerate(lately):
        said = activity.ends_at + timedelta(hours=2)
        facts = {"activity": activity, "at": min(said, at), "updated_at": min(said, at)}
        came = ServiceRecord.select().where(ServiceRecord.activity == activity, ServiceRecord.state == "confirmed")
        for record in came.order_by(ServiceRecord.id).limit(2):
            Evaluation.create(
                kind="volunteer", author=record.volunteer_id, score=rng.choice((4, 5, 5)), verified=True,
                words=rng.choice(entry("demo.volunteer_words")), **facts,
            )  # fmt: skip
        Evaluation.create(
            kind="recipient", link_hash=token_hash(new_token()), score=rng.choice((4, 5, 5, 5)),
            words=rng.choice(entry("demo.served_words")), verified=number % 5 != 4, **facts,
        )  # fmt: skip
    if lately:
        year, week, _ = lately[-1].ends_at.isocalendar()
        Sample.create(
            week=f"{year}-W{week:02d}", region_code=above(lately[-1].region_code), activity=lately[-1],
            team=lately[-1].team_id, signs=[{"sign": "random"}], created_at=at,
        )  # fmt: skip


def _complain(rng: Random, at: datetime) -> None:
    """One complaint that the county has still to answer."""
    activity = Activity.select().where(Activity.ends_at < at).order_by(Activity.ends_at.desc()).first()
    if activity is None:
        return
    asked = at - timedelta(days=1)
    Complaint.create(
        code=new_code(10), token_hash=token_hash(new_token()), kind="behaviour", region_code=activity.region_code,
        team=activity.team_id, activity=activity, text=rng.choice(entry("demo.complaints")), state="received",
        due_at=working_days_after(asked, 10), created_at=asked,
    )  # fmt: skip

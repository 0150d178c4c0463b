"""What an assessment asks of the training room: how long a class hour is, the trainings behind one person's."""

from __future__ import annotations

from datetime import datetime

from models import Activity, TrainingResult
from services.assessment.shapes import SourceRow
from services.training import facts


def class_hour(region_code: str, at: datetime) -> int:
    """Minutes of a class hour in a division."""
    return facts.class_hour(region_code=region_code, at=at)


def rows_of(person: int, first_day: str, last_day: str) -> list[SourceRow]:
    """The trainings behind it, newest first."""
    rows = (
        TrainingResult.select(TrainingResult, Activity)
        .join(Activity, on=(TrainingResult.activity == Activity.id))
        .where(
            TrainingResult.volunteer == person, TrainingResult.local_day >= first_day,
            TrainingResult.local_day <= last_day, TrainingResult.minutes > 0,
        )
        .order_by(TrainingResult.local_day.desc())
    )  # fmt: skip
    return [SourceRow("training", row.id, row.local_day, row.activity.title, row.minutes) for row in rows]

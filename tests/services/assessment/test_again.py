"""Scores reckoned again: where no book and no judgement changed, no row is written."""

from __future__ import annotations

from models import AssessmentCard, store
from services.assessment import own, scoring
from tests.services.assessment.conftest import Year, beat, moment
from tests.support.written import mark


def test_scores_reckoned_again_with_nothing_changed_write_no_row(year: Year) -> None:
    beat(moment(11, 1, 0))
    for person in year.people[:4]:
        own.submit(actor=year.actor(person), code=year.card(person).code, score=80, text="按时", at=moment(11, 3))
    beat(moment(11, 16, 0))
    beat(moment(12, 1, 0))
    scoring.recompute_due(at=moment(12, 2))
    reckoned = AssessmentCard.select().where(AssessmentCard.objective_at.is_null(False)).count()
    before = mark()
    scoring.recompute_due(at=moment(12, 3))
    assert (reckoned, mark()) == (6, before)
    store.write(lambda: AssessmentCard.update(self_score=50).where(AssessmentCard.self_score == 80).execute())
    after = mark()
    scoring.recompute_due(at=moment(12, 4))
    assert mark() != after

"""The year's assessment figures for everybody, beside a bare INSERT … SELECT of the same facts and a loop of models.

`python -m bench year_scores`; YEAR_PEOPLE=1000000 is the size that the bars speak of (100,000 unless said). Ours is the
worker's reckoning of all cards of a year: hours, attendance, judgements, training, votes and open cases of each, his
scores by the weights of his place, and the JSON that says which rows of the books they come from. The bare statement
keeps six numbers a card and reckons nothing; it reads whole tables once, where ours goes place by place in parts that
nobody has to wait for. So the same six numbers are put down in those parts, too. The loop does for some cards by models
what ours does for all. Then ours once more, with nothing changed: no row may be written. Seconds of the processor,
PostgreSQL's with it.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import clock
import settings
from bench import assessment, figures, province
from bench.assessment import Took
from bench.both import on_both, unhurried
from bench.figures import Row, Sample, Side
from models import AssessmentCard, AssessmentCycle, store
from models.dialect import Steady, open_database
from queries import assessment_scores as sql
from queries import change, one
from services.accounts.vault import Vault
from services.actors import OPERATOR
from services.assessment import cycles, phases, scoring, training
from services.assessment.shapes import PhaseDates
from tests.support import assessed

PEOPLE = int(os.environ.get("YEAR_PEOPLE", "100000"))
#: Cards of one turn of the loop; it is told as cards a second, so their number does not matter.
LOOPED = 150
SCRATCH = """
CREATE TABLE bench_figure (card_id BIGINT PRIMARY KEY, minutes BIGINT, entries BIGINT, present BIGINT, absent BIGINT,
    judged BIGINT, stars BIGINT)
"""
BARE = """
INSERT INTO bench_figure
SELECT c.id, m.minutes, m.entries, s.present, s.absent, e.judged, e.stars FROM assessment_card c
LEFT JOIN (SELECT volunteer_id, SUM(amount) AS minutes, COUNT(*) AS entries FROM minute_entry
    WHERE local_day >= ? AND local_day <= ? GROUP BY volunteer_id) m ON m.volunteer_id = c.volunteer_id
LEFT JOIN (SELECT g.volunteer_id, SUM(CASE WHEN g.outcome <> 'absent' THEN 1 ELSE 0 END) AS present,
    SUM(CASE WHEN g.outcome = 'absent' THEN 1 ELSE 0 END) AS absent
    FROM signup g JOIN activity a ON a.id = g.activity_id
    WHERE g.state = 'confirmed' AND a.local_day >= ? AND a.local_day <= ? GROUP BY g.volunteer_id) s
    ON s.volunteer_id = c.volunteer_id
LEFT JOIN (SELECT subject_id, COUNT(*) AS judged, SUM(score) AS stars FROM evaluation
    WHERE kind = 'organiser' AND at >= ? AND at < ? GROUP BY subject_id) e ON e.subject_id = c.volunteer_id
WHERE c.state = 'open'
"""
#: The same of one part: whoever is in it, sought in each of the three books.
BARE_PART = """
INSERT INTO bench_figure
SELECT f.id, SUM(f.minutes), SUM(f.entries), SUM(f.present), SUM(f.absent), SUM(f.judged), SUM(f.stars) FROM (
    SELECT c.id, m.amount AS minutes, 1 AS entries, 0 AS present, 0 AS absent, 0 AS judged, 0 AS stars
    FROM assessment_card c JOIN minute_entry m ON m.volunteer_id = c.volunteer_id
    WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? AND c.state = 'open' AND m.local_day >= ? AND m.local_day <= ?
  UNION ALL
    SELECT c.id, 0, 0, CASE WHEN g.outcome <> 'absent' THEN 1 ELSE 0 END,
        CASE WHEN g.outcome = 'absent' THEN 1 ELSE 0 END, 0, 0
    FROM assessment_card c JOIN signup g ON g.volunteer_id = c.volunteer_id AND g.state = 'confirmed'
    JOIN activity a ON a.id = g.activity_id
    WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? AND c.state = 'open' AND a.local_day >= ? AND a.local_day <= ?
  UNION ALL
    SELECT c.id, 0, 0, 0, 0, 1, e.score
    FROM assessment_card c JOIN evaluation e ON e.subject_id = c.volunteer_id AND e.kind = 'organiser'
    WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? AND c.state = 'open' AND e.at >= ? AND e.at < ?
) f GROUP BY f.id
"""
ANEW = """
UPDATE assessment_card SET objective = NULL, objective_score = NULL, objective_at = NULL, weights = NULL, total = NULL,
    suggested = '', clear = FALSE
"""


def rows(missing: list[str]) -> list[Row]:
    """On SQLite, then on PostgreSQL where it can be had."""
    return on_both(_measured, name="scores", what="assessment figures", missing=missing)


def _measured(url: str, name: str) -> list[Row]:
    with _year(url) as counties:
        ours, turn = Side(lambda _: _scored(counties)), count()
        title = f"assessment of {PEOPLE:,} people"
        return figures.alternate([
            Row(f"{title} ÷ bare INSERT … SELECT of its facts, {name}", ours, Side(lambda _: _bare(counties[0])),
                "≥ 0.5", "cards/CPU s"),
            Row(f"{title} ÷ bare INSERT … SELECT of its facts, in the same parts, {name}", ours,
                Side(lambda _: _bare_in_parts(counties)), "≥ 0.5", "cards/CPU s"),
            Row(f"{title} ÷ loop of models, {name}", ours, Side(lambda _: _loop(next(turn))), "≥ 50", "cards/CPU s"),
            Row(f"{title} once more, no row written ÷ the first time, {name}", Side(lambda _: _again(counties)), ours,
                "", "cards/CPU s"),
        ], rounds=min(figures.ROUNDS, 3), warm=False)  # fmt: skip


@contextmanager
def _year(url: str) -> Iterator[list[AssessmentCycle]]:
    """A province with a year of hours, sign-ups and judgements: its cycles, with the own word of most people."""
    config = settings.load(demo=True, clock_file="")
    vault = Vault(config.data_key_ring(), base64.b64decode(config.index_key.get_secret_value()))
    province.build(url, people=PEOPLE, teams=PEOPLE // 15, vault=vault)
    store.release()
    store.bind(open_database(url))
    try:
        with store.session():
            now = clock.now()
            assessment._fill(now)
            day = clock.local_day(now)
            dates = [
                PhaseDates(kind, day + timedelta(days=2 * number), day + timedelta(days=2 * number + 1))
                for number, kind in enumerate(("self", "peer", "review"))
            ]
            cycles.prescribe(actor=OPERATOR, region_code="34", year=str(day.year), phases=dates, binding=True, at=now)
            phases.work(at=now)
            assessment._say("UPDATE assessment_card SET self_score = 85, self_at = 1 WHERE id - (id / 5) * 5 <> 0")
            assessment._say("UPDATE assessment_cycle SET state = 'running'")
            assessment._say(SCRATCH)
            assessment._say("ANALYZE")
            yield list(AssessmentCycle.select())
    finally:
        store.release()


def _cards() -> int:
    return int((one("SELECT COUNT(*) FROM assessment_card WHERE state = 'open'") or (0,))[0])


def _reckon(counties: list[AssessmentCycle]) -> int:
    at = clock.now()
    return sum(scoring.recompute(each, at=at) for each in counties)


def _scored(counties: list[AssessmentCycle]) -> Sample:
    assessment._say(ANEW)
    took = Took()
    stored = took.run(lambda: _reckon(counties))
    if stored != _cards():
        raise RuntimeError(f"{stored} cards reckoned")
    return Sample(stored / took.cpu)


def _again(counties: list[AssessmentCycle]) -> Sample:
    took = Took()
    if stored := took.run(lambda: _reckon(counties)):
        raise RuntimeError(f"{stored} rows written with nothing changed")
    return Sample(_cards() / took.cpu)


def _bare(cycle: AssessmentCycle) -> Sample:
    assessment._say("DELETE FROM bench_figure")
    days = scoring.span(cycle)
    between = (days.first_day, days.last_day)
    values = (*between, *between, days.from_at, days.to_at)
    took = Took()
    took.run(lambda: unhurried(lambda: change(BARE, values)))
    return Sample(_cards() / took.cpu)


def _bare_in_parts(counties: list[AssessmentCycle]) -> Sample:
    assessment._say("DELETE FROM bench_figure")

    def put() -> None:
        for cycle in counties:
            days, after = scoring.span(cycle), 0
            between = (days.first_day, days.last_day)
            while upto := sql.part_ends(cycle_id=cycle.id, after=after):
                scope = (cycle.id, after, upto)
                values = (*scope, *between, *scope, *between, *scope, days.from_at, days.to_at)
                store.write(lambda values=values: change(Steady(BARE_PART), values))  # type: ignore[misc]
                after = upto

    took = Took()
    took.run(put)
    return Sample(_cards() / took.cpu)


def _loop(turn: int) -> Sample:
    first = turn * LOOPED % (PEOPLE - 2 * LOOPED)
    ids = range(first + 10, first + 10 + LOOPED)
    took = Took()
    took.run(lambda: store.write(lambda: [_one(number) for number in ids]))
    return Sample(LOOPED / took.cpu)


def _one(number: int) -> None:
    """One card's figures as they would be reckoned without a statement for many."""
    card = AssessmentCard.get_by_id(number)
    hour = training.class_hour(card.cycle.region_code, clock.now())
    for column, value in assessed.figures(card, class_hour=hour).items():
        setattr(card, column, value)
    card.objective_at, card.version = clock.now(), card.version + 1
    card.save()

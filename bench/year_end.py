"""Stars at the end of a year, in SQL: beside a bare INSERT … SELECT of the same rows, and beside a loop of models.

`python -m bench year_end`; YEAR_PEOPLE=1000000 is the size that the bars speak of (100,000 unless said). Ours is the
worker's turn: who is not proposed yet is found and put down, place by place, with the rules that hold there. The floor
writes as many stars with codes of the same kind and asks nothing. The loop does for some hundred people what a page
does for one: balance, ladder, what stands already, a row for each star. Seconds of the processor, PostgreSQL's with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import clock
from bench import figures, stars
from bench.assessment import Took
from bench.both import on_both, unhurried
from bench.figures import Row, Sample, Side
from models import Balance, StarAward, Volunteer, store
from models.dialect import open_database, random_code
from queries import change, one
from services.codes import new_code
from services.stars import ladder, proposing

PEOPLE = int(os.environ.get("YEAR_PEOPLE", "100000"))
#: People of one turn of the loop; it is told as people a second, so their number does not matter.
LOOPED = 200
BARE = """
INSERT INTO star_award (code, volunteer_id, star, region_code, at_region, state, origin, minutes, step_hours,
                        with_brought, rule_set_id, created_at)
SELECT {code}, v.id, s.column1, v.region_code, SUBSTR(v.region_code, 1, s.column5), 'review', 'rule', b.minutes,
       s.column4, TRUE, CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM volunteer v JOIN balance b ON b.volunteer_id = v.id
JOIN (VALUES {steps}) AS s ON b.minutes >= s.column2 AND b.minutes < s.column3
"""


def rows(missing: list[str]) -> list[Row]:
    """On SQLite, then on PostgreSQL where it can be had."""
    return on_both(_measured, name="year", what="stars", missing=missing)


def _measured(url: str, name: str) -> list[Row]:
    with _people(url):
        ours, turn = Side(lambda _: _proposed()), count()
        return figures.alternate([
            Row(f"stars of {PEOPLE:,} people proposed ÷ bare INSERT … SELECT, {name}", ours, Side(lambda _: _bare()),
                "≥ 0.5", "stars/CPU s"),
            Row(f"stars of {PEOPLE:,} people proposed ÷ loop of models, {name}", ours,
                Side(lambda _: _loop(next(turn))), "≥ 50", "stars/CPU s"),
        ], rounds=min(figures.ROUNDS, 3))  # fmt: skip


@contextmanager
def _people(url: str) -> Iterator[None]:
    stars.build(url, PEOPLE)
    store.bind(open_database(url))
    try:
        with store.session():
            store.current().execute_sql("ANALYZE")
            yield
    finally:
        store.release()


def _clear() -> None:
    """No star stands; not measured."""
    if store.current().dialect == "postgres":
        store.write(lambda: change("TRUNCATE star_award CASCADE"))
    else:
        store.write(lambda: change("DELETE FROM star_award"))


def _made(took: Took) -> Sample:
    number = int((one("SELECT COUNT(*) FROM star_award") or (0,))[0])
    return Sample(number / took.cpu)


def _proposed() -> Sample:
    _clear()
    took = Took()
    took.run(lambda: proposing.propose_due(at=clock.now()))
    return _made(took)


def _bare() -> Sample:
    _clear()
    found = ladder.of("", clock.now())
    steps = proposing.rung_of(found, with_brought=True).steps
    values = ", ".join(f"({s.star}, {s.at_least}, {s.below}, {s.hours}, {s.length})" for s in steps)
    text = BARE.format(code=random_code(store.current().dialect, 10), steps=values)
    took = Took()
    took.run(lambda: unhurried(lambda: change(text, (found.rule_id, clock.to_millis(clock.now())))))
    return _made(took)


def _loop(turn: int) -> Sample:
    _clear()
    first = turn * LOOPED % (PEOPLE - LOOPED)
    took = Took()
    took.run(lambda: store.write(lambda: [_one(number) for number in range(first + 1, first + LOOPED + 1)]))
    return _made(took)


def _one(number: int) -> None:
    """One person's stars as a page would propose them."""
    person, balance, at = Volunteer.get_by_id(number), Balance.get_by_id(number), clock.now()
    steps = ladder.of(person.region_code, at)
    for star in steps.wanted(balance.minutes):
        if StarAward.select().where(StarAward.volunteer == number, StarAward.star >= star).exists():
            continue
        StarAward.create(
            code=new_code(10), volunteer=number, star=star, region_code=person.region_code,
            at_region=steps.reviewer(star, person.region_code), origin="rule", minutes=balance.minutes,
            step_hours=steps.hours[star - 1], with_brought=True, rule_set=steps.rule_id, created_at=at,
        )  # fmt: skip

"""What the worker does with stars by hours: propose what is reached, let lapse what is no longer, ask to look again.

A proposal stands exactly as long as confirmed minutes reach its step. An awarded star is never taken by a sum: where a
correction brings the minutes below its step, whoever reviewed it is asked to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from clock import to_millis
from models import StarAward, store
from models.store import Write
from queries import stars as sql
from services.messaging import telling
from services.regions import LENGTHS
from services.rules import Everywhere
from services.stars import ladder, reminding
from services.stars.asking import numeral
from services.stars.ladder import Ladder

#: People in one reading; those of one write are fewer (`sql.WIDE`).
READ = 20_000


def work(*, at: datetime, write: Write = store.write) -> int:
    """All of it, in the order in which one step makes room for the next; how many rows changed. The leader's job."""
    return lapse_due(at=at, write=write) + follow(at=at, write=write) + propose_due(at=at, write=write) + look_due(
        at=at, write=write
    )


def propose_due(*, at: datetime, write: Write = store.write) -> int:
    """Propose every star that confirmed minutes reach and nothing stands for; how many."""
    numbers, brought = Everywhere("stars", at), Everywhere("transferred", at)
    made = 0
    for area in _areas(numbers.places | brought.places):
        rule = numbers.of(area.code)
        rung = rung_of(ladder.read(rule.id, rule.params), bool(brought.of(area.code).params["counts_for_stars"]))
        after, found = 0, READ
        while found == READ:
            spans = sql.reaching(area=area, rung=rung, after=after, limit=READ)
            for span in spans:
                made += write(partial(sql.propose, area=area, rung=rung, span=span, now=to_millis(at)))
                after = span.last
            found = sum(span.count for span in spans)
    return made


def _areas(places: frozenset[str]) -> Iterator[sql.Area]:
    """Every place with numbers of its own, without the places below it that have theirs."""
    for code in sorted(places):
        under = [each for each in places if each != code and each.startswith(code)]
        nearest = [each for each in under if not any(each != other and each.startswith(other) for other in under)]
        yield sql.Area(code, tuple(sorted(nearest)))


def rung_of(steps: Ladder, with_brought: bool) -> sql.Rung:
    """The ladder as minutes: a star ends where a higher one of the same level begins."""
    marks = tuple(hours * 60 for hours in steps.hours)
    made = []
    for star in range(1, ladder.TOP + 1):
        higher = [marks[other - 1] for other in range(star + 1, ladder.TOP + 1)
                  if steps.levels[other - 1] == steps.levels[star - 1]]  # fmt: skip
        made.append(sql.Step(
            star, marks[star - 1], min(higher, default=sql.ALL), steps.hours[star - 1],
            LENGTHS[steps.levels[star - 1] - 1],
        ))  # fmt: skip
    return sql.Rung(tuple(made), marks, with_brought, steps.rule_id)


def lapse_due(*, at: datetime, write: Write = store.write) -> int:
    """Let proposals and public notices lapse whose minutes fell below the step, or whose person is gone; how many."""
    done = 0
    found = sql.fallen_open()
    for why in ("hours", "gone"):
        ids = [number for number, reason in found if reason == why]
        for start in range(0, len(ids), sql.PART):
            done += write(partial(_lapse, ids[start : start + sql.PART], why, at))
    return done


def _lapse(ids: list[int], why: str, at: datetime) -> int:
    gone = sql.lapse(ids=ids, why=why, now=to_millis(at))
    for number, person, star, until in gone:
        if until is not None and why == "hours":  # it stood in public: he has read of it
            telling.tell(
                kind="star_lapsed", people=[person], key=str(number), at=at, url="/m/stars",
                stars=numeral(star),
            )  # fmt: skip
    return len(gone)


def follow(*, at: datetime, write: Write = store.write) -> int:
    """Hand what is in review to the reviewer of the place somebody moved to; how many."""
    found = sql.moved()
    done = 0
    for start in range(0, len(found), sql.PART):
        done += write(partial(_follow, found[start : start + sql.PART]))
    return done


def _follow(part: Sequence[tuple[int, int, int, str]]) -> int:
    for number, star, rule_id, region in part:
        StarAward.update(region_code=region, at_region=ladder.of_rule(rule_id).reviewer(star, region)).where(
            StarAward.id == number, StarAward.state == "review"
        ).execute()
    return len(part)


def look_due(*, at: datetime, write: Write = store.write) -> int:
    """Ask the reviewers to look at awarded stars whose minutes fell below the step; drop the question where they came
    back. How many."""
    done = 0
    for number in sql.fallen_awarded():
        done += write(partial(reminding.ask_to_look, number, "awarded", at))
    back = sql.risen()
    for start in range(0, len(back), sql.PART):
        part = back[start : start + sql.PART]
        done += write(
            lambda part=part: StarAward.update(look_since=None)  # type: ignore[misc]
            .where(StarAward.id.in_(part), StarAward.state == "awarded")
            .execute()
        )
    return done

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
from services.codes import new_code
from services.messaging import telling
from services.rules import Everywhere
from services.stars import ladder, reminding
from services.stars.asking import numeral
from services.stars.ladder import Ladder

#: People in one reading; rows in one write are fewer (`sql.PART`).
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
        steps, with_brought = ladder.read(rule.id, rule.params), bool(brought.of(area.code).params["counts_for_stars"])
        after = 0
        while True:
            found = sql.reaching(
                area=area, steps=[hours * 60 for hours in steps.hours], brought=with_brought, after=after, limit=READ
            )
            for part in _parts([each for one in found for each in _proposals(one, steps)]):
                made += write(
                    partial(
                        sql.propose, proposals=part, brought=with_brought, rule_id=steps.rule_id, now=to_millis(at)
                    )
                )
            if len(found) < READ:
                break
            after = found[-1].volunteer_id
    return made


def _areas(places: frozenset[str]) -> Iterator[sql.Area]:
    """Every place with numbers of its own, without the places below it that have theirs."""
    for code in sorted(places):
        under = [each for each in places if each != code and each.startswith(code)]
        nearest = [each for each in under if not any(each != other and each.startswith(other) for other in under)]
        yield sql.Area(code, tuple(sorted(nearest)))


def _proposals(one: sql.Reaching, steps: Ladder) -> list[sql.Proposal]:
    return [
        sql.Proposal(
            new_code(10), one.volunteer_id, star, one.region_code, steps.reviewer(star, one.region_code), one.minutes,
            steps.hours[star - 1],
        )
        for star in steps.wanted(one.minutes)
    ]  # fmt: skip


def _parts(items: Sequence[sql.Proposal]) -> Iterator[Sequence[sql.Proposal]]:
    for start in range(0, len(items), sql.PART):
        yield items[start : start + sql.PART]


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

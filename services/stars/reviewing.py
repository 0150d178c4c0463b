"""The reviewer's word on a star: a yes begins the public notice, a no ends it; many clear ones at once (S100).

The level that a division's numbers name decides, never the person himself nor whoever wrote his merits down; where that
leaves nobody, one centre up does (`services.decisions`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from clock import to_millis
from models import History, StarAward, store
from queries import stars as sql
from services import audit, decisions, permissions, public_notices, scopes
from services.actors import Actor
from services.assessment import letters
from services.assessment.letters import Letter, Spread
from services.errors import Refusal, RefusalCode
from services.messaging.moments import duration
from services.review.reach import words_of
from services.stars import asking, conditions, ladder
from services.stars.asking import numeral
from services.stars.conditions import Facts
from wording import entry

C = RefusalCode
#: Stars agreed to with one word, at most, and in one write.
MOST, AT_ONCE = 3000, 500


def parties(row: StarAward) -> list[int | None]:
    """Who does not decide: the person, and whoever wrote his merits down."""
    return [row.volunteer_id, row.asked_by_id]


def deciding(actor: Actor, code: str, at: datetime) -> StarAward:
    """A star for one who has the word on it. Refusals: NOT_FOUND, NOT_ALLOWED (another level's), OWN_RECORD."""
    row = asking.by_code(code)
    permissions.require_look(actor=actor, region_code=str(row.region_code), at=at)
    if not permissions.manages(actor=actor, region_code=str(row.at_region), at=at):
        raise Refusal(C.NOT_ALLOWED)
    decisions.require_decider(actor=actor, region_code=str(row.at_region), parties=parties(row), at=at)
    return row


def agree(*, actor: Actor, code: str, why: str = "", at: datetime) -> None:
    """Yes: the public notice begins, so many working days as the division's numbers say.

    Refusals in order: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, STAR_STATE, STAR_HOURS (by now below the step), STAR_MERITS
    (this star takes some), STAR_CONDITION (something is not met, and `why` is empty), TEXT_TOO_LONG.
    """
    row = deciding(actor, code, at)
    if row.state != "review":
        raise Refusal(C.STAR_STATE)
    facts = conditions.of_rows([row], at=at)[row.id]
    if "hours" in facts.unmet:
        left = duration(facts.step_hours * 60 - facts.minutes)
        raise Refusal(C.STAR_HOURS, left=left, star=numeral(row.star))
    if ladder.of_rule(row.rule_set_id).needs_merits(row.star) and not row.merits:
        raise Refusal(C.STAR_MERITS)
    if not facts.met and not why.strip():
        raise Refusal(C.STAR_CONDITION, what=unmet_words(facts))
    said = words_of(why) if why.strip() else ""

    def act() -> None:
        if not _announce(actor, [(row, facts)], said, at):
            raise Refusal(C.STAR_STATE)

    store.write(act)


def unmet_words(facts: Facts, names: Sequence[str] | None = None) -> str:
    """What is not met, or so much of it, in words."""
    words = entry("stars.unmet")
    return "、".join(words[name].format(least=facts.least) for name in (facts.unmet if names is None else names))


def agree_clear(*, actor: Actor, region_code: str = "", at: datetime) -> int:
    """Yes to everything whose conditions are all met and whose review is that of the actor's own centres; how many.

    What takes merits is read one by one; so is what a centre below reviews. `region_code`: people of one division.
    Refusals: NOT_ALLOWED (manages nothing, or not there).
    """
    places = own_places(actor=actor, at=at)
    if not places or (region_code and not scopes.covers(places, region_code)):
        raise Refusal(C.NOT_ALLOWED)
    done = last = 0
    while done < MOST:
        rows = list(
            StarAward.select()
            .where(
                StarAward.state == "review", StarAward.at_region.in_(places), StarAward.id > last,
                scopes.within(StarAward.region_code, [region_code]),
            )
            .order_by(StarAward.id)
            .limit(AT_ONCE)
        )
        if not rows:
            break
        last = rows[-1].id
        ready = clear(actor, rows, at)
        if ready:
            done += store.write(lambda ready=ready: _announce(actor, ready, "", at))  # type: ignore[misc]
    return done


def own_places(*, actor: Actor, at: datetime) -> list[str]:
    """The divisions that the actor was made a manager of: those below them have their own."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    return sorted({str(g.region_code) for g in grants if g.region_code and g.role in permissions.MANAGING})


def clear(actor: Actor, rows: Sequence[StarAward], at: datetime) -> list[tuple[StarAward, Facts]]:
    """Of these in review, those the actor may agree to without reading: no merits asked, everything met, none his."""
    own = {
        place: decisions.own_matters(actor=actor, region_code=place, at=at) for place in {row.at_region for row in rows}
    }
    plain = [
        row for row in rows
        if not ladder.of_rule(row.rule_set_id).needs_merits(row.star)
        and not own[row.at_region].intersection(parties(row))
    ]  # fmt: skip
    facts = conditions.of_rows(plain, at=at)
    return [(row, facts[row.id]) for row in plain if facts[row.id].met]


def _announce(actor: Actor, ready: Sequence[tuple[StarAward, Facts]], why: str, at: datetime) -> int:
    """Begin the public notices, tell the people; inside a write."""
    spread, done = Spread(), 0
    by_days: dict[tuple[int, str], list[tuple[StarAward, Facts]]] = {}
    for row, facts in ready:
        days = ladder.of_rule(row.rule_set_id).notice_days
        by_days.setdefault((days, str(row.at_region)), []).append((row, facts))
    for (days, place), some in by_days.items():
        first, until = public_notices.span(days=days, at=at)
        last = date.fromisoformat(until)
        given = sql.announce(
            items=[(row.id, json.dumps(facts.kept(), ensure_ascii=False)) for row, facts in some],
            first=first, last=until, days=days, actor_id=actor.volunteer_id, why=why,
            now=to_millis(at),
        )  # fmt: skip
        keep(actor=actor, given=given, verb="star.announced", state=["review", "announced"], why=why, at=at)
        if given:
            letters.in_write(
                kind="star_announced", notice_id=letters.head("star_announced", f"{place}:{to_millis(at)}", at),
                occasion="announced", region_code=place, at=at, spread=spread, year=last.year, month=last.month,
                day=last.day,
                letters=[Letter(one.volunteer_id, "/m/stars", {"stars": numeral(one.star)}, one.code)
                         for one in given],
            )  # fmt: skip
        done += len(given)
    return done


def keep(
    *, actor: Actor, given: Sequence[sql.Given], verb: str, state: list[str], why: str, at: datetime
) -> None:
    """Put a step of many stars into their people's histories, inside a write."""
    lines = [
        {
            "subject": f"volunteer:{one.volunteer_id}", "verb": verb, "actor": actor.volunteer_id,
            "changes": {"star": [one.star, one.star], "state": state}, "reason": why, "at": at,
        }
        for one in given
    ]  # fmt: skip
    for start in range(0, len(lines), AT_ONCE):
        History.insert_many(lines[start : start + AT_ONCE]).execute()


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """No, in review, or a stop while the public notice runs; the next lower star is proposed where it is due.

    Refusals in order: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, REASON_REQUIRED, TEXT_TOO_LONG, STAR_STATE.
    """
    row = deciding(actor, code, at)
    said = words_of(reason)

    def act() -> None:
        facts = row.facts or conditions.of_rows([row], at=at)[row.id].kept()
        end(
            actor, row, "refused", said, ("review", "announced"), at, facts=facts,
            decided_by=actor.volunteer_id, decided_at=at,
        )  # fmt: skip
        asking.propose_lower(row, at=at)
        asking.told(kind="star_refused", row=row, at=at, reason=said)

    store.write(act)


def end(
    actor: Actor, row: StarAward, state: str, why: str, old: tuple[str, ...], at: datetime, **more: object
) -> None:
    """From one state to an end, by whoever comes first, with its history. Refusals: STAR_STATE."""
    taken = StarAward.update(
        state=state, ended_at=at, ended_by=actor.volunteer_id, ended_why=why, look_since=None, **more
    ).where(StarAward.id == row.id, StarAward.state.in_(old))
    if not taken.execute():
        raise Refusal(C.STAR_STATE)
    audit.changed(
        actor=actor, verb=f"star.{state}", subject=f"volunteer:{row.volunteer_id}", reason=why, at=at,
        changes={"star": [row.star, row.star], "state": [row.state, state]},
    )  # fmt: skip

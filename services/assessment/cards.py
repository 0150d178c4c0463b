"""One card a person: who is in a cycle, since when, and whose matter a card is."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from datetime import date, datetime

from clock import local_day, to_millis
from models import Application, AssessmentCard, AssessmentCycle, Team, Volunteer
from models.store import Write
from queries import assessment as sql
from queries import assessment_standing as sql_standing
from services import decisions
from services.actors import Actor
from services.assessment import phases_of
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.times import day_starts

C = RefusalCode
CODE = 12
COUNTY = 6
OPEN, DECIDED, TOLD, OBJECTED, FINAL, ASIDE = "open", "decided", "told", "objected", "final", "aside"
#: The longest text anybody writes here, and the longest word on a team-mate.
LONGEST, LONGEST_WORD = 500, 200


def scope(region_code: str) -> tuple[str, str]:
    """The divisions of a cycle as a range: a county with all below it; above it, the division itself alone."""
    return region_code, region_code + (":" if len(region_code) >= COUNTY else " ")


def centre_of(region_code: str) -> str:
    """The division in whose cycle a team of `region_code` is assessed: its county, or itself where it lies above."""
    return region_code[:COUNTY]


def make(cycle: AssessmentCycle, *, at: datetime, write: Write) -> int:
    """Make the cards of a cycle, in parts; how many are assessed. Who has a card in this year keeps that one."""
    params = phases_of.params(cycle)
    first = phases_of.of(cycle)[0]
    joined_by = to_millis(day_starts(months_on(date.fromisoformat(first.opens_on), -params["min_months"])))
    members = sql.people(*scope(cycle.region_code), cycle.year)
    for start in range(0, len(members), sql.PART):
        cards = [
            (new_code(CODE), m.volunteer_id, m.team_id, m.region_code, m.joined_at,
             *((OPEN, "") if m.joined_at <= joined_by else (ASIDE, "too_late")))
            for m in members[start : start + sql.PART]
        ]  # fmt: skip
        write(
            lambda cards=cards: sql.make_cards(  # type: ignore[misc]
                cycle_id=cycle.id, year=cycle.year, cards=cards, now=to_millis(at)
            )
        )
    count = sql.count_cards(cycle.id)
    if cycle.cards != count:
        write(lambda: AssessmentCycle.update(cards=count).where(AssessmentCycle.id == cycle.id).execute())
    return count


def months_on(day: date, months: int) -> date:
    """The same day so many months on (or back), the last of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def person(actor: Actor) -> int:
    """The person who acts. Refusals: NOT_REGISTERED."""
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    return actor.volunteer_id


def by_code(code: str) -> AssessmentCard:
    """A card with its cycle. Refusals: NOT_FOUND."""
    found = (
        AssessmentCard.select(AssessmentCard, AssessmentCycle)
        .join(AssessmentCycle, on=(AssessmentCard.cycle == AssessmentCycle.id))
        .where(AssessmentCard.code == code)
        .first()
    )
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, AssessmentCard)
    return found


def own(actor: Actor, code: str) -> AssessmentCard:
    """A card of the actor's. Refusals: NOT_REGISTERED, NOT_FOUND."""
    who = person(actor)
    found = by_code(code)
    if found.volunteer_id != who:
        raise Refusal(C.NOT_FOUND)
    return found


def parties(card: AssessmentCard) -> set[int | None]:
    """Who does not decide on a card: the person, the leader of his team, who recommended him there."""
    leader = Team.select(Team.leader).where(Team.id == card.team_id).scalar()
    recommended = Application.select(Application.recommender).where(
        Application.volunteer == card.volunteer_id, Application.team == card.team_id, Application.state == "approved",
        Application.recommender.is_null(False),
    )  # fmt: skip
    return {card.volunteer_id, leader, *(row.recommender_id for row in recommended)} - {None}


def same_person(one: int, other: int) -> bool:
    """Whether two entries are, or look like, one person or one household: merged, one phone, the same name and day of
    birth."""
    if sql_standing.kept_of(one) == sql_standing.kept_of(other):
        return True
    rows = {row.id: row for row in Volunteer.select().where(Volunteer.id.in_((one, other)))}
    return look_alike(rows[one], rows[other])


def look_alike(one: Volunteer, other: Volunteer) -> bool:
    """Whether two entries have one phone, or the same name and day of birth."""
    same_phone = bool(one.phone_index) and one.phone_index == other.phone_index
    return same_phone or (bool(one.birth_date) and (one.name, one.birth_date) == (other.name, other.birth_date))


def may_decide(*, actor: Actor, card: AssessmentCard, parties: Collection[int | None], at: datetime) -> bool:
    """Whether `require_decider` would let the actor go on."""
    region: str = card.cycle.region_code
    if not decisions.may_decide(actor=actor, region_code=region, parties=parties, at=at):
        return False
    return not same_person(person(actor), card.volunteer_id)


def require_decider(*, actor: Actor, card: AssessmentCard, parties: Collection[int | None], at: datetime) -> None:
    """Go on for one who decides in the card's cycle, is no party to it, nor its person by a second entry.

    Refusals: those of `decisions.require_decider`.
    """
    decisions.require_decider(actor=actor, region_code=card.cycle.region_code, parties=parties, at=at)
    if same_person(person(actor), card.volunteer_id):
        raise Refusal(C.OWN_RECORD)


def require_here(card: AssessmentCard) -> None:
    """Go on for the card of somebody who is still here; the worker sets it aside only minutes after he died or was
    merged. Refusals: ASSESSMENT_STATE."""
    if not Volunteer.select().where(Volunteer.id == card.volunteer_id, Volunteer.state == "active").exists():
        raise Refusal(C.ASSESSMENT_STATE)


def check_score(score: int) -> int:
    """A score as it is entered. Refusals: SCORE_RANGE."""
    if not isinstance(score, int) or isinstance(score, bool) or not 0 <= score <= 100:
        raise Refusal(C.SCORE_RANGE)
    return score


def words_of(text: str, *, longest: int = LONGEST) -> str:
    """What somebody wrote, trimmed; "" for nothing. Refusals: TEXT_TOO_LONG."""
    found = text.strip()
    if len(found) > longest:
        raise Refusal(C.TEXT_TOO_LONG)
    return found


def year_span(cycle: AssessmentCycle) -> tuple[str, str]:
    """The first and last day that count: the year, or up to the end of its review where that is earlier."""
    last = phases_of.of(cycle)[-1].closes_on
    return f"{cycle.year}-01-01", min(f"{cycle.year}-12-31", last)


def today(at: datetime) -> str:
    """The Shanghai day as the phases keep theirs."""
    return local_day(at).isoformat()

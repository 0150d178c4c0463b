"""Who is not assessed this year, and people who move, leave, merge or die between the phases (S45; 考核办法)."""

from __future__ import annotations

from datetime import datetime

from clock import to_millis
from models import AssessmentCard, AssessmentCycle, store
from models.store import Write
from queries import assessment_standing as sql
from services import audit
from services.actors import Actor
from services.assessment import cards
from services.errors import Refusal, RefusalCode
from services.messaging import telling

C = RefusalCode
#: What an officer may say; the others the house finds by itself.
WHYS = ("on_leave", "other")


def set_aside(*, actor: Actor, card_code: str, why: str, reason: str, at: datetime) -> None:
    """Somebody is not assessed this year: on_leave (ill, abroad, at home with a child …) or other. No grade, no exit.

    He is told. Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, BAD_REQUEST (`why`), TEXT_TOO_LONG, REASON_REQUIRED,
    ASSESSMENT_STATE (the result was told, or he is set aside already).
    """
    card, words = _decidable(actor, card_code, reason, at)
    if why not in WHYS:
        raise Refusal(C.BAD_REQUEST, why="why")

    def act() -> None:
        moved = AssessmentCard.update(
            state=cards.ASIDE, aside_why=why, aside_note=words, grade=None, version=AssessmentCard.version + 1
        ).where(AssessmentCard.id == card.id, AssessmentCard.state.in_((cards.OPEN, cards.DECIDED)))
        if not moved.execute():
            raise Refusal(C.ASSESSMENT_STATE)
        _keep(actor, card, ["", why], words, at)
        telling.tell(
            kind="assessment_aside", people=[card.volunteer_id], key=f"{card.id}:{to_millis(at)}", at=at,
            year=card.year, reason=words, url=f"/m/assessment/{card.code}",
        )  # fmt: skip

    store.write(act)


def take_back(*, actor: Actor, card_code: str, reason: str, at: datetime) -> None:
    """Assess him after all: only what an officer set aside, while the cycle runs.

    Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, TEXT_TOO_LONG, REASON_REQUIRED, ASSESSMENT_STATE.
    """
    card, words = _decidable(actor, card_code, reason, at)

    def act() -> None:
        running = AssessmentCycle.select(AssessmentCycle.id).where(
            AssessmentCycle.state.in_(("running", "results"))
        )
        moved = AssessmentCard.update(
            state=cards.OPEN, aside_why="", aside_note="", version=AssessmentCard.version + 1
        ).where(
            AssessmentCard.id == card.id, AssessmentCard.state == cards.ASIDE, AssessmentCard.aside_why.in_(WHYS),
            AssessmentCard.cycle.in_(running),
        )  # fmt: skip
        if not moved.execute():
            raise Refusal(C.ASSESSMENT_STATE)
        _keep(actor, card, [card.aside_why, ""], words, at)

    store.write(act)


def _decidable(actor: Actor, card_code: str, reason: str, at: datetime) -> tuple[AssessmentCard, str]:
    card = cards.by_code(card_code)
    cards.require_decider(actor=actor, card=card, parties=cards.parties(card), at=at)
    words = cards.words_of(reason)
    if not words:
        raise Refusal(C.REASON_REQUIRED)
    return card, words


def _keep(actor: Actor, card: AssessmentCard, change: list[str], reason: str, at: datetime) -> None:
    audit.changed(
        actor=actor,
        verb="assessment.aside",
        subject=f"card:{card.id}",
        changes={"aside": change},
        reason=reason,
        at=at,
    )


def follow(*, at: datetime, write: Write = store.write) -> int:
    """Bring the cards of running cycles in line with what became of their people; how many changed. The leader's job.

    Died: nothing is asked or decided any more (undone: it goes on). Merged: the card and the judgements go to the kept
    entry where that has no card of its own; what one entry said of the other is void. Left every team: no result is
    decided; one that was told stands. Moved: the card goes along, to the new team, and to the new centre's cycle while
    that has not finished its review.
    """
    changed = 0
    for cycle in list(AssessmentCycle.select().where(AssessmentCycle.state.in_(("running", "results")))):
        for part in sql.parts(sql.gone(cycle.id)):
            changed += write(lambda part=part: sql.put_aside(part))  # type: ignore[misc]
        for back in sql.parts(sql.back(cycle.id)):
            changed += write(lambda back=back: sql.reopen(back))  # type: ignore[misc]
        for merged in sql.merged(cycle.id):
            changed += write(lambda merged=merged: sql.hand_over(*merged))  # type: ignore[misc]
        for card_id, team_id, region_code in sql.moved(cycle.id):
            changed += write(lambda c=card_id, t=team_id, r=region_code, y=cycle: _move(c, t, r, y))  # type: ignore[misc]
    return changed


def _move(card_id: int, team_id: int, region_code: str, cycle: AssessmentCycle) -> int:
    """A card goes with its person to his new home team; inside the write. Where the new centre's cycle is over its
    review, or there is none, it stays where it is."""
    target = AssessmentCycle.get_or_none(
        AssessmentCycle.region_code == cards.centre_of(region_code), AssessmentCycle.year == cycle.year,
        AssessmentCycle.state.in_(("planned", "running")),
    )  # fmt: skip
    if target is None:
        return 0
    return sql.move(card_id=card_id, team_id=team_id, region_code=region_code, cycle_id=target.id)

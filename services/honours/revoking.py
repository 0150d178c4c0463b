"""Revoking an honour that was given (撤销): by the centre that gave it, with a reason; the record says so, the wall and
whoever counts honours no longer know it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Commendation, Honour, Nomination, NominationStep, Team, store
from queries.assessment_standing import kept_of
from services import audit, decisions, permissions
from services.actors import Actor
from services.bookkeeping import books
from services.commending import telling_of
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.review.reach import words_of
from wording import say

C = RefusalCode


def held(*, actor: Actor, code: str, at: datetime) -> Honour:
    """An honour, for one who may take it back. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD."""
    row = Honour.get_or_none(Honour.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=str(row.region_code), parties=[row.volunteer_id, kept_of(row.volunteer_id)], at=at
    )
    assert isinstance(row, Honour)
    return row


def revoke(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Take a person's honour back (`code` of the honour); he reads the reason. The points that came with it (优秀 of an
    assessment, S47) are taken back, what is spent of them as a marked debt; hours stay as they are.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (who does not manage the division that gave it), OWN_RECORD (the person),
    REASON_REQUIRED, TEXT_TOO_LONG, HONOUR_REVOKED.
    """
    row = held(actor=actor, code=code, at=at)
    person = kept_of(row.volunteer_id)
    said = words_of(reason)

    def act() -> None:
        _take(Honour, row.id, actor, said, at)
        audit.changed(
            actor=actor, verb="honour.revoked", subject=f"volunteer:{person}", reason=said, at=at,
            changes={"honour": [row.name, ""]},
        )  # fmt: skip
        made = Nomination.get_or_none(Nomination.honour == row.id)
        if made is not None:
            _close(made, actor, said, at)
        else:
            points = books.reverse_honour(
                volunteer_id=person, name=str(row.name), actor_id=actor.volunteer_id, at=at,
                note=say("points.why.honour_revoked", name=row.name, reason=said),
            )  # fmt: skip
            told = say("honours.points_back", reason=said, points=points) if points else said
            telling.tell(
                kind="honour_revoked", people=[person], key=f"h{row.id}", at=at, url="/m/honours", title=row.name,
                reason=told, until="",
            )  # fmt: skip

    store.write(act)


def revoke_of(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Take back what a nomination led to, a person's or a team's. Refusals as `revoke`; OWN_RECORD for a team's leader
    and its liaison; HONOUR_REVOKED where there is nothing to take back."""
    made = Nomination.get_or_none(Nomination.code == code)
    if made is None:
        raise Refusal(C.NOT_FOUND)
    if made.honour is not None:
        revoke(actor=actor, code=made.honour.code, reason=reason, at=at)
        return
    permissions.require_manage(actor=actor, region_code=str(made.award_region), at=at)
    if made.commendation_id is None:
        raise Refusal(C.HONOUR_REVOKED)
    team = Team.get_by_id(made.team_id)
    permissions.require_look(actor=actor, region_code=str(made.region_code), at=at)
    decisions.require_decider(
        actor=actor, region_code=str(made.award_region), parties=[team.leader_id, team.liaison_id], at=at
    )
    said = words_of(reason)

    def act() -> None:
        _take(Commendation, made.commendation_id, actor, said, at)
        audit.changed(
            actor=actor, verb="honour.revoked", subject=f"team:{team.id}", reason=said, at=at,
            changes={"honour": [made.title, ""]},
        )  # fmt: skip
        _close(made, actor, said, at)

    store.write(act)


def _take(table: Any, number: int, actor: Actor, said: str, at: datetime) -> None:
    """Once, whoever comes first. Refusals: HONOUR_REVOKED."""
    taken = table.update(revoked_at=at, revoked_why=said, revoked_by=actor.volunteer_id).where(
        table.id == number, table.revoked_at.is_null()
    )
    if not taken.execute():
        raise Refusal(C.HONOUR_REVOKED)


def _close(made: Nomination, actor: Actor, said: str, at: datetime) -> None:
    Nomination.update(state="revoked").where(Nomination.id == made.id).execute()
    NominationStep.create(
        nomination=made.id, region_code=made.award_region, verdict="revoked", text=said, decided_by=actor.volunteer_id,
        at=at,
    )  # fmt: skip
    telling_of.result(made, "revoked", said, at)

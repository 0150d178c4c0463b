"""评单 by whoever asked: a need that was served is judged by him, with or without an account, also where the team
served it without an activity. One judgement to a need; said again within some days, the new word stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models import Activity, Evaluation, Need, store
from models.dialect import IntegrityError
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation import links
from services.evaluation.evaluations import CHANGED_WITHIN, Mine, check_vote

C = RefusalCode
#: A need can be judged in these states.
JUDGED_IN = ("served", "closed")


def judge(*, need: Need, score: int, words: str = "", at: datetime) -> None:
    """Say how it was; the caller has made sure that it is his need. A leader of the team that served it may ask for
    something, too: his vote is kept, and counts as unverified. Few stars are told to the team's leaders at once.

    Refusals: NEED_STATE (not served), EVALUATION_SCORE, TEXT_TOO_LONG, EVALUATION_LATE (its days are over).
    """
    if need.state not in JUDGED_IN:
        raise Refusal(C.NEED_STATE)
    check_vote(score, words)

    def act() -> None:
        before = _said(need.id)
        if before is None:
            made = Evaluation.create(
                kind="recipient", activity=_activity(need.id), need=need.id, score=score, words=words.strip(),
                verified=not _own_team(need, at), at=at, updated_at=at,
            )  # fmt: skip
        elif at > before.at + CHANGED_WITHIN:
            raise Refusal(C.EVALUATION_LATE)
        else:
            made = before
            Evaluation.update(score=score, words=words.strip(), updated_at=at).where(
                Evaluation.id == before.id
            ).execute()
        if score <= links.LOW and need.team_id:
            links.tell_badly(
                key=str(made.id), team_id=need.team_id, title=str(need.title), score=score,
                url=f"/console/needs/{need.code}", at=at,
            )  # fmt: skip

    try:
        store.write(act)
    except IntegrityError:  # two taps at once: the first is there now
        store.write(act)


def said(*, need: Need, at: datetime) -> Mine | None:
    """What whoever asked said of it, and until when he may change it; None while he has said nothing."""
    row = _said(need.id)
    if row is None:
        return None
    until = row.at + CHANGED_WITHIN
    return Mine(row.score, row.words, until if at <= until else None)


def stars(*, need_ids: Iterable[int]) -> dict[int, int]:
    """What those who asked said of their needs, by need, in one statement."""
    rows = Evaluation.select(Evaluation.need, Evaluation.score).where(
        Evaluation.need.in_(list(need_ids)), Evaluation.kind == "recipient", Evaluation.link_hash.is_null()
    )
    return {row.need_id: row.score for row in rows}


def _said(need_id: int) -> Evaluation | None:
    found = Evaluation.get_or_none(
        Evaluation.need == need_id, Evaluation.kind == "recipient", Evaluation.link_hash.is_null()
    )
    return found if isinstance(found, Evaluation) else None


def _activity(need_id: int) -> int | None:
    """The last activity that was held for it, so that its judgements are together."""
    made = Activity.select(Activity.id).where(
        Activity.need_id == need_id, Activity.state.not_in(links.NOT_JUDGED)
    )
    row = made.order_by(Activity.starts_at.desc(), Activity.id.desc()).first()
    return row.id if row else None


def _own_team(need: Need, at: datetime) -> bool:
    """Whether whoever asked leads the team that served it."""
    asker = Actor("pages", need.volunteer_id)
    return bool(
        need.volunteer_id and need.team_id and permissions.leads(actor=asker, team_id=need.team_id, at=at)
    )

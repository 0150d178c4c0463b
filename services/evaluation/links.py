"""Short links for those served: no account, once per link; votes from the leader's own phone are marked (评单).

A link may be given to several people at once (a poster in the hall); each vote uses it up by one, and a phone votes by
it once. It says the team,
the day and, where the kind is not confidential, what was done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from frozen import dataclass
from models import Activity, Evaluation, EvaluationLink, Team, store
from services import permissions
from services.actors import Actor
from services.bookkeeping import records
from services.codes import new_code, token_hash
from services.errors import Refusal, RefusalCode
from services.evaluation.evaluations import Average, Said, check_vote
from services.messaging import telling
from services.messaging.notices import leaders
from services.participation.domains import sub_domain

C = RefusalCode
LENGTH = 12
LASTS = timedelta(days=30)
MOST_USES = 200
#: Activities in these states have served nobody.
NOT_JUDGED = ("draft", "cancelled")
#: So few stars are told to the team's leaders at once.
LOW = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody served reads before he votes; `title` is empty where the kind is confidential."""

    team: str
    title: str
    local_day: str


def make(*, actor: Actor, activity_code: str, uses: int = 1, at: datetime) -> str:
    """A link for those an activity served; its token, shown once.

    Refusals: NOT_FOUND / NOT_ALLOWED, ACTIVITY_STATE (a draft or cancelled), FIGURE_WRONG (`uses`).
    """
    activity = records.activity_led(actor=actor, activity_code=activity_code, at=at)
    if activity.state in NOT_JUDGED:
        raise Refusal(C.ACTIVITY_STATE)
    if not 1 <= uses <= MOST_USES:
        raise Refusal(C.FIGURE_WRONG)
    token = new_code(LENGTH)

    def act() -> None:
        EvaluationLink.create(
            token_hash=token_hash(token), activity=activity, need=activity.need_id, uses=uses,
            made_by=actor.volunteer_id, created_at=at, expires_at=max(at, activity.ends_at) + LASTS,
        )  # fmt: skip

    store.write(act)
    return token


def asked(*, token: str, at: datetime) -> Asked:
    """What the link is about. Refusals: LINK_USED (unknown, used up, over)."""
    activity = _link(token, at).activity
    kind = sub_domain(activity.domain, activity.sub_domain)
    hidden = kind is not None and kind.confidential
    return Asked(activity.team.short_name, "" if hidden else activity.title, activity.local_day)


def vote(
    *, token: str, score: int, words: str = "", by: Iterable[int | None] = (), again: bool = False, at: datetime
) -> None:
    """Judge what one was served with. `by`: whoever is logged in on that phone; a leader's makes the vote unverified.

    `again`: that phone has judged by this link before. Refusals: EVALUATION_GIVEN (so), EVALUATION_SCORE,
    TEXT_TOO_LONG, LINK_USED.
    """
    if again:
        raise Refusal(C.EVALUATION_GIVEN)
    check_vote(score, words)
    link = _link(token, at)
    people = {person for person in by if person is not None}
    own = any(
        permissions.leads(actor=Actor("pages", person), team_id=link.activity.team_id, at=at) for person in people
    )
    verified = not own and link.made_by_id not in people

    def act() -> None:
        used = EvaluationLink.update(used=EvaluationLink.used + 1).where(
            EvaluationLink.token_hash == link.token_hash, EvaluationLink.used < EvaluationLink.uses
        )
        if not used.execute():
            raise Refusal(C.LINK_USED)
        made = Evaluation.create(
            kind="recipient", activity=link.activity_id, need=link.need_id, link_hash=link.token_hash, score=score,
            words=words.strip(), verified=verified, at=at, updated_at=at,
        )  # fmt: skip
        if score <= LOW:
            tell_badly(
                key=str(made.id), team_id=link.activity.team_id, title=link.activity.title, score=score,
                url=f"/console/activities/{link.activity.code}/evaluations", at=at,
            )  # fmt: skip

    store.write(act)


def tell_badly(*, key: str, team_id: int, title: str, score: int, url: str, at: datetime) -> None:
    """Few stars are told to the team's leaders at once, inside the caller's write."""
    people = leaders(team_id=team_id, at=at)
    telling.tell(kind="served_badly", people=people, key=key, at=at, title=title, score=score, url=url)


def of_needs(*, need_ids: Iterable[int]) -> dict[int, Average]:
    """The verified judgements of needs, by need, in one statement; a need that nobody judged is not in it: 评单."""
    scores: dict[int, list[int]] = {}
    for row in Evaluation.select(Evaluation.need, Evaluation.score).where(
        Evaluation.need.in_(list(need_ids)), Evaluation.kind == "recipient", Evaluation.verified
    ):
        scores.setdefault(row.need_id, []).append(row.score)
    return {need: Average(len(each), round(sum(each) * 10 / len(each))) for need, each in scores.items()}


def words_of_need(*, need_id: int) -> list[Said]:
    """What was said of one need, newest first."""
    rows = Evaluation.select().where(Evaluation.need == need_id, Evaluation.kind == "recipient")
    return [
        Said("recipient", "", "", row.score, row.words, row.verified, row.updated_at)
        for row in rows.order_by(Evaluation.id.desc()).limit(50)
    ]


def of_need(*, need_id: int) -> Average:
    """The verified judgements of one need."""
    return of_needs(need_ids=[need_id]).get(need_id, Average(0, None))


def _link(token: str, at: datetime) -> EvaluationLink:
    row = (
        EvaluationLink.select(EvaluationLink, Activity, Team)
        .join(Activity)
        .join(Team)
        .where(EvaluationLink.token_hash == token_hash(token.strip().lower()))
        .first()
    )
    if row is None or row.used >= row.uses or row.expires_at <= at:
        raise Refusal(C.LINK_USED)
    assert isinstance(row, EvaluationLink)
    return row



"""A broadcast before it goes: written, looked at, confirmed (群发: 写、看、确认).

Nothing goes out before the sender has seen whom it reaches and by which way. What goes beyond one team waits for
somebody else's consent; an emergency does not wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import to_millis
from frozen import dataclass
from models import Broadcast, Notice, Volunteer, store
from queries import broadcasts as sql
from services import audit, content, limits, permissions
from services.accounts.documents import mask_name
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import quiet
from services.messaging.broadcasts import approvals, sending
from services.messaging.broadcasts import audience as audiences
from services.messaging.broadcasts.audience import Choice, Chosen
from services.messaging.broadcasts.reading import KINDS

MOST_CHARACTERS = 500
#: With the words of those who passed it on.
MOST_PASSED_ON = 1500
PREVIEW = 60
EXAMPLES = 3
#: Of one sender within an hour: every street of a county in one evening, written twice, is fewer.
MOST, SECONDS = 60, 3600
DRAFT_LASTS = timedelta(hours=1)
#: A broadcast may be fixed this far ahead.
FURTHEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast that waits for its yes. `reach`: how many by their best channel (`audience.reach`); `examples`:
    some who would get it, masked; `needs_consent`: somebody else has to agree after the yes; `pushed_from`: the end of
    the quiet hours in which it would fall; `word`: one of our list, because of which somebody else looks first.
    """

    notice_id: int
    recipients: int
    reach: dict[str, int]
    preview: str
    audience: str = ""
    examples: tuple[str, ...] = ()
    needs_consent: bool = False
    pushed_from: datetime | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the yes came to: `state` sent, due (the worker sends it, at its time or now) or waiting; to how many."""

    state: str
    count: int


def draft(
    *, actor: Actor, choice: Choice, text: str, at: datetime, urgent: bool = False, why: str = "",
    send_at: datetime | None = None, parent_id: int | None = None, as_told: bool = False,
    longest: int = MOST_CHARACTERS,
) -> Draft:  # fmt: skip
    """Keep the words and say whom they would reach. Nothing is sent. The sender himself is no receiver.

    `urgent` goes before everything, at any hour, without waiting for consent; it wants a reason. `parent_id` is passed
    on and was urgent itself, if this one is; `as_told`: with no own words, so nobody agrees anew.
    Refusals in order: those of `audience.choose`, TOO_MANY_TRIES, TEXT_EMPTY, NOTICE_TOO_LONG, WORD_REFUSED,
    REASON_REQUIRED (urgent), NOT_URGENT (a leader whose activity is no declared emergency), SEND_AT_WRONG (past, too
    far, or urgent), NOBODY_TO_TELL.
    """
    chosen = audiences.choose(actor=actor, choice=choice, at=at)
    if actor.volunteer_id is not None:
        limits.count(key=f"broadcast|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
    words = checked(text, longest)
    if urgent and parent_id is None:
        _require_urgent(actor, chosen, why, at)
    if send_at is not None and (urgent or not at < send_at <= at + FURTHEST):
        raise Refusal(RefusalCode.SEND_AT_WRONG, days=FURTHEST.days)
    moment = send_at or at
    reach = audiences.reach(chosen=chosen, sender=actor.volunteer_id, urgent=urgent, moment=moment, at=at)
    recipients = sum(reach.values())
    if not recipients:
        raise Refusal(RefusalCode.NOBODY_TO_TELL)

    word = "" if urgent or as_told else content.doubtful(words)

    def act() -> Notice:
        notice = Notice.create(
            kind="emergency" if urgent else "broadcast", team=chosen.team_id, sender=actor.volunteer_id, text=words,
            state="draft", recipients=recipients, created_at=at,
        )  # fmt: skip
        Broadcast.create(
            notice=notice, whole=choice.whole, region_code=chosen.region_code, who=choice.who,
            identity=choice.identity, skill=choice.skill, name=chosen.name, urgent=urgent, why=why.strip(),
            send_at=send_at, parent=parent_id, as_told=as_told, verdict="review" if word else "",
            **{"team": chosen.team_id, **chosen.fields},
        )  # fmt: skip
        return notice

    made = store.write(act)
    return Draft(
        made.id, recipients, reach, words if len(words) <= PREVIEW else words[:PREVIEW] + "…", chosen.name,
        _examples(chosen, actor, at), bool(word) or (chosen.leaves_the_team and not urgent and not as_told),
        None if urgent else _after_the_night(chosen, moment), word,
    )  # fmt: skip


def checked(text: str, longest: int = MOST_CHARACTERS) -> str:
    """The words as they may go out. Refusals: TEXT_EMPTY, NOTICE_TOO_LONG, WORD_REFUSED."""
    words = text.strip()
    if not words:
        raise Refusal(RefusalCode.TEXT_EMPTY)
    if len(words) > longest:
        raise Refusal(RefusalCode.NOTICE_TOO_LONG, most=longest, length=len(words))
    content.require_fit(words)
    return words


def _require_urgent(actor: Actor, chosen: Chosen, why: str, at: datetime) -> None:
    """An officer says what is urgent in his division; a leader may for an activity that is a declared emergency."""
    if not why.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if permissions.holds(actor=actor, verb=permissions.Verb.MANAGE, region_code=chosen.region_code, at=at):
        return
    if not sending.in_emergency(chosen.fields.get("activity"), chosen.team_id, at):
        raise Refusal(RefusalCode.NOT_URGENT)


def _after_the_night(chosen: Chosen, moment: datetime) -> datetime | None:
    morning = quiet.morning(region_code=chosen.region_code, at=moment)
    return morning if morning > moment else None


def _examples(chosen: Chosen, actor: Actor, at: datetime) -> tuple[str, ...]:
    first = sql.ids(
        audience=chosen.audience, sender=actor.volunteer_id or 0, now=to_millis(at), limit=EXAMPLES
    )
    people = Volunteer.select(Volunteer.name).where(Volunteer.id.in_(first)).order_by(Volunteer.id)
    return tuple(mask_name(each.name) for each in people)


def confirm(*, actor: Actor, notice_id: int, at: datetime) -> Outcome:
    """The sender's yes; works once. A small audience is in the outbox when this returns.

    Refusals in order: NOT_FOUND (none of his), NOTICE_STATE (sent, stopped, or an hour old), rights lost since
    (NOT_FOUND, NOT_ALLOWED), NOBODY_TO_TELL (everybody left meanwhile).
    """

    def act() -> Outcome:
        notice = own(actor, notice_id)
        kept = Broadcast.get(Broadcast.notice == notice)
        audiences.choose(actor=actor, choice=audiences.choice_of(kept), at=at)
        waits = needs_consent(kept)
        checked_first = not kept.urgent and not kept.verdict and content.askable(volunteer_id=notice.sender_id, at=at)
        later = waits or checked_first or kept.send_at is not None or notice.recipients > sending.AT_ONCE
        state = "waiting" if waits else "due" if later else "sent"
        taken = (
            Notice.update(state="sent")
            .where(Notice.id == notice.id, Notice.state == "draft", Notice.created_at > at - DRAFT_LASTS)
            .execute()
        )
        if not taken:
            raise Refusal(RefusalCode.NOTICE_STATE)
        Broadcast.update(state=state).where(Broadcast.notice == notice).execute()
        if kept.urgent:
            audit.note(
                actor=actor, verb="broadcast.urgent", subject=f"notice:{notice.id}",
                detail={"why": kept.why, "audience": kept.name}, at=at, region_code=kept.region_code,
            )  # fmt: skip
        if waits:
            approvals.ask(kept, at)
        if later:
            return Outcome(state, notice.recipients)
        count = sending.put_all(notice=notice, kept=kept, at=at)
        if not count:
            raise Refusal(RefusalCode.NOBODY_TO_TELL)
        return Outcome(state, count)

    return store.write(act)


def needs_consent(kept: Broadcast) -> bool:
    """Whether somebody else has to agree first: beyond one team, unless it is urgent or passes on unchanged what
    somebody agreed to before; and wherever WeChat wants a person to look.
    """
    return kept.verdict == "review" or (kept.whole == "area" and not kept.urgent and not kept.as_told)


def own(actor: Actor, notice_id: int) -> Notice:
    """A broadcast of the actor's own. Refusals: NOT_FOUND."""
    notice = Notice.get_or_none(
        Notice.id == notice_id, Notice.kind.in_(KINDS), Notice.sender == actor.volunteer_id
    )
    if notice is None or actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    found: Notice = notice
    return found

"""积分: the balance and where the last points came from; or what a period or a team brought."""

from __future__ import annotations

from handlers.bot.commands import own_teams, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, short, span, steps
from handlers.bot.words import Period
from services.bookkeeping import hours, spans
from services.bookkeeping.hours import PointLine
from services.bookkeeping.spans import TeamRef
from services.mall import catalogue
from wording import known, say

SHOWN = 3


@command("points", tells=True)
def show(chat: Chat) -> str:
    """The balance and the newest three entries."""
    if not chat.bound:
        return register.how(chat)
    asked = chat.asked
    if asked.team:
        return own_teams.resolve(chat, asked.team, asked.period, about="points_team", answer=of_team)
    if asked.also:
        return _of_several(chat, asked.periods)
    if asked.period is not None:
        return _of_span(chat, asked.period, None)
    view = hours.points(volunteer_id=chat.volunteer_id, limit=SHOWN)
    head = "head_debt" if view.balance < 0 else "head"
    lines = [say(f"bot.points.{head}", balance=view.balance, owed=-view.balance)]
    lines += [_line(entry) for entry in view.entries] or [say("bot.points.none")]
    more = ("redemption",) if catalogue.uses_mall(volunteer_id=chat.volunteer_id, at=chat.at) else ()
    return "\n".join(lines) + steps(*more, "hours", "activities")


def of_team(chat: Chat, team: TeamRef, period: Period | None) -> str:
    """What serving with one team brought, in a period or ever."""
    return _of_span(chat, period, team)


def _of_span(chat: Chat, period: Period | None, team: TeamRef | None) -> str:
    told = spans.points_of_span(
        volunteer_id=chat.volunteer_id, start=period.start if period else None, end=period.end if period else None,
        team_code=team.code if team else "",
    )  # fmt: skip
    when = span(period, chat.at) if period is not None else say("bot.span.ever")
    where = say("bot.hours.with_team", team=short(team.short_name or team.name, TITLE_LENGTH)) if team else ""
    lines = [say("bot.points.of_span", span=when, where=where, earned=told.earned)]
    if told.spent > 0:
        lines.append(say("bot.points.spent", spent=told.spent))
    lines.append(say("bot.points.now", balance=told.balance))
    return "\n".join(lines) + steps("points", "hours", "activities")


def _of_several(chat: Chat, periods: tuple[Period, ...]) -> str:
    """三月和五月: a line for each."""
    told = [
        (each, spans.points_of_span(volunteer_id=chat.volunteer_id, start=each.start, end=each.end))
        for each in periods
    ]  # fmt: skip
    lines = [say("bot.points.one_of_several", span=span(each, chat.at), earned=of.earned) for each, of in told]
    lines.append(say("bot.points.now", balance=told[0][1].balance))
    return "\n".join(lines) + steps("points", "hours", "activities")


def _line(entry: PointLine) -> str:
    key = f"bot.points.kinds.{entry.kind}"
    kind = say(key) if known(key) else ""
    title = short(entry.title, 16) or kind
    return say("bot.points.line", sign="+" if entry.amount > 0 else "", amount=entry.amount, title=title)

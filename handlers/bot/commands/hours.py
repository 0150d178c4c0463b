"""时长: total, this year, this month, what waits for the leader, and how far the next star is; or, where a period or
a team was named, what was served then and there."""

from __future__ import annotations

from handlers.bot.commands import own_teams, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, duration, number_word, page, short, span, steps
from handlers.bot.words import Period
from services.bookkeeping import hours, spans
from services.bookkeeping.hours import HoursSummary
from services.bookkeeping.spans import HoursOfSpan, TeamRef
from wording import say

#: Teams that are named one by one.
TEAMS_SHOWN = 5


@command("hours", tells=True, looks=True)
def show(chat: Chat) -> str:
    """All from kept totals: two statements, however much he has served (design §2)."""
    if not chat.bound:
        return register.how(chat)
    asked = chat.asked
    if asked.team:
        return own_teams.resolve(chat, asked.team, asked.period, about="hours_team", answer=of_team)
    if asked.also:
        return _of_several(chat, asked.periods)
    if asked.period is not None:
        return _of_span(chat, asked.period, None)
    summary = hours.summary(volunteer_id=chat.volunteer_id, at=chat.at)
    lines = [
        say("bot.hours.head", name=summary.name),
        say(
            "bot.hours.lines", total=duration(summary.total), year=duration(summary.year),
            month=duration(summary.month),
        ),
        say("bot.hours.transferred", transferred=duration(summary.transferred)) if summary.transferred else "",
        say("bot.hours.supplement", supplement=duration(summary.supplement)) if summary.supplement else "",
        say("bot.hours.pending", pending=duration(summary.pending)) if summary.pending else "",
        star_line(summary),
    ]  # fmt: skip
    each = page(f"{chat.parts.public_url}/m/hours", say("bot.hours.each_link"))
    return "\n".join(line for line in lines if line) + "\n\n" + each + steps("points", "mine", "activities")


def of_team(chat: Chat, team: TeamRef, period: Period | None) -> str:
    """With one team, in a period or ever."""
    return _of_span(chat, period, team)


def _of_span(chat: Chat, period: Period | None, team: TeamRef | None) -> str:
    told = spans.hours_of_span(
        volunteer_id=chat.volunteer_id, start=period.start if period else None, end=period.end if period else None,
        team_code=team.code if team else "",
    )  # fmt: skip
    when = span(period, chat.at) if period is not None else say("bot.span.ever")
    where = say("bot.hours.with_team", team=short(team.short_name or team.name, TITLE_LENGTH)) if team else ""
    key = "of_span" if told.total else "nothing_of_span"
    head = say(f"bot.hours.{key}", name=told.name, span=when, where=where, total=duration(told.total))
    lines = [head, *_parts(told), *(_by_team(told) if team is None else [])]
    if told.pending:
        lines.append(say("bot.hours.pending", pending=duration(told.pending)))
    lines.append(say("bot.hours.ever", total=duration(told.ever)))
    return "\n".join(lines) + steps("hours", "points", "mine")


def _of_several(chat: Chat, periods: tuple[Period, ...]) -> str:
    """三月和五月: a line for each."""
    told = [
        (each, spans.hours_of_span(volunteer_id=chat.volunteer_id, start=each.start, end=each.end))
        for each in periods
    ]  # fmt: skip
    lines = [say("bot.hours.several", name=chat.speaker.name)]
    lines += [say("bot.hours.one_of_several", span=span(each, chat.at), total=duration(of.total)) for each, of in told]
    lines.append(say("bot.hours.ever", total=duration(told[0][1].ever)))
    return "\n".join(lines) + steps("hours", "points", "mine")


def _parts(told: HoursOfSpan) -> list[str]:
    """What was not scanned is said apart."""
    named = (("supplement", told.supplement), ("transferred", told.transferred))
    return [say(f"bot.hours.{key}", **{key: duration(minutes)}) for key, minutes in named if minutes]


def _by_team(told: HoursOfSpan) -> list[str]:
    named = [each for each in told.teams if each.code]
    if len(named) < 2:
        return []
    lines = [
        say("bot.hours.team_line", team=short(each.name, TITLE_LENGTH), minutes=duration(each.minutes))
        for each in named[:TEAMS_SHOWN]
    ]
    return [*lines, say("bot.hours.more_teams", count=len(named) - TEAMS_SHOWN)] if len(named) > TEAMS_SHOWN else lines


def star_line(summary: HoursSummary) -> str:
    """The star he was awarded, the step that his hours reach, and how far the next one is."""
    has, reached = summary.stars, summary.reached
    lines = [say("bot.hours.starred", stars=number_word(has))] if has else []
    if reached > has:
        lines.append(say("bot.hours.reached", star=number_word(reached)))
    if summary.to_next is not None and summary.next_star is not None and summary.next_star > has:
        lines.append(say("bot.hours.next", star=number_word(summary.next_star), to_next=duration(summary.to_next)))
    return "".join(lines)

"""Which of his teams does somebody mean, who asks for hours or points with 宣讲队? If several fit, he taps one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from handlers.bot.context import Chat
from handlers.bot.saying import numbered, short, steps, tap
from handlers.bot.understanding import teams as names
from handlers.bot.words import Period, said
from services.bookkeeping import spans
from services.bookkeeping.spans import TeamRef
from wording import say

SHOWN = 6
NAME_LENGTH = 32
Answer = Callable[[Chat, TeamRef, Period | None], str]


def resolve(chat: Chat, spoken: str, period: Period | None, *, about: str, answer: Answer) -> str:
    """The answer for the one team that fits, or the question which one it is; `about` names the question."""
    mine = spans.teams_of(volunteer_id=chat.volunteer_id)
    fitting = names.fitting(spoken, [(each.name, each.short_name) for each in mine])
    if len(fitting) == 1:
        return answer(chat, mine[fitting[0]], period)
    shown = [mine[place] for place in fitting] or mine
    if not shown:
        return say("bot.own_teams.no_team", team=short(spoken, NAME_LENGTH)) + steps("hours", "apply_team")
    head = say(f"bot.own_teams.{'which' if fitting else 'none'}", team=short(spoken, NAME_LENGTH))
    kept = None
    if period is not None:
        kept = {"start": period.start.isoformat(), "end": period.end.isoformat(), "spoken": period.spoken}
    stamp = chat.remember("question", about=about, teams=[each.code for each in shown[:SHOWN]], period=kept)
    lines = [
        tap(str(number), say("bot.own_teams.line", number=number, name=short(each.name, NAME_LENGTH)), stamp)
        for number, each in enumerate(shown[:SHOWN], 1)
    ]
    rest = "" if len(shown) <= SHOWN else say("bot.own_teams.more")
    return numbered(head, lines, "\n" + tap(said("no"), stamp=stamp), rest, beyond=bool(rest))


def choose(chat: Chat, question: dict[str, Any], answer: Answer) -> str:
    """The number of a team in the list that was shown."""
    number, codes = chat.asked.number or 0, question["teams"]
    mine = {each.code: each for each in spans.teams_of(volunteer_id=chat.volunteer_id)}
    if chat.outdated(question) or not 1 <= number <= len(codes) or codes[number - 1] not in mine:
        return say("bot.own_teams.old") + steps("hours", "help")
    chat.forget("question")
    kept = question["period"]
    period = (
        Period(date.fromisoformat(kept["start"]), date.fromisoformat(kept["end"]), kept["spoken"]) if kept else None
    )
    return answer(chat, mine[codes[number - 1]], period)

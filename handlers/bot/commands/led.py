"""Whose team does a leader mean, who asks for 西湖队谁没到? One that is not his is named as such."""

from __future__ import annotations

from collections.abc import Collection

from frozen import dataclass
from handlers.bot.context import Chat
from handlers.bot.saying import TITLE_LENGTH, short, steps
from handlers.bot.understanding import teams as names
from services import leading
from services.leading import TeamBrief
from wording import say

#: Teams that a name is looked for among.
MOST = 200


@dataclass(frozen=True, slots=True)
class Named:
    """The teams that a name means, by code; `problem` is what to answer where it is none of his."""

    teams: tuple[TeamBrief, ...] = ()
    problem: str = ""

    @property
    def codes(self) -> Collection[str]:
        """Their public codes."""
        return tuple(each.code for each in self.teams)


def named(chat: Chat, spoken: str) -> Named:
    """The actor's teams that a spoken name fits; none is meant where nothing was said."""
    if not spoken:
        return Named()
    led = leading.led_teams(actor=chat.actor, at=chat.at, most=MOST)
    fitting = names.fitting(spoken, [(team.name, team.short_name) for team in led])
    if not fitting:
        text = say("bot.led.not_yours", team=short(spoken, TITLE_LENGTH))
        return Named(problem=text + steps("roster", "confirm_hours", "help"))
    return Named(tuple(led[place] for place in fitting))

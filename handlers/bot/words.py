"""What a message can ask for, and the words that our own tappable lines send. Their meaning: `understanding`."""

from __future__ import annotations

from datetime import date

from frozen import dataclass
from wording import entry


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `start` up to, and without, `end`; `spoken` as the person said it (上个月, 三月份)."""

    start: date
    end: date
    spoken: str = ""

    def holds(self, day: date) -> bool:
        """Whether a local day lies in it."""
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Asked:
    """A command and what came with it.

    `number` is a place in a list (with `there_in` minutes) and `part` one within it, `digits` six of them, `text` the
    sender's own words as he wrote them. `period`, `team` and `activity` are as he said them: whether there is such a
    team is not known here.
    `also` are further periods of the sentence (三月和五月), `further` the command of a second thought in it.
    2号那个 is number 2 and the day 2 at once; the command knows which of them it showed.
    """

    command: str
    number: int | None = None
    part: int | None = None
    digits: str = ""
    text: str = ""
    period: Period | None = None
    team: str = ""
    activity: str = ""
    also: tuple[Period, ...] = ()
    further: str = ""

    @property
    def periods(self) -> tuple[Period, ...]:
        """All that were named."""
        return (self.period, *self.also) if self.period is not None else ()

    def means(self, day: date) -> bool:
        """Whether a local day lies in one of the periods."""
        return any(each.holds(day) for each in self.periods)


def said(command: str) -> str:
    """The word that a tappable line sends for a command."""
    return str(entry(f"commands.commands.{command}.say"))

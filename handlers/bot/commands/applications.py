"""申请加入 东湖, 我的申请: from a team's name to an application, and how it stands."""

from __future__ import annotations

from typing import Any

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import fits, numbered, page, short, steps, tap, when
from handlers.bot.words import said
from services.recruitment import applications, finding, views
from services.recruitment.finding import FoundTeam
from services.recruitment.views import Mine
from wording import say

SHOWN = 6
NAME_LENGTH = 32
REASON_LENGTH = 60
#: Of his own applications, the newest; those that wait for his answer come first.
MINE_SHOWN = 5


@command("apply_team")
def find(chat: Chat) -> str:
    """Teams of that name, or those near by: one is asked about at once, several are chosen from."""
    if not chat.bound:
        return register.how(chat)
    text = chat.asked.text
    found = finding.find(actor=chat.actor, text=text, limit=SHOWN + 1)
    if not found:
        link = page(f"{chat.parts.public_url}/m/join", say("joining.chat.link"))
        named = bool(finding.words_of(text))
        key = "none" if named else "none_near"
        return say(f"joining.chat.{key}", text=short(text, 12), link=link) + steps("apply_team", "help")
    if len(found) == 1:
        return _ask(chat, found[0])
    shown = found[:SHOWN]
    stamp = chat.remember("question", about="teams", teams=[each.code for each in shown])
    lines = [tap(str(number), _line(number, each), stamp) for number, each in enumerate(shown, 1)]
    head = say("joining.chat.found" if finding.words_of(text) else "joining.chat.near")
    more = say("joining.chat.more") + page(f"{chat.parts.public_url}/m/join", say("joining.chat.more_link"))
    return numbered(head, lines, "\n" + tap(said("no"), stamp=stamp), more, beyond=len(found) > SHOWN)


def scanned(chat: Chat, code: str) -> str:
    """The team of a code on paper: asked about at once; a stranger registers first."""
    found = finding.by_code(actor=chat.actor, code=code)
    if found is None:
        return find(chat) if chat.bound else register.how(chat)
    if not chat.bound:
        return say("joining.scanned.stranger", team=short(found.name, NAME_LENGTH)) + "\n\n" + register.how(chat)
    return _ask(chat, found)


def _line(number: int, team: FoundTeam) -> str:
    key = "line_mine" if team.mine else "line_asked" if team.asked else "line"
    return say(f"joining.chat.{key}", number=number, name=short(team.name, NAME_LENGTH))


def choose(chat: Chat, question: dict[str, Any]) -> str:
    """The number of a team in the list."""
    number = chat.asked.number or 0
    if chat.outdated(question) or not 1 <= number <= len(question["teams"]):
        return say("joining.chat.old") + steps("apply_team", "help")
    found = finding.find(actor=chat.actor, text=question["teams"][number - 1])
    if not found:  # it closed meanwhile
        return say("joining.chat.old") + steps("apply_team", "help")
    return _ask(chat, found[0])


def _ask(chat: Chat, team: FoundTeam) -> str:
    """The team, what he agrees to with his yes, and what happens then."""
    if team.mine:
        chat.forget("question")
        return say("joining.chat.mine", team=team.name) + steps("activities", "my_applications")
    door = views.team_door(actor=chat.actor, team_code=team.code, brand=chat.parts.brand, at=chat.at)
    owed = [each.purpose for each in door.owed]
    stamp = chat.remember("question", about="join", team=team.code, called=team.name, owed=owed)
    then = say(
        f"joining.chat.then_{'founding' if team.founding else 'at_once' if door.at_once else 'waits'}"
    )
    link = page(f"{chat.parts.public_url}/m/join/{team.code}", say("joining.chat.read"))
    open_ones = [*(each.title for each in door.promises if not each.accepted), *(each.title for each in door.owed)]
    text = say(
        "joining.chat.ask" if open_ones else "joining.chat.ask_short", team=team.name, place=team.place, then=then,
        promises="\n".join(say("joining.chat.promise", title=title) for title in open_ones), link=link,
    )  # fmt: skip
    return "\n\n".join([text, tap(said("yes"), stamp=stamp), tap(said("no"), stamp=stamp)])


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """确认: he applies, and has said yes to what the question named: pledge, agreement, the use of his data."""
    chat.forget("question")
    done = applications.apply(
        actor=chat.actor, team_code=question["team"], promised=True, agreed=question.get("owed", []), at=chat.at
    )
    text = say(f"joining.chat.{'joined' if done.member else 'sent'}", team=question["called"])
    return text + (steps("activities", "mine") if done.member else steps("my_applications", "activities"))


@command("my_applications", tells=True)
def mine(chat: Chat) -> str:
    """His applications and what he was recommended for: how each stands, and what he can do."""
    if not chat.bound:
        return register.how(chat)
    found = views.mine(actor=chat.actor, brand=chat.parts.brand)
    if not found:
        return say("joining.mine.none") + steps("apply_team", "help")
    ordered = sorted(found, key=lambda each: each.row.state != "offered")
    lines = [f"{number}. {_told(chat, each)}" for number, each in enumerate(ordered[:MINE_SHOWN], 1)]
    more = say("joining.mine.more") + page(f"{chat.parts.public_url}/m/applications", say("joining.mine.more_link"))
    beyond = len(found) > MINE_SHOWN
    tail = steps("apply_team", "mine")
    text = "\n\n".join([say("joining.mine.head"), *lines, *([more] if beyond else [])]) + tail
    return text if fits(text) else numbered(say("joining.mine.head"), lines, tail, more, beyond=beyond)


def _told(chat: Chat, mine: Mine) -> str:
    row = mine.row
    link = f"{chat.parts.public_url}/m/applications/{row.code}"
    if row.state == "offered":
        return say(
            "joining.mine.offered", team=row.team, who=row.recommender or say("joining.mine.somebody"),
            link="\n" + page(link, say("joining.mine.offered_link")),
        )  # fmt: skip
    if row.state == "refused":
        answer = say("joining.mine.refused_replied") if mine.reply else page(link, say("joining.mine.refused_link"))
        return say("joining.mine.refused", team=row.team, reason=short(mine.reason, REASON_LENGTH), link=answer)
    return say(f"joining.mine.{row.state}", team=row.team, day=when(row.at, chat.at).split(" ")[0])

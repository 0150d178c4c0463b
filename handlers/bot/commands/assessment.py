"""年度考核 in the chat: how mine stands, my own word on my year in a few turns, the result; for leaders how far the
team is. Team-mates are judged on a page, where one sees whom."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from handlers import scores
from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command, talk
from handlers.bot.saying import numbered, page, short, steps, tap
from handlers.bot.understanding import plain
from handlers.bot.words import said
from services import leading
from services.assessment import own, peers, views
from services.assessment.shapes import OwnCard, TeamProgress
from services.times import last_day
from wording import entry, say

#: The question for a score; the one that waits for words and a yes.
SCORE, WORDS = "self_score", "self"
TEXT_LENGTH, REASON_LENGTH, NAME_LENGTH = 60, 120, 10
#: Teams that a leader is told of, names of one team.
MOST_TEAMS, MOST_NAMES = 5, 20
_POINTS = re.compile(r"\D{0,8}?(\d{1,3})\s*分?\D{0,2}", re.ASCII)


@command("assessment")
def show(chat: Chat) -> str:
    """How it stands and what to do; his own word at once where he asked for it and it is the time."""
    if not chat.bound:
        return register.how(chat)
    words = plain(chat.inbound.content)
    leads = bool(leading.own_teams(actor=chat.actor, at=chat.at))
    if leads and any(each in words for each in entry("bot.assessment.of_team")):
        return progress(chat)
    card = own.newest(actor=chat.actor, at=chat.at)
    if card is None:
        return say("bot.assessment.none") + _onward(leads)
    if card.may_self and say("bot.assessment.self_word") in words:
        return _ask_score(chat, card)
    return _state(chat, card) + _onward(leads)


def _onward(leads: bool) -> str:
    rest = "\n" + tap(say("bot.assessment.progress_word")) if leads else ""
    return steps("hours", "help") + rest


def _link(chat: Chat, path: str, label: str) -> str:
    return page(f"{chat.parts.public_url}/m/assessment{path}", say(f"bot.assessment.{label}"))


def _day(day: date) -> str:
    return say("assessment.day", month=day.month, day=day.day)


def _state(chat: Chat, card: OwnCard) -> str:
    """One short paragraph: the result, or the phase and what is to be done in it."""
    head, link = say("bot.assessment.head", year=card.year), _link(chat, f"/{card.code}", "open")
    if card.state == "aside":
        why = entry("assessment.aside").get(card.aside_why, "")
        return "\n".join([head, say("bot.assessment.aside", why=why)])
    if card.result is not None:
        return "\n".join([head, *_result(card), link])
    lines = [head]
    left = sum(task.open and task.at is None for task in peers.tasks(actor=chat.actor, at=chat.at))
    if card.now is None:
        lines.append(say("bot.assessment.nothing"))
    else:
        lines.append(say("bot.assessment.now", phase=card.now.name, until=_day(card.now.closes_on)))
    if card.may_self:
        key = "self_open" if card.self_score is None else "self_done"
        lines.append(say(f"bot.assessment.{key}", score=card.self_score))
        lines.append(tap(say("bot.assessment.self_word")))
    elif left:
        lines += [say("bot.assessment.peers_left", left=left), _link(chat, "/peers", "peers_link")]
        return "\n".join(lines)
    return "\n".join([*lines, link])


def _result(card: OwnCard) -> list[str]:
    result = card.result
    assert result is not None
    lines = [
        say("bot.assessment.result", grade=entry("assessment.grades")[result.grade], total=result.total),
        short(result.reason, REASON_LENGTH),
    ]
    if result.exit_state:
        lines.append(say(f"bot.assessment.exit_{result.exit_state}"))
    elif result.objection is not None and result.objection.state == "open":
        lines.append(say("bot.assessment.objected"))
    elif result.may_object:
        lines.append(say("bot.assessment.may_object", until=_day(last_day(result.object_until))))
    return lines


def _ask_score(chat: Chat, card: OwnCard) -> str:
    stamp = chat.remember("question", about=SCORE, code=card.code, year=card.year)
    return "\n".join([
        say("bot.assessment.which", year=card.year),
        *(tap(str(each.score), say("bot.assessment.step", word=each.word, score=each.score), stamp)
          for each in scores.steps("own")),
        say("bot.assessment.other"), tap(said("no"), stamp=stamp),
    ])  # fmt: skip


@talk(SCORE)
def take_score(chat: Chat, question: dict[str, Any]) -> str:
    """His points, as a number in any words; then come a few of his own."""
    found = _POINTS.fullmatch(plain(chat.inbound.content))
    score = chat.asked.number if chat.asked.command == "pick" else int(found[1]) if found else None
    if score is None or not 0 <= score <= 100 or chat.asked.part is not None:
        return say("bot.assessment.no_score") + "\n\n" + tap(said("no"))
    return _preview(chat, question | {"score": score, "text": question.get("text", "")})


@talk(WORDS)
def take_words(chat: Chat, question: dict[str, Any]) -> str:
    """A few words of his own; a bare number is another score."""
    if chat.asked.command == "pick":
        return take_score(chat, question)
    return _preview(chat, question | {"text": chat.inbound.content.strip()})


def _preview(chat: Chat, question: dict[str, Any]) -> str:
    """What would be handed in, before it is."""
    facts = {"code": question["code"], "year": question["year"], "score": question["score"], "text": question["text"]}
    stamp = chat.remember("question", about=WORDS, **facts)
    key = "with_words" if question["text"] else "without_words"
    text = say(f"bot.assessment.{key}", score=question["score"], text=short(question["text"], TEXT_LENGTH))
    return "\n\n".join([text, tap(said("yes"), say("bot.assessment.hand_in"), stamp), tap(said("no"), stamp=stamp)])


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """确认: it is handed in, and may be changed while the phase is open."""
    chat.forget("question")
    own.submit(
        actor=chat.actor, code=question["code"], score=question["score"], text=question["text"], at=chat.at
    )
    return say("bot.assessment.done", score=question["score"]) + steps("assessment", "hours")


def progress(chat: Chat) -> str:
    """How far the teams he leads are, with names; never a score."""
    found = views.led_progress(actor=chat.actor, at=chat.at, most=MOST_TEAMS)
    lines = [_of_team(each) for each in found.values()]
    if not lines:
        return say("bot.assessment.no_cycle") + steps("assessment", "help")
    rest = _link(chat, "/team", "team_link")
    return numbered(say("bot.assessment.team_head"), lines, "\n" + rest + steps("assessment", "notice"), "")


def _of_team(each: TeamProgress) -> str:
    peers_too = say("bot.assessment.peers", peers_done=each.peers_done, peers_all=each.peers_all)
    first = say("bot.assessment.team", team=each.team, self_done=each.self_done, all=each.all)
    lines = [first + (peers_too if each.peers_all else "")]
    for key, names in (("self_missing", each.self_missing), ("peers_missing", each.peers_missing)):
        if names:
            shown = say("bot.assessment.comma").join(short(name, NAME_LENGTH) for name in names[:MOST_NAMES])
            more = say("bot.assessment.others", count=len(names)) if len(names) > MOST_NAMES else ""
            lines.append(say(f"bot.assessment.{key}", names=shown + more))
    return "\n".join(lines)

"""确认 / 算了, and a bare number: answers to the question that stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.bot.commands import (
    applications,
    assessment,
    broadcast,
    coming_back,
    confirming,
    digits,
    dispatch_call,
    got_it,
    help,
    hours,
    invite,
    leaving,
    liaison,
    mall,
    mine,
    own_teams,
    places,
    points,
    publishing,
    signup,
)
from handlers.bot.context import Chat
from handlers.bot.registry import TALKS, command
from handlers.bot.saying import steps
from handlers.bot.words import Asked
from wording import say

#: Questions which team is meant, and what answers them.
OF_TEAM = {"hours_team": hours.of_team, "points_team": points.of_team}
#: What a yes does to the question that stands.
YES: dict[str, Callable[[Chat, dict[str, Any]], str]] = {
    "broadcast": broadcast.send, "signup": signup.settle, "claim": places.settle, "risk": got_it.settle,
    "join": applications.settle, "confirm_hours": confirming.settle, "ticket": liaison.settle,
    "publish": publishing.settle, "dispatch": dispatch_call.settle, assessment.WORDS: assessment.settle,
    "redeem": mall.settle, digits.CONSOLE: digits.let_in, digits.JOIN: digits.become_one,
}  # fmt: skip
#: What a no does besides dropping the question.
NO: dict[str, Callable[[Chat, dict[str, Any]], str]] = {digits.CONSOLE: digits.keep_out, digits.JOIN: digits.stay_apart}


@command("yes")
def yes(chat: Chat) -> str:
    """Yes to what was asked last: a broadcast, a sign-up, a team to join, hours, an invitation."""
    question = chat.topic("question")
    if question is not None and chat.outdated(question):
        return say("bot.signup.nothing_to_confirm") + steps("help")
    if question is not None and question["about"] in YES:
        return YES[question["about"]](chat, question)
    if question is None and (chat.topic("invite") or chat.topic(coming_back.TOPIC)) is not None:
        return invite.accept(chat)
    return say("bot.signup.nothing_to_confirm") + steps("help")


@command("no")
def no(chat: Chat) -> str:
    """No: the question is dropped, nothing happens."""
    question = chat.topic("question")
    if question is not None and question["about"] in NO:
        return NO[question["about"]](chat, question)
    if question is not None:
        return leaving.leave(chat)
    if chat.topic("invite") is not None:
        return invite.decline(chat)
    return say("bot.nothing_asked") + steps("help")


def _newest(topic: dict[str, Any], *others: dict[str, Any] | None) -> bool:
    return all(other is None or int(other["until"]) < int(topic["until"]) for other in others)


@command("pick")
def pick(chat: Chat) -> str:
    """A bare number chooses from what was shown last: a team for a notice or to join, what to cancel, an activity."""
    question = chat.topic("question")
    listed = chat.topic("activities")
    own = chat.topic("signups")
    if own is not None and _newest(own, question, listed):
        return places.cancel(chat) if own.get("to_cancel") else mine.chosen(chat, own)
    newest = question is not None and (listed is None or int(listed["until"]) <= int(question["until"]))
    if question is not None and question["about"] == "teams" and newest:  # of two lists the newer one
        return applications.choose(chat, question)
    if question is not None and question["about"] == "hours_of" and newest:
        return confirming.choose(chat, question)
    if question is not None and question["about"] == "mall" and newest:
        return mall.choose(chat, question)
    if question is not None and question["about"] == "publish_team" and newest:
        return publishing.choose_team(chat, question)
    if question is not None and question["about"] == "position" and newest:
        return signup.choose_position(chat, question)
    if question is not None and question["about"] in TALKS and newest and not chat.outdated(question):
        return TALKS[question["about"]](chat, question)
    if question is not None and question["about"] == "team":
        return broadcast.choose_team(chat, question)
    if question is not None and question["about"] in OF_TEAM and newest:
        return own_teams.choose(chat, question, OF_TEAM[question["about"]])
    if listed is not None:
        return signup.ask(chat)
    chat.asked = Asked("unknown", text=chat.inbound.content)
    return help.unknown(chat)

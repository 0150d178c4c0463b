"""取消 and 算了 in the middle of something: the question that stands is dropped, nothing happens."""

from __future__ import annotations

from handlers.bot.commands import coming_back
from handlers.bot.context import Chat
from handlers.bot.saying import steps
from wording import say

#: Whether it is he: an invitation, or a WeChat that came back.
ASIDE = ("invite", coming_back.TOPIC)
#: What is said when a question about it is dropped; anything else gets the plain words.
WORDS = {
    "broadcast": "bot.notice.dropped", "team": "bot.notice.dropped", "teams": "joining.chat.dropped",
    "join": "joining.chat.dropped",
}  # fmt: skip


def in_the_middle(chat: Chat) -> bool:
    """Whether anything waits for his answer."""
    return any(chat.topic(name) is not None for name in ("question", *ASIDE))


def leave(chat: Chat) -> str:
    """Drop the question, or put an invitation aside: it can be scanned again."""
    question = chat.topic("question")
    if question is None:
        for name in ASIDE:
            chat.forget(name)
        return say("bot.left") + steps("help")
    chat.forget("question")
    about = question["about"]
    follow = ("apply_team", "help") if about in ("teams", "join") else ("help",)
    return say(WORDS.get(about, "bot.left")) + steps(*follow)

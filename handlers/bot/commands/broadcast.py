"""通知 and 进度: a leader's words to his team. He sees who would get them before anything goes out."""

from __future__ import annotations

import re
from typing import Any

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import numbered, page, short, steps, tap
from handlers.bot.understanding import teams as names
from handlers.bot.words import said
from services import leading
from services.errors import Refusal, RefusalCode
from services.leading import TeamBrief
from services.messaging import broadcasts, moments
from services.messaging.broadcasts import Choice, lists
from services.participation import activity_views
from wording import entry, say

#: Lines of a question in the chat.
MOST_TEAMS = 20
#: Between whom it is for and the words.
SIGNS = " \t\n:：,，、。"
#: A team that a notice begins with; a blank or colon behind it means that it is for that team.
FIRST_WORD = re.compile(r"[^\s:：,，]{2,30}")
TO = re.compile(r"^(?:发?给|[让叫请])(?=.)")


@command("notice")
def write(chat: Chat) -> str:
    """Draft a notice; a leader of several teams chooses first."""
    teams = leading.led_teams(actor=chat.actor, at=chat.at, most=MOST_TEAMS)
    if not teams:
        return say("bot.notice.not_leader") + steps("help")
    text = chat.asked.text.strip()
    if not text:
        return say("bot.notice.usage") + steps("progress", "roster")
    absent = next((word for word in entry("broadcasts.absent") if text.startswith(word)), "")
    if absent:
        return _to_absent(chat, text.removeprefix(absent).lstrip(SIGNS))
    named, meant = _named(text, teams)
    if len(meant) == 1:
        return _draft(chat, Choice("team", meant[0].code), text)
    warning = say("bot.notice.not_yours", named=short(named, 20)) if named and not meant else ""
    teams = meant or teams
    if len(teams) == 1:
        return _draft(chat, Choice("team", teams[0].code), text, warning)
    choices = [[team.code, team.short_name] for team in teams]
    stamp = chat.remember("question", about="team", teams=choices, text=text)
    lines = [
        tap(str(number), say("bot.notice.team_line", number=number, name=short(name, 20)), stamp)
        for number, (_, name) in enumerate(choices, 1)
    ]
    head = "\n".join(part for part in (warning, say("bot.notice.which_team")) if part)
    return numbered(head, lines, "\n" + tap(said("no"), stamp=stamp), "")


def _to_absent(chat: Chat, text: str) -> str:
    """通知没来的人 快来: to those of the shift that runs, else of the next one today, who have not arrived (U14)."""
    if not text:
        return say("bot.notice.usage_absent") + steps("missing")
    shift = activity_views.shift_now(actor=chat.actor, at=chat.at)
    if shift is None:
        return say("bot.roster.none") + steps("progress", "help")
    return _draft(chat, Choice("shift", shift, "absent"), text)


def _named(text: str, teams: list[TeamBrief]) -> tuple[str, list[TeamBrief]]:
    """The team that the notice begins with (通知 西湖服务队：明早集合), and which of his it can be.

    A name that runs on (西湖服务队明早集合) may be part of what he says: it never picks a team, it only warns.
    """
    first = FIRST_WORD.match(TO.sub("", text))
    found = names.find(first[0]) if first is not None else None
    if first is None or found is None or found[1] != 0:
        return "", []
    fitting = names.fitting(found[0], [(team.name, team.short_name) for team in teams])
    if fitting and found[2] != len(first[0]):
        return "", []
    return found[0], [teams[place] for place in fitting]


def choose_team(chat: Chat, question: dict[str, Any]) -> str:
    """The number of a team: draft the notice for it."""
    number = chat.asked.number or 0
    if chat.outdated(question) or not 1 <= number <= len(question["teams"]):
        return say("bot.notice.nothing") + steps("help")
    return _draft(chat, Choice("team", question["teams"][number - 1][0]), question["text"])


def _draft(chat: Chat, choice: Choice, text: str, warning: str = "") -> str:
    draft = broadcasts.draft(actor=chat.actor, choice=choice, text=text, at=chat.at)
    stamp = chat.remember("question", about="broadcast", notice=draft.notice_id)
    reach = [say(f"bot.notice.reach.{way}", count=count) for way, count in draft.reach.items() if count]
    more = say("bot.notice.night", when=moments.when(draft.pushed_from)) if draft.pushed_from else ""
    if draft.word:
        more += say("bot.notice.word", word=draft.word)
    preview = say(
        "bot.notice.preview", audience=short(draft.audience, 60), preview=short(draft.preview, 200),
        count=draft.recipients, reach=say("bot.notice.comma").join(reach), more=more,
    )  # fmt: skip
    parts = [warning, preview, tap(said("yes"), stamp=stamp), tap(said("no"), stamp=stamp)]
    return "\n\n".join(part for part in parts if part)


def send(chat: Chat, question: dict[str, Any]) -> str:
    """确认: the outbox takes it from here."""
    done = broadcasts.confirm(actor=chat.actor, notice_id=question["notice"], at=chat.at)
    chat.forget("question")
    word = "to_agree" if done.state == "waiting" else "sent"
    return say(f"bot.notice.{word}", count=done.count) + steps("progress")


@command("progress", tells=True)
def progress(chat: Chat) -> str:
    """How far his last notice got, and how many must be called."""
    try:
        newest = broadcasts.newest(actor=chat.actor)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.NOT_FOUND:
            raise
        leads = leading.leads_any(actor=chat.actor, at=chat.at)
        return say("bot.notice.no_progress" if leads else "bot.notice.not_leader") + steps("help")
    told = broadcasts.progress(actor=chat.actor, notice_id=newest, at=chat.at)
    line = lists.broadcast(actor=chat.actor, notice_id=newest, at=chat.at)
    if not told.total:
        state = entry("broadcasts.states")[line.state]
        stop = say("bot.notice.may_stop") if line.state in ("waiting", "due") else ""
        return say("bot.notice.not_out", state=state, count=line.recipients, stop=stop) + steps("progress")
    call = say("bot.notice.stop")
    if told.unreached:
        path = f"{chat.parts.public_url}/console/notices/{newest}/receivers?state=call"
        call = say("bot.notice.call", link=page(path, say("bot.notice.call_link")))
    text = say(
        "bot.notice.progress", total=told.total, sent=told.sent, waiting=told.waiting, read=told.read,
        unreached=told.unreached, call=call,
        evening=say("bot.notice.evening", count=told.evening) if told.evening else "",
    )  # fmt: skip
    return text + steps("progress", "roster")

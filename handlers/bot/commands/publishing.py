"""发布活动 <一句话>: the leader sees the whole as it would be published, and says 确认; the rest is on the form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from handlers.bot.commands import led
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, clock_time, numbered, page, short, steps, tap, when
from handlers.bot.understanding import announcing
from handlers.bot.understanding.announcing import Announced
from handlers.bot.words import said
from handlers.errors import sentence
from services import leading
from services.errors import Refusal, RefusalCode
from services.leading import TeamBrief
from services.participation import activities
from services.participation.domains import domain_name, sub_domain
from services.planning import proposals
from services.planning.proposals import Proposal, Said
from wording import say

SHOWN, LONG = 8, 100
#: What stops the publication and leaves a draft behind, to be finished on its page.
LEAVES_A_DRAFT = frozenset({
    RefusalCode.TEAM_NOT_FOUNDED, RefusalCode.ACTIVITY_INVALID, RefusalCode.INSURANCE_MISSING,
})  # fmt: skip


@command("publish")
def publish(chat: Chat) -> str:
    """Read the sentence, say what is missing, or show the whole."""
    if not chat.bound or not leading.leads_any(actor=chat.actor, at=chat.at):
        return say("bot.publishing.not_leader") + steps("activities", "help")
    text = chat.asked.text.strip()
    if not text:
        return say("bot.publishing.usage", link=_form(chat)) + steps("roster", "help")
    told = announcing.read(text, chat.at)
    teams = led.named(chat, told.team)
    if teams.problem:
        return teams.problem
    choice = list(teams.teams) or leading.led_teams(actor=chat.actor, at=chat.at, most=SHOWN + 1)
    missing = _missing(told)
    if told.days > 1:
        series = page(f"{chat.parts.public_url}/console/series", say("bot.publishing.series"))
        return say("bot.publishing.several_days", link=series) + steps("publish", "help")
    if missing:
        return _ask_for(chat, told, missing)
    return _preview(chat, choice[0].code, _said(told)) if len(choice) == 1 else _which(chat, choice, _said(told))


def _form(chat: Chat) -> str:
    return page(f"{chat.parts.public_url}/console/activities/new", say("bot.publishing.form"))


def _missing(told: Announced) -> list[str]:
    """What was not said, as words."""
    lacks = {
        "when": told.starts_at is None, "until": told.starts_at is not None and told.ends_at is None,
        "place": not told.place, "title": not told.title, "quota": told.quota is None,
    }  # fmt: skip
    return [say(f"bot.publishing.lacks.{name}") for name, lacking in lacks.items() if lacking]


def _ask_for(chat: Chat, told: Announced, missing: list[str]) -> str:
    known = {
        "when": when(told.starts_at, chat.at) if told.starts_at else "", "place": short(told.place, TITLE_LENGTH),
        "title": short(told.title, TITLE_LENGTH), "quota": str(told.quota or ""),
    }  # fmt: skip
    lines = [say(f"bot.publishing.known.{name}", value=value) for name, value in known.items() if value]
    head = say("bot.publishing.understood") if lines else say("bot.publishing.nothing")
    lacking = say("bot.publishing.missing", what=say("bot.roster.comma").join(missing))
    return "\n".join([head, *lines, lacking, say("bot.publishing.again", link=_form(chat))]) + steps("help")


def _said(told: Announced) -> Said:
    assert told.starts_at is not None
    assert told.ends_at is not None
    assert told.quota is not None
    return Said(told.title[:40], told.place[:60], told.starts_at, told.ends_at, told.quota)


def _kept(one: Said) -> dict[str, Any]:
    return {
        "title": one.title, "place": one.place, "starts": one.starts_at.isoformat(), "ends": one.ends_at.isoformat(),
        "quota": one.quota,
    }  # fmt: skip


def _read_back(kept: dict[str, Any]) -> Said:
    starts, ends = (datetime.fromisoformat(kept[name]).astimezone(UTC) for name in ("starts", "ends"))
    return Said(kept["title"], kept["place"], starts, ends, int(kept["quota"]))


def _which(chat: Chat, teams: list[TeamBrief], one: Said) -> str:
    stamp = chat.remember(
        "question", about="publish_team", teams=[team.code for team in teams[:SHOWN]], activity=_kept(one)
    )
    lines = [
        tap(str(number), say("bot.notice.team_line", number=number, name=short(team.short_name, 20)), stamp)
        for number, team in enumerate(teams[:SHOWN], 1)
    ]
    rest = say("bot.publishing.more_teams") if len(teams) > SHOWN else ""
    tail = "\n" + tap(said("no"), stamp=stamp)
    return numbered(say("bot.publishing.which_team"), lines, tail, rest, beyond=bool(rest))


def choose_team(chat: Chat, question: dict[str, Any]) -> str:
    """The number of a team in the list that was shown."""
    number = chat.asked.number or 0
    if chat.outdated(question) or not 1 <= number <= len(question["teams"]):
        return say("bot.publishing.old") + steps("help")
    return _preview(chat, question["teams"][number - 1], _read_back(question["activity"]))


def _preview(chat: Chat, team_code: str, one: Said) -> str:
    found = proposals.propose(actor=chat.actor, team_code=team_code, said=one, at=chat.at)
    stamp = chat.remember("question", about="publish", team=team_code, activity=_kept(one))
    question = "\n\n".join([tap(said("yes"), stamp=stamp), tap(said("no"), stamp=stamp)])
    return _whole(chat, found) + "\n\n" + question


def _whole(chat: Chat, found: Proposal) -> str:
    draft = found.draft
    kind = sub_domain(draft.domain, draft.sub_domain)
    text = say(
        "bot.publishing.preview", team=short(found.team_name, 20), title=short(draft.title, 40),
        when=when(draft.starts_at, chat.at), until=clock_time(draft.ends_at), place=short(draft.place, 40),
        quota=draft.positions[0].quota, position=short(draft.positions[0].name, 12),
        kind=kind.name if kind else domain_name(draft.domain), content=short(draft.content, LONG),
        conditions=short(draft.conditions, LONG), risk=short(draft.risk_notice, LONG),
        safeguards=short(draft.safeguards, LONG),
    )  # fmt: skip
    key = "like" if found.like else "plain"
    return text + "\n\n" + say(f"bot.publishing.{key}", title=short(found.like, TITLE_LENGTH))


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """确认: written down and published, or handed to the centre; what cannot be published stays a draft."""
    chat.forget("question")
    found = proposals.propose(
        actor=chat.actor, team_code=question["team"], said=_read_back(question["activity"]), at=chat.at
    )
    code = activities.create(
        parts=chat.parts, actor=chat.actor, team_code=found.team_code, draft=found.draft, at=chat.at
    )
    link = page(f"{chat.parts.public_url}/console/activities/{code}", say("bot.publishing.open"))
    try:
        shown = activities.publish(actor=chat.actor, code=code, at=chat.at)
    except Refusal as refusal:
        if refusal.code not in LEAVES_A_DRAFT:
            raise
        return say("bot.publishing.draft", why=sentence(refusal), link=link) + steps("roster", "help")
    key = "done" if shown else "waits"
    return say(f"bot.publishing.{key}", title=short(found.draft.title, 40), link=link) + steps("activities", "notice")

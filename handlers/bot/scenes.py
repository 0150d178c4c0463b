"""What the official account's own QR codes mean: `b.` an invitation, `i.`/`o.` check in and out, `a.` an activity,
`t.` a team, `r.` a recruitment drive."""

from __future__ import annotations

from datetime import timedelta

from handlers.bot import commands
from handlers.bot.context import Chat
from handlers.bot.registry import on_scene
from handlers.bot.saying import short, steps, tap
from handlers.bot.scanning import scanned
from handlers.bot.words import said
from services import guessing
from services.accounts import enrolment, invites
from services.participation import attendance
from services.recruitment import drives
from wording import entry, say

#: An invitation is a question to think about; its code lives for a week, its question for a day.
INVITE_LIFE = timedelta(days=1)


@on_scene("b")
def invitation(chat: Chat, token: str) -> str:
    """A leader entered this person, or he was invited to a post, and the code is held out to him: is it he?"""
    if chat.bound and not invites.offers_post(token=token, volunteer_id=chat.speaker.volunteer_id, at=chat.at):
        return say("bot.invite.bound_already", name=chat.speaker.name) + steps("hours", "activities")
    with guessing.watched(account=str(chat.speaker.identity_id), door="bot", at=chat.at):
        opened = invites.open_invite(token=token, openid=chat.speaker.openid, at=chat.at)
    stamp = chat.remember("invite", token=token, life=INVITE_LIFE)
    consents = "\n".join(
        say("bot.invite.consent", title=each["title"])
        for each in [*enrolment.first_consents().values(), entry("promises.pledge"), entry("promises.agreement")]
    )
    facts = {"name": opened.masked_name, "team": short(opened.team_name, 40), "consents": consents}
    if opened.role:
        facts |= {"place": short(opened.place, 40), "role": entry("access.roles")[opened.role]}
        ask = say(f"bot.invite.{'ask_post_bound' if chat.bound else 'ask_post'}", **facts)
    else:
        ask = say("bot.invite.ask", **facts)
    return "\n\n".join(
        [ask, *(tap(said(each), stamp=stamp) for each in ("is_me", "not_me")), tap(said("terms"))]
    )


@on_scene("i")
def check_in(chat: Chat, shift_code: str) -> str:
    """The activity's static code to check in."""
    return _in_chat(chat, "in", shift_code)


@on_scene("o")
def check_out(chat: Chat, shift_code: str) -> str:
    """The activity's static code to check out."""
    return _in_chat(chat, "out", shift_code)


@on_scene("a")
def activity(chat: Chat, code: str) -> str:
    """One activity, ready to sign up for."""
    return commands.activities.one(chat, code)


@on_scene("r")
def drive(chat: Chat, code: str) -> str:
    """A recruitment drive: its team is asked about at once, or one near by; he is counted, and known by his WeChat."""
    identity_id = chat.actor.identity_id
    shown = drives.opened(
        code=code, visitor=f"wechat:{identity_id}", identity_id=identity_id, door="bot", at=chat.at
    )
    if shown.over:
        return say("joining.drive.over", title=short(shown.title, 40)) + steps("apply_team", "help")
    head = say("joining.drive.head", title=short(shown.title, 40)) + "\n\n"
    if shown.team_code:
        return head + commands.applications.scanned(chat, shown.team_code)
    return head + commands.applications.find(chat)


@on_scene("t")
def team(chat: Chat, code: str) -> str:
    """One team, ready to apply to."""
    return commands.applications.scanned(chat, code)


def _in_chat(chat: Chat, direction: str, shift_code: str) -> str:
    return scanned(
        chat,
        attendance.scan_in_chat(actor=chat.actor, direction=direction, shift_code=shift_code, at=chat.at),
    )

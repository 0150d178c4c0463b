"""服务证明: what he could have certified, in the period he named, the certificates he has, and the page for one."""

from __future__ import annotations

from datetime import timedelta

from handlers.bot.commands import register
from handlers.bot.commands.on_pages import office_phone
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import duration, page, span, steps
from handlers.bot.words import Period
from services.bookkeeping import spans
from services.certificates import views
from wording import say

#: Certificates that are named.
SHOWN = 3


@command("certificate", tells=True)
def show(chat: Chat) -> str:
    """How much it would be, and where it is asked for."""
    if not chat.bound:
        return register.how(chat)
    period = chat.asked.period
    told = spans.hours_of_span(
        volunteer_id=chat.volunteer_id, start=period.start if period else None, end=period.end if period else None
    )
    certified = told.total - told.transferred
    link = page(f"{chat.parts.public_url}/m/certificates{_chosen(period)}", say("bot.on_pages.certificate_link"))
    facts = {
        "span": span(period, chat.at) if period is not None else "", "link": link, "phone": office_phone(chat),
        "total": duration(certified),
    }  # fmt: skip
    text = say("bot.on_pages.certificate" if certified else "bot.on_pages.certificate_none", **facts)
    return text + _elsewhere(told.transferred) + _had(chat) + steps("hours", "liaison")


def _elsewhere(minutes: int) -> str:
    """His hours that others certify: they are among those he knows of, and not on what is issued here."""
    return "\n" + say("bot.on_pages.certificate_elsewhere", total=duration(minutes)) if minutes else ""


def _chosen(period: Period | None) -> str:
    """The period as the page's form takes it."""
    if period is None:
        return ""
    last = period.end - timedelta(days=1)
    if (period.start.month, period.start.day, last.month, last.day) == (1, 1, 12, 31) and (
        period.start.year == last.year
    ):
        return f"?when={period.start.year}"
    return f"?when={period.start.isoformat()}_{last.isoformat()}"


def _had(chat: Chat) -> str:
    found = views.mine(volunteer_id=chat.volunteer_id)[:SHOWN]
    if not found:
        return ""
    lines = [
        say("bot.on_pages.certificate_line", span=each.span, minutes=duration(each.minutes), word=each.word)
        for each in found
    ]
    return "\n\n" + "\n".join([say("bot.on_pages.certificate_had"), *lines])

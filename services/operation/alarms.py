"""What is wrong with the house is said to its operator in the chat (OPERATOR_OPENID), once an hour for each trouble.

A dead worker says nothing: for that `/healthz` is watched from outside.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from clock import local_day
from models import store
from models.store import Write
from services import limits
from services.conversation import amiss
from services.messaging import catalogue
from services.operation import escrow, health
from services.parts import Parts
from services.times import is_announced
from wechat.gateway import WechatFailure
from wechat.push import fit
from wording import entry, say

log = logging.getLogger("hongyao.worker")

AGAIN_SECONDS = 3600
#: How long before the state's calendar of holidays ends the operator is told, and after how long again: two days.
AHEAD, CALENDAR_SECONDS = timedelta(days=30), 172_800
#: How often the operator is reminded that the sheet with the keys lies in no safe: every week.
KEYS_SECONDS = 604_800
FORM = "notice"


def tell_operator(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Tell what is not well now and was not told within the hour; how many troubles. HTTP, so outside a write.

    By template where the account has one, else as a text, which WeChat takes while the operator wrote within two days.
    """
    wrong = [check for check in health.health(at=at, backup_every=backup_every(parts)).checks if not check.ok]
    told = 0
    for check in wrong:
        log.error("not well: %s: %s", check.name, check.detail)
        if parts.operator_openid and write(lambda name=check.name: first(name, AGAIN_SECONDS, at)):  # type: ignore[misc]
            told += sound(parts, check.name, _words(check.name), check.detail, at)
    for kind in amiss.KINDS:
        many, name = amiss.count(kind=kind, at=at), f"push_{kind}"
        if many and parts.operator_openid and write(lambda name=name: first(name, AGAIN_SECONDS, at)):  # type: ignore[misc]
            told += sound(parts, name, _words(name), f"{many} within {amiss.NEWS.seconds // 60} min", at)
    ahead = local_day(at) + AHEAD
    if not is_announced(ahead) and parts.operator_openid and write(lambda: first("calendar", CALENDAR_SECONDS, at)):
        told += sound(parts, "calendar", _words("calendar"), f"{ahead.year} is not in chinesecalendar", at)
    if parts.operator_openid and escrow.is_missing(parts) and write(lambda: first("keys", KEYS_SECONDS, at)):
        told += sound(parts, "keys", _words("keys"), f"flask key-sheet (mark {parts.key_mark})", at)
    return told


def backup_every(parts: Parts) -> timedelta | None:
    """How often the worker makes backups; None where it makes none."""
    own = parts.backups
    return timedelta(hours=own.hours) if own is not None and own.folder else None


def first(name: str, seconds: int, at: datetime) -> bool:
    """Whether this trouble was not told within so many seconds; it counts as told now. Inside a write."""
    return limits.tries(key=f"alarm|{name}", seconds=seconds, at=at) == 1


def _words(name: str) -> str:
    return str(entry("outbox.alarm.what").get(name, name))


def sound(parts: Parts, name: str, what: str, detail: str, at: datetime) -> int:
    """Send the operator one trouble called `name`, in the words `what`; 1 if the platform took it, else 0."""
    title = say("outbox.alarm.title", brand=parts.brand)
    template = parts.templates.get(FORM, "")
    try:
        if template:
            facts = {**catalogue.moment_facts(at), "sender": title, "text": what}
            values = {field: form.format(**facts) for field, form in entry(f"templates.{FORM}").items()}
            number = f"alarm-{name}-{at:%Y%m%d%H}"[:32]
            parts.gateway.send_template(
                parts.operator_openid, template, fit(values), url=f"{parts.public_url}/healthz", client_msg_id=number
            )
        else:
            text = say("outbox.alarm.text", title=title, what=what, detail=detail)
            parts.gateway.send_text(parts.operator_openid, text)
    except WechatFailure as failure:
        log.critical("the operator was not told of %s: %s", name, failure)
        return 0
    return 1

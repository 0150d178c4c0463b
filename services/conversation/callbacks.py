"""What WeChat's status events do: a template arrived or not, a subscription was allowed, refused or used.

Called by the callback handlers of both accounts for the events listed in `EVENTS`, inside or outside a write.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models import store
from services.accounts import following, identity
from services.messaging import mass
from services.messaging.inbox import credit
from services.messaging.results import SUCCESS, result_event
from services.parts import Parts

if TYPE_CHECKING:
    from wechat.inbound import Inbound

TEMPLATE_DONE = "templatesendjobfinish"
POPUP, CHANGE, SENT = "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"
#: The person took back what he had let one of our accounts have; a changed nickname changes nothing we keep.
REVOKED, CANCELLED = "user_authorization_revoke", "user_authorization_cancellation"
MASS_DONE = "masssendjobfinish"
EVENTS = frozenset({TEMPLATE_DONE, POPUP, CHANGE, SENT, REVOKED, CANCELLED, MASS_DONE})


def status_event(*, parts: Parts, kind: str, inbound: Inbound, at: datetime) -> bool:
    """Apply one status event of account `kind` (oa or mp); False if it is none, or none of our templates.

    An accepted dialog adds one message to what the person allows; a change to `reject` in WeChat's settings
    takes all away; a failed send means not reached. The answer to WeChat is `success` in every case.
    """
    if inbound.event == TEMPLATE_DONE:
        return result_event(msgid=inbound.msg_id, status=str(inbound.raw.get("Status") or ""), at=at)
    if inbound.event == MASS_DONE:
        return _mass_done(inbound)
    if inbound.event in (REVOKED, CANCELLED):
        _taken_back(parts, kind, inbound, at)
        return True
    if inbound.event not in EVENTS:
        return False
    names = {ident: name for name, ident in parts.templates.items()}
    done = False
    for item in inbound.subscriptions:
        if inbound.event == SENT:
            status = SUCCESS if item.error_code in ("", "0") else f"failed: {item.error_code}"
            done = (bool(item.msgid) and result_event(msgid=item.msgid, status=status, at=at)) or done
            continue
        name = names.get(item.template_id)
        if name is None:
            continue
        if inbound.event == POPUP and item.status == "accept":
            _credit(parts, kind, inbound.openid, name, 1, at)
            done = True
        elif inbound.event == CHANGE and item.status == "reject":
            _credit(parts, kind, inbound.openid, name, None, at)
            done = True
    return done


def _mass_done(inbound: Inbound) -> bool:
    numbers = [str(inbound.raw.get(name) or "0") for name in ("TotalCount", "SentCount", "ErrorCount")]
    total, sent, failed = (int(each) if each.isascii() and each.isdigit() else 0 for each in numbers)
    status = str(inbound.raw.get("Status") or "")
    return mass.finished(msg_id=inbound.msg_id, status=status, total=total, sent=sent, failed=failed)


def _taken_back(parts: Parts, kind: str, inbound: Inbound, at: datetime) -> None:
    appid = parts.mp_appid if kind == "mp" else parts.oa_appid
    openid = str(inbound.raw.get("OpenID") or inbound.openid)

    def act() -> None:
        if inbound.event == CANCELLED:
            following.authorisation_cancelled(appid=appid, openid=openid, at=at)
            return
        what = str(inbound.raw.get("RevokeInfo") or "")
        following.authorisation_revoked(appid=appid, openid=openid, what=what, at=at)

    store.write(act)


def _credit(parts: Parts, kind: str, openid: str, name: str, change: int | None, at: datetime) -> None:
    appid = parts.mp_appid if kind == "mp" else parts.oa_appid

    def act() -> None:
        who = identity.identity_of(appid=appid, openid=openid, kind=kind, at=at)
        credit(identity_id=who.id, template=name, change=change, at=at)

    store.write(act)

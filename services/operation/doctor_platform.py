"""The part of the examination that asks WeChat: clock, accounts, templates, the rule for codes, who gets alarms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from services.operation.findings import OK, UNSURE, WRONG, Finding
from services.parts import Parts
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure
from wechat.inspection import Inspection
from wording import entry

#: The platform takes signatures of five minutes; a clock that is off by one drifts there.
CLOCK_SECONDS = 60
IP_NOT_LISTED, BAD_APPID, NOT_PERMITTED = 40164, 40013, {48001, 50001, 50002}
SECRET_WRONG = {40001, 40125, 40243}
PAGE = "pages/home/home"
TEMPLATES = ("reminder", "notice", "confirm", "sub_reminder", "sub_notice")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\b")


def examine(
    *, parts: Parts, house_fields: Mapping[str, tuple[str, ...]], inspection: Inspection, at: datetime
) -> Iterator[Finding]:
    """What the platform says, account by account; one that is not let in, or not filled in, is asked nothing more."""
    yield from _clock(inspection, at)
    official = _account("oa", "official", inspection.official_known) if parts.oa_appid else None
    mini = _account("mp", "mini", inspection.mini_known) if parts.mp_appid else Finding(UNSURE, "no_mini")
    yield from (each for each in (official, mini) if each is not None)
    if official is not None and official.state == OK:
        yield from _templates(parts, house_fields, "", inspection.official_templates)
        yield from _operator(parts)
    if mini.state == OK:
        yield from _templates(parts, house_fields, "sub_", inspection.mini_templates)
        yield from _links(parts, inspection)


def _clock(inspection: Inspection, at: datetime) -> Iterator[Finding]:
    try:
        apart = abs(round((inspection.platform_time() - at).total_seconds()))
    except WechatFailure:
        return  # the accounts tell that the platform is not reached
    yield Finding(WRONG if apart > CLOCK_SECONDS else OK, "clock", {"seconds": apart})


def _account(account: str, name: str, ask: Callable[[], None]) -> Finding:
    try:
        ask()
    except WechatFailure as failure:
        return _refused(entry(f"doctor.account.{account}"), failure)
    return Finding(OK, name)


def _refused(account: str, failure: WechatFailure) -> Finding:
    facts = {"account": account}
    code = failure.errcode
    if code == IP_NOT_LISTED:
        told = _ADDRESS.search(failure.errmsg)
        return Finding(WRONG, "ip", facts | {"ip": told.group() if told else entry("doctor.own_address")})
    if code == BAD_APPID:
        return Finding(WRONG, "appid", facts)
    if code in SECRET_WRONG:
        return Finding(WRONG, "secret", facts)
    if code in NOT_PERMITTED:
        return Finding(WRONG, "permission", facts)
    return Finding(UNSURE, "platform", facts | {"reason": _code(failure)})


def _templates(
    parts: Parts, own_fields: Mapping[str, tuple[str, ...]], begin: str,
    ask: Callable[[], dict[str, tuple[str, ...]]],
) -> Iterator[Finding]:  # fmt: skip
    """Each template of this account's settings: is it there, and are its keywords those that are filled?"""
    wanted = [name for name in TEMPLATES if name.startswith("sub_") == bool(begin)]
    if any(name in parts.templates for name in wanted):
        try:
            there = ask()
        except WechatFailure as failure:
            yield Finding(UNSURE, "refused_code", {"what": entry("doctor.templates"), "code": _code(failure)})
            return
    for name in wanted:
        if name not in parts.templates:
            yield Finding(UNSURE, "template_missing", {"name": name})
            continue
        real = there.get(parts.templates[name])
        own = own_fields.get(name) or tuple(entry(f"templates.{name.removeprefix('sub_')}"))
        if real is None:
            yield Finding(WRONG, "template", {"name": name})
        elif set(real) != set(own):
            joint = entry("doctor.joint")
            facts = {"name": name, "real": joint.join(real), "own": joint.join(own), "real_dotted": ".".join(real)}
            yield Finding(WRONG, "template_fields", facts)
        else:
            yield Finding(OK, "template", {"name": name})


def _links(parts: Parts, inspection: Inspection) -> Iterator[Finding]:
    prefix = f"{parts.public_url}/q/"
    try:
        rules = inspection.link_rules()
    except WechatFailure as failure:
        yield Finding(UNSURE, "link_rule", {"code": _code(failure)})
        return
    rule = next((each for each in rules if each.prefix == prefix), None)
    if rule is None:
        yield Finding(WRONG, "link_rule", {"prefix": prefix})
    elif rule.page != PAGE:
        yield Finding(WRONG, "link_rule_page", {"prefix": prefix, "page": rule.page, "own": PAGE})
    elif not rule.published:
        yield Finding(WRONG, "link_rule_waits", {"prefix": prefix})
    else:
        yield Finding(OK, "link_rule")


def _operator(parts: Parts) -> Iterator[Finding]:
    if not parts.operator_openid:
        yield Finding(UNSURE, "operator")
        return
    try:
        follows = parts.gateway.follower(parts.operator_openid).following
    except WechatFailure as failure:
        if failure.kind not in (Kind.PERMANENT, Kind.USER_STATE):
            yield Finding(UNSURE, "refused_code", {"what": entry("doctor.alarm"), "code": _code(failure)})
            return
        follows = False
    yield Finding(OK if follows else WRONG, "operator")


def _code(failure: WechatFailure) -> str:
    return str(failure.errcode) if failure.errcode is not None else failure.errmsg

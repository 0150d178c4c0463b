"""帮我爸查一下时长, 替老王报名, 查一下王德胜的积分: somebody asks for another person."""

from __future__ import annotations

import re
from functools import cache

from wording import entry

#: What one does for another; registering is not among them, for that leads to the form.
_ACTS = r"查|看|瞧|望望|问|报|取消|退|签到|签退|签个|打卡|打个卡|兑|换|开|打个?证明|请假|改|弄"
#: What is asked about.
_MATTERS = r"时长|工时|小时|钟头|积分|多少分|几分|几星|星级|服务了|证明|签到|签退|报名|报个名|报上名"


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    known = entry("understanding.others")
    kin, surname = "|".join(sorted(known["kin"], key=len, reverse=True)), f"[{known['surnames']}]"
    near = "家|那|那个|的|队里的?|村里的?|社区的?|隔壁的?|楼上的?|对门的?|邻居|同村的?"
    called = "大爷|大妈|大娘|大伯|叔|婶|师傅|奶奶|爷爷"
    who = rf"(?:我们?|俺们?|咱们?|你)?(?:{near})?(?:{kin}|(?:老|小){surname}|{surname}(?:{called}))"
    unable = r"没有?(?:手机|微信|智能手机)|不会(?:用|弄|打字|使)"
    return (
        re.compile(rf"(?:帮|给|替|代|为)(?:一下|忙)?{who}.{{0,8}}?(?:{_ACTS})"),
        re.compile(rf"(?:{_ACTS})(?:一下|下|查|看)?{who}的?.{{0,8}}?(?:{_MATTERS})"),
        re.compile(
            rf"^(?:请问|麻烦|请|帮忙|想)*{who}(?:.{{0,6}}(?:{unable})|(?!.*[我俺咱]).{{0,10}}?(?:{_MATTERS}))"
        ),
        re.compile(rf"^我是(?:他|她|{surname}.{{1,3}}的?)(?:{kin}).*(?:{_ACTS}|{_MATTERS})"),
        re.compile(rf"(?:查|看)(?:一下|下|查|看|看下)?{surname}[\u4e00-\u9fff]{{1,2}}(?:同志)?的(?:{_MATTERS})"),
    )


def meant(text: str) -> bool:
    """Whether the sentence asks for another person; ~ and & stand for its period and team."""
    against = entry("understanding.others.unless")
    return not any(word in text for word in against) and any(form.search(text) for form in _forms())

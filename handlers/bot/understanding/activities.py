"""The activity that somebody names when he signs up or stays away: 看望老兵那个, 参加清洁河岸的活动."""

from __future__ import annotations

import re

#: Behind a verb of joining, up to 的活动 or the end: 我要参加清洁河岸的活动, 报名敬老院慰问.
_JOINED = re.compile(
    r"(?<!怎么)(?<!咋)(?<!如何)(?<!哪里)(?<!哪)(?:报名参加|报名|参加)(?P<name>[^,.;:!?~&#]{2,16}?)(?:的活动|这个活动|那个活动|活动|那个|这个|$)"
)
#: Before 那个 or 活动: 看望老兵那个给我报个名, 清洁河岸那个活动我去不了.
_POINTED = re.compile(r"(?P<name>[^,.;:!?~&#]{2,16}?)(?:的那个活动|那个活动|这个活动|的活动|那个|这个)")
#: Before the verb: 河道清淤算我一个.
_LEADING = re.compile(
    r"^(?:~的?)?(?P<name>[^,.;:!?~&#]{2,16}?)(?:也)?"
    r"(?:算我|加我|算上我|加上我|给我报|给俺报|帮我报|[我俺](?:也|都)?(?:要|想|来|能)?(?:报名|报|参加|去))"
)
#: 巡堤我不去了; what hinders him is no activity.
_LEFT = re.compile(
    r"^(?:~的?)?(?:[我俺](?:得|要)?.{2,8}?)??(?P<name>[^,.;:!?~&#]{2,8}?)(?:[我俺]?就?)"
    r"(?:不去|去不|不参加|参加不|来不了|不来|不克)"
)
_HINDERS = re.compile(
    r"[病疼痛雨雪事忙烧医药累滑冷热头腰腿脚崴家孙儿女院伤乏晕天路车活咳酸感冒血酒客了喜日针撞吵烦班检]|下大|不了|不能|没法|没空|今|明|这|那|我|俺"
)
_BEGINNINGS = re.compile(r"^(?:我|俺|咱|你|您|想|要|帮|给|把|请|就是|那个|这个|麻烦|不好意思|的|去|来|也)+")
_NO_NAMES = re.compile(
    r"^(?:一下|一个|一项|什么|啥|哪个|哪些|不了|不成|个名|了|的|吗|呢|好|志愿|志愿者|服务|志愿服务|活动|培训|怎么.*|咋.*)+$"
    r"|不[去来]|[去来]不|^(?:上午|下午|晚上|早上|中午|那场|那次|登记上|对不起)$|^的?人[有都]|^[啊呀吧呢嘛咯喽]"
)


def name_in(text: str, command: str) -> str:
    """The name as it was spoken; "" where none is named."""
    forms = (_JOINED, _POINTED, _LEADING) if command == "signup" else (_POINTED, _LEFT)
    for form in forms:
        found = form.search(text)
        if found is not None:
            name = _BEGINNINGS.sub("", found["name"]).removesuffix("的")
            if len(name) > 1 and not _NO_NAMES.search(name) and not (form is _LEFT and _HINDERS.search(name)):
                return name
    return ""

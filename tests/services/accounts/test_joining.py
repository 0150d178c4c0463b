"""Mini-program and chat become one person by six digits, where no Open Platform account joins them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Volunteer, WechatIdentity, store
from services.accounts import joining
from services.errors import Refusal, RefusalCode
from services.participation import digits
from tests.support import world
from tests.support.world import World


def identity(at: datetime, person: Volunteer | None, kind: str) -> WechatIdentity:
    return store.write(lambda: world.make_identity(at, person, kind))


def person(at: datetime, **more: Any) -> Volunteer:
    return store.write(lambda: world.make_volunteer(at, "陈新兵", **more))


def join(shown: WechatIdentity, typed: WechatIdentity, at: datetime) -> Any:
    code = joining.show_digits(identity_id=shown.id, at=at)
    claim = digits.redeem(digits=code, openid=typed.openid, at=at)
    return joining.join(claim=claim, identity_id=typed.id, at=at)


def owners(*identities: WechatIdentity) -> list[int | None]:
    return [WechatIdentity.get_by_id(each.id).volunteer_id for each in identities]


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def test_chat_becomes_that_of_who_registered_in_the_mini_program(cast: World, at: datetime) -> None:
    who = person(at)
    mini, chat = identity(at, who, "mp"), identity(at, None, "oa")
    assert join(mini, chat, at).volunteer_id == who.id
    assert owners(mini, chat) == [who.id, who.id]


def test_mini_program_becomes_that_of_who_registered_in_the_chat(cast: World, at: datetime) -> None:
    who = person(at)
    mini, chat = identity(at, None, "mp"), identity(at, who, "oa")
    join(mini, chat, at)
    assert owners(mini, chat) == [who.id, who.id]


def test_joining_what_is_joined_changes_nothing(cast: World, at: datetime) -> None:
    who = person(at)
    mini, chat = identity(at, who, "mp"), identity(at, who, "oa")
    join(mini, chat, at)
    assert owners(mini, chat) == [who.id, who.id]


def test_two_strangers_are_not_joined(cast: World, at: datetime) -> None:
    mini, chat = identity(at, None, "mp"), identity(at, None, "oa")
    assert refused(lambda: join(mini, chat, at)) is RefusalCode.NOT_REGISTERED
    assert owners(mini, chat) == [None, None]


def test_two_people_are_not_made_one(cast: World, at: datetime) -> None:
    first, second = person(at), person(at)
    mini, chat = identity(at, first, "mp"), identity(at, second, "oa")
    assert refused(lambda: join(mini, chat, at)) is RefusalCode.ALREADY_BOUND
    assert owners(mini, chat) == [first.id, second.id]


def test_who_has_left_is_not_joined(cast: World, at: datetime) -> None:
    who = person(at, state="left")
    mini, chat = identity(at, who, "mp"), identity(at, None, "oa")
    assert refused(lambda: join(mini, chat, at)) is RefusalCode.ACCOUNT_CLOSED
    assert owners(chat) == [None]


def test_digits_for_something_else_join_nobody(cast: World, at: datetime) -> None:
    chat = identity(at, None, "oa")
    claim = digits.Claim(purpose="scan", subject=str(chat.id))
    assert refused(lambda: joining.join(claim=claim, identity_id=chat.id, at=at)) is RefusalCode.DIGITS_WRONG


def test_unionid_brings_its_other_identities_along(cast: World, at: datetime) -> None:
    who = person(at)
    mini, chat = identity(at, who, "mp"), identity(at, None, "oa")
    other = store.write(lambda: world.make_identity(at, None, "mp", unionid="u-1", appid="wx-other"))
    store.write(lambda: WechatIdentity.update(unionid="u-1").where(WechatIdentity.id == chat.id).execute())
    join(mini, chat, at)
    assert owners(other) == [who.id]

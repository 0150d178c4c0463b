"""A leader's kit for a place without a network: one link for one phone, names and photos, and its end."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, AuditEntry, OfflineKit, RoleGrant, Session, Volunteer, store
from services import codes
from services.accounts import sessions
from services.errors import RefusalCode
from services.participation import kits, revocations
from tests.services.participation.offline_phone import SECRET, open_phone
from tests.services.participation.test_attendance import refused
from tests.support.fakes import make_parts
from tests.support.world import World, grant, join, make_volunteer, sign_up

C = RefusalCode


def issue(world: World, at: datetime, who: Volunteer | None = None) -> str:
    actor = world.actor(who or world.ali, "pages")
    link = kits.issue(parts=make_parts(), actor=actor, activity_code=world.activity.code, at=at)
    assert link.url.startswith("http://localhost:8000/o/")
    return link.url.rsplit("/", 1)[-1]


def opened(link: str, at: datetime, secret: str = SECRET) -> kits.Kit:
    return kits.open_link(link=link, secret=secret, device="", at=at)


def test_link_opens_one_phone(cast: World, at: datetime) -> None:
    link = issue(cast, at)
    kit = opened(link, at)
    assert (kit.activity_code, kit.leader_id) == (cast.activity.code, cast.ali.id)
    assert refused(lambda: opened(link, at, "another" * 7)) is C.KIT_LINK_INVALID


def test_same_phone_may_ask_again_when_the_answer_was_lost(cast: World, at: datetime) -> None:
    link = issue(cast, at)
    assert opened(link, at) == opened(link, at + timedelta(hours=5))
    assert Session.select().where(Session.kind == "offline").count() == 1


def test_only_hashes_of_link_and_secret_are_kept(cast: World, at: datetime) -> None:
    link = issue(cast, at)
    opened(link, at)
    row = OfflineKit.get()
    assert (row.link_hash, row.session_hash) == (codes.token_hash(link), codes.token_hash(SECRET))


def test_link_lives_two_hours(cast: World, at: datetime) -> None:
    late, good = issue(cast, at), issue(cast, at)
    assert opened(good, at + timedelta(minutes=119)).id
    assert refused(lambda: opened(late, at + timedelta(hours=2), "t" * 43)) is C.KIT_LINK_INVALID
    assert refused(lambda: opened("no-such-link", at)) is C.KIT_LINK_INVALID


@pytest.mark.parametrize(
    ("state", "expected"), [("cancelled", C.ACTIVITY_CANCELLED), ("draft", C.ACTIVITY_STATE)]
)
def test_no_kit_for_what_does_not_take_place(
    cast: World, at: datetime, state: str, expected: RefusalCode
) -> None:
    store.write(Activity.update(state=state).where(Activity.id == cast.activity.id).execute)
    assert refused(lambda: issue(cast, at)) is expected


def test_only_who_leads_gets_a_kit(cast: World, at: datetime) -> None:
    assert refused(lambda: issue(cast, at, cast.xiaobo)) is C.NOT_ALLOWED
    assert refused(lambda: issue(cast, at, cast.chali)) is C.NOT_FOUND


def contents(cast: World, kit: kits.Kit, at: datetime) -> dict[str, Any]:
    return kits.contents(parts=make_parts(), kit=kit, at=at)


def test_kit_holds_names_and_no_telephone(cast: World, at: datetime) -> None:
    def fill() -> None:
        sign_up(at, cast.shift, cast.xiaobo)
        join(at, cast.team, make_volunteer(at, "周老三"))

    store.write(fill)
    made = contents(cast, open_phone(cast, at).kit, at)
    assert [(each["name"], each["me"]) for each in made["people"]] == [("王小博", False)]
    assert [each["name"] for each in made["others"]] == ["周老三"]
    assert set(made["people"][0]) == {"no", "name", "shift", "photo", "in_at", "out_at", "me"}
    assert set(made["others"][0]) == {"no", "name"}
    assert "phone" not in json.dumps(made)


def test_kit_says_how_codes_are_checked(cast: World, at: datetime) -> None:
    revocations.revoke(actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, reason="", at=at)
    made = contents(cast, open_phone(cast, at).kit, at)
    assert made["key"] == codes.public_key(make_parts().sign_key)
    assert made["revoked"] == {cast.xiaobo.public_no: round(at.timestamp() * 1000) + 1000}
    assert (made["prefix"], made["server_now"]) == ("http://localhost:8000/q/", round(at.timestamp() * 1000))


def test_list_is_given_until_twelve_hours_after_the_end(cast: World, at: datetime) -> None:
    kit = open_phone(cast, at).kit
    last = cast.activity.ends_at + timedelta(hours=12)
    assert contents(cast, kit, last)["kit"] == kit.code
    assert refused(lambda: contents(cast, kit, last + timedelta(seconds=1))) is C.KIT_OVER


def test_list_is_not_given_to_one_who_no_longer_leads(cast: World, at: datetime) -> None:
    kit = open_phone(cast, at).kit
    store.write(RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.ali.id).execute)
    assert refused(lambda: contents(cast, kit, at)) is C.NOT_ALLOWED


def test_lost_phone_is_shut_out_at_once(cast: World, at: datetime) -> None:
    kit = open_phone(cast, at).kit
    kits.revoke(actor=cast.actor(cast.ali), kit_code=kit.code, at=at)
    assert sessions.authenticate(token=SECRET, kind="offline", at=at) is None
    assert refused(lambda: kits.of_session(SECRET)) is C.KIT_OVER
    assert [e.verb for e in AuditEntry.select().order_by(AuditEntry.id)] == ["offline.issue", "offline.revoke"]


def test_wiped_phone_is_logged_out(cast: World, at: datetime) -> None:
    kit = open_phone(cast, at).kit
    kits.wiped(kit=kit, at=at)
    assert sessions.authenticate(token=SECRET, kind="offline", at=at) is None
    assert OfflineKit.get().wiped_at == at


def test_who_leads_sees_which_phones_have_a_kit(cast: World, at: datetime) -> None:
    issue(cast, at)
    phone = open_phone(cast, at)
    found = kits.listed(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at)
    assert [(line.code, line.leader, line.device, line.items) for line in found] == [
        (phone.kit.code, "李阿丽", "测试手机", 0)
    ]


def test_what_an_earlier_kit_kept_may_come_by_the_next(cast: World, at: datetime) -> None:
    old, new = open_phone(cast, at).kit, open_phone(cast, at, secret="t" * 43).kit
    assert kits.for_upload(kit=new, code=old.code) == old
    store.write(lambda: grant(at, cast.chali, "deputy", team=cast.team))
    others = open_phone(cast, at, leader=cast.chali, secret="u" * 43).kit
    assert refused(lambda: kits.for_upload(kit=new, code=others.code)) is C.NOT_FOUND


def test_offline_session_opens_no_other_door(cast: World, at: datetime) -> None:
    open_phone(cast, at)
    for kind in ("api", "h5", "console"):
        assert sessions.authenticate(token=SECRET, kind=kind, at=at) is None

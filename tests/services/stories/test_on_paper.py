"""A story and those without a phone: their word on paper; a story that waits is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import Delivery, Story, StoryPerson, store
from services.lives import proxies, proxy_desk
from services.stories import consents, review, views
from tests.services.stories.conftest import TEXT, jpeg, refused
from tests.support import world
from tests.support.world import COUNTY


def test_whoever_has_no_phone_agrees_on_paper_and_neither_writer_nor_helper_decides(
    cast: Any, at: Any, house: Any, told: str, hand_in: Any
) -> None:
    ali, officer = cast.actor(cast.ali, "console"), cast.actor(cast.officer, "console")

    def second() -> Any:
        made = world.make_volunteer(at, "周同志")
        world.grant(at, made, "region_admin", region=COUNTY)
        return made

    helper = cast.actor(store.write(second), "console")
    facts = {
        "parts": house, "public_no": cast.xiaobo.public_no, "subject": f"story:{told}", "form": jpeg(), "at": at,
    }  # fmt: skip
    assert refused(lambda: proxies.act_for(actor=officer, act="story_yes", **facts)) == "not_found"  # nobody asked yet
    hand_in(told)
    desk = proxy_desk.desk(parts=house, actor=helper, public_no=cast.xiaobo.public_no, act="story_yes", at=at)
    assert [(each.key, TEXT.split("\n")[0] in each.text, "1 张照片" in each.text) for each in desk.chances] == [
        (f"story:{told}", True, True),
    ]  # fmt: skip
    assert refused(lambda: proxies.act_for(actor=ali, act="story_yes", **facts)) == "proxy_gains"
    proxies.act_for(actor=helper, act="story_yes", **facts)
    assert (Story.get().state, StoryPerson.get().state) == ("review", "given")
    waiting = [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "story_review")]
    assert waiting == [cast.officer.id]
    decide = {"code": told, "publishes": True, "reason": "", "at": at}
    assert refused(lambda: review.decide(actor=helper, **decide)) == "own_record"
    review.decide(actor=officer, **decide)
    assert views.read(code=told).names == ["王小博"]
    proxies.act_for(actor=helper, act="story_back", **facts)
    assert refused(lambda: views.read(code=told)) == "not_found"


def test_story_that_waits_is_taken_back_and_asks_again(cast: Any, at: Any, told: str, hand_in: Any) -> None:
    ali = {"actor": cast.actor(cast.ali, "console"), "code": told, "at": at}
    assert refused(lambda: consents.recall(**ali)) == "story_state"
    hand_in(told)
    assert refused(lambda: consents.recall(**ali | {"actor": cast.actor(cast.chali, "console")})) == "not_found"
    consents.recall(**ali)
    assert Story.get().state == "draft"
    xiaobo = {"actor": cast.actor(cast.xiaobo, "pages"), "code": told, "at": at}
    assert refused(lambda: consents.answer(**xiaobo, agrees=True)) == "story_state"
    later = at + timedelta(hours=1)
    hand_in(told, at=later)
    assert Delivery.select().where(Delivery.kind == "story_asked").count() == 2
    consents.answer(**xiaobo | {"at": later}, agrees=True)
    consents.recall(**ali)
    hand_in(told, at=later)  # nothing changed: his yes holds
    assert Story.get().state == "review"

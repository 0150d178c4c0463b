"""A story from its first word until it is taken back."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from models import Delivery, StoredFile, Story, StoryPerson, Volunteer, store
from services.stories import consents, posting, review, views, writing
from services.stories.writing import StoryDraft
from tests.services.stories.conftest import TEXT, jpeg, refused
from tests.support.world import PROVINCE, grant, make_identity, make_volunteer
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure


def _state(code: str) -> str:
    return str(Story.get(Story.code == code).state)


def _kinds(person: Volunteer) -> list[str]:
    rows = Delivery.select(Delivery.kind).where(Delivery.volunteer == person).order_by(Delivery.id)
    return [str(row.kind) for row in rows]


def test_story_is_published_after_the_person_and_the_centre_said_yes(
    cast: Any, at: Any, house: Any, told: str, hand_in: Any
) -> None:
    xiaobo, officer = cast.actor(cast.xiaobo, "pages"), cast.actor(cast.officer, "console")
    assert refused(lambda: hand_in(told, nobody_else=False)) == "photo_consent"
    hand_in(told)
    assert (_state(told), _kinds(cast.xiaobo)) == ("asking", ["story_asked"])
    decide = {"actor": officer, "code": told, "publishes": True, "reason": "", "at": at}
    assert refused(lambda: review.decide(**decide)) == "story_state"
    consents.answer(actor=xiaobo, code=told, agrees=True, at=at)
    consents.answer(actor=xiaobo, code=told, agrees=True, at=at)  # a second tap
    assert (_state(told), _kinds(cast.officer)) == ("review", ["story_review"])
    assert refused(lambda: review.decide(**decide | {"publishes": False})) == "reason_required"
    assert refused(lambda: views.read(code=told)) == "not_found"
    review.decide(**decide)
    shown = views.read(code=told)
    assert (shown.title, shown.paragraphs, shown.names, shown.photos) == (
        "守堤三天", TEXT.split("\n"), ["王小博"], ["大堤上"],
    )  # fmt: skip
    picture = views.photo(parts=house, code=told, number=0)
    assert (picture[:2], b"Exif" in jpeg(), b"Exif" in picture, b"PhoneOfZhang" in picture) == (
        b"\xff\xd8", True, False, False,
    )  # fmt: skip
    assert [each.code for each in views.latest(region_code="3415")] == [told]


def test_consent_is_for_what_was_read(cast: Any, at: Any, told: str, hand_in: Any) -> None:
    ali, officer = cast.actor(cast.ali, "console"), cast.actor(cast.officer, "console")
    hand_in(told)
    consents.answer(actor=cast.actor(cast.xiaobo, "pages"), code=told, agrees=True, at=at)
    review.decide(actor=officer, code=told, publishes=False, reason="再写细一点", at=at)
    writing.edit(actor=ali, code=told, written=StoryDraft("守堤五天", TEXT, "D3", "flood"), at=at)
    assert [each.state for each in views.page(actor=ali, code=told, at=at).people] == ["old"]
    hand_in(told)
    assert (_state(told), StoryPerson.get().state) == ("asking", "waiting")


def test_a_no_takes_the_photos_and_is_not_argued_with(cast: Any, at: Any, house: Any, told: str, hand_in: Any) -> None:
    ali, xiaobo = cast.actor(cast.ali, "console"), cast.actor(cast.xiaobo, "pages")
    hand_in(told)
    consents.answer(actor=xiaobo, code=told, agrees=False, at=at)
    shown = views.page(actor=ali, code=told, at=at)
    assert (shown.state, shown.photos, _kinds(cast.ali)) == ("draft", [], ["story_declined"])
    assert refused(lambda: hand_in(told)) == "story_consent"  # his name stands in it
    put = {"actor": ali, "code": told, "public_no": cast.xiaobo.public_no, "shows": "name", "at": at}
    assert refused(lambda: writing.put_person(**put)) == "story_consent"
    writing.drop_person(actor=ali, code=told, public_no=cast.xiaobo.public_no, at=at)
    assert refused(lambda: writing.put_person(**put)) == "story_consent"
    writing.edit(actor=ali, code=told, written=StoryDraft("守堤三天", "一位老兵守了三天三夜。", "D3", "flood"), at=at)
    hand_in(told)
    assert (_state(told), _kinds(cast.xiaobo)) == ("review", ["story_asked"])


def test_consent_taken_back_takes_the_story_down_at_once(
    cast: Any, at: Any, house: Any, told: str, publish: Any
) -> None:
    publish(told)
    posting.post(actor=_province(cast, at), code=told, at=at)
    assert posting.work(parts=house, at=at) == 1
    kept = str(StoredFile.get().path)
    consents.take_back(actor=cast.actor(cast.xiaobo, "pages"), code=told, at=at + timedelta(days=40))
    assert refused(lambda: views.read(code=told)) == "not_found"
    assert refused(lambda: views.photo(parts=house, code=told, number=0)) == "not_found"
    assert (StoredFile.select().count(), Path(house.storage.place, kept).exists()) == (0, True)  # the sweep's, tonight
    assert (_state(told), _kinds(cast.ali)[-1]) == ("withdrawn", "story_withdrawn")
    assert "story_pull" in [row.kind for row in Delivery.select()]


def test_right_to_take_back_goes_with_a_merged_entry(cast: Any, at: Any, told: str, publish: Any) -> None:
    publish(told)

    def merge() -> None:
        Volunteer.update(state="merged", merged_into=cast.chali).where(Volunteer.id == cast.xiaobo.id).execute()

    store.write(merge)
    chali = cast.actor(cast.chali, "pages")
    assert [each.code for each in views.mine(actor=chali)] == [told]
    consents.take_back(actor=chali, code=told, at=at)
    assert _state(told) == "withdrawn"


def _province(cast: Any, at: Any) -> Any:
    def make() -> Volunteer:
        person = make_volunteer(at, "省厅同志", region_code=PROVINCE)
        make_identity(at, person, "oa")
        grant(at, person, "region_admin", region=PROVINCE)
        return person

    return cast.actor(store.write(make), "console")


def test_member_who_is_named_is_asked(cast: Any, at: Any, told: str, hand_in: Any) -> None:
    writing.drop_person(actor=cast.actor(cast.ali, "console"), code=told, public_no=cast.xiaobo.public_no, at=at)
    assert (refused(lambda: hand_in(told)), _state(told), _kinds(cast.xiaobo)) == ("story_unasked", "draft", [])


def test_nobody_decides_on_his_own_story(cast: Any, at: Any, house: Any, told: str, hand_in: Any) -> None:
    officer = cast.actor(cast.officer, "console")
    writing.put_person(actor=officer, code=told, public_no=cast.officer.public_no, shows="name", at=at)
    hand_in(told, actor=officer)  # he is in it, and hands it in: that is his yes
    consents.answer(actor=cast.actor(cast.xiaobo, "pages"), code=told, agrees=True, at=at)
    decide = {"code": told, "publishes": True, "reason": "", "at": at}
    assert refused(lambda: review.decide(actor=officer, **decide)) == "own_record"
    assert refused(lambda: review.decide(actor=cast.actor(cast.ali, "console"), **decide)) == "not_found"
    review.decide(actor=_province(cast, at), **decide)
    assert _state(told) == "published"


def test_visit_tells_no_house_no_hour_and_shows_no_face(
    cast: Any, at: Any, house: Any, publish: Any, told: str
) -> None:
    ali = cast.actor(cast.ali, "console")

    def begin(text: str, title: str = "看望老班长") -> str:
        draft = StoryDraft(title, text, "D4", "visits")
        return writing.create(actor=ali, team_code=cast.team.code, region_code="", draft=draft, at=at)

    for words in ("住在3号楼2单元", "6月8日去看他", "下午三点到他家", "8:30 出发", "门牌十二号院"):
        assert refused(lambda words=words: begin(f"老班长{words}，我们去了。")) == "story_private"
    code = begin("老班长腿脚不便，队员每个月都去陪他说话，王小博从没落下过。")
    assert refused(
        lambda: writing.add_photo(parts=house, actor=ali, code=code, photo=jpeg(), caption="", at=at)
    ) == "story_faces"  # fmt: skip
    put = {"actor": ali, "code": code, "public_no": cast.xiaobo.public_no, "at": at}
    assert refused(lambda: writing.put_person(**put, shows="both")) == "story_faces"
    visits = StoryDraft("守堤三天", TEXT, "D4", "visits")
    assert refused(lambda: writing.edit(actor=ali, code=told, written=visits, at=at)) == "story_faces"
    writing.put_person(**put, shows="name")
    publish(code)
    shown, brief = views.read(code=code), views.latest()[0]
    assert (shown.place, shown.team, shown.day) == ("六安市霍邱县", "", None)
    assert (brief.place, brief.day, brief.picture) == ("六安市霍邱县", None, False)


def test_bad_words_minors_and_strangers_are_kept_out(cast: Any, at: Any, told: str) -> None:
    ali = cast.actor(cast.ali, "console")
    child = store.write(lambda: make_volunteer(at, "小朋友", birth_date="2011-01-01"))
    put = {"actor": ali, "code": told, "shows": "name", "at": at}
    assert refused(lambda: writing.put_person(**put, public_no=cast.chali.public_no)) == "not_found"
    officer = put | {"actor": cast.actor(cast.officer, "console")}
    assert refused(lambda: writing.put_person(**officer, public_no=child.public_no)) == "story_minor"
    chali = {"actor": cast.actor(cast.chali, "console"), "code": told, "at": at}
    assert refused(lambda: views.page(**chali)) == "not_found"
    assert refused(lambda: consents.answer(**chali, agrees=True)) == "not_found"
    cheat = StoryDraft("守堤", "稳 赚、不赔")
    assert refused(lambda: writing.edit(actor=ali, code=told, written=cheat, at=at)) == "word_refused"


def test_draft_goes_into_the_account_once_and_never_again_where_nobody_knows(
    cast: Any, at: Any, house: Any, told: str, publish: Any
) -> None:
    publish(told)
    assert refused(lambda: posting.post(actor=cast.actor(cast.officer, "console"), code=told, at=at)) in (
        "not_found", "not_allowed",
    )  # fmt: skip
    province = _province(cast, at)
    house.gateway.fail("add_draft", WechatFailure("/cgi-bin/draft/add", 45110, "author"))
    posting.post(actor=province, code=told, at=at)
    assert (posting.work(parts=house, at=at), Story.get().post_state, Story.get().post_errcode) == (0, "failed", 45110)
    posting.post(actor=province, code=told, at=at)
    house.gateway.fail("add_draft", WechatFailure("/cgi-bin/draft/add", errmsg="x", kind=Kind.RETRY))
    assert (posting.work(parts=house, at=at), posting.work(parts=house, at=at), posting.work(parts=house, at=at)) == (
        0, 1, 0,
    )  # fmt: skip
    article = house.gateway.named("add_draft")[-1]["article"]
    assert (article.title, article.cover) == ("守堤三天", "cover-1")
    assert '<img src="http://mmbiz.qpic.cn/x/0">' in article.content
    assert refused(lambda: posting.post(actor=province, code=told, at=at)) == "story_state"

    def torn() -> None:
        Story.update(post_state="begun", post_at=at).execute()

    store.write(torn)
    later = at + timedelta(minutes=11)
    assert (posting.work(parts=house, at=at), posting.work(parts=house, at=later), Story.get().post_state) == (
        0, 0, "unknown",
    )  # fmt: skip


def test_yes_of_the_centre_and_no_of_the_person_at_once_never_publish_against_him(
    db: Any, cast: Any, at: Any, told: str, hand_in: Any
) -> None:
    hand_in(told)
    xiaobo = cast.actor(cast.xiaobo, "pages")
    consents.answer(actor=xiaobo, code=told, agrees=True, at=at)
    both, said = threading.Barrier(2), []

    def run(act: Any) -> None:
        with store.session():
            both.wait()
            try:
                act()
            except Exception as problem:
                said.append(str(problem))

    acts = (
        lambda: review.decide(
            actor=cast.actor(cast.officer, "console"), code=told, publishes=True, reason="", at=at
        ),
        lambda: consents.take_back(actor=xiaobo, code=told, at=at),
    )  # fmt: skip
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert _state(told) in ("draft", "withdrawn")
    assert said in ([], ["story_state"])

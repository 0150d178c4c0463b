"""申请加入 and 我的申请: joining a team by writing to the official account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.bot.understanding import understand
from handlers.bot.words import Asked
from models import Acceptance, Application, Consent, Team, TeamMember, store
from services.accounts import registration
from services.recruitment import applications
from tests.bot.chat import Phone, WeChat
from tests.bot.corpus import AT
from tests.support import world
from tests.support.world import OTHER_TOWN, World

Of = Callable[[Any], Phone]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("申请加入 东湖", Asked("apply_team", text="东湖")), ("申请加入东湖", Asked("apply_team", text="东湖")),
        ("我要入队：西湖社区", Asked("apply_team", text="西湖社区")), ("我想加入东湖服务队", Asked("apply_team", text="东湖服务队")),
        ("想加入", Asked("apply_team")), ("入队", Asked("apply_team")), ("请问我想加入服务队", Asked("apply_team")),
        ("我的申请", Asked("my_applications")), ("申请结果出来了吗", Asked("my_applications")),
        ("申请进度", Asked("my_applications")), ("通知进度", Asked("progress")), ("群发集合", None),
    ],
)  # fmt: skip
def test_words_people_use_for_it(text: str, asked: Asked | None) -> None:
    assert understand(text, AT) == asked


def test_one_team_of_that_name_is_shown_and_joined_with_a_yes(phone: Of, cast: World) -> None:
    mine = phone(cast.chali)
    text = mine.says("申请加入 东湖")
    assert text.startswith(f"{cast.team.name}\n六安市霍邱县城关镇东湖社区居委会")
    assert ("志愿者誓言" in text, "志愿服务协议" in text) == (True, True)
    assert f"/m/join/{cast.team.code}" in text
    assert "服务站会问问群众" in text
    assert Application.select().count() == 0
    assert mine.taps("确认").startswith("申请交上去了：")
    made = Application.get()
    assert (made.route, made.state, made.team_id, made.volunteer_id, made.door) == (
        "self", "submitted", cast.team.id, cast.chali.id, "bot",
    )  # fmt: skip
    assert sorted(row.document for row in Acceptance.select()) == ["agreement", "pledge"]


def test_no_drops_it(phone: Of, cast: World) -> None:
    mine = phone(cast.chali)
    mine.says("申请加入东湖")
    assert mine.taps("算了").startswith("好，没有申请。")
    assert mine.says("确认").startswith("现在没有等您确认的事。")
    assert Application.select().count() == 0


def test_several_teams_are_numbered_and_the_nearest_stands_first(phone: Of, cast: World, at: datetime) -> None:
    far = store.write(lambda: world.make_team(at, cast.centre, "河口镇志愿服务队", OTHER_TOWN))
    mine = phone(cast.chali)
    text = mine.says("想加入")
    assert text.startswith("您附近的服务队，请点一支")
    labels = [label for _, _, label in mine.last.lines]
    assert labels == [f"1. {cast.team.name}", f"2. {cast.other_team.name}", f"3. {far.name}", "算了"]
    assert mine.says("第二个").startswith(cast.other_team.name)
    mine.says("确认")
    assert Application.get().team_id == cast.other_team.id


def test_number_alone_means_the_list_shown_last(
    phone: Of, cast: World, at: datetime, later: Callable[[datetime], None]
) -> None:
    mine = phone(cast.chali)
    mine.says("想加入")
    later(at + timedelta(seconds=30))
    mine.says("活动")
    assert mine.says("1").startswith(cast.activity.title)
    later(at + timedelta(seconds=60))
    mine.says("想加入")
    assert mine.says("1").startswith(cast.team.name)


def test_line_of_an_older_list_is_not_taken_for_the_newer_one(
    phone: Of, cast: World, at: datetime, later: Callable[[datetime], None]
) -> None:
    mine = phone(cast.chali)
    mine.says("想加入")
    content, stamp, _ = mine.last.lines[0]
    later(at + timedelta(seconds=30))
    mine.says("想加入")
    assert mine.says(content, bizmsgmenuid=stamp).startswith("这是以前的列表。")


@pytest.mark.parametrize("words", ["东湖村", "东湖服务队", "东湖 红耀江淮", "霍邱县 东湖", "东湖“红耀江淮”志愿服务队"])
def test_name_need_not_be_right_to_the_letter(phone: Of, cast: World, words: str) -> None:
    assert phone(cast.chali).says(f"申请加入 {words}").startswith(cast.team.name)


def test_profession_inside_the_name_is_found_without_what_stands_between(
    phone: Of, cast: World, at: datetime
) -> None:
    name = "霍邱县退役军人“红耀江淮”应急救援志愿服务队"
    store.write(lambda: world.make_team(at, cast.centre, name, "341522", standard_name=name))
    assert phone(cast.chali).says("申请加入 霍邱应急救援").startswith(name)


def test_nothing_found_leads_to_the_page(phone: Of, cast: World) -> None:
    text = phone(cast.chali).says("申请加入 长江头")
    assert text.startswith("没有找到“长江头”。")
    assert "/m/join\"" in text


def test_resting_and_closed_teams_are_not_offered(phone: Of, cast: World) -> None:
    store.write(lambda: Team.update(state="paused").where(Team.id == cast.team.id).execute())
    assert phone(cast.chali).says("申请加入 东湖").startswith("没有找到")


def test_team_being_founded_takes_him_in_at_once(phone: Of, cast: World) -> None:
    store.write(lambda: Team.update(state="founding").where(Team.id == cast.team.id).execute())
    mine = phone(cast.chali)
    assert "正在筹建" in mine.says("申请加入 东湖")
    assert mine.taps("确认").startswith("您已经入队了，欢迎！")
    assert TeamMember.select().where(TeamMember.volunteer == cast.chali, TeamMember.team == cast.team).count() == 1


def test_member_is_told_that_he_is_in_already(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("申请加入 东湖").startswith("您已经在这支队里了")


def test_second_application_is_refused_with_the_way_to_the_first(phone: Of, cast: World) -> None:
    mine = phone(cast.chali)
    for _ in range(2):
        mine.says("申请加入 东湖")
        text = mine.says("确认")
    assert text.startswith("已经申请过这支队")
    assert "我的申请" in [label for _, _, label in mine.last.lines]
    assert Application.select().count() == 1


def test_stranger_registers_first(wechat: WeChat, cast: World) -> None:
    new = wechat.phone("o-new")
    for words in ("申请加入 东湖", "我的申请"):
        assert "/m/register" in new.says(words)


def test_own_applications_say_how_they_stand_and_what_comes_next(phone: Of, cast: World, at: datetime) -> None:
    mine = phone(cast.chali)
    assert mine.says("我的申请").startswith("您还没有申请过。")
    made = applications.apply(actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at)
    text = mine.says("我的申请")
    assert (cast.team.name in text, "今天交的" in text, "您不用做什么" in text) == (True, True, True)
    applications.refuse(actor=cast.actor(cast.officer), code=made.code, reason="离得太远", at=at)
    text = mine.says("申请结果")
    assert ("原因：离得太远" in text, f"/m/applications/{made.code}" in text) == (True, True)
    applications.reply(actor=cast.actor(cast.chali), code=made.code, text="我下月搬家", at=at)
    assert "您已经回复过" in mine.says("我的申请")


def test_recommendation_stands_first_with_a_link_to_answer(phone: Of, cast: World, at: datetime) -> None:
    offer = applications.recommend(
        actor=cast.actor(cast.ali), team_code=cast.team.code, public_no=cast.chali.public_no, statement="", at=at
    )
    applications.apply(actor=cast.actor(cast.chali), team_code=cast.other_team.code, promised=True, at=at)
    text = phone(cast.chali).says("我的申请")
    assert text.index("李阿丽推荐您加入，等您回答。") < text.index(cast.other_team.name)
    assert f"/m/applications/{offer.code}" in text


def test_many_applications_fit_into_one_message(phone: Of, cast: World, at: datetime) -> None:
    def make() -> None:
        for number in range(9):
            team = world.make_team(at, cast.centre, f"第{number}社区退役军人“红耀江淮”志愿服务队")
            Application.create(
                code=f"many{number:04d}", route="self", state="refused", team=team, volunteer=cast.chali,
                reason="原因" * 100, door="h5", created_at=at,
            )  # fmt: skip

    store.write(make)
    assert "更早的" in phone(cast.chali).says("我的申请")


def test_code_of_a_team_asks_whether_he_wants_to_join(phone: Of, cast: World) -> None:
    text = phone(cast.chali).event("SCAN", EventKey=f"t.{cast.team.code}", Ticket="t")
    assert text.startswith(cast.team.name)
    assert "确认" in text


def test_code_of_a_team_tells_a_stranger_to_register_first(wechat: WeChat, cast: World) -> None:
    text = wechat.phone("o-new").event("subscribe", EventKey=f"qrscene_t.{cast.team.code}", Ticket="t")
    assert text.startswith(f"您扫的是：{cast.team.name}")
    assert "/m/register" in text


def test_code_of_a_team_that_is_gone_lists_those_near_by(phone: Of, cast: World) -> None:
    text = phone(cast.chali).event("SCAN", EventKey="t.gone", Ticket="t")
    assert text.startswith("您附近的服务队")


def test_yes_also_agrees_to_the_use_of_his_data_where_the_question_named_it(
    phone: Of, cast: World, at: datetime
) -> None:
    registration.decide_consent(actor=cast.actor(cast.chali), purpose="service", given=False, at=at)
    mine = phone(cast.chali)
    assert "我愿意参加志愿服务，同意登记我的基本信息" in mine.says("申请加入 东湖")
    assert mine.taps("确认").startswith("申请交上去了：")
    assert [row.given for row in Consent.select().order_by(Consent.id)] == [False, True]
    assert "同意登记我的基本信息" not in mine.says("申请加入 西湖")

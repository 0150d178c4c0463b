"""The outbox and the broadcasts as lists: search, filters, pages, Excel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

from openpyxl import load_workbook

from models import AuditEntry, Broadcast, Delivery, Notice, ServiceRecord, Volunteer, store
from services.listing import PAGE, Wanted
from services.messaging import broadcasts, outbox_views
from services.messaging.broadcasts import lists
from tests.console.conftest import Desk
from tests.support.fakes import make_parts
from tests.support.world import World, make_broadcast, sign_up


def _notices(cast: World, at: datetime, many: int) -> list[int]:
    """Broadcasts of 李阿力, the last one stopped, each with one message to 王小博."""

    def act() -> list[int]:
        ids = []
        for number in range(many):
            last = number == many - 1
            moment, state = at + timedelta(minutes=number), "stopped" if last else "sent"
            notice = make_broadcast(moment, cast.team, cast.ali, f"第{number}条", state=state)
            Delivery.create(
                dedupe_key=f"b:{number}", kind="broadcast", notice=notice, volunteer=cast.xiaobo,
                title=f"通知{number}", body="b", data={}, state="withdrawn" if last else "sent",
                channel="" if last else "tpl", due_at=at, expires_at=at + timedelta(days=1), created_at=at,
            )  # fmt: skip
            ids.append(notice.id)
        return ids

    return store.write(act)


def test_outbox_is_read_page_by_page(cast: World, at: datetime) -> None:
    _notices(cast, at, PAGE + 3)
    actor = cast.actor(cast.officer)
    first = outbox_views.deliveries(actor=actor, wanted=Wanted(), at=at)
    second = outbox_views.deliveries(actor=actor, wanted=Wanted(page=2), at=at)
    assert (first.total, first.pages, len(first.rows)) == (PAGE + 3, 2, PAGE)
    assert [line.title for line in second.rows] == ["通知2", "通知1", "通知0"]


def test_outbox_by_state_and_by_way(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    _notices(cast, at, 3)
    actor = cast.actor(cast.officer)
    withdrawn = outbox_views.deliveries(actor=actor, wanted=Wanted(filters={"state": "withdrawn"}), at=at)
    pushed = outbox_views.deliveries(actor=actor, wanted=Wanted(filters={"way": "tpl"}), at=at)
    assert [line.title for line in withdrawn.rows] == ["通知2"]
    assert [line.title for line in pushed.rows] == ["通知1", "通知0"]
    page = desk(cast.officer).get("/console/outbox?state=withdrawn", **{"HX-Request": "true"}).text
    assert ("通知2" in page, "通知1" in page, "<html" in page) == (True, False, False)
    assert 'hx-get="/console/outbox?state=withdrawn&amp;page=1"' in page


def test_outbox_as_excel_is_noted(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    _notices(cast, at, 2)
    answer = desk(cast.officer).get("/console/outbox?format=xlsx")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[:5] for row in rows] == [
        ("发给", "服务队", "内容", "状态", "走哪条路"),
        (cast.xiaobo.name, cast.team.short_name, "通知1", "已撤回", None),
        (cast.xiaobo.name, cast.team.short_name, "通知0", "已发到微信", "公众号消息"),
    ]
    assert AuditEntry.select().where(AuditEntry.subject == "list:/console/outbox").count() == 1


def test_broadcasts_by_word_by_state_and_in_order(cast: World, at: datetime) -> None:
    ids = _notices(cast, at, 3)
    actor = cast.actor(cast.ali)

    def ask(**asked: object) -> list[int]:
        wanted = Wanted(**asked)  # type: ignore[arg-type]
        return [line.id for line in lists.broadcasts(actor=actor, wanted=wanted, at=at).rows]

    assert ask() == ids[::-1]
    assert ask(sort="at") == ids
    assert ask(text="第1条") == [ids[1]]
    assert ask(text=cast.ali.name) == ids[::-1]
    assert ask(filters={"state": "stopped"}) == [ids[2]]
    assert ask(page=2, size=2) == [ids[0]]


def test_broadcasts_of_another_team_are_not_listed(cast: World, at: datetime) -> None:
    _notices(cast, at, 1)
    assert lists.broadcasts(actor=cast.actor(cast.xiaobo), wanted=Wanted(), at=at).rows == []


def test_broadcasts_as_excel(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    _notices(cast, at, 2)
    answer = desk(cast.ali).get("/console/notices?format=xlsx")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    # A file is opened on another day: no 今天, and days in order.
    assert [row[:5] for row in rows[1:]] == [
        ("第1条", "东湖服务队的队员", 1, cast.ali.name, "2026-06-10 09:01"),
        ("第0条", "东湖服务队的队员", 1, cast.ali.name, "2026-06-10 09:00"),
    ]


def test_a_refused_draft_keeps_its_words_above_the_list(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    _notices(cast, at, 1)
    answer = desk(cast.ali).post("/console/notices", {"team": cast.team.code, "text": "长" * 501})
    assert (answer.status_code, "长" * 501 in answer.text, "第0条" in answer.text) == (400, True, True)


def test_leader_writes_to_those_who_have_not_arrived(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    store.write(lambda: (sign_up(at, cast.shift, cast.xiaobo), sign_up(at, cast.shift, cast.chali)))
    store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.chali, minutes=0, in_at=at,
            region_code=cast.team.region_code, local_day="2026-06-10", rule_set=cast.hours_rule, created_at=at,
            updated_at=at,
        )
    )  # fmt: skip
    browser, path = desk(cast.ali), f"/console/activities/{cast.activity.code}/write"
    page = browser.get(path).text
    assert page.index("全部报名的人") < page.index("还没到的人")
    draft = browser.post(path, {"to": "1", "text": "请快来集合点"}).text
    assert "还没到的人" in draft
    assert "共 <strong>1</strong> 人，有 王*博" in draft
    refused = browser.post(path, {"to": "0", "text": " "})
    assert (refused.status_code, "全部报名的人" in refused.text) == (400, True)
    assert desk(cast.chali).get(path).status_code in (403, 404)


def test_leader_narrows_fixes_a_moment_and_is_told_what_is_wrong_with_it(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    browser = desk(cast.ali)
    wanted = {"team": cast.team.code, "text": "带上党员证", "identity": "veteran", "send_at": "2026-06-10T08:00"}
    past = browser.post("/console/notices", wanted)
    assert (past.status_code, "定的时间已经过了" in past.text, "带上党员证" in past.text) == (400, True, True)
    shown = browser.post("/console/notices", wanted | {"send_at": "2026-06-11T08:00"}).text
    assert "（只发退役军人）" in shown
    assert "6月11日（周四） 08:00" in shown


def test_who_was_not_reached_is_rung_up_from_the_list(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    number = _notices(cast, at, 2)[0]
    missed = Delivery.get(Delivery.notice == number)
    store.write(Delivery.update(state="inbox", channel="").where(Delivery.id == missed.id).execute)
    browser = desk(cast.ali)
    listed = browser.get(f"/console/notices/{number}/receivers?state=call").text
    assert f"/console/outbox/{missed.id}" in listed
    assert "这条没有通知到他，请打电话告诉他。" not in browser.get(f"/console/outbox/{missed.id}").text  # no number
    sealed, key = make_parts().vault.seal("13800138000", f"volunteer.phone:{cast.xiaobo.public_no}")
    store.write(
        lambda: Volunteer.update(phone_sealed=sealed, phone_key=key).where(Volunteer.id == cast.xiaobo.id).execute()
    )
    assert "这条没有通知到他，请打电话告诉他。" in browser.get(f"/console/outbox/{missed.id}").text
    assert "13800138000" in browser.post(f"/console/outbox/{missed.id}/call", {}).text


def test_leader_passes_on_to_his_team_in_the_console(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    actor = cast.actor(cast.officer, "console")
    choice = broadcasts.Choice("area", cast.team.region_code, who="leaders")
    drafted = broadcasts.draft(actor=actor, choice=choice, text="汛期值班", at=at, urgent=True, why="汛情")
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    browser, path = desk(cast.ali), f"/console/notices/{drafted.notice_id}/pass"
    assert path in browser.get("/console/notices").text
    assert "发给哪个队" in browser.get(path).text
    shown = browser.post(path, {"region": f"team.{cast.team.code}", "text": ""}).text
    assert "东湖服务队的队员" in shown
    assert browser.post(path, {"region": f"team.{cast.other_team.code}", "text": ""}).status_code == 404


def test_notice_that_takes_days_says_about_when_it_will_be_through(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    browser = desk(cast.ali)
    browser.post("/console/notices", {"team": cast.team.code, "text": "明天八点集合"})
    where = f"/console/notices/{Notice.get().id}"
    browser.post(f"{where}/send")
    assert "大约" not in browser.get(where).text
    store.write(lambda: Broadcast.update(through=at + timedelta(days=2, hours=3)).execute())
    assert "大约 6月12日" in browser.get(where).text
    browser.post(f"{where}/stop")
    assert "大约" not in browser.get(where).text

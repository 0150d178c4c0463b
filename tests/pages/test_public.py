"""The pages that need no log-in."""

from __future__ import annotations

from typing import Any

from models import Activity, store
from services.participation import views


def test_list_and_one_activity_are_read_without_logging_in(cast: Any, phone: Any) -> None:
    browser = phone(wechat=False)
    page = browser.get("/activities").text
    assert (cast.activity.title in page, f'href="/activities/{cast.activity.code}"' in page) == (True, True)
    one = browser.get(f"/activities/{cast.activity.code}").text
    assert [word in one for word in ("身体健康", "提供手套", "岸边湿滑", "在“活动”里报名")] == [True] * 4
    assert "东湖" in browser.get("/activities?q=东湖").text


def test_pictures_are_png(cast: Any, phone: Any) -> None:
    for name in ("poster", "card"):
        answer = phone(wechat=False).get(f"/activities/{cast.activity.code}/{name}.png")
        assert (answer.mimetype, answer.data[:4]) == ("image/png", b"\x89PNG")


def test_visit_shows_strangers_the_village_and_no_more(cast: Any, phone: Any) -> None:
    def hide() -> None:
        Activity.update(domain="D4", sub_domain="visits", place="张大爷家").where(
            Activity.id == cast.activity.id
        ).execute()

    store.write(hide)
    for path in (f"/activities/{cast.activity.code}", f"/m/activities/{cast.activity.code}"):
        answer = phone(cast.chali).get(path)
        assert (answer.status_code, "东湖" in answer.text, "走访慰问" in answer.text) == (403, True, True)
        assert (cast.activity.title in answer.text, "张大爷" in answer.text) == (False, False)
    assert phone(cast.chali).get(f"/activities/{cast.activity.code}/poster.png").status_code == 403
    assert "张大爷家" in phone(cast.xiaobo).get(f"/m/activities/{cast.activity.code}").text


def test_opening_is_counted_and_looking_ahead_is_not(cast: Any, phone: Any) -> None:
    browser = phone(cast.xiaobo)
    browser.get(f"/activities/{cast.activity.code}")
    browser.get(f"/m/activities/{cast.activity.code}")
    browser.get(f"/activities/{cast.activity.code}", headers={"Sec-Purpose": "prefetch"})
    assert views.opened_times(code=cast.activity.code) == 2

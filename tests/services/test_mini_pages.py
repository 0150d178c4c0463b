"""The mini-program's pages behind our links: named where the account may, with the address as the way back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.pages import register_pages
from services import mini_pages
from services.messaging.channels import Letter, chat_text
from tests.services.messaging.outbox_cases import deliver, give_credit, open_window, queue
from tests.support.fakes import MP, FakeGateway, make_parts

LINKED = make_parts(mp_linked=True)
URL = LINKED.public_url


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/m/hours", "recognition/hours/hours"),
        ("/q/a1.abc123", "pages/activity/activity?code=abc123"),
        ("/m/activities/abc123", "pages/activity/activity?code=abc123"),
        ("/m/hours?year=2026", None),
        ("/m/objections/abc", "recognition/objections/objections?code=abc"),
        ("/m/mall/mine", "recognition/redemptions/redemptions"),
        ("/console", None),
        ("", None),
        ("https://else.example/m/hours", None),
    ],
)
def test_page_of_an_address(path: str, page: str | None) -> None:
    url = path if path.startswith("https") or not path else URL + path
    assert mini_pages.page_of(parts=LINKED, url=url) == page
    assert mini_pages.page_of(parts=make_parts(), url=url) is None


def test_every_address_of_the_table_is_one_that_the_browser_opens_too() -> None:
    from apiflask import APIFlask

    app = APIFlask("pages", root_path="/")
    register_pages(app)
    known = {re.sub(r"<[^>]+>", "{code}", rule.rule) for rule in app.url_map.iter_rules()}
    with mini_pages.FILE.open("rb") as handle:
        import tomllib

        named = {path.replace("/q/a1.{code}", "/q/{code}") for path in tomllib.load(handle)}
    assert named - known == set()


def test_links_of_a_text_get_pages_as_far_as_there_is_room() -> None:
    ours = f'<a href="{URL}/m/hours">时长</a>'
    others = f'<a href="weixin://x">帮助</a>、<a href="{URL}/m/stories">家长</a>'
    text = f"看{ours}和{others}"
    made = mini_pages.with_pages(parts=LINKED, text=text, most=2048)
    page = "recognition/hours/hours"
    card = f'<a href="{URL}/m/hours" data-miniprogram-appid="{MP}" data-miniprogram-path="{page}">时长</a>'
    assert made == text.replace(ours, card)
    assert mini_pages.with_pages(parts=LINKED, text=text, most=len(text.encode()) + 60) == text
    assert mini_pages.with_pages(parts=make_parts(), text=text, most=2048) == text


def test_messages_open_the_page_on_every_way(db: Any, cast: Any, at: datetime) -> None:
    from services.messaging import outbox

    gateway = FakeGateway()
    parts = make_parts(gateway, mp_linked=True)
    give_credit(cast.xiaobo, at)
    for _ in range(2):
        queue(cast, at)
    outbox.deliver_due(parts=parts, owner="w", at=at, limit=9)
    open_window(cast.chali, at + timedelta(hours=9))
    queue(cast, at, cast.chali)
    outbox.deliver_due(parts=make_parts(gateway, mp_linked=True, templates={}), owner="w", at=at, limit=9)
    assert gateway.named("send_subscribe")[0]["page"] == "recognition/hours/hours"
    template = gateway.named("send_template")[0]
    assert (template["page"], template["url"]) == ("recognition/hours/hours", f"{URL}/m/hours")
    assert 'data-miniprogram-path="recognition/hours/hours"' in gateway.named("send_text")[0]["text"]
    queue(cast, at, cast.chali, kind="merged")
    deliver(gateway, at)
    assert gateway.named("send_template")[1]["page"] is None


def test_words_of_people_become_no_link_in_the_chat() -> None:
    letter = Letter(1, "通知", '点<a href="https://bad.example">这里</a>领奖', "", {})
    assert "<a" not in chat_text(letter, "")

"""What a volunteer settles by phone beside signing up and scanning: a reason, an agreement, a make-up, a judgement, a
question; and who he is: known in the chat, registered anew, with another WeChat, under age."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.client import house as h
from tests.client.matters import (
    AGREED,
    YOUNG,
)
from tests.client.runtime import Phone
from tests.client.test_volunteer import close, sees, tap
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

DOCUMENT = "340000196006079043"


def activity(code: str) -> str:
    """The page of an activity."""
    return f"pages/activity/activity?code={code}"


def tick(phone: Phone, name: str) -> None:
    """A box of the page on top."""
    phone.shown().get_by_role("checkbox", name=re.compile(name)).tap()


def write(phone: Phone, label: str, text: str) -> None:
    """A field of the page on top."""
    phone.shown().get_by_role("textbox", name=label).fill(text)


def test_young_volunteer_hands_in_his_guardians_word_and_takes_it_back(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, YOUNG, activity(AGREED))
    tap(phone, "交监护人同意书")
    write(phone, "监护人姓名", "林大树")
    write(phone, "监护人手机号", "12")
    tap(phone, "交给服务站核对")
    sees(phone, "请点一下监护人是您的什么人")
    phone.shown().get_by_role("radio", name="父亲").tap()
    tap(phone, "交给服务站核对")
    sees(phone, "请先给签了字的同意书拍张照")
    paper = io.BytesIO()
    Image.new("RGB", (30, 40), "white").save(paper, "JPEG")
    tap(phone, "拍照，或从相册选")
    with phone.page.expect_file_chooser() as chooser:
        close(phone, "隐私保护指引", "同意")
    chooser.value.set_files({"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": paper.getvalue()})
    expect(phone.shown("wx-image img")).to_be_visible()
    tap(phone, "交给服务站核对")
    sees(phone, "手机号")
    write(phone, "监护人手机号", "13800000099")
    tap(phone, "交给服务站核对")
    close(phone, "交上去了")
    sees(phone, re.compile("林大树（父亲）.*等服务站核对.*138\\*{4}0099", re.S))
    phone.page.evaluate("wx.switchTab({ url: '/pages/me/me' })")
    tap(phone, re.compile("^监护人同意"))
    tap(phone, "撤回林大树的同意书")
    close(phone, "已经报的也一起取消", "撤回")
    expect(phone.shown()).not_to_contain_text("林大树（")

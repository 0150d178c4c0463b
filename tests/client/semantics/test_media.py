"""Pictures, files, cameras, and the built-in components that move."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client.runtime import Phone

pytestmark = pytest.mark.browser

MEDIA = "pages/media/media"
AGREED = "localStorage.setItem('mp-privacy:agreed', 'yes')"
#: One red pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)


def noted(phone: Phone, count: int) -> list[Any]:
    """What the page has noted, once there is so much of it."""
    phone.page.wait_for_function(f"getCurrentPages()[0].noted.length >= {count}")
    return list(phone.page.evaluate("getCurrentPages()[0].noted"))


def do(phone: Phone, act: str) -> Any:
    return phone.page.evaluate(f"getCurrentPages()[0].{act}")


def test_photo_is_chosen_shown_and_sent(phone: Phone) -> None:
    phone.start(MEDIA)
    phone.page.evaluate(AGREED)
    with phone.page.expect_file_chooser() as chooser:
        phone.page.evaluate("getCurrentPages()[0].send()")
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    seen = {each[0]: each[1:] for each in noted(phone, 2)}
    assert seen["load"] == [{"width": 1, "height": 1}]
    assert seen["sent"][0] == 200
    assert "现场" in seen["sent"][1]
    assert 'name="photo"; filename="tmp_1.png"' in seen["sent"][1]
    expect(phone.page.get_by_role("img", name="照片").first).to_be_visible()
    assert phone.errors() == []


def test_file_is_downloaded_and_opened(phone: Phone) -> None:
    phone.start(MEDIA)
    opened = phone.page.evaluate(
        """new Promise(done => wx.downloadFile({ url: 'https://api.example.cn/paper', success: ({ tempFilePath }) => {
            const complete = answer => done([tempFilePath, answer.errMsg])
            wx.openDocument({ filePath: tempFilePath, fileType: 'pdf', complete })
        } }))"""
    )
    assert opened == ["wxfile://tmp_1.dat", "openDocument:ok"]
    phone.page.get_by_role("dialog", name="文件").get_by_role("button", name="返回").tap()
    assert phone.errors() == []


def test_open_camera_sees_codes_and_closes(phone: Phone) -> None:
    phone.start(MEDIA)
    phone.page.evaluate(f"{AGREED}; getCurrentPages()[0].setData({{ watching: true }})")
    phone.page.get_by_role("button", name="允许").tap()
    phone.page.wait_for_function("__mp.see('https://x/q/p1') || getCurrentPages()[0].noted.length")
    assert noted(phone, 1)[0] == ["scancode", {"result": "https://x/q/p1", "type": "qrcode", "charSet": "UTF-8"}]
    do(phone, "setData({ watching: false })")
    phone.page.wait_for_function("document.querySelectorAll('wx-camera').length === 0")
    assert [value for what, value in phone.told if what == "camera"] == [True, False]


def test_phone_number_comes_as_a_code(phone: Phone) -> None:
    phone.start(MEDIA, phoneCode=lambda: "p1")
    phone.page.evaluate(AGREED)
    phone.shown(".phone").tap()
    phone.page.get_by_role("button", name="不允许").tap()
    phone.shown(".phone").tap()
    phone.page.get_by_role("button", name="允许", exact=True).tap()
    assert noted(phone, 2) == [
        ["getphonenumber", {"errMsg": "getPhoneNumber:fail user deny"}],
        ["getphonenumber", {"code": "p1", "errMsg": "getPhoneNumber:ok"}],
    ]


def test_swiper_slider_wheel_scroll_and_hover(phone: Phone) -> None:
    phone.start(MEDIA)
    do(phone, "setData({ at: 1 })")
    assert noted(phone, 1)[0] == ["change", {"current": 1, "currentItemId": "", "source": ""}]
    phone.page.get_by_role("slider", name="多少").fill("7")
    assert noted(phone, 2)[1] == ["change", {"value": 7}]
    phone.shown("wx-picker-view-column").evaluate("each => each.scrollTo(0, 120)")
    assert noted(phone, 3)[2] == ["change", {"value": [5]}]
    phone.shown(".scroll").evaluate("each => each.scrollTo(0, 240)")
    assert noted(phone, 4)[3] == ["scrolltolower", "bottom"]
    do(phone, "watch()")
    phone.page.evaluate("wx.pageScrollTo({ selector: '.far', duration: 0 })")
    phone.page.wait_for_function("getCurrentPages()[0].noted.some(each => each[0] === 'far' && each[1])")
    phone.shown(".pressed").evaluate(
        "target => target.dispatchEvent(new TouchEvent('touchstart', "
        "{ touches: [new Touch({ identifier: 1, target, clientX: 200, clientY: 200 })], bubbles: true }))"
    )
    expect(phone.shown(".pressed")).to_have_class("pressed down")
    assert phone.errors() == []


def test_tap_does_not_fall_through_on_what_it_brought_up(phone: Phone) -> None:
    phone.start(MEDIA)
    phone.shown(".up").tap()
    expect(phone.shown(".sheet")).to_be_visible()
    phone.page.touchscreen.tap(200, 100)
    expect(phone.shown(".sheet")).to_be_hidden()


def test_styles_that_wechat_lays_over_buttons_and_pages(phone: Phone) -> None:
    phone.start(MEDIA)
    widths = [phone.shown(each).evaluate("each => getComputedStyle(each).width") for each in (".wide", ".wider")]
    assert widths == ["184px", "310px"], 'in v2 button:not([size=mini]) beats a class, not a tag with a class'
    assert phone.shown("wx-page").evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(1, 2, 3)"


def test_errors_reach_the_program_and_dates_of_android_are_noted(phone: Phone) -> None:
    phone.start(MEDIA)
    assert do(phone, "dates()")
    do(phone, "breaks()")
    phone.page.wait_for_function("__mp.errors.length === 2")
    date, broken = phone.errors()
    assert "invalid date on iOS" in date
    assert "/pages/media/media.js:41" in broken, "names the program's own file and line"
    assert phone.page.evaluate("getApp().seen.at(-1)[0]") == "error"

"""What WeChat guards: privacy, permissions, subscription, domains, storage; and built-in components in a form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client.runtime import Phone

pytestmark = pytest.mark.browser

OTHER = "pages/other/other"


def call(phone: Phone, name: str, **options: Any) -> Any:
    """Call an interface of wx; what it ends with."""
    ask = "([name, options]) => new Promise(done => wx[name]({...options, complete: done}))"
    return phone.page.evaluate(ask, [name, options])


def begin(phone: Phone, name: str, **options: Any) -> None:
    """Call an interface that waits for the person; `answer` tells how it ended."""
    ask = "([name, options]) => { wx[name]({...options, complete: r => { window.answer = r }}) }"
    phone.page.evaluate(ask, [name, options])


def answer(phone: Phone) -> Any:
    """How the call that was begun ended."""
    return phone.page.wait_for_function("window.answer").json_value()


def test_request_goes_to_the_server_behind_the_declared_host(phone: Phone) -> None:
    phone.start(OTHER)
    url, token = "https://api.example.cn/api/v1/x", {"Authorization": "Bearer t"}
    got = call(phone, "request", url=url, data={"q": "河 1"}, header=token)
    assert (got["statusCode"], got["data"]["token"]) == (200, "Bearer t")
    assert got["data"]["path"] == "/api/v1/x?q=%E6%B2%B3%201"
    put = call(phone, "request", url=url, method="PUT", data={"a": [1]})
    assert (put["data"]["method"], put["data"]["body"]) == ("PUT", '{"a":[1]}')
    page = call(phone, "request", url="https://api.example.cn/html")
    assert (page["statusCode"], page["data"]) == (500, "<h1>500</h1>")
    assert phone.page.evaluate("wx.request({ url: 'https://api.example.cn/x' }).then") is None, "a task, no promise"
    assert phone.errors() == []
    wrong = [
        call(phone, "request", url="https://elsewhere.cn/x")["errMsg"], call(phone, "request", url="http://api.example.cn")["errMsg"],
        call(phone, "request", url=url, method="PATCH")["errMsg"],
    ]  # fmt: skip
    assert wrong == ["request:fail url not in domain list"] * 2 + ["request:fail invalid method PATCH"]
    assert phone.errors() == wrong


def test_net_that_is_cut_fails_requests_and_tells_the_program(phone: Phone) -> None:
    phone.start(OTHER)
    phone.page.evaluate("() => { window.heard = []; wx.onNetworkStatusChange(now => heard.push(now.networkType)) }")
    phone.offline()
    phone.page.wait_for_function("heard.length === 1")
    assert "ERR_INTERNET_DISCONNECTED" in call(phone, "request", url="https://api.example.cn/x")["errMsg"]
    assert "fail" in call(phone, "login")["errMsg"]
    assert call(phone, "getNetworkType")["networkType"] == "none"
    phone.offline(False)
    phone.page.wait_for_function("heard.length === 2")
    assert call(phone, "request", url="https://api.example.cn/x")["statusCode"] == 200
    assert phone.page.evaluate("heard") == ["none", "wifi"]
    assert phone.errors() == [], "a bad line is nobody's mistake"


def test_slow_line_slows_requests_not_the_package(phone: Phone) -> None:
    phone.start(OTHER)
    timed = """async () => {
        const at = Date.now()
        await new Promise(complete => wx.request({ url: 'https://api.example.cn/x', complete }))
        return Date.now() - at
    }"""
    with phone.slow_line(latency=400):
        assert phone.page.evaluate(timed) >= 400
        phone.start(OTHER)
        assert phone.page.evaluate("performance.getEntriesByName(document.scripts[1].src)[0].duration") < 300


def test_login_and_scan_ask_the_phone(phone: Phone) -> None:
    codes = iter(["c1", "c2"])
    scans = iter(["https://x/q/i1", None])
    phone.start(OTHER, login=lambda: next(codes), scan=lambda _how: next(scans))
    assert [call(phone, "login")["code"], call(phone, "login")["code"]] == ["c1", "c2"]
    assert call(phone, "scanCode")["result"] == "https://x/q/i1"
    assert call(phone, "scanCode")["errMsg"] == "scanCode:fail cancel"
    assert phone.errors() == []


def test_privacy_is_asked_once_and_undeclared_data_fails(phone: Phone) -> None:
    phone.start(OTHER)
    assert call(phone, "getPrivacySetting")["needAuthorization"]
    begin(phone, "setClipboardData", data="x")
    asked = phone.page.get_by_role("dialog", name="用户隐私保护提示")
    asked.get_by_role("button", name="《语义小程序隐私保护指引》").tap()
    guideline = phone.page.get_by_role("dialog", name="语义小程序隐私保护指引")
    expect(guideline).to_contain_text("位置信息、剪切板、选中的照片或视频、手机号、摄像头")
    guideline.get_by_role("button", name="返回").tap()
    asked.get_by_role("button", name="同意").tap()
    assert answer(phone)["errMsg"] == "setClipboardData:ok"
    assert not call(phone, "getPrivacySetting")["needAuthorization"]
    assert call(phone, "getClipboardData")["data"] == "x", "not asked again"
    undeclared = call(phone, "chooseMessageFile", count=1)
    assert (undeclared["errno"], undeclared["errMsg"]) == (
        112, "chooseMessageFile:fail api scope is not declared in the privacy agreement",
    )  # fmt: skip
    info = call(phone, "chooseLocation")["errMsg"]
    assert info.startswith("chooseLocation:fail the api need to be declared in the requiredPrivateInfos field")
    assert phone.errors() == [undeclared["errMsg"], info]


def test_refused_privacy_and_permission(phone: Phone) -> None:
    place = {"latitude": 32.1, "longitude": 116.2}
    phone.start(OTHER, location=lambda *_how: place)
    begin(phone, "getLocation")
    phone.page.get_by_role("button", name="拒绝").tap()
    assert answer(phone)["errno"] == 104
    phone.page.evaluate("localStorage.setItem('mp-privacy:agreed', 'yes'); window.answer = null")
    begin(phone, "getLocation")
    expect(phone.page.get_by_role("dialog")).to_contain_text("看看附近的活动")
    phone.page.get_by_role("button", name="允许").tap()
    assert answer(phone)["latitude"] == 32.1
    assert phone.errors() == []


def test_page_asks_for_privacy_by_its_own_button(phone: Phone) -> None:
    phone.start(OTHER)
    phone.page.evaluate(
        "wx.onNeedPrivacyAuthorization((resolve, { referrer }) => {"
        " const page = getCurrentPages()[0]; page.resolve = resolve; page.result.push(referrer) })"
    )
    begin(phone, "setClipboardData", data="x")
    phone.page.wait_for_function("getCurrentPages()[0].result.length === 1")
    phone.shown(".agree").tap()
    assert answer(phone)["errMsg"] == "setClipboardData:ok"
    assert phone.page.evaluate("getCurrentPages()[0].result") == ["setClipboardData", "agreed"]
    assert phone.errors() == []


def test_subscription_wants_a_tap(phone: Phone) -> None:
    phone.start(OTHER)
    phone.shown(".sub").tap()
    dialog = phone.page.get_by_role("dialog", name="订阅消息")
    dialog.get_by_label("报名结果通知").uncheck()
    dialog.get_by_role("button", name="允许").tap()
    phone.page.wait_for_function("getCurrentPages()[0].result.length === 1")
    given = {"errMsg": "requestSubscribeMessage:ok", "tmpl-1": "accept", "tmpl-2": "reject"}
    assert phone.page.evaluate("getCurrentPages()[0].result") == [given]
    assert phone.told == [("subscribed", {"tmpl-1": "accept", "tmpl-2": "reject"})]
    phone.shown(".sublate").tap()
    phone.page.wait_for_function("getCurrentPages()[0].result.length === 2")
    late = "requestSubscribeMessage:fail can only be invoked by user TAP gesture."
    assert phone.page.evaluate("getCurrentPages()[0].result[1].errMsg") == late
    assert phone.errors() == [late]


def test_form_gives_what_was_typed_and_chosen(phone: Phone) -> None:
    phone.start(OTHER)
    page = phone.page
    page.get_by_placeholder("姓名").press_sequentially("欧阳建国长")
    phone.shown(".place").tap()
    page.get_by_role("button", name="西城").tap()
    expect(phone.shown(".place")).to_have_text("西城")
    phone.shown(".day").tap()
    page.locator(".mp-sheet input").fill("2026-12-25")
    page.get_by_role("button", name="确定").tap()
    expect(phone.shown(".day")).to_have_text("2026-12-25")
    page.get_by_role("switch", name="同意").tap()
    page.get_by_text("法律").tap()
    page.get_by_text("男").tap()
    page.get_by_placeholder("备注").fill("早上有空")
    page.get_by_role("button", name="提交").tap()
    expect(phone.shown(".sent")).not_to_be_empty()
    assert json.loads(phone.shown(".sent").inner_text()) == {
        "name": "欧阳建国", "place": "1", "day": "2026-12-25", "yes": True, "skills": ["法律"], "sex": "m", "much": 3,
        "note": "早上有空",
    }  # fmt: skip
    phone.shown(".off").tap(force=True)
    page.get_by_role("button", name="读出来").tap()
    page.wait_for_function("getCurrentPages()[0].result.length === 1")
    assert page.evaluate("getCurrentPages()[0].result") == ["read"], "a disabled button swallows the tap"
    assert phone.shown("wx-page").evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(250, 240, 230)"
    phone.shown(".named").tap()
    expect(page.get_by_role("switch", name="大声")).to_be_checked()
    paper = "each => [getComputedStyle(each).outlineWidth, getComputedStyle(each).animationName]"
    assert phone.shown("wx-canvas").evaluate(paper) == ["3px", "turn--pages-other-other-wxss"]
    phone.shown(".tolist").tap()
    expect(page.locator(".mp-title")).to_have_text("列表")
    assert phone.errors() == []


def test_modal_sheet_and_toast(phone: Phone) -> None:
    phone.start(OTHER)
    begin(phone, "showModal", title="提醒", content="确定吗", confirmText="好")
    phone.page.get_by_role("dialog", name="提醒").get_by_role("button", name="好").tap()
    assert answer(phone) == {"errMsg": "showModal:ok", "confirm": True, "cancel": False}
    phone.page.evaluate("window.answer = null")
    begin(phone, "showActionSheet", itemList=["打电话", "发消息"])
    phone.page.get_by_role("button", name="取消").tap()
    assert answer(phone)["errMsg"] == "showActionSheet:fail cancel"
    call(phone, "showToast", title="已报名")
    expect(phone.page.get_by_role("status")).to_have_text("✓已报名")
    too_long = call(phone, "showModal", confirmText="这个按钮太长")["errMsg"]
    assert phone.errors() == [too_long]


def test_storage_files_and_canvas(phone: Phone) -> None:
    phone.start(OTHER)
    assert phone.page.evaluate(
        """() => {
            wx.setStorageSync('a', { list: [1] })
            const files = wx.getFileSystemManager(), path = `${wx.env.USER_DATA_PATH}/code.txt`
            files.writeFileSync(path, '红耀', 'utf8')
            return [wx.getStorageSync('a'), wx.getStorageSync('none'), files.readFileSync(path, 'utf8'),
                wx.arrayBufferToBase64(wx.base64ToArrayBuffer('aGk=')), wx.getStorageInfoSync().keys]
        }"""
    ) == [{"list": [1]}, "", "红耀", "aGk=", ["a"]]
    assert call(phone, "getStorage", key="none")["errMsg"] == "getStorage:fail data not found"
    limits = """() => ['x'.repeat(1024 * 1024), ...Array(11).fill('x'.repeat(1000 * 1024))].map((data, key) => {
        try { wx.setStorageSync(`k${key}`, data) } catch (cause) { return cause.message }
    }).filter(Boolean)"""
    said = phone.page.evaluate(limits)
    assert (said[0], said[-1]) == ("exceed max item size", "exceed storage max size 10Mb")
    assert phone.errors() == [f"setStorageSync:fail {each}" for each in said]
    phone.page.evaluate("wx.clearStorageSync(); __mp.errors.length = 0")
    drawn = phone.page.evaluate(
        """() => new Promise(done => {
            const query = wx.createSelectorQuery().select('#paper').fields({ node: true, size: true })
            query.exec(([{ node, width }]) => {
                node.getContext('2d').fillRect(0, 0, 10, 10)
                const success = file => done([width, file.tempFilePath.slice(0, 9)])
                wx.canvasToTempFilePath({ canvas: node, success })
            })
        })"""
    )
    assert drawn == [40, "wxfile://"]
    assert phone.errors() == []


def test_what_the_program_asks_of_the_phone_reaches_it(phone: Phone) -> None:
    phone.start(OTHER)
    call(phone, "setScreenBrightness", value=1)
    assert call(phone, "getScreenBrightness")["value"] == 1
    call(phone, "setKeepScreenOn", keepScreenOn=True)
    begin(phone, "makePhoneCall", phoneNumber="110")
    phone.page.get_by_role("button", name="呼叫 110").tap()
    assert answer(phone)["errMsg"] == "makePhoneCall:ok"
    call(phone, "vibrateShort", type="light")
    call(phone, "setTabBarBadge", index=1, text="12")
    expect(phone.page.locator("#mp-tabs").get_by_role("button", name="其他")).to_contain_text("12")
    phone.page.get_by_role("button", name="关闭").tap()
    told = [("brightness", 1), ("keepScreenOn", True), ("phoneCall", "110"), ("vibrate", "short"), ("close", None)]
    assert [each for each in phone.told if each in told] == told
    assert phone.errors() == []


def test_unsaved_page_asks_before_it_is_left(phone: Phone) -> None:
    phone.start(OTHER)
    phone.shown(".tolist").tap()
    expect(phone.page.locator(".mp-title")).to_have_text("列表")
    call(phone, "enableAlertBeforeUnload", message="还没有保存")
    for choice, title in (("取消", "列表"), ("确定", "语义")):
        phone.page.get_by_role("button", name="返回").tap()
        expect(phone.page.get_by_role("dialog")).to_contain_text("还没有保存")
        phone.page.get_by_role("dialog").get_by_role("button", name=choice).tap()
        expect(phone.page.locator(".mp-title")).to_have_text(title)

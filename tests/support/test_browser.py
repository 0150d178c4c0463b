"""What browser tests may rely on."""

import pytest
from playwright.sync_api import Browser

from tests.support import browser as support

pytestmark = pytest.mark.browser


@pytest.fixture
def chromium() -> Browser:
    return support.require_browser()


def test_context_speaks_chinese_and_lives_in_shanghai(chromium: Browser) -> None:
    with support.new_context(chromium) as context:
        page = context.new_page()
        spoken = page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]")
    assert spoken == ["zh-CN", "Asia/Shanghai"]


def test_two_contexts_do_not_share_cookies(chromium: Browser) -> None:
    with support.new_context(chromium) as first, support.new_context(chromium) as second:
        first.add_cookies([{"name": "who", "value": "1", "url": "http://localhost/"}])
        assert [cookie["name"] for cookie in first.cookies()] == ["who"]
        assert second.cookies() == []


def test_script_error_in_a_page_is_collected(chromium: Browser) -> None:
    with support.new_context(chromium, viewport=support.PHONE) as context:
        page = context.new_page()
        faults = support.collect_faults(page)
        page.set_content("<script>throw new Error('broken page')</script>")
        page.wait_for_timeout(100)
    assert faults == ["broken page"]


def test_machine_without_chromium_skips_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "find_chromium", lambda: None)
    with pytest.raises(pytest.skip.Exception, match="browser tests are skipped"):
        support.require_browser()

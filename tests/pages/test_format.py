"""Numbers, moments, codes and templates as people see them."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from handlers import qr
from handlers.pages import format as words


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 分钟"), (1, "1 分钟"), (59, "59 分钟"), (60, "1 小时"), (90, "1 小时 30 分钟"), (6000, "100 小时"), (-90, "-1 小时 30 分钟")],
)  # fmt: skip
def test_duration(minutes: int, text: str) -> None:
    assert words.duration(minutes) == text


def test_day_names_today_and_tomorrow_and_other_years(frozen: Any, at: datetime) -> None:
    assert words.day(at) == "今天 6月10日（周三）"
    assert words.day("2026-06-11") == "明天 6月11日（周四）"
    assert words.day("2025-12-31") == "2025年12月31日（周三）"


def test_day_turns_at_midnight_in_shanghai(frozen: Any, at: datetime) -> None:
    assert words.day(at + timedelta(hours=14, minutes=59)) == "今天 6月10日（周三）"
    assert words.day(at + timedelta(hours=15)) == "明天 6月11日（周四）"


def test_span_past_midnight_names_both_days(frozen: Any, at: datetime) -> None:
    assert words.span(at, at + timedelta(hours=2)) == "今天 6月10日（周三） 09:00–11:00"
    assert (
        words.span(at, at + timedelta(hours=16)) == "今天 6月10日（周三） 09:00 至 明天 6月11日（周四） 01:00"
    )


def test_big_figure_keeps_its_units_small() -> None:
    assert words.big_duration(6820) == "113 <small>小时</small> 40 <small>分钟</small>"
    assert words.big_duration(0) == "0 <small>分钟</small>"


def test_qr_picture_is_read_back() -> None:
    text = "http://localhost:8000/q/i1.abcd2345.7a1b2c.abcdefghijklmnop"
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr.png(text, 6))))
    assert [each.text for each in found] == [text]


def test_qr_drawing_has_its_own_white_ground_and_no_script() -> None:
    drawing = qr.svg("https://example.cn/q/a1.abc")
    assert drawing.startswith("<svg") and 'fill="#fff"' in drawing and "example.cn" not in drawing
    assert qr.svg_uri("https://example.cn/q/a1.abc").startswith("data:image/svg+xml,%3Csvg")


def test_templates_hold_no_inline_script_or_style() -> None:
    folder = Path(__file__).parents[2] / "handlers/pages/templates"
    texts = [file.read_text() for file in folder.rglob("*.html")]
    assert len(texts) > 20
    assert not [
        text
        for text in texts
        if " style=" in text or "<style" in text or " onclick=" in text or "|safe" in text
    ]


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0", "Windows 电脑，Edge 浏览器"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux 电脑，火狐浏览器"),
        ("Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/86 MicroMessenger/8.0.56", "安卓手机，微信"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "苹果手机，Safari 浏览器"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_machine_is_named_as_people_say_it(agent: str, text: str) -> None:
    assert words.machine(agent) == text

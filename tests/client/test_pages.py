"""Every page of the program, in both sizes of text: nothing is wider than the phone, everything tapped is big enough.

Pages are read from app.json, so a new one is looked at from its first day; what it needs in its address stands below.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.client import house as h
from tests.client.recognised import BUS, RICE
from tests.client.runtime import ROOT
from tests.client.test_bad_lines import OPENED
from tests.client.years import CLASS
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

APP = json.loads((ROOT / "miniprogram" / "app.json").read_text(encoding="utf-8"))
PAGES = [*APP["pages"], *(f"{room['root']}/{page}" for room in APP["subPackages"] for page in room["pages"])]
QUERIES = {
    "year/self/self": "?code=card0002", "year/rows/rows": "?code=card0002&part=hours",
    "pages/activity/activity": f"?code={h.DYKE}", "pages/evaluation/evaluation": f"?code={h.DYKE}",
    **{f"leader/{page}/{page}": f"?code={h.RIVER}&shift={h.RIVER}" for page in ("person", "stage")},
    **{f"leader/{page}/{page}": f"?code={h.RIVER}" for page in ("day", "confirm", "broadcast", "signups", "finish")},
    "leader/change/change": f"?code={h.CHOIR}",
    "leader/results/results": f"?code={CLASS}",
    "recognition/reward/reward": f"?code={RICE}", "recognition/benefit/benefit": f"?code={BUS}",
    "recognition/card/card": f"?code={BUS}",
    "pages/register/register": "?next=%2Fpages%2Fme%2Fme",
    "pages/makeups/makeups": f"?shift={h.DYKE}&title=dyke&starts=2026-06-10T00:00:00Z&ends=2026-06-10T02:00:00Z",
}  # fmt: skip
#: 96 rpx on a phone of 390 px, and a word that is smaller than 30 rpx.
TARGET, SMALLEST = 49, 15.5
LOOK = """([target, smallest]) => {
  const page = [...document.querySelectorAll('.mp-page:not([hidden])')].pop(), found = []
  const nameOf = one => one.getAttribute('aria-label') || one.innerText.trim()
  const tapped = 'wx-button, wx-input, wx-textarea, [role=button], [role=checkbox], [role=radio]'
  if (page.scrollWidth > 390) found.push(`${page.scrollWidth} px wide`)
  if (!page.innerText.trim()) found.push('empty')
  for (const one of [...page.querySelectorAll(tapped)].filter(each => each.offsetParent)) {
    const box = one.getBoundingClientRect()
    if (box.height < target) found.push(`${nameOf(one)}: ${Math.round(box.height)} px high`)
    if (one.localName === 'wx-button' && !nameOf(one)) found.push('a button without words')
  }
  for (const one of [...page.querySelectorAll('wx-view, wx-text, wx-button')].filter(each => each.offsetParent)) {
    const own = [...one.childNodes].some(each => each.nodeType === 3 && each.textContent.trim())
    const size = parseFloat(getComputedStyle(one).fontSize)
    if (own && size < smallest) found.push(`${nameOf(one).slice(0, 20)}: ${size} px`)
  }
  return found
}"""


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_page_fits_the_phone_and_the_thumb(
    context: BrowserContext, program: str, house: Stack, size: str
) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, "pages/home/home")
    phone.page.evaluate("size => wx.setStorageSync('textsize', size)", size)
    faults: dict[str, Any] = {}
    for page in PAGES:
        phone.page.evaluate(OPENED, f"/{page}{QUERIES.get(page, '')}")
        grown = [TARGET, SMALLEST] if size == "normal" else [TARGET * 1.2, SMALLEST * 1.2]
        found = phone.page.evaluate(LOOK, grown)
        if found:
            faults[page] = found
    assert faults == {}
    assert phone.errors() == []

"""Every page of the program, measured in both sizes of text: width, targets, names read out, contrast, requests.

Pages are read from app.json, so a new one is looked at from its first day; what it needs in its address stands below.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.client import house as h
from tests.client.matters import DOUBTED, LIAISON, MATTER, SERVED
from tests.client.recognised import BUS, DECORATED, RICE, STAR
from tests.client.runtime import ROOT
from tests.client.test_bad_lines import OPENED
from tests.client.years import CLASS
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

APP = json.loads((ROOT / "miniprogram" / "app.json").read_text(encoding="utf-8"))
PAGES = [*APP["pages"], *(f"{room['root']}/{page}" for room in APP["subPackages"] for page in room["pages"])]
QUERIES = {
    "year/self/self": "?code=card0001", "year/rows/rows": "?code=card0001&part=hours",
    "pages/activity/activity": f"?code={h.DYKE}", "pages/evaluation/evaluation": f"?code={SERVED}",
    "year/case/case": f"?code={DOUBTED}",
    **{f"leader/{page}/{page}": f"?code={h.RIVER}&shift={h.RIVER}" for page in ("person", "stage")},
    **{f"leader/{page}/{page}": f"?code={h.RIVER}" for page in ("day", "confirm", "broadcast", "signups", "finish")},
    "leader/change/change": f"?code={h.CHOIR}",
    "leader/results/results": f"?code={CLASS}",
    "recognition/reward/reward": f"?code={RICE}", "recognition/benefit/benefit": f"?code={BUS}",
    "recognition/card/card": f"?code={BUS}", "recognition/notice/notice": f"?kind=stars&code={STAR}",
    "pages/register/register": "?next=%2Fpages%2Fme%2Fme",
    "pages/makeups/makeups": f"?shift={h.DYKE}&title=dyke&starts=2026-06-10T00:00:00Z&ends=2026-06-10T02:00:00Z",
}  # fmt: skip
#: On which phone a page, or the pages of a package, have most to show; the others on the leader's.
PHONES = {
    "recognition": DECORATED, "year": h.XIAOBO, "year/orders/orders": h.LEADER,
    "year/case/case": LIAISON, "recognition/certificate/certificate": MATTER, "pages/evaluation/evaluation": MATTER,
    "pages/register/register": h.NEWCOMER, "pages/recovery/recovery": h.NEWCOMER,
}  # fmt: skip
#: 96 rpx on a phone of 390 px, and a word that is smaller than 30 rpx.
TARGET, SMALLEST = 49, 15.5
#: What a page may ask for before it is all there, and how long an answer may be.
REQUESTS, BYTES = 3, 20_000
LOOK = """([target, smallest]) => {
  const page = [...document.querySelectorAll('.mp-page:not([hidden])')].pop(), found = []
  const nameOf = one => one.getAttribute('aria-label') || one.innerText.trim()
  const roles = ['button', 'checkbox', 'radio', 'link'].map(each => `[role=${each}]`)
  const tapped = ['wx-button', 'wx-input', 'wx-textarea', 'wx-picker', 'wx-switch', ...roles].join()
  if (page.scrollWidth > 390) found.push(`${page.scrollWidth} px wide`)
  if (!page.innerText.trim()) found.push('empty')
  for (const one of [...page.querySelectorAll(tapped)].filter(each => each.offsetParent)) {
    const box = one.getBoundingClientRect()
    if (box.height < target) found.push(`${nameOf(one)}: ${Math.round(box.height)} px high`)
    if (box.width < target) found.push(`${nameOf(one)}: ${Math.round(box.width)} px wide`)
    if (box.left < 0 || box.right > 390.5) found.push(`${nameOf(one)}: beyond the edge`)
    const said = one.querySelector('[aria-label]')?.getAttribute('aria-label') || nameOf(one)
    if (!said) found.push(`<${one.localName} ${one.className}> without words or aria-label`)
  }
  const mute = page.querySelectorAll('wx-image:not([aria-label]):not([aria-hidden])')
  if (mute.length) found.push(`${mute.length} pictures without words`)
  for (const one of [...page.querySelectorAll('wx-view, wx-text, wx-button')].filter(each => each.offsetParent)) {
    const own = [...one.childNodes].some(each => each.nodeType === 3 && each.textContent.trim())
    const size = parseFloat(getComputedStyle(one).fontSize)
    if (own && size < smallest) found.push(`${nameOf(one).slice(0, 20)}: ${size} px`)
    if (own && !one.closest('[disabled], [aria-hidden=true]')) dim(one, size)
  }
  /* WCAG AA: 4.5 to one, 3 to one for big and for bold middle-sized words */
  function dim(one, size) {
    const [words, behind] = [light(rgb(getComputedStyle(one).color)), light(ground(one))].sort((a, b) => b - a)
    const bold = Number(getComputedStyle(one).fontWeight) >= 700
    const ratio = (words + 0.05) / (behind + 0.05)
    const wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5
    if (ratio < wanted) found.push(`${nameOf(one).slice(0, 20)}: contrast ${ratio.toFixed(1)}`)
  }
  function ground(one) {
    for (let up = one; up; up = up.parentElement) {
      const own = rgb(getComputedStyle(up).backgroundColor)
      if (own[3] === 1) return own
      if (own[3] > 0) found.push(`${nameOf(one).slice(0, 20)}: a ground one can see through`)
    }
    return [255, 255, 255, 1]
  }
  function rgb(text) {
    const [red, green, blue, through = 1] = text.match(/[\\d.]+/g).map(Number)
    return [red, green, blue, through]
  }
  function light([red, green, blue]) {
    const part = value => (value / 255 <= 0.03928 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
  }
  return found
}"""

#: What was asked of the server since FORGET: every address, and the bytes of the longest answer that has come.
FORGET = "performance.clearResourceTimings(); __mp.calls.length = 0"
ASKED = """[
  __mp.calls.filter(([name]) => /request|downloadFile/.test(name)).map(([, one]) => one.url.split('/api/v1')[1]),
  Math.max(0, ...performance.getEntriesByType('resource').filter(each => each.name.includes('/api/v1/'))
    .map(each => each.decodedBodySize)),
]"""


def _certificate(house: Stack) -> str:
    """One that the member has asked for, now or at the other size."""
    token = h.token(house, MATTER)
    made = h.api(house, token, "GET", "/me/certificates")["certificates"]
    return str(made[0]["code"] if made else h.api(house, token, "POST", "/me/certificates", {})["codes"][0])


def whose(page: str) -> int:
    """The phone on which a page has most to show."""
    return PHONES.get(page) or PHONES.get(page.split("/")[0], h.LEADER)


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_page_fits_the_phone_the_thumb_the_ear_and_a_bad_line(
    context: BrowserContext, program: str, house: Stack, size: str
) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, "pages/home/home")
    record = h.api(house, h.token(house, DECORATED), "GET", "/me/records?limit=1")["records"][0]["id"]
    queries = {
        **QUERIES, "recognition/objection/objection": f"?record={record}",
        "recognition/certificate/certificate": f"?code={_certificate(house)}",
    }  # fmt: skip
    grown = [TARGET, SMALLEST] if size == "normal" else [TARGET * 1.2, SMALLEST * 1.2]
    faults: dict[str, Any] = {}
    number = 0
    for page in sorted(PAGES, key=whose):
        if whose(page) != number:
            number = whose(page)
            phone.start("pages/home/home", login=functools.partial(h.login_code, house, number))
            phone.page.wait_for_load_state("networkidle")  # what home asks for is none of the next page's
            phone.page.evaluate("size => wx.setStorageSync('textsize', size)", size)
        phone.page.evaluate(FORGET)
        phone.page.evaluate(OPENED, f"/{page}{queries.get(page, '')}")
        asked, longest = phone.page.evaluate(ASKED)
        found = phone.page.evaluate(LOOK, grown)
        if phone.page.evaluate("getCurrentPages().at(-1).data.state") == "failed":
            found.append("failed")
        if len(asked) > REQUESTS or longest > BYTES:
            found.append((asked, longest))
        if found:
            faults[page] = found
    assert faults == {}
    assert phone.errors() == []

"""Certificates on the phone and in public: asked for, downloaded, checked; an edited paper is exposed by its page."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageStat

from models import Certificate
from services.certificates import asking, checking, deciding, paper
from services.certificates.drafting import Content
from tests.services.certificates.golden import FILE, SCALE
from tests.services.certificates.world import PARTS, correct, issued, seal, serve
from tests.support.world import World


def pictures(body: bytes, scale: float = 2) -> list[Image.Image]:
    return [page.render(scale=scale).to_pil() for page in pypdfium2.PdfDocument(body)]


def test_asked_for_issued_and_downloaded_on_the_phone(
    cast: World, phone: Any, at: datetime, frozen: Any
) -> None:
    mine = phone(cast.xiaobo)
    assert "还没有确认过的服务时长" in mine.get("/m/certificates").text
    serve(cast, at)
    seal(cast, at)
    page = mine.get("/m/certificates?when=2026-03-01_2026-03-31").text
    assert [word in page for word in ("申请证明", "不收任何费用", 'value="2026-03-31"')] == [True] * 3
    for days in ({"when": "ever", "first": "2026-05-02", "last": "2026-05-01"}, {"when": "days"}):
        wrong = mine.post("/m/certificates", days)
        assert (wrong.status_code, "日期不对" in wrong.text) == (400, True)
    path = mine.post("/m/certificates", {"when": "2026"}).headers["Location"].partition("?")[0]
    code = path.split("/")[-1]
    assert "等霍邱县退役军人服务中心审核，6月17日（周三）前答复" in mine.get(path).text
    assert mine.get(f"{path}.pdf").status_code == 409
    deciding.issue(parts=PARTS, actor=cast.actor(cast.officer, "console"), code=code, at=at)
    page = mine.get(path).text
    assert "下载证明" in page
    link = page.split('href="/v/')[1].split('"')[0]
    body = mine.get(f"{path}.pdf").data
    assert body == phone(wechat=False).get(f"/v/{link}").data  # another browser, within half an hour
    frozen(at + timedelta(minutes=31))
    assert phone(wechat=False).get(f"/v/{link}").status_code == 404
    assert phone(wechat=False).get(f"/v/{link[:-8]}aaaa.pdf").status_code == 404
    assert phone(cast.chali).get(path).status_code == 404
    assert phone(cast.chali).get(f"{path}.pdf").status_code == 404


def test_edited_paper_is_exposed_by_its_page(cast: World, phone: Any, at: datetime) -> None:
    serve(cast, at)
    serve(cast, at, minutes=600, source="transferred")
    seal(cast, at)
    code = issued(cast, at)
    row = Certificate.get(Certificate.code == code)
    text = Content.of(row.content)
    forged = replace(text, minutes=59_940, lines=[replace(each, minutes=59_940) for each in text.lines])
    row.content = asdict(forged)  # what he prints; what is kept stays as it was
    [sheet] = pictures(paper.drawn(parts=PARTS, rows=[row]))
    [found] = zxingcpp.read_barcodes(sheet)
    assert found.text == f"{PARTS.public_url}/v/{code}"
    answer = phone(wechat=False).get(found.text.removeprefix(PARTS.public_url))
    shown = ("贰小时伍分钟", "王*博", "霍邱县退役军人服务中心", "清洁河岸", "现在有效", "没有登记证件号", "另有 10 小时", "对一对")
    assert [word in answer.text for word in shown] == [True] * len(shown)
    assert [word in answer.text for word in ("999", "王小博", "真的")] == [False] * 3  # the page has not seen the paper
    assert (answer.headers["X-Robots-Tag"].split(",")[0], answer.headers["Cache-Control"]) == ("noindex", "no-store")
    assert Certificate.get(Certificate.code == code).looked == 1


def test_forged_code_is_unknown_and_an_address_gets_tired(
    cast: World, phone: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(cast, at)
    seal(cast, at)
    code = issued(cast, at)
    monkeypatch.setattr(checking, "LOOKS", 5)
    anybody = phone(wechat=False)
    spaced = " ".join((code[:4], code[4:8].upper(), code[8:]))
    assert anybody.get("/v", query_string={"code": spaced}).headers["Location"] == f"/v/{code}"
    for words in ("ZM341522-2026-00001", "没有码", code[:12]):
        assert "输的不是查验码" in anybody.get("/v", query_string={"code": words}).text
    assert "可能是假的" in anybody.get(f"/v/{code}x").text
    answers = [anybody.get(f"/v/{each}") for each in (code, f"{code[:-1]}0", "a" * 16, code.upper(), code)]
    assert [each.status_code for each in answers] == [200, 404, 404, 200, 429]
    assert answers[-1].headers["Retry-After"] == "600"
    assert "请过10分钟再来" in answers[-1].text


def test_correction_and_withdrawal_stand_on_the_public_page(cast: World, phone: Any, at: datetime) -> None:
    record = serve(cast, at)
    seal(cast, at)
    code = issued(cast, at)
    correct(record, 65, at)
    assert "现在是 1 小时 5 分钟，比证明上的少" in phone(wechat=False).get(f"/v/{code}").text
    mine = phone(cast.xiaobo)
    assert "按现在的时长重开一张" in mine.get(f"/m/certificates/{code}").text
    again = mine.post(f"/m/certificates/{code}", {"again": "1"}).headers["Location"].partition("?")[0]
    assert mine.post(again).headers["Location"] == "/m/certificates?done=cancelled"
    deciding.withdraw(actor=cast.actor(cast.officer, "console"), code=code, reason="人写错了", at=at)
    page = phone(wechat=False).get(f"/v/{code}").text
    assert ("已经撤销，不能用" in page, "人写错了" in page) == (True, False)
    assert "已经撤销，不能使用" in _words(mine.get(f"/m/certificates/{code}.pdf").data)


def test_my_page_says_what_service_has_brought(cast: World, phone: Any, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    assert [word in mine.get("/m/me").text for word in ("我的服务", "去开", "还没有")] == [True] * 3
    serve(cast, at, minutes=60 * 150)
    seal(cast, at)
    asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo), scope=asking.year_scope("2026"), at=at)
    issued(cast, at)
    page = mine.get("/m/me").text
    assert [word in page for word in ("1 张有效，1 张在办", "150 分", 'value="25"', "时长就够二星")] == [True] * 4


def test_public_notice_masks_the_name(cast: World, phone: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "rule_of", lambda *_: deciding.Rule(at_once=True, notice_days=7, answer_days=5))
    serve(cast, at)
    seal(cast, at)
    asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=asking.year_scope("2026"), at=at)
    page = phone(wechat=False).get("/certificates").text
    assert ("王*博" in page, "王小博" in page, "公示 2026-06-10 至 2026-06-17" in page) == (True, False, True)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_long_names_and_many_teams_break_their_lines(cast: World, at: datetime) -> None:
    from tests.services.certificates import golden

    golden.draw(cast, at)
    row, long = Certificate.get(), "霍邱县城关镇东湖社区退役军人服务站志愿服务工作协调与综合保障领导小组" * 2
    text = Content.of(row.content)
    lines = [replace(each, what=long[:60], team=long[:20]) for each in text.lines]
    row.content = asdict(
        replace(text, name=long[:60], teams=[f"第{n}队{long[:56]}" for n in range(45)], lines=lines, issuer=long[:60])
    )
    body = paper.drawn(parts=PARTS, rows=[row])
    words = "".join(_words(body).split())
    assert (len(body) < 300_000, len(pypdfium2.PdfDocument(body)) <= 6) == (True, True)
    assert [word in words for word in ("等，一共45支服务队", "第7队霍邱县", "第8队霍邱县")] == [True, True, False]


def _words(body: bytes) -> str:
    document = pypdfium2.PdfDocument(body)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_paper_looks_as_it_was_approved_and_carries_its_letters(cast: World, at: datetime) -> None:
    """Forty services are two pages; the picture is the one beside this test (`python -m
    tests.services.certificates.golden` draws it anew)."""
    from tests.services.certificates import golden

    body = golden.draw(cast, at)
    assert len(body) < 300_000
    document = pypdfium2.PdfDocument(body)
    assert len(document) == 2
    assert golden.unembedded(document) == []
    text = _words(body)
    for word in ("志愿服务记录证明", "ZM341522-2026-00001", "340000196006069013", "捌拾叁小时贰拾分钟", "孙主任", "周小办", "霍邱县退役军人服务中心"):
        assert word in text
    shown = pictures(body, SCALE)[1].convert("L")
    kept = Image.open(FILE).convert("L")
    assert shown.size == kept.size
    soft = [each.filter(ImageFilter.BoxBlur(2)) for each in (shown, kept)]
    away = ImageChops.difference(*soft)
    assert (ImageStat.Stat(away).mean[0] < 1, away.getextrema()[1] < 70) == (True, True)

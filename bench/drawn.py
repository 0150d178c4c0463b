"""What is drawn: QR codes beside `qrcode` with Pillow, a page of PDF beside bare fpdf2 with the same typeface."""

from __future__ import annotations

import io
from itertools import count

import pylopdf_fonts_zh_cn
import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M

import clock
from bench import figures
from bench.figures import Row
from handlers import qr
from services.printing import Paper, code_png

LINES = 40
ADDRESS = "https://volunteer.example.cn/q/s1.{:08d}.benchshift.3f2a9c"
LINE = "2026年{:02d}月 霍邱县城关镇东湖社区清洁河岸、陪伴老人、汛期巡堤 2小时"


def rows(_missing: list[str]) -> list[Row]:
    """A code never drawn before, one out of the cache, and a certificate-like page."""
    ours, peer = count(1), count(1)
    pillow = figures.often(lambda: _pillow(ADDRESS.format(next(peer))))
    svg = figures.often(lambda: qr.svg(ADDRESS.format(next(ours))))
    again = figures.often(lambda: qr.svg(ADDRESS.format(0)))
    return figures.alternate([
        Row("QR code, first, SVG ÷ qrcode with Pillow", svg, pillow),
        Row("QR code, from the cache ÷ qrcode with Pillow", again, pillow),
        Row(f"PDF, {LINES} lines and a code ÷ bare fpdf2", figures.often(_paper), figures.often(_bare)),
    ])  # fmt: skip


def _pillow(text: str) -> bytes:
    code: qrcode.QRCode[object] = qrcode.QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()


def _paper() -> bytes:
    paper = Paper(title="志愿服务记录证明", subtitle="第2026-0001号", footer="红耀江淮", made_at=clock.now())
    for number in range(LINES):
        paper.line(LINE.format(number))
    paper.code(ADDRESS.format(0), x=160, y=10, size=30)
    return paper.pdf()


def _bare() -> bytes:
    pages = FPDF(format="A4", unit="mm")
    pages.add_font("noto", fname=str(pylopdf_fonts_zh_cn.sans_path()))
    pages.add_page()
    pages.set_font("noto", size=20)
    pages.multi_cell(0, 12, "志愿服务记录证明", align="C", new_x="LMARGIN", new_y="NEXT")
    pages.set_font("noto", size=12)
    for number in range(LINES):
        pages.multi_cell(0, 7, LINE.format(number), new_x="LMARGIN", new_y="NEXT")
    pages.image(io.BytesIO(code_png(ADDRESS.format(0))), x=160, y=10, w=30)
    return bytes(pages.output())

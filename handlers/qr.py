"""QR codes as pictures, for pages, console and paper. The text always comes from us, never from a query string."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    import qrcode

#: White modules around the code: scanners need four.
BORDER = 4


def _code(text: str) -> qrcode.QRCode[object]:
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    code: qrcode.QRCode[object] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=BORDER)
    code.add_data(text)
    code.make(fit=True)
    return code


@lru_cache(maxsize=128)
def png(text: str, scale: int = 8) -> bytes:
    """`text` as a PNG, `scale` pixels to the module."""
    code = _code(text)
    code.box_size = scale
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()


@lru_cache(maxsize=64)
def png_uri(text: str) -> str:
    """`text` as a picture that a phone can save by a long press and WeChat can read from its album."""
    return "data:image/png;base64," + base64.b64encode(png(text)).decode("ascii")


@lru_cache(maxsize=256)
def svg(text: str) -> str:
    """`text` as an SVG with its own white ground, so that it scans in dark mode and from a screenshot too."""
    rows = _code(text).get_matrix()
    size = len(rows)
    runs = [f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size * 8}" height="{size * 8}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0,0h{size}v{size}h-{size}z"/>'
        f'<path d="{"".join(runs)}"/></svg>'
    )


@lru_cache(maxsize=256)
def svg_uri(text: str) -> str:
    """`text` as what stands in `<img src>`; our CSP lets pictures come as data."""
    return "data:image/svg+xml," + quote(svg(text), safe="/:,=")

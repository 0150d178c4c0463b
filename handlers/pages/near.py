"""Lists that are open to everybody, near a place looked for by its name: what the address says of them."""

from __future__ import annotations

from frozen import dataclass
from handlers.pages.browser import field
from services import regions
from services.listing import Wanted

PAGE = 30


@dataclass(frozen=True, slots=True)
class Near:
    """`region` is looked at, called `place`; `q` was searched for and found `places` (code, name)."""

    region: str
    place: str
    q: str
    places: list[tuple[str, str]]
    wanted: Wanted


def near() -> Near:
    """What this request asks for; without a place, all there is."""
    page, text = field("page", 5), field("q", 20)
    region = field("region", 12) or regions.widest()
    places = regions.search(text, regions.widest(), 8) if text else []
    wanted = Wanted(filters={"region": region}, page=int(page) if page.isascii() and page.isdigit() else 1, size=PAGE)
    named = [(each.code, each.path or each.name) for each in places]
    return Near(region, regions.path_name(region), text, named, wanted)

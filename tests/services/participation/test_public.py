"""What is drawn to be passed on, read back by a decoder at the size it is printed."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import zxingcpp
from PIL import Image

from models import Activity, store
from services.errors import Refusal, RefusalCode
from services.participation import drawing, public
from services.parts import Parts
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE, World

#: 3 cm at 300 dots to the inch.
THREE_CM = round(3 / 2.54 * 300)


@pytest.fixture
def parts() -> Parts:
    return make_parts(FakeGateway())


@pytest.fixture
def long_names(cast: World) -> Activity:
    """As long as the fields take."""

    def make() -> None:
        names = {"title": "淮河大堤清理垃圾志愿服务" * 3, "place": "霍邱县城关镇东湖社区居民委员会门前广场" * 3}
        Activity.update(**{key: text[:most] for (key, text), most in zip(names.items(), (40, 60), strict=True)}).where(
            Activity.id == cast.activity.id
        ).execute()

    store.write(make)
    return Activity.get_by_id(cast.activity.id)


def printed(picture: bytes, code_width: int) -> Image.Image:
    """The picture as it comes out of a printer with a code of 3 cm."""
    image = Image.open(io.BytesIO(picture))
    scale = THREE_CM / code_width
    return image.resize((round(image.width * scale), round(image.height * scale)))


@pytest.mark.parametrize(("draw", "size", "code_width"), [("poster", (1080, 1440), 480), ("card", (1000, 800), 360)])
def test_code_is_read_back_at_three_centimetres(
    parts: Parts, long_names: Activity, draw: str, size: tuple[int, int], code_width: int
) -> None:
    picture = getattr(public, draw)(parts=parts, code=long_names.code)
    assert Image.open(io.BytesIO(picture)).size == size
    (found,) = zxingcpp.read_barcodes(printed(picture, code_width))
    assert found.text == f"{parts.public_url}/q/a1.{long_names.code}"


def test_long_words_are_broken_and_cut_never_drawn_beyond_the_edge() -> None:
    found = drawing.lines("淮河大堤，清理垃圾" * 5, size=40, width=400, most=3)
    assert (len(found), found[-1][-1]) == (3, "…")
    assert not any(line.startswith("，") for line in found)


def test_list_shows_what_is_open_to_everybody(cast: World, at: datetime) -> None:
    assert [each.code for each in public.open_ones(region_code=VILLAGE, at=at)] == [cast.activity.code]
    assert [each.code for each in public.open_ones(region_code="", at=at)] == [cast.activity.code]


@pytest.mark.parametrize("more", [{"state": "draft"}, {"state": "cancelled"}, {"openness": "team"}])
def test_what_is_not_for_everybody_has_no_public_page(cast: World, at: datetime, more: dict[str, str]) -> None:
    store.write(lambda: Activity.update(**more).where(Activity.id == cast.activity.id).execute())
    with pytest.raises(Refusal) as no:
        public.one(code=cast.activity.code, at=at)
    assert no.value.code is RefusalCode.NOT_FOUND

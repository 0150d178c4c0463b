"""A draft of 李阿丽's about her team, a picture with a place in it, and the way to published."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.errors import Refusal
from services.stories import consents, review, writing
from services.stories.writing import StoryDraft
from storage.disk import Disk
from tests.support.fakes import FakeGateway, make_parts

TEXT = "七月里水涨上来，王小博在大堤上守了三天三夜。\n他说，这是应该的。"


def refused(act: Callable[[], Any]) -> str:
    """The code of the no."""
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code.value


def jpeg() -> bytes:
    """A photo whose EXIF tells where it was taken and by what."""
    exif = Image.Exif()
    exif[0x010F] = "PhoneOfZhang"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def house(tmp_path: Path) -> Any:
    return make_parts(FakeGateway(), storage=Disk(tmp_path / "files"))


@pytest.fixture
def told(cast: Any, at: datetime, house: Any) -> str:
    """The draft, with a photo, showing 王小博 by name and face; its code."""
    ali = cast.actor(cast.ali, "console")
    code = writing.create(
        actor=ali, team_code=cast.team.code, region_code="", draft=StoryDraft("守堤三天", TEXT, "D3", "flood"), at=at
    )
    writing.add_photo(parts=house, actor=ali, code=code, photo=jpeg(), caption="大堤上", at=at)
    writing.put_person(actor=ali, code=code, public_no=cast.xiaobo.public_no, shows="both", at=at)
    return code


@pytest.fixture
def hand_in(cast: Any, at: datetime, house: Any) -> Callable[..., None]:
    def submit(code: str, **more: Any) -> None:
        facts = {"actor": cast.actor(cast.ali, "console"), "nobody_else": True, "at": at, **more}
        consents.submit(parts=house, code=code, **facts)

    return submit


@pytest.fixture
def publish(cast: Any, at: datetime, hand_in: Any) -> Callable[[str], None]:
    """Handed in, agreed to, reviewed."""

    def all_the_way(code: str) -> None:
        hand_in(code)
        consents.answer(actor=cast.actor(cast.xiaobo, "pages"), code=code, agrees=True, at=at)
        review.decide(actor=cast.actor(cast.officer, "console"), code=code, publishes=True, reason="", at=at)

    return all_the_way

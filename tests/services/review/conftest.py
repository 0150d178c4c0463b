"""Shorthands of the review's tests: somebody served, who decides, a photo, the day after."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from models import Activity, ServiceRecord, Shift, store
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.participation import attendance
from services.parts import Parts
from storage.disk import Disk
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import World


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return make_parts(storage=Disk(tmp_path / "files"))


@pytest.fixture
def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def after(cast: World) -> datetime:
    """An hour after the activity's end."""
    return cast.shift.ends_at + timedelta(hours=1)


@pytest.fixture
def deputy(cast: World, at: datetime) -> Any:
    """A second leader of the team."""

    def act() -> Any:
        person = world.make_volunteer(at, "周副队")
        world.make_identity(at, person)
        world.make_identity(at, person, "mp")
        world.join(at, cast.team, person)
        world.grant(at, person, "deputy", team=cast.team)
        return person

    return store.write(act)


@pytest.fixture
def city(cast: World, at: datetime) -> Any:
    """An officer of the city, one level above the county."""

    def act() -> Any:
        person = world.make_volunteer(at, "吴市长办")
        world.make_identity(at, person)
        world.make_identity(at, person, "mp")
        world.grant(at, person, "region_admin", region=world.CITY)
        return person

    return store.write(act)


@pytest.fixture
def served(cast: World) -> Callable[..., int]:
    """The person was ticked in and out and his hours were confirmed; the record's id."""

    def serve(
        person: Any = None, minutes: int = 90, *, shift: Shift | None = None, confirmed: bool = True
    ) -> int:
        shift = shift or cast.shift
        facts = {
            "actor": cast.actor(cast.ali), "shift_code": shift.code, "public_no": (person or cast.xiaobo).public_no,
        }  # fmt: skip
        start = shift.starts_at
        attendance.tick(**facts, direction="in", at=start)
        record = attendance.tick(**facts, direction="out", at=start + timedelta(minutes=minutes)).record_id
        if confirmed:
            code = Activity.get_by_id(shift.activity_id).code
            at = shift.ends_at + timedelta(minutes=10)
            records.confirm(actor=cast.actor(cast.ali), activity_code=code, at=at, record_ids=[record])
            assert ServiceRecord.get_by_id(record).state == "confirmed"
        return record

    return serve


@pytest.fixture
def refused() -> Callable[..., RefusalCode]:
    def ask(act: Callable[..., Any], *args: Any, **facts: Any) -> RefusalCode:
        with pytest.raises(Refusal) as no:
            act(*args, **facts)
        return no.value.code

    return ask

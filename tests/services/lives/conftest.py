"""What tests of changed lives share: parts with a folder of their own, a photo, how an act is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.errors import Refusal, RefusalCode
from services.parts import Parts
from storage.disk import Disk
from tests.services.lives.test_files import picture
from tests.support.fakes import make_parts


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return make_parts(storage=Disk(tmp_path / "files"))


@pytest.fixture
def photo() -> bytes:
    return picture()


@pytest.fixture
def refusal() -> Callable[..., RefusalCode]:
    def of(call: Callable[..., Any], /, **facts: Any) -> RefusalCode:
        with pytest.raises(Refusal) as refused:
            call(**facts)
        return refused.value.code

    return of

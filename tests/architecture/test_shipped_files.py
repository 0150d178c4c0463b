"""Files that ship with the code are found from where the code stands: a moved module must still find them."""

from pathlib import Path

import pytest

from demo.children import ROOT
from services import regions
from services.conversation import menus


@pytest.mark.parametrize("shipped", [menus.FILE, regions.OVERRIDES], ids=lambda path: path.name)
def test_shipped_file_is_there(shipped: Path) -> None:
    assert shipped.is_file()
    assert shipped.is_relative_to(ROOT)

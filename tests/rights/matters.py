"""The matters of the stage whose doors are told in a file of their own."""

from __future__ import annotations

from typing import Any

from tests.rights import (
    assessed,
    called,
    certified,
    complained,
    figured,
    mall,
    own_data,
    recognised,
    told,
    trained,
)

MATTERS: tuple[Any, ...] = (
    called, assessed, trained, told, figured, recognised, certified, mall, complained, own_data,
)  # fmt: skip

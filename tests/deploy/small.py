"""A small application for the restart under load: what is tried is nginx, the script and the server's way to end, and
ours takes seconds to start on a busy machine. Every answer takes a moment, so that some are always under way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

SECONDS = 0.1


def create_app() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Answers everything with the number of its process; /livez at once."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/livez":
            time.sleep(SECONDS)
        start("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]

    return answer

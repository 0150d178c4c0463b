"""Doing the same for many, each by itself: what goes wrong with one keeps nobody else waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from services.operation.leases import LeaseLost

log = logging.getLogger("hongyao.worker")
T = TypeVar("T")


def each(items: Iterable[T], act: Callable[[T], int]) -> int:
    """Do `act` for every item; the sum of what it answers. What it raises is raised when all had their turn, the first
    of it; only a lost lead ends it at once."""
    done, problems = 0, list[Exception]()
    for item in items:
        try:
            done += act(item)
        except LeaseLost:
            raise
        except Exception as problem:
            log.warning("left behind: %r", problem)
            problems.append(problem)
    if problems:
        raise problems[0]
    return done

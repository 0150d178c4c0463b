"""Replaced by its builder."""

from apiflask import APIFlask


def register_console(app: APIFlask) -> None:
    """Nothing yet."""

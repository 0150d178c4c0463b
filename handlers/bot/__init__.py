"""Replaced by its builder."""

from apiflask import APIFlask


def register_bot(app: APIFlask) -> None:
    """Nothing yet."""

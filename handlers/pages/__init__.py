"""Replaced by its builder."""

from apiflask import APIFlask


def register_pages(app: APIFlask) -> None:
    """Nothing yet."""

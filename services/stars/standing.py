"""Whose star is which: what was awarded and stands. Everything that asks for somebody's star asks here."""

from __future__ import annotations

from collections.abc import Iterable

from peewee import fn

from models import StarAward

#: What goes over to another entry of the same person (`services.lives.moving`), and the states of a star that is alive.
OWNED = {"stars": StarAward}
ALIVE = ("review", "announced", "awarded")


def stars_of(people: Iterable[int]) -> dict[int, int]:
    """{person: the highest star he was awarded}; those without one are left out."""
    rows = (
        StarAward.select(StarAward.volunteer, fn.MAX(StarAward.star).alias("top"))
        .where(StarAward.volunteer.in_(list(people)), StarAward.state == "awarded")
        .group_by(StarAward.volunteer)
    )
    return {row.volunteer_id: int(row.top) for row in rows}


def star_of(*, volunteer_id: int) -> int:
    """The star of one person, 0 for none."""
    return stars_of([volunteer_id]).get(volunteer_id, 0)


def same(kept: int, dropped: int) -> list[int]:
    """Of two entries of one person, the dropped one's stars that are alive on the kept one, too: they stay there."""
    mine = StarAward.select(StarAward.star).where(StarAward.volunteer == kept, StarAward.state.in_(ALIVE))
    rows = StarAward.select(StarAward.id).where(
        StarAward.volunteer == dropped, StarAward.state.in_(ALIVE), StarAward.star.in_(mine)
    )
    return [row.id for row in rows]

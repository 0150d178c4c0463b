"""Who acts: a person behind a door, the worker, or the operator at the command line."""

from __future__ import annotations

from frozen import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. `volunteer_id` is None for someone not registered and for the house itself.

    `door` is where he came in: api / pages / bot / console / proxy / worker / operator. `helper_id`: who does it in his
    stead, on a form that he signed.
    """

    door: str
    volunteer_id: int | None = None
    identity_id: int | None = None
    helper_id: int | None = None

    @property
    def is_house(self) -> bool:
        """The worker or the operator: acts by rule, not by right."""
        return self.door in ("worker", "operator")


WORKER = Actor(door="worker")
OPERATOR = Actor(door="operator")

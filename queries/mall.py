"""Rewards and redemptions where several act at once: each change is guarded and says whether it took place."""

from __future__ import annotations

from queries import one

#: The last one goes to whoever comes first, at the price that he was shown.
TAKE = """
UPDATE reward SET stock = stock - 1 WHERE id = ? AND state = 'open' AND stock > 0 AND price = ? RETURNING stock
"""
PUT_BACK = "UPDATE reward SET stock = stock + 1 WHERE id = ? RETURNING stock"
#: More, or less as far as nobody has it yet.
RESTOCK = """
UPDATE reward SET stock = stock + ?, supply = supply + ? WHERE id = ? AND stock + ? >= 0 RETURNING stock
"""
HAND = """
UPDATE redemption SET state = 'handed', handed_by_id = ?, handed_at = ? WHERE id = ? AND state = 'waiting' RETURNING id
"""
END = """
UPDATE redemption SET state = ?, ended_by_id = ?, ended_at = ?, ended_why = ?, back_in_stock = ?
WHERE id = ? AND state = ? RETURNING id
"""


def take(*, reward_id: int, price: int) -> bool:
    """One of a reward; False if none is left, it is closed or costs something else by now."""
    return one(TAKE, (reward_id, price)) is not None


def put_back(*, reward_id: int) -> None:
    """One that nobody took."""
    one(PUT_BACK, (reward_id,))


def restock(*, reward_id: int, more: int) -> bool:
    """So many more (fewer, below zero); False if fewer are left than are to go."""
    return one(RESTOCK, (more, more, reward_id, more)) is not None


def hand(*, redemption_id: int, actor_id: int | None, now: int) -> bool:
    """Waiting → handed; False if it waits no more."""
    return one(HAND, (actor_id, now, redemption_id)) is not None


def end(
    *, redemption_id: int, before: str, state: str, actor_id: int | None, why: str, restocked: bool, now: int
) -> bool:
    """From one state to its end; False if it is in another one."""
    return one(END, (state, actor_id, now, why, restocked, redemption_id, before)) is not None

"""The commands of the chat, one file each; importing them fills the registry."""

from handlers.bot.commands import (
    activities,
    broadcast,
    checkin,
    digits,
    help,
    hours,
    invite,
    mine,
    points,
    recovery,
    register,
    roster,
    signup,
    yes_no,
)

__all__ = [
    "activities", "broadcast", "checkin", "digits", "help", "hours", "invite", "mine", "points", "recovery", "register",
    "roster", "signup", "yes_no",
]  # fmt: skip

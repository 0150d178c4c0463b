"""The commands of the chat, one file each; importing them fills the registry."""

from handlers.bot.commands import (
    activities,
    applications,
    broadcast,
    checkin,
    coming_back,
    confirming,
    digits,
    doors,
    family,
    got_it,
    help,
    hours,
    invite,
    liaison,
    mine,
    offline,
    on_pages,
    places,
    points,
    presence,
    publishing,
    recovery,
    register,
    roster,
    signup,
    stars,
    stopping,
    switches,
    yes_no,
)

__all__ = [
    "activities", "applications", "broadcast", "checkin", "coming_back", "confirming", "digits", "doors", "family",
    "got_it", "help", "hours", "invite", "liaison", "mine", "offline", "on_pages", "places", "points", "presence",
    "publishing", "recovery", "register", "roster", "signup", "stars", "stopping", "switches", "yes_no",
]  # fmt: skip

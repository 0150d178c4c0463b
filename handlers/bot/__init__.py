"""The chat of the official account, and what WeChat pushes about the mini-program.

`door` stands in front of everything, `callback` opens and seals, `dispatch` finds the command, one file in `commands/`
for each; events and the scenes of our own QR codes stand beside it. Every push takes effect once
(`services.conversation.inbound`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register_bot(app: Flask) -> None:
    """Open the two callback doors with the keys of the settings."""
    from handlers.bot import callback

    app.extensions["callback_doors"] = callback.doors(app.extensions["settings"])
    app.register_blueprint(callback.bp)

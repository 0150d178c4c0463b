"""From what a person typed, tapped or said to a command and what came with it: intent and slots.

Older people write 请问一下我的时长是多少？, 報名２ and 俺上个月弄了几个钟头. Their words stand in wording/commands.toml
(whole messages) and wording/understanding.toml (signs in a sentence). In this order: the whole message is a known word;
it is one without its polite ends, its period and its team; signs stand in it; it sounds or looks like a known word;
it is near a sentence that was said before (wording/heard.toml).
No model, no clock, no network; the text is cut before anything looks at it.
"""

from __future__ import annotations

from handlers.bot.understanding.normalising import plain
from handlers.bot.understanding.reading import as_heard, is_word, offered, understand

__all__ = ["as_heard", "is_word", "offered", "plain", "understand"]

"""One form for a text: half width, simplified, lower case, without blanks, signs at its ends and polite padding."""

from __future__ import annotations

import re
import unicodedata

from handlers.bot.understanding.vocabulary import vocabulary

#: Characters that are looked at. What people ask fits in a tenth of it.
MOST = 400
#: Of politeness so many pieces are cut off.
STEPS = 10
#: What may stand around the words: blanks of every width, zero-width signs, punctuation, emoji.
AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_BLANKS = re.compile(r"\s+")
#: WeChat's own faces come as words in brackets.
_FACES = re.compile(r"\[[A-Za-z\u4e00-\u9fff]{1,4}\]")
_LOOSE = re.compile(r"^(?:的|是|了)+|的+$")


def plain(text: str) -> str:
    """A text in one form: NFKC, simplified, lower case, no blanks, nothing but words at both ends."""
    folded = unicodedata.normalize("NFKC", text[:MOST]).translate(vocabulary().simplified).lower()
    kept = "".join(
        each for each in _FACES.sub("", folded) if unicodedata.category(each) not in ("Cf", "Cc") or each in "\n\t"
    )
    bare = _BLANKS.sub("", AROUND.sub("", kept))
    return bare or ("?" if "?" in kept else "")


def faces(text: str) -> str:
    """The command that a message of nothing but faces means (👌, 🙏); "" if it has words or means nothing."""
    seen = unicodedata.normalize("NFKC", text[:MOST])
    if not seen or any(each.isalnum() for each in _FACES.sub("", seen)):
        return ""
    for command, known in vocabulary().faces.items():
        rest = seen
        for face in known:
            rest = rest.replace(face, "")
        if rest != seen and not any(unicodedata.category(each) == "So" or each in "[]" for each in rest):
            return command
    return ""


def without_politeness(bare: str) -> list[str]:
    """The text without its polite ends, one piece less each time."""
    steps: list[str] = []
    while len(steps) < STEPS:
        shorter = _shorter(bare)
        if shorter is None:
            break
        bare = AROUND.sub("", shorter)
        steps.append(bare)
    return steps


def _shorter(bare: str) -> str | None:
    known = vocabulary()
    for piece in known.before.get(bare[:1], ()):
        if bare.startswith(piece) and bare != piece:
            return bare[len(piece) :]
    for piece in known.after.get(bare[-1:], ()):
        if bare.endswith(piece) and bare != piece:
            return bare[: -len(piece)]
    return None


def tight(text: str) -> str:
    """A text without the little words that are left over at its ends (的时长 → 时长)."""
    return _LOOSE.sub("", AROUND.sub("", text))

"""The form that somebody without a smartphone signs, to print: what is to be done, his word, whoever does it."""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from services.actors import Actor
from services.lives import proxy_desk
from services.lives.proxy_desk import Desk
from services.parts import Parts
from services.printing import SMALL, Paper
from wording import entry, say

WORDS = "paper.proxy"
#: Letters of a table whose rows leave room to write by hand.
HANDWRITTEN = 15


def pdf(*, parts: Parts, actor: Actor, public_no: str, act: str = "", at: datetime) -> bytes:
    """The form for this person; `act` is ticked where one was chosen. What he agrees to by it stands in full below.

    Refusals as `proxies.require_helper`.
    """
    desk = proxy_desk.desk(parts=parts, actor=actor, public_no=public_no, act=act, at=at)
    footer = say(f"{WORDS}.footer", brand=parts.brand, day=local_day(at).isoformat())
    paper = Paper(title=say(f"{WORDS}.title"), subtitle=parts.brand, footer=footer, made_at=at)
    paper.line(say(f"{WORDS}.who", name=desk.name, public_no=desk.public_no), size=14)
    paper.space(3)
    if desk.act == "assess_peer":
        _colleagues(paper, desk)
    else:
        _acts(paper, desk)
    paper.line(say(f"{WORDS}.word"))
    paper.space(8)
    for each in entry(f"{WORDS}.lines"):
        paper.line(str(each), size=14)
        paper.space(6)
    hint = "hint_peers" if desk.act == "assess_peer" else "hint"
    paper.line(say(f"{WORDS}.{hint}"), size=SMALL, grey=True)
    for title, text in desk.texts:
        paper.space(5)
        paper.line(title, size=14)
        paper.line(text)
    return paper.pdf()


def _acts(paper: Paper, desk: Desk) -> None:
    """Everything that can be done for him, to be ticked."""
    paper.line(say(f"{WORDS}.what"), size=14)
    for each in desk.acts:
        paper.line(say(f"{WORDS}.{'ticked' if each == desk.act else 'open'}", act=say(f"paper.form.{each}")))
    paper.line(say(f"{WORDS}.which"))
    paper.space(3)


def _colleagues(paper: Paper, desk: Desk) -> None:
    """Whom he is asked about this year, each with room for his points and his word: one sheet for all of them."""
    paper.line(say(f"{WORDS}.peers"), size=14)
    paper.space(2)
    paper.table(
        headings=entry(f"{WORDS}.peer_heads"), rows=[[each.title, "", ""] for each in desk.chances],
        widths=[5, 3, 5], size=HANDWRITTEN,
    )  # fmt: skip
    paper.space(3)
    paper.line(say(f"{WORDS}.peers_how"))
    paper.space(3)

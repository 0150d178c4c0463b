"""Moving one's home to another team: ask, answer what one's team asked, take back."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.lives import transfer_views, transfers

bp = APIBlueprint("transfers", __name__, tag="Transfers")


class TransferIn(Body):
    """`promised`: the new team's agreement was read (`/teams/<code>/door`) and accepted."""

    team_code: Code
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    promised: bool


class AskedOut(Answer):
    """What came of it; `agreed`: it waits for the receiving division, else for the person."""

    code: str
    agreed: bool


class TransferOut(Answer):
    """One of my transfers; `asked`: my team asked and I have not answered."""

    code: str
    from_team: str
    to_team: str
    to_code: str
    state: str
    reason: str
    answer: str
    at: Moment


class TransfersOut(Answer):
    """Mine, the newest first."""

    transfers: list[TransferOut]


class WordIn(Body):
    """Yes or no to what my team asked."""

    accepts: bool
    promised: bool = False


@bp.get("/me/transfers")
@need_volunteer("api")
@bp.output(TransfersOut)
@bp.doc(summary="My transfers", responses=[401, 403], security="token")
def mine() -> Any:
    """Whatever waits is among the first."""
    names = ("code", "from_team", "to_team", "to_code", "state", "reason", "answer", "at")
    rows = transfer_views.mine(volunteer_id=me_id())
    return {"transfers": [{name: getattr(row, name) for name in names} for row in rows]}


@bp.post("/me/transfers")
@need_volunteer("api")
@idempotent
@bp.input(TransferIn)
@bp.output(AskedOut, 201)
@bp.doc(summary="Ask to move to another team", responses=[400, 401, 403, 404, 409], security="token")
def ask(json_data: TransferIn) -> Any:
    """Hours, points, stars and vetting come along; the receiving division decides."""
    return transfers.ask(
        actor=g.actor, team_code=json_data.team_code, reason=json_data.reason, promised=json_data.promised,
        at=clock.now(),
    )  # fmt: skip


@bp.post("/me/transfers/<code>/answer")
@need_volunteer("api")
@idempotent
@bp.input(WordIn)
@bp.output({}, 204)
@bp.doc(summary="Say yes or no to a transfer", responses=[400, 401, 403, 404, 409], security="token")
def answer(code: str, json_data: WordIn) -> Any:
    """Nothing happens without my own word."""
    transfers.agree(
        actor=g.actor, code=code, accepts=json_data.accepts, promised=json_data.promised, at=clock.now()
    )
    return "", 204


@bp.delete("/me/transfers/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take a transfer back", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """While it waits."""
    transfers.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204

"""WeChat's tags, kept in step with what people are: a leader's menu is another than a volunteer's (标签).

With several tags the last one counts, so each follower bears one of ours at most. What we gave last stands beside the
identity; whoever differs from it is tagged anew, fifty at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from models import WechatIdentity, store
from models.store import Write
from queries import tags as sql
from services.parts import Parts
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure
from wording import entry

log = logging.getLogger("hongyao.worker")

#: Openids in one call, by WeChat's rule.
AT_ONCE = 50
#: Some of the batch failed, or one of them was tagged too often: no reason to leave the others.
SOME_FAILED = frozenset({45169, 45171})
#: People looked at in one beat; a province that is tagged for the first time takes some beats.
IN_ONE_BEAT = 1000


#: The tag's name → who bears it (`volunteer`, `leader`).
AUDIENCES: dict[str, str] = {str(name): audience for audience, name in entry("bot.tags").items()}


def tag_ids(parts: Parts) -> dict[str, int]:
    """WeChat's ids of our tags by audience; one that is missing is made. Asks WeChat."""
    known = parts.gateway.tags()
    return {
        audience: known[name] if name in known else parts.gateway.create_tag(name)
        for name, audience in AUDIENCES.items()
    }


def keep(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Tag those who became something else, or stopped being it; how many. HTTP, so outside a write.

    Raises WechatFailure where WeChat rests or our account may not: the next beat goes on where this one stopped.
    """
    due = sql.due(appid=parts.oa_appid, at=at, limit=IN_ONE_BEAT)
    if not due:
        return 0
    ids, done = tag_ids(parts), 0
    moves: dict[tuple[str, str], list[sql.Due]] = {}
    for each in due:
        moves.setdefault((each.has, each.wanted), []).append(each)
    for (has, wanted), people in moves.items():
        for batch in (people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE)):
            for part in _moved(parts, batch, ids.get(has), ids.get(wanted)):
                keys = [each.identity_id for each in part]
                write(lambda keys=keys, wanted=wanted: _note(keys, wanted))  # type: ignore[misc]
                done += len(part)
    return done


def _moved(parts: Parts, batch: list[sql.Due], old: int | None, new: int | None) -> Iterator[list[sql.Due]]:
    """Those whom WeChat tagged. A whole batch fails for one openid it does not know, so that one is found alone and
    counts as done: he follows no more, and when he does again, he is looked at anew. One that was tagged too often is
    left for the next beat and stops nobody.
    """
    try:
        _move(parts, [each.openid for each in batch], old, new)
    except WechatFailure as failure:
        one_of_them = failure.kind in (Kind.PERMANENT, Kind.USER_STATE)
        if not one_of_them and failure.errcode not in SOME_FAILED:
            raise
        if len(batch) > 1:
            for each in batch:
                yield from _moved(parts, [each], old, new)
            return
        log.warning("tagging: %s", failure)
        if not one_of_them:
            return
    yield batch


def _move(parts: Parts, openids: list[str], old: int | None, new: int | None) -> None:
    if old is not None:
        parts.gateway.untag(openids, tag_id=old)
    if new is not None:
        parts.gateway.tag(openids, tag_id=new)


def _note(identity_ids: list[int], tag: str) -> None:
    WechatIdentity.update(tag=tag).where(WechatIdentity.id.in_(identity_ids)).execute()

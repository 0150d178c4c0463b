"""Telling people about matters that are no activity: applications, decisions, posts, changed lives.

`tell` is called inside the write of the act that has something to tell. The words stand in wording/notices.toml
under the kind: `title` and `body` (with the act's facts); how pressing it is and how long it lasts, in the catalogue.
Said twice with one key is said once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models import Notice
from services.messaging import catalogue, outbox


def tell(
    *, kind: str, people: Iterable[int | None], key: str, at: datetime, url: str = "/m",
    due_at: datetime | None = None, sender: str = "", identity_id: int | None = None, **facts: Any,
) -> int:  # fmt: skip
    """Tell each of `people` (volunteer ids; None and doubles are left out) once per `key`; how many were new.

    `kind` names the words (`notices.<kind>.title`, `.body`), `key` the occasion (`application:5:approved`),
    `sender` who speaks in the template's first field ("" = the programme); `identity_id`: this WeChat alone, as where
    it is the person's no longer.
    """
    wanted = [person for person in dict.fromkeys(people) if person is not None]
    if not wanted:
        return 0
    title, body = catalogue.words(kind, **facts)
    notice = Notice.create(kind=kind, text=key, created_at=at)
    form = catalogue.kind(kind).form
    values = catalogue.values(kind, moment=at, sender=sender, **facts)
    put = 0
    for person in wanted:
        made = outbox.put(
            notice_id=notice.id, volunteer_id=person, kind=kind, dedupe_key=f"{kind}:{key}:{person}", title=title,
            body=body, url=url, form=form, values=values, at=at, due_at=due_at, identity_id=identity_id,
        )  # fmt: skip
        put += made is not None
    if put:
        Notice.update(recipients=put).where(Notice.id == notice.id).execute()
    else:
        notice.delete_instance()
    return put

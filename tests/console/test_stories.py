"""A story on the console: written, given a photo, handed in, reviewed."""

from __future__ import annotations

import io
from typing import Any

from models import Story
from services.stories import consents
from tests.services.stories.conftest import jpeg


def test_leader_writes_and_the_centre_publishes(cast: Any, desk: Any, at: Any, app: Any, tmp_path: Any) -> None:
    leader, office = desk(cast.ali), desk(cast.officer)
    long = "他守了三天三夜。" * 100
    wrong = leader.post("/console/stories/new", {"owner": cast.team.code, "title": "", "body": long})
    assert (wrong.status_code, long in wrong.text) == (400, True)
    written = {"owner": cast.team.code, "title": "守堤", "body": long, "kind": "D3.flood"}
    made = leader.post("/console/stories/new", written)
    code = Story.get().code
    path = f"/console/stories/{code}"
    assert made.location == f"{path}?done=created"
    leader.post(f"{path}/photos", {"photo": (io.BytesIO(jpeg()), "a.jpg"), "caption": "大堤上"})
    leader.post(f"{path}/people", {"person": cast.xiaobo.public_no, "shows": "both"})
    page = leader.get(path).text
    assert [word in page for word in ("大堤上", "王小博", "还没问", "没有别人")] == [True] * 4
    assert leader.get(f"{path}/photos/0").mimetype == "image/jpeg"
    assert leader.post(f"{path}/submit").status_code == 400
    assert leader.post(f"{path}/submit", {"nobody_else": "1"}).location == f"{path}?done=noted"
    proxy = f"/console/people/{cast.xiaobo.public_no}/proxy?act=story_yes"
    assert (proxy in leader.get(path).text, proxy in office.get(path).text) == (False, True)  # never the writer
    assert "念给他听" in office.get(proxy).text
    assert leader.post(f"{path}/recall").location == f"{path}?done=recalled"
    leader.post(f"{path}/submit", {"nobody_else": "1"})
    consents.answer(actor=cast.actor(cast.xiaobo, "pages"), code=code, agrees=True, at=at)
    assert "篇故事等审核" in office.get("/console").text
    assert code in office.get("/console/stories?state=review").text
    assert office.post(f"{path}/decide", {"return": "1"}).status_code == 400
    assert office.post(f"{path}/decide", {"publish": "1"}).location == f"{path}?done=noted"
    assert "看公开的页面" in leader.get(path).text
    assert desk(cast.chali).get(path).status_code in (403, 404)
    assert leader.post(f"{path}/withdraw", {"reason": "写错了人"}).location == f"{path}?done=withdrawn"
    assert "写错了人" in office.get(path).text

"""找回 over the API: a new WeChat finds its owner, the old one stops it."""

from __future__ import annotations

from typing import Any

from models import Volunteer, store
from services.accounts import enrolment, sessions
from services.lives import recovery
from tests.support.world import make_identity

NUMBER, PHONE = "341522196005010032", "13856400001"


def test_a_registration_is_found_again(app: Any, client: Any, cast: Any, at: Any) -> None:
    vault = app.extensions["parts"].vault

    def act() -> Any:
        Volunteer.update(document_index=vault.index("id_no", NUMBER)).where(
            Volunteer.id == cast.xiaobo.id
        ).execute()
        enrolment.set_phone(parts=app.extensions["parts"], person=cast.xiaobo, phone=PHONE, proof="none")
        return make_identity(at, None, "mp")

    token = sessions.open_session(kind="api", identity_id=store.write(act).id, at=at).token
    headers = {"Authorization": f"Bearer {token}"}
    digits = client.post("/api/v1/recovery/digits", headers=headers)
    assert (digits.status_code, len(digits.json["digits"])) == (201, 6)
    wrong = client.post("/api/v1/recovery", json={"document": NUMBER, "phone": "13856400009"}, headers=headers)
    assert (wrong.status_code, wrong.json["code"]) == (400, "recovery_no_match")
    found = client.post("/api/v1/recovery", json={"document": NUMBER, "phone": PHONE}, headers=headers)
    assert (found.status_code, found.json["state"], found.json["name"]) == (201, "done", "王小博")
    again = client.post("/api/v1/recovery", json={"document": NUMBER, "phone": PHONE}, headers=headers)
    assert again.json["code"] == "already_registered"


def test_it_is_stopped_by_the_person_alone(client: Any, cast: Any, bearer: Any, at: Any) -> None:
    new = store.write(lambda: make_identity(at, None, "mp"))
    made = recovery.request(
        actor=cast.actor(cast.officer, "console"), public_no=cast.xiaobo.public_no, reason="当面",
        digits=recovery.show_digits(identity_id=new.id, at=at), at=at,
    )  # fmt: skip
    path = f"/api/v1/me/recoveries/{made.code}"
    assert client.get(path, headers=bearer(cast.chali)).status_code == 404
    assert client.get(path, headers=bearer(cast.xiaobo)).json["state"] == "waiting"
    stopped = client.post(f"{path}/stop", headers=bearer(cast.xiaobo))
    assert (stopped.status_code, stopped.json["state"]) == (200, "stopped")

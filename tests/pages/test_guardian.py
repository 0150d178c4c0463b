"""监护人同意 on a minor's phone."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from models import GuardianConsent, Volunteer, store


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), "white").save(out, "JPEG")
    out.seek(0)
    return out


def test_minor_hands_in_the_form_and_takes_it_back(cast: Any, phone: Any) -> None:
    store.write(lambda: Volunteer.update(birth_date="2011-01-31").where(Volunteer.id == cast.xiaobo.id).execute())
    mine = phone(cast.xiaobo)
    assert "交一份同意书" in mine.get("/m/guardian").text
    told = {"guardian_name": "王建国", "relation": "father", "phone": "13856400000"}
    without = mine.post("/m/guardian", told)
    assert (without.status_code, "还没有照片" in without.text, "王建国" in without.text) == (400, True, True)
    done = mine.post("/m/guardian", {**told, "form": (picture(), "f.jpg")}, content_type="multipart/form-data")
    assert done.location == "/m/guardian?done=saved"
    page = mine.get(done.location).text
    assert all(word in page for word in ("等服务站核对", "138****0000"))
    number = GuardianConsent.get().id
    assert mine.get(f"/m/guardian/{number}/form").mimetype == "image/jpeg"
    mine.post(f"/m/guardian/{number}/withdraw")
    assert "还没有交同意书" in mine.get("/m/guardian").text


def test_adult_is_told_that_he_needs_none(cast: Any, phone: Any) -> None:
    page = phone(cast.xiaobo).get("/m/guardian").text
    assert ("不用交同意书" in page, "交一份同意书" in page) == (True, False)

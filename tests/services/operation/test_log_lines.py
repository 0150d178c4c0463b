"""What a line of the log says, and what it never says."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from services.operation.log_lines import Lines


def record(message: str, *args: object, exc_info: object = None) -> logging.LogRecord:
    made = logging.LogRecord("hongyao.web", logging.WARNING, __file__, 1, message, args, exc_info)  # type: ignore[arg-type]
    made.created = 1_781_053_200.25
    return made


def test_line_is_one_json_object_with_the_number_of_the_request() -> None:
    line = Lines("json", lambda: "ab12").format(record("no answer from %s", "database"))
    assert json.loads(line) == {
        "at": "2026-06-10T01:00:00.250+00:00", "level": "warning", "logger": "hongyao.web",
        "message": "no answer from database", "request": "ab12",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("id 11010519491231002X of him", "id [id] of him"),
        ("call 13805641234 back", "call [phone] back"),
        ("GET /x?access_token=77_abcDEF&a=1", "GET /x?access_token=[secret]&a=1"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [secret]"),
        ("to oABCDEFGHIJKLMNOPQRSTUVWXYZ0 now", "to [openid 1c58bf4e] now"),
        ("id 110105 19491231 002X, １１０１０５１９４９１２３１００２Ｘ", "id [id], [id]"),
        ("+8613800138000, +86 138 0013 8000, 008613800138000", "[phone], [phone], [phone]"),
        ("138-0013-8000 or 138–0013–8000 or 138 00138000", "[phone] or [phone] or [phone]"),
        ("手机１３８００１３８０００、＋８６１３８００１３８０００", "手机[phone]、[phone]"),
        ("?appid=wx1&appsecret=s3c&js_code=0a1B&x=y", "?appid=wx1&appsecret=[secret]&js_code=[secret]&x=y"),
        ("openid=o1 session_key=tiihtNczf5v6AKRyjwEUhQ==", "openid=o1 session_key=[secret]"),
        ('{"session_key": "tiih==", "errcode": 0}', '{"session_key": "[secret]", "errcode": 0}'),
        ("{'js_code': '0a1B', 'token': None}", "{'js_code': '[secret]', 'token': [secret]}"),
        ("fault 1 at /console/once/q7Zk_secret", "fault 1 at /console/once/..."),
        ("get https://hy.example.cn/v/AB12-CD34?x=1 now", "get https://hy.example.cn/v/... now"),
    ],
)
def test_what_belongs_to_a_person_does_not_stand_in_a_line(form: str, said: str, kept: str) -> None:
    line = Lines(form).format(record("%s", said))
    assert (json.loads(line)["message"] if form == "json" else line.partition("hongyao.web ")[2]) == kept


@pytest.mark.parametrize("said", [
    "1781053200250", "341522100201", "attempt 138056412345", "omission", "errcode=40001", "status code: 502",
    "138.00138000 s", "at /usr/lib/q/v/names.py", "GET /console/officer-lists", "，全角的标点",
])  # fmt: skip
def test_other_numbers_and_words_stay(said: str) -> None:
    assert json.loads(Lines("json").format(record(said)))["message"] == said


def test_exception_is_told_without_the_numbers_in_it() -> None:
    try:
        raise ValueError("no 13805641234")
    except ValueError:
        line = json.loads(Lines("json").format(record("failed", exc_info=sys.exc_info())))
    assert line["exception"].splitlines()[-1] == "ValueError: no [phone]"


def test_nobody_writes_a_second_line() -> None:
    line = Lines("json").format(record("%s", 'name\n{"level":"info"}\x1b[31m'))
    assert (len(line.splitlines()), "\x1b" in line) == (1, False)

"""A folder and a bucket do the same four things; what goes wrong has a name, and leaves nothing half done."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage import s3
from storage.disk import Disk
from storage.s3 import S3
from storage.shelf import Missing, Storage, StorageFailure, Trouble
from tests.support.bucket import KEY, NAME, SECRET, Bucket

ONE, TWO = "ab/ab12.sealed", "ab/ab34.sealed"


@dataclass
class Place:
    """A storage, and how to make what lies there old."""

    storage: Storage
    bucket: Bucket | None
    root: Path

    def age(self, name: str, seconds: float) -> None:
        if self.bucket:
            self.bucket.age(name, seconds)
            return
        moment = (self.root / name).stat().st_mtime - seconds
        os.utime(self.root / name, (moment, moment))


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    made = Bucket()
    yield made
    made.down()


@pytest.fixture(params=["disk", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "disk":
        return Place(Disk(tmp_path / "files"), None, tmp_path / "files")
    bucket = request.getfixturevalue("bucket")
    return Place(bucket.storage(), bucket, tmp_path)


def failure(act: Any) -> tuple[Trouble, str]:
    with pytest.raises(StorageFailure) as found:
        act()
    return found.value.trouble, found.value.why


def test_what_is_put_is_got_until_it_is_deleted(place: Place) -> None:
    body = bytes(range(256)) * 1000
    place.storage.put(ONE, body)
    place.storage.put(TWO, b"")
    assert (place.storage.get(ONE), place.storage.get(TWO)) == (body, b"")
    place.storage.delete(ONE)
    place.storage.delete(ONE)
    with pytest.raises(Missing):
        place.storage.get(ONE)
    assert place.storage.get(TWO) == b""


def test_what_lies_in_a_folder_is_told_with_its_age(place: Place) -> None:
    for name in (ONE, TWO, "cd/cd12.sealed"):
        place.storage.put(name, b"x")
    place.age(ONE, 5000)
    found = {each.name: each.seconds for each in place.storage.lying("ab")}
    assert sorted(found) == [ONE, TWO]
    assert (5000 <= found[ONE] < 5060, -2 < found[TWO] < 60) == (True, True)
    assert list(place.storage.lying("ef")) == []


def test_long_folder_of_a_bucket_is_told_page_by_page(bucket: Bucket) -> None:
    names = [f"ab/{number:03d} +&?.sealed" for number in range(7)]
    for name in names:
        bucket.storage().put(name, b"x")
    bucket.page = 3
    assert [each.name for each in bucket.storage().lying("ab")] == names
    assert bucket.asked[-3:] == [f"GET /{NAME}/"] * 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret": "wrong"}, (Trouble.REFUSED, "SignatureDoesNotMatch")),
        ({"key": "AKIDNOBODY"}, (Trouble.REFUSED, "InvalidAccessKeyId")),
        ({"bucket": "another"}, (Trouble.NO_BUCKET, "NoSuchBucket")),
    ],
)
def test_wrong_key_and_wrong_bucket_have_names(
    bucket: Bucket, changes: dict[str, str], told: tuple[Trouble, str]
) -> None:
    storage = bucket.storage(**changes)
    for act in (lambda: storage.put(ONE, b"x"), lambda: storage.get(ONE), lambda: storage.delete(ONE),
                lambda: list(storage.lying("ab"))):  # fmt: skip
        assert failure(act) == told
    assert bucket.objects == {}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ((503, "SlowDown"), (Trouble.AWAY, "SlowDown")),
        ((507, "XMinioStorageFull"), (Trouble.FULL, "XMinioStorageFull")),
        ((403, "QuotaExceeded"), (Trouble.FULL, "QuotaExceeded")),
        ((403, "RequestTimeTooSkewed"), (Trouble.REFUSED, "RequestTimeTooSkewed")),
        ((301, "PermanentRedirect"), (Trouble.REFUSED, "PermanentRedirect")),
    ],
)
def test_answer_of_the_server_has_a_name(
    bucket: Bucket, fault: tuple[int, str], told: tuple[Trouble, str]
) -> None:
    bucket.fault = fault
    assert failure(lambda: bucket.storage().put(ONE, b"x")) == told


def test_server_that_is_gone_is_away_at_once() -> None:
    bucket = Bucket()
    storage = bucket.storage()
    storage.put(ONE, b"x")
    bucket.down()
    began = time.monotonic()
    trouble, why = failure(lambda: storage.get(ONE))
    assert (trouble, time.monotonic() - began < 5) == (Trouble.AWAY, True)
    assert "127.0.0.1" not in why


def test_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "READ", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        storage = S3(f"http://127.0.0.1:{silent.getsockname()[1]}", NAME, KEY, SECRET)
        assert failure(lambda: storage.put(ONE, b"x"))[0] is Trouble.AWAY


def test_answer_that_breaks_off_is_no_answer(bucket: Bucket) -> None:
    storage = bucket.storage()
    storage.put(ONE, b"x" * 5000)
    bucket.cut_after = 1000
    assert failure(lambda: storage.get(ONE))[0] is Trouble.AWAY


def test_answer_without_end_is_left(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.storage().put(ONE, b"x" * 300_000)
    monkeypatch.setattr(s3, "MOST", 200_000)
    assert failure(lambda: bucket.storage().get(ONE)) == (Trouble.AWAY, "an answer without end")


def test_list_that_is_none_is_not_believed(bucket: Bucket) -> None:
    bucket.storage().put(ONE, b"x")
    bucket.cut_after = None
    bucket.fault = (200, "<<")
    assert failure(lambda: list(bucket.storage().lying("ab"))) == (Trouble.AWAY, "no understandable list")


def test_bucket_in_the_host_is_not_in_the_path() -> None:
    assert S3("https://photos.oss-cn.example.cn", "photos", KEY, SECRET).place == "https://photos.oss-cn.example.cn"
    assert S3("https://s3.example.cn", "photos", KEY, SECRET).place == "https://s3.example.cn/photos"


def test_secrets_do_not_show(bucket: Bucket) -> None:
    assert SECRET not in repr(bucket.storage()) + repr(failure(lambda: bucket.storage(bucket="no").get(ONE)))


def test_folder_that_takes_nothing_has_a_name_and_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert failure(lambda: Disk(tmp_path).put(ONE, b"x")) == (Trouble.FULL, "ENOSPC")
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    (tmp_path / "file").write_text("")
    assert failure(lambda: Disk(tmp_path / "file").put(ONE, b"x"))[0] is Trouble.AWAY


def test_nothing_is_loaded_before_the_first_call() -> None:
    """Whoever keeps photos in a folder pays nothing for the bucket; a bucket costs memory when it is used."""
    code = "import sys, storage.s3; storage.s3.S3('http://h', 'b', 'k', 's'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"requests", "requests_aws4auth", "urllib3", "defusedxml"} & set(loaded)

"""A real disk, really full: refused with a reason, nothing half written, and it works again when there is room.

A small file system of its own where this machine lets the test mount one; else a bound on the size of any file that
the service process writes, which the kernel enforces alike.
"""

from __future__ import annotations

import base64
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from support import storm

from coursekit.wiring.settings import Storage

T = TypeVar("T")
WORK = "/api/v1/courses/lamps/modules/first/submissions"


def post(service: Any, token: str, content: bytes, key: str) -> httpx.Response:
    file = {
        "path": "first.ipynb",
        "sha256": storm.sha256(content),
        "content": base64.b64encode(content).decode(),
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return httpx.post(
        service.url + WORK, json={"files": [file]}, headers=headers, timeout=60, trust_env=False
    )


def mount(place: Path) -> bool:
    """A file system of six megabytes there, if this account may."""
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


def unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], check=True)


def may_mount() -> bool:
    with tempfile.TemporaryDirectory() as name:
        if not mount(Path(name)):
            return False
        unmount(Path(name))
        return True


MAY_MOUNT = may_mount()


def on_a_real_disk(test: T) -> T | None:
    """A test that is there only where a disk can be mounted; `test_a_bounded_file_size` is there everywhere."""
    return test if MAY_MOUNT else None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of six megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    assert mount(place)
    try:
        yield place
    finally:
        unmount(place)


def check_kept(storage: Storage, receipts: dict[str, Any], whole: dict[str, bytes]) -> None:
    """What was receipted is there, byte for byte, and nothing else is."""
    with storm.opened(storage) as embedded:
        stored = storm.read_all(embedded, ["maria"])
        storm.check_whole(embedded, stored.submissions.values())
        assert stored.submissions.keys() == receipts.keys()
        for name, submission in stored.submissions.items():
            assert embedded.exchange.blobs.get(submission.files[0].digest) == whole[name]
        rows = storm.chain.rows(stored.receipts.values())
        assert all((row.gaps, row.flaws) == ((), ()) for row in rows)
        assert stored.events["maria", "submit"] == len(receipts)


def fill(
    service: Any, token: str, size: int, most: int
) -> tuple[dict[str, Any], dict[str, bytes], httpx.Response, bytes]:
    """Hand in until it is refused."""
    receipts: dict[str, Any] = {}
    whole: dict[str, bytes] = {}
    for n in range(most):
        content = os.urandom(size)
        answer = post(service, token, content, f"key-{n}")
        if answer.status_code != 200:
            return receipts, whole, answer, content
        receipts[answer.json()["submission"]] = answer.json()["receipt"]
        whole[answer.json()["submission"]] = content
    raise AssertionError("it was never full")


def check_refusal(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    body = answer.json()
    assert body["code"] in ("disk-full", "not-kept", "blobs-unwritable")
    assert "Your work is safe" in body["next_step"]


@on_a_real_disk
@pytest.mark.parametrize("size", [300_000, 400], ids=["files fill it", "the ledger fills it"])
def test_a_full_disk(small_disk: Path, tmp_path: Path, size: int) -> None:
    storage = Storage(small_disk / "data", None, "folder", tmp_path / "keys")
    with storm.opened(storage) as embedded:
        token = storm.set_up(embedded, ["maria"])["maria"]
    ballast = small_disk / "ballast"
    service = storm.Service(storage, tmp_path / "log")
    service.start()
    try:
        service.wait()
        free = os.statvfs(small_disk)
        # So little room that it does not take all day, and enough for some.
        room = 1_500_000 if size > 1000 else 250_000
        ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - room)))
        receipts, whole, refused, content = fill(service, token, size, 2000)
        assert receipts, "not even one fitted"
        check_refusal(refused)
        # Again and again: it stays so, and does no harm.
        for n in range(3):
            check_refusal(post(service, token, os.urandom(300_000), f"more-{n}"))
        # What is there can be read from a full disk.
        some = next(iter(receipts))
        found = httpx.get(
            f"{service.url}/api/v1/courses/lamps/submissions/{some}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )
        assert found.status_code == 200, found.text
        assert base64.b64decode(found.json()["files"][0]["content"]) == whole[some]
        assert httpx.get(f"{service.url}/api/v1/health", trust_env=False).status_code == 200
        # Room again: the same request goes well, and is one submission.
        ballast.unlink()
        key = f"key-{len(receipts)}"
        for _ in range(2):
            answer = post(service, token, content, key)
            assert answer.status_code == 200, answer.text
            receipts[answer.json()["submission"]] = answer.json()["receipt"]
            whole[answer.json()["submission"]] = content
    finally:
        service.kill()
    check_kept(storage, receipts, whole)


@on_a_real_disk
def test_a_full_disk_and_a_kill(small_disk: Path, tmp_path: Path) -> None:
    """Full, killed, room made, started again: all that was receipted is there."""
    storage = Storage(small_disk / "data", None, "folder", tmp_path / "keys")
    with storm.opened(storage) as embedded:
        token = storm.set_up(embedded, ["maria"])["maria"]
    service = storm.Service(storage, tmp_path / "log")
    service.start()
    try:
        service.wait()
        free = os.statvfs(small_disk)
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - 800_000)))
        receipts, whole, refused, content = fill(service, token, 50_000, 200)
        check_refusal(refused)
        service.kill()
        ballast.unlink()
        service.start()
        service.wait()
        answer = post(service, token, content, f"key-{len(receipts)}")
        assert answer.status_code == 200, answer.text
        receipts[answer.json()["submission"]] = answer.json()["receipt"]
        whole[answer.json()["submission"]] = content
    finally:
        service.kill()
    check_kept(storage, receipts, whole)


def test_a_bounded_file_size(tmp_path: Path) -> None:
    """No file beyond two megabytes: what is larger is refused, and what is smaller goes on as before."""
    storage = Storage(tmp_path / "data", None, "folder", tmp_path / "keys")
    with storm.opened(storage) as embedded:
        token = storm.set_up(embedded, ["maria"])["maria"]

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, resource.RLIM_INFINITY))

    service = storm.Service(storage, tmp_path / "log", limit=bound)
    service.start()
    receipts: dict[str, Any] = {}
    whole: dict[str, bytes] = {}
    try:
        service.wait()
        for n in range(3):
            small, large = os.urandom(1000), os.urandom(2**21 + 1)
            check_refusal(post(service, token, large, f"large-{n}"))
            answer = post(service, token, small, f"small-{n}")
            assert answer.status_code == 200, answer.text
            receipts[answer.json()["submission"]] = answer.json()["receipt"]
            whole[answer.json()["submission"]] = small
    finally:
        service.kill()
    check_kept(storage, receipts, whole)
    # Half a file, or a name for one, is nowhere.
    assert not list((tmp_path / "data" / "blobs").rglob(".new-*"))

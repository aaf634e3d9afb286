"""The prefix of a Hub's service comes off once, and only where it is one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coursekit.web.prefix import Prefixed


def seen(path: str, raw: bytes | None = None, prefix: str = "/services/coursekit", kind: str = "http") -> Any:
    scopes = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    given = {"type": kind, "path": path, "raw_path": raw}
    kept = dict(given)
    asyncio.run(Prefixed(app, prefix)(given, None, None))  # type: ignore[arg-type]
    assert given == kept, "the server's own scope was changed"
    return scopes[0]["path"], scopes[0]["raw_path"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/services/coursekit/api/v1/health", "/api/v1/health"),
        ("/services/coursekit/", "/"),
        ("/api/v1/health", "/api/v1/health"),
        ("/services/coursekit", "/services/coursekit"),
        ("/services/coursekit2/api/v1/health", "/services/coursekit2/api/v1/health"),
        ("/services/coursekit/services/coursekit/x", "/services/coursekit/x"),
        ("/x/services/coursekit/api", "/x/services/coursekit/api"),
    ],
)
def test_paths(path: str, expected: str) -> None:
    assert seen(path, path.encode()) == (expected, expected.encode())


def test_what_is_encoded_in_the_rest_stays_encoded() -> None:
    assert seen("/services/coursekit/a b", b"/services/coursekit/a%20b") == ("/a b", b"/a%20b")
    # A prefix spelt in another way is the same path, and its bytes are left alone.
    assert seen("/services/coursekit/a", b"/services/course%6bit/a") == ("/a", b"/services/course%6bit/a")
    assert seen("/services/coursekit/a", None) == ("/a", None)


def test_a_prefix_with_a_slash_at_its_end_and_what_is_no_request() -> None:
    assert seen("/services/coursekit/a", b"", "/services/coursekit/")[0] == "/a"
    assert seen("/services/coursekit/a", b"", kind="websocket")[0] == "/services/coursekit/a"

"""No token, answer or secret in any log line: in each style, with every library as talkative as it can be.

`test_operations.py` does the same for a real process as it is usually set; here somebody has turned all levels up.
"""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from coursekit.hub import HubTokens
from coursekit.web.asgi import request_id
from coursekit.wiring.hub import EitherTokens
from coursekit.wiring.logs import configure

FIRST = "/courses/lamps/modules/first"
TALKATIVE = [
    "", "asyncio", "concurrent.futures", "coursekit", "coursekit.request", "coursekit.exchange", "fastapi", "httpx",
    "httpcore", "httpcore.http11", "python_multipart", "sqlalchemy", "sqlalchemy.engine",
    "sqlalchemy.engine.Engine", "sqlalchemy.pool", "starlette", "uvicorn", "uvicorn.access", "uvicorn.asgi",
    "uvicorn.error",
]  # fmt: skip


@pytest.fixture
def everything_said(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the log of that style says with all levels turned up."""
    stream = io.StringIO()
    before = {name: logging.getLogger(name).level for name in TALKATIVE}
    back = configure(request.param, request_id, stream)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(1)
    yield stream
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    back()


@pytest.mark.parametrize("everything_said", ["json", "text", "quiet"], indirect=True)
def test_no_line_says_what_was_sent_however_much_is_logged(
    everything_said: io.StringIO,
    tmp_path: Any,
    run_house: Callable[..., Any],
    make: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def the_hub(request: httpx.Request) -> httpx.Response:
        known = {"kind": "user", "name": "olu", "groups": [], "scopes": ["access:services"]}
        return httpx.Response(200, json=known | {"canary-of-the-hub": 1})

    def tokens(embedded: Any) -> EitherTokens:
        at_hub = HubTokens(
            "http://hub/api", "coursekit", embedded.clock, transport=httpx.MockTransport(the_hub)
        )
        return EitherTokens(embedded.tokens, at_hub)

    with run_house(tmp_path / "exchange", tokens=tokens) as house:
        house.enrol(maria="learner", olu="learner", chen="instructor")
        chen = house.as_user("chen")
        chen.put_course(make.course(make.module("first", title="canary-title")))
        chen.release("lamps", "first", make.upload("first"))
        token = house.token("maria")
        good = {"response": make.answer(f"{make.enough} canary-answer")}
        ask = house.raw
        assert ask("POST", f"{FIRST}/commitments/p1", token=token, body=good).status_code == 200
        work = make.hand_in("first", text="canary-work").model_dump(mode="json")
        assert ask("POST", f"{FIRST}/submissions", token=token, body=work).status_code == 200
        assert ask("GET", "/courses", token="canary-token-of-a-hub").status_code == 200
        for path in ("/canary-nowhere", "/courses/canary-course/path", "/courses?x=canary-query"):
            ask("GET", path, token=token)
        assert ask("GET", "/courses", token="a.canary-forged.b").status_code == 200
        forged = token[:-4] + "AAAA"
        assert ask("GET", "/courses", token=forged).status_code == 401
        assert ask("POST", f"{FIRST}/submissions", token=token, content=b'{"canary-json').status_code == 422
        assert ask("PUT", "/courses/lamps/members", "chen", body=[{"user": "canary user"}]).status_code == 422
        # Errors of ours, and the database's, which quote what they were given.
        with monkeypatch.context() as broken:

            def fail(*_: Any) -> Any:
                try:
                    raise ValueError("canary-cause")
                except ValueError as error:
                    raise RuntimeError(f"canary-error {token}") from error

            broken.setattr(house.embedded.ledger, "read", fail)
            assert ask("GET", "/courses/lamps/path", token=token).status_code == 500
        with closing(sqlite3.connect(house.data / "ledger.sqlite")) as ledger:
            ledger.execute(
                "CREATE TRIGGER no BEFORE INSERT ON commitments BEGIN SELECT RAISE(FAIL, 'canary-sql'); END"
            )
            ledger.commit()
        lost = {"response": make.answer(f"{make.enough} canary-lost")}
        assert ask("POST", f"{FIRST}/commitments/p2", token=token, body=lost).status_code == 500
        logging.getLogger("sqlalchemy.engine").info("canary-library %s", token)
        logging.getLogger("uvicorn.access").info("GET /canary-access?token=%s", token)
        logging.getLogger("uvicorn.asgi").log(5, "headers: %s canary-asgi", token)
    said = everything_said.getvalue()
    # It was not silence.
    assert said.count("\n") > 10
    assert "RuntimeError" in said
    assert "canary" not in said
    assert token not in said
    assert token.rpartition(".")[2] not in said
    assert make.enough not in said
    for who in ("maria", "chen"):
        assert f'"{who}"' not in said
    if said.startswith("{"):
        assert all(isinstance(json.loads(line), dict) for line in said.splitlines())

"""Whom a command talks to and as whom, and which Hub an exchange asks."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput, Unauthenticated
from coursekit.wiring import settings
from coursekit.wiring.settings import DEFAULT_URL, Connection, Hub, connection, hub, keep_login

HUBS = "http://127.0.0.1:8720"
KEPT = "https://kept.example"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("COURSEKIT_", "JUPYTERHUB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def set_(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


# a learner's side

LOGIN = {"url": KEPT, "token": "kept"}


@pytest.mark.parametrize(
    ("environment", "login", "expected"),
    [
        ({}, LOGIN, Connection(KEPT, "kept")),
        ({"COURSEKIT_TOKEN": "mine"}, LOGIN, Connection(KEPT, "mine")),
        ({"COURSEKIT_TOKEN": "mine"}, None, Connection(DEFAULT_URL, "mine")),
        ({"COURSEKIT_URL": HUBS, "COURSEKIT_TOKEN": "mine"}, LOGIN, Connection(HUBS, "mine")),
        ({"COURSEKIT_URL": KEPT + "/"}, LOGIN, Connection(KEPT + "/", "kept")),
        # In a server of a Hub: its own token, whatever was kept in the home folder once.
        ({"COURSEKIT_URL": HUBS, "JUPYTERHUB_API_TOKEN": "servers"}, None, Connection(HUBS, "servers")),
        ({"COURSEKIT_URL": KEPT, "JUPYTERHUB_API_TOKEN": "servers"}, LOGIN, Connection(KEPT, "servers")),
        (
            {"COURSEKIT_URL": HUBS, "JUPYTERHUB_API_TOKEN": "servers", "COURSEKIT_TOKEN": "mine"},
            LOGIN,
            Connection(HUBS, "mine"),
        ),
        # The Hub's token goes where the Hub's configuration says, and nowhere else.
        ({"JUPYTERHUB_API_TOKEN": "servers"}, LOGIN, Connection(KEPT, "kept")),
        ({"JUPYTERHUB_API_TOKEN": "servers"}, None, None),
        # Nor is what one exchange gave sent to another.
        ({"COURSEKIT_URL": HUBS}, LOGIN, None),
        ({"COURSEKIT_URL": HUBS}, None, None),
        ({}, None, None),
    ],
)
def test_where_to_and_as_whom(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    login: dict[str, str] | None,
    expected: Connection | None,
) -> None:
    set_(monkeypatch, **environment)
    if login is not None:
        keep_login(login["url"], login["token"])
    if expected is not None:
        assert connection() == expected
    else:
        with pytest.raises(Unauthenticated) as caught:
            connection()
        assert caught.value.code == "no-token"
        assert environment.get("COURSEKIT_URL", DEFAULT_URL) in caught.value.detail


def test_a_broken_login_file_stops_nobody_who_does_not_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_login(KEPT, "kept").write_text("{")
    with pytest.raises(BadInput):
        connection()
    set_(monkeypatch, COURSEKIT_URL=HUBS, JUPYTERHUB_API_TOKEN="servers")
    assert connection() == Connection(HUBS, "servers")


def test_the_login_file_is_its_owners_alone() -> None:
    path = keep_login(KEPT, "kept")
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text()) == LOGIN


# an exchange's side

API = "http://127.0.0.1:8081/hub/api"
# As JupyterHub 4.1 and 6.1 set it for a service that they start.
STARTED = {
    "JUPYTERHUB_SERVICE_NAME": "coursekit",
    "JUPYTERHUB_API_URL": API,
    "JUPYTERHUB_API_TOKEN": "t",
    "JUPYTERHUB_BASE_URL": "/jupyter/",
    "JUPYTERHUB_SERVICE_PREFIX": "/jupyter/services/coursekit/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:8720",
}
# And for a learner's server.
SERVER = {
    "JUPYTERHUB_USER": "maria",
    "JUPYTERHUB_SERVER_NAME": "",
    "JUPYTERHUB_API_URL": API,
    "JUPYTERHUB_API_TOKEN": "t",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/maria/",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:40000/user/maria/",
}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        (SERVER, None),
        (STARTED, Hub(API, "coursekit", "/jupyter/services/coursekit", ("127.0.0.1", 8720))),
        (
            STARTED | {"JUPYTERHUB_SERVICE_URL": "http://[::1]:9"},
            Hub(API, "coursekit", "/jupyter/services/coursekit", ("::1", 9)),
        ),
        ({"COURSEKIT_HUB_API_URL": API + "/"}, Hub(API, "coursekit", "/services/coursekit", None)),
        (
            {"COURSEKIT_HUB_API_URL": API, "COURSEKIT_HUB_SERVICE": "cases"},
            Hub(API, "cases", "/services/cases", None),
        ),
        (
            {"COURSEKIT_HUB_API_URL": API, "COURSEKIT_HUB_PREFIX": "/jupyter/services/cases/"},
            Hub(API, "coursekit", "/jupyter/services/cases", None),
        ),
        # Whoever names a Hub by hand in a learner's server means it.
        (SERVER | {"COURSEKIT_HUB_API_URL": API}, Hub(API, "coursekit", "/services/coursekit", None)),
    ],
)
def test_which_hub_an_exchange_asks(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: Hub | None
) -> None:
    set_(monkeypatch, **environment)
    assert hub() == expected


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8081", "ftp://hub/api", "http://", "http://[::1/api", "http://h:x/"]
)
def test_a_hubs_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    settings.choose_hub(url, None)
    try:
        with pytest.raises(BadInput) as caught:
            hub()
    finally:
        del os.environ["COURSEKIT_HUB_API_URL"]
    assert caught.value.code == "bad-settings"
    assert caught.value.detail == f"The JupyterHub's API address is “{url}”, which is no address."


def test_a_hub_that_wants_tls_within_the_house_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    set_(monkeypatch, **STARTED | {"JUPYTERHUB_SERVICE_URL": "https://127.0.0.1:8720"})
    with pytest.raises(BadInput) as caught:
        hub()
    assert caught.value.code == "internal-ssl"

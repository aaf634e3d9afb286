"""Who gets in at `coursekit up`, without a Hub around it. tests/up has the same with a real one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tornado.web import HTTPError

from coursekit.hub_accounts import Accounts, before_spawn
from coursekit.model.errors import BadInput
from coursekit.wiring import up_accounts


@pytest.fixture
def data(tmp_path: Path) -> Path:
    people = [("maria", "learner"), ("gil", "grader")]
    made = {name: up_accounts.with_password(name, role, f"{name}-word") for name, role in people}
    up_accounts.write_accounts(tmp_path / "accounts.json", made)
    return tmp_path


def sign_in(accounts: Accounts, name: str, password: str, place: str = "127.0.0.1") -> str | None:
    handler = SimpleNamespace(request=SimpleNamespace(remote_ip=place))
    form = {"username": name, "password": password}
    return asyncio.run(accounts.authenticate(handler, form))


def opened(data: Path) -> Accounts:
    return Accounts(file=str(data / "accounts.json"))


def test_the_right_password_and_no_other(data: Path) -> None:
    accounts = opened(data)
    assert sign_in(accounts, " Maria ", "maria-word") == "maria"
    assert sign_in(accounts, "maria", "gil-word") is None
    assert sign_in(accounts, "nobody", "maria-word") is None
    assert (
        asyncio.run(accounts.authenticate(SimpleNamespace(request=SimpleNamespace(remote_ip="")), {})) is None
    )


def test_an_account_that_is_taken_out_is_out_at_once(data: Path) -> None:
    accounts = opened(data)
    assert accounts.check_allowed("maria")
    up_accounts.write_accounts(data / "accounts.json", {})
    assert not accounts.check_allowed("maria")
    assert sign_in(accounts, "maria", "maria-word") is None


def test_guessing_from_one_place_makes_that_place_wait(data: Path) -> None:
    accounts = opened(data)
    for _ in range(4):
        assert sign_in(accounts, "maria", "guess") is None
    with pytest.raises(HTTPError) as refused:
        sign_in(accounts, "maria", "maria-word")
    assert refused.value.status_code == 429
    assert "Wait" in str(refused.value.log_message)
    assert sign_in(accounts, "maria", "maria-word", place="10.0.0.7") == "maria"


def test_guessing_from_places_that_are_made_up_does_not_help(data: Path) -> None:
    accounts = opened(data)
    for number in range(40):
        assert sign_in(accounts, "maria", "guess", place=f"10.0.0.{number}") is None
    with pytest.raises(HTTPError):
        sign_in(accounts, "maria", "guess", place="10.0.1.1")


def test_many_names_fill_no_memory(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coursekit.hub_accounts.is_right", lambda *_: False)
    monkeypatch.setattr("coursekit.hub_accounts._MOST", 50)
    accounts = opened(data)
    for number in range(100):
        sign_in(accounts, f"name{number}", "guess")
    assert len(accounts._wrong) <= 52


def test_a_broken_file_lets_nobody_in(data: Path) -> None:
    (data / "accounts.json").write_text("[]")
    with pytest.raises(BadInput, match="cannot be read"):
        sign_in(opened(data), "maria", "maria-word")


def test_staff_get_the_courses_folder_and_learners_their_home(data: Path) -> None:
    prepare = before_spawn(data)
    maria, gil = spawner("maria"), spawner("gil")
    prepare(maria)
    prepare(gil)
    assert maria.notebook_dir == str(data / "homes" / "maria")
    assert "--ServerApp.terminals_enabled=False" in maria.args
    assert gil.notebook_dir == str(data / "course")
    assert gil.args == ["--kept"]
    assert maria.environment["JUPYTER_CONFIG_PATH"] != gil.environment["JUPYTER_CONFIG_PATH"]
    assert maria.environment["KEPT"] == "yes"
    # A server that starts again is asked again: one promoted in between finds a terminal.
    people = {**up_accounts.read_accounts(data / "accounts.json")}
    people["maria"] = up_accounts.with_password("maria", "instructor", "maria-word")
    up_accounts.write_accounts(data / "accounts.json", people)
    prepare(maria)
    assert maria.args == ["--kept"]


def spawner(name: str) -> Any:
    return SimpleNamespace(user=SimpleNamespace(name=name), args=["--kept"], environment={"KEPT": "yes"})

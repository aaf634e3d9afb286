from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from coursekit.model.ids import UserId
from coursekit.model.people import Role
from coursekit.policy.roster import Row
from coursekit.policy.up import (
    MARKER,
    UpSetup,
    nbgrader_settings,
    page_settings,
    rows_of,
    server_settings,
    up_config,
)

SETUP = UpSetup(
    course="tiny",
    title='A "tiny" course, ☂',
    host="127.0.0.1",
    port=8000,
    hub_port=8001,
    proxy_port=8002,
    exchange_port=8003,
    data='/srv/a "strange" {folder}',
    python="/opt/env/bin/python",
    coursekit=("/opt/env/bin/python", "-m", "coursekit"),
    staff=("author", "grader"),
    environment={"TZ": "Europe/Vienna"},
)


def test_the_configuration_is_python_whatever_the_names_are() -> None:
    text = up_config(SETUP)
    values = _assigned(text)
    assert values["c.JupyterHub.bind_url"] == "http://127.0.0.1:8000"
    assert values["c.SimpleLocalProcessSpawner.home_dir_template"] == SETUP.data + "/homes/{username}"
    assert values["c.Spawner.args"] == []
    # Below, the exchange's own piece.
    assert "http://127.0.0.1:8003" in text
    assert values["c.Spawner.environment"] == {"TZ": "Europe/Vienna", MARKER: SETUP.data}


def test_no_door_is_open() -> None:
    values = _assigned(up_config(SETUP))
    assert values["c.JupyterHub.authenticator_class"] == "coursekit.hub_accounts.Accounts"
    assert not [name for name in values if "allow" in name or "admin" in name]


@pytest.mark.parametrize(("host", "url"), [("0.0.0.0", "http://0.0.0.0:8000"), ("::1", "http://[::1]:8000")])
def test_another_address(host: str, url: str) -> None:
    assert _assigned(up_config(replace(SETUP, host=host)))["c.JupyterHub.bind_url"] == url


def test_the_system_account_root_says_so_to_each_server() -> None:
    assert _assigned(up_config(replace(SETUP, as_root=True)))["c.Spawner.args"] == ["--allow-root"]


def test_samples_and_a_class() -> None:
    class_ = [
        Row(2, UserId("Maria"), "Maria Okoye", None, "Africa/Lagos"),
        Row(3, UserId("grader"), "", Role.INSTRUCTOR),
    ]
    assert [row.user for row in rows_of(None, True)] == ["author", "grader", "learner", "learner2"]
    rows = {row.user: row for row in rows_of(class_, False)}
    assert list(rows) == ["author", "grader", "maria"]
    # The Hub's names are in lower case, and the file outweighs a sample.
    assert rows[UserId("maria")] == Row(2, UserId("maria"), "Maria Okoye", Role.LEARNER, "Africa/Lagos")
    assert rows[UserId("grader")].role is Role.INSTRUCTOR


def test_learners_have_none_of_nbgraders_parts_and_staff_have_what_they_use() -> None:
    off = server_settings(False)["ServerApp"]
    assert off == {
        "jpserver_extensions": {
            **{
                f"nbgrader.server_extensions.{name}": False
                for name in ("formgrader", "assignment_list", "course_list", "validate_assignment")
            },
            # It pairs notebooks with texts, and writes over what is open.
            "jupyterlab_jupytext": False,
        }
    }
    assert server_settings(True) == {"ServerApp": {"jpserver_extensions": {}}}
    learners, staff = (page_settings(who)["disabledExtensions"] for who in (False, True))
    assert isinstance(learners, dict)
    assert isinstance(staff, dict)
    assert {"@jupyter/nbgrader:formgrader", "jupyterlab-jupytext"} <= set(learners) - set(staff)
    assert set(staff) < set(learners)


def test_nbgrader_finds_the_course_from_elsewhere() -> None:
    ast.parse(nbgrader_settings("tiny", '/srv/a "strange" folder'))
    assert "CourseDirectory.root" not in nbgrader_settings("tiny", None)


def _assigned(text: str) -> dict[str, object]:
    """What is assigned in it, first: the exchange's piece below adds to what stands above."""
    found: dict[str, object] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                try:
                    found.setdefault(ast.unparse(target), ast.literal_eval(node.value))
                except ValueError:
                    found.setdefault(ast.unparse(target), None)
    return found

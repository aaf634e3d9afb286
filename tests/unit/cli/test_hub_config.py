"""The printed piece: what it sets on a configuration that is empty, and on one that an operator has worked on.

A real Hub runs it in tests/hub.
"""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from traitlets.config import Config

from coursekit.cli import app
from coursekit.model.errors import BadInput

ROOT = Path(__file__).parent.parent.parent.parent
SCOPE = "access:services!service=coursekit"
FORMGRADER_OFF = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': False}"


def printed(*words: str) -> str:
    done = CliRunner().invoke(app, ["hub-config", *words])
    if done.exception is not None:
        raise done.exception
    return done.output


def run(text: str, above: str = "") -> Config:
    """The configuration after both pieces, each as its own file's lines."""
    c = Config()
    for piece in (above, text):
        exec(compile(piece, "jupyterhub_config.py", "exec"), {"get_config": lambda: c, "c": c})
    return c


def spawner(*groups: str) -> Any:
    user = types.SimpleNamespace(groups=[types.SimpleNamespace(name=group) for group in groups])
    return types.SimpleNamespace(user=user, args=["--debug"])


def test_on_an_empty_configuration() -> None:
    c = run(
        printed("--course", "lamps", "--command", "/opt/bin/coursekit", "--data", "/srv/x", "--account", "ck")
    )
    assert c.JupyterHub.services == [
        {
            "name": "coursekit",
            "url": "http://127.0.0.1:8720",
            "command": ["/opt/bin/coursekit", "serve"],
            "environment": {"COURSEKIT_DATA": "/srv/x"},
            "user": "ck",
            "display": False,
        }
    ]
    roles = {role["name"]: role["scopes"] for role in c.JupyterHub.load_roles}
    assert roles == {
        "user": ["self", SCOPE],
        "server": ["users:activity!user", "access:servers!server", SCOPE],
    }
    assert c.JupyterHub.load_groups == {"formgrade-lamps": {"users": []}, "nbgrader-lamps": {"users": []}}
    assert c.Spawner.environment == {"COURSEKIT_URL": "http://127.0.0.1:8720"}


def test_an_external_exchange_is_not_started() -> None:
    c = run(printed("--course", "lamps", "--external", "http://exchange.example:8720/", "--service", "cases"))
    assert c.JupyterHub.services == [
        {"name": "cases", "url": "http://exchange.example:8720", "display": False}
    ]
    assert c.Spawner.environment == {"COURSEKIT_URL": "http://exchange.example:8720"}
    assert "access:services!service=cases" in c.JupyterHub.load_roles[0]["scopes"]


ASSIGNED = """
c.JupyterHub.services = [{"name": "idle"}]
c.JupyterHub.load_roles = [
    {"name": "server", "scopes": ["shares!user"]},
    {"name": "idle", "scopes": ["list:users"]},
]
c.JupyterHub.load_groups = {"formgrade-lamps": ["olu"], "choir": {"users": ["zoe"]}}
c.Spawner.environment = {"LANG": "de"}
c.Spawner.pre_spawn_hook = lambda spawner: spawner.args.append("--mine")
"""
ADDED = """
c.JupyterHub.services.append({"name": "idle"})
c.JupyterHub.load_roles.extend(
    [{"name": "server", "scopes": ["shares!user"]}, {"name": "idle", "scopes": ["list:users"]}]
)
c.JupyterHub.load_groups.update({"formgrade-lamps": ["olu"], "choir": {"users": ["zoe"]}})
c.Spawner.environment.update({"LANG": "de"})
c.Spawner.pre_spawn_hook = lambda spawner: spawner.args.append("--mine")
"""


@pytest.mark.parametrize("above", [ASSIGNED, ADDED], ids=["assigned", "added to"])
def test_what_stands_above_is_added_to(above: str) -> None:
    c = run(printed("--course", "lamps", "--instructor", "ines"), above)
    assert [service["name"] for service in c.JupyterHub.services] == ["idle", "coursekit"]
    roles = {role["name"]: role["scopes"] for role in c.JupyterHub.load_roles}
    # The operator's own choice for “server” stays as it is, but for the one scope.
    assert roles == {"server": ["shares!user", SCOPE], "idle": ["list:users"], "user": ["self", SCOPE]}
    assert c.JupyterHub.load_groups == {
        "formgrade-lamps": {"users": ["olu", "ines"]},
        "nbgrader-lamps": {"users": []},
        "choir": {"users": ["zoe"]},
    }
    assert c.Spawner.environment == {"LANG": "de", "COURSEKIT_URL": "http://127.0.0.1:8720"}
    learner = spawner("nbgrader-lamps")
    c.Spawner.pre_spawn_hook(learner)
    assert learner.args == ["--debug", FORMGRADER_OFF, "--mine"]


def test_formgrader_is_off_for_whoever_does_not_teach_at_each_start() -> None:
    hook = run(printed("--course", "lamps", "--course", "bells")).Spawner.pre_spawn_hook
    someone = spawner("nbgrader-lamps")
    for _ in range(2):
        hook(someone)
        assert someone.args == ["--debug", FORMGRADER_OFF]
    someone.user.groups.append(types.SimpleNamespace(name="formgrade-bells"))
    hook(someone)
    assert someone.args == ["--debug"]


def test_two_exchanges_on_one_hub_are_two_pieces() -> None:
    first = printed("--course", "lamps", "--service", "one", "--port", "8721")
    c = run(printed("--course", "lamps", "--instructor", "ines"), first)
    assert [service["name"] for service in c.JupyterHub.services] == ["one", "coursekit"]
    assert c.JupyterHub.load_roles[0]["scopes"] == ["self", "access:services!service=one", SCOPE]
    assert c.JupyterHub.load_groups["formgrade-lamps"] == {"users": ["ines"]}
    learner = spawner()
    c.Spawner.pre_spawn_hook(learner)
    assert learner.args == ["--debug", FORMGRADER_OFF]


def test_a_sign_in_that_brings_groups_keeps_them() -> None:
    c = run(printed("--course", "lamps"), "c.Authenticator.manage_groups = True")
    assert "load_groups" not in c.JupyterHub


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--course", "La mps"], "bad-name"),
        (["--course", "lamps", "--service", "x/y"], "bad-name"),
        (["--course", "lamps", "--instructor", "i'nes"], "bad-name"),
        (["--course", "lamps", "--external", "exchange:8720"], "bad-settings"),
        (["--course", "lamps", "--external", "http://[::1"], "bad-settings"),
        (["--course", "lamps", "--external", "http://x:1", "--data", "d"], "not-together"),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], code: str) -> None:
    with pytest.raises(BadInput) as caught:
        printed(*words)
    assert caught.value.code == code


def test_odd_words_stay_words() -> None:
    c = run(printed("--course", "lamps", "--command", 'c"]; import os #', "--data", "/a'b\\n{x}"))
    assert c.JupyterHub.services[0]["command"] == ['c"]; import os #', "serve"]
    assert c.JupyterHub.services[0]["environment"] == {"COURSEKIT_DATA": "/a'b\\n{x}"}


def test_the_example_in_the_exchange_folder_is_what_is_printed() -> None:
    text = printed("--course", "leading-innovation", "--command", "coursekit", "--data", "/srv/coursekit")
    assert (ROOT / "exchange" / "jupyterhub_config.py").read_text() == text

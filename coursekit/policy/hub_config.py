"""The piece of jupyterhub_config.py that an exchange needs. Values in, Python text out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from coursekit.policy.hub import access_scope

FORMGRADER = "nbgrader.server_extensions.formgrader"


@dataclass(frozen=True)
class HubSetup:
    """What an operator decides."""

    courses: Sequence[str]
    service: str = "coursekit"
    url: str = "http://127.0.0.1:8720"
    """Where the exchange listens, as the Hub and learners' servers reach it."""
    command: Sequence[str] = ("coursekit", "serve")
    """What the Hub starts; empty where the exchange is started by somebody else."""
    data: str = ""
    """The exchange's own folder; its default when empty."""
    account: str = ""
    """The system account that the Hub starts it as; the Hub's own when empty."""
    instructors: Sequence[str] = field(default_factory=tuple)


def hub_config(setup: HubSetup) -> str:
    """Text to put at the end of jupyterhub_config.py. It needs JupyterHub alone, 4.1 or newer."""
    service: dict[str, object] = {"name": setup.service, "url": setup.url}
    if setup.command:
        service["command"] = list(setup.command)
    if setup.command and setup.data:
        service["environment"] = {"COURSEKIT_DATA": setup.data}
    if setup.command and setup.account:
        service["user"] = setup.account
    why_url = {
        "name": "by this name the Hub, its proxy and the scope below know it",
        "url": "where it listens",
        "command": "the Hub starts and stops it",
        "environment": "where it keeps its data: back this folder up",
        "user": "the account it runs as; the folder belongs to it",
    }
    lines = [
        f"        # {why_url[key]}\n        {_text(key)}: {_text(value)}," for key, value in service.items()
    ]
    groups = [
        group
        for course in setup.courses
        for group in ((f"formgrade-{course}", list(setup.instructors)), (f"nbgrader-{course}", []))
    ]
    return _TEMPLATE.format(
        how="The Hub starts the exchange." if setup.command else "Somebody else starts the exchange.",
        service="\n".join(lines),
        scope=_text(access_scope(setup.service)),
        url=_text(setup.url),
        groups="[\n"
        + "\n".join(f"        ({_text(name)}, {_text(people)})," for name, people in groups)
        + "\n    ]",
        graders=_text([f"formgrade-{course}" for course in setup.courses]),
        formgrader_off=_text("--ServerApp.jpserver_extensions={'" + FORMGRADER + "': False}"),
    )


def _text(value: object) -> str:
    # JSON's strings, lists and objects of strings are Python's as well.
    return json.dumps(value, ensure_ascii=True)


_TEMPLATE = '''\
# coursekit on JupyterHub, 4.1 or newer. {how}
# Put this at the END of jupyterhub_config.py: it adds to what stands above it, and what is assigned below it
# would take it away again. The Hub's own environment needs nothing of coursekit.

c = get_config()


def coursekit_so_far(section, name, empty):
    """What is configured above; traitlets keeps `append` and `update` aside until somebody assigns."""
    value = c[section].get(name, empty)
    return value.get_value(empty) if hasattr(value, "get_value") else value


# The exchange. It asks the Hub about each caller with the caller's own token, so it needs no rights of its own.
c.JupyterHub.services = [
    *coursekit_so_far("JupyterHub", "services", []),
    {{
{service}
        # it has no pages, so the Hub's menu need not show it
        "display": False,
    }},
]

# The one right that learners and their servers need: to use their token at the exchange. A server's token can
# never do more than its owner, so both roles get it. A role that is configured replaces the Hub's own, so what
# the Hub gives to it stays in the list.
from jupyterhub.roles import get_default_roles  # noqa: E402

coursekit_roles = {{role["name"]: role for role in coursekit_so_far("JupyterHub", "load_roles", [])}}
for coursekit_default in get_default_roles():
    if coursekit_default["name"] in ("user", "server"):
        coursekit_role = coursekit_roles.setdefault(coursekit_default["name"], coursekit_default)
        coursekit_role["scopes"] = [*coursekit_role.get("scopes", []), {scope}]
c.JupyterHub.load_roles = list(coursekit_roles.values())

# Groups, by nbgrader's names for them: formgrade-COURSE teaches a course, nbgrader-COURSE takes it. Put
# people into them on the Hub's admin page. A row on the exchange's own roster outweighs a group. Where the
# sign-in brings the groups along (manage_groups), they are its affair, and the Hub takes none from here.
if not c.Authenticator.get("manage_groups", False):
    coursekit_groups = dict(coursekit_so_far("JupyterHub", "load_groups", {{}}))
    for coursekit_name, coursekit_people in {groups}:
        coursekit_group = coursekit_groups.get(coursekit_name, {{}})
        if isinstance(coursekit_group, list):
            coursekit_group = {{"users": coursekit_group}}
        coursekit_users = [*coursekit_group.get("users", []), *coursekit_people]
        coursekit_groups[coursekit_name] = {{**coursekit_group, "users": coursekit_users}}
    c.JupyterHub.load_groups = coursekit_groups

# Where learners' servers find the exchange. With it, `coursekit` and `nbgrader` use the server's own token, and
# nobody has to sign in.
c.Spawner.environment = {{
    **coursekit_so_far("Spawner", "environment", {{}}),
    "COURSEKIT_URL": {url},
}}


# nbgrader turns its formgrader on for everybody; whoever does not teach gets a server without it.
def coursekit_hook(before):
    def before_spawn(spawner):
        off = {formgrader_off}
        teachers = {graders}
        teaches = any(group.name in teachers for group in spawner.user.groups)
        others = [arg for arg in spawner.args if arg != off]
        spawner.args = others if teaches else [*others, off]
        return before(spawner) if before else None

    return before_spawn


c.Spawner.pre_spawn_hook = coursekit_hook(coursekit_so_far("Spawner", "pre_spawn_hook", None))
'''

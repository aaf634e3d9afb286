"""`coursekit up` in values: whose accounts there are, the JupyterHub's configuration, and what people are told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coursekit.model.ids import UserId
from coursekit.model.people import Role
from coursekit.policy.hub_config import HubSetup, hub_config
from coursekit.policy.roster import Row

AUTHOR, GRADER = (
    Row(0, UserId("author"), "Author", Role.INSTRUCTOR),
    Row(0, UserId("grader"), "Grader", Role.GRADER),
)
STAFF = (AUTHOR, GRADER)
LEARNERS = (
    Row(0, UserId("learner"), "Learner", Role.LEARNER),
    Row(0, UserId("learner2"), "Second learner", Role.LEARNER),
)
MARKER = "COURSEKIT_UP"
"""In the environment of every process that belongs to one `coursekit up`: its data folder."""
FOR_LEARNERS = ("--ServerApp.terminals_enabled=False",)
"""No terminal, in which others' files could be read."""

_NBGRADER = "nbgrader.server_extensions."
_NBGRADER_LAB = "@jupyter/nbgrader:"
# Comes with coursekit[text], and writes over notebooks that are open: for authors who want it, never for learners.
_JUPYTEXT = "jupyterlab_jupytext"
_JUPYTEXT_LAB = "jupyterlab-jupytext"


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    user: str
    role: Role
    password: str
    """As `passwords.kept` writes it."""
    shared: bool = False
    """It has the password that all sample accounts have."""

    @property
    def is_staff(self) -> bool:
        """They work in the course's folder."""
        return self.role is not Role.LEARNER


@dataclass(frozen=True)
class UpSetup:
    """What the Hub of one start needs to know. All paths are absolute."""

    course: str
    title: str
    host: str
    port: int
    hub_port: int
    proxy_port: int
    exchange_port: int
    data: str
    python: str
    """The interpreter that has coursekit and JupyterHub."""
    coursekit: Sequence[str]
    """The command that is coursekit."""
    staff: Sequence[str]
    as_root: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the servers get of this process's own environment."""


def rows_of(class_: Sequence[Row] | None, sample_learners: bool) -> tuple[Row, ...]:
    """Everybody of this start: the sample accounts, and a class, where there is one."""
    people = {row.user: row for row in (*STAFF, *(LEARNERS if sample_learners else ()))}
    for row in class_ or ():
        # JupyterHub's names are in lower case, and the exchange hears them from the Hub.
        user = UserId(row.user.lower())
        people[user] = Row(row.line, user, row.name, row.role or Role.LEARNER, row.time_zone)
    return tuple(people.values())


def up_config(setup: UpSetup) -> str:
    """The whole jupyterhub_config.py."""
    own = _TEMPLATE.format(
        public=_text(f"http://{_bracketed(setup.host)}:{setup.port}"),
        hub=_text(f"http://127.0.0.1:{setup.hub_port}"),
        proxy=_text(f"http://127.0.0.1:{setup.proxy_port}"),
        python=_text(setup.python),
        data=_text(setup.data),
        homes=_text(f"{setup.data}/homes/{{username}}".replace("\\", "/")),
        args=_text(["--allow-root"] if setup.as_root else []),
        environment=_text({**setup.environment, MARKER: setup.data}),
        announcement=_text(f"{setup.title}. Sign in with the name and the password that you were given."),
    )
    exchange = HubSetup(
        courses=(setup.course,),
        url=f"http://127.0.0.1:{setup.exchange_port}",
        command=(*setup.coursekit, "serve"),
        data=f"{setup.data}/exchange",
        # Graders as well: the exchange's roster says what they are, and it outweighs the group.
        instructors=setup.staff,
    )
    return own + "\n\n" + hub_config(exchange)


def server_settings(staff: bool) -> dict[str, object]:
    """jupyter_server_config.json: which parts of nbgrader and jupytext answer in somebody's server."""
    if staff:
        return {"ServerApp": {"jpserver_extensions": {}}}
    off = [
        _NBGRADER + name for name in ("formgrader", "assignment_list", "course_list", "validate_assignment")
    ]
    return {"ServerApp": {"jpserver_extensions": dict.fromkeys([*off, _JUPYTEXT], False)}}


def page_settings(staff: bool) -> dict[str, object]:
    """labconfig/page_config.json: which plugins stay out of somebody's lab."""
    # The question about news would stand before everything else.
    off = ["@jupyterlab/apputils-extension:announcements"]
    # Our panel replaces it, for staff as well: it shows other courses' folders, and no reason for anything.
    off += [_NBGRADER_LAB + "assignment-list", _NBGRADER_LAB + "course-list"]
    if not staff:
        off += [
            _NBGRADER_LAB + name
            for name in ("create-assignment", "formgrader", "menu", "validate-assignment")
        ]
        off += ["@jupyterlab/extensionmanager-extension:plugin", _JUPYTEXT_LAB]
    return {"disabledExtensions": dict.fromkeys(off, True)}


def nbgrader_settings(course: str, root: str | None) -> str:
    """nbgrader_config.py of a course: in its own folder, or for servers that start elsewhere."""
    lines = [
        "from coursekit.nbgrader_exchange import configure; configure(get_config())",
        "",
        f"get_config().CourseDirectory.course_id = {_text(course)}",
    ]
    if root is not None:
        lines.append(f"get_config().CourseDirectory.root = {_text(root)}")
    return "\n".join(lines) + "\n"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)


_TEMPLATE = """\
# Written by `coursekit up` at each start; what you change here is gone at the next one.

from pathlib import Path

from coursekit.hub_accounts import before_spawn

c = get_config()

c.JupyterHub.bind_url = {public}
c.JupyterHub.hub_bind_url = {hub}
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.log_level = "WARN"
# Ctrl-C ends everything.
c.JupyterHub.cleanup_servers = True
c.JupyterHub.cleanup_proxy = True
c.JupyterHub.template_vars = {{"announcement_login": {announcement}}}

# The proxy in Python, of this installation. By itself it passes on ten requests at a time, each for twenty seconds;
# every open lab has one that waits for news.
c.ConfigurableHTTPProxy.api_url = {proxy}
c.ConfigurableHTTPProxy.pid_file = "proxy.pid"
c.ConfigurableHTTPProxy.command = [
    {python},
    "-c",
    "from tornado.httpclient import AsyncHTTPClient; AsyncHTTPClient.configure(None, max_clients=10_000); "
    "from configurable_http_proxy.cli import main; main()",
    "--proxy-timeout",
    "120000",
    "--log-level",
    "WARNING",
]

# Who may sign in stands in a file that is read at each sign-in, passwords as hashes.
c.JupyterHub.authenticator_class = "coursekit.hub_accounts.Accounts"
c.Accounts.file = {data} + "/accounts.json"

# All run as one account of the system; each in a home of their own.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes}
c.Spawner.cmd = [{python}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = {args}
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.Spawner.environment = {environment}
c.Spawner.pre_spawn_hook = before_spawn(Path({data}))
"""

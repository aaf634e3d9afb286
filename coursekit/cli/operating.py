"""Commands for whoever runs an exchange: serve, token, roster, waive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from coursekit.model.errors import BadInput
from coursekit.model.ids import SLUG_RULE, USER_RULE, CourseId, ModuleId, UserId, is_slug, is_user

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder; COURSEKIT_DATA or exchange/data when left out.",
)


def _data(given: Path | None) -> Path:
    from coursekit.wiring.settings import data_folder

    return given or data_folder()


def _course(name: str) -> CourseId:
    if not is_slug(name):
        raise BadInput("bad-name", f"“{name}” cannot name a course.", f"Use {SLUG_RULE}.")
    return CourseId(name)


def _user(name: str) -> UserId:
    if not is_user(name):
        raise BadInput("bad-name", f"“{name}” cannot name a person.", f"Use {USER_RULE}.")
    return UserId(name)


@click.command()
@_DATA
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8720, show_default=True, help="The port; 0 picks a free one.")
def serve(data: Path | None, host: str, port: int) -> None:
    """Run the exchange service on this machine.

    \b
    coursekit serve
    coursekit serve --data /srv/coursekit --port 8800
    """
    import socket

    import uvicorn

    from coursekit.wiring.settings import choose_data

    choose_data(_data(data))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With TCP named, asyncio turns Nagle's delay off; without, each answer waits 40 ms for nothing.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise BadInput(
            "cannot-listen",
            f"The exchange cannot listen on {host}:{port}: {error.strerror}.",
            "Choose another --port, or stop what is listening there.",
        ) from error
    click.echo(f"The exchange listens on http://{host}:{listener.getsockname()[1]}")
    server = uvicorn.Server(
        # No access log: addresses name courses and prompts, and a log is read by many.
        uvicorn.Config(
            "coursekit.web.app:from_settings",
            factory=True,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=10,
        )
    )
    server.run(sockets=[listener])


@click.command()
@click.argument("user")
@_DATA
@click.option("--days", default=180, show_default=True, help="For how long it holds.")
def token(user: str, data: Path | None, days: int) -> None:
    """Issue a signed token for USER; it says who they are, and nothing about what they may do.

    \b
    coursekit token maria > maria.token
    """
    from coursekit.wiring.exchange import open_embedded

    if days < 1:
        raise BadInput("bad-days", "A token must hold for at least one day.", "Give --days 1 or more.")
    click.echo(open_embedded(_data(data)).issue_token(_user(user), timedelta(days=days)))


@click.group()
def roster() -> None:
    """See or change who is in a course.

    \b
    coursekit roster add leading-innovation maria
    coursekit roster add leading-innovation chen --role instructor
    coursekit roster list leading-innovation
    """


@roster.command("add")
@click.argument("course")
@click.argument("users", nargs=-1, required=True)
@click.option("--role", type=click.Choice(["learner", "grader", "instructor"]), default="learner")
@_DATA
def roster_add(course: str, users: Sequence[str], role: str, data: Path | None) -> None:
    """Add USERS to COURSE, or change their role."""
    from coursekit.services import enrol
    from coursekit.wire.api import MemberShape
    from coursekit.wiring.exchange import OPERATOR, open_embedded

    people = [MemberShape(user=_user(u), role=role) for u in users]
    enrol.put_members(open_embedded(_data(data)).exchange, OPERATOR, _course(course), people)
    click.echo(f"{len(people)} in {course} as {role}: {', '.join(users)}")


@roster.command("list")
@click.argument("course")
@_DATA
def roster_list(course: str, data: Path | None) -> None:
    """Who is in COURSE."""
    from coursekit.services import enrol
    from coursekit.wiring.exchange import open_embedded

    for member in enrol.list_members(open_embedded(_data(data)).exchange, _course(course)):
        click.echo(f"{member.user}\t{member.role}\t{member.name}")


@click.command()
@click.argument("course")
@click.argument("module")
@click.argument("learner")
@click.option("--reason", required=True, help="Why; it stays on record.")
@_DATA
def waive(course: str, module: str, learner: str, reason: str, data: Path | None) -> None:
    """Open MODULE for one LEARNER whatever the gate says.

    \b
    coursekit waive leading-innovation small-classes maria --reason "did it last year"
    """
    from coursekit.services import enrol
    from coursekit.wiring.exchange import OPERATOR, open_embedded

    exchange = open_embedded(_data(data)).exchange
    enrol.waive(exchange, OPERATOR, _course(course), ModuleId(module), _user(learner), reason)
    click.echo(f"{module} is open for {learner}.")

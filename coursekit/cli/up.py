"""`coursekit up`: a whole course on this machine, for one or for a small class; one command, then the browser."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursekit.model.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from coursekit.policy.roster import Row
    from coursekit.wiring.up import Place, Running


@dataclass(frozen=True)
class _Course:
    root: Path
    id: str
    title: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class _Given:
    people: Sequence[Row]
    password: str | None
    """The sample accounts', if it is new."""
    own: Sequence[str]
    """Who got a password of their own just now."""


@click.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Where to listen."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("exchange/data/up"),
    show_default=True,
    help="Where everything is kept; the next start goes on there.",
)
@click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder with modules/ and cases/; this one when left out.",
)
@click.option(
    "--learners",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A class: a CSV file with the columns user, name, role, time_zone.",
)
@click.option("--new-password", is_flag=True, help="Another password for author, grader and sample learners.")
@click.option(
    "--new-password-for",
    "forgot",
    multiple=True,
    metavar="NAME",
    help="Another for somebody who lost theirs.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
def up(
    port: int,
    data: Path,
    root: Path,
    learners: Path | None,
    new_password: bool,
    forgot: Sequence[str],
    host: str,
    show: bool,
) -> None:
    """Run the whole course on this machine: JupyterHub, exchange, author, grader and learners.

    \b
    coursekit up
    coursekit up --learners class.csv --data my-class

    Ctrl-C ends it; the same command goes on where it stopped. All people's servers run as your account of this
    system, so it is for people who trust each other; docs/up.md says more.
    """
    from rich.console import Console

    from coursekit.wiring import up as wiring

    console = Console(highlight=False)
    start = time.monotonic()
    wiring.check_installed()
    course = _course(root)
    class_ = _class(learners) if learners is not None else None
    place = wiring.Place(data.absolute())
    # A closed terminal and a `kill` end it in the same good order as Ctrl-C, which a shell has ignored for what a
    # script starts in the background.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with wiring.hold(place):
            wiring.check_port(host, port)
            given = _accounts(place, class_, new_password, forgot)
            with wiring.running(place, course.id, course.title, host, port) as hub:
                _prepare(console, place, course, hub, given)
                _tell(console, place, course, hub, given, host, time.monotonic() - start)
                if show:
                    click.launch(hub.url)
                while True:
                    hub.check()
                    time.sleep(0.5)
    except KeyboardInterrupt:
        console.print(f"\nEnded. Everything is kept in {place.data}; the same command goes on there.")


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _course(root: Path) -> _Course:
    from coursekit.wiring import author

    found = author.find_root(root.absolute())
    return _Course(found, author.course_id(found), author.course_title(found), tuple(author.modules(found)))


def _class(file: Path) -> tuple[Row, ...]:
    from zoneinfo import available_timezones

    from coursekit.model.outcome import Refused
    from coursekit.policy.roster import read_roster

    rows = read_roster(file.read_bytes(), available_timezones())
    if isinstance(rows, Refused):
        raise BadInput.of(rows)
    return rows


def _accounts(
    place: Place, class_: Sequence[Row] | None, new_password: bool, forgot: Sequence[str]
) -> _Given:
    from coursekit.policy.up import LEARNERS, rows_of
    from coursekit.wiring import up as wiring
    from coursekit.wiring import up_accounts

    before = up_accounts.read_accounts(place.accounts)
    # A class is no place for sample learners; where they are already, they stay.
    samples = any(row.user in before for row in LEARNERS) or (not before and class_ is None)
    people = rows_of(class_, samples)
    # A first start that was cut off has shown nobody its password: it goes for a new one.
    renewed = new_password or not place.told.is_file()
    password, own = up_accounts.bring_up_to_date(place.data, people, renewed)
    if forgot:
        up_accounts.renew(place.data, forgot)
        own = sorted({*own, *(name.lower() for name in forgot)})
    if before and (password is not None or forgot):
        wiring.sign_everybody_out(place)
    return _Given(people, password, own)


def _prepare(console: Console, place: Place, course: _Course, hub: Running, given: _Given) -> None:
    """Bring the course, enrol, build and release what is not there yet; the Hub starts meanwhile."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from coursekit.policy.up import AUTHOR
    from coursekit.wiring import up_course

    steps = len(course.modules)
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        building = progress.add_task("Building the course", total=1 + steps)
        starting = progress.add_task("Starting the JupyterHub", total=2)
        releasing = progress.add_task("Releasing the modules", total=2 * steps)
        up_course.bring_course(course.root, place.course, course.id)
        progress.advance(building)
        author = up_course.Author(place.course, place.data / "author.log", place.caches)
        author.build(course.modules, lambda: progress.advance(building))
        hub.wait_until_ready()
        progress.advance(starting)
        # Not before: two processes at once must not make the same database.
        token = up_course.enrol_all(place.exchange, course.id, given.people, AUTHOR.user)
        progress.advance(starting)
        missing = up_course.unreleased(hub.exchange_url, token, course.id, course.modules)
        progress.update(releasing, completed=2 * (steps - len(missing)))
        author.release(missing, hub.exchange_url, token, lambda: progress.advance(releasing))


_ROLES = {
    "author": "writes and releases modules: the course's folder, nbgrader's formgrader",
    "grader": "reads and marks what is handed in, in the same folder",
    "learner": "walks through the course, from its first module on",
    "learner2": "another one: what the first one does must not change anything here",
}


def _tell(
    console: Console, place: Place, course: _Course, hub: Running, given: _Given, host: str, seconds: float
) -> None:
    from coursekit.wiring.up_accounts import read_accounts

    def say(text: str = "") -> None:
        # As it is: a path must not be broken in two where a program reads it.
        console.print(text, soft_wrap=True)

    accounts = read_accounts(place.accounts)
    say(f"[bold]{course.title}[/bold] is up, after {seconds:.0f} s:")
    say(f"\n  [bold]{hub.url}[/bold]\n")
    if given.password is not None:
        say(f"  Password   [bold]{given.password}[/bold]   shown this once; for all of these")
        place.told.touch()
    else:
        say("  Password   the one you were shown; `coursekit up --new-password` makes another")
    for name, what in _ROLES.items():
        if name in accounts and accounts[name].shared:
            say(f"  {name:<10} {what}")
    class_ = [a for a in accounts.values() if not a.shared]
    if class_:
        say(f"  A class    {len(class_)} with passwords of their own")
    if given.own:
        kept = place.data / "passwords.csv"
        say(f"             {len(given.own)} new ones are in {kept}: give them out, then delete it")
    if host not in ("127.0.0.1", "::1", "localhost"):
        say(
            "\n  [bold]Others can reach it, and passwords travel readable.[/bold] "
            "Put TLS in front of it first; docs/up.md says how."
        )
    say("\nCtrl-C ends it.")

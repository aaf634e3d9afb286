"""The commands about who is in a course: roster add, import, list, remove."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursekit.model.errors import BadInput, NotFound, Unauthenticated
from coursekit.model.ids import UserId
from coursekit.model.names import course_named, user_named

if TYPE_CHECKING:
    from coursekit.model.people import Member
    from coursekit.policy.roster import Changes, Row
    from coursekit.wiring.desk import StaffDesk

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder, where you run it. Left out: the one found here, else the service.",
)
_AT_ONCE = 10_000
"""The most people that the service takes in one request."""


@click.group()
def roster() -> None:
    """See or change who is in a course.

    \b
    coursekit roster add leading-innovation maria
    coursekit roster add leading-innovation chen --role instructor
    coursekit roster import leading-innovation class.csv --dry-run
    coursekit roster list leading-innovation
    """


@roster.command("add")
@click.argument("course")
@click.argument("users", nargs=-1, required=True)
@click.option("--role", type=click.Choice(["learner", "grader", "instructor"]), default="learner")
@click.option("--time-zone", default="", help="Theirs, such as Africa/Lagos; the course's when left out.")
@_DATA
def roster_add(course: str, users: Sequence[str], role: str, time_zone: str, data: Path | None) -> None:
    """Add USERS to COURSE, or change their role."""
    from coursekit.model.people import Role
    from coursekit.policy.roster import Row

    named = dict.fromkeys(user_named(user) for user in users)
    rows = [Row(0, user, role=Role(role), time_zone=time_zone) for user in named]
    with _open(data) as desk:
        _put(desk, course, _changes(desk, course, rows))
    click.echo(f"{len(named)} in {course} as {role}: {', '.join(named)}")


@roster.command("import")
@click.argument("course")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--remove-others", is_flag=True, help="Take out whoever is on the roster and not in the file.")
@_DATA
def roster_import(course: str, file: Path, dry_run: bool, remove_others: bool, data: Path | None) -> None:
    """Put the people of a CSV FILE into COURSE, or change them; - reads what is piped in.

    \b
    user,name,role,time_zone
    maria,Maria Okoye,learner,Africa/Lagos

    The first line names the columns, in any order; only user is needed, and without a role one is a learner. What
    a cell leaves empty stays as it is. A file with one mistake changes nothing. Whoever is not in it stays.
    """
    from zoneinfo import available_timezones

    from coursekit.model.outcome import Refused
    from coursekit.policy.roster import read_roster

    rows = read_roster(_read(file), available_timezones())
    if isinstance(rows, Refused):
        raise BadInput.of(rows)
    with _open(data) as desk:
        changes = _changes(desk, course, rows)
        for line in _in_words(changes, remove_others):
            click.echo(line)
        if dry_run:
            click.echo("Nothing was changed; leave --dry-run out to do it.")
            return
        _put(desk, course, changes)
        if remove_others and changes.others:
            desk.remove_members(course, [m.user for m in changes.others], f"not in {file.name}")


@roster.command("remove")
@click.argument("course")
@click.argument("users", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; it stays on record.")
@_DATA
def roster_remove(course: str, users: Sequence[str], reason: str, data: Path | None) -> None:
    """Take USERS out of COURSE. All that they did is kept, and comes back with them."""
    named = list(dict.fromkeys(user_named(user) for user in users))
    if len(reason.strip()) < 3:
        raise BadInput(
            "no-reason", "The reason says nothing.", "Write why, in a few words; it stays on record."
        )
    with _open(data) as desk:
        known = {member.user: member for member in desk.members(course)}
        missing = [user for user in named if user not in known]
        if missing:
            raise NotFound(
                "no-such-member",
                f"{', '.join(missing)} is not in {course}; nobody was taken out.",
                f"See who is: coursekit roster list {course}",
            )
        desk.remove_members(course, named, reason.strip())
    click.echo(f"Taken out of {course}: {', '.join(named)}")
    if any(known[user].source == "group" for user in named):
        click.echo(
            "Somebody came in by a group of the JupyterHub, and comes back unless the group ends, too."
        )


@roster.command("list")
@click.argument("course")
@click.option("--csv", "as_csv", is_flag=True, help="As a file that `roster import` reads.")
@_DATA
def roster_list(course: str, as_csv: bool, data: Path | None) -> None:
    """Who is in COURSE: user, role, name, time zone; “group” for whoever is in by a group of the JupyterHub."""
    from coursekit.policy.roster import roster_csv

    with _open(data) as desk:
        people = _members(desk, course)
    if as_csv:
        click.echo(roster_csv(m for m in people if m.source.value == "roster"), nl=False)
        return
    for member in people:
        by_group = member.source.value if member.source.value == "group" else ""
        cells = (member.user, member.role.value, member.name, member.time_zone, by_group)
        click.echo("\t".join(cells).rstrip("\t"))


@contextmanager
def _open(data: Path | None) -> Iterator[StaffDesk]:
    from coursekit.wiring.desk import open_desk
    from coursekit.wiring.settings import connection, data_folder

    if data is None:
        try:
            connection()
        except Unauthenticated:
            # Whoever is signed in nowhere begins an exchange of their own here.
            data = data_folder()
    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        yield desk


def _members(desk: StaffDesk, course: str) -> list[Member]:
    from coursekit.model.people import Member, Role, Source

    name = course_named(course)
    return [
        Member(name, UserId(m.user), Role(m.role), m.name, m.time_zone, Source(m.source))
        for m in desk.members(course)
    ]


def _changes(desk: StaffDesk, course: str, rows: Sequence[Row]) -> Changes:
    from coursekit.policy.roster import plan

    return plan(course_named(course), rows, _members(desk, course))


def _put(desk: StaffDesk, course: str, changes: Changes) -> None:
    from coursekit.wire.api import MemberShape

    people = [
        MemberShape(user=m.user, role=m.role.value, name=m.name, time_zone=m.time_zone)
        for m in changes.to_put()
    ]
    if len(people) > _AT_ONCE:
        raise BadInput(
            "too-many-people",
            f"{len(people)} people are more than can be changed at once.",
            f"Import files of at most {_AT_ONCE} lines, one after the other.",
        )
    if people:
        desk.put_members(course, people)


def _in_words(changes: Changes, remove_others: bool) -> Iterator[str]:
    for member in changes.new:
        yield f"+ {member.user}: {member.role.value}"
    for before, after in changes.changed:
        what = [
            f"{label} {old or 'none'} → {new}"
            for label, old, new in (
                ("role", before.role.value, after.role.value),
                ("name", before.name, after.name),
                ("time zone", before.time_zone, after.time_zone),
                ("in by", before.source.value, after.source.value),
            )
            if old != new
        ]
        yield f"~ {after.user}: {', '.join(what)}"
    if remove_others:
        for member in changes.others:
            yield f"- {member.user}: was {member.role.value}"
    counts = [
        f"{len(changes.new)} new",
        f"{len(changes.changed)} changed",
        f"{len(changes.same)} as they were",
    ]
    if changes.others:
        counts.append(
            f"{len(changes.others)} {'taken out' if remove_others else 'not in the file, and stay'}"
        )
    yield ", ".join(counts) + "."


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise BadInput(
            "no-such-file", f"{file} cannot be read: {error.strerror}.", "Check the file's name."
        ) from error

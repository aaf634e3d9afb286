"""Commands for staff: extend, reopen, waive, withdraw, submit-for, each with its reason; and log, which tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coursekit.model.errors import BadInput, CoursekitError

if TYPE_CHECKING:
    from coursekit.wire.api import EventShape
    from coursekit.wiring.desk import StaffDesk

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder, where you run it. Left out: the one found here, else the service.",
)
_REASON = click.option("--reason", required=True, help="Why; it stays on record.")
_ZONE = click.option("--zone", default=None, help="Whose clocks the date is on; the course's when left out.")


@click.command()
@click.argument("course")
@click.argument("module")
@click.argument("learners", nargs=-1)
@click.option("--until", required=True, help="The new due date, such as 2027-01-31 23:59.")
@click.option(
    "--file",
    "listed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with a learner's name on each line.",
)
@_ZONE
@_REASON
@_DATA
def extend(
    course: str,
    module: str,
    learners: Sequence[str],
    until: str,
    listed: Path | None,
    zone: str | None,
    reason: str,
    data: Path | None,
) -> None:
    """Give LEARNERS a due date of their own in MODULE: before the old one has come, or after.

    \b
    coursekit extend leading-innovation spike-at-65 maria --until "2027-01-31 23:59" --reason "was ill"
    coursekit extend leading-innovation spike-at-65 --file group-a.txt --until "2027-01-31 23:59" --reason "snow"

    The newest extension holds. What was handed in meanwhile is judged by it as well.
    """
    from coursekit.policy.timing import in_words
    from coursekit.wiring.desk import open_desk

    why = _why(reason)
    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        due, said_in = _moment(desk, course, until, zone)
        people = _people(desk, course, [*learners, *_names(listed)])
        _each(people, lambda learner: desk.extend(course, module, learner, due, why))
        for learner in people:
            click.echo(f"{module} is due for {learner} on {in_words(due, said_in)}.")


@click.command()
@click.argument("course")
@click.argument("module")
@click.argument("learners", nargs=-1, required=True)
@click.option("--until", default=None, help="Until when; for ever when left out.")
@_ZONE
@_REASON
@_DATA
def reopen(
    course: str,
    module: str,
    learners: Sequence[str],
    until: str | None,
    zone: str | None,
    reason: str,
    data: Path | None,
) -> None:
    """Let what LEARNERS hand in late in MODULE count again. The due date stays, and late stays late.

    \b
    coursekit reopen leading-innovation spike-at-65 maria --reason "computer stolen"
    coursekit reopen leading-innovation spike-at-65 maria --until "2027-02-14 23:59" --reason "computer stolen"

    What came after the closing already counts from now on.
    """
    from coursekit.policy.timing import in_words
    from coursekit.wiring.desk import open_desk

    why = _why(reason)
    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        moment, said_in = _moment(desk, course, until, zone) if until is not None else (None, "")
        people = _people(desk, course, learners)
        _each(people, lambda learner: desk.reopen(course, module, learner, moment, why))
        limit = f" until {in_words(moment, said_in)}" if moment is not None else ""
        for learner in people:
            click.echo(f"What {learner} hands in late in {module} counts{limit}.")


@click.command()
@click.argument("course")
@click.argument("module")
@click.argument("learners", nargs=-1, required=True)
@_REASON
@_DATA
def waive(course: str, module: str, learners: Sequence[str], reason: str, data: Path | None) -> None:
    """Open MODULE for LEARNERS whatever the gate says.

    \b
    coursekit waive leading-innovation small-classes maria --reason "did it last year"
    """
    from coursekit.wiring.desk import open_desk

    why = _why(reason)
    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        people = _people(desk, course, learners)
        _each(people, lambda learner: desk.waive(course, module, learner, why))
        for learner in people:
            click.echo(f"{module} is open for {learner}.")


@click.command()
@click.argument("course")
@click.argument("submission")
@_REASON
@_DATA
def withdraw(course: str, submission: str, reason: str, data: Path | None) -> None:
    """Take SUBMISSION out of the count. It is kept, and nothing that it opened closes.

    \b
    coursekit withdraw leading-innovation 0f3a5c… --reason "handed in for somebody else by mistake"

    `coursekit log` shows which submission came when.
    """
    from coursekit.wiring.desk import open_desk

    why = _why(reason)
    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        desk.withdraw(course, submission, why)
        click.echo(f"{submission} does not count any more; it is kept.")


@click.command("submit-for")
@click.argument("course")
@click.argument("module")
@click.argument("learner")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--use-this", is_flag=True, help="Let it count even if it is late and an earlier one was in time."
)
@_REASON
@_DATA
def submit_for(
    course: str, module: str, learner: str, folder: Path, use_this: bool, reason: str, data: Path | None
) -> None:
    """Hand in for LEARNER what they have in FOLDER: a copy of their folder of MODULE.

    \b
    coursekit submit-for leading-innovation spike-at-65 maria usb/spike-at-65 --reason "no network at school"

    The receipt is the learner's; it says that you handed it in. They can hand in again themselves.
    """
    from coursekit.services.take import read_work
    from coursekit.wire.api import FileShape, OnBehalfRequest
    from coursekit.wiring.desk import open_desk
    from coursekit.wiring.learner import open_workbook

    why = _why(reason)
    workbook = open_workbook(folder)
    if (workbook.course, workbook.module) != (course, module):
        raise BadInput(
            "other-module",
            f"{folder} holds {workbook.course}/{workbook.module}, not {course}/{module}.",
            "Name the learner's folder of that module.",
        )
    work = read_work(workbook)
    request = OnBehalfRequest(
        files=[FileShape.of(path, content) for path, content in work.files.items()],
        responses={prompt: dict(response) for prompt, response in work.answers.items()},
        release=workbook.release,
        use_this=use_this,
        reason=why,
    )
    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        done = desk.submit_for(course, module, learner, request)
    click.echo(f"Handed in for {learner} at {done.receipt.at}. Receipt {done.submission}.")
    if done.missing:
        click.echo(f"Kept, and not complete: {', '.join(done.missing)} still to answer.")
    if not done.counts:
        click.echo(f"It does not count as things stand: it is {done.standing}.")
    for opened in done.opened:
        click.echo(f"{opened} is open for {learner} now.")
    for warning in work.warnings:
        click.echo(f"Note: {warning}", err=True)


@click.command()
@click.argument("course")
@click.option(
    "--since", default=0, show_default=True, help="The number of the last entry that you have seen."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_DATA
def log(course: str, since: int, as_json: bool, data: Path | None) -> None:
    """Show who did what in COURSE, when and why; nothing can be changed in it.

    \b
    coursekit log leading-innovation
    coursekit log leading-innovation --since 120 --json
    """
    from coursekit.wiring.desk import open_desk

    with open_desk(data) as desk:
        click.echo(desk.where, err=True)
        found = desk.log(course, since)
        zone = "" if as_json or not found else desk.zone(course)
    for event in found:
        click.echo(event.model_dump_json() if as_json else _line(event, zone))
    if not found and not as_json:
        click.echo("Nothing." if not since else f"Nothing since {since}.")


def _line(event: EventShape, zone: str) -> str:
    from coursekit.policy.timing import in_words

    details = ", ".join(
        f"{name}: {_shown(name, value, zone)}" for name, value in event.details.items() if value
    )
    at = in_words(event.at, zone)
    return f"{event.number:>6}  {at}  {event.actor}  {event.verb}  {event.subject}" + (
        f"  ({details})" if details else ""
    )


def _shown(name: str, value: Any, zone: str) -> str:
    from coursekit.policy.timing import in_words

    if name == "until" and isinstance(value, str):
        return in_words(datetime.fromisoformat(value), zone)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _why(reason: str) -> str:
    why = reason.strip()
    if not 3 <= len(why) <= 500:
        raise BadInput(
            "no-reason",
            "The reason must have 3 to 500 characters.",
            "Say in a few words why; staff after you will read it.",
        )
    return why


def _moment(desk: StaffDesk, course: str, text: str, zone: str | None) -> tuple[datetime, str]:
    """What a date means, and the zone to say it in: the one given, else the course's."""
    from coursekit.model.outcome import Refused
    from coursekit.policy.timing import find_zone, is_zone, moment

    where = zone or desk.zone(course)
    if not is_zone(where):
        raise BadInput(
            "unknown-time-zone", f"“{where}” is no time zone.", "Use an IANA name, such as Europe/Vienna."
        )
    if ":" not in text:
        # A bare date would mean its first minute, a day before what everybody understands.
        raise BadInput("no-time", f"“{text}” has no time of day.", f"Write it like {text.strip()} 23:59.")
    when = moment(text, find_zone(where))
    if isinstance(when, Refused):
        raise BadInput.of(when)
    return when, where


def _names(listed: Path | None) -> list[str]:
    """The names in a file: one a line; what follows a # is for people."""
    if listed is None:
        return []
    try:
        lines = listed.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "unreadable-list", f"{listed} cannot be read.", "Give a text file with a name on each line."
        ) from error
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def _people(desk: StaffDesk, course: str, names: Sequence[str]) -> list[str]:
    """These, each once. All are looked up before anything is done for one of them."""
    people = list(dict.fromkeys(names))
    if not people:
        raise BadInput("nobody", "No learner is named.", "Name one or more, or give --file.")
    known = {member.user for member in desk.members(course)}
    strangers = [name for name in people if name not in known]
    if strangers:
        raise BadInput(
            "no-such-member",
            f"Not in {course}: {', '.join(strangers)}. Nothing was changed.",
            f"Check the spelling; `coursekit roster list {course}` shows who is in it.",
        )
    return people


def _each(people: Sequence[str], deed: Any) -> None:
    for done, learner in enumerate(people):
        try:
            deed(learner)
        except CoursekitError as error:
            if done:
                so_far = ", ".join(people[:done])
                error.next_step = f"Done before it failed: {so_far}. {error.next_step}"
            raise

"""Commands for learners: login, path, fetch, commit, submit, verify."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from coursekit.model.errors import BadInput

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("url")
@click.option("--token", prompt="Your token", hide_input=True, help="Asked for when left out.")
def login(url: str, token: str) -> None:
    """Keep the exchange's address and your token in a file that only you can read.

    \b
    coursekit login https://exchange.example.org
    """
    from coursekit.client import ExchangeClient
    from coursekit.wiring.settings import keep_login

    with ExchangeClient(url, token.strip()) as exchange:
        courses = exchange.courses()
    path = keep_login(url, token.strip())
    click.echo(f"Signed in; kept in {path}.")
    for course in courses:
        click.echo(f"  {course.course}: {course.title} ({course.role})")


@click.command()
@click.argument("course")
def path(course: str) -> None:
    """Show where you are in COURSE, and what opens the rest."""
    from rich.console import Console
    from rich.table import Table

    from coursekit.wiring.learner import connect

    with connect() as exchange:
        found = exchange.path(course)
    table = Table(title=found.title, title_justify="left")
    for column in ("Module", "State", "Prompts", "What now"):
        table.add_column(column)
    for step in found.steps:
        what = f"{step.refusal.reason} {step.refusal.next_step}" if step.refusal else ""
        if step.state == "open":
            what = f"coursekit fetch {course} {step.module}"
        done = f"{step.committed} of {step.required}" if step.required else ""
        table.add_row(step.title, step.state, done, what)
    Console().print(table)


@click.command()
@click.argument("course")
@click.argument("module")
@click.option(
    "--to", type=_FOLDER, default=None, help="Where to; a folder named like the module when left out."
)
@click.option("--replace", is_flag=True, help="Fetch files that are missing from a folder that is there.")
def fetch(course: str, module: str, to: Path | None, replace: bool) -> None:
    """Get an open MODULE of COURSE.

    \b
    coursekit fetch leading-innovation spike-at-65
    """
    from coursekit.wiring.learner import connect, take_home

    folder = to or Path(module)
    with connect() as exchange:
        release = take_home(exchange, course, module, folder, add_missing=replace)
    click.echo(f"{folder} has release {release}. Open {folder / module}.ipynb.")


@click.command()
@click.argument("prompt")
@click.option(
    "--in", "folder", type=_FOLDER, default=Path(), help="The module's folder; this one when left out."
)
def commit(prompt: str, folder: Path) -> None:
    """Seal the answer to PROMPT as it stands in the saved notebook, and see what it reveals.

    \b
    coursekit commit p3 --in spike-at-65
    """
    from coursekit.model.ids import PromptId
    from coursekit.services import answer
    from coursekit.wiring.learner import connect, open_workbook

    workbook = open_workbook(folder)
    with connect() as exchange:
        committed = answer.commit(workbook, exchange, PromptId(prompt))
    click.echo(f"Committed at {committed.receipt.at}.")
    for cell in committed.reveal.cells:
        if cell.source:
            click.echo("\n" + cell.source)
        if cell.alt:
            click.echo(f"\n[{cell.alt}]")
    if committed.missing:
        click.echo(f"\nStill to commit: {', '.join(committed.missing)}.")


@click.command()
@click.argument("folder", type=_FOLDER, default=Path())
def submit(folder: Path) -> None:
    """Hand in the module in FOLDER (this one when left out) and get a receipt.

    Answers that are not committed yet are committed with it.
    """
    from coursekit.wiring.learner import connect, hand_in

    with connect() as exchange:
        done = hand_in(exchange, folder)
    click.echo(f"Handed in at {done.answer.receipt.at}. Receipt {done.answer.submission}.")
    if done.answer.missing:
        click.echo(
            f"Kept, and not complete: {', '.join(done.answer.missing)} still to answer. "
            "Answer and submit again; the next module opens then."
        )
    for module in done.answer.opened:
        click.echo(f"{module} is open now.")
    for warning in done.warnings:
        click.echo(f"Note: {warning}", err=True)


@click.command()
@click.argument("receipts", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--keys", type=click.Path(path_type=Path, dir_okay=False), help="A file with the exchange's keys."
)
def verify(receipts: Sequence[Path], keys: Path | None) -> None:
    """Check that the exchange signed RECEIPTS and nobody changed them since.

    \b
    coursekit verify spike-at-65/.coursekit/submissions/*.json
    coursekit verify receipt.json --keys keys.json     without a network

    The keys file is what the exchange answers at /api/v1/keys.
    """
    import json

    from coursekit.wiring.learner import connect, is_genuine, read_receipt

    if keys is not None:
        try:
            known = {k["key"]: k["public_key"] for k in json.loads(keys.read_bytes())}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(
                "not-keys", f"{keys} has no keys in it.", "Save what the exchange answers at /api/v1/keys."
            ) from error
    else:
        with connect() as exchange:
            known = exchange.keys()
    forged = 0
    for path in receipts:
        receipt = read_receipt(path)
        good = is_genuine(receipt, known)
        forged += not good
        click.echo(
            f"{'genuine' if good else 'NOT GENUINE'}  {receipt.kind} of {receipt.module}/{receipt.subject} "
            f"by {receipt.learner} at {receipt.at}"
        )
    if forged:
        raise BadInput(
            "not-genuine",
            f"{forged} of {len(receipts)} receipts do not hold.",
            "They were changed after they were signed, or another exchange signed them.",
        )

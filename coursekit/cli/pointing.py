"""Commands for what the checks saw in one's answers: pointers, appeal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursekit.cli.waiting import tell

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from coursekit.client import ExchangeClient
    from coursekit.wire.api import PointerShape, PointersShape, PromptPointers

_COURSE = click.option("--course", default=None, help="The course, where the folder does not say it.")
_PATIENCE = 5.0
"""Seconds for which checks that are under way are waited for."""
_SIGNS = {
    "found": ("✓", "found", "green"),
    "maybe": ("?", "perhaps", "yellow"),
    "not-found": ("–", "not found by the tool", "dim"),
}
_STATES = {
    "nothing handed in": "You have handed in nothing for {module} yet. Hand it in first: coursekit submit {module}",
    "being checked": "Your answers are being checked. Ask again in a moment; a person reads them in any case.",
    "not checked": "There is nothing in your last hand-in that the tool checks. A person reads your answers.",
}


@click.command()
@click.argument("module", default=".")
@_COURSE
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def pointers(module: str, course: str | None, as_json: bool) -> None:
    """Read what the checks found in the answers that you handed in for MODULE: its folder, or its name.

    They point at your own words; they give no marks. A person reads your answers.

    \b
    coursekit pointers spike-at-65
    """
    from rich.console import Console

    from coursekit.wiring.learner import connect, wait_for_pointers

    with connect(tell=tell) as exchange:
        found = wait_for_pointers(exchange, *_where(exchange, module, course), _PATIENCE)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    console = Console()
    for part in shown(found):
        console.print(part)


@click.command()
@click.argument("module")
@click.argument("prompt")
@_COURSE
@click.option("--reason", default="", help="What the reader should know; you need not give one.")
def appeal(module: str, prompt: str, course: str | None, reason: str) -> None:
    """Ask that a person reads your answer to PROMPT of MODULE, whatever the checks say.

    \b
    coursekit appeal spike-at-65 p3 --reason "I named the parents in my last sentence."
    """
    from coursekit.policy.timing import in_words
    from coursekit.wiring.learner import connect

    with connect(tell=tell) as exchange:
        where = _where(exchange, module, course)
        kept = exchange.appeal(*where, prompt, reason)
        zone = exchange.path(where[0]).time_zone
    click.echo(f"A person will read your answer to {kept.prompt}. You asked on {in_words(kept.at, zone)}.")
    if reason.strip() != kept.reason:
        click.echo("You had asked before; what you wrote then stands.")


def shown(found: PointersShape) -> list[RenderableType]:
    """What the checks say, for a terminal."""
    from rich.text import Text

    if found.state != "checked":
        return [Text(_STATES[found.state].format(module=found.module))]
    parts: list[RenderableType] = []
    for prompt in found.prompts:
        parts += _prompt(prompt)
    return parts


def _prompt(prompt: PromptPointers) -> list[RenderableType]:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    title = Text.assemble((prompt.title, "bold"), (f"  {prompt.prompt}", "dim"))
    rows = Table.grid(padding=(0, 1))
    for pointer in prompt.pointers:
        sign, _, style = _SIGNS[pointer.state]
        rows.add_row(Text(f"  {sign}", style=style), _said(pointer, prompt.next_step))
    if prompt.next_step:
        rows.add_row("")
        rows.add_row(Text("  →"), Text.assemble(("One next step: ", "bold"), prompt.next_step))
    if prompt.appealed:
        rows.add_row("", "You have asked that a person reads this answer.")
    return [title, rows, Padding(Text(prompt.footer, style="dim"), (1, 0, 1, 4))]


def _said(pointer: PointerShape, next_step: str) -> Text:
    from rich.text import Text

    _, word, style = _SIGNS[pointer.state]
    said = Text.assemble(pointer.ask, (f"  {word}", style))
    if pointer.quote:
        said.append("\n").append(f"“{_printable(pointer.quote)}”", style="italic")
        # What a tool is not sure of is asked, beside the words that it asks about.
        said.append(" " if pointer.state == "maybe" else "\n").append(pointer.text)
    elif pointer.text != next_step:
        said.append("\n").append(pointer.text)
    return said


def _printable(text: str) -> str:
    """On one line, and nothing in it that a terminal takes for an order."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def _where(exchange: ExchangeClient, module: str, course: str | None) -> tuple[str, str]:
    """Course and module: by the module's folder, or by its name in the only course there is."""
    from coursekit.model.errors import BadInput
    from coursekit.wiring.learner import open_workbook

    if course is not None:
        return course, Path(module).name
    if (Path(module) / "prompts.json").is_file():
        book = open_workbook(Path(module))
        return book.course, book.module
    mine = [c.course for c in exchange.courses()]
    if len(mine) != 1:
        raise BadInput(
            "which-course",
            f"{module} is no module's folder, and you are in {'no course' if not mine else 'several courses'}.",
            f"Name the course with --course{': ' + ', '.join(mine) if mine else '.'}",
        )
    return mine[0], module

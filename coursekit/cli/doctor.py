"""`coursekit doctor`: which link is broken, in plain words, and how to mend it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursekit.policy.diagnosis import Finding

_INDENT = " " * 13
_MARKS = {"good": ("✓", "green"), "broken": ("✗", "red"), "note": ("–", "yellow")}


@click.command()
@click.option(
    "--course", default="", help="The course meant; what lies in this folder says it when left out."
)
@click.option(
    "--data",
    # A file in its place is something to tell, not to refuse.
    type=click.Path(path_type=Path),
    default=None,
    help="The exchange's own folder, on its own machine.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(course: str, data: Path | None, as_json: bool) -> None:
    """Find out what does not work between this place and the exchange, and how to mend it.

    \b
    coursekit doctor
    coursekit doctor --course leading-innovation

    A learner in their server, a teacher, and the operator on the exchange's machine each see what concerns them.
    ✓ holds, ✗ is broken, – is worth knowing. Exit code 1 when something is broken.
    """
    from coursekit.services.diagnose import diagnose
    from coursekit.wiring.doctor import Here

    findings = diagnose(Here(Path.cwd(), course, data))
    seen = list(findings) if as_json else list(_shown(findings))
    broken = [finding for finding in seen if finding.state == "broken"]
    if as_json:
        import json

        click.echo(json.dumps({"healthy": not broken, "findings": [asdict(f) for f in seen]}, indent=1))
    else:
        click.echo("\n" + (_count(len(broken)) if broken else "All is well."))
    if broken:
        sys.exit(1)


def _count(broken: int) -> str:
    return "One thing to mend." if broken == 1 else f"{broken} things to mend. Begin with the first."


def _shown(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Each finding, once it has been shown."""
    from rich.console import Console

    # Asked of the line itself: a kernel claims colours for lines that are none of a terminal's.
    is_terminal = sys.stdout.isatty()
    console = Console(force_terminal=is_terminal, highlight=False, markup=False, emoji=False)
    # In a file or a pipe a line stays a line, so that it can be searched for.
    width = min(console.width, 100) if is_terminal else 10_000
    for finding in findings:
        mark, colour = _MARKS[finding.state]
        console.print(mark, style=colour, end="")
        lines = _wrapped(finding.text, width - 1, f" {finding.check:<10} ", _INDENT)
        if finding.fix:
            lines += _wrapped(f"→ {finding.fix}", width, _INDENT, _INDENT + "  ")
        for line in lines:
            console.print(line, soft_wrap=True)
        yield finding


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    import textwrap

    # A path or an address that is cut cannot be copied.
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )

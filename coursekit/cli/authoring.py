"""The author's commands: new, check, build."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coursekit.lint.finding import Finding


@click.group()
def new() -> None:
    """Begin a course, or add a module to one."""


@new.command("course")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", help="What learners see; from the folder's name when left out.")
@click.option("--id", "course", help="The course's id for nbgrader; from the folder's name when left out.")
@click.option("--time-zone", default="UTC", show_default=True, help="Dates are local time there.")
def new_course(folder: Path, title: str | None, course: str | None, time_zone: str) -> None:
    """Begin a course in DIR, which must be new or empty."""
    from coursekit.wiring import author

    for path in author.new_course(folder, title, course, time_zone):
        click.echo(f"wrote {path}")
    click.echo(f"Next: cd {folder}, then coursekit check and coursekit build.")


@new.command("module")
@click.argument("name")
@click.option("--title", help="What learners see; from the name when left out.")
@click.option("--case", help="A folder in cases/; a new one of the module's name when left out.")
def new_module(name: str, title: str | None, case: str | None) -> None:
    """Add a small working module to the course of this folder."""
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    for path in author.new_module(root, name, title, case):
        click.echo(f"wrote {path}")
    click.echo(f"Next: write modules/{name}/{name}.ipynb in JupyterLab, then coursekit check.")


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(folder: Path | None, as_json: bool) -> None:
    """Say what is wrong in the course of this folder. Ends with 1 when there is an error."""
    from coursekit.wiring import author

    findings = author.check(author.find_root(folder or Path.cwd()))
    errors = sum(f.is_error for f in findings)
    warnings = len(findings) - errors
    if as_json:
        found = {"errors": errors, "warnings": warnings, "findings": [asdict(f) for f in findings]}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            for line in said_of(finding):
                click.echo(line)
        said = (
            f"{_count(errors, 'error')}, {_count(warnings, 'warning')}." if findings else "Nothing is wrong."
        )
        click.echo(said)
    if errors:
        raise SystemExit(1)


@click.command()
@click.argument("modules", nargs=-1)
def build(modules: tuple[str, ...]) -> None:
    """Build MODULES, or all of the course: exhibits, prompts.json, and the executed notebook."""
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    for module in modules or author.modules(root):
        click.echo(author.build(root, module).summary)


def said_of(finding: Finding) -> tuple[str, str]:
    """A finding, and what to do about it, as lines."""
    return _line(finding), f"    {finding.hint}"


def _line(finding: Finding) -> str:
    place = finding.file
    if finding.cell is not None:
        place += f":cell {finding.cell}" + (f" ({finding.cell_id})" if finding.cell_id else "")
    return f"{place}  {finding.code} {finding.severity.value}  {finding.message}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"

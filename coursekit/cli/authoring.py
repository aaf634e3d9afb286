"""The author's commands: new and build. `linting` has check."""

from __future__ import annotations

from pathlib import Path

import click


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
@click.argument("modules", nargs=-1)
def build(modules: tuple[str, ...]) -> None:
    """Build MODULES, or all of the course: exhibits, prompts.json, and the executed notebook."""
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    for module in modules or author.modules(root):
        click.echo(author.build(root, module).summary)

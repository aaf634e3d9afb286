"""The author's commands: new and build. `linting` has check."""

from __future__ import annotations

import sys
from pathlib import Path

import click

# As in coursekit/templates/. Reading them there would cost the help a second.
TEMPLATES = ("first", "case", "ab", "cycle", "evidence")


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
@click.option("--template", type=click.Choice(TEMPLATES), help="What to begin from; first when left out.")
@click.option("--title", help="What learners see; from the name when left out.")
@click.option("--role", help="Who the person with the dilemma is: “the head of a rural school”.")
@click.option(
    "--minutes", type=click.IntRange(1, 600), help="How long it takes; the template's when left out."
)
@click.option("--case", help="A folder in cases/; a new one of the module's name when left out.")
def new_module(
    name: str,
    template: str | None,
    title: str | None,
    role: str | None,
    minutes: int | None,
    case: str | None,
) -> None:
    """Add a working module to the course of this folder: change its words, and it is yours.

    On a terminal you are asked for what you leave out. All numbers of the templates are invented placeholders.

    \b
    first     small and sound: an estimate, a decision, a reflection
    case      a dilemma with a person in it, and saying the decision to the one who likes it least
    ab        a case in two modules, NAME-a and NAME-b; B opens when A is handed in
    cycle     plan, do, study, act, with a prediction and a run chart of the learner's own numbers
    evidence  a claim, what would change your mind, and a chart of six studies

    \b
    coursekit new module the-quiet-meeting
    coursekit new module late-buses --template cycle --role "the head of a village school"
    coursekit new module open-doors --template ab --title "Open doors" --minutes 30
    """
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    author.require_name(name)
    if _on_a_terminal():
        if template is None:
            for known in TEMPLATES:
                click.echo(f"{known:<10}{author.template(known).summary}")
            template = click.prompt("Template", type=click.Choice(TEMPLATES), default=TEMPLATES[0])
        about = author.template(template)
        title = title or click.prompt("Title", default=author.title_of(name))
        if about.has_role:
            role = role or click.prompt("Whose dilemma is it", default=about.role)
        minutes = minutes or click.prompt("Minutes", type=click.IntRange(1, 600), default=about.minutes)
        case = case or click.prompt("Case, a folder in cases/", default=name)
    template = template or TEMPLATES[0]
    written = author.new_module(root, name, title, case, template=template, role=role, minutes=minutes)
    for path in written:
        click.echo(f"wrote {path}")
    notebooks = [path for path in written if path.endswith(".ipynb")]
    click.echo(f"Next: write {' and '.join(notebooks)} in JupyterLab, then coursekit check.")


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@click.command()
@click.argument("modules", nargs=-1)
def build(modules: tuple[str, ...]) -> None:
    """Build MODULES, or all of the course: exhibits, prompts.json, and the executed notebook."""
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    for module in modules or author.modules(root):
        click.echo(author.build(root, module).summary)

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
@click.option("--part", help="An id of the course's parts; the last module's when left out.")
def new_module(
    name: str,
    template: str | None,
    title: str | None,
    role: str | None,
    minutes: int | None,
    case: str | None,
    part: str | None,
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
    written = author.new_module(
        root, name, title, case, template=template, role=role, minutes=minutes, part=part
    )
    for path in written:
        click.echo(f"wrote {path}")
    notebooks = [path for path in written if path.endswith(".ipynb")]
    click.echo(f"Next: write {' and '.join(notebooks)} in JupyterLab, then coursekit check.")


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@click.command()
@click.argument("modules", nargs=-1)
@click.option(
    "--variant", "names", metavar="NAME", multiple=True, help="With that variant's parameters as well."
)
@click.option("--all-variants", is_flag=True, help="With each variant's parameters as well.")
@click.option(
    "--language",
    metavar="CODE",
    help="In that language as well, by the module's catalogue; with --variant, the variant in that language.",
)
def build(modules: tuple[str, ...], names: tuple[str, ...], all_variants: bool, language: str | None) -> None:
    """Build MODULES, or all of the course: exhibits, prompts.json, and the executed notebook.

    A variant is the same module with other parameters, for a cohort, a region or a section; course.yml names them
    under `variants`. It is built beside the module's own notebook, and released in its place by nbgrader's
    generate_assignment with --SealReveals.variant=NAME.

    \b
    Examples:
      coursekit build                              every module
      coursekit build spike-at-65                  one
      coursekit build spike-at-65 --variant vienna
      coursekit build --all-variants               every module in every variant
      coursekit build spike-at-65 --language de    its translation
      coursekit build spike-at-65 --variant vienna --language de
    """
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    chosen = author.variants(root) if all_variants else list(dict.fromkeys(names))
    for module in modules or author.modules(root):
        for built in author.build_editions(root, module, chosen, language or ""):
            click.echo(built.summary)


@click.command()
@click.argument("modules", nargs=-1)
@click.option("--language", metavar="CODE", required=True, help="Such as de or pt-BR.")
def translate(modules: tuple[str, ...], language: str) -> None:
    """Write or update the catalogue of MODULES, or of all, in a language: modules/MODULE/translations/CODE.po.

    Translate it with Poedit, Weblate or an editor. What was translated stays; what the source has changed since is
    marked fuzzy, and shown in the source's words until somebody has looked.

    \b
    Examples:
      coursekit translate spike-at-65 --language de
      coursekit translate --language de            every module
      coursekit build spike-at-65 --language de    then build it
    """
    from coursekit.wiring import author

    root = author.find_root(Path.cwd())
    for module in modules or author.modules(root):
        click.echo(author.translate(root, module, language).summary)

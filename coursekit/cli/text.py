"""`coursekit text`: a module's notebook as MyST Markdown, for review and git, and back."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("modules", metavar="[MODULE]...", nargs=-1)
@click.option("--back", is_flag=True, help="Write the notebook from the text.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; end with 1 when the two differ.")
@click.option("--force", is_flag=True, help="Give up what was changed in the file that is written.")
def text(modules: tuple[str, ...], back: bool, only_check: bool, force: bool) -> None:
    """Keep the notebooks of MODULES, or of the whole course, as text beside them: modules/NAME/NAME.md.

    The text is MyST Markdown, with each cell's id and metadata and without outputs. No learner gets it.
    A file that was changed since the two last agreed is not overwritten.

    \b
    coursekit text the-quiet-meeting             notebook to text
    coursekit text --back the-quiet-meeting      text to notebook
    coursekit text --check                       do all pairs of the course agree?
    """
    from coursekit.wiring import author

    if only_check and (back or force):
        raise click.UsageError("--check writes nothing; leave out --back and --force.")
    root = author.find_root(Path.cwd())
    if only_check:
        found = author.compare_texts(root, modules)
        for module, lines in found.items():
            click.echo(f"{module}: {'notebook and text differ.' if lines else 'notebook and text agree.'}")
            for line in lines:
                click.echo(f"    {line}")
        if not found:
            click.echo("No module has a text yet. Write them: coursekit text.")
        if any(found.values()):
            raise SystemExit(1)
        return
    for sentence in author.write_texts(root, modules, back=back, force=force):
        click.echo(sentence)

"""`python -m coursekit.cli.rulepages docs/rules` writes the page of each rule of `coursekit check`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_rule_pages(folder: Path) -> None:
    """Write the pages into FOLDER; the same each time. Pages of rules that are no more go away."""
    from coursekit.lint.pages import pages

    wanted = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("CK*.md"):
        if stale.name not in wanted:
            stale.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"wrote {len(wanted)} pages into {folder}")


if __name__ == "__main__":
    write_rule_pages()

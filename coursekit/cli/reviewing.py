"""`coursekit review` and `coursekit reflect switch`: graders work on written answers."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coursekit.model.errors import BadInput

if TYPE_CHECKING:
    from coursekit.model.reviewing import Item
    from coursekit.services.review import Desk

_ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The course's folder; this one, or one above it, if left out.",
)


@click.command()
@click.argument("module")
@click.option("--prompt", default="", metavar="ID", help="Only the answers to this one.")
@click.option("--learner-names", is_flag=True, help="Show whose answer it is; hidden otherwise.")
@click.option("--queue", "as_queue", is_flag=True, help="Print the queue, and mark nothing.")
@click.option("--item", default="", metavar="ID", help="One answer: print it, or mark it with --levels.")
@click.option(
    "--levels", default="", metavar="LEVELS", help="A level for each criterion: evidence=2,position=1."
)
@click.option("--points", type=float, default=None, help="In the place of --levels, without a rubric.")
@click.option(
    "--adequate/--not-adequate", default=None, help="With --levels, where the rubric has no rule for it."
)
@click.option("--comment", default=None, metavar="TEXT", help="With --levels: words to the learner.")
@click.option("--suggestion", is_flag=True, help="With --item: show what is suggested. That is noted down.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one object, and nothing else.")
@_ROOT
def review(
    module: str,
    prompt: str,
    learner_names: bool,
    as_queue: bool,
    item: str,
    levels: str,
    points: float | None,
    adequate: bool | None,
    comment: str | None,
    suggestion: bool,
    as_json: bool,
    root: Path | None,
) -> None:
    """Read and mark the written answers of MODULE, the doubtful ones first.

    You see the answer with the sentences that the checks point at, their questions, and the rubric. One digit is
    one level. The suggestion is hidden until you press s; some answers are drawn for an audit, and have none. Marks
    go to the gradebook as formgrader's do, and never over somebody else's.

    \b
    coursekit review spike-at-65
    coursekit review spike-at-65 --prompt p2 --queue
    coursekit review spike-at-65 --item 1f3a77c0 --levels evidence=2,position=2,test=1 --comment "Clear."
    """
    from coursekit.wiring import prose, reflections

    place = prose.find_place(root, module)
    with reflections.open_desk(place) as desk:
        _check_prompt(desk, prompt)
        new = desk.note_appeals(reflections.find_appeals(place))
        if item:
            _one(desk, item, levels, points, adequate, comment, suggestion, as_json, learner_names)
            return
        if levels or points is not None or comment is not None or suggestion or adequate is not None:
            raise BadInput("no-item", "Which answer is meant is not said.", "Add --item ID.")
        if as_json:
            click.echo(json.dumps(_as_object(module, desk, prompt, learner_names), ensure_ascii=True))
        elif as_queue or not (sys.stdin.isatty() and sys.stdout.isatty()):
            _print_queue(desk, prompt, learner_names, new)
        else:
            _work(desk, prompt, learner_names, module)


@click.command()
@click.argument("module")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--reason", required=True, help="It stands in the record.")
@click.option(
    "--prompt", default="", metavar="ID", help="Only for this one; for all of the module if left out."
)
@_ROOT
def switch(module: str, state: str, reason: str, prompt: str, root: Path | None) -> None:
    """Switch auto-passes of MODULE off, or on again.

    Off: from the next `coursekit grade` on, a person reads every answer, also those that were passed before and
    that nobody has read. The checks themselves go on, and learners keep their pointers.

    \b
    coursekit reflect switch spike-at-65 off --reason "The case was changed."
    """
    from coursekit.wiring import prose, reflections

    if not reason.strip():
        raise BadInput("no-reason", "The reason is empty.", "Say why in a few words: --reason “…”.")
    place = prose.find_place(root, module)
    with reflections.open_desk(place) as desk:
        desk.switch(state == "on", reason.strip(), prompt)
    of = f"{prompt} of {module}" if prompt else module
    click.echo(f"Auto-passes of {of} are switched {state}. It is in the record.")
    click.echo(f"Next: coursekit grade {module}")


def _check_prompt(desk: Desk, prompt: str) -> None:
    if prompt and prompt not in desk.bases:
        known = ", ".join(str(p) for p in desk.bases)
        raise BadInput("no-such-prompt", f"{prompt} is no written prompt of it.", f"There are: {known}.")


def _work(desk: Desk, prompt: str, names: bool, module: str) -> None:
    from rich.console import Console

    from coursekit.cli.review_desk import ReviewSession
    from coursekit.cli.review_page import composition_lines

    console = Console(highlight=False)
    queue = list(desk.queue(prompt))
    if queue:
        session = ReviewSession(desk, queue, console, click.getchar, console.input, names)
        marked = session.run()
        console.print(f"{marked} marked.")
    left = desk.queue(prompt)
    for line in composition_lines(desk.compositions()):
        console.print(line)
    if left:
        console.print(f"Next: coursekit review {module} for the other {len(left)}.")
    else:
        console.print(f"Nothing waits. Next: coursekit feedback {module}")


def _print_queue(desk: Desk, prompt: str, names: bool, new: int) -> None:
    from rich.console import Console

    from coursekit.cli.review_page import composition_lines, counter, queue_table

    console = Console(highlight=False)
    queue = desk.queue(prompt)
    for line in composition_lines(desk.compositions()):
        console.print(line)
    if new:
        console.print(f"{new} new appeals.")
    if queue:
        console.print(counter(len(queue), queue))
        console.print(queue_table(queue, names))
    else:
        console.print("Nothing waits.")


def _one(
    desk: Desk,
    wanted: str,
    levels: str,
    score: float | None,
    adequate: bool | None,
    comment: str | None,
    suggestion: bool,
    as_json: bool,
    names: bool,
) -> None:
    from rich.console import Console

    from coursekit.cli.review_page import page
    from coursekit.services.review import decided

    item = desk.find(wanted)
    if not levels and score is None:
        shown = desk.look(item) if suggestion else None
        if as_json:
            value = _item_object(item, names)
            if shown is not None:
                value["suggestion"] = asdict(shown)
            click.echo(json.dumps(value, ensure_ascii=True))
        else:
            head = item.group.value
            name = item.answer.learner if names else ""
            Console(highlight=False).print(page(item, head, {}, None, shown, name))
        return
    decision = decided(item, _levels(levels) if levels else {}, score, adequate, comment)
    desk.decide(item, decision, desk.mark_of(item), item.seen)
    if as_json:
        value = {"schema": "coursekit.reviewed/1", "id": item.id, "points": decision.points}
        value["adequate"] = decision.adequate
        click.echo(json.dumps(value))
    else:
        click.echo(f"{item.id}: {decision.points:g} of {item.most:g} points.")


def _levels(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in text.split(","):
        name, sign, level = part.strip().partition("=")
        if not sign or not level.strip().isdecimal() or name.strip() in found:
            raise BadInput(
                "bad-levels", f"“{part.strip()}” is no level of a criterion.", "Write evidence=2,position=1."
            )
        found[name.strip()] = int(level)
    return found


def _as_object(module: str, desk: Desk, prompt: str, names: bool) -> dict[str, Any]:
    return {
        "schema": "coursekit.review/1",
        "module": module,
        "prompts": [asdict(one) for one in desk.compositions()],
        "queue": [_item_object(item, names) for item in desk.queue(prompt)],
    }


def _item_object(item: Item, names: bool) -> dict[str, Any]:
    """Without the suggestion: whoever sees it is no longer blind, and that must be noted down."""
    checked = item.checked
    value: dict[str, Any] = {
        "id": item.id,
        "prompt": item.basis.prompt,
        "group": item.group.value,
        "blind": item.is_blind,
        "uncertainty": item.uncertainty,
        "text": item.answer.text,
        "flags": [asdict(flag) for flag in checked.flags],
        "reasons": [r.value for r in checked.route.reasons],
        "evidence": [asdict(one) for one in checked.evidence],
        "criteria": {c.id: {str(n): w for n, w in c.levels.items()} for c in item.basis.rubric.criteria},
        "appeal": item.appeal,
    }
    if names:
        value["learner"] = item.answer.learner
    return value

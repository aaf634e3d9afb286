"""One answer as a grader sees it in the terminal: evidence marked, flags as questions, criteria with levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coursekit.model.feedback import Found
from coursekit.model.reflection import Evidence, Suggestion
from coursekit.model.reviewing import Composition, Item
from coursekit.model.reviewing import Group as Where
from coursekit.policy.reflection.questions import QUESTIONS, question, reason
from coursekit.policy.shown import cut, shown

LONGEST = 20_000
"""Characters of one answer on the screen, as on a feedback page."""
_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red")
_STATES = {Found.FOUND: "✓ found", Found.MAYBE: "? perhaps", Found.NOT_FOUND: "– not found by the tool"}
_GROUPS = {
    Where.APPEAL: "Appeal",
    Where.FLAGGED: "Flagged",
    Where.UNREAD: "To be read",
    Where.UNCERTAIN: "Uncertain",
    Where.AUDIT: "Audit, blind",
}


def counter(number: int, queue: Sequence[Item]) -> str:
    """7 of 31 · flags 3 · uncertain 20 · audit 2"""
    groups = Counter(item.group for item in queue)
    named = (
        (Where.APPEAL, "appeals"),
        (Where.FLAGGED, "flags"),
        (Where.UNREAD, "to be read"),
        (Where.UNCERTAIN, "uncertain"),
        (Where.AUDIT, "audit"),
    )
    rare = (Where.APPEAL, Where.UNREAD)
    parts = [f"{word} {groups[group]}" for group, word in named if groups[group] or group not in rare]
    return " · ".join([f"{number} of {len(queue)}", *parts])


def page(
    item: Item,
    head: str,
    levels: Mapping[str, int],
    comment: str | None,
    suggestion: Suggestion | None,
    name: str = "",
    score: float | None = None,
) -> RenderableType:
    """Everything about one answer.

    `levels`: given so far; `score`: the same without a rubric; `suggestion`: where it was asked for.
    """
    parts: list[RenderableType] = [Rule(shown(head), style="dim", align="left")]
    title = Text.assemble((shown(item.basis.title), "bold"), (f"   {item.basis.prompt} · {item.id}", "dim"))
    title.append(f"   {_GROUPS[item.group]}", style="bold magenta" if item.is_blind else "bold")
    if name:
        title.append(f"   {shown(name)}", style="bold")
    parts += [title, Padding(Text(shown(item.basis.question), style="dim"), (0, 0, 1, 2))]
    parts.append(Padding(_answer(item), (0, 0, 1, 2)))
    if item.appeal:
        parts.append(Text(f"Appeal: {shown(item.appeal)}", style="bold"))
    questions = [question(flag) for flag in item.checked.flags]
    others = [reason(r) for r in item.checked.route.reasons if r not in QUESTIONS and r.value == "failed"]
    parts += [Text(f"? {words}", style="yellow") for words in (*questions, *others)]
    parts.append(_criteria(item, levels) if item.has_rubric else _points(item, score))
    if suggestion is not None:
        parts.append(Padding(_suggested(item, suggestion), (1, 0, 0, 0)))
    if comment is not None:
        parts.append(Text(f"Comment to the learner: {shown(comment)}"))
    return Group(*parts)


def numbers(item: Item) -> dict[str, int]:
    """Criterion → its number on the page."""
    return {c.id: n for n, c in enumerate(item.basis.rubric.criteria, 1)}


def _answer(item: Item) -> Text:
    text, left_out = cut(item.answer.text, LONGEST)
    found = Text()
    done = 0
    for start, end, named in _spans(item.checked.evidence, numbers(item)):
        if start < done or end > len(text):
            continue
        colour = _COLOURS[(named[0] - 1) % len(_COLOURS)]
        found.append(shown(text[done:start]))
        # By brackets as well as by colour: not everybody sees colours, and not every terminal has them.
        label = ",".join(str(n) for n in named)
        found.append(f"[{label} {shown(text[start:end])}]", style=f"bold {colour}")
        done = end
    found.append(shown(text[done:]))
    if left_out:
        found.append(f"\n… and {left_out:,} more characters.", style="dim")
    return found


def _spans(evidence: Sequence[Evidence], of: Mapping[str, int]) -> Iterator[tuple[int, int, list[int]]]:
    """Each sentence once, with the numbers of all criteria that it may meet."""
    places: dict[tuple[int, int], list[int]] = {}
    for one in evidence:
        if one.span is not None and one.criterion in of:
            places.setdefault((one.span.start, one.span.end), []).append(of[one.criterion])
    for (start, end), named in sorted(places.items()):
        yield start, end, sorted(named)


def _criteria(item: Item, levels: Mapping[str, int]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(width=2, justify="right")
    table.add_column(overflow="fold")
    states = {e.criterion: e.state for e in item.checked.evidence}
    current = next((c.id for c in item.basis.rubric.criteria if c.id not in levels), None)
    for number, criterion in enumerate(item.basis.rubric.criteria, 1):
        colour = _COLOURS[(number - 1) % len(_COLOURS)]
        line = Text(shown(criterion.ask), style="bold" if criterion.id == current else "")
        state = states.get(criterion.id)
        line.append(
            f"   {_STATES[state]}" if state is not None else "   a person alone reads for this", "dim"
        )
        pointer = "▸" if criterion.id == current else ""
        table.add_row(pointer, Text(str(number), style=f"bold {colour}"), line)
        for level, words in sorted(criterion.levels.items()):
            chosen = levels.get(criterion.id) == level
            style = "bold reverse" if chosen else ("" if criterion.id == current else "dim")
            table.add_row("", "", Text(f"{level}  {shown(words)}", style=style))
    return table


def _points(item: Item, score: float | None) -> Text:
    given = "" if score is None else f": {score:g}"
    return Text(f"It has no rubric: points in one, 0 to {item.most:g}{given}", style="bold")


def _suggested(item: Item, suggestion: Suggestion) -> Text:
    most = item.basis.rubric.points
    text = Text()
    text.append(
        f"Suggested: {suggestion.mean:.1f} of {most} points, give or take {suggestion.sd:.1f}", "bold"
    )
    if suggestion.length_driven:
        text.append("\nMost of this is the length of the answer.", "yellow")
    of = {c.id: c.ask for c in item.basis.rubric.criteria}
    for one in suggestion.levels:
        spread = f" ({one.low} to {one.high})" if one.low != one.high else ""
        text.append(f"\n  {one.level}{spread}  {shown(of.get(one.criterion, one.criterion))}")
    blocks = ", ".join(f"{c.block} {c.points:+.1f}" for c in suggestion.contributions)
    if blocks:
        text.append(f"\n  against the average answer: {blocks}", "dim")
    for near in suggestion.nearest:
        text.append(
            f"\n  near {shown(near.exemplar[:24])}: {near.points:g} points, alike {near.similarity:.2f}",
            "dim",
        )
    return text


def queue_table(queue: Sequence[Item], names: bool) -> Table:
    """The queue, a line each."""
    table = Table(box=None, title_justify="left", header_style="dim")
    for column in ("", "id", "prompt", "why", "uncertain", "words", "question"):
        table.add_column(column, justify="right" if column in ("", "uncertain", "words") else "left")
    if names:
        table.add_column("learner")
    for number, item in enumerate(queue, 1):
        why = _GROUPS[item.group]
        asks = ", ".join(f"{f.reason.value.replace('_', ' ')}?" for f in item.checked.flags)
        row = [
            str(number),
            item.id,
            item.basis.prompt,
            why,
            f"{item.uncertainty:.2f}",
            str(len(item.answer.text.split())),
            asks,
        ]
        table.add_row(*row, *([shown(item.answer.learner)] if names else []))
    return table


def composition_lines(compositions: Sequence[Composition]) -> Iterator[str]:
    """The queue in numbers, prompt by prompt."""
    for one in compositions:
        waiting = sum(one.groups.values())
        counts = [(word, one.groups.get(group.value, 0), group) for group, word in _WORDS.items()]
        parts = [f"{word} {count}" for word, count, group in counts if count or group is not Where.UNREAD]
        passed = f", {one.passed} passed without a person" if one.passed else ""
        yield (
            f"{one.prompt}  {one.answers} answers: {waiting} wait ({', '.join(parts)}), "
            f"{one.reviewed} marked{passed}"
        )


_WORDS = {
    Where.APPEAL: "appeals",
    Where.FLAGGED: "flags",
    Where.UNREAD: "to be read",
    Where.UNCERTAIN: "uncertain",
    Where.AUDIT: "audit",
}


def print_page(console: Console, renderable: RenderableType) -> None:
    """On an empty screen, where there is one."""
    if console.is_terminal:
        console.clear()
    console.print(renderable)

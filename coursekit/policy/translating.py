"""What of a module is translated, and how a catalogue follows its source.

Ids, nbgrader's metadata, code and model answers are never touched: one set of ids and rubrics, and any number of
languages.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from coursekit.model.rubric import Auto, Criterion, Detector, Rubric
from coursekit.model.translation import Entry, Piece

Say = Callable[[str, str], str]
"""What to say for a key and the source's text."""

TITLE = "module/title"
_CHOICES = ("options", "items", "fields")
_PROMPT_TEXTS = ("title", "question", "unit")
# Without these words such a detector sees nothing.
_NEEDED = {Detector.TERMS: "terms", Detector.POSITION: "options", Detector.PERSPECTIVE: "stakeholders"}


def pieces(notebook: Mapping[str, Any], rubrics: Mapping[str, Rubric], title: str) -> tuple[Piece, ...]:
    """All that learners read of a module, in the order in which they meet it, and the words that checks look for.

    `notebook`: the master's JSON.
    """
    found = {TITLE: title}

    def note(key: str, text: str) -> str:
        found.setdefault(key, text)
        return text

    told(notebook, note)
    rubrics_told(rubrics, note)
    return tuple(Piece(key, text) for key, text in found.items())


def told(notebook: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """The notebook with other words, and nothing else of it changed."""
    result = copy.deepcopy(dict(notebook))
    for cell in result["cells"]:
        metadata = cell.get("metadata", {})
        ours = metadata.get("coursekit") or {}
        if ours.get("faculty"):
            continue
        if "prompt" in ours:
            _prompt(ours["prompt"], say)
        elif cell["cell_type"] == "markdown" and not metadata.get("nbgrader", {}).get("solution"):
            cell["source"] = _said(f"cell/{cell['id']}", _text(cell["source"]), say)
        for name, place in (("reveal", "alt"), ("check", "label")):
            if isinstance(ours.get(name), dict) and place in ours[name]:
                ours[name][place] = _said(f"cell/{cell['id']}/{place}", ours[name][place], say)
    return result


def rubrics_told(rubrics: Mapping[str, Rubric], say: Say) -> dict[str, Rubric]:
    """The rubrics with other words: what learners read of them, and what the checks look for."""
    return {
        name: replace(
            rubric,
            title=_said(f"rubric/{name}/title", rubric.title, say),
            criteria=tuple(_criterion(f"rubric/{name}/{c.id}", c, say) for c in rubric.criteria),
        )
        for name, rubric in rubrics.items()
    }


def only_for_people(rubrics: Mapping[str, Rubric], left: Collection[str]) -> dict[str, Rubric]:
    """The rubrics without the detectors whose words nobody has translated. `left`: keys missing or stale.

    With the source's words they would not see what is there, and tell its writer so. Where one of them goes,
    nothing passes without a person, because what is not looked for counts as there.
    """
    return {name: _for_people(f"rubric/{name}", rubric, left) for name, rubric in rubrics.items()}


def followed(entries: Iterable[Entry], now: Iterable[Piece]) -> tuple[Entry, ...]:
    """The catalogue of these pieces: each translation that holds is kept, each other one is kept and marked."""
    known = {entry.key: entry for entry in entries}
    # A cell that was moved into another one, or has another id, keeps its translation by its words.
    same = {entry.source: entry for entry in known.values() if entry.text}
    return tuple(_follow(piece, known.get(piece.key), same.get(piece.text)) for piece in now)


def in_language(entries: Mapping[str, Entry]) -> Say:
    """A piece's translation where one holds; else the source, word for word."""

    def say(key: str, text: str) -> str:
        entry = entries.get(key)
        return entry.text if entry is not None and entry.holds_for(text) else text

    return say


def _follow(piece: Piece, old: Entry | None, same: Entry | None) -> Entry:
    if old is not None and old.source == piece.text and old.text:
        return old
    if same is not None:
        return replace(same, key=piece.key)
    if old is None or not old.text:
        return Entry(piece.key, piece.text, notes=old.notes if old is not None else ())
    return replace(old, source=piece.text, stale=True, before=old.before or old.source)


def _prompt(prompt: dict[str, Any], say: Say) -> None:
    key = f"prompt/{prompt['id']}"
    for name in _PROMPT_TEXTS:
        if name in prompt:
            prompt[name] = _said(f"{key}/{name}", prompt[name], say)
    for name in _CHOICES:
        for choice in prompt.get(name, ()):
            choice["label"] = _said(f"{key}/{name}/{choice['id']}", choice["label"], say)
    if "scale" in prompt:
        prompt["scale"] = [_said(f"{key}/scale/{n}", s, say) for n, s in enumerate(prompt["scale"], 1)]


def _criterion(key: str, criterion: Criterion, say: Say) -> Criterion:
    def words(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        if criterion.detector is Detector.NONE:
            # What no detector looks for needs no words.
            return known
        told = _said(f"{key}/{name}", "\n".join(known), say)
        return tuple(line.strip() for line in told.splitlines() if line.strip())

    return replace(
        criterion,
        ask=_said(f"{key}/ask", criterion.ask, say),
        levels={level: _said(f"{key}/levels/{level}", text, say) for level, text in criterion.levels.items()},
        found=_said(f"{key}/feedback/found", criterion.found, say),
        missing=_said(f"{key}/feedback/missing", criterion.missing, say),
        terms=words("terms", criterion.terms),
        options=words("options", criterion.options),
        stakeholders=words("stakeholders", criterion.stakeholders),
    )


def _for_people(key: str, rubric: Rubric, left: Collection[str]) -> Rubric:
    lost = {c.id for c in rubric.criteria if f"{key}/{c.id}/{_NEEDED.get(c.detector)}" in left}
    if not lost:
        return rubric
    criteria = tuple(
        replace(c, detector=Detector.NONE, options=(), stakeholders=()) if c.id in lost else c
        for c in rubric.criteria
    )
    return replace(rubric, criteria=criteria, decision=replace(rubric.decision, auto=Auto.NONE))


def _said(key: str, text: str, say: Say) -> str:
    return say(key, text) if text.strip() else text


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)

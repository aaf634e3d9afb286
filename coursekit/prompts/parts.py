"""The inside of a form: for each kind of prompt the fields, and how a choice is read from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from coursekit.model.prompt import Choice, Prompt, PromptKind, Response
from coursekit.model.words import count_words
from coursekit.policy.typed import parse_number
from coursekit.policy.words import number as number_text
from coursekit.prompts import render


@dataclass(frozen=True)
class Parts:
    """The inside of a form: what is on the screen, what the learner changes, and what it amounts to."""

    rows: tuple[Any, ...]
    fields: Mapping[str, Any]
    read: Callable[[], dict[str, Any]]


def _decision(prompt: Prompt, saved: Response) -> Parts:
    choice = _radio("Your choice", [(o.label, o.id) for o in prompt.options], saved.get("choice"))
    reason, count = _area("Your reason", saved.get("reason"), prompt.min_words)
    return Parts(
        (choice, reason, count),
        {"choice": choice, "reason": reason},
        lambda: {"choice": choice.value, "reason": reason.value},
    )


def _estimate(prompt: Prompt, saved: Response) -> Parts:
    # A number field starts with a number, and that number is an anchor; so an empty text field.
    low, high = (number_text(bound).replace("-", "−") for bound in (prompt.minimum, prompt.maximum))
    unit = f" ({prompt.unit})" if prompt.unit else ""
    value = saved.get("value")
    field = widgets.Text(
        value="" if value is None else number_text(value),
        description=f"Your estimate{unit}",
        placeholder="a number",
        **_stacked(),
    )
    heard = widgets.HTML()

    def typed() -> float | None:
        return parse_number(field.value.strip().removesuffix(prompt.unit))

    reason, count = _area("Your reason, in a sentence", saved.get("reason"), 0)

    def echo(_: Any = None) -> None:
        number = typed()
        said = f"A number from {low} to {high}."
        if number is not None:
            said = f"Read as {number_text(number)}."
        elif field.value.strip():
            said = f"This is not a number yet. {said}"
        heard.value = render.notice(said)

    field.observe(echo, names="value")
    echo()
    return Parts(
        (field, heard, reason, count),
        {"value": field, "reason": reason},
        lambda: {"value": typed(), "reason": reason.value},
    )


def _confidence(prompt: Prompt, saved: Response) -> Parts:
    level = _radio("Your answer", _scale(prompt), saved.get("level"))
    return Parts((level,), {"level": level}, lambda: {"level": level.value})


def _self_assessment(prompt: Prompt, saved: Response) -> Parts:
    before = _mapping(saved.get("levels"))
    # A radio group of ipywidgets does not tell a screen reader its label: five times the same scale, unnamed.
    fields = {item.id: _list(item.label, _scale(prompt), before.get(item.id)) for item in prompt.items}
    return Parts(
        tuple(fields.values()),
        fields,
        lambda: {"levels": {name: f.value for name, f in fields.items() if f.value is not None}},
    )


def _plan(prompt: Prompt, saved: Response) -> Parts:
    before = _mapping(saved.get("fields"))

    def area(wanted: Choice) -> tuple[Any, Any]:
        return _area(wanted.label, before.get(wanted.id), wanted.min_words)

    areas = {wanted.id: area(wanted) for wanted in prompt.fields}
    fields = {name: field for name, (field, _) in areas.items()}
    return Parts(
        tuple(row for pair in areas.values() for row in pair),
        fields,
        lambda: {"fields": {name: field.value for name, field in fields.items()}},
    )


_KINDS = {
    PromptKind.DECISION: _decision,
    PromptKind.ESTIMATE: _estimate,
    PromptKind.CONFIDENCE: _confidence,
    PromptKind.SELF_ASSESSMENT: _self_assessment,
    PromptKind.PLAN: _plan,
}


def parts_of(prompt: Prompt, saved: Response) -> Parts:
    """The inside of this prompt's form, holding what is saved."""
    return _KINDS[prompt.kind](prompt, saved)


def _scale(prompt: Prompt) -> list[tuple[str, int]]:
    return [(label, place) for place, label in enumerate(prompt.scale, 1)]


def _radio(label: str, options: list[tuple[str, Any]], saved: Any) -> Any:
    return widgets.RadioButtons(
        options=options, value=_known(options, saved), description=label, **_stacked()
    )


def _list(label: str, options: list[tuple[str, Any]], saved: Any) -> Any:
    options = [("Choose …", None), *options]
    # By its place: a value of None would show nothing at all.
    place = [value for _, value in options].index(_known(options, saved))
    return widgets.Dropdown(options=options, index=place, description=label, **_stacked())


def _known(options: list[tuple[str, Any]], saved: Any) -> Any:
    # JSON's true equals 1 in Python.
    return saved if not isinstance(saved, bool) and saved in [value for _, value in options] else None


def _area(label: str, saved: Any, floor: int) -> tuple[Any, Any]:
    field = widgets.Textarea(
        value=saved if isinstance(saved, str) else "", description=label, rows=4, **_stacked()
    )
    count = widgets.HTML()
    asked = f", at least {floor} asked for" if floor else ""

    def recount(_: Any = None) -> None:
        count.value = f'<div class="coursekit-quiet">{in_words(count_words(field.value))}{asked}</div>'

    field.observe(recount, names="value")
    recount()
    return field, count


def _stacked() -> dict[str, Any]:
    """The label above the field, both as wide as the page allows."""
    return {
        "style": {"description_width": "auto"},
        "layout": widgets.Layout(width="auto", height="auto", flex_flow="column", align_items="stretch"),
    }


def row(*children: Any) -> Any:
    """Side by side, and below each other where there is no room."""
    return widgets.Box(children, layout=widgets.Layout(flex_flow="row wrap", width="auto"))


def button(label: str, tooltip: str, style: str = "") -> Any:
    """`style`: `primary` for what one most likely wants."""
    return widgets.Button(description=label, tooltip=tooltip, button_style=style)


def in_words(count: int) -> str:
    """So many words, in words."""
    return f"{count} {'word' if count == 1 else 'words'}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

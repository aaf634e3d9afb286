"""One spelling of a prompt in JSON, for prompts.json, cell metadata and the exchange alike.

Plain code instead of pydantic: a learner's kernel imports this, and should not wait for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.ids import SLUG_RULE, PromptId, is_slug
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.rubric import Criterion, Rubric

_COMMON = ("id", "kind", "title", "question", "minutes", "required", "competencies")


@dataclass(frozen=True)
class _Rules:
    """What docs/module-format.md says about one kind."""

    own: tuple[str, ...]
    """The fields this kind has beside the common ones."""
    needs: tuple[str, ...] = ()
    required: bool = True
    min_words: int = 0
    max_words: int | None = None


_RULES = {
    PromptKind.REFLECTION: _Rules(("rubric", "min_words", "max_words"), min_words=20, max_words=300),
    PromptKind.DECISION: _Rules(("options", "min_words"), needs=("options",), min_words=15),
    PromptKind.ESTIMATE: _Rules(("unit", "min", "max", "step"), needs=("min", "max")),
    PromptKind.CONFIDENCE: _Rules(("items", "scale"), needs=("scale",)),
    PromptKind.SELF_ASSESSMENT: _Rules(("items", "scale"), needs=("items", "scale")),
    PromptKind.PLAN: _Rules(("rubric", "fields"), needs=("fields",)),
    PromptKind.ANALYSIS: _Rules((), required=False),
}


def prompt_to_json(prompt: Prompt) -> dict[str, Any]:
    """The prompt as prompts.json has it. What the format fills in by itself is left out."""
    rules = _RULES[prompt.kind]
    always = {"id": str(prompt.id), "kind": prompt.kind.value, "title": prompt.title}
    # Each value beside what a reader would assume without it.
    spelt: list[tuple[str, Any, Any]] = [
        ("question", prompt.question, ""),
        ("minutes", prompt.minutes, 5),
        ("required", prompt.required, rules.required),
        ("competencies", list(prompt.competencies), []),
        ("rubric", prompt.rubric, None),
        ("min_words", prompt.min_words, rules.min_words),
        ("max_words", prompt.max_words, rules.max_words),
        ("options", [_choice_to_json(c) for c in prompt.options], []),
        ("items", [_choice_to_json(c) for c in prompt.items], []),
        ("fields", [_choice_to_json(c) for c in prompt.fields], []),
        ("scale", list(prompt.scale), []),
        ("unit", prompt.unit, ""),
        ("min", prompt.minimum, None),
        ("max", prompt.maximum, None),
        ("step", prompt.step, None),
    ]
    return always | {name: value for name, value, assumed in spelt if value != assumed}


def prompt_from_json(value: Mapping[str, Any]) -> Prompt:
    """The prompt that stands in prompts.json or in a cell's metadata.

    Raises BadInput, naming the prompt and the field.
    """
    if not isinstance(value, Mapping):
        raise BadInput("bad-prompt", "A prompt must be a mapping of fields.", "Write id, kind, title, …")
    field = _Reader(value)
    prompt_id = field.take("id", _slug)
    kind = PromptKind(field.take("kind", _kind))
    rules = _RULES[kind]
    field.refuse_others((*_COMMON, *rules.own), kind)
    for name in rules.needs:
        if value.get(name) is None:
            raise field.bad(name, "is missing", f"A prompt of the kind {kind.value} needs it.")
    prompt = Prompt(
        id=PromptId(prompt_id),
        kind=kind,
        title=field.take("title", _text),
        question=field.take("question", _any_text, "") if kind.in_notebook else field.take("question", _text),
        minutes=field.take("minutes", _positive, 5),
        required=field.take("required", _flag, rules.required),
        competencies=field.take("competencies", _texts, ()),
        rubric=field.take("rubric", _text_or_none, None),
        min_words=field.take("min_words", _count, rules.min_words),
        max_words=field.take("max_words", _count_or_none, rules.max_words),
        options=field.choices("options", at_least=2),
        items=field.choices("items"),
        fields=field.choices("fields", words=True),
        scale=field.take("scale", _scale, ()),
        unit=field.take("unit", _any_text, ""),
        minimum=field.take("min", _number_or_none, None),
        maximum=field.take("max", _number_or_none, None),
        step=field.take("step", _step, None),
    )
    if prompt.minimum is not None and prompt.maximum is not None and prompt.minimum >= prompt.maximum:
        raise field.bad("min", "must be below “max”", "Give the lowest and the highest number you accept.")
    return prompt


def rubrics_to_json(prompts: Sequence[Prompt], rubrics: Mapping[str, Rubric]) -> dict[str, Any]:
    """What learners may read of the rubrics that these prompts name: titles, what is asked, and the levels.

    A whitelist. What the checks look for, their feedback and the private phrases stay with the author.
    """
    named = sorted({p.rubric for p in prompts if p.rubric is not None and p.rubric in rubrics})
    return {
        name: {
            "title": rubrics[name].title,
            "criteria": [
                {
                    "id": c.id,
                    "ask": c.ask,
                    "levels": {str(points): said for points, said in sorted(c.levels.items())},
                }
                for c in rubrics[name].criteria
            ],
        }
        for name in named
    }


def rubrics_from_json(value: Any) -> dict[str, Rubric]:
    """The rubrics in prompts.json. An older release has none, and one that cannot be read is left out."""
    found = {}
    for name, shown in value.items() if isinstance(value, Mapping) else ():
        try:
            criteria = tuple(
                Criterion(
                    _text(c["id"]),
                    _text(c["ask"]),
                    {int(points): _any_text(said) for points, said in sorted(c["levels"].items())},
                )
                for c in _list(shown["criteria"])
            )
            found[str(name)] = Rubric(str(name), _text(shown["title"]), criteria)
        # _WrongError is a ValueError.
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return found


def _choice_to_json(choice: Choice) -> dict[str, Any]:
    spelt: dict[str, Any] = {"id": choice.id, "label": choice.label}
    return spelt | ({"min_words": choice.min_words} if choice.min_words else {})


class _WrongError(ValueError):
    """What is wrong with a value, as the rest of a sentence that begins with its field."""


_MISSING: Any = object()


class _Reader:
    """Takes fields out of one prompt's JSON; its errors say where."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = value
        name = value.get("id")
        self._name = f"The prompt {name}" if isinstance(name, str) and name else "A prompt without an id"

    def take(self, name: str, convert: Callable[[Any], Any], default: Any = _MISSING) -> Any:
        if name not in self._value:
            if default is not _MISSING:
                return default
            raise self.bad(name, "is missing", "Every prompt needs it; docs/module-format.md has the list.")
        try:
            return convert(self._value[name])
        except _WrongError as wrong:
            raise self.bad(name, str(wrong), "Correct it in the cell's metadata, then build again.") from None

    def choices(self, name: str, *, words: bool = False, at_least: int = 1) -> tuple[Choice, ...]:
        def convert(value: Any) -> tuple[Choice, ...]:
            listed = _list(value)
            if len(listed) < at_least:
                raise _WrongError(f"needs at least {at_least} of them")
            found = tuple(_choice(entry, words) for entry in listed)
            if len({c.id for c in found}) < len(found):
                raise _WrongError("has an id twice")
            return found

        chosen: tuple[Choice, ...] = self.take(name, convert, ())
        return chosen

    def refuse_others(self, known: Sequence[str], kind: PromptKind) -> None:
        for name in self._value:
            if name not in known:
                raise self.bad(
                    str(name),
                    f"is not one of a prompt of the kind {kind.value}",
                    f"It can have: {', '.join(known)}.",
                )

    def bad(self, field: str, problem: str, next_step: str) -> BadInput:
        return BadInput("bad-prompt", f"{self._name}: the field “{field}” {problem}.", next_step)


def _any_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError("must be text")
    return value


def _text(value: Any) -> str:
    if not _any_text(value).strip():
        raise _WrongError("is empty")
    return str(value)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _slug(value: Any) -> str:
    if not is_slug(_any_text(value)):
        raise _WrongError(f"must be {SLUG_RULE}")
    return str(value)


def _kind(value: Any) -> PromptKind:
    try:
        return PromptKind(value)
    except ValueError:
        raise _WrongError(f"must be one of {', '.join(PromptKind)}") from None


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("must be true or false")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _WrongError("must be a number")
    return value


def _number_or_none(value: Any) -> float | None:
    return None if value is None else _number(value)


def _positive(value: Any) -> float:
    if _number(value) <= 0:
        raise _WrongError("must be more than 0")
    return _number(value)


def _step(value: Any) -> float | None:
    return None if value is None else _positive(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _WrongError("must be a whole number, 0 or more")
    return value


def _count_or_none(value: Any) -> int | None:
    return None if value is None else _count(value)


def _list(value: Any) -> Sequence[Any]:
    # A text is a sequence as well, of letters.
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _WrongError("must be a list")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(entry) for entry in _list(value))


def _scale(value: Any) -> tuple[str, ...]:
    labels = _texts(value)
    if not 3 <= len(labels) <= 7:
        raise _WrongError(f"must have 3 to 7 labels, not {len(labels)}")
    return labels


def _choice(value: Any, words: bool) -> Choice:
    if not isinstance(value, Mapping):
        raise _WrongError("must list an id and a label for each entry")
    known = {"id", "label", "min_words"} if words else {"id", "label"}
    for name in value:
        if name not in known:
            raise _WrongError(f"has an entry with “{name}”, which no entry here has")
    for name in ("id", "label"):
        entry = value.get(name)
        if not isinstance(entry, str) or not entry.strip():
            raise _WrongError(f"has an entry without “{name}”, or with one that is not text")
    return Choice(value["id"], value["label"], _count(value.get("min_words", 0)))

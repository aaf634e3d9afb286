"""In words what is wrong with a file that an author wrote: which file, which place in it, which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from coursekit.model.misread import Misread as Misread

FORMAT_PAGE = "docs/module-format.md"

OWN_WORDS = "own_words"
"""The type of an error whose context holds the words and the next step already."""


S = TypeVar("S", bound=BaseModel)


def read_shape(shape: type[S], value: Any, file: str) -> S:
    """The value as that shape.

    Raises Misread, naming the file, the place in it and the field.
    """
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        found = [misread(file, value, e) for e in error.errors()]
        first = found[0]
        raise Misread(
            first.code, file, first.problem, first.next_step, path=first.path, others=found[1:]
        ) from None


_ONE_OF = {
    "modules": "module",
    "competencies": "competency",
    "criteria": "criterion",
    "exemplars": "exemplar",
    "rubrics": "rubric",
}


def misread(file: str, value: Any, error: Any) -> Misread:
    """One of pydantic's errors, in our words."""
    loc = list(error["loc"])
    path = tuple(loc)
    kind, context = error["type"], error.get("ctx", {})
    at_key = bool(loc) and loc[-1] == "[key]"
    if at_key:
        loc.pop()
    field = loc.pop() if loc and isinstance(loc[-1], str) else ""
    if at_key:
        return Misread(
            "bad-field",
            file,
            f"{_place(value, loc)}the name “{field}” {_words(kind, context, error)}.",
            _next_step(kind, context),
            path=path,
        )
    if not field:
        what = _place(value, loc)[:-2] or "the file"
        problem = f"{what} {_words(kind, context, error)}."
        return Misread("bad-field", file, problem, _next_step(kind, context), path=path)
    problem = f"{_place(value, loc)}the field “{field}” {_words(kind, context, error)}."
    return Misread("bad-field", file, problem, _next_step(kind, context), path=path)


def _place(value: Any, loc: Sequence[str | int]) -> str:
    """`module 2 (small-classes), `: people count from 1, and know things by their ids."""
    words: list[str] = []
    name = ""
    for step in loc:
        in_list = isinstance(value, list)
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if in_list:
            own = value.get("id") if isinstance(value, Mapping) else None
            shown = f"{_ONE_OF.get(name, name)} {int(step) + 1}"
            if name not in _ONE_OF:
                words.pop()
            words.append(shown + (f" ({own})" if isinstance(own, str) else ""))
        elif name == "rubrics":
            words.append(f"rubric {step}")
        elif step not in _ONE_OF:
            words.append(str(step))
        name = str(step)
    return ", ".join(words) + ", " if words else ""


def _words(kind: str, context: Mapping[str, Any], error: Mapping[str, Any]) -> str:
    """The rest of a sentence that begins with a field."""
    if kind == "literal_error":
        return f"must be {context['expected']}".replace("'", "")
    if kind == "value_error":
        return str(context["error"])
    if kind in ("too_short", "string_too_short"):
        return "is empty"
    if kind == "greater_than":
        return f"must be more than {context['gt']:g}"
    if kind == "greater_than_equal":
        return f"must be {context['ge']:g} or more"
    if kind == "less_than_equal":
        return f"must be {context['le']:g} or less"
    if kind == "less_than":
        return f"must be less than {context['lt']:g}"
    if kind == OWN_WORDS:
        return str(context["words"])
    return _WORDS.get(kind, f"is not as it must be: {str(error['msg']).lower()}")


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not one of the format",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a mapping, name: value",
    "model_type": "must be a mapping, name: value",
    "model_attributes_type": "must be a mapping, name: value",
}


def _next_step(kind: str, context: Mapping[str, Any]) -> str:
    if kind == OWN_WORDS:
        return str(context["next_step"])
    if kind == "extra_forbidden":
        return f"Check its spelling, or take it out; {FORMAT_PAGE} lists the fields."
    if kind == "string_type":
        return "Put it in quotes if it looks like a number, a date or true."
    return f"{FORMAT_PAGE} shows how it is written."

"""What must be right in a module's text before it is read as a notebook, and the line on which it is not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import yaml
from yaml.reader import Reader

from coursekit.wire.misread import Misread

FORMAT = "myst"
NOTEBOOK_METADATA = "notebook-metadata"
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CELLS = ("{code-cell}", "{raw-cell}")
_KINDS = ("markdown", "raw")
_MENDED = "Correct it there; nothing was written."
_FORM = {"cell-text": dict, "cell-more": dict}


class _Token(Protocol):
    type: str
    info: str
    content: str
    markup: str
    nesting: int
    map: tuple[int, int]


def look(text: str, file: str) -> None:
    """Raises Misread, naming the line, when the text is not a notebook as `coursekit text` writes one."""
    from jupytext.myst import get_parser

    _Look(text, file).at(get_parser().parse(text + "\n"))


class _Look:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        # As the parser counts lines, whatever ends them.
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.ids: dict[str, int] = {}

    def at(self, tokens: list[_Token]) -> None:
        for number, line in enumerate(self.lines, 1):
            odd = Reader.NON_PRINTABLE.search(line)
            if odd is not None:
                raise self.wrong(
                    number,
                    f"it has the character U+{ord(odd[0]):04X}, which is none for a text",
                    "Delete it; most likely it came along with something that was pasted.",
                )
        if not tokens or tokens[0].type != "front_matter":
            raise self.wrong(
                1,
                "it does not begin with a header between two lines of ---",
                "Take the header from the text as `coursekit text` writes it.",
            )
        self.header(tokens[0])
        depth = 0
        for token in tokens[1:]:
            depth += token.nesting
            is_cell = token.type == "fence" and token.info.strip().startswith(_CELLS)
            if is_cell and depth:
                raise self.wrong(
                    token.map[0] + 1,
                    "a cell stands inside a list or a quotation, where it is none",
                    "Begin its line with the backticks, without spaces or > before them.",
                )
            if is_cell:
                self.fence(token)
            elif token.type == "myst_block_break" and not depth:
                self.block(token)

    def header(self, token: _Token) -> None:
        metadata = self.mapping(token.content, token.map[0] + 2, "the header")
        space = metadata.get("jupyter")
        own = metadata.get("jupytext", space.get("jupytext") if isinstance(space, dict) else None)
        shape = own.get("text_representation") if isinstance(own, dict) else None
        name = shape.get("format_name", FORMAT) if isinstance(shape, dict) else FORMAT
        if name != FORMAT:
            line = next((n for n, x in enumerate(self.lines, 1) if "format_name" in x), 1)
            raise self.wrong(
                line,
                f"the header says that the format is {name}, and {FORMAT} is the one that we read",
                "Take the header from the text as `coursekit text` writes it.",
            )
        if NOTEBOOK_METADATA in metadata:
            self.json(metadata[NOTEBOOK_METADATA], token.map[0] + 1, NOTEBOOK_METADATA)

    def fence(self, token: _Token) -> None:
        first, end = token.map
        closing = self.lines[end - 1].strip() if end - 1 > first else ""
        if not closing or set(closing) != {token.markup[0]} or len(closing) < len(token.markup):
            raise self.wrong(
                first + 1,
                f"the cell that begins with {self.lines[first].strip()} is never closed",
                f"End it with a line of {token.markup}.",
            )
        body = token.content.split("\n")
        if body[0].startswith("---"):
            ends = next((n for n, line in enumerate(body[1:], 1) if line.startswith("---")), None)
            if ends is None:
                raise self.wrong(
                    first + 2,
                    "the cell's metadata begin with --- and never end",
                    "End them with a line of ---.",
                )
            self.cell("\n".join(body[1:ends]), first + 3)
        elif token.content.lstrip().startswith(":"):
            skipped = next(n for n, line in enumerate(body) if line.strip())
            options: list[str] = []
            for line in body[skipped:]:
                if not line.lstrip().startswith(":"):
                    break
                options.append(line.lstrip()[1:])
            self.cell("\n".join(options), first + 2 + skipped)

    def block(self, token: _Token) -> None:
        line = token.map[0] + 1
        if not token.content.strip():
            return
        try:
            value = json.loads(token.content)
        except (ValueError, RecursionError) as error:
            said = (
                f", near its character {error.colno + 4}" if isinstance(error, json.JSONDecodeError) else ""
            )
            raise self.wrong(line, f"what follows +++ is not JSON{said}", _MENDED) from None
        if not isinstance(value, dict):
            raise self.wrong(line, "what follows +++ is no mapping in braces", _MENDED)
        self.ours(value, line)

    def cell(self, text: str, line: int) -> None:
        self.ours(self.mapping(text, line, "the cell's metadata"), line)

    def mapping(self, text: str, line: int, what: str) -> dict[str, Any]:
        """YAML that begins on this line, as a mapping that a notebook can hold."""
        try:
            value = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = line + (mark.line if mark is not None else 0)
            problem = error.problem or "something is wrong there"
            raise self.wrong(
                min(at, len(self.lines)),
                f"{what} cannot be read as YAML: {problem}",
                "Look at that line and the one above it: indentation, colons, quotes.",
            ) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            said = str(error).splitlines()[0]
            raise self.wrong(line, f"{what} cannot be read as YAML: {said}", _MENDED) from None
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(line, f"{what} are no mapping of names and values", "Write name: value.")
        odd = _odd(value)
        if odd is not None:
            raise self.wrong(
                line,
                f"{what} have {odd!s}, which YAML takes for something that no notebook can hold",
                "Put it in quotes.",
            )
        return value

    def ours(self, metadata: Mapping[str, Any], line: int) -> None:
        for key, wanted in _FORM.items():
            if key in metadata and not isinstance(metadata[key], wanted):
                raise self.wrong(line, f"“{key}” is not as `coursekit text` writes it", _MENDED)
        form = metadata.get("cell-text", {})
        if not all(isinstance(v, str) for v in form.values()) or form.get("kind", "raw") not in _KINDS:
            raise self.wrong(line, "“cell-text” is not as `coursekit text` writes it", _MENDED)
        for key in ("cell-metadata", "cell-json"):
            if key in metadata:
                self.json(metadata[key], line, key)
        if "cell-id" not in metadata:
            return
        name = metadata["cell-id"]
        if not isinstance(name, str) or not CELL_ID.fullmatch(name):
            raise self.wrong(
                line,
                f"“{name}” cannot be the id of a cell",
                "Use letters, digits, hyphens and underscores, in quotes where it is a number; or take "
                "cell-id out, and the cell gets a new one.",
            )
        first = self.ids.setdefault(name, line)
        if first != line:
            raise self.wrong(
                line,
                f"the cell on line {first} has the id {name} as well",
                "Take cell-id out of the copy: it gets one of its own.",
            )

    def json(self, text: object, line: int, key: str) -> None:
        try:
            value = json.loads(text)  # type: ignore[arg-type]
        except (TypeError, ValueError, RecursionError):
            value = None
        whole = key == "cell-json"
        if not isinstance(value, dict) or (whole and not _is_cell(value)):
            raise self.wrong(line, f"“{key}” is not as `coursekit text` writes it", _MENDED)

    def wrong(self, line: int, problem: str, next_step: str) -> Misread:
        return Misread("bad-text", self.file, f"line {line}: {problem}.", next_step)


def _is_cell(value: Mapping[str, Any]) -> bool:
    return (
        value.get("cell_type") in ("markdown", "code", "raw")
        and isinstance(value.get("source"), str)
        and isinstance(value.get("metadata"), dict)
    )


def _odd(value: object) -> object | None:
    """The first thing in it that JSON does not have: a date, a key that is a number."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                return f"the name {key}"
            found = _odd(inner)
            if found is not None:
                return found
        return None
    if isinstance(value, list):
        return next((found for inner in value if (found := _odd(inner)) is not None), None)
    plain: Callable[[object], bool] = lambda v: v is None or isinstance(v, str | bool | int | float)  # noqa: E731
    return None if plain(value) else str(value)

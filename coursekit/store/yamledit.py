"""A YAML file with another value in it, changed only where the value is another: comments elsewhere stay.

text ──compose──▶ nodes, each with its place     value ──compare──▶ edits ──▶ text, read back before it is believed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import yaml

from coursekit.model.errors import CoursekitError
from coursekit.store.authored import compose_yaml, parse_yaml


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


def edited(text: str, value: Any, file: str) -> str:
    """`text` with that value. What cannot be changed in its place is written anew, without its comments.

    Raises BadInput when `text` is not YAML that we can read.
    """
    before = parse_yaml(text, file)
    if before == value:
        return text
    if text and not text.endswith("\n"):
        text += "\n"
    root = compose_yaml(text)
    if root is not None:
        try:
            found = _applied(text, _edits(text, root, before, value))
            if parse_yaml(found, file) == value:
                return found
        except (ValueError, CoursekitError):
            # Such as an anchor that is gone with what was changed, or keys that come from elsewhere by `<<`.
            return _dumped(value, 0)
    return _dumped(value, 0)


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    """What is put in at one place is put in in the order in which it comes: what is further in first."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if edit.start < at:
            raise ValueError("two edits of the same words")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def _edits(text: str, node: yaml.Node, before: Any, value: Any) -> Iterator[_Edit]:
    if before == value:
        return
    if not _goes_in(node, before, value):
        yield _Edit(node.start_mark.index, _end(text, node), _inline(value))
    elif isinstance(node, yaml.MappingNode):
        yield from _in_mapping(text, node, before, value)
    elif isinstance(node, yaml.SequenceNode):
        yield from _in_sequence(text, node, before, value)


def _goes_in(node: yaml.Node, before: Any, value: Any) -> bool:
    """Whether its parts can be changed where they stand. In one line, only if none comes and none goes."""
    if (
        not isinstance(node, yaml.CollectionNode)
        or not isinstance(value, type(before))
        or not value
        or not before
    ):
        return False
    return not node.flow_style or (
        len(value) == len(before) and (isinstance(value, list) or value.keys() == before.keys())
    )


def _in_mapping(text: str, node: yaml.MappingNode, before: Any, value: dict[Any, Any]) -> Iterator[_Edit]:
    column = node.start_mark.column
    if any(k.tag == "tag:yaml.org,2002:merge" for k, _ in node.value):
        raise ValueError("its keys stand elsewhere")
    there = list(zip(before, node.value, strict=True))
    for n, (key, (k, v)) in enumerate(there):
        if key not in value:
            first, last = _lines(text, k.start_mark.index, _end(text, v))
            if text[first : k.start_mark.index].strip():
                # It stands behind a list's dash, which is the next one's then.
                first, last = (
                    k.start_mark.index,
                    there[n + 1][1][0].start_mark.index if n + 1 < len(there) else -1,
                )
            yield _Edit(first, last, "")
        elif before[key] != value[key]:
            if node.flow_style or _goes_in(v, before[key], value[key]):
                yield from _edits(text, v, before[key], value[key])
            else:
                written = _dumped({key: value[key]}, column).lstrip().rstrip("\n")
                yield _Edit(k.start_mark.index, _end(text, v), written)
    new = {key: one for key, one in value.items() if key not in before}
    if new:
        below = _lines(text, 0, _end(text, node))[1]
        yield _Edit(below, below, _dumped(new, column))


def _in_sequence(text: str, node: yaml.SequenceNode, before: Any, value: list[Any]) -> Iterator[_Edit]:
    column = node.start_mark.column
    children = node.value
    if node.flow_style:
        for child, old, new in zip(children, before, value, strict=True):
            yield from _edits(text, child, old, new)
        return
    names, wanted = [[_name(one) for one in some] for some in (before, value)]
    for _, i, i_end, j, j_end in SequenceMatcher(None, names, wanted, autojunk=False).get_opcodes():
        both = min(i_end - i, j_end - j)
        for n in range(both):
            yield from _edits(text, children[i + n], before[i + n], value[j + n])
        for child in children[i + both : i_end]:
            dash = text.rindex("-", 0, child.start_mark.index)
            yield _Edit(*_lines(text, dash, _end(text, child)), "")
        new = value[j + both : j_end]
        if new:
            last = i + both - 1
            place = (0, _end(text, children[last])) if last >= 0 else (children[0].start_mark.index, 0)
            below = _lines(text, *place)[0 if last < 0 else 1]
            yield _Edit(below, below, _dumped(new, column))


def _name(one: Any) -> str:
    return f"id {one['id']}" if isinstance(one, dict) and "id" in one else repr(one)


def _end(text: str, node: yaml.Node) -> int:
    """Where the node's last word ends. A block's own end mark is where the next token begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip())


def _lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole lines of that, with what stands behind it on its last line."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return first, len(text) if last < 0 else last + 1


def _inline(value: Any) -> str:
    """In one line, wherever it stands: also between the brackets of a list."""
    made = yaml.dump([value], Dumper=_OneLine, default_flow_style=True, width=10**6, allow_unicode=True)
    return str(made).strip()[1:-1]


def _dumped(value: Any, column: int) -> str:
    """As lines of a block, whose outermost is never set in one line."""
    block = _Keys(value) if isinstance(value, dict) else _Dashes(value) if isinstance(value, list) else value
    said = yaml.dump(block, Dumper=_Dumper, default_flow_style=False, width=96 - column, allow_unicode=True)
    return "".join(f"{' ' * column if line.strip() else ''}{line}" for line in said.splitlines(keepends=True))


class _Keys(dict[Any, Any]):
    """A mapping with a line for each of its keys."""


class _Dashes(list[Any]):
    """A list with a line for each of its entries."""


class _OneLine(yaml.SafeDumper):
    """What stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Of nothing."""
        return True


class _Dumper(_OneLine):
    """As authors write: in their order, lists set in, long texts folded, levels and lists of words on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """A list's dashes stand further in than its key."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    long = len(data) > 80 or "\n" in data
    # What another reader would take for a number, a date or a truth stays quoted: safe_dump quotes by YAML 1.1.
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", data, style=">" if long and data.strip() == data else None
    )


def _mapping(dumper: yaml.SafeDumper, data: dict[Any, Any]) -> yaml.MappingNode:
    # Marks stand in one line.
    return dumper.represent_mapping(
        "tag:yaml.org,2002:map", data.items(), flow_style=_are_numbers(data.values())
    )


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.SequenceNode:
    short = len(data) > 1 and all(isinstance(one, str) and len(one) < 30 for one in data)
    flow = _are_numbers(data) or (short and sum(map(len, data)) < 60)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(one, int | float | bool) for one in values)


def _keys(dumper: yaml.SafeDumper, data: _Keys) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=False)


def _dashes(dumper: yaml.SafeDumper, data: _Dashes) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=False)


_Dumper.add_representer(_Keys, _keys)
_Dumper.add_representer(_Dashes, _dashes)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)

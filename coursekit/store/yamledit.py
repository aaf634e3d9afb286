"""A YAML file with another value in it, changed only where the value is another: comments elsewhere stay.

text ──compose──▶ nodes, each with its place     value ──compare──▶ edits ──▶ text, read back before it is believed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from coursekit.store.authored import YamlLoader, parse_yaml


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
    root = yaml.compose(text, Loader=YamlLoader)
    if root is not None:
        found = text
        for edit in sorted(_edits(text, root, before, value), key=lambda e: e.start, reverse=True):
            found = found[: edit.start] + edit.text + found[edit.end :]
        try:
            if parse_yaml(found, file) == value:
                return found
        except Exception:
            # Such as an anchor that is gone with what was changed.
            return _dumped(value, 0)
    return _dumped(value, 0)


def _edits(text: str, node: yaml.Node, before: Any, value: Any) -> Iterator[_Edit]:
    if before == value:
        return
    is_block = not getattr(node, "flow_style", True)
    if isinstance(node, yaml.MappingNode) and isinstance(value, dict) and is_block and node.value:
        yield from _in_mapping(text, node, before, value)
    elif isinstance(node, yaml.SequenceNode) and isinstance(value, list) and is_block and node.value:
        yield from _in_sequence(text, node, before, value)
    else:
        yield _Edit(node.start_mark.index, _end(text, node), _inline(value))


def _in_mapping(text: str, node: yaml.MappingNode, before: Any, value: dict[Any, Any]) -> Iterator[_Edit]:
    column = node.start_mark.column
    there = {key: (k, v) for key, (k, v) in zip(before, node.value, strict=True)}
    for key, (k, v) in there.items():
        if key not in value:
            yield _Edit(*_lines(text, k.start_mark.index, _end(text, v)), "")
        elif before[key] != value[key]:
            nested = isinstance(v, yaml.CollectionNode) and not v.flow_style and v.value
            if nested and isinstance(value[key], type(before[key])) and value[key]:
                yield from _edits(text, v, before[key], value[key])
            else:
                written = _dumped({key: value[key]}, column).lstrip().rstrip("\n")
                yield _Edit(k.start_mark.index, _end(text, v), written)
    new = {key: one for key, one in value.items() if key not in there}
    if new:
        last = _end(text, node.value[-1][1])
        yield _Edit(last, last, "\n" + _dumped(new, column).rstrip("\n"))


def _in_sequence(text: str, node: yaml.SequenceNode, before: Any, value: list[Any]) -> Iterator[_Edit]:
    names = [_name(one, n) for n, one in enumerate(before)]
    wanted = [_name(one, n) for n, one in enumerate(value)]
    kept = [name for name in wanted if name in names]
    in_order = kept == [name for name in names if name in kept] and wanted[: len(kept)] == kept
    if len(set(names)) < len(names) or len(set(wanted)) < len(wanted) or not in_order:
        # Turned round: no line is where it was.
        column = node.start_mark.column
        yield _Edit(node.start_mark.index, _end(text, node), _dumped(value, column).lstrip().rstrip("\n"))
        return
    now = dict(zip(wanted, value, strict=True))
    for name, old, child in zip(names, before, node.value, strict=True):
        if name in now:
            yield from _edits(text, child, old, now[name])
        else:
            dash = text.rindex("-", 0, child.start_mark.index)
            yield _Edit(*_lines(text, dash, _end(text, child)), "")
    new = [one for name, one in now.items() if name not in names]
    if new:
        last = _end(text, node.value[-1])
        yield _Edit(last, last, "\n" + _dumped(new, node.start_mark.column).rstrip("\n"))


def _name(one: Any, place: int) -> str:
    return str(one["id"]) if isinstance(one, dict) and "id" in one else f" {place}"


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
    return (
        yaml.dump(value, Dumper=_Dumper, default_flow_style=True, width=10**6).removesuffix("\n...\n").strip()
    )


def _dumped(value: Any, column: int) -> str:
    """As lines of a block, whose outermost is never set in one line."""
    block = _Keys(value) if isinstance(value, dict) else _Dashes(value) if isinstance(value, list) else value
    said = yaml.dump(block, Dumper=_Dumper, default_flow_style=False, width=96 - column)
    return "".join(f"{' ' * column if line.strip() else ''}{line}" for line in said.splitlines(keepends=True))


class _Keys(dict[Any, Any]):
    """A mapping with a line for each of its keys."""


class _Dashes(list[Any]):
    """A list with a line for each of its entries."""


class _Dumper(yaml.SafeDumper):
    """As authors write: in their order, lists set in, long texts folded, levels and lists of words on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """A list's dashes stand further in than its key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """What stands twice is written twice."""
        return True


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

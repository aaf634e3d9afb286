"""On which line of a YAML file something stands, for messages that point at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import yaml

from coursekit.store.authored import compose_yaml


def lines_of(texts: Callable[[str], str | None]) -> Callable[[str, tuple[str | int, ...]], int | None]:
    """Looks lines up in files, each of which is read once, and not before somebody asks.

    `texts` gives a file's text by its path, or none.
    """
    composed: dict[str, yaml.Node | None] = {}

    def where(file: str, path: tuple[str | int, ...]) -> int | None:
        if file not in composed:
            text = texts(file) if file.endswith(".yml") else None
            composed[file] = compose_yaml(text) if text else None
        node = composed[file]
        return None if node is None else line_of(node, path)

    return where


def line_of(root: yaml.Node, path: Sequence[str | int]) -> int | None:
    """The line, from 1, of what the path leads to; as far as it leads.

    A step is a key, an index, or in a list of mappings the `id` of one.
    """
    node: yaml.Node | None = root
    line: int | None = None
    for step in path:
        found = _step(node, step)
        if found is None:
            break
        mark, node = found
        line = mark.start_mark.line + 1
    return line


def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """What to point at, and where to go on."""
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode):
        if isinstance(step, int):
            return (node.value[step], node.value[step]) if step < len(node.value) else None
        return next(((n, n) for n in node.value if _ids(n).get("id") == step), None)
    return None


def _ids(node: yaml.Node) -> Mapping[str, str]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {
        str(k.value): str(v.value)
        for k, v in node.value
        if isinstance(k, yaml.ScalarNode) and isinstance(v, yaml.ScalarNode)
    }

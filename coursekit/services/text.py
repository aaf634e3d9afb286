"""A module's notebook as text for review and git, and back: never over a change that nobody has seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from coursekit.model.errors import BadInput, Conflict, NotFound
from coursekit.model.ids import ModuleId
from coursekit.model.outcome import Refused
from coursekit.policy.textpair import (
    Side,
    content_of,
    differences,
    digest,
    may_replace,
    notebook_of,
    same,
    with_ids,
)


class Pairs(Protocol):
    """The notebooks of a course and their texts."""

    def path(self, module: ModuleId, text: bool) -> str:
        """Where the text is, or the notebook."""

    def find_notebook(self, module: ModuleId) -> dict[str, Any] | None:
        """The notebook as it stands. Raises BadInput when it is not sound."""

    def find_text(self, module: ModuleId) -> str | None:
        """The text as it stands."""

    def parse(self, module: ModuleId, text: str) -> dict[str, Any]:
        """What that text holds. Raises BadInput, naming the line."""

    def spell(self, module: ModuleId, content: Mapping[str, Any]) -> str:
        """The text that holds this."""

    def record(self, module: ModuleId) -> Mapping[str, str]:
        """The digests of the last time that both agreed."""

    def write(self, module: ModuleId, files: Mapping[str, str], record: Mapping[str, str]) -> None:
        """All of these files and the record, or none."""


@dataclass(frozen=True)
class Plan:
    """What will be written for one module; making it has written nothing."""

    module: ModuleId
    files: Mapping[str, str]
    """Path → text; none when both say the same already."""
    record: Mapping[str, str]

    @property
    def summary(self) -> str:
        """One sentence."""
        if not self.files:
            return f"{self.module}: notebook and text say the same; nothing was written"
        return f"wrote {' and '.join(self.files)}"


def to_text(pairs: Pairs, module: ModuleId, force: bool) -> Plan:
    """The text of a module's notebook.

    Raises Conflict when the text was changed since, BadInput when the notebook is not sound.
    """
    notebook = pairs.find_notebook(module)
    if notebook is None:
        raise NotFound(
            "no-notebook",
            f"There is no notebook {pairs.path(module, text=False)}.",
            f"Write it from its text with coursekit text --back {module}, or mend the name.",
        )
    content = content_of(notebook)
    text = pairs.find_text(module)
    if text is not None:
        said = _find_content(pairs, module, text)
        if said is not None and same(with_ids(said, content), content):
            return Plan(module, {}, _record(content, said))
        if not force:
            now = digest(said if said is not None else text)
            source, target = _sides(pairs, module, digest(content), now)
            _require(source, target, f"coursekit text --back {module}")
    return Plan(
        module, {pairs.path(module, text=True): pairs.spell(module, content)}, _record(content, content)
    )


def to_notebook(pairs: Pairs, module: ModuleId, force: bool) -> Plan:
    """The notebook of a module's text; where cells got ids, the text with them as well.

    Raises Conflict when the notebook was changed since, BadInput with the line when the text is not sound.
    """
    text = pairs.find_text(module)
    if text is None:
        raise NotFound(
            "no-text",
            f"There is no text {pairs.path(module, text=True)}.",
            f"Write it from the notebook: coursekit text {module}.",
        )
    said = pairs.parse(module, text)
    notebook = pairs.find_notebook(module)
    before = content_of(notebook) if notebook is not None else None
    content = with_ids(said, before)
    if before is not None and same(content, before):
        return Plan(module, {}, _record(before, said))
    if before is not None and not force:
        target, source = _sides(pairs, module, digest(before), digest(said))
        _require(source, target, f"coursekit text {module}")
    made = notebook_of(content, notebook)
    # As Jupyter saves notebooks: one space, no escapes, a line end at the end.
    files = {pairs.path(module, text=False): json.dumps(made, indent=1, ensure_ascii=False) + "\n"}
    if not same(content, said):
        files[pairs.path(module, text=True)] = pairs.spell(module, content)
    return Plan(module, files, _record(content, content))


def carry_out(pairs: Pairs, plan: Plan) -> None:
    """Write what was planned, and down when both agreed."""
    pairs.write(plan.module, plan.files, plan.record)


def compare(pairs: Pairs, module: ModuleId) -> list[str]:
    """What notebook and text say differently, one line each; none when they agree.

    Raises BadInput when one of them is not there or not sound.
    """
    notebook, text = pairs.find_notebook(module), pairs.find_text(module)
    if notebook is None or text is None:
        missing = pairs.path(module, text=notebook is not None)
        step = f"coursekit text --back {module}" if notebook is None else f"coursekit text {module}"
        raise BadInput("no-pair", f"There is no {missing}.", f"Write it: {step}.")
    content = content_of(notebook)
    return differences(content, with_ids(pairs.parse(module, text), content))


def _find_content(pairs: Pairs, module: ModuleId, text: str) -> dict[str, Any] | None:
    try:
        return pairs.parse(module, text)
    # A text that cannot be read is somebody's unfinished work: it counts as changed.
    except BadInput:
        return None


def _sides(pairs: Pairs, module: ModuleId, notebook: str, text: str) -> tuple[Side, Side]:
    """The notebook's and the text's."""
    before = pairs.record(module)
    return (
        Side(pairs.path(module, text=False), notebook, before.get("notebook", "")),
        Side(pairs.path(module, text=True), text, before.get("text", "")),
    )


def _require(source: Side, target: Side, way_back: str) -> None:
    decision = may_replace(source, target, way_back)
    if isinstance(decision, Refused):
        raise Conflict.of(decision)


def _record(notebook: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, str]:
    return {"notebook": digest(notebook), "text": digest(text)}

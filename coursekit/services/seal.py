"""Take reveals and faculty notes out of a built notebook, and pack what the exchange keeps sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.lint.sources import is_sealed_file, sealed_file
from coursekit.model.submission import canonical, sha256
from coursekit.policy.sealing import split_notebook
from coursekit.policy.textpair import without_pairing
from coursekit.wire.api import CellShape, FileShape, ReleaseUpload, SealedShape

SCHEMA = "coursekit.sealed/1"
MARK = "sealed"
"""Under `coursekit` in the release notebook's metadata: the digest of the bundle made with it."""


@dataclass(frozen=True)
class Sealed:
    """A learner's notebook and the bundle that stays behind."""

    notebook: dict[str, Any]
    bundle: dict[str, Any]


def seal(notebook: Mapping[str, Any], prompts: Mapping[str, Any], beside: Collection[str] = ()) -> Sealed:
    """Split a built notebook (nbformat JSON). `prompts` is its prompts.json.

    `beside`: the files in its folder; where one of them says where a reveal's files come from, it comes with these.
    """
    kept, held_back = split_notebook(notebook["cells"])
    bundle = {
        "schema": SCHEMA,
        "course": prompts["course"],
        "module": prompts["module"],
        "prompts": prompts["prompts"],
        "reveals": [
            {
                "after": after,
                "cells": [_revealed(cell) for cell in cells],
                "files": sorted(
                    {
                        *(path for cell in cells for path in _rule(cell).get("files", [])),
                        *(path for path in beside if path == sealed_file(after)),
                    }
                ),
            }
            for after, cells in held_back.items()
        ],
    }
    kept = [_for_learners(cell) for cell in kept]
    # With jupytext's mark a learner's server could write over open work, and beside it what it holds.
    own = without_pairing(notebook["metadata"])
    metadata = {key: value for key, value in own.items() if key != "papermill"}
    metadata["coursekit"] = {
        "course": prompts["course"],
        "module": prompts["module"],
        MARK: sha256(canonical(bundle)),
    }
    return Sealed({**notebook, "cells": kept, "metadata": metadata}, bundle)


def is_of(bundle: Mapping[str, Any], notebook: Mapping[str, Any]) -> bool:
    """Whether this bundle was sealed together with this release notebook."""
    ours = notebook.get("metadata", {}).get("coursekit", {})
    return bool(ours.get(MARK) == sha256(canonical(dict(bundle))))


def pack(
    bundle: Mapping[str, Any],
    files: Sequence[tuple[str, bytes]],
    sealed_files: Mapping[str, bytes],
    checks: bytes | None = None,
) -> ReleaseUpload:
    """A release for the exchange: learners' files, what waits for their commitments, and what checks need."""
    held_back = {path for reveal in bundle["reveals"] for path in reveal["files"]}
    return ReleaseUpload(
        files=[
            FileShape.of(path, content)
            for path, content in files
            # A build after the sealing may have made sources of which the bundle knows nothing.
            if path not in held_back and not is_sealed_file(path)
        ],
        prompts=list(bundle["prompts"]),
        reveals=[
            SealedShape(
                after=reveal["after"],
                cells=[CellShape.model_validate(cell) for cell in reveal["cells"]],
                files=[FileShape.of(path, sealed_files[path]) for path in reveal["files"]],
            )
            for reveal in bundle["reveals"]
        ],
        checks=checks,
    )


def _for_learners(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """A cell as learners want it, by metadata that Jupyter's front ends know.

    Where a cell only calls us, its code is folded away. Where it is the learner's or an example, it may fail: an
    exhibit that is still sealed, or an answer not written yet, must not keep *Run All* from the forms after it.
    """
    if cell["cell_type"] != "code":
        return cell
    metadata = dict(cell["metadata"])
    if _text(cell["source"]).lstrip().startswith(("ck.", "import coursekit.prompts")):
        metadata["jupyter"] = {**metadata.get("jupyter", {}), "source_hidden": True}
    else:
        metadata["tags"] = sorted({*metadata.get("tags", []), "raises-exception"})
    return {**cell, "metadata": metadata}


def _revealed(cell: Mapping[str, Any]) -> dict[str, Any]:
    is_code = cell["cell_type"] == "code"
    return {
        "cell_id": cell.get("id", ""),
        "cell_type": cell["cell_type"],
        # Learners see what the code shows; the code stays with the author.
        "source": "" if is_code else _text(cell["source"]),
        "outputs": [o for o in cell.get("outputs", []) if _is_shown(o)] if is_code else [],
        "alt": _rule(cell).get("alt", ""),
    }


def _is_shown(output: Mapping[str, Any]) -> bool:
    # Warnings of the author's libraries, and errors that the build would have stopped at, are no exhibits.
    return output["output_type"] in ("display_data", "execute_result") or (
        output["output_type"] == "stream" and output.get("name") == "stdout"
    )


def _rule(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    rule: Mapping[str, Any] = cell["metadata"]["coursekit"]["reveal"]
    return rule


def _text(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)

"""A pilot with real parts: nbgrader's submissions, the author's prompts and rubrics, a folder in the course's."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from coursekit.lint.prompts import is_prose
from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import SLUG_RULE, is_slug
from coursekit.model.pilot import Asked, Pilot, Written
from coursekit.model.prompt import Prompt
from coursekit.policy.shown import shown
from coursekit.policy.words import answer_rows
from coursekit.services import pilot as verbs
from coursekit.store import judged
from coursekit.store.authored import read_rubrics
from coursekit.store.pilots import PilotFolder
from coursekit.wire.prompts import prompt_from_json
from coursekit.wiring.clock import utc_now
from coursekit.wiring.consent import read_consent
from coursekit.wiring.nbgrader_config import CourseFolders, read_folders
from coursekit.wiring.nbgrader_course import find_root


def place(root: Path | None, name: str) -> PilotFolder:
    """The folder of that pilot. Raises BadInput for a name that is none."""
    if not is_slug(name):
        raise BadInput("bad-name", f"“{name}” cannot be a pilot's name.", f"Use {SLUG_RULE}.")
    return PilotFolder(read_folders(find_root(root or Path.cwd())).root, name)


def start(
    root: Path | None,
    module: str,
    graders: Sequence[str],
    size: int,
    seed: int | None,
    wanted: Sequence[str],
    consent: Path | None,
    name: str | None,
) -> tuple[Pilot, Path]:
    """Begin a pilot on the submissions that lie here; gives it, and its folder."""
    folders = read_folders(find_root(root or Path.cwd()))
    source = folders.path(folders.source, ".", module)
    notebook, prompts = _prompts(source, module)
    rubrics = read_rubrics(source)
    asked = {
        p.id: (p, Asked(p.id, p.title, p.question, rubrics[p.rubric]))
        for p in prompts
        if is_prose(p) and p.rubric is not None and p.rubric in rubrics
    }
    unknown = [w for w in wanted if w not in asked]
    if unknown or not asked:
        raise NotFound(
            "no-such-prompt",
            f"{module} has no written prompt {unknown[0]} with a rubric."
            if unknown
            else f"{module} has no written prompt with a rubric.",
            f"It has: {', '.join(asked)}."
            if asked
            else "docs/module-format.md shows how a prompt names one.",
        )
    mine = [both for prompt, both in asked.items() if not wanted or prompt in wanted]
    answers, left_out = _answers(folders, module, notebook, [p for p, _ in mine], read_consent(consent))
    at = place(root, name or module)
    pilot = verbs.start(
        at,
        module,
        name or module,
        graders,
        [a for _, a in mine],
        answers,
        size,
        secrets.randbelow(2**31) if seed is None else seed,
        utc_now().isoformat(timespec="seconds"),
        left_out,
    )
    return pilot, at.path


def _prompts(source: Path, module: str) -> tuple[str, list[Prompt]]:
    """The notebook's name, and what it asks. Raises BadInput or NotFound."""
    if not source.is_dir():
        known = sorted(p.parent.name for p in source.parent.glob("*/prompts.json"))
        raise NotFound(
            "no-such-module",
            f"There is no module {module} in {source.parent.name}.",
            f"Its modules are: {', '.join(known)}."
            if known
            else "Go to the folder in which nbgrader is run.",
        )
    try:
        value = json.loads((source / "prompts.json").read_bytes())
        return str(value["notebook"]), [prompt_from_json(p) for p in value["prompts"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "not-built",
            f"The file prompts.json of {module} is not there, or cannot be read.",
            f"Run coursekit build {module}.",
        ) from error


def _answers(
    folders: CourseFolders, module: str, notebook: str, prompts: Sequence[Prompt], consented: set[str] | None
) -> tuple[list[Written], dict[str, int]]:
    """What learners wrote, and why some of it cannot be drawn."""
    found: list[Written] = []
    out: Counter[str] = Counter()
    cells = {str(p.id) for p in prompts}
    for learner in folders.learners(folders.submitted, module):
        if consented is not None and learner not in consented:
            out["answers of people who did not consent"] += len(prompts)
            continue
        there = judged.read_answers(
            folders.path(folders.submitted, learner, module), notebook, prompts, cells
        )
        for prompt in prompts:
            answer = there.get(prompt.id)
            if answer is None or answer.problem:
                out["answers that cannot be read"] += 1
                continue
            rows = answer_rows(prompt, answer.response)
            if not rows:
                out["empty answers"] += 1
                continue
            text = shown(
                "\n\n".join(f"{label}\n{said}" for label, said in rows) if len(rows) > 1 else rows[0][1]
            )
            found.append(Written(learner, prompt.id, text, _clean(answer.response or {})))
    return found, dict(out)


def _clean(response: object) -> dict[str, object]:
    """Without half an emoji, which has no bytes."""
    text = json.dumps(response, ensure_ascii=False).encode("utf-8", "replace").decode()
    value = json.loads(text)
    return value if isinstance(value, dict) else {}

"""What build and try-out share: what a module's notebook is run with, and what identifies such a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.parameters import parameters_set
from coursekit.lint.prompts import question_of
from coursekit.lint.review import module_findings
from coursekit.model.course import Course, Module, Variant
from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.prompt import Prompt
from coursekit.model.rubric import Rubric
from coursekit.model.submission import canonical, sha256
from coursekit.model.translation import Entry, missing, stale
from coursekit.policy.translating import (
    TITLE,
    in_language,
    only_for_people,
    pieces,
    rubrics_told,
    told,
)
from coursekit.wire.prompts import prompt_to_json, rubrics_to_json
from coursekit.wire.rubricrules import faults


def prompts_of(material: Material) -> tuple[Prompt, ...]:
    """The module's prompts, each with its question, also where that stands in the cell above."""
    return tuple(
        replace(prompt, question=question_of(material.notebook, cell, prompt))
        for cell, prompt in material.notebook.prompts()
    )


def prompts_file(
    course: Course, module: Module, prompts: Sequence[Prompt], rubrics: Mapping[str, Rubric] | None = None
) -> bytes:
    """prompts.json: what a kernel or a lab needs to know, whichever notebook it serves."""
    shown = rubrics_to_json(prompts, rubrics or {})
    value = {
        "schema": "coursekit.prompts/1",
        "course": course.id,
        "module": module.id,
        "title": module.title,
        "notebook": module.id,
        **({"language": course.language} if course.language != "en" else {}),
        "prompts": [prompt_to_json(p) for p in prompts],
        **({"rubrics": shown} if shown else {}),
    }
    return notebook_bytes(value)


def parameters_of(course: Course, material: Material, variant: Variant | None = None) -> dict[str, Any]:
    """What papermill sets in the notebook: nothing where no cell has the tag for it."""
    if parameters_set(material.notebook) is None:
        return {}
    own = variant.parameters_for(material.module.id) if variant is not None else {}
    return {**course.parameters, **material.module.parameters, **own}


class Translations(Protocol):
    """The course's folder, as far as a translation needs it."""

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""

    def material(self, course: Course, module: ModuleId, master: str | None = None) -> Material:
        """One module as its author wrote it, or with another text as its notebook."""

    def catalogue(self, module: ModuleId, language: str) -> Sequence[Entry]:
        """A module's translation, as far as there is one. Raises BadInput when it cannot be read."""


@dataclass(frozen=True)
class Translation:
    """A module in another language: the source stands where a piece is missing or stale."""

    course: Course
    module: Module
    notebook: Mapping[str, Any]
    material: Material
    """The notebook as the rules look at it."""
    rubrics: Mapping[str, Rubric]
    left: Mapping[str, Sequence[str]]
    """What is missing and what is stale, by keys."""


def find_translation(
    room: Translations, course: Course, source: Material, language: str
) -> Translation | None:
    """The module in that language; none where it has no catalogue of it. Raises BadInput as reading one does."""
    module = source.module.id
    entries = {entry.key: entry for entry in room.catalogue(module, language)}
    if not entries:
        return None
    say = in_language(entries)
    spoken = replace(course, language=language, languages=())
    master = room.master(module)
    every = pieces(master, source.rubrics, source.module.title)
    notebook = told(master, say)
    left = {"missing": missing(entries, every), "stale": stale(entries, every)}
    rubrics = only_for_people(rubrics_told(source.rubrics, say), {*left["missing"], *left["stale"]})
    for name, rubric in rubrics.items():
        _hold_together(rubric, module, name, language)
    return Translation(
        spoken,
        replace(source.module, title=say(TITLE, source.module.title)),
        notebook,
        room.material(spoken, module, notebook_bytes(notebook).decode()),
        # Where the rubric says that answers are in the course's language, they are in this one now.
        {n: replace(r, language="") if r.language == course.language else r for n, r in rubrics.items()},
        left,
    )


def _hold_together(rubric: Rubric, module: ModuleId, name: str, language: str) -> None:
    """Raises BadInput where the translated rubric is none: two sentences of feedback that say the same."""
    fault = next(iter(faults(rubric)), None)
    if fault is not None:
        place = ", ".join(str(part) for part in fault.path)
        raise BadInput(
            "translation-has-errors",
            f"{module} in {language} has an error that the source has not: "
            f"the rubric {name}, {place} {fault.words}.",
            f"Mend it in modules/{module}/translations/{language}.po. {fault.next_step}",
        )


def errors_of(material: Material) -> list[Finding]:
    """What stops a build."""
    return [f for f in module_findings(material) if f.is_error]


def run_key(
    inputs: Mapping[str, Digest], prompts: bytes, parameters: Mapping[str, Any], version: str
) -> Digest:
    """Of all that an execution depends on. Of course.yml that is what the module is given, and no date.

    No cell reads SOURCES.md.

    `inputs`: what the build writes down.
    """
    unread = ("modules/course.yml", "/SOURCES.md")
    files = {path: digest for path, digest in inputs.items() if not path.endswith(unread)}
    return sha256(
        canonical(
            {
                "files": files,
                "prompts": sha256(prompts),
                # As text: a parameter of an author's may be anything that YAML knows.
                "parameters": json.dumps(parameters, sort_keys=True, default=str),
                "coursekit": version,
            }
        )
    )


def in_its_file(error: BadInput, material: Material) -> BadInput:
    """The same error, with the notebook's file in front."""
    detail = f"{material.notebook_file}: {error.detail[:1].lower()}{error.detail[1:]}"
    return BadInput(error.code, detail, error.next_step)


def notebook_bytes(value: Any) -> bytes:
    """One space and no escapes, as Jupyter saves notebooks."""
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()

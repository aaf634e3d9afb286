"""A simulated cohort that has committed its answers to a module of the reference course."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.services.rehearse import choose
from coursekit.store.authored import read_course, read_exemplars
from coursekit.store.notebookfiles import read_notebook
from coursekit.wire.course import course_to_shape
from coursekit.wire.prompts import prompt_to_json
from support.reference import COURSE, MODULES, ROOT

MODULE = "spike-at-65"
STAFF = "chen"


def module_prompts(module: str = MODULE) -> list[Prompt]:
    notebook = read_notebook(ROOT / "modules" / module / f"{module}.ipynb")
    return [p for _, p in notebook.prompts()]


def release_reference(house: Any, make: Any) -> None:
    """The reference course at an exchange, its prompts as they are, its files as short as can be."""
    house.enrol(COURSE, **{STAFF: "instructor", "gil": "grader"})
    staff = house.as_user(STAFF)
    staff.put_course(course_to_shape(read_course(ROOT)))
    for module in MODULES:
        prompts = [prompt_to_json(p) for p in module_prompts(module)]
        staff.release(COURSE, module, make.upload(module, prompts=prompts, reveals=[]))


def commit_all(house: Any, learners: Sequence[str], module: str = MODULE) -> dict[str, dict[str, Any]]:
    """Each answers every task with exemplars that fit together; prompt → learner → what was sealed."""
    house.enrol(COURSE, **dict.fromkeys(learners, "learner"))
    prompts, exemplars = module_prompts(module), read_exemplars(ROOT / "modules" / module)
    sealed: dict[str, dict[str, Any]] = {p.id: {} for p in prompts}
    for number, learner in enumerate(learners):
        chosen = choose(prompts, exemplars, number / len(learners), Random(f"plan/{learner}"))
        for prompt in prompts:
            first = [chosen[prompt.id]] if prompt.id in chosen else []
            # What the floor does not take as an answer is replaced by the next that it takes.
            for one in [*first, *(e for e in exemplars if first and e.prompt == prompt.id)]:
                response = dict(one.response)
                if prompt.kind is PromptKind.REFLECTION:
                    response["text"] = f"I have led a school for {number + 2} years. {response['text']}"
                try:
                    done = house.as_user(learner).commit(COURSE, module, prompt.id, response)
                except BadInput:
                    continue
                sealed[prompt.id][learner] = done.response
                break
    return sealed

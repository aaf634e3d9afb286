"""`coursekit plan` with real parts: the author's folder, the exchange, who agreed to be quoted, who was called."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput, CoursekitError, NotFound, Unauthenticated, Unreachable
from coursekit.model.ids import ModuleId, UserId
from coursekit.model.plan import Plan
from coursekit.policy.discussion.notebook import to_notebook
from coursekit.policy.discussion.page import to_html
from coursekit.services import plan as verbs
from coursekit.store.authored import read_exemplars
from coursekit.store.coursefiles import CourseFolder
from coursekit.store.notebookfiles import find_root, read_text
from coursekit.store.plans import PlanFolder
from coursekit.wiring.clock import utc_now
from coursekit.wiring.consent import read_consent

if TYPE_CHECKING:
    from coursekit.services.plan import Asked, Cohort, Staff


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    module: str
    minutes: int
    root: Path | None = None
    answers: Mapping[str, float] | None = None
    """To estimates."""
    consent: Path | None = None
    group_by: Path | None = None
    group: str = ""
    called: Path | None = None
    show_names: bool = False
    forget: bool = False
    """Do not write down whom this plan calls."""


@dataclass(frozen=True)
class Written:
    """What came of it."""

    plan: Plan
    page: Path
    notebook: Path | None


def make(
    request: Request, exchange: Staff | None, out: Path | None = None, with_notebook: bool = False
) -> Written:
    """Make the plan and write it. Without an exchange, of the module's exemplars: a rehearsal."""
    if with_notebook and out is not None and out.suffix == ".ipynb":
        raise BadInput(
            "two-files-one-name",
            f"{out.name} would be the page and the notebook at once.",
            "Name the page with --out FILE.html; the notebook goes beside it.",
        )
    root = find_root(request.root or Path.cwd())
    asked = _asked(root, request)
    folder = PlanFolder(root)
    key = f"{request.module}/{request.group}" if request.group else request.module
    if exchange is None:
        exemplars = read_exemplars(root / "modules" / request.module)
        if not exemplars:
            raise BadInput(
                "no-exemplars",
                f"{request.module} has no exemplars.yml to rehearse with.",
                "Write some sample answers, or make the plan of a real cohort.",
            )
        cohort, heard = verbs.rehearse(asked, exemplars), Counter[UserId]()
    else:
        cohort = _cohort(exchange, asked, request)
        heard = Counter(folder.heard(key)) + _called(request.called)
    made_at = utc_now().strftime("%Y-%m-%d %H:%M UTC")
    plan = verbs.make(asked, cohort, heard, request.minutes, request.show_names, made_at)
    page = out or folder.path / f"{request.module}{'-rehearsal' if exchange is None else ''}.html"
    # All of it is made before any of it is written.
    html = to_html(plan)
    notebook = _executed(plan) if with_notebook else None
    folder.write(page, html)
    beside = page.with_suffix(".ipynb") if notebook is not None else None
    if beside is not None:
        folder.write(beside, notebook or "")
    if exchange is not None and plan.calls and not request.forget:
        folder.keep(key, [call.learner for call in plan.calls])
    return Written(plan, page, beside)


def _asked(root: Path, request: Request) -> Asked:
    files = CourseFolder(root)
    course = files.course()
    module = course.get_module(ModuleId(request.module))
    note = root / "cases" / (module.case or "") / "teaching-note.md"
    return verbs.read_asked(
        course,
        module,
        files.material(course, module.id).notebook,
        read_text(note) if module.case is not None and note.is_file() else "",
        request.answers or {},
    )


def _cohort(exchange: Staff, asked: Asked, request: Request) -> Cohort:
    only = None
    if request.group_by is not None:
        from coursekit.wiring.calibrating import read_groups

        groups = read_groups(request.group_by)
        only = {who for who, group in groups.items() if group == request.group}
        if not only:
            known = ", ".join(sorted(set(groups.values())))
            raise BadInput(
                "no-such-group",
                f"{request.group_by.name} has nobody in the group “{request.group}”.",
                f"Its groups are: {known}.",
            )
    try:
        return verbs.read_cohort(exchange, asked, read_consent(request.consent), only, request.group)
    except (NotFound, Unreachable) as error:
        raise with_rehearsal(error) from error


def with_rehearsal(error: CoursekitError) -> CoursekitError:
    """The same refusal, with the other way: not every course has an exchange yet."""
    if isinstance(error, NotFound | Unauthenticated | Unreachable):
        step = f"{error.next_step} Or rehearse with sample answers: --exemplars."
        return type(error)(error.code, error.detail, step)
    return error


def _called(path: Path | None) -> Counter[UserId]:
    """A list of who was called already: a name on each line, or name and number."""
    counts: Counter[UserId] = Counter()
    if path is None:
        return counts
    try:
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()):
            cells = [cell.strip() for cell in row]
            if cells and cells[0] and cells[0].casefold() != "learner":
                counts[UserId(cells[0])] += int(cells[1]) if len(cells) > 1 and cells[1] else 1
    except (OSError, ValueError, csv.Error) as error:
        raise BadInput(
            "bad-calls",
            f"{path.name} cannot be read as a list of who was called.",
            "Write a learner's name on each line, or name and number with a comma between them.",
        ) from error
    return counts


def _executed(plan: Plan) -> str:
    """The notebook with its charts drawn."""
    import tempfile

    # Only this pays for papermill.
    from coursekit.engine.notebooks import PapermillRunner

    value: Mapping[str, object] = to_notebook(plan)
    with tempfile.TemporaryDirectory(prefix="coursekit-plan-") as scratch:
        value = PapermillRunner().run(value, {}, scratch)
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"

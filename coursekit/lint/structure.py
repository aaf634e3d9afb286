"""Rules about files, cells, reveals and exhibits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.material import COURSE_FILE, Where, nowhere
from coursekit.lint.visible import CODE_IN_MARKDOWN, DRAWS, blank, line_at
from coursekit.model.course import Course
from coursekit.model.deadline import LatePolicy
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Cell, Faculty, Reveal

_EXHIBIT = re.compile(r"exhibits/[\w./-]*\w|\bck\.exhibit\(\s*[\"']([^\"']+)[\"']\s*\)")
_LINKED = re.compile(r"\]\(\s*<?([^)>\s]+)|\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_BARE_IMAGE = re.compile(r"!\[\s*\]\s*[(\[]")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=", re.IGNORECASE)
_ALIKE = 0.85


def course_findings(
    course: Course,
    folders: Iterable[str],
    notebooks: Iterable[str],
    cases: Iterable[str],
    where: Where = nowhere,
) -> Iterator[Finding]:
    """What is wrong between course.yml and the folders, notebooks and cases that are there."""
    have, known_cases = set(notebooks), set(cases)
    listed = {m.id for m in course.modules}
    for module in course.modules:
        at = ("modules", module.id)
        if module.id not in have:
            yield rules.MODULE_WITHOUT_NOTEBOOK.at(
                COURSE_FILE,
                None,
                f"The module {module.id} has no notebook modules/{module.id}/{module.id}.ipynb.",
                f"Put it there (capital letters count), or take {module.id} out of {COURSE_FILE}.",
                line=where(COURSE_FILE, at),
            )
        if module.case is not None and module.case not in known_cases:
            yield rules.UNKNOWN_CASE.at(
                COURSE_FILE,
                None,
                f"The case {module.case} of the module {module.id} has no folder cases/{module.case}.",
                f"The cases there are: {', '.join(sorted(known_cases)) or 'none yet'}.",
                line=where(COURSE_FILE, at),
            )
        disorder = module.times_out_of_order()
        if disorder is not None:
            yield rules.TIMES_OUT_OF_ORDER.at(
                COURSE_FILE, None, disorder.reason, disorder.next_step, line=where(COURSE_FILE, at)
            )
    if course.late != LatePolicy() and course.modules and all(m.due is None for m in course.modules):
        yield rules.LATE_WITHOUT_DUE.at(
            COURSE_FILE,
            None,
            "The field “late” says what lateness means, and no module is due.",
            "Give modules a due date, or take “late” out.",
            line=where(COURSE_FILE, ("late",)),
        )
    for folder in sorted(set(folders) - listed):
        yield rules.FOLDER_NOT_IN_COURSE.at(
            COURSE_FILE,
            None,
            f"The folder modules/{folder} is not in course.yml.",
            f"Add it under modules, or move the folder out of modules/; until then {folder} is not built.",
        )


def cell_findings(material: Material) -> Iterator[Finding]:
    """Cells that share an id, and images that not everybody can see."""
    file = material.notebook_file
    ids: dict[str, Cell] = {}
    grade_ids: dict[str, Cell] = {}
    for cell in material.notebook.cells:
        first = ids.setdefault(cell.id, cell)
        if first is not cell:
            yield rules.DUPLICATE_CELL.at(
                file,
                cell,
                f"Cell {first.index} has the id {cell.id} as well.",
                "Give this cell another id: every cell needs its own.",
            )
        if cell.nbgrader is not None:
            first = grade_ids.setdefault(cell.nbgrader.grade_id, cell)
            if first is not cell:
                yield rules.DUPLICATE_GRADE_ID.at(
                    file,
                    cell,
                    f"Cell {first.index} has the grade_id {cell.nbgrader.grade_id} as well.",
                    "Give this cell another grade_id; copying a cell copies it.",
                )
        if cell.cell_type != "markdown" or isinstance(cell.role, Faculty):
            continue
        line = _image_without_alt(cell)
        if line is not None:
            yield rules.IMAGE_WITHOUT_ALT.at(
                file,
                cell,
                "An image has no alternative text.",
                "Say what it shows, as in ![Bars: 102 pupils at 64, 8,451 at 65](exhibits/bars.svg).",
                line=line,
            )


def reveal_findings(material: Material) -> Iterator[Finding]:
    """Reveals that never open or open in the wrong place, and charts without a description."""
    file = material.notebook_file
    asked = _prompt_cells(material)
    for cell, reveal in material.notebook.reveals():
        prompt_cell = asked.get(reveal.after)
        if prompt_cell is None:
            yield rules.REVEAL_AFTER_UNKNOWN.at(
                file,
                cell,
                f"This reveal waits for {reveal.after}, and there is no such prompt.",
                f"The prompts there are: {', '.join(asked) or 'none yet'}.",
            )
        elif prompt_cell.index > cell.index:
            yield rules.REVEAL_BEFORE_PROMPT.at(
                file,
                cell,
                f"This reveal stands above {reveal.after}, which is cell {prompt_cell.index}.",
                f"Move it below cell {prompt_cell.index}.",
            )
        draws = DRAWS.search(cell.source) if cell.cell_type == "code" and not reveal.alt.strip() else None
        if draws is not None:
            yield rules.DRAWING_WITHOUT_ALT.at(
                file,
                cell,
                "This reveal draws a chart that is described nowhere.",
                'Add "alt" to its reveal metadata: what does the chart show, in one or two sentences?',
                line=line_at(cell.source, draws.start()),
            )


def exhibit_findings(material: Material) -> Iterator[Finding]:
    """Files that are used and not there, or not there yet."""
    file = material.notebook_file
    case = material.module.case
    place = f"cases/{case}/exhibits" if case else "the exhibits (course.yml names no case for this module)"
    opened_by = _opened_by(material)
    yield from _another_held_back(material)
    for cell in material.notebook.cells:
        used = _mentioned(cell.source)
        if isinstance(cell.role, Reveal):
            used += [f for f in cell.role.files if f not in used]
        for path in used:
            if path not in material.exhibits:
                yield rules.MISSING_EXHIBIT.at(
                    file,
                    cell,
                    f"This cell names {path}, which is not in {place}.",
                    "Put the file there, or mend the name; capital letters count.",
                    line=_line_of(cell, path),
                )
        if isinstance(cell.role, Reveal | Faculty):
            continue
        for path in _read(cell):
            opener = opened_by.get(path)
            # The prompt's own cell comes too early as well: the file arrives after its commitment.
            if opener is not None and cell.index <= opener[1].index:
                prompt, prompt_cell = opener
                yield rules.SEALED_TOO_LATE.at(
                    file,
                    cell,
                    f"This cell reads {path}, sealed until {prompt} (cell {prompt_cell.index}) is committed.",
                    f"Move this cell below cell {prompt_cell.index}, or let an earlier reveal open the file.",
                    line=_line_of(cell, path),
                )


def _prompt_cells(material: Material) -> dict[PromptId, Cell]:
    cells: dict[PromptId, Cell] = {}
    for cell, prompt in material.notebook.prompts():
        cells.setdefault(prompt.id, cell)
    return cells


def _opened_by(material: Material) -> Mapping[str, tuple[PromptId, Cell]]:
    """For each sealed file the earliest prompt that opens it."""
    asked = _prompt_cells(material)
    opened: dict[str, tuple[PromptId, Cell]] = {}
    for _, reveal in material.notebook.reveals():
        prompt_cell = asked.get(reveal.after)
        if prompt_cell is None:
            continue
        for path in reveal.files:
            if path not in opened or prompt_cell.index < opened[path][1].index:
                opened[path] = (reveal.after, prompt_cell)
    return opened


def _mentioned(source: str) -> list[str]:
    """The exhibits that a source names, each once. A bare folder (`exhibits/maps`) is no exhibit."""
    paths = (f"exhibits/{m[1]}" if m[1] else m[0] for m in _EXHIBIT.finditer(source))
    return list(Counter(p for p in paths if "." in p.rsplit("/", 1)[-1]))


def _read(cell: Cell) -> list[str]:
    """The exhibits that a cell needs when it is run or shown. Telling of a file in prose needs none."""
    if cell.cell_type == "code":
        return _mentioned(cell.source)
    prose = CODE_IN_MARKDOWN.sub("", cell.source)
    return _mentioned(" ".join(m[1] or m[2] for m in _LINKED.finditer(prose)))


def _image_without_alt(cell: Cell) -> int | None:
    """The line of the first image without one."""
    # `alt=""` in HTML says that an image is decoration; that is an author's decision, so it passes.
    prose = blank(CODE_IN_MARKDOWN, cell.source)
    bare = [m.start() for m in _BARE_IMAGE.finditer(prose)]
    bare += [tag.start() for tag in _IMG.finditer(prose) if not _ALT.search(tag[0])]
    return line_at(prose, min(bare)) if bare else None


def _line_of(cell: Cell, path: str) -> int | None:
    """Where a cell names an exhibit; none when its metadata alone does."""
    name = path.removeprefix("exhibits/")
    return next((n for n, line in enumerate(cell.source.split("\n"), 1) if name in line), None)


def _another_held_back(material: Material) -> Iterator[Finding]:
    """A slip between two names: the file that a reveal uses lies open, and one that nobody uses is held back."""
    reveals = list(material.notebook.reveals())
    sealed = {path for _, reveal in reveals for path in reveal.files}
    sources = [c.source for c in material.notebook.cells if not isinstance(c.role, Faculty)]
    for cell, reveal in reveals:
        used = [p for c, r in reveals if r.after == reveal.after for p in _mentioned(c.source)]
        lie_open = [p for p in used if p in material.exhibits - sealed]
        for path in reveal.files if lie_open else ():
            name = path.rsplit("/", 1)[-1]
            alike = get_close_matches(path, lie_open, 1, _ALIKE)
            if alike and not any(name in source for source in sources):
                yield rules.ANOTHER_HELD_BACK.at(
                    material.notebook_file,
                    cell,
                    f"This reveal holds {path} back, which no cell uses, and {alike[0]} lies open.",
                    f"Write {alike[0]} among the files, if that is the one that is meant.",
                )

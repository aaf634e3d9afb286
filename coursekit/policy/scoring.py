"""What each graded cell is worth, as far as a machine can say.

As nbgrader's `determine_grade`:

    check              an error costs all points; a number as its result is the mark; else all points
    written answer     zero when nobody answered, else a person decides
    task               a person decides

What is decided otherwise here, and why:

    text on stderr             costs nothing: a warning of a library is no wrong answer
    white space                is no answer; one blank is enough for nbgrader to send a person there
    a number out of range      a person looks (`odd-score`); nbgrader stops the batch, or gives all points
    several different results  a person looks (`odd-score`); nbgrader takes the first, which anybody can print
    a result, then an error    costs all points; nbgrader takes the result
    an alarm in the run        a person looks at every check: a mark that the answers could reach for is none
    a thread left behind       a person looks at checks that fail where one was at work (`left-behind`)
    a process that died        a person looks at the checks it had not run (`kernel-died`); nbgrader loses all of
                               the submission, the written answers too
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.model.grading import (
    CellGrade,
    CellRun,
    Ending,
    MasterCell,
    MasterNotebook,
    Output,
    Ran,
    Remark,
    Repaired,
)
from coursekit.model.ids import Digest
from coursekit.model.submission import canonical, sha256
from coursekit.policy.cells import bare_text, is_untouched


def score(repaired: Repaired, master: MasterNotebook, ran: Ran | None) -> tuple[CellGrade, ...]:
    """A grade for each graded cell of the author's. `ran`: none where nothing was run."""
    cells = _by_grade_id(repaired)
    return tuple(_grade(own, *cells[own.grade_id], ran) for own in master.cells if _is_graded(own))


def score_missing(master: MasterNotebook) -> tuple[CellGrade, ...]:
    """What a notebook that was not handed in is worth: nothing, as in nbgrader."""
    return tuple(CellGrade(c.grade_id, 0.0, _points(c), False) for c in master.cells if _is_graded(c))


def score_unreadable(master: MasterNotebook, remark: Remark) -> tuple[CellGrade, ...]:
    """The grades of a notebook that could not be read: a person decides about all of it."""
    return tuple(_person(c, remark) for c in master.cells if _is_graded(c))


def comments(repaired: Repaired, master: MasterNotebook) -> Mapping[str, bool]:
    """Of each cell that can be commented on, whether nothing was answered. Nobody can tell that of a task."""
    cells = _by_grade_id(repaired)
    return {
        own.grade_id: not own.task and _is_unanswered(own, cells[own.grade_id][1])
        for own in master.cells
        if own.solution or own.task
    }


def judged(repaired: Repaired, master: MasterNotebook) -> Mapping[str, Digest]:
    """A digest of what each graded cell was judged by. White space makes no difference.

    An answer: its text. A check: the learner's code down to it. A task: all that the learner wrote.
    """
    known = {cell.grade_id: cell for cell in master.cells}
    code: list[Any] = []
    written: list[Any] = []
    found: dict[str, Digest] = {}
    tasks: list[str] = []
    for cell in repaired.notebook["cells"]:
        own = known.get(_grade_id(cell))
        if own is not None and own.task:
            tasks.append(own.grade_id)
        if own is not None and own.grade and not own.solution:
            found[own.grade_id] = _digest(code)
        if own is None or not own.locked:
            text = bare_text(cell["source"], cell["cell_type"])
            part = [text, cell["attachments"]] if cell.get("attachments") else text
            written += [part] if text else []
            code += [text] if text and cell["cell_type"] == "code" else []
            if own is not None and own.grade:
                found[own.grade_id] = _digest([part])
    return found | dict.fromkeys(tasks, _digest(written))


def keeps_manual_mark(
    before: Digest | None, now: Digest | None, before_score: float | None, now_score: float | None
) -> bool:
    """Whether a person's mark stays done after a regrade.

    It does while what they judged is the same, and, for a check, what the machine gave. Else a person should look
    again. `before` is none where nothing was noted down the last time.
    """
    return before is not None and before == now and before_score == now_score


def _is_graded(cell: MasterCell) -> bool:
    return cell.grade or cell.task


def _points(cell: MasterCell) -> float:
    return float(cell.points or 0)


def _by_grade_id(repaired: Repaired) -> dict[str, tuple[int, Mapping[str, Any]]]:
    """Place and cell."""
    return {_grade_id(cell): (place, cell) for place, cell in enumerate(repaired.notebook["cells"])}


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _is_unanswered(own: MasterCell, cell: Mapping[str, Any]) -> bool:
    pictures = (name for name in cell.get("attachments", ()) if name not in own.released)
    return is_untouched(cell["source"], own.released, own.cell_type) and not any(pictures)


def _digest(parts: Sequence[Any]) -> Digest:
    return sha256(canonical(parts))


def _grade(own: MasterCell, place: int, cell: Mapping[str, Any], ran: Ran | None) -> CellGrade:
    if own.is_check:
        return _grade_check(own, place, ran)
    if own.grade and own.solution and _is_unanswered(own, cell):
        return CellGrade(own.grade_id, 0.0, _points(own), False, no_response=True)
    return _person(own)


def _grade_check(own: MasterCell, place: int, ran: Ran | None) -> CellGrade:
    if ran is None:
        return _person(
            own, Remark("not-run", "The notebook was not run, so its tests say nothing.", own.grade_id)
        )
    if ran.alarms:
        return _person(own, ran.alarms[0])
    run = ran.cells.get(place)
    if run is None or run.ending in (Ending.DIED, Ending.NOT_RUN):
        detail = "The process that ran the notebook was gone before this test had ended."
        return _person(own, Remark("kernel-died", detail, own.grade_id))
    if run.ending is Ending.APART:
        detail = "The test failed, and something that an earlier cell had started was not at work any more."
        return _person(own, Remark("left-behind", detail, own.grade_id))
    mark = _mark(run, _points(own))
    if mark is None:
        detail = f"The test did not give one number from 0 to {_points(own):g}."
        return _person(own, Remark("odd-score", detail, own.grade_id))
    return CellGrade(own.grade_id, mark, _points(own), False)


def _mark(run: CellRun, points: float) -> float | None:
    """The points for a check that ran; none where a person must say."""
    outputs = run.outputs
    if run.ending is not Ending.OK or any(o.get("output_type") == "error" for o in outputs):
        return 0.0
    marks = {_read(o, points) for o in outputs if o.get("output_type") == "execute_result"} or {points}
    return marks.pop() if len(marks) == 1 else None


def _read(output: Output, points: float) -> float | None:
    """The points that a result says: its number; all of them where it is a text and no number."""
    data = output.get("data")
    text = data.get("text/plain") if isinstance(data, Mapping) else None
    if isinstance(text, list):
        if len(text) > 1:
            return points
        text = text[0] if text else None
    if not isinstance(text, str | int | float) or text == "":
        return None
    try:
        number = float(text)
    except (ValueError, OverflowError):
        return points
    return number if 0 <= number <= points else None


def _person(own: MasterCell, remark: Remark | None = None) -> CellGrade:
    return CellGrade(own.grade_id, None, _points(own), True, remark=remark)

"""A grader's form as CSV, the way spreadsheets write it, and back; whatever is odd in it is named with its row."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coursekit.model.pilot import Given, Pilot
from coursekit.model.rubric import Rubric

NOT_ASKED = "–"
"""In the cell of a criterion that the answer's prompt does not have."""

# What a spreadsheet takes for a formula. The text is a stranger's, and the grader's computer is at stake.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})
_WHOLE = re.compile(r"(\d{1,4})(?:[.,]0*)?")
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Form:
    """What was read."""

    given: Mapping[str, Given]
    """By blind id; whatever could be read."""
    problems: tuple[str, ...]
    """What must be mended, a sentence each."""
    missing: Mapping[str, tuple[str, ...]]
    """By blind id: what is not filled in."""


def write_form(
    pilot: Pilot,
    order: Sequence[str],
    texts: Mapping[str, str],
    given: Mapping[str, Given] | None = None,
    remarks: Mapping[str, str] | None = None,
) -> bytes:
    """The form. `given`: what stands in it already; `remarks`: in its last column."""
    out = io.StringIO()
    # As spreadsheets like it best: with a byte-order mark, so that they read UTF-8, and line ends of their own.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["id", "prompt", "text", *pilot.criteria, "adequate", "note"])
    for name in order:
        asked = pilot.get_prompt(name)
        mine = (given or {}).get(name, Given())
        own = {c.id for c in asked.rubric.criteria}
        levels = [str(mine.levels.get(c, "")) if c in own else NOT_ASKED for c in pilot.criteria]
        adequate = "" if mine.adequate is None else "yes" if mine.adequate else "no"
        note = (remarks or {}).get(name, mine.note)
        writer.writerow([name, asked.id, _harmless(texts[name]), *levels, adequate, _harmless(note)])
    return out.getvalue().encode("utf-8-sig", "replace")


def read_form(content: bytes, file: str, pilot: Pilot) -> Form:
    """What a grader filled in. Rows count as a spreadsheet shows them: the names of the columns are row 1."""
    everything = {name: _wanted(pilot.get_prompt(name).rubric) for name in pilot.answers}
    rows, trouble = _rows(content)
    if trouble:
        return Form({}, (f"{file}: {trouble}",), everything)
    columns = [cell.strip().casefold() for cell in rows[0]]
    problems = [
        f"{file}: the column {name} is there twice." for name, n in Counter(columns).items() if n > 1 and name
    ]
    lost = [name for name in ("id", *pilot.criteria, "adequate") if name.casefold() not in columns]
    if problems or lost:
        problems += [f"{file}: the column {name} is not there." for name in lost]
        return Form({}, tuple(problems), everything)
    given: dict[str, Given] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(columns, (c.strip() for c in cells), strict=False))
        name = row.get("id", "").casefold()
        place = f"{file}, row {number}"
        if name not in pilot.answers:
            shown = f"the id “{name[:40]}”" if name else "an empty id"
            problems.append(f"{place}: {shown} is none of this pilot's.")
        elif name in given:
            problems.append(f"{place}: {name} stands there a second time.")
        else:
            given[name] = _given(f"{place} ({name})", row, pilot.get_prompt(name).rubric, pilot, problems)
    missing = {
        name: given[name].lacks(pilot.get_prompt(name).rubric) if name in given else wanted
        for name, wanted in everything.items()
    }
    return Form(given, tuple(problems), {name: lacks for name, lacks in missing.items() if lacks})


def read_pairs(content: bytes, file: str, pilot: Pilot) -> tuple[dict[str, str], tuple[str, ...]]:
    """A list of blind id and group, in two columns; and what is odd in it."""
    rows, trouble = _rows(content)
    if trouble:
        return {}, (f"{file}: {trouble}",)
    groups: dict[str, str] = {}
    problems: list[str] = []
    for number, cells in enumerate(rows, 1):
        row = [cell.strip() for cell in cells]
        if not any(row) or (number == 1 and row[0].casefold() == "id"):
            continue
        if row[0].casefold() not in pilot.answers:
            problems.append(f"{file}, row {number}: “{row[0][:40]}” is none of this pilot's ids.")
        elif row[0].casefold() in groups:
            problems.append(f"{file}, row {number}: {row[0]} stands there a second time.")
        elif len(row) > 1 and row[1]:
            groups[row[0].casefold()] = row[1]
    return groups, tuple(problems)


def _given(place: str, row: Mapping[str, str], rubric: Rubric, pilot: Pilot, problems: list[str]) -> Given:
    levels: dict[str, int] = {}
    for criterion in pilot.criteria:
        said = row.get(criterion.casefold(), "")
        mine = rubric.find_criterion(criterion)
        if not said or (mine is None and said in (NOT_ASKED, "-")):
            continue
        if mine is None:
            problems.append(f"{place}: {criterion} is {said[:40]}, and its prompt does not have {criterion}.")
            continue
        level = _WHOLE.fullmatch(said)
        if level is None or int(level[1]) not in mine.levels:
            known = ", ".join(str(n) for n in sorted(mine.levels))
            problems.append(f"{place}: {criterion} is {said[:40]}; its levels are {known}.")
            continue
        levels[criterion] = int(level[1])
    said = row.get("adequate", "").casefold()
    if said and said not in _YES | _NO:
        problems.append(f"{place}: adequate is {said[:40]}; write yes or no.")
    return Given(levels, True if said in _YES else False if said in _NO else None, row.get("note", ""))


def _rows(content: bytes) -> tuple[list[list[str]], str]:
    """The cells, whichever separator and encoding a spreadsheet has chosen; or why there are none."""
    if b"\0" in content or content.startswith(b"PK"):
        return [], "this is not a CSV file; save the form as CSV, not as a workbook."
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Ids and marks are ASCII: whatever umlauts became, they are read rightly.
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(_reader(text, separator))
    except csv.Error:
        return [], "its quotes do not close; take the form once more and copy your marks into it."
    if not rows or not rows[0]:
        return [], "it is empty."
    return rows, ""


def _reader(text: str, separator: str) -> list[list[str]]:
    before = csv.field_size_limit(_LONGEST)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    finally:
        csv.field_size_limit(before)


def _wanted(rubric: Rubric) -> tuple[str, ...]:
    return (*(c.id for c in rubric.criteria), "adequate")


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
